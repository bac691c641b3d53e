#include "wire/h265.h"

#include <string.h>

/* What came out: NAL units with their octets, and the octets of spans by kind. */
typedef struct
{
  guint8 type;
  guint flags;
  GByteArray *octets;
  GArray *pieces;
} Unit;

typedef struct
{
  GArray *units;
  gsize span_octets[LENS_H265_N_SPANS];
  gsize nal_octets;
} Heard;

static void
clear_unit (gpointer data)
{
  Unit *unit = data;

  g_byte_array_unref (unit->octets);
  g_array_unref (unit->pieces);
}

static void
hear_nal (const LensH265Nal *nal, gpointer user)
{
  Heard *heard = user;
  Unit unit = { nal->type, nal->flags, g_byte_array_new (),
                g_array_new (FALSE, FALSE, sizeof (LensPiece)) };
  gsize sum = 0;

  g_byte_array_append (unit.octets, nal->view.octets, (guint)nal->view.length);
  g_array_append_vals (unit.pieces, nal->view.pieces, (guint)nal->view.n_pieces);
  for (gsize i = 0; i < nal->view.n_pieces; i++)
    sum += nal->view.pieces[i].length;
  g_assert_cmpuint (sum, ==, nal->view.length);
  heard->nal_octets += nal->view.length;
  g_array_append_val (heard->units, unit);
}

static void
hear_span (LensH265SpanKind kind, const LensView *payload, LensRange range, gpointer user)
{
  g_assert_cmpuint (lens_range_end (range), <=, payload->length);
  ((Heard *)user)->span_octets[kind] += range.length;
}

static LensH265 *
listen_to (Heard *heard, gboolean with_don)
{
  memset (heard, 0, sizeof *heard);
  heard->units = g_array_new (FALSE, FALSE, sizeof (Unit));
  g_array_set_clear_func (heard->units, clear_unit);
  return lens_h265_new (with_don, hear_nal, hear_span, heard);
}

static Unit *
unit_at (Heard *heard, guint index)
{
  g_assert_cmpuint (index, <, heard->units->len);
  return &g_array_index (heard->units, Unit, index);
}

/* A packet that lies 54 octets into frame @sequence. */
static void
push (LensH265 *h265, const guint8 *octets, gsize length, guint16 sequence, guint32 timestamp)
{
  const LensPiece piece = { sequence, 54, (guint32)length };
  const LensView view = { octets, length, &piece, 1 };

  lens_h265_push (h265, &view, sequence, timestamp, FALSE);
}

static void
assert_unit (const Unit *unit, const void *octets, gsize length, guint flags)
{
  g_assert_cmpmem (unit->octets->data, unit->octets->len, octets, length);
  g_assert_cmpuint (unit->flags, ==, flags);
}

static void
a_packet_may_be_one_nal_unit (void)
{
  static const guint8 slice[] = { 0x02, 0x01, 2, 3 }; /* TRAIL_R */
  static const guint8 with_donl[] = { 0x02, 0x01, 0, 9, 2, 3 };
  Heard heard;

  g_autoptr (LensH265) h265 = listen_to (&heard, FALSE);
  push (h265, slice, sizeof slice, 1, 0);
  g_assert_cmpuint (heard.units->len, ==, 1);
  assert_unit (unit_at (&heard, 0), slice, sizeof slice, 0);
  g_assert_cmpuint (unit_at (&heard, 0)->type, ==, 1);
  push (h265, slice, sizeof slice, 1, 0); /* again */
  g_assert_cmpuint (heard.units->len, ==, 1);
  g_assert_cmpuint (heard.span_octets[LENS_H265_DUPLICATE], ==, sizeof slice);
  g_array_unref (heard.units);

  g_autoptr (LensH265) ordered = listen_to (&heard, TRUE);
  push (ordered, with_donl, sizeof with_donl, 1, 0);
  assert_unit (unit_at (&heard, 0), slice, sizeof slice, 0);
  g_assert_cmpuint (heard.span_octets[LENS_H265_DON], ==, 2);
  g_array_unref (heard.units);
}

