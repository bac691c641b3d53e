/* http-framing: does what stands around the chunks of a body say anything?
 *
 * RFC 9112 section 7.1: a body whose length is not known before comes in chunks, each behind a line
 * with its size.  Behind the size extensions may stand (section 7.1.1), which no program is known
 * to need; behind the last chunk trailer fields (section 7.1.2), of which most receivers drop all.
 *
 * Benign: trailers that stay the same or count; a digest of the body (RFC 9530), which is another
 * one for another body.
 *
 *   use    8 bits for each octet of an extension, and of a trailer field that changes while the
 * body does not, or changes and cannot be a digest
 */
#include "ledger/analyzer.h"
#include "ledger/fields.h"
#include "ledger/http-reader.h"
#include "ledger/seed-bed.h"

#include "wire/octets.h"

#include <string.h>

#define CHANNEL "http-header-covert"
#define EXTENSION "chunk extension"
#define TRAILER "trailer"

enum
{
  LEAST = 4, /* changes that an honest program does not show in a run */
  MAX_BODIES = 65536,
};

typedef struct
{
  LensFields *fields;
  LensHttpReader *reader;
  GHashTable *bodies; /* LensSide -> hash of its body under way, in chunks; never looked into */
  LensLedger *ledger;
} HttpFraming;

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "Bodies of the device's HTTP messages have extensions or trailers that say what no "
               "program needs.",
    .filter_hint = "http.transfer_encoding",
    .reference = "RFC 9112 section 7.1.1, 7.1.2",
    .hides = TRUE,
    .unit = LENS_UNIT_CONTENT },
  { NULL },
};

static void
see_head (gpointer user, const LensUnit *unit, const LensHttpMessage *message)
{
  HttpFraming *state = user;
  guint64 *body = g_hash_table_lookup (state->bodies, unit->side);

  if (message->head.framing != LENS_HTTP_BODY_CHUNKED)
    return;
  if (body == NULL
      && lens_ledger_has_room (state->ledger, unit->side, g_hash_table_size (state->bodies),
                               MAX_BODIES))
    {
      body = g_new (guint64, 1);
      g_hash_table_insert (state->bodies, unit->side, body);
    }
  if (body != NULL)
    *body = LENS_HASH_START;
}

/* Hexadecimal, or the base 64 of RFC 4648, of 32 to 512 bits; both alphabets of the latter. */
static gboolean
may_be_digest (const guint8 *octets, gsize length)
{
  static const gsize sizes[] = { 4, 8, 16, 20, 28, 32, 48, 64 };

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (octets[i]) && strchr ("+/-_=:", octets[i]) == NULL)
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      gsize size = sizes[i], bare = (4 * size + 2) / 3, padded = 4 * ((size + 2) / 3);
      if (length == 2 * size || length == bare || length == padded || length == padded + 2)
        return TRUE;
    }
  return FALSE;
}

/* One line, its end left out: "size;name=value", or "name: value". */
static void
see_line (HttpFraming *state, const LensUnit *unit, guint64 body, LensRange line)
{
  const guint8 *octets = unit->view.octets + line.offset;
  gsize at = 0;

  while (at < line.length && octets[at] != ';' && octets[at] != ':')
    at++;
  if (at == 0 || at == line.length)
    return;
  gboolean is_extension = octets[at] == ';';
  LensCarrier *carrier
      = lens_ledger_carrier (state->ledger, CHANNEL, unit, is_extension ? EXTENSION : TRAILER);
  LensRange value = { line.offset + at, line.length - at };
  if (is_extension)
    {
      lens_ledger_use (state->ledger, carrier, unit, 8 * value.length, value.offset, value.length);
      return;
    }
  guint64 key = lens_fields_key (TRAILER, lens_octets_hash_folded (LENS_HASH_START, octets, at))
                ^ lens_address_hash (&unit->side->key.dst);
  for (value.offset++, value.length--; value.length > 0 && octets[++at] == ' '; value.length--)
    value.offset++;
  if (value.length == 0)
    return;
  if (may_be_digest (unit->view.octets + value.offset, value.length))
    lens_fields_value (state->fields, state->ledger, carrier, unit, key ^ body,
                       lens_fields_hash (0, unit->view.octets + value.offset, value.length),
                       (guint)(8 * value.length), value);
  else
    lens_fields_text (state->fields, state->ledger, carrier, unit, key, value);
}

static void
see_framing (HttpFraming *state, const LensUnit *unit, guint64 body)
{
  const guint8 *octets = unit->view.octets;
  gsize at = 0, length = unit->view.length;

  while (at < length)
    {
      const guint8 *feed = memchr (octets + at, '\n', length - at);
      if (feed == NULL)
        return; /* the rest of the line comes with the next segment, and does not tell what it is */
      gsize next = (gsize)(feed - octets) + 1, end = next - 1;
      while (end > at && (octets[end - 1] == '\r' || octets[end - 1] == ' '))
        end--;
      see_line (state, unit, body, (LensRange){ at, end - at });
      at = next;
    }
}

static void
see_body (gpointer user, const LensUnit *unit, const LensHttpMessage *message,
          LensHttpPartKind kind)
{
  HttpFraming *state = user;
  guint64 *body = g_hash_table_lookup (state->bodies, unit->side);

  (void)message;
  if (body != NULL && kind == LENS_HTTP_PART_DATA)
    *body = lens_octets_hash (*body, unit->view.octets, unit->view.length);
  else if (body != NULL && kind == LENS_HTTP_PART_FRAMING)
    see_framing (state, unit, *body);
}

static const LensHttpEvents events = { see_head, see_body };

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  HttpFraming *state = data;

  if (state->reader == NULL)
    {
      state->reader = lens_http_reader_new (&events, state);
      state->fields = lens_fields_new ();
      state->bodies = g_hash_table_new_full (NULL, NULL, NULL, g_free);
    }
  state->ledger = ledger;
  lens_http_reader_take (state->reader, unit);
}

static void
ended (gpointer data, const LensSide *side)
{
  HttpFraming *state = data;

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
      if (lens_ledger_owns (ledger, carrier) && carrier->uses >= LEAST)
        lens_fields_find (ledger, carrier);
    }
}

static void
clear (gpointer data)
{
  HttpFraming *state = data;

  g_clear_pointer (&state->reader, lens_http_reader_free);
  g_clear_pointer (&state->fields, lens_fields_free);
  g_clear_pointer (&state->bodies, g_hash_table_unref);
}

/* Requests to a host that is not on the link, the message behind the size of a chunk. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensAddress stranger = { .version = 4 };
  LensSeedPlace place;
  char text[40];
  guint16 sport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x4000));

  lens_seed_bed_fill (bed, stranger.octets, 4);
  stranger.octets[0] = (guint8)(128 + lens_seed_bed_below (bed, 40));
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      gsize count = lens_seed_bed_take_text (bed, text, sizeof text);
      if (count == 0)
        continue;
      g_autofree char *request = g_strdup_printf (
          "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n"
          "4;x=%.*s\r\nping\r\n0\r\n\r\n",
          (gint)count, text);
      lens_seed_bed_send_tcp (bed, &stranger, sport++, 80, 1, (const guint8 *)request,
                              strlen (request));
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_http_framing = {
  .name = "http-framing",
  .question = "Does what stands around the chunks of a body say anything?",
  .source = "RFC 9112 section 7.1.1, 7.1.2",
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (HttpFraming),
  .see = see,
  .ended = ended,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
