/* content-neighbour: does the device tell the world in clear whose machines are around it?
 *
 * Machines on a link tell each other their names: in DHCP (RFC 2132 section 3.14, RFC 4702), by
 * multicast DNS (RFC 6762), LLMNR (RFC 4795) and NetBIOS (RFC 1002 section 4.2).  They are often
 * those of persons or rooms (RFC 8117).  A device that reports them beyond the link says who is at
 * home.  Looked for is what this capture has shown before, in what others than the sender said.
 *
 * Benign: the device's own name; names that are words, so that they may mean something else; the
 * same inside the link, where everybody heard it; services that the owner declared.
 *
 *   use    8 bits for each octet of such a name that leaves the link
 */
#include "ledger/analyzer.h"
#include "ledger/overlap.h"

#include "wire/dhcp.h"
#include "wire/octets.h"

#include <netinet/in.h>
#include <string.h>

#define CHANNEL "content-identifier"

enum
{
  SHORTEST = 6,
  LONGEST = 63, /* of a label: RFC 1035 section 2.3.4 */
  KEEP = LONGEST + 1,
  MAX_NAMES = 1024,
  MAX_CLAIMS = 16384,
  DHCP_FQDN = 81,
  FQDN_HEAD = 3, /* flags and two results: RFC 4702 section 2 */
  NETBIOS_PORT = 137,
  NETBIOS_REGISTERS = 5, /* opcode: RFC 1002 section 4.2.1.1 */
  NETBIOS_LABEL = 32,
  NETBIOS_SERVER = 0x20, /* what the last octet of a name says: a host that serves files */
};

typedef struct
{
  LensOverlap *overlap;
  GHashTable *names;  /* hash of a name, folded -> name */
  GHashTable *claims; /* hashes of a name and of who has it */
} Neighbours;

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "The device sends in clear, beyond its own link, the names of machines around it.",
    .reference = "RFC 8117; RFC 6973 section 5.2",
    .unit = LENS_UNIT_CONTENT },
  { NULL },
};

/* --- what machines say they are called --- */

static gboolean
is_of_name (guint8 octet)
{
  return g_ascii_isalnum (octet) || octet == '-' || octet == '_';
}

/* With a mark that words do not have; and not what stands in protocols all the same. */
static gboolean
is_telling (const guint8 *octets, gsize length)
{
  static const char *const words[]
      = { "ip-camera",  "network-camera", "web-server",  "smart-tv",   "android-tv",
          "keep-alive", "no-cache",       "no-store",    "user-agent", "content-type",
          "set-cookie", "x86_64",         "access-point" };
  guint letters = 0, marks = 0;

  for (gsize i = 0; i < length; i++)
    {
      letters += g_ascii_isalpha (octets[i]) != 0;
      marks += !g_ascii_isalpha (octets[i]);
      if (!is_of_name (octets[i]))
        return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strlen (words[i]) == length
        && g_ascii_strncasecmp ((const char *)octets, words[i], length) == 0)
      return FALSE;
  return length >= SHORTEST && length <= LONGEST && letters > 0 && marks > 0;
}

static guint64
claim_of (guint64 name, guint64 who)
{
  return lens_octets_hash (name, (const guint8 *)&who, sizeof who);
}

static void
claim (LensLedger *ledger, Neighbours *state, const LensUnit *unit, guint64 name, guint64 who)
{
  guint64 hash = claim_of (name, who);

  if (!g_hash_table_contains (state->claims, &hash)
      && lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->claims), MAX_CLAIMS))
    g_hash_table_add (state->claims, g_memdup2 (&hash, sizeof hash));
}

/* The host with link address @mac is called what stands at @octets up to the first dot. */
static void
learn (LensLedger *ledger, Neighbours *state, const LensUnit *unit, const guint8 mac[6],
       const guint8 *octets, gsize length)
{
  const guint8 *dot = memchr (octets, '.', length);

  length = dot != NULL ? (gsize)(dot - octets) : length;
  if (!is_telling (octets, length))
    return;
  guint64 hash = lens_octets_hash_folded (LENS_HASH_START, octets, length);
  if (!g_hash_table_contains (state->names, &hash))
    {
      if (!lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->names), MAX_NAMES))
        return;
      g_hash_table_insert (state->names, g_memdup2 (&hash, sizeof hash),
                           g_strndup ((const char *)octets, length));
    }
  claim (ledger, state, unit, hash, lens_mac_number (mac));
  claim (ledger, state, unit, hash, lens_address_hash (&unit->side->key.src));
}

