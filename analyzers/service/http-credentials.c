/* http-credentials: do requests show credentials or references that nothing explains?
 *
 * A device has one account with a server: what it says by the Basic scheme (RFC 7617 section 2)
 * stays, and a token (RFC 6750) is good for more than one request.  By the Digest scheme (RFC 7616
 * section 3.4) nonce and opaque are what the server gave; nc counts requests with one nonce; cnonce
 * is the client's own, but only where qop is said, and without it the response follows from the
 * rest.  Referer (RFC 9110 section 10.1.3) names what the device was shown before.
 *
 * Random by design: cnonce, and with it the response, where qop is said; tokens that a device signs
 * itself (RFC 7519).  Nobody can tell these from data.
 *
 * Benign: several accounts that come back; a nonce or a reference from before the capture;
 * challenges that a capture of one direction does not show.
 *
 *   use    8 bits for each octet that nothing explains
 */
#include "ledger/analyzer.h"
#include "ledger/fields.h"
#include "ledger/http-reader.h"

#include "wire/authorization.h"

#include <string.h>

#define CHANNEL "http-header-covert"

enum
{
  LEAST = 4, /* as many an honest program may show in a run */
  LEAST_BITS = 48,
  LEAST_REFERENCES = 6, /* ... pages out of a browser's memory */
  MAX_KNOWN = 16384,
};

typedef struct
{
  LensFields *fields;
  LensHttpReader *reader;
  GHashTable *given;      /* hashes of nonces and opaques that servers gave */
  GHashTable *answering;  /* hashes of addresses whose answers the capture has */
  GHashTable *shown;      /* hashes of targets that were asked for or named, with who knows them */
  GHashTable *references; /* LensCarrier -> how many there were */
  LensLedger *ledger;
} HttpCredentials;

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "The device's HTTP requests show ever new credentials or references that no server "
               "gave it.",
    .filter_hint = "http.authorization || http.referer",
    .reference = "RFC 7616 section 3.4; RFC 7617 section 2; RFC 9110 section 10.1.3",
    .hides = TRUE,
    .unit = LENS_UNIT_CONTENT },
  { NULL },
};

/* A request, or an answer, and who sent it. */
typedef struct
{
  HttpCredentials *state;
  const LensUnit *unit;
  const LensHttpHead *head;
  guint64 speaker, peer;
} Walk;

static guint64
hash_of (const Walk *walk, guint64 start, LensRange text)
{
  return lens_fields_hash (start, walk->unit->view.octets + text.offset, text.length);
}

static void
learn (const Walk *walk, GHashTable *set, guint64 hash)
{
  if (!g_hash_table_contains (set, &hash)
      && lens_ledger_has_room (walk->state->ledger, walk->unit->side, g_hash_table_size (set),
                               MAX_KNOWN))
    g_hash_table_add (set, g_memdup2 (&hash, sizeof hash));
}

/* What stays the same, or comes back; @about: what it goes with. */
static void
take (const Walk *walk, const char *subject, const char *name, guint64 about, LensRange text)
{
  HttpCredentials *state = walk->state;

  if (text.length > 0)
    lens_fields_value (state->fields, state->ledger,
                       lens_ledger_carrier (state->ledger, CHANNEL, walk->unit, subject),
                       walk->unit, lens_fields_key (name, walk->peer ^ about),
                       hash_of (walk, text.length, text), (guint)(8 * text.length), text);
}

/* --- Digest --- */

typedef enum
{
  USERNAME,
  REALM,
  NONCE,
  URI,
  RESPONSE,
  ALGORITHM,
  CNONCE,
  OPAQUE,
  QOP,
  COUNT,
  NEXT_NONCE,
  N_PARAMETERS,
} Parameter;

static const char *const parameter_names[N_PARAMETERS]
    = { "username", "realm",  "nonce", "uri", "response", "algorithm",
        "cnonce",   "opaque", "qop",   "nc",  "nextnonce" };

static void
read_parameters (const Walk *walk, LensRange left, LensRange *parameters)
{
  const guint8 *octets = walk->unit->view.octets;
  LensAuthParameter parameter;

  memset (parameters, 0, N_PARAMETERS * sizeof *parameters);
  while (lens_authorization_next (octets, &left, &parameter))
    for (guint i = 0; i < N_PARAMETERS; i++)
      if (lens_http_is_named (octets, parameter.name, parameter_names[i]))
        parameters[i] = parameter.value;
}

