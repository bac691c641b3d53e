#include "wire/h264.h"

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
  gsize span_octets[LENS_H264_DUPLICATE + 1];
  gsize nal_octets; /* without the made-up header octets, whose pieces were sent */
} Heard;

static void
clear_unit (gpointer data)
{
  Unit *unit = data;

  g_byte_array_unref (unit->octets);
  g_array_unref (unit->pieces);
}

static void
hear_nal (const LensNal *nal, gpointer user)
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
  g_assert_cmpuint (nal->ref_idc, ==, nal->view.octets[0] >> 5 & 3);
  heard->nal_octets += nal->view.length;
  g_array_append_val (heard->units, unit);
}

static void
hear_span (LensH264SpanKind kind, const LensView *payload, LensRange range, gpointer user)
{
  g_assert_cmpuint (lens_range_end (range), <=, payload->length);
  ((Heard *)user)->span_octets[kind] += range.length;
}

static void
heard_init (Heard *heard)
{
  memset (heard, 0, sizeof *heard);
  heard->units = g_array_new (FALSE, FALSE, sizeof (Unit));
  g_array_set_clear_func (heard->units, clear_unit);
}

static Unit *
unit_at (Heard *heard, guint index)
{
  g_assert_cmpuint (index, <, heard->units->len);
  return &g_array_index (heard->units, Unit, index);
}

/* A packet that lies 54 octets into frame @sequence. */
static void
push (LensH264 *h264, const guint8 *octets, gsize length, guint16 sequence, guint32 timestamp)
{
  const LensPiece piece = { sequence, 54, (guint32)length };
  const LensView view = { octets, length, &piece, 1 };

  lens_h264_push (h264, &view, sequence, timestamp, FALSE);
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
  static const guint8 slice[] = { 0x41, 1, 2, 3 };
  Heard heard;

  heard_init (&heard);
  g_autoptr (LensH264) h264 = lens_h264_new (hear_nal, hear_span, &heard);
  push (h264, slice, sizeof slice, 1, 0);
  g_assert_cmpuint (heard.units->len, ==, 1);
  assert_unit (unit_at (&heard, 0), slice, sizeof slice, 0);
  g_assert_cmpuint (unit_at (&heard, 0)->type, ==, 1);
  push (h264, slice, sizeof slice, 1, 0); /* again */
  g_assert_cmpuint (heard.units->len, ==, 1);
  g_assert_cmpuint (heard.span_octets[LENS_H264_DUPLICATE], ==, sizeof slice);
  g_array_unref (heard.units);
}

static void
an_aggregate_is_taken_apart (void)
{
  static const guint8 stap_a[] = { 0x78, 0, 3, 0x67, 1, 2, 0, 2, 0x68, 3, 0, 0, 7 };
  static const guint8 stap_b[] = { 0x79, 0, 9, 0, 1, 0x68, 5 };
  static const guint8 mtap16[] = { 0x7a, 0, 9, 0, 2, 1, 0, 0, 0x41, 8, 0, 9, 1, 0, 0, 0x41 };
  static const guint8 mtap24[] = { 0x7b, 0, 9, 0, 2, 1, 0, 0, 0, 0x41, 8 };
  Heard heard;

  heard_init (&heard);
  g_autoptr (LensH264) h264 = lens_h264_new (hear_nal, hear_span, &heard);
  push (h264, stap_a, sizeof stap_a, 1, 0);
  assert_unit (unit_at (&heard, 0), "\x67\1\2", 3, LENS_NAL_AGGREGATED);
  assert_unit (unit_at (&heard, 1), "\x68\3", 2, LENS_NAL_AGGREGATED);
  g_assert_cmpuint (g_array_index (unit_at (&heard, 1)->pieces, LensPiece, 0).offset, ==, 54 + 8);
  g_assert_cmpuint (heard.span_octets[LENS_H264_AGGREGATE_HEAD], ==, 1);
  g_assert_cmpuint (heard.span_octets[LENS_H264_UNIT_HEAD], ==, 4);
  g_assert_cmpuint (heard.span_octets[LENS_H264_TRAILING], ==, 3);

  push (h264, stap_b, sizeof stap_b, 2, 0);
  g_assert_cmpuint (heard.span_octets[LENS_H264_AGGREGATE_HEAD], ==, 4);
  assert_unit (unit_at (&heard, 2), "\x68", 1, LENS_NAL_AGGREGATED);
  g_assert_cmpuint (heard.span_octets[LENS_H264_TRAILING], ==, 4);

  push (h264, mtap16, sizeof mtap16, 3, 0);
  assert_unit (unit_at (&heard, 3), "\x41\x08", 2, LENS_NAL_AGGREGATED);
  assert_unit (unit_at (&heard, 4), "\x41", 1, LENS_NAL_AGGREGATED | LENS_NAL_INCOMPLETE);
  push (h264, mtap24, sizeof mtap24, 4, 0);
  assert_unit (unit_at (&heard, 5), "\x41\x08", 2, LENS_NAL_AGGREGATED);
  g_array_unref (heard.units);
}

