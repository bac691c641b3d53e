/* mjpeg-quant-tables: do quantization tables only quantize?
 *
 * RFC 2435: each packet names its tables by Q (3.1.4, 4.2).  1-99 are tables scaled by a
 * formula, 128-254 tables that stay the same for that Q, 255 tables that come with every frame
 * and may change; the rest is reserved.  Tables in the stream lie behind a header of their own
 * (3.1.8).
 *
 * Exact: reserved values of Q and of the type-specific octet, the MBZ octet, precision bits and
 * octets beyond the tables, tables that change under one Q of 128-254.
 *
 * By habit: Q moves in small steps, as rate control does.  Tables under Q 255 form a family, which
 * a quality scales (ledger/quant-families.h).  A table that leaves the family that the device
 * mostly uses is use; so is each one that changes away from it.
 *
 *   room   what the field holds: 8 bits of Q, 8 of each table octet
 *   use    the bits of the field; of tables 8 per octet that differs from the last
 */
#include "ledger/by-track.h"
#include "ledger/field-rules.h"
#include "ledger/habit.h"
#include "ledger/quant-families.h"
#include "ledger/seed-bed.h"

#include <string.h>

#define CHANNEL "mjpeg-quant-tables"

enum
{
  Q_OFFSET = 5, /* of the main header */
  FIRST_STATIC_Q = 128,
  EVERY_FRAME_Q = 255,
  Q_STEP = 8,        /* rate control moves by less */
  ONE_TABLE = 64,    /* coefficients */
  FIRST_FRAMES = 16, /* before the family that a device mostly uses is known */
};

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "The parameters that say how a JPEG frame is quantized say something else: they "
               "are reserved, change against the rule, or follow no quality setting.",
    .room = "JPEG frames carry their quantization tables; data could hide in them.",
    .filter_hint = "jpeg.main_hdr.q >= 128",
    .reference = "RFC 2435 sections 3.1.1, 3.1.4, 3.1.8 and 4.2",
    .hides = TRUE,
    .unit = LENS_UNIT_JPEG },
  { NULL },
};

static const LensFieldRule rules[] = {
  { "reserved", 1, 0, FALSE, "Reserved values or bits of the headers." },
  { "varies", 1, 0, FALSE, "The packets of one frame differ in what they must agree on." },
  { "static-tables", 1, 0, TRUE, "The tables of one Q between 128 and 254 change." },
  { "tables", 2, 0, TRUE, "Tables that no quality setting explains." },
  { "q", 24, 10, FALSE, "Q jumps as no rate control does." },
  { "type-specific", 24, 10, FALSE, "The type-specific octet changes." },
  { NULL },
};

/* A change in the first frames, which the later ones will judge. */
typedef struct
{
  guint family;
  gint64 time_ns;
  guint64 bits;
  guint8 octets[LENS_QUANT_MAX_OCTETS];
  guint length;
  GArray *pieces; /* LensPiece */
} Change;

typedef struct
{
  gint q; /* of the last frame, 0: none yet */
  LensHabit large_q, type_specific;
  guint64 static_tables[EVERY_FRAME_Q - FIRST_STATIC_Q]; /* hash by Q, 0: none yet */
  LensQuantFamilies families;
  const LensQuantTables *last;
  guint frames;         /* with free tables */
  GPtrArray *changes;   /* Change, NULL once they are judged */
  LensCarrier *carrier; /* of the tables */
} Track;

typedef struct
{
  LensByTrack tracks;
} QuantTables;

static void
room (LensLedger *ledger, const LensUnit *unit, const char *subject, guint64 bits)
{
  lens_ledger_room (ledger, lens_ledger_carrier (ledger, CHANNEL, unit, subject), unit, bits);
}

static void
use (LensLedger *ledger, const LensUnit *unit, const char *subject, guint64 bits, gsize offset,
     gsize length)
{
  lens_ledger_use (ledger, lens_ledger_carrier (ledger, CHANNEL, unit, subject), unit, bits, offset,
                   length);
}

/* The same octet of every packet of the frame, the bits counted once. */
static void
use_in_all (LensLedger *ledger, const LensUnit *unit, const char *subject, guint64 bits, gsize at)
{
  for (guint i = 0; i < unit->jpeg->n_packets; i++)
    use (ledger, unit, subject, i == 0 ? bits : 0, unit->jpeg->packets[i].head.offset + at, 1);
}

/* --- Q and the type-specific octet --- */

static gboolean
is_reserved_q (const LensRtpJpeg *jpeg, guint8 q)
{
  if (q == 0) /* ONVIF: the tables are in the header extension */
    return (jpeg->flags & LENS_RTP_JPEG_EXTENDED) == 0;
  return q >= 100 && q < FIRST_STATIC_Q;
}

