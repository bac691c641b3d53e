/* h264-aud: do the marks between pictures mark pictures?
 *
 * ITU-T H.264 (08/2021) 7.3.2.4 and Table 7-5: an access unit delimiter may open a picture and
 * says which types of slices follow; a decoder needs neither.  The end of a sequence (7.3.2.5)
 * may close one, and then an IDR picture follows (7.4.1.2.3).
 *
 * Benign: encoders have a delimiter everywhere, nowhere or before key pictures only, and write
 * the picture's type into it or always the same.
 *
 *   use    3 bits for a primary_pic_type that neither the habit nor the picture foresees; 1 for a
 *          delimiter or its lack that the habit does not; 1 for a delimiter of nothing, or an
 *          end that ends nothing
 */
#include "ledger/by-track.h"
#include "ledger/h264-watch.h"
#include "ledger/habits.h"
#include "ledger/seed-bed.h"

#include <string.h>

enum
{
  FEW = 6,      /* surprises that are no finding */
  SETTLED = 16, /* pictures; then what most of them have may lack */
  SHOWN = 4,
  END_OF_SEQUENCE = 10,
  END_OF_STREAM = 11,
};

/* A unit, until what it belongs to is known. */
typedef struct
{
  gboolean there;
  guint8 octets[SHOWN];
  guint length;
  LensPiece piece;
  gint64 time_ns;
} Mark;

typedef struct
{
  const LensH264Watch *watch;
  LensHabits type, presence;
  guint marked; /* pictures with a delimiter */
  Mark delimiter, slice, end;
  guint types; /* of slices since the delimiter: bit 0 P, 1 B, 2 I */
  gboolean key;
  gboolean lost;
} Marks;

