/* What lies in slices besides the picture: streams that x264 makes, sent by the camera, whole and
 * with something in them. */
#include "tests/analyzers/build.h"
#include "tests/wire/h264-encode.h"

typedef enum
{
  HONEST,
  BEHIND,
  ZEROS,
  VARYING_ZEROS,
  MANY_ZEROS,
  ALIGNMENT,
  LAST_BIT,
  WORDS,
} Tampering;

typedef struct
{
  Build *build;
  Tampering tampering;
  guint every; /* slice of which so many are tampered with one */
  guint16 sequence;
  guint32 timestamp;
  guint slices;
  guint tampered;
  guint64 first; /* frame with the end of the first one that was */
  guint32 dice;
} Sender;

static guint32
roll (Sender *sender)
{
  sender->dice = sender->dice * 1664525u + 1013904223u;
  return sender->dice >> 8;
}

/* What is put behind, or into the last octet of, the slice. */
static void
tamper (Sender *sender, GByteArray *nal)
{
  static const guint8 zeros[20] = { 0 };
  guint8 *last = &nal->data[nal->len - 1];
  guint free_bits = (guint)__builtin_ctz (*last);

  switch (sender->tampering)
    {
    case BEHIND:
      for (guint i = 0; i < 6; i++)
        {
          guint8 octet = (guint8)(roll (sender) | 1);
          g_byte_array_append (nal, &octet, 1);
        }
      break;
    case ZEROS:
      g_byte_array_append (nal, zeros, 3);
      break;
    case VARYING_ZEROS:
      g_byte_array_append (nal, zeros, roll (sender) % 6);
      break;
    case MANY_ZEROS:
      g_byte_array_append (nal, zeros, 9 + roll (sender) % 8);
      break;
    case ALIGNMENT:
      *last |= (guint8)(roll (sender) & ((1u << free_bits) - 1));
      break;
    case LAST_BIT:
      *last |= (guint8)(free_bits > 0 ? roll (sender) & 1 : 0);
      break;
    case WORDS:
      for (guint i = 1 + roll (sender) % 4; i > 0; i--)
        g_byte_array_append (nal, (const guint8 *)"\0\0\3", 3);
      break;
    case HONEST:
      break;
    }
}

static guint64
send_octets (Sender *sender, GByteArray *nal, gboolean marker)
{
  return build_media (sender->build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .marker = marker,
                                             .payload_type = 96,
                                             .sequence = sender->sequence++,
                                             .timestamp = sender->timestamp,
                                             .ssrc = 0x11223344,
                                             .payload = nal }));
}

/* In one packet, or in fragments (RFC 6184 section 5.8). */
static guint64
send_nal (Sender *sender, GByteArray *nal)
{
  gsize size = 1300;
  guint64 frame = 0;

  if (nal->len <= size)
    return send_octets (sender, nal, TRUE);
  for (gsize at = 1; at < nal->len; at += size)
    {
      gsize length = MIN (size, nal->len - at);
      guint8 head[] = { (guint8)((nal->data[0] & 0xe0) | 28),
                        (guint8)((nal->data[0] & 0x1f) | (at == 1 ? 0x80 : 0)
                                 | (at + length == nal->len ? 0x40 : 0)) };
      GByteArray *part = g_byte_array_new ();
      g_byte_array_append (part, head, sizeof head);
      g_byte_array_append (part, nal->data + at, (guint)length);
      frame = send_octets (sender, part, at + length == nal->len);
    }
  g_byte_array_unref (nal);
  return frame;
}

static void
send_one (const guint8 *octets, gsize length, gpointer user)
{
  Sender *sender = user;
  guint8 type = octets[0] & 0x1f;
  gboolean slice = type == 1 || type == 5;
  GByteArray *nal = g_byte_array_new ();

  g_byte_array_append (nal, octets, (guint)length);
  /* first_mb_in_slice 0 is a single bit. */
  if (slice && (octets[1] & 0x80) != 0)
    sender->timestamp += 3600;
  gboolean chosen = slice && ++sender->slices % sender->every == 0;
  if (chosen)
    tamper (sender, nal);
  guint64 frame = send_nal (sender, nal);
  sender->tampered += chosen;
  if (chosen && sender->first == 0)
    sender->first = frame;
}

