#include "ledger/news.h"

struct LensNews
{
  GHashTable *known;  /* char*: speaker, group and thing */
  GHashTable *groups; /* char*: speaker and group -> LensNewsGroup, borrowed */
  GPtrArray *list;    /* LensNewsGroup */
};

static void
group_free (gpointer data)
{
  LensNewsGroup *group = data;

  g_free (group->name);
  lens_marks_free (group->marks);
  g_free (group);
}

LensNews *
lens_news_new (void)
{
  LensNews *news = g_new0 (LensNews, 1);

  news->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  news->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  news->list = g_ptr_array_new_with_free_func (group_free);
  return news;
}

void
lens_news_free (LensNews *news)
{
  if (news == NULL)
    return;
  g_hash_table_unref (news->known);
  g_hash_table_unref (news->groups);
  g_ptr_array_unref (news->list);
  g_free (news);
}

static char *
key_of (const LensAddress *speaker, const char *name)
{
  char text[LENS_ADDRESS_TEXT];

  return g_strconcat (lens_address_text (speaker, text), " ", name, NULL);
}

/* NULL beyond the cap. */
static LensNewsGroup *
group_of (LensNews *news, const LensUnit *unit, const char *key, const char *name)
{
  LensNewsGroup *group = g_hash_table_lookup (news->groups, key);

  if (group != NULL || news->list->len >= LENS_NEWS_GROUPS)
    return group;
  group = g_new0 (LensNewsGroup, 1);
  group->name = g_strdup (name);
  group->side = unit->side;
  group->marks = lens_marks_new ();
  g_ptr_array_add (news->list, group);
  g_hash_table_insert (news->groups, g_strdup (key), group);
  return group;
}

gboolean
lens_news_take (LensNews *news, const LensUnit *unit, const char *group_name, const char *thing,
                guint octets, guint bits, gboolean dense, LensRange range)
{
  g_autofree char *key = key_of (&unit->side->key.src, group_name);

  if (g_hash_table_size (news->known) >= LENS_NEWS_MAX
      || !g_hash_table_add (news->known, g_strconcat (key, " ", thing, NULL)))
    return FALSE;
  LensNewsGroup *group = group_of (news, unit, key, group_name);
  if (group == NULL)
    return TRUE;
  lens_marks_add (group->marks, unit, bits, range);
  group->n++;
  group->octets += octets;
  group->bits += bits;
  group->dense_bits += dense ? bits : 0;
  group->most = MAX (group->most, dense ? bits : 0);
  return TRUE;
}

guint
lens_news_n_groups (const LensNews *news)
{
  return news->list->len;
}

const LensNewsGroup *
lens_news_group_at (const LensNews *news, guint index)
{
  return g_ptr_array_index (news->list, index);
}

const LensNewsGroup *
lens_news_group_of (const LensNews *news, const LensAddress *speaker, const char *name)
{
  g_autofree char *key = key_of (speaker, name);

  return g_hash_table_lookup (news->groups, key);
}

/* Times that are kept. */
static guint
n_times (const LensNewsGroup *group)
{
  return (guint)MIN (lens_marks_n (group->marks), LENS_MARKS_MAX);
}

double
lens_news_seconds (const LensNewsGroup *group)
{
  guint n = n_times (group);

  return n == 0
             ? 0
             : (double)(lens_marks_time (group->marks, n - 1) - lens_marks_time (group->marks, 0))
                   / 1e9;
}

gboolean
lens_news_goes_on (const LensNewsGroup *group)
{
  guint n = n_times (group), counts[4] = { 0 };
  gint64 first = n > 0 ? lens_marks_time (group->marks, 0) : 0;
  gint64 span = n > 0 ? lens_marks_time (group->marks, n - 1) - first : 0;

  if (span <= 0)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      gint64 since = CLAMP (lens_marks_time (group->marks, i) - first, 0, span);
      counts[MIN (since / (span / 4 + 1), 3)]++;
    }
  for (guint i = 0; i < 4; i++)
    if (counts[i] * 12 < n)
      return FALSE;
  return TRUE;
}
