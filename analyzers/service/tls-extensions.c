/* tls-extensions: does each extension of a TLS greeting hold what its standard gives it?
 *
 * A hello has each extension once (RFC 8446 section 4.2), each has its form, and a receiver passes
 * over those that it does not know.  What breaks the form is read by nobody but a listener: octets
 * of the padding extension that are not zero (RFC 7685 section 3), types and protocols that nobody
 * registered, what only QUIC or DTLS has (RFC 9001 section 8.2), what follows the extensions.
 * encrypted_client_hello (RFC 9849) hides a second hello, or pretends to: random by design, but its
 * key is one, and who else speaks no such library does not begin with it.
 *
 * Benign: GREASE (RFC 8701, RFC 9849 section 6.2) of browsers.
 *
 *   room   8 bits for each octet of an encrypted hello of a client that is like no browser
 *   use    8 bits for each octet that is not what it must be; of encrypted hellos, where keys of a
 *          client are none
 */
#include "ledger/analyzer.h"
#include "ledger/marks.h"
#include "ledger/seed-bed.h"
#include "ledger/seed-tls.h"
#include "wire/octets.h"
#include "wire/tls-extension.h"
#include "wire/tls-hello.h"

#include <string.h>

enum
{
  PORT = 443,
  CLIENT_HELLO = 1,
  HEAD = 4,           /* type and length of an extension */
  COUNTED_TYPES = 64, /* of which a second one is noted */
  MAX_TALKS = 4096,   /* of clients that send encrypted hellos, with a server */
  X25519 = 32,        /* octets of a key */
  LEAST_BROKEN = 3,   /* keys that are none */
};

/* Encrypted hellos from one host to another. */
typedef struct
{
  LensMarks *marks;
  guint broken; /* whose key is none */
} Talk;

typedef struct
{
  GHashTable *by_hosts; /* hash of the two addresses -> Talk, of @talks */
  GPtrArray *talks;
} TlsExtensions;

static const char channel_id[] = "tls-hello-extensions";
static const char hidden[] = "hidden hello";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "The greeting of a TLS connection has octets that no library gives it.",
    .room = "Greetings of TLS connections hold a second one that is encrypted, or looks so (ECH); "
            "data could travel in it.",
    .filter_hint = "tls.handshake.type == 1",
    .reference = "RFC 8446 section 4.2; RFC 7685 section 3; RFC 9001 section 8.2; RFC 9849 section "
                 "5",
    .hides = TRUE,
    .unit = LENS_UNIT_TLS },
  { NULL },
};

static void
use (LensLedger *ledger, const LensUnit *unit, LensRange range, guint64 bits)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, NULL);

  lens_ledger_use (ledger, carrier, unit, bits, range.offset, range.length);
}

/* --- protocols --- */

static gboolean
is_known_protocol (const guint8 *octets, gsize length)
{
  static const char *const names[] = { "http/1.1",
                                       "http/1.0",
                                       "http/0.9",
                                       "h2",
                                       "h2c",
                                       "h3",
                                       "h3-29",
                                       "spdy/3.1",
                                       "spdy/3",
                                       "mqtt",
                                       "dot",
                                       "doq",
                                       "ftp",
                                       "imap",
                                       "pop3",
                                       "coap",
                                       "webrtc",
                                       "sip/2",
                                       "irc",
                                       "smb",
                                       "co",
                                       "c-webrtc",
                                       "stun.turn",
                                       "stun.nat-discovery",
                                       "managesieve",
                                       "xmpp-client",
                                       "xmpp-server",
                                       "acme-tls/1",
                                       "ntske/1",
                                       "sunrpc",
                                       "tds/8.0",
                                       "postgresql",
                                       "dicom",
                                       "x-amzn-mqtt-ca",
                                       "x-amzn-http-ca",
                                       "grpc-exp",
                                       "hq-29",
                                       "hq-interop" };

  if (length == 2 && lens_tls_is_grease ((guint16)(octets[0] << 8 | octets[1])))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strlen (names[i]) == length && memcmp (names[i], octets, length) == 0)
      return TRUE;
  return FALSE;
}

