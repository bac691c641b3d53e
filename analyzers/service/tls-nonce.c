/* tls-nonce: are the nonces of a TLS connection those that its library counts or draws?
 *
 * RFC 5288 section 3, RFC 6655 section 3: up to TLS 1.2 each record under AES-GCM or AES-CCM begins
 * with 8 octets of its sender's choice, different for each record.  Libraries count (OpenSSL from a
 * random start, GnuTLS and NSS the records) or draw them (mbedTLS); each does always the same.
 *
 *   use    the nonce of a record of a sender that counts, but not here; one that is text,
 *          of a sender of whom more are than chance makes so
 *
 * What is drawn at random throughout cannot be told from a message that is encrypted: a bound.
 */
#include "ledger/analyzer.h"
#include "ledger/by-side.h"
#include "ledger/habit.h"
#include "ledger/marks.h"
#include "wire/tls-hello.h"
#include "wire/tls-record.h"

#include <string.h>

enum
{
  HEAD = 5,
  LEAST_RECORD = 24, /* nonce and tag */
  SERVER_HELLO = 2,
  MAX_SIDES = 65536,
  MAX_ODD = 262144, /* of all sides together */

  LEAST_COUNTED = 8, /* records: a sender that counts */
  LEAST_ODD = 6,     /* that do not go on: more than new keys and holes explain */
  /* Of 8 random octets all are printable once in 2,900 times. */
  LEAST_TEXTS = 4,
  TEXTS_OF = 50,
};

static const char channel_id[] = "tls-record-padding-iv";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "Numbers that a TLS connection needs only once each are text, or break off from "
               "their counting: they carry data.",
    .filter_hint = "tls.record.content_type == 23",
    .reference = "RFC 5288 section 3; RFC 6655 section 3",
    .hides = TRUE,
    .unit = LENS_UNIT_TLS },
  { NULL },
};

/* One direction of a connection. */
typedef struct
{
  gboolean begun;
  guint64 records; /* under these keys */
  LensHabit start; /* what the nonce is above their number */
  guint counted;   /* that the habit foresaw */
  guint texts;
  LensMarks *odd; /* the others */
} Sender;

typedef struct
{
  GHashTable *explicit; /* LensFlow whose records begin with a nonce; never looked into */
  LensBySide senders;
  guint n_odd;
} TlsNonce;

/* Suites of AES and ARIA, Camellia with GCM or CCM (IANA, TLS parameters); those of ChaCha20
 * (0xcca8 and on) and of TLS 1.3 (0x1301 and on) send no nonce. */
static gboolean
has_nonce (guint16 cipher)
{
  static const struct
  {
    guint16 first, last;
  } spans[] = { { 0x009c, 0x00ad }, { 0xc02b, 0xc032 }, { 0xc050, 0xc063 }, { 0xc06a, 0xc06f },
                { 0xc07a, 0xc093 }, { 0xc09c, 0xc0af }, { 0xd001, 0xd005 } };

  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    if (cipher >= spans[i].first && cipher <= spans[i].last)
      return TRUE;
  return FALSE;
}

static void
see_hello (LensLedger *ledger, TlsNonce *state, const LensUnit *unit)
{
  if (unit->tls->message_type != SERVER_HELLO)
    return;
  if (state->explicit == NULL)
    state->explicit = g_hash_table_new (NULL, NULL);
  if (unit->hello->n_versions == 0 && has_nonce (unit->hello->cipher)
      && lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->explicit), MAX_SIDES))
    g_hash_table_add (state->explicit, unit->side->flow);
  else
    g_hash_table_remove (state->explicit, unit->side->flow);
}

static gboolean
is_text (const guint8 *octets)
{
  for (guint i = 0; i < LENS_TLS_NONCE; i++)
    if (!g_ascii_isprint (octets[i]))
      return FALSE;
  return TRUE;
}

static void
take (LensLedger *ledger, TlsNonce *state, Sender *sender, const LensUnit *unit)
{
  guint64 nonce = 0;
  const guint8 *octets = unit->view.octets + HEAD;

  for (guint i = 0; i < LENS_TLS_NONCE; i++)
    nonce = nonce << 8 | octets[i];
  gboolean first = !sender->begun;
  sender->begun = TRUE;
  gboolean foreseen = lens_habit_take (&sender->start, nonce - sender->records++);
  if (foreseen && !first)
    {
      sender->counted++;
      return;
    }
  if (!lens_ledger_has_room (ledger, unit->side, state->n_odd, MAX_ODD))
    return;
  state->n_odd++;
  sender->texts += is_text (octets);
  if (sender->odd == NULL)
    sender->odd = lens_marks_new ();
  lens_marks_add (sender->odd, unit, 8 * LENS_TLS_NONCE, (LensRange){ HEAD, LENS_TLS_NONCE });
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  TlsNonce *state = data;

  if (unit->hello != NULL)
    see_hello (ledger, state, unit);
  if (unit->tls->kind != LENS_TLS_PART_RECORD || !unit->tls->encrypted
      || unit->tls->length < LEAST_RECORD || unit->view.length < HEAD + LENS_TLS_NONCE
      || state->explicit == NULL || !g_hash_table_contains (state->explicit, unit->side->flow))
    return;
  Sender *sender = lens_by_side (&state->senders, ledger, unit->side, sizeof (Sender), MAX_SIDES);
  if (sender != NULL)
    take (ledger, state, sender, unit);
}

static gboolean
speaks (const Sender *sender)
{
  guint64 odd = sender->odd != NULL ? lens_marks_n (sender->odd) : 0;

  if (sender->texts >= LEAST_TEXTS && (guint64)sender->texts * TEXTS_OF >= odd)
    return TRUE;
  return sender->counted >= LEAST_COUNTED && odd >= LEAST_ODD;
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const TlsNonce *state = data;
  LensFlows *flows = lens_ledger_flows (ledger);
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_flows_n_sides (flows); i++)
    {
      const Sender *sender = lens_by_side_peek (&state->senders, lens_flows_side_at (flows, i));
      if (sender != NULL && speaks (sender))
        lens_marks_use (sender->odd, ledger, channel_id, NULL);
    }
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (lens_ledger_owns (ledger, carrier) && carrier->uses > 0)
        lens_ledger_find (ledger, carrier, lens_ledger_field_severity (ledger, carrier), NULL,
                          NULL);
    }
}

static void
sender_clear (gpointer data)
{
  Sender *sender = data;

  lens_marks_free (sender->odd);
}

static void
clear (gpointer data)
{
  TlsNonce *state = data;

  g_clear_pointer (&state->explicit, g_hash_table_unref);
  lens_by_side_clear (&state->senders, sender_clear);
}

const LensAnalyzer lens_analyzer_tls_nonce = {
  .name = "tls-nonce",
  .question = "Are the nonces of a TLS connection those that its library counts or draws?",
  .source = "RFC 5246 section 6.2.3.3; RFC 5288 section 3; RFC 6655 section 3",
  .severity = LENS_SEVERITY_RULE_FIELD,
  .units = LENS_UNIT_TLS,
  .channels = channels,
  .state_size = sizeof (TlsNonce),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
