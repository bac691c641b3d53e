/* onvif-metadata: do metadata documents describe the scene, and only that?
 *
 * ONVIF's metadata streams are XML documents of any size (ONVIF Analytics, Streaming), and XML
 * has places that every reader passes over: comments, processing instructions, CDATA, the white
 * space between tags and inside them; and elements of any namespace.
 *
 * Judged by habit: what stands in comments and instructions (the same, but for times and
 * counters); white space between the same two tags; names of elements and attributes that
 * ONVIF's schema has not, once the first documents showed those of the maker; values, of which
 * numbers, times, truth and short words are what metadata is made of, while any other text is
 * expected to have been said before.  Octets that are no XML are use.
 *
 * A second channel names documents that tell of persons: faces, licence plates, temperature.
 *
 * Compressed documents are read the same way; what their octets say, all octets of the compressed
 * form say.
 *
 *   room   8 bits per octet of these places
 *   use    the same where the habit does not explain them
 */
#include "ledger/by-track.h"
#include "ledger/field-rules.h"
#include "ledger/free-text.h"
#include "ledger/habit.h"
#include "ledger/onvif-names.h"
#include "ledger/seed-bed.h"

#include "wire/octets.h"
#include "wire/xml-scan.h"

#include <string.h>

#define EXTENSION "onvif-metadata-extension"
#define PERSONS "onvif-face-plate-analytics"

enum
{
  FIRST_DOCUMENTS = 8, /* that show a maker's names */
  MAX_KNOWN = 8192,    /* names, values and contexts remembered of a track */
  MAX_WORDS = 32,      /* different short words of one place */
  SHORT_WORD = 24,     /* octets */
  TALKS = 4,           /* texts after which a place is not one of words */
  LONG_COMMENT = 64,   /* octets, that no device writes once only and late */
  MANY_TURNS = 4,      /* between blanks and tabs, that no indentation has */
};

static const LensChannelText channels[] = {
  { .id = EXTENSION,
    .summary = "Metadata documents hold text where no reader looks (comments, white space, names "
               "and values of nobody's schema), and it changes.",
    .room = "Metadata documents have places that no reader looks at; data could hide in them.",
    .filter_hint = "xml",
    .reference = "ONVIF Streaming Specification, metadata stream; W3C XML 1.0",
    .hides = TRUE,
    .unit = LENS_UNIT_DOCUMENT },
  { .id = PERSONS,
    .summary = "The metadata tell of persons or their cars: this is more than a picture, and "
               "should be declared.",
    .filter_hint = "xml",
    .reference = "ONVIF Analytics Service Specification",
    .unit = LENS_UNIT_DOCUMENT },
  { NULL },
};

static const LensFieldRule rules[] = {
  { "comment", 2, 0, TRUE, "Comments, processing instructions or CDATA that change." },
  { "name", 4, 0, FALSE, "Elements or attributes that no schema has and no earlier document had." },
  { "value", 4, 0, FALSE, "Values that are text, and new again and again." },
  { "space", 16, 2, FALSE, "White space that changes." },
  { "pattern", 2, 0, FALSE, "White space in patterns that change." },
  { "once", 1, 0, FALSE, "A comment or processing instruction that came once only." },
  { "broken", 2, 0, FALSE, "Octets that are no XML." },
  { NULL },
};

/* Where a value stands, and what it said. */
typedef struct
{
  guint64 hash;
  guint words; /* short ones, all different */
  guint texts; /* of another kind, all new */
} Place;

typedef struct
{
  guint documents;
  LensFreeText texts[LENS_N_XML_KINDS]; /* of comments and their like */
  LensCarrier *once[LENS_N_XML_KINDS];  /* of a long one that came late, or NULL */
  GHashTable *known;                    /* hashes of names and values -> itself */
  GHashTable *places;                   /* hash -> Place */
  GHashTable *spaces;                   /* hash of a context -> LensHabit */
} Track;

typedef struct
{
  LensByTrack tracks;
} Metadata;

/* One document under way. */
typedef struct
{
  LensLedger *ledger;
  Track *track;
  const LensUnit *unit;
  LensXml xml;
  guint64 before; /* hash of the last tag */
  guint64 place;  /* hash of the element that is open */
} Walk;

static guint64
hash_more (guint64 hash, const guint8 *octets, LensRange range)
{
  hash = lens_octets_hash (hash, octets + range.offset, range.length);
  return (hash ^ range.length) * 0x9e3779b97f4a7c15u | 1;
}

static void
use (const Walk *walk, const char *subject, LensRange range)
{
  lens_ledger_use (walk->ledger, lens_ledger_carrier (walk->ledger, EXTENSION, walk->unit, subject),
                   walk->unit, 8 * range.length, range.offset, range.length);
}

