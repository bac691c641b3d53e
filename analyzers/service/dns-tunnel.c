/* dns-tunnel: do the names that the device asks for carry data?
 *
 * A resolver passes each name it does not know on to whoever owns the domain (RFC 1034 section
 * 4.3), so what stands before the domain reaches its owner from behind any firewall.  Names are
 * new to the owner once: a device that asks for its few servers runs out of them, a tunnel never
 * asks twice.  For each asker and domain this adds up the information of the labels below the
 * domain that were not asked before (in the manner of Ozery, Nadler and Shabtai, arXiv
 * 2307.02614); how much a label may tell is taken from how rare its letters follow each other.
 *
 *   use    the names of a domain where that is more than what honest devices ask for: a lot that
 *          looks encoded, or a lot of words that never comes to an end
 *
 * Names under networks that give a name to each of their machines or customers need far more of
 * it: such a name is nobody's own.  But who asks for a machine then goes there: of names of theirs
 * whose addresses nobody ever speaks to less is needed; of names made of words, whose addresses
 * the asker does speak to, more, whoever's they are.  Which of the two channels it is depends on
 * the pace.
 */
#include "ledger/analyzer.h"
#include "ledger/news.h"
#include "ledger/seed-dns.h"
#include "wire/domain.h"

#include <string.h>

enum
{
  DNS_PORT = 53,

  ENCODED_BITS = 640,  /* of several names: two UUIDs and what a product may say of itself */
  ONE_NAME_BITS = 300, /* of one name: nearly two UUIDs */
  WORDS = 24,          /* names */
  WORDS_BITS = 1000,   /* ... and what they tell */
  SLOW_NAMES = 6,      /* within hours */
  SLOW_BITS = 300,     /* ... encoded */
  SLOW_SECONDS = 3600,
  LARGE_TIMES = 16, /* more for domains of large operators */
  IDLE_TIMES = 3,   /* ... where the asker goes to fewer than one in IDLE_NAMES of its names */
  IDLE_NAMES = 8,
  GOES_TIMES = 4,  /* more words for any domain, where the asker goes to more of them */
  TOP_BITS = 2000, /* of domains themselves: browsers ask for a few made-up ones */
  TOP_NAMES = 60,  /* ... made of words: who reads the news does so too, so that it is low */
  TOP_WORDS_BITS = 3000,
  TOP_BPS = 16,
  SHOWN_BITS = 128, /* encoded: worth to be listed as room */

  DENSE_TENTHS = 46, /* tenths of a bit for an octet, on the average of a group */
  DENSE_NAMES = 16,
  PORTION_BITS = 48, /* of a name, on the average: what is less goes in small portions */
  PACE_BPS = 8,
};

static const char no_domain[] = "no top-level domain", domains_of[] = "domains of all sorts";

static const LensChannelText channels[] = {
  { .id = "dns-qname-tunnel",
    .summary = "The device asks the name service for names that carry data to whoever owns the "
               "domain.",
    .room = "A few names that the device asks for look encoded; data could travel in them.",
    .filter_hint = "dns.flags.response == 0",
    .reference = "RFC 1035 sections 2.3.4 and 4.1.2",
    .hides = TRUE,
    .unit = LENS_UNIT_DNS },
  { .id = "dns-low-throughput",
    .summary = "The device asks the name service for ever new names of one domain, a little data "
               "in each or seldom.",
    .filter_hint = "dns.flags.response == 0",
    .reference = "RFC 1035 sections 2.3.4 and 4.1.2",
    .hides = TRUE,
    .unit = LENS_UNIT_DNS },
  { NULL },
};

typedef struct
{
  LensNews *names;
} DnsTunnel;

/* --- names --- */

static void
take (DnsTunnel *state, const LensUnit *unit, const char *group, const char *text, gsize length,
      LensRange where)
{
  LensDomainTold told = lens_domain_told (text, length);
  g_autofree char *thing = g_strndup (text, length);

  /* Octets that no host name has were put there by a program of its own. */
  lens_news_take (state->names, unit, group, thing, told.octets, told.bits,
                  told.dense || 8 * told.odd > told.octets, where);
}

static void
see_name (DnsTunnel *state, const LensUnit *unit, const LensDnsRecord *record)
{
  LensDnsName name;

  lens_dns_name_read (unit->view.octets, unit->view.length, record->name.offset, &name);
  lens_dns_name_lower (&name);
  const char *domain = lens_domain_of (name.text);
  const char *top = domain != NULL ? strchr (domain, '.') : NULL;
  if (name.length <= 1)
    return;
  /* A last label that looks encoded is nobody's top-level domain. */
  const char *last = strrchr (name.text, '.');
  if (domain == NULL || (last != NULL && lens_domain_told (last + 1, strlen (last + 1)).dense))
    take (state, unit, no_domain, name.text, strlen (name.text), record->name);
  else if (domain > name.text)
    take (state, unit, domain, name.text, (gsize)(domain - name.text) - 1, record->name);
  else
    take (state, unit, domains_of, name.text, (gsize)(top - name.text), record->name);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  DnsTunnel *state = data;
  LensDnsRecords records;
  LensDnsRecord record;

  (void)ledger;
  if ((unit->dns->flags & LENS_DNS_FLAG_RESPONSE) != 0 && unit->side->key.sport == DNS_PORT)
    return;
  if (state->names == NULL)
    state->names = lens_news_new ();
  lens_dns_records_init (&records, unit->view.octets, unit->view.length, unit->dns);
  while (lens_dns_records_next (&records, &record))
    if (record.section == LENS_DNS_QUESTION)
      see_name (state, unit, &record);
}

