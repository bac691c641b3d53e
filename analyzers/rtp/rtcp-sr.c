/* rtcp-sr: do sender reports say what the sender did?
 *
 * RFC 3550 section 6.4.1: a report gives its sender, one moment on the wall clock and on the media
 * clock, and how many packets and octets were sent.  All of it can be checked: the numbers grow
 * with what is seen, and the two clocks run alike.
 *
 * Each source has counts and clocks of its own.
 *
 * Benign: counts that began earlier, or begin anew; that count something else by a constant
 * factor; that are always 0.  A media clock that goes on, or does not, while paused.  A clock that
 * is set once, counts from power-on, or stands still.  A sender number of its own that stays (Tapo
 * C320WS).  Each report twice, as a mirror port shows it; some twice, where the network repeats
 * media as well; reports that are rare, as section 6.2 has them.
 *
 *   use    for each field that fits neither its neighbours nor what was seen: the bits by which
 *          it is off; 1 for a report that is given again, where how often is ever new
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/own-source.h"
#include "ledger/seed-bed.h"
#include "ledger/spots.h"

#include "wire/rtcp.h"
#include "wire/rtsp-header.h"

#include <math.h>
#include <string.h>

enum
{
  LEAST = 4,      /* reports to say anything of, ... */
  FEW = 3,        /* ... and fields that are off; one report in four has them */
  CHANGES = 16,   /* of how often a report is given; one in four of them */
  TOGETHER = 512, /* reports of a source that are judged together */
  SOURCES = 8,    /* of a track whose media is counted */
  USUAL_CLOCK = 90000,
};

/* How far apart the clocks of neighbouring reports may run: the media clock of some senders is
 * that of their last picture. */
#define CLOCKS_APART 0.25 /* s */

typedef enum
{
  SSRC,
  SECONDS, /* of the wall clock */
  FRACTION,
  STAMP, /* of the media clock */
  PACKETS,
  OCTETS,
  N_FIELDS,
} Field;

typedef struct
{
  gint64 arrival;         /* ns */
  double wall, media;     /* s */
  double packets, octets; /* as reported */
  double seen_packets, seen_octets;
  gboolean stranger;     /* neither the media's sender nor that of the report before */
  guint pauses;          /* of any session, until then */
  guint repeats;         /* frames of the reports that were there twice, until then */
  const LensSpot *spots; /* of the fields, while it is judged */
} Report;

/* One that sends media: the counts of a retransmission's or another source are its own. */
typedef struct
{
  guint32 ssrc;
  guint16 sequence;
  double packets, octets; /* seen: numbers gone by, payload */
  guint late;             /* packets whose number had gone by: repeated, or out of order */
  gboolean cut;           /* the capture has not all of @octets */
  guint clock;            /* Hz */
  GArray *reports;        /* Report; NULL: none yet */
  LensSpots spots;        /* N_FIELDS of each */
  guint32 last_stamp;
  double media; /* s */
} Source;

typedef struct
{
  LensTrack *track;
  LensOwnSource own;
  Source sources[SOURCES];
  guint n_sources;
  gboolean any_report;
  guint32 last_ssrc; /* of a report */
} Sender;

typedef struct
{
  guint pauses; /* requests of any session */
  LensByTrack senders;
} RtcpSr;

static const LensChannelText channels[] = {
  { .id = "rtcp-sr-fields",
    .summary = "Sender reports give times or counts that do not fit what the device sends, or are "
               "given again as often as somebody likes.",
    .filter_hint = "rtcp.pt == 200",
    .reference = "RFC 3550 sections 6.2 and 6.4.1",
    .hides = TRUE,
    .unit = LENS_UNIT_RTCP },
  { NULL },
};

/* --- judging --- */

static void
use (LensLedger *ledger, LensTrack *track, const Report *report, Field field, double off)
{
  guint64 size = off >= 4294967295.0 ? G_MAXUINT32 : (guint64)MAX (off, 1);

  lens_spot_use (&report->spots[field], ledger, "rtcp-sr-fields", track, g_bit_storage (size));
}

