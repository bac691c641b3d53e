/* onvif-gzip: do compressed metadata documents carry more than their compressed data?
 *
 * ONVIF Streaming: VND.ONVIF.METADATA.GZIP is a document as one gzip member.  Its header (RFC
 * 1952 section 2.3) has room for a name, a comment, extra fields and a time; readers pass over
 * them, and over what follows the member.  What is compressed is read as documents in clear are
 * (onvif-metadata); among the forms that the same document may be compressed to nothing tells.
 *
 * Reserved flags, check sums, and that nothing follows, are exact.  Texts, extra fields and the
 * time are judged by habit: the same each time, but for clocks and counters.  A compression other
 * than deflate, and octets that are no gzip member or do not unpack, are use.
 *
 *   room   8 bits per octet of these parts, and of the compressed data
 *   use    the same where the habit does not explain them
 */
#include "ledger/by-track.h"
#include "ledger/field-rules.h"
#include "ledger/free-text.h"
#include "ledger/habit.h"
#include "ledger/seed-bed.h"

#define CHANNEL "onvif-metadata-extension"

enum
{
  DEFLATE = 8,
  RESERVED = 0xe0,
  FLAGS_OFFSET = 3,
  TIME_OFFSET = 4,
  SYSTEM_OFFSET = 8, /* of the extra flags and it */
  HEAD = 10,         /* octets, to behind these */
  COMMENT = 0x10,    /* flag: a comment is there */
  CLOCK_ERROR = 2,   /* seconds */
};

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "Compressed metadata documents carry text beside what is compressed, and it "
               "changes.",
    .room = "Metadata documents are compressed; the same document has many compressed forms, and "
            "data could hide in which it is.",
    .reference = "RFC 1952 section 2.3; ONVIF Streaming Specification, metadata stream",
    .hides = TRUE,
    .unit = LENS_UNIT_DOCUMENT },
  { NULL },
};

static const LensFieldRule rules[] = {
  { "reserved", 1, 0, FALSE, "Reserved flags, or octets that are no gzip member." },
  { "behind", 1, 0, FALSE, "Octets behind the compressed document." },
  { "broken", 2, 0, FALSE, "Octets that are no compressed data." },
  { "check", 2, 0, FALSE, "Check sums of another document." },
  { "text", 2, 0, FALSE, "A name, a comment or extra fields that change." },
  { "time", 8, 2, FALSE, "Times that no clock explains." },
  { "compressed", 1, 0, TRUE, NULL },
  { NULL },
};

typedef struct
{
  LensFreeText extra, name, comment;
  LensHabit system;
  guint64 documents;
  guint32 mtime; /* of the last document, and when it came */
  gint64 time_ns;
} Track;

typedef struct
{
  LensByTrack tracks;
} OnvifGzip;

static void
take (LensLedger *ledger, LensFreeText *text, const LensUnit *unit, const char *subject,
      LensRange range)
{
  if (range.length > 0)
    lens_free_text_take (ledger, text, lens_ledger_carrier (ledger, CHANNEL, unit, subject), unit,
                         range);
}

static void
use (LensLedger *ledger, const LensUnit *unit, const char *subject, LensRange range)
{
  lens_ledger_use (ledger, lens_ledger_carrier (ledger, CHANNEL, unit, subject), unit,
                   8 * range.length, range.offset, range.length);
}

/* The time stays (mostly zero), or is that of the document. */
static gboolean
is_expected_time (const Track *track, guint32 mtime, gint64 time_ns)
{
  gint64 seconds = (time_ns - track->time_ns) / 1000000000;
  gint64 step = (gint64)mtime - (gint64)track->mtime;

  return track->documents == 0 || step == 0 || ABS (step - seconds) <= CLOCK_ERROR;
}

static void
see_fields (LensLedger *ledger, Track *track, const LensUnit *unit, const LensGzip *gzip)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, CHANNEL, unit, "time");

  lens_ledger_room (ledger, carrier, unit, 8 * 6);
  if (!is_expected_time (track, gzip->mtime, unit->time_ns))
    use (ledger, unit, "time", (LensRange){ TIME_OFFSET, 4 });
  if (!lens_habit_take (&track->system, (guint64)gzip->extra_flags << 8 | gzip->system))
    use (ledger, unit, "time", (LensRange){ SYSTEM_OFFSET, 2 });
  track->documents++;
  track->mtime = gzip->mtime;
  track->time_ns = unit->time_ns;
}

/* What a whole member says of itself, and what follows it. */
static void
see_end (LensLedger *ledger, const LensUnit *unit)
{
  const LensGzip *gzip = &unit->document->member;
  const LensGunzip *end = &unit->document->end;

  if (gzip->header_differs)
    use (ledger, unit, "check", gzip->header_check);
  if (end->differs)
    use (ledger, unit, "check", end->trailer);
  if (end->broken)
    use (ledger, unit, "broken", gzip->data);
  if (end->behind.length > 0)
    use (ledger, unit, "behind", end->behind);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  OnvifGzip *state = data;
  const LensGzip *gzip = &unit->document->member;

  if (!unit->document->gzip || unit->document->lost)
    return;
  Track *track = lens_by_track (&state->tracks, unit->track, sizeof *track);
  if (gzip->method != DEFLATE)
    {
      use (ledger, unit, "reserved", (LensRange){ 0, unit->view.length });
      return;
    }
  if ((gzip->flags & RESERVED) != 0)
    use (ledger, unit, "reserved", (LensRange){ FLAGS_OFFSET, 1 });
  see_fields (ledger, track, unit, gzip);
  see_end (ledger, unit);
  take (ledger, &track->extra, unit, "text", gzip->extra);
  take (ledger, &track->name, unit, "text", gzip->name);
  take (ledger, &track->comment, unit, "text", gzip->comment);
  lens_ledger_room (ledger, lens_ledger_carrier (ledger, CHANNEL, unit, "compressed"), unit,
                    8 * gzip->data.length);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  lens_field_rules_conclude (ledger, "onvif-gzip", rules);
}

static void
track_clear (gpointer data)
{
  Track *track = data;

  lens_free_text_clear (&track->extra);
  lens_free_text_clear (&track->name);
  lens_free_text_clear (&track->comment);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((OnvifGzip *)data)->tracks, track_clear);
}

/* The message as the member's comment. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  const guint8 flag = COMMENT;
  char text[100];

  while (lens_seed_bed_next (bed, LENS_UNIT_DOCUMENT, &place))
    {
      const guint8 *member = place.octets + place.start;
      if (place.end - place.start < HEAD || member[0] != 0x1f || member[1] != 0x8b
          || member[FLAGS_OFFSET] != 0 || place.spare <= sizeof text)
        continue;
      gsize count = lens_seed_bed_take_text (bed, text, sizeof text - 1);
      if (count == 0)
        continue;
      text[count] = '\0';
      lens_seed_bed_replace (bed, place.start + FLAGS_OFFSET, &flag, 1);
      lens_seed_bed_insert (bed, place.start + HEAD, (const guint8 *)text, count + 1,
                            LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_onvif_gzip = {
  .name = "onvif-gzip",
  .question = "Do compressed metadata documents carry only what is compressed?",
  .source = "RFC 1952 section 2.3; ONVIF Streaming Specification",
  .units = LENS_UNIT_DOCUMENT,
  .channels = channels,
  .state_size = sizeof (OnvifGzip),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