/* --- where askers went --- */

/* Which addresses with a name somebody spoke to. */
typedef struct
{
  GHashTable *places;    /* LensAddress pairs: hashes of who and where, as they were counted */
  GHashTable *groups;    /* LensNewsGroup -> how many under it */
  GHashTable *visitors;  /* hashes of those who went anywhere that has a name */
  GHashTable *resolvers; /* hashes of those who answer questions: they ask for others */
} Visits;

static void
note (GHashTable *set, guint64 hash)
{
  if (!g_hash_table_contains (set, &hash))
    g_hash_table_add (set, g_memdup2 (&hash, sizeof hash));
}

static void
visit (LensLedger *ledger, Visits *visits, const LensNews *names, const LensAddress *who,
       const LensAddress *where)
{
  const char *name = lens_ledger_name_of (ledger, where);
  const char *domain = name != NULL ? lens_domain_of (name) : NULL;
  guint64 pair = (guint64)lens_address_hash (who) << 32 | lens_address_hash (where);

  if (name == NULL)
    return;
  note (visits->visitors, lens_address_hash (who));
  const LensNewsGroup *group = domain != NULL ? lens_news_group_of (names, who, domain) : NULL;
  if (group == NULL || g_hash_table_contains (visits->places, &pair))
    return;
  note (visits->places, pair);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (visits->groups, group));
  g_hash_table_insert (visits->groups, (gpointer)group, GUINT_TO_POINTER (n + 1));
}

static void
visits_fill (LensLedger *ledger, Visits *visits, const LensNews *names)
{
  LensFlows *flows = lens_ledger_flows (ledger);

  visits->places = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  visits->groups = g_hash_table_new (NULL, NULL);
  visits->visitors = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  visits->resolvers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint32 i = 0; i < lens_flows_n (flows); i++)
    {
      const LensSideKey *key = lens_flows_at (flows, i)->key;
      if (key->dport == DNS_PORT)
        note (visits->resolvers, lens_address_hash (&key->dst));
      if (key->sport == DNS_PORT)
        note (visits->resolvers, lens_address_hash (&key->src));
      visit (ledger, visits, names, &key->src, &key->dst);
      visit (ledger, visits, names, &key->dst, &key->src);
    }
}

static void
visits_clear (Visits *visits)
{
  g_clear_pointer (&visits->places, g_hash_table_unref);
  g_clear_pointer (&visits->groups, g_hash_table_unref);
  g_clear_pointer (&visits->visitors, g_hash_table_unref);
  g_clear_pointer (&visits->resolvers, g_hash_table_unref);
}

/* Whether the asker goes elsewhere, but not there.  A capture of nothing but questions, or without
 * whole answers, cannot tell. */
static gboolean
is_idle (const Visits *visits, const LensNewsGroup *group)
{
  guint64 who = lens_address_hash (&group->side->key.src);

  return visits->groups != NULL && g_hash_table_contains (visits->visitors, &who)
         && !g_hash_table_contains (visits->resolvers, &who)
         && IDLE_NAMES * (guint64)GPOINTER_TO_UINT (g_hash_table_lookup (visits->groups, group))
                < group->n;
}

/* --- judgement --- */

static guint64
encoded_bits (const LensNewsGroup *group)
{
  gboolean all = group->n >= DENSE_NAMES && 10 * group->bits >= DENSE_TENTHS * group->octets;

  return all ? group->bits : group->dense_bits;
}

/* Ever new domains of words. */
static gboolean
is_list_of_words (const LensNewsGroup *group)
{
  return g_str_equal (group->name, domains_of) && encoded_bits (group) < TOP_BITS
         && group->n >= TOP_NAMES && group->bits >= TOP_WORDS_BITS
         && (double)group->bits >= TOP_BPS * MAX (lens_news_seconds (group), 10)
         && lens_news_goes_on (group);
}

/* Whether the asker goes there, as far as the capture tells. */
static gboolean
goes_there (const Visits *visits, const LensNewsGroup *group)
{
  guint n
      = visits->groups != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (visits->groups, group)) : 0;

  return n > 0 && IDLE_NAMES * (guint64)n >= group->n;
}

/* How much more of its names is needed than of anybody's. */
static guint
times_of (const Visits *visits, const LensNewsGroup *group)
{
  if (!lens_domain_is_large (group->name))
    return 1;
  return lens_domain_is_visited (group->name) && lens_news_goes_on (group)
                 && is_idle (visits, group)
             ? IDLE_TIMES
             : LARGE_TIMES;
}

