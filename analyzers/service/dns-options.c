/* dns-options: do the options of queries hold anything that no resolver has use for?
 *
 * RFC 6891 section 6.1: a query may have one record of options.  A program writes it the same way
 * each time.
 *
 *   exact    padding that is not zero (RFC 7830 section 3 leaves that open, but nobody does),
 *            reserved flags, options without a meaning
 *   habit    the size of answers, the client's cookie (RFC 7873 section 4.1: once for each server;
 *            tools make one for each run), other options, and the order of them all
 *   given    a server's cookie is the server's word (RFC 7873 section 5.3): one that no answer
 *            had is the one from before the capture, or the client's own
 */
#include "ledger/analyzer.h"
#include "ledger/field-rules.h"
#include "ledger/fields.h"
#include "ledger/seed-dns.h"

#include <string.h>

enum
{
  DNS_PORT = 53,
  CLIENT_COOKIE = 8, /* octets */
  MAX_COOKIES = 4096,
};

static const char channel_id[] = "dns-edns-options";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "Queries to the name service carry data in their extension options.",
    .room = "Queries to the name service have extension options; data could travel in them.",
    .filter_hint = "dns.resp.type == 41",
    .reference = "RFC 6891 section 6.1; RFC 7830 section 3; RFC 7873 section 5.3",
    .hides = TRUE,
    .unit = LENS_UNIT_DNS },
  { NULL },
};

static const char padding[] = "padding that is not zero", no_option[] = "options without a meaning",
                  no_flags[] = "reserved flags of the options", size_of[] = "size of answers",
                  cookie[] = "cookies", server_cookie[] = "cookies of the server",
                  option_text[] = "options", order_of[] = "order of options";

static const LensFieldRule rules[] = {
  { .subject = padding, .least = 1, .detail = "Padding that is not zero." },
  { .subject = no_option, .least = 1, .detail = "Options that have no meaning." },
  { .subject = no_flags, .least = 1, .detail = "Flags and fields that are always zero." },
  { .subject = size_of, .least = 8, .percent = 10, .detail = "The size of answers asked for." },
  { .subject = cookie,
    .least = 16,
    .percent = 80,
    .most = LENS_SEVERITY_LOW,
    .detail = "A new cookie in most queries." },
  { .subject = server_cookie,
    .least = 6,
    .percent = 20,
    .detail = "Cookies in the server's name that no server gave." },
  { .subject = option_text, .least = 6, .percent = 20, .detail = "Options that change." },
  { .subject = order_of, .least = 8, .percent = 10, .detail = "The order of options changes." },
  { NULL },
};

typedef struct
{
  LensFields *fields;
  GHashTable *given; /* hashes of cookies that servers gave */
} DnsOptions;

typedef struct
{
  LensLedger *ledger;
  DnsOptions *state;
  const LensUnit *unit;
} Walk;

static LensCarrier *
carrier_of (const Walk *walk, const char *subject)
{
  return lens_ledger_carrier (walk->ledger, channel_id, walk->unit, subject);
}

static void
fixed (const Walk *walk, const char *subject, gboolean right, guint bits, LensRange where)
{
  lens_fields_fixed (walk->ledger, carrier_of (walk, subject), walk->unit, right, bits, where);
}

typedef enum
{
  OPTION_NONE, /* nobody has it */
  OPTION_TEXT, /* the program's habit */
  OPTION_PADDING,
  OPTION_COOKIE,
} OptionKind;

static OptionKind
kind_of_option (guint16 code)
{
  switch (code)
    {
    case 10:
      return OPTION_COOKIE;
    case 12:
      return OPTION_PADDING;
    case 4: /* reserved */
      return OPTION_NONE;
    case 20292: /* Cisco Umbrella, whose two are in the registry */
    case 26946:
      return OPTION_TEXT;
    default:
      /* Up to 19 the registry is full; dnsmasq puts link addresses into local ones. */
      return (code >= 1 && code <= 19) || (code >= 65001 && code < 65535) ? OPTION_TEXT
                                                                          : OPTION_NONE;
    }
}

static LensRange
nonzero_of (const LensUnit *unit, LensRange range)
{
  const guint8 *octets = unit->view.octets;

  while (range.length > 0 && octets[range.offset] == 0)
    range.offset++, range.length--;
  while (range.length > 0 && octets[lens_range_end (range) - 1] == 0)
    range.length--;
  return range;
}

/* --- cookies --- */

/* The server's part of a cookie, behind the client's. */
static LensRange
server_part (LensRange data)
{
  gsize client = MIN (data.length, CLIENT_COOKIE);

  return (LensRange){ data.offset + client, data.length - client };
}

static void
see_cookie (const Walk *walk, LensRange data)
{
  const LensUnit *unit = walk->unit;
  guint64 key
      = lens_fields_key ("cookie", 0) ^ (guint64)lens_address_hash (&unit->side->key.dst) << 7;
  LensRange own = { data.offset, MIN (data.length, CLIENT_COOKIE) }, server = server_part (data);
  guint64 hash = lens_fields_hash (0, unit->view.octets + server.offset, server.length);

  lens_fields_text (walk->state->fields, walk->ledger, carrier_of (walk, cookie), unit, key, own);
  if (server.length == 0)
    return;
  if (g_hash_table_contains (walk->state->given, &hash))
    lens_ledger_room (walk->ledger, carrier_of (walk, server_cookie), unit, 8 * server.length);
  else
    lens_fields_exact (walk->state->fields, walk->ledger, carrier_of (walk, server_cookie), unit,
                       key ^ 1, server);
}

