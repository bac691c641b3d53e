/* LATM elements by hand. */
#include "wire/latm.h"

typedef struct
{
  guint elements, units, rests;
  LensLatmElement last;
  GByteArray *unit;
} Heard;

static void
hear_element (const LensLatmElement *element, const LensLatmConfig *config, gpointer user)
{
  Heard *heard = user;

  heard->elements++;
  heard->last = *element;
}

static void
hear_unit (const LensView *unit, const LensLatmConfig *config, gpointer user)
{
  Heard *heard = user;
  gsize pieces = 0;

  for (gsize i = 0; i < unit->n_pieces; i++)
    pieces += unit->pieces[i].length;
  g_assert_cmpuint (pieces, ==, unit->length);
  heard->units++;
  g_byte_array_set_size (heard->unit, 0);
  g_byte_array_append (heard->unit, unit->octets, (guint)unit->length);
}

static void
hear_rest (const LensView *octets, gboolean cut, gpointer user)
{
  ((Heard *)user)->rests++;
}

static const LensLatmFuncs funcs = { hear_element, hear_unit, hear_rest };

static void
push (LensLatm *latm, const guint8 *octets, gsize length, guint16 sequence, gboolean marker)
{
  const LensPiece piece = { 1, 54, (guint32)length };
  const LensView view = { octets, length, &piece, 1 };

  lens_latm_push (latm, &view, sequence, 0, marker);
}

/* StreamMuxConfig of one AAC LC stream, 16 kHz mono: version 0, all same time, one sub frame,
 * one program, one layer; type 0, fullness 0xff; no other data, no checksum. */

static void
a_description_may_hold_the_configuration (void)
{
  const guint8 octets[] = { 3, 0xaa, 0xbb, 0xcc, 0x99 };
  Heard heard = { .unit = g_byte_array_new () };
  LensLatmConfig config;

  lens_latm_config_from_hex ("400028103fc0", &config);
  g_assert_true (config.readable);
  g_assert_true (config.aac.readable);
  g_assert_cmpuint (config.aac.rate, ==, 16000);
  g_assert_cmpuint (config.sub_frames, ==, 1);
  g_assert_cmpuint (config.buffer_fullness, ==, 0xff);
  g_assert_false (config.has_other || config.has_checksum);
  /* As GStreamer writes it: 44.1 kHz, stereo, and nothing behind. */
  lens_latm_config_from_hex ("40002420", &config);
  g_assert_true (config.readable && !config.has_other);
  g_assert_cmpuint (config.aac.rate, ==, 44100);
  /* ... and with the extension that its encoder hands on: 0x2b7, type 5, no SBR */
  lens_latm_config_from_hex ("40002810adca00", &config);
  g_assert_true (config.readable && !config.has_other && !config.aac.sbr);
  g_assert_cmpuint (config.aac.rate, ==, 16000);
  /* frameLengthType 7: players do not read so far */
  lens_latm_config_from_hex ("40002811c0", &config);
  g_assert_true (config.readable && !config.has_other);
  g_assert_cmpuint (config.length_type, ==, 0);
  /* ... but two programs are another matter */
  lens_latm_config_from_hex ("40082811c0", &config);
  g_assert_false (config.readable);
  g_autoptr (LensLatm) latm
      = lens_latm_new ("profile-level-id=1; cpresent=0; config=400028103fc0", &funcs, &heard);
  push (latm, octets, sizeof octets, 1, TRUE);
  g_assert_cmpuint (heard.units, ==, 1);
  g_assert_cmpmem (heard.unit->data, heard.unit->len, octets + 1, 3);
  g_assert_cmpuint (heard.last.end, ==, 32); /* one octet lies behind it */
  /* in two packets */
  push (latm, octets, 2, 2, FALSE);
  push (latm, octets + 2, 2, 3, TRUE);
  g_assert_cmpuint (heard.units, ==, 2);
  /* the second is lost */
  push (latm, octets, 2, 4, FALSE);
  push (latm, octets, 4, 6, TRUE);
  g_assert_cmpuint (heard.units, ==, 3);
  g_assert_cmpuint (heard.rests, ==, 1);
  g_byte_array_unref (heard.unit);
}

static void
an_element_may_bring_it (void)
{
  /* useSameStreamMux 0 and the 44 bits above; a length of 2 octets; these; three bits of 0 */
  const guint8 octets[] = { 0x20, 0x00, 0x14, 0x08, 0x1f, 0xe0, 0x15, 0x55, 0xd8 };
  Heard heard = { .unit = g_byte_array_new () };
  g_autoptr (LensLatm) latm = lens_latm_new (NULL, &funcs, &heard);

  push (latm, octets, sizeof octets, 1, TRUE);
  g_assert_cmpuint (heard.elements, ==, 1);
  g_assert_cmpuint (heard.last.config_start, ==, 1);
  g_assert_cmpuint (heard.last.config_end, ==, 45);
  g_assert_cmpuint (heard.last.alignment_bits, ==, 3);
  g_assert_cmpmem (heard.unit->data, heard.unit->len, "\xaa\xbb", 2);
  /* useSameStreamMux 1, one octet 0xc3 behind its length, seven bits that are 1 */
  const guint8 same[] = { 0x80, 0xe1, 0xff };
  push (latm, same, sizeof same, 2, TRUE);
  g_assert_cmpmem (heard.unit->data, heard.unit->len, "\xc3", 1);
  g_assert_cmpuint (heard.last.alignment_bits, ==, 7);
  g_assert_cmpuint (heard.last.alignment, ==, 0x7f);
  g_byte_array_unref (heard.unit);
}

static void
hostile_elements_end (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  Heard heard = { .unit = g_byte_array_new () };
  g_autoptr (LensLatm) latm = lens_latm_new ("cpresent=1;config=40", &funcs, &heard);

  for (guint round = 0; round < 30000; round++)
    {
      gsize length = (gsize)g_rand_int_range (random, 0, 60);
      g_autofree guint8 *octets = g_malloc (length);
      for (gsize i = 0; i < length; i++)
        octets[i] = (guint8)g_rand_int (random);
      if (length > 5 && round % 2 == 0)
        {
          octets[0] = 0x20;
          octets[1] = 0;
          octets[2] = 0x14;
        }
      push (latm, octets, length, (guint16)(round + round / 50), round % 3 != 0);
    }
  lens_latm_flush (latm);
  g_assert_cmpuint (heard.units, >, 0);
  g_byte_array_unref (heard.unit);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/latm/a-description-may-hold-the-configuration",
                   a_description_may_hold_the_configuration);
  g_test_add_func ("/wire/latm/an-element-may-bring-it", an_element_may_bring_it);
  g_test_add_func ("/wire/latm/hostile-elements-end", hostile_elements_end);
  return g_test_run ();
}
