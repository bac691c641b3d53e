/* evaluator-redirect: does the camera send its viewer to another host, or in circles?
 *
 * RFC 2326 sections 11.3 and 12.25: a reply 3xx with Location says where the viewer is to ask
 * instead; section 10.10: so does the request REDIRECT; RFC 9110 section 15.4: so does HTTP, in
 * which RTSP may travel.  Viewers go there without a question: libavformat to any host, with the
 * password, and in circles without end.
 *
 * Benign: another path or port of the device itself, by any of its addresses or names; a Location
 * without a host.
 *
 *   use    8 bits per octet of a Location that names another host; per octet of one that was
 *          reached by LONGEST redirects in a row, each within CHAIN_NS of the one before
 */
#include "ledger/elsewhere.h"

#include "wire/rtsp-header.h"

#include <string.h>

#define CHAIN_NS (G_GINT64_CONSTANT (10) * 1000 * 1000 * 1000)
#define CIRCLE "redirects without end"

enum
{
  LONGEST = 5, /* RFC 2068 section 10.3: no client should follow more */
  MAX_CHAINS = 4096,
  MAX_URL = 512,
  MAX_LOCATIONS = 16, /* fields of one message */
};

/* A URL that a viewer was sent to, and how many redirects led there. */
typedef struct
{
  guint length;
  gint64 time_ns;
} Chain;

typedef struct
{
  LensElsewhere places;
  GHashTable *chains; /* between two hosts, and a URL: Chain */
} EvaluatorRedirect;

static const LensChannelText channels[] = {
  { .id = "evaluator-redirect",
    .summary = "The camera sends its viewer to another host, or in circles.",
    .filter_hint = "rtsp.status >= 300 && rtsp.status < 400",
    .reference = "RFC 2326 sections 10.10, 11.3 and 12.25",
    .hides = TRUE,
    .unit = LENS_UNIT_RTSP },
  { NULL },
};

static gboolean
redirects (const LensUnit *unit)
{
  const LensRtspUnit *rtsp = unit->rtsp;

  if (rtsp->kind == LENS_RTSP_REQUEST)
    return lens_rtsp_is (unit->view.octets, rtsp->method, "REDIRECT");
  return rtsp->kind == LENS_RTSP_RESPONSE && rtsp->status >= 300 && rtsp->status < 400;
}

/* --- circles --- */

/* What stands behind the host. */
static char *
path_of (const char *url, gsize length)
{
  const char *start = g_strstr_len (url, (gssize)length, "://");
  gsize skip = start != NULL ? (gsize)(start + 3 - url) : 0;

  while (start != NULL && skip < length && url[skip] != '/')
    skip++;
  return g_strndup (url + skip, MIN (length - skip, MAX_URL));
}

static char *
key_for (const LensUnit *unit, const char *path)
{
  char device[LENS_ADDRESS_TEXT], viewer[LENS_ADDRESS_TEXT];

  return g_strdup_printf ("%s %s %s", lens_address_text (&unit->side->key.src, device),
                          lens_address_text (&unit->side->key.dst, viewer), path);
}

/* How many redirects led to what @unit answers: a SETUP asks for what lies below the URL.  The
 * request behind an HTTP reply is not known; then it is the last one. */
static guint
chain_of (EvaluatorRedirect *state, const LensUnit *unit)
{
  g_autofree char *path
      = unit->asked != NULL ? path_of (unit->asked->uri, strlen (unit->asked->uri)) : g_strdup ("");

  for (;;)
    {
      g_autofree char *key = key_for (unit, path);
      const Chain *chain = g_hash_table_lookup (state->chains, key);
      if (chain != NULL && unit->time_ns - chain->time_ns <= CHAIN_NS)
        return chain->length;
      char *slash = strrchr (path, '/');
      if (slash == NULL)
        return 0;
      *slash = '\0';
    }
}

static void
note_chain (EvaluatorRedirect *state, const LensUnit *unit, const char *path, guint length)
{
  gsize end = strlen (path);
  g_autofree char *trimmed = g_strndup (path, end > 0 && path[end - 1] == '/' ? end - 1 : end);
  const Chain chain = { length, unit->time_ns };

  if (g_hash_table_size (state->chains) >= MAX_CHAINS)
    g_hash_table_remove_all (state->chains);
  g_hash_table_insert (state->chains, key_for (unit, trimmed), g_memdup2 (&chain, sizeof chain));
}

static void
follow (LensLedger *ledger, EvaluatorRedirect *state, const LensUnit *unit, LensRange location)
{
  const char *url = (const char *)unit->view.octets + location.offset;
  g_autofree char *path = path_of (url, location.length);

  if (state->chains == NULL)
    state->chains = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  guint length = chain_of (state, unit) + 1;
  note_chain (state, unit, path, length);
  if (unit->asked == NULL)
    note_chain (state, unit, "", length);
  if (length <= LONGEST)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "evaluator-redirect", unit, CIRCLE);
  lens_ledger_room (ledger, carrier, unit, 8 * location.length);
  lens_ledger_use (ledger, carrier, unit, 8 * location.length, location.offset, location.length);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  EvaluatorRedirect *state = data;
  LensRange location = { 0, 0 }, last = { 0, 0 };
  LensUrlHost host;

  if (!redirects (unit))
    return;
  for (guint nth = 0; nth < MAX_LOCATIONS
                      && lens_rtsp_header_find (unit->view.octets, unit->rtsp->headers, "Location",
                                                nth, &location);
       nth++)
    {
      last = location;
      if (lens_url_host_of (unit->view.octets, location, &host))
        lens_elsewhere_take (&state->places, ledger, "evaluator-redirect", unit, &host, location);
    }
  if (last.length > 0)
    follow (ledger, state, unit, last);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!lens_ledger_owns (ledger, carrier))
        continue;
      gboolean circle = g_str_equal (carrier->subject, CIRCLE);
      if (!circle && !lens_elsewhere_is (ledger, carrier))
        continue;
      g_autofree char *summary
          = circle ? g_strdup_printf ("The camera sends its viewer on and on: %" G_GUINT64_FORMAT
                                      " redirects that follow more than %d others.",
                                      carrier->uses, LONGEST)
                   : g_strdup_printf ("The camera sends its viewer to another host: %s.",
                                      lens_elsewhere_text (carrier));
      lens_ledger_find (ledger, carrier, LENS_SEVERITY_CRITICAL, summary, NULL);
    }
}

static void
clear (gpointer data)
{
  EvaluatorRedirect *state = data;

  lens_elsewhere_clear (&state->places);
  g_clear_pointer (&state->chains, g_hash_table_unref);
}

const LensAnalyzer lens_analyzer_evaluator_redirect = {
  .name = "evaluator-redirect",
  .question = "Does the camera send its viewer to another host, or in circles?",
  .source = "RFC 2326 sections 10.10, 11.3 and 12.25; RFC 9110 section 15.4",
  .severity = LENS_SEVERITY_RULE_ATTACK,
  .units = LENS_UNIT_RTSP,
  .channels = channels,
  .state_size = sizeof (EvaluatorRedirect),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
