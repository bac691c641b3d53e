#include "ledger/inside.h"

#include "ledger/h264-watch.h"
#include "ledger/profile.h"
#include "ledger/traits.h"

#include <string.h>

#define FRAGMENTS_TIMEOUT (G_GINT64_CONSTANT (30) * 1000 * 1000 * 1000)

static void
phase_free (gpointer data)
{
  LensPhase *phase = data;

  g_free (phase->name);
  g_free (phase);
}

static void
block_free (gpointer data)
{
  LensBlock *block = data;

  g_free (block->name);
  g_free (block);
}

static void
pending_free (gpointer data)
{
  LensPending *pending = data;

  g_free (pending->summary);
  g_free (pending->detail);
  g_free (pending->name);
  g_free (pending);
}

static void
clear_h264 (gpointer watch)
{
  lens_h264_watch_clear (watch);
}

static void
add_taker (LensTakers *takers, const LensAnalyzer *analyzer, gpointer state, guint only)
{
  const LensTaker taker = { analyzer->see, state, analyzer, only };

  g_array_append_val (takers->all, taker);
  if (only == 0)
    g_array_append_val (takers->any, taker);
}

static void
take_up_analyzers (LensLedger *ledger)
{
  const LensLedgerOptions *options = &ledger->options;

  ledger->states = g_new0 (gpointer, options->n_analyzers + 1);
  ledger->enders = g_array_new (FALSE, FALSE, sizeof (LensTaker));
  for (guint bit = 0; bit < G_N_ELEMENTS (ledger->takers); bit++)
    ledger->takers[bit] = (LensTakers){ g_array_new (FALSE, FALSE, sizeof (LensTaker)),
                                        g_array_new (FALSE, FALSE, sizeof (LensTaker)) };
  for (guint i = 0; i < options->n_analyzers; i++)
    {
      const LensAnalyzer *analyzer = options->analyzers[i];
      ledger->states[i] = g_malloc0 (MAX (analyzer->state_size, 1));
      ledger->wanted |= analyzer->units;
      const LensTaker ender = { .analyzer = analyzer, .state = ledger->states[i] };
      if (analyzer->ended != NULL)
        g_array_append_val (ledger->enders, ender);
      for (guint bit = 0; bit < G_N_ELEMENTS (ledger->takers); bit++)
        if ((analyzer->units & 1u << bit) != 0)
          add_taker (&ledger->takers[bit], analyzer, ledger->states[i],
                     analyzer->only & lens_traits_of_kind (1u << bit));
    }
}

LensLedger *
lens_ledger_new (const LensLedgerOptions *options)
{
  LensLedger *ledger = g_new0 (LensLedger, 1);

  ledger->options = *options;
  for (guint i = 0; i < LENS_N_CAPS; i++)
    if (ledger->options.caps.limit[i] == 0)
      ledger->options.caps.limit[i] = lens_caps[i].standard;
  const guint64 *limit = ledger->options.caps.limit;
  ledger->book = lens_book_new ();
  ledger->flows = lens_flows_new (ledger->book, limit[LENS_CAP_FLOWS]);
  ledger->carriers = lens_carriers_new (ledger->book, (guint)limit[LENS_CAP_CARRIERS]);
  ledger->hosts = lens_hosts_new ();
  ledger->sessions = lens_sessions_new ();
  ledger->fragments = lens_fragments_new (&lens_ledger_fragment_events, ledger,
                                          (guint)limit[LENS_CAP_FRAGMENTS], FRAGMENTS_TIMEOUT);
  lens_fragments_set_octets_max (ledger->fragments, limit[LENS_CAP_FRAGMENT_OCTETS]);
  ledger->leftovers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  ledger->repeats = lens_repeats_new ();
  ledger->phases = g_ptr_array_new_with_free_func (phase_free);
  ledger->blocks = g_ptr_array_new_with_free_func (block_free);
  ledger->probers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  ledger->residuals = g_hash_table_new (NULL, NULL);
  ledger->pending = g_ptr_array_new_with_free_func (pending_free);
  take_up_analyzers (ledger);
  ledger->full = g_new0 (GByteArray *, options->n_analyzers + 1);
  return ledger;
}

