/* What was looked at, channel by channel of the catalogue; and what nobody could see. */
#include "ledger/inside.h"

#include "ledger/channels.h"

#include <string.h>

/* What each device sent: units by the bit of their kind, and what random fields count by. */
typedef struct
{
  guint64 units[LENS_N_UNIT_KINDS];
  guint64 tracks;      /* started */
  guint64 samples;     /* octets of G.711 */
  guint64 sound;       /* octets of other sound */
  guint64 h264;        /* octets of H.264 */
  guint64 connections; /* TCP */
  guint64 sessions;    /* of RTSP, that it opened */
  guint64 encrypted;   /* RTP packets of tracks that only their ends can read */
  guint64 sealed;      /* octets of declared streams inside TLS */
} Sent;

/* Channels of fields that are random by design: their content cannot be told from noise, so
 * each unit counts as this many bits that may have spoken.  The rate is the residual bound. */
typedef struct
{
  const char *channel;
  guint64 (*units) (const Sent *sent);
  double bits;
  const char *note;
} Residual;

static guint64
dns_queries (const Sent *sent)
{
  return sent->units[g_bit_nth_lsf (LENS_UNIT_DNS, -1)];
}

static guint64
tracks_started (const Sent *sent)
{
  return sent->tracks;
}

static guint64
connections_of (const Sent *sent)
{
  return sent->connections;
}

static guint64
encrypted_packets (const Sent *sent)
{
  return sent->encrypted;
}

static guint64
sealed_octets (const Sent *sent)
{
  return sent->sealed;
}

static guint64
sessions_opened (const Sent *sent)
{
  return sent->sessions;
}

static guint64
hevc_units (const Sent *sent)
{
  return sent->units[g_bit_nth_lsf (LENS_UNIT_HEVC_NAL, -1)];
}

static guint64
samples_of (const Sent *sent)
{
  return sent->samples;
}

static guint64
other_sound (const Sent *sent)
{
  return sent->sound;
}

static guint64
h264_octets (const Sent *sent)
{
  return sent->h264;
}

static guint64
h264_units (const Sent *sent)
{
  return sent->units[g_bit_nth_lsf (LENS_UNIT_NAL, -1)];
}

static guint64
video_units (const Sent *sent)
{
  return sent->units[g_bit_nth_lsf (LENS_UNIT_NAL, -1)]
         + sent->units[g_bit_nth_lsf (LENS_UNIT_HEVC_NAL, -1)]
         + sent->units[g_bit_nth_lsf (LENS_UNIT_JPEG, -1)];
}

static guint64
jpeg_frames (const Sent *sent)
{
  return sent->units[g_bit_nth_lsf (LENS_UNIT_JPEG, -1)];
}

static guint64
documents (const Sent *sent)
{
  return sent->units[g_bit_nth_lsf (LENS_UNIT_DOCUMENT, -1)];
}

static const Residual residuals[] = {
  { "dns-txid-srcport", dns_queries, 31,
    "Transaction id (16 bits) and source port (15 bits) of each query are random by design." },
  { "h265-cu-pu-ipm", hevc_units, 4000,
    "How an encoder splits blocks and predicts them is its free choice; taken as at most 4000 bits "
    "of a unit (100 kbit/s at 25 pictures a second), an estimate." },
  { "h264-mb-qp-delta", h264_octets, 1,
    "The quality of each block is the encoder's free choice: one bit of a macroblock, which takes "
    "at least an octet." },
  { "h264-mv-lsb", h264_octets, 0.5,
    "Which of two near motion vectors an encoder takes is its free choice: half a bit of a "
    "vector, which takes at least an octet." },
  { "h264-coeff-lsb", h264_octets, 0.2,
    "Levels and signs of coefficients cannot be told from noise: a tenth of a bit of each, of "
    "which two take at least an octet." },
  { "h264-slice-partition", h264_units, 8,
    "Where a picture is divided into slices is the encoder's free choice, often by the size of "
    "packets: up to 8 bits of a slice." },
  { "video-pixel-overlay", video_units, 40,
    "What the picture shows is not examined: up to 1000 bit/s survive an encoder at 25 pictures "
    "a second." },
  { "g711-lsb", samples_of, 1, "The lowest bit of each sample is noise." },
  { "audio-transteg", other_sound, 8,
    "G.711 is examined. Octets of other sound (G.722, G.726, L16, AAC, Opus) cannot be told from "
    "other data where their framing says nothing." },
  { "audio-ultrasonic", samples_of, 1.0 / 80,
    "A weak tone above what is heard cannot be told from noise: 100 bit/s of 8000 samples." },
  { "mjpeg-dct-lsb", jpeg_frames, 8000,
    "Which coefficient a picture element has, and its lowest bit, is the encoder's free choice; "
    "the literature puts up to 8000 bits of a frame there (200 kbit/s at 25 frames a second)." },
  { "onvif-metadata-semantics", documents, 100,
    "The last decimals of coordinates and times of objects cannot be told from noise (up to 100 "
    "bits of a document)." },
  { "rtp-initial-random", tracks_started, 80,
    "First sequence number, time stamp and SSRC of each track are random by design." },
  { "rtp-timestamp-lsb", video_units, 3,
    "Of a clock that jitters, the low bits of a time stamp cannot be told from noise: three of a "
    "picture. Those of a clock that counts are examined." },
  { "rtsp-session-nonce", sessions_opened, 256,
    "Session identifier and Digest nonce (128 bits each) of each session are random by design." },
  { "srtp-mki-tag-roc", encrypted_packets, 80,
    "Without the key an authentication tag (80 bits of each packet) cannot be told from noise; "
    "headers, sizes and times are examined all the same." },
  { "tls-record-padding-iv", sealed_octets, 8,
    "Inside RTSP over TLS (rtsps) nothing can be read: each octet of such a stream may say "
    "anything." },
  { "tcp-isn", connections_of, 32, "Each connection's first sequence number is random by design." },
};

