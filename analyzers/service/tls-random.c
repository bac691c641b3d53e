/* tls-random: is what must be random in a TLS greeting text?
 *
 * The random number and the session of a hello, public keys (RFC 8446 section 4.2.8) and what a
 * server sealed for itself (tickets: RFC 5077 section 4, RFC 8446 section 4.6.1) look random to
 * everyone.  An identity of a pre-shared key (RFC 8446 section 4.2.11) is either such a ticket or
 * a name that was agreed on beforehand: text, but the same text each time.
 *
 * Benign: a time in the first four octets of a random number (RFC 5246 section 7.4.1.2); the mark
 * of a downgrade in its last eight; fixed names of keys.
 *
 *   room   8 bits for each octet of an identity that is text
 *   use    8 bits for each octet of a stretch of text; of identities, once they change
 */
#include "ledger/analyzer.h"
#include "ledger/constancy.h"
#include "ledger/seed-bed.h"
#include "ledger/seed-tls.h"
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
  SESSION_TICKET = 35,
  PRE_SHARED_KEY = 41,
  KEY_SHARE = 51,
};

typedef struct
{
  LensConstancy *identities;
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
    .reference = "RFC 8446 section 4.1.2, 4.2.8, 4.2.11",
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

/* Text as a whole, or a stretch of text in it. */
static void
see_random (LensLedger *ledger, const LensUnit *unit, LensRange range)
{
  gsize stretch = 0;

  if (see_whole (ledger, unit, range))
    return;
  for (gsize i = 0; i <= range.length; i++)
    if (i < range.length && g_ascii_isprint (unit->view.octets[range.offset + i]))
      stretch++;
    else
      {
        if (stretch >= LEAST_STRETCH)
          use (ledger, unit, (LensRange){ range.offset + i - stretch, stretch });
        stretch = 0;
      }
}

/* --- public keys --- */

/* A client gives a list, a server one key, or only the group that it wants. */
static void
see_keys (LensLedger *ledger, const LensUnit *unit, LensRange data)
{
  gsize at = data.offset + (unit->tls->message_type == CLIENT_HELLO ? 2 : 0);

  while (at + 4 <= lens_range_end (data))
    {
      LensRange key = { at + 4, u16 (unit->view.octets + at + 2) };
      if (lens_range_end (key) > lens_range_end (data))
        break;
      see_random (ledger, unit, key);
      at = lens_range_end (key);
    }
}

/* --- pre-shared keys --- */

static guint64
mixed (guint64 hash, const void *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    hash = (hash ^ ((const guint8 *)octets)[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash ^ hash >> 29;
}

/* The @nth identity, which is text. */
static void
see_name (LensLedger *ledger, TlsRandom *state, const LensUnit *unit, guint64 nth, LensRange range)
{
  const LensSideKey *key = &unit->side->key;
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, identity);
  guint64 who = mixed (nth + 1, &key->src, sizeof key->src);

  who = mixed (who, &key->dst, sizeof key->dst);
  if (state->identities == NULL)
    state->identities = lens_constancy_new ();
  lens_ledger_room (ledger, carrier, unit, 8 * range.length);
  if (lens_constancy_take (state->identities, who,
                           mixed (1, unit->view.octets + range.offset, range.length), unit,
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

/* --- the whole --- */

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensTlsHello *hello = unit->hello;
  LensRange left, data;
  guint16 type;

  if (hello == NULL)
    return;
  see_random (ledger, unit, hello->random);
  see_random (ledger, unit, hello->session);
  left = hello->extensions;
  while (lens_tls_extension_next (unit->view.octets, &left, &type, &data))
    if (type == KEY_SHARE)
      see_keys (ledger, unit, data);
    else if (type == PRE_SHARED_KEY)
      see_identities (ledger, state, unit, data);
    else if (type == SESSION_TICKET)
      see_whole (ledger, unit, data);
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

  (void)state;
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "tls-random"))
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
      g_autoptr (GByteArray) hello
          = lens_seed_client_hello (random, "a.example", KEY_SHARE, key, in_key ? sizeof key : 0);
      lens_seed_bed_send_tcp (bed, &stranger, sport++, PORT, 1, hello->data, hello->len);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_tls_random = {
  .name = "tls-random",
  .question = "Is what must be random in a TLS greeting text?",
  .source = "RFC 8446 section 4.1.2, 4.2.8, 4.2.11, 4.6.1; RFC 5077 section 4",
  .units = LENS_UNIT_TLS,
  .channels = channels,
  .state_size = sizeof (TlsRandom),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
