#include "ledger/profile.h"

#include "ledger/key-file.h"

#include <string.h>

G_DEFINE_QUARK (lens_profile_error, lens_profile_error)

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
lens_transport_name (LensTransport transport)
{
  return transport_names[transport];
}

/**
 * Value:
 * One value on its way into the profile.  A taker says whether it may stand there; @problem
 * is set only where more can be said than "not allowed".
 */
typedef struct
{
  LensProfile *profile;
  gpointer target; /* the struct its group fills */
  const char *text;
  const char *problem;
} Value;

typedef struct
{
  const char *name;
  gboolean required;
  gboolean secret; /* never quoted in an error */
  gsize offset;    /* of the field, for the takers that serve many keys */
  gboolean (*take) (Value *value, gsize offset);
  const char *allowed;
} Key;

static gpointer
field (Value *value, gsize offset)
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
entries (Value *value)
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

static gboolean
take_text (Value *value, gsize offset)
{
  char **text = field (value, offset);

  for (const char *at = value->text; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  *text = g_strdup (value->text);
  return g_utf8_strlen (value->text, -1) <= 1024 && value->text[0] != '\0';
}

static gboolean
take_notes (Value *value, gsize offset)
{
  *(char **)field (value, offset) = g_strdup (value->text);
  return TRUE;
}

static gboolean
take_bytes (Value *value, gsize offset)
{
  return number_between (value->text, 1, G_MAXINT64, field (value, offset));
}

static gboolean
take_seconds (Value *value, gsize offset)
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

static gboolean
take_viewers (Value *value, gsize offset)
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

static gboolean
take_peers (Value *value, gsize offset)
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
static gboolean
take_names (Value *value, gsize offset)
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

static gboolean
take_discovery (Value *value, gsize offset)
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

static gboolean
take_addresses (Value *value, gsize offset)
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

static gboolean
take_mac (Value *value, gsize offset)
{
  static const guint8 none[6];
  LensProfile *profile = value->profile;

  profile->has_mac = lens_mac_parse (value->text, profile->mac);
  return profile->has_mac && (profile->mac[0] & 1) == 0
         && memcmp (profile->mac, none, sizeof none) != 0;
}

static gboolean
take_kind (Value *value, gsize offset)
{
  guint index;

  g_free (value->profile->kind);
  value->profile->kind = g_strdup (value->text);
  return index_of (value->text, kind_names, &index);
}

/* --- [stream NAME] --- */

static gboolean
has_host (const LensProfile *profile, const LensAddress *address)
{
  for (guint i = 0; i < profile->addresses->len; i++)
    if (lens_address_equal (address, &g_array_index (profile->addresses, LensAddress, i)))
      return TRUE;
  return FALSE;
}

static gboolean
take_url (Value *value, gsize offset)
{
  LensDeclaredStream *stream = value->target;
  g_autofree char *scheme = NULL, *user = NULL, *host = NULL, *fragment = NULL;
  int port = -1;

  for (const char *at = value->text; *at != '\0'; at++)
    if (!g_ascii_isgraph (*at))
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

static gboolean
take_transport (Value *value, gsize offset)
{
  LensDeclaredStream *stream = value->target;
  guint index;
  gboolean known = index_of (value->text, transport_names, &index);

  stream->transport = known ? (LensTransport)index : LENS_TRANSPORT_TCP;
  return known;
}

static gboolean
take_tracks (Value *value, gsize offset)
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

static gboolean
take_credentials (Value *value, gsize offset)
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

static gboolean
take_allow_basic (Value *value, gsize offset)
{
  LensDeclaredStream *stream = value->target;

  stream->allow_basic = g_str_equal (value->text, "yes");
  return stream->allow_basic || g_str_equal (value->text, "no");
}

/* --- [service NAME] --- */

static gboolean
take_proto (Value *value, gsize offset)
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

static gboolean
take_port (Value *value, gsize offset)
{
  LensDeclaredService *service = value->target;
  guint64 port = 0;
  gboolean ok = number_between (value->text, 1, 65535, &port);

  service->port = (int)port;
  return ok;
}

static gboolean
take_direction (Value *value, gsize offset)
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

static gboolean
take_interface (Value *value, gsize offset)
{
  /* The kernel's own rule for a name (dev_valid_name). */
  if (strlen (value->text) > 15 || g_str_equal (value->text, ".")
      || g_str_equal (value->text, ".."))
    return FALSE;
  for (const char *at = value->text; *at != '\0'; at++)
    if (!g_ascii_isgraph (*at) || *at == '/' || *at == ':')
      return FALSE;
  return take_text (value, offset);
}

static gboolean
take_blocks (Value *value, gsize offset)
{
  LensStimulus *stimulus = value->target;
  guint64 blocks = 0;
  gboolean ok = number_between (value->text, 1, 1000, &blocks);

  stimulus->blocks = (guint)blocks;
  return ok;
}

/* --- the grammar --- */

#define TEXT "text of 1 to 1024 characters without control characters"
#define ADDRESSES "IPv4 or IPv6 addresses of the device, separated by commas; no names, no networks"

static const Key device_keys[] = {
  { "name", TRUE, FALSE, offsetof (LensProfile, name), take_text, TEXT },
  { "address", TRUE, FALSE, 0, take_addresses, ADDRESSES },
  { "mac", FALSE, FALSE, 0, take_mac, "the address of one network card, like 44:19:b6:00:00:01" },
  { "kind", FALSE, FALSE, 0, take_kind, "camera, recorder, intercom, entry or other" },
  { "vendor", FALSE, FALSE, offsetof (LensProfile, vendor), take_text, TEXT },
  { "model", FALSE, FALSE, offsetof (LensProfile, model), take_text, TEXT },
  { "firmware", FALSE, FALSE, offsetof (LensProfile, firmware), take_text, TEXT },
  { "serial", FALSE, FALSE, offsetof (LensProfile, serial), take_text, TEXT },
  { "site", FALSE, FALSE, offsetof (LensProfile, site), take_text, TEXT },
  { "owner", FALSE, FALSE, offsetof (LensProfile, owner), take_text, TEXT },
  { "asset", FALSE, FALSE, offsetof (LensProfile, asset), take_text, TEXT },
  { 0 },
};

static const Key stream_keys[] = {
  { "url", TRUE, TRUE, 0, take_url,
    "rtsp://host[:port]/path or rtsps://..., port 1 to 65535, without user information" },
  { "transport", FALSE, FALSE, 0, take_transport, "tcp, udp, multicast, http or tls" },
  { "tracks", FALSE, FALSE, 0, take_tracks,
    "video, audio and metadata, each at most once, separated by commas" },
  { "credentials", FALSE, TRUE, 0, take_credentials,
    "env:NAME, file:PATH or ask; never the secret itself" },
  { "allow-basic", FALSE, FALSE, 0, take_allow_basic, "yes or no" },
  { 0 },
};

static const Key viewer_keys[] = {
  { "address", TRUE, FALSE, 0, take_viewers,
    "addresses or networks (address/prefix), separated by commas; no names" },
  { 0 },
};

static const Key service_keys[] = {
  { "proto", TRUE, FALSE, 0, take_proto, "udp, tcp, icmp, icmpv6 or a number from 0 to 255" },
  { "port", FALSE, FALSE, 0, take_port, "a number from 1 to 65535; without the key: any port" },
  { "to", FALSE, FALSE, 0, take_peers,
    "addresses, networks (address/prefix) or host names, separated by commas; "
    "without the key: anybody" },
  { "direction", FALSE, FALSE, 0, take_direction, "out, in or both" },
  { "max-bytes-per-day", FALSE, FALSE, offsetof (LensDeclaredService, max_bytes_per_day),
    take_bytes, "a number of at least 1; without the key: no limit" },
  { 0 },
};

static const Key dns_keys[] = {
  { "names", TRUE, FALSE, 0, take_names,
    "host names or *.suffix (every name below it), separated by commas; empty: none" },
  { 0 },
};

static const Key discovery_keys[] = {
  { "allow", TRUE, FALSE, 0, take_discovery,
    "arp, nd, dhcp, igmp, mld, mdns, ssdp, ws-discovery, lldp, cdp, nbns, llmnr and vendor, "
    "separated by commas; empty: none" },
  { 0 },
};

static const Key capture_keys[] = {
  { "interface", FALSE, FALSE, offsetof (LensProfile, interface), take_interface,
    "the name of a network interface" },
  { "max-bytes", FALSE, FALSE, offsetof (LensProfile, max_bytes), take_bytes,
    "a number of at least 1" },
  { "rotate-bytes", FALSE, FALSE, offsetof (LensProfile, rotate_bytes), take_bytes,
    "a number of at least 1, at most max-bytes" },
  { 0 },
};

#define SECONDS "whole seconds, 0 to 2678400"

static const Key phases_keys[] = {
  { "idle", FALSE, FALSE, offsetof (LensProfile, idle_s), take_seconds, SECONDS },
  { "stream", FALSE, FALSE, offsetof (LensProfile, stream_s), take_seconds, SECONDS },
  { "after", FALSE, FALSE, offsetof (LensProfile, after_s), take_seconds, SECONDS },
  { 0 },
};

static const Key stimulus_keys[] = {
  { "command", TRUE, FALSE, offsetof (LensStimulus, command), take_text, "a command line, or ask" },
  { "blocks", FALSE, FALSE, 0, take_blocks, "a number from 1 to 1000" },
  { 0 },
};

static const Key report_keys[] = {
  { "laboratory", FALSE, FALSE, offsetof (LensProfile, laboratory), take_text, TEXT },
  { "evaluator", FALSE, FALSE, offsetof (LensProfile, evaluator), take_text, TEXT },
  { "reference", FALSE, FALSE, offsetof (LensProfile, reference), take_text, TEXT },
  { "notes", FALSE, FALSE, offsetof (LensProfile, notes), take_notes, "text" },
  { 0 },
};

/* --- what a group begins and what must hold once it is read --- */

static gpointer
begin_stream (LensProfile *profile, const char *name)
{
  LensDeclaredStream *stream = g_new0 (LensDeclaredStream, 1);

  stream->name = g_strdup (name);
  stream->transport = (LensTransport)-1;
  stream->tracks = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (profile->streams, stream);
  return stream;
}

static const char *
end_stream (LensProfile *profile, gpointer target)
{
  LensDeclaredStream *stream = target;
  gboolean secure = g_str_has_prefix (stream->url, "rtsps:");

  if ((int)stream->transport == -1)
    stream->transport = secure ? LENS_TRANSPORT_TLS : LENS_TRANSPORT_TCP;
  if (secure && stream->transport != LENS_TRANSPORT_TLS)
    return "transport: does not fit the url; allowed for rtsps: tls";
  if (!secure && stream->transport == LENS_TRANSPORT_TLS)
    return "transport: does not fit the url; allowed for rtsp: tcp, udp, multicast or http";
  return NULL;
}

static void
free_peer (gpointer data)
{
  LensPeer *peer = data;

  g_free (peer->name);
  g_free (peer);
}

static gpointer
begin_service (LensProfile *profile, const char *name)
{
  LensDeclaredService *service = g_new0 (LensDeclaredService, 1);

  service->name = g_strdup (name);
  service->port = -1;
  service->direction = LENS_DIRECTION_OUT;
  service->to = g_ptr_array_new_with_free_func (free_peer);
  g_ptr_array_add (profile->services, service);
  return service;
}

static const char *
end_service (LensProfile *profile, gpointer target)
{
  LensDeclaredService *service = target;
  /* TCP, UDP, DCCP, SCTP, UDP-Lite */
  gboolean has_ports = service->protocol == 6 || service->protocol == 17 || service->protocol == 33
                       || service->protocol == 132 || service->protocol == 136;

  if (service->port != -1 && !has_ports)
    return "port: this proto has no ports; allowed with: tcp, udp, 33, 132 or 136";
  for (guint i = 0; i < service->to->len; i++)
    {
      const LensPeer *peer = g_ptr_array_index (service->to, i);
      guint8 version = peer->network.address.version;
      if (service->protocol == 1 && version == 6)
        return "to: an IPv6 address; allowed for icmp: IPv4 addresses and host names";
      if (service->protocol == 58 && version == 4)
        return "to: an IPv4 address; allowed for icmpv6: IPv6 addresses and host names";
    }
  return NULL;
}

static gpointer
begin_dns (LensProfile *profile, const char *name)
{
  profile->has_dns = TRUE;
  return profile;
}

static gpointer
begin_discovery (LensProfile *profile, const char *name)
{
  profile->has_discovery = TRUE;
  profile->discovery = 0;
  return profile;
}

static gpointer
begin_capture (LensProfile *profile, const char *name)
{
  profile->max_bytes = profile->rotate_bytes = 0;
  return profile;
}

static void
default_sizes (LensProfile *profile)
{
  if (profile->max_bytes == 0)
    profile->max_bytes = 50000000000;
  if (profile->rotate_bytes == 0)
    profile->rotate_bytes = MIN (1000000000, profile->max_bytes);
}

static const char *
end_capture (LensProfile *profile, gpointer target)
{
  default_sizes (profile);
  if (profile->rotate_bytes > profile->max_bytes)
    return "rotate-bytes: more than max-bytes; allowed: at most max-bytes "
           "(50000000000 when not given)";
  return NULL;
}

static const char *
end_phases (LensProfile *profile, gpointer target)
{
  if (profile->stream_s == 0)
    return "stream: 0 seconds; allowed: 1 to 2678400";
  return NULL;
}

static gpointer
begin_stimulus (LensProfile *profile, const char *name)
{
  LensStimulus *stimulus = g_new0 (LensStimulus, 1);

  stimulus->name = g_strdup (name);
  stimulus->blocks = 12;
  g_ptr_array_add (profile->stimuli, stimulus);
  return stimulus;
}

typedef struct
{
  const char *name;
  gboolean named; /* [name NAME], any number of them */
  const Key *keys;
  gpointer (*begin) (LensProfile *profile, const char *name); /* NULL: the profile */
  const char *(*end) (LensProfile *profile, gpointer target); /* NULL or a problem */
} Group;

static const Group groups[] = {
  { "device", FALSE, device_keys, NULL, NULL },
  { "stream", TRUE, stream_keys, begin_stream, end_stream },
  { "viewer", FALSE, viewer_keys, NULL, NULL },
  { "service", TRUE, service_keys, begin_service, end_service },
  { "dns", FALSE, dns_keys, begin_dns, NULL },
  { "discovery", FALSE, discovery_keys, begin_discovery, NULL },
  { "capture", FALSE, capture_keys, begin_capture, end_capture },
  { "phases", FALSE, phases_keys, NULL, end_phases },
  { "stimulus", TRUE, stimulus_keys, begin_stimulus, NULL },
  { "report", FALSE, report_keys, NULL, NULL },
};

#define ALL_GROUPS                                                                                 \
  "[device], [stream NAME], [viewer], [service NAME], [dns], [discovery], [capture], [phases], "   \
  "[stimulus NAME] and [report]"

/* --- reading a group --- */

G_GNUC_PRINTF (2, 3)
static gboolean
fail (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, LENS_PROFILE_ERROR, LENS_PROFILE_ERROR_MALFORMED, message);
  return FALSE;
}

/* At most 60 characters of @text in quotes. */
static char *
quoted (const char *text)
{
  g_autofree char *start = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), 60));
  g_autofree char *escaped = g_strescape (start, NULL);

  return g_strdup_printf ("\"%s\"%s", escaped, strlen (start) < strlen (text) ? "..." : "");
}