/* Channels that no analyzer has for itself: what lies in them is found as another one. */
static const struct
{
  const char *channel;
  LensUnitKind unit;
  const char *note;
} elsewhere[] = {
  { "rtsp-http-tunnel", LENS_UNIT_RTSP,
    "A tunnel is read as the session that is in it (transport http among the declared streams); "
    "for a host that is no viewer it is rtsp-second-client-session." },
  { "sdp-unsetup-media", LENS_UNIT_RTSP,
    "Packets of media that was described but never set up are found as rtsp-interleaved-unsetup "
    "on a connection, as content-media or audio-undeclared-track on ports of their own." },
};

static const Residual *
residual_of (const char *channel)
{
  for (guint i = 0; i < G_N_ELEMENTS (residuals); i++)
    if (g_str_equal (residuals[i].channel, channel))
      return &residuals[i];
  return NULL;
}

static const LensChannelText *
examined_by (const LensLedger *ledger, const char *channel)
{
  for (guint i = 0; i < ledger->options.n_analyzers; i++)
    for (const LensChannelText *text = ledger->options.analyzers[i]->channels; text->id != NULL;
         text++)
      if (g_str_equal (text->id, channel))
        return text;
  return NULL;
}

static Sent *
count_sent (LensLedger *ledger)
{
  Sent *sent = g_new0 (Sent, ledger->devices->len + 1);

  for (guint32 i = 0; i < lens_flows_n_sides (ledger->flows); i++)
    {
      const LensSide *side = lens_flows_side_at (ledger->flows, i);
      gint device = lens_ledger_side_source (ledger, side);
      if (device < 0)
        continue;
      sent[device].units[g_bit_nth_lsf (LENS_UNIT_FRAME, -1)] += side->packets;
      sent[device].units[g_bit_nth_lsf (LENS_UNIT_DATAGRAM, -1)] += side->datagrams;
      sent[device].units[g_bit_nth_lsf (LENS_UNIT_CONTENT, -1)] += side->contents;
      for (guint bit = 0; side->units != NULL && bit < LENS_N_UNIT_KINDS; bit++)
        sent[device].units[bit] += side->units[bit];
      sent[device].connections += side->key.protocol == 6 && side->packets > 0;
    }
  for (guint i = 0; i < lens_sessions_n_tracks (ledger->sessions); i++)
    {
      const LensTrack *track = lens_sessions_track_at (ledger->sessions, i);
      gint device = track->side != NULL && track->packets > 0
                        ? lens_ledger_source_device (ledger, &track->side->key)
                        : -1;
      if (device < 0)
        continue;
      sent[device].tracks++;
      if (g_strcmp0 (track->codec, "PCMA") == 0 || g_strcmp0 (track->codec, "PCMU") == 0)
        sent[device].samples += track->payload_octets;
      else if (track->media == LENS_MEDIA_AUDIO && !track->encrypted)
        sent[device].sound += track->payload_octets;
      if (g_strcmp0 (track->codec, "H264") == 0 && !track->encrypted)
        sent[device].h264 += track->payload_octets;
      sent[device].encrypted += track->encrypted ? track->packets : 0;
    }
  for (guint i = 0; i < lens_sessions_n_streams (ledger->sessions); i++)
    {
      const LensStream *stream = lens_sessions_stream_at (ledger->sessions, i);
      const LensSideKey server = { .src = stream->server };
      gint device = lens_ledger_source_device (ledger, &server);
      if (device < 0)
        continue;
      sent[device].sessions++;
      sent[device].sealed += stream->sealed ? stream->flow->payload[!stream->from_source] : 0;
    }
  return sent;
}

