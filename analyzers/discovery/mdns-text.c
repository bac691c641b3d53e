/* mdns-text: do multicast DNS and LLMNR say what the device used to say?
 *
 * A device names itself and its services, each with a text of keys and values (RFC 6763 section
 * 6), and repeats that.  The names it tells or asks for run out soon; the fields of the header
 * are zero (RFC 6762 section 18).
 *
 *   texts     a value of a key, or another record, that is not what it was before
 *   names     names that are new again and again, faster than people start programs
 *   header    an identifier or flags that change where they are always zero; classes that are
 *             none; times to live that change: the speaker's habit
 *   known     answers that a question already knows (RFC 6762 section 7.1): what is left of a time
 *             to live goes down with the clock; it says a number when it falls faster than that
 *   case      letters of a name that used to be written another way (RFC 6762 section 16: it makes
 *             no difference)
 *   exact     octets behind the message
 */
#include "ledger/analyzer.h"
#include "ledger/field-rules.h"
#include "ledger/fields.h"
#include "ledger/news.h"
#include "ledger/seed-bed.h"
#include "wire/domain.h"
#include "wire/octets.h"

#include <string.h>

enum
{
  MDNS_PORT = 5353,
  CLASS_BITS = 0x7fff, /* without cache-flush and unicast-response */
  CLASS_IN = 1,
  CLASS_ANY = 255,
  TYPE_NSEC = 47,

  NAMES = 6,
  ENCODED_BITS = 1200,
  WORDS = 24,
  WORDS_BITS = 2000,
  PACE_BPS = 4, /* programs of phones and computers make up some names, but not so fast */

  MAX_KNOWN = 4096,
};

/* Of clocks that count whole seconds, and of packets on their way. */
#define SLACK_NS (G_GINT64_CONSTANT (5) * 1000 * 1000 * 1000)
#define SECOND_NS (G_GINT64_CONSTANT (1000) * 1000 * 1000)

static const char channel_id[] = "mdns-text";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "What the device tells the link about itself by multicast DNS changes: it carries "
               "data.",
    .room = "The device tells the link about itself by multicast DNS; data could travel in it.",
    .filter_hint = "mdns || llmnr",
    .reference = "RFC 6762 section 18; RFC 6763 sections 4.1 and 6; RFC 4795 section 2",
    .hides = TRUE,
    .unit = LENS_UNIT_DISCOVERY },
  { NULL },
};

static const char texts[] = "texts", id_of[] = "identifier of questions", header_of[] = "header",
                  class_of_name[] = "class", lives[] = "times to live",
                  left_of[] = "times to live that are left", behind[] = "octets behind the message",
                  names_of[] = "names", case_of[] = "letter case";

static const LensFieldRule rules[] = {
  { .subject = texts,
    .least = 8,
    .percent = 1,
    .shows_room = TRUE,
    .pace = PACE_BPS,
    .detail = "Texts that this device used to send with other content." },
  { .subject = id_of,
    .least = 8,
    .percent = 10,
    .most = LENS_SEVERITY_LOW,
    .detail = "Identifiers of questions, which some programs draw although they need none." },
  { .subject = header_of, .least = 8, .percent = 10, .detail = "Fields that are always zero." },
  { .subject = class_of_name, .least = 1, .detail = "A class that is no class of names." },
  { .subject = lives, .least = 32, .percent = 10, .detail = "Times to live that change." },
  { .subject = left_of,
    .least = 12,
    .percent = 20,
    .detail = "Known answers whose time to live falls faster than time goes by." },
  { .subject = behind, .least = 1, .detail = "Octets behind the end of the message." },
  { .subject = names_of, .least = 1, .detail = "Ever new names." },
  { .subject = case_of,
    .least = 8, /* who answers may write a name as it was asked for */
    .percent = 10,
    .detail = "Names in ever other letter case." },
  { NULL },
};

typedef struct
{
  LensFields *fields;
  LensNews *names;
  GHashTable *known; /* hash of speaker and record -> Known */
} MdnsText;

