/* rtp-version: what travels on a track's ports or channel without being RTP?
 *
 * RFC 3550 section 5.1: every packet begins with version 2.  RFC 6263 section 4 lists what is
 * sent to keep a path open: empty datagrams, headers of a wrong version, STUN binding
 * indications; CR and LF are common too.
 *
 *   room   the 96 bits of a STUN transaction id
 *   use    8 bits per octet of anything else, and of STUN attributes other than FINGERPRINT
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

enum
{
  STUN_HEADER = 20, /* the least that has room */
};

static const LensChannelText channels[] = {
  { .id = "rtp-version-hdr",
    .summary = "Data that is no media travels on the ports or the channel of a media track.",
    .room = "Keep-alives travel on the ports of a media track; their random identifiers could "
            "hide data.",
    .filter_hint = "rtp.version != 2",
    .reference = "RFC 3550 section 5.1; RFC 6263 section 4",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensView *view = &unit->view;
  LensRange spoken = { 0, view->length };
  gboolean keep_alive = lens_rtp_keep_alive (view->octets, view->length, &spoken);

  /* Line ends and zeros say nothing. */
  if (keep_alive && view->length < STUN_HEADER)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtp-version-hdr", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, (keep_alive ? 96 : 0) + 8 * spoken.length);
  if (spoken.length > 0)
    lens_ledger_use (ledger, carrier, unit, 8 * spoken.length, spoken.offset, spoken.length);
}

/* Packets of any version but RTP's, beside those of a track. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[500];

  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      gsize count = lens_seed_bed_take (bed, octets + 1, sizeof octets - 1);
      if (count == 0)
        continue;
      lens_seed_bed_fill (bed, octets, 1);
      if (octets[0] >> 6 == 2)
        octets[0] = (guint8)(octets[0] + 0x40);
      lens_seed_bed_send_beside (bed, octets, count + 1);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtp_version = {
  .name = "rtp-version",
  .question = "Is everything on a track's ports RTP, or a keep-alive?",
  .source = "RFC 3550 section 5.1; RFC 6263 section 4",
  .units = LENS_UNIT_NOT_RTP,
  .channels = channels,
  .see = see,
  .seed = seed,
};
