/* h264-parameter-sets: do parameter sets describe the video, and stay?
 *
 * ITU-T H.264 (08/2021) 7.3.2.1, 7.3.2.2 and Annex E: a sequence and a picture parameter set say
 * how to read the slices that name them.  A decoder keeps a set that no slice names, and passes
 * over most of the usability information (VUI).
 *
 * Benign: the same sets sent again; a few changes, as when a device is given another resolution,
 * rate or quality; a few sets more than the slices need.
 *
 *   use    8 bits per octet that is not what the set of this identifier usually has, or of a set
 *          under another identifier, and 8 when that is sent again; 2 for reserved_zero_2bits; 32
 * for each number of a list that is longer than encoders make it
 */
#include "ledger/by-track.h"
#include "ledger/h264-watch.h"
#include "ledger/seed-bed.h"
#include "ledger/set-history.h"

enum
{
  USUAL_LIST = 8, /* numbers of HRD, and of order count cycles */
  N_SPS = 32,
  RESERVED_AT = 2, /* octet of the unit */
};

#define CHURN "h264-ps-churn"
#define FIELDS "h264-sps-vui-fields"
#define DIVERGENCE "h264-sprop-inband-divergence"

/* Subjects: each is counted by itself. */
#define CHANGES "content that changes"
#define NEW_IDS "sets that no slice needs"

typedef struct
{
  LensSetHistory history;
  gboolean started;
  guint changes, field_changes, divergences;
} Sets;

static const LensChannelText channels[] = {
  { .id = CHURN,
    .summary = "The video's parameter sets change again and again, or describe what is not there.",
    .filter_hint = "h264.nal_unit_type == 7 || h264.nal_unit_type == 8",
    .reference = "ITU-T H.264 (08/2021) 7.3.2.1 and 7.3.2.2",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { .id = FIELDS,
    .summary = "Fields of the video's parameter sets that no player needs hold what no encoder "
               "writes.",
    .filter_hint = "h264.nal_unit_type == 7",
    .reference = "ITU-T H.264 (08/2021) 7.3.2.1.1 and E.1.1",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { .id = DIVERGENCE,
    .summary = "The video's parameter sets differ from the description's again and again.",
    .filter_hint = "h264.nal_unit_type == 7 || h264.nal_unit_type == 8",
    .reference = "RFC 6184 section 8.1",
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
  if (octets.length > 0)
    lens_ledger_use (ledger, carrier, unit, bits, octets.offset, octets.length);
}

/* --- changes --- */

/* Whether only constraint flags or what lies from the VUI on changed. */
static gboolean
is_field (const LensUnit *unit, LensRange changed)
{
  LensH264Sps sps;

  if (unit->nal->type != LENS_H264_SPS)
    return FALSE;
  lens_h264_sps_parse (&sps, unit->view.octets, unit->view.length);
  return sps.valid
         && ((changed.offset == RESERVED_AT && changed.length == 1)
             || (sps.vui.present && changed.offset + 1 >= sps.vui.at.offset));
}

static void
see_change (LensLedger *ledger, Sets *sets, const LensUnit *unit, gboolean described,
            LensRange changed)
{
  gboolean field = is_field (unit, changed);
  guint *count = field ? &sets->field_changes : described ? &sets->divergences : &sets->changes;

  *count += 1;
  use (ledger, unit,
       field       ? FIELDS
       : described ? DIVERGENCE
                   : CHURN,
       CHANGES, 8 * changed.length, changed);
}

/* --- what no encoder writes --- */

static guint
odd_hrd (const LensH264Hrd *hrd)
{
  return hrd->present && hrd->cpb_cnt > USUAL_LIST ? hrd->cpb_cnt : 0;
}

static void
see_sps (LensLedger *ledger, const LensUnit *unit)
{
  LensH264Sps sps;

  lens_h264_sps_parse (&sps, unit->view.octets, unit->view.length);
  if (!sps.valid)
    return;
  if (sps.reserved_zero_2bits != 0)
    use (ledger, unit, FIELDS, NULL, 2, (LensRange){ RESERVED_AT, 1 });
  if (sps.num_ref_frames_in_cycle > USUAL_LIST)
    use (ledger, unit, FIELDS, NULL, 32 * sps.num_ref_frames_in_cycle, sps.ref_frame_offsets_at);
  guint nal = odd_hrd (&sps.vui.nal_hrd), vcl = odd_hrd (&sps.vui.vcl_hrd);
  if (nal > 0)
    use (ledger, unit, FIELDS, NULL, 64 * nal, sps.vui.nal_hrd.at);
  if (vcl > 0)
    use (ledger, unit, FIELDS, NULL, 64 * vcl, sps.vui.vcl_hrd.at);
}

/* --- units --- */

/* The identifier's place in the history, or -1: seq_parameter_set_id lies behind three octets. */
static gint
place_of (const guint8 *octets, gsize length)
{
  guint type = length > 0 ? octets[0] & 0x1f : 0;
  gboolean sps = type == LENS_H264_SPS;
  LensRbsp rbsp = lens_rbsp_over (octets, length, sps ? 4 : 1);
  guint32 id = lens_rbsp_ue (&rbsp);

  if ((!sps && type != LENS_H264_PPS) || rbsp.short_read || id >= (sps ? N_SPS : LENS_SET_PICTURES))
    return -1;
  return (gint)(sps ? id : N_SPS + id);
}

static void
see_set (LensLedger *ledger, Sets *sets, const LensUnit *unit)
{
  gint place = place_of (unit->view.octets, unit->view.length);
  LensRange octets;

  if (place < 0)
    return;
  switch (lens_set_history_take (&sets->history, (guint)place, unit->nal->type == LENS_H264_PPS,
                                 &unit->view, &octets))
    {
    case LENS_SET_KNOWN:
      break;
    case LENS_SET_LATE:
      use (ledger, unit, CHURN, CHANGES, 8 * octets.length, octets);
      break;
    case LENS_SET_MANY:
      use (ledger, unit, CHURN, NEW_IDS, 8 * octets.length, octets);
      break;
    case LENS_SET_CHANGED:
      see_change (ledger, sets, unit, sets->history.places[place].described, octets);
      break;
    case LENS_SET_SPARE:
      use (ledger, unit, CHURN, NEW_IDS, 8, octets);
    }
}

/* What the description says is what sets have to begin with. */
static void
take_description (Sets *sets, const LensTrack *track)
{
  g_autoptr (GPtrArray) units = lens_h264_sprop (track);

  for (guint i = 0; i < units->len; i++)
    {
      gsize length;
      GBytes *set = g_ptr_array_index (units, i);
      const guint8 *octets = g_bytes_get_data (set, &length);
      gint place = place_of (octets, length);
      if (place >= 0)
        lens_set_history_describe (&sets->history, (guint)place, set);
    }
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  Sets *sets = lens_by_track (state, unit->track, sizeof (Sets));
  guint type = unit->nal->type;

  if (!sets->started)
    {
      sets->history.pictures = N_SPS;
      take_description (sets, unit->track);
    }
  sets->started = TRUE;
  if (type == LENS_H264_SPS || type == LENS_H264_PPS)
    see_set (ledger, sets, unit);
  if (type == LENS_H264_SPS)
    see_sps (ledger, unit);
  else if (type == 1 || type == LENS_H264_IDR)
    {
      LensRbsp rbsp = lens_rbsp_over (unit->view.octets, unit->view.length, 1);
      lens_rbsp_ue (&rbsp);
      lens_rbsp_ue (&rbsp);
      guint32 id = lens_rbsp_ue (&rbsp);
      lens_set_history_name (&sets->history, rbsp.short_read ? G_MAXUINT32 : id);
    }
}

static gboolean
is_finding (const Sets *sets, const LensCarrier *carrier)
{
  if (carrier->subject == NULL)
    return TRUE;
  if (g_str_equal (carrier->subject, NEW_IDS))
    return lens_set_history_has_spare (&sets->history);
  if (g_str_equal (carrier->channel, DIVERGENCE))
    return sets->divergences >= LENS_SET_FEW;
  return (g_str_equal (carrier->channel, CHURN) ? sets->changes : sets->field_changes)
         >= LENS_SET_FEW;
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (carrier->uses == 0 || !g_str_equal (carrier->analyzer, "h264-parameter-sets")
          || (!g_str_equal (carrier->channel, CHURN) && !g_str_equal (carrier->channel, FIELDS)
              && !g_str_equal (carrier->channel, DIVERGENCE)))
        continue;
      const Sets *sets = lens_by_track_peek (state, carrier->track);
      g_autofree char *detail
          = carrier->subject != NULL ? g_strdup_printf ("Found: %s.", carrier->subject) : NULL;
      if (sets != NULL && is_finding (sets, carrier))
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, detail);
    }
}

static void
sets_clear (gpointer sets)
{
  lens_set_history_clear (&((Sets *)sets)->history);
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, sets_clear);
}