/* A record in somebody's cache. */
typedef struct
{
  gint64 end_ns;  /* when it is over, as its holder said last */
  guint32 ttl[2]; /* that it said: the last ones */
} Known;

typedef struct
{
  LensLedger *ledger;
  MdnsText *state;
  const LensUnit *unit;
} Walk;

static LensCarrier *
carrier_of (const Walk *walk, const char *subject)
{
  return lens_ledger_carrier (walk->ledger, channel_id, walk->unit, subject);
}

static void
value (const Walk *walk, const char *subject, guint64 key, guint64 number, guint bits, gsize offset,
       gsize length)
{
  lens_fields_value (walk->state->fields, walk->ledger, carrier_of (walk, subject), walk->unit, key,
                     number, bits, (LensRange){ offset, length });
}

static void
take_name (const Walk *walk, const LensDnsName *name, LensRange where)
{
  LensDomainTold told = lens_domain_told (name->text, strlen (name->text));

  if (told.octets > 0 && where.length > 0)
    lens_news_take (walk->state->names, walk->unit, names_of, name->text, told.octets, told.bits,
                    told.dense, where);
}

static void
take_case (const Walk *walk, const LensDnsName *name, LensRange where)
{
  guint64 written = lens_fields_hash (0, (const guint8 *)name->text, strlen (name->text));
  LensDnsName lower = *name;

  if (name->letters == 0 || where.length == 0)
    return;
  lens_dns_name_lower (&lower);
  value (walk, case_of, lens_fields_key (lower.text, 0), written, name->letters, where.offset,
         where.length);
}

static LensDnsName
name_of (const Walk *walk, gsize offset)
{
  LensDnsName name;

  lens_dns_name_read (walk->unit->view.octets, walk->unit->view.length, offset, &name);
  lens_dns_name_lower (&name);
  return name;
}

/* --- records --- */

/* Each string is "key" or "key=value" (RFC 6763 section 6.3). */
static void
take_strings (const Walk *walk, const LensDnsRecord *record, guint64 key)
{
  LensRange left = record->rdata, string;
  const guint8 *octets = walk->unit->view.octets;
  guint n = 0;

  while (lens_dns_string_next (octets, &left, &string))
    {
      const guint8 *equal = memchr (octets + string.offset, '=', string.length);
      gsize head = equal != NULL ? (gsize)(equal - octets) - string.offset : 0;
      guint64 own = head > 0 ? lens_fields_hash (key, octets + string.offset, head) : key + n;
      if (equal != NULL)
        {
          string.offset += head + 1;
          string.length -= head + 1;
        }
      if (string.length > 0)
        lens_fields_text (walk->state->fields, walk->ledger, carrier_of (walk, texts), walk->unit,
                          own, string);
      n++;
    }
}

/* NULL beyond the cap. */
static Known *
known_of (const Walk *walk, guint64 key, gboolean *is_new)
{
  MdnsText *state = walk->state;
  Known *known = g_hash_table_lookup (state->known, &key);

  *is_new = known == NULL;
  if (known == NULL
      && lens_ledger_has_room (walk->ledger, walk->unit->side, g_hash_table_size (state->known),
                               MAX_KNOWN))
    {
      known = g_new0 (Known, 1);
      g_hash_table_insert (state->known, g_memdup2 (&key, sizeof key), known);
    }
  return known;
}

/* A cache is filled anew, so the end may move away; it never comes nearer by itself.  Some say the
 * whole time to live, always the same. */
