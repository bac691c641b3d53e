/* AAC: tables that are whole codes, elements by hand, and what real encoders write. */
#include "wire/aac-tables.h"
#include "wire/adts.h"

/* --- tables --- */

static void
assert_whole_code (const LensAacCodebook *book, guint n_symbols)
{
  g_autofree gboolean *seen = g_new0 (gboolean, n_symbols);
  guint64 space = 0;
  guint n = 0;

  for (guint length = 1; length < LENS_AAC_CODE_LENGTHS; length++)
    {
      space += (guint64)book->counts[length] << (LENS_AAC_CODE_LENGTHS - length);
      n += book->counts[length];
    }
  g_assert_cmpuint (n, ==, n_symbols);
  g_assert_cmpuint (book->n_symbols, ==, n_symbols);
  g_assert_cmpuint (space, ==, 1u << LENS_AAC_CODE_LENGTHS);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (book->symbols[i], <, n);
      g_assert_false (seen[book->symbols[i]]);
      seen[book->symbols[i]] = TRUE;
    }
}

static void
every_code_is_whole (void)
{
  assert_whole_code (&lens_aac_scale_factors, 121);
  for (guint i = 0; i < LENS_AAC_CODEBOOKS; i++)
    {
      const LensAacCodebook *book = &lens_aac_spectrum[i];
      guint symbols = 1;
      for (guint line = 0; line < book->dimension; line++)
        symbols *= book->modulus;
      assert_whole_code (book, symbols);
    }
}

static void
bands_are_made_of_whole_codes (void)
{
  for (guint rate = 0; rate < LENS_AAC_RATES; rate++)
    {
      const guint16 *bands[] = { lens_aac_long_bands[rate], lens_aac_short_bands[rate] };
      for (guint i = 0; i < 2; i++)
        {
          guint band = 0;
          for (; bands[i][band] < (i == 0 ? 1024 : 128); band++)
            g_assert_cmpuint ((bands[i][band + 1] - bands[i][band]) % 4, ==, 0);
          g_assert_cmpuint (bands[i][band], ==, i == 0 ? 1024 : 128);
          g_assert_cmpuint (band, <, 64);
        }
    }
}

/* --- configurations --- */

static void
a_configuration_is_read (void)
{
  LensAacConfig config;

  /* object type 2, 44.1 kHz, stereo */
  g_assert_true (lens_aac_config_from_hex ("1210", &config));
  g_assert_true (config.readable);
  g_assert_cmpuint (config.object_type, ==, 2);
  g_assert_cmpuint (config.rate, ==, 44100);
  g_assert_cmpuint (config.channel_config, ==, 2);
  g_assert_false (config.sbr || config.short_frames);
  /* the same with sync extension 0x2b7, type 5, sbrPresentFlag 0 */
  g_assert_true (lens_aac_config_from_hex ("121056e500", &config));
  g_assert_false (config.sbr);
  /* 24 kHz and SBR to 48 kHz, backward compatible: ... 1, index 3 */
  g_assert_true (lens_aac_config_from_hex ("131056e598", &config));
  g_assert_true (config.sbr);
  /* hierarchical: type 5, 24 kHz, mono, 48 kHz, type 2 */
  g_assert_true (lens_aac_config_from_hex ("2b098800", &config));
  g_assert_true (config.sbr && config.readable);
  g_assert_cmpuint (config.object_type, ==, 2);
  g_assert_cmpuint (config.rate, ==, 24000);
  /* type 39 (ELD) is named, not followed */
  g_assert_true (lens_aac_config_from_hex ("f8e85000", &config));
  g_assert_false (config.readable);
  g_assert_false (lens_aac_config_from_hex ("12", &config));
  g_assert_false (lens_aac_config_from_hex ("12x0", &config));
}

/* --- elements by hand --- */

typedef struct
{
  GByteArray *octets;
  guint bit;
} Writer;

static void
put (Writer *writer, guint32 value, guint count)
{
  static const guint8 zero = 0;

  for (; count > 0; count--)
    {
      if (writer->bit == 0)
        g_byte_array_append (writer->octets, &zero, 1);
      if (value >> (count - 1) & 1)
        writer->octets->data[writer->octets->len - 1] |= (guint8)(0x80 >> writer->bit);
      writer->bit = (writer->bit + 1) % 8;
    }
}

