/* dhcp-churn: does a client ask for addresses more often, or for others, than it needs?
 *
 * A client asks when it starts, when its link comes back and when half of its lease is over
 * (RFC 2131 section 4.4.5); where nobody answers it asks again, ever more slowly (section 4.1).
 * It asks for an address that a server offered, or that it had before.
 *
 *   use    32 bits for each address that it asks for (option 50, or the client's own) beyond
 *          those that servers gave and a few that it may remember; 8 bits for each transaction
 *          that begins within seconds of the one before, again and again
 */
#include "ledger/analyzer.h"
#include "ledger/field-rules.h"
#include "ledger/fields.h"
#include "ledger/seed-bed.h"
#include "wire/dhcp.h"

#include <string.h>

enum
{
  CHADDR = 28, /* offset */
  XID = 4,
  CLIENT = 12,
  REMEMBERED = 4, /* addresses of other links that a client may try first */
  SOON_S = 3,     /* clients wait about 4 seconds, then 8 (RFC 2131 section 4.1); some only 3 */
  MAX_CLIENTS = 4096,
  MAX_ADDRESSES = 65536,
  NEW_TRANSACTION_BITS = 8,
};

static const char channel_id[] = "dhcp-request-churn";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "The device asks for addresses that nobody gave it, or again and again without a "
               "reason.",
    .filter_hint = "dhcp.type == 1",
    .reference = "RFC 2131 sections 4.1, 4.4.1 and 4.4.5",
    .hides = TRUE,
    .unit = LENS_UNIT_DHCP },
  { NULL },
};

static const char addresses_of[] = "addresses asked for", often[] = "transactions";

static const LensFieldRule rules[] = {
  { .subject = addresses_of, .least = 1, .detail = "Addresses that no server had given." },
  { .subject = often, .least = 16, .percent = 50, .detail = "New requests within seconds." },
  { NULL },
};

typedef struct
{
  guint32 xid;
  gint64 began;
  guint strange; /* addresses that nobody gave */
} Client;

typedef struct
{
  GHashTable *clients; /* hash of hardware address -> Client */
  GHashTable *given;   /* addresses that a server offered, or that were asked for: as numbers */
} DhcpChurn;

static guint32
number_of (const guint8 *octets)
{
  return (guint32)octets[0] << 24 | (guint32)octets[1] << 16 | (guint32)octets[2] << 8 | octets[3];
}

/* Whether the address was new. */
static gboolean
remember (DhcpChurn *state, guint32 address)
{
  if (g_hash_table_size (state->given) >= MAX_ADDRESSES)
    g_hash_table_remove_all (state->given);
  return g_hash_table_add (state->given, GUINT_TO_POINTER (address));
}

static Client *
client_of (DhcpChurn *state, const LensUnit *unit)
{
  guint64 key = lens_fields_hash (0, unit->view.octets + CHADDR, 6);
  Client *client = g_hash_table_lookup (state->clients, &key);

  if (client == NULL)
    {
      if (g_hash_table_size (state->clients) >= MAX_CLIENTS)
        g_hash_table_remove_all (state->clients);
      client = g_new0 (Client, 1);
      g_hash_table_insert (state->clients, g_memdup2 (&key, sizeof key), client);
    }
  return client;
}

static void
see_address (LensLedger *ledger, DhcpChurn *state, const LensUnit *unit, Client *client,
             LensRange where)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, addresses_of);
  guint32 address = number_of (unit->view.octets + where.offset);

  lens_ledger_room (ledger, carrier, unit, 32);
  if (address != 0 && remember (state, address) && ++client->strange > REMEMBERED)
    lens_ledger_use (ledger, carrier, unit, 32, where.offset, where.length);
}

static void
see_client (LensLedger *ledger, DhcpChurn *state, const LensUnit *unit, const LensDhcp *dhcp)
{
  Client *client = client_of (state, unit);
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, often);
  LensRange asked;

  if (dhcp->xid != client->xid || client->began == 0)
    {
      /* An INFORM goes beside what asks for the address. */
      gboolean soon = client->began != 0 && dhcp->type != LENS_DHCP_INFORM
                      && unit->time_ns - client->began < SOON_S * G_GINT64_CONSTANT (1000000000);
      lens_fields_fixed (ledger, carrier, unit, !soon, NEW_TRANSACTION_BITS, (LensRange){ XID, 4 });
      client->xid = dhcp->xid;
      client->began = unit->time_ns;
    }
  if (lens_dhcp_option (unit->view.octets, dhcp, LENS_DHCP_OPTION_REQUESTED_ADDRESS, &asked)
      && asked.length == 4)
    see_address (ledger, state, unit, client, asked);
  see_address (ledger, state, unit, client, (LensRange){ CLIENT, 4 });
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  DhcpChurn *state = data;
  LensDhcp dhcp;

  if (unit->side->key.src.version != 4
      || !lens_dhcp_parse (unit->view.octets, unit->view.length, &dhcp))
    return;
  if (state->clients == NULL)
    {
      state->clients = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
      state->given = g_hash_table_new (NULL, NULL);
    }
  if (dhcp.op != 1)
    {
      remember (state, number_of (dhcp.yours.octets));
      return;
    }
  if (unit->side->key.sport != 68 || !dhcp.has_options)
    return;
  /* It speaks from an address that it has. */
  if (!lens_address_is_unspecified (&unit->side->key.src))
    remember (state, number_of (unit->side->key.src.octets));
  see_client (ledger, state, unit, &dhcp);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  (void)data;
  lens_field_rules_conclude (ledger, "dhcp-churn", rules);
}

static void
clear (gpointer data)
{
  DhcpChurn *state = data;

  g_clear_pointer (&state->clients, g_hash_table_unref);
  g_clear_pointer (&state->given, g_hash_table_unref);
}

/* DISCOVERs that ask for an address each: three octets of the message. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  static const guint8 ones[] = { 255, 255, 255, 255 };
  const LensAddress all = lens_address_from_octets (4, ones);
  LensSeedPlace place;
  guint written = 0;
  guint8 xid[4];

  (void)channel;
  lens_seed_bed_fill (bed, xid, sizeof xid);
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      guint8 message[240 + 3 + 6 + 1] = { 1, 1, 6 };
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      /* The first ones are what a client may remember: no message yet. */
      if (written < REMEMBERED)
        lens_seed_bed_fill (bed, message + 246, 3);
      else if (lens_seed_bed_take (bed, message + 246, 3) < 3)
        continue;
      memcpy (message + XID, xid, sizeof xid);
      memcpy (message + CHADDR, place.layers->source_mac, 6);
      memcpy (message + 236, "\x63\x82\x53\x63\x35\x01\x01\x32\x04", 9);
      message[245] = (guint8)(1 + lens_seed_bed_below (bed, 200));
      message[249] = LENS_DHCP_OPTION_END;
      written += lens_seed_bed_send_udp (bed, &all, 68, 67, message, sizeof message);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_dhcp_churn = {
  .name = "dhcp-churn",
  .question = "Does a client ask for addresses more often, or for others, than it needs?",
  .source = "RFC 2131 sections 4.1, 4.4.1 and 4.4.5",
  .units = LENS_UNIT_DHCP,
  .channels = channels,
  .state_size = sizeof (DhcpChurn),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
