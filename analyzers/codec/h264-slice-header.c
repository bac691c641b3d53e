/* h264-slice-header: do slices say of themselves only what an encoder would?
 *
 * ITU-T H.264 (08/2021) 7.3.3 and 7.4.3: much in a slice's header is the encoder's choice, and
 * little of it matters to a decoder that has no packets missing.  frame_num goes on by one; order
 * counts follow the output's time; the parameter set, the start state of CABAC and the loop filter
 * stay what the encoder was told.  (idr_pic_id: h264-idr-pic-id.)
 *
 * Benign: whatever is the same for slices of a type, or for those of a quality; frame_num that
 * jumps with the time stamps, since a server dropped pictures, or behind a missing packet; order
 * counts that a stream with B pictures has.  Reference lists that change, weights and quality are
 * what the content demands, and are not judged; lists that are said to change and stay are, but
 * not in a stream with B pictures.
 *
 *   use    the bits of a field whose value is not foreseen; 8 bits per octet of a slice whose
 *          redundant_pic_cnt is not 0
 */
#include "ledger/by-track.h"
#include "ledger/h264-watch.h"
#include "ledger/habits.h"
#include "ledger/seed-bed.h"

enum
{
  FEW = 8, /* surprises in one field that are no finding */
};

#define CHOICES "h264-slice-header-choices"

/* Fields whose value is a habit of the encoder's. */
typedef enum
{
  FIELD_TYPE_FORM, /* slice_type from 5 on */
  FIELD_SET,
  FIELD_CABAC,
  FIELD_FILTER,
  FIELD_OVERRIDE, /* num_ref_idx_active_override_flag that overrides nothing */
  FIELD_ORDER,
  FIELD_NUMBER,
  FIELD_PRIOR, /* no_output_of_prior_pics_flag, long_term_reference_flag */
  FIELD_LISTS, /* how a list is said to stay what it is */
  FIELD_LONG,  /* max_long_term_frame_idx_plus1 */
  N_FIELDS,
} Field;

typedef struct
{
  const char *name;
  guint bits;
  LensH264SliceField at;
} FieldName;

static const FieldName fields[N_FIELDS] = {
  [FIELD_TYPE_FORM] = { "slice_type (the form above 4)", 1, LENS_H264_AT_SLICE_TYPE },
  [FIELD_SET] = { "pic_parameter_set_id", 1, LENS_H264_AT_PPS_ID },
  [FIELD_CABAC] = { "cabac_init_idc", 1, LENS_H264_AT_CABAC_INIT_IDC },
  [FIELD_FILTER] = { "disable_deblocking_filter_idc and its offsets", 4, LENS_H264_AT_DEBLOCKING },
  [FIELD_OVERRIDE] = { "num_ref_idx_active_override_flag", 1, LENS_H264_AT_NUM_REF_IDX },
  [FIELD_ORDER] = { "pic_order_cnt_lsb", 4, LENS_H264_AT_ORDER_COUNT },
  [FIELD_NUMBER] = { "frame_num", 4, LENS_H264_AT_FRAME_NUM },
  [FIELD_PRIOR]
  = { "no_output_of_prior_pics_flag, long_term_reference_flag", 1, LENS_H264_AT_MARKING },
  [FIELD_LISTS]
  = { "ref_pic_list_modification that modifies nothing", 1, LENS_H264_AT_LIST_MODIFICATION },
  [FIELD_LONG] = { "max_long_term_frame_idx_plus1", 1, LENS_H264_AT_MARKING },
};

/* How a P slice's list is said to stay what it is. */
enum
{
  LIST_UNTOUCHED,
  LIST_BELOW = 1, /* the last picture first, one below this one (modification_of_pic_nums_idc) */
  LIST_ABOVE = 2, /* ... the range of numbers less one above */
  LIST_NO_MODIFICATION = 3, /* a modification without one, which 7.4.3.1 forbids */
};

typedef struct
{
  const LensH264Watch *watch;
  LensHabits habits[N_FIELDS];
  struct
  {
    guint64 picture, value;
    gboolean odd;
  } said[N_FIELDS];  /* in the last slice that was judged */
  LensHabit pace;    /* time stamps between pictures */
  guint doubts;      /* jumps of frame_num that say as much of nal_ref_idc */
  gboolean has_b;    /* order counts are then another matter */
  guint32 timestamp; /* of the picture before */
  guint32 order;     /* its pic_order_cnt_lsb */
  gboolean ordered;
} Slices;

static const LensChannelText channels[] = {
  { .id = CHOICES,
    .summary = "Fields of slice headers take values that the encoder had no reason to choose.",
    .filter_hint = "h264.slice_type",
    .reference = "ITU-T H.264 (08/2021) 7.3.3 and 7.4.3",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { NULL },
};

static void
use (LensLedger *ledger, const LensUnit *unit, const char *channel, const char *subject,
     guint64 bits, LensRange octets)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, subject);

  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, octets.offset, octets.length);
}

