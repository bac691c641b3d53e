/* dhcp-fields: does a client put anything into fields of DHCP that are not its own?
 *
 * A message of BOOTP's time has room for a server's name and a file to boot from (192 octets),
 * for four addresses and for hardware addresses of 16 octets; a client of today leaves nearly
 * all of it zero (RFC 2131 table 5).
 *
 *   exact       hops, the reserved flags, the addresses of others, the unused end of the
 *               hardware address, the two names (unless option 52 puts options there), the
 *               client's address where it has none yet, octets behind End
 *   by habit    the seconds (none, or they count; some count in the wrong octet order), whose
 *               hardware address it is (a repeater asks for a few others)
 *
 * The transaction number is random by design.  Of servers only what must be zero is judged.
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
  HOPS = 3, /* offsets */
  SECONDS = 8,
  FLAGS = 10,
  CLIENT = 12,
  YOURS = 16,
  SERVER = 20,
  RELAY = 24,
  HARDWARE = 28,
  NAMES = 44,

  SLACK_S = 3, /* between two clocks, and rounding */
  MAX_CLIENTS = 4096,
};

static const char channel_id[] = "dhcp-bootp-fields";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "Requests for an address carry something in fields that a client leaves empty.",
    .filter_hint = "dhcp",
    .reference = "RFC 2131 section 2, figures 1 and 2; section 4.4.1, table 5",
    .hides = TRUE,
    .unit = LENS_UNIT_DHCP },
  { NULL },
};

static const char always_zero[] = "always zero", seconds_of[] = "seconds",
                  hardware_of[] = "hardware address";

static const LensFieldRule rules[] = {
  { .subject = always_zero, .least = 1, .detail = "Fields that a client leaves empty." },
  { .subject = seconds_of, .least = 3, .percent = 20, .detail = "Seconds that do not count." },
  { .subject = hardware_of, .least = 8, .percent = 20, .detail = "Ever new hardware addresses." },
  { NULL },
};

typedef struct
{
  guint16 seconds;
  gint64 time_ns;
} Counted;

typedef struct
{
  LensFields *fields;
  GHashTable *clients; /* hash of a hardware address -> Counted */
} DhcpFields;

static void
empty (LensLedger *ledger, const LensUnit *unit, LensRange range)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, always_zero);
  const guint8 *octets = unit->view.octets;
  guint bits = 8 * (guint)range.length;

  while (range.length > 0 && octets[range.offset] == 0)
    range.offset++, range.length--;
  while (range.length > 0 && octets[lens_range_end (range) - 1] == 0)
    range.length--;
  lens_fields_fixed (ledger, carrier, unit, range.length == 0,
                     range.length == 0 ? bits : 8 * (guint)range.length, range);
}

/* Of anybody's message. */
static void
see_reserved (LensLedger *ledger, const LensUnit *unit, const LensDhcp *dhcp)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, always_zero);

  lens_fields_fixed (ledger, carrier, unit, (dhcp->flags & ~LENS_DHCP_FLAG_BROADCAST) == 0, 15,
                     (LensRange){ FLAGS, 2 });
  empty (ledger, unit, dhcp->hardware_unused);
  if (dhcp->has_options && dhcp->rest.length > 0)
    empty (ledger, unit, dhcp->rest);
}

/* --- the seconds --- */

static gboolean
goes_on (const Counted *last, guint16 seconds, gint64 time_ns)
{
  gint64 elapsed = (time_ns - last->time_ns) / (1000 * 1000 * 1000);
  gint64 counted = (gint64)seconds - last->seconds;
  gint64 swapped = (gint64)GUINT16_SWAP_LE_BE (seconds) - GUINT16_SWAP_LE_BE (last->seconds);

  return ABS (counted - elapsed) <= SLACK_S || ABS (swapped - elapsed) <= SLACK_S || counted == 0;
}

