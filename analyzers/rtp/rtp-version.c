/* rtp-version: what travels on a track's ports or channel without being RTP?
 *
 * RFC 3550 section 5.1: every packet begins with version 2.  RFC 6263 section 4 lists what is
 * sent to keep a path open: empty datagrams, CR and LF, STUN binding indications.
 *
 *   room   the 96 bits of a STUN transaction id
 *   use    8 bits per octet of anything else, and of STUN attributes other than FINGERPRINT
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/cursor.h"

enum
{
  STUN_HEADER = 20,
  STUN_COOKIE = 0x2112a442,
  STUN_FINGERPRINT = 0x8028,
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

static gboolean
is_line_ends (const LensView *view)
{
  for (gsize i = 0; i < view->length; i++)
    if (view->octets[i] != '\r' && view->octets[i] != '\n')
      return FALSE;
  return view->length <= 4;
}

/* A STUN binding (RFC 8489 section 5): request, indication or success; @attributes is what
 * its header is followed by, other than FINGERPRINT. */
static gboolean
is_binding (const LensView *view, gsize *attributes)
{
  LensCursor cursor = lens_cursor_over (view->octets, view->length);
  guint16 type = lens_cursor_u16 (&cursor), length = lens_cursor_u16 (&cursor);
  guint32 cookie = lens_cursor_u32 (&cursor);

  if ((type != 0x0001 && type != 0x0011 && type != 0x0101) || cookie != STUN_COOKIE
      || view->length != STUN_HEADER + (gsize)length)
    return FALSE;
  *attributes = length;
  if (length >= 8)
    {
      cursor = lens_cursor_over (view->octets + view->length - 8, 8);
      if (lens_cursor_u16 (&cursor) == STUN_FINGERPRINT && lens_cursor_u16 (&cursor) == 4)
        *attributes -= 8;
    }
  return TRUE;
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensView *view = &unit->view;
  gsize start = 0, length = view->length;

  if (is_line_ends (view))
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtp-version-hdr", unit, NULL);
  if (is_binding (view, &length))
    {
      start = STUN_HEADER;
      lens_ledger_room (ledger, carrier, unit, 96);
    }
  lens_ledger_room (ledger, carrier, unit, 8 * length);
  if (length > 0)
    lens_ledger_use (ledger, carrier, unit, 8 * length, start, length);
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