static void
an_aggregate_is_taken_apart (void)
{
  static const guint8 ap[] = { 0x60, 1, 0, 3, 0x42, 1, 9, 0, 2, 0x44, 1, 0, 0, 7 };
  static const guint8 with_don[] = { 0x60, 1, 0, 8, 0, 3, 0x42, 1, 9, 5, 0, 2, 0x44, 1 };
  static const guint8 cut[] = { 0x60, 1, 0, 9, 0x42, 1, 9 };
  static const guint8 odd[] = { 0x60, 0x29, 0, 2, 0x44, 1 }; /* layer 5 */
  Heard heard;

  g_autoptr (LensH265) h265 = listen_to (&heard, FALSE);
  push (h265, ap, sizeof ap, 1, 0);
  assert_unit (unit_at (&heard, 0), "\x42\1\x09", 3, LENS_NAL_AGGREGATED);
  assert_unit (unit_at (&heard, 1), "\x44\1", 2, LENS_NAL_AGGREGATED);
  g_assert_cmpuint (heard.span_octets[LENS_H265_AGGREGATE_HEAD], ==, 2);
  g_assert_cmpuint (heard.span_octets[LENS_H265_UNIT_HEAD], ==, 4);
  g_assert_cmpuint (heard.span_octets[LENS_H265_TRAILING], ==, 3);
  g_assert_cmpuint (heard.span_octets[LENS_H265_AGGREGATE_ODD], ==, 0);
  push (h265, odd, sizeof odd, 3, 0);
  g_assert_cmpuint (heard.span_octets[LENS_H265_AGGREGATE_ODD], ==, 2);
  g_array_set_size (heard.units, 2);
  push (h265, cut, sizeof cut, 4, 0);
  assert_unit (unit_at (&heard, 2), "\x42\1\x09", 3, LENS_NAL_AGGREGATED | LENS_NAL_INCOMPLETE);
  g_array_unref (heard.units);

  g_autoptr (LensH265) ordered = listen_to (&heard, TRUE);
  push (ordered, with_don, sizeof with_don, 1, 0);
  assert_unit (unit_at (&heard, 0), "\x42\1\x09", 3, LENS_NAL_AGGREGATED);
  assert_unit (unit_at (&heard, 1), "\x44\1", 2, LENS_NAL_AGGREGATED);
  g_assert_cmpuint (heard.span_octets[LENS_H265_DON], ==, 3);
  g_array_unref (heard.units);
}

static void
fragments_become_a_nal_unit_again (void)
{
  static const guint8 first[] = { 0x62, 1, 0x93, 1, 2 }; /* S, FuType 19 */
  static const guint8 last[] = { 0x62, 1, 0x53, 3 };     /* E */
  static const guint8 varies[] = { 0x62, 9, 0x53, 3 };   /* another layer */
  static const guint8 empty[] = { 0x62, 1, 0x13 };
  static const guint8 both[] = { 0x62, 1, 0xd3, 1 };
  Heard heard;

  g_autoptr (LensH265) h265 = listen_to (&heard, FALSE);
  push (h265, first, sizeof first, 65535, 0);
  push (h265, last, sizeof last, 0, 0);
  assert_unit (unit_at (&heard, 0), "\x26\1\1\2\3", 5, LENS_NAL_FRAGMENTED);
  /* the first header octet stands for the FU header, the second was sent */
  const GArray *pieces = unit_at (&heard, 0)->pieces;
  g_assert_cmpuint (g_array_index (pieces, LensPiece, 0).offset, ==, 56);
  g_assert_cmpuint (g_array_index (pieces, LensPiece, 1).offset, ==, 55);
  g_assert_cmpuint (g_array_index (pieces, LensPiece, 2).offset, ==, 57);

  push (h265, first, sizeof first, 1, 0);
  push (h265, empty, sizeof empty, 2, 0);
  push (h265, varies, sizeof varies, 3, 0);
  assert_unit (unit_at (&heard, 1), "\x26\1\1\2\3", 5,
               LENS_NAL_FRAGMENTED | LENS_NAL_FU_EMPTY | LENS_NAL_FU_VARIES);
  push (h265, both, sizeof both, 4, 0);
  assert_unit (unit_at (&heard, 2), "\x26\1\1", 3, LENS_NAL_FRAGMENTED | LENS_NAL_FU_BOTH);
  g_array_unref (heard.units);
}