typedef struct
{
  guint n;
  LensAacElement elements[8];
} Heard;

static void
hear (const LensAacElement *element, gpointer user)
{
  Heard *heard = user;

  if (heard->n < G_N_ELEMENTS (heard->elements))
    heard->elements[heard->n] = *element;
  heard->n++;
}

/* A channel without a single band. */
static void
put_silence (Writer *writer, gboolean reserved)
{
  put (writer, LENS_AAC_SCE, 3);
  put (writer, 0, 4);         /* tag */
  put (writer, 100, 8);       /* global_gain */
  put (writer, reserved, 1);  /* ics_reserved_bit */
  put (writer, 0, 2 + 1 + 6); /* long window, sine, max_sfb 0 */
  put (writer, 0, 1);         /* predictor_data_present */
  put (writer, 0, 3);         /* pulse, TNS, gain control */
}

static void
elements_are_told_apart (void)
{
  const LensAacConfig config = lens_aac_config_of (2, 4, 1);
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  Writer writer = { octets, 0 };
  Heard heard = { 0 };

  put_silence (&writer, TRUE);
  put (&writer, LENS_AAC_DSE, 3);
  put (&writer, 3, 4); /* tag */
  put (&writer, 1, 1); /* data_byte_align_flag */
  put (&writer, 2, 8);
  guint odd = writer.bit == 0 ? 0 : 8 - writer.bit;
  put (&writer, 1, odd);
  put (&writer, 0xcafe, 16);
  put (&writer, LENS_AAC_FIL, 3);
  put (&writer, 2, 4);
  put (&writer, 0x10a5, 16); /* EXT_FILL_DATA, nibble, one octet */
  put (&writer, LENS_AAC_END, 3);
  guint rest = writer.bit == 0 ? 0 : 8 - writer.bit;
  put (&writer, 1, rest);
  put (&writer, 0xee, 8); /* and something behind it */

  LensAacBlock block = lens_aac_block_read (&config, octets->data, octets->len, 0, hear, &heard);
  g_assert_cmpint (block.outcome, ==, LENS_AAC_WHOLE);
  g_assert_cmpuint (block.end, ==, 8 * (octets->len - 1));
  g_assert_cmpuint (block.alignment_bits, ==, rest);
  g_assert_cmpuint (block.alignment, ==, 1);
  g_assert_cmpuint (block.channels, ==, 1);
  g_assert_cmpuint (heard.n, ==, 4);
  g_assert_cmpuint (heard.elements[0].reserved, ==, 1);
  g_assert_cmpuint (heard.elements[0].reserved_at, ==, 15);
  const LensAacElement *data = &heard.elements[1];
  g_assert_cmpuint (data->tag, ==, 3);
  g_assert_cmpuint (data->alignment_bits, ==, odd);
  g_assert_cmpuint (data->alignment, ==, 1);
  g_assert_cmpuint (data->data_octets, ==, 2);
  g_assert_cmpuint (lens_aac_octet_at (octets->data, data->data_start), ==, 0xca);
  gsize at = heard.elements[2].data_start;
  LensAacExtension extension;
  g_assert_true (lens_aac_extension_next (octets->data, &heard.elements[2], &at, &extension));
  g_assert_cmpuint (extension.type, ==, LENS_AAC_EXT_FILL_DATA);
  g_assert_cmpuint (extension.octets, ==, 2);
  g_assert_false (lens_aac_extension_next (octets->data, &heard.elements[2], &at, &extension));
}

static void
a_fill_element_may_hold_several_payloads (void)
{
  /* Dynamic range information without any part: type 11, four flags, one value; ancillary
   * data of 3 octets; fill. */
  const guint8 octets[] = { 0xb0, 0x7f, 0x20, 3, 1, 2, 3, 0x00, 0x55 };
  const LensAacElement fill = { .id = LENS_AAC_FIL, .data_start = 0, .data_octets = sizeof octets };
  LensAacExtension extension;
  gsize at = 0;

  g_assert_true (lens_aac_extension_next (octets, &fill, &at, &extension));
  g_assert_cmpuint (extension.type, ==, LENS_AAC_EXT_DYNAMIC_RANGE);
  g_assert_cmpuint (extension.octets, ==, 2);
  g_assert_true (lens_aac_extension_next (octets, &fill, &at, &extension));
  g_assert_cmpuint (extension.type, ==, LENS_AAC_EXT_DATA_ELEMENT);
  g_assert_cmpuint (extension.octets, ==, 5);
  g_assert_true (lens_aac_extension_next (octets, &fill, &at, &extension));
  g_assert_cmpuint (extension.type, ==, LENS_AAC_EXT_FILL);
  g_assert_cmpuint (extension.octets, ==, 2);
  g_assert_false (lens_aac_extension_next (octets, &fill, &at, &extension));
}

