/* A STIX 2.1 bundle (OASIS Standard, 2021): what the device talks with and nobody declared.
 *
 *   identity       whose evaluation it is: the laboratory, else the tool
 *   observed-data  for each such peer: its address, the names it is known by, the flows
 *   indicator      for each address and each name of such a peer that others could meet too, and
 * for each domain that a finding at low or above is about relationship   an indicator is based on
 * its observed-data
 *
 * Not every undeclared peer makes an indicator: addresses that mean something else in each network
 * (private, link-local, loopback, multicast, broadcast) are observed only, and what is no host name
 * after RFC 1034 is left out.
 *
 * Identifiers after section 2.9: those of observable objects come from their properties in the
 * namespace of the standard, so that two producers agree; all others from the record, in another.
 * What was `created` is as old as what was seen: there is no clock.
 */
#include "report/export-parts.h"

#include <string.h>

#include "report/stamp.h"
#include "wire/address.h"

enum
{
  MILLISECONDS = 3, /* digits: `created` and `modified` have no more */
  NANOSECONDS = 9,
  MAX_LABEL = 63, /* octets, RFC 1034 section 3.1 */
  MAX_HOST = 253,
  MAX_OBSERVED = 999999999, /* section 4.14 */
};

/* Of section 2.9. */
static const LensUuid observables = { { 0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01,
                                        0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7 } };

/* One peer that nobody declared. */
typedef struct
{
  LensAddress address;
  GPtrArray *flows; /* const LensFlowRow* */
  GPtrArray *names; /* const char*, host names, each once */
  gint64 first, last;
} Peer;

typedef struct
{
  LensEmit emit;
  const LensExport *export;
  GPtrArray *peers;    /* Peer, in the order of their flows */
  GHashTable *devices; /* LensAddress: those of the devices */
  GHashTable *said;    /* char*: identifiers of observable objects that stand in the bundle */
  char *identity;
} Stix;

/* --- peers --- */

static void
peer_free (gpointer data)
{
  Peer *peer = data;

  g_ptr_array_unref (peer->flows);
  g_ptr_array_unref (peer->names);
  g_free (peer);
}

static gboolean
is_host_name (const char *name)
{
  gsize label = 0;

  if (name == NULL || strlen (name) > MAX_HOST || strchr (name, '.') == NULL)
    return FALSE;
  for (const char *at = name;; at++)
    {
      if (*at == '.' || *at == '\0')
        {
          if (label == 0 || label > MAX_LABEL || at[-1] == '-')
            return FALSE;
          if (*at == '\0')
            return TRUE;
          label = 0;
        }
      else if (g_ascii_isalnum (*at) || (*at == '-' && label > 0))
        label++;
      else
        return FALSE;
    }
}

static gboolean
is_of_device (const Stix *stix, const char *text, LensAddress *address)
{
  return lens_address_parse (text, address) && g_hash_table_contains (stix->devices, address);
}

/* Whom a device talks with in @flow: as in the report, where both ends are under test, the one
 * that was spoken to.  FALSE where none is, or an end has no address. */
static gboolean
find_peer (const Stix *stix, const LensFlowRow *flow, LensAddress *peer)
{
  LensAddress src, dst;

  if (flow->proto == NULL || flow->src == NULL || flow->dst == NULL
      || !lens_address_parse (flow->src, &src) || !lens_address_parse (flow->dst, &dst))
    return FALSE;
  const gboolean from = is_of_device (stix, flow->src, &src);
  *peer = from ? dst : src;
  return from || is_of_device (stix, flow->dst, &dst);
}

static void
add_name (Peer *peer, const char *name)
{
  for (guint i = 0; i < peer->names->len; i++)
    if (g_ascii_strcasecmp (peer->names->pdata[i], name) == 0)
      return;
  g_ptr_array_add (peer->names, (gpointer)name);
}

