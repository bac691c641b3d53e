/* Evidence cut out of a capture by a record, both a stranger's: length of the record, the record,
 * the capture.  fuzz: at most 16384 octets */
#include "tests/fuzz/fuzz.h"

#include "report/evidence.h"
#include "report/record.h"
#include "wire/unpack.h"

FUZZ_READS_JSON

static void
sink (const char *finding, const guint8 *octets, gsize length, gpointer data)
{
  g_assert_true (finding[0] == 'F' && finding[1] >= '0' && finding[1] <= '9');
  for (const char *at = finding + 1; *at != '\0'; at++)
    g_assert_true (g_ascii_isdigit (*at));
  fuzz_touch (octets, length);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  gsize size = lens_cursor_u16 (&cursor);
  size = MIN (size, lens_cursor_left (&cursor));
  LensRecord packet;

  if (size == 0)
    return 0;
  g_autoptr (LensEvaluation) evaluation
      = lens_record_read (lens_cursor_take (&cursor, size), size, NULL);
  if (evaluation == NULL)
    return 0;
  g_autoptr (LensEvidence) evidence = lens_evidence_new (evaluation, sink, NULL);
  LensCursor rest = lens_cursor_over (octets + cursor.position, length - cursor.position);
  if (lens_packing_of (rest.octets, rest.length) != LENS_PACKING_NONE)
    return 0; /* capture-file has those: they may hold more than there is time for */
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (fuzz_read, &rest);
  for (LensCaptureEvent event;
       (event = lens_capture_file_next (file, &packet)) == LENS_CAPTURE_PACKET
       || event == LENS_CAPTURE_MARK;)
    if (event == LENS_CAPTURE_PACKET
        && !lens_evidence_packet (evidence, &packet,
                                  lens_capture_file_interface (file, packet.interface)))
      break;
  lens_evidence_written (evidence);
  return 0;
}
