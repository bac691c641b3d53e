/* h264-nal-type: are there NAL units in the video that no player of it reads?
 *
 * ITU-T H.264 (08/2021) Table 7-1 and RFC 6184 section 5.2: a decoder drops NAL units of the types
 * that are not specified (0, 24 to 31) or reserved (17, 18, 22, 23), and those of extensions that
 * its profile does not have: 13 and 19 (alpha pictures), 14, 15 and 20 (layers and views), 16 and
 * 21 (depth).  A receiver without interleaving (RFC 6184 section 6.2 and 6.3, packetization-mode
 * 0 or 1) drops packets that only interleaving has: 25 to 27 and 29.
 *
 * Benign: layers, views and depth where the description's profile-level-id has them; the prefix
 * of a base layer's slice (14), which encoders with temporal layers write everywhere, as long as
 * only its layer speaks.
 *
 *   room   the bits of a prefix that name a layer
 *   use    8 bits per octet of any other unit
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include <string.h>

enum
{
  STAP_A = 24,
  STAP_B = 25,
  FU_A = 28,
  FU_B = 29,
  PREFIX = 14,
  SUBSET_SPS = 15,
  SLICE_EXTENSION = 20,
  DEPTH_SLICE = 21,
};

static const LensChannelText channels[] = {
  { .id = "h264-nal-0-24-31",
    .summary = "The video carries units of a type that nobody specified; every player drops "
               "them.",
    .filter_hint = "h264.nal_unit_type == 0 || h264.nal_unit_type >= 24",
    .reference = "ITU-T H.264 (08/2021) Table 7-1; RFC 6184 sections 5.2 and 5.4",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { .id = "h264-nal-13-19-20-reserved",
    .summary = "The video carries units of an extension that it does not declare, or of a reserved "
               "type; players drop them.",
    .room = "The video marks layers of its own in units that players of one layer drop; more could "
            "hide in them.",
    .filter_hint = "h264.nal_unit_type >= 13 && h264.nal_unit_type <= 23",
    .reference = "ITU-T H.264 (08/2021) Table 7-1 and 7.4.1",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { NULL },
};

/* The value of @name in what the description says of the track's H.264, or NULL. */
static char *
parameter_of (const LensTrack *track, const char *name)
{
  for (guint i = 0; i < track->formats->len; i++)
    {
      const LensFormat *format = g_ptr_array_index (track->formats, i);
      if (format->fmtp != NULL && g_strcmp0 (format->codec, "H264") == 0)
        return lens_sdp_parameter (format->fmtp, name);
    }
  return NULL;
}

/* profile_idc of the description (RFC 6184 section 8.1: three octets in hexadecimal). */
static guint
declared_profile (const LensTrack *track)
{
  g_autofree char *text = parameter_of (track, "profile-level-id");

  if (text == NULL || strlen (text) != 6)
    return 0;
  return (guint)g_ascii_strtoull (text, NULL, 16) >> 16;
}

/* Annexes G, H, I and J. */
static gboolean
is_declared (const LensTrack *track, guint8 type)
{
  guint profile = declared_profile (track);
  gboolean layers = profile == 83 || profile == 86;
  gboolean views = profile == 118 || profile == 128 || profile == 134;
  gboolean depth = profile == 138 || profile == 139;

  switch (type)
    {
    case PREFIX:
    case SUBSET_SPS:
    case SLICE_EXTENSION:
      return layers || views || depth;
    case DEPTH_SLICE:
      return depth;
    default:
      return FALSE;
    }
}

/* nal_unit_header_svc_extension() (G.7.3.1.1) of a base layer's slice, and behind it nothing but
 * what prefix_nal_unit_rbsp() (G.7.3.2.12) has there without base representations. */
static gboolean
is_plain_prefix (const LensNal *nal)
{
  const guint8 *octets = nal->view.octets;
  gsize length = nal->view.length;

  if (nal->type != PREFIX || length < 4 || (octets[1] & 0x80) == 0)
    return FALSE;
  /* no_inter_layer_pred_flag, dependency_id, quality_id; use_ref_base_pic_flag, and the reserved
   * bits that are set. */
  if (octets[2] != 0x80 || (octets[3] & 0x13) != 0x03)
    return FALSE;
  if (nal->ref_idc == 0)
    return length == 4;
  return length == 5 && (octets[4] == 0x20 || octets[4] == 0x80);
}

