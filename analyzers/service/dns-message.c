/* dns-message: do queries hold anything that no resolver has use for?
 *
 *   dns-header-bits      reserved bits, bits of answers in a query, sections that a query leaves
 *                        empty, classes that nobody has, octets behind the message: exact.  Which
 *                        of RD, AD and CD are set is the program's habit
 *   dns-qtype-null-txt   NULL, types for private use and types that mean nothing: exact
 *
 * Of answers only what must be zero is judged, and records of such types: servers that count
 * their records wrong are not rare.  Options (RFC 6891) are dns-options' question.
 */
#include "ledger/analyzer.h"
#include "ledger/field-rules.h"
#include "ledger/fields.h"
#include "ledger/seed-dns.h"
#include "wire/octets.h"

#include <string.h>

enum
{
  DNS_PORT = 53,
  CLASS_IN = 1,
  CLASS_CH = 3,
  CLASS_NONE = 254,
  CLASS_ANY = 255,
  TYPE_TSIG = 250,
  TYPE_IXFR = 251,
  TYPE_SIG = 24,
  OPCODE_SHIFT = 11,
  OPCODE_NOTIFY = 4,
  OPCODE_UPDATE = 5,
  OPCODE_DSO = 6,
};

static const char header_bits[] = "dns-header-bits", query_types[] = "dns-qtype-null-txt";

static const LensChannelText channels[] = {
  { .id = header_bits,
    .summary = "Messages of the name service carry something in places that must be empty.",
    .filter_hint = "dns",
    .reference = "RFC 1035 section 4.1.1; RFC 6895 section 2",
    .hides = TRUE,
    .unit = LENS_UNIT_DNS },
  { .id = query_types,
    .summary = "Messages of the name service hold records of types that no ordinary program asks "
               "for.",
    .room = "The device asks for records that hold free text; data could come back in them.",
    .filter_hint = "dns",
    .reference = "RFC 1035 section 3.3.10; RFC 6895 section 3.1",
    .hides = TRUE,
    .unit = LENS_UNIT_DNS },
  { NULL },
};

static const char always_zero[] = "bits and fields that are always zero",
                  sections[] = "sections that a query leaves empty",
                  behind[] = "octets behind the message", class_of_name[] = "class",
                  pattern[] = "which of RD, AD and CD are set", opcode_of[] = "kind of query",
                  no_type[] = "types that nobody asks for", free_type[] = "types of free text";

static const LensFieldRule rules[] = {
  { .subject = always_zero, .least = 1, .detail = "Bits that must be zero." },
  { .subject = sections, .least = 1, .detail = "Records where a query has none." },
  { .subject = behind, .least = 1, .detail = "Octets behind the end of the message." },
  { .subject = class_of_name, .least = 1, .detail = "A class that is no class of names." },
  { .subject = pattern, .least = 48, .percent = 10, .detail = "Which of RD, AD and CD are set." },
  { .subject = opcode_of, .least = 4, .percent = 10, .detail = "The kind of query." },
  { .subject = no_type, .least = 1, .detail = "NULL, or a type that has no meaning." },
  { .subject = free_type, .least = G_MAXUINT, .shows_room = TRUE },
  { NULL },
};

typedef struct
{
  LensFields *fields;
} DnsMessage;

typedef struct
{
  LensLedger *ledger;
  DnsMessage *state;
  const LensUnit *unit;
  gboolean has_options;
} Walk;

static LensCarrier *
carrier_of (const Walk *walk, const char *channel, const char *subject)
{
  return lens_ledger_carrier (walk->ledger, channel, walk->unit, subject);
}

static void
fixed (const Walk *walk, const char *channel, const char *subject, gboolean right, guint bits,
       LensRange where)
{
  lens_fields_fixed (walk->ledger, carrier_of (walk, channel, subject), walk->unit, right, bits,
                     where);
}

/* --- types --- */