/* A session with what x264 makes with @options, every @every slice tampered with. */
static Sender
send_stream (Build *build, const char *options, guint frames, Tampering tampering, guint every)
{
  g_autoptr (GByteArray) stream = encode_stream (options, frames);
  Sender sender
      = { .build = build, .tampering = tampering, .every = every, .sequence = 1, .dice = 5 };

  build_session (build, build_sdp_h264, tampering % 2 == 0, "");
  encode_each (stream, send_one, &sender);
  return sender;
}

static gboolean
skip_without_encoder (void)
{
  if (encode_possible ())
    return FALSE;
  g_test_skip ("x264 is not installed");
  return TRUE;
}

static guint64
examined (Build *build, const char *channel)
{
  const LensEvaluation *evaluation = build_conclude (build);

  for (guint i = 0; i < evaluation->coverage->len; i++)
    {
      const LensCoverageRow *row = g_ptr_array_index (evaluation->coverage, i);
      if (g_str_equal (row->channel, channel))
        return row->examined;
    }
  return 0;
}

static const char *const kinds[] = {
  "--qp 30 --bframes 2",
  "--qp 30 --slices 3",
  "--qp 30 --no-cabac --bframes 0",
  "--qp 30 --no-cabac --slices 3",
  "--qp 34 --interlaced --bframes 1",
};

static void
honest_slices_are_quiet (void)
{
  if (skip_without_encoder ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (Build) build = build_new ("h264-slice-data");
      Sender sender = send_stream (build, kinds[i], 40, HONEST, 1);
      g_assert_null (build_quiet (build, "h264-bytes-after-trailing"));
      g_assert_null (build_finding (build, "h264-cabac-zero-words"));
      g_assert_null (build_finding (build, "h264-ipcm"));
      /* All but the last, whose end no other slice confirms. */
      g_assert_cmpuint (examined (build, "h264-ipcm"), ==, sender.slices - 1);
    }
}

static void
octets_behind_slices_are_found (void)
{
  if (skip_without_encoder ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (Build) build = build_new ("h264-slice-data");
      Sender sender = send_stream (build, kinds[i], 24, BEHIND, 5);
      const LensFindingRow *finding
          = build_found (build, "h264-bytes-after-trailing", LENS_SEVERITY_MEDIUM);
      guint expected = sender.tampered - (sender.slices % 5 == 0 ? 1 : 0);
      g_assert_cmpuint (finding->frame_count, ==, expected);
      const LensFrameRange *range = &g_array_index (finding->ranges, LensFrameRange, 0);
      g_assert_cmpuint (range->first, ==, sender.first);
      g_assert_cmpuint (finding->used_bits, ==, 48 * expected);
    }
}

static void
a_number_of_zeros_that_is_always_the_same_is_room (void)
{
  if (skip_without_encoder ())
    return;
  g_autoptr (Build) build = build_new ("h264-slice-data");
  send_stream (build, kinds[0], 24, ZEROS, 1);
  g_assert_cmpuint (build_quiet (build, "h264-bytes-after-trailing")->room_bits, ==, 3 * 23);
  g_autoptr (Build) varies = build_new ("h264-slice-data");
  send_stream (varies, kinds[0], 60, VARYING_ZEROS, 1);
  build_found (varies, "h264-bytes-after-trailing", LENS_SEVERITY_MEDIUM);
  g_autoptr (Build) many = build_new ("h264-slice-data");
  send_stream (many, kinds[2], 24, MANY_ZEROS, 4);
  build_found (many, "h264-bytes-after-trailing", LENS_SEVERITY_MEDIUM);
}

static void
alignment_bits_that_no_encoder_sets_are_found (void)
{
  if (skip_without_encoder ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (Build) build = build_new ("h264-slice-data");
      send_stream (build, kinds[i], 60, ALIGNMENT, 1);
      build_found (build, "h264-bytes-after-trailing", LENS_SEVERITY_MEDIUM);
    }
  g_autoptr (Build) build = build_new ("h264-slice-data");
  send_stream (build, kinds[0], 200, LAST_BIT, 1);
  build_found (build, "h264-bytes-after-trailing", LENS_SEVERITY_MEDIUM);
}

static void
zero_words_that_no_rule_asks_for_are_found (void)
{
  if (skip_without_encoder ())
    return;
  g_autoptr (Build) build = build_new ("h264-slice-data");
  Sender sender = send_stream (build, kinds[0], 40, WORDS, 2);
  const LensFindingRow *finding
      = build_found (build, "h264-cabac-zero-words", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, sender.tampered - 1);
  g_assert_null (build_finding (build, "h264-bytes-after-trailing"));
}

