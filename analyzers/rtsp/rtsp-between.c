/* rtsp-between: what lies between RTSP messages?
 *
 * RFC 2326 sections 4 and 10.12: a message ends with its headers or after Content-Length octets
 * of body, a `$` frame after its length; the next one begins there.  Nothing but line ends may
 * lie between, and those never reach this analyzer.
 *
 *   room   8 bits per octet
 *   use    the same
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"
#include "wire/transport.h"

static const LensChannelText channels[] = {
  { .id = "rtsp-bytes-between",
    .summary = "Octets that belong to no message travel inside the control connection; every "
               "player skips them.",
    .filter_hint = "rtsp",
    .reference = "RFC 2326 sections 4 and 10.12",
    .hides = TRUE,
    .unit = LENS_UNIT_RTSP },
  { NULL },
};

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtsp-bytes-between", unit, NULL);

  lens_ledger_room (ledger, carrier, unit, 8 * unit->view.length);
  lens_ledger_use (ledger, carrier, unit, 8 * unit->view.length, 0, unit->view.length);
}

/* The message between two octets that no text has, so that it is neither read as a frame or a
 * line nor together with the line behind it; then a few units undisturbed, by which a reader
 * finds its step again. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensUnitKind kind = lens_seed_bed_below (bed, 2) == 0 ? LENS_UNIT_RTSP : LENS_UNIT_RTP;
  LensSeedPlace place;
  guint8 octets[1 + 300 + 1];
  guint undisturbed = 0;

  while (lens_seed_bed_next (bed, kind, &place))
    {
      if (place.side->key.protocol != LENS_PROTOCOL_TCP || place.spare < sizeof octets)
        continue;
      if (undisturbed > 0)
        {
          undisturbed--;
          continue;
        }
      gsize count = lens_seed_bed_take (bed, octets + 1, sizeof octets - 2);
      if (count == 0)
        continue;
      /* With `$` a frame begins, which another channel is about. */
      for (gsize i = 1; i <= count; i++)
        octets[i] ^= octets[i] == '$';
      octets[0] = (guint8)(1 + lens_seed_bed_below (bed, 8));
      octets[count + 1] = (guint8)(1 + lens_seed_bed_below (bed, 8));
      lens_seed_bed_insert (bed, place.end, octets, count + 2, LENS_SEED_PAYLOAD);
      undisturbed = kind == LENS_UNIT_RTP ? 4 : 0;
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtsp_between = {
  .name = "rtsp-between",
  .question = "Does anything but messages and frames travel inside an RTSP connection?",
  .source = "RFC 2326 sections 4 and 10.12",
  .units = LENS_UNIT_RTSP_STRAY,
  .channels = channels,
  .see = see,
  .seed = seed,
};