/* --- seeds --- */

/* Picture parameter sets that no slice names, each with a number of its own in the field behind
 * the two identifiers; the field is long, and the set ends there. */
static gboolean
seed_sets (LensSeedBed *bed)
{
  LensSeedPlace place;
  guint8 octets[24];

  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    {
      if (!lens_seed_bed_is_single_nal (bed) || place.spare < 40)
        continue;
      gsize count = lens_seed_bed_take (bed, octets + 2, sizeof octets - 3);
      if (count == 0)
        continue;
      octets[0] = 0x01; /* identifier 200 (0000000 1 1001001), and the first sequence's (1) */
      octets[1] = 0x93;
      octets[2 + count] = 0x80;
      lens_seed_bed_put_nal (bed, 0x68, octets, count + 3);
    }
  return lens_seed_bed_written (bed);
}

/* Bits of some of the sets that are there: reserved ones of the sequence's, or the quality that
 * the picture's begins with (any of the octet that most encoders have it in). */
static gboolean
seed_bits (LensSeedBed *bed, guint type, guint octet, guint count)
{
  LensSeedPlace place;
  guint32 bits;
  guint seen = 0;

  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    if (lens_seed_bed_is_single_nal (bed) && place.end - place.start > octet
        && (place.octets[place.start] & 0x1f) == type && ++seen > 4
        && lens_seed_bed_below (bed, 3) == 0 && lens_seed_bed_take_bits (bed, &bits, count) > 0)
      lens_seed_bed_set (bed, place.start + octet, (guint8)((1 << count) - 1), (guint8)bits);
  return lens_seed_bed_written (bed);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  if (g_str_equal (channel, FIELDS))
    return seed_bits (bed, LENS_H264_SPS, RESERVED_AT, 2);
  return g_str_equal (channel, CHURN) ? seed_sets (bed) : seed_bits (bed, LENS_H264_PPS, 2, 6);
}

const LensAnalyzer lens_analyzer_h264_parameter_sets = {
  .name = "h264-parameter-sets",
  .question = "Do parameter sets describe the video, and stay?",
  .source = "ITU-T H.264 (08/2021) 7.3.2.1, 7.3.2.2 and E.1.1",
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
