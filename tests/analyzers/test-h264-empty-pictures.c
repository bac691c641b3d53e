/* Pictures that show nothing new. */
#include "tests/analyzers/build.h"

typedef struct
{
  Build *build;
  guint16 sequence;
  guint32 timestamp;
  guint number; /* frame_num of the next picture */
} Stream;

static guint64
put (Stream *stream, guint8 header, GByteArray *rbsp)
{
  GByteArray *nal = g_byte_array_new ();

  g_byte_array_append (nal, &header, 1);
  return build_media (stream->build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .marker = (header & 0x1f) < 6,
                                             .payload_type = 96,
                                             .sequence = stream->sequence++,
                                             .timestamp = stream->timestamp,
                                             .ssrc = 7,
                                             .payload = build_join (nal, rbsp) }));
}

/* Baseline, 320 x 240, frame_num of 4 bits; and an IDR picture. */
static Stream
stream_new (void)
{
  Stream stream = { .build = build_new ("h264-empty-pictures"), .sequence = 1, .number = 1 };

  build_session (stream.build, build_sdp_h264, FALSE, "");
  put (&stream, 0x67, build_hex ("42c01eda0507e4"));
  put (&stream, 0x68, build_hex ("ce3c80"));
  put (&stream, 0x65, build_hex ("8884ff 1234 80"));
  return stream;
}

/* A P slice (7.3.3) of the set's quality, with some data. */
static void
put_picture (Stream *stream, guint32 step)
{
  /* first_mb 0, slice_type 5, set 0, frame_num; nothing is overridden, reordered or marked;
   * quality 0, the loop filter as it is. */
  guint32 word = 1u << 31 | 0x06u << 26 | 1u << 25 | (stream->number & 15) << 21 | 7u << 15;
  g_autofree char *text = g_strdup_printf ("%08x", word);

  stream->timestamp += step;
  stream->number++;
  put (stream, 0x41, build_join (build_hex (text), build_filled (0x55, 60)));
}

/* One that is no reference, and skips all 300 macroblocks; slice_qp_delta of @quality. */
static guint64
put_empty (Stream *stream, guint32 step, guint quality)
{
  guint bits = g_bit_storage (quality + 1), length = 13 + 2 * bits - 1;
  guint64 word = (guint64)(1u << 11 | 0x06u << 6 | 1u << 5 | (stream->number & 15) << 1) << 1;
  guint64 all = word << (2 * bits - 1) | (quality + 1);

  stream->timestamp += step;
  all = all << 3 | 2;          /* disable_deblocking_filter_idc 1 */
  all = all << 17 | (300 + 1); /* mb_skip_run */
  all = all << 1 | 1;          /* rbsp_stop_one_bit */
  length += 3 + 17 + 1;
  all <<= 64 - length;
  g_autofree char *text = g_strdup_printf ("%016" G_GINT64_MODIFIER "x", all);
  text[(length + 7) / 8 * 2] = '\0';
  return put (stream, 0x01, build_hex (text));
}

static void
pictures_out_of_time_are_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;
  guint64 first = 0;

  for (guint i = 0; i < 80; i++)
    {
      gboolean speaks = i % 5 == 4;
      guint64 frame = speaks ? put_empty (&stream, 1500, 0) : 0;
      first = first == 0 ? frame : first;
      put_picture (&stream, speaks ? 1500 : 3000);
    }
  const LensFindingRow *finding
      = build_found (build, "h264-redundant-pic-dropped", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 16);
  build_assert_octets (finding, 0, first, build->offset + 12, 6);
}

static void
pictures_of_odd_quality_are_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 40; i++)
    {
      put_empty (&stream, 3000, 12 + i * 7 % 16);
      put_picture (&stream, 3000);
    }
  g_assert_cmpuint (
      build_found (build, "h264-redundant-pic-dropped", LENS_SEVERITY_MEDIUM)->frame_count, >, 35);
}

/* Each takes a picture's time: by turns, or where nothing moves; at two rates. */
static void
temporal_layers_are_quiet (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 200; i++)
    {
      guint32 step = i < 100 ? 3000 : 6000;
      if (i % 2 == 0 || i % 50 < 10)
        put_picture (&stream, step);
      else
        put_empty (&stream, step, i % 4);
    }
  build_quiet (build, "h264-redundant-pic-dropped");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h264-empty-pictures/" name, function)
  CASE ("pictures-out-of-time-are-found", pictures_out_of_time_are_found);
  CASE ("pictures-of-odd-quality-are-found", pictures_of_odd_quality_are_found);
  CASE ("temporal-layers-are-quiet", temporal_layers_are_quiet);
  return g_test_run ();
}
