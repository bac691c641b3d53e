/* dhcp-options: do a client's options say what they used to say?
 *
 * A host name, a vendor class or a client identifier is free text that a server keeps and shows;
 * a device has one of each.  So the first is room, and what changes is use.  Options that a
 * client has no use for, or that nobody has defined, are there for another reason than DHCP.
 *
 *   use    an option's octets that are not what this client used to send in messages of this
 *          type; an undefined option that is long, or whose octets change; the order of the
 *          options, where it changes
 *
 * DHCPv6 (RFC 8415) is watched in the same way.
 */
#include "ledger/analyzer.h"
#include "ledger/field-rules.h"
#include "ledger/fields.h"
#include "ledger/seed-bed.h"
#include "wire/dhcp.h"
#include "wire/transport.h"

#include <string.h>

enum
{
  CHADDR = 28,         /* offset */
  MOST_UNDEFINED = 32, /* octets of an undefined option that a maker may need */
  DHCP_CLIENT = 68,
  DHCP6_CLIENT = 546,
  DHCP6_DUID = 1,
  DHCP6_ELAPSED = 8, /* hundredths of seconds since the client began: a clock */
  DHCP6_IA_NA = 3,
  DHCP6_IA_PD = 25,
};

static const char channel_id[] = "dhcp-options";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "The options in requests for an address change: they carry data.",
    .room = "Requests for an address hold free text (host name, vendor class, identifier); data "
            "could travel in it.",
    .filter_hint = "dhcp",
    .reference = "RFC 2132; RFC 2131 section 4.4.1, table 5; RFC 8415 section 21",
    .hides = TRUE,
    .unit = LENS_UNIT_DHCP },
  { NULL },
};

static const char text_of[] = "options", order_of[] = "order of options",
                  undefined[] = "undefined options", padding[] = "octets behind End";

static const LensFieldRule rules[] = {
  { .subject = text_of,
    .least = 8,
    .percent = 5,
    .shows_room = TRUE,
    .detail = "Options that this client used to send with other content." },
  { .subject = order_of, .least = 6, .percent = 10, .detail = "The order of options changes." },
  { .subject = undefined, .least = 1, .detail = "Options that nobody has defined." },
  { .subject = padding, .least = 1, .detail = "Octets where only zeros are." },
  { NULL },
};

typedef struct
{
  LensFields *fields;
} DhcpOptions;

static LensCarrier *
carrier_of (LensLedger *ledger, const LensUnit *unit, const char *subject)
{
  return lens_ledger_carrier (ledger, channel_id, unit, subject);
}

/* Which addresses a client asks for is the question of dhcp-churn. */
static gboolean
is_of_the_lease (guint8 code)
{
  return code == LENS_DHCP_OPTION_REQUESTED_ADDRESS || code == LENS_DHCP_OPTION_SERVER
         || code == LENS_DHCP_OPTION_TYPE;
}

/* Neither in the registry (IANA, BOOTP Vendor Extensions and DHCP Options), nor for private use
 * by the maker's own servers (RFC 3942: 224-254). */
static gboolean
is_undefined (guint8 code)
{
  static const guint8 never[] = { 84, 96, 102, 103, 104, 105, 106, 107, 110, 111, 115, 126, 127 };

  for (guint i = 0; i < G_N_ELEMENTS (never); i++)
    if (never[i] == code)
      return TRUE;
  return (code >= 162 && code <= 174) || (code >= 178 && code <= 207)
         || (code >= 214 && code < 224);
}

static void
see_option (LensLedger *ledger, DhcpOptions *state, const LensUnit *unit,
            const LensDhcpOption *option, guint64 client)
{
  gboolean strange = is_undefined (option->code) || option->cut;

  if (option->data.length == 0 || is_of_the_lease (option->code))
    return;
  if (strange && option->data.length > MOST_UNDEFINED)
    lens_fields_fixed (ledger, carrier_of (ledger, unit, undefined), unit, FALSE,
                       8 * (guint)option->data.length, option->data);
  else
    lens_fields_exact (state->fields, ledger, carrier_of (ledger, unit, text_of), unit,
                       lens_fields_key ("option", client ^ option->code), option->data);
}

/* Inside file and sname (option 52), only zeros follow End. */
static void
see_after_end (LensLedger *ledger, const LensUnit *unit, LensRange range)
{
  while (range.length > 0 && unit->view.octets[range.offset] == 0)
    range.offset++, range.length--;
  if (range.length > 0)
    lens_fields_fixed (ledger, carrier_of (ledger, unit, padding), unit, FALSE,
                       8 * (guint)range.length, range);
}

