#include "ledger/hint.h"

#include "ledger/track.h"

#include <string.h>

enum
{
  IP_TCP = 6,
  IP_UDP = 17,
  MAX_PORTS = 4,
  RTSP_PORT = 554,
  RTSP_OTHER_PORT = 8554,
};

/* How Wireshark 4.0 comes to dissect a protocol. */
typedef enum
{
  START_ALWAYS,   /* by the header before it */
  START_ETHERNET, /* there only; what is behind a packet may be read as more of it */
  START_PORT,     /* over UDP, by port */
  START_STREAM,   /* over TCP, by port */
  START_RTP,      /* by a SETUP that it could read; what is inside by no description, but by the
                     payload type where RFC 3551 gives it a codec */
} Start;

typedef struct
{
  const char *protocol;
  Start start;
  guint16 ports[MAX_PORTS];
} Dissector;

static const Dissector dissectors[] = {
  { "arp", START_ALWAYS, { 0 } },
  { "cdp", START_ALWAYS, { 0 } },
  { "dhcp", START_PORT, { 67, 68 } },
  { "dhcpv6", START_PORT, { 546, 547 } },
  { "dns", START_PORT, { 53 } },
  { "eap", START_ALWAYS, { 0 } },
  { "eapol", START_ALWAYS, { 0 } },
  { "eth", START_ETHERNET, { 0 } },
  { "http", START_STREAM, { 80, 8080 } },
  { "icmp", START_ALWAYS, { 0 } },
  { "icmpv6", START_ALWAYS, { 0 } },
  { "igmp", START_ALWAYS, { 0 } },
  { "ip", START_ALWAYS, { 0 } },
  { "ipv6", START_ALWAYS, { 0 } },
  { "jpeg", START_RTP, { 0 } },
  { "llc", START_ALWAYS, { 0 } },
  { "lldp", START_ALWAYS, { 0 } },
  { "llmnr", START_PORT, { 5355 } },
  { "macc", START_ALWAYS, { 0 } },
  { "mdns", START_PORT, { 5353 } },
  { "mqtt", START_STREAM, { 1883 } },
  { "ntp", START_PORT, { 123 } },
  { "rtcp", START_RTP, { 0 } },
  { "rtp", START_RTP, { 0 } },
  { "rtsp", START_STREAM, { RTSP_PORT, RTSP_OTHER_PORT } },
  { "sdp", START_STREAM, { RTSP_PORT, RTSP_OTHER_PORT } },
  { "sip", START_PORT, { 5060 } },
  { "ssdp", START_PORT, { 1900 } },
  { "stp", START_ALWAYS, { 0 } },
  { "stun", START_PORT, { 3478 } },
  { "tcp", START_ALWAYS, { 0 } },
  { "tftp", START_PORT, { 69 } },
  { "tls", START_STREAM, { 443 } },
  { "udp", START_ALWAYS, { 0 } },
  { "vlan", START_ALWAYS, { 0 } },
};

static const Dissector *
dissector_called (const char *protocol, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (dissectors); i++)
    if (strlen (dissectors[i].protocol) == length
        && strncmp (dissectors[i].protocol, protocol, length) == 0)
      return &dissectors[i];
  return NULL;
}

static gboolean
has_port (const Dissector *dissector, const LensSideKey *key)
{
  for (guint i = 0; i < MAX_PORTS && dissector->ports[i] != 0; i++)
    if (key->sport == dissector->ports[i] || key->dport == dissector->ports[i])
      return TRUE;
  return FALSE;
}

/* Whether Wireshark reads the session that set the track up. */
static gboolean
is_set_up (const LensTrack *track)
{
  const LensStream *stream = track != NULL ? track->stream : NULL;

  return stream != NULL && track->setup && !track->inferred && !track->encrypted
         && !stream->inferred && !stream->sealed && !stream->multicast
         && (stream->port == RTSP_PORT || stream->port == RTSP_OTHER_PORT);
}

static gboolean
starts (const Dissector *dissector, const LensCarrier *carrier, gboolean ethernet)
{
  const LensSideKey *key = &carrier->side->key;

  switch (dissector->start)
    {
    case START_PORT:
      return key->protocol == IP_UDP && has_port (dissector, key);
    case START_STREAM:
      return key->protocol == IP_TCP && has_port (dissector, key);
    case START_RTP:
      return is_set_up (carrier->track);
    case START_ETHERNET:
      return ethernet;
    default:
      return TRUE;
    }
}

/* Whether a word of a filter is a protocol or a field, and not an operator or a value. */
static gboolean
is_field (const char *filter, const char *word, gsize length)
{
  static const char *const operators[] = { "in", "contains", "matches", "and", "or", "not" };

  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    if (strlen (operators[i]) == length && strncmp (word, operators[i], length) == 0)
      return FALSE;
  return g_ascii_isalpha (*word) && (word == filter || strchr (" !(|&", word[-1]) != NULL);
}