static void
fragments_become_a_nal_unit_again (void)
{
  static const guint8 first[] = { 0x7c, 0x85, 1, 2 };
  static const guint8 empty[] = { 0x7c, 0x05 };
  static const guint8 last[] = { 0x7c, 0x45, 3 };
  Heard heard;

  heard_init (&heard);
  g_autoptr (LensH264) h264 = lens_h264_new (hear_nal, hear_span, &heard);
  push (h264, first, sizeof first, 65535, 0);
  push (h264, empty, sizeof empty, 0, 0);
  g_assert_cmpuint (heard.units->len, ==, 0);
  push (h264, last, sizeof last, 1, 0);
  assert_unit (unit_at (&heard, 0), "\x65\1\2\3", 4, LENS_NAL_FRAGMENTED);
  g_assert_cmpuint (heard.span_octets[LENS_H264_FU_HEAD], ==, 5);

  /* the header octet stands for the first FU header octet, the rest follows it */
  const GArray *pieces = unit_at (&heard, 0)->pieces;
  g_assert_cmpuint (pieces->len, ==, 2);
  const LensPiece *piece = &g_array_index (pieces, LensPiece, 0);
  g_assert_cmpuint (piece->frame, ==, 65535);
  g_assert_cmpuint (piece->offset, ==, 55);
  g_assert_cmpuint (piece->length, ==, 3);
  g_array_unref (heard.units);
}

static void
lost_fragments_leave_incomplete_nal_units (void)
{
  static const guint8 first[] = { 0x7c, 0x85, 1 };
  static const guint8 middle[] = { 0x7c, 0x05, 2 };
  static const guint8 last[] = { 0x7c, 0x45, 3 };
  static const guint lost = LENS_NAL_FRAGMENTED | LENS_NAL_INCOMPLETE;
  Heard heard;

  heard_init (&heard);
  g_autoptr (LensH264) h264 = lens_h264_new (hear_nal, hear_span, &heard);
  push (h264, first, 3, 1, 0);
  push (h264, middle, 3, 3, 0); /* 2 is lost */
  push (h264, last, 3, 4, 0);
  assert_unit (unit_at (&heard, 0), "\x65\1", 2, lost);
  assert_unit (unit_at (&heard, 1), "\x65\2\3", 3, lost);
  push (h264, first, 3, 5, 1);
  push (h264, first, 3, 6, 1); /* starts again without an end */
  push (h264, last, 3, 7, 2);  /* belongs to another time */
  assert_unit (unit_at (&heard, 2), "\x65\1", 2, lost);
  assert_unit (unit_at (&heard, 3), "\x65\1", 2, lost);
  assert_unit (unit_at (&heard, 4), "\x65\3", 2, lost);
  push (h264, first, 3, 8, 2);
  lens_h264_flush (h264);
  assert_unit (unit_at (&heard, 5), "\x65\1", 2, lost);
  g_array_unref (heard.units);
}

