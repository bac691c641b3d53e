/* rtcp-clock: are the two clocks of sender reports read at one moment?
 *
 * RFC 3550 section 6.4.1: the NTP time and the RTP time stamp of a report are the same moment, so
 * that players can bring sound and picture together; those smooth over a few milliseconds.
 * Section 6.2 has reports come every five seconds or so.
 *
 * Benign: reports that are rare; clocks read one after the other, or whose media clock is that of
 * the last picture; a clock that jitters or ticks in steps.
 *
 *   use    for each of many reports in a second whose clocks are apart by anything up to LARGEST,
 *          one as often as another, or whose NTP time is right but for its low bits, which say
 *          anything: the bits of 90 kHz ticks by which they may be
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/drawn.h"
#include "ledger/spot.h"

#include "wire/rtcp.h"

enum
{
  LEAST = 64,     /* reports to say anything of */
  TOGETHER = 512, /* that are judged together */
  PARTS = 8,      /* of the range in which the clocks are apart */
  FRACTION = 8,   /* where the NTP time's lower word stands behind the packet's head */
  HEAD = 4,
  LEAST_MASKED = 20, /* low bits of the fraction, 0.24 ms ... */
  MOST_MASKED = 26,  /* ... to 16 ms */
  PHASES = 32,
  CLOCK = 90000, /* Hz, of video; others are not asked */
};

/* Below a picture's time, and the tick of a coarse clock. */
#define LARGEST_NS (9 * 1000 * 1000)
#define SMALLEST_NS (200 * 1000)
#define SECOND_NS (G_GINT64_CONSTANT (1000) * 1000 * 1000)

/* What a report says the time is, in units of 2^-32 s; what the media clock foresees. */
typedef struct
{
  guint64 ntp, foreseen;
  LensSpot spot;
} Moment;

typedef struct
{
  LensTrack *track;
  guint32 ssrc, last_stamp;
  guint64 first_ntp;
  gint64 ticks;       /* of the media clock since the first */
  GArray *apart;      /* gint64, ns */
  GArray *moments;    /* Moment */
  gint64 first, last; /* arrival */
} Reports;

typedef struct
{
  LensByTrack tracks; /* Reports */
} RtcpClock;

static const LensChannelText channels[] = {
  { .id = "rtcp-sr-fields",
    .summary = "Sender reports come often, and their two clocks are apart by anything.",
    .filter_hint = "rtcp.pt == 200",
    .reference = "RFC 3550 sections 6.2 and 6.4.1",
    .hides = TRUE,
    .unit = LENS_UNIT_RTCP },
  { NULL },
};

static gint64
ntp_to_ns (gint64 ntp)
{
  return (ntp >> 32) * SECOND_NS + ((ntp & 0xffffffff) * SECOND_NS >> 32);
}

/* The range in which the clocks are apart. */
static gint64
range_of (const gint64 *apart, guint n)
{
  gint64 least = G_MAXINT64, most = G_MININT64;

  for (guint i = 0; i < n; i++)
    {
      least = MIN (least, apart[i]);
      most = MAX (most, apart[i]);
    }
  return n > 0 ? most - least : 0;
}

/* How many NTP times are those that the media clock foresees but for their low @bits, when the
 * first was off by @phase. */
static guint
count_right (const Moment *moments, guint n, guint bits, guint64 phase)
{
  guint right = 0;

  for (guint i = 0; i < n; i++)
    right += (moments[i].foreseen + phase) >> bits == moments[i].ntp >> bits;
  return right;
}

/* Whether the low @bits say all kinds of things: those of a coarse clock do not. */
static gboolean
are_lively (const Moment *moments, guint n, guint bits)
{
  guint counts[PARTS] = { 0 };

  for (guint i = 0; i < n; i++)
    counts[moments[i].ntp >> (bits - 3) & (PARTS - 1)]++;
  for (guint i = 0; i < PARTS; i++)
    if (counts[i] * PARTS * 3 < n)
      return FALSE;
  return TRUE;
}

/* Right but for low bits: a jitter as large as those would carry over into the others.  @range_ns:
 * in which the clocks are apart. */
static gboolean
are_masked (const Moment *moments, guint n, gint64 range_ns)
{
  for (guint bits = LEAST_MASKED; bits <= MOST_MASKED; bits++)
    {
      guint64 width = (guint64)1 << bits;
      if (range_ns < ntp_to_ns ((gint64)width) || !are_lively (moments, n, bits))
        continue;
      for (guint p = 0; p < PHASES; p++)
        if (count_right (moments, n, bits, width * p / (PHASES / 2) - width) * 50 >= n * 49)
          return TRUE;
    }
  return FALSE;
}

