/* declaration-exceeded: does a permitted service carry more than was declared?
 *
 * A profile may say how many octets a service needs in 24 hours.  A day begins with the capture's
 * first packet; what is counted is the payload behind the transport header, both ways.
 *
 *   use    8 bits for each octet above the number
 */
#include "ledger/analyzer.h"

#include "wire/transport.h"

#define DAY_NS (G_GINT64_CONSTANT (86400) * 1000 * 1000 * 1000)

/* What one side carried on one day. */
typedef struct
{
  gint64 day;
  guint64 octets;
  LensFrameSet frames;
  gint64 first, last;
} Day;

typedef struct
{
  gboolean asked, none; /* whether a service has such a number */
  gboolean has_start;
  gint64 start;
  GPtrArray *sides; /* GArray of Day, by the side's index; NULL: nothing */
} DeclarationExceeded;

static const LensChannelText channels[] = {
  { .id = "declaration-exceeded",
    .summary = "A permitted service carries more than was declared.",
    .reference = "the profile's [service] max-bytes-per-day",
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static gboolean
has_limits (const LensLedger *ledger)
{
  for (guint p = 0; p < lens_ledger_n_profiles (ledger); p++)
    {
      const LensProfile *profile = lens_ledger_profile (ledger, p);
      for (guint i = 0; i < profile->services->len; i++)
        if (((const LensDeclaredService *)profile->services->pdata[i])->max_bytes_per_day > 0)
          return TRUE;
    }
  return FALSE;
}

static void
day_clear (gpointer data)
{
  lens_frame_set_clear (&((Day *)data)->frames);
}

/* Packets come nearly in order of time: the last day, or one before. */
static Day *
day_of (DeclarationExceeded *state, const LensSide *side, gint64 number)
{
  if (state->sides == NULL)
    state->sides = g_ptr_array_new ();
  if (side->index >= state->sides->len)
    g_ptr_array_set_size (state->sides, (gint)MAX (side->index + 1, 2 * state->sides->len));
  GArray **days = (GArray **)&g_ptr_array_index (state->sides, side->index);
  if (*days == NULL)
    {
      *days = g_array_new (FALSE, FALSE, sizeof (Day));
      g_array_set_clear_func (*days, day_clear);
    }
  for (guint i = (*days)->len; i > 0; i--)
    if (g_array_index (*days, Day, i - 1).day == number)
      return &g_array_index (*days, Day, i - 1);
  const Day made = { .day = number };
  g_array_append_val (*days, made);
  return &g_array_index (*days, Day, (*days)->len - 1);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  DeclarationExceeded *state = data;
  const LensLayers *layers = unit->frame;
  LensTransport transport;

  if (!state->asked)
    state->none = !has_limits (ledger);
  state->asked = TRUE;
  if (state->none || layers->ip_version == 0)
    return;
  if (!state->has_start)
    state->start = unit->time_ns;
  state->has_start = TRUE;
  lens_transport_parse (layers->protocol, unit->view.octets + layers->payload.offset,
                        layers->payload.length, &transport);
  if (transport.payload.length == 0 || unit->view.n_pieces == 0)
    return;
  Day *day = day_of (state, unit->side, (unit->time_ns - state->start) / DAY_NS);
  if (day->octets == 0)
    day->first = unit->time_ns;
  day->last = unit->time_ns;
  day->octets += transport.payload.length;
  lens_frame_set_add (&day->frames, unit->view.pieces[0].frame);
}

/* --- a day of a service --- */

typedef struct
{
  const LensDeclaredService *service;
  gint64 day;
  guint64 octets;
  GPtrArray *sides; /* LensSide */
} Sum;

static void
sum_free (gpointer data)
{
  Sum *sum = data;

  g_ptr_array_unref (sum->sides);
  g_free (sum);
}

static Sum *
sum_of (GPtrArray *sums, const LensDeclaredService *service, gint64 day)
{
  for (guint i = 0; i < sums->len; i++)
    {
      Sum *sum = g_ptr_array_index (sums, i);
      if (sum->service == service && sum->day == day)
        return sum;
    }
  Sum *sum = g_new0 (Sum, 1);
  sum->service = service;
  sum->day = day;
  sum->sides = g_ptr_array_new ();
  g_ptr_array_add (sums, sum);
  return sum;
}

static GPtrArray *
add_up (LensLedger *ledger, const DeclarationExceeded *state)
{
  GPtrArray *sums = g_ptr_array_new_with_free_func (sum_free);
  LensFlows *flows = lens_ledger_flows (ledger);

  for (guint i = 0; state->sides != NULL && i < MIN (state->sides->len, lens_flows_n_sides (flows));
       i++)
    {
      LensSide *side = lens_flows_side_at (flows, i);
      const GArray *days = g_ptr_array_index (state->sides, i);
      const LensDeclaredService *service
          = days != NULL ? lens_ledger_service_of (ledger, side->flow) : NULL;
      if (service == NULL || service->max_bytes_per_day == 0)
        continue;
      for (guint d = 0; d < days->len; d++)
        {
          const Day *day = &g_array_index (days, Day, d);
          Sum *sum = sum_of (sums, service, day->day);
          sum->octets += day->octets;
          g_ptr_array_add (sum->sides, side);
        }
    }
  return sums;
}

/* The speaker is the device, where it speaks at all. */
static LensSide *
speaker_of (LensLedger *ledger, const Sum *sum)
{
  for (guint i = 0; i < sum->sides->len; i++)
    if (lens_ledger_from_device (ledger, g_ptr_array_index (sum->sides, i)))
      return g_ptr_array_index (sum->sides, i);
  return g_ptr_array_index (sum->sides, 0);
}

static void
add_frames (LensCarrier *carrier, const DeclarationExceeded *state, const Sum *sum)
{
  for (guint i = 0; i < sum->sides->len; i++)
    {
      const LensSide *side = g_ptr_array_index (sum->sides, i);
      const GArray *days = g_ptr_array_index (state->sides, side->index);
      for (guint d = 0; d < days->len; d++)
        {
          const Day *day = &g_array_index (days, Day, d);
          if (day->day != sum->day)
            continue;
          carrier->first = carrier->uses == 0 ? day->first : MIN (carrier->first, day->first);
          carrier->last = carrier->uses == 0 ? day->last : MAX (carrier->last, day->last);
          carrier->uses++;
          for (guint r = 0; r < lens_frame_set_n (&day->frames); r++)
            {
              const LensFrameSpan *span = lens_frame_set_at (&day->frames, r);
              for (guint64 frame = span->first; frame <= span->last; frame++)
                lens_frame_set_add (&carrier->frames, frame);
            }
        }
    }
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const DeclarationExceeded *state = data;
  g_autoptr (GPtrArray) sums = add_up (ledger, state);

  for (guint i = 0; i < sums->len; i++)
    {
      const Sum *sum = g_ptr_array_index (sums, i);
      if (sum->octets <= sum->service->max_bytes_per_day)
        continue;
      g_autofree char *subject
          = g_strdup_printf ("%s, day %" G_GINT64_FORMAT, sum->service->name, sum->day + 1);
      g_autofree char *detail = g_strdup_printf (
          "Service %s carried %" G_GUINT64_FORMAT " octets on day %" G_GINT64_FORMAT
          " of the capture; %" G_GUINT64_FORMAT " are declared for 24 hours.",
          sum->service->name, sum->octets, sum->day + 1, sum->service->max_bytes_per_day);
      LensCarrier *carrier
          = lens_carriers_get (lens_ledger_carriers (ledger), "declaration-exceeded",
                               "declaration-exceeded", speaker_of (ledger, sum), NULL, subject);
      carrier->used_bits += 8 * (sum->octets - sum->service->max_bytes_per_day);
      add_frames (carrier, state, sum);
      lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, detail);
    }
}

static void
clear (gpointer data)
{
  DeclarationExceeded *state = data;

  for (guint i = 0; state->sides != NULL && i < state->sides->len; i++)
    if (g_ptr_array_index (state->sides, i) != NULL)
      g_array_unref (g_ptr_array_index (state->sides, i));
  g_clear_pointer (&state->sides, g_ptr_array_unref);
}

const LensAnalyzer lens_analyzer_declaration_exceeded = {
  .name = "declaration-exceeded",
  .question = "Does a permitted service carry more than was declared?",
  .source = "lenscap-profile(5), max-bytes-per-day",
  .units = LENS_UNIT_FRAME,
  .channels = channels,
  .state_size = sizeof (DeclarationExceeded),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
