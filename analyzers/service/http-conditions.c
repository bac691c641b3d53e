/* http-conditions: do requests hold conditions that no answer gave?
 *
 * RFC 9110 section 13: a client that has a copy asks whether it is still good, by the mark (ETag)
 * or the time (Last-Modified) that the server gave with it.  Section 14: it asks for a part of
 * what it has the rest of.  So what these fields say comes from an earlier answer; the first one
 * that a resource is asked with may come from before the capture.
 *
 * Benign: what an answer gave, whichever server's; dates that go on (of a copy's file); parts of
 * what is served in parts.  These may still be chosen: which part is asked for of a server that
 * gives any, and so the room.
 *
 *   use    8 bits for each octet of a mark or date that no answer gave and that is not the one
 *          from before; of a part, where the last answer was the whole all the same
 */
#include "ledger/analyzer.h"
#include "ledger/fields.h"
#include "ledger/http-reader.h"

#include <string.h>

#define CHANNEL "http-header-covert"

enum
{
  LEAST = 4, /* as many an honest program may show in a run */
  LEAST_BITS = 48,
  MAX_GIVEN = 16384,
  MAX_RESOURCES = 4096,
  NOT_MODIFIED = 304,
  PARTIAL = 206,
  NOT_SATISFIABLE = 416,
};

typedef struct
{
  LensFields *fields;
  LensHttpReader *reader;
  GHashTable *given;  /* hashes of marks and dates that answers gave */
  GHashTable *ranged; /* LensFlow whose last request asked for a part; never looked into */
  GHashTable *whole;  /* hashes of resources of which a part was asked for, and all of it came */
  LensLedger *ledger;
} HttpConditions;

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "The device's HTTP requests hold conditions (marks, dates or ranges) that no "
               "server gave it.",
    .filter_hint = "http.request",
    .reference = "RFC 9110 section 13.1, 14.2",
    .hides = TRUE,
    .unit = LENS_UNIT_CONTENT },
  { NULL },
};

typedef enum
{
  FIELD_OTHER,
  FIELD_MARKS, /* a list of entity tags */
  FIELD_DATE,
  FIELD_EITHER, /* If-Range */
  FIELD_RANGE,
} FieldKind;

static FieldKind
kind_of (const guint8 *octets, LensRange name)
{
  static const struct
  {
    const char *name;
    FieldKind kind;
  } known[] = { { "if-none-match", FIELD_MARKS },    { "if-match", FIELD_MARKS },
                { "if-modified-since", FIELD_DATE }, { "if-unmodified-since", FIELD_DATE },
                { "if-range", FIELD_EITHER },        { "range", FIELD_RANGE } };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (lens_http_is_named (octets, name, known[i].name))
      return known[i].kind;
  return FIELD_OTHER;
}

/* --- what answers gave --- */

/* A weak mark is compared by what it says (RFC 9110 section 8.8.3.2). */
static LensRange
without_weak (const guint8 *octets, LensRange mark)
{
  if (mark.length >= 2 && octets[mark.offset] == 'W' && octets[mark.offset + 1] == '/')
    return (LensRange){ mark.offset + 2, mark.length - 2 };
  return mark;
}

static guint64
hash_of (const guint8 *octets, LensRange text)
{
  return lens_fields_hash (text.length, octets + text.offset, text.length);
}

static void
learn (HttpConditions *state, const LensUnit *unit, LensRange text)
{
  const guint8 *octets = unit->view.octets;
  guint64 hash = hash_of (octets, without_weak (octets, text));

  if (!g_hash_table_contains (state->given, &hash)
      && lens_ledger_has_room (state->ledger, unit->side, g_hash_table_size (state->given),
                               MAX_GIVEN))
    g_hash_table_add (state->given, g_memdup2 (&hash, sizeof hash));
}

static void
see_answer (HttpConditions *state, const LensUnit *unit, const LensHttpMessage *message)
{
  const guint8 *octets = unit->view.octets;
  LensRange left = message->head.fields;
  LensHttpField field;
  guint64 resource = message->target ^ lens_address_hash (&unit->side->key.src);
  guint status = message->head.status;

  while (lens_http_field_next (octets, &left, &field))
    if (lens_http_is_named (octets, field.name, "etag")
        || lens_http_is_named (octets, field.name, "last-modified")
        || lens_http_is_named (octets, field.name, "date"))
      learn (state, unit, field.value);
  if (status == NOT_MODIFIED || status == NOT_SATISFIABLE
      || !g_hash_table_remove (state->ranged, unit->side->flow))
    return;
  if (status == PARTIAL)
    g_hash_table_remove (state->whole, &resource);
  else if (!g_hash_table_contains (state->whole, &resource)
           && lens_ledger_has_room (state->ledger, unit->side, g_hash_table_size (state->whole),
                                    MAX_RESOURCES))
    g_hash_table_add (state->whole, g_memdup2 (&resource, sizeof resource));
}

/* --- what requests say --- */

typedef struct
{
  HttpConditions *state;
  const LensUnit *unit;
  guint64 resource;
} Walk;

static LensCarrier *
carrier_of (const Walk *walk, const char *subject)
{
  return lens_ledger_carrier (walk->state->ledger, CHANNEL, walk->unit, subject);
}