static void
learn_cookie (LensLedger *ledger, DnsOptions *state, const LensUnit *unit, LensRange data)
{
  LensRange server = server_part (data);
  guint64 hash = lens_fields_hash (0, unit->view.octets + server.offset, server.length);

  if (server.length > 0 && !g_hash_table_contains (state->given, &hash)
      && lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->given), MAX_COOKIES))
    g_hash_table_add (state->given, g_memdup2 (&hash, sizeof hash));
}

/* --- options --- */

static void
see_option (const Walk *walk, const LensDnsOption *option)
{
  OptionKind kind = kind_of_option (option->code);
  LensRange data = option->data;

  if (option->cut || kind == OPTION_NONE)
    fixed (walk, no_option, FALSE, 8 * (guint)option->whole.length, option->whole);
  else if (kind == OPTION_PADDING)
    {
      LensRange spoke = nonzero_of (walk->unit, data);
      fixed (walk, padding, spoke.length == 0, 8 * (guint)data.length, spoke);
    }
  else if (kind == OPTION_COOKIE)
    see_cookie (walk, data);
  else
    lens_fields_text (walk->state->fields, walk->ledger, carrier_of (walk, option_text), walk->unit,
                      lens_fields_key ("option", option->code), data);
}

/* RFC 6891 section 6.1.3: the class is the size, the time to live three fields. */
static void
see_query (const Walk *walk, const LensDnsRecord *record, LensDnsEdns *edns)
{
  const LensUnit *unit = walk->unit;
  LensRange all = edns->options;
  LensDnsOption option;
  gsize at = lens_range_end (record->name);
  guint64 order = 0, set = 0;

  fixed (walk, no_flags, edns->extended_rcode == 0, 8, (LensRange){ at + 4, 1 });
  fixed (walk, no_flags, edns->version == 0, 8, (LensRange){ at + 5, 1 });
  fixed (walk, no_flags, (edns->flags & 0x3fff) == 0, 14, (LensRange){ at + 6, 2 });
  lens_fields_value (walk->state->fields, walk->ledger, carrier_of (walk, size_of), unit,
                     lens_fields_key ("size", 0), edns->udp_size, 16, (LensRange){ at + 2, 2 });
  while (lens_dns_option_next (unit->view.octets, &edns->options, &option))
    {
      see_option (walk, &option);
      order = lens_fields_hash (order, (const guint8 *)&option.code, sizeof option.code);
      set += lens_fields_key ("of", option.code);
    }
  if (all.length > 0)
    lens_fields_value (walk->state->fields, walk->ledger, carrier_of (walk, order_of), unit,
                       lens_fields_key ("order", set), order, 8, all);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  DnsOptions *state = data;
  Walk walk = { .ledger = ledger, .state = state, .unit = unit };
  gboolean answer
      = (unit->dns->flags & LENS_DNS_FLAG_RESPONSE) != 0 && unit->side->key.sport == DNS_PORT;
  LensDnsRecords records;
  LensDnsRecord record;
  LensDnsEdns edns;
  LensDnsOption option;

  if (state->fields == NULL)
    {
      state->fields = lens_fields_new ();
      state->given = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
    }
  lens_dns_records_init (&records, unit->view.octets, unit->view.length, unit->dns);
  while (lens_dns_records_next (&records, &record))
    {
      if (record.type != LENS_DNS_TYPE_OPT || record.section != LENS_DNS_ADDITIONAL
          || !lens_dns_record_edns (&record, &edns))
        continue;
      if (!answer)
        see_query (&walk, &record, &edns);
      else
        while (lens_dns_option_next (unit->view.octets, &edns.options, &option))
          if (kind_of_option (option.code) == OPTION_COOKIE && !option.cut)
            learn_cookie (ledger, state, unit, option.data);
    }
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  (void)data;
  lens_field_rules_conclude (ledger, "dns-options", rules);
}

static void
clear (gpointer data)
{
  DnsOptions *state = data;

  g_clear_pointer (&state->fields, lens_fields_free);
  g_clear_pointer (&state->given, g_hash_table_unref);
}

/* --- seeds --- */

/* A query for the addresses of one name, with @count octets of the message as padding. */
static void
build_query (LensSeedBed *bed, const guint8 *octets, gsize count, GByteArray *query)
{
  static const guint8 question[] = { 4,   't', 'i', 'm', 'e', 7,   'e', 'x', 'a', 'm', 'p',
                                     'l', 'e', 3,   'o', 'r', 'g', 0,   0,   1,   0,   1 };
  guint8 head[12] = { 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1 };
  guint8 options[15]
      = { 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, (guint8)(4 + count), 0, 12, 0, (guint8)count };

  g_byte_array_append (query, head, sizeof head);
  g_byte_array_append (query, question, sizeof question);
  g_byte_array_append (query, options, sizeof options);
  g_byte_array_append (query, octets, (guint)count);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gsize most = 1 + lens_seed_bed_below (bed, 32);
  LensSeedPlace place;
  g_autoptr (GByteArray) query = g_byte_array_new ();
  guint8 octets[32];

  (void)channel;
  if (!lens_seed_dns_begin (bed))
    return FALSE;
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      gsize count = lens_seed_bed_take (bed, octets, most);
      if (count == 0)
        continue;
      g_byte_array_set_size (query, 0);
      build_query (bed, octets, count, query);
      lens_seed_dns_send (bed, query->data, query->len);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_dns_options = {
  .name = "dns-options",
  .question = "Do the options of queries hold anything that no resolver has use for?",
  .source = "RFC 6891 section 6.1; RFC 7830; RFC 7873",
  .units = LENS_UNIT_DNS,
  .channels = channels,
  .state_size = sizeof (DnsOptions),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
