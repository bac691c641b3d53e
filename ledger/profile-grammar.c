#include "ledger/profile-grammar.h"

static void
free_peer (gpointer data)
{
  LensPeer *peer = data;

  g_free (peer->name);
  g_free (peer);
}

void
lens_profile_default_sizes (LensProfile *profile)
{
  if (profile->max_bytes == 0)
    profile->max_bytes = 50000000000;
  if (profile->rotate_bytes == 0)
    profile->rotate_bytes = MIN (1000000000, profile->max_bytes);
}

#define OPTIONAL 0
#define REQUIRED LENS_PROFILE_KEY_REQUIRED
#define SECRET LENS_PROFILE_KEY_SECRET

#define TEXT "text of 1 to 1024 characters without control characters"
#define ADDRESSES "IPv4 or IPv6 addresses of the device, separated by commas; no names, no networks"

static const LensProfileKey device_keys[] = {
  { "name", REQUIRED, offsetof (LensProfile, name), lens_profile_take_text, TEXT },
  { "address", REQUIRED, 0, lens_profile_take_addresses, ADDRESSES },
  { "mac", OPTIONAL, 0, lens_profile_take_mac,
    "the address of one network card, like 44:19:b6:00:00:01" },
  { "kind", OPTIONAL, 0, lens_profile_take_kind, "camera, recorder, intercom, entry or other" },
  { "vendor", OPTIONAL, offsetof (LensProfile, vendor), lens_profile_take_text, TEXT },
  { "model", OPTIONAL, offsetof (LensProfile, model), lens_profile_take_text, TEXT },
  { "firmware", OPTIONAL, offsetof (LensProfile, firmware), lens_profile_take_text, TEXT },
  { "serial", OPTIONAL, offsetof (LensProfile, serial), lens_profile_take_text, TEXT },
  { "site", OPTIONAL, offsetof (LensProfile, site), lens_profile_take_text, TEXT },
  { "owner", OPTIONAL, offsetof (LensProfile, owner), lens_profile_take_text, TEXT },
  { "asset", OPTIONAL, offsetof (LensProfile, asset), lens_profile_take_text, TEXT },
  { 0 },
};

static const LensProfileKey stream_keys[] = {
  { "url", REQUIRED | SECRET, 0, lens_profile_take_url,
    "rtsp://host[:port]/path or rtsps://..., at most 2000 octets, port 1 to 65535, without user "
    "information" },
  { "transport", OPTIONAL, 0, lens_profile_take_transport, "tcp, udp, multicast, http or tls" },
  { "tracks", OPTIONAL, 0, lens_profile_take_tracks,
    "video, audio and metadata, each at most once, separated by commas" },
  { "credentials", OPTIONAL | SECRET, 0, lens_profile_take_credentials,
    "env:NAME, file:PATH or ask; never the secret itself" },
  { "allow-basic", OPTIONAL, 0, lens_profile_take_allow_basic, "yes or no" },
  { "group", OPTIONAL, 0, lens_profile_take_groups,
    "IPv4 or IPv6 multicast addresses, separated by commas" },
  { 0 },
};

static const LensProfileKey viewer_keys[] = {
  { "address", REQUIRED, 0, lens_profile_take_viewers,
    "addresses or networks (address/prefix), separated by commas; no names" },
  { 0 },
};

static const LensProfileKey service_keys[] = {
  { "proto", REQUIRED, 0, lens_profile_take_proto,
    "udp, tcp, icmp, icmpv6 or a number from 0 to 255" },
  { "port", OPTIONAL, 0, lens_profile_take_port,
    "a number from 1 to 65535; without the key: any port" },
  { "to", OPTIONAL, 0, lens_profile_take_peers,
    "addresses, networks (address/prefix) or host names, separated by commas; "
    "without the key: anybody" },
  { "direction", OPTIONAL, 0, lens_profile_take_direction, "out, in or both" },
  { "max-bytes-per-day", OPTIONAL, offsetof (LensDeclaredService, max_bytes_per_day),
    lens_profile_take_bytes, "a number of at least 1; without the key: no limit" },
  { 0 },
};

