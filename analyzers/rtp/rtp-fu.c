/* rtp-fu: do the headers of fragments say only what they must?
 *
 * RFC 6184 section 5.8 and RFC 7798 section 4.4.3: a NAL unit that is cut into fragments repeats
 * its header in each of them; S marks the first, E the last, and H.264's R is 0.  Receivers take
 * the first header and pass over the others.
 *
 * Benign: one fragment with S and E for all NAL units of a type that fit one packet (CostarHD
 * does so); a last fragment without octets, now and then; ends that are never marked.
 *
 *   use    the bits of a header that differ from the NAL unit's other fragments; 1 for R; 1 for
 *          S or E at the wrong place, for a fragment without octets, and for a choice between S
 *          with E and a packet of its own that goes now this way, now that
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/habit.h"
#include "ledger/own-source.h"
#include "ledger/seed-bed.h"
#include "ledger/spot.h"

#include "wire/rtp-fragment.h"

#include <string.h>

enum
{
  FEW = 8,         /* wrong marks, and ... */
  BOTH_WAYS = 16,  /* ... packets of a kind, below which nothing is said */
  MAX_SPOTS = 512, /* of each kind */
  TYPES = 64,
  SURE = 16, /* votes for a header, until it is what such NAL units have */
};

/* NAL units of one type that fit one packet. */
typedef struct
{
  guint whole, only;
  GArray *spots; /* LensSpot of those with S and E */
} Small;

typedef struct
{
  gboolean any;
  guint32 ssrc, timestamp;
  guint16 sequence;
  LensRtpFragment fragment;
  guint8 head[3]; /* as it stood, without S, E and R */
  LensSpot mark;  /* the octet with S and E */
} Before;

typedef struct
{
  LensTrack *track;
  LensOwnSource source;
  Before before;          /* the last packet */
  Before first;           /* of the NAL unit at hand */
  LensHabit heads[TYPES]; /* of fragments, by type */
  guint ends;             /* NAL units whose last fragment is marked, ... */
  GArray *wrong;          /* ... and LensSpot of S and E elsewhere */
  GArray *empty;          /* LensSpot of last fragments without octets */
  Small *small;           /* by type */
} Fragments;

static const LensChannelText channels[] = {
  { .id = "rtp-fu-header",
    .summary = "Headers of media fragments carry bits that players pass over.",
    .filter_hint = "h264 || h265",
    .reference = "RFC 6184 section 5.8; RFC 7798 section 4.4.3",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static gboolean
is_fragment (const LensRtpFragment *fragment)
{
  return fragment->place >= LENS_FRAGMENT_FIRST;
}

/* The octets of a fragment's headers without S, E and R. */
static void
read_head (const LensUnit *unit, const LensRtpFragment *fragment, guint8 head[3])
{
  const guint8 *octets = unit->view.octets + unit->rtp->payload.offset;

  head[0] = octets[0];
  head[1] = octets[1] & (fragment->head == 3 ? 0xff : 0x1f);
  head[2] = fragment->head == 3 ? octets[2] & 0x3f : 0;
}

static void
keep (GArray **spots, const LensSpot *spot)
{
  if (*spots == NULL)
    *spots = g_array_new (FALSE, FALSE, sizeof (LensSpot));
  if ((*spots)->len < MAX_SPOTS)
    g_array_append_val (*spots, *spot);
}

static void
use (LensLedger *ledger, const LensUnit *unit, guint64 bits, gsize offset, gsize length)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtp-fu-header", unit, NULL);

  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, unit->rtp->payload.offset + offset, length);
}

/* --- one NAL unit's fragments --- */

static guint
bits_between (const guint8 a[3], const guint8 b[3])
{
  guint bits = 0;

  for (guint i = 0; i < 3; i++)
    for (guint8 differ = a[i] ^ b[i]; differ != 0; differ &= (guint8)(differ - 1))
      bits++;
  return bits;
}