/* priority_id and temporal_id name the layer: a device has few, and each its priority. */
typedef struct
{
  guint8 priority[8]; /* by temporal_id; 0: none yet, else + 1 */
} Layers;

typedef struct
{
  GHashTable *tracks; /* LensTrack -> Layers */
} NalType;

static gboolean
is_known_layer (NalType *state, const LensUnit *unit)
{
  guint8 priority = (unit->view.octets[1] & 0x3f) + 1;
  guint layer = unit->view.octets[3] >> 5;

  if (state->tracks == NULL)
    state->tracks = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Layers *layers = g_hash_table_lookup (state->tracks, unit->track);
  if (layers == NULL)
    {
      layers = g_new0 (Layers, 1);
      g_hash_table_insert (state->tracks, unit->track, layers);
    }
  if (layers->priority[layer] == 0)
    layers->priority[layer] = priority;
  return layers->priority[layer] == priority;
}

static void
take (LensLedger *ledger, const LensUnit *unit, const char *channel, gsize offset, gsize length)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, NULL);

  lens_ledger_room (ledger, carrier, unit, 8 * length);
  lens_ledger_use (ledger, carrier, unit, 8 * length, offset, length);
}

static void
see_nal (LensLedger *ledger, NalType *state, const LensUnit *unit)
{
  guint8 type = unit->nal->type;

  if (type >= 1 && type <= 12)
    return;
  if (type == 0 || type >= STAP_A)
    take (ledger, unit, "h264-nal-0-24-31", 0, unit->view.length);
  else if (is_plain_prefix (unit->nal) && is_known_layer (state, unit))
    lens_ledger_room (
        ledger, lens_ledger_carrier (ledger, "h264-nal-13-19-20-reserved", unit, NULL), unit, 9);
  else if (!is_declared (unit->track, type))
    take (ledger, unit, "h264-nal-13-19-20-reserved", 0, unit->view.length);
}

/* Packets of interleaved mode where nobody offered it. */
static void
see_packet (LensLedger *ledger, const LensUnit *unit)
{
  LensRange payload = unit->rtp->payload;

  if (payload.length == 0)
    return;
  guint type = unit->view.octets[payload.offset] & 0x1f;
  if (type < STAP_B || type > FU_B || type == FU_A)
    return;
  if (unit->format == NULL || g_strcmp0 (unit->format->codec, "H264") != 0
      || unit->track->encrypted)
    return;
  g_autofree char *mode = parameter_of (unit->track, "packetization-mode");
  if (g_strcmp0 (mode, "2") != 0)
    take (ledger, unit, "h264-nal-0-24-31", payload.offset, payload.length);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  if (unit->kind == LENS_UNIT_NAL)
    see_nal (ledger, state, unit);
  else
    see_packet (ledger, unit);
}

static void
clear (gpointer data)
{
  NalType *state = data;

  g_clear_pointer (&state->tracks, g_hash_table_unref);
}

/* Units of the message, each in one packet with a unit that was alone. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  static const guint8 reserved[] = { 13, 15, 16, 17, 18, 19, 20, 21, 22, 23 };
  static const guint8 unspecified[] = { 0, 24, 25, 26, 27, 28, 29, 30, 31 };
  gboolean is_reserved = g_str_equal (channel, "h264-nal-13-19-20-reserved");
  LensSeedPlace place;
  guint8 octets[200];

  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    {
      if (!lens_seed_bed_is_single_nal (bed) || place.spare < 2 * sizeof octets)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets);
      if (count == 0)
        continue;
      guint8 type = is_reserved
                        ? reserved[lens_seed_bed_below (bed, G_N_ELEMENTS (reserved))]
                        : unspecified[lens_seed_bed_below (bed, G_N_ELEMENTS (unspecified))];
      lens_seed_bed_put_nal (bed, type, octets, count);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h264_nal_type = {
  .name = "h264-nal-type",
  .question = "Are there NAL units that no player of the declared video reads?",
  .source = "ITU-T H.264 (08/2021) Table 7-1; RFC 6184 sections 5.2 and 5.4",
  .units = LENS_UNIT_NAL | LENS_UNIT_RTP,
  .channels = channels,
  .state_size = sizeof (NalType),
  .see = see,
  .clear = clear,
  .seed = seed,
};
