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

#include "wire/rtsp-header.h"

enum
{
  MAX_PENDING = 64, /* requests of one connection */
};

typedef struct
{
  guint64 cseq;
  gboolean may_have; /* a body in its reply */
} Request;

typedef struct
{
  GHashTable *flows; /* LensFlow -> GArray of Request */
} RtspBody;

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

static void
requests_free (gpointer requests)
{
  g_array_unref (requests);
}

static GArray *
requests_of (RtspBody *state, LensFlow *flow)
{
  if (state->flows == NULL)
    state->flows = g_hash_table_new_full (NULL, NULL, NULL, requests_free);
  GArray *requests = g_hash_table_lookup (state->flows, flow);
  if (requests == NULL)
    {
      requests = g_array_new (FALSE, FALSE, sizeof (Request));
      g_hash_table_insert (state->flows, flow, requests);
    }
  return requests;
}

static void
see_request (GArray *requests, const LensUnit *unit, guint64 cseq)
{
  const guint8 *octets = unit->view.octets;
  LensRange method = unit->rtsp->method;
  Request request = { .cseq = cseq };

  request.may_have
      = lens_rtsp_is (octets, method, "DESCRIBE")
        || (lens_rtsp_is (octets, method, "GET_PARAMETER") && unit->rtsp->body.length > 0);
  if (requests->len >= MAX_PENDING)
    g_array_remove_index (requests, 0);
  g_array_append_val (requests, request);
}

/* The request that @cseq answers; FALSE when it was not seen. */
static gboolean
take_request (GArray *requests, guint64 cseq, Request *request)
{
  for (guint i = 0; i < requests->len; i++)
    {
      *request = g_array_index (requests, Request, i);
      if (request->cseq != cseq)
        continue;
      g_array_remove_index (requests, i);
      return TRUE;
    }
  return FALSE;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensRtspUnit *rtsp = unit->rtsp;
  GArray *requests = requests_of (data, unit->side->flow);
  guint64 cseq = 0;
  Request request;

  gboolean has_cseq = lens_rtsp_cseq (unit->view.octets, rtsp->headers, &cseq);
  if (rtsp->kind == LENS_RTSP_REQUEST)
    {
      if (has_cseq)
        see_request (requests, unit, cseq);
      return;
    }
  gboolean asked = has_cseq && take_request (requests, cseq, &request);
  if (rtsp->body.length == 0 || (asked && request.may_have))
    return;
  gboolean success = rtsp->status >= 200 && rtsp->status < 300;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtsp-unexpected-body", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * rtsp->body.length);
  if (asked && success)
    lens_ledger_use (ledger, carrier, unit, 8 * rtsp->body.length, rtsp->body.offset,
                     rtsp->body.length);
}

static void
clear (gpointer data)
{
  RtspBody *state = data;

  g_clear_pointer (&state->flows, g_hash_table_unref);
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
  .state_size = sizeof (RtspBody),
  .see = see,
  .clear = clear,
  .seed = seed,
};
