/* peer-to-peer: by which protocols does the device go past its owner?
 *
 * Makers' own ways past a router, brokers of a cloud, platforms that cameras register with, and
 * what pushes pictures and messages out, told by the form of their messages (wire/p2p.h).
 *
 * Benign: what the owner declared.  Where nobody declared anything, public protocols are an
 * undeclared flow like others; a maker's own protocol that carries data hides it from whoever
 * looks for a public one.  Its call to all on the link, as other discovery, is allowed while it
 * carries nothing.  A neighbour who asks a device in its maker's protocol is its viewer.
 *
 *   use    8 bits for each octet that such a message carries
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"
#include "wire/p2p.h"

#include <netinet/in.h>
#include <string.h>

/* Units of a connection after which it is something else. */
#define TRIES 4
/* Datagrams of a kind whose form is short: fewer may be chance. */
#define LEAST_PPPP 3

/* Of a flow, by its index. */
typedef struct
{
  guint8 protocol; /* LensP2p */
  guint8 tries;
} Flow;

typedef struct
{
  GArray *flows;
} PeerToPeer;

enum
{
  PPPP,
  KALAY,
  MQTT,
  GB28181,
  PUSH,
};

static const LensChannelText channels[] = {
  [PPPP] = { .id = "p2p-pppp",
             .summary = "The device speaks PPPP, by which it can be reached past the router.",
             .reference = "observed: fbertone/32100-dissector",
             .hides = TRUE,
             .unit = LENS_UNIT_CONTENT },
  [KALAY] = { .id = "p2p-kalay-tutk",
              .summary = "The device speaks its maker's own protocol, by which it can be reached "
                         "past the router.",
              .reference = "CVE-2021-28372; observed: Baichuan dissector of neolink",
              .hides = TRUE,
              .unit = LENS_UNIT_CONTENT },
  [MQTT] = { .id = "mqtt-amqp-cloud",
             .summary = "The device talks to a message broker.",
             .reference = "OASIS MQTT 3.1.1 section 3.1; AMQP 0-9-1 section 4.2.2",
             .unit = LENS_UNIT_CONTENT },
  [GB28181] = { .id = "gb28181-sip-ps",
                .summary = "The device registers with a platform of GB/T 28181, which can then "
                           "ask for its pictures.",
                .reference = "GB/T 28181; RFC 3261",
                .unit = LENS_UNIT_CONTENT },
  [PUSH] = { .id = "isup-ehome-rtmp-push",
             .summary = "The device pushes pictures, files or messages to another host.",
             .reference = "IANA service names; Adobe RTMP 1.0 section 5.2; RFC 959; RFC 5321",
             .unit = LENS_UNIT_CONTENT },
  { NULL },
};

static const char *
channel_of (LensP2p protocol)
{
  switch (protocol)
    {
    case LENS_P2P_PPPP:
      return channels[PPPP].id;
    case LENS_P2P_MQTT:
    case LENS_P2P_AMQP:
      return channels[MQTT].id;
    case LENS_P2P_SIP:
      return channels[GB28181].id;
    default:
      return channels[lens_p2p_is_makers (protocol) ? KALAY : PUSH].id;
    }
}

static Flow *
flow_of (PeerToPeer *state, const LensUnit *unit)
{
  guint index = unit->side->flow->index;

  if (state->flows == NULL)
    state->flows = g_array_new (FALSE, TRUE, sizeof (Flow));
  if (index >= state->flows->len)
    g_array_set_size (state->flows, MAX (index + 1, 2 * state->flows->len));
  return &g_array_index (state->flows, Flow, index);
}

static void
take (LensLedger *ledger, const LensUnit *unit, LensP2p protocol, gsize octets)
{
  LensCarrier *carrier
      = lens_ledger_carrier (ledger, channel_of (protocol), unit, lens_p2p_name (protocol));

  lens_ledger_use (ledger, carrier, unit, 8 * octets, 0, unit->view.length);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensSideKey *key = &unit->side->key;
  gboolean udp = key->protocol == IPPROTO_UDP;
  LensP2pMessage message;

  if (!udp && key->protocol != IPPROTO_TCP)
    return;
  Flow *flow = flow_of (state, unit);
  if (!udp && flow->protocol != LENS_P2P_NONE)
    {
      take (ledger, unit, (LensP2p)flow->protocol, unit->view.length);
      return;
    }
  if (!udp && flow->tries >= TRIES)
    return;
  flow->tries = (guint8)MIN (flow->tries + 1, TRIES);
  if (!lens_p2p_parse (udp, key->sport, key->dport, unit->view.octets, unit->view.length, &message))
    return;
  flow->protocol = (guint8)message.protocol;
  take (ledger, unit, message.protocol, message.data.length);
}

static LensP2p
protocol_of (const LensCarrier *carrier)
{
  for (guint i = 1; i < LENS_N_P2P; i++)
    if (g_str_equal (carrier->subject, lens_p2p_name ((LensP2p)i)))
      return (LensP2p)i;
  return LENS_P2P_NONE;
}

