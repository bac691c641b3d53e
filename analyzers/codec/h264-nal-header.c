/* h264-nal-header: does the octet before each NAL unit say more than it must?
 *
 * ITU-T H.264 (08/2021) 7.4.1: forbidden_zero_bit is 0.  nal_ref_idc is 0 in SEI, AUD, filler and
 * end units, not 0 in parameter sets and IDR pictures, and 0 in all or in no slices of a picture;
 * a picture where it is 0 is no reference, which frame_num of the next one says again (7.4.3).
 * Which of 1 to 3 it is is free (RFC 6184 section 5.3 reads a priority out of it).
 *
 * Benign: encoders have one value for each type of unit and of slice, or one for each place in a
 * pattern of up to eight pictures; some write a fixed wrong one where 0 is demanded.  Servers that
 * drop pictures make frame_num jump: what follows a missing packet says nothing, and a few
 * contradictions are no finding.
 *
 *   use    1 bit for each forbidden_zero_bit that is set; 2 for each nal_ref_idc that breaks a
 *          rule or the habit
 */
#include "ledger/by-track.h"
#include "ledger/h264-watch.h"
#include "ledger/habits.h"
#include "ledger/seed-bed.h"

#include <string.h>

enum
{
  FEW = 6,        /* surprises that are no finding */
  MAX_SLICES = 8, /* of a picture, whose headers are kept */
  SHOWN = 4,      /* octets that a finding names */
  KINDS = 6,      /* types of slices; the last: of IDR pictures */
  SETTLED = 4,    /* values of a kind that have made one usual */
};

#define BY_HABIT "nal_ref_idc"
#define CONTRADICTS "frame_num"

/* The header of a slice, until the next picture tells whether it was true. */
typedef struct
{
  guint8 octets[SHOWN];
  LensPiece piece;
} Header;

typedef struct
{
  const LensH264Watch *watch;
  LensHabits types;   /* units that are no slices: by type */
  LensHabits slices;  /* by slice type; by place in the pattern */
  guint since_idr;    /* pictures */
  guint8 picture_idc; /* of the picture's first slice */
  gboolean picture_odd;
  guint32 counts[KINDS][4]; /* of slices: by type, values */
  Header headers[MAX_SLICES];
  guint n_headers;
  gint64 time_ns;
  guint contradictions, jumps;
} Headers;

static const LensChannelText channels[] = {
  { .id = "h264-forbidden-bit-nri",
    .summary = "The header of the video's units says what it must not or never did before; "
               "players do not look there.",
    .filter_hint = "h264.forbidden_zero_bit == 1 || h264.nal_ref_idc",
    .reference = "ITU-T H.264 (08/2021) 7.4.1",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { NULL },
};

/* The octet alone is one of few: with what follows it, one that says the same everywhere is told
 * from one that picks its units. */
static void
use (LensLedger *ledger, const LensUnit *unit, const char *subject, guint64 bits)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "h264-forbidden-bit-nri", unit, subject);

  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, 0, MIN (SHOWN, unit->view.length));
}

/* --- units beside the pictures --- */

static gboolean
breaks_rule (const LensNal *nal)
{
  switch (nal->type)
    {
    case LENS_H264_IDR:
    case LENS_H264_SPS:
    case LENS_H264_PPS:
      return nal->ref_idc == 0;
    case LENS_H264_SEI:
    case LENS_H264_AUD:
    case 10:
    case 11:
    case LENS_H264_FILLER:
      return nal->ref_idc != 0;
    default:
      return FALSE;
    }
}

static gboolean
demands_zero (guint8 type)
{
  return type == LENS_H264_SEI || (type >= LENS_H264_AUD && type <= LENS_H264_FILLER);
}

static void
see_other (LensLedger *ledger, Headers *headers, const LensUnit *unit)
{
  const LensNal *nal = unit->nal;
  guint context = nal->type & 15;

  if (nal->type < LENS_H264_SEI || nal->type > LENS_H264_FILLER)
    return;
  if (lens_habits_take (&headers->types, 1, &context, nal->ref_idc)
      && !lens_habits_is_noise (&headers->types))
    return;
  if (breaks_rule (nal))
    use (ledger, unit, NULL, 2);
  else if (!demands_zero (nal->type))
    use (ledger, unit, BY_HABIT, 2);
}

/* --- pictures --- */

static void
use_headers (LensLedger *ledger, const Headers *headers, const LensUnit *now)
{
  for (guint i = 0; i < headers->n_headers; i++)
    {
      LensUnit unit = *now;
      unit.time_ns = headers->time_ns;
      const Header *header = &headers->headers[i];
      unit.view = (LensView){ header->octets, header->piece.length, &header->piece, 1 };
      use (ledger, &unit, CONTRADICTS, 2);
    }
}

/* frame_num goes on by one behind a reference picture, and stays behind any other: so it tells
 * what the picture before was. */
