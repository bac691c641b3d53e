/* mjpeg-after-eoi: what follows the last picture element of a JPEG frame?
 *
 * RFC 2435 3.1.9: the scan may be padded with octets that are not defined, and EOI may be left
 * out, so a player stops where the frame is full.  Where that is only the entropy-coded data
 * itself tells (T.81 F.2.2): it is read up to the last unit of the frame.
 *
 * Benign: EOI; octets that are all the same, or the same each time; what an earlier image left
 * in the device's buffer; further lines of the picture, as hardware encoders add them.
 *
 *   room   8 bits per octet behind the frame and its EOI; 4 of its length; the padding bits
 *   use    the same, of content that changes, of a length and bits that habit does not explain
 *
 * A frame that is not coded with RFC 2435's tables, or announces another layout in a header
 * extension, ends at its first EOI.
 */
#include "ledger/by-track.h"
#include "ledger/seed-bed.h"
#include "ledger/tail-judge.h"

#include <string.h>

#define CHANNEL "mjpeg-after-eoi"
#define MOST_LINES 4 /* of units that an encoder adds */

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "Data lies behind the end of JPEG frames, where every player has stopped reading.",
    .room = "JPEG frames are padded behind their end; data could travel there.",
    .filter_hint = "jpeg",
    .reference = "RFC 2435 section 3.1.9; ITU-T T.81 B.2.1 and F.1.2.3",
    .hides = TRUE,
    .unit = LENS_UNIT_JPEG },
  { NULL },
};

typedef struct
{
  LensByTrack tracks; /* LensTailJudge */
} AfterEoi;

/* Behind further lines of the picture, when that is what follows; else @end. */
static gsize
pass_lines (const LensRtpJpeg *jpeg, gsize end)
{
  for (guint lines = 1; lines <= MOST_LINES; lines++)
    {
      LensJpegEntropyEnd more = lens_jpeg_entropy_walk (
          jpeg->entropy, jpeg->view.octets, jpeg->scan_length,
          jpeg->units + lines * jpeg->units_of_line, jpeg->packets[0].restart_interval);
      if (more.verdict != LENS_JPEG_ENTROPY_WHOLE)
        break;
      const guint8 *rest = jpeg->view.octets + more.end;
      gsize left = jpeg->scan_length - more.end;
      if (left == 0 || (left >= 2 && rest[0] == 0xff && rest[1] == 0xd9))
        return more.end;
    }
  return end;
}

/* Where the picture ends: FALSE when nobody can say. */
static gboolean
find_end (const LensRtpJpeg *jpeg, gsize *end)
{
  const guint8 *octets = jpeg->view.octets;

  if (jpeg->walked && jpeg->end.verdict == LENS_JPEG_ENTROPY_WHOLE)
    {
      gsize at = jpeg->end.end, left = jpeg->scan_length - at;
      gboolean padding = left == 0 || memcmp (octets + at, octets + at + 1, left - 1) == 0
                         || (octets[at] == 0xff && octets[at + 1] == 0xd9);
      *end = padding ? at : pass_lines (jpeg, at);
      return TRUE;
    }
  const guint8 *eoi = memmem (octets, jpeg->scan_length, "\xff\xd9", 2);
  if (eoi == NULL)
    return FALSE;
  *end = (gsize)(eoi - octets);
  return TRUE;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  AfterEoi *state = data;
  LensTailJudge *judge = lens_by_track (&state->tracks, unit->track, sizeof *judge);
  const LensRtpJpeg *jpeg = unit->jpeg;
  gsize end;

  if ((jpeg->flags & (LENS_RTP_JPEG_LOST | LENS_RTP_JPEG_CAPPED)) != 0 || !find_end (jpeg, &end))
    return;
  if (jpeg->walked && end == jpeg->end.end)
    lens_tail_judge_pad (ledger, judge, CHANNEL, unit, jpeg->end.pad_bits, jpeg->end.pad,
                         jpeg->end.pad_at);
  lens_tail_judge_take (ledger, judge, CHANNEL, unit, end, jpeg->scan_length);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  lens_field_rules_conclude (ledger, "mjpeg-after-eoi", lens_tail_rules);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((AfterEoi *)data)->tracks, (GDestroyNotify)lens_tail_judge_clear);
}

/* The message behind a frame's last octets. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 message[200];
  gsize most = 8 + lens_seed_bed_below (bed, sizeof message - 8);

  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      gboolean padded = (place.octets[place.start] & 0x20) != 0;
      gboolean marked = (place.octets[place.start + 1] & 0x80) != 0;
      if (place.track->codec == NULL || !g_str_equal (place.track->codec, "JPEG") || padded
          || !marked || place.spare < most)
        continue;
      gsize count = lens_seed_bed_take (bed, message, most);
      if (count > 0)
        lens_seed_bed_insert (bed, place.end, message, count, LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_mjpeg_after_eoi = {
  .name = "mjpeg-after-eoi",
  .question = "Does anything follow the end of a JPEG frame?",
  .source = "RFC 2435 section 3.1.9; ITU-T T.81 B.2.1",
  .units = LENS_UNIT_JPEG,
  .channels = channels,
  .state_size = sizeof (AfterEoi),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