static void
hostile_blocks_end (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (guint round = 0; round < 20000; round++)
    {
      gsize length = (gsize)g_rand_int_range (random, 0, 200);
      g_autofree guint8 *octets = g_malloc (length); /* so that a read too far is noticed */
      LensAacConfig config = lens_aac_config_of ((guint8)g_rand_int_range (random, 1, 5),
                                                 (guint8)g_rand_int_range (random, 0, 13), 1);
      config.short_frames = round % 2 == 0;
      for (gsize i = 0; i < length; i++)
        octets[i] = (guint8)g_rand_int (random);
      Heard heard = { 0 };
      LensAacBlock block = lens_aac_block_read (&config, octets, length, 0, hear, &heard);
      g_assert_cmpuint (block.end, <=, 8 * length);
      for (guint i = 0; i < MIN (heard.n, 8); i++)
        {
          const LensAacElement *element = &heard.elements[i];
          LensAacExtension extension;
          gsize at = element->data_start;
          g_assert_cmpuint (element->end, <=, 8 * length);
          while (element->id == LENS_AAC_FIL
                 && lens_aac_extension_next (octets, element, &at, &extension))
            g_assert_cmpuint (at, <=, element->end);
        }
      LensAacConfig read;
      lens_aac_config_parse (octets, length, &read, NULL);
    }
}

/* --- real encoders --- */

/* Every frame of @stream (ADTS) must end exactly where its block ends.  Their number. */
static guint
assert_frames_are_exact (const guint8 *octets, gsize length, guint channels)
{
  guint frames = 0;

  for (gsize at = 0; at < length; frames++)
    {
      LensAdts adts;
      g_assert_true (lens_adts_parse (octets + at, length - at, &adts));
      g_assert_cmpuint (at + adts.frame_length, <=, length);
      const LensAacConfig config = lens_adts_config (&adts);
      LensAacBlock block = lens_aac_block_read (&config, octets + at, adts.frame_length,
                                                adts.header_length, NULL, NULL);
      g_assert_cmpint (block.outcome, ==, LENS_AAC_WHOLE);
      g_assert_cmpuint (block.end, ==, 8 * (gsize)adts.frame_length);
      g_assert_cmpuint (block.alignment, ==, 0);
      g_assert_cmpuint (block.channels, ==, channels);
      at += adts.frame_length;
    }
  return frames;
}

static gboolean
encode (const char *command, GByteArray *into)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  gint out;
  guint8 part[4096];
  gsize got;

  g_assert_true (g_shell_parse_argv (command, NULL, &words, &error));
  g_autofree char *program = g_find_program_in_path (words[0]);
  if (program == NULL)
    return FALSE;
  g_assert_true (g_spawn_async_with_pipes (NULL, words, NULL,
                                           G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                                           NULL, NULL, NULL, &out, NULL, &error));
  g_autoptr (GIOChannel) channel = g_io_channel_unix_new (out);
  g_io_channel_set_encoding (channel, NULL, NULL);
  while (g_io_channel_read_chars (channel, (char *)part, sizeof part, &got, NULL)
         == G_IO_STATUS_NORMAL)
    g_byte_array_append (into, part, (guint)got);
  g_io_channel_shutdown (channel, FALSE, NULL);
  return into->len > 0;
}

/* Tones that rise, noise, beats: long and short windows, all codebooks. */
#define SOUND                                                                                      \
  "aevalsrc='0.5*sin(t*t*4000)*gt(mod(t\\,0.3)\\,0.15)+0.3*(random(0)-0.5)*lt(mod(t\\,0.5)\\,"     \
  "0.05)+0.01*(random(1)-0.5)':d=4:s=%u"