static void
room (const Walk *walk, const char *subject, LensRange range)
{
  lens_ledger_room (walk->ledger,
                    lens_ledger_carrier (walk->ledger, EXTENSION, walk->unit, subject), walk->unit,
                    8 * range.length);
}

static gboolean
has_room (const Walk *walk, GHashTable *table)
{
  return lens_ledger_has_room (walk->ledger, walk->unit->side, g_hash_table_size (table),
                               MAX_KNOWN);
}

/* Remembers a hash; whether it was known.  When there are too many, all are. */
static gboolean
recall (const Walk *walk, guint64 hash)
{
  GHashTable *known = walk->track->known;

  if (g_hash_table_contains (known, &hash) || !has_room (walk, known))
    return TRUE;
  g_hash_table_add (known, g_memdup2 (&hash, sizeof hash));
  return FALSE;
}

/* --- names --- */

static void
see_name (const Walk *walk, LensRange name)
{
  const guint8 *octets = walk->unit->view.octets;
  LensRange local = lens_xml_local (octets, name);

  if (lens_onvif_is_name (octets + local.offset, local.length))
    return;
  room (walk, "name", local);
  if (!recall (walk, hash_more (1, octets, local)) && walk->track->documents > FIRST_DOCUMENTS)
    use (walk, "name", name);
}

static void
see_kind (const Walk *walk, LensRange name)
{
  LensRange local = lens_xml_local (walk->unit->view.octets, name);
  const char *kind = lens_onvif_kind (walk->unit->view.octets + local.offset, local.length);
  g_auto (LensPieces) scratch = { 0 };

  if (kind == NULL)
    return;
  LensView view = lens_view_slice (&walk->unit->view, name.offset, name.length, &scratch);
  /* Part of what the track is for: nothing is hidden. */
  lens_carrier_note (lens_ledger_carriers (walk->ledger),
                     lens_ledger_carrier (walk->ledger, PERSONS, walk->unit, kind),
                     walk->unit->time_ns, 8 * name.length, &view);
}

/* --- values --- */

/* Numbers and lists of them, times and durations, identifiers as RFC 9562 has them. */
static gboolean
is_measure (const guint8 *octets, gsize length)
{
  gsize digits = 0, hexes = 0;

  for (gsize i = 0; i < length; i++)
    {
      digits += g_ascii_isdigit (octets[i]);
      hexes += g_ascii_isxdigit (octets[i]) || octets[i] == '-';
      if (octets[i] == 0
          || (!g_ascii_isxdigit (octets[i]) && strchr ("+-.,:;TZPHMSeE \t\r\n", octets[i]) == NULL))
        return FALSE;
    }
  return 2 * digits >= length - length / 3 || (length == 36 && hexes == 36);
}

static gboolean
is_word (const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalpha (octets[i]) && octets[i] != '_')
      return FALSE;
  return length <= SHORT_WORD;
}

/* NULL: too many are known. */
static Place *
place_of (const Walk *walk, guint64 hash)
{
  Track *track = walk->track;
  Place *place = g_hash_table_lookup (track->places, &hash);

  if (place == NULL && has_room (walk, track->places))
    {
      place = g_new0 (Place, 1);
      place->hash = hash;
      g_hash_table_insert (track->places, &place->hash, place);
    }
  return place;
}

/* Whether a place may still have another word: colours, classes and states are few, and stand
 * where no other text does. */
static gboolean
allows_word (Place *place)
{
  return place == NULL || (++place->words <= MAX_WORDS && place->texts < TALKS);
}

static void
see_value (const Walk *walk, guint64 hash, LensRange value)
{
  const guint8 *octets = walk->unit->view.octets;

  if (value.length == 0)
    return;
  room (walk, "value", value);
  if (is_measure (octets + value.offset, value.length)
      || recall (walk, hash_more (hash, octets, value)))
    return;
  Place *place = place_of (walk, hash);
  gboolean word = is_word (octets + value.offset, value.length);
  if (place != NULL && !word && walk->track->documents > FIRST_DOCUMENTS)
    place->texts++;
  gboolean allowed = allows_word (place);
  if (!(word && allowed) && (walk->track->documents > FIRST_DOCUMENTS || !allowed))
    use (walk, "value", value);
}

/* Base64 by its schema: cells that move, and pictures, which are the other channel's. */
static gboolean
is_binary (const guint8 *octets, LensRange name)
{
  LensRange local = lens_xml_local (octets, name);
  const guint8 *at = octets + local.offset;

  return (local.length == 5 && (memcmp (at, "Cells", 5) == 0 || memcmp (at, "Image", 5) == 0))
         || (local.length == 10 && memcmp (at, "SceneImage", 10) == 0);
}