/* The hardware address is the client's, in an answer too. */
static void
learn_of_dhcp (LensLedger *ledger, Neighbours *state, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets;
  LensDhcp dhcp;
  LensRange name;

  if (unit->side->key.src.version != 4 || !lens_dhcp_parse (octets, unit->view.length, &dhcp)
      || dhcp.hardware.length < 6)
    return;
  const guint8 *mac = octets + dhcp.hardware.offset;
  if (lens_dhcp_option (octets, &dhcp, LENS_DHCP_OPTION_HOST_NAME, &name))
    learn (ledger, state, unit, mac, octets + name.offset, name.length);
  if (!lens_dhcp_option (octets, &dhcp, DHCP_FQDN, &name) || name.length <= FQDN_HEAD + 1)
    return;
  /* As text, or as labels. */
  gsize at = name.offset + FQDN_HEAD, length = name.length - FQDN_HEAD;
  if (octets[at] < length && octets[at] <= LONGEST && !g_ascii_isalnum (octets[at]))
    learn (ledger, state, unit, mac, octets + at + 1, octets[at]);
  else
    learn (ledger, state, unit, mac, octets + at, length);
}

/* Each octet of a NetBIOS name is two letters (RFC 1001 section 14.1). */
static void
learn_netbios (LensLedger *ledger, Neighbours *state, const LensUnit *unit, const LensDnsName *name)
{
  guint8 octets[NETBIOS_LABEL / 2];
  gsize length = sizeof octets - 1;

  if (strcspn (name->text, ".") != NETBIOS_LABEL)
    return;
  for (guint i = 0; i < sizeof octets; i++)
    octets[i] = (guint8)((name->text[2 * i] - 'A') << 4 | ((name->text[2 * i + 1] - 'A') & 0x0f));
  while (length > 0 && octets[length - 1] == ' ')
    length--;
  if (octets[sizeof octets - 1] == NETBIOS_SERVER)
    learn (ledger, state, unit, unit->side->key.src_mac, octets, length);
}

/* Answers with addresses are the speaker's own; so are names that it registers. */
static void
learn_of_discovery (LensLedger *ledger, Neighbours *state, const LensUnit *unit)
{
  gboolean is_netbios = g_str_equal (unit->discovery, "nbns");
  const guint8 *octets = unit->view.octets;
  LensDnsRecords records;
  LensDnsRecord record;
  LensDnsMessage dns;
  LensDnsName name;
  LensAddress address;

  if ((!is_netbios && !g_str_equal (unit->discovery, "mdns")
       && !g_str_equal (unit->discovery, "llmnr"))
      || (is_netbios && unit->side->key.sport != NETBIOS_PORT)
      || !lens_dns_parse (octets, unit->view.length, &dns)
      || (is_netbios ? (dns.flags >> 11 & 0x0f) != NETBIOS_REGISTERS
                     : (dns.flags & LENS_DNS_FLAG_RESPONSE) == 0))
    return;
  lens_dns_records_init (&records, octets, unit->view.length, &dns);
  while (lens_dns_records_next (&records, &record))
    {
      gboolean is_own = is_netbios ? record.section == LENS_DNS_QUESTION
                                   : record.section != LENS_DNS_QUESTION
                                         && lens_dns_record_address (octets, &record, &address);
      if (!is_own)
        continue;
      lens_dns_name_read (octets, unit->view.length, record.name.offset, &name);
      if (is_netbios)
        learn_netbios (ledger, state, unit, &name);
      else
        learn (ledger, state, unit, unit->side->key.src_mac, (const guint8 *)name.text,
               strlen (name.text));
    }
}

/* --- what the device tells --- */

