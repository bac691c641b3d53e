#include "ledger/profile-values.h"

#include <string.h>

/* The puller's own limit is a little higher. */
#define URL_MAX_OCTETS 2000

static const char *const transport_names[] = { "tcp", "udp", "multicast", "http", "tls", NULL };
static const char *const kind_names[]
    = { "camera", "recorder", "intercom", "entry", "other", NULL };
static const char *const track_names[] = { "video", "audio", "metadata", NULL };

static const struct
{
  const char *name;
  guint bit;
} discovery_names[] = {
  { "arp", LENS_DISCOVERY_ARP },       { "nd", LENS_DISCOVERY_ND },
  { "dhcp", LENS_DISCOVERY_DHCP },     { "igmp", LENS_DISCOVERY_IGMP },
  { "mld", LENS_DISCOVERY_IGMP },      { "mdns", LENS_DISCOVERY_MDNS },
  { "ssdp", LENS_DISCOVERY_SSDP },     { "ws-discovery", LENS_DISCOVERY_WSD },
  { "lldp", LENS_DISCOVERY_LLDP },     { "cdp", LENS_DISCOVERY_CDP },
  { "nbns", LENS_DISCOVERY_NBNS },     { "llmnr", LENS_DISCOVERY_LLMNR },
  { "vendor", LENS_DISCOVERY_VENDOR },
};

const char *
lens_stream_transport_name (LensStreamTransport transport)
{
  return transport_names[transport];
}

static gpointer
field (LensProfileValue *value, gsize offset)
{
  return (guint8 *)value->target + offset;
}

static gboolean
index_of (const char *text, const char *const *names, guint *index)
{
  for (*index = 0; names[*index] != NULL; (*index)++)
    if (g_str_equal (text, names[*index]))
      return TRUE;
  return FALSE;
}

static gboolean
number_between (const char *text, guint64 least, guint64 most, guint64 *number)
{
  return g_ascii_isdigit (text[0])
         && g_ascii_string_to_unsigned (text, 10, least, most, number, NULL);
}

/* The entries between commas, stripped; a comma may end the list.  NULL: an empty entry. */
static GStrv
entries (LensProfileValue *value)
{
  g_auto (GStrv) parts = g_strsplit (value->text, ",", -1);
  guint n = g_strv_length (parts), n_empty = 0;

  for (guint i = 0; i < n; i++)
    n_empty += g_strstrip (parts[i])[0] == '\0';
  if (n > 1 && n_empty == 1 && parts[n - 1][0] == '\0')
    g_clear_pointer (&parts[n - 1], g_free);
  else if (n == 0 || n_empty > 0)
    {
      value->problem = "has an empty entry";
      return NULL;
    }
  return g_steal_pointer (&parts);
}

/* --- takers for many keys --- */

gboolean
lens_profile_take_text (LensProfileValue *value, gsize offset)
{
  char **text = field (value, offset);

  for (const char *at = value->text; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  *text = g_strdup (value->text);
  return g_utf8_strlen (value->text, -1) <= 1024 && value->text[0] != '\0';
}

gboolean
lens_profile_take_notes (LensProfileValue *value, gsize offset)
{
  *(char **)field (value, offset) = g_strdup (value->text);
  return TRUE;
}

gboolean
lens_profile_take_bytes (LensProfileValue *value, gsize offset)
{
  return number_between (value->text, 1, G_MAXINT64, field (value, offset));
}

gboolean
lens_profile_take_seconds (LensProfileValue *value, gsize offset)
{
  guint64 seconds = 0;
  gboolean ok = number_between (value->text, 0, 31 * 24 * 3600, &seconds);

  *(guint *)field (value, offset) = (guint)seconds;
  return ok;
}

/* --- names and peers --- */

static gboolean
is_label (const char *label, gsize length)
{
  if (length == 0 || length > 63 || label[0] == '-' || label[length - 1] == '-')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (label[i]) && label[i] != '-' && label[i] != '_')
      return FALSE;
  return TRUE;
}

/*
 * A host name in lower case without a final dot (RFC 1035 2.3.4, RFC 1123 2.1), or NULL.
 * The last label holds a letter: 192.0.2.300 is a mistake, not a name.
 */
static char *
host_name (const char *text)
{
  g_autofree char *name = g_ascii_strdown (text, -1);
  gsize length = strlen (name);
  const char *label = name, *dot;

  if (length > 0 && name[length - 1] == '.')
    name[--length] = '\0';
  if (length > 253)
    return NULL;
  for (; (dot = strchr (label, '.')) != NULL; label = dot + 1)
    if (!is_label (label, (gsize)(dot - label)))
      return NULL;
  if (!is_label (label, strlen (label)) || strspn (label, "0123456789") == strlen (label))
    return NULL;
  return g_steal_pointer (&name);
}

