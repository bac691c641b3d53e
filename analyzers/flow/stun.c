/* stun: does the device look for a way in from outside, and what does it say on the way?
 *
 * STUN (RFC 8489) tells a host how the world sees it, TURN (RFC 8656) lends it a relay: both open
 * a way past the router.  In their messages receivers pass over attributes that they do not know
 * (types from 0x8000 on, RFC 8489 section 14), and what PADDING holds (RFC 5780 section 7.6).
 * Whoever asks draws the 96 bits that tell the transaction (section 6).
 *
 * Benign: what the owner declared; attributes of widely used software; transactions told by letters
 * of base 64, as libwebrtc draws them.  What looks drawn nobody can tell from data: a bound.
 *
 *   use    8 bits for each octet of the messages of a flow that nobody declared; of such an
 *          attribute in any flow; of a new transaction that is told by text
 */
#include "ledger/analyzer.h"
#include "ledger/fields.h"
#include "ledger/seed-bed.h"
#include "wire/stun.h"

#include <netinet/in.h>
#include <string.h>

typedef struct
{
  LensFields *fields;
} Stun;

enum
{
  TRANSACTION_AT = 8, /* in a message */
  TRANSACTION = 12,   /* octets */
  LEAST_TEXTS = 4,
  ANSWER = 0x0100, /* of the type: it gives back what was asked with */
};

#define TRANSACTIONS "transactions"

static LensFields *
fields_of (Stun *state)
{
  if (state->fields == NULL)
    state->fields = lens_fields_new ();
  return state->fields;
}

static const LensChannelText channels[] = {
  { .id = "stun-turn-ice",
    .summary = "The device looks for a way to be reached past the router.",
    .filter_hint = "stun",
    .reference = "RFC 8489; RFC 8656 section 12",
    .unit = LENS_UNIT_CONTENT },
  { NULL },
};

/* Printable, and not what a drawing from the letters of base 64 looks like: with other characters,
 * or of the letters of one case alone. */
static gboolean
is_text (const guint8 *octets, gsize length)
{
  gsize upper = 0, lower = 0, others = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isprint (octets[i]))
        return FALSE;
      upper += g_ascii_isupper (octets[i]) != 0;
      lower += g_ascii_islower (octets[i]) != 0;
      others += !g_ascii_isalnum (octets[i]) && octets[i] != '+' && octets[i] != '/';
    }
  return others > 0 || upper == 0 || lower == 0;
}

static void
see_transaction (LensLedger *ledger, Stun *state, const LensUnit *unit)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "stun-turn-ice", unit, TRANSACTIONS);
  const guint8 *octets = unit->view.octets + TRANSACTION_AT;

  if (is_text (octets, TRANSACTION))
    lens_fields_value (fields_of (state), ledger, carrier, unit, lens_fields_key (TRANSACTIONS, 0),
                       lens_fields_hash (0, octets, TRANSACTION), 8 * TRANSACTION,
                       (LensRange){ TRANSACTION_AT, TRANSACTION });
  else
    lens_ledger_room (ledger, carrier, unit, 8 * TRANSACTION);
}

static void
see_attribute (LensLedger *ledger, Stun *state, const LensUnit *unit, guint16 type, LensRange value)
{
  const guint8 *octets = unit->view.octets + value.offset;
  gsize nonzero = 0;

  if (type == LENS_STUN_SOFTWARE)
    {
      lens_fields_text (fields_of (state), ledger,
                        lens_ledger_carrier (ledger, "stun-turn-ice", unit, "SOFTWARE"), unit,
                        lens_fields_key ("software", 0), value);
      return;
    }
  for (gsize i = 0; i < value.length; i++)
    nonzero += octets[i] != 0;
  if ((type == LENS_STUN_PADDING && nonzero > 0) || !lens_stun_is_known (type))
    lens_ledger_use (ledger, lens_ledger_carrier (ledger, "stun-turn-ice", unit, "attributes"),
                     unit, 8 * MAX (nonzero, 1), value.offset - 4, value.length + 4);
}

