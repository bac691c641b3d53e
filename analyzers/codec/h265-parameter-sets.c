/* h265-parameter-sets: do H.265 parameter sets stay, and does the video need them?
 *
 * ITU-T H.265 (08/2021) 7.3.2.1 to 7.3.2.3: the video, sequence and picture parameter sets say how
 * to read the slices that name them.  A decoder keeps a set that no slice names, and passes over
 * timing and most of the usability information (VUI).
 *
 * Benign: the same sets sent again; a few changes, as when a device is given another resolution,
 * rate or quality; a few sets more than the slices need.
 *
 *   use    8 bits per octet that is not what the set of this identifier usually has, or of a set
 *          under another identifier, and 8 when that is sent again
 */
#include "ledger/by-track.h"
#include "ledger/h265-watch.h"
#include "ledger/seed-bed.h"
#include "ledger/set-history.h"

#define CHURN "h265-ps-churn"

/* Subjects: each is counted by itself. */
#define CHANGES "content that changes"
#define NEW_IDS "sets that no slice needs"

enum
{
  N_VPS = 16,
  SPS_AT = N_VPS, /* place of the first one */
  PPS_AT = SPS_AT + LENS_H265_MAX_SPS,
};

typedef struct
{
  LensSetHistory history;
  gboolean started;
  guint changes;
} Sets;

static const LensChannelText channels[] = {
  { .id = CHURN,
    .summary = "The video's parameter sets change again and again, or describe what is not there.",
    .filter_hint = "h265.nal_unit_type >= 32 && h265.nal_unit_type <= 34",
    .reference = "ITU-T H.265 (08/2021) 7.3.2.1 to 7.3.2.3",
    .hides = TRUE,
    .unit = LENS_UNIT_HEVC_NAL },
  { NULL },
};

/* sps_seq_parameter_set_id lies behind the profile. */
static guint32
sps_id (const guint8 *octets, gsize length)
{
  LensH265Sps sps;

  lens_h265_sps_parse (&sps, octets, length);
  return sps.valid ? sps.id : G_MAXUINT32;
}

/* The identifier's place in the history, or -1. */
static gint
place_of (const guint8 *octets, gsize length)
{
  guint type = length > LENS_H265_HEADER ? octets[0] >> 1 & 0x3f : 0;
  LensRbsp rbsp = lens_rbsp_over (octets, length, LENS_H265_HEADER);

  if (type == LENS_H265_VPS)
    return (gint)lens_rbsp_u (&rbsp, 4);
  if (type != LENS_H265_SPS && type != LENS_H265_PPS)
    return -1;
  guint32 id = type == LENS_H265_SPS ? sps_id (octets, length) : lens_rbsp_ue (&rbsp);
  if (rbsp.short_read || id >= (type == LENS_H265_SPS ? LENS_H265_MAX_SPS : LENS_H265_MAX_PPS))
    return -1;
  return (gint)(id + (type == LENS_H265_SPS ? SPS_AT : PPS_AT));
}

static void
use (LensLedger *ledger, const LensUnit *unit, const char *subject, guint64 bits, LensRange octets)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, CHURN, unit, subject);

  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, octets.offset, octets.length);
}

static void
see_set (LensLedger *ledger, Sets *sets, const LensUnit *unit)
{
  gint place = place_of (unit->view.octets, unit->view.length);
  LensRange octets;

  if (place < 0)
    return;
  LensSetNews news = lens_set_history_take (&sets->history, (guint)place,
                                            unit->hevc->type - LENS_H265_VPS, &unit->view, &octets);
  sets->changes += news == LENS_SET_CHANGED;
  if (news == LENS_SET_CHANGED || news == LENS_SET_LATE)
    use (ledger, unit, CHANGES, 8 * octets.length, octets);
  else if (news != LENS_SET_KNOWN)
    use (ledger, unit, NEW_IDS, news == LENS_SET_MANY ? 8 * octets.length : 8, octets);
}

/* slice_pic_parameter_set_id: 7.3.6.1. */
static void
see_slice (Sets *sets, const LensUnit *unit)
{
  LensRbsp rbsp = lens_rbsp_over (unit->view.octets, unit->view.length, LENS_H265_HEADER);

  lens_rbsp_u (&rbsp, lens_h265_is_irap (unit->hevc->type) ? 2 : 1);
  guint32 id = lens_rbsp_ue (&rbsp);
  lens_set_history_name (&sets->history, rbsp.short_read ? G_MAXUINT32 : id);
}

/* What the description says is what sets have to begin with. */
static void
take_description (Sets *sets, const LensTrack *track)
{
  static const char *const names[] = { "sprop-vps", "sprop-sps", "sprop-pps" };

  for (guint n = 0; n < G_N_ELEMENTS (names); n++)
    {
      g_autoptr (GPtrArray) units = lens_h265_sprop (track, names[n]);
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
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensH265Nal *nal = unit->hevc;

  if (!lens_h265_is_base (nal))
    return;
  Sets *sets = lens_by_track (state, unit->track, sizeof (Sets));
  if (!sets->started)
    {
      sets->history.pictures = PPS_AT;
      take_description (sets, unit->track);
    }
  sets->started = TRUE;
  if (nal->type >= LENS_H265_VPS && nal->type <= LENS_H265_PPS)
    see_set (ledger, sets, unit);
  else if (lens_h265_is_slice (nal->type))
    see_slice (sets, unit);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "h265-parameter-sets") || carrier->uses == 0)
        continue;
      const Sets *sets = lens_by_track_peek (state, carrier->track);
      g_autofree char *detail = g_strdup_printf ("Found: %s.", carrier->subject);
      if (g_str_equal (carrier->subject, NEW_IDS) ? lens_set_history_has_spare (&sets->history)
                                                  : sets->changes >= LENS_SET_FEW)
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

/* Picture parameter sets under an identifier that no slice names, with a message in the place of
 * what follows. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[24];

  while (lens_seed_bed_next (bed, LENS_UNIT_HEVC_NAL, &place))
    {
      if (!lens_seed_bed_is_single_nal (bed) || place.spare < 2 * sizeof octets)
        continue;
      gsize count = lens_seed_bed_take (bed, octets + 2, sizeof octets - 3);
      if (count == 0)
        continue;
      octets[0] = 0x07; /* identifier 62 (00000 111111), and the first sequence's (1) */
      octets[1] = 0xf0;
      octets[2 + count] = 0x80;
      lens_seed_bed_put_hevc_nal (bed, LENS_H265_PPS, octets, count + 3);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h265_parameter_sets = {
  .name = "h265-parameter-sets",
  .question = "Do H.265 parameter sets stay, and does the video need them?",
  .source = "ITU-T H.265 (08/2021) 7.3.2.1 to 7.3.2.3",
  .units = LENS_UNIT_HEVC_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