static const LensChannelText channels[] = {
  { .id = "h264-aud",
    .summary = "The marks between pictures do not fit the pictures; players ignore them.",
    .filter_hint = "h264.nal_unit_type == 9",
    .reference = "ITU-T H.264 (08/2021) 7.3.2.4 and Table 7-5",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { NULL },
};

static void
keep (Mark *mark, const LensUnit *unit)
{
  mark->there = unit->view.n_pieces > 0;
  if (!mark->there)
    return;
  mark->piece = unit->view.pieces[0];
  mark->length = MIN (SHOWN, mark->piece.length);
  mark->piece.length = mark->length;
  mark->time_ns = unit->time_ns;
  memcpy (mark->octets, unit->view.octets, mark->length);
}

static void
use (LensLedger *ledger, const Mark *mark, const LensUnit *now, guint64 bits)
{
  LensUnit unit = *now;

  unit.time_ns = mark->time_ns;
  unit.view = (LensView){ mark->octets, mark->length, &mark->piece, 1 };
  LensCarrier *carrier = lens_ledger_carrier (ledger, "h264-aud", &unit, NULL);
  lens_ledger_room (ledger, carrier, &unit, bits);
  lens_ledger_use (ledger, carrier, &unit, bits, 0, mark->length);
}

/* --- a picture is over --- */

static void
judge_type (LensLedger *ledger, Marks *marks, const LensUnit *now)
{
  const guint contexts[] = { 0, marks->types };
  guint value = marks->delimiter.length > 1 ? marks->delimiter.octets[1] >> 5 : 0;

  /* Table 7-5: the lowest value that names all types of slices that there are. */
  guint fit = (marks->types & 2) != 0 ? 2 : marks->types & 1;

  gboolean odd = !lens_habits_take (&marks->type, 2, contexts, value);
  if ((odd || lens_habits_is_noise (&marks->type)) && value != fit)
    use (ledger, &marks->delimiter, now, 3);
}

static void
judge_presence (LensLedger *ledger, Marks *marks, const LensUnit *now)
{
  const guint contexts[] = { 0, marks->key, marks->types };
  gboolean there = marks->delimiter.there;
  gboolean foreseen = lens_habits_take (&marks->presence, 3, contexts, there);

  marks->marked += there;
  if (foreseen && !(there && lens_habits_is_noise (&marks->presence)))
    return;
  if (there)
    use (ledger, &marks->delimiter, now, 1);
  else if (marks->slice.there && marks->presence.seen > SETTLED
           && marks->marked > marks->presence.seen / 4 * 3)
    use (ledger, &marks->slice, now, 1);
}

static void
end_picture (LensLedger *ledger, Marks *marks, const LensUnit *now)
{
  if (!marks->lost && marks->types != 0)
    {
      judge_presence (ledger, marks, now);
      if (marks->delimiter.there)
        judge_type (ledger, marks, now);
    }
  else if (!marks->lost && marks->delimiter.there)
    use (ledger, &marks->delimiter, now, 1);
  marks->delimiter.there = marks->slice.there = FALSE;
  marks->types = 0;
  marks->key = marks->lost = FALSE;
}

/* --- units --- */

static void
see_slice (LensLedger *ledger, Marks *marks, const LensUnit *unit)
{
  static const guint bits[] = { 1, 2, 4, 1, 4 }; /* P B I SP SI */
  const LensH264Slice *slice = &marks->watch->slice;

  if (marks->end.there && slice->nal_type != LENS_H264_IDR)
    use (ledger, &marks->end, unit, 1);
  marks->end.there = FALSE;
  if (marks->types == 0)
    keep (&marks->slice, unit);
  marks->types |= bits[slice->slice_type_sent % 5];
  marks->key |= slice->nal_type == LENS_H264_IDR;
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  Marks *marks = lens_by_track (state, unit->track, sizeof (Marks));
  guint type = unit->nal->type;
  gboolean delimits = type == LENS_H264_AUD;

  marks->watch = unit->h264;
  if (marks->watch->lost)
    {
      marks->lost = TRUE;
      marks->end.there = FALSE;
    }
  if (marks->watch->new_timestamp || (delimits && (marks->types != 0 || marks->delimiter.there)))
    {
      gboolean lost = marks->watch->lost;
      end_picture (ledger, marks, unit);
      marks->lost = lost;
    }
  if (delimits)
    keep (&marks->delimiter, unit);
  else if (type == END_OF_SEQUENCE || type == END_OF_STREAM)
    keep (&marks->end, unit);
  else if (marks->watch->is_slice)
    see_slice (ledger, marks, unit);
}

/* It is where they are that speaks, even where all are the same. */
static LensSeverity
severity (LensLedger *ledger, const LensCarrier *carrier)
{
  return MAX (LENS_SEVERITY_MEDIUM, lens_ledger_severity (ledger, carrier));
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (g_str_equal (carrier->channel, "h264-aud") && carrier->uses >= FEW
          && carrier->uses
                 >= ((const Marks *)lens_by_track_peek (state, carrier->track))->presence.seen
                        / 100)
        lens_ledger_find (ledger, carrier, severity (ledger, carrier), NULL, NULL);
    }
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, NULL);
}

/* A delimiter of any type before pictures that had none, when that has become a habit. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint32 type;
  guint places = 0;

  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    {
      if (!lens_seed_bed_is_single_nal (bed) || (place.octets[place.start] & 0x1f) != 1
          || place.spare < 8 || ++places <= SETTLED || lens_seed_bed_below (bed, 4) != 0
          || lens_seed_bed_take_bits (bed, &type, 3) == 0)
        continue;
      const guint8 octet = (guint8)(type << 5 | 0x10);
      lens_seed_bed_put_nal (bed, LENS_H264_AUD, &octet, 1);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h264_aud = {
  .name = "h264-aud",
  .question = "Do access unit delimiters and ends of sequence fit the pictures?",
  .source = "ITU-T H.264 (08/2021) 7.3.2.4, 7.3.2.5 and Table 7-5",
  .severity = LENS_SEVERITY_RULE_FIXED,
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