/* --- white space --- */

/* How often blanks and tabs take turns. */
static guint
turns_in (const guint8 *octets, LensRange range)
{
  guint8 last = 0;
  guint n = 0;

  for (gsize i = range.offset; i < lens_range_end (range); i++)
    if (octets[i] == ' ' || octets[i] == '\t')
      {
        n += last != 0 && octets[i] != last;
        last = octets[i];
      }
  return n;
}

/* The space in @range, in a context that has one habit. */
static void
see_space (const Walk *walk, guint64 context, LensRange range)
{
  LensHabit *habit = g_hash_table_lookup (walk->track->spaces, &context);

  if (habit == NULL && !has_room (walk, walk->track->spaces))
    return;
  if (habit == NULL)
    {
      habit = g_new0 (LensHabit, 1);
      g_hash_table_insert (walk->track->spaces, g_memdup2 (&context, sizeof context), habit);
    }
  room (walk, "space", (LensRange){ range.offset, 1 });
  if (!lens_habit_take (habit, hash_more (2, walk->unit->view.octets, range)) && range.length > 0)
    use (walk, turns_in (walk->unit->view.octets, range) > MANY_TURNS ? "pattern" : "space", range);
}

/* --- tags --- */

static void
see_attributes (Walk *walk, const LensXmlToken *token)
{
  const guint8 *octets = walk->unit->view.octets;
  LensRange left = token->inside;
  guint64 tag = hash_more (3, octets, token->name);
  LensXmlAttribute attribute;

  while (lens_xml_attribute_next (octets, &left, &attribute))
    {
      gboolean declares
          = attribute.name.length >= 5 && memcmp (octets + attribute.name.offset, "xmlns", 5) == 0;
      /* Between attributes one habit for all: most write one blank. */
      see_space (walk, 4, attribute.space);
      if (!declares)
        {
          see_name (walk, attribute.name);
          see_kind (walk, attribute.name);
        }
      if (!is_binary (octets, attribute.name))
        see_value (walk, hash_more (tag, octets, attribute.name), attribute.value);
    }
  gsize space = 0;
  while (space < left.length && lens_xml_is_space (octets[left.offset + space]))
    space++;
  see_space (walk, hash_more (tag, octets, (LensRange){ 0, 0 }) ^ token->kind,
             (LensRange){ left.offset, space });
  if (space < left.length)
    use (walk, "broken", (LensRange){ left.offset + space, left.length - space });
}

/* What stood between the last tag and this one. */
static void
see_gap (Walk *walk, const LensXmlToken *token, LensRange gap)
{
  guint64 now = hash_more (token->kind + 5, walk->unit->view.octets, token->name);

  see_space (walk, walk->before * 31 + now, gap);
  walk->before = now;
}

/* What readers pass over. */
static void
see_comment (Walk *walk, const LensXmlToken *token)
{
  Track *track = walk->track;
  LensFreeText *text = &track->texts[token->kind];
  gboolean aside = token->kind == LENS_XML_COMMENT || token->kind == LENS_XML_INSTRUCTION;

  if (aside && text->template.seen == 0 && track->documents > FIRST_DOCUMENTS
      && token->inside.length >= LONG_COMMENT)
    track->once[token->kind] = lens_ledger_carrier (walk->ledger, EXTENSION, walk->unit, "once");
  lens_free_text_take (walk->ledger, text,
                       lens_ledger_carrier (walk->ledger, EXTENSION, walk->unit, "comment"),
                       walk->unit, token->inside);
}

static void
see_token (Walk *walk, const LensXmlToken *token, LensRange *gap)
{
  gboolean tag = token->kind == LENS_XML_START || token->kind == LENS_XML_EMPTY
                 || token->kind == LENS_XML_END;

  if (tag)
    {
      see_gap (walk, token, *gap);
      *gap = (LensRange){ lens_range_end (token->whole), 0 };
    }
  switch (token->kind)
    {
    case LENS_XML_START:
    case LENS_XML_EMPTY:
      see_name (walk, token->name);
      see_kind (walk, token->name);
      see_attributes (walk, token);
      walk->place = is_binary (walk->unit->view.octets, token->name)
                        ? 0
                        : hash_more (6, walk->unit->view.octets, token->name);
      break;
    case LENS_XML_SPACE:
      *gap = token->whole;
      break;
    case LENS_XML_TEXT:
      if (walk->place != 0)
        see_value (walk, walk->place, token->inside);
      break;
    case LENS_XML_COMMENT:
    case LENS_XML_INSTRUCTION:
    case LENS_XML_CDATA:
    case LENS_XML_DOCTYPE:
    case LENS_XML_DECLARATION:
      see_comment (walk, token);
      break;
    case LENS_XML_BROKEN:
      if (!walk->unit->document->lost && !walk->unit->document->capped)
        use (walk, "broken", token->whole);
      break;
    case LENS_XML_END:
      break;
    }
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Metadata *state = data;
  LensUnit text = *unit;
  Walk walk = { .ledger = ledger, .unit = &text };
  LensXmlToken token;
  LensRange gap = { 0, 0 };

  text.view = unit->document->text;
  if (unit->document->lost || (unit->document->gzip && text.view.length == 0))
    return;
  walk.track = lens_by_track (&state->tracks, unit->track, sizeof *walk.track);
  if (walk.track->known == NULL)
    {
      walk.track->known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      walk.track->places = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
      walk.track->spaces = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
    }
  walk.track->documents++;
  lens_xml_init (&walk.xml, text.view.octets, text.view.length);
  while (lens_xml_next (&walk.xml, &token))
    see_token (&walk, &token, &gap);
  see_space (&walk, 7, gap);
}

