#include "ledger/part-text.h"

#include "ledger/marks.h"
#include "wire/octets.h"

#include <math.h>

#define LEAST_OCTETS 96

/* What was drawn under one key. */
typedef struct
{
  LensMarks *marks; /* where it was */
  guint64 octets, printable;
} Drawn;

struct LensPartText
{
  GHashTable *by_key; /* -> Drawn, of @drawn */
  GPtrArray *drawn;   /* in the order of their first values */
  GHashTable *values; /* hashes of them */
};

static void
drawn_free (gpointer data)
{
  Drawn *drawn = data;

  lens_marks_free (drawn->marks);
  g_free (drawn);
}

LensPartText *
lens_part_text_new (void)
{
  LensPartText *text = g_new0 (LensPartText, 1);

  text->by_key = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  text->drawn = g_ptr_array_new_with_free_func (drawn_free);
  text->values = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  return text;
}

void
lens_part_text_free (LensPartText *text)
{
  if (text == NULL)
    return;
  g_hash_table_unref (text->by_key);
  g_ptr_array_unref (text->drawn);
  g_hash_table_unref (text->values);
  g_free (text);
}

static gboolean
is_new (LensPartText *text, const guint8 *octets, gsize length)
{
  guint64 value = lens_octets_hash (LENS_HASH_START, octets, length);

  if (g_hash_table_size (text->values) >= LENS_PART_TEXT_VALUES
      || g_hash_table_contains (text->values, &value))
    return FALSE;
  return g_hash_table_add (text->values, g_memdup2 (&value, sizeof value));
}

static Drawn *
drawn_under (LensPartText *text, guint64 key)
{
  Drawn *drawn = g_hash_table_lookup (text->by_key, &key);

  if (drawn != NULL || text->drawn->len >= LENS_PART_TEXT_KEYS)
    return drawn;
  drawn = g_new0 (Drawn, 1);
  drawn->marks = lens_marks_new ();
  g_ptr_array_add (text->drawn, drawn);
  g_hash_table_insert (text->by_key, g_memdup2 (&key, sizeof key), drawn);
  return drawn;
}

void
lens_part_text_take (LensPartText *text, guint64 key, const LensUnit *unit, LensRange range)
{
  const guint8 *octets = unit->view.octets + range.offset;
  gsize printable = 0;

  if (range.length == 0 || !is_new (text, octets, range.length))
    return;
  Drawn *drawn = drawn_under (text, key);
  if (drawn == NULL)
    return;
  for (gsize i = 0; i < range.length; i++)
    printable += g_ascii_isprint (octets[i]) != 0;
  drawn->octets += range.length;
  drawn->printable += printable;
  lens_marks_add (drawn->marks, unit, 8 * printable, range);
}

/* Of random octets 95 in 256 are printable.  Eight standard deviations more are so once in 10^15
 * times; and a bias of the generator is no text: that fills a sixth at least. */
static gboolean
is_part_text (const Drawn *drawn)
{
  const double chance = 95. / 256, least = chance + (1 - chance) / 6;
  double octets = (double)drawn->octets, printable = (double)drawn->printable;

  return drawn->octets >= LEAST_OCTETS && printable >= least * octets
         && printable - chance * octets >= 8 * sqrt (chance * (1 - chance) * octets);
}

void
lens_part_text_use (const LensPartText *text, LensLedger *ledger, const char *channel)
{
  for (guint i = 0; i < text->drawn->len; i++)
    {
      const Drawn *drawn = text->drawn->pdata[i];
      if (is_part_text (drawn))
        lens_marks_use (drawn->marks, ledger, channel, NULL);
    }
}