static void
take_known (const Walk *walk, const LensDnsRecord *record, guint64 key)
{
  const LensUnit *unit = walk->unit;
  LensCarrier *carrier = carrier_of (walk, left_of);
  gint64 end = unit->time_ns + record->ttl * SECOND_NS;
  gsize at = lens_range_end (record->name) + 4;
  gboolean is_new;

  key = lens_fields_hash (key ^ lens_address_hash (&unit->side->key.src),
                          unit->view.octets + record->rdata.offset, record->rdata.length);
  Known *known = known_of (walk, key, &is_new);
  lens_ledger_room (walk->ledger, carrier, unit, 32);
  if (known == NULL)
    return;
  if (!is_new && end < known->end_ns - SLACK_NS && record->ttl != known->ttl[0]
      && record->ttl != known->ttl[1])
    lens_ledger_use (walk->ledger, carrier, unit, 32, at, 4);
  known->end_ns = end;
  known->ttl[1] = known->ttl[0];
  known->ttl[0] = record->ttl;
}

/* The types that a name has (RFC 4034 section 4.1.2, RFC 6762 section 6.1), behind the name. */
static void
take_types (const Walk *walk, const LensDnsRecord *record, guint64 key)
{
  LensDnsName next = name_of (walk, record->rdata.offset);
  gsize end = lens_range_end (record->rdata), start = lens_range_end (next.in_place);

  if (next.odd == 0 && start < end)
    lens_fields_exact (walk->state->fields, walk->ledger, carrier_of (walk, texts), walk->unit, key,
                       (LensRange){ start, end - start });
}

/* A name is written in more than one way, so it is no text of its own. */
static void
take_data (const Walk *walk, const LensDnsRecord *record, guint64 key)
{
  LensDnsName target;
  LensRange rest = record->rdata;
  const guint8 *octets = walk->unit->view.octets;

  if (lens_dns_record_target (octets, walk->unit->view.length, record, &target))
    {
      lens_dns_name_lower (&target);
      take_name (walk, &target, rest);
      rest.length = record->type == LENS_DNS_TYPE_SRV ? MIN (rest.length, 6) : 0;
    }
  if (record->type == LENS_DNS_TYPE_TXT)
    take_strings (walk, record, key);
  else if (record->type == TYPE_NSEC)
    take_types (walk, record, key);
  else if (record->type != LENS_DNS_TYPE_OPT && rest.length > 0)
    lens_fields_exact (walk->state->fields, walk->ledger, carrier_of (walk, texts), walk->unit, key,
                       rest);
}

static void
take_record (const Walk *walk, const LensDnsRecord *record)
{
  LensDnsName name;
  guint16 class_ = record->class_ & CLASS_BITS;
  gsize at = lens_range_end (record->name);

  lens_dns_name_read (walk->unit->view.octets, walk->unit->view.length, record->name.offset, &name);
  take_case (walk, &name, name.in_place);
  lens_dns_name_lower (&name);
  guint64 key = lens_fields_key (name.text, record->type);
  take_name (walk, &name, record->name);
  if (record->type == LENS_DNS_TYPE_OPT || record->whole.length < record->name.length + 4)
    return;
  lens_fields_fixed (walk->ledger, carrier_of (walk, class_of_name), walk->unit,
                     class_ == CLASS_IN || class_ == CLASS_ANY, 15, (LensRange){ at + 2, 2 });
  if (record->section == LENS_DNS_QUESTION)
    return;
  take_data (walk, record, key);
  if (record->whole.length < record->name.length + 8)
    return;
  /* 0 says goodbye. */
  if ((walk->unit->dns->flags & LENS_DNS_FLAG_RESPONSE) == 0 && record->section == LENS_DNS_ANSWER)
    take_known (walk, record, key);
  else if ((walk->unit->dns->flags & LENS_DNS_FLAG_RESPONSE) != 0 && record->ttl != 0)
    value (walk, lives, key ^ 1, record->ttl, 32, at + 4, 4);
}

