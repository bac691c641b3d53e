/* rtsp-server-request: does the camera ask the viewer for anything?
 *
 * RFC 2326 section 10, table 2: a server may send OPTIONS and GET_PARAMETER, ANNOUNCE, REDIRECT
 * and SET_PARAMETER; RFC 7826 section 13.5 adds PLAY_NOTIFY.  A camera has no use for more than
 * to see whether the viewer is still there: OPTIONS, or GET_PARAMETER without a body (RFC 2326
 * section 10.8), always the same but for its numbers.
 *
 *   room   8 bits per octet of such a question
 *   use    8 bits per octet of any other request
 */
#include "ledger/constancy.h"
#include "ledger/seed-bed.h"
#include "ledger/text.h"

#include "wire/rtsp-shape.h"

#include <string.h>

enum
{
  LONGEST = 512, /* octets of a question that is still one */
};

typedef struct
{
  LensConstancy *texts;
} RtspServerRequest;

static const LensChannelText channels[] = {
  { .id = "rtsp-server-request",
    .summary = "The camera sends requests to the viewer; most players pass over them.",
    .room = "The camera asks the viewer whether it is still there; data could travel that way.",
    .filter_hint = "rtsp.request",
    .reference = "RFC 2326 section 10, table 2; RFC 7826 section 13",
    .hides = TRUE,
    .unit = LENS_UNIT_RTSP },
  { NULL },
};

/* The end that was called is the server; where the call was not captured, the one that has
 * replied. */
static gboolean
is_servers (const LensSide *side)
{
  const LensFlow *flow = side->flow;

  if (flow->opened)
    return side->reverse != 0;
  return flow->server == (side->reverse ? LENS_SERVER_DESTINATION : LENS_SERVER_SOURCE);
}

/* The message without its digits: what of a question stays the same. */
static guint64
shape_of (const guint8 *octets, gsize length)
{
  guint64 hash = LENS_RTSP_HASH_START;

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isdigit (octets[i]))
      hash = lens_rtsp_hash (hash, octets, (LensRange){ i, 1 }, FALSE);
  return hash;
}

static gboolean
is_question (RtspServerRequest *state, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets;
  LensRange method = unit->rtsp->method;
  gboolean options = lens_rtsp_is (octets, method, "OPTIONS");

  if ((!options && !lens_rtsp_is (octets, method, "GET_PARAMETER")) || unit->rtsp->body.length > 0
      || unit->view.length > LONGEST || lens_text_is_dense (octets, unit->view.length))
    return FALSE;
  if (state->texts == NULL)
    state->texts = lens_constancy_new ();
  guint64 key = (guint64)unit->side->index << 1 | (guint)options;
  return lens_constancy_take (state->texts, key, shape_of (octets, unit->view.length), unit, 0, 0)
         != LENS_CONSTANCY_CHANGED;
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  if (unit->rtsp->kind != LENS_RTSP_REQUEST || !is_servers (unit->side))
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtsp-server-request", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * unit->view.length);
  if (!is_question (state, unit))
    lens_ledger_use (ledger, carrier, unit, 8 * unit->view.length, 0, unit->view.length);
}

static void
clear (gpointer data)
{
  RtspServerRequest *state = data;

  lens_constancy_free (state->texts);
}

/* A parameter that nobody asked for, behind a reply. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  char text[400];
  guint cseq = 1 + lens_seed_bed_below (bed, 1000);

  while (lens_seed_bed_next (bed, LENS_UNIT_RTSP, &place))
    {
      if (place.spare < sizeof text + 100)
        continue;
      gsize count = lens_seed_bed_take_text (bed, text, sizeof text);
      if (count == 0)
        continue;
      g_autofree char *message = g_strdup_printf (
          "SET_PARAMETER * RTSP/1.0\r\nCSeq: %u\r\nContent-Length: %zu\r\n\r\n%.*s", cseq++, count,
          (int)count, text);
      lens_seed_bed_insert (bed, place.end, (const guint8 *)message, strlen (message),
                            LENS_SEED_PAYLOAD);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtsp_server_request = {
  .name = "rtsp-server-request",
  .question = "Does the camera send requests of its own on the control connection?",
  .source = "RFC 2326 section 10, table 2; RFC 7826 section 13",
  .units = LENS_UNIT_RTSP,
  .channels = channels,
  .state_size = sizeof (RtspServerRequest),
  .see = see,
  .clear = clear,
  .seed = seed,
};
