/* dns-case: does the letter case of the names that are asked for say anything?
 *
 * Names are compared without it (RFC 4343) and come back as they were sent, so one bit of each
 * letter is free.  Resolvers put noise there to recognize their answers
 * (draft-vixie-dnsext-dns0x20); whoever only asks a resolver writes a name always the same way.
 *
 *   use    the letters of a name that was written another way before; or in which letters go up
 *          and down again and again
 *
 * Who writes all names so may follow the draft; who does so only now and then does not.
 */
#include "ledger/analyzer.h"
#include "ledger/constancy.h"
#include "ledger/seed-dns.h"

#include <string.h>

enum
{
  DNS_PORT = 53,
  TURNS = 4,       /* from a small letter to a capital inside a label */
  LEAST_SMALL = 2, /* names without a capital, ... */
  ENOUGH = 8,      /* ... of so many letters */
  LEAST_USES = 6   /* honest programs differ in how they write a few names */
};

static const char channel_id[] = "dns-qname-case-0x20";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "The letter case of the names that the device asks for changes: it carries data.",
    .room = "Names are asked for in changing letter case, as resolvers do against forgery; data "
            "could travel in it.",
    .filter_hint = "dns.qry.name matches \"[a-z][A-Z]\"",
    .reference = "RFC 4343 section 2; draft-vixie-dnsext-dns0x20",
    .hides = TRUE,
    .unit = LENS_UNIT_DNS },
  { NULL },
};

typedef struct
{
  LensConstancy *names;  /* by asker and name: how it was written */
  GHashTable *small;     /* LensCarrier -> names without a capital */
  GHashTable *resolvers; /* LensAddress -> itself: ask, but are asked too */
} DnsCase;

enum
{
  MAX_RESOLVERS = 4096
};

static guint64
hash_of (guint64 hash, const char *text)
{
  for (; *text != '\0'; text++)
    hash = (hash ^ (guint8)*text) * 0x100000001b3u;
  return hash;
}

static guint
turns_of (const char *text)
{
  guint turns = 0;

  for (; *text != '\0'; text++)
    turns += g_ascii_islower (text[0]) && g_ascii_isupper (text[1]);
  return turns;
}

static void
remember_resolver (LensLedger *ledger, DnsCase *state, const LensUnit *unit)
{
  const LensAddress *address = &unit->side->key.src;

  if (!g_hash_table_contains (state->resolvers, address)
      && lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->resolvers),
                               MAX_RESOLVERS))
    g_hash_table_add (state->resolvers, g_memdup2 (address, sizeof *address));
}

static void
see_name (LensLedger *ledger, DnsCase *state, const LensUnit *unit, const LensDnsRecord *record)
{
  LensDnsName name;
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, NULL);
  LensRange where = record->name;

  lens_dns_name_read (unit->view.octets, unit->view.length, where.offset, &name);
  guint64 written = hash_of (0xcbf29ce484222325u, name.text);
  guint turns = turns_of (name.text);
  lens_dns_name_lower (&name);
  guint64 key = hash_of (0x9e3779b97f4a7c15u ^ lens_address_hash (&unit->side->key.src), name.text);
  LensConstancyAnswer answer
      = lens_constancy_take (state->names, key, written, unit, where.offset, where.length);
  lens_ledger_room (ledger, carrier, unit, name.letters);
  if (name.capitals == 0 && name.letters >= ENOUGH)
    g_hash_table_insert (
        state->small, carrier,
        GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (state->small, carrier)) + 1));
  if (answer == LENS_CONSTANCY_CHANGED && name.letters > 0)
    lens_constancy_use_first (state->names, key, ledger, carrier);
  if (answer == LENS_CONSTANCY_CHANGED || turns >= TURNS)
    lens_ledger_use (ledger, carrier, unit, name.letters, where.offset, where.length);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  DnsCase *state = data;
  LensDnsRecords records;
  LensDnsRecord record;

  if (state->names == NULL)
    {
      state->names = lens_constancy_new ();
      state->small = g_hash_table_new (NULL, NULL);
      state->resolvers = lens_address_table_new (g_free, NULL);
    }
  if (unit->side->key.sport == DNS_PORT)
    remember_resolver (ledger, state, unit);
  /* Who asks without asking for recursion finds out for itself. */
  gboolean is_response = (unit->dns->flags & LENS_DNS_FLAG_RESPONSE) != 0;
  if (!is_response && (unit->dns->flags & LENS_DNS_FLAG_RECURSION_DESIRED) == 0)
    remember_resolver (ledger, state, unit);
  if (is_response && unit->side->key.sport == DNS_PORT)
    return;
  lens_dns_records_init (&records, unit->view.octets, unit->view.length, unit->dns);
  while (lens_dns_records_next (&records, &record))
    if (record.section == LENS_DNS_QUESTION)
      see_name (ledger, state, unit, &record);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const DnsCase *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->channel, channel_id) || carrier->uses == 0)
        continue;
      guint small = GPOINTER_TO_UINT (g_hash_table_lookup (state->small, carrier));
      if (g_hash_table_contains (state->resolvers, &carrier->side->key.src))
        lens_ledger_find_room (ledger, carrier, "The asker is a resolver itself.");
      else if (carrier->uses >= LEAST_USES && small < LEAST_SMALL)
        lens_ledger_find (ledger, carrier, LENS_SEVERITY_LOW, NULL,
                          "In all names, as the draft has it.");
      else if (carrier->uses >= LEAST_USES)
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL,
                          "In some names only; others have small letters alone.");
    }
}

static void
clear (gpointer data)
{
  DnsCase *state = data;

  g_clear_pointer (&state->names, lens_constancy_free);
  g_clear_pointer (&state->small, g_hash_table_unref);
  g_clear_pointer (&state->resolvers, g_hash_table_unref);
}

/* One name again and again, a bit of the message in each of its letters. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  guint8 query[]
      = { 0,   0,   1, 0,   0,   1,   0,   0,   0,   0,   0, 0,   8,   'f', 'i', 'r', 'm', 'w', 'a',
          'r', 'e', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'o', 'r', 'g', 0,   0,   1,   0,   1 };
  LensSeedPlace place;

  (void)channel;
  if (!lens_seed_dns_begin (bed))
    return FALSE;
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      guint32 value;
      guint count = lens_seed_bed_take_bits (bed, &value, 18);
      if (count == 0)
        continue;
      guint8 copy[sizeof query];
      memcpy (copy, query, sizeof query);
      /* What is left of the letters is noise, so that no two queries are the same. */
      value |= lens_seed_bed_below (bed, 1u << (18 - MIN (count, 17))) << count;
      for (gsize i = 12, letter = 0; i < sizeof query - 4; i++)
        if (g_ascii_isalpha (copy[i]) && (value >> letter++ & 1) != 0)
          copy[i] = (guint8)g_ascii_toupper ((char)copy[i]);
      lens_seed_dns_send (bed, copy, sizeof copy);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_dns_case = {
  .name = "dns-case",
  .question = "Does the letter case of the names that are asked for say anything?",
  .source = "RFC 4343; draft-vixie-dnsext-dns0x20",
  .units = LENS_UNIT_DNS,
  .channels = channels,
  .state_size = sizeof (DnsCase),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
