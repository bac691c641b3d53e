/* tls-case: does the letter case of the names in TLS greetings say anything?
 *
 * A client names the server that it wants (RFC 6066 section 3) as DNS does: capitals and small
 * letters are the same.  A name that comes in changing case can carry a bit in each letter.
 *
 * Benign: a name that two programs write in two ways.
 *
 *   use    one bit for each letter of a name written as it was not before
 */
#include "ledger/analyzer.h"
#include "ledger/constancy.h"
#include "ledger/seed-bed.h"
#include "ledger/seed-tls.h"
#include "wire/tls-hello.h"

#include <string.h>

#define PORT 443
/* Ways to write one name that an honest host may know. */
#define LEAST_WAYS 4

static const char channel_id[] = "tls-no-sni-or-mismatch";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "The letter case of the names in the greetings of TLS connections changes: it "
               "carries data.",
    .filter_hint = "tls.handshake.extensions_server_name matches \"[A-Z]\"",
    .reference = "RFC 6066 section 3",
    .hides = TRUE,
    .unit = LENS_UNIT_TLS },
  { NULL },
};

typedef struct
{
  LensConstancy *names; /* by client and name: how it was written */
} TlsCase;

static guint64
mixed (guint64 hash, const void *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    hash = (hash ^ ((const guint8 *)octets)[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash ^ hash >> 29;
}

static guint
letters_of (const char *text)
{
  guint letters = 0;

  for (; *text != '\0'; text++)
    letters += g_ascii_isalpha (*text) != 0;
  return letters;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  TlsCase *state = data;
  const LensTlsHello *hello = unit->hello;

  if (hello == NULL || !hello->has_name || (hello->odd & LENS_TLS_NAME_ODD) != 0)
    return;
  gsize length = strlen (hello->server_name);
  const guint8 *found = memmem (unit->view.octets, unit->view.length, hello->server_name, length);
  if (found == NULL)
    return;
  gsize at = (gsize)(found - unit->view.octets);
  g_autofree char *lower = g_ascii_strdown (hello->server_name, -1);
  guint64 who = mixed (1, &unit->side->key.src, sizeof unit->side->key.src);
  who = mixed (who, lower, length);
  if (state->names == NULL)
    state->names = lens_constancy_new ();
  if (lens_constancy_take (state->names, who, mixed (1, hello->server_name, length), unit, at,
                           length)
      != LENS_CONSTANCY_CHANGED)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, NULL);
  lens_constancy_use_first (state->names, who, ledger, carrier);
  lens_ledger_use (ledger, carrier, unit, letters_of (lower), at, length);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  (void)state;
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (g_str_equal (carrier->analyzer, "tls-case") && carrier->uses >= LEAST_WAYS)
        lens_ledger_find (ledger, carrier, lens_ledger_field_severity (ledger, carrier), NULL,
                          NULL);
    }
}

static void
clear (gpointer data)
{
  TlsCase *state = data;

  g_clear_pointer (&state->names, lens_constancy_free);
}

/* One name again and again, a bit of the message in each of its letters. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  static const char name[] = "firmware.update.example.org";
  LensAddress stranger = { .version = 4 };
  LensSeedPlace place;
  guint16 sport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x4000));

  (void)channel;
  lens_seed_bed_fill (bed, stranger.octets, 4);
  stranger.octets[0] = (guint8)(128 + lens_seed_bed_below (bed, 40));
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      guint8 random[32];
      guint32 value;
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      guint count = lens_seed_bed_take_bits (bed, &value, 24);
      if (count == 0)
        continue;
      char copy[sizeof name];
      memcpy (copy, name, sizeof name);
      /* What is left of the letters is noise, so that no two names are the same. */
      value |= lens_seed_bed_below (bed, 1u << (24 - MIN (count, 23))) << count;
      for (gsize i = 0, letter = 0; copy[i] != '\0'; i++)
        if (g_ascii_isalpha (copy[i]) && (value >> letter++ & 1) != 0)
          copy[i] = g_ascii_toupper (copy[i]);
      lens_seed_bed_fill (bed, random, sizeof random);
      g_autoptr (GByteArray) hello = lens_seed_client_hello (random, copy, 0, NULL, 0);
      lens_seed_bed_send_tcp (bed, &stranger, sport++, PORT, 1, hello->data, hello->len);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_tls_case = {
  .name = "tls-case",
  .question = "Does the letter case of the names in TLS greetings say anything?",
  .source = "RFC 6066 section 3",
  .severity = LENS_SEVERITY_RULE_FIELD,
  .units = LENS_UNIT_TLS,
  .channels = channels,
  .state_size = sizeof (TlsCase),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