void
lens_ledger_free (LensLedger *ledger)
{
  if (ledger == NULL)
    return;
  for (guint i = 0; i < ledger->options.n_analyzers; i++)
    {
      if (ledger->options.analyzers[i]->clear != NULL)
        ledger->options.analyzers[i]->clear (ledger->states[i]);
      g_free (ledger->states[i]);
      g_clear_pointer (&ledger->full[i], g_byte_array_unref);
    }
  g_free (ledger->states);
  g_array_unref (ledger->enders);
  for (guint bit = 0; bit < G_N_ELEMENTS (ledger->takers); bit++)
    {
      g_array_unref (ledger->takers[bit].all);
      g_array_unref (ledger->takers[bit].any);
    }
  g_free (ledger->full);
  if (!ledger->concluding)
    {
      /* What the streams and depacketizers still hold goes with them. */
      lens_ledger_finish_tcp (ledger);
      lens_ledger_finish_media (ledger);
    }
  lens_fragments_free (ledger->fragments);
  lens_sessions_free (ledger->sessions);
  lens_hosts_free (ledger->hosts);
  lens_carriers_free (ledger->carriers);
  lens_flows_free (ledger->flows);
  lens_book_free (ledger->book);
  lens_repeats_free (ledger->repeats);
  lens_by_track_clear (&ledger->h264, clear_h264);
  g_ptr_array_unref (ledger->phases);
  g_ptr_array_unref (ledger->blocks);
  g_hash_table_unref (ledger->probers);
  lens_pieces_clear (&ledger->scratch);
  g_clear_pointer (&ledger->tunnels, g_hash_table_unref);
  g_hash_table_unref (ledger->leftovers);
  g_clear_pointer (&ledger->links, g_hash_table_unref);
  g_clear_pointer (&ledger->link_list, g_ptr_array_unref);
  g_hash_table_unref (ledger->residuals);
  g_ptr_array_unref (ledger->pending);
  g_clear_pointer (&ledger->devices, g_ptr_array_unref);
  g_clear_pointer (&ledger->device_by_address, g_hash_table_unref);
  g_clear_pointer (&ledger->device_by_mac, g_hash_table_unref);
  g_clear_pointer (&ledger->ends, g_array_unref);
  g_clear_pointer (&ledger->permissions, g_array_unref);
  g_clear_pointer (&ledger->found, g_array_unref);
  g_free (ledger);
}

void
lens_ledger_set_status (LensLedger *ledger, const char *status)
{
  ledger->status = status;
}

/* --- caps --- */

static guint
number_of (const LensLedger *ledger, const LensAnalyzer *analyzer)
{
  guint number = 0;

  while (ledger->options.analyzers[number] != analyzer)
    number++;
  return number;
}

void
lens_ledger_full (LensLedger *ledger, const LensSide *side)
{
  GByteArray **full = &ledger->full[number_of (ledger, ledger->running)];
  guint before = *full != NULL ? (*full)->len : 0, place = side->index / 8;

  if (*full == NULL)
    *full = g_byte_array_new ();
  if (place >= before)
    {
      g_byte_array_set_size (*full, place + 1);
      memset ((*full)->data + before, 0, (*full)->len - before);
    }
  (*full)->data[place] |= (guint8)(1u << side->index % 8);
}

gboolean
lens_ledger_has_room (LensLedger *ledger, const LensSide *side, guint n, guint most)
{
  if (n >= most)
    lens_ledger_full (ledger, side);
  return n < most;
}

guint
lens_ledger_unremembered (LensLedger *ledger, const LensAnalyzer *analyzer)
{
  const GByteArray *full = ledger->full[number_of (ledger, analyzer)];
  guint32 n = lens_flows_n_sides (ledger->flows);
  guint count = 0;

  for (guint32 i = 0; full != NULL && i < full->len; i++)
    for (guint bits = full->data[i]; bits != 0; bits &= bits - 1)
      {
        guint32 index = 8 * i + (guint)__builtin_ctz (bits);
        count += index < n && lens_ledger_side_is_of_device (ledger, index);
      }
  return count;
}

/* --- for see --- */

LensCarrier *
lens_ledger_carrier (LensLedger *ledger, const char *channel, const LensUnit *unit,
                     const char *subject)
{
  return lens_carriers_get (ledger->carriers, ledger->running->name, channel, unit->side,
                            unit->track, subject);
}

void
lens_ledger_room (LensLedger *ledger, LensCarrier *carrier, const LensUnit *unit, guint64 bits)
{
  lens_carrier_room (ledger->carriers, carrier, unit->time_ns, bits, &unit->view);
}

void
lens_ledger_use (LensLedger *ledger, LensCarrier *carrier, const LensUnit *unit, guint64 bits,
                 gsize offset, gsize length)
{
  LensView part = lens_view_slice (&unit->view, offset, length, &ledger->scratch);

  lens_carrier_use (ledger->carriers, carrier, unit->time_ns, bits, &part);
}

