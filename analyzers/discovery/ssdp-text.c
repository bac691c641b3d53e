/* ssdp-text: do announcements and searches of UPnP say what they used to say?
 *
 * SSDP speaks in the header lines of HTTP.  A device announces each of its devices and services
 * (NT) by the same lines again and again; a search asks for a target (ST).
 *
 *   use    the value of a line that is not what it was in such a message (the same method,
 *          target and name of the line) and that no counting explains; the names, their letter
 *          case and their order where they change; targets and lines that are new again and
 *          again; what follows the header
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
  MAX_LINES = 64, /* of one message */
  SHAPE_BITS = 4,

  NEWS = 8,
  NEWS_BITS = 1600,
  PACE_BPS = 4, /* phones search for a few dozen kinds of things, and stop */
};

static const char channel_id[] = "ssdp-text";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "What the device tells the link about itself by UPnP changes: it carries data.",
    .room = "The device tells the link about itself by UPnP; data could travel in the text.",
    .filter_hint = "ssdp",
    .reference = "UPnP Device Architecture 2.0 sections 1.2 and 1.3",
    .hides = TRUE,
    .unit = LENS_UNIT_DISCOVERY },
  { NULL },
};

static const char texts[] = "texts", shape[] = "names and order of lines", body[] = "body",
                  targets[] = "targets and lines";

static const LensFieldRule rules[] = {
  { .subject = texts,
    .least = 8,
    .percent = 1,
    .shows_room = TRUE,
    .pace = PACE_BPS,
    .detail = "Lines that this device used to send with other content." },
  { .subject = shape,
    .least = 12,
    .percent = 10,
    .detail = "Names, letter case or order of the lines change." },
  { .subject = body, .least = 1, .detail = "Octets behind the header." },
  { .subject = targets, .least = 1, .detail = "Ever new targets or lines." },
  { NULL },
};

typedef struct
{
  LensFields *fields;
  LensNews *news;
} SsdpText;

/* A line of the header: "name: value", the space around the value included in it. */
typedef struct
{
  LensRange name, value;
} Line;

typedef struct
{
  LensRange start;
  Line lines[MAX_LINES];
  guint n;
  LensRange body;
} Message;

/* --- the text --- */

static LensRange
line_at (const guint8 *octets, gsize length, gsize offset, gsize *next)
{
  const guint8 *end = memchr (octets + offset, '\n', length - offset);
  gsize to = end != NULL ? (gsize)(end - octets) : length;

  *next = end != NULL ? to + 1 : length;
  if (to > offset && octets[to - 1] == '\r')
    to--;
  return (LensRange){ offset, to - offset };
}

static void
split (const guint8 *octets, gsize length, Message *message)
{
  gsize at = 0;

  memset (message, 0, sizeof *message);
  message->start = line_at (octets, length, 0, &at);
  while (at < length)
    {
      LensRange line = line_at (octets, length, at, &at);
      if (line.length == 0)
        break;
      const guint8 *colon = memchr (octets + line.offset, ':', line.length);
      gsize head = colon != NULL ? (gsize)(colon - octets) - line.offset : line.length;
      if (message->n < MAX_LINES)
        message->lines[message->n++] = (Line){ { line.offset, head },
                                               { line.offset + MIN (head + 1, line.length),
                                                 line.length - MIN (head + 1, line.length) } };
    }
  message->body = (LensRange){ at, length - at };
}

static gboolean
is_named (const guint8 *octets, LensRange name, const char *wanted)
{
  return name.length == strlen (wanted)
         && g_ascii_strncasecmp ((const char *)octets + name.offset, wanted, name.length) == 0;
}

static guint64
hash_of (const guint8 *octets, LensRange range, guint64 start)
{
  return lens_octets_hash_folded (start ^ LENS_HASH_START, octets + range.offset, range.length);
}

/* --- fields --- */

static void
take_news (SsdpText *state, const LensUnit *unit, LensRange range)
{
  const char *text = (const char *)unit->view.octets + range.offset;
  g_autofree char *thing = g_strndup (text, range.length);
  LensDomainTold told = lens_domain_told (thing, strlen (thing));

  if (range.length > 0)
    lens_news_take (state->news, unit, targets, thing, told.octets, told.bits, told.dense, range);
}

