/* What was looked at, channel by channel of the catalogue; and what nobody could see. */
#include "ledger/coverage.h"

#include "ledger/coverage-inside.h"

#include "ledger/channels.h"

#include <string.h>

/* Channels that no analyzer has for itself: what lies in them is found as another one. */
static const struct
{
  const char *channel;
  LensUnitKind unit;
  const char *note;
} elsewhere[] = {
  { "ip4-payload-beyond-total-length", LENS_UNIT_FRAME,
    "Octets behind the length that IP states are found as eth-trailer-oversize, those behind the "
    "length that UDP states as udp-length-slack." },
  { "ip6-tunnel", LENS_UNIT_FRAME,
    "Packets inside packets are opened and judged as if they lay outside; the tunnel itself is "
    "named as encapsulation." },
  { "flow-low-and-slow", LENS_UNIT_FRAME,
    "Octets of undeclared flows are counted over the whole run, however slowly they come: found "
    "as flow-undeclared-destination from the first one on." },
  { "udp-unknown-payload", LENS_UNIT_DATAGRAM,
    "Datagrams of no declared flow are found as flow-undeclared-destination from the first octet "
    "on, and what can be told of their content as content-media, content-identifier and others." },
  { "rtsp-http-tunnel", LENS_UNIT_RTSP,
    "A tunnel is read as the session that is in it (transport http among the declared streams); "
    "for a host that is no viewer it is rtsp-second-client-session." },
  { "sdp-unsetup-media", LENS_UNIT_RTSP,
    "Packets of media that was described but never set up are found as rtsp-interleaved-unsetup "
    "on a connection, as content-media or audio-undeclared-track on ports of their own." },
};

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

/* What analyzers had room for, but nothing to tell it by. */
static void
count_rooms (LensLedger *ledger, LensSent *sent)
{
  for (guint32 i = 0; i < lens_carriers_n (ledger->carriers); i++)
    {
      const LensCarrier *carrier = lens_carriers_at (ledger->carriers, i);
      gint device = lens_ledger_source_device (ledger, &carrier->side->key);
      if (device < 0)
        continue;
      if (g_strcmp0 (carrier->subject, LENS_SUBJECT_HASH) == 0)
        sent[device].hashes += carrier->room_bits;
      if (g_strcmp0 (carrier->subject, LENS_SUBJECT_DRAWN) == 0)
        sent[device].drawn += carrier->room_bits / 16;
      if (g_strcmp0 (carrier->subject, LENS_SUBJECT_FILLER_LENGTH) == 0)
        sent[device].fillers[g_str_equal (carrier->channel, "h265-fd-nal")] += carrier->units;
    }
}