static void
what_is_odd_is_said (void)
{
  static const guint8 both[] = { 0x7c, 0xc1, 1 };
  static const guint8 reserved[] = { 0x7c, 0xa1, 1 };
  static const guint8 varies[] = { 0x5c, 0x41, 2 };
  static const guint8 nested[] = { 0x7c, 0xdc, 1 };
  static const guint8 type_0[] = { 0x60, 1 };
  static const guint8 fu_b[] = { 0x7d, 0xc1, 0, 9, 7 };
  static const guint8 short_fu[] = { 0x7c };
  Heard heard;

  heard_init (&heard);
  g_autoptr (LensH264) h264 = lens_h264_new (hear_nal, hear_span, &heard);
  push (h264, both, 3, 1, 0);
  push (h264, reserved, 3, 2, 0);
  push (h264, varies, 3, 3, 0);
  push (h264, nested, 3, 4, 0);
  push (h264, type_0, 2, 5, 0);
  push (h264, fu_b, 5, 6, 0);
  push (h264, short_fu, 1, 7, 0);
  assert_unit (unit_at (&heard, 0), "\x61\1", 2, LENS_NAL_FRAGMENTED | LENS_NAL_FU_BOTH);
  assert_unit (unit_at (&heard, 1), "\x61\1\2", 3,
               LENS_NAL_FRAGMENTED | LENS_NAL_FU_RESERVED | LENS_NAL_FU_VARIES);
  assert_unit (unit_at (&heard, 2), "\x7c\1", 2,
               LENS_NAL_FRAGMENTED | LENS_NAL_FU_BOTH | LENS_NAL_UNSPECIFIED);
  assert_unit (unit_at (&heard, 3), type_0, 2, LENS_NAL_UNSPECIFIED);
  assert_unit (unit_at (&heard, 4), "\x61\7", 2, LENS_NAL_FRAGMENTED | LENS_NAL_FU_BOTH);
  g_assert_cmpuint (heard.span_octets[LENS_H264_FU_DON], ==, 2);
  g_assert_cmpuint (heard.span_octets[LENS_H264_CUT], ==, 1);
  g_array_unref (heard.units);
}

static void
a_nal_unit_without_end_is_capped (void)
{
  g_autofree guint8 *fragment = g_malloc0 (60000);
  Heard heard;

  heard_init (&heard);
  g_autoptr (LensH264) h264 = lens_h264_new (hear_nal, hear_span, &heard);
  fragment[0] = 0x7c;
  fragment[1] = 0x85;
  for (guint i = 0; i < 300; i++)
    {
      push (h264, fragment, 60000, (guint16)i, 0);
      fragment[1] = 0x05;
    }
  lens_h264_flush (h264);
  g_assert_cmpuint (heard.units->len, ==, 3);
  g_assert_cmpuint (unit_at (&heard, 0)->octets->len, <=, LENS_NAL_MAX_LENGTH);
  g_assert_cmpuint (unit_at (&heard, 0)->flags, ==,
                    LENS_NAL_FRAGMENTED | LENS_NAL_INCOMPLETE | LENS_NAL_CAPPED);
  g_assert_cmpuint (heard.nal_octets + heard.span_octets[LENS_H264_FU_HEAD], ==, 300 * 60000);
  g_array_unref (heard.units);
}

/* A sender that chooses single NAL units, STAP-A or FU-A; frames keep what it sent. */
typedef struct
{
  GRand *random;
  GPtrArray *frames; /* of GByteArray */
  LensH264 *h264;
} Sender;

static void
send_packet (Sender *sender, GByteArray *packet)
{
  guint16 sequence = (guint16)sender->frames->len;
  const LensPiece pieces[2] = {
    { sequence, 0, 1 },
    { sequence, 1, packet->len - 1 },
  };
  const LensView view = { packet->data, packet->len, pieces, 2 };

  g_ptr_array_add (sender->frames, packet);
  lens_h264_push (sender->h264, &view, sequence, 0, FALSE);
}

static void
send_nal (Sender *sender, const guint8 *nal, gsize length)
{
  GByteArray *packet = g_byte_array_new ();
  gint way = g_rand_int_range (sender->random, 0, 3);

  if (way == 0)
    g_byte_array_append (packet, nal, (guint)length);
  else if (way == 1)
    {
      const guint8 head[] = { 0x78, (guint8)(length >> 8), (guint8)length };
      g_byte_array_append (packet, head, 3);
      g_byte_array_append (packet, nal, (guint)length);
    }
  for (gsize at = 1; way == 2;)
    {
      gsize room = (gsize)g_rand_int_range (sender->random, 1, 50);
      gsize take = MIN (length - at, room);
      const guint8 head[]
          = { (nal[0] & 0xe0) | 28,
              (at == 1 ? 0x80 : 0) | (at + take == length ? 0x40 : 0) | (nal[0] & 0x1f) };
      g_byte_array_append (packet, head, 2);
      g_byte_array_append (packet, nal + at, (guint)take);
      at += take;
      if (at == length)
        break;
      send_packet (sender, packet);
      packet = g_byte_array_new ();
    }
  send_packet (sender, packet);
}