/* What the server gives, where the capture has what it says. */
static void
take_given (const Walk *walk, const char *name, LensRange text)
{
  guint64 hash = hash_of (walk, walk->peer, text);

  if (g_hash_table_contains (walk->state->answering, &walk->peer)
      && !g_hash_table_contains (walk->state->given, &hash))
    take (walk, "digest", name, 0, text);
}

/* Of the same account, request and nonces there is one response (section 3.4.1). */
static void
take_response (const Walk *walk, const LensRange *parameters)
{
  static const Parameter with_qop[] = { CNONCE, COUNT, QOP };
  const guint8 *octets = walk->unit->view.octets;
  guint64 about = hash_of (walk, 0, walk->head->method);
  gboolean is_session
      = memmem (octets + parameters[ALGORITHM].offset, parameters[ALGORITHM].length, "sess", 4)
        != NULL;

  if (lens_http_is_named (octets, parameters[QOP], "auth-int"))
    return; /* goes by the body too */
  for (guint i = USERNAME; i <= URI; i++)
    about = hash_of (walk, about, parameters[i]);
  about = hash_of (walk, about, parameters[ALGORITHM]);
  if (parameters[QOP].length > 0)
    for (guint i = 0; i < G_N_ELEMENTS (with_qop); i++)
      about = hash_of (walk, about, parameters[with_qop[i]]);
  else if (is_session)
    about = hash_of (walk, about, parameters[CNONCE]);
  take (walk, "digest", "response", about, parameters[RESPONSE]);
}

static void
take_count (const Walk *walk, const LensRange *parameters)
{
  g_autofree char *digits
      = g_strndup ((const char *)walk->unit->view.octets + parameters[COUNT].offset,
                   MIN (parameters[COUNT].length, 16));
  guint64 key = hash_of (walk, walk->peer, parameters[NONCE]);

  if (parameters[COUNT].length > 0)
    lens_fields_value (walk->state->fields, walk->state->ledger,
                       lens_ledger_carrier (walk->state->ledger, CHANNEL, walk->unit, "digest"),
                       walk->unit, lens_fields_key ("nc", key), g_ascii_strtoull (digits, NULL, 16),
                       32, parameters[COUNT]);
}

static void
take_digest (const Walk *walk, LensRange rest)
{
  LensRange parameters[N_PARAMETERS];

  read_parameters (walk, rest, parameters);
  take (walk, "digest", "username", 0, parameters[USERNAME]);
  take_given (walk, "nonce", parameters[NONCE]);
  take_given (walk, "opaque", parameters[OPAQUE]);
  if (parameters[QOP].length == 0)
    take (walk, "digest", "cnonce", 0, parameters[CNONCE]);
  take_count (walk, parameters);
  take_response (walk, parameters);
}

/* --- what requests say --- */

/* Three words of base 64, the first a JSON object: a token that says who signed it. */
static gboolean
is_signed_token (const guint8 *octets, LensRange token)
{
  return token.length > 3 && memcmp (octets + token.offset, "eyJ", 3) == 0
         && memchr (octets + token.offset, '.', token.length) != NULL;
}

static void
take_authorization (const Walk *walk, LensRange value)
{
  const guint8 *octets = walk->unit->view.octets;
  LensRange scheme, rest;

  lens_authorization_split (octets, value, &scheme, &rest);
  if (lens_http_is_named (octets, scheme, "Digest"))
    take_digest (walk, rest);
  else if (lens_http_is_named (octets, scheme, "Basic")
           || (lens_http_is_named (octets, scheme, "Bearer") && !is_signed_token (octets, rest)))
    take (walk, "credentials", "authorization", 0, rest);
}

/* What follows the host of a URI, or the whole of a reference without one. */
static LensRange
path_of (const guint8 *octets, LensRange uri)
{
  const guint8 *start = octets + uri.offset;
  const guint8 *mark = memmem (start, uri.length, "://", 3);
  gsize skipped = mark != NULL ? (gsize)(mark - start) + 3 : 0;

  if (mark == NULL)
    return uri;
  while (skipped < uri.length && start[skipped] != '/')
    skipped++;
  return (LensRange){ uri.offset + skipped, uri.length - skipped };
}

static void
take_reference (const Walk *walk, LensRange value)
{
  HttpCredentials *state = walk->state;
  LensCarrier *carrier = lens_ledger_carrier (state->ledger, CHANNEL, walk->unit, "references");
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (state->references, carrier)) + 1;
  LensRange path = path_of (walk->unit->view.octets, value);
  guint64 page = hash_of (walk, walk->speaker, path);

  g_hash_table_replace (state->references, carrier, GUINT_TO_POINTER (n));
  if (g_hash_table_contains (state->shown, &page))
    lens_ledger_room (state->ledger, carrier, walk->unit, 8 * value.length);
  else
    lens_fields_text (state->fields, state->ledger, carrier, walk->unit,
                      lens_fields_key ("referer", walk->peer), value);
  learn (walk, state->shown, page);
}

