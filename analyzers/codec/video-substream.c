/* video-substream: does one track show more than one picture?
 *
 * A second lens, a thumbnail or a picture of another time may travel inside the declared track:
 * its slices name another sequence parameter set (ITU-T H.264 (08/2021) 7.4.1.2.1, 7.4.3), and a
 * player shows one of them, or flickers.
 *
 * Benign: a change of resolution, even a few; a device that goes from one to the other and stays.
 * Pictures that go to and fro between parameter sets are two streams.
 *
 *   use    8 bits per octet of the slices of all views but the first
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/h264-watch.h"
#include "ledger/seed-bed.h"

enum
{
  MAX_VIEWS = 4,
  TO_AND_FRO = 8, /* returns to a view that was left: more than a device is reconfigured */
};

typedef struct
{
  guint32 sps_id, width, height; /* macroblocks */
} View;

typedef struct
{
  const LensH264Watch *watch;
  View views[MAX_VIEWS];
  guint n_views, current;
  guint returns;
} Views;

static const LensChannelText channels[] = {
  { .id = "video-substream-hidden-view",
    .summary = "Pictures of another stream travel inside the declared video.",
    .filter_hint = "h264.nal_unit_type == 1 || h264.nal_unit_type == 5",
    .reference = "ITU-T H.264 (08/2021) 7.4.1.2.1 and 7.4.3",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { NULL },
};

/* The view that the slice belongs to; the last one also has all that there are too many of. */
static guint
view_of (Views *views, const LensH264Slice *slice)
{
  const View view
      = { slice->sps->id, lens_h264_sps_width (slice->sps), lens_h264_sps_height (slice->sps) };

  for (guint i = 0; i < views->n_views; i++)
    if (views->views[i].sps_id == view.sps_id && views->views[i].width == view.width
        && views->views[i].height == view.height)
      return i;
  if (views->n_views == MAX_VIEWS)
    return MAX_VIEWS - 1;
  views->views[views->n_views] = view;
  return views->n_views++;
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  Views *views = lens_by_track (state, unit->track, sizeof *views);

  views->watch = unit->h264;
  if (!views->watch->is_slice || views->watch->slice.sps == NULL)
    return;
  guint known = views->n_views, view = view_of (views, &views->watch->slice);
  views->returns += view != views->current && view < known;
  views->current = view;
  if (view == 0)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "video-substream-hidden-view", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * unit->view.length);
  lens_ledger_use (ledger, carrier, unit, 8 * unit->view.length, 0, unit->view.length);
}

static char *
views_text (const Views *views)
{
  GString *text = g_string_new ("Pictures of");

  for (guint i = 0; i < views->n_views; i++)
    g_string_append_printf (text, "%s %ux%u pixels (sequence parameter set %u)", i > 0 ? "," : "",
                            16 * views->views[i].width, 16 * views->views[i].height,
                            views->views[i].sps_id);
  g_string_append_printf (text, "; %u times to and fro.", views->returns);
  return g_string_free (text, FALSE);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "video-substream"))
        continue;
      const Views *views = lens_by_track_peek (state, carrier->track);
      if (views->returns < TO_AND_FRO)
        continue;
      g_autofree char *detail = views_text (views);
      lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, detail);
    }
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, NULL);
}

/* --- seeds --- */

typedef struct
{
  GByteArray *octets;
  guint bits;
} Writer;

static void
put_u (Writer *writer, guint32 value, guint bits)
{
  static const guint8 zero;

  while (bits-- > 0)
    {
      if (writer->bits % 8 == 0)
        g_byte_array_append (writer->octets, &zero, 1);
      writer->octets->data[writer->bits / 8]
          |= (guint8)((value >> bits & 1) << (7 - writer->bits % 8));
      writer->bits++;
    }
}

/* Exp-Golomb (9.1). */
static void
put_ue (Writer *writer, guint32 value)
{
  put_u (writer, value + 1, 2 * g_bit_storage (value + 1) - 1);
}

static gsize
finish (Writer *writer)
{
  put_u (writer, 1, 1);
  return writer->octets->len;
}

/* A sequence parameter set of the Baseline profile (7.3.2.1.1). */
static void
write_sps (Writer *writer, guint32 id, guint32 width, guint32 height)
{
  put_u (writer, 66, 8);
  put_u (writer, 0, 8);
  put_u (writer, 30, 8);
  put_ue (writer, id);
  put_ue (writer, 0); /* log2_max_frame_num_minus4 */
  put_ue (writer, 2); /* pic_order_cnt_type */
  put_ue (writer, 1); /* max_num_ref_frames */
  put_u (writer, 0, 1);
  put_ue (writer, width - 1);
  put_ue (writer, height - 1);
  put_u (writer, 1, 1); /* frame_mbs_only_flag */
  put_u (writer, 1, 1); /* direct_8x8_inference_flag */
  put_u (writer, 0, 2); /* no cropping, no VUI */
}

/* A picture parameter set (7.3.2.2) with all that can be 0 at 0. */
static void
write_pps (Writer *writer, guint32 id, guint32 sps)
{
  put_ue (writer, id);
  put_ue (writer, sps);
  put_u (writer, 0, 2);
  for (guint i = 0; i < 3; i++)
    put_ue (writer, 0); /* slice groups, reference indices */
  put_u (writer, 0, 3); /* weighted prediction */
  for (guint i = 0; i < 3; i++)
    put_ue (writer, 0); /* quantisers */
  put_u (writer, 0, 3);
}

/* The header of an IDR slice (7.3.3), then the message where macroblocks would be. */
static void
write_slice (Writer *writer, guint32 pps, guint32 idr, const guint8 *message, gsize length)
{
  put_ue (writer, 0);
  put_ue (writer, 7); /* slice_type: I */
  put_ue (writer, pps);
  put_u (writer, 0, 4); /* frame_num */
  put_ue (writer, idr);
  put_u (writer, 0, 2);
  put_ue (writer, 0); /* slice_qp_delta */
  for (gsize i = 0; i < length; i++)
    put_u (writer, message[i], 8);
}

/* The sets of another view, then its pictures, each before a unit that was alone. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 message[200];
  guint32 id = 1 + lens_seed_bed_below (bed, 30), count = 0;
  guint32 width = 4 + lens_seed_bed_below (bed, 60), height = 4 + lens_seed_bed_below (bed, 40);

  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    {
      g_autoptr (GByteArray) octets = g_byte_array_new ();
      Writer writer = { octets, 0 };
      gsize length;
      if (!lens_seed_bed_is_single_nal (bed) || place.spare < 2 * sizeof message)
        continue;
      if (count == 0)
        write_sps (&writer, id, width, height);
      else if (count == 1)
        write_pps (&writer, id, id);
      else if ((length = lens_seed_bed_take (bed, message, sizeof message)) == 0)
        continue;
      else
        write_slice (&writer, id, count & 1, message, length);
      guint8 header = count == 0 ? 0x60 | LENS_H264_SPS : count == 1 ? 0x60 | LENS_H264_PPS : 0x65;
      length = finish (&writer);
      lens_seed_bed_put_nal (bed, header, octets->data, length);
      count++;
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_video_substream = {
  .name = "video-substream",
  .question = "Does one track show more than one picture?",
  .source = "ITU-T H.264 (08/2021) 7.4.1.2.1 and 7.4.3",
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
