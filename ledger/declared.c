/* What the declaration permits, and the class that octets have by it.  Asked after the last
 * packet, so that no answer depends on whether a declaration came before or after the octets. */
#include "ledger/inside.h"

#include "ledger/profile.h"

#include <netinet/in.h>
#include <string.h>

typedef enum
{
  PERMITTED_NO,
  PERMITTED_SERVICE, /* by the profile or the default */
  PERMITTED_SESSION,
} Permission;

/* --- permission --- */

static gboolean
viewer_matches (const LensProfile *profile, const LensAddress *viewer)
{
  for (guint i = 0; i < profile->viewers->len; i++)
    if (lens_network_contains (&g_array_index (profile->viewers, LensNetwork, i), viewer))
      return TRUE;
  return profile->viewers->len == 0;
}

/* The path of a URL with its query, without a final slash: "" for the root. */
static char *
url_path (const char *url)
{
  const char *host = strstr (url, "://");
  const char *path = host != NULL ? strchr (host + 3, '/') : NULL;
  char *copy = g_strdup (path != NULL ? path : "");
  gsize length = strlen (copy);

  while (length > 0 && copy[length - 1] == '/')
    copy[--length] = '\0';
  return copy;
}

/* The URL names one of the device's addresses; the device is the same under each of them. */
static gboolean
declares_stream (LensLedger *ledger, const LensProfile *profile, const LensDeclaredStream *declared,
                 const LensAddress *server, guint16 port)
{
  if (declared->port != port)
    return FALSE;
  if (declared->address.version == 0)
    return lens_hosts_resolved (ledger->hosts, declared->host, server, NULL);
  for (guint i = 0; i < profile->addresses->len; i++)
    if (lens_address_equal (&g_array_index (profile->addresses, LensAddress, i), server))
      return TRUE;
  return lens_address_equal (&declared->address, server);
}

/* What was set up before the capture began, or in a hole of it, has no URL: its server and port
 * must do. */
static gboolean
same_path (const LensStream *stream, const char *path, const LensDeclaredStream *declared)
{
  g_autofree char *declared_path = url_path (declared->url);

  return stream->inferred || g_str_equal (path, declared_path);
}

guint
lens_ledger_n_declared_streams (LensLedger *ledger, const LensStream *stream)
{
  guint n = 0;

  for (guint p = 0; p < ledger->options.profiles->len; p++)
    {
      const LensProfile *profile = g_ptr_array_index (ledger->options.profiles, p);
      for (guint s = 0; s < profile->streams->len; s++)
        n += declares_stream (ledger, profile, g_ptr_array_index (profile->streams, s),
                              &stream->server, stream->port);
    }
  return n;
}

const LensDeclaredStream *
lens_ledger_declared_stream (LensLedger *ledger, const LensStream *stream)
{
  g_autofree char *path = url_path (stream->url);

  for (guint p = 0; p < ledger->options.profiles->len; p++)
    {
      const LensProfile *profile = g_ptr_array_index (ledger->options.profiles, p);
      for (guint s = 0; s < profile->streams->len; s++)
        {
          const LensDeclaredStream *declared = g_ptr_array_index (profile->streams, s);
          if (declares_stream (ledger, profile, declared, &stream->server, stream->port)
              && same_path (stream, path, declared))
            return declared;
        }
    }
  return NULL;
}

static const LensProfile *
profile_of (LensLedger *ledger, const LensAddress *address)
{
  gint index = lens_ledger_device_at (ledger, address, NULL);

  return index >= 0 ? ((LensDevice *)g_ptr_array_index (ledger->devices, index))->profile : NULL;
}

static const LensAddress *
viewer_of (const LensStream *stream)
{
  return stream->from_source ? &stream->flow->key->dst : &stream->flow->key->src;
}

gboolean
lens_ledger_stream_permitted (LensLedger *ledger, const LensStream *stream)
{
  const LensProfile *profile = profile_of (ledger, &stream->server);

  if (profile == NULL)
    return TRUE; /* the session declares itself */
  return viewer_matches (profile, viewer_of (stream))
         && lens_ledger_declared_stream (ledger, stream) != NULL;
}