static void
lost_fragments_leave_incomplete_nal_units (void)
{
  static const guint8 first[] = { 0x62, 1, 0x93, 1 };
  static const guint8 last[] = { 0x62, 1, 0x53, 3 };
  static const guint lost = LENS_NAL_FRAGMENTED | LENS_NAL_INCOMPLETE;
  Heard heard;

  g_autoptr (LensH265) h265 = listen_to (&heard, FALSE);
  push (h265, first, sizeof first, 1, 0);
  push (h265, last, sizeof last, 3, 0); /* 2 is lost */
  assert_unit (unit_at (&heard, 0), "\x26\1\1", 3, lost);
  assert_unit (unit_at (&heard, 1), "\x26\1\3", 3, lost);
  push (h265, first, sizeof first, 4, 0);
  lens_h265_flush (h265);
  assert_unit (unit_at (&heard, 2), "\x26\1\1", 3, lost);
  g_array_unref (heard.units);
}

static void
a_paci_packet_is_unwrapped (void)
{
  /* A 0, cType 1, PHSsize 3, F0; TSCI; the slice's octets */
  static const guint8 slice[] = { 0x64, 1, 0x02, 0x38, 7, 8, 9, 0x55, 0x66 };
  /* an AP of one unit inside */
  static const guint8 ap[] = { 0x64, 1, 0x60, 0x00, 0, 2, 0x44, 1 };
  static const guint8 fragment[] = { 0x64, 1, 0x62, 0x00, 0x93, 5 };
  static const guint8 end[] = { 0x64, 1, 0x62, 0x00, 0x53, 6 };
  static const guint8 cut[] = { 0x64, 1, 0x02, 0x38, 7 };
  LensH265Paci paci;
  Heard heard;

  g_assert_true (lens_h265_read_paci (slice, sizeof slice, &paci));
  g_assert_cmpuint (paci.inner_type, ==, 1);
  g_assert_cmpuint (paci.phes, ==, 3);
  g_assert_cmpuint (paci.flags, ==, 8);
  g_autoptr (LensH265) h265 = listen_to (&heard, FALSE);
  push (h265, slice, sizeof slice, 1, 0);
  assert_unit (unit_at (&heard, 0), "\x02\1\x55\x66", 4, LENS_NAL_PACI);
  g_assert_cmpuint (heard.span_octets[LENS_H265_PHES], ==, 3);
  push (h265, ap, sizeof ap, 2, 0);
  assert_unit (unit_at (&heard, 1), "\x44\1", 2, LENS_NAL_PACI | LENS_NAL_AGGREGATED);
  push (h265, fragment, sizeof fragment, 3, 0);
  push (h265, end, sizeof end, 4, 0);
  assert_unit (unit_at (&heard, 2), "\x26\1\5\6", 4, LENS_NAL_PACI | LENS_NAL_FRAGMENTED);
  push (h265, cut, sizeof cut, 5, 0);
  g_assert_cmpuint (heard.span_octets[LENS_H265_CUT], ==, sizeof cut);
  g_array_unref (heard.units);
}

