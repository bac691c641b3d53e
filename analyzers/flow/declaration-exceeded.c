/* declaration-exceeded: does a permitted service carry more than was declared?
 *
 * A profile may say how many octets a service needs in 24 hours.  A day begins with the capture's
 * first packet; what is counted is the payload behind the transport header, both ways.
 *
 *   use    8 bits for each octet above the number
 */
#include "ledger/analyzer.h"
#include "ledger/rows.h"

#include "wire/transport.h"

#define DAY_NS (G_GINT64_CONSTANT (86400) * 1000 * 1000 * 1000)
#define MAX_DAYS 1024 /* of one side; what comes on more is taken for the last one's */

/* What one side carried on one day. */
typedef struct
{
  gint64 number;
  LensSide *side;
  guint64 octets;
  LensFrameSet frames;
  gint64 first, last;
} Day;

typedef struct
{
  GArray *days; /* Day */
} Days;

typedef struct
{
  gboolean asked, none; /* whether a service has such a number */
  gboolean has_start;
  gint64 start;
  LensRows sides; /* Days, by the side's index */
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
day_of (DeclarationExceeded *state, LensSide *side, gint64 number)
{
  Days *of_side = lens_rows_at (&state->sides, side->index, sizeof *of_side);

  if (of_side->days == NULL)
    {
      of_side->days = g_array_new (FALSE, FALSE, sizeof (Day));
      g_array_set_clear_func (of_side->days, day_clear);
    }
  GArray *days = of_side->days;
  for (guint i = days->len; i > 0; i--)
    if (g_array_index (days, Day, i - 1).number == number)
      return &g_array_index (days, Day, i - 1);
  const Day made = { .number = number, .side = side };
  if (days->len < MAX_DAYS)
    g_array_append_val (days, made);
  return &g_array_index (days, Day, days->len - 1);
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
  gint64 number;
  guint64 octets;
  GPtrArray *days; /* Day, of its flows' sides */
} Sum;

static guint
sum_hash (gconstpointer data)
{
  const Sum *sum = data;

  return g_direct_hash (sum->service) ^ g_int64_hash (&sum->number);
}

static gboolean
sum_equal (gconstpointer a, gconstpointer b)
{
  const Sum *x = a, *y = b;

  return x->service == y->service && x->number == y->number;
}

static void
sum_free (gpointer data)
{
  Sum *sum = data;

  g_ptr_array_unref (sum->days);
  g_free (sum);
}

/* @known: the same sums, to be found by service and day. */
static void
add_day (GPtrArray *sums, GHashTable *known, const LensDeclaredService *service, Day *day)
{
  const Sum wanted = { .service = service, .number = day->number };
  Sum *sum = g_hash_table_lookup (known, &wanted);

  if (sum == NULL)
    {
      sum = g_memdup2 (&wanted, sizeof wanted);
      sum->days = g_ptr_array_new ();
      g_ptr_array_add (sums, sum);
      g_hash_table_add (known, sum);
    }
  sum->octets += day->octets;
  g_ptr_array_add (sum->days, day);
}

static GPtrArray *
add_up (LensLedger *ledger, const DeclarationExceeded *state)
{
  GPtrArray *sums = g_ptr_array_new_with_free_func (sum_free);
  g_autoptr (GHashTable) known = g_hash_table_new (sum_hash, sum_equal);
  LensFlows *flows = lens_ledger_flows (ledger);

  for (guint i = 0; i < lens_rows_n (&state->sides); i++)
    {
      const Days *of_side = lens_rows_peek (&state->sides, i);
      const LensDeclaredService *service
          = of_side != NULL ? lens_ledger_service_of (ledger, lens_flows_side_at (flows, i)->flow)
                            : NULL;
      if (service == NULL || service->max_bytes_per_day == 0)
        continue;
      for (guint d = 0; d < of_side->days->len; d++)
        add_day (sums, known, service, &g_array_index (of_side->days, Day, d));
    }
  return sums;
}

/* The speaker is the device, where it speaks at all. */
static LensSide *
speaker_of (LensLedger *ledger, const Sum *sum)
{
  for (guint i = 0; i < sum->days->len; i++)
    {
      const Day *day = g_ptr_array_index (sum->days, i);
      if (lens_ledger_from_device (ledger, day->side))
        return day->side;
    }
  return ((const Day *)g_ptr_array_index (sum->days, 0))->side;
}

static void
add_frames (LensCarrier *carrier, const Sum *sum)
{
  for (guint i = 0; i < sum->days->len; i++)
    {
      const Day *day = g_ptr_array_index (sum->days, i);
      carrier->first = carrier->uses == 0 ? day->first : MIN (carrier->first, day->first);
      carrier->last = carrier->uses == 0 ? day->last : MAX (carrier->last, day->last);
      carrier->uses++;
      lens_frame_set_join (&carrier->frames, &day->frames);
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
          = g_strdup_printf ("%s, day %" G_GINT64_FORMAT, sum->service->name, sum->number + 1);
      g_autofree char *detail = g_strdup_printf (
          "Service %s carried %" G_GUINT64_FORMAT " octets on day %" G_GINT64_FORMAT
          " of the capture; %" G_GUINT64_FORMAT " are declared for 24 hours.",
          sum->service->name, sum->octets, sum->number + 1, sum->service->max_bytes_per_day);
      LensCarrier *carrier
          = lens_carriers_get (lens_ledger_carriers (ledger), "declaration-exceeded",
                               "declaration-exceeded", speaker_of (ledger, sum), NULL, subject);
      carrier->used_bits += 8 * (sum->octets - sum->service->max_bytes_per_day);
      add_frames (carrier, sum);
      lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, detail);
    }
}

static void
days_clear (gpointer days)
{
  g_array_unref (((Days *)days)->days);
}

static void
clear (gpointer data)
{
  lens_rows_clear (&((DeclarationExceeded *)data)->sides, days_clear);
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