static const Key *
find_key (const Group *group, const char *name)
{
  for (const Key *key = group->keys; key->name != NULL; key++)
    if (g_str_equal (key->name, name))
      return key;
  return NULL;
}

static gboolean
refuse_unknown_key (const Group *group, const char *title, const char *name, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (const Key *key = group->keys; key->name != NULL; key++)
    g_string_append_printf (known, "%s%s", known->len > 0 ? ", " : "", key->name);
  return fail (error, "[%s] %s: no such key; allowed: %s", title, name, known->str);
}

static gboolean
read_key (GKeyFile *file, const char *title, const Key *key, Value *value, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *text = g_key_file_get_string (file, title, key->name, &cause);

  if (cause != NULL)
    return fail (error, "[%s] %s: a backslash that escapes nothing; allowed: \\s \\n \\t \\r \\\\",
                 title, key->name);
  value->text = g_strstrip (text);
  value->problem = NULL;
  if (key->take (value, key->offset))
    return TRUE;
  g_autofree char *shown = key->secret ? g_strdup ("this value") : quoted (text);
  return fail (error, "[%s] %s: %s %s; allowed: %s", title, key->name, shown,
               value->problem != NULL ? value->problem : "is not allowed", key->allowed);
}

static gboolean
read_group (GKeyFile *file, const char *title, const Group *group, const char *name,
            LensProfile *profile, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, title, NULL, NULL);
  Value value = { .profile = profile };

  value.target = group->begin != NULL ? group->begin (profile, name) : profile;
  for (guint i = 0; keys[i] != NULL; i++)
    {
      const Key *key = find_key (group, keys[i]);
      if (key == NULL)
        return refuse_unknown_key (group, title, keys[i], error);
      if (!read_key (file, title, key, &value, error))
        return FALSE;
    }
  for (const Key *key = group->keys; key->name != NULL; key++)
    if (key->required && !g_strv_contains ((const char *const *)keys, key->name))
      return fail (error, "[%s] %s: missing; allowed: %s", title, key->name, key->allowed);
  const char *problem = group->end != NULL ? group->end (profile, value.target) : NULL;
  return problem == NULL || fail (error, "[%s] %s", title, problem);
}

