/* tls-hello: what does the first message of a TLS connection say beside what it must?
 *
 * A hello is built by a library from a fixed list.  Free are its order, what it lists and what its
 * extensions say, as far as a receiver ignores it; and names of servers that nobody resolved.
 *
 * Benign: GREASE (RFC 8701); clients that shuffle their extensions; several libraries on one host,
 * each of which comes back or comes once; names resolved before the capture; no name to a
 * neighbour.
 *
 *   use    8 bits for each octet of a name; 16 for a shape never seen before
 */
#include "ledger/analyzer.h"
#include "ledger/constancy.h"
#include "ledger/seed-bed.h"
#include "ledger/seed-tls.h"
#include "wire/octets.h"
#include "wire/tls-extension.h"
#include "wire/tls-hello.h"

#include <string.h>

#define PORT 443
/* Shapes beyond the first, or names, that an honest host does not show in a run: a camera has
 * half a dozen programs that speak TLS. */
#define LEAST_SHAPES 6
#define LEAST_NAMES 4
#define MAX_NAMES 4096

enum
{
  NAME,
  EXTENSIONS,
};

/* A name that a client asked for, and where. */
typedef struct
{
  char *text;
  LensSide *side;
  LensPiece piece;
  gint64 time_ns;
} Name;

typedef struct
{
  LensConstancy *shapes; /* by client, server and name */
  GHashTable *shifting;  /* LensCarrier of those that have too many; borrowed */
  GHashTable *known;     /* client, server and name: in @names */
  GArray *names;         /* Name */
} TlsHello;

static const LensChannelText channels[] = {
  [NAME] = { .id = "tls-no-sni-or-mismatch",
             .summary = "The device opens a TLS connection without saying to whom, or to names "
                        "that it never had resolved.",
             .filter_hint = "tls.handshake.type == 1",
             .reference = "RFC 6066 section 3",
             .unit = LENS_UNIT_TLS },
  [EXTENSIONS] = { .id = "tls-hello-extensions",
                   .summary = "The greetings of the device's TLS connections to one server differ "
                              "in order and lists, more often than libraries do.",
                   .filter_hint = "tls.handshake.type == 1",
                   .reference = "RFC 8446 section 4.2",
                   .hides = TRUE,
                   .unit = LENS_UNIT_TLS },
  { NULL },
};

