/* h265-slice: do slice headers carry what decoders pass over?
 *
 * ITU-T H.265 (08/2021) 7.3.6.1: a slice segment header may end in up to 256 octets of
 * slice_segment_header_extension_data_byte and begin with slice_reserved_flags, as the PPS says;
 * decoders ignore both.  Entry points say where the parts of the data begin, for decoders that
 * read them at once; others ignore them, but no part can begin behind the last octet.
 *
 * Benign: slice_reserved_flags where the VPS declares several layers, which use them; now and then
 * a slice that ends too early for its entry points, as when a server stops in its middle.
 *
 *   room   8 bits per octet of an extension, 1 per reserved flag
 *   use    8 bits per octet of an extension, 1 per flag that is set; 8 per octet of entry points
 *          that lead out of the slice
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/h265-watch.h"
#include "ledger/seed-bed.h"

enum
{
  CUT_SLICES = 3, /* of a device's life */
};

#define CHANNEL "h265-slice-header-extension"
#define ENTRY_POINTS "entry points"

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "Slice headers of the video carry octets or flags that every decoder passes over.",
    .room = "Slice headers of the video have a place for data that decoders pass over.",
    .filter_hint = "h265",
    .reference = "ITU-T H.265 (08/2021) 7.3.6.1 and 7.4.7.1",
    .hides = TRUE,
    .unit = LENS_UNIT_HEVC_NAL },
  { NULL },
};

static void
take (LensLedger *ledger, const LensUnit *unit, const char *subject, LensRange at, guint64 room,
      guint64 used)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, CHANNEL, unit, subject);

  lens_ledger_room (ledger, carrier, unit, room);
  if (used > 0)
    lens_ledger_use (ledger, carrier, unit, used, at.offset, at.length);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  LensH265Watch *watch = lens_by_track (state, unit->track, sizeof (LensH265Watch));
  LensH265Slice slice;

  lens_h265_watch_take (watch, unit);
  if (!lens_h265_is_slice (unit->hevc->type) || unit->hevc->layer_id != 0
      || !lens_h265_slice_parse (&slice, watch->sets, unit->view.octets, unit->view.length))
    return;
  if (slice.extension_length > 0)
    take (ledger, unit, NULL, slice.at[LENS_H265_AT_EXTENSION], 8 * slice.extension_length,
          8 * slice.extension_length);
  if (slice.pps->num_extra_slice_header_bits > 0 && !slice.dependent)
    take (ledger, unit, NULL, slice.at[LENS_H265_AT_RESERVED],
          slice.pps->num_extra_slice_header_bits,
          watch->max_layers > 1 ? 0 : (guint64)__builtin_popcount (slice.reserved));
  LensRange entries = slice.at[LENS_H265_AT_ENTRY_POINTS];
  gsize data = unit->view.length - MIN (lens_rbsp_offset (&slice.data), unit->view.length);
  if (slice.n_entry_points > 0 && slice.entry_points_total >= data)
    take (ledger, unit, ENTRY_POINTS, entries, 8 * entries.length, 8 * entries.length);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (g_str_equal (carrier->channel, CHANNEL) && g_strcmp0 (carrier->subject, ENTRY_POINTS) == 0
          && carrier->uses <= CUT_SLICES)
        lens_ledger_find_room (ledger, carrier, NULL);
    }
  lens_ledger_find_used (ledger);
}

static void
clear_watch (gpointer watch)
{
  lens_h265_watch_clear (watch);
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, clear_watch);
}

/* --- seeds --- */

/* Bits to write, the highest first. */
typedef struct
{
  guint8 octets[160];
  gsize bits;
} Bits;

static void
put (Bits *bits, guint32 value, guint count)
{
  for (guint i = count; i > 0; i--, bits->bits++)
    bits->octets[bits->bits / 8] |= (guint8)((value >> (i - 1) & 1) << (7 - bits->bits % 8));
}

/* Exp-Golomb, 9.2 */
static void
put_ue (Bits *bits, guint32 value)
{
  guint length = (guint)g_bit_storage (value + 1);

  put (bits, 0, length - 1);
  put (bits, value + 1, length);
}

/* A picture set of its own (62) whose slices have extensions, with the fields before it at their
 * shortest (7.3.2.3.1). */
static void
put_set (Bits *bits)
{
  put_ue (bits, 62);
  put_ue (bits, 0);
  put (bits, 0, 7);     /* dependent, output, extra bits, sign hiding, cabac_init */
  put (bits, 7, 3);     /* references 1 and 1, QP 26 */
  put (bits, 0, 3);     /* constrained intra, transform skip, cu_qp_delta */
  put (bits, 3, 2);     /* chroma offsets 0 */
  put (bits, 0, 6 + 4); /* tools, filters, lists */
  put (bits, 1, 1);     /* merge level 2 */
  put (bits, 1, 1);     /* slice_segment_header_extension_present_flag */
  put (bits, 0, 1);
  put (bits, 1, 1); /* stop */
}

/* A slice segment of an IDR picture of that set, with the message in its header and an octet of
 * data. */
static void
put_slice (Bits *bits, const LensH265Sps *sps, const guint8 *octets, gsize count)
{
  put (bits, 2, 2); /* first, no_output_of_prior_pics 0 */
  put_ue (bits, 62);
  put_ue (bits, LENS_H265_I);
  if (sps->sao)
    put (bits, 3, lens_h265_sps_chroma_array_type (sps) != 0 ? 2 : 1);
  put_ue (bits, 0); /* slice_qp_delta */
  put_ue (bits, (guint32)count);
  for (gsize i = 0; i < count; i++)
    put (bits, octets[i], 8);
  put (bits, 1, 1);
  bits->bits = (bits->bits + 7) / 8 * 8;
  put (bits, 0xaa80, 16);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  LensH265Sps sps = { .valid = FALSE };
  guint8 octets[100];
  gboolean has_set = FALSE;

  while (lens_seed_bed_next (bed, LENS_UNIT_HEVC_NAL, &place))
    {
      Bits bits = { { 0 }, 0 };
      if (!sps.valid && place.octets[place.start] >> 1 == LENS_H265_SPS)
        lens_h265_sps_parse (&sps, place.octets + place.start, place.end - place.start);
      if (!sps.valid || sps.separate_colour_plane || !lens_seed_bed_is_single_nal (bed)
          || place.spare < 400)
        continue;
      if (!has_set)
        {
          put_set (&bits);
          has_set
              = lens_seed_bed_put_hevc_nal (bed, LENS_H265_PPS, bits.octets, (bits.bits + 7) / 8);
          continue;
        }
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets);
      if (count == 0)
        continue;
      put_slice (&bits, &sps, octets, count);
      lens_seed_bed_put_hevc_nal (bed, LENS_H265_IDR_N_LP, bits.octets, bits.bits / 8);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h265_slice = {
  .name = "h265-slice",
  .question = "Do H.265 slice headers carry what decoders pass over?",
  .source = "ITU-T H.265 (08/2021) 7.3.6.1",
  .units = LENS_UNIT_HEVC_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