static void
judge (LensLedger *ledger, Slices *slices, const LensUnit *unit, Field field, guint n_views,
       const guint *contexts, guint64 value)
{
  LensHabits *habits = &slices->habits[field];
  LensRange octets = slices->watch->slice.at[fields[field].at];
  guint64 picture = slices->watch->pictures;

  /* The slices of a picture that say the same say it once. */
  if (slices->said[field].picture != picture || slices->said[field].value != value)
    {
      slices->said[field].odd
          = !lens_habits_take (habits, n_views, contexts, value) || lens_habits_is_noise (habits);
      slices->said[field].picture = picture;
      slices->said[field].value = value;
    }
  if (!slices->said[field].odd)
    return;
  /* A flag that lies in an octet with others. */
  if (octets.length == 0)
    octets = slices->watch->slice.at[LENS_H264_AT_FRAME_NUM];
  use (ledger, unit, CHOICES, fields[field].name, fields[field].bits, octets);
}

/* What overrides nothing could have been left out. */
static gboolean
overrides_nothing (const LensH264Slice *slice)
{
  for (guint list = 0; list < 2; list++)
    if (slice->num_ref_idx[list] != 0
        && slice->num_ref_idx[list] != slice->pps->num_ref_idx_default[list])
      return FALSE;
  return slice->num_ref_idx_override;
}

static guint64
filter_of (const LensH264Slice *slice)
{
  return (guint64)slice->disable_deblocking_filter_idc << 16
         | (guint64)(guint8)slice->slice_alpha_c0_offset_div2 << 8
         | (guint8)slice->slice_beta_offset_div2;
}

/* 8.2.4.2.1: the list of a frame's P slice begins with the last reference picture; to put that
 * first changes nothing.  FALSE where the list changes, or no one can tell. */
static gboolean
list_stays (const LensH264Slice *slice, guint64 *how)
{
  const LensH264Operation *only = &slice->modification[0][0];
  guint32 range = 1u << slice->sps->log2_max_frame_num;

  if (slice->slice_type != LENS_H264_P || slice->field_pic)
    return FALSE;
  if (slice->n_modifications[0] == 0)
    *how = slice->list_modification[0] ? LIST_NO_MODIFICATION : LIST_UNTOUCHED;
  else if (slice->n_modifications[0] == 1 && only->operation == 0 && only->value[0] == 0)
    *how = LIST_BELOW;
  else if (slice->n_modifications[0] == 1 && only->operation == 1 && only->value[0] == range - 2)
    *how = LIST_ABOVE;
  else
    return FALSE;
  return TRUE;
}

static void
see_references (LensLedger *ledger, Slices *slices, const LensUnit *unit, const guint *contexts)
{
  const LensH264Slice *slice = &slices->watch->slice;
  guint64 how;

  if (list_stays (slice, &how))
    judge (ledger, slices, unit, FIELD_LISTS, 2, contexts, how);
  for (guint i = 0; i < slice->n_markings; i++)
    if (slice->marking[i].operation == 4)
      judge (ledger, slices, unit, FIELD_LONG, 2, contexts, slice->marking[i].value[0]);
}

static void
see_fields (LensLedger *ledger, Slices *slices, const LensUnit *unit)
{
  const LensH264Slice *slice = &slices->watch->slice;
  guint kind = slice->nal_type == LENS_H264_IDR ? 4 : slice->slice_type % 4;
  guint quality = (guint)CLAMP (slice->slice_qp / 4, 0, 15);
  const guint contexts[] = { 0, 2 * kind + (slice->ref_idc != 0), quality };

  judge (ledger, slices, unit, FIELD_TYPE_FORM, 2, contexts, slice->slice_type_sent >= 5);
  judge (ledger, slices, unit, FIELD_SET, 2, contexts, slice->pps_id);
  if (slice->at[LENS_H264_AT_CABAC_INIT_IDC].length > 0)
    judge (ledger, slices, unit, FIELD_CABAC, 3, contexts, slice->cabac_init_idc);
  if (slice->at[LENS_H264_AT_DEBLOCKING].length > 0)
    judge (ledger, slices, unit, FIELD_FILTER, 3, contexts, filter_of (slice));
  if (slice->slice_type == LENS_H264_P || slice->slice_type == LENS_H264_B)
    judge (ledger, slices, unit, FIELD_OVERRIDE, 2, contexts, overrides_nothing (slice));
  if (slice->nal_type == LENS_H264_IDR)
    judge (ledger, slices, unit, FIELD_PRIOR, 1, contexts,
           (guint64)slice->no_output_of_prior_pics << 1 | slice->long_term_reference);
  see_references (ledger, slices, unit, contexts);
}

