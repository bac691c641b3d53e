/* mjpeg-fill-dnl-rst: are a JPEG frame's fragments and markers where they must be?
 *
 * RFC 2435: a fragment's offset is where the fragments before it ended (3.1.2), type and size
 * are the same in all packets of a frame (3.1), and the restart marker header tells what is in
 * the scan (3.1.7).  ITU-T T.81: in the scan of a frame there are no markers but RSTn, in turn
 * (E.1.4); any number of octets 0xFF may stand before one (B.1.1.2).
 *
 * Exact: offsets, agreement, the turn of RSTn, any other marker before the frame's end.
 * By habit: the frame's size, the restart interval, the count in the restart header (0xFFFF, or
 * what the scan has, or always as far off), the number of fill octets, or that they align the
 * octet behind the marker.
 *
 * Frames with lost packets are passed over, and so are markers on a track whose scans do not
 * follow RFC 2435's tables.
 */
#include "ledger/by-track.h"
#include "ledger/field-rules.h"
#include "ledger/habit.h"
#include "ledger/seed-bed.h"

#include <string.h>

#define CHANNEL "mjpeg-fill-dnl-rst"

enum
{
  TYPE = 4, /* offsets in the main header */
  SIZE = 6,
  OFFSET = 1,
  EOI = 0xd9,
  UNALIGNED = 0xffff, /* F, L and a count of 0x3fff */
  COUNT = 0x3fff,
};

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "Markers, fill or fragment offsets inside JPEG frames are not where they must be; "
               "they can carry a message that players pass over.",
    .room = "JPEG frames have fields and fill octets that the standard leaves free.",
    .filter_hint = "jpeg",
    .reference = "RFC 2435 sections 3.1.2, 3.1.7 and 3.1.9; ITU-T T.81 B.1.1.2 and E.1.4",
    .hides = TRUE,
    .unit = LENS_UNIT_JPEG },
  { NULL },
};

static const LensFieldRule rules[] = {
  { "offset", 1, 0, FALSE, "Fragment offsets that do not add up, although no packet is missing." },
  { "varies", 1, 0, FALSE, "The packets of one frame differ in what they must agree on." },
  { "turn", 1, 0, FALSE, "Restart markers out of turn." },
  { "marker", 1, 0, FALSE, "A marker that has no place inside a scan." },
  { "interval", 1, 0, FALSE, "A restart interval of zero." },
  { "size", 8, 4, FALSE, "The frame's size changes again and again." },
  { "restart", 16, 10, TRUE, "The restart header changes, but not with the scan." },
  { "fill", 16, 5, TRUE, "The number of fill octets before restart markers changes." },
  { NULL },
};

typedef struct
{
  LensHabit size, interval, count, fill, aligned;
  guint64 whole, failed; /* frames by how reading their scan went */
} Track;

typedef struct
{
  LensByTrack tracks;
} Markers;

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

/* --- headers --- */

static void
see_packets (LensLedger *ledger, const LensUnit *unit)
{
  const LensRtpJpegPacket *first = &unit->jpeg->packets[0];

  for (guint i = 0; i < unit->jpeg->n_packets; i++)
    {
      const LensRtpJpegPacket *packet = first + i;
      gsize head = packet->head.offset;
      if (packet->fragment_offset != packet->expected_offset)
        use (ledger, unit, "offset", 24, head + OFFSET, 3);
      if (packet->type != first->type)
        use (ledger, unit, "varies", 8, head + TYPE, 1);
      if (packet->width != first->width || packet->height != first->height)
        use (ledger, unit, "varies", 16, head + SIZE, 2);
      if (packet->restart_interval != first->restart_interval && packet->restart.length > 0)
        use (ledger, unit, "varies", 16, packet->restart.offset, 2);
    }
}

static void
see_size (LensLedger *ledger, Track *track, const LensUnit *unit)
{
  const LensRtpJpegPacket *first = &unit->jpeg->packets[0];
  guint64 size = (guint64)first->type << 16 | (guint64)first->width << 8 | first->height;

  room (ledger, unit, "size", 16);
  if (lens_habit_take (&track->size, size))
    return;
  for (guint i = 0; i < unit->jpeg->n_packets; i++)
    use (ledger, unit, "size", i == 0 ? 16 : 0, unit->jpeg->packets[i].head.offset + TYPE, 4);
}

/* RSTn in the scan from @from on, before @until. */
static guint
count_restarts (const guint8 *octets, gsize from, gsize until)
{
  guint n = 0;

  for (gsize at = from; at + 1 < until; at++)
    {
      const guint8 *mark = memchr (octets + at, 0xff, until - 1 - at);
      if (mark == NULL)
        break;
      at = (gsize)(mark - octets);
      n += octets[at + 1] >> 3 == 0xd0 >> 3;
    }
  return n;
}

/* 3.1.7: the count is the number of the first interval in the packet; with F and L clear it is
 * that of the one that goes on. */