static LensSeverity
severity_of (LensLedger *ledger, const LensCarrier *carrier)
{
  LensP2p protocol = protocol_of (carrier);
  LensSeverity severity = lens_ledger_severity (ledger, carrier);
  gboolean media = protocol == LENS_P2P_RTMP || protocol == LENS_P2P_SRT;
  gboolean asked = carrier->side->reverse && carrier->side->key.protocol == IPPROTO_TCP
                   && !lens_ledger_leaves_link (ledger, carrier->side);

  if (lens_ledger_permits (ledger, carrier->side->flow)
      || (carrier->used_bits == 0 && lens_ledger_is_discovery (ledger, carrier->side->flow)))
    return LENS_SEVERITY_INFO;
  if (lens_ledger_has_declaration (ledger, carrier->side)
      && lens_ledger_may_be_service (ledger, carrier->side->flow) == NULL)
    return severity;
  if (carrier->used_bits == 0 || asked || (!media && !lens_p2p_is_makers (protocol)))
    return LENS_SEVERITY_LOW;
  return MAX (severity, LENS_SEVERITY_MEDIUM);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "peer-to-peer") || carrier->uses == 0
          || (protocol_of (carrier) == LENS_P2P_PPPP && carrier->uses < LEAST_PPPP))
        continue;
      g_autofree char *detail = g_strdup_printf (
          "%s, %" G_GUINT64_FORMAT " messages%s.", carrier->subject, carrier->uses,
          carrier->used_bits == 0 ? " that carry nothing but the protocol itself" : "");
      lens_ledger_find (ledger, carrier, severity_of (ledger, carrier), NULL, detail);
    }
}

static void
clear (gpointer state)
{
  PeerToPeer *peers = state;

  g_clear_pointer (&peers->flows, g_array_unref);
}

/* --- seeds --- */

static void
put (GByteArray *into, const void *octets, gsize length)
{
  g_byte_array_append (into, octets, (guint)length);
}

/* One message around @text. */
static void
put_message (LensSeedBed *bed, const char *channel, const char *text, gsize length,
             GByteArray *into)
{
  guint8 random[20];

  lens_seed_bed_fill (bed, random, sizeof random);
  g_byte_array_set_size (into, 0);
  if (g_str_equal (channel, channels[PPPP].id))
    {
      put (into, (const guint8[]){ 0xf1, 0xd0, 0, (guint8)(length + 4), 0xd1, 0 }, 6);
      put (into, random, 2);
    }
  else if (g_str_equal (channel, channels[KALAY].id))
    {
      put (into, "PTCP", 4);
      put (into, random, 20);
      put (into, (const guint8[]){ 0x10, 0, 0, (guint8)length, 0, 0, 0, 1, 0, 0, 0, 0 }, 12);
    }
  else if (g_str_equal (channel, channels[MQTT].id))
    {
      /* CONNECT, clean session, the message as client identifier. */
      put (into, (const guint8[]){ 0x10, (guint8)(12 + length) }, 2);
      put (into, (const guint8[]){ 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, (guint8)length }, 12);
    }
  else if (g_str_equal (channel, channels[GB28181].id))
    put (into, "MESSAGE sip:34020000002000000001@3402000000 SIP/2.0\r\nX: ", 57);
  else
    put (into, "<14>camera: ", 12);
  put (into, text, length);
}

/* To a host that nobody named. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gboolean mqtt = g_str_equal (channel, channels[MQTT].id);
  LensAddress stranger = { .version = 4 };
  LensSeedPlace place;
  char text[60];
  g_autoptr (GByteArray) message = g_byte_array_new ();
  guint16 sport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x4000));
  guint16 dport = g_str_equal (channel, channels[PUSH].id) ? 514
                  : g_str_equal (channel, channels[GB28181].id)
                      ? 5060
                      : (guint16)(2000 + lens_seed_bed_below (bed, 0x4000));

  lens_seed_bed_fill (bed, stranger.octets, 4);
  stranger.octets[0] = (guint8)(128 + lens_seed_bed_below (bed, 40));
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      gsize count = lens_seed_bed_take_text (bed, text, sizeof text);
      if (count == 0)
        continue;
      put_message (bed, channel, text, count, message);
      if (mqtt)
        lens_seed_bed_send_tcp (bed, &stranger, sport++, 1883, 1, message->data, message->len);
      else
        lens_seed_bed_send_udp (bed, &stranger, sport, dport, message->data, message->len);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_peer_to_peer = {
  .name = "peer-to-peer",
  .question = "By which protocols does the device go past its owner?",
  .source = "CVE-2021-28372; OASIS MQTT 3.1.1; AMQP 0-9-1; GB/T 28181; Adobe RTMP 1.0",
  .severity = LENS_SEVERITY_RULE_PEER,
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (PeerToPeer),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