/* Assigned (IANA, DNS parameters), and not NULL. */
static gboolean
is_type (guint16 type)
{
  static const struct
  {
    guint16 first, last;
  } known[] = { { 1, 9 }, { 11, 69 }, { 99, 109 }, { 128, 128 }, { 249, 264 }, { 32768, 32769 } };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (type >= known[i].first && type <= known[i].last)
      return TRUE;
  return FALSE;
}

static void
see_question (const Walk *walk, const LensDnsRecord *record)
{
  gsize end = lens_range_end (record->whole);
  guint opcode = (walk->unit->dns->flags & LENS_DNS_FLAG_OPCODE) >> OPCODE_SHIFT;
  guint16 class_ = record->class_;

  if (record->whole.length < 5)
    return;
  fixed (walk, query_types, no_type, is_type (record->type), 16, (LensRange){ end - 4, 2 });
  if (record->type == LENS_DNS_TYPE_TXT)
    lens_ledger_room (walk->ledger, carrier_of (walk, query_types, free_type), walk->unit, 16);
  fixed (walk, header_bits, class_of_name,
         class_ == CLASS_IN || class_ == CLASS_CH || class_ == CLASS_ANY
             || (opcode == OPCODE_UPDATE && class_ == CLASS_NONE),
         16, (LensRange){ end - 2, 2 });
}

/* --- header --- */

static void
see_flags (const Walk *walk)
{
  const LensUnit *unit = walk->unit;
  guint16 flags = unit->dns->flags;
  guint opcode = (flags & LENS_DNS_FLAG_OPCODE) >> OPCODE_SHIFT;
  guint16 zero = LENS_DNS_FLAG_Z | LENS_DNS_FLAG_RECURSION_AVAILABLE | LENS_DNS_FLAG_RCODE;
  gboolean is_opcode = opcode <= 2 || (opcode >= OPCODE_NOTIFY && opcode <= OPCODE_DSO);

  if (opcode != OPCODE_NOTIFY)
    zero |= LENS_DNS_FLAG_AUTHORITATIVE;
  fixed (walk, header_bits, always_zero, (flags & 0xff & zero) == 0, 6, (LensRange){ 3, 1 });
  fixed (walk, header_bits, always_zero,
         (flags & 0xff00 & zero) == 0 && is_opcode && (flags & LENS_DNS_FLAG_RESPONSE) == 0, 6,
         (LensRange){ 2, 1 });
  lens_fields_value (walk->state->fields, walk->ledger, carrier_of (walk, header_bits, opcode_of),
                     unit, lens_fields_key ("opcode", 0), opcode, 4, (LensRange){ 2, 1 });
  guint16 habit = flags
                  & (LENS_DNS_FLAG_RECURSION_DESIRED | LENS_DNS_FLAG_AUTHENTIC
                     | LENS_DNS_FLAG_CHECKING_DISABLED);
  lens_fields_value (walk->state->fields, walk->ledger, carrier_of (walk, header_bits, pattern),
                     unit, lens_fields_key ("pattern", walk->has_options), habit, 3,
                     (LensRange){ 2, 2 });
}

/* What a plain query (RFC 1035 section 4.1.1) has no records for. */
static gboolean
has_place (const Walk *walk, const LensDnsRecord *record, guint n_questions, guint16 asked)
{
  guint opcode = (walk->unit->dns->flags & LENS_DNS_FLAG_OPCODE) >> OPCODE_SHIFT;

  if (opcode != 0)
    return TRUE;
  switch (record->section)
    {
    case LENS_DNS_QUESTION:
      return n_questions == 1;
    case LENS_DNS_ADDITIONAL:
      return record->type == LENS_DNS_TYPE_OPT || record->type == TYPE_TSIG
             || record->type == TYPE_SIG;
    default:
      return record->section == LENS_DNS_AUTHORITY && asked == TYPE_IXFR;
    }
}