gboolean
lens_ledger_track_declared (LensLedger *ledger, const LensTrack *track)
{
  if (track != NULL && track->granted != NULL)
    track = track->granted;
  if (track == NULL || !track->setup || track->stream == NULL
      || !lens_ledger_stream_permitted (ledger, track->stream))
    return FALSE;
  const LensDeclaredStream *declared = lens_ledger_declared_stream (ledger, track->stream);
  if (declared == NULL || declared->tracks->len == 0)
    return TRUE;
  /* Set up before the capture began, or in a hole: which of the tracks it is cannot be known. */
  if ((track->inferred || track->stream->inferred) && track->media == LENS_MEDIA_UNKNOWN)
    return TRUE;
  for (guint i = 0; i < declared->tracks->len; i++)
    if (g_str_equal (g_ptr_array_index (declared->tracks, i), lens_media_name (track->media)))
      return TRUE;
  return FALSE;
}

/* A connection to a declared stream's port whose session sets up nothing undeclared. */
static gboolean
rtsp_permitted (LensLedger *ledger, const LensProfile *profile, const LensFlow *flow,
                const LensAddress *server, guint16 port, const LensAddress *viewer)
{
  for (const LensStream *stream = flow->rare->streams; stream != NULL;
       stream = stream->next_of_flow)
    if (!lens_ledger_stream_permitted (ledger, stream))
      return FALSE;
  if (profile == NULL)
    return TRUE;
  for (guint s = 0; s < profile->streams->len; s++)
    if (declares_stream (ledger, profile, g_ptr_array_index (profile->streams, s), server, port))
      return viewer_matches (profile, viewer);
  return FALSE;
}

gboolean
lens_ledger_is_unreadable (const LensFlow *flow)
{
  gboolean cut = flow->rare->truncated[0] + flow->rare->truncated[1] > 0;

  for (guint i = 0; i < 2; i++)
    cut &= flow->payload[i] < LENS_UNREADABLE * flow->rare->truncated[i] || flow->payload[i] == 0;
  return cut && flow->key->protocol == IPPROTO_TCP && !flow->was_rtsp;
}

/* At the port of a declared stream and with a viewer, it is taken for the RTSP that was cut. */
static gboolean
is_unreadable_stream (LensLedger *ledger, const LensProfile *profile, const LensFlow *flow,
                      const LensAddress *server, guint16 port, const LensAddress *viewer)
{
  if (profile == NULL || !lens_ledger_is_unreadable (flow) || !viewer_matches (profile, viewer))
    return FALSE;
  for (guint s = 0; s < profile->streams->len; s++)
    if (declares_stream (ledger, profile, g_ptr_array_index (profile->streams, s), server, port))
      return TRUE;
  return FALSE;
}

static gboolean
carries_declared_track (LensLedger *ledger, const LensFlow *flow)
{
  return flow->rare->track != NULL && flow->rare->track->setup && flow->rare->track->stream != NULL
         && lens_ledger_stream_permitted (ledger, flow->rare->track->stream);
}

/* RTSP inside TLS, where the profile says so. */
static gboolean
is_sealed (LensLedger *ledger, const LensFlow *flow)
{
  return flow->rare->streams != NULL && flow->rare->streams->sealed
         && lens_ledger_stream_permitted (ledger, flow->rare->streams);
}

static Permission
permission_for (LensLedger *ledger, const LensFlow *flow, gboolean device_is_source)
{
  const LensAddress *own = device_is_source ? &flow->key->src : &flow->key->dst;
  const LensAddress *peer = device_is_source ? &flow->key->dst : &flow->key->src;
  gint index = device_is_source ? lens_ledger_flow_source (ledger, flow)
                                : lens_ledger_flow_destination (ledger, flow);

  if (index < 0)
    return PERMITTED_NO;
  const LensDevice *device = g_ptr_array_index (ledger->devices, index);
  if (flow->key->src.version == 0) /* outside IP */
    return lens_ledger_permits_flow (ledger, device, flow, device_is_source, NULL)
               ? PERMITTED_SERVICE
               : PERMITTED_NO;
  /* A viewer may not have it sent to somebody else (RFC 2326 section 12.39, destination). */
  if (carries_declared_track (ledger, flow) && !lens_ledger_is_stranger (ledger, own, peer))
    return PERMITTED_SESSION;
  if (flow->was_rtsp
      && flow->server == (device_is_source ? LENS_SERVER_SOURCE : LENS_SERVER_DESTINATION)
      && rtsp_permitted (ledger, device->profile, flow, own,
                         device_is_source ? flow->key->sport : flow->key->dport, peer))
    return PERMITTED_SESSION;
  if (is_sealed (ledger, flow))
    return PERMITTED_SESSION;
  /* A call declares itself where nobody declared anything. */
  if (device->profile == NULL && flow->rare->streams != NULL && !flow->was_rtsp)
    return PERMITTED_SESSION;
  if (lens_ledger_permits_flow (ledger, device, flow, device_is_source, NULL)
      || is_unreadable_stream (ledger, device->profile, flow, own,
                               device_is_source ? flow->key->sport : flow->key->dport, peer))
    return PERMITTED_SERVICE;
  return PERMITTED_NO;
}

