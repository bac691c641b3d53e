/* icmp-extensions: do the objects behind an ICMP error say what routers say?
 *
 * RFC 4884 section 7: behind the quote there may be objects, each with a length and a class.  RFC
 * 4950 section 3: the labels that a packet came with, of which the last one is marked as such; RFC
 * 5837: the interface.  What they say follows from the router, not from the packet.
 *
 * Benign: the labels of several paths; a time to live that counts down.
 *
 *   room   8 bits per octet of the objects
 *   use    those of labels that are no stack, of what no length counts, of reserved bits; those of
 *          objects that are new each time
 */
#include "ledger/analyzer.h"
#include "ledger/field-rules.h"
#include "ledger/fields.h"

#include "wire/icmp.h"

enum
{
  HEADER = 4, /* of all objects, and of each */
  ENTRY = 4,  /* RFC 3032 section 2.1: label (20 bits), class, bottom of stack, time to live */
  BOTTOM_AT = 2,
  CLASS_LABELS = 1,
};

static const char channel[] = "icmp-error-quote";
static const char objects[] = "objects", forms[] = "forms";

static const LensChannelText channels[] = {
  { .id = channel,
    .summary = "Error messages carry objects, as routers add them, that describe no path.",
    .room = "Error messages describe the path that a packet took; data could travel there.",
    .filter_hint = "icmp || icmpv6",
    .reference = "RFC 4884 section 7; RFC 4950 section 3; RFC 5837",
    .hides = TRUE,
    .unit = LENS_UNIT_ICMP },
  { NULL },
};

static const LensFieldRule rules[] = {
  { .subject = forms },
  { .subject = objects, .least = 16, .percent = 25, .shows_room = TRUE },
  { NULL },
};

typedef struct
{
  LensFields *fields;
} IcmpExtensions;

static gboolean
is_stack (const guint8 *octets, LensRange data)
{
  if (data.length == 0 || data.length % ENTRY != 0)
    return FALSE;
  for (gsize at = 0; at < data.length; at += ENTRY)
    if ((octets[data.offset + at + BOTTOM_AT] & 1) != (at + ENTRY == data.length))
      return FALSE;
  return TRUE;
}

/* Of labels without their time to live. */
static guint64
content_of (const guint8 *octets, LensRange data, gboolean labels)
{
  guint64 hash = data.length;

  for (gsize i = 0; i < data.length; i++)
    if (!labels || i % ENTRY != ENTRY - 1)
      hash = lens_fields_hash (hash, octets + data.offset + i, 1);
  return hash;
}

static void
see_object (LensLedger *ledger, IcmpExtensions *state, const LensUnit *unit, LensRange whole)
{
  const guint8 *octets = unit->view.octets;
  const LensRange data = { whole.offset + HEADER, whole.length - HEADER };
  guint8 class = octets[whole.offset + 2], type = octets[whole.offset + 3];
  gboolean labels = class == CLASS_LABELS;

  if (labels)
    lens_fields_fixed (ledger, lens_ledger_carrier (ledger, channel, unit, forms), unit,
                       type == 1 && is_stack (octets, data), (guint)(8 * data.length), data);
  lens_fields_value (state->fields, ledger, lens_ledger_carrier (ledger, channel, unit, objects),
                     unit, lens_fields_key ("object", (guint64) class << 8 | type),
                     content_of (octets, data, labels), (guint)(8 * data.length), data);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  IcmpExtensions *state = data;
  const guint8 *octets = unit->view.octets;
  LensIcmp icmp;

  if (!lens_icmp_parse (unit->side->key.src.version, octets, unit->view.length, &icmp)
      || icmp.kind != LENS_ICMP_ERROR || icmp.extensions.length < HEADER)
    return;
  if (state->fields == NULL)
    state->fields = lens_fields_new ();
  LensRange left = icmp.extensions;
  LensCarrier *fixed = lens_ledger_carrier (ledger, channel, unit, forms);
  gboolean is_zero = (octets[left.offset] & 0x0f) == 0 && octets[left.offset + 1] == 0;
  lens_fields_fixed (ledger, fixed, unit, is_zero, 12, (LensRange){ left.offset, 2 });
  left = (LensRange){ left.offset + HEADER, left.length - HEADER };
  while (left.length >= HEADER)
    {
      gsize length = (gsize)(octets[left.offset] << 8 | octets[left.offset + 1]);
      if (length < HEADER || length > left.length)
        break;
      see_object (ledger, state, unit, (LensRange){ left.offset, length });
      left = (LensRange){ left.offset + length, left.length - length };
    }
  if (left.length > 0)
    lens_fields_fixed (ledger, fixed, unit, FALSE, (guint)(8 * left.length), left);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  lens_field_rules_conclude (ledger, "icmp-extensions", rules);
}

static void
clear (gpointer data)
{
  IcmpExtensions *state = data;

  g_clear_pointer (&state->fields, lens_fields_free);
}

const LensAnalyzer lens_analyzer_icmp_extensions = {
  .name = "icmp-extensions",
  .question = "Do the objects behind an ICMP error say what routers say?",
  .source = "RFC 4884 section 7; RFC 4950 section 3",
  .units = LENS_UNIT_ICMP,
  .channels = channels,
  .state_size = sizeof (IcmpExtensions),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
