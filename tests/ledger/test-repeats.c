/* What was there before, octet for octet, within 100 ms: however fast the link is. */
#include "ledger/inside.h"

#define FRAME 1000
#define MS (1000 * 1000)

static gboolean
is_known (LensRepeats *repeats, gint64 time_ns, const guint8 *octets, gsize length)
{
  guint64 hash = lens_repeats_expect (repeats, octets, length);

  return lens_repeats_seen (repeats, hash, 0, time_ns, octets, length);
}

/* A frame that no other number has. */
static gboolean
seen (LensRepeats *repeats, guint32 number, gint64 time_ns)
{
  guint8 octets[FRAME] = { 0 };

  for (guint i = 0; i < 4; i++)
    octets[i] = (guint8)(number >> (8 * i));
  return is_known (repeats, time_ns, octets, sizeof octets);
}

static void
a_frame_is_known_for_100_ms (void)
{
  LensRepeats *repeats = lens_repeats_new ();

  g_assert_false (seen (repeats, 1, 0));
  g_assert_true (seen (repeats, 1, 100 * MS));
  g_assert_false (seen (repeats, 1, 201 * MS));
  lens_repeats_free (repeats);
}

/* Frames @from to @to, @step_ns apart: how many of them were there before. */
static guint
pass (LensRepeats *repeats, guint32 from, guint32 to, gint64 start_ns, gint64 step_ns)
{
  guint known = 0;

  for (guint32 i = from; i < to; i++)
    known += seen (repeats, i, start_ns + (gint64)(i - from) * step_ns);
  return known;
}

/* Four slots are there for each, so hardly any of 5,000 is forgotten, and none by the store. */
static void
megabytes_within_100_ms_are_known (void)
{
  LensRepeats *repeats = lens_repeats_new ();

  g_assert_cmpuint (pass (repeats, 0, 5000, 0, 10 * 1000), ==, 0);
  g_assert_cmpuint (pass (repeats, 0, 5000, 50 * MS, 10 * 1000), >, 4600);
  lens_repeats_free (repeats);
}

/* The store has grown; it goes round and round, and still tells the same. */
static void
what_was_written_over_is_not_known (void)
{
  LensRepeats *repeats = lens_repeats_new ();

  pass (repeats, 0, 5000, 0, 10 * 1000);
  for (guint32 lap = 1; lap < 20; lap++)
    {
      guint32 first = 5000 * lap;
      gint64 start_ns = (gint64)lap * 200 * MS;
      g_assert_cmpuint (pass (repeats, first, first + 5000, start_ns, 10 * 1000), ==, 0);
      g_assert_cmpuint (pass (repeats, first, first + 5000, start_ns + 50 * MS, 10 * 1000), >,
                        4600);
      g_assert_cmpuint (pass (repeats, first - 5000, first, start_ns + 100 * MS, 10 * 1000), ==, 0);
    }
  lens_repeats_free (repeats);
}

/* Wherever it lies: the octets are compared, whatever chose their place. */
static void
one_octet_makes_another_frame (void)
{
  LensRepeats *repeats = lens_repeats_new ();
  guint8 octets[FRAME] = { 0 };

  for (guint i = 0; i < FRAME; i++)
    {
      octets[0] = (guint8)(i & 0x7f);
      octets[1] = (guint8)(i >> 7);
      g_assert_false (is_known (repeats, 0, octets, FRAME));
      g_assert_true (is_known (repeats, 0, octets, FRAME));
      octets[i] ^= 0x80;
      g_assert_false (is_known (repeats, 0, octets, FRAME));
      g_assert_false (is_known (repeats, 0, octets, FRAME - 1));
      octets[i] ^= 0x80;
    }
  lens_repeats_free (repeats);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/repeats/a-frame-is-known-for-100-ms", a_frame_is_known_for_100_ms);
  g_test_add_func ("/ledger/repeats/megabytes-within-100-ms-are-known",
                   megabytes_within_100_ms_are_known);
  g_test_add_func ("/ledger/repeats/what-was-written-over-is-not-known",
                   what_was_written_over_is_not_known);
  g_test_add_func ("/ledger/repeats/one-octet-makes-another-frame", one_octet_makes_another_frame);
  return g_test_run ();
}