static void
what_is_sent_comes_out_and_its_pieces_point_at_it (void)
{
  Heard heard;
  Sender sender = { g_rand_new_with_seed (7),
                    g_ptr_array_new_with_free_func ((GDestroyNotify)g_byte_array_unref) };
  g_autofree guint8 *nals = g_malloc (2000 * 200);

  heard_init (&heard);
  sender.h264 = lens_h264_new (hear_nal, hear_span, &heard);
  for (guint i = 0; i < 2000; i++)
    {
      guint8 *nal = nals + i * 200;
      for (guint k = 0; k < 200; k++)
        nal[k] = (guint8)g_rand_int_range (sender.random, 0, 256);
      nal[0] = (nal[0] & 0xe0) | (guint8)g_rand_int_range (sender.random, 1, 24);
      send_nal (&sender, nal, 200);
    }
  g_assert_cmpuint (heard.units->len, ==, 2000);
  for (guint i = 0; i < 2000; i++)
    {
      const Unit *unit = unit_at (&heard, i);
      gsize at = 0;
      g_assert_cmpmem (unit->octets->data, unit->octets->len, nals + i * 200, 200);
      for (guint k = 0; k < unit->pieces->len; k++)
        {
          LensPiece piece = g_array_index (unit->pieces, LensPiece, k);
          const GByteArray *frame = g_ptr_array_index (sender.frames, piece.frame);
          gsize made_up = at == 0 && (unit->flags & LENS_NAL_FRAGMENTED) != 0;
          g_assert_cmpmem (frame->data + piece.offset + made_up, piece.length - made_up,
                           nals + i * 200 + at + made_up, piece.length - made_up);
          at += piece.length;
        }
    }
  lens_h264_free (sender.h264);
  g_rand_free (sender.random);
  g_ptr_array_unref (sender.frames);
  g_array_unref (heard.units);
}

static void
hostile_payloads_always_add_up (void)
{
  static const guint8 types[]
      = { 0x7c, 0x7c, 0x7c, 0x78, 0x79, 0x7a, 0x7b, 0x7d, 0x00, 0x65, 0x1f };
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  gsize sent = 0;
  gsize heard_octets = 0;
  Heard heard;

  heard_init (&heard);
  g_autoptr (LensH264) h264 = lens_h264_new (hear_nal, hear_span, &heard);
  for (guint round = 0; round < 50000; round++)
    {
      guint8 payload[30];
      gsize length = (gsize)g_rand_int_range (random, 0, sizeof payload);
      for (gsize i = 0; i < length; i++)
        payload[i] = (guint8)g_rand_int_range (random, 0, i % 2 == 0 ? 256 : 8);
      payload[0] = types[g_rand_int_range (random, 0, G_N_ELEMENTS (types))];
      payload[1] = (guint8)g_rand_int_range (random, 0, 256);
      push (h264, payload, length, (guint16)(round + (round % 97 == 0)), round / 8);
      sent += length;
    }
  lens_h264_flush (h264);
  heard_octets = heard.nal_octets;
  for (guint i = 0; i < G_N_ELEMENTS (heard.span_octets); i++)
    heard_octets += heard.span_octets[i];
  g_assert_cmpuint (heard_octets, ==, sent);
  g_array_unref (heard.units);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/h264/a-packet-may-be-one-nal-unit", a_packet_may_be_one_nal_unit);
  g_test_add_func ("/wire/h264/an-aggregate-is-taken-apart", an_aggregate_is_taken_apart);
  g_test_add_func ("/wire/h264/fragments-become-a-nal-unit-again",
                   fragments_become_a_nal_unit_again);
  g_test_add_func ("/wire/h264/lost-fragments-leave-incomplete-nal-units",
                   lost_fragments_leave_incomplete_nal_units);
  g_test_add_func ("/wire/h264/what-is-odd-is-said", what_is_odd_is_said);
  g_test_add_func ("/wire/h264/a-nal-unit-without-end-is-capped", a_nal_unit_without_end_is_capped);
  g_test_add_func ("/wire/h264/what-is-sent-comes-out-and-its-pieces-point-at-it",
                   what_is_sent_comes_out_and_its_pieces_point_at_it);
  g_test_add_func ("/wire/h264/hostile-payloads-always-add-up", hostile_payloads_always_add_up);
  return g_test_run ();
}