static Permission permission (LensLedger *ledger, LensFlow *flow);

/* A flow between two that are bound by what their owners declared, and did not declare it. */
static gboolean
is_refused (LensLedger *ledger, LensFlow *flow)
{
  gint source = lens_ledger_flow_source (ledger, flow);
  gint index = source >= 0 ? source : lens_ledger_flow_destination (ledger, flow);

  return index >= 0 && ((LensDevice *)g_ptr_array_index (ledger->devices, index))->profile != NULL
         && permission (ledger, flow) == PERMITTED_NO;
}

static Permission
permission (LensLedger *ledger, LensFlow *flow)
{
  gint8 *known = &g_array_index (ledger->permissions, gint8, flow->index);

  /* What travels inside a packet needs leave for both. */
  if (*known == 0 && flow->rare->outer != NULL && is_refused (ledger, flow->rare->outer))
    *known = 1 + PERMITTED_NO;
  if (*known == 0)
    {
      Permission opens = permission_for (ledger, flow, TRUE);
      Permission answers = permission_for (ledger, flow, FALSE);
      *known = (gint8)(1 + MAX (opens, answers));
    }
  return *known - 1;
}

gboolean
lens_ledger_permits (LensLedger *ledger, LensFlow *flow)
{
  return permission (ledger, flow) != PERMITTED_NO;
}

gboolean
lens_ledger_from_device (LensLedger *ledger, const LensSide *side)
{
  return lens_ledger_side_source (ledger, side) >= 0;
}

gboolean
lens_ledger_to_device (LensLedger *ledger, const LensSide *side)
{
  return lens_ledger_side_destination (ledger, side) >= 0;
}

gboolean
lens_ledger_has_declaration (LensLedger *ledger, const LensSide *side)
{
  gint index = lens_ledger_side_source (ledger, side);

  if (index < 0)
    index = lens_ledger_side_destination (ledger, side);
  return index >= 0
         && (ledger->options.mud != NULL
             || ((LensDevice *)g_ptr_array_index (ledger->devices, index))->profile != NULL);
}

gint
lens_ledger_profile_of (LensLedger *ledger, const LensSide *side)
{
  gint index = lens_ledger_side_source (ledger, side);

  /* Devices of profiles come first, in their order. */
  return index >= 0 && ((LensDevice *)g_ptr_array_index (ledger->devices, index))->profile != NULL
             ? index
             : -1;
}

const LensOwnNames *
lens_ledger_own_names (const LensLedger *ledger)
{
  return ledger->options.names;
}

guint
lens_ledger_n_profiles (const LensLedger *ledger)
{
  return ledger->options.profiles->len;
}

const LensProfile *
lens_ledger_profile (const LensLedger *ledger, guint index)
{
  return g_ptr_array_index (ledger->options.profiles, index);
}

guint64
lens_ledger_undeclared_octets (LensLedger *ledger, const LensSide *side)
{
  guint64 octets = 0;

  for (guint32 i = 0; i < side->n_accounts; i++)
    {
      LensAccountId account = lens_side_accounts (side)[i];
      if (lens_ledger_class_of (ledger, account) == LENS_CLASS_UNDECLARED)
        octets += lens_book_octets (ledger->book, account);
    }
  return octets;
}

gboolean
lens_ledger_is_bare (LensLedger *ledger, const LensSide *side)
{
  for (guint32 i = 0; i < side->n_accounts; i++)
    {
      LensAccountId account = lens_side_accounts (side)[i];
      switch (lens_flows_account_row (ledger->flows, account).kind)
        {
        case LENS_KIND_PSEUDO:
        case LENS_KIND_DUPLICATE:
        case LENS_KIND_HEADER:
        case LENS_KIND_PAD:
          break;
        default:
          return FALSE;
        }
    }
  return TRUE;
}

/* --- classes --- */

/* A neighbour: at its own link address, not at a router's.  @mac: NULL where there is none. */
static gboolean
is_on_link (LensLedger *ledger, const guint8 *mac, const LensAddress *address)
{
  return lens_address_is_link_local (address) || mac == NULL
         || lens_hosts_is_at (ledger->hosts, mac, address)
         || lens_hosts_is_one (ledger->hosts, mac);
}

static gboolean
is_to_neighbour (LensLedger *ledger, const LensSideKey *key)
{
  return is_on_link (ledger, (key->has_mac & 2) != 0 ? key->dst_mac : NULL, &key->dst);
}