/* The group of a title, and the NAME in it ("" when the group takes none). */
static const Group *
find_group (const char *title, char **name, GError **error)
{
  gsize word = strcspn (title, " \t");

  *name = g_strstrip (g_strdup (title + word));
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      if (strlen (groups[i].name) != word || strncmp (groups[i].name, title, word) != 0)
        continue;
      if (groups[i].named != (**name != '\0'))
        {
          fail (error, "[%s]: %s; allowed: [%s%s]", title,
                groups[i].named ? "has no name" : "takes no name", groups[i].name,
                groups[i].named ? " NAME" : "");
          return NULL;
        }
      if (g_utf8_strlen (*name, -1) > 64)
        {
          fail (error, "[%s]: the name is too long; allowed: 64 characters", title);
          return NULL;
        }
      return &groups[i];
    }
  fail (error, "[%s]: no such group; allowed: " ALL_GROUPS, title);
  return NULL;
}

/* "[stream  main]" and "[stream main]" are two groups for GKeyFile and one for a person. */
static gboolean
read_groups (GKeyFile *file, LensProfile *profile, GError **error)
{
  g_auto (GStrv) titles = g_key_file_get_groups (file, NULL);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; titles[i] != NULL; i++)
    {
      g_autofree char *name = NULL;
      const Group *group = find_group (titles[i], &name, error);

      if (group == NULL)
        return FALSE;
      if (!g_hash_table_add (seen, g_strconcat (group->name, " ", name, NULL)))
        return fail (error, "[%s]: a second group of that name; allowed: one", titles[i]);
      if (!read_group (file, titles[i], group, name, profile, error))
        return FALSE;
    }
  if (profile->name == NULL)
    return fail (error, "[device]: missing; allowed: one group with name and address");
  return TRUE;
}

