/* rtsp-headers: do the headers of RTSP replies say anything that the protocol has no use for?
 *
 * RFC 2326 sections 7 and 12: a player reads a dozen fields of a reply and passes over any
 * other, whatever it says; it does not care how names are spelled, in which order they come, how
 * many blanks there are, or what the reason phrase is.  A device that is asked the same says the
 * same: only dates, sequence numbers, sessions, nonces and what Transport and RTP-Info name may
 * differ, each in its own form.
 *
 *   room   8 bits per octet of fields that no document knows, once
 *   use    8 bits per octet of a value, a reason or a blank that is not what it was before, and of
 *          the first one with it; 1 bit per octet of a line that is spelled otherwise; 5 bits for
 *          a date that leaps; all of a reply that nobody asked for
 *
 * What is told of it: ledger/said.h.
 */
#include "ledger/said.h"
#include "ledger/seed-bed.h"
#include "ledger/text.h"

#include "wire/rtsp-shape.h"

#include <string.h>

enum
{
  LARGE = 128,          /* octets of a reason; no server in the field says more */
  LARGE_LIST = 512,     /* the same of a field that is known */
  LARGE_PART = 256,     /* the same of a part that varies by its definition */
  LARGE_PARAMETER = 32, /* the same of a parameter of Transport that no document knows */
  LONGEST_DATE = 40,
  BLANKS = 16,
  MAX_LINES = 128,
  MAX_SERVERS = 1024,
  DAY = 24 * 60 * 60,
};

/* What one server says. */
typedef struct
{
  LensSaid *said;
  gboolean has_clock;
  guint leaps; /* of its clock ... */
  gint clock;  /* ... which is its date less the capture's, in seconds of a day */
} Server;

typedef struct
{
  GHashTable *servers; /* address and port -> Server */
} RtspHeaders;

/* A reply, and who said it. */
typedef struct
{
  LensLedger *ledger;
  const LensUnit *unit;
  const guint8 *octets;
  Server *server;
  guint64 context; /* the method asked for and the status */
  guint64 about;   /* the URL asked for */
} Reply;

static const LensChannelText channels[] = {
  { .id = "rtsp-headers",
    .summary = "Replies of the control connection carry texts that no player reads, and they "
               "change or are far too long.",
    .room = "Replies of the control connection have fields and texts that no player reads; they "
            "could hold data.",
    .filter_hint = "rtsp.response",
    .reference = "RFC 2326 sections 7 and 12",
    .hides = TRUE,
    .unit = LENS_UNIT_RTSP },
  { NULL },
};

/* --- servers --- */

static void
server_free (gpointer data)
{
  Server *server = data;

  lens_said_free (server->said);
  g_free (server);
}

static guint64
server_key (const LensSide *side)
{
  return (guint64)lens_address_hash (&side->key.src) << 16 | side->key.sport;
}

static Server *
server_of (LensLedger *ledger, RtspHeaders *state, const LensSide *side)
{
  guint64 key = server_key (side);

  if (state->servers == NULL)
    state->servers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, server_free);
  Server *server = g_hash_table_lookup (state->servers, &key);
  if (server != NULL
      || !lens_ledger_has_room (ledger, side, g_hash_table_size (state->servers), MAX_SERVERS))
    return server;
  server = g_new0 (Server, 1);
  server->said = lens_said_new ("rtsp-headers");
  g_hash_table_insert (state->servers, g_memdup2 (&key, sizeof key), server);
  return server;
}

/* --- texts --- */

static guint64
key_of (const Reply *reply, LensRange name, guint64 context, guint nth, char aspect)
{
  const guint8 more[] = { (guint8)aspect, (guint8)nth };

  return lens_rtsp_hash (lens_rtsp_hash (context, reply->octets, name, TRUE), more,
                         (LensRange){ 0, sizeof more }, FALSE);
}

static void
use_large (const Reply *reply, LensRange octets, const char *name)
{
  lens_said_large (reply->server->said, reply->ledger, reply->unit, octets, name);
}

/* How something is written, which says one bit per octet or field at most. */
static void
take_spelling (const Reply *reply, guint64 key, guint64 value, LensRange octets, guint64 bits)
{
  lens_said_text (reply->server->said, reply->ledger, reply->unit, key, value, octets, bits,
                  "the spelling or order of fields");
}

/* The request says the same: an echo. */
static gboolean
is_echo (const Reply *reply, LensRange value)
{
  const LensRtspAsked *asked = reply->unit->asked;

  return asked != NULL && value.length > 0
         && memmem (asked->octets, asked->length, reply->octets + value.offset, value.length)
                != NULL;
}

/* --- fields --- */