/* Who sits behind a router has no part in discovery on the link, even where it answers to the port
 * that asked there.  A device under test may have several addresses: those that the Internet does
 * not forward are its own. */
static gboolean
is_between_neighbours (LensLedger *ledger, const LensSideKey *key)
{
  const guint8 *src_mac = (key->has_mac & 1) != 0 ? key->src_mac : NULL;
  gboolean own_src = lens_ledger_source_device (ledger, key) >= 0;
  gboolean own_dst = lens_ledger_destination_device (ledger, key) >= 0;

  return ((own_src && lens_address_is_private (&key->src))
          || is_on_link (ledger, src_mac, &key->src))
         && ((own_dst && lens_address_is_private (&key->dst)) || is_to_neighbour (ledger, key));
}

/* A lease is renewed, and may be given, by unicast: between the device and a server that DHCP
 * itself named. */
static gboolean
is_lease_server (LensLedger *ledger, const LensSideKey *key, gint index, gboolean from_device)
{
  const LensDevice *device = g_ptr_array_index (ledger->devices, index);

  /* Where no lease could be read to its end, any server on the link may be it. */
  if (ledger->dhcp_cut && is_to_neighbour (ledger, key))
    return TRUE;
  return lens_hosts_named (ledger->hosts, device->macs->data, device->macs->len / 6,
                           LENS_SERVER_DHCP, from_device ? &key->dst : &key->src);
}

static gboolean
discovery_permitted (LensLedger *ledger, const LensSideKey *key, guint bit)
{
  gint index = lens_ledger_source_device (ledger, key);
  gboolean from_device = index >= 0;

  if (index < 0)
    index = lens_ledger_destination_device (ledger, key);
  const LensProfile *profile
      = index >= 0 ? ((LensDevice *)g_ptr_array_index (ledger->devices, index))->profile : NULL;
  if ((bit & LENS_DISCOVERY_UNICAST) != 0 && index >= 0
      && !((bit & LENS_DISCOVERY_DHCP) != 0 ? is_lease_server (ledger, key, index, from_device)
           : (bit & (LENS_DISCOVERY_ND | LENS_DISCOVERY_IGMP)) != 0
               ? is_to_neighbour (ledger, key)
               : is_between_neighbours (ledger, key)))
    return FALSE;
  bit &= ~LENS_DISCOVERY_UNICAST;
  return profile == NULL || (profile->discovery & bit) == bit;
}

static LensClass
media_class (LensLedger *ledger, const LensTrack *track)
{
  switch (track->media)
    {
    case LENS_MEDIA_AUDIO:
      return LENS_CLASS_DECLARED_AUDIO;
    case LENS_MEDIA_METADATA:
    case LENS_MEDIA_APPLICATION:
      return LENS_CLASS_DECLARED_METADATA;
    default:
      return LENS_CLASS_DECLARED_VIDEO;
    }
}

gboolean
lens_ledger_is_discovery (LensLedger *ledger, const LensFlow *flow)
{
  return flow->rare->discovery != 0
         && discovery_permitted (ledger, flow->key, flow->rare->discovery);
}

/* Whether octets around the content of a flow, headers and what lies behind them, belong to
 * something declared. */
gboolean
lens_ledger_declares (LensLedger *ledger, LensFlow *flow)
{
  return lens_ledger_permits (ledger, flow)
         || (flow->rare->whole != NULL && lens_ledger_permits (ledger, flow->rare->whole))
         || lens_ledger_is_discovery (ledger, flow);
}

/* The track that an account's octets belong to: a SETUP may have come after them.  What was
 * guessed on ports whose session was over belongs to nobody. */
static const LensTrack *
track_of (const LensAccountRow *row)
{
  const LensTrack *late = row->side->flow->rare->track;

  if (row->track != NULL && (!row->track->guessed || row->track->granted == NULL))
    return row->track;
  return late != NULL && late->setup ? late : row->track;
}