static void
add_flow (Stix *stix, GHashTable *known, const LensFlowRow *flow)
{
  LensAddress address;

  if (flow->class_ != LENS_CLASS_UNDECLARED || !find_peer (stix, flow, &address))
    return;
  Peer *peer = g_hash_table_lookup (known, &address);
  if (peer == NULL)
    {
      peer = g_new0 (Peer, 1);
      *peer = (Peer){ address, g_ptr_array_new (), g_ptr_array_new (), flow->first, flow->last };
      g_ptr_array_add (stix->peers, peer);
      g_hash_table_insert (known, &peer->address, peer);
    }
  peer->first = MIN (peer->first, flow->first);
  peer->last = MAX (peer->last, flow->last);
  g_ptr_array_add (peer->flows, (gpointer)flow);
  if (is_host_name (flow->name))
    add_name (peer, flow->name);
}

static void
find_peers (Stix *stix)
{
  g_autoptr (GHashTable) known = lens_address_table_new (NULL, NULL);
  const LensEvaluation *evaluation = stix->export->evaluation;

  for (guint i = 0; i < evaluation->devices->len; i++)
    {
      const LensDeviceRow *device = evaluation->devices->pdata[i];
      for (guint n = 0; n < device->addresses->len; n++)
        {
          g_autofree LensAddress *address = g_new (LensAddress, 1);
          if (lens_address_parse (device->addresses->pdata[n], address))
            g_hash_table_add (stix->devices, g_steal_pointer (&address));
        }
    }
  for (guint i = 0; i < evaluation->flows->len; i++)
    add_flow (stix, known, evaluation->flows->pdata[i]);
}

/* Whether others could meet it too. */
static gboolean
is_for_others (const LensAddress *address)
{
  static const guint8 loopback[16] = { [15] = 1 };
  const gboolean is_loopback = address->version == 4
                                   ? address->octets[0] == 127
                                   : memcmp (address->octets, loopback, sizeof loopback) == 0;

  return !is_loopback && !lens_address_is_private (address) && !lens_address_is_multicast (address)
         && !lens_address_is_broadcast (address) && !lens_address_is_unspecified (address);
}

/* --- objects --- */

static char *
id_of (const Stix *stix, const char *type, const char *key)
{
  char uuid[LENS_UUID_TEXT];

  lens_export_uuid (stix->export, type, key, uuid);
  return g_strdup_printf ("%s--%s", type, uuid);
}

/* @canonical: the properties that make it, as RFC 8785 writes them. */
static char *
observable_id_of (const char *type, const char *canonical)
{
  const LensUuid uuid = lens_uuid_of_name (&observables, canonical);
  char text[LENS_UUID_TEXT];

  lens_uuid_text (&uuid, text);
  return g_strdup_printf ("%s--%s", type, text);
}

static void
begin_object (Stix *stix, const char *type, const char *id)
{
  lens_emit_begin_object (&stix->emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (&stix->emit, "type", type);
  lens_emit_string (&stix->emit, "spec_version", "2.1");
  lens_emit_string (&stix->emit, "id", id);
}

static void
begin_domain_object (Stix *stix, const char *type, const char *id, gint64 at)
{
  begin_object (stix, type, id);
  if (stix->identity != NULL && !g_str_equal (type, "identity"))
    lens_emit_string (&stix->emit, "created_by_ref", stix->identity);
  lens_export_stamp (&stix->emit, "created", at, MILLISECONDS);
  lens_export_stamp (&stix->emit, "modified", at, MILLISECONDS);
}

static void
put_identity (Stix *stix)
{
  const LensEvaluation *evaluation = stix->export->evaluation;
  const char *laboratory = evaluation->laboratory;

  stix->identity = id_of (stix, "identity", "");
  begin_domain_object (stix, "identity", stix->identity, lens_export_time (stix->export));
  lens_emit_string (&stix->emit, "name",
                    laboratory != NULL && *laboratory != '\0' ? laboratory : "lenscap");
  lens_emit_string (&stix->emit, "identity_class",
                    laboratory != NULL && *laboratory != '\0' ? "organization" : "system");
  lens_emit_end_object (&stix->emit);
}

/* An address or a name; what it is known by is the caller's. */
static char *
put_value (Stix *stix, const char *type, const char *value)
{
  g_autofree char *canonical = g_strdup_printf ("{\"value\":\"%s\"}", value);
  char *id = observable_id_of (type, canonical);

  if (g_hash_table_add (stix->said, g_strdup (id)))
    {
      begin_object (stix, type, id);
      lens_emit_string (&stix->emit, "value", value);
      lens_emit_end_object (&stix->emit);
    }
  return id;
}

static const char *
type_of (const LensAddress *address)
{
  return address->version == 4 ? "ipv4-addr" : "ipv6-addr";
}

static char *
put_address (Stix *stix, const LensAddress *address)
{
  char text[LENS_ADDRESS_TEXT];

  return put_value (stix, type_of (address), lens_address_text (address, text));
}

static char *
put_end (Stix *stix, const char *text)
{
  LensAddress address = { 0 };

  lens_address_parse (text, &address); /* find_peer saw to it */
  return put_address (stix, &address);
}

/* Names of protocols here are lower case, outermost first. */
static char *
protocols_of (const LensFlowRow *flow)
{
  g_autofree char *proto = g_ascii_strdown (flow->proto, -1);

  for (char *at = proto; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at))
      *at = '-';
  return g_strdup_printf ("%s\",\"%s", strchr (flow->src, ':') != NULL ? "ipv6" : "ipv4", proto);
}

