/* rtsp-unsetup: what travels on interleaved channels that nobody set up?
 *
 * RFC 2326 section 10.12: a `$`, a channel and a length put binary data between RTSP messages;
 * the channels are those of the SETUP replies (and with one granted, RTCP has the next).  A
 * player skips any other channel.
 *
 *   room   8 bits per octet of such a frame
 *   use    the same, unless the connection began before the capture or the capture has a hole
 * before its media: a SETUP may have been there
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"
#include "wire/transport.h"

static const LensChannelText channels[] = {
  { .id = "rtsp-interleaved-unsetup",
    .summary = "Data travels beside the video on channels that no session set up; every player "
               "skips it.",
    .room = "Data travels on channels whose set-up was not captured.",
    .filter_hint = "rtsp.channel",
    .reference = "RFC 2326 section 10.12; RFC 7826 section 14",
    .hides = TRUE,
    .unit = LENS_UNIT_RTSP },
  { NULL },
};

/* Which channels, as bits, by the flow. */
typedef struct
{
  GHashTable *flows; /* LensFlow -> guint8[256 / 8] */
} RtspUnsetup;

static guint8 *
channels_of (RtspUnsetup *state, LensFlow *flow)
{
  if (state->flows == NULL)
    state->flows = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  guint8 *seen = g_hash_table_lookup (state->flows, flow);
  if (seen == NULL)
    {
      seen = g_new0 (guint8, 256 / 8);
      g_hash_table_insert (state->flows, flow, seen);
    }
  return seen;
}

/* Every SETUP of the connection was there to be read. */
static gboolean
may_be_read (const LensFlow *flow)
{
  return flow->opened && !flow->setup_unread;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtsp-interleaved-unsetup", unit, NULL);
  gsize length = unit->view.length;

  channels_of (data, unit->side->flow)[unit->channel / 8] |= (guint8)(1u << unit->channel % 8);
  lens_ledger_room (ledger, carrier, unit, 8 * length);
  if (may_be_read (unit->side->flow))
    lens_ledger_use (ledger, carrier, unit, 8 * length, 0, length);
}

static char *
channels_text (RtspUnsetup *state, LensFlow *flow)
{
  GString *text = g_string_new ("Channels");
  const guint8 *seen = channels_of (state, flow);

  for (guint i = 0; i < 256; i++)
    if ((seen[i / 8] >> i % 8 & 1) != 0)
      g_string_append_printf (text, " %u", i);
  g_string_append (text, !flow->opened ? ". The connection began before the capture."
                         : flow->setup_unread
                             ? ". The capture missed octets where they may have been set up."
                             : ". Servers with the live555 stale-session fault are known to go on "
                               "sending an ended session's media this way.");
  return g_string_free (text, FALSE);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->channel, "rtsp-interleaved-unsetup"))
        continue;
      g_autofree char *detail = channels_text (data, carrier->side->flow);
      if (carrier->uses > 0)
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, detail);
      else
        lens_ledger_find_room (ledger, carrier, detail);
    }
}

static void
clear (gpointer data)
{
  RtspUnsetup *state = data;

  g_clear_pointer (&state->flows, g_hash_table_unref);
}

/* Frames on a channel far from those that sessions are granted first. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  guint8 number = (guint8)(100 + lens_seed_bed_below (bed, 156)), octets[1000];
  LensUnitKind kind = lens_seed_bed_below (bed, 2) == 0 ? LENS_UNIT_RTP : LENS_UNIT_RTCP;
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, kind, &place))
    {
      if (place.side->key.protocol != LENS_PROTOCOL_TCP || place.spare < sizeof octets)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets - 4);
      if (count > 0)
        lens_seed_bed_insert_frame (bed, number, octets, count);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtsp_unsetup = {
  .name = "rtsp-unsetup",
  .question = "Does anything travel on interleaved channels that no SETUP granted?",
  .source = "RFC 2326 section 10.12; RFC 7826 section 14",
  .units = LENS_UNIT_UNSETUP,
  .channels = channels,
  .state_size = sizeof (RtspUnsetup),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