static LensSent *
count_sent (LensLedger *ledger)
{
  LensSent *sent = g_new0 (LensSent, ledger->devices->len + 1);

  for (guint32 i = 0; i < lens_flows_n_sides (ledger->flows); i++)
    {
      const LensSide *side = lens_flows_side_at (ledger->flows, i);
      gint device = lens_ledger_side_source (ledger, side);
      if (device < 0)
        continue;
      sent[device].units[g_bit_nth_lsf (LENS_UNIT_FRAME, -1)] += side->packets;
      sent[device].units[g_bit_nth_lsf (LENS_UNIT_CONTENT, -1)] += side->contents;
      LensUnitKind transport
          = side->key.protocol == LENS_PROTOCOL_TCP ? LENS_UNIT_SEGMENT : LENS_UNIT_DATAGRAM;
      sent[device].units[lens_unit_number (transport)] += side->transports;
      for (guint bit = 0; side->rare->units != NULL && bit < LENS_N_UNIT_KINDS; bit++)
        sent[device].units[bit] += side->rare->units[bit];
      gboolean tcp = side->key.protocol == 6 && side->packets > 0;
      sent[device].connections += tcp;
      sent[device].opened += tcp && side->flow->opened && !side->reverse;
      sent[device].hellos += side->flow->rare->tls_hellos[side->reverse];
      sent[device].hello_sealed += side->flow->rare->tls_sealed[side->reverse];
      sent[device].records += side->flow->rare->tls_records[side->reverse];
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
  count_rooms (ledger, sent);
  return sent;
}

/* What 802.11 encrypts could hold any channel. */
static gboolean
is_sealed (const LensLedger *ledger, guint device)
{
  return ((const LensDevice *)g_ptr_array_index (ledger->devices, device))->sealed > 0;
}

static gboolean
any_sealed (const LensLedger *ledger)
{
  for (guint i = 0; i < ledger->devices->len; i++)
    if (is_sealed (ledger, i))
      return TRUE;
  return FALSE;
}

static LensCoverageStatus
status_of (const LensLedger *ledger, guint device, guint64 examined)
{
  if (is_sealed (ledger, device))
    return LENS_COVERAGE_NOT_EXAMINABLE;
  return examined > 0 ? LENS_COVERAGE_EXAMINED : LENS_COVERAGE_NOT_PRESENT;
}

static void
fill_examined (LensLedger *ledger, const LensSent *sent, LensUnitKind kind, LensCoverageRow *row)
{
  guint bit = lens_unit_number (kind);
  gboolean differ = FALSE, sealed = any_sealed (ledger);

  for (guint i = 0; i < ledger->devices->len; i++)
    {
      LensCoverageStatus status = status_of (ledger, i, sent[i].units[bit]);
      row->examined += sent[i].units[bit];
      differ |= status != status_of (ledger, 0, sent[0].units[bit]);
    }
  row->status = sealed              ? LENS_COVERAGE_NOT_EXAMINABLE
                : row->examined > 0 ? LENS_COVERAGE_EXAMINED
                                    : LENS_COVERAGE_NOT_PRESENT;
  for (guint i = 0; differ && i < ledger->devices->len; i++)
    {
      LensCoverageDevice *device = lens_coverage_row_add_device (row);
      device->device = g_strdup (((LensDevice *)g_ptr_array_index (ledger->devices, i))->name);
      device->examined = sent[i].units[bit];
      device->status = status_of (ledger, i, device->examined);
    }
  if (sealed && row->note == NULL)
    row->note = g_strdup ("Packets that 802.11 encrypts were not looked at.");
}

static gint
place_elsewhere (const char *channel)
{
  for (guint i = 0; i < G_N_ELEMENTS (elsewhere); i++)
    if (g_str_equal (elsewhere[i].channel, channel))
      return (gint)i;
  return -1;
}

LensReach
lens_coverage_reach (const char *channel, const char **note)
{
  gint place = place_elsewhere (channel);
  const LensResidual *residual = lens_residual_of (channel);

  *note = NULL;
  if (g_str_equal (channel, "ledger-unexplained"))
    return LENS_REACH_LEDGER;
  if (g_str_equal (channel, "witness-difference"))
    {
      *note = "Needs a live run: the puller's log beside the capture.";
      return LENS_REACH_LEDGER;
    }
  if (place >= 0)
    {
      *note = elsewhere[place].note;
      return LENS_REACH_ELSEWHERE;
    }
  if (residual != NULL)
    {
      *note = residual->note;
      return LENS_REACH_BOUND;
    }
  if (g_str_equal (channel, "flow-out-of-band-radio"))
    {
      *note = "Radio and light leave no octets on the wire.";
      return LENS_REACH_UNSEEN;
    }
  return LENS_REACH_NOWHERE;
}

/* Returns how many units there were. */
static guint64
fill_bound (LensLedger *ledger, const LensSent *sent, const LensResidual *residual,
            LensCoverageRow *row)
{
  guint64 all = 0;
  double bound = 0;

  for (guint i = 0; i < ledger->devices->len; i++)
    {
      guint64 units = residual->units (&sent[i]);
      all += units;
      bound += (double)units * residual->bits / lens_ledger_seconds (ledger, (gint)i);
    }
  if (all > 0)
    row->bound_bps = bound;
  return all;
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

/* What lasts for hours is not seen in less. */
static void
demand_hours (LensLedger *ledger, LensCoverageRow *row)
{
  double longest = 0;

  for (guint i = 0; i < ledger->devices->len; i++)
    longest = MAX (longest, lens_ledger_seconds (ledger, (gint)i));
  if (longest >= 3600 || row->status != LENS_COVERAGE_EXAMINED)
    return;
  row->status = LENS_COVERAGE_NOT_EXAMINABLE;
  row->note = g_strdup ("Needs a capture of an hour or more.");
}

/* What a viewer received is known only where one was watched. */
static void
demand_log (const LensLedger *ledger, LensCoverageRow *row)
{
  if (ledger->log != NULL || row->status != LENS_COVERAGE_EXAMINED)
    return;
  row->status = LENS_COVERAGE_NOT_EXAMINABLE;
  row->note = g_strdup ("Needs a live run: the puller's log beside the capture.");
}

/* A channel that no analyzer of this run has. */
static void
fill_without_analyzer (LensLedger *ledger, const LensEvaluation *evaluation, const LensSent *sent,
                       LensCoverageRow *row)
{
  const char *note;
  LensReach reach = lens_coverage_reach (row->channel, &note);
  gboolean left_out
      = ledger->options.partial && (reach == LENS_REACH_ELSEWHERE || reach == LENS_REACH_NOWHERE);

  if (left_out)
    note = "Left out by --only, or not implemented.";
  row->note = g_strdup (note);
  if (left_out || reach == LENS_REACH_UNSEEN)
    row->status = LENS_COVERAGE_NOT_EXAMINABLE;
  else if (reach == LENS_REACH_NOWHERE)
    row->status = LENS_COVERAGE_NOT_IMPLEMENTED;
  else if (reach == LENS_REACH_BOUND)
    {
      row->examined = fill_bound (ledger, sent, lens_residual_of (row->channel), row);
      row->status = row->examined > 0 || any_sealed (ledger) ? LENS_COVERAGE_NOT_EXAMINABLE
                                                             : LENS_COVERAGE_NOT_PRESENT;
    }
  else if (reach == LENS_REACH_ELSEWHERE)
    fill_examined (ledger, sent, elsewhere[place_elsewhere (row->channel)].unit, row);
  else if (g_str_equal (row->channel, "witness-difference"))
    {
      row->examined = evaluation->witnesses->len;
      row->status = row->examined > 0 ? LENS_COVERAGE_EXAMINED : LENS_COVERAGE_NOT_PRESENT;
    }
  else
    fill_examined (ledger, sent, LENS_UNIT_FRAME, row);
}

/* What an analyzer could not remember it did not examine. */
static void
demand_memory (LensLedger *ledger, LensCoverageRow *row)
{
  guint sides = 0;

  for (guint i = 0; i < ledger->options.n_analyzers; i++)
    for (const LensChannelText *text = ledger->options.analyzers[i]->channels;
         ledger->full[i] != NULL && text->id != NULL; text++)
      if (g_str_equal (text->id, row->channel))
        sides += lens_ledger_unremembered (ledger, ledger->options.analyzers[i]);
  if (sides == 0 || row->status != LENS_COVERAGE_EXAMINED)
    return;
  row->status = LENS_COVERAGE_NOT_EXAMINABLE;
  g_free (row->note);
  row->note
      = g_strdup_printf ("The analyzer had no room to remember all of %u direction%s of flows.",
                         sides, sides == 1 ? "" : "s");
}

void
lens_ledger_fill_coverage (LensLedger *ledger, LensEvaluation *evaluation)
{
  g_autofree LensSent *sent = count_sent (ledger);

  for (gsize i = 0; i < lens_n_channels; i++)
    {
      const char *id = lens_channels[i].id;
      const LensChannelText *text = examined_by (ledger, id);
      const LensResidual *residual = lens_residual_of (id);
      LensCoverageRow *row = lens_evaluation_add_coverage (evaluation);
      row->channel = g_strdup (id);
      if (text == NULL)
        {
          fill_without_analyzer (ledger, evaluation, sent, row);
          continue;
        }
      fill_examined (ledger, sent, text->unit, row);
      if (residual != NULL)
        {
          g_free (row->note);
          row->note = g_strdup (residual->note);
          fill_bound (ledger, sent, residual, row);
        }
      if (g_str_equal (id, "flow-long-lived-idle-tunnel"))
        demand_hours (ledger, row);
      if (g_str_equal (id, "evaluator-blind"))
        demand_log (ledger, row);
      if (g_str_equal (id, "dns-name-allowlist"))
        demand_closed_names (ledger, row);
      demand_memory (ledger, row);
    }
}

void
lens_coverage_tell_missing (LensEvaluation *evaluation)
{
  guint missing = 0;

  for (guint i = 0; i < evaluation->coverage->len; i++)
    missing += ((const LensCoverageRow *)g_ptr_array_index (evaluation->coverage, i))->status
               == LENS_COVERAGE_NOT_IMPLEMENTED;
  if (missing > 0)
    g_ptr_array_add (evaluation->reasons,
                     g_strdup_printf (missing == 1
                                          ? "%u channel is not implemented in this version"
                                          : "%u channels are not implemented in this version",
                                      missing));
}
