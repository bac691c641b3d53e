/* A capture file read to its end; what was read, written again and read back, is the same. */
#include "tests/fuzz/fuzz.h"

#include "wire/capture-file.h"
#include "wire/capture-writer.h"

#include <string.h>

/* What is packed may hold more than there is time for. */
#define MOST (1 << 20)

static void
check_record (const LensRecord *record, const LensCaptureFile *file)
{
  const LensCaptureInterface *interface;

  g_assert_cmpuint (record->interface, <, lens_capture_file_n_interfaces (file));
  interface = lens_capture_file_interface (file, record->interface);
  g_assert_cmpuint (interface->linktype, ==, record->linktype);
  g_assert_true (interface->name == NULL || g_utf8_validate (interface->name, -1, NULL));
  g_assert_true (record->comment == NULL || g_utf8_validate (record->comment, -1, NULL));
  fuzz_touch (record->octets, record->captured);
}

/* One packet as lenscap writes it is read as the same packet. */
static void
check_written (const LensRecord *record, const LensCaptureInterface *interface)
{
  g_autoptr (GByteArray) into = g_byte_array_new ();
  LensRecord copy = *record, again;

  copy.interface = 0;
  lens_capture_writer_section (into, "lenscap", NULL);
  lens_capture_writer_interface (into, interface);
  lens_capture_writer_packet (into, &copy);
  LensCursor cursor = lens_cursor_over (into->data, into->len);
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (fuzz_read, &cursor);
  g_assert_cmpint (lens_capture_file_next (file, &again), ==, LENS_CAPTURE_PACKET);
  g_assert_cmpuint (again.captured, ==, record->captured);
  g_assert_cmpint (again.time_ns, ==, MAX (record->time_ns, 0));
  g_assert_true (record->captured == 0
                 || memcmp (again.octets, record->octets, record->captured) == 0);
  g_assert_cmpint (lens_capture_file_next (file, &again), ==, LENS_CAPTURE_END);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (fuzz_read, &cursor);
  LensCaptureEvent event;
  LensRecord record;
  guint64 frame = 0;

  while ((event = lens_capture_file_next (file, &record)) == LENS_CAPTURE_PACKET
         || event == LENS_CAPTURE_MARK)
    {
      if (lens_capture_file_offset (file) > MAX (length, MOST))
        return 0;
      check_record (&record, file);
      if (event == LENS_CAPTURE_MARK)
        continue;
      g_assert_cmpuint (record.frame, >, frame);
      frame = record.frame;
      if (frame < 8 && record.captured < 4096)
        check_written (&record, lens_capture_file_interface (file, record.interface));
    }
  g_assert_cmpint (lens_capture_file_next (file, &record), ==, event);
  g_assert_cmpuint (lens_capture_file_input_offset (file), <=, length);
  g_assert_true (lens_capture_file_packing (file) != NULL
                 || lens_capture_file_offset (file) <= length);
  g_assert_true ((event == LENS_CAPTURE_DAMAGED) == (lens_capture_file_problem (file) != NULL));
  return 0;
}
