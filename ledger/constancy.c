#include "ledger/constancy.h"

#include "ledger/inside.h"

/* A text, and where it lay. */
typedef struct
{
  gint64 time_ns;
  guint8 *octets;
  gsize length;
  GArray *pieces; /* LensPiece */
} Kept;

typedef struct
{
  LensHabit habit;
  guint64 known[LENS_CONSTANCY_VALUES]; /* seen before */
  guint n_known, changes;
  Kept *first; /* NULL: not kept, or already use */
} Text;

struct LensConstancy
{
  GHashTable *texts; /* key -> Text */
  gsize octets;      /* kept */
};

static void
kept_free (Kept *kept)
{
  if (kept == NULL)
    return;
  g_free (kept->octets);
  g_array_unref (kept->pieces);
  g_free (kept);
}

static void
text_free (gpointer data)
{
  Text *text = data;

  kept_free (text->first);
  g_free (text);
}

LensConstancy *
lens_constancy_new (void)
{
  LensConstancy *constancy = g_new0 (LensConstancy, 1);

  constancy->texts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, text_free);
  return constancy;
}

void
lens_constancy_free (LensConstancy *constancy)
{
  if (constancy == NULL)
    return;
  g_hash_table_unref (constancy->texts);
  g_free (constancy);
}

static Kept *
keep (LensConstancy *constancy, const LensUnit *unit, gsize offset, gsize length)
{
  if (length == 0 || length > LENS_CONSTANCY_OCTETS - constancy->octets)
    return NULL;
  Kept *kept = g_new0 (Kept, 1);
  kept->time_ns = unit->time_ns;
  kept->length = length;
  kept->octets = g_memdup2 (unit->view.octets + offset, length);
  kept->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  lens_view_pieces (&unit->view, offset, length, kept->pieces);
  constancy->octets += length;
  return kept;
}

/* A value that was there before is no news: some devices change between a few. */
static gboolean
is_foreseen (Text *text, guint64 value)
{
  gboolean foreseen = lens_habit_take (&text->habit, value);

  for (guint i = 0; i < text->n_known; i++)
    if (text->known[i] == value)
      return TRUE;
  if (text->n_known < LENS_CONSTANCY_VALUES)
    text->known[text->n_known++] = value;
  text->changes += !foreseen;
  return foreseen;
}

LensConstancyAnswer
lens_constancy_take (LensConstancy *constancy, guint64 key, guint64 value, const LensUnit *unit,
                     gsize offset, gsize length)
{
  Text *text = g_hash_table_lookup (constancy->texts, &key);

  if (text != NULL)
    return is_foreseen (text, value) ? LENS_CONSTANCY_KEPT : LENS_CONSTANCY_CHANGED;
  if (g_hash_table_size (constancy->texts) >= LENS_CONSTANCY_MAX)
    return LENS_CONSTANCY_CHANGED;
  text = g_new0 (Text, 1);
  is_foreseen (text, value);
  text->first = keep (constancy, unit, offset, length);
  g_hash_table_insert (constancy->texts, g_memdup2 (&key, sizeof key), text);
  return LENS_CONSTANCY_FIRST;
}

gboolean
lens_constancy_knows (const LensConstancy *constancy, guint64 key)
{
  return g_hash_table_contains (constancy->texts, &key);
}

guint
lens_constancy_changes (const LensConstancy *constancy, guint64 key)
{
  const Text *text = g_hash_table_lookup (constancy->texts, &key);

  return text != NULL ? text->changes : LENS_CONSTANCY_MAX;
}

gsize
lens_constancy_use_first (LensConstancy *constancy, guint64 key, LensLedger *ledger,
                          LensCarrier *carrier)
{
  Text *text = g_hash_table_lookup (constancy->texts, &key);
  Kept *first = text != NULL ? g_steal_pointer (&text->first) : NULL;

  if (first == NULL)
    return 0;
  gsize length = first->length;
  const LensView view
      = { first->octets, length, (const LensPiece *)first->pieces->data, first->pieces->len };
  lens_carrier_use (ledger->carriers, carrier, first->time_ns, 8 * length, &view);
  constancy->octets -= length;
  kept_free (first);
  return length;
}