static void
see_request (const Walk *walk)
{
  const guint8 *octets = walk->unit->view.octets;
  LensRange left = walk->head->fields;
  LensHttpField field;

  while (lens_http_field_next (octets, &left, &field))
    if (lens_http_is_named (octets, field.name, "authorization")
        || lens_http_is_named (octets, field.name, "proxy-authorization"))
      take_authorization (walk, field.value);
    else if (lens_http_is_named (octets, field.name, "referer"))
      take_reference (walk, field.value);
  learn (walk, walk->state->shown,
         hash_of (walk, walk->speaker, path_of (octets, walk->head->target)));
}

/* --- what answers give --- */

static void
see_answer (const Walk *walk)
{
  static const char *const names[] = { "www-authenticate", "proxy-authenticate",
                                       "authentication-info", "proxy-authentication-info" };
  static const Parameter gives[] = { NONCE, NEXT_NONCE, OPAQUE };
  const guint8 *octets = walk->unit->view.octets;
  LensRange left = walk->head->fields, parameters[N_PARAMETERS];
  LensHttpField field;

  learn (walk, walk->state->answering, walk->speaker);
  while (lens_http_field_next (octets, &left, &field))
    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
      if (lens_http_is_named (octets, field.name, names[i]))
        {
          LensRange scheme, rest;
          lens_authorization_split (octets, field.value, &scheme, &rest);
          /* The field of what was proven has no scheme. */
          read_parameters (walk, i < 2 ? rest : field.value, parameters);
          for (guint j = 0; j < G_N_ELEMENTS (gives); j++)
            learn (walk, walk->state->given, hash_of (walk, walk->speaker, parameters[gives[j]]));
        }
      else if (lens_http_is_named (octets, field.name, "location"))
        learn (walk, walk->state->shown, hash_of (walk, walk->peer, path_of (octets, field.value)));
}

static void
see_head (gpointer user, const LensUnit *unit, const LensHttpMessage *message)
{
  const Walk walk = { user, unit, &message->head, lens_address_hash (&unit->side->key.src),
                      lens_address_hash (&unit->side->key.dst) };

  if (message->head.is_response)
    see_answer (&walk);
  else
    see_request (&walk);
}

static const LensHttpEvents events = { see_head, NULL };

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  HttpCredentials *state = data;

  if (state->reader == NULL)
    {
      state->reader = lens_http_reader_new (&events, state);
      state->fields = lens_fields_new ();
      state->given = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      state->answering = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      state->shown = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      state->references = g_hash_table_new (NULL, NULL);
    }
  state->ledger = ledger;
  lens_http_reader_take (state->reader, unit);
}

/* A page has parts, which all refer to it: of references, most name what was shown before. */
static gboolean
is_habit (const HttpCredentials *state, const LensCarrier *carrier)
{
  guint references = GPOINTER_TO_UINT (g_hash_table_lookup (state->references, carrier));

  return references == 0 || (carrier->uses >= LEAST_REFERENCES && 2 * carrier->uses > references);
}

static void
ended (gpointer data, const LensSide *side)
{
  HttpCredentials *state = data;

  lens_http_reader_end (state->reader, side);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const HttpCredentials *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (lens_ledger_owns (ledger, carrier) && carrier->uses >= LEAST
          && carrier->used_bits >= LEAST_BITS && is_habit (state, carrier))
        lens_fields_find (ledger, carrier);
    }
}

static void
clear (gpointer data)
{
  HttpCredentials *state = data;

  g_clear_pointer (&state->reader, lens_http_reader_free);
  g_clear_pointer (&state->fields, lens_fields_free);
  g_clear_pointer (&state->given, g_hash_table_unref);
  g_clear_pointer (&state->answering, g_hash_table_unref);
  g_clear_pointer (&state->shown, g_hash_table_unref);
  g_clear_pointer (&state->references, g_hash_table_unref);
}

const LensAnalyzer lens_analyzer_http_credentials = {
  .name = "http-credentials",
  .question = "Do requests show credentials or references that nothing explains?",
  .source = "RFC 7616 section 3.4; RFC 7617 section 2; RFC 9110 section 10.1.3",
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (HttpCredentials),
  .see = see,
  .ended = ended,
  .conclude = conclude,
  .clear = clear,
};