/* Whether each protocol that a filter names is dissected there; *perhaps: one of them as far as
 * its octets let Wireshark, or at the last frame of a message only. */
static gboolean
all_start (const char *filter, const LensCarrier *carrier, gboolean ethernet, gboolean *perhaps)
{
  gboolean quoted = FALSE;

  for (const char *at = filter; *at != '\0';)
    {
      const gsize length = strspn (at, "abcdefghijklmnopqrstuvwxyz0123456789-_.");
      quoted ^= *at == '"';
      if (length == 0 || quoted || !is_field (filter, at, length))
        {
          at += MAX (length, 1);
          continue;
        }
      const gsize name = MIN (strcspn (at, "."), length);
      const Dissector *dissector = dissector_called (at, name);
      if (dissector == NULL || !starts (dissector, carrier, ethernet))
        return FALSE;
      *perhaps |= dissector->start >= START_ETHERNET;
      at += length;
    }
  return TRUE;
}

/* --- addresses --- */

static void put (GString *filter, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
put (GString *filter, const char *format, ...)
{
  va_list arguments;

  if (filter->len > 0)
    g_string_append (filter, " && ");
  va_start (arguments, format);
  g_string_append_vprintf (filter, format, arguments);
  va_end (arguments);
}

static void
put_hosts (GString *filter, const LensSideKey *key)
{
  char text[LENS_ADDRESS_TEXT];

  if (key->src.version != 0)
    put (filter, "%s.src == %s", key->src.version == 4 ? "ip" : "ipv6",
         lens_address_text (&key->src, text));
  if (key->dst.version != 0)
    put (filter, "%s.dst == %s", key->dst.version == 4 ? "ip" : "ipv6",
         lens_address_text (&key->dst, text));
}

/* FALSE: there are none to put. */
static gboolean
put_ports (GString *filter, const LensCarrier *carrier)
{
  const LensSideKey *key = &carrier->side->key;
  const char *protocol = key->protocol == IP_TCP ? "tcp" : key->protocol == IP_UDP ? "udp" : NULL;
  const gsize before = filter->len;

  if (protocol == NULL)
    return FALSE;
  if (carrier->one_flow && key->sport != 0)
    put (filter, "%s.srcport == %u", protocol, key->sport);
  if ((carrier->one_flow || carrier->one_port) && key->dport != 0)
    put (filter, "%s.dstport == %u", protocol, key->dport);
  return filter->len > before;
}

static void
put_mac (GString *filter, const char *field, const guint8 mac[6])
{
  put (filter, "%s == %02x:%02x:%02x:%02x:%02x:%02x", field, mac[0], mac[1], mac[2], mac[3], mac[4],
       mac[5]);
}

/* Who speaks to whom, where there is one pair. */
static void
put_pair (GString *filter, const LensCarrier *carrier, gboolean ethernet)
{
  const LensSideKey *key = &carrier->side->key;

  if (carrier->shared)
    return;
  put_hosts (filter, key);
  if (filter->len > 0 || !ethernet)
    return;
  if ((key->has_mac & 1) != 0)
    put_mac (filter, "eth.src", key->src_mac);
  if ((key->has_mac & 2) != 0)
    put_mac (filter, "eth.dst", key->dst_mac);
}

/* @wanted, of that pair only. */
static void
put_wanted (GString *filter, const char *wanted, const LensCarrier *carrier, gboolean ethernet)
{
  g_autoptr (GString) pair = g_string_new (NULL);
  const gboolean choice = strstr (wanted, " || ") != NULL || strstr (wanted, " or ") != NULL;

  put_pair (pair, carrier, ethernet);
  if (pair->len == 0)
    g_string_append (filter, wanted);
  else
    g_string_append_printf (filter, choice ? "(%s) && %s" : "%s && %s", wanted, pair->str);
}

char *
lens_hint_new (const char *wanted, const LensCarrier *carrier, gboolean ethernet)
{
  const LensSide *side = carrier->side;
  const guint64 first = lens_frame_set_first (&carrier->frames);
  GString *filter = g_string_new (NULL);
  gboolean perhaps = FALSE;

  if (wanted != NULL && all_start (wanted, carrier, ethernet, &perhaps))
    {
      put_wanted (filter, wanted, carrier, ethernet);
      perhaps |= side->of_fragments || (!ethernet && side->key.src.version == 0);
    }
  else
    {
      put_pair (filter, carrier, ethernet);
      perhaps = filter->len > 0 && put_ports (filter, carrier) && side->of_fragments;
    }
  if (filter->len == 0)
    g_string_append_printf (filter, "frame.number >= %" G_GUINT64_FORMAT, first);
  else if (perhaps || side->rare->outer != NULL)
    g_string_append_printf (filter, " || frame.number == %" G_GUINT64_FORMAT, first);
  return g_string_free (filter, FALSE);
}