/* One message, or the data of a channel, at @at; returns its octets, 0 where it is none. */
static gsize
take_message (LensLedger *ledger, Stun *state, const LensUnit *unit, gsize at)
{
  LensUnit message = *unit;
  LensRange left, value, padding;
  LensStun stun;
  guint16 type;

  if (!lens_stun_parse (unit->view.octets + at, unit->view.length - at, &stun))
    return 0;
  g_auto (LensPieces) pieces = { 0 };
  message.view = lens_view_slice (&unit->view, at, stun.length, &pieces);
  lens_ledger_use (ledger, lens_ledger_carrier (ledger, "stun-turn-ice", unit, NULL), &message,
                   8 * stun.length, 0, stun.length);
  if ((stun.type & ANSWER) == 0)
    see_transaction (ledger, state, &message);
  left = stun.attributes;
  while (lens_stun_attribute_next (message.view.octets, &left, &type, &value, &padding))
    see_attribute (ledger, state, &message, type, value);
  return stun.length;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  LensRange carried;
  gsize at = 0, taken;

  if (unit->side->key.protocol != IPPROTO_UDP && unit->side->key.protocol != IPPROTO_TCP)
    return;
  while (at < unit->view.length && (taken = take_message (ledger, data, unit, at)) > 0)
    at += taken;
  if (at == 0 && (unit->side->flow->mux & 1) != 0
      && lens_turn_channel (unit->view.octets, unit->view.length, &carried))
    lens_ledger_use (ledger, lens_ledger_carrier (ledger, "stun-turn-ice", unit, NULL), unit,
                     8 * unit->view.length, 0, unit->view.length);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "stun") || carrier->uses == 0)
        continue;
      LensSeverity severity = lens_ledger_field_severity (ledger, carrier);
      if (carrier->subject == NULL)
        lens_ledger_find (ledger, carrier,
                          lens_ledger_permits (ledger, carrier->side->flow) ? LENS_SEVERITY_INFO
                                                                            : severity,
                          NULL, NULL);
      else if (g_str_equal (carrier->subject, TRANSACTIONS))
        {
          if (carrier->uses >= LEAST_TEXTS && 2 * carrier->uses >= carrier->units)
            lens_ledger_find (ledger, carrier, severity,
                              "The numbers of the device's STUN transactions, which are to be "
                              "drawn, are text.",
                              NULL);
        }
      else if (carrier->uses >= 3 || g_str_equal (carrier->subject, "attributes"))
        lens_ledger_find (ledger, carrier, severity,
                          "Messages of STUN carry attributes that receivers pass over.",
                          carrier->subject);
    }
}

static void
clear (gpointer data)
{
  Stun *state = data;

  g_clear_pointer (&state->fields, lens_fields_free);
}

/* Binding requests to a host that nobody named, the message in an attribute of its own. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensAddress stranger = { .version = 4 };
  LensSeedPlace place;
  guint16 sport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x4000));
  guint16 type = (guint16)(0xa000 + lens_seed_bed_below (bed, 0x1000));

  lens_seed_bed_fill (bed, stranger.octets, 4);
  stranger.octets[0] = (guint8)(128 + lens_seed_bed_below (bed, 40));
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      guint8 message[LENS_STUN_HEAD + 4 + 40] = { 0, 1, 0, 44, 0x21, 0x12, 0xa4, 0x42 };
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      lens_seed_bed_fill (bed, message + 8, 12);
      message[LENS_STUN_HEAD] = (guint8)(type >> 8);
      message[LENS_STUN_HEAD + 1] = (guint8)type;
      message[LENS_STUN_HEAD + 3] = 40;
      if (lens_seed_bed_take (bed, message + LENS_STUN_HEAD + 4, 40) > 0)
        lens_seed_bed_send_udp (bed, &stranger, sport, 3478, message, sizeof message);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_stun = {
  .name = "stun",
  .question = "Does the device look for a way in from outside, and what does it say on the way?",
  .source = "RFC 8489 section 5, 14; RFC 8656 section 12; RFC 5780 section 7.6",
  .severity = LENS_SEVERITY_RULE_FIELD,
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (Stun),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
