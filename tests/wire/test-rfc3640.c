/* RFC 3640 payloads by hand. */
#include "wire/rfc3640.h"

typedef struct
{
  GPtrArray *units; /* GByteArray */
  gsize octets[3];  /* of units, of spans by kind behind them */
} Heard;

static void
hear_unit (const LensView *unit, gpointer user)
{
  Heard *heard = user;
  gsize pieces = 0;

  for (gsize i = 0; i < unit->n_pieces; i++)
    pieces += unit->pieces[i].length;
  g_assert_cmpuint (pieces, ==, unit->length);
  g_ptr_array_add (heard->units,
                   g_byte_array_append (g_byte_array_new (), unit->octets, (guint)unit->length));
  heard->octets[0] += unit->length;
}

static void
hear_span (LensAuSpanKind kind, const LensView *octets, gpointer user)
{
  ((Heard *)user)->octets[1 + kind] += octets->length;
}

static void
push (LensAus *aus, const guint8 *octets, gsize length, guint16 sequence, guint32 timestamp,
      gboolean marker)
{
  const LensPiece piece = { sequence + 1, 54, (guint32)length };
  const LensView view = { octets, length, &piece, 1 };

  lens_aus_push (aus, &view, sequence, timestamp, marker);
}

static void
heard_init (Heard *heard)
{
  *heard = (Heard){ g_ptr_array_new_with_free_func ((GDestroyNotify)g_byte_array_unref), { 0 } };
}

static const LensAuFormat hbr = { .size_length = 13, .index_length = 3, .index_delta_length = 3 };

static void
the_parameters_are_read (void)
{
  LensAuFormat format = lens_au_format (
      "streamtype=5; mode=AAC-hbr; config=1210; sizeLength=13; indexLength=3; indexDeltaLength=3; "
      "CTSDeltaLength=12; auxiliaryDataSizeLength=8; randomAccessIndication=1");

  g_assert_cmpuint (format.size_length, ==, 13);
  g_assert_cmpuint (format.cts_length, ==, 12);
  g_assert_cmpuint (format.auxiliary_size_length, ==, 8);
  g_assert_true (format.random_access);
  format = lens_au_format ("mode=AAC-lbr");
  g_assert_cmpuint (format.size_length, ==, 6);
  format = lens_au_format ("mode=generic;sizelength=99");
  g_assert_cmpuint (format.size_length, ==, 0);
}

static void
several_units_share_a_packet (void)
{
  /* two headers: size 3 index 0, size 2 index-delta 0; five octets, and one too many */
  const guint8 octets[] = { 0, 32, 0, 3 << 3, 0, 2 << 3, 1, 2, 3, 4, 5, 6 };
  Heard heard;

  heard_init (&heard);
  g_autoptr (LensAus) aus = lens_aus_new (&hbr, hear_unit, hear_span, &heard);
  push (aus, octets, sizeof octets, 7, 0, TRUE);
  g_assert_cmpuint (heard.units->len, ==, 2);
  const GByteArray *second = g_ptr_array_index (heard.units, 1);
  g_assert_cmpmem (second->data, second->len, octets + 9, 2);
  g_assert_cmpuint (heard.octets[1 + LENS_AU_TRAILING], ==, 1);
  /* the second is longer than what is there */
  push (aus, octets, 10, 8, 1024, TRUE);
  g_assert_cmpuint (heard.units->len, ==, 3);
  g_assert_cmpuint (heard.octets[1 + LENS_AU_CUT], ==, 1);
  g_ptr_array_unref (heard.units);
}

static void
fragments_become_a_unit (void)
{
  const guint8 first[] = { 0, 16, 0, 7 << 3, 1, 2, 3 }, middle[] = { 0, 16, 0, 7 << 3, 4, 5 },
               last[] = { 0, 16, 0, 7 << 3, 6, 7 };
  Heard heard;

  heard_init (&heard);
  g_autoptr (LensAus) aus = lens_aus_new (&hbr, hear_unit, hear_span, &heard);
  push (aus, first, sizeof first, 1, 5, FALSE);
  push (aus, middle, sizeof middle, 2, 5, FALSE);
  push (aus, last, sizeof last, 3, 5, TRUE);
  g_assert_cmpuint (heard.units->len, ==, 1);
  g_assert_cmpuint (heard.octets[0], ==, 7);
  /* one of them is lost: nothing is made of the others */
  push (aus, first, sizeof first, 10, 6, FALSE);
  push (aus, last, sizeof last, 12, 6, TRUE);
  g_assert_cmpuint (heard.units->len, ==, 1);
  g_assert_cmpuint (heard.octets[1 + LENS_AU_CUT], ==, 5);
  push (aus, first, sizeof first, 13, 7, FALSE);
  lens_aus_flush (aus);
  g_assert_cmpuint (heard.octets[1 + LENS_AU_CUT], ==, 8);
  g_ptr_array_unref (heard.units);
}