/* --- pictures in their order --- */

/* A server that drops a picture leaves a gap in the time stamps too. */
static gboolean
is_late (Slices *slices, guint32 apart)
{
  return apart > slices->pace.common + slices->pace.common / 2;
}

/* Without B pictures order counts go on in steps, but where pictures are missing. */
static void
see_order (LensLedger *ledger, Slices *slices, const LensUnit *unit)
{
  const LensH264Slice *slice = &slices->watch->slice;
  guint32 apart = unit->nal->timestamp - slices->timestamp;
  static const guint context = 0;

  slices->has_b |= slice->slice_type == LENS_H264_B;
  if (slices->ordered && slices->watch->has_before)
    {
      lens_habit_take (&slices->pace, apart);
      gboolean late = is_late (slices, apart);
      if (slices->watch->counts && !late)
        {
          slices->doubts += slices->watch->ahead == 0 || slices->watch->ahead == 2;
          judge (ledger, slices, unit, FIELD_NUMBER, 1, &context, slices->watch->ahead);
        }
      if (slice->nal_type != LENS_H264_IDR && !slices->has_b && !late
          && slice->sps->pic_order_cnt_type == 0)
        {
          guint32 mask = (1u << slice->sps->log2_max_pic_order_cnt_lsb) - 1;
          judge (ledger, slices, unit, FIELD_ORDER, 1, &context,
                 (slice->pic_order_cnt_lsb - slices->order) & mask);
        }
    }
  slices->order = slice->pic_order_cnt_lsb;
  slices->timestamp = unit->nal->timestamp;
  slices->ordered = !slice->field_pic;
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  Slices *slices = lens_by_track (state, unit->track, sizeof (Slices));
  const LensH264Slice *slice = &unit->h264->slice;

  slices->watch = unit->h264;
  if (!slices->watch->is_slice || !slice->valid)
    return;
  if (slice->redundant_pic_cnt > 0)
    {
      use (ledger, unit, CHOICES, NULL, 8 * unit->view.length, (LensRange){ 0, unit->view.length });
      return;
    }
  see_fields (ledger, slices, unit);
  if (!slices->watch->new_picture)
    return;
  see_order (ledger, slices, unit);
}

/* --- what came of it --- */

static void
find_choice (LensLedger *ledger, const Slices *slices, LensCarrier *carrier)
{
  if (carrier->subject == NULL)
    {
      lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL,
                        "Slices of redundant pictures, which only a decoder with losses reads.");
      return;
    }
  for (guint i = 0; i < N_FIELDS; i++)
    if (g_str_equal (fields[i].name, carrier->subject)
        && lens_habits_is_broken (&slices->habits[i], FEW)
        && ((i != FIELD_ORDER && i != FIELD_LISTS) || !slices->has_b)
        && (i != FIELD_NUMBER || slices->doubts < slices->habits[i].surprises / 2))
      {
        g_autofree char *detail = g_strdup_printf ("The field is %s.", fields[i].name);
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, detail);
      }
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      const Slices *slices
          = carrier->track != NULL ? lens_by_track_peek (state, carrier->track) : NULL;
      if (slices == NULL)
        continue;
      if (g_str_equal (carrier->channel, CHOICES))
        find_choice (ledger, slices, carrier);
    }
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, NULL);
}

/* frame_num in slices alone in their packets, when a few have shown the encoder's habit; rarely, so
 * that the habit stays one. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  g_autofree LensH264Slice *slice = g_new0 (LensH264Slice, 1);
  g_autoptr (LensH264Sets) sets = lens_h264_sets_new ();
  LensSeedPlace place;
  guint32 value;
  guint seen = 0, next = 20;

  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    {
      const guint8 *octets = place.octets + place.start;
      gsize length = place.end - place.start;
      lens_h264_sets_take (sets, octets, length);
      if (!lens_seed_bed_is_single_nal (bed) || !lens_h264_slice_parse (slice, sets, octets, length)
          || slice->has_idr_pic_id || ++seen <= next)
        continue;
      LensRbsp reader = lens_rbsp_over (octets, length, 1);
      for (guint i = 0; i < 3; i++)
        lens_rbsp_ue (&reader);
      guint bits = MIN (slice->sps->log2_max_frame_num, 4);
      guint count = lens_seed_bed_take_bits (bed, &value, bits);
      lens_seed_bed_set_bits (bed, place.start + reader.position, reader.bit + bits - count, value,
                              count);
      next = seen + 1 + lens_seed_bed_below (bed, 6);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h264_slice_header = {
  .name = "h264-slice-header",
  .question = "Do slice headers say only what an encoder would?",
  .source = "ITU-T H.264 (08/2021) 7.3.3 and 7.4.3",
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