static void
see_message (Walk *walk)
{
  const LensUnit *unit = walk->unit;
  LensDnsRecords records;
  LensDnsRecord record;

  guint response = (unit->dns->flags & LENS_DNS_FLAG_RESPONSE) != 0;
  /* A question from another port has an identifier of its own (RFC 6762 section 6.7). */
  if (unit->side->key.sport == MDNS_PORT)
    value (walk, response != 0 ? header_of : id_of, lens_fields_key ("identifier", response),
           unit->dns->id, 16, 0, 2);
  value (walk, header_of, lens_fields_key ("flags", response),
         unit->dns->flags & ~LENS_DNS_FLAG_TRUNCATED, 10, 2, 2);
  lens_dns_records_init (&records, unit->view.octets, unit->view.length, unit->dns);
  while (lens_dns_records_next (&records, &record))
    take_record (walk, &record);
  /* Some pad their messages (Philips Hue). */
  if ((unit->dns->odd & LENS_DNS_TRAILING) != 0
      && !lens_octets_are_zero (unit->view.octets + unit->dns->rest.offset, unit->dns->rest.length))
    lens_fields_fixed (walk->ledger, carrier_of (walk, behind), unit, FALSE,
                       8 * (guint)unit->dns->rest.length, unit->dns->rest);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  MdnsText *state = data;
  LensDnsMessage dns;
  LensUnit message = *unit;
  Walk walk = { ledger, state, &message };

  if ((!g_str_equal (unit->discovery, "mdns") && !g_str_equal (unit->discovery, "llmnr"))
      || !lens_dns_parse (unit->view.octets, unit->view.length, &dns))
    return;
  if (state->fields == NULL)
    {
      state->fields = lens_fields_new ();
      state->names = lens_news_new ();
      state->known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
    }
  message.dns = &dns;
  see_message (&walk);
}

static gboolean
is_flood (const LensNewsGroup *group)
{
  gboolean encoded = group->n >= NAMES && group->dense_bits >= ENCODED_BITS;
  gboolean words = group->n >= WORDS && group->bits >= WORDS_BITS;
  double pace = (double)group->bits / MAX (lens_news_seconds (group), 10);

  return (encoded || words) && pace >= PACE_BPS && lens_news_goes_on (group);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const MdnsText *state = data;

  for (guint i = 0; state->names != NULL && i < lens_news_n_groups (state->names); i++)
    if (is_flood (lens_news_group_at (state->names, i)))
      lens_marks_use (lens_news_group_at (state->names, i)->marks, ledger, channel_id, names_of);
  lens_field_rules_conclude (ledger, "mdns-text", rules);
}

static void
clear (gpointer data)
{
  MdnsText *state = data;

  g_clear_pointer (&state->fields, lens_fields_free);
  g_clear_pointer (&state->names, lens_news_free);
  g_clear_pointer (&state->known, g_hash_table_unref);
}

/* Announcements of one service with the message in its text. */
static GByteArray *
compose (LensSeedBed *bed, const char *text)
{
  static const guint8 head[]
      = { 0,   0,   0x84, 0,   0,   0,   0,   1,   0,    0,   0,   0,   3,   'c',
          'a', 'm', 5,    '_', 'h', 't', 't', 'p', 4,    '_', 't', 'c', 'p', 5,
          'l', 'o', 'c',  'a', 'l', 0,   0,   16,  0x80, 1,   0,   0,   17,  148 };
  GByteArray *message = g_byte_array_new ();
  g_autofree char *string = g_strconcat ("id=z", text, NULL);
  guint8 length = (guint8)strlen (string);
  const guint8 lengths[] = { 0, (guint8)(length + 1), length }; /* of the data, of the string */

  (void)bed;
  g_byte_array_append (message, head, sizeof head);
  g_byte_array_append (message, lengths, sizeof lengths);
  return g_byte_array_append (message, (const guint8 *)string, length);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  (void)channel;
  return lens_seed_bed_announce (bed, "224.0.0.251", MDNS_PORT, compose);
}

const LensAnalyzer lens_analyzer_mdns_text = {
  .name = "mdns-text",
  .question = "Do multicast DNS and LLMNR say what the device used to say?",
  .source = "RFC 6762; RFC 6763; RFC 4795",
  .units = LENS_UNIT_DISCOVERY,
  .channels = channels,
  .state_size = sizeof (MdnsText),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