static void
every_field_and_section_has_its_place (void)
{
  const LensAuFormat format = { .size_length = 13,
                                .index_length = 3,
                                .index_delta_length = 3,
                                .cts_length = 4,
                                .random_access = TRUE,
                                .auxiliary_size_length = 8 };
  /* 22 bits of header: size 1, index 0, CTS-flag 1, delta 9, RAP 1; two bits of padding; 12
   * bits of auxiliary data, four of padding; one octet */
  const guint8 octets[] = { 0, 22, 0, 1 << 3, 0x80 | 9 << 3 | 4 | 3, 12, 0xab, 0xcd, 0x77 };
  LensAuPacket packet = lens_au_packet_over (&format, octets, sizeof octets);
  LensAuHeader header;
  gsize at = 0;

  g_assert_false (packet.cut);
  g_assert_cmpuint (packet.headers.length, ==, 5);
  g_assert_cmpuint (packet.headers_end, ==, 38);
  g_assert_cmpuint (packet.auxiliary.length, ==, 3);
  g_assert_cmpuint (packet.auxiliary_bits, ==, 12);
  g_assert_cmpuint (packet.data.offset, ==, 8);
  g_assert_cmpuint (packet.data.length, ==, 1);
  g_assert_true (lens_au_header_next (&format, &packet, octets, &at, &header));
  g_assert_cmpuint (header.size, ==, 1);
  g_assert_true (header.has_cts && header.random_access);
  g_assert_cmpuint (header.cts_delta, ==, 9);
  g_assert_cmpuint (header.end, ==, 38);
  g_assert_false (lens_au_header_next (&format, &packet, octets, &at, &header));
  g_assert_cmpuint (at, ==, 38);
}

static void
hostile_payloads_add_up (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);

  for (guint round = 0; round < 3000; round++)
    {
      const LensAuFormat format
          = { .size_length = (guint8)g_rand_int_range (random, 0, 33),
              .index_length = (guint8)g_rand_int_range (random, 0, 33),
              .index_delta_length = (guint8)g_rand_int_range (random, 0, 33),
              .cts_length = (guint8)(round % 5 == 0 ? 7 : 0),
              .auxiliary_size_length = (guint8)(round % 3 == 0 ? 4 : 0),
              .constant_size = (gsize)(round % 4 == 0 ? g_rand_int_range (random, 0, 9) : 0) };
      Heard heard;
      heard_init (&heard);
      g_autoptr (LensAus) aus
          = lens_aus_new (round % 2 == 0 ? &hbr : &format, hear_unit, hear_span, &heard);
      for (guint n = 0; n < 20; n++)
        {
          gsize length = (gsize)g_rand_int_range (random, 0, 60);
          g_autofree guint8 *octets = g_malloc (length);
          for (gsize i = 0; i < length; i++)
            octets[i] = (guint8)g_rand_int_range (random, 0, i < 6 ? 40 : 256);
          push (aus, octets, length, (guint16)(n + n / 7), n / 3, n % 3 == 0);
        }
      lens_aus_flush (aus);
      g_ptr_array_unref (heard.units);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/rfc3640/the-parameters-are-read", the_parameters_are_read);
  g_test_add_func ("/wire/rfc3640/several-units-share-a-packet", several_units_share_a_packet);
  g_test_add_func ("/wire/rfc3640/fragments-become-a-unit", fragments_become_a_unit);
  g_test_add_func ("/wire/rfc3640/every-field-and-section-has-its-place",
                   every_field_and_section_has_its_place);
  g_test_add_func ("/wire/rfc3640/hostile-payloads-add-up", hostile_payloads_add_up);
  return g_test_run ();
}