/* Whether the time of day goes on as the capture's does; a leap is use once. */
static void
take_time (const Reply *reply, gint time_of_day, LensRange value, const char *name)
{
  Server *server = reply->server;
  gint now = (gint)(reply->unit->time_ns / (1000 * 1000 * 1000) % DAY);
  gint clock = (time_of_day - now + 2 * DAY) % DAY;
  gint leap = server->has_clock ? (clock - server->clock + DAY) % DAY : 0;

  if (server->has_clock && (leap <= 1 || leap >= DAY - 1))
    return;
  if (server->has_clock)
    lens_said_changed (server->said, reply->ledger, reply->unit, value, 5, server->leaps++ > 0,
                       name);
  server->clock = clock;
  server->has_clock = TRUE;
}

/* A date of a usual form.  Its letters are the names of a day and a month. */
static gboolean
take_date (const Reply *reply, const LensRtspHeader *header, const char *name)
{
  gint time_of_day = lens_rtsp_time_of_day (reply->octets, header->value);

  if (time_of_day < 0 || header->value.length > LONGEST_DATE)
    return FALSE;
  take_time (reply, time_of_day, header->value, name);
  return TRUE;
}

/* A field that no document knows: whatever the method, it says what it said. */
static void
take_unknown (const Reply *reply, const LensRtspHeader *header, guint nth, const char *name)
{
  guint64 key = key_of (reply, header->name, LENS_RTSP_HASH_START, nth, 'v');
  LensRange text = header->value.length > 0 ? header->value : header->name;
  guint64 number, value = lens_rtsp_hash (LENS_RTSP_HASH_START, reply->octets, text, FALSE);

  if (lens_rtsp_number (reply->octets, text, &number))
    value = number; /* it may count */
  if (!take_date (reply, header, name))
    lens_said_unknown (reply->server->said, reply->ledger, reply->unit, key, value, header->line,
                       text, lens_text_is_dense (reply->octets + text.offset, text.length), name);
}

/* A field that is known, by what of it may not vary. */
static void
take_known (const Reply *reply, const LensRtspHeader *header, guint64 context, guint nth,
            const char *name)
{
  gsize varying = 0;
  guint64 shape = lens_rtsp_header_shape (reply->octets, header, &varying);
  LensRange value = header->value;

  if (value.length > LARGE_LIST || varying > LARGE_PART
      || (varying == 0 && lens_text_is_dense (reply->octets + value.offset, value.length)))
    use_large (reply, value, name);
  else
    lens_said_text (reply->server->said, reply->ledger, reply->unit,
                    key_of (reply, header->name, context, nth, 'v'), shape, value, 0, name);
}

/* Parameters of Transport that no document knows. */
static void
take_parameters (const Reply *reply, LensRange value)
{
  LensRtspTransport specs[4];
  guint n = lens_rtsp_transport (reply->octets, value, specs, G_N_ELEMENTS (specs));

  for (guint i = 0; i < n; i++)
    if (specs[i].unknown.length > LARGE_PARAMETER)
      use_large (reply, specs[i].unknown, "a parameter of Transport");
}

static void
take_value (const Reply *reply, const LensRtspHeader *header, guint nth)
{
  g_autofree char *name
      = lens_text_printable (reply->octets + header->name.offset, header->name.length);

  if (is_echo (reply, header->value))
    return;
  if (lens_rtsp_is (reply->octets, header->name, "Transport"))
    take_parameters (reply, header->value);
  switch (lens_rtsp_header_nature (reply->octets, header->name))
    {
    case LENS_RTSP_NATURE_UNKNOWN:
      take_unknown (reply, header, nth, name);
      break;
    case LENS_RTSP_NATURE_OWN:
      break;
    case LENS_RTSP_NATURE_SERVER:
      take_known (reply, header, LENS_RTSP_HASH_START, nth, name);
      break;
    case LENS_RTSP_NATURE_DATE:
      if (!take_date (reply, header, name))
        take_known (reply, header, reply->context, nth, name);
      break;
    case LENS_RTSP_NATURE_URL:
      take_known (reply, header, reply->context ^ reply->about, nth, name);
      break;
    default:
      take_known (reply, header, reply->context, nth, name);
    }
}

/* The name as written and the blanks around the colon and behind the value. */
static void
take_shape (const Reply *reply, const LensRtspHeader *header, guint nth)
{
  gsize line_end = lens_range_end (header->line), value_end = lens_range_end (header->value);
  LensRange before = { header->line.offset, header->value.offset - header->line.offset };
  LensRange behind = { value_end, line_end - value_end };
  guint64 key = key_of (reply, header->name, reply->context, nth, 's');

  if (header->value.length == 0 || !header->has_colon)
    return;
  if (behind.length > BLANKS || before.length > header->name.length + 1 + BLANKS)
    use_large (reply, behind.length > BLANKS ? behind : before, "blanks");
  guint64 written = lens_rtsp_hash (LENS_RTSP_HASH_START, reply->octets, before, FALSE);
  written = lens_rtsp_hash (written, reply->octets, behind, FALSE);
  take_spelling (reply, key, written, before, before.length);
}

