/* eapol: does a device that is let in say who it is, and no more?
 *
 * IEEE 802.1X-2010 clause 11: a header with type and length; nobody reads what is behind that
 * length.  RFC 3748 section 5.1: the identity that a device answers with is free text, in clear.
 * IEEE 802.11-2020 section 12.7.2: key frames have eight reserved octets.
 *
 * Benign: the handshakes of 802.11 networks, whose nonces and checks are random by design; one
 * identity, told again; padding of zeros.
 *
 *   room   8 bits per octet of the identity, once
 *   use    8 bits per octet of an identity that is not what it was, of
 *          types that are not defined, of reserved octets that are not zero, of what no length
 *          counts
 */
#include "ledger/announced.h"
#include "ledger/seed-bed.h"

#include "wire/eapol.h"

#define EAPOL 0x888e

typedef struct
{
  LensAnnounced announced;
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

  lens_announced_conclude (&state->announced, ledger);
}

static void
clear (gpointer data)
{
  Eapol *state = data;

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
  .channels = channels,
  .state_size = sizeof (Eapol),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