static guint64
as_value (const guint8 head[3])
{
  return (guint64)head[0] << 16 | (guint64)head[1] << 8 | head[2];
}

/* Two headers of one NAL unit differ: the one that such NAL units do not have spoke. */
static void
see_difference (LensLedger *ledger, Fragments *fragments, const LensUnit *unit, const Before *now)
{
  guint bits = bits_between (fragments->first.head, now->head);
  const LensHabit *usual = &fragments->heads[now->fragment.unit];
  gboolean first_spoke = usual->lead >= SURE && usual->common == as_value (now->head);

  if (!first_spoke)
    {
      use (ledger, unit, bits, 0, now->fragment.head);
      return;
    }
  lens_spot_use (&fragments->first.mark, ledger, "rtp-fu-header", unit->track, bits);
  memcpy (fragments->first.head, now->head, sizeof now->head);
}

/* A packet that follows the one before, in the same picture. */
static void
see_next (LensLedger *ledger, Fragments *fragments, const LensUnit *unit, const Before *now)
{
  LensFragmentPlace was = fragments->before.fragment.place, is = now->fragment.place;
  gboolean inside = was == LENS_FRAGMENT_FIRST || was == LENS_FRAGMENT_MIDDLE;
  gboolean goes_on = is == LENS_FRAGMENT_MIDDLE || is == LENS_FRAGMENT_LAST;

  if (goes_on && bits_between (fragments->first.head, now->head) > 0)
    see_difference (ledger, fragments, unit, now);
  if (goes_on && !inside)
    keep (&fragments->wrong, &fragments->before.mark); /* E too early */
  else if (!goes_on && inside)
    keep (&fragments->wrong, &now->mark); /* S too late, or no E */
}

static void
see_small (Fragments *fragments, const Before *now)
{
  gboolean only = now->fragment.place == LENS_FRAGMENT_ONLY;

  if (now->fragment.parameter || (!only && now->fragment.place != LENS_FRAGMENT_WHOLE))
    return;
  if (fragments->small == NULL)
    fragments->small = g_new0 (Small, TYPES);
  Small *small = &fragments->small[now->fragment.unit];
  small->whole += !only;
  small->only += only;
  if (only)
    keep (&small->spots, &now->mark);
}

static void
see_fragment (LensLedger *ledger, Fragments *fragments, const LensUnit *unit, Before *now)
{
  gsize length = unit->rtp->payload.length;
  gboolean h264 = now->fragment.head != 3;
  guint8 fu = unit->view.octets[unit->rtp->payload.offset + 1];

  read_head (unit, &now->fragment, now->head);
  now->mark = lens_spot_at (unit, unit->rtp->payload.offset, now->fragment.head == 3 ? 3 : 2);
  if (h264 && (fu & 0x20) != 0)
    use (ledger, unit, 1, 1, 1);
  if (length == now->fragment.head && now->fragment.place == LENS_FRAGMENT_LAST)
    keep (&fragments->empty, &now->mark);
  else if (length == now->fragment.head)
    use (ledger, unit, 1, 0, length);
  fragments->ends += now->fragment.place == LENS_FRAGMENT_LAST;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensRtp *rtp = unit->rtp;

  if (unit->fragment->of != LENS_FRAGMENT_OF_H264 && unit->fragment->of != LENS_FRAGMENT_OF_H265)
    return;
  Before now = { TRUE, rtp->ssrc, rtp->timestamp, rtp->sequence, *unit->fragment, { 0 }, { 0 } };
  Fragments *fragments = lens_by_track (data, unit->track, sizeof *fragments);
  if (lens_own_source_take (&fragments->source, rtp->ssrc) == LENS_SOURCE_OTHER)
    return;
  const Before *before = &fragments->before;
  gboolean follows = before->any && before->ssrc == now.ssrc && before->timestamp == now.timestamp
                     && (guint16)(before->sequence + 1) == now.sequence;
  fragments->track = unit->track;
  if (is_fragment (&now.fragment))
    {
      see_fragment (ledger, fragments, unit, &now);
      if (follows && is_fragment (&before->fragment))
        see_next (ledger, fragments, unit, &now);
      if (!follows || now.fragment.place == LENS_FRAGMENT_FIRST
          || now.fragment.place == LENS_FRAGMENT_ONLY || !is_fragment (&before->fragment))
        fragments->first = now;
      lens_habit_take (&fragments->heads[now.fragment.unit], as_value (now.head));
    }
  see_small (fragments, &now);
  fragments->before = now;
}

