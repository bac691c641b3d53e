/* http-fields: what do heads of HTTP say beside what they must?
 *
 * RFC 9110 leaves free which fields a message has, how their names are spelled (section 5.1), their
 * order (5.3), blanks around a value (5.6.3), and most values.  A program that writes messages does
 * it the same way each time: by that habit they are judged, for each speaker and each host that it
 * speaks to.
 *
 * Benign: dates, lengths, digests and references, which are what they are; cookies that the other
 * side set; numbers that go on; paths that were asked for before; a few programs that speak to one
 * host, each in its own way.  Conditions and ranges are http-conditions' question, credentials and
 * references that of http-credentials.  The boundary of a multipart body is drawn anew for each
 * (RFC 2046 section 5.1.1), by browsers from 64 letters: 96 bits of a request that nobody can test.
 *
 *   use    8 bits for each octet of a value that the habit does not explain; 16 for an
 *          order or a spelling; 6 for each character of a dense word in
 *          a target
 */
#include "ledger/analyzer.h"
#include "ledger/fields.h"
#include "ledger/http-reader.h"

#include <string.h>

#define CHANNEL "http-header-covert"

enum
{
  LEAST = 4,       /* changes of one thing that several honest programs do not show in a run */
  LEAST_SETS = 10, /* ... of which fields there are */
  DENSE = 12,      /* letters and digits of a word that no person wrote */
  MAX_COOKIES = 4096,
  MAX_WORDS = 16384,
  MAX_CHANGES = 16384,
};

typedef struct
{
  LensFields *fields;
  LensHttpReader *reader;
  GHashTable *cookies; /* hashes of what servers set */
  GHashTable *words;   /* hashes of dense words asked for, with the asker */
  GHashTable *changes; /* hash of carrier and what changed -> how often */
  GHashTable *most;    /* LensCarrier -> the most changes of one thing */
  LensLedger *ledger;
} HttpFields;

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "Fields, spelling or order of the device's HTTP messages change in a way that no "
               "program needs.",
    .filter_hint = "http",
    .reference = "RFC 9110 sections 5.1 and 5.3",
    .hides = TRUE,
    .unit = LENS_UNIT_CONTENT },
  { NULL },
};

static LensCarrier *
carrier_of (LensLedger *ledger, const LensUnit *unit, const char *subject)
{
  return lens_ledger_carrier (ledger, CHANNEL, unit, subject);
}

static guint64
hash_lower (guint64 start, const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    start
        = (start ^ (guint8)g_ascii_tolower ((char)octets[i])) * G_GUINT64_CONSTANT (0x100000001b3);
  return start ^ start >> 29;
}

/* The host spoken to, so that each may have its own habit. */
static guint64
peer_of (const LensUnit *unit)
{
  return lens_address_hash (&unit->side->key.dst);
}

/* What @key stands for was not what it used to be; of each thing it is counted. */
static void
count_change (HttpFields *state, const LensUnit *unit, LensCarrier *carrier, guint64 key)
{
  guint64 whole = key ^ lens_address_hash (&unit->side->key.src);
  guint changes = GPOINTER_TO_UINT (g_hash_table_lookup (state->changes, &whole)) + 1;
  guint most = GPOINTER_TO_UINT (g_hash_table_lookup (state->most, carrier));

  if (changes > 1
      || lens_ledger_has_room (state->ledger, unit->side, g_hash_table_size (state->changes),
                               MAX_CHANGES))
    g_hash_table_replace (state->changes, g_memdup2 (&whole, sizeof whole),
                          GUINT_TO_POINTER (changes));
  if (changes > most)
    g_hash_table_replace (state->most, carrier, GUINT_TO_POINTER (changes));
}

/* A text of the message that a program says the same way each time. */
static void
see_text (HttpFields *state, const LensUnit *unit, const char *subject, guint64 number,
          LensRange text)
{
  LensCarrier *carrier = carrier_of (state->ledger, unit, subject);
  guint64 key = lens_fields_key (subject, number);

  if (!lens_fields_text (state->fields, state->ledger, carrier, unit, key, text))
    count_change (state, unit, carrier, key);
}

/* --- fields --- */

