/* h264-sei-order: do the messages before a picture keep their order?
 *
 * ITU-T H.264 (08/2021) 7.4.1.2.3: but for buffering periods, which come first, the standard
 * leaves it to the encoder which message before a picture comes first; an encoder is a program
 * and does it the same way each time.
 *
 * Benign: an order that stays; other messages before key pictures, or by turns.
 *
 *   use    1 bit per unit of messages, where their order has no habit
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/habits.h"

#include "wire/sei.h"

enum
{
  HEADER = 1,
  MOST = 16, /* messages before one picture whose order is told */
  N_CONTEXTS = LENS_HABITS_CONTEXTS,
};

typedef struct
{
  LensHabits habits;
  guint32 types[MOST]; /* before the next picture */
  guint n;
  gboolean started, lost; /* a packet is missing since the last picture */
  guint16 sequence;
} Order;

static const LensChannelText channels[] = {
  { .id = "h264-sei-timing-fields", /* one channel with h264-sei-timing */
    .summary = "Messages about the video come in an order that no encoder keeps; players ignore "
               "it.",
    .filter_hint = "h264.nal_unit_type == 6",
    .reference = "ITU-T H.264 (08/2021) 7.4.1.2.3",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { NULL },
};

static void
see_messages (LensLedger *ledger, Order *order, const LensUnit *unit)
{
  LensSei sei = lens_sei_over (unit->view.octets, unit->view.length, HEADER);
  LensSeiMessage message;
  guint before = order->n;

  while (lens_sei_next (&sei, &message))
    if (!message.cut && order->n < MOST)
      order->types[order->n++] = message.payload_type;
  if (order->n == before || !lens_habits_is_noise (&order->habits))
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, channels[0].id, unit, "order");
  lens_ledger_room (ledger, carrier, unit, 1);
  lens_ledger_use (ledger, carrier, unit, 1, 0, unit->view.length);
}

/* How many of those behind each message are of a lower type; which messages there are does not
 * matter. */
static guint64
permutation (const Order *order)
{
  guint64 number = 1;

  for (guint i = 0; i < order->n; i++)
    {
      guint lower = 0;
      for (guint j = i + 1; j < order->n; j++)
        lower += order->types[j] < order->types[i];
      number = number * MOST + lower;
    }
  return number;
}

static void
begin_picture (Order *order, gboolean key)
{
  guint sum = 0;

  for (guint i = 0; i < order->n; i++)
    sum += order->types[i];
  const guint contexts[] = { order->n % N_CONTEXTS, sum % N_CONTEXTS, key };
  if (!order->lost && order->n > 1)
    lens_habits_take (&order->habits, 3, contexts, permutation (order));
  order->n = 0;
  order->lost = FALSE;
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  Order *order = lens_by_track (state, unit->track, sizeof (Order));
  const LensNal *nal = unit->nal;

  order->lost |= !order->started
                 || (nal->first_sequence != order->sequence
                     && nal->first_sequence != (guint16)(order->sequence + 1));
  order->started = TRUE;
  order->sequence = nal->last_sequence;
  if (nal->type == LENS_H264_SEI)
    see_messages (ledger, order, unit);
  /* first_mb_in_slice is 0 where its first bit is set. */
  else if ((nal->type == 1 || nal->type == 2 || nal->type == LENS_H264_IDR) && unit->view.length > 1
           && unit->view.octets[1] >> 7 == 1)
    begin_picture (order, nal->type == LENS_H264_IDR);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      const Order *order
          = carrier->track != NULL ? lens_by_track_peek (state, carrier->track) : NULL;
      if (order != NULL && g_str_equal (carrier->analyzer, "h264-sei-order") && carrier->uses > 0
          && lens_habits_is_noise (&order->habits))
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL,
                          "Found: an order of messages without a habit.");
    }
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, NULL);
}

const LensAnalyzer lens_analyzer_h264_sei_order = {
  .name = "h264-sei-order",
  .question = "Do the SEI messages before a picture keep their order?",
  .source = "ITU-T H.264 (08/2021) 7.4.1.2.3",
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