static gboolean
streams_are_the_device_s (const LensProfile *profile, GError **error)
{
  for (guint i = 0; i < profile->streams->len; i++)
    {
      const LensDeclaredStream *stream = g_ptr_array_index (profile->streams, i);
      if (stream->address.version != 0 && !has_host (profile, &stream->address))
        return fail (error,
                     "[stream %s] url: %s is not the device's; allowed: an address of [device], "
                     "or a host name",
                     stream->name, stream->host);
    }
  return TRUE;
}

static void
free_stream (gpointer data)
{
  LensDeclaredStream *stream = data;

  g_free (stream->name);
  g_free (stream->url);
  g_free (stream->host);
  g_free (stream->credentials);
  g_ptr_array_unref (stream->tracks);
  g_free (stream);
}

static void
free_service (gpointer data)
{
  LensDeclaredService *service = data;

  g_free (service->name);
  g_ptr_array_unref (service->to);
  g_free (service);
}

static void
free_stimulus (gpointer data)
{
  LensStimulus *stimulus = data;

  g_free (stimulus->name);
  g_free (stimulus->command);
  g_free (stimulus);
}

static LensProfile *
profile_new (void)
{
  LensProfile *profile = g_new0 (LensProfile, 1);

  profile->kind = g_strdup ("camera");
  profile->addresses = g_array_new (FALSE, FALSE, sizeof (LensAddress));
  profile->viewers = g_array_new (FALSE, FALSE, sizeof (LensNetwork));
  profile->streams = g_ptr_array_new_with_free_func (free_stream);
  profile->services = g_ptr_array_new_with_free_func (free_service);
  profile->dns_names = g_ptr_array_new_with_free_func (g_free);
  profile->stimuli = g_ptr_array_new_with_free_func (free_stimulus);
  profile->discovery = LENS_DISCOVERY_ALL;
  profile->idle_s = 60;
  profile->stream_s = 120;
  profile->after_s = 60;
  default_sizes (profile);
  return profile;
}