/* Metadata that the owner declares by name may tell of whom they like; where nobody declares
 * anything, nobody is told too much. */
static LensSeverity
persons_severity (LensLedger *ledger, const LensSide *side)
{
  gint index = lens_ledger_profile_of (ledger, side);

  if (index < 0)
    return LENS_SEVERITY_INFO;
  const LensProfile *profile = lens_ledger_profile (ledger, (guint)index);
  for (guint i = 0; i < profile->streams->len; i++)
    {
      const LensDeclaredStream *stream = g_ptr_array_index (profile->streams, i);
      if (g_ptr_array_find_with_equal_func (stream->tracks, "metadata", g_str_equal, NULL))
        return LENS_SEVERITY_INFO;
    }
  return LENS_SEVERITY_MEDIUM;
}

static void
tell_what_came_once (LensLedger *ledger, const LensByTrack *tracks)
{
  for (guint i = 0; i < lens_rows_n (tracks); i++)
    {
      Track *track = lens_rows_peek (tracks, i);
      for (guint kind = 0; track != NULL && kind < LENS_N_XML_KINDS; kind++)
        if (track->once[kind] != NULL)
          lens_free_text_end (ledger, &track->texts[kind], track->once[kind]);
    }
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  tell_what_came_once (ledger, &((Metadata *)state)->tracks);
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->channel, PERSONS) || carrier->uses == 0)
        continue;
      g_autofree char *detail = g_strdup_printf ("Of %s, in %" G_GUINT64_FORMAT " places.",
                                                 carrier->subject, carrier->uses);
      lens_ledger_find (ledger, carrier, persons_severity (ledger, carrier->side), NULL, detail);
    }
  lens_field_rules_conclude (ledger, "onvif-metadata", rules);
}

static void
track_clear (gpointer data)
{
  Track *track = data;

  for (guint i = 0; i < LENS_N_XML_KINDS; i++)
    lens_free_text_clear (&track->texts[i]);
  g_clear_pointer (&track->known, g_hash_table_unref);
  g_clear_pointer (&track->places, g_hash_table_unref);
  g_clear_pointer (&track->spaces, g_hash_table_unref);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((Metadata *)data)->tracks, track_clear);
}

/* Behind the first tag of the document at hand: an offset of its frame, or 0. */
static gsize
behind_tag (const LensSeedPlace *place)
{
  const guint8 *octets = place->octets + place->start;
  const guint8 *close
      = octets[0] != '<' ? NULL : memmem (octets, place->end - place->start, ">\n<", 3);

  return close != NULL ? (gsize)(close + 1 - place->octets) : 0;
}

/* The message as a comment, or a face that was seen. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  char text[100];
  gboolean persons = g_str_equal (channel, PERSONS);

  while (lens_seed_bed_next (bed, LENS_UNIT_DOCUMENT, &place))
    {
      gsize at = behind_tag (&place);
      gsize count
          = at > 0 && place.spare > 200 ? lens_seed_bed_take_text (bed, text, sizeof text) : 0;
      if (count == 0)
        continue;
      g_autofree char *tag
          = persons ? g_strdup_printf ("<tt:HumanFace>%.*s</tt:HumanFace>", (int)count, text)
                    : g_strdup_printf ("<!--%.*s-->", (int)count, text);
      lens_seed_bed_insert (bed, at, (const guint8 *)tag, strlen (tag), LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_onvif_metadata = {
  .name = "onvif-metadata",
  .question = "Do metadata documents hold only what they are for?",
  .source = "ONVIF Streaming and Analytics Specifications; W3C XML 1.0",
  .units = LENS_UNIT_DOCUMENT,
  .channels = channels,
  .state_size = sizeof (Metadata),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