/* --- conclude --- */

static void
use_spots (LensLedger *ledger, const Fragments *fragments, const GArray *spots, guint64 bits)
{
  for (guint i = 0; i < spots->len; i++)
    lens_spot_use (&g_array_index (spots, LensSpot, i), ledger, "rtp-fu-header", fragments->track,
                   bits);
}

/* What is done always, or nearly, is how the device does it. */
static void
conclude_track (LensLedger *ledger, const Fragments *fragments)
{
  const GArray *wrong = fragments->wrong, *empty = fragments->empty;

  if (wrong != NULL && wrong->len >= FEW && wrong->len < fragments->ends)
    use_spots (ledger, fragments, wrong, 1);
  if (empty != NULL && empty->len >= FEW && empty->len >= fragments->ends / 64)
    use_spots (ledger, fragments, empty, 1);
  for (guint i = 0; fragments->small != NULL && i < TYPES; i++)
    if (fragments->small[i].only >= BOTH_WAYS && fragments->small[i].whole >= BOTH_WAYS)
      use_spots (ledger, fragments, fragments->small[i].spots, 1);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const LensByTrack *tracks = data;

  for (guint i = 0; i < lens_rows_n (tracks); i++)
    if (lens_rows_peek (tracks, i) != NULL)
      conclude_track (ledger, lens_rows_peek (tracks, i));
  lens_spot_find_used (ledger, "rtp-fu-header");
}

static void
fragments_clear (gpointer data)
{
  Fragments *fragments = data;

  g_clear_pointer (&fragments->wrong, g_array_unref);
  g_clear_pointer (&fragments->empty, g_array_unref);
  for (guint i = 0; fragments->small != NULL && i < TYPES; i++)
    g_clear_pointer (&fragments->small[i].spots, g_array_unref);
  g_clear_pointer (&fragments->small, g_free);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (data, fragments_clear);
}

/* --- seeds --- */

/* R, or NRI of fragments behind the first. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gboolean reserved = lens_seed_bed_below (bed, 2) == 0;
  LensSeedPlace place;
  LensRtp rtp;

  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      guint32 bits;
      if (!lens_rtp_parse (place.octets + place.start, place.end - place.start, &rtp))
        continue;
      const LensFormat *format = lens_track_format (place.track, rtp.payload_type);
      if (format == NULL || format->codec == NULL || !g_str_equal (format->codec, "H264"))
        continue;
      gsize payload = place.start + rtp.payload.offset;
      LensRtpFragment fragment
          = lens_rtp_fragment (format->fragment_of, place.octets + payload, rtp.payload.length);
      if (!is_fragment (&fragment) || fragment.place == LENS_FRAGMENT_FIRST)
        continue;
      if (reserved && lens_seed_bed_take_bits (bed, &bits, 1) > 0)
        lens_seed_bed_set (bed, payload + 1, 0x20, (guint8)(bits << 5));
      else if (!reserved && lens_seed_bed_take_bits (bed, &bits, 2) > 0)
        lens_seed_bed_set (bed, payload, 0x60, (guint8)(bits << 5));
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtp_fu = {
  .name = "rtp-fu",
  .question = "Do the headers of media fragments repeat what the first one says?",
  .source = "RFC 6184 section 5.8; RFC 7798 section 4.4.3",
  .units = LENS_UNIT_RTP,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
