/* evaluator-viewer: what happened to the viewer that nothing on the wire says?
 *
 * The supervisor of a live run writes into stream.log (lenscap-stream-log(5)) how each puller
 * ended, and which connections it was refused.  A puller that crashed, hung, or asked the kernel
 * for something that pulling does not need, did so on what it had last read.  A connection that was
 * refused was asked for by the device: where its messages are sealed (TLS), the log is all there
 * is.
 *
 * Benign: a puller that was ended from outside (SIGKILL, SIGTERM, SIGHUP, SIGINT); a connection to
 * the device itself; one to this machine's RTSP port, which libavformat makes of a redirect without
 * a host.
 *
 *   use    8 bits per octet of the last frames that the viewer was sent before
 */
#include "ledger/last-heard.h"

#include "wire/url-host.h"

#include <string.h>

typedef struct
{
  LensLastHeard heard;
} EvaluatorViewer;

static const LensChannelText channels[] = {
  { .id = "evaluator-crash",
    .summary = "The viewer crashed, hung or broke out on what the camera sent.",
    .reference = "lenscap-stream-log(5)",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = "evaluator-redirect",
    .summary = "The camera sent its viewer to another host, or in circles.",
    .reference = "lenscap-stream-log(5)",
    .hides = TRUE,
    .unit = LENS_UNIT_RTSP },
  { .id = "evaluator-steer",
    .summary = "The camera named another host to its viewer as the one to send to.",
    .reference = "lenscap-stream-log(5)",
    .hides = TRUE,
    .unit = LENS_UNIT_RTSP },
  { NULL },
};

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  EvaluatorViewer *state = data;

  lens_last_heard_see (&state->heard, ledger, unit);
}

static void
find (LensLedger *ledger, EvaluatorViewer *state, const char *channel, const char *subject,
      const LensLoggedEvent *event, const char *summary)
{
  LensSide *side = lens_last_heard_before (&state->heard, ledger, event->stream, event->at);

  if (side == NULL)
    return;
  LensCarrier *carrier = lens_carriers_get (lens_ledger_carriers (ledger), "evaluator-viewer",
                                            channel, side, NULL, subject);
  lens_last_heard_note (&state->heard, ledger, carrier, side, event->at);
  g_autofree char *detail
      = g_strdup_printf ("stream.log, %s: %s. The packets are the last ones that it was sent.",
                         lens_stream_event_name (event->kind), event->text);
  lens_ledger_find (ledger, carrier, LENS_SEVERITY_CRITICAL, summary, detail);
}

/* --- how it ended --- */

static gboolean
is_from_outside (const char *text)
{
  static const char *const signals[] = { "signal 9 ", "signal 15 ", "signal 1 ", "signal 2 " };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    if (strstr (text, signals[i]) != NULL)
      return TRUE;
  return FALSE;
}

static void
judge_end (LensLedger *ledger, EvaluatorViewer *state, const LensLoggedEvent *event)
{
  if (event->kind == LENS_STREAM_EVENT_SIGNAL && !is_from_outside (event->text))
    find (ledger, state, "evaluator-crash", "crash", event,
          "The viewer crashed on what the camera sent.");
  else if (event->kind == LENS_STREAM_EVENT_DEADLINE
           && g_str_has_prefix (event->text, "no heartbeat"))
    find (ledger, state, "evaluator-crash", "hang", event,
          "The viewer hung on what the camera sent.");
  else if (event->kind == LENS_STREAM_EVENT_FORBIDDEN_CALL)
    find (ledger, state, "evaluator-crash", "forbidden call", event,
          "The viewer asked the kernel for something that no viewer needs, on what the camera "
          "sent.");
}

/* --- where it wanted to go --- */

/* Whether an analyzer of the messages has the place already. */
static gboolean
is_known (LensLedger *ledger, const char *subject)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      const LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!lens_ledger_owns (ledger, carrier)
          && (g_str_equal (carrier->channel, "evaluator-redirect")
              || g_str_equal (carrier->channel, "evaluator-steer"))
          && g_strcmp0 (carrier->subject, subject) == 0)
        return TRUE;
    }
  return FALSE;
}

/* What libavformat makes of a URL without a host. */
static gboolean
is_hostless (const LensUrlHost *host)
{
  return (g_str_equal (host->text, "127.0.0.1") || g_str_equal (host->text, "::1"))
         && (host->port == 554 || host->port == 322);
}

/* "connect tcp 192.0.2.1:554: no rule". */
static void
judge_denied (LensLedger *ledger, EvaluatorViewer *state, const LensLoggedEvent *event)
{
  g_auto (GStrv) words = g_strsplit (event->text, " ", 4);
  LensUrlHost host;

  if (g_strv_length (words) < 4 || !g_str_equal (words[0], "connect")
      || !g_str_equal (words[3], "no rule"))
    return;
  g_autofree char *url = g_strdup_printf ("//%s", words[2]);
  g_autofree char *trimmed = g_strndup (url, strlen (url) - g_str_has_suffix (url, ":"));
  if (!lens_url_host_of ((const guint8 *)trimmed, (LensRange){ 0, strlen (trimmed) }, &host)
      || lens_address_is_unspecified (&host.address) || is_hostless (&host)
      || is_known (ledger, host.text))
    return;
  const LensSide *side = lens_last_heard_before (&state->heard, ledger, event->stream, event->at);
  if (side == NULL || lens_ledger_is_own_address (ledger, side, &host.address))
    return;
  gboolean tcp = g_str_equal (words[1], "tcp");
  g_autofree char *summary
      = g_strdup_printf (tcp ? "The camera sent its viewer to another host: %s."
                             : "The camera named another host to its viewer as the one to send "
                               "to: %s.",
                         host.text);
  find (ledger, state, tcp ? "evaluator-redirect" : "evaluator-steer", host.text, event, summary);
}

/* Of sockets for media a description with many tracks takes many. */
static void
judge_quota (LensLedger *ledger, EvaluatorViewer *state, const LensLoggedEvent *event)
{
  if (g_str_has_suffix (event->text, ": quota") && strstr (event->text, " tcp ") != NULL
      && !is_known (ledger, "redirects without end"))
    find (ledger, state, "evaluator-redirect", "redirects without end", event,
          "The camera made its viewer connect again and again.");
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  const LensStreamLog *log = lens_ledger_stream_log (ledger);

  for (guint i = 0; log != NULL && i < log->events->len; i++)
    {
      const LensLoggedEvent *event = g_ptr_array_index (log->events, i);
      judge_end (ledger, state, event);
      if (event->kind != LENS_STREAM_EVENT_DENIED)
        continue;
      judge_denied (ledger, state, event);
      judge_quota (ledger, state, event);
    }
}

static void
clear (gpointer state)
{
  lens_last_heard_clear (&((EvaluatorViewer *)state)->heard);
}

const LensAnalyzer lens_analyzer_evaluator_viewer = {
  .name = "evaluator-viewer",
  .question = "What happened to the viewer that nothing on the wire says?",
  .source = "lenscap-stream-log(5)",
  .severity = LENS_SEVERITY_RULE_ATTACK,
  .units = LENS_LAST_HEARD_UNITS,
  .channels = channels,
  .state_size = sizeof (EvaluatorViewer),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