static void
see_message (LensLedger *ledger, SsdpText *state, const LensUnit *unit, const Message *message)
{
  const guint8 *octets = unit->view.octets;
  guint64 kind = hash_of (octets, message->start, 0), order = 0;

  take_news (state, unit, message->start);
  for (guint i = 0; i < message->n; i++)
    {
      const Line *line = &message->lines[i];
      take_news (state, unit, line->name);
      order = lens_fields_hash (order, octets + line->name.offset, line->name.length + 1);
      if (!is_named (octets, line->name, "NT") && !is_named (octets, line->name, "ST"))
        continue;
      kind = hash_of (octets, line->value, kind);
      take_news (state, unit, line->value);
    }
  for (guint i = 0; i < message->n; i++)
    if (message->lines[i].value.length > 0)
      lens_fields_text (state->fields, ledger,
                        lens_ledger_carrier (ledger, channel_id, unit, texts), unit,
                        hash_of (octets, message->lines[i].name, kind), message->lines[i].value);
  lens_fields_value (state->fields, ledger, lens_ledger_carrier (ledger, channel_id, unit, shape),
                     unit, hash_of (octets, message->start, 1), order, SHAPE_BITS,
                     (LensRange){ 0, message->body.offset });
}

/* UDA 2.0 sections 1.2.2 and 1.3.2: there is none. */
static void
see_body (LensLedger *ledger, const LensUnit *unit, LensRange range)
{
  const guint8 *octets = unit->view.octets;

  while (range.length > 0 && (octets[range.offset] == 0 || g_ascii_isspace (octets[range.offset])))
    range.offset++, range.length--;
  if (range.length > 0)
    lens_fields_fixed (ledger, lens_ledger_carrier (ledger, channel_id, unit, body), unit, FALSE,
                       8 * (guint)range.length, range);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  SsdpText *state = data;
  Message message;

  if (!g_str_equal (unit->discovery, "ssdp"))
    return;
  if (state->fields == NULL)
    {
      state->fields = lens_fields_new ();
      state->news = lens_news_new ();
    }
  split (unit->view.octets, unit->view.length, &message);
  see_message (ledger, state, unit, &message);
  see_body (ledger, unit, message.body);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const SsdpText *state = data;

  for (guint i = 0; state->news != NULL && i < lens_news_n_groups (state->news); i++)
    {
      const LensNewsGroup *group = lens_news_group_at (state->news, i);
      double pace = (double)group->bits / MAX (lens_news_seconds (group), 10);
      if (group->n >= NEWS && group->bits >= NEWS_BITS && pace >= PACE_BPS
          && lens_news_goes_on (group))
        lens_marks_use (group->marks, ledger, channel_id, targets);
    }
  lens_field_rules_conclude (ledger, "ssdp-text", rules);
}

static void
clear (gpointer data)
{
  SsdpText *state = data;

  g_clear_pointer (&state->fields, lens_fields_free);
  g_clear_pointer (&state->news, lens_news_free);
}

/* Announcements of one device with the message in the line that names the server. */
static GByteArray *
compose (LensSeedBed *bed, const char *text)
{
  char *notify = g_strdup_printf (
      "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\n"
      "NTS: ssdp:alive\r\nSERVER: Linux/z%s UPnP/1.0\r\nUSN: uuid:1::upnp:rootdevice\r\n\r\n",
      text);

  (void)bed;
  return g_byte_array_new_take ((guint8 *)notify, strlen (notify));
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  (void)channel;
  return lens_seed_bed_announce (bed, "239.255.255.250", 1900, compose);
}

const LensAnalyzer lens_analyzer_ssdp_text = {
  .name = "ssdp-text",
  .question = "Do announcements and searches of UPnP say what they used to say?",
  .source = "UPnP Device Architecture 2.0 sections 1.2 and 1.3",
  .units = LENS_UNIT_DISCOVERY,
  .channels = channels,
  .state_size = sizeof (SsdpText),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