static char *
put_traffic (Stix *stix, const LensFlowRow *flow)
{
  g_autofree char *src = put_end (stix, flow->src);
  g_autofree char *dst = put_end (stix, flow->dst);
  g_autofree char *protocols = protocols_of (flow);
  g_auto (GStrv) list = g_strsplit (protocols, "\",\"", -1);
  g_autoptr (GString) start = g_string_new (NULL), end = g_string_new (NULL);

  lens_stamp (start, MAX (flow->first, 0), NANOSECONDS, "Z");
  lens_stamp (end, MAX (flow->last, 0), NANOSECONDS, "Z");
  g_autofree char *canonical = g_strdup_printf (
      "{\"dst_port\":%u,\"dst_ref\":\"%s\",\"end\":\"%s\",\"protocols\":[\"%s\"],\"src_port\":%u,"
      "\"src_ref\":\"%s\",\"start\":\"%s\"}",
      flow->dport, dst, end->str, protocols, flow->sport, src, start->str);
  char *id = observable_id_of ("network-traffic", canonical);
  if (!g_hash_table_add (stix->said, g_strdup (id)))
    return id;
  LensEmit *emit = &stix->emit;
  begin_object (stix, "network-traffic", id);
  lens_emit_string (emit, "start", start->str);
  lens_emit_string (emit, "end", end->str);
  lens_emit_string (emit, "src_ref", src);
  lens_emit_string (emit, "dst_ref", dst);
  lens_emit_uint (emit, "src_port", flow->sport);
  lens_emit_uint (emit, "dst_port", flow->dport);
  lens_emit_begin_array (emit, "protocols", LENS_EMIT_ROW);
  lens_emit_string (emit, NULL, list[0]);
  lens_emit_string (emit, NULL, list[1]);
  lens_emit_end_array (emit);
  lens_emit_uint (emit, "src_byte_count", flow->bytes_out);
  lens_emit_uint (emit, "dst_byte_count", flow->bytes_in);
  lens_emit_uint (emit, "src_packets", flow->packets_out);
  lens_emit_uint (emit, "dst_packets", flow->packets_in);
  lens_emit_end_object (emit);
  return id;
}

static char *
put_observed (Stix *stix, const Peer *peer, const GPtrArray *refs, const char *address)
{
  char *id = id_of (stix, "observed-data", address);

  begin_domain_object (stix, "observed-data", id, peer->first);
  lens_export_stamp (&stix->emit, "first_observed", peer->first, NANOSECONDS);
  lens_export_stamp (&stix->emit, "last_observed", peer->last, NANOSECONDS);
  lens_emit_uint (&stix->emit, "number_observed", peer->flows->len);
  lens_emit_strings (&stix->emit, "object_refs", refs);
  lens_emit_end_object (&stix->emit);
  return id;
}

/* --- indicators --- */

static gboolean
is_of_peer (const LensFindingRow *finding, const char *address)
{
  return finding->severity > LENS_SEVERITY_INFO && finding->flow != NULL
         && (g_strcmp0 (finding->flow->src, address) == 0
             || g_strcmp0 (finding->flow->dst, address) == 0);
}