static guint64
mixed (guint64 hash, const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    hash = (hash ^ octets[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash ^ hash >> 29;
}

static guint16
u16 (const guint8 *octets)
{
  return (guint16)(octets[0] << 8 | octets[1]);
}

/* --- shapes --- */

/* A list of 16-bit values, those of GREASE left out. */
static guint64
mix_values (guint64 hash, const guint8 *octets, gsize length, gboolean *grease)
{
  for (gsize i = 0; i + 2 <= length; i += 2)
    if (lens_tls_is_grease (u16 (octets + i)))
      *grease = TRUE;
    else
      hash = mixed (hash, octets + i, 2);
  return hash;
}

/* What comes and goes with resumption and length, or is new each time; names are judged as such. */
static gboolean
comes_and_goes (guint16 type)
{
  return type == LENS_TLS_SERVER_NAME || type == LENS_TLS_ALPN || type == LENS_TLS_PADDING
         || type == LENS_TLS_SESSION_TICKET || type == LENS_TLS_PRE_SHARED_KEY
         || type == LENS_TLS_EARLY_DATA || type == LENS_TLS_COOKIE || type == LENS_TLS_KEY_SHARE
         || type == LENS_TLS_ECH;
}

/* Of OpenSSL, GnuTLS and mbedTLS, which keep their order, all speak of encrypt-then-MAC (RFC
 * 7366); those that shuffle (browsers, NSS, rustls) do not, but of these two. */
static gboolean
may_shuffle (const LensUnit *unit)
{
  LensRange left = unit->hello->extensions, data;
  gboolean status = FALSE, secret = FALSE;
  guint16 type;

  while (lens_tls_extension_next (unit->view.octets, &left, &type, &data))
    {
      if (type == LENS_TLS_ENCRYPT_THEN_MAC)
        return FALSE;
      status |= type == LENS_TLS_STATUS_REQUEST;
      secret |= type == LENS_TLS_EXTENDED_SECRET;
    }
  return status && secret;
}

/* What its library makes of a hello, whatever the connection: cipher suites, extensions in their
 * order, and what they say.  For clients that shuffle the order is no part. */
static guint64
shape_of (const LensUnit *unit)
{
  const LensTlsHello *hello = unit->hello;
  const guint8 *octets = unit->view.octets;
  LensRange left = hello->extensions, data;
  gboolean grease = FALSE, ignored = FALSE;
  guint64 ordered = 1, sum = 0;
  guint16 type;

  guint64 hash
      = mix_values (hello->version, octets + hello->ciphers.offset, hello->ciphers.length, &grease);
  while (lens_tls_extension_next (octets, &left, &type, &data))
    {
      if (lens_tls_is_grease (type))
        grease = TRUE;
      else if (!comes_and_goes (type))
        {
          gsize odd = data.length % 2; /* the length of a list, or a list of octets */
          guint64 one = mixed (type, octets + data.offset, odd);
          one = mix_values (one, octets + data.offset + odd, data.length - odd, &ignored);
          one = mixed (LENS_HASH_START, (const guint8 *)&one, sizeof one);
          ordered = mixed (ordered, (const guint8 *)&one, sizeof one);
          sum += one;
        }
    }
  return hash ^ (grease || may_shuffle (unit) ? sum : ordered);
}

static void
see_shape (LensLedger *ledger, TlsHello *state, const LensUnit *unit)
{
  const LensTlsHello *hello = unit->hello;
  const LensSideKey *key = &unit->side->key;
  LensRange range = hello->ciphers;
  guint64 who = mixed (1, (const guint8 *)&key->src, sizeof key->src);

  who = mixed (who, (const guint8 *)&key->dst, sizeof key->dst);
  who = mixed (who, (const guint8 *)hello->server_name, strlen (hello->server_name));
  if (state->shapes == NULL)
    state->shapes = lens_constancy_new ();
  if (lens_constancy_take (state->shapes, who, shape_of (unit), unit, range.offset, range.length)
      != LENS_CONSTANCY_CHANGED)
    return;
  if (hello->extensions.length > 0)
    range.length = lens_range_end (hello->extensions) - range.offset;
  LensCarrier *carrier = lens_ledger_carrier (ledger, channels[EXTENSIONS].id, unit, "order");
  lens_ledger_use (ledger, carrier, unit, 16, range.offset, range.length);
  if (lens_constancy_changes (state->shapes, who) < LEAST_SHAPES)
    return;
  lens_constancy_use_first (state->shapes, who, ledger, carrier);
  if (state->shifting == NULL)
    state->shifting = g_hash_table_new (NULL, NULL);
  g_hash_table_add (state->shifting, carrier);
}

/* --- names --- */

static void
see_name (LensLedger *ledger, TlsHello *state, const LensUnit *unit)
{
  const LensTlsHello *hello = unit->hello;
  const LensSideKey *key = &unit->side->key;
  char from[LENS_ADDRESS_TEXT], to[LENS_ADDRESS_TEXT];

  if (!hello->has_name)
    {
      LensRange range = hello->extensions.length > 0 ? hello->extensions : hello->ciphers;
      LensCarrier *carrier = lens_ledger_carrier (ledger, channels[NAME].id, unit, "no name");
      lens_ledger_use (ledger, carrier, unit, 8, range.offset, range.length);
      return;
    }
  if (state->known == NULL)
    {
      state->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      state->names = g_array_new (FALSE, FALSE, sizeof (Name));
    }
  char *who = g_strconcat (lens_address_text (&key->src, from), " ",
                           lens_address_text (&key->dst, to), " ", hello->server_name, NULL);
  if (g_hash_table_contains (state->known, who)
      || !lens_ledger_has_room (ledger, unit->side, state->names->len, MAX_NAMES))
    {
      g_free (who);
      return;
    }
  g_hash_table_add (state->known, who);
  const guint8 *found = memmem (unit->view.octets, unit->view.length, hello->server_name,
                                strlen (hello->server_name));
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  if (found == NULL || hello->server_name[0] == '\0')
    return; /* odd octets, or none: told by the extension's own shape */
  lens_view_pieces (&unit->view, (gsize)(found - unit->view.octets), strlen (hello->server_name),
                    pieces);
  Name name = { g_strdup (hello->server_name), unit->side, g_array_index (pieces, LensPiece, 0),
                unit->time_ns };
  g_array_append_val (state->names, name);
}

/* --- the whole --- */

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  TlsHello *state = data;

  if (unit->hello == NULL || unit->tls->message_type != 1)
    return;
  see_shape (ledger, state, unit);
  see_name (ledger, state, unit);
}

/* The part of a name that is not its owner's: all but the last two labels. */
static gsize
free_part (const char *name)
{
  const char *last = strrchr (name, '.');
  const char *before = last;

  while (before != NULL && before > name && before[-1] != '.')
    before--;
  return before == NULL || before == name ? strlen (name) : (gsize)(before - name);
}

/* Names that no answer put where the client went. */
static void
use_names (LensLedger *ledger, TlsHello *state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint i = 0; state->names != NULL && i < state->names->len; i++)
    {
      Name *name = &g_array_index (state->names, Name, i);
      const LensAddress *to = &name->side->key.dst;
      g_autofree char *lower = g_ascii_strdown (name->text, -1);
      if (lens_ledger_is_named (ledger, lower, to))
        continue;
      LensCarrier *carrier
          = lens_carriers_get (carriers, "tls-hello", channels[NAME].id, name->side, NULL, "names");
      const LensView view = { (const guint8 *)name->text,
                              MIN (strlen (name->text), name->piece.length), &name->piece, 1 };
      lens_carrier_use (carriers, carrier, name->time_ns, 8 * free_part (name->text), &view);
    }
}

