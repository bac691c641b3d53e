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
 * A device that is set up anew changes its texts once; a text must change again, LEAST_AGAIN times
 * in all, and LEAST_BITS be used, else it is told as room.  A text of LARGE octets needs no second.
 */
#include "ledger/constancy.h"
#include "ledger/seed-bed.h"
#include "ledger/text.h"

#include "wire/rtsp-shape.h"

#include <string.h>

enum
{
  LARGE = 128,      /* octets of one text; no server in the field says more */
  LARGE_LIST = 512, /* the same of a field that is known */
  LARGE_PART = 256, /* the same of a part that varies by its definition */
  LONGEST_DATE = 40,
  BLANKS = 16,
  MAX_LINES = 128,
  MUCH = 256, /* octets of all fields that no document knows */
  LEAST_AGAIN = 3,
  LEAST_BITS = 48,
  MAX_SERVERS = 1024,
  MAX_NAMES = 5, /* in the detail */
  DAY = 24 * 60 * 60,
};

/* What one server says. */
typedef struct
{
  LensConstancy *texts;
  GArray *unknown; /* guint64: keys of fields that no document knows, not yet use */
  gsize unknown_octets;
  guint again;    /* how often a text changed that had changed before */
  gboolean large; /* what is used needs no second time */
  gboolean has_clock;
  guint leaps;      /* of it */
  gint clock;       /* its date less the capture's, in seconds of a day */
  GPtrArray *names; /* of what changed, as written */
} Server;

typedef struct
{
  GHashTable *servers; /* LensFlow's server address and port, hashed -> Server */
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

  lens_constancy_free (server->texts);
  g_array_unref (server->unknown);
  g_ptr_array_unref (server->names);
  g_free (server);
}

static guint64
server_key (const LensSide *side)
{
  return (guint64)lens_address_hash (&side->key.src) << 16 | side->key.sport;
}

static Server *
server_of (RtspHeaders *state, const LensSide *side)
{
  guint64 key = server_key (side);

  if (state->servers == NULL)
    state->servers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, server_free);
  Server *server = g_hash_table_lookup (state->servers, &key);
  if (server != NULL || g_hash_table_size (state->servers) >= MAX_SERVERS)
    return server;
  server = g_new0 (Server, 1);
  server->texts = lens_constancy_new ();
  server->unknown = g_array_new (FALSE, FALSE, sizeof (guint64));
  server->names = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_insert (state->servers, g_memdup2 (&key, sizeof key), server);
  return server;
}

/* --- use --- */

static LensCarrier *
carrier_of (const Reply *reply)
{
  return lens_ledger_carrier (reply->ledger, "rtsp-headers", reply->unit, NULL);
}

static void
use (const Reply *reply, LensRange octets, guint64 bits)
{
  if (octets.length == 0)
    return;
  lens_ledger_room (reply->ledger, carrier_of (reply), reply->unit, bits);
  lens_ledger_use (reply->ledger, carrier_of (reply), reply->unit, bits, octets.offset,
                   octets.length);
}

/* What the detail names. */
static void
name_it (const Reply *reply, const char *text, LensRange name)
{
  GPtrArray *names = reply->server->names;
  g_autofree char *copy = text != NULL
                              ? g_strdup (text)
                              : lens_text_printable (reply->octets + name.offset, name.length);

  for (guint i = 0; i < names->len; i++)
    if (g_str_equal (g_ptr_array_index (names, i), copy))
      return;
  if (names->len < MAX_NAMES)
    g_ptr_array_add (names, g_steal_pointer (&copy));
}

static void
use_large (const Reply *reply, const char *text, LensRange name, LensRange octets)
{
  name_it (reply, text, name);
  use (reply, octets, 8 * octets.length);
  reply->server->large = TRUE;
}

/* --- texts that ought to stay --- */

static guint64
key_of (const Reply *reply, LensRange name, guint64 context, guint nth, char aspect)
{
  const guint8 more[] = { (guint8)aspect, (guint8)nth };

  return lens_rtsp_hash (lens_rtsp_hash (context, reply->octets, name, TRUE), more,
                         (LensRange){ 0, sizeof more }, FALSE);
}