/* --- replies --- */

static void
take_fields (const Reply *reply)
{
  const LensRtspUnit *rtsp = reply->unit->rtsp;
  guint64 names[MAX_LINES], order = LENS_RTSP_HASH_START;
  LensRtspHeader header;
  gsize position = 0;
  guint n = 0;

  while (lens_rtsp_header_next (reply->octets, rtsp->headers, &position, &header))
    {
      guint nth = 0;
      if (n == MAX_LINES)
        {
          gsize end = lens_range_end (rtsp->headers);
          use_large (reply, (LensRange){ header.line.offset, end - header.line.offset },
                     "so many fields");
          break;
        }
      names[n] = lens_rtsp_hash (LENS_RTSP_HASH_START, reply->octets, header.name, TRUE);
      for (guint i = 0; i < n; i++)
        nth += names[i] == names[n];
      order = order * 31 + names[n++];
      take_shape (reply, &header, nth);
      take_value (reply, &header, nth);
    }
  if (n > 1)
    take_spelling (reply, key_of (reply, (LensRange){ 0, 0 }, reply->context, 0, 'o'), order,
                   rtsp->headers, n);
}

static void
take_reason (const Reply *reply)
{
  static const char name[] = "the reason phrase";
  LensRange reason = reply->unit->rtsp->reason;
  guint64 key = reply->unit->rtsp->status;

  if (reason.length > LARGE || lens_text_is_dense (reply->octets + reason.offset, reason.length))
    use_large (reply, reason, name);
  else
    lens_said_text (reply->server->said, reply->ledger, reply->unit, key,
                    lens_rtsp_hash (key, reply->octets, reason, FALSE), reason, 0, name);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensRtspUnit *rtsp = unit->rtsp;
  const LensRtspAsked *asked = unit->asked;
  Reply reply = { .ledger = ledger, .unit = unit, .octets = unit->view.octets };

  if (rtsp->kind != LENS_RTSP_RESPONSE || (rtsp->odd & LENS_RTSP_CUT) != 0)
    return;
  reply.server = server_of (ledger, data, unit->side);
  if (reply.server == NULL)
    return;
  if (asked == NULL && unit->side->flow->opened && !unit->side->flow->lost
      && !unit->side->flow->unseen && !unit->side->flow->tunnel)
    {
      use_large (&reply, (LensRange){ 0, rtsp->length }, "replies that nobody asked for");
      return;
    }
  reply.context = asked != NULL ? g_str_hash (asked->method) : 0;
  reply.context = (reply.context << 10 | rtsp->status) ^ LENS_RTSP_HASH_START;
  reply.about = asked != NULL ? g_str_hash (asked->uri) : 0;
  take_reason (&reply);
  take_fields (&reply);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);
  RtspHeaders *state = data;

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->channel, "rtsp-headers"))
        continue;
      const Server *server = server_of (ledger, state, carrier->side);
      if (server != NULL)
        lens_said_conclude (server->said, ledger, carrier);
    }
}

static void
clear (gpointer data)
{
  RtspHeaders *state = data;

  g_clear_pointer (&state->servers, g_hash_table_unref);
}

/* --- seeds --- */

/* A field of a name that nobody knows. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  LensRtspUnit reply;
  char name[9] = "X-", text[400];

  for (guint i = 2; i < 8; i++)
    name[i] = (char)('a' + lens_seed_bed_below (bed, 26));
  while (lens_seed_bed_next (bed, LENS_UNIT_RTSP, &place))
    {
      LensRtspFramer framer = { FALSE };
      lens_rtsp_next (&framer, place.octets + place.start, place.end - place.start, TRUE, &reply);
      if (reply.kind != LENS_RTSP_RESPONSE || reply.odd != 0 || place.spare < sizeof text + 16)
        continue;
      gsize count = lens_seed_bed_take_text (bed, text, sizeof text);
      if (count == 0)
        continue;
      g_autofree char *line = g_strdup_printf ("%s: %.*s\r\n", name, (int)count, text);
      /* Before the empty line that ends the headers. */
      lens_seed_bed_insert (bed, place.start + lens_range_end (reply.headers) - 2,
                            (const guint8 *)line, strlen (line), LENS_SEED_PAYLOAD);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtsp_headers = {
  .name = "rtsp-headers",
  .question = "Do the headers of RTSP replies say what the protocol needs, and nothing else?",
  .source = "RFC 2326 sections 7 and 12; RFC 7826 section 18",
  .units = LENS_UNIT_RTSP,
  .channels = channels,
  .state_size = sizeof (RtspHeaders),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
