#pragma once

#include "wire/h264-slice-data.h"

#include <glib/gstdio.h>
#include <string.h>

/* H.264 made by x264 while the test runs, so that what is read was not written by us. */

enum
{
  ENCODE_WIDTH = 208,
  ENCODE_HEIGHT = 144,
};

static inline gboolean
encode_possible (void)
{
  g_autofree char *x264 = g_find_program_in_path ("x264");

  return x264 != NULL;
}

/* Up and down between 0 and 64. */
static inline guint
encode_wave (guint at, guint length)
{
  guint phase = at % (2 * length);

  return 64 * (phase < length ? phase : 2 * length - phase) / length;
}

/* Something that moves, something that stands, something that is noise. */
static inline guint8
encode_sample (guint plane, guint x, guint y, guint frame, guint32 *dice)
{
  *dice = *dice * 1664525u + 1013904223u;
  if (x >= 48 && x < 112 && y >= 32 && y < 80)
    return (guint8)(*dice >> 24);
  if (y < 24 || plane > 0)
    return (guint8)(96 + encode_wave (x + 9 * plane + frame / 2, 16));
  return (guint8)(64 + encode_wave (x + 3 * frame, 29) + encode_wave (y + 200 - 2 * frame, 23)
                  + (*dice >> 28));
}

/* @frames of planar samples with @chroma (a quarter or half of the luma, or nothing). */
static inline GByteArray *
encode_samples (guint frames, guint chroma_width, guint chroma_height)
{
  GByteArray *samples = g_byte_array_new ();
  guint32 dice = 1;

  for (guint frame = 0; frame < frames; frame++)
    for (guint plane = 0; plane < 3; plane++)
      {
        guint width = plane == 0 ? ENCODE_WIDTH : chroma_width;
        guint height = plane == 0 ? ENCODE_HEIGHT : chroma_height;
        for (guint y = 0; y < height; y++)
          for (guint x = 0; x < width; x++)
            {
              guint8 sample = encode_sample (plane, x * ENCODE_WIDTH / width,
                                             y * ENCODE_HEIGHT / height, frame, &dice);
              g_byte_array_append (samples, &sample, 1);
            }
      }
  return samples;
}

/* The byte stream that x264 makes of @frames with @options; the test fails where it cannot. */
static inline GByteArray *
encode_stream (const char *options, guint frames)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("h264-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *in = g_build_filename (folder, "in.yuv", NULL);
  g_autofree char *out = g_build_filename (folder, "out.264", NULL);
  gboolean is_422 = strstr (options, "--input-csp i422") != NULL;
  gboolean is_400 = strstr (options, "--input-csp i400") != NULL;
  gboolean is_444 = strstr (options, "--input-csp i444") != NULL;
  guint chroma_width = is_400 ? 0 : is_444 ? ENCODE_WIDTH : ENCODE_WIDTH / 2;
  guint chroma_height = is_400 ? 0 : is_422 || is_444 ? ENCODE_HEIGHT : ENCODE_HEIGHT / 2;
  g_autoptr (GByteArray) samples = encode_samples (frames, chroma_width, chroma_height);
  g_file_set_contents (in, (const char *)samples->data, samples->len, &error);
  g_assert_no_error (error);
  g_autofree char *line
      = g_strdup_printf ("x264 --quiet --no-progress --threads 1 --demuxer raw --input-res %ux%u "
                         "--fps 25 %s -o %s %s",
                         ENCODE_WIDTH, ENCODE_HEIGHT, options, out, in);
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

typedef void (*EncodeFunc) (const guint8 *nal, gsize length, gpointer user);

/* Each NAL unit of a byte stream (Annex B). */
static inline void
encode_each (const GByteArray *stream, EncodeFunc func, gpointer user)
{
  const guint8 *end = stream->data + stream->len;
  const guint8 *nal = memmem (stream->data, stream->len, "\0\0\1", 3);

  while (nal != NULL)
    {
      nal += 3;
      const guint8 *next = memmem (nal, (gsize)(end - nal), "\0\0\1", 3);
      const guint8 *last = next != NULL ? next : end;
      if (next != NULL && last > nal && last[-1] == 0)
        last--; /* zero_byte */
      func (nal, (gsize)(last - nal), user);
      nal = next;
    }
}
