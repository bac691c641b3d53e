/* rtsp-body: do replies have a body where they may have one?
 *
 * RFC 2326: a body is for the description that DESCRIBE asks for (10.2), for the parameters that
 * GET_PARAMETER asks for (10.8), and for the explanation of an error (11).  Players do not look
 * at any other.
 *
 *   room   8 bits per octet of the body of an error, or of a reply whose request was not seen
 *   use    8 bits per octet of the body of any other successful reply
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

static const LensChannelText channels[] = {
  { .id = "rtsp-unexpected-body",
    .summary = "Replies of the control connection carry a body where nobody asked for one.",
    .room = "Error replies of the control connection carry a body; data could travel there.",
    .filter_hint = "rtsp.status && rtsp.content-length > 0",
    .reference = "RFC 2326 sections 4.3, 10.2, 10.8 and 11.3.2",
    .hides = TRUE,
    .unit = LENS_UNIT_RTSP },
  { NULL },
};

/* Whether the reply may have a body by what was asked. */
static gboolean
may_have (const LensRtspAsked *asked)
{
  return g_str_equal (asked->method, "DESCRIBE")
         || (g_str_equal (asked->method, "GET_PARAMETER") && asked->body.length > 0);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensRtspUnit *rtsp = unit->rtsp;

  if (rtsp->kind != LENS_RTSP_RESPONSE || rtsp->body.length == 0
      || (unit->asked != NULL && may_have (unit->asked)))
    return;
  gboolean success = rtsp->status >= 200 && rtsp->status < 300;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtsp-unexpected-body", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * rtsp->body.length);
  if (unit->asked != NULL && success)
    lens_ledger_use (ledger, carrier, unit, 8 * rtsp->body.length, rtsp->body.offset,
                     rtsp->body.length);
}

/* A text as body of a reply that has none. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  LensRtspUnit reply;
  char text[400], field[40];

  while (lens_seed_bed_next (bed, LENS_UNIT_RTSP, &place))
    {
      LensRtspFramer framer = { FALSE };
      lens_rtsp_next (&framer, place.octets + place.start, place.end - place.start, TRUE, &reply);
      if (reply.kind != LENS_RTSP_RESPONSE || reply.odd != 0 || reply.body.length > 0
          || place.spare < sizeof text + sizeof field)
        continue;
      gsize count = lens_seed_bed_take_text (bed, text, sizeof text);
      if (count == 0)
        continue;
      gint length = g_snprintf (field, sizeof field, "Content-Length: %zu\r\n", count);
      /* Before the empty line that ends the headers. */
      lens_seed_bed_insert (bed, place.start + lens_range_end (reply.headers) - 2,
                            (const guint8 *)field, (gsize)length, LENS_SEED_PAYLOAD);
      lens_seed_bed_insert (bed, place.end, (const guint8 *)text, count, LENS_SEED_PAYLOAD);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtsp_body = {
  .name = "rtsp-body",
  .question = "Do RTSP replies have a body only where one was asked for?",
  .source = "RFC 2326 sections 4.3, 10.2, 10.8 and 11.3.2",
  .units = LENS_UNIT_RTSP,
  .channels = channels,
  .see = see,
  .seed = seed,
};