static gboolean
is_tunnel (const Visits *visits, const LensNewsGroup *group)
{
  guint64 encoded = encoded_bits (group);
  guint times = times_of (visits, group);
  guint words = goes_there (visits, group) ? MAX (times, GOES_TIMES) : times;

  if (g_str_equal (group->name, domains_of))
    return encoded >= TOP_BITS || is_list_of_words (group);
  if ((encoded >= ENCODED_BITS * times && group->n > 1) || group->most >= ONE_NAME_BITS * times)
    return TRUE;
  if (group->n >= WORDS * words && group->bits >= WORDS_BITS * words)
    return lens_news_goes_on (group);
  return group->n >= SLOW_NAMES * times && encoded >= SLOW_BITS * times
         && lens_news_seconds (group) >= SLOW_SECONDS && lens_news_goes_on (group);
}

static const char *
channel_of (const LensNewsGroup *group)
{
  double pace = (double)group->bits / MAX (lens_news_seconds (group), 10);
  gboolean small = group->n > 1 && (pace < PACE_BPS || group->bits < PORTION_BITS * group->n);

  return small ? "dns-low-throughput" : "dns-qname-tunnel";
}

static void
tell (LensLedger *ledger, const LensNews *names)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "dns-tunnel"))
        continue;
      const LensNewsGroup *group
          = lens_news_group_of (names, &carrier->side->key.src, carrier->subject);
      g_autofree char *detail
          = g_strdup_printf ("%" G_GUINT64_FORMAT " names under %s, %" G_GUINT64_FORMAT
                             " characters of them never asked before.",
                             group->n, carrier->subject, group->octets);
      if (carrier->uses > 0)
        lens_ledger_find (ledger, carrier,
                          is_list_of_words (group) ? LENS_SEVERITY_LOW
                                                   : lens_ledger_severity (ledger, carrier),
                          NULL, detail);
      else
        lens_ledger_find_room (ledger, carrier, detail);
      if (!g_str_equal (carrier->subject, no_domain) && !g_str_equal (carrier->subject, domains_of))
        lens_ledger_find_name (ledger, carrier, carrier->subject);
    }
}

/* Worth to look where the asker went. */
static gboolean
depends_on_visits (const LensNewsGroup *group)
{
  return lens_domain_is_visited (group->name)
             ? group->bits >= IDLE_TIMES * (guint64)MIN (ENCODED_BITS, WORDS_BITS)
             : group->n >= WORDS && group->bits >= WORDS_BITS;
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const DnsTunnel *state = data;

  if (state->names == NULL)
    return;
  Visits visits = { 0 };
  for (guint i = 0; i < lens_news_n_groups (state->names) && visits.groups == NULL; i++)
    if (depends_on_visits (lens_news_group_at (state->names, i)))
      visits_fill (ledger, &visits, state->names);
  for (guint i = 0; i < lens_news_n_groups (state->names); i++)
    {
      const LensNewsGroup *group = lens_news_group_at (state->names, i);
      if (is_tunnel (&visits, group))
        lens_marks_use (group->marks, ledger, channel_of (group), group->name);
      else if (encoded_bits (group) >= SHOWN_BITS)
        lens_marks_room (group->marks, ledger, "dns-qname-tunnel", group->name);
    }
  visits_clear (&visits);
  tell (ledger, state->names);
}

static void
clear (gpointer data)
{
  DnsTunnel *state = data;

  g_clear_pointer (&state->names, lens_news_free);
}

/* --- seeds --- */

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
    into[i] = "abcdefghijklmnopqrstuvwxyz234567"[lens_seed_bed_below (bed, 32)];
}

/* The message, and something random so that no resolver has the answer yet: a long label, or a
 * short one with little of the message. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gboolean small = g_str_equal (channel, "dns-low-throughput");
  gsize noise = small ? 3 + lens_seed_bed_below (bed, 3) : 16 + lens_seed_bed_below (bed, 16);
  gsize most = small ? 2 : 1 + lens_seed_bed_below (bed, 30);
  char domain[8], label[63];
  guint8 head[12] = { 0, 0, 1, 0, 0, 1 }, tail[5] = { 0, 0, 1, 0, 1 };
  LensSeedPlace place;
  g_autoptr (GByteArray) query = g_byte_array_new ();

  if (!lens_seed_dns_begin (bed))
    return FALSE;
  draw_letters (bed, domain, sizeof domain);
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      gsize count = lens_seed_bed_take_text (bed, label, most);
      if (count == 0)
        continue;
      draw_letters (bed, label + count, noise);
      g_byte_array_set_size (query, 0);
      g_byte_array_append (query, head, sizeof head);
      put_label (query, label, count + noise);
      put_label (query, domain, sizeof domain);
      put_label (query, "test", 4);
      g_byte_array_append (query, tail, sizeof tail);
      lens_seed_dns_send (bed, query->data, query->len);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_dns_tunnel = {
  .name = "dns-tunnel",
  .question = "Do the names that the device asks for carry data?",
  .source = "RFC 1035 sections 2.3.4 and 4.1.2",
  .units = LENS_UNIT_DNS,
  .channels = channels,
  .state_size = sizeof (DnsTunnel),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
