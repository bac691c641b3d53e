/* http-multipart: do pictures pushed over HTTP carry more than pictures?
 *
 * A response of type multipart/x-mixed-replace is a row of parts (RFC 2046 section 5.1): a line
 * with the boundary, fields, an empty line, content.  Players read Content-Length and pass over
 * all other fields, what stands before the first boundary and what stands behind a part's content.
 *
 * By habit: which fields a part has, and what they say: the same each time, but for times and
 * counters that go on.  Content-Length is the place of the next boundary, and free.  Octets
 * between a part's content and the next boundary are use when they come again and again (some may
 * come of a capture with gaps).
 *
 *   room   8 bits per octet of these places
 *   use    the same where the habit does not explain them
 */
#include "ledger/analyzer.h"
#include "ledger/field-rules.h"
#include "ledger/free-text.h"
#include "ledger/habit.h"
#include "ledger/http-parts.h"
#include "ledger/seed-bed.h"

#include "wire/http.h"
#include "wire/octets.h"

#include <string.h>

#define CHANNEL "http-multipart-part-headers"

enum
{
  MAX_FIELDS = 16,
  FIRST_PARTS = 4, /* that show a maker's fields */
};

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "Pictures pushed over HTTP come with header fields or octets between them that "
               "change, and that players pass over.",
    .room = "Pictures pushed over HTTP have header fields of their own; data could travel there.",
    .filter_hint = "http",
    .reference = "RFC 2046 section 5.1",
    .hides = TRUE,
    .unit = LENS_UNIT_PART },
  { NULL },
};

static const LensFieldRule rules[] = {
  { "value", 4, 0, TRUE, "Header fields of the parts change." },
  { "fields", 4, 2, FALSE, "The parts have other header fields again and again." },
  { "between", 4, 2, FALSE, "Octets between a part and the next boundary." },
  { "preamble", 4, 0, FALSE, "Text before the first part." },
  { NULL },
};

/* The fields of one name. */
typedef struct
{
  guint64 name; /* hash */
  LensFreeText text;
} Field;

/* Of a response. */
typedef struct
{
  guint64 names; /* hash of the part's fields, but for new ones */
  LensHabit same_names;
  Field fields[MAX_FIELDS];
  guint n_fields, parts;
} Stream;

static void
use (LensLedger *ledger, const LensUnit *line, const char *subject, LensRange range)
{
  lens_ledger_use (ledger, lens_ledger_carrier (ledger, CHANNEL, line, subject), line,
                   8 * range.length, range.offset, range.length);
}

/* NULL: new, and too late or too many. */
static Field *
field_of (Stream *stream, guint64 name)
{
  for (guint i = 0; i < stream->n_fields; i++)
    if (stream->fields[i].name == name)
      return &stream->fields[i];
  if (stream->n_fields == MAX_FIELDS || stream->parts >= FIRST_PARTS)
    return NULL;
  stream->fields[stream->n_fields].name = name;
  return &stream->fields[stream->n_fields++];
}

static gboolean
is_content_length (const guint8 *octets, LensRange name)
{
  static const char length[] = "Content-Length";

  return name.length == strlen (length)
         && g_ascii_strncasecmp ((const char *)octets + name.offset, length, name.length) == 0;
}

static void
see_field (LensLedger *ledger, Stream *stream, const LensUnit *line)
{
  const guint8 *octets = line->view.octets;
  LensRange left = { 0, line->view.length };
  LensHttpField field;

  if (!lens_http_field_next (octets, &left, &field))
    return;
  guint64 name
      = lens_octets_hash_folded (LENS_HASH_START, octets + field.name.offset, field.name.length);
  gboolean is_length = is_content_length (octets, field.name);
  Field *known = is_length ? NULL : field_of (stream, name);
  /* One that is new says so itself. */
  if (is_length || known != NULL)
    stream->names = stream->names * 31 + name;
  if (is_length)
    return;
  if (known == NULL)
    use (ledger, line, "fields", field.whole);
  else
    lens_free_text_take (ledger, &known->text, lens_ledger_carrier (ledger, CHANNEL, line, "value"),
                         line, field.value);
}

static void
see_head (LensLedger *ledger, Stream *stream, const LensUnit *line)
{
  lens_ledger_room (ledger, lens_ledger_carrier (ledger, CHANNEL, line, "fields"), line, 8);
  lens_ledger_room (ledger, lens_ledger_carrier (ledger, CHANNEL, line, "between"), line, 8);
  if (!lens_habit_take (&stream->same_names, stream->names))
    use (ledger, line, "fields", (LensRange){ 0, line->view.length });
  stream->names = 0;
  stream->parts++;
  lens_ledger_count (ledger, line, LENS_UNIT_PART);
}

static void
see_what (LensLedger *ledger, gpointer stream, const LensUnit *unit, LensHttpPartsWhat what,
          LensRange range)
{
  if (what == LENS_HTTP_PARTS_FIELD)
    see_field (ledger, stream, unit);
  else if (what == LENS_HTTP_PARTS_HEAD)
    see_head (ledger, stream, unit);
  else if (what == LENS_HTTP_PARTS_PREAMBLE)
    use (ledger, unit, "preamble", range);
  else if (what == LENS_HTTP_PARTS_BETWEEN)
    use (ledger, unit, "between", range);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  lens_http_parts_take (data, ledger, unit, sizeof (Stream), see_what);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  lens_field_rules_conclude (ledger, "http-multipart", rules);
}

static void
stream_clear (gpointer data)
{
  Stream *stream = data;

  for (guint i = 0; i < stream->n_fields; i++)
    lens_free_text_clear (&stream->fields[i].text);
}

static void
clear (gpointer data)
{
  lens_http_parts_clear (data, stream_clear);
}

/* The message in a field of its own, whose name is drawn once, when the maker's fields are known.
 */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  LensHttpPictureAt at;
  const guint32 name = lens_seed_bed_below (bed, 0x10000);
  char text[24];
  guint parts = 0;

  while (lens_seed_bed_next (bed, LENS_UNIT_CONTENT, &place))
    {
      const guint8 *octets = place.octets + place.start;
      if (place.spare < 64 || !lens_http_parts_find_picture (octets, place.end - place.start, &at)
          || parts++ < 2 * FIRST_PARTS)
        continue;
      gsize count = lens_seed_bed_take_text (bed, text, sizeof text);
      if (count == 0)
        continue;
      g_autofree char *field = g_strdup_printf ("X-%04x: %.*s\r\n", name, (int)count, text);
      lens_seed_bed_insert (bed, place.start + at.field, (const guint8 *)field, strlen (field),
                            LENS_SEED_PAYLOAD);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_http_multipart = {
  .name = "http-multipart",
  .question = "Do pictures pushed over HTTP carry more than pictures?",
  .source = "RFC 2046 section 5.1",
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (LensHttpParts),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