static void
see_dhcp (LensLedger *ledger, DhcpOptions *state, const LensUnit *unit)
{
  LensDhcp dhcp;
  LensDhcpOptions options;
  LensDhcpOption option;
  guint64 order = 0;
  guint n = 0;

  if (!lens_dhcp_parse (unit->view.octets, unit->view.length, &dhcp) || dhcp.op != 1)
    return;
  guint64 client = lens_fields_hash (dhcp.type, unit->view.octets + CHADDR, 6) << 8;
  lens_dhcp_options_init (&options, unit->view.octets, &dhcp);
  while (lens_dhcp_options_next (&options, &option))
    {
      if (option.after_end)
        {
          see_after_end (ledger, unit, option.data);
          continue;
        }
      see_option (ledger, state, unit, &option, client);
      order = lens_fields_hash (order, &option.code, 1);
      n += option.code != LENS_DHCP_OPTION_PAD && option.code != LENS_DHCP_OPTION_END;
    }
  /* A client that has an address yet asks in another order than one that has none. */
  if (n > 0)
    lens_fields_value (state->fields, ledger, carrier_of (ledger, unit, order_of), unit,
                       lens_fields_key ("order", client), order, 2 * n, dhcp.options);
}

static void
see_dhcp6 (LensLedger *ledger, DhcpOptions *state, const LensUnit *unit)
{
  LensDhcp6 dhcp;
  LensRange data;
  guint16 code;

  if (!lens_dhcp6_parse (unit->view.octets, unit->view.length, &dhcp) || dhcp.type >= 12)
    return;
  LensRange left = dhcp.rest;
  while (lens_dhcp6_option_next (unit->view.octets, &left, &code, &data))
    {
      /* What an association holds are addresses that the server gave. */
      if (code == DHCP6_IA_NA || code == DHCP6_IA_PD)
        data.length = MIN (data.length, 12);
      if (data.length > 0 && code != DHCP6_ELAPSED)
        lens_fields_exact (state->fields, ledger, carrier_of (ledger, unit, text_of), unit,
                           lens_fields_key ("option 6", (guint64)dhcp.type << 16 | code), data);
    }
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  DhcpOptions *state = data;

  if (state->fields == NULL)
    state->fields = lens_fields_new ();
  if (unit->side->key.sport == DHCP_CLIENT)
    see_dhcp (ledger, state, unit);
  else if (unit->side->key.sport == DHCP6_CLIENT)
    see_dhcp6 (ledger, state, unit);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  (void)data;
  lens_field_rules_conclude (ledger, "dhcp-options", rules);
}

static void
clear (gpointer data)
{
  DhcpOptions *state = data;

  g_clear_pointer (&state->fields, lens_fields_free);
}

/* A host name in each of many requests: broadcasts from the device's own address (RFC 2131
 * section 4.4.5, rebinding). */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  static const guint8 ones[] = { 255, 255, 255, 255 };
  const LensAddress all = lens_address_from_octets (4, ones);
  gsize most = 1 + lens_seed_bed_below (bed, 40);
  LensSeedPlace place;
  char name[64];

  (void)channel;
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      gsize count = lens_seed_bed_take_text (bed, name, most);
      if (count == 0)
        continue;
      guint8 message[240 + 3 + 2 + sizeof name + 1] = { 1, 1, 6 };
      lens_seed_bed_fill (bed, message + 4, 4);
      memcpy (message + 12, place.layers->source.octets, 4);
      memcpy (message + CHADDR, place.layers->source_mac, 6);
      memcpy (message + 236, "\x63\x82\x53\x63\x35\x01\x03\x0c", 8);
      message[244] = (guint8)(count + 4);
      memcpy (message + 245, name, count);
      /* Something of its own, so that no two are the same. */
      for (guint i = 0; i < 4; i++)
        message[245 + count + i] = (guint8)('a' + lens_seed_bed_below (bed, 26));
      message[245 + count + 4] = LENS_DHCP_OPTION_END;
      lens_seed_bed_send_udp (bed, &all, DHCP_CLIENT, 67, message, 245 + count + 5);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_dhcp_options = {
  .name = "dhcp-options",
  .question = "Do a client's options say what they used to say?",
  .source = "RFC 2132; RFC 8415 section 21",
  .units = LENS_UNIT_DHCP,
  .channels = channels,
  .state_size = sizeof (DhcpOptions),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