gboolean
lens_profile_take_viewers (LensProfileValue *value, gsize offset)
{
  g_auto (GStrv) parts = entries (value);

  for (guint i = 0; parts != NULL && parts[i] != NULL; i++)
    {
      LensNetwork network;
      if (!lens_network_parse (parts[i], &network))
        return FALSE;
      g_array_append_val (value->profile->viewers, network);
    }
  return parts != NULL;
}

gboolean
lens_profile_take_peers (LensProfileValue *value, gsize offset)
{
  LensDeclaredService *service = value->target;
  g_auto (GStrv) parts = entries (value);
  static const char *const anybody[] = { "any", "all", "anybody", NULL };
  guint index;

  for (guint i = 0; parts != NULL && parts[i] != NULL; i++)
    {
      LensPeer *peer = g_new0 (LensPeer, 1);
      g_ptr_array_add (service->to, peer);
      if (lens_network_parse (parts[i], &peer->network))
        continue;
      peer->network = (LensNetwork){ 0 };
      peer->name = host_name (parts[i]);
      if (peer->name == NULL || index_of (peer->name, anybody, &index))
        return FALSE;
    }
  return parts != NULL;
}

/* "*.example.net" stands for every name below example.net, not for itself. */
gboolean
lens_profile_take_names (LensProfileValue *value, gsize offset)
{
  if (value->text[0] == '\0')
    return TRUE;
  g_auto (GStrv) parts = entries (value);
  for (guint i = 0; parts != NULL && parts[i] != NULL; i++)
    {
      gboolean below = g_str_has_prefix (parts[i], "*.");
      g_autofree char *name = host_name (parts[i] + (below ? 2 : 0));

      if (name == NULL)
        return FALSE;
      g_ptr_array_add (value->profile->dns_names,
                       below ? g_strconcat ("*.", name, NULL) : g_steal_pointer (&name));
    }
  return parts != NULL;
}

static guint
discovery_bit (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (discovery_names); i++)
    if (g_str_equal (name, discovery_names[i].name))
      return discovery_names[i].bit;
  return 0;
}

gboolean
lens_profile_take_discovery (LensProfileValue *value, gsize offset)
{
  if (value->text[0] == '\0')
    return TRUE;
  g_auto (GStrv) parts = entries (value);
  for (guint i = 0; parts != NULL && parts[i] != NULL; i++)
    {
      guint bit = discovery_bit (parts[i]);
      if (bit == 0)
        return FALSE;
      value->profile->discovery |= bit;
    }
  return parts != NULL;
}

/* --- [device] --- */

gboolean
lens_profile_take_addresses (LensProfileValue *value, gsize offset)
{
  g_auto (GStrv) parts = entries (value);

  for (guint i = 0; parts != NULL && parts[i] != NULL; i++)
    {
      LensAddress address;
      if (!lens_address_parse (parts[i], &address) || lens_address_is_multicast (&address)
          || lens_address_is_broadcast (&address) || lens_address_is_unspecified (&address))
        return FALSE;
      g_array_append_val (value->profile->addresses, address);
    }
  return parts != NULL;
}

gboolean
lens_profile_take_mac (LensProfileValue *value, gsize offset)
{
  static const guint8 none[6];
  LensProfile *profile = value->profile;

  profile->has_mac = lens_mac_parse (value->text, profile->mac);
  return profile->has_mac && (profile->mac[0] & 1) == 0
         && memcmp (profile->mac, none, sizeof none) != 0;
}

gboolean
lens_profile_take_kind (LensProfileValue *value, gsize offset)
{
  guint index;

  g_free (value->profile->kind);
  value->profile->kind = g_strdup (value->text);
  return index_of (value->text, kind_names, &index);
}

/* --- [stream NAME] --- */

gboolean
lens_profile_take_url (LensProfileValue *value, gsize offset)
{
  LensDeclaredStream *stream = value->target;
  g_autofree char *scheme = NULL, *user = NULL, *host = NULL, *fragment = NULL;
  int port = -1;

  for (const char *at = value->text; *at != '\0'; at++)
    if (!g_ascii_isgraph (*at) || at - value->text >= URL_MAX_OCTETS)
      return FALSE;
  if (!g_uri_split (value->text, G_URI_FLAGS_ENCODED, &scheme, &user, &host, &port, NULL, NULL,
                    &fragment, NULL))
    return FALSE;
  if (user != NULL)
    value->problem = "holds user information";
  if (user != NULL || fragment != NULL || scheme == NULL || host == NULL || port == 0)
    return FALSE;
  gboolean secure = g_str_equal (scheme, "rtsps");
  if (!secure && !g_str_equal (scheme, "rtsp"))
    return FALSE;
  stream->url = g_strdup (value->text);
  stream->port = (guint16)(port > 0 ? port : secure ? 322 : 554);
  if (lens_address_parse (host, &stream->address))
    stream->host = lens_address_dup_text (&stream->address);
  else
    stream->host = host_name (host);
  return stream->host != NULL;
}