static void
judge (LensLedger *ledger, Reports *reports)
{
  guint n = reports->apart->len;
  const gint64 *apart = (const gint64 *)(gconstpointer)reports->apart->data;
  const Moment *moments = (const Moment *)(gconstpointer)reports->moments->data;
  gint64 range = range_of (apart, n);
  gboolean often = n >= LEAST && (reports->last - reports->first) / SECOND_NS < n;

  if (often && range > SMALLEST_NS
      && ((range < LARGEST_NS && lens_are_drawn (apart, n, PARTS))
          || are_masked (moments, n, range)))
    for (guint i = 0; i < n; i++)
      lens_spot_use (&moments[i].spot, ledger, "rtcp-sr-fields", reports->track,
                     g_bit_storage ((guint64)(range * CLOCK / SECOND_NS)) - 1);
  g_array_set_size (reports->apart, 0);
  g_array_set_size (reports->moments, 0);
}

static void
begin (Reports *reports, const LensUnit *unit, guint32 ssrc, const LensRtcpReport *report)
{
  reports->track = unit->track;
  reports->ssrc = ssrc;
  reports->first_ntp = report->ntp;
  reports->last_stamp = report->rtp_timestamp;
  reports->ticks = 0;
  reports->first = unit->time_ns;
}

static void
take (LensLedger *ledger, Reports *reports, const LensUnit *unit, const LensRtcpPacket *packet,
      const LensRtcpReport *report)
{
  if (reports->apart == NULL)
    {
      reports->apart = g_array_new (FALSE, FALSE, sizeof (gint64));
      reports->moments = g_array_new (FALSE, FALSE, sizeof (Moment));
    }
  if (reports->apart->len == 0 || packet->ssrc != reports->ssrc || reports->apart->len >= TOGETHER)
    {
      judge (ledger, reports);
      begin (reports, unit, packet->ssrc, report);
    }
  reports->ticks += (gint32)(report->rtp_timestamp - reports->last_stamp);
  reports->last_stamp = report->rtp_timestamp;
  reports->last = unit->time_ns;
  gint64 media = (gint64)((double)reports->ticks * 4294967296.0 / CLOCK);
  Moment moment = { report->ntp, reports->first_ntp + (guint64)media,
                    lens_spot_at (unit, packet->whole.offset + HEAD + FRACTION, 4) };
  gint64 apart = ntp_to_ns ((gint64)(moment.ntp - moment.foreseen));
  g_array_append_val (reports->apart, apart);
  g_array_append_val (reports->moments, moment);
}

/* Video, whose clock is known, from its own sender. */
static gboolean
is_of_video (const LensUnit *unit)
{
  const LensSide *side = unit->track->side;
  const LensFormat *format
      = unit->track->formats->len > 0 ? g_ptr_array_index (unit->track->formats, 0) : NULL;

  return side != NULL && format != NULL && format->clock == CLOCK && !unit->track->encrypted
         && lens_address_equal (&side->key.src, &unit->side->key.src);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  RtcpClock *state = data;
  LensRtcp rtcp = lens_rtcp_over (unit->view.octets, unit->view.length);
  LensRtcpPacket packet;
  LensRtcpReport report;

  if (!is_of_video (unit))
    return;
  while (lens_rtcp_next (&rtcp, &packet))
    if (packet.type == LENS_RTCP_SR && lens_rtcp_report (unit->view.octets, &packet, &report)
        && report.sender_info.length >= 20)
      take (ledger, lens_by_track (&state->tracks, unit->track, sizeof (Reports)), unit, &packet,
            &report);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const LensRows *rows = &((RtcpClock *)data)->tracks;

  for (guint i = 0; i < lens_rows_n (rows); i++)
    if (lens_rows_peek (rows, i) != NULL)
      judge (ledger, lens_rows_peek (rows, i));
  lens_spot_find_used (ledger, "rtcp-sr-fields");
}

static void
reports_clear (gpointer data)
{
  Reports *reports = data;

  g_clear_pointer (&reports->apart, g_array_unref);
  g_clear_pointer (&reports->moments, g_array_unref);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((RtcpClock *)data)->tracks, reports_clear);
}

const LensAnalyzer lens_analyzer_rtcp_clock = {
  .name = "rtcp-clock",
  .question = "Are the two clocks of sender reports read at one moment?",
  .source = "RFC 3550 sections 6.2 and 6.4.1",
  .units = LENS_UNIT_RTCP,
  .channels = channels,
  .state_size = sizeof (RtcpClock),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
