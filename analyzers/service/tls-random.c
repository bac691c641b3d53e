/* tls-random: is what must be random in a TLS greeting text?
 *
 * The random number and the session of a hello, public keys (RFC 8446 section 4.2.8) and what a
 * server sealed for itself (tickets: RFC 5077 section 4, RFC 8446 section 4.6.1) look random to
 * everyone.  An identity of a pre-shared key (RFC 8446 section 4.2.11) is either such a ticket or
 * a name that was agreed on beforehand: text, but the same text each time.  Text that fills but a
 * part of each is told by its share: far more octets are printable than of random ones.
 *
 * Benign: a time in the first four octets of a random number (RFC 5246 section 7.4.1.2); the mark
 * of a downgrade in its last eight; fixed names of keys.
 *
 *   room   8 bits for each octet of an identity that is text
 *   use    8 bits for each octet of a stretch of text; of identities, once they change; of numbers
 *          of which many are part text, all that is printable
 */
#include "ledger/analyzer.h"
#include "ledger/constancy.h"
#include "ledger/part-text.h"
#include "ledger/seed-bed.h"
#include "ledger/seed-tls.h"
#include "wire/octets.h"
#include "wire/tls-extension.h"
#include "wire/tls-hello.h"

#include <string.h>

#define PORT 443
/* Of random octets 37 in 100 are printable: 24 in a row are so once in 10^10, 12 in 10^5. */
#define LEAST_STRETCH 24
#define LEAST_IDENTITY 12
/* A key that is given another name once is provisioned anew: the old one and the new one. */
#define LEAST_NAMES 3

enum
{
  CLIENT_HELLO = 1,
  TIME = 4,         /* octets of a random number that may be a time */
  DOWNGRADE = 8,    /* those that may be the mark of one */
  RANDOM = 0x10000, /* fields that are no extensions */
  SESSION,
  MOST_KEY = 133, /* octets of a key of the longest curve; longer ones are not uniform */
};

typedef struct
{
  LensConstancy *identities;
  LensPartText *drawn; /* by hosts and field */
} TlsRandom;

static const char channel_id[] = "tls-hello-random";
static const char identity[] = "identity";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "Where the greeting of a TLS connection needs random octets there is text.",
    .room = "The greetings of TLS connections name a key by a text; data could travel in it.",
    .filter_hint = "tls.handshake.random || tls.handshake.session_id || "
                   "tls.handshake.extensions_key_share_key_exchange || "
                   "tls.handshake.extensions.psk.identity.identity",
    .reference = "RFC 8446 sections 4.1.2, 4.2.8 and 4.2.11; RFC 9849 section 5",
    .hides = TRUE,
    .unit = LENS_UNIT_TLS },
  { NULL },
};

static guint16
u16 (const guint8 *octets)
{
  return (guint16)(octets[0] << 8 | octets[1]);
}

static void
use (LensLedger *ledger, const LensUnit *unit, LensRange range)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, NULL);

  lens_ledger_use (ledger, carrier, unit, 8 * range.length, range.offset, range.length);
}

static gsize
count_printable (const LensUnit *unit, LensRange range)
{
  gsize printable = 0;

  for (gsize i = 0; i < range.length; i++)
    printable += g_ascii_isprint (unit->view.octets[range.offset + i]) != 0;
  return printable;
}

/* Of 32 random octets 12 are printable; that 30 are happens once in 10^11. */
static gboolean
see_whole (LensLedger *ledger, const LensUnit *unit, LensRange range)
{
  if (range.length < LEAST_STRETCH || count_printable (unit, range) + 2 < range.length)
    return FALSE;
  use (ledger, unit, range);
  return TRUE;
}

/* Text as a whole, or a stretch of text in it; whether there is. */
static gboolean
see_random (LensLedger *ledger, const LensUnit *unit, LensRange range)
{
  gsize stretch = 0;
  gboolean found = FALSE;

  if (see_whole (ledger, unit, range))
    return TRUE;
  for (gsize i = 0; i <= range.length; i++)
    if (i < range.length && g_ascii_isprint (unit->view.octets[range.offset + i]))
      stretch++;
    else
      {
        if (stretch >= LEAST_STRETCH)
          use (ledger, unit, (LensRange){ range.offset + i - stretch, stretch });
        found |= stretch >= LEAST_STRETCH;
        stretch = 0;
      }
  return found;
}

