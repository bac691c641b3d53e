/* A whole capture whose flows libndpi names, without analyzers.  fuzz: at most 8192 octets */
#include "tests/fuzz/evaluation.h"

#include "ledger/ledger.h"
#include "wire/unpack.h"

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  g_autoptr (GPtrArray) profiles = g_ptr_array_new ();
  g_autoptr (LensApplications) applications = lens_applications_new ();
  const LensLedgerOptions options = { .profiles = profiles, .applications = applications };
  LensCursor cursor = lens_cursor_over (octets, length);
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (fuzz_read, &cursor);
  g_autoptr (LensLedger) ledger = lens_ledger_new (&options);
  g_autofree char *problem = NULL;
  LensCaptureEvent event;
  LensRecord record;

  g_assert_nonnull (applications);
  if (lens_packing_of (octets, length) != LENS_PACKING_NONE)
    return 0; /* capture-file has those: they may hold more than there is time for */
  while ((event = lens_capture_file_next (file, &record)) == LENS_CAPTURE_PACKET
         || event == LENS_CAPTURE_MARK)
    if (event == LENS_CAPTURE_PACKET)
      lens_ledger_packet (ledger, &record);
  g_autoptr (LensEvaluation) evaluation = lens_ledger_conclude (ledger, file, NULL, &problem);
  g_assert_cmpstr (problem, ==, NULL);
  fuzz_check_evaluation (evaluation, length);
  return 0;
}
