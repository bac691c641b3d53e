/* rtsp-unsetup: what travels on interleaved channels that nobody set up?
 *
 * RFC 2326 section 10.12: a `$`, a channel and a length put binary data between RTSP messages;
 * the channels are those of the SETUP replies (and with one granted, RTCP has the next).  A
 * player skips any other channel.
 *
 *   room   8 bits per octet of such a frame
 *   use    the same, unless the connection began before the capture or the capture has a hole
 * before its media, or nothing that was sent to the device: a SETUP may have been there
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"
#include "ledger/text.h"
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

enum
{
  TYPES = 128,    /* of payload, RFC 3550 section 5.1 */
  MAX_LINES = 16, /* m= lines that are remembered */
  MAX_LINE = 64,  /* octets of one that are shown */
};

/* What came on channels that nobody set up, and what was described, of one connection. */
typedef struct
{
  guint8 channels[256 / 8]; /* as bits */
  guint8 types[TYPES / 8];  /* of what looks like RTP, as bits */
  guint8 line_of[TYPES];    /* of the m= line that has the type, from 1; 0: none */
  GPtrArray *lines;         /* char *: m= lines */
} Seen;

typedef struct
{
  GHashTable *flows; /* LensFlow -> Seen */
} RtspUnsetup;

static void
seen_free (gpointer data)
{
  Seen *seen = data;

  g_ptr_array_unref (seen->lines);
  g_free (seen);
}

static Seen *
seen_of (RtspUnsetup *state, LensFlow *flow)
{
  if (state->flows == NULL)
    state->flows = g_hash_table_new_full (NULL, NULL, NULL, seen_free);
  Seen *seen = g_hash_table_lookup (state->flows, flow);
  if (seen == NULL)
    {
      seen = g_new0 (Seen, 1);
      seen->lines = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (state->flows, flow, seen);
    }
  return seen;
}

static void
put (guint8 *set, guint bit)
{
  set[bit / 8] |= (guint8)(1u << bit % 8);
}

static gboolean
has (const guint8 *set, guint bit)
{
  return (set[bit / 8] >> bit % 8 & 1) != 0;
}

static void
see_line (Seen *seen, const LensUnit *unit, const LensSdpLine *line)
{
  const LensSdpMedia *media = g_ptr_array_index (unit->sdp->media, line->media);
  const char *text = (const char *)unit->view.octets + line->offset;

  g_ptr_array_add (seen->lines,
                   lens_text_printable ((const guint8 *)text, MIN (line->text, MAX_LINE)));
  for (guint i = 0; i < media->formats->len; i++)
    {
      guint64 type;
      if (g_ascii_string_to_unsigned (g_ptr_array_index (media->formats, i), 10, 0, TYPES - 1,
                                      &type, NULL))
        seen->line_of[type] = (guint8)seen->lines->len;
    }
}

/* What the session has, by its description. */
static void
see_description (RtspUnsetup *state, const LensUnit *unit)
{
  Seen *seen = seen_of (state, unit->side->flow);

  for (guint i = 0; i < unit->sdp->lines->len; i++)
    {
      const LensSdpLine *line = &g_array_index (unit->sdp->lines, LensSdpLine, i);
      if (line->type == 'm' && line->media >= 0 && seen->lines->len < MAX_LINES)
        see_line (seen, unit, line);
    }
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
  gsize length = unit->view.length;
  LensRtp rtp;

  if (unit->kind == LENS_UNIT_SDP)
    {
      see_description (data, unit);
      return;
    }
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtsp-interleaved-unsetup", unit, NULL);
  Seen *seen = seen_of (data, unit->side->flow);
  put (seen->channels, unit->channel);
  if (lens_rtp_plausible (unit->view.octets, length)
      && lens_rtp_parse (unit->view.octets, length, &rtp))
    put (seen->types, rtp.payload_type);
  lens_ledger_room (ledger, carrier, unit, 8 * length);
  if (may_be_read (unit->side->flow))
    lens_ledger_use (ledger, carrier, unit, 8 * length, 0, length);
}

/* The m= lines of what was described, if it is that. */
static void
add_lines (GString *text, const Seen *seen)
{
  guint32 told = 0;

  for (guint type = 0; type < TYPES; type++)
    {
      guint line = seen->line_of[type];
      if (!has (seen->types, type) || line == 0 || (told >> line & 1) != 0)
        continue;
      told |= 1u << line;
      g_string_append_printf (text,
                              " Payload type %u is that of \"%s\", which the session describes.",
                              type, (const char *)g_ptr_array_index (seen->lines, line - 1));
    }
}

static char *
channels_text (RtspUnsetup *state, LensFlow *flow, gboolean one_way)
{
  GString *text = g_string_new ("Channels");
  const Seen *seen = seen_of (state, flow);

  for (guint i = 0; i < 256; i++)
    if (has (seen->channels, i))
      g_string_append_printf (text, " %u", i);
  g_string_append (text, one_way         ? ". The capture has nothing that was sent to the device."
                         : !flow->opened ? ". The connection began before the capture."
                         : flow->setup_unread
                             ? ". The capture missed octets where they may have been set up."
                             : ". Servers with the live555 stale-session fault are known to go on "
                               "sending an ended session's media this way.");
  add_lines (text, seen);
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
      g_autofree char *detail = channels_text (data, carrier->side->flow,
                                               lens_ledger_is_one_way (ledger, carrier->side));
      if (carrier->uses > 0 && !lens_ledger_is_one_way (ledger, carrier->side))
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
  .units = LENS_UNIT_UNSETUP | LENS_UNIT_SDP,
  .channels = channels,
  .state_size = sizeof (RtspUnsetup),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