static void
see_q (LensLedger *ledger, Track *track, const LensUnit *unit)
{
  guint8 q = unit->jpeg->packets[0].q;
  gboolean first = track->q == 0, scaled = q < 100 && track->q < 100;

  room (ledger, unit, "q", 8);
  if (is_reserved_q (unit->jpeg, q))
    use_in_all (ledger, unit, "reserved", 8, Q_OFFSET);
  else if (scaled ? !first && ABS (q - track->q) >= Q_STEP
                  : !lens_habit_take (&track->large_q, q) && q != track->q)
    use_in_all (ledger, unit, "q", 7, Q_OFFSET);
  track->q = q;
}

static void
see_type_specific (LensLedger *ledger, Track *track, const LensUnit *unit)
{
  const LensRtpJpegPacket *first = &unit->jpeg->packets[0];

  room (ledger, unit, "type-specific", 8);
  if (lens_rtp_jpeg_is_baseline (first->type) && first->type_specific > 3)
    use_in_all (ledger, unit, "reserved", 8, 0);
  else if (!lens_habit_take (&track->type_specific, first->type_specific))
    use_in_all (ledger, unit, "type-specific", 2, 0);
}

/* RFC 2435 3.1: all fields but the fragment offset are the same in all packets of a frame. */
static void
see_agreement (LensLedger *ledger, const LensUnit *unit)
{
  const LensRtpJpegPacket *first = &unit->jpeg->packets[0];

  for (guint i = 1; i < unit->jpeg->n_packets; i++)
    {
      const LensRtpJpegPacket *packet = first + i;
      if (packet->q != first->q)
        use (ledger, unit, "varies", 8, packet->head.offset + Q_OFFSET, 1);
      if (packet->type_specific != first->type_specific)
        use (ledger, unit, "varies", 8, packet->head.offset, 1);
    }
}

/* --- the table header --- */

/* Reads how many tables fill @length octets at the precision given; the octets they leave. */
static gsize
count_tables (guint8 precision, gsize length, guint *n)
{
  for (*n = 0; *n < 8; ++*n)
    {
      gsize size = ONE_TABLE << (precision >> *n & 1);
      if (size > length)
        break;
      length -= size;
    }
  return length;
}

static void
see_table_header (LensLedger *ledger, const LensUnit *unit, const LensRtpJpegPacket *packet)
{
  gsize at = packet->table_header.offset;
  guint n;
  gsize rest = count_tables (packet->table_precision, packet->tables.length, &n);

  room (ledger, unit, "reserved", 32);
  if (packet->table_mbz != 0)
    use (ledger, unit, "reserved", 8, at, 1);
  if (packet->table_precision >> n != 0)
    use (ledger, unit, "reserved", 8 - n, at + 1, 1);
  if (packet->tables.length < packet->table_length
      || (packet->table_length == 0 && packet->q == EVERY_FRAME_Q))
    use (ledger, unit, "reserved", 16, at + 2, 2);
  else if (rest > 0)
    use (ledger, unit, "reserved", 8 * rest, lens_range_end (packet->tables) - rest, rest);
}

/* --- free tables --- */

static void
change_free (gpointer data)
{
  g_array_unref (((Change *)data)->pieces);
  g_free (data);
}

static void
keep_change (Track *track, const LensUnit *unit, guint family, guint64 bits, gsize offset,
             gsize length)
{
  Change *change = g_new0 (Change, 1);

  change->family = family;
  change->time_ns = unit->time_ns;
  change->bits = bits;
  change->length = (guint)length;
  memcpy (change->octets, unit->view.octets + offset, length);
  change->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  lens_view_pieces (&unit->view, offset, length, change->pieces);
  g_ptr_array_add (track->changes, change);
}

static void
judge_changes (LensLedger *ledger, Track *track)
{
  guint home = lens_quant_families_home (&track->families);

  for (guint i = 0; i < track->changes->len; i++)
    {
      const Change *change = g_ptr_array_index (track->changes, i);
      const LensView view
          = { change->octets, change->length,
              (const LensPiece *)(gconstpointer)change->pieces->data, change->pieces->len };
      if (change->family != home)
        lens_carrier_use (lens_ledger_carriers (ledger), track->carrier, change->time_ns,
                          change->bits, &view);
    }
  g_clear_pointer (&track->changes, g_ptr_array_unref);
}

/* Tables of another family than the last, or that are too many. */
static void
see_change (LensLedger *ledger, Track *track, const LensUnit *unit, guint family, LensRange tables)
{
  const guint8 *octets = unit->view.octets + tables.offset;
  gsize first = 0, last = tables.length - 1, n = tables.length;

  if (track->last != NULL)
    n = lens_quant_tables_differences (track->last, octets, tables.length, &first, &last);
  guint64 bits = 8 * MAX (n, 1);
  if (track->changes != NULL)
    keep_change (track, unit, family, bits, tables.offset + first, last - first + 1);
  else if (family != lens_quant_families_home (&track->families))
    use (ledger, unit, "tables", bits, tables.offset + first, last - first + 1);
}