/* Values that change by what they are: times, lengths, conditions, digests, references. */
static gboolean
is_free (const guint8 *octets, LensRange name)
{
  static const char *const names[] = { "date",
                                       "expires",
                                       "age",
                                       "last-modified",
                                       "etag",
                                       "if-none-match",
                                       "if-modified-since",
                                       "if-match",
                                       "if-unmodified-since",
                                       "if-range",
                                       "range",
                                       "content-range",
                                       "content-length",
                                       "content-md5",
                                       "content-disposition",
                                       "authorization",
                                       "www-authenticate",
                                       "authentication-info",
                                       "proxy-authorization",
                                       "location",
                                       "referer",
                                       "origin",
                                       "host",
                                       "set-cookie",
                                       "sec-websocket-key",
                                       "sec-websocket-accept",
                                       "content-type",
                                       "accept",
                                       "soapaction",
                                       "retry-after",
                                       "via",
                                       "x-forwarded-for",
                                       "digest",
                                       "link",
                                       "vary",
                                       "cache-control",
                                       "x-amz-date" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (lens_http_is_named (octets, name, names[i]))
      return TRUE;
  return FALSE;
}

/* How it is spelled, and the blanks around its value, added to @hash. */
static guint64
spelled (guint64 hash, const guint8 *octets, const LensHttpField *field)
{
  gsize end = lens_range_end (field->value);

  hash = lens_fields_hash (hash, octets + field->name.offset,
                           field->value.offset - field->name.offset);
  return lens_fields_hash (hash, octets + end, lens_range_end (field->whole) - end);
}

/* Values that the other side set are its own words, given back. */
static void
see_cookies (HttpFields *state, const LensUnit *unit, LensRange value)
{
  const guint8 *octets = unit->view.octets;
  gsize at = value.offset, end = lens_range_end (value);

  while (at < end)
    {
      while (at < end && (octets[at] == ' ' || octets[at] == ';'))
        at++;
      gsize start = at, equals = 0;
      for (; at < end && octets[at] != ';'; at++)
        if (octets[at] == '=' && equals == 0)
          equals = at;
      guint64 pair = lens_fields_hash (0, octets + start, at - start);
      if (equals == 0 || g_hash_table_contains (state->cookies, &pair))
        continue;
      guint64 key = hash_lower (peer_of (unit), octets + start, equals - start);
      see_text (state, unit, "cookie", key, (LensRange){ equals + 1, at - equals - 1 });
    }
}

static void
learn_cookie (HttpFields *state, const LensUnit *unit, LensRange value)
{
  const guint8 *octets = unit->view.octets;
  const guint8 *end = memchr (octets + value.offset, ';', value.length);
  gsize length = end != NULL ? (gsize)(end - octets) - value.offset : value.length;
  guint64 pair = lens_fields_hash (0, octets + value.offset, length);

  if (!g_hash_table_contains (state->cookies, &pair)
      && lens_ledger_has_room (state->ledger, unit->side, g_hash_table_size (state->cookies),
                               MAX_COOKIES))
    g_hash_table_add (state->cookies, g_memdup2 (&pair, sizeof pair));
}

static void
see_value (HttpFields *state, const LensUnit *unit, const LensHttpMessage *message,
           const LensHttpField *field)
{
  const guint8 *octets = unit->view.octets;

  if (lens_http_is_named (octets, field->name, "cookie"))
    see_cookies (state, unit, field->value);
  else if (lens_http_is_named (octets, field->name, "set-cookie"))
    learn_cookie (state, unit, field->value);
  else if (!is_free (octets, field->name) && field->value.length > 0)
    {
      guint64 key = hash_lower (peer_of (unit) + message->target, octets + field->name.offset,
                                field->name.length);
      see_text (
          state, unit, "value", key,
          (LensRange){ field->name.offset, lens_range_end (field->value) - field->name.offset });
    }
}

/* Fields that are there or not by what the message is about. */
static gboolean
depends (const guint8 *octets, LensRange name)
{
  static const char *const names[] = { "cookie",
                                       "connection",
                                       "keep-alive",
                                       "upgrade",
                                       "transfer-encoding",
                                       "content-encoding",
                                       "content-language",
                                       "trailer",
                                       "te",
                                       "expect",
                                       "pragma",
                                       "warning",
                                       "allow",
                                       "server",
                                       "accept-ranges",
                                       "last-event-id",
                                       "proxy-authenticate",
                                       "sec-websocket-version",
                                       "sec-websocket-protocol",
                                       "sec-websocket-extensions" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (lens_http_is_named (octets, name, names[i]))
      return TRUE;
  return is_free (octets, name);
}

/* Messages of one kind have the same fields; the same fields come in the same order, and spelled
 * the same way. */
static void
see_habit (HttpFields *state, const LensUnit *unit, const LensHttpMessage *message,
           const char *what, guint64 value, guint64 kind)
{
  LensCarrier *carrier = carrier_of (state->ledger, unit, what);
  guint64 key = lens_fields_key (what, peer_of (unit) ^ kind);

  if (!lens_fields_value (state->fields, state->ledger, carrier, unit, key, value ^ value >> 29, 16,
                          message->head.fields))
    count_change (state, unit, carrier, key);
}

static guint64
kind_of (const LensUnit *unit, const LensHttpMessage *message)
{
  const LensHttpHead *head = &message->head;

  return head->is_response
             ? message->target ^ head->status
             : hash_lower (2, unit->view.octets + head->method.offset, head->method.length);
}

/* --- the target --- */

static gboolean
is_dense (const guint8 *octets, gsize length)
{
  guint digits = 0, letters = 0, changes = 0;

  for (gsize i = 0; i < length; i++)
    {
      gboolean digit = g_ascii_isdigit (octets[i]);
      digits += digit;
      letters += g_ascii_isalpha (octets[i]) != 0;
      changes += i > 0 && digit != (g_ascii_isdigit (octets[i - 1]) != 0);
    }
  return length >= DENSE && digits >= 2 && letters >= 2 && changes >= 3;
}

/* Its words, by what cannot be part of one. */
static void
see_target (HttpFields *state, const LensUnit *unit, LensRange target)
{
  const guint8 *octets = unit->view.octets;
  gsize at = target.offset, end = lens_range_end (target);

  while (at < end)
    {
      gsize start = at;
      while (at < end && strchr ("/?&=;.,:", octets[at]) == NULL)
        at++;
      if (is_dense (octets + start, at - start))
        {
          guint64 word = lens_fields_hash (lens_address_hash (&unit->side->key.src), octets + start,
                                           at - start);
          LensCarrier *carrier = carrier_of (state->ledger, unit, "target");
          if (!g_hash_table_contains (state->words, &word)
              && lens_ledger_has_room (state->ledger, unit->side, g_hash_table_size (state->words),
                                       MAX_WORDS)
              && g_hash_table_add (state->words, g_memdup2 (&word, sizeof word)))
            {
              lens_ledger_use (state->ledger, carrier, unit, 6 * (at - start), start, at - start);
              count_change (state, unit, carrier, lens_fields_key ("target", 0));
            }
        }
      at += at == start || at < end;
    }
}

static void
see_head (gpointer user, const LensUnit *unit, const LensHttpMessage *message)
{
  HttpFields *state = user;
  const LensHttpHead *head = &message->head;
  const guint8 *octets = unit->view.octets;
  LensRange left = head->fields;
  LensHttpField field;
  guint64 order = head->is_response, set = head->is_response, spelling = 0, own = 0;

  if (!head->is_response)
    see_target (state, unit, head->target);
  while (lens_http_field_next (octets, &left, &field))
    {
      if (field.name.length == 0)
        continue;
      guint64 name = hash_lower (1, octets + field.name.offset, field.name.length);
      order = lens_fields_hash (order, (const guint8 *)&name, sizeof name);
      set += name;
      own += depends (octets, field.name) ? 0 : name;
      spelling = spelled (spelling, octets, &field);
      see_value (state, unit, message, &field);
    }
  see_habit (state, unit, message, "fields", own, kind_of (unit, message));
  see_habit (state, unit, message, "order", order, set);
  see_habit (state, unit, message, "spelling", spelling, set);
}

static const LensHttpEvents events = { see_head, NULL };

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  HttpFields *state = data;

  if (state->reader == NULL)
    {
      state->reader = lens_http_reader_new (&events, state);
      state->fields = lens_fields_new ();
      state->cookies = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      state->words = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      state->changes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      state->most = g_hash_table_new (NULL, NULL);
    }
  state->ledger = ledger;
  lens_http_reader_take (state->reader, unit);
}

static void
ended (gpointer data, const LensSide *side)
{
  HttpFields *state = data;

  lens_http_reader_end (state->reader, side);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const HttpFields *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (state->most == NULL || !lens_ledger_owns (ledger, carrier))
        continue;
      guint most = GPOINTER_TO_UINT (g_hash_table_lookup (state->most, carrier));
      if (most >= (g_str_equal (carrier->subject, "fields") ? LEAST_SETS : LEAST))
        lens_fields_find (ledger, carrier);
    }
}

static void
clear (gpointer data)
{
  HttpFields *state = data;

  g_clear_pointer (&state->reader, lens_http_reader_free);
  g_clear_pointer (&state->fields, lens_fields_free);
  g_clear_pointer (&state->cookies, g_hash_table_unref);
  g_clear_pointer (&state->words, g_hash_table_unref);
  g_clear_pointer (&state->changes, g_hash_table_unref);
  g_clear_pointer (&state->most, g_hash_table_unref);
}

const LensAnalyzer lens_analyzer_http_fields = {
  .name = "http-fields",
  .question = "What do heads of HTTP say beside what they must?",
  .source = "RFC 9110 sections 5.1 and 5.3",
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (HttpFields),
  .see = see,
  .ended = ended,
  .conclude = conclude,
  .clear = clear,
};