gboolean
lens_profile_take_transport (LensProfileValue *value, gsize offset)
{
  LensDeclaredStream *stream = value->target;
  guint index;
  gboolean known = index_of (value->text, transport_names, &index);

  stream->transport = known ? (LensStreamTransport)index : LENS_STREAM_OVER_TCP;
  return known;
}

gboolean
lens_profile_take_groups (LensProfileValue *value, gsize offset)
{
  LensDeclaredStream *stream = value->target;
  g_auto (GStrv) parts = entries (value);

  stream->groups = g_array_new (FALSE, FALSE, sizeof (LensAddress));
  for (guint i = 0; parts != NULL && parts[i] != NULL; i++)
    {
      LensAddress address;
      if (!lens_address_parse (parts[i], &address) || !lens_address_is_multicast (&address))
        return FALSE;
      g_array_append_val (stream->groups, address);
    }
  return parts != NULL;
}

gboolean
lens_profile_take_tracks (LensProfileValue *value, gsize offset)
{
  LensDeclaredStream *stream = value->target;
  g_auto (GStrv) parts = entries (value);
  guint index;

  for (guint i = 0; parts != NULL && parts[i] != NULL; i++)
    {
      if (!index_of (parts[i], track_names, &index)
          || g_ptr_array_find_with_equal_func (stream->tracks, parts[i], g_str_equal, NULL))
        return FALSE;
      g_ptr_array_add (stream->tracks, g_strdup (parts[i]));
    }
  return parts != NULL;
}

gboolean
lens_profile_take_credentials (LensProfileValue *value, gsize offset)
{
  LensDeclaredStream *stream = value->target;
  const char *text = value->text;

  stream->credentials = g_strdup (text);
  if (g_str_has_prefix (text, "file:"))
    return text[5] != '\0';
  if (!g_str_has_prefix (text, "env:"))
    return g_str_equal (text, "ask");
  for (const char *at = text + 4; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && *at != '_')
      return FALSE;
  return text[4] != '\0' && !g_ascii_isdigit (text[4]);
}

gboolean
lens_profile_take_allow_basic (LensProfileValue *value, gsize offset)
{
  LensDeclaredStream *stream = value->target;

  stream->allow_basic = g_str_equal (value->text, "yes");
  return stream->allow_basic || g_str_equal (value->text, "no");
}

/* --- [service NAME] --- */

gboolean
lens_profile_take_proto (LensProfileValue *value, gsize offset)
{
  LensDeclaredService *service = value->target;
  static const char *const names[] = { "udp", "tcp", "icmp", "icmpv6", NULL };
  static const guint8 numbers[] = { 17, 6, 1, 58 };
  guint64 number;
  guint index;

  if (index_of (value->text, names, &index))
    service->protocol = numbers[index];
  else if (number_between (value->text, 0, 255, &number))
    service->protocol = (guint8)number;
  else
    return FALSE;
  return TRUE;
}

gboolean
lens_profile_take_port (LensProfileValue *value, gsize offset)
{
  LensDeclaredService *service = value->target;
  guint64 port = 0;
  gboolean ok = number_between (value->text, 1, 65535, &port);

  service->port = (int)port;
  return ok;
}

gboolean
lens_profile_take_direction (LensProfileValue *value, gsize offset)
{
  LensDeclaredService *service = value->target;
  static const char *const names[] = { "out", "in", "both", NULL };
  guint index;

  if (!index_of (value->text, names, &index))
    return FALSE;
  service->direction = (LensServiceDirection)(index + 1);
  return TRUE;
}

/* --- [capture], [stimulus NAME] --- */

gboolean
lens_profile_take_interface (LensProfileValue *value, gsize offset)
{
  /* The kernel's own rule for a name (dev_valid_name). */
  if (strlen (value->text) > 15 || g_str_equal (value->text, ".")
      || g_str_equal (value->text, ".."))
    return FALSE;
  for (const char *at = value->text; *at != '\0'; at++)
    if (!g_ascii_isgraph (*at) || *at == '/' || *at == ':')
      return FALSE;
  return lens_profile_take_text (value, offset);
}

gboolean
lens_profile_take_blocks (LensProfileValue *value, gsize offset)
{
  LensStimulus *stimulus = value->target;
  guint64 blocks = 0;
  gboolean ok = number_between (value->text, 1, 1000, &blocks);

  stimulus->blocks = (guint)blocks;
  return ok;
}
