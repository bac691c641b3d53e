/* h264-sei: what does the video say beside its pictures?
 *
 * ITU-T H.264 (08/2021) 7.3.2.3 and Annex D: SEI messages ride along with the pictures, and a
 * decoder may pass over all of them.  Four kinds can carry anything: user data under a UUID
 * (D.1.7), user data registered by ITU-T T.35 (D.1.6), filler (D.1.5), and payload types that
 * the table D.1.1 does not define.
 *
 * Benign, each by its UUID *and* its grammar (a UUID is no proof of origin): the option text of
 * x264 and XMP as long as they stay the same, the TLVs of ONVIF Media Signing and of Axis' older
 * form but for arbitrary data in them, the time of MISB ST 0604 as long as it goes on like the
 * capture's; ATSC captions and AFD and HDR10+ by their length; filler of 0xFF.
 *
 *   room   8 bits per octet of a benign payload
 *   use    8 bits per octet of any other (of filler: per octet that is not 0xFF)
 */
#include "ledger/sei-judge.h"
#include "ledger/seed-bed.h"

enum
{
  HEADER = 1,
};

static const LensChannelText channels[] = {
  { .id = "h264-sei-unregistered",
    .summary = "The video carries user data that no known encoder writes; players ignore it.",
    .room = "The video carries user data of a known kind (encoder settings, signatures or "
            "time); more could hide in it.",
    .filter_hint = "h264.payloadtype == 5",
    .reference = "ITU-T H.264 (08/2021) D.1.7 and D.2.7",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { .id = "h264-sei-registered",
    .summary = "The video carries registered user data that is no caption or picture description; "
               "players ignore it.",
    .room = "The video carries captions or picture descriptions; data could hide in them.",
    .filter_hint = "h264.payloadtype == 4",
    .reference = "ITU-T H.264 (08/2021) D.1.6 and D.2.6",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { .id = "h264-sei-private-type",
    .summary = "The video carries messages of a kind that the standard does not define; players "
               "ignore them.",
    .filter_hint = "h264.nal_unit_type == 6",
    .reference = "ITU-T H.264 (08/2021) D.1.1",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { .id = "h264-sei-filler-payload",
    .summary = "Filler messages of the video, which every decoder discards, hold something else.",
    .room = "The video carries filler messages; data could travel in them.",
    .filter_hint = "h264.payloadtype == 3",
    .reference = "ITU-T H.264 (08/2021) D.1.5",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { NULL },
};

/* The types of D.1.1 in the edition of 08/2021. */
static gboolean
is_defined (guint32 type)
{
  static const guint8 others[]
      = { 56, 137, 142, 144, 147, 148, 149, 150, 151, 154, 155, 156, 181, 200, 201, 202, 205 };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (others[i] == type)
      return TRUE;
  return type <= 54;
}

static const LensSeiRules rules = {
  .unregistered = "h264-sei-unregistered",
  .registered = "h264-sei-registered",
  .private_type = "h264-sei-private-type",
  .filler = "h264-sei-filler-payload",
  .is_defined = is_defined,
};

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  LensSei sei = lens_sei_over (unit->view.octets, unit->view.length, HEADER);
  LensSeiMessage message;

  if (unit->nal->type != LENS_H264_SEI)
    return;
  while (lens_sei_next (&sei, &message))
    {
      /* Trailing bits that are not the last octet read as such a message: h264-trailing. */
      if (message.cut && message.payload_type == 0x80)
        return;
      lens_sei_judge_take (ledger, state, &rules, unit, &message);
    }
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  lens_sei_judge_conclude (ledger, state, &rules);
}

static void
clear (gpointer state)
{
  lens_sei_judge_clear (state);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  guint32 type;

  if (g_str_equal (channel, rules.unregistered))
    return lens_sei_seed (bed, LENS_UNIT_NAL, LENS_SEI_UNREGISTERED);
  if (g_str_equal (channel, rules.registered))
    return lens_sei_seed (bed, LENS_UNIT_NAL, LENS_SEI_REGISTERED);
  if (g_str_equal (channel, rules.filler))
    return lens_sei_seed (bed, LENS_UNIT_NAL, LENS_SEI_FILLER);
  do
    type = lens_seed_bed_below (bed, 500);
  while (is_defined (type));
  return lens_sei_seed (bed, LENS_UNIT_NAL, type);
}

const LensAnalyzer lens_analyzer_h264_sei = {
  .name = "h264-sei",
  .question = "Do SEI messages hold only what a known encoder writes?",
  .source = "ITU-T H.264 (08/2021) 7.3.2.3 and D.1.1, D.1.5, D.1.6, D.1.7",
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .state_size = sizeof (LensSeiJudge),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