static guint64
hash_of_hosts (const LensSideKey *key, guint64 field)
{
  guint64 hash
      = lens_octets_hash (LENS_HASH_START + field, key->src.octets, sizeof key->src.octets);

  return lens_octets_hash (hash, key->dst.octets, sizeof key->dst.octets);
}

/* @field: tells the fields of hellos apart. */
static void
see_drawn (TlsRandom *state, const LensUnit *unit, guint64 field, LensRange range)
{
  if (state->drawn == NULL)
    state->drawn = lens_part_text_new ();
  lens_part_text_take (state->drawn, hash_of_hosts (&unit->side->key, field), unit, range);
}

/* --- public keys --- */

/* A client gives a list, a server one key, or only the group that it wants. */
static void
see_keys (LensLedger *ledger, TlsRandom *state, const LensUnit *unit, LensRange data)
{
  gsize at = data.offset + (unit->tls->message_type == CLIENT_HELLO ? 2 : 0);

  while (at + 4 <= lens_range_end (data))
    {
      LensRange key = { at + 4, u16 (unit->view.octets + at + 2) };
      if (lens_range_end (key) > lens_range_end (data))
        break;
      if (!see_random (ledger, unit, key) && key.length <= MOST_KEY)
        see_drawn (state, unit, LENS_TLS_KEY_SHARE, key);
      at = lens_range_end (key);
    }
}

/* --- pre-shared keys --- */

/* The @nth identity, which is text. */
static void
see_name (LensLedger *ledger, TlsRandom *state, const LensUnit *unit, guint64 nth, LensRange range)
{
  const LensSideKey *key = &unit->side->key;
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, identity);
  guint64 who = hash_of_hosts (key, nth);

  if (state->identities == NULL)
    state->identities = lens_constancy_new ();
  lens_ledger_room (ledger, carrier, unit, 8 * range.length);
  if (lens_constancy_take (
          state->identities, who,
          lens_octets_hash (LENS_HASH_START, unit->view.octets + range.offset, range.length), unit,
          range.offset, range.length)
      != LENS_CONSTANCY_CHANGED)
    return;
  lens_constancy_use_first (state->identities, who, ledger, carrier);
  lens_ledger_use (ledger, carrier, unit, 8 * range.length, range.offset, range.length);
}

static void
see_identities (LensLedger *ledger, TlsRandom *state, const LensUnit *unit, LensRange data)
{
  const guint8 *octets = unit->view.octets;
  gsize at = data.offset + 2;

  if (data.length < 2 || unit->tls->message_type != CLIENT_HELLO)
    return;
  gsize end = MIN (at + u16 (octets + data.offset), lens_range_end (data));
  for (guint64 nth = 0; at + 2 <= end; nth++)
    {
      LensRange name = { at + 2, u16 (octets + at) };
      if (lens_range_end (name) > end)
        break;
      if (name.length >= LEAST_IDENTITY && count_printable (unit, name) == name.length)
        see_name (ledger, state, unit, nth, name);
      at = lens_range_end (name) + 4; /* behind each the age of the ticket */
    }
}

/* --- encrypted hellos (RFC 9849 section 5) --- */

static void
see_hidden (LensLedger *ledger, TlsRandom *state, const LensUnit *unit, LensRange data)
{
  LensTlsEch ech;

  if (!lens_tls_ech_parse (unit->view.octets + data.offset, data.length, &ech))
    return;
  const LensRange parts[] = { { data.offset + ech.key.offset, ech.key.length },
                              { data.offset + ech.payload.offset, ech.payload.length } };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (!see_random (ledger, unit, parts[i]))
      see_drawn (state, unit, LENS_TLS_ECH + i, parts[i]);
}