static void
see_restart_headers (LensLedger *ledger, Track *track, const LensUnit *unit)
{
  guint before = 0;
  gsize from = 0;

  for (guint i = 0; i < unit->jpeg->n_packets; i++)
    {
      const LensRtpJpegPacket *packet = &unit->jpeg->packets[i];
      if (packet->restart.length == 0)
        continue;
      room (ledger, unit, "restart", 16);
      before += count_restarts (unit->view.octets, from, packet->scan.offset);
      from = packet->scan.offset;
      guint16 apart = (guint16)((packet->restart_word - before) & COUNT);
      guint64 habit = packet->restart_word == UNALIGNED ? UNALIGNED : apart;
      if (packet->restart_interval == 0)
        use (ledger, unit, "interval", 16, packet->restart.offset, 2);
      else if (i == 0 && !lens_habit_take (&track->interval, packet->restart_interval))
        use (ledger, unit, "restart", 16, packet->restart.offset, 2);
      if (!lens_habit_take (&track->count, habit) && apart != 0)
        use (ledger, unit, "restart", 14, packet->restart.offset + 2, 2);
    }
}

/* --- the scan --- */

/* What stands before and behind one RSTn: @fills octets, the marker's last octet at @at. */
static void
see_fill (LensLedger *ledger, Track *track, const LensUnit *unit, guint fills, gsize at)
{
  gboolean as_many = lens_habit_take (&track->fill, fills);
  gboolean aligned = lens_habit_take (&track->aligned, (at + 1) % 4);

  room (ledger, unit, "fill", 2);
  if (!as_many && !aligned)
    use (ledger, unit, "fill", 2, at - 1 - fills, fills + 2);
}

/* Every RSTn of the frame; only on tracks that have them. */
static void
see_restarts (LensLedger *ledger, Track *track, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets;
  gsize end = unit->jpeg->end.end;
  guint n = 0;

  for (gsize at = 0; at + 1 < end; at++)
    {
      const guint8 *mark = memchr (octets + at, 0xff, end - 1 - at);
      if (mark == NULL)
        break;
      gsize start = (gsize)(mark - octets);
      for (at = start + 1; at < end && octets[at] == 0xff;)
        at++;
      if (at == end || octets[at] >> 3 != 0xd0 >> 3)
        continue;
      if ((octets[at] & 7) != n % 8)
        use (ledger, unit, "turn", 3, at, 1);
      n++;
      see_fill (ledger, track, unit, (guint)(at - start - 1), at);
    }
}

/* Reading stopped before the last unit, at a marker that does not belong there. */
static void
see_marker (LensLedger *ledger, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets;
  gsize at = unit->jpeg->end.end, end = unit->jpeg->scan_length;

  if (at + 1 >= end || octets[at] != 0xff)
    return;
  while (at + 1 < end && octets[at + 1] == 0xff)
    at++;
  if (at + 1 >= end || octets[at + 1] == EOI || octets[at + 1] == 0)
    return;
  gboolean has_length = octets[at + 1] >> 3 != 0xd0 >> 3 && at + 3 < end;
  gsize length = has_length ? 2 + (gsize)(octets[at + 2] << 8 | octets[at + 3]) : 2;
  use (ledger, unit, "marker", 8 * length, at, MIN (length, end - at));
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Markers *state = data;
  Track *track = lens_by_track (&state->tracks, unit->track, sizeof *track);
  const LensRtpJpeg *jpeg = unit->jpeg;

  if ((jpeg->flags & (LENS_RTP_JPEG_LOST | LENS_RTP_JPEG_CAPPED)) != 0)
    return;
  see_packets (ledger, unit);
  see_size (ledger, track, unit);
  see_restart_headers (ledger, track, unit);
  if (!jpeg->walked)
    return;
  if (jpeg->end.verdict == LENS_JPEG_ENTROPY_WHOLE)
    track->whole++;
  else
    track->failed++;
  if (jpeg->end.restarts > 0)
    see_restarts (ledger, track, unit);
  if (jpeg->end.verdict == LENS_JPEG_ENTROPY_SHORT && track->failed <= track->whole)
    see_marker (ledger, unit);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  lens_field_rules_conclude (ledger, "mjpeg-fill-dnl-rst", rules);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((Markers *)data)->tracks, NULL);
}

/* The message in the fragment offsets of a frame's last packet. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 message[3];

  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      gsize at = place.start + LENS_RTP_HEADER_LENGTH + OFFSET;
      if (place.track->codec == NULL || !g_str_equal (place.track->codec, "JPEG")
          || place.octets[place.start] != 0x80 || (place.octets[place.start + 1] & 0x80) == 0
          || place.end < at + LENS_RTP_JPEG_HEADER)
        continue;
      gsize count = lens_seed_bed_take (bed, message, sizeof message);
      for (gsize i = 0; i < count; i++)
        lens_seed_bed_set (bed, at + i, 0xff, message[i]);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_mjpeg_fill_dnl_rst = {
  .name = "mjpeg-fill-dnl-rst",
  .question = "Are fragments, markers and fill of JPEG frames where they must be?",
  .source = "RFC 2435 section 3.1; ITU-T T.81 annexes B and E",
  .units = LENS_UNIT_JPEG,
  .channels = channels,
  .state_size = sizeof (Markers),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