static void
take (const Walk *walk, const char *subject, LensRange text)
{
  HttpConditions *state = walk->state;
  guint64 hash = hash_of (walk->unit->view.octets, text);
  LensCarrier *carrier = carrier_of (walk, subject);

  if (g_hash_table_contains (state->given, &hash))
    lens_ledger_room (state->ledger, carrier, walk->unit, 8 * text.length);
  else
    lens_fields_text (state->fields, state->ledger, carrier, walk->unit,
                      lens_fields_key (subject, walk->resource), text);
}

/* "a", W/"b" (RFC 9110 section 8.8.3); "*" is none. */
static void
take_marks (const Walk *walk, LensRange list)
{
  const guint8 *octets = walk->unit->view.octets;
  gsize at = list.offset, end = lens_range_end (list);

  while (at < end)
    {
      const guint8 *open = memchr (octets + at, '"', end - at);
      if (open == NULL)
        return;
      gsize start = (gsize)(open - octets);
      const guint8 *close = memchr (open + 1, '"', end - start - 1);
      at = close != NULL ? (gsize)(close - octets) + 1 : end;
      take (walk, "marks", (LensRange){ start, at - start });
    }
}

/* Where the first part begins: "bytes=500-999" (RFC 9110 section 14.1.2). */
static guint64
start_of (const guint8 *octets, LensRange range)
{
  guint64 start = 0;
  gboolean any = FALSE;

  for (gsize i = range.offset; i < lens_range_end (range); i++)
    if (g_ascii_isdigit (octets[i]))
      {
        start = start * 10 + (guint64)(octets[i] - '0');
        any = TRUE;
      }
    else if (any)
      break;
  return start;
}

static void
take_range (const Walk *walk, LensRange range)
{
  HttpConditions *state = walk->state;
  LensCarrier *carrier = carrier_of (walk, "ranges");
  const LensUnit *unit = walk->unit;

  if (!g_hash_table_contains (state->ranged, unit->side->flow)
      && lens_ledger_has_room (state->ledger, unit->side, g_hash_table_size (state->ranged),
                               MAX_RESOURCES))
    g_hash_table_add (state->ranged, unit->side->flow);
  if (g_hash_table_contains (state->whole, &walk->resource))
    lens_fields_value (state->fields, state->ledger, carrier, unit,
                       lens_fields_key ("ranges", walk->resource),
                       start_of (unit->view.octets, range), (guint)(8 * range.length), range);
  else
    lens_ledger_room (state->ledger, carrier, unit, 8 * range.length);
}

static void
see_request (HttpConditions *state, const LensUnit *unit, const LensHttpMessage *message)
{
  const guint8 *octets = unit->view.octets;
  LensRange left = message->head.fields;
  LensHttpField field;
  const Walk walk = { state, unit,
                      lens_http_reader_target (octets, message->head.target)
                          ^ lens_address_hash (&unit->side->key.dst) };

  g_hash_table_remove (state->ranged, unit->side->flow);
  while (lens_http_field_next (octets, &left, &field))
    switch (kind_of (octets, field.name))
      {
      case FIELD_MARKS:
        take_marks (&walk, field.value);
        break;
      case FIELD_DATE:
        take (&walk, "dates", field.value);
        break;
      case FIELD_EITHER:
        if (memchr (octets + field.value.offset, '"', field.value.length) != NULL)
          take_marks (&walk, field.value);
        else
          take (&walk, "dates", field.value);
        break;
      case FIELD_RANGE:
        take_range (&walk, field.value);
        break;
      case FIELD_OTHER:
        break;
      }
}

static void
see_head (gpointer user, const LensUnit *unit, const LensHttpMessage *message)
{
  if (message->head.is_response)
    see_answer (user, unit, message);
  else
    see_request (user, unit, message);
}

static const LensHttpEvents events = { see_head, NULL };

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  HttpConditions *state = data;

  if (state->reader == NULL)
    {
      state->reader = lens_http_reader_new (&events, state);
      state->fields = lens_fields_new ();
      state->given = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      state->ranged = g_hash_table_new (NULL, NULL);
      state->whole = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
    }
  state->ledger = ledger;
  lens_http_reader_take (state->reader, unit);
}

static void
ended (gpointer data, const LensSide *side)
{
  HttpConditions *state = data;

  lens_http_reader_end (state->reader, side);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  (void)data;
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (lens_ledger_owns (ledger, carrier) && carrier->uses >= LEAST
          && carrier->used_bits >= LEAST_BITS)
        lens_fields_find (ledger, carrier);
    }
}

static void
clear (gpointer data)
{
  HttpConditions *state = data;

  g_clear_pointer (&state->reader, lens_http_reader_free);
  g_clear_pointer (&state->fields, lens_fields_free);
  g_clear_pointer (&state->given, g_hash_table_unref);
  g_clear_pointer (&state->ranged, g_hash_table_unref);
  g_clear_pointer (&state->whole, g_hash_table_unref);
}

const LensAnalyzer lens_analyzer_http_conditions = {
  .name = "http-conditions",
  .question = "Do requests hold conditions that no answer gave?",
  .source = "RFC 9110 section 13.1, 14.2",
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (HttpConditions),
  .see = see,
  .ended = ended,
  .conclude = conclude,
  .clear = clear,
};