static void
find_name (LensLedger *ledger, LensCarrier *carrier)
{
  gboolean permitted = lens_ledger_permits (ledger, carrier->side->flow);

  if (g_str_equal (carrier->subject, "no name"))
    {
      LensSeverity severity = lens_ledger_has_declaration (ledger, carrier->side)
                                  ? LENS_SEVERITY_MEDIUM
                                  : LENS_SEVERITY_LOW;
      if (permitted || !lens_ledger_leaves_link (ledger, carrier->side))
        severity = LENS_SEVERITY_INFO;
      lens_ledger_find (ledger, carrier, severity,
                        "The device opens a TLS connection without saying to whom.", NULL);
      return;
    }
  g_autofree char *detail
      = g_strdup_printf ("%" G_GUINT64_FORMAT " names that no answer of the name service in this "
                         "capture gave to that address.",
                         carrier->uses);
  lens_ledger_find (ledger, carrier,
                    carrier->uses >= LEAST_NAMES ? lens_ledger_field_severity (ledger, carrier)
                                                 : LENS_SEVERITY_INFO,
                    "The device asks for servers by names that it never had resolved.", detail);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  TlsHello *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  use_names (ledger, state);
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "tls-hello") || carrier->uses == 0)
        continue;
      if (g_str_equal (carrier->channel, channels[NAME].id))
        find_name (ledger, carrier);
      else if (state->shifting != NULL && g_hash_table_contains (state->shifting, carrier))
        lens_ledger_find (ledger, carrier, lens_ledger_field_severity (ledger, carrier), NULL,
                          NULL);
    }
}

static void
clear (gpointer data)
{
  TlsHello *state = data;

  g_clear_pointer (&state->shapes, lens_constancy_free);
  g_clear_pointer (&state->shifting, g_hash_table_unref);
  g_clear_pointer (&state->known, g_hash_table_unref);
  for (guint i = 0; state->names != NULL && i < state->names->len; i++)
    g_free (g_array_index (state->names, Name, i).text);
  g_clear_pointer (&state->names, g_array_unref);
}

/* --- seeds --- */

/* One connection for each part of the message, to a host that is not on the link: it has no name,
 * or lists algorithms of signatures that there are not. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  enum
  {
    SIGNATURES = 13, /* the extension */
    MOST = 100
  };
  gboolean in_list = g_str_equal (channel, channels[EXTENSIONS].id);
  LensAddress stranger = { .version = 4 };
  LensSeedPlace place;
  guint16 sport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x4000));

  lens_seed_bed_fill (bed, stranger.octets, 4);
  stranger.octets[0] = (guint8)(128 + lens_seed_bed_below (bed, 40));
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      guint8 random[32], list[2 + MOST] = { 0 };
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      lens_seed_bed_fill (bed, random, sizeof random);
      gsize count = lens_seed_bed_take (bed, in_list ? list + 2 : random, in_list ? MOST : 32);
      if (count == 0)
        continue;
      count += count % 2;
      list[1] = (guint8)count;
      g_autoptr (GByteArray) hello = lens_seed_client_hello (
          random, in_list ? "a.example" : NULL, SIGNATURES, list, in_list ? 2 + count : 0);
      lens_seed_bed_send_tcp (bed, &stranger, sport++, PORT, 1, hello->data, hello->len);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_tls_hello = {
  .name = "tls-hello",
  .question = "What does the first message of a TLS connection say beside what it must?",
  .source = "RFC 8446 section 4.1.2, 4.2; RFC 6066 section 3; RFC 8701",
  .severity = LENS_SEVERITY_RULE_NO_NAME,
  .units = LENS_UNIT_TLS,
  .channels = channels,
  .state_size = sizeof (TlsHello),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