/* --- for conclude --- */

LensFlows *
lens_ledger_flows (LensLedger *ledger)
{
  return ledger->flows;
}

gboolean
lens_ledger_is_logged (const LensLedger *ledger)
{
  return ledger->options.logged;
}

const LensStreamLog *
lens_ledger_stream_log (const LensLedger *ledger)
{
  return ledger->log;
}

LensCarriers *
lens_ledger_carriers (LensLedger *ledger)
{
  return ledger->carriers;
}

double
lens_ledger_seconds (LensLedger *ledger, gint index)
{
  const LensDevice *device = index >= 0 ? g_ptr_array_index (ledger->devices, index) : NULL;

  if (device == NULL || !device->has_times)
    return 10;
  return MAX (((double)device->last - (double)device->first) / 1e9, 10.0);
}

static gint
speaker (LensLedger *ledger, const LensCarrier *carrier)
{
  return lens_ledger_side_source (ledger, carrier->side);
}

LensSeverity
lens_ledger_severity (LensLedger *ledger, const LensCarrier *carrier)
{
  if (carrier->constant)
    return LENS_SEVERITY_LOW;
  double rate
      = (double)carrier->used_bits / lens_ledger_seconds (ledger, speaker (ledger, carrier));
  return rate > 100 ? LENS_SEVERITY_HIGH : LENS_SEVERITY_MEDIUM;
}

static const LensChannelText *
text_of (const LensAnalyzer *analyzer, const char *channel)
{
  for (const LensChannelText *text = analyzer->channels; text->id != NULL; text++)
    if (g_str_equal (text->id, channel))
      return text;
  g_assert_not_reached ();
}

void
lens_ledger_find (LensLedger *ledger, LensCarrier *carrier, LensSeverity severity,
                  const char *summary, const char *detail)
{
  const LensAnalyzer *analyzer = ledger->running;
  const LensChannelText *text = text_of (analyzer, carrier->channel);
  gboolean own = speaker (ledger, carrier) >= 0;
  LensPending *pending;

  if (!own && !lens_ledger_to_device (ledger, carrier->side))
    return;
  if (carrier->index < ledger->found->len
      && g_array_index (ledger->found, guint8, carrier->index) != 0)
    return;
  pending = g_new0 (LensPending, 1);
  pending->analyzer = analyzer;
  pending->carrier = carrier;
  pending->severity = own ? severity : LENS_SEVERITY_INFO;
  pending->summary = g_strdup (summary != NULL ? summary : text->summary);
  pending->detail = own ? g_strdup (detail)
                        : g_strconcat ("Sent to the device by a peer, not by the device.",
                                       detail != NULL ? " " : NULL, detail, NULL);
  pending->filter_hint = text->filter_hint;
  pending->reference = text->reference;
  pending->hides = text->hides && own;
  g_ptr_array_add (ledger->pending, pending);
  g_array_index (ledger->found, guint8, carrier->index) = (guint8)(1 + pending->severity);
}

void
lens_ledger_find_name (LensLedger *ledger, const LensCarrier *carrier, const char *name)
{
  LensPending *last = ledger->pending->len > 0
                          ? g_ptr_array_index (ledger->pending, ledger->pending->len - 1)
                          : NULL;

  if (last != NULL && last->carrier == carrier && last->name == NULL)
    last->name = g_strdup (name);
}

void
lens_ledger_find_room (LensLedger *ledger, LensCarrier *carrier, const char *detail)
{
  const char *room = text_of (ledger->running, carrier->channel)->room;

  if (room == NULL)
    room = "There is room for hidden data here, but it held only what is expected.";
  lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO, room, detail);
}

void
lens_ledger_pass_over (LensLedger *ledger, LensCarrier *carrier)
{
  if (carrier->index < ledger->found->len)
    g_array_index (ledger->found, guint8, carrier->index) = 1 + LENS_SEVERITY_INFO;
}

gboolean
lens_ledger_owns (const LensLedger *ledger, const LensCarrier *carrier)
{
  return g_str_equal (carrier->analyzer, ledger->running->name);
}

void
lens_ledger_find_used (LensLedger *ledger)
{
  for (guint32 i = 0; i < lens_carriers_n (ledger->carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (ledger->carriers, i);
      if (!lens_ledger_owns (ledger, carrier))
        continue;
      if (carrier->uses > 0)
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL,
                          carrier->constant ? "Every use had the same content." : NULL);
      else if (carrier->room_bits > 0)
        lens_ledger_find_room (ledger, carrier, NULL);
    }
}