static LensClass
session_class (LensLedger *ledger, const LensAccountRow *row)
{
  const LensTrack *track = track_of (row);

  switch (row->kind)
    {
    case LENS_KIND_RTP_PAYLOAD:
      return lens_ledger_track_declared (ledger, track) && lens_track_offers (track, row->detail)
                 ? media_class (ledger, track)
                 : LENS_CLASS_UNDECLARED;
    case LENS_KIND_RTP_HEADER:
    case LENS_KIND_RTP_EXTENSION:
    case LENS_KIND_RTP_PADDING:
    case LENS_KIND_RTCP:
      return track != NULL && track->setup ? LENS_CLASS_MEDIA_OVERHEAD : LENS_CLASS_UNDECLARED;
    case LENS_KIND_RTSP:
    case LENS_KIND_INTERLEAVED:
      return LENS_CLASS_MEDIA_OVERHEAD;
    case LENS_KIND_PAYLOAD:
      /* What else went between the same ports: before a SETUP, or on another connection. */
      return is_sealed (ledger, row->side->flow) ? LENS_CLASS_DECLARED_VIDEO
                                                 : LENS_CLASS_UNDECLARED;
    default:
      return LENS_CLASS_UNEXPLAINED;
    }
}

static LensClass
service_class (const LensAccountRow *row)
{
  switch (row->kind)
    {
    case LENS_KIND_PAYLOAD:
    case LENS_KIND_FRAGMENT:
    case LENS_KIND_RTSP:
    case LENS_KIND_INTERLEAVED:
    case LENS_KIND_UNSETUP:
    case LENS_KIND_RTP_HEADER:
    case LENS_KIND_RTP_EXTENSION:
    case LENS_KIND_RTP_PAYLOAD:
    case LENS_KIND_RTP_PADDING:
    case LENS_KIND_RTCP:
      return LENS_CLASS_DECLARED_SERVICE;
    default:
      return LENS_CLASS_UNEXPLAINED;
    }
}

void
lens_ledger_pass_leftovers (LensLedger *ledger, const LensSide *side)
{
  guint64 number = lens_mac_number (side->key.src_mac);

  if (side->key.has_mac & 1)
    g_hash_table_add (ledger->leftovers, g_memdup2 (&number, sizeof number));
}

static gboolean
leaves_leftovers (LensLedger *ledger, const LensSideKey *key)
{
  guint64 number = lens_mac_number (key->src_mac);

  return (key->has_mac & 1) != 0 && g_hash_table_contains (ledger->leftovers, &number);
}

LensClass
lens_ledger_class_of (LensLedger *ledger, LensAccountId account)
{
  const LensAccountRow account_row = lens_flows_account_row (ledger->flows, account);
  const LensAccountRow *row = &account_row;
  const LensSideKey *key = &row->side->key;

  if (row->kind == LENS_KIND_PSEUDO)
    return LENS_CLASS_NETWORK_OVERHEAD;
  if (lens_ledger_side_source (ledger, row->side) < 0
      && lens_ledger_side_destination (ledger, row->side) < 0)
    return LENS_CLASS_OTHER_HOST;
  if (row->side->rare->outer != NULL && row->kind != LENS_KIND_DUPLICATE
      && row->kind != LENS_KIND_REPEAT && is_refused (ledger, row->side->rare->outer->flow))
    return LENS_CLASS_UNDECLARED;
  switch (row->kind)
    {
    case LENS_KIND_DUPLICATE:
    case LENS_KIND_HEADER:
    case LENS_KIND_PAD:
    case LENS_KIND_REPEAT:
    case LENS_KIND_QUOTE:
      return LENS_CLASS_NETWORK_OVERHEAD;
    case LENS_KIND_DISCOVERY:
      return discovery_permitted (ledger, key, row->detail) ? LENS_CLASS_LOCAL_DISCOVERY
                                                            : LENS_CLASS_UNDECLARED;
    default:
      break;
    }
  if (row->side->flow->of_rest)
    return LENS_CLASS_UNEXPLAINED;
  if (row->kind == LENS_KIND_SLACK && row->detail == LENS_SLACK_SURPLUS
      && lens_ledger_tap_trailer (ledger) > 0)
    return LENS_CLASS_NETWORK_OVERHEAD;
  if (row->kind == LENS_KIND_SLACK && row->detail != LENS_SLACK_SURPLUS
      && leaves_leftovers (ledger, key))
    return LENS_CLASS_NETWORK_OVERHEAD;
  if (row->kind == LENS_KIND_SLACK && lens_ledger_declares (ledger, row->side->flow))
    return LENS_CLASS_UNEXPLAINED;
  gboolean of_parts = row->kind == LENS_KIND_FRAGMENT || row->kind == LENS_KIND_CONFLICT;
  LensFlow *flow = row->side->flow;
  if (of_parts && flow->rare->whole != NULL)
    flow = flow->rare->whole;
  switch (permission (ledger, flow))
    {
    case PERMITTED_SESSION:
      return session_class (ledger, row);
    case PERMITTED_SERVICE:
      return service_class (row);
    default:
      return LENS_CLASS_UNDECLARED;
    }
}