/* --- the whole --- */

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensTlsHello *hello = unit->hello;
  LensRange left, data;
  guint16 type;

  if (hello == NULL)
    return;
  gboolean client = unit->tls->message_type == CLIENT_HELLO;
  LensRange drawn = hello->random;
  if (!see_random (ledger, unit, drawn) && drawn.length > TIME + DOWNGRADE)
    {
      drawn.offset += TIME;
      drawn.length -= TIME + (client ? 0 : DOWNGRADE);
      see_drawn (state, unit, RANDOM, drawn);
    }
  /* A server repeats what the client says. */
  if (!see_random (ledger, unit, hello->session) && client)
    see_drawn (state, unit, SESSION, hello->session);
  left = hello->extensions;
  while (lens_tls_extension_next (unit->view.octets, &left, &type, &data))
    if (type == LENS_TLS_KEY_SHARE)
      see_keys (ledger, state, unit, data);
    else if (type == LENS_TLS_PRE_SHARED_KEY)
      see_identities (ledger, state, unit, data);
    else if (type == LENS_TLS_SESSION_TICKET)
      {
        if (!see_whole (ledger, unit, data))
          see_drawn (state, unit, type, data);
      }
    else if (type == LENS_TLS_ECH)
      see_hidden (ledger, state, unit, data);
}

static void
find_identity (LensLedger *ledger, LensCarrier *carrier)
{
  if (carrier->uses == 0)
    lens_ledger_find_room (ledger, carrier, "Always the same.");
  else
    lens_ledger_find (
        ledger, carrier,
        carrier->uses < LEAST_NAMES ? LENS_SEVERITY_LOW
                                    : lens_ledger_field_severity (ledger, carrier),
        "The names of keys in the greetings of TLS connections are texts that change.", NULL);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  const TlsRandom *mine = state;
  if (mine->drawn != NULL)
    lens_part_text_use (mine->drawn, ledger, channel_id);
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!lens_ledger_owns (ledger, carrier))
        continue;
      if (carrier->subject != NULL)
        find_identity (ledger, carrier);
      else if (carrier->uses > 0)
        lens_ledger_find (ledger, carrier, lens_ledger_field_severity (ledger, carrier), NULL,
                          NULL);
    }
}

static void
clear (gpointer data)
{
  TlsRandom *state = data;

  g_clear_pointer (&state->identities, lens_constancy_free);
  g_clear_pointer (&state->drawn, lens_part_text_free);
}

/* One connection for each part of the message, to a host that is not on the link: in turn as its
 * random number and as a public key. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  enum
  {
    KEY_HEAD = 6,
    MOST = 32
  };
  LensAddress stranger = { .version = 4 };
  LensSeedPlace place;
  guint16 sport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x4000));

  (void)channel;
  lens_seed_bed_fill (bed, stranger.octets, 4);
  stranger.octets[0] = (guint8)(128 + lens_seed_bed_below (bed, 40));
  for (guint turn = 0; lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place);)
    {
      guint8 random[32], key[KEY_HEAD + MOST] = { 0, 4 + MOST, 0, 0x1d, 0, MOST };
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      char text[MOST];
      gsize count = lens_seed_bed_take_text (bed, text, MOST);
      if (count == 0)
        continue;
      memset (text + count, '-', MOST - count);
      lens_seed_bed_fill (bed, random, sizeof random);
      gboolean in_key = turn++ % 2 == 1;
      memcpy (in_key ? key + KEY_HEAD : random, text, MOST);
      g_autoptr (GByteArray) hello = lens_seed_client_hello (
          random, "a.example", LENS_TLS_KEY_SHARE, key, in_key ? sizeof key : 0);
      lens_seed_bed_send_tcp (bed, &stranger, sport++, PORT, 1, hello->data, hello->len);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_tls_random = {
  .name = "tls-random",
  .question = "Is what must be random in a TLS greeting text?",
  .source = "RFC 8446 section 4.1.2, 4.2.8, 4.2.11, 4.6.1; RFC 5077 section 4; RFC 9849 section 5",
  .severity = LENS_SEVERITY_RULE_FIELD,
  .units = LENS_UNIT_TLS,
  .channels = channels,
  .state_size = sizeof (TlsRandom),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