static void
hostile_payloads_always_add_up (void)
{
  static const guint8 types[] = { 0x62, 0x62, 0x62, 0x60, 0x64, 0x02, 0x7e, 0x00, 0x42 };

  for (guint with_don = 0; with_don < 2; with_don++)
    {
      g_autoptr (GRand) random = g_rand_new_with_seed (8);
      gsize sent = 0;
      Heard heard;
      g_autoptr (LensH265) h265 = listen_to (&heard, with_don == 1);
      for (guint round = 0; round < 50000; round++)
        {
          guint8 payload[30];
          gsize length = (gsize)g_rand_int_range (random, 0, sizeof payload);
          for (gsize i = 0; i < length; i++)
            payload[i] = (guint8)g_rand_int_range (random, 0, i % 2 == 0 ? 256 : 8);
          payload[0] = types[g_rand_int_range (random, 0, G_N_ELEMENTS (types))];
          payload[2] = g_rand_boolean (random) ? types[g_rand_int_range (random, 0, 9)]
                                               : (guint8)g_rand_int_range (random, 0, 256);
          push (h265, payload, length, (guint16)(round + (round % 97 == 0)), round / 8);
          sent += length;
        }
      lens_h265_flush (h265);
      gsize heard_octets = heard.nal_octets;
      for (guint i = 0; i < LENS_H265_N_SPANS; i++)
        heard_octets += heard.span_octets[i];
      g_assert_cmpuint (heard_octets, ==, sent);
      g_array_unref (heard.units);
    }
}

static void
decoding_order_numbers_are_there_when_they_are_said_to_be (void)
{
  g_assert_true (lens_h265_has_don ("sprop-vps=QAE=; sprop-max-don-diff=2"));
  g_assert_false (lens_h265_has_don ("sprop-max-don-diff=0;sprop-vps=QAE="));
  g_assert_false (lens_h265_has_don ("sprop-vps=QAE="));
  g_assert_false (lens_h265_has_don (NULL));
}

static void
start_codes_separate_units (void)
{
  static const guint8 octets[] = { 0x40, 1, 5, 0, 0, 0, 1, 0x42, 1, 0, 0, 1, 0, 0, 1, 0x44, 0 };
  LensRange part;
  gsize at = 0, zeros;

  g_assert_true (lens_nal_split (octets, sizeof octets, &at, &part, &zeros));
  g_assert_cmpuint (part.length, ==, 3);
  g_assert_cmpuint (zeros, ==, 3);
  g_assert_true (lens_nal_split (octets, sizeof octets, &at, &part, &zeros));
  g_assert_cmpuint (part.offset, ==, 7);
  g_assert_cmpuint (part.length, ==, 2);
  g_assert_true (lens_nal_split (octets, sizeof octets, &at, &part, &zeros));
  g_assert_cmpuint (part.offset, ==, 15);
  g_assert_cmpuint (part.length, ==, 1);
  g_assert_false (lens_nal_split (octets, sizeof octets, &at, &part, &zeros));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/h265/a-packet-may-be-one-nal-unit", a_packet_may_be_one_nal_unit);
  g_test_add_func ("/wire/h265/an-aggregate-is-taken-apart", an_aggregate_is_taken_apart);
  g_test_add_func ("/wire/h265/fragments-become-a-nal-unit-again",
                   fragments_become_a_nal_unit_again);
  g_test_add_func ("/wire/h265/lost-fragments-leave-incomplete-nal-units",
                   lost_fragments_leave_incomplete_nal_units);
  g_test_add_func ("/wire/h265/a-paci-packet-is-unwrapped", a_paci_packet_is_unwrapped);
  g_test_add_func ("/wire/h265/hostile-payloads-always-add-up", hostile_payloads_always_add_up);
  g_test_add_func ("/wire/h265/decoding-order-numbers-are-there-when-they-are-said-to-be",
                   decoding_order_numbers_are_there_when_they_are_said_to_be);
  g_test_add_func ("/wire/h265/start-codes-separate-units", start_codes_separate_units);
  return g_test_run ();
}
