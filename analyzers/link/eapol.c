/* eapol: does a device that is let in say who it is, and no more?
 *
 * IEEE 802.1X-2010 clause 11: a header with type and length; nobody reads what is behind that
 * length.  RFC 3748 section 5.1: the identity that a device answers with is free text, in clear.
 * IEEE 802.11-2020 section 12.7.2: key frames have eight reserved octets.  IEEE 802.1X-2010 section
 * 11.11: who agrees on keys (MKA) tells who it is and which agreement it means, the same as long as
 * it lives, and counts its messages.
 *
 * Benign: the handshakes of 802.11 networks, whose nonces and checks are random by design, where
 * somebody takes part in them; those of MKA, whose check is random by design; one identity, told
 * again; padding of zeros.
 *
 *   room   8 bits per octet of the identity, once
 *   use    8 bits per octet of an identity that is not what it was, of types that are not defined,
 *          of reserved octets that are not zero, of what no length counts, and of key frames that
 *          answer nobody
 */
#include "ledger/announced.h"
#include "ledger/seed-bed.h"

#include "wire/cursor.h"
#include "wire/eapol.h"

#define EAPOL 0x888e
#define KEYS "key frames"

enum
{
  LEAST_KEYS = 4, /* one handshake has two of each side */
  AHEAD = 16,     /* messages that the capture may have lost, or since a restart */
  ACTOR = 2,      /* keys of texts: the identity has 1 */
  GROUP,
};

/* Who sends key frames: one host, or several that may talk to each other. */
typedef struct
{
  LensAnnounced announced;
  guint64 first_speaker; /* link address */
  gboolean several;
  GHashTable *numbers; /* LensSaid of who counts -> the last number */
} Eapol;

static const char channel[] = "eapol-identity";

static const LensChannelText channels[] = {
  { .id = channel,
    .summary = "The frames by which the device is let into the network carry more than they need, "
               "or ever new identities.",
    .room = "The device tells the network its identity in clear, always the same; it could hold "
            "data.",
    .filter_hint = "eapol || eap",
    .reference = "IEEE 802.1X-2010 clause 11; RFC 3748 section 5.1",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static LensRange
at (gsize start, LensRange range)
{
  return (LensRange){ start + range.offset, range.length };
}

static gboolean
is_zero (const guint8 *octets, LensRange range)
{
  for (gsize i = 0; i < range.length; i++)
    if (octets[range.offset + i] != 0)
      return FALSE;
  return TRUE;
}

static void
see_keys (LensLedger *ledger, Eapol *state, const LensUnit *unit, LensRange body)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, KEYS);
  guint64 speaker = lens_mac_number (unit->side->key.src_mac);

  if (state->first_speaker == 0)
    state->first_speaker = speaker;
  state->several |= speaker != state->first_speaker;
  lens_ledger_room (ledger, carrier, unit, 8 * body.length);
  lens_ledger_use (ledger, carrier, unit, 8 * body.length, body.offset, body.length);
}

static void
see_agreement (LensLedger *ledger, Eapol *state, const LensUnit *unit, gsize start,
               const LensEapol *eapol)
{
  LensAnnounced *announced = &state->announced;
  LensSaid *said = lens_announced_by (announced, unit);
  LensCursor cursor = lens_cursor_over (unit->view.octets + start + eapol->number.offset, 4);
  guint32 number = lens_cursor_u32 (&cursor);

  if (said == NULL)
    return;
  if (state->numbers == NULL)
    state->numbers = g_hash_table_new (NULL, NULL);
  gpointer before;
  gboolean goes_on = !g_hash_table_lookup_extended (state->numbers, said, NULL, &before)
                     || number - GPOINTER_TO_UINT (before) - 1 < AHEAD || number <= AHEAD;
  g_hash_table_insert (state->numbers, said, GUINT_TO_POINTER (number));
  if (!goes_on)
    lens_said_changed (said, ledger, unit, at (start, eapol->number), 32, TRUE,
                       "the number of the message");
  lens_announced_text (announced, ledger, unit, ACTOR, at (start, eapol->actor), "who speaks");
  lens_announced_text (announced, ledger, unit, GROUP, at (start, eapol->group),
                       "the agreement that is meant");
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Eapol *state = data;
  LensAnnounced *announced = &state->announced;
  const LensLayers *layers = unit->frame;
  gsize start = layers->payload.offset;
  LensEapol eapol;

  if (layers->ethertype != EAPOL || layers->truncated
      || !lens_eapol_parse (unit->view.octets + start, layers->payload.length, &eapol))
    return;
  announced->channel = channel;
  if (eapol.type > LENS_EAPOL_LAST)
    lens_announced_wrong (announced, ledger, unit, at (start, eapol.body),
                          "a type that is not defined");
  if (eapol.eap_code == LENS_EAP_RESPONSE && eapol.eap_type == LENS_EAP_IDENTITY)
    lens_announced_text (announced, ledger, unit, 1, at (start, eapol.eap_data), "the identity");
  if (eapol.type == LENS_EAPOL_KEY)
    see_keys (ledger, state, unit, at (start, eapol.body));
  if (eapol.number.length > 0)
    see_agreement (ledger, state, unit, start, &eapol);
  lens_announced_wrong (announced, ledger, unit, at (start, eapol.surplus),
                        "octets behind the message");
  if (!is_zero (unit->view.octets + start, eapol.reserved))
    lens_announced_wrong (announced, ledger, unit, at (start, eapol.reserved), "reserved octets");
  lens_announced_padding (announced, ledger, unit, start + eapol.rest.offset);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  Eapol *state = data;

  LensCarriers *carriers = lens_ledger_carriers (ledger);

  lens_announced_conclude (&state->announced, ledger);
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (lens_ledger_owns (ledger, carrier) && g_strcmp0 (carrier->subject, KEYS) == 0
          && carrier->uses >= LEAST_KEYS && !state->several
          && !lens_ledger_is_one_way (ledger, carrier->side))
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL,
                          "Key frames in a handshake that nobody else takes part in.");
    }
}

static void
clear (gpointer data)
{
  Eapol *state = data;

  g_clear_pointer (&state->numbers, g_hash_table_unref);
  lens_announced_clear (&state->announced);
}

/* --- seeds --- */

/* Another identity; or octets behind the length, in frames that have room for them. */
static gboolean
seed (LensSeedBed *bed, const char *id)
{
  gboolean behind = lens_seed_bed_below (bed, 2) == 1;
  LensSeedPlace place;
  LensEapol eapol;
  guint8 octets[256];

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      gsize start = place.layers->payload.offset;
      if (place.layers->ethertype != EAPOL
          || !lens_eapol_parse (place.octets + start, place.frame_end - start, &eapol)
          || eapol.eap_type != LENS_EAP_IDENTITY || eapol.eap_code != LENS_EAP_RESPONSE)
        continue;
      LensRange part = behind ? eapol.rest : eapol.eap_data;
      gsize count = lens_seed_bed_take (bed, octets, MIN (sizeof octets, part.length));
      if (count > 0)
        lens_seed_bed_replace (bed, start + part.offset, octets, count);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_eapol = {
  .name = "eapol",
  .question = "Does a device that is let in say who it is, and no more?",
  .source = "IEEE 802.1X-2010 clause 11; RFC 3748 section 5.1; IEEE 802.11-2020 section 12.7.2",
  .units = LENS_UNIT_FRAME,
  .only = LENS_TRAIT_NO_IP,
  .channels = channels,
  .state_size = sizeof (Eapol),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
