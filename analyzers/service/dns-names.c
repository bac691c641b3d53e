/* dns-names: does the device ask for names outside the set that its owner declared?
 *
 * A device that does one job asks for a handful of names.  Where the profile closes the set
 * ([dns] names), each other name is data that leaves with the query, however slowly: the
 * resolver carries it on to whoever owns the domain (RFC 1034 section 4.3).
 *
 *   use    8 bits for each octet of a name not asked before, below the last two labels
 *          (of the whole name when it has no more); the repetition of a name adds nothing
 */
#include "ledger/analyzer.h"
#include "ledger/profile.h"
#include "ledger/seed-dns.h"

#include <string.h>

#define MAX_NAMES 100000
#define MAX_DOMAINS 16
#define DNS_PORT 53

static const char other_domains[] = "other domains";

typedef struct
{
  GHashTable *names; /* char*: asked before, with the asker in front */
  GHashTable *domains;
} DnsNames;

static const LensChannelText channels[] = {
  { .id = "dns-name-allowlist",
    .summary = "The device asks the name service for names that its owner did not declare.",
    .filter_hint = "dns.flags.response == 0",
    .reference = "RFC 1035 section 4.1.2; the profile's [dns] names",
    .hides = TRUE,
    .unit = LENS_UNIT_DNS },
  { NULL },
};

/* The last two labels, or all of a shorter name. */
static const char *
domain_of (const char *name)
{
  const char *dot = strrchr (name, '.');

  while (dot != NULL && dot > name)
    {
      dot--;
      if (*dot == '.')
        return dot + 1;
    }
  return name;
}

static gboolean
is_new (LensLedger *ledger, DnsNames *names, const LensUnit *unit, const char *name)
{
  char asker[LENS_ADDRESS_TEXT];

  if (names->names == NULL)
    names->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!lens_ledger_has_room (ledger, unit->side, g_hash_table_size (names->names), MAX_NAMES))
    return TRUE;
  return g_hash_table_add (
      names->names, g_strconcat (lens_address_text (&unit->side->key.src, asker), " ", name, NULL));
}

/* Beyond the cap, domains are told apart no longer. */
static const char *
subject_of (DnsNames *names, const char *domain)
{
  if (names->domains == NULL)
    names->domains = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (g_hash_table_contains (names->domains, domain))
    return domain;
  if (g_hash_table_size (names->domains) >= MAX_DOMAINS)
    return other_domains;
  g_hash_table_add (names->domains, g_strdup (domain));
  return domain;
}

/* The profiles that close their set of names and leave @name out of it, a bit each. */
static guint64
refused_by (LensLedger *ledger, const char *name)
{
  guint64 refused = 0;

  for (guint i = 0; i < MIN (lens_ledger_n_profiles (ledger), 64); i++)
    {
      const LensProfile *profile = lens_ledger_profile (ledger, i);
      if (profile->has_dns && !lens_profile_permits_name (profile, name))
        refused |= G_GUINT64_CONSTANT (1) << i;
    }
  return refused;
}

static void
see_name (LensLedger *ledger, DnsNames *names, const LensUnit *unit, const LensDnsRecord *record)
{
  LensDnsName name;

  lens_dns_name_read (unit->view.octets, unit->view.length, record->name.offset, &name);
  lens_dns_name_lower (&name);
  guint64 refused = refused_by (ledger, name.text);
  const char *domain = domain_of (name.text);
  gsize below = domain > name.text ? (gsize)(domain - name.text) : strlen (name.text);
  guint64 bits = is_new (ledger, names, unit, name.text) ? 8 * below : 0;
  /* Which device asks is known at the end; so names are kept apart by who refuses them. */
  g_autofree char *subject
      = g_strdup_printf ("%" G_GINT64_MODIFIER "x %s", refused, subject_of (names, domain));
  LensCarrier *carrier = lens_ledger_carrier (ledger, "dns-name-allowlist", unit, subject);

  if (refused != 0)
    lens_ledger_use (ledger, carrier, unit, bits, record->name.offset, record->name.length);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  LensDnsRecords records;
  LensDnsRecord record;

  /* What comes from a resolver answers; what goes to one asks, whatever it calls itself. */
  if ((unit->dns->flags & LENS_DNS_FLAG_RESPONSE) != 0 && unit->side->key.sport == DNS_PORT)
    return;
  lens_dns_records_init (&records, unit->view.octets, unit->view.length, unit->dns);
  while (lens_dns_records_next (&records, &record))
    if (record.section == LENS_DNS_QUESTION)
      see_name (ledger, state, unit, &record);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "dns-names") || carrier->uses == 0)
        continue;
      gint profile = lens_ledger_profile_of (ledger, carrier->side);
      guint64 refused = g_ascii_strtoull (carrier->subject, NULL, 16);
      if (profile < 0 || profile >= 64 || (refused >> profile & 1) == 0)
        continue;
      const char *domain = strchr (carrier->subject, ' ') + 1;
      g_autofree char *detail = g_strdup_printf (
          "%" G_GUINT64_FORMAT " queries for names under %s.", carrier->uses, domain);
      lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, detail);
      if (!g_str_equal (domain, other_domains))
        lens_ledger_find_name (ledger, carrier, domain);
    }
}

static void
clear (gpointer state)
{
  DnsNames *names = state;

  g_clear_pointer (&names->names, g_hash_table_unref);
  g_clear_pointer (&names->domains, g_hash_table_unref);
}

static void
put_label (GByteArray *into, const char *text, gsize length)
{
  guint8 octet = (guint8)length;

  g_byte_array_append (into, &octet, 1);
  g_byte_array_append (into, (const guint8 *)text, (guint)length);
}

static void
draw_letters (LensSeedBed *bed, char *into, gsize length)
{
  for (gsize i = 0; i < length; i++)
    into[i] = (char)('a' + lens_seed_bed_below (bed, 26));
}

/* Queries to the server that the device asks, for names below one domain. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  char domain[12], top[4], label[63];
  gsize domain_length = 3 + lens_seed_bed_below (bed, 10), top_length = 2;
  guint8 head[12] = { 0, 0, 1, 0, 0, 1 }, tail[5] = { 0, 0, 1, 0, 1 };
  LensSeedPlace place;
  g_autoptr (GByteArray) query = g_byte_array_new ();

  if (!lens_seed_dns_begin (bed))
    return FALSE;
  draw_letters (bed, domain, domain_length);
  draw_letters (bed, top, top_length += lens_seed_bed_below (bed, 2));
  gsize most = 1 + lens_seed_bed_below (bed, sizeof label);
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      gsize count = lens_seed_bed_take_text (bed, label, most);
      if (count == 0)
        continue;
      g_byte_array_set_size (query, 0);
      g_byte_array_append (query, head, sizeof head);
      put_label (query, label, count);
      put_label (query, domain, domain_length);
      put_label (query, top, top_length);
      g_byte_array_append (query, tail, sizeof tail);
      lens_seed_dns_send (bed, query->data, query->len);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_dns_names = {
  .name = "dns-names",
  .question = "Does the device ask for names outside the set that its owner declared?",
  .source = "RFC 1035 section 4.1.2",
  .units = LENS_UNIT_DNS,
  .channels = channels,
  .state_size = sizeof (DnsNames),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