/* A text by its hash or shape: another one than before is use, and the first one was, too. */
static void
take_text (const Reply *reply, guint64 key, guint64 value, const char *what, LensRange name,
           LensRange octets)
{
  Server *server = reply->server;

  if (lens_constancy_take (server->texts, key, value, reply->unit, octets.offset, octets.length)
      != LENS_CONSTANCY_CHANGED)
    return;
  lens_constancy_use_first (server->texts, key, reply->ledger, carrier_of (reply));
  use (reply, octets, 8 * octets.length);
  name_it (reply, what, name);
  server->again += lens_constancy_changes (server->texts, key) > 1;
}

/* How something is written, which says one bit per octet at most. */
static void
take_spelling (const Reply *reply, guint64 key, guint64 value, LensRange octets, guint64 bits)
{
  if (lens_constancy_take (reply->server->texts, key, value, reply->unit, octets.offset,
                           octets.length)
      != LENS_CONSTANCY_CHANGED)
    return;
  use (reply, octets, bits);
  name_it (reply, "the spelling or order of fields", octets);
  reply->server->again += lens_constancy_changes (reply->server->texts, key) > 1;
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
take_time (const Reply *reply, gint time_of_day, LensRange name, LensRange value)
{
  Server *server = reply->server;
  gint now = (gint)(reply->unit->time_ns / (1000 * 1000 * 1000) % DAY);
  gint clock = (time_of_day - now + DAY) % DAY;
  gint leap = server->has_clock ? (clock - server->clock + DAY) % DAY : 0;

  server->clock = server->has_clock && (leap <= 1 || leap >= DAY - 1) ? server->clock : clock;
  server->has_clock = TRUE;
  if (leap <= 1 || leap >= DAY - 1)
    return;
  use (reply, value, 5);
  name_it (reply, NULL, name);
  server->again += server->leaps++ > 0;
}

/* A date of a usual form.  Its letters are the names of a day and a month. */
static gboolean
take_date (const Reply *reply, const LensRtspHeader *header)
{
  gint time_of_day = lens_rtsp_time_of_day (reply->octets, header->value);

  if (time_of_day < 0 || header->value.length > LONGEST_DATE)
    return FALSE;
  take_time (reply, time_of_day, header->name, header->value);
  return TRUE;
}

/* A field that no document knows: whatever the method, it says what it said. */
static void
take_unknown (const Reply *reply, const LensRtspHeader *header, guint nth)
{
  Server *server = reply->server;
  guint64 key = key_of (reply, header->name, LENS_RTSP_HASH_START, nth, 'v');
  LensRange text = header->value.length > 0 ? header->value : header->name;
  guint64 number, value = lens_rtsp_hash (LENS_RTSP_HASH_START, reply->octets, text, FALSE);

  if (is_echo (reply, header->value) || take_date (reply, header))
    return;
  if (lens_rtsp_number (reply->octets, text, &number))
    value = number; /* it may count */
  gboolean is_new = !lens_constancy_knows (server->texts, key);
  take_text (reply, key, value, NULL, header->name, text);
  if (!is_new)
    return;
  lens_ledger_room (reply->ledger, carrier_of (reply), reply->unit, 8 * header->line.length);
  g_array_append_val (server->unknown, key);
  server->unknown_octets += header->line.length;
  server->large |= server->unknown_octets > MUCH
                   || lens_text_is_dense (reply->octets + text.offset, text.length);
  for (guint i = 0; server->large && i < server->unknown->len; i++)
    lens_constancy_use_first (server->texts, g_array_index (server->unknown, guint64, i),
                              reply->ledger, carrier_of (reply));
  if (server->large)
    {
      name_it (reply, NULL, header->name);
      g_array_set_size (server->unknown, 0);
    }
}

/* A field that is known, by what of it may not vary. */
static void
take_known (const Reply *reply, const LensRtspHeader *header, guint64 context, guint nth)
{
  gsize varying = 0;
  guint64 shape = lens_rtsp_header_shape (reply->octets, header, &varying);

  if (is_echo (reply, header->value))
    return;
  if (header->value.length > LARGE_LIST || varying > LARGE_PART
      || (varying == 0
          && lens_text_is_dense (reply->octets + header->value.offset, header->value.length)))
    use_large (reply, NULL, header->name, header->value);
  else
    take_text (reply, key_of (reply, header->name, context, nth, 'v'), shape, NULL, header->name,
               header->value);
}

static void
take_value (const Reply *reply, const LensRtspHeader *header, guint nth)
{
  guint64 context = reply->context;

  switch (lens_rtsp_header_nature (reply->octets, header->name))
    {
    case LENS_RTSP_NATURE_UNKNOWN:
      take_unknown (reply, header, nth);
      break;
    case LENS_RTSP_NATURE_OWN:
      break;
    case LENS_RTSP_NATURE_SERVER:
      take_known (reply, header, LENS_RTSP_HASH_START, nth);
      break;
    case LENS_RTSP_NATURE_DATE:
      if (!take_date (reply, header))
        take_known (reply, header, context, nth);
      break;
    case LENS_RTSP_NATURE_URL:
      context ^= reply->about;
      take_known (reply, header, context, nth);
      break;
    default:
      take_known (reply, header, context, nth);
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
    use_large (reply, "blanks", header->name, behind.length > BLANKS ? behind : before);
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
          use_large (reply, NULL, header.name,
                     (LensRange){ header.line.offset, end - header.line.offset });
          break;
        }
      names[n] = lens_rtsp_hash (LENS_RTSP_HASH_START, reply->octets, header.name, TRUE);
      for (guint i = 0; i < n; i++)
        nth += names[i] == names[n];
      order = (order ^ names[n++]) * G_GUINT64_CONSTANT (0x100000001b3);
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
  LensRange reason = reply->unit->rtsp->reason;
  guint8 status[] = { 'r', (guint8)(reply->unit->rtsp->status / 4), 0 };
  guint64 key = lens_rtsp_hash (reply->unit->rtsp->status, status, (LensRange){ 0, 2 }, FALSE);

  if (reason.length > LARGE || lens_text_is_dense (reply->octets + reason.offset, reason.length))
    use_large (reply, "the reason phrase", reason, reason);
  else
    take_text (reply, key, lens_rtsp_hash (key, reply->octets, reason, FALSE), "the reason phrase",
               reason, reason);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensRtspUnit *rtsp = unit->rtsp;
  const LensRtspAsked *asked = unit->asked;
  Reply reply = { .ledger = ledger, .unit = unit, .octets = unit->view.octets };

  if (rtsp->kind != LENS_RTSP_RESPONSE || (rtsp->odd & LENS_RTSP_CUT) != 0)
    return;
  reply.server = server_of (data, unit->side);
  if (reply.server == NULL)
    return;
  if (asked == NULL && unit->side->flow->opened && !unit->side->flow->lost)
    {
      use_large (&reply, "replies to nobody", (LensRange){ 0, 0 }, (LensRange){ 0, rtsp->length });
      return;
    }
  reply.context = asked != NULL ? g_str_hash (asked->method) : 0;
  reply.context = (reply.context << 10 | rtsp->status) ^ LENS_RTSP_HASH_START;
  reply.about = asked != NULL ? g_str_hash (asked->uri) : 0;
  take_reason (&reply);
  take_fields (&reply);
}

static char *
detail_of (const Server *server)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < server->names->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            (const char *)g_ptr_array_index (server->names, i));
  if (text->len > 0)
    g_string_append (text,
                     server->large ? " say what nobody needs." : " change from reply to reply.");
  return g_string_free (text, text->len == 0);
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
      const Server *server = server_of (state, carrier->side);
      g_autofree char *detail = server != NULL ? detail_of (server) : NULL;
      gboolean spoke = carrier->uses > 0 && server != NULL
                       && (server->large
                           || (server->again >= LEAST_AGAIN && carrier->used_bits >= LEAST_BITS));
      if (spoke)
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, detail);
      else if (carrier->room_bits > 0)
        lens_ledger_find_room (ledger, carrier, detail);
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