static void
what_ffmpeg_encodes_ends_where_it_ends (void)
{
  static const struct
  {
    guint rate;
    guint channels;
    const char *options;
  } rows[] = {
    { 8000, 1, "-b:a 16k" },
    { 11025, 1, "-b:a 24k" },
    { 16000, 1, "-b:a 32k" },
    { 16000, 2, "-b:a 64k -aac_coder fast" },
    { 22050, 1, "-b:a 64k" },
    { 24000, 2, "-b:a 24k" },
    { 32000, 2, "-b:a 96k -aac_pns 1" },
    { 44100, 2, "-b:a 128k" },
    { 44100, 2, "-b:a 400k -aac_tns 0 -aac_is 0 -aac_pns 0" },
    { 44100, 1, "-profile:a aac_main -b:a 96k" },
    { 44100, 2, "-profile:a aac_main -aac_pred 1 -b:a 128k" },
    { 44100, 2, "-profile:a aac_ltp -aac_ltp 1 -aac_coder twoloop -b:a 128k" },
    { 48000, 2, "-b:a 64k -aac_ms 1" },
    { 48000, 6, "-b:a 384k" },
    { 64000, 2, "-b:a 160k" },
    { 96000, 1, "-b:a 96k" },
  };
  guint frames = 0;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) stream = g_byte_array_new ();
      g_autofree char *command
          = g_strdup_printf ("ffmpeg -nostdin -v error -f lavfi -i \"" SOUND "\" -ac %u -c:a aac "
                             "-strict -2 %s -f adts -",
                             rows[i].rate, rows[i].channels, rows[i].options);
      if (!encode (command, stream))
        {
          g_test_message ("not encoded: %s", command);
          continue;
        }
      guint count = assert_frames_are_exact (stream->data, stream->len, rows[i].channels);
      g_test_message ("%u frames: %u Hz, %u channels, %s", count, rows[i].rate, rows[i].channels,
                      rows[i].options);
      frames += count;
    }
  if (frames == 0)
    g_test_skip ("ffmpeg is not here");
}

static void
what_another_encoder_writes_ends_too (void)
{
  static const char *const lines[] = {
    "gst-launch-1.0 -q audiotestsrc num-buffers=150 wave=ticks ! audio/x-raw,rate=16000,channels=1 "
    "! voaacenc bitrate=32000 ! audio/mpeg,stream-format=adts ! fdsink",
    "gst-launch-1.0 -q audiotestsrc num-buffers=150 wave=pink-noise ! "
    "audio/x-raw,rate=44100,channels=2 ! voaacenc bitrate=96000 ! audio/mpeg,stream-format=adts ! "
    "fdsink",
    "gst-launch-1.0 -q audiotestsrc num-buffers=150 wave=silence ! "
    "audio/x-raw,rate=8000,channels=1 ! voaacenc bitrate=16000 ! audio/mpeg,stream-format=adts ! "
    "fdsink",
  };
  guint frames = 0;

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GByteArray) stream = g_byte_array_new ();
      if (encode (lines[i], stream))
        frames += assert_frames_are_exact (stream->data, stream->len, i == 1 ? 2 : 1);
    }
  g_test_message ("%u frames", frames);
  if (frames == 0)
    g_test_skip ("no such encoder is here");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/aac/every-code-is-whole", every_code_is_whole);
  g_test_add_func ("/wire/aac/bands-are-made-of-whole-codes", bands_are_made_of_whole_codes);
  g_test_add_func ("/wire/aac/a-configuration-is-read", a_configuration_is_read);
  g_test_add_func ("/wire/aac/elements-are-told-apart", elements_are_told_apart);
  g_test_add_func ("/wire/aac/a-fill-element-may-hold-several-payloads",
                   a_fill_element_may_hold_several_payloads);
  g_test_add_func ("/wire/aac/hostile-blocks-end", hostile_blocks_end);
  g_test_add_func ("/wire/aac/what-ffmpeg-encodes-ends-where-it-ends",
                   what_ffmpeg_encodes_ends_where_it_ends);
  g_test_add_func ("/wire/aac/what-another-encoder-writes-ends-too",
                   what_another_encoder_writes_ends_too);
  return g_test_run ();
}
