#pragma once

#include "tests/wire/h264-encode.h"
#include "wire/h265-slice-data.h"

/* H.265 made by others while the test runs, of the samples that H.264 is made of. */

static inline gboolean
encode_h265_possible (const char *program)
{
  g_autofree char *path = g_find_program_in_path (program);

  return path != NULL;
}

/* The byte stream that @program (x265, kvazaar) makes of @frames with @options; the test fails
 * where it cannot. */
static inline GByteArray *
encode_h265_stream (const char *program, const char *options, guint frames)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("h265-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *in = g_build_filename (folder, "in.yuv", NULL);
  g_autofree char *out = g_build_filename (folder, "out.265", NULL);
  gboolean is_422 = strstr (options, "i422") != NULL, is_400 = strstr (options, "i400") != NULL;
  gboolean is_444 = strstr (options, "i444") != NULL;
  guint chroma_width = is_400 ? 0 : is_444 ? ENCODE_WIDTH : ENCODE_WIDTH / 2;
  guint chroma_height = is_400 ? 0 : is_422 || is_444 ? ENCODE_HEIGHT : ENCODE_HEIGHT / 2;
  g_autoptr (GByteArray) samples = encode_samples (frames, chroma_width, chroma_height);
  g_file_set_contents (in, (const char *)samples->data, samples->len, &error);
  g_assert_no_error (error);
  g_autofree char *line = g_strdup_printf (
      "%s --input %s --input-res %ux%u %s %s -o %s", program, in, ENCODE_WIDTH, ENCODE_HEIGHT,
      strcmp (program, "x265") == 0 ? "--fps 25 --frame-threads 1 --pools 2" : "", options, out);
  g_autofree char *said = NULL;
  int status = 0;
  g_spawn_command_line_sync (line, NULL, &said, &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s: %s", line, said);
  char *octets = NULL;
  gsize length = 0;
  g_file_get_contents (out, &octets, &length, &error);
  g_assert_no_error (error);
  g_unlink (in);
  g_unlink (out);
  g_rmdir (folder);
  return g_byte_array_new_take ((guint8 *)octets, length);
}