static void
see_seconds (LensLedger *ledger, DhcpFields *state, const LensUnit *unit, const LensDhcp *dhcp)
{
  guint64 key = lens_fields_hash (0, unit->view.octets + HARDWARE, 6);
  Counted *last = g_hash_table_lookup (state->clients, &key);
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, seconds_of);
  gboolean right
      = dhcp->seconds == 0 || last == NULL || goes_on (last, dhcp->seconds, unit->time_ns);

  lens_fields_fixed (ledger, carrier, unit, right, 16, (LensRange){ SECONDS, 2 });
  if (last == NULL)
    {
      if (g_hash_table_size (state->clients) >= MAX_CLIENTS)
        g_hash_table_remove_all (state->clients);
      last = g_new0 (Counted, 1);
      g_hash_table_insert (state->clients, g_memdup2 (&key, sizeof key), last);
    }
  *last = (Counted){ dhcp->seconds, unit->time_ns };
}

/* --- a client's message --- */

/* RFC 2131 table 5: what has its own address already. */
static gboolean
may_have_address (const LensDhcp *dhcp)
{
  return dhcp->type == LENS_DHCP_REQUEST || dhcp->type == LENS_DHCP_RELEASE
         || dhcp->type == LENS_DHCP_INFORM || dhcp->type == 0 || dhcp->type > LENS_DHCP_INFORM;
}

static void
see_client (LensLedger *ledger, DhcpFields *state, const LensUnit *unit, const LensDhcp *dhcp)
{
  const LensSideKey *key = &unit->side->key;
  LensCarrier *hardware = lens_ledger_carrier (ledger, channel_id, unit, hardware_of);

  empty (ledger, unit, (LensRange){ HOPS, 1 });
  if (!may_have_address (dhcp)
      || (!lens_address_is_unspecified (&dhcp->client) && !lens_address_is_unspecified (&key->src)
          && !lens_address_equal (&dhcp->client, &key->src)))
    empty (ledger, unit, (LensRange){ CLIENT, 4 });
  empty (ledger, unit, (LensRange){ YOURS, 4 });
  empty (ledger, unit, (LensRange){ SERVER, 4 });
  if ((dhcp->overload & 2) == 0)
    empty (ledger, unit, dhcp->sname);
  if ((dhcp->overload & 1) == 0)
    empty (ledger, unit, dhcp->file);
  see_seconds (ledger, state, unit, dhcp);
  guint64 own = lens_fields_hash (0, key->src_mac, sizeof key->src_mac);
  lens_fields_value (state->fields, ledger, hardware, unit, own,
                     lens_fields_hash (0, unit->view.octets + HARDWARE, dhcp->hardware.length), 48,
                     dhcp->hardware);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  DhcpFields *state = data;
  LensDhcp dhcp;

  if (unit->side->key.src.version != 4
      || !lens_dhcp_parse (unit->view.octets, unit->view.length, &dhcp))
    return;
  if (state->fields == NULL)
    {
      state->fields = lens_fields_new ();
      state->clients = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
    }
  see_reserved (ledger, unit, &dhcp);
  /* What a relay passes on (RFC 1542 section 4.1) has its address. */
  if (dhcp.op == 1 && unit->side->key.sport == 68)
    {
      empty (ledger, unit, (LensRange){ RELAY, 4 });
      see_client (ledger, state, unit, &dhcp);
    }
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  (void)data;
  lens_field_rules_conclude (ledger, "dhcp-fields", rules);
}

static void
clear (gpointer data)
{
  DhcpFields *state = data;

  g_clear_pointer (&state->fields, lens_fields_free);
  g_clear_pointer (&state->clients, g_hash_table_unref);
}

/* The two names of a request. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[192];

  (void)channel;
  while (lens_seed_bed_next (bed, LENS_UNIT_DHCP, &place))
    {
      if (place.side->key.dport != 67 || place.end - place.start < NAMES + sizeof octets)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets);
      for (gsize i = 0; i < count; i++)
        lens_seed_bed_set (bed, place.start + NAMES + i, 0xff, octets[i]);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_dhcp_fields = {
  .name = "dhcp-fields",
  .question = "Does a client put anything into fields of DHCP that are not its own?",
  .source = "RFC 2131 sections 2 and 4.4.1",
  .units = LENS_UNIT_DHCP,
  .channels = channels,
  .state_size = sizeof (DhcpFields),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