static void
see_protocols (LensLedger *ledger, const LensUnit *unit, LensRange data)
{
  gsize at = data.offset + 2;

  while (at < lens_range_end (data))
    {
      gsize length = unit->view.octets[at];
      if (at + 1 + length > lens_range_end (data))
        break;
      if (!is_known_protocol (unit->view.octets + at + 1, length))
        use (ledger, unit, (LensRange){ at + 1, length }, 8 * length);
      at += 1 + length;
    }
}

/* --- encrypted hellos --- */

/* A client that strews GREASE, or speaks HTTP/2 as those do who have it of a browser's library. */
static gboolean
is_like_a_browser (const LensUnit *unit)
{
  const LensTlsHello *hello = unit->hello;
  const guint8 *octets = unit->view.octets;
  LensRange left = hello->extensions, data;
  guint16 type;

  for (gsize at = hello->ciphers.offset; at + 2 <= lens_range_end (hello->ciphers); at += 2)
    if (lens_tls_is_grease ((guint16)(octets[at] << 8 | octets[at + 1])))
      return TRUE;
  while (lens_tls_extension_next (octets, &left, &type, &data))
    if (lens_tls_is_grease (type))
      return TRUE;
  return strstr (hello->alpn, "h2") != NULL;
}

/* RFC 7748 section 5: a public key is a number below 2^255 - 19, so its last octet is at most
 * 0x7f.  Of octets that are no key half are so. */
static gboolean
is_key (const guint8 *octets, LensRange key)
{
  return key.length != X25519 || octets[lens_range_end (key) - 1] <= 0x7f;
}

static void
talk_free (gpointer data)
{
  Talk *talk = data;

  lens_marks_free (talk->marks);
  g_free (talk);
}

static Talk *
talk_of (LensLedger *ledger, TlsExtensions *state, const LensSide *side)
{
  const LensSideKey *key = &side->key;
  guint64 who = lens_octets_hash (LENS_HASH_START, key->src.octets, sizeof key->src.octets);

  who = lens_octets_hash (who, key->dst.octets, sizeof key->dst.octets);
  if (state->talks == NULL)
    {
      state->by_hosts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      state->talks = g_ptr_array_new_with_free_func (talk_free);
    }
  Talk *talk = g_hash_table_lookup (state->by_hosts, &who);
  if (talk != NULL || !lens_ledger_has_room (ledger, side, state->talks->len, MAX_TALKS))
    return talk;
  talk = g_new0 (Talk, 1);
  talk->marks = lens_marks_new ();
  g_ptr_array_add (state->talks, talk);
  g_hash_table_insert (state->by_hosts, g_memdup2 (&who, sizeof who), talk);
  return talk;
}

static void
see_hidden (LensLedger *ledger, TlsExtensions *state, const LensUnit *unit, LensRange data)
{
  const guint8 *octets = unit->view.octets + data.offset;
  LensTlsEch ech;

  if (unit->tls->message_type != CLIENT_HELLO || !lens_tls_ech_parse (octets, data.length, &ech)
      || is_like_a_browser (unit))
    return;
  Talk *talk = talk_of (ledger, state, unit->side);
  if (talk == NULL)
    return;
  talk->broken += !is_key (octets, ech.key);
  lens_marks_add (talk->marks, unit, 8 * (ech.key.length + ech.payload.length), data);
}

/* --- the whole --- */

static gsize
count_nonzero (const guint8 *octets, gsize length)
{
  gsize count = 0;

  for (gsize i = 0; i < length; i++)
    count += octets[i] != 0;
  return count;
}