LensProfile *
lens_profile_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GKeyFile) file = lens_key_file_load (text, length, &cause);
  g_autoptr (LensProfile) profile = profile_new ();

  if (file == NULL)
    {
      fail (error, "%s", cause->message);
      return NULL;
    }
  if (!read_groups (file, profile, error) || !streams_are_the_device_s (profile, error))
    return NULL;
  return g_steal_pointer (&profile);
}

void
lens_profile_free (LensProfile *profile)
{
  if (profile == NULL)
    return;
  g_free (profile->name);
  g_array_unref (profile->addresses);
  g_free (profile->kind);
  g_free (profile->vendor);
  g_free (profile->model);
  g_free (profile->firmware);
  g_free (profile->serial);
  g_free (profile->site);
  g_free (profile->owner);
  g_free (profile->asset);
  g_ptr_array_unref (profile->streams);
  g_array_unref (profile->viewers);
  g_ptr_array_unref (profile->services);
  g_ptr_array_unref (profile->dns_names);
  g_free (profile->interface);
  g_ptr_array_unref (profile->stimuli);
  g_free (profile->laboratory);
  g_free (profile->evaluator);
  g_free (profile->reference);
  g_free (profile->notes);
  g_free (profile);
}

gboolean
lens_profile_permits_name (const LensProfile *profile, const char *name)
{
  gsize length = strlen (name);

  for (guint i = 0; i < profile->dns_names->len; i++)
    {
      const char *declared = g_ptr_array_index (profile->dns_names, i);
      if (g_str_equal (declared, name))
        return TRUE;
      /* The suffix with its dot, and at least one octet before it. */
      const char *suffix = declared + 1;
      if (declared[0] == '*' && length > strlen (suffix) && g_str_has_suffix (name, suffix))
        return TRUE;
    }
  return FALSE;
}

void
lens_credentials_split (const char *secret, char **user, char **password)
{
  const char *end = secret + strcspn (secret, "\r\n");
  const char *colon = memchr (secret, ':', (gsize)(end - secret));

  *user = colon != NULL ? g_strndup (secret, (gsize)(colon - secret)) : g_strdup ("admin");
  secret = colon != NULL ? colon + 1 : secret;
  *password = g_strndup (secret, (gsize)(end - secret));
}
