/* h264-idr-pic-id: are key pictures numbered by a rule?
 *
 * ITU-T H.264 (08/2021) 7.3.3 and 7.4.3: idr_pic_id has up to 16 bits, and need only differ between
 * neighbours.
 *
 * Benign: a number that stays, alternates or counts; a new beginning where a key picture may be
 * missing, or where the encoder was started again.
 *
 *   room   16 bits for each IDR picture
 *   use    16 bits for each that no rule foresees
 */
#include "ledger/by-track.h"
#include "ledger/h264-watch.h"
#include "ledger/habit.h"
#include "ledger/seed-bed.h"

enum
{
  MANY = 8, /* surprises before there is no rule at all */
  FEW = 4,  /* surprises that are no finding */
};

#define IDR_PIC_ID "h264-idr-pic-id"

/* What idr_pic_id was expected to be, by three rules side by side. */
typedef struct
{
  LensHabit fixed;
  guint32 other;   /* alternation: the next but one */
  guint32 next[2]; /* by alternation, by counting */
  guint missed[3]; /* of each rule; the fixed one first */
  guint32 odd;     /* the last value that counting did not foresee */
  guint seen, surprises;
  const LensH264Watch *watch;
  gboolean lost; /* packets are missing since the last key picture */
} IdrIds;

static const LensChannelText channels[] = {
  { .id = IDR_PIC_ID,
    .summary = "The identifiers of key pictures follow no rule; players only compare neighbours.",
    .room = "Key pictures have identifiers of 16 bits that players only compare.",
    .filter_hint = "h264",
    .reference = "ITU-T H.264 (08/2021) 7.3.3 and 7.4.3",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { NULL },
};

/* The rules that were right most often so far are believed; a rule goes on as if what was foreseen
 * had come, so that one odd value does not make its neighbours odd. */
static gboolean
is_foreseen (IdrIds *ids, guint32 value)
{
  gboolean right[3] = { TRUE, TRUE, TRUE };
  gboolean foreseen = FALSE;
  guint least = MIN (MIN (ids->missed[0], ids->missed[1]), ids->missed[2]);

  right[0] = lens_habit_take (&ids->fixed, value);
  for (guint i = 0; i < 2 && ids->seen > 0; i++)
    right[1 + i] = value == ids->next[i];
  for (guint i = 0; i < 3; i++)
    {
      foreseen |= right[i] && ids->missed[i] == least;
      ids->missed[i] += !right[i];
    }

  /* Counting begins anew where two odd values count. */
  gboolean anew = ids->seen == 0 || value == ids->odd + 1;
  ids->odd = right[2] ? G_MAXUINT32 : value;
  ids->next[1] = ((right[2] || anew ? value : ids->next[1]) + 1) & 0xffff;
  /* Two values by turns: the second is learnt, then kept. */
  guint32 came = ids->seen < 2 ? value : ids->next[0];
  ids->next[0] = ids->seen == 0 ? value ^ 1 : ids->other;
  ids->other = came;
  ids->seen++;
  ids->surprises += !foreseen;
  return foreseen;
}

static void
see_key (LensLedger *ledger, IdrIds *ids, const LensUnit *unit)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, IDR_PIC_ID, unit, NULL);
  LensRange octets = ids->watch->slice.at[LENS_H264_AT_IDR_PIC_ID];

  lens_ledger_room (ledger, carrier, unit, 16);
  /* A key picture may be missing. */
  if (ids->lost)
    ids->seen = 0;
  ids->lost = FALSE;
  gboolean foreseen = is_foreseen (ids, ids->watch->slice.idr_pic_id);
  gboolean noise = ids->surprises >= MANY && ids->surprises >= ids->seen / 2;
  if (!foreseen || noise)
    lens_ledger_use (ledger, carrier, unit, 16, octets.offset, octets.length);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  IdrIds *ids = lens_by_track (state, unit->track, sizeof (IdrIds));
  const LensH264Slice *slice = &unit->h264->slice;

  ids->watch = unit->h264;
  ids->lost |= ids->watch->lost;
  if (ids->watch->is_slice && slice->valid && slice->redundant_pic_cnt == 0
      && ids->watch->new_picture && slice->has_idr_pic_id)
    see_key (ledger, ids, unit);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->channel, IDR_PIC_ID))
        continue;
      const IdrIds *ids = lens_by_track_peek (state, carrier->track);
      if (ids != NULL && ids->surprises >= FEW && ids->surprises >= ids->fixed.seen / 50)
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, NULL);
      else
        lens_ledger_find_room (ledger, carrier, NULL);
    }
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, NULL);
}

/* Stands behind the zeros of idr_pic_id's code afterwards, before as many bits that leave its
 * length as it is. */
static guint
find_bits (LensRbsp *reader, const LensH264Sps *sps)
{
  guint zeros = 0;

  for (guint i = 0; i < 3; i++)
    lens_rbsp_ue (reader);
  lens_rbsp_u (reader, sps->log2_max_frame_num);
  if (!sps->frame_mbs_only && lens_rbsp_u (reader, 1) == 1)
    lens_rbsp_u (reader, 1);
  while (!reader->short_read && lens_rbsp_u (reader, 1) == 0)
    zeros++;
  return zeros;
}

/* In slices alone in their packets, when two have shown the encoder's habit. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  g_autofree LensH264Slice *slice = g_new0 (LensH264Slice, 1);
  g_autoptr (LensH264Sets) sets = lens_h264_sets_new ();
  LensSeedPlace place;
  guint32 value;
  guint seen = 0;

  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    {
      const guint8 *octets = place.octets + place.start;
      gsize length = place.end - place.start;
      lens_h264_sets_take (sets, octets, length);
      if (!lens_seed_bed_is_single_nal (bed) || !lens_h264_slice_parse (slice, sets, octets, length)
          || !slice->has_idr_pic_id || ++seen <= 2)
        continue;
      LensRbsp reader = lens_rbsp_over (octets, length, 1);
      guint bits = find_bits (&reader, slice->sps);
      guint count = bits > 0 ? lens_seed_bed_take_bits (bed, &value, MIN (bits, 16)) : 0;
      if (count > 0)
        lens_seed_bed_set_bits (bed, place.start + reader.position, reader.bit + bits - count,
                                value, count);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h264_idr_pic_id = {
  .name = "h264-idr-pic-id",
  .question = "Are key pictures numbered by a rule?",
  .source = "ITU-T H.264 (08/2021) 7.3.3 and 7.4.3",
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
