/* tcp-opening: does a host open its connections to one service in one way?
 *
 * RFC 9293 section 3.7.1: the first segment says how large segments may be, which follows from the
 * link; its window (section 3.8.6) and the scale of that (RFC 7323 section 2.2) follow from the
 * memory that the system sets aside.  None of them has a reason to change from one connection to
 * the next, whether that is accepted or refused.
 *
 * Benign: another value for good, as when the link or a setting changes; a few values side by side,
 * as of several programs, or of segments sent again without options; hosts behind a router, which
 * are many.
 *
 *   room   the bits of the three fields
 *   use    the same, where a value was not seen before
 */
#include "ledger/analyzer.h"
#include "ledger/fields.h"
#include "wire/tcp-options.h"

enum
{
  WINDOW_AT = 14, /* in the header (RFC 9293 section 3.1) */
  LEAST = 16,     /* new values to make a finding, ... */
  ONE_IN = 4,     /* ... of the connections */
};

static const char window_channel[] = "tcp-window-modulation";
static const char options_channel[] = "tcp-option-padding-unknown";
static const char opening[] = "opening";

static const LensChannelText channels[] = {
  { .id = window_channel,
    .summary = "Connections are opened with ever new windows, though the memory behind them is "
               "the same.",
    .filter_hint = "tcp.flags.syn == 1 && tcp.flags.ack == 0",
    .reference = "RFC 9293 section 3.8.6",
    .hides = TRUE,
    .unit = LENS_UNIT_SEGMENT },
  { .id = options_channel,
    .summary = "Connections are opened with ever new sizes of segments, though the link is the "
               "same.",
    .filter_hint = "tcp.flags.syn == 1 && tcp.flags.ack == 0",
    .reference = "RFC 9293 section 3.7.1; RFC 7323 section 2.2",
    .hides = TRUE,
    .unit = LENS_UNIT_SEGMENT },
  { NULL },
};

typedef struct
{
  LensFields *fields;
} TcpOpening;

/* The field of what opens connections to one service. */
static guint64
key_of (const LensUnit *unit, const char *field)
{
  const LensSideKey *key = &unit->side->key;

  return lens_fields_key (field, (guint64)lens_address_hash (&key->dst) << 16 | key->dport);
}

static void
take_number (LensLedger *ledger, TcpOpening *state, const LensUnit *unit, const char *channel,
             const char *field, LensRange where)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, opening);
  guint64 value = 0;

  for (gsize i = 0; i < where.length; i++)
    value = value << 8 | unit->view.octets[where.offset + i];
  lens_fields_value (state->fields, ledger, carrier, unit, key_of (unit, field), value,
                     (guint)(8 * where.length), where);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  TcpOpening *state = data;
  const LensSegment *segment = unit->segment;
  const LensRange *range = &segment->header.tcp_options;
  LensTcpOption option;
  gsize position = 0;

  if (segment->stream == NULL
      || (segment->header.tcp_flags & (LENS_TCP_SYN | LENS_TCP_ACK)) != LENS_TCP_SYN)
    return;
  if (state->fields == NULL)
    state->fields = lens_fields_new ();
  take_number (ledger, state, unit, window_channel, "window", (LensRange){ WINDOW_AT, 2 });
  while (lens_tcp_option_next (unit->view.octets + range->offset, range->length, &position, &option)
         && option.kind != LENS_TCP_OPTION_END)
    {
      const LensRange where = { range->offset + option.data.offset, option.data.length };
      if (option.kind == LENS_TCP_OPTION_MSS && where.length == 2)
        take_number (ledger, state, unit, options_channel, "size", where);
      else if (option.kind == LENS_TCP_OPTION_SCALE && where.length == 1)
        take_number (ledger, state, unit, options_channel, "scale", where);
    }
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (lens_ledger_owns (ledger, carrier) && carrier->uses >= LEAST
          && carrier->uses * ONE_IN >= carrier->units
          && !lens_ledger_is_routed (ledger, carrier->side))
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, NULL);
    }
}

static void
clear (gpointer data)
{
  TcpOpening *state = data;

  g_clear_pointer (&state->fields, lens_fields_free);
}

const LensAnalyzer lens_analyzer_tcp_opening = {
  .name = "tcp-opening",
  .question = "Does a host open its connections to one service in one way?",
  .source = "RFC 9293 sections 3.7.1 and 3.8.6; RFC 7323 section 2.2",
  .units = LENS_UNIT_SEGMENT,
  .only = LENS_TRAIT_SYN,
  .channels = channels,
  .state_size = sizeof (TcpOpening),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