/* How far @values[@i] is from the nearer of its neighbours, each of them by more than it may. */
static double
alone (const double *values, const double *may, guint n, guint i)
{
  double nearest = INFINITY;

  for (guint k = i > 1 ? i - 2 : 0; k < n && k <= i + 2; k++)
    {
      /* Inside, the two neighbours; at the ends, the two next ones. */
      gboolean end = i == 0 || i == n - 1;
      if (k == i || (!end && (k + 1 < i || k > i + 1)))
        continue;
      double apart = fabs (values[k] - values[i]);
      if (apart <= may[MAX (i, k)])
        return 0;
      nearest = MIN (nearest, apart);
    }
  return isinf (nearest) ? 0 : nearest;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

/* How much faster than @seen @said grows: the middle of the factors; 1 if it is none of at most
 * @most and at least @least. */
static double
find_factor (const double *said, const double *seen, guint n, double least, double most)
{
  g_autofree double *factors = g_new (double, n);
  guint count = 0;

  for (guint i = 1; i < n; i++)
    if (seen[i] > seen[i - 1])
      factors[count++] = (said[i] - said[i - 1]) / (seen[i] - seen[i - 1]);
  if (count == 0)
    return 1;
  qsort (factors, count, sizeof *factors, compare);
  double factor = factors[count / 2];
  return factor >= least && factor <= most ? factor : 1;
}

typedef struct
{
  Field field;
  gsize said, seen; /* offsets in Report */
  double slack;
} Count;

static const Count counts[] = {
  { PACKETS, G_STRUCT_OFFSET (Report, packets), G_STRUCT_OFFSET (Report, seen_packets), 64 },
  { OCTETS, G_STRUCT_OFFSET (Report, octets), G_STRUCT_OFFSET (Report, seen_octets), 100000 },
};

/* Sets @off: by how much each report's count is off. */
static void
judge_count (const Report *reports, guint n, const Count *count, double *off)
{
  g_autofree double *room = g_new (double, 3 * n);
  double *said = room, *seen = room + n, *may = room + 2 * n;

  for (guint i = 0; i < n; i++)
    {
      said[i] = G_STRUCT_MEMBER (double, &reports[i], count->said);
      seen[i] = G_STRUCT_MEMBER (double, &reports[i], count->seen);
    }
  double factor = find_factor (said, seen, n, 0, 4);
  for (guint i = 0; i < n; i++)
    {
      double grown = i > 0 ? seen[i] - seen[i - 1] : 0;
      may[i] = count->slack + grown * MAX (factor, 1) / 2;
    }
  /* What is right from the start needs no neighbour. */
  for (guint i = 0; i < n; i++)
    off[i] = fabs (said[i] - seen[i]) <= may[i] ? 0 : 1;
  for (guint i = 0; i < n; i++)
    said[i] -= factor * seen[i];
  for (guint i = 0; i < n; i++)
    off[i] = off[i] > 0 ? alone (said, may, n, i) : 0;
}

static gboolean
stands_still (const double *values, guint n)
{
  for (guint i = 1; i < n; i++)
    if (values[i] != values[0])
      return FALSE;
  return TRUE;
}

/* Sets @wall and @media: by how much each clock is off, s.  Where both do not agree, it is the
 * one that does not agree with the capture's. */
static void
judge_clocks (const Report *reports, guint n, double *wall, double *media)
{
  g_autofree double *room = g_new (double, 5 * n);
  double *by_wall = room, *by_media = room + n, *between = room + 2 * n, *may = room + 3 * n;

  for (guint i = 0; i < n; i++)
    {
      by_wall[i] = reports[i].wall;
      by_media[i] = reports[i].media;
      may[i] = CLOCKS_APART;
      wall[i] = media[i] = 0;
    }
  if (stands_still (by_wall, n) || stands_still (by_media, n))
    return;
  /* The rate of a clock that nobody described is not known. */
  double rate = find_factor (by_media, by_wall, n, 0.01, 100);
  for (guint i = 0; i < n; i++)
    {
      by_media[i] /= rate;
      double arrival = (double)(reports[i].arrival - reports[0].arrival);
      between[i] = by_media[i] - by_wall[i];
      by_wall[i] -= arrival / 1e9;
      by_media[i] -= arrival / 1e9;
    }
  for (guint i = 0; i < n; i++)
    {
      double off = alone (between, may, n, i);
      if (off == 0)
        continue;
      double of_wall = alone (by_wall, may, n, i), of_media = alone (by_media, may, n, i);
      wall[i] = of_wall > 0 ? of_wall : of_media > 0 ? 0 : off;
      media[i] = of_media;
    }
}

/* A pause stops one clock and not the other, or neither: each run between two is for itself. */
static void
judge_runs (const Report *reports, guint n, double *wall, double *media)
{
  for (guint from = 0, to; from < n; from = to)
    {
      for (to = from + 1; to < n && reports[to].pauses == reports[from].pauses;)
        to++;
      judge_clocks (reports + from, to - from, wall + from, media + from);
    }
}

/* Whether the report is the one before it. */
static gboolean
says_again (const Report *report)
{
  const Report *before = report - 1;

  return memcmp (report->spots[SECONDS].octets, before->spots[SECONDS].octets, 4) == 0
         && memcmp (report->spots[FRACTION].octets, before->spots[FRACTION].octets, 4) == 0
         && memcmp (report->spots[STAMP].octets, before->spots[STAMP].octets, 4) == 0
         && memcmp (report->spots[PACKETS].octets, before->spots[PACKETS].octets, 4) == 0;
}

/* How often the report was given again before the next. */
static guint
count_repeats (const Report *reports, guint n, guint i)
{
  return i + 1 < n ? reports[i + 1].repeats - reports[i].repeats : 0;
}

/* One who reports several times a second, each report as often as it likes, is no longer saying
 * what it sent. */
static void
judge_copies (LensLedger *ledger, LensTrack *track, const Source *source)
{
  const Report *reports = (const Report *)(gconstpointer)source->reports->data;
  guint n = source->reports->len, different = 0, changes = 0, copies = 0, last = 0;
  guint all = n + reports[n - 1].repeats - reports[0].repeats;

  for (guint i = 0; i < n; i++)
    {
      copies += 1 + count_repeats (reports, n, i);
      if (i + 1 < n && says_again (&reports[i + 1]))
        continue;
      changes += different > 0 && copies != last;
      different++;
      last = copies;
      copies = 0;
    }
  double seconds = (double)(reports[n - 1].arrival - reports[0].arrival) / 1e9;
  const LensSide *media = track->side;
  gboolean network = source->late > source->packets / 20 || media == NULL
                     || media->rare->repeats > media->packets / 20;
  if (changes < CHANGES || changes * 4 < different || all <= seconds || network)
    return;
  for (guint i = 0; i < n; i++)
    if (count_repeats (reports, n, i) > 0 || (i > 0 && says_again (&reports[i])))
      use (ledger, track, &reports[i], SECONDS, 1);
}

/* Into @spots, which the reports borrow. */
static void
take_out_spots (Source *source, LensSpot *spots)
{
  LensSpotsReader reader = lens_spots_reader (&source->spots);

  for (guint i = 0; i < source->spots.n; i++)
    spots[i] = lens_spots_next (&reader);
  for (guint i = 0; i < source->reports->len; i++)
    g_array_index (source->reports, Report, i).spots = spots + N_FIELDS * i;
  lens_spots_clear (&source->spots);
}

static void
judge (LensLedger *ledger, LensTrack *track, Source *source)
{
  guint n = source->reports != NULL ? source->reports->len : 0, odd = 0;

  if (n < LEAST)
    return;
  g_autofree LensSpot *spots = g_new (LensSpot, source->spots.n);
  take_out_spots (source, spots);
  judge_copies (ledger, track, source);
  g_autofree double *room = g_new0 (double, 4 * n);
  double *wall = room, *media = room + n, *off[2] = { room + 2 * n, room + 3 * n };
  const Report *reports = (const Report *)(gconstpointer)source->reports->data;
  judge_runs (reports, n, wall, media);
  for (guint c = 0; c < (source->cut ? 1 : 2); c++)
    judge_count (reports, n, &counts[c], off[c]);
  for (guint i = 0; i < n; i++)
    odd += wall[i] > 0 || media[i] > 0 || off[0][i] > 0 || off[1][i] > 0 || reports[i].stranger;
  for (guint i = 0; odd >= FEW && odd * 4 >= n && i < n; i++)
    {
      if (reports[i].stranger)
        use (ledger, track, &reports[i], SSRC, G_MAXUINT32);
      if (wall[i] >= 1)
        use (ledger, track, &reports[i], SECONDS, wall[i]);
      if (wall[i] > 0)
        use (ledger, track, &reports[i], FRACTION, G_MAXUINT32);
      if (media[i] > 0)
        use (ledger, track, &reports[i], STAMP, media[i] * source->clock);
      for (guint c = 0; c < 2; c++)
        if (off[c][i] > 0)
          use (ledger, track, &reports[i], counts[c].field, off[c][i]);
    }
  g_array_set_size (source->reports, 0);
}

/* --- seeing --- */

static Source *
find_source (Sender *sender, guint32 ssrc)
{
  for (guint i = 0; i < sender->n_sources; i++)
    if (sender->sources[i].ssrc == ssrc)
      return &sender->sources[i];
  return NULL;
}

/* Its own place; the last one's, if there is none left: most are passing through. */
static Source *
add_source (LensLedger *ledger, Sender *sender, guint32 ssrc, guint16 sequence)
{
  guint at = MIN (sender->n_sources, SOURCES - 1);
  Source *source = &sender->sources[at];
  GArray *reports = source->reports;

  judge (ledger, sender->track, source);
  if (reports != NULL)
    g_array_set_size (reports, 0);
  lens_spots_clear (&source->spots);
  *source = (Source){ .ssrc = ssrc, .sequence = (guint16)(sequence - 1), .reports = reports };
  sender->n_sources = at + 1;
  return source;
}

static void
see_media (LensLedger *ledger, Sender *sender, const LensUnit *unit)
{
  const LensRtp *rtp = unit->rtp;
  const LensFormat *format = unit->format;
  Source *source = find_source (sender, rtp->ssrc);

  sender->track = unit->track;
  lens_own_source_take (&sender->own, rtp->ssrc);
  if (source == NULL)
    source = add_source (ledger, sender, rtp->ssrc, rtp->sequence);
  gint16 further = (gint16)(guint16)(rtp->sequence - source->sequence);
  if (further > 0)
    {
      source->packets += further;
      source->sequence = rtp->sequence;
    }
  else
    source->late++;
  source->octets += (double)rtp->payload.length;
  source->cut |= unit->side->rare->truncated > 0;
  source->clock = format != NULL && format->clock > 0 ? format->clock : USUAL_CLOCK;
}

/* A sender may give itself another number in its reports than in its media. */
static Source *
source_of_report (Sender *sender, guint32 ssrc)
{
  Source *source = find_source (sender, ssrc);

  return source != NULL ? source : find_source (sender, sender->own.ssrc);
}

static void
take (LensLedger *ledger, RtcpSr *state, Sender *sender, const LensUnit *unit,
      const LensRtcpPacket *packet, const LensRtcpReport *report)
{
  gsize at = packet->whole.offset + 4;
  Source *source = source_of_report (sender, packet->ssrc);

  if (report->sender_info.length < 20 || source == NULL)
    return;
  Report row = { .arrival = unit->time_ns,
                 .wall = (double)(report->ntp >> 32) + (double)(guint32)report->ntp / 4294967296.0,
                 .packets = report->packets,
                 .octets = report->octets,
                 .seen_packets = source->packets,
                 .seen_octets = source->octets,
                 .pauses = state->pauses,
                 .repeats = unit->side != unit->track->side ? unit->side->rare->repeats : 0 };
  if (source->reports != NULL)
    source->media
        += (double)(gint32)(report->rtp_timestamp - source->last_stamp) / MAX (source->clock, 1);
  row.media = source->media;
  row.stranger = packet->ssrc != source->ssrc && sender->any_report
                 && packet->ssrc != sender->last_ssrc
                 && !(unit->track->has_ssrc && packet->ssrc == unit->track->ssrc);
  sender->any_report = TRUE;
  sender->last_ssrc = packet->ssrc;
  source->last_stamp = report->rtp_timestamp;
  for (guint i = 0; i < N_FIELDS; i++)
    {
      LensSpot spot = lens_spot_at (unit, at + 4 * i, 4);
      lens_spots_add (&source->spots, &spot);
    }
  if (source->reports == NULL)
    source->reports = g_array_new (FALSE, FALSE, sizeof (Report));
  g_array_append_val (source->reports, row);
  if (source->reports->len >= TOGETHER)
    judge (ledger, sender->track, source);
}

/* Whether the media's sender speaks, and not one who is sent it. */
static gboolean
is_sender (const LensUnit *unit)
{
  const LensSide *side = unit->track->side;

  return side != NULL && lens_address_equal (&side->key.src, &unit->side->key.src);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  RtcpSr *state = data;
  LensRtcp rtcp;
  LensRtcpPacket packet;
  LensRtcpReport report;

  if (unit->kind == LENS_UNIT_RTSP)
    {
      state->pauses += unit->rtsp->kind == LENS_RTSP_REQUEST
                       && lens_rtsp_is (unit->view.octets, unit->rtsp->method, "PAUSE");
      return;
    }
  Sender *sender = lens_by_track (&state->senders, unit->track, sizeof *sender);
  if (unit->kind == LENS_UNIT_RTP)
    {
      see_media (ledger, sender, unit);
      return;
    }
  if (unit->track->encrypted || sender->n_sources == 0 || !is_sender (unit))
    return;
  rtcp = lens_rtcp_over (unit->view.octets, unit->view.length);
  while (lens_rtcp_next (&rtcp, &packet))
    if (packet.type == LENS_RTCP_SR && lens_rtcp_report (unit->view.octets, &packet, &report))
      take (ledger, state, sender, unit, &packet, &report);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const LensRows *rows = &((RtcpSr *)data)->senders;

  for (guint i = 0; i < lens_rows_n (rows) * SOURCES; i++)
    {
      Sender *sender = lens_rows_peek (rows, i / SOURCES);
      if (sender != NULL)
        judge (ledger, sender->track, &sender->sources[i % SOURCES]);
    }
  lens_spot_find_used (ledger, "rtcp-sr-fields");
}

static void
sender_clear (gpointer data)
{
  for (guint i = 0; i < SOURCES; i++)
    {
      Source *source = &((Sender *)data)->sources[i];
      g_clear_pointer (&source->reports, g_array_unref);
      lens_spots_clear (&source->spots);
    }
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((RtcpSr *)data)->senders, sender_clear);
}

/* Both counts. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  enum
  {
    COUNTS = 20,
    LENGTH = 8
  };
  LensSeedPlace place;
  guint8 octets[LENGTH];

  while (lens_seed_bed_next (bed, LENS_UNIT_RTCP, &place))
    {
      LensRtcp rtcp = lens_rtcp_over (place.octets + place.start, place.end - place.start);
      LensRtcpPacket packet;
      if (!lens_rtcp_next (&rtcp, &packet) || packet.type != LENS_RTCP_SR
          || packet.body.length < COUNTS + 4)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets);
      if (count > 0)
        lens_seed_bed_replace (bed, place.start + COUNTS, octets, count);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtcp_sr = {
  .name = "rtcp-sr",
  .question = "Do the times and counts of sender reports fit what is sent?",
  .source = "RFC 3550 sections 6.2 and 6.4.1",
  .units = LENS_UNIT_RTP | LENS_UNIT_RTCP | LENS_UNIT_RTSP,
  .channels = channels,
  .state_size = sizeof (RtcpSr),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
