/* Every capture at hand: the classes add up to its octets, and saying so twice gives the same.
 * The folder is LENSCAP_CAPTURES or ../shared/captures; without it the test is skipped. */
#include "analyzers/registry.h"
#include "ledger/ledger.h"
#include "ledger/profile.h"
#include "tests/wire/captures.h"

typedef struct
{
  const guint8 *octets;
  gsize length, position;
} Source;

static gssize
pull (gpointer data, guint8 *into, gsize room)
{
  Source *source = data;
  gsize count = MIN (room, source->length - source->position);

  memcpy (into, source->octets + source->position, count);
  source->position += count;
  return (gssize)count;
}

static LensEvaluation *
evaluate (const guint8 *octets, gsize length)
{
  g_autoptr (GPtrArray) profiles = g_ptr_array_new ();
  const LensLedgerOptions options
      = { .profiles = profiles, .analyzers = lens_analyzers, .n_analyzers = lens_n_analyzers };
  Source source = { octets, length, 0 };
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (pull, &source);
  g_autoptr (LensLedger) ledger = lens_ledger_new (&options);
  LensCaptureEvent event;
  LensRecord record;
  char *problem = NULL;

  while ((event = lens_capture_file_next (file, &record)) == LENS_CAPTURE_PACKET
         || event == LENS_CAPTURE_MARK)
    if (event == LENS_CAPTURE_PACKET)
      lens_ledger_packet (ledger, &record);
    else
      lens_ledger_mark (ledger, &record);
  LensEvaluation *evaluation = lens_ledger_conclude (ledger, file, NULL, &problem);
  g_assert_cmpstr (problem, ==, NULL);
  return evaluation;
}

static void
adds_up (gconstpointer data)
{
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (data, &contents, &length, NULL));
  g_autoptr (LensEvaluation) evaluation = evaluate ((guint8 *)contents, length);
  g_assert_true (lens_evaluation_adds_up (evaluation));
  g_test_message ("%" G_GUINT64_FORMAT " octets, %u findings, %s", evaluation->ledger.total_bytes,
                  evaluation->findings->len, lens_verdict_name (evaluation->verdict));
}

/* Damage must not cost the sum: octets changed at random places, the same ones every time. */
static void
adds_up_when_damaged (gconstpointer data)
{
  g_autofree char *contents = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  gsize length;

  g_assert_true (g_file_get_contents (data, &contents, &length, NULL));
  if (length < 100 || length > 300000)
    return;
  for (guint round = 0; round < 5; round++)
    {
      g_autofree char *copy = g_memdup2 (contents, length);
      for (guint i = 0; i < 20 + length / 500; i++)
        copy[g_rand_int_range (random, 40, (gint)length)] = (char)g_rand_int (random);
      g_autoptr (LensEvaluation) evaluation = evaluate ((guint8 *)copy, length);
      g_assert_true (lens_evaluation_adds_up (evaluation));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autoptr (GPtrArray) paths = captures_there ();
  for (guint i = 0; i < paths->len; i++)
    {
      const char *path = g_ptr_array_index (paths, i);
      g_autofree char *name = g_path_get_basename (path);
      g_autofree char *whole = g_strconcat ("/analyzers/captures/adds-up/", name, NULL);
      g_autofree char *damaged = g_strconcat ("/analyzers/captures/damaged/", name, NULL);
      g_test_add_data_func (whole, path, adds_up);
      g_test_add_data_func (damaged, path, adds_up_when_damaged);
    }
  if (paths->len == 0)
    {
      g_print ("1..0 # SKIP no captures here\n");
      return 0;
    }
  return g_test_run ();
}