static char *
describe (const Stix *stix, const char *address)
{
  const GPtrArray *findings = stix->export->evaluation->findings;
  GString *words
      = g_string_new ("The device talks with it, and nobody declared that.  It need not be"
                      " malicious.");

  for (guint i = 0, said = 0; i < findings->len; i++)
    {
      const LensFindingRow *finding = findings->pdata[i];
      if (is_of_peer (finding, address))
        g_string_append_printf (words, "%s%s (%s, %s)", said++ == 0 ? "  Findings: " : ", ",
                                finding->id, finding->channel,
                                lens_severity_name (finding->severity));
    }
  return g_string_free (words, FALSE);
}

static void
put_source (LensEmit *emit, const LensExport *export)
{
  lens_emit_begin_array (emit, "external_references", LENS_EMIT_TALL);
  lens_emit_begin_object (emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (emit, "source_name", "lenscap");
  lens_emit_string (emit, "description", "evaluation.json, by its SHA-256");
  lens_emit_string (emit, "external_id", export->source->record_sha256);
  lens_emit_end_object (emit);
  lens_emit_end_array (emit);
}

static void
put_relationship (Stix *stix, const char *indicator, const char *observed, gint64 at)
{
  g_autofree char *id = id_of (stix, "relationship", indicator);

  begin_domain_object (stix, "relationship", id, at);
  lens_emit_string (&stix->emit, "relationship_type", "based-on");
  lens_emit_string (&stix->emit, "source_ref", indicator);
  lens_emit_string (&stix->emit, "target_ref", observed);
  lens_emit_end_object (&stix->emit);
}

/* What an indicator says; its strings are borrowed. */
typedef struct
{
  const char *key; /* its own among the indicators of the record */
  const char *name, *description, *pattern;
  gint64 first;
  const char *observed; /* what it is based on */
} Indicator;

static void
put_indicator (Stix *stix, const Indicator *indicator)
{
  g_autofree char *id = id_of (stix, "indicator", indicator->key);
  LensEmit *emit = &stix->emit;

  begin_domain_object (stix, "indicator", id, indicator->first);
  lens_emit_string (emit, "name", indicator->name);
  lens_emit_string (emit, "description", indicator->description);
  lens_emit_begin_array (emit, "indicator_types", LENS_EMIT_ROW);
  lens_emit_string (emit, NULL, "anomalous-activity");
  lens_emit_end_array (emit);
  lens_emit_string (emit, "pattern", indicator->pattern);
  lens_emit_string (emit, "pattern_type", "stix");
  lens_emit_string (emit, "pattern_version", "2.1");
  lens_export_stamp (emit, "valid_from", indicator->first, NANOSECONDS);
  put_source (emit, stix->export);
  lens_emit_end_object (emit);
  put_relationship (stix, id, indicator->observed, indicator->first);
}

/* @value has neither quotes nor backslashes: it is an address or a host name. */
static void
put_peer_indicator (Stix *stix, const Peer *peer, const char *type, const char *value,
                    const char *observed)
{
  char address[LENS_ADDRESS_TEXT];
  g_autofree char *description = describe (stix, lens_address_text (&peer->address, address));
  g_autofree char *key = g_strdup_printf ("%s:%s:%s", type, value, address);
  g_autofree char *pattern = g_strdup_printf ("[%s:value = '%s']", type, value);
  g_autofree char *name = g_strdup_printf ("Undeclared peer %s", value);
  const Indicator indicator = { key, name, description, pattern, peer->first, observed };

  put_indicator (stix, &indicator);
}

static void
put_peer (Stix *stix, const Peer *peer)
{
  g_autoptr (GPtrArray) refs = g_ptr_array_new_with_free_func (g_free);
  char address[LENS_ADDRESS_TEXT];

  lens_address_text (&peer->address, address);
  g_ptr_array_add (refs, put_address (stix, &peer->address));
  for (guint i = 0; i < peer->names->len; i++)
    g_ptr_array_add (refs, put_value (stix, "domain-name", peer->names->pdata[i]));
  for (guint i = 0; i < peer->flows->len; i++)
    g_ptr_array_add (refs, put_traffic (stix, peer->flows->pdata[i]));
  g_autofree char *observed = put_observed (stix, peer, refs, address);
  if (is_for_others (&peer->address))
    put_peer_indicator (stix, peer, type_of (&peer->address), address, observed);
  for (guint i = 0; i < peer->names->len; i++)
    put_peer_indicator (stix, peer, "domain-name", peer->names->pdata[i], observed);
}

/* --- domains --- */

/* Whether names under it may be of anybody: registries of countries sell them at "co.uk". */
static gboolean
is_of_registry (const char *domain)
{
  const char *top = strrchr (domain, '.');
  const gsize second = (gsize)(top - domain);

  return strlen (top + 1) == 2 && second <= 3 && memchr (domain, '.', second) == NULL;
}

static char *
put_observed_domain (Stix *stix, const LensFindingRow *finding)
{
  char *id = id_of (stix, "observed-data", finding->name);
  g_autofree char *domain = put_value (stix, "domain-name", finding->name);

  begin_domain_object (stix, "observed-data", id, finding->first);
  lens_export_stamp (&stix->emit, "first_observed", finding->first, NANOSECONDS);
  lens_export_stamp (&stix->emit, "last_observed", finding->last, NANOSECONDS);
  lens_emit_uint (&stix->emit, "number_observed", CLAMP (finding->frame_count, 1, MAX_OBSERVED));
  lens_emit_begin_array (&stix->emit, "object_refs", LENS_EMIT_ROW);
  lens_emit_string (&stix->emit, NULL, domain);
  lens_emit_end_array (&stix->emit);
  lens_emit_end_object (&stix->emit);
  return id;
}

/* The domain that a finding is about, each once. */
static void
put_domain (Stix *stix, GHashTable *known, const LensFindingRow *finding)
{
  const char *domain = finding->name;

  if (finding->severity < LENS_SEVERITY_LOW || !is_host_name (domain) || is_of_registry (domain)
      || !g_hash_table_add (known, (gpointer)domain))
    return;
  g_autofree char *observed = put_observed_domain (stix, finding);
  g_autofree char *key = g_strconcat ("domain:", domain, NULL);
  g_autofree char *name = g_strdup_printf ("Names under %s", domain);
  g_autofree char *description = g_strdup_printf (
      "%s  Finding: %s (%s, %s)", finding->summary != NULL ? finding->summary : "", finding->id,
      finding->channel, lens_severity_name (finding->severity));
  g_autofree char *pattern = g_strdup_printf (
      "[domain-name:value = '%s' OR domain-name:value LIKE '%%.%s']", domain, domain);
  const Indicator indicator = { key, name, description, pattern, finding->first, observed };
  put_indicator (stix, &indicator);
}

GBytes *
lens_export_stix (const LensExport *export)
{
  GByteArray *octets = g_byte_array_new ();
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func (peer_free);
  g_autoptr (GHashTable) devices = lens_address_table_new (g_free, NULL);
  g_autoptr (GHashTable) domains = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Stix stix = { .export = export, .peers = peers, .devices = devices, .said = said };
  g_autofree char *bundle = id_of (&stix, "bundle", "");

  lens_emit_init (&stix.emit, LENS_EMIT_PRETTY, lens_emit_to_byte_array, octets);
  lens_emit_begin_object (&stix.emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (&stix.emit, "type", "bundle");
  lens_emit_string (&stix.emit, "id", bundle);
  lens_emit_begin_array (&stix.emit, "objects", LENS_EMIT_TALL);
  put_identity (&stix);
  find_peers (&stix);
  for (guint i = 0; i < peers->len; i++)
    put_peer (&stix, peers->pdata[i]);
  for (guint i = 0; i < export->evaluation->findings->len; i++)
    put_domain (&stix, domains, export->evaluation->findings->pdata[i]);
  lens_emit_end_array (&stix.emit);
  lens_emit_end_object (&stix.emit);
  lens_emit_finish (&stix.emit);
  g_free (stix.identity);
  return g_byte_array_free_to_bytes (octets);
}
