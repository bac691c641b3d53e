/* A whole capture through the ledger and all analyzers, as `lenscap analyze` has it; half of them
 * with a profile.  fuzz: at most 16384 octets */
#include "tests/fuzz/evaluation.h"

#include "analyzers/registry.h"
#include "ledger/ledger.h"
#include "wire/unpack.h"

static const char profile_text[]
    = "[device]\nname = Camera\naddress = 192.0.2.100, 192.0.2.10\n"
      "mac = 44:19:b6:00:00:01\nkind = camera\n"
      "[stream main]\nurl = rtsp://192.0.2.100:554/Streaming/Channels/101\n"
      "transport = udp\ntracks = video, audio\n"
      "[service ntp]\nproto = udp\nport = 123\nto = 192.0.2.1\n"
      "[dns]\nnames = time.example.net\n"
      "[discovery]\nallow = arp, nd, dhcp, igmp\n";

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  g_autoptr (GPtrArray) profiles
      = g_ptr_array_new_with_free_func ((GDestroyNotify)lens_profile_free);
  LensCursor cursor = lens_cursor_over (octets, length);
  g_autofree char *problem = NULL;
  LensCaptureEvent event;
  LensRecord record;

  if (lens_packing_of (octets, length) != LENS_PACKING_NONE)
    return 0; /* capture-file has those: they may hold more than there is time for */
  if (length > 0 && octets[length - 1] % 2 == 1)
    g_ptr_array_add (profiles, lens_profile_parse (profile_text, strlen (profile_text), NULL));
  const LensLedgerOptions options
      = { .profiles = profiles, .analyzers = lens_analyzers, .n_analyzers = lens_n_analyzers };
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (fuzz_read, &cursor);
  g_autoptr (LensLedger) ledger = lens_ledger_new (&options);
  while ((event = lens_capture_file_next (file, &record)) == LENS_CAPTURE_PACKET
         || event == LENS_CAPTURE_MARK)
    if (event == LENS_CAPTURE_PACKET)
      lens_ledger_packet (ledger, &record);
    else
      lens_ledger_mark (ledger, &record);
  lens_ledger_set_status (ledger, event == LENS_CAPTURE_END ? "complete" : "truncated");
  g_autoptr (LensEvaluation) evaluation = lens_ledger_conclude (ledger, file, NULL, &problem);
  g_assert_cmpstr (problem, ==, NULL);
  fuzz_check_evaluation (evaluation, length);
  return 0;
}
