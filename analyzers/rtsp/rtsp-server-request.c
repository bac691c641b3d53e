/* rtsp-server-request: does the camera ask the viewer for anything?
 *
 * RFC 2326 section 10, table 2: a server may send OPTIONS and GET_PARAMETER, ANNOUNCE, REDIRECT
 * and SET_PARAMETER; RFC 7826 section 13.5 adds PLAY_NOTIFY.  A camera has no use for more than
 * to see whether the viewer is still there: OPTIONS, or GET_PARAMETER without a body (RFC 2326
 * section 10.8); and to say what RFC 7826 has it say of a session: PLAY_NOTIFY with one of its
 * three reasons (section 13.5), TEARDOWN with one of its own (13.7.2).  Each always says the
 * same, but for its numbers and what its fields have vary.
 *
 *   room   8 bits per octet of such a question or notice
 *   use    8 bits per octet of any other request
 */
#include "ledger/constancy.h"
#include "ledger/seed-bed.h"
#include "ledger/text.h"

#include "wire/rtsp-header.h"
#include "wire/rtsp-shape.h"

#include <string.h>

enum
{
  LONGEST = 1024,   /* octets of a question or notice that is still one */
  LARGE_PART = 256, /* octets of a part of a field that may vary */
};

typedef struct
{
  LensConstancy *texts;
} RtspServerRequest;

static const LensChannelText channels[] = {
  { .id = "rtsp-server-request",
    .summary = "The camera sends requests to the viewer; most players pass over them.",
    .room
    = "The camera asks the viewer whether it is still there, or tells it of its session; data "
      "could travel that way.",
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

/* What a camera may ask, or tell, by its method and reason; its place is part of its key. */
static const struct
{
  const char *method, *field, *reason;
} kinds[] = {
  { "OPTIONS", NULL, NULL },
  { "GET_PARAMETER", NULL, NULL },
  { "PLAY_NOTIFY", "Notify-Reason", "end-of-stream" },
  { "PLAY_NOTIFY", "Notify-Reason", "media-properties-update" },
  { "PLAY_NOTIFY", "Notify-Reason", "scale-change" },
  { "TEARDOWN", "Terminate-Reason", "Server-Admin" },
  { "TEARDOWN", "Terminate-Reason", "Session-Timeout" },
  { "TEARDOWN", "Terminate-Reason", "Internal-Error" },
};

static gboolean
gives_reason (const LensUnit *unit, const char *field, const char *reason)
{
  LensRange value;

  if (field == NULL)
    return TRUE;
  if (!lens_rtsp_header_find (unit->view.octets, unit->rtsp->headers, field, 0, &value))
    return FALSE;
  /* A Terminate-Reason may have parameters: a time, a message. */
  const guint8 *semicolon = memchr (unit->view.octets + value.offset, ';', value.length);
  if (semicolon != NULL)
    value.length = (gsize)(semicolon - unit->view.octets) - value.offset;
  return lens_rtsp_is (unit->view.octets, value, reason);
}

static gint
kind_of (const LensUnit *unit)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (lens_rtsp_is (unit->view.octets, unit->rtsp->method, kinds[i].method)
        && gives_reason (unit, kinds[i].field, kinds[i].reason))
      return (gint)i;
  return -1;
}

/* What of a request stays the same.  FALSE: a field says more than it has to. */
static gboolean
shape_of (const LensUnit *unit, guint64 *shape)
{
  const guint8 *octets = unit->view.octets;
  LensRtspHeader header;
  gsize position = 0, varying;

  *shape = lens_rtsp_hash_without_digits (LENS_RTSP_HASH_START, octets,
                                          (LensRange){ 0, unit->rtsp->headers.offset });
  while (lens_rtsp_header_next (octets, unit->rtsp->headers, &position, &header))
    {
      LensRange value = header.value;
      *shape = lens_rtsp_hash (*shape, octets, header.name, TRUE);
      switch (lens_rtsp_header_nature (octets, header.name))
        {
        case LENS_RTSP_NATURE_OWN:
          break;
        case LENS_RTSP_NATURE_UNKNOWN:
          if (lens_text_is_dense (octets + value.offset, value.length))
            return FALSE;
          *shape = lens_rtsp_hash_without_digits (*shape, octets, value);
          break;
        default:
          *shape ^= lens_rtsp_header_shape (octets, &header, &varying);
          if (varying > LARGE_PART)
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
is_expected (RtspServerRequest *state, const LensUnit *unit)
{
  gint kind = kind_of (unit);
  guint64 shape;

  if (kind < 0 || unit->rtsp->body.length > 0 || unit->view.length > LONGEST
      || !shape_of (unit, &shape))
    return FALSE;
  if (state->texts == NULL)
    state->texts = lens_constancy_new ();
  guint64 key = (guint64)unit->side->index * G_N_ELEMENTS (kinds) + (guint)kind;
  return lens_constancy_take (state->texts, key, shape, unit, 0, 0) != LENS_CONSTANCY_CHANGED;
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  if (unit->rtsp->kind != LENS_RTSP_REQUEST || !is_servers (unit->side))
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtsp-server-request", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * unit->view.length);
  if (!is_expected (state, unit))
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
