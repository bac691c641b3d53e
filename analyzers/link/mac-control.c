/* mac-control: do pause frames ask for more than a pause?
 *
 * IEEE 802.3 Annex 31A and 31B: two octets say which operation, PAUSE has a time of two octets;
 * Annex 31D: priority-based pauses have two octets of flags and eight times.  The rest up to the
 * least length of a frame is reserved and sent as zeros.  Cards make and eat these frames
 * themselves, so few captures have any.
 *
 * Benign: times that alternate between the longest and none.
 *
 *   room   8 bits per reserved octet, 16 per time
 *   use    8 bits per reserved octet that is not zero; 16 for an operation that is not defined and
 *          for a time that the habit does not foresee
 */
#include "ledger/analyzer.h"
#include "ledger/habit.h"
#include "ledger/seed-bed.h"

#include "wire/trailer.h"

#define MAC_CONTROL 0x8808

enum
{
  PAUSE = 0x0001,
  MPCP_FIRST = 0x0002, /* multipoint control of passive optical networks, Annex 64A */
  MPCP_LAST = 0x0006,
  PRIORITY_PAUSE = 0x0101,
  EXTENSION = 0xfffe,
  TIMES = 16, /* unforeseen: more than a card's thresholds make */
};

/* The time of each priority, and of a pause for all. */
typedef struct
{
  LensHabit of[8 + 1];
} Times;

typedef struct
{
  GHashTable *times; /* LensCarrier -> Times */
} MacControl;

static const char channel[] = "eth-pause-macctrl";

static const LensChannelText channels[] = {
  { .id = channel,
    .summary = "Frames that only cards exchange carry data in their reserved octets or times.",
    .room = "Pause frames have reserved octets and a time; they could hold data.",
    .filter_hint = "macc",
    .reference = "IEEE 802.3 Annex 31B",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static void
use (LensLedger *ledger, const LensUnit *unit, guint64 bits, LensRange octets)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, NULL);

  lens_ledger_room (ledger, carrier, unit, bits);
  if (octets.length > 0)
    lens_ledger_use (ledger, carrier, unit, bits, octets.offset, octets.length);
}

static void
see_time (LensLedger *ledger, MacControl *state, const LensUnit *unit, gsize at, guint which)
{
  const guint8 *octets = unit->view.octets;
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, "time");

  if (state->times == NULL)
    state->times = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Times *times = g_hash_table_lookup (state->times, carrier);
  if (times == NULL)
    {
      times = g_new0 (Times, 1);
      g_hash_table_insert (state->times, carrier, times);
    }
  lens_ledger_room (ledger, carrier, unit, 16);
  if (!lens_habit_take (&times->of[which], (guint64)octets[at] << 8 | octets[at + 1]))
    lens_ledger_use (ledger, carrier, unit, 16, at, 2);
}

/* From the first octet to the last that is not zero. */
static void
see_reserved (LensLedger *ledger, const LensUnit *unit, LensRange reserved)
{
  const guint8 *octets = unit->view.octets;
  gsize n = 0;

  while (reserved.length > 0 && octets[reserved.offset] == 0)
    {
      reserved.offset++;
      reserved.length--;
    }
  while (reserved.length > 0 && octets[lens_range_end (reserved) - 1] == 0)
    reserved.length--;
  for (gsize i = 0; i < reserved.length; i++)
    n += octets[reserved.offset + i] != 0;
  if (n > 0)
    use (ledger, unit, 8 * n, reserved);
}

/* Two octets say which of eight priorities are to pause; the time of another one is not read. */
static void
see_priorities (LensLedger *ledger, MacControl *state, const LensUnit *unit, gsize at)
{
  const guint8 *octets = unit->view.octets;

  see_reserved (ledger, unit, (LensRange){ at, 1 });
  for (guint i = 0; i < 8; i++)
    if ((octets[at + 1] >> i & 1) != 0)
      see_time (ledger, state, unit, at + 2 + 2 * i, i);
    else
      see_reserved (ledger, unit, (LensRange){ at + 2 + 2 * i, 2 });
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;
  gsize start = layers->payload.offset, parameters = 0;

  if (layers->ethertype != MAC_CONTROL || layers->payload.length < 4)
    return;
  const guint8 *octets = unit->view.octets + start;
  guint operation = (guint)octets[0] << 8 | octets[1];
  LensTrailer trailer = lens_trailer_over (layers, unit->view.octets, start, unit->view.length);
  gsize length = trailer.pad.length + trailer.surplus.length;
  if (operation == PAUSE)
    parameters = 2;
  else if (operation == PRIORITY_PAUSE)
    parameters = 18;
  else if ((operation >= MPCP_FIRST && operation <= MPCP_LAST) || operation == EXTENSION)
    return;
  else
    use (ledger, unit, 16, (LensRange){ start, 2 });
  if (operation == PAUSE)
    see_time (ledger, data, unit, start + 2, 8);
  if (operation == PRIORITY_PAUSE && length >= 2 + parameters)
    see_priorities (ledger, data, unit, start + 2);
  if (length > 2 + parameters)
    see_reserved (ledger, unit, (LensRange){ start + 2 + parameters, length - 2 - parameters });
}

static gboolean
is_broken (const Times *times)
{
  for (guint i = 0; i < G_N_ELEMENTS (times->of); i++)
    if (lens_habit_is_broken (&times->of[i], TIMES))
      return TRUE;
  return FALSE;
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  MacControl *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; state->times != NULL && i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      const Times *times = g_hash_table_lookup (state->times, carrier);
      if (times != NULL && carrier->uses > 0 && !is_broken (times))
        lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO,
                          "Pauses of different length were asked for.", NULL);
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  MacControl *state = data;

  g_clear_pointer (&state->times, g_hash_table_unref);
}

/* --- seeds --- */

/* Frames with a pause of any length, or none, and the message behind it. */
static gboolean
seed (LensSeedBed *bed, const char *id)
{
  static const guint8 to[] = { 0x01, 0x80, 0xc2, 0, 0, 0x01 };
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      guint8 octets[46] = { 0, PAUSE };
      if (!lens_seed_bed_can_send (bed))
        continue;
      gsize count = lens_seed_bed_take (bed, octets + 4, 42);
      if (count > 0)
        lens_seed_bed_send_link (bed, to, MAC_CONTROL, octets, sizeof octets);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_mac_control = {
  .name = "mac-control",
  .question = "Do pause frames ask for more than a pause?",
  .source = "IEEE 802.3 Annexes 31A, 31B and 31D",
  .units = LENS_UNIT_FRAME,
  .only = LENS_TRAIT_NO_IP,
  .channels = channels,
  .state_size = sizeof (MacControl),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