static void
see_query (Walk *walk)
{
  const LensUnit *unit = walk->unit;
  LensDnsRecords records;
  LensDnsRecord record;
  guint n_questions = 0;
  guint16 asked = 0;

  lens_dns_records_init (&records, unit->view.octets, unit->view.length, unit->dns);
  while (lens_dns_records_next (&records, &record))
    {
      if (record.section == LENS_DNS_QUESTION)
        {
          n_questions++;
          asked = record.type;
          see_question (walk, &record);
        }
      walk->has_options |= record.type == LENS_DNS_TYPE_OPT;
      fixed (walk, header_bits, sections, has_place (walk, &record, n_questions, asked),
             8 * (guint)record.whole.length, record.whole);
    }
  see_flags (walk);
  if ((unit->dns->odd & LENS_DNS_TRAILING) != 0)
    fixed (
        walk, header_bits, behind,
        lens_octets_are_zero (unit->view.octets + unit->dns->rest.offset, unit->dns->rest.length),
        8 * (guint)unit->dns->rest.length, unit->dns->rest);
}

static void
see_answer (const Walk *walk)
{
  const LensUnit *unit = walk->unit;
  LensDnsRecords records;
  LensDnsRecord record;

  fixed (walk, header_bits, always_zero, (unit->dns->flags & LENS_DNS_FLAG_Z) == 0, 1,
         (LensRange){ 3, 1 });
  lens_dns_records_init (&records, unit->view.octets, unit->view.length, unit->dns);
  while (lens_dns_records_next (&records, &record))
    if (record.section != LENS_DNS_QUESTION && record.rdata.length > 0)
      fixed (walk, query_types, no_type, is_type (record.type), 8 * (guint)record.rdata.length,
             record.rdata);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  DnsMessage *state = data;
  Walk walk = { .ledger = ledger, .state = state, .unit = unit };

  if (state->fields == NULL)
    state->fields = lens_fields_new ();
  if ((unit->dns->flags & LENS_DNS_FLAG_RESPONSE) != 0 && unit->side->key.sport == DNS_PORT)
    see_answer (&walk);
  else
    see_query (&walk);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  (void)data;
  lens_field_rules_conclude (ledger, "dns-message", rules);
}

static void
clear (gpointer data)
{
  DnsMessage *state = data;

  g_clear_pointer (&state->fields, lens_fields_free);
}

/* --- seeds --- */

/* A query for the addresses of one name, with @count octets of the message in it. */
static void
build_query (LensSeedBed *bed, const char *channel, const guint8 *octets, gsize count,
             GByteArray *query)
{
  static const guint8 name[]
      = { 4, 't', 'i', 'm', 'e', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'o', 'r', 'g', 0 };
  guint8 head[12] = { 0, 0, 1, 0, 0, 1 }, tail[4] = { 0, 1, 0, 1 };

  if (g_str_equal (channel, query_types))
    {
      tail[0] = 0xff; /* private use */
      tail[1] = octets[0];
    }
  g_byte_array_append (query, head, sizeof head);
  g_byte_array_append (query, name, sizeof name);
  g_byte_array_append (query, tail, sizeof tail);
  if (!g_str_equal (channel, query_types))
    g_byte_array_append (query, octets, (guint)count);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gsize most = g_str_equal (channel, query_types) ? 1 : 1 + lens_seed_bed_below (bed, 32);
  LensSeedPlace place;
  g_autoptr (GByteArray) query = g_byte_array_new ();
  guint8 octets[32];

  if (!lens_seed_dns_begin (bed))
    return FALSE;
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      gsize count = lens_seed_bed_take (bed, octets, most);
      if (count == 0)
        continue;
      g_byte_array_set_size (query, 0);
      build_query (bed, channel, octets, count, query);
      lens_seed_dns_send (bed, query->data, query->len);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_dns_message = {
  .name = "dns-message",
  .question = "Do queries hold anything that no resolver has use for?",
  .source = "RFC 1035 section 4.1; RFC 6895",
  .units = LENS_UNIT_DNS,
  .channels = channels,
  .state_size = sizeof (DnsMessage),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
