#include "tests/analyzers/keep.h"

#include <string.h>

#include "wire/capture-writer.h"

GByteArray *
keep_new (void)
{
  static const LensCaptureInterface ethernet = { .linktype = 1, .snaplen = 262144 };

  if (g_getenv ("LENSCAP_KEEP") == NULL)
    return NULL;
  GByteArray *kept = g_byte_array_new ();
  lens_capture_writer_section (kept, "lenscap tests", NULL);
  lens_capture_writer_interface (kept, &ethernet);
  return kept;
}

void
keep_packet (GByteArray *kept, const LensRecord *record)
{
  LensRecord packet = *record;

  if (kept == NULL)
    return;
  packet.interface = 0;
  lens_capture_writer_packet (kept, &packet);
}

void
keep_write (GByteArray *kept, const char *name)
{
  if (kept == NULL)
    return;
  g_autofree char *plain = g_strdelimit (g_strdup (name), "/ ", '-');
  g_autofree char *path = NULL;
  for (guint i = 0; path == NULL || g_file_test (path, G_FILE_TEST_EXISTS); i++)
    {
      g_autofree char *file = i == 0 ? g_strdup_printf ("%s.pcapng", plain)
                                     : g_strdup_printf ("%s-%u.pcapng", plain, i);
      g_free (path);
      path = g_build_filename (g_getenv ("LENSCAP_KEEP"), file, NULL);
    }
  g_assert_true (g_file_set_contents (path, (const char *)kept->data, kept->len, NULL));
  g_byte_array_unref (kept);
}