/* Tables that may come anew with every frame. */
static void
see_free_tables (LensLedger *ledger, Track *track, const LensUnit *unit, LensRange tables)
{
  const guint8 *octets = unit->view.octets + tables.offset;
  const LensQuantTables *before = track->last;

  room (ledger, unit, "tables", 8 * tables.length);
  if (track->frames++ == 0)
    {
      track->changes = g_ptr_array_new_with_free_func (change_free);
      track->carrier = lens_ledger_carrier (ledger, CHANNEL, unit, "tables");
    }
  const LensQuantTables *now = lens_quant_families_learn (&track->families, octets, tables.length);
  /* Where nothing more can be learnt, all that is new is a stranger. */
  guint family = now != NULL ? now->family : LENS_QUANT_STRANGERS;
  gboolean chaos = track->families.n == LENS_QUANT_MAX_FAMILIES && family == LENS_QUANT_STRANGERS;
  if (before == NULL || (now != before && (chaos || (now != NULL && family != before->family))))
    see_change (ledger, track, unit, family, tables);
  track->families.seen[family] += now != NULL;
  if (now != NULL)
    track->last = now;
  if (track->frames == FIRST_FRAMES)
    judge_changes (ledger, track);
}

static guint64
hash_of (const guint8 *octets, gsize length)
{
  guint64 hash = 0xcbf29ce484222325u ^ length;

  for (gsize i = 0; i < length; i++)
    hash = (hash ^ octets[i]) * 0x100000001b3u;
  return MAX (hash, 1);
}

static void
see_tables (LensLedger *ledger, Track *track, const LensUnit *unit, const LensRtpJpegPacket *packet)
{
  LensRange tables = packet->tables;

  see_table_header (ledger, unit, packet);
  if (tables.length == 0 || tables.length < packet->table_length)
    return;
  if (packet->q == EVERY_FRAME_Q && tables.length <= LENS_QUANT_MAX_OCTETS)
    {
      see_free_tables (ledger, track, unit, tables);
      return;
    }
  if (packet->q == EVERY_FRAME_Q)
    return;
  guint64 *kept = &track->static_tables[packet->q - FIRST_STATIC_Q];
  guint64 hash = hash_of (unit->view.octets + tables.offset, tables.length);
  room (ledger, unit, "static-tables", 8 * tables.length);
  if (*kept != 0 && *kept != hash)
    use (ledger, unit, "static-tables", 8 * tables.length, tables.offset, tables.length);
  if (*kept == 0)
    *kept = hash;
}

/* --- the analyzer --- */

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  QuantTables *state = data;
  Track *track = lens_by_track (&state->tracks, unit->track, sizeof *track);

  if ((unit->jpeg->flags & LENS_RTP_JPEG_LOST) == 0)
    see_agreement (ledger, unit);
  see_q (ledger, track, unit);
  see_type_specific (ledger, track, unit);
  for (guint i = 0; i < unit->jpeg->n_packets; i++)
    if (unit->jpeg->packets[i].table_header.length > 0)
      see_tables (ledger, track, unit, &unit->jpeg->packets[i]);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  QuantTables *state = data;

  for (guint i = 0; i < lens_rows_n (&state->tracks); i++)
    {
      Track *track = lens_rows_peek (&state->tracks, i);
      if (track != NULL && track->changes != NULL)
        judge_changes (ledger, track);
    }
  lens_field_rules_conclude (ledger, "mjpeg-quant-tables", rules);
}

static void
track_free (gpointer data)
{
  Track *track = data;

  lens_quant_families_clear (&track->families);
  g_clear_pointer (&track->changes, g_ptr_array_unref);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((QuantTables *)data)->tracks, track_free);
}

/* The message in tables that come with a frame, at coefficients drawn once. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 message[64];
  guint first = lens_seed_bed_below (bed, 64);
  guint most = 8 + lens_seed_bed_below (bed, 56);

  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      const guint8 *payload = place.octets + place.start + LENS_RTP_HEADER_LENGTH;
      gsize tables = LENS_RTP_JPEG_HEADER + LENS_RTP_JPEG_TABLE_HEADER;
      if (place.track->codec == NULL || !g_str_equal (place.track->codec, "JPEG")
          || place.octets[place.start] != 0x80
          || place.end - place.start < LENS_RTP_HEADER_LENGTH + tables + 128
          || payload[Q_OFFSET] != EVERY_FRAME_Q || payload[1] + payload[2] + payload[3] != 0)
        continue;
      gsize count = lens_seed_bed_take (bed, message, most);
      for (gsize i = 0; i < count; i++)
        lens_seed_bed_set (bed, place.start + LENS_RTP_HEADER_LENGTH + tables + first + i, 0xff,
                           message[i]);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_mjpeg_quant_tables = {
  .name = "mjpeg-quant-tables",
  .question = "Do quantization tables of JPEG frames follow a quality setting?",
  .source = "RFC 2435 sections 3.1 and 4.2",
  .units = LENS_UNIT_JPEG,
  .channels = channels,
  .state_size = sizeof (QuantTables),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