/* --- samples --- */

typedef struct
{
  GByteArray *octets;
  guint bit;
} Writer;

static void
write_bits (Writer *writer, guint32 value, guint bits)
{
  static const guint8 zero = 0;

  while (bits-- > 0)
    {
      if (writer->bit % 8 == 0)
        g_byte_array_append (writer->octets, &zero, 1);
      writer->octets->data[writer->bit / 8]
          |= (guint8)((value >> bits & 1) << (7 - writer->bit % 8));
      writer->bit++;
    }
}

static void
write_ue (Writer *writer, guint32 value)
{
  guint bits = g_bit_storage (value + 1);

  write_bits (writer, 0, bits - 1);
  write_bits (writer, value + 1, bits);
}

typedef struct
{
  Sender sender;
  LensH264Sets *sets;
} Forger;

/* A P slice of nothing but skipped macroblocks and one of samples, behind the header of @octets. */
static GByteArray *
forge (const LensH264Slice *slice, const guint8 *octets)
{
  Writer writer = { g_byte_array_new (), 0 };
  LensRbsp rbsp = lens_rbsp_over (octets, lens_rbsp_offset (&slice->data) + 1, 0);
  guint32 picture = lens_h264_slice_picture_size (slice);

  while (lens_rbsp_offset (&rbsp) != lens_rbsp_offset (&slice->data) || rbsp.bit != slice->data.bit)
    write_bits (&writer, lens_rbsp_u (&rbsp, 1), 1);
  write_ue (&writer, 20); /* mb_skip_run */
  write_ue (&writer, 5 + 25);
  while (writer.bit % 8 != 0)
    write_bits (&writer, 0, 1); /* pcm_alignment_zero_bit */
  for (guint i = 0; i < 384; i++)
    write_bits (&writer, 0x11 + i % 200, 8);
  write_ue (&writer, picture - 21);
  write_bits (&writer, 1, 1);
  return writer.octets;
}

static void
send_forged (const guint8 *octets, gsize length, gpointer user)
{
  Forger *forger = user;
  LensH264Slice slice;

  lens_h264_sets_take (forger->sets, octets, length);
  if ((octets[0] & 0x1f) != 1 || !lens_h264_slice_parse (&slice, forger->sets, octets, length)
      || slice.slice_type != LENS_H264_P || forger->sender.slices % 3 != 0)
    {
      send_one (octets, length, &forger->sender);
      return;
    }
  g_autoptr (GByteArray) forged = forge (&slice, octets);
  send_one (forged->data, forged->len, &forger->sender);
  forger->sender.tampered++;
}

static void
samples_where_none_belong_are_found (void)
{
  if (skip_without_encoder ())
    return;
  g_autoptr (Build) build = build_new ("h264-slice-data");
  g_autoptr (LensH264Sets) sets = lens_h264_sets_new ();
  g_autoptr (GByteArray) stream = encode_stream ("--qp 30 --no-cabac --bframes 0", 12);
  Forger forger = { { .build = build, .every = 1000, .sequence = 1 }, sets };
  build_session (build, build_sdp_h264, FALSE, "");
  encode_each (stream, send_forged, &forger);
  const LensFindingRow *finding = build_found (build, "h264-ipcm", LENS_SEVERITY_LOW);
  g_assert_cmpuint (finding->frame_count, ==, forger.sender.tampered);
  g_assert_cmpuint (finding->used_bits, ==, 8 * 384 * forger.sender.tampered);

  g_autoptr (Build) fine = build_new ("h264-slice-data");
  send_stream (fine, "--qp 4 --subme 8 --no-psy --trellis 0", 4, HONEST, 1);
  g_assert_cmpuint (build_quiet (fine, "h264-ipcm")->room_bits, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h264-slice-data/" name, function)
  CASE ("honest-slices-are-quiet", honest_slices_are_quiet);
  CASE ("octets-behind-slices-are-found", octets_behind_slices_are_found);
  CASE ("a-number-of-zeros-that-is-always-the-same-is-room",
        a_number_of_zeros_that_is_always_the_same_is_room);
  CASE ("alignment-bits-that-no-encoder-sets-are-found",
        alignment_bits_that_no_encoder_sets_are_found);
  CASE ("zero-words-that-no-rule-asks-for-are-found", zero_words_that_no_rule_asks_for_are_found);
  CASE ("samples-where-none-belong-are-found", samples_where_none_belong_are_found);
  return g_test_run ();
}