static gboolean
is_own (const Neighbours *state, const LensSide *side, guint64 name)
{
  guint64 by_link = claim_of (name, lens_mac_number (side->key.src_mac)),
          by_address = claim_of (name, lens_address_hash (&side->key.src));

  return g_hash_table_contains (state->claims, &by_link)
         || g_hash_table_contains (state->claims, &by_address);
}

/* Word by word. */
static void
look (LensLedger *ledger, Neighbours *state, const LensUnit *unit, gsize fresh)
{
  const guint8 *octets = unit->view.octets;

  for (gsize at = 0; at < unit->view.length;)
    {
      gsize start = at;
      while (at < unit->view.length && is_of_name (octets[at]))
        at++;
      gsize length = at - start;
      at += length == 0;
      /* What reaches the end may go on with the next unit. */
      if (length < SHORTEST || length > LONGEST || at <= fresh
          || (at == unit->view.length && unit->side->key.protocol == IPPROTO_TCP))
        continue;
      guint64 hash = lens_octets_hash_folded (LENS_HASH_START, octets + start, length);
      const char *name = g_hash_table_lookup (state->names, &hash);
      if (name != NULL && !is_own (state, unit->side, hash))
        lens_ledger_use (ledger, lens_ledger_carrier (ledger, CHANNEL, unit, name), unit,
                         8 * length, start, length);
    }
}

static void
see_content (LensLedger *ledger, Neighbours *state, const LensUnit *unit)
{
  const LensAddress *to = &unit->side->key.dst;
  gsize fresh;

  if (to->version == 0 || lens_address_is_multicast (to) || lens_address_is_broadcast (to)
      || g_hash_table_size (state->names) == 0)
    return;
  LensUnit whole = lens_overlap_take (state->overlap, unit, &fresh);
  look (ledger, state, &whole, fresh);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Neighbours *state = data;

  if (state->names == NULL)
    {
      state->overlap = lens_overlap_new (KEEP);
      state->names = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
      state->claims = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
    }
  if (unit->kind == LENS_UNIT_DHCP)
    learn_of_dhcp (ledger, state, unit);
  else if (unit->kind == LENS_UNIT_DISCOVERY)
    learn_of_discovery (ledger, state, unit);
  else
    see_content (ledger, state, unit);
}

static void
ended (gpointer data, const LensSide *side)
{
  Neighbours *state = data;

  lens_overlap_drop (state->overlap, side);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const Neighbours *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!lens_ledger_owns (ledger, carrier) || carrier->uses == 0)
        continue;
      guint64 name = lens_octets_hash_folded (LENS_HASH_START, (const guint8 *)carrier->subject,
                                              strlen (carrier->subject));
      gboolean leaves = lens_ledger_leaves_link (ledger, carrier->side)
                        && !lens_ledger_permits (ledger, carrier->side->flow);
      g_autofree char *detail = g_strdup_printf ("It tells of \"%s\".", carrier->subject);
      if (is_own (state, carrier->side, name))
        lens_ledger_pass_over (ledger, carrier); /* it said so later */
      else
        lens_ledger_find (ledger, carrier, leaves ? LENS_SEVERITY_MEDIUM : LENS_SEVERITY_INFO,
                          leaves ? NULL
                                 : "The device tells a neighbour, or a service that may know, the "
                                   "names of machines around it.",
                          detail);
    }
}

static void
clear (gpointer data)
{
  Neighbours *state = data;

  g_clear_pointer (&state->overlap, lens_overlap_free);
  g_clear_pointer (&state->names, g_hash_table_unref);
  g_clear_pointer (&state->claims, g_hash_table_unref);
}

const LensAnalyzer lens_analyzer_content_neighbour = {
  .name = "content-neighbour",
  .question = "Does the device tell the world in clear whose machines are around it?",
  .source = "RFC 8117; RFC 6762; RFC 1002 section 4.2; RFC 2132 section 3.14",
  .severity = LENS_SEVERITY_RULE_NEIGHBOUR,
  .units = LENS_UNIT_CONTENT | LENS_UNIT_DHCP | LENS_UNIT_DISCOVERY,
  .channels = channels,
  .state_size = sizeof (Neighbours),
  .see = see,
  .ended = ended,
  .conclude = conclude,
  .clear = clear,
};