static void
compare_frame_num (LensLedger *ledger, Headers *headers, const LensUnit *unit)
{
  guint32 ahead = headers->watch->ahead;
  gboolean was_reference = headers->picture_idc != 0;

  if ((was_reference && ahead == 0) || (!was_reference && ahead == 2))
    {
      headers->contradictions++;
      use_headers (ledger, headers, unit);
    }
  else
    headers->jumps += ahead != 1;
}

static void
begin_picture (LensLedger *ledger, Headers *headers, const LensUnit *unit)
{
  const LensH264Slice *slice = &headers->watch->slice;

  if (headers->watch->counts)
    compare_frame_num (ledger, headers, unit);
  if (slice->nal_type == LENS_H264_IDR)
    headers->since_idr = 0;
  else
    headers->since_idr++;
  headers->picture_idc = slice->ref_idc;
  headers->n_headers = 0;
  headers->time_ns = unit->time_ns;
}

static void
keep_header (Headers *headers, const LensUnit *unit)
{
  if (headers->n_headers == MAX_SLICES || unit->view.n_pieces == 0)
    return;
  Header *header = &headers->headers[headers->n_headers++];
  header->piece = unit->view.pieces[0];
  header->piece.length = MIN (SHOWN, header->piece.length);
  memcpy (header->octets, unit->view.octets, header->piece.length);
}

/* What most have is no deviation, though it surprises behind one. */
static gboolean
is_usual (guint32 counts[4], guint value)
{
  guint32 all = 0;

  counts[value]++;
  for (guint i = 0; i < 4; i++)
    all += counts[i];
  return all >= SETTLED && counts[value] > all / 2;
}

/* The slices of a picture that say the same say it once. */
static gboolean
is_odd (Headers *headers)
{
  const LensH264Slice *slice = &headers->watch->slice;
  guint kind = slice->nal_type == LENS_H264_IDR ? KINDS - 1 : slice->slice_type_sent % 5;
  const guint contexts[] = { kind, kind == KINDS - 1 ? 8 : headers->since_idr % 8 };

  if (!headers->watch->new_picture && slice->ref_idc == headers->picture_idc)
    return headers->picture_odd;
  gboolean odd = !lens_habits_take (&headers->slices, 2, contexts, slice->ref_idc)
                 || lens_habits_is_noise (&headers->slices);
  odd &= !is_usual (headers->counts[kind], slice->ref_idc);
  if (headers->watch->new_picture)
    headers->picture_odd = odd;
  return odd;
}

static void
see_slice (LensLedger *ledger, Headers *headers, const LensUnit *unit)
{
  const LensH264Slice *slice = &headers->watch->slice;

  /* A slice behind the first one belongs to the picture that is begun. */
  gboolean mixed = headers->watch->has_before && !headers->watch->new_timestamp
                   && slice->first_mb != 0 && !slice->field_pic
                   && (headers->picture_idc == 0) != (slice->ref_idc == 0);
  if (headers->watch->new_picture && !mixed)
    begin_picture (ledger, headers, unit);
  keep_header (headers, unit);
  if (mixed || (slice->nal_type == LENS_H264_IDR && slice->ref_idc == 0))
    use (ledger, unit, NULL, 2);
  else if (slice->ref_idc != 0 && is_odd (headers))
    use (ledger, unit, BY_HABIT, 2);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  Headers *headers = lens_by_track (state, unit->track, sizeof (Headers));

  headers->watch = unit->h264;
  if (unit->nal->forbidden_bit)
    use (ledger, unit, NULL, 1);
  if (headers->watch->is_slice)
    see_slice (ledger, headers, unit);
  else
    see_other (ledger, headers, unit);
}

/* Servers that drop pictures contradict themselves, but jump as often. */
static gboolean
is_finding (const Headers *headers, const LensCarrier *carrier)
{
  if (carrier->subject == NULL)
    return TRUE;
  if (g_str_equal (carrier->subject, BY_HABIT))
    return lens_habits_is_broken (&headers->slices, FEW)
           || lens_habits_is_broken (&headers->types, FEW);
  return headers->contradictions >= FEW && headers->contradictions > headers->jumps;
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->channel, "h264-forbidden-bit-nri") || carrier->uses == 0)
        continue;
      const Headers *headers = lens_by_track_peek (state, carrier->track);
      if (headers != NULL && is_finding (headers, carrier))
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL,
                          carrier->subject == NULL ? NULL
                          : g_str_equal (carrier->subject, BY_HABIT)
                              ? "nal_ref_idc has values that it did not have before in such units."
                              : "nal_ref_idc says the opposite of the next picture's frame_num.");
    }
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, NULL);
}

/* The bit that is forbidden, in units that are alone in their packet. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint32 bit;

  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    if (lens_seed_bed_is_single_nal (bed) && lens_seed_bed_take_bits (bed, &bit, 1) == 1)
      lens_seed_bed_set (bed, place.start, 0x80, (guint8)(bit << 7));
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h264_nal_header = {
  .name = "h264-nal-header",
  .question = "Do the headers of NAL units say only what they must?",
  .source = "ITU-T H.264 (08/2021) 7.4.1 and 7.4.3",
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