static void
fill_examined (LensLedger *ledger, const Sent *sent, LensUnitKind kind, LensCoverageRow *row)
{
  guint bit = (guint)g_bit_nth_lsf (kind, -1);
  gboolean differ = FALSE;

  for (guint i = 0; i < ledger->devices->len; i++)
    {
      row->examined += sent[i].units[bit];
      differ |= (sent[i].units[bit] > 0) != (sent[0].units[bit] > 0);
    }
  row->status = row->examined > 0 ? LENS_COVERAGE_EXAMINED : LENS_COVERAGE_NOT_PRESENT;
  for (guint i = 0; differ && i < ledger->devices->len; i++)
    {
      LensCoverageDevice *device = lens_coverage_row_add_device (row);
      device->device = g_strdup (((LensDevice *)g_ptr_array_index (ledger->devices, i))->name);
      device->examined = sent[i].units[bit];
      device->status = device->examined > 0 ? LENS_COVERAGE_EXAMINED : LENS_COVERAGE_NOT_PRESENT;
    }
}

/* TRUE where the channel is one of these. */
static gboolean
fill_elsewhere (LensLedger *ledger, const Sent *sent, LensCoverageRow *row)
{
  for (guint i = 0; i < G_N_ELEMENTS (elsewhere); i++)
    if (g_str_equal (elsewhere[i].channel, row->channel))
      {
        fill_examined (ledger, sent, elsewhere[i].unit, row);
        row->note = g_strdup (elsewhere[i].note);
        return TRUE;
      }
  return FALSE;
}

/* Returns how many units there were. */
static guint64
fill_bound (LensLedger *ledger, const Sent *sent, const Residual *residual, LensCoverageRow *row)
{
  guint64 all = 0;
  double bound = 0;

  for (guint i = 0; i < ledger->devices->len; i++)
    {
      guint64 units = residual->units (&sent[i]);
      all += units;
      bound += (double)units * residual->bits / lens_ledger_seconds (ledger, (gint)i);
    }
  row->note = g_strdup (residual->note);
  if (all > 0)
    row->bound_bps = bound;
  return all;
}

static void
fill_residual (LensLedger *ledger, const Sent *sent, const Residual *residual, LensCoverageRow *row)
{
  row->examined = fill_bound (ledger, sent, residual, row);
  row->status = row->examined > 0 ? LENS_COVERAGE_NOT_EXAMINABLE : LENS_COVERAGE_NOT_PRESENT;
}

/* A name is outside a set only where each device has a set. */
static void
demand_closed_names (const LensLedger *ledger, LensCoverageRow *row)
{
  gboolean all = TRUE;

  for (guint i = 0; i < ledger->devices->len; i++)
    {
      const LensDevice *device = g_ptr_array_index (ledger->devices, i);
      all = all && device->profile != NULL && device->profile->has_dns;
    }
  if (all || row->status != LENS_COVERAGE_EXAMINED)
    return;
  row->status = LENS_COVERAGE_NOT_EXAMINABLE;
  row->note = g_strdup ("Needs a profile that closes the set of names ([dns] names).");
}

/* The ledger itself watches these, whatever analyzers run. */
static gboolean
is_the_ledgers (const char *channel)
{
  return g_str_equal (channel, "ledger-unexplained");
}

void
lens_ledger_fill_coverage (LensLedger *ledger, LensEvaluation *evaluation)
{
  g_autofree Sent *sent = count_sent (ledger);

  for (gsize i = 0; i < lens_n_channels; i++)
    {
      const char *id = lens_channels[i].id;
      const LensChannelText *text = examined_by (ledger, id);
      const Residual *residual = residual_of (id);
      LensCoverageRow *row = lens_evaluation_add_coverage (evaluation);
      row->channel = g_strdup (id);
      if (text != NULL)
        {
          fill_examined (ledger, sent, text->unit, row);
          if (residual != NULL)
            fill_bound (ledger, sent, residual, row);
        }
      else if (is_the_ledgers (id))
        fill_examined (ledger, sent, LENS_UNIT_FRAME, row);
      else if (g_str_equal (id, "witness-difference"))
        {
          row->examined = evaluation->witnesses->len;
          row->status = row->examined > 0 ? LENS_COVERAGE_EXAMINED : LENS_COVERAGE_NOT_PRESENT;
          row->note = g_strdup ("Needs a live run: the puller's log beside the capture.");
        }
      else if (!ledger->options.partial && fill_elsewhere (ledger, sent, row))
        continue;
      else if (residual != NULL)
        fill_residual (ledger, sent, residual, row);
      else if (g_str_equal (id, "flow-out-of-band-radio"))
        {
          row->status = LENS_COVERAGE_NOT_EXAMINABLE;
          row->note = g_strdup ("Radio and light leave no octets on the wire.");
        }
      else if (ledger->options.partial)
        {
          row->status = LENS_COVERAGE_NOT_EXAMINABLE;
          row->note = g_strdup ("Left out by --only, or not implemented.");
        }
      else
        row->status = LENS_COVERAGE_NOT_IMPLEMENTED;
      if (g_str_equal (id, "dns-name-allowlist"))
        demand_closed_names (ledger, row);
    }
}