static void
see_extension (LensLedger *ledger, TlsExtensions *state, const LensUnit *unit, guint16 type,
               LensRange data)
{
  const guint8 *octets = unit->view.octets + data.offset;
  LensRange whole = { data.offset - HEAD, data.length + HEAD };
  gboolean client = unit->tls->message_type == CLIENT_HELLO;
  gsize nonzero;

  switch (lens_tls_extension_form (type, client, octets, data.length))
    {
    case LENS_TLS_FORM_UNKNOWN:
    case LENS_TLS_FORM_ELSEWHERE:
      use (ledger, unit, whole, 8 * (2 + data.length));
      return;
    case LENS_TLS_FORM_BROKEN:
      use (ledger, unit, data.length > 0 ? data : whole, 8 * MAX (1, data.length));
      return;
    case LENS_TLS_FORM_KEPT:
      break;
    }
  if (type == LENS_TLS_ALPN && client)
    see_protocols (ledger, unit, data);
  else if (type == LENS_TLS_ECH)
    see_hidden (ledger, state, unit, data);
  else if (type == LENS_TLS_PADDING || lens_tls_is_grease (type))
    {
      nonzero = count_nonzero (octets, data.length);
      if (nonzero > 0)
        use (ledger, unit, data, 8 * nonzero);
    }
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensTlsHello *hello = unit->hello;
  LensRange left, data;
  guint64 seen = 0;
  guint16 type;

  if (hello == NULL)
    return;
  left = hello->extensions;
  while (lens_tls_extension_next (unit->view.octets, &left, &type, &data))
    {
      /* Another ticket is one that nobody gave: that is tls-given's to judge. */
      gboolean counts = type < COUNTED_TYPES && type != LENS_TLS_SESSION_TICKET;
      guint64 bit = counts ? G_GUINT64_CONSTANT (1) << type : 0;
      if ((seen & bit) != 0)
        use (ledger, unit, (LensRange){ data.offset - HEAD, data.length + HEAD },
             8 * (HEAD + data.length));
      else
        see_extension (ledger, state, unit, type, data);
      seen |= bit;
    }
  if (hello->rest.length > 0 && (hello->odd & LENS_TLS_MALFORMED) == 0)
    use (ledger, unit, hello->rest, 8 * hello->rest.length);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const TlsExtensions *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint i = 0; state->talks != NULL && i < state->talks->len; i++)
    {
      const Talk *talk = state->talks->pdata[i];
      if (talk->broken >= LEAST_BROKEN)
        lens_marks_use (talk->marks, ledger, channel_id, hidden);
      else
        lens_marks_room (talk->marks, ledger, channel_id, hidden);
    }
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!lens_ledger_owns (ledger, carrier))
        continue;
      if (carrier->uses == 0)
        lens_ledger_find_room (ledger, carrier, NULL);
      else
        lens_ledger_find (ledger, carrier, lens_ledger_field_severity (ledger, carrier),
                          carrier->subject == NULL
                              ? NULL
                              : "Greetings of TLS connections hold a second one that is encrypted "
                                "(ECH), but under keys that are none.",
                          NULL);
    }
}

static void
clear (gpointer data)
{
  TlsExtensions *state = data;

  g_clear_pointer (&state->by_hosts, g_hash_table_unref);
  g_clear_pointer (&state->talks, g_ptr_array_unref);
}

/* One connection for each part of the message, to a host that is not on the link. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  static const guint16 types[] = { LENS_TLS_PADDING, LENS_TLS_STATUS_REQUEST, 57, 34 };
  LensAddress stranger = { .version = 4 };
  LensSeedPlace place;
  guint16 sport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x4000));
  guint16 type = types[lens_seed_bed_below (bed, G_N_ELEMENTS (types))];

  (void)channel;
  lens_seed_bed_fill (bed, stranger.octets, 4);
  stranger.octets[0] = (guint8)(128 + lens_seed_bed_below (bed, 40));
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      guint8 random[32], octets[100];
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets);
      if (count == 0)
        continue;
      lens_seed_bed_fill (bed, random, sizeof random);
      g_autoptr (GByteArray) hello
          = lens_seed_client_hello (random, "a.example", type, octets, count);
      lens_seed_bed_send_tcp (bed, &stranger, sport++, PORT, 1, hello->data, hello->len);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_tls_extensions = {
  .name = "tls-extensions",
  .question = "Does each extension of a TLS greeting hold what its standard gives it?",
  .source = "RFC 8446 section 4.2; RFC 7685 section 3; RFC 8701; RFC 9001 section 8.2; RFC 9849 "
            "section 5",
  .severity = LENS_SEVERITY_RULE_FIELD,
  .units = LENS_UNIT_TLS,
  .channels = channels,
  .state_size = sizeof (TlsExtensions),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