static const LensProfileKey dns_keys[] = {
  { "names", REQUIRED, 0, lens_profile_take_names,
    "host names or *.suffix (every name below it), separated by commas; empty: none" },
  { 0 },
};

static const LensProfileKey discovery_keys[] = {
  { "allow", REQUIRED, 0, lens_profile_take_discovery,
    "arp, nd, dhcp, igmp, mld, mdns, ssdp, ws-discovery, lldp, cdp, nbns, llmnr and vendor, "
    "separated by commas; empty: none" },
  { 0 },
};

static const LensProfileKey capture_keys[] = {
  { "interface", OPTIONAL, offsetof (LensProfile, interface), lens_profile_take_interface,
    "the name of a network interface" },
  { "max-bytes", OPTIONAL, offsetof (LensProfile, max_bytes), lens_profile_take_bytes,
    "a number of at least 1" },
  { "rotate-bytes", OPTIONAL, offsetof (LensProfile, rotate_bytes), lens_profile_take_bytes,
    "a number of at least 1, at most max-bytes" },
  { 0 },
};

#define SECONDS "whole seconds, 0 to 2678400"

static const LensProfileKey phases_keys[] = {
  { "idle", OPTIONAL, offsetof (LensProfile, idle_s), lens_profile_take_seconds, SECONDS },
  { "stream", OPTIONAL, offsetof (LensProfile, stream_s), lens_profile_take_seconds, SECONDS },
  { "after", OPTIONAL, offsetof (LensProfile, after_s), lens_profile_take_seconds, SECONDS },
  { 0 },
};

static const LensProfileKey stimulus_keys[] = {
  { "command", REQUIRED, offsetof (LensStimulus, command), lens_profile_take_text,
    "a command line, or ask" },
  { "blocks", OPTIONAL, 0, lens_profile_take_blocks, "a number from 1 to 1000" },
  { 0 },
};

static const LensProfileKey report_keys[] = {
  { "laboratory", OPTIONAL, offsetof (LensProfile, laboratory), lens_profile_take_text, TEXT },
  { "evaluator", OPTIONAL, offsetof (LensProfile, evaluator), lens_profile_take_text, TEXT },
  { "reference", OPTIONAL, offsetof (LensProfile, reference), lens_profile_take_text, TEXT },
  { "notes", OPTIONAL, offsetof (LensProfile, notes), lens_profile_take_notes, "text" },
  { 0 },
};

/* --- what a group begins and what must hold once it is read --- */

static gpointer
begin_stream (LensProfile *profile, const char *name)
{
  LensDeclaredStream *stream = g_new0 (LensDeclaredStream, 1);

  stream->name = g_strdup (name);
  stream->transport = (LensStreamTransport)-1;
  stream->tracks = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (profile->streams, stream);
  return stream;
}

static const char *
end_stream (LensProfile *profile, gpointer target)
{
  LensDeclaredStream *stream = target;
  gboolean secure = g_ascii_strncasecmp (stream->url, "rtsps:", 6) == 0;

  if ((int)stream->transport == -1)
    stream->transport = secure ? LENS_STREAM_OVER_TLS : LENS_STREAM_OVER_TCP;
  if (secure && stream->transport != LENS_STREAM_OVER_TLS)
    return "transport: does not fit the url; allowed for rtsps: tls";
  if (!secure && stream->transport == LENS_STREAM_OVER_TLS)
    return "transport: does not fit the url; allowed for rtsp: tcp, udp, multicast or http";
  if (stream->groups != NULL && stream->transport != LENS_STREAM_OVER_MULTICAST)
    return "group: does not fit the transport; allowed for multicast only";
  return NULL;
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

static const char *
end_capture (LensProfile *profile, gpointer target)
{
  lens_profile_default_sizes (profile);
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

const LensProfileGroup lens_profile_groups[] = {
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
  { 0 },
};
