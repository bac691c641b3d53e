/* udp-checksum: does the checksum of UDP say more than a sum?
 *
 * RFC 768: the field holds the sum, or zero where none was made.  RFC 6935 and RFC 6936: over IPv6
 * zero is for tunnels only.  A socket makes sums or does not; and a datagram with a wrong one
 * reaches no program.
 *
 * Benign: a socket without sums; the other sort now and then (RTCP beside RTP of a signal
 * processor, a boot loader before its system); tunnels, whose keys are exchanged on the same
 * ports; captures on the sending host, where the card makes the sum, and behind a card that joins
 * datagrams; a datagram or two that were damaged on their way.
 *
 *   room   not counted
 *   use    1 bit for each datagram of the rarer sort; 16 bits for each wrong sum
 */
#include "ledger/analyzer.h"
#include "ledger/rows.h"
#include "ledger/seed-bed.h"
#include "wire/checksum.h"

#define CHECKSUM 6 /* the offset of the field */
#define KNOWN 8    /* right sums that make a wrong one odd */
#define LEAST 8    /* datagrams of the rarer sort */
#define ONE_IN 100 /* ... of all of them */
#define LONG 100   /* datagrams of a socket that a seed takes; half of them stay */
#define DAMAGED 2  /* wrong sums that say nothing */

/* Of one side. */
typedef struct
{
  guint32 none, right, wrong;
  guint32 carrier; /* 1 + the index of that of the rarer sort; 0: there is one sort only */
} Sums;

typedef struct
{
  LensRows sums; /* Sums, by the index of the side */
} UdpChecksum;

static const char channel_id[] = "udp-zero-checksum";
static const char rarer[] = "with and without", wrong_text[] = "wrong";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "Datagrams have checksums that no sender makes: receivers discard them.",
    .filter_hint = "udp.checksum || ipv6",
    .reference = "RFC 768; RFC 6935; RFC 6936",
    .hides = TRUE,
    .unit = LENS_UNIT_DATAGRAM },
  { NULL },
};

/* Tunnels that make no sums, and exchange keys or echoes with sums on the same ports: IPsec (RFC
 * 3948), L2TP, GTP-U, VXLAN, Geneve. */
static gboolean
is_tunnel (const LensTransport *header)
{
  static const guint16 ports[] = { 500, 1701, 2152, 4500, 4789, 6081, 8472 };

  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    if (header->source_port == ports[i] || header->destination_port == ports[i])
      return TRUE;
  return FALSE;
}

typedef enum
{
  SUM_NONE,
  SUM_RIGHT,
  SUM_WRONG,
  SUM_LATER, /* the card makes it: so far the field has the sum of the pseudo header */
} SumIs;

static SumIs
look_at_sum (const LensUnit *unit, const LensTransport *header)
{
  const LensSideKey *key = &unit->side->key;
  gsize length = header->header.length + header->payload.length;

  if (header->checksum == 0)
    return SUM_NONE;
  guint32 pseudo = lens_checksum_pseudo (&key->src, &key->dst, LENS_PROTOCOL_UDP, length);
  if (lens_checksum_end (lens_checksum_add (pseudo, unit->view.octets, length)) == 0)
    return SUM_RIGHT;
  return header->checksum == pseudo ? SUM_LATER : SUM_WRONG;
}

static Sums *
sums_of (UdpChecksum *state, const LensSide *side)
{
  return lens_rows_at (&state->sums, side->index, sizeof (Sums));
}

static LensCarrier *
use (LensLedger *ledger, const LensUnit *unit, const char *subject, guint64 bits)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, subject);

  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, CHECKSUM, 2);
  return carrier;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  LensTransport header;

  lens_transport_parse (LENS_PROTOCOL_UDP, unit->view.octets, unit->view.length, &header);
  if (header.header_cut || header.bad_length || header.payload_cut || is_tunnel (&header))
    return;
  Sums *sums = sums_of (data, unit->side);
  switch (look_at_sum (unit, &header))
    {
    case SUM_NONE:
      if (sums->right > sums->none++ || (sums->right > 0 && unit->side->key.src.version == 6))
        sums->carrier = 1 + use (ledger, unit, rarer, 1)->index;
      else if (unit->side->key.src.version == 6)
        use (ledger, unit, NULL, 1);
      break;
    case SUM_RIGHT:
      if (sums->none > sums->right++)
        sums->carrier = 1 + use (ledger, unit, rarer, 1)->index;
      break;
    case SUM_WRONG:
      if (sums->right >= KNOWN && sums->right > sums->wrong++)
        use (ledger, unit, wrong_text, 16);
      break;
    default:
      break;
    }
}

/* --- the end --- */

/* For each carrier of the rarer sort all datagrams of its sides, by its index. */
static guint64 *
sent_beside (const UdpChecksum *state, const LensCarriers *carriers)
{
  guint64 *all = g_new0 (guint64, lens_carriers_n (carriers) + 1);

  for (guint i = 0; i < lens_rows_n (&state->sums); i++)
    {
      const Sums *sums = lens_rows_peek (&state->sums, i);
      if (sums != NULL && sums->carrier > 0)
        all[sums->carrier - 1] += (guint64)sums->none + sums->right;
    }
  return all;
}

static void
judge (LensLedger *ledger, LensCarrier *carrier, guint64 beside)
{
  gboolean is_rarer = g_str_equal (carrier->subject, rarer);
  gboolean few = is_rarer ? carrier->uses < LEAST || carrier->uses * ONE_IN < beside
                          : carrier->uses <= DAMAGED;

  if (few)
    lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO, NULL,
                      is_rarer ? "A few datagrams only have none, or have one."
                               : "A few datagrams only: they were damaged on their way.");
  else if (is_rarer)
    /* Which datagrams it is, is the message. */
    lens_ledger_find (ledger, carrier, LENS_SEVERITY_MEDIUM,
                      "Some datagrams of a connection have checksums and others have none.", NULL);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);
  g_autofree guint64 *beside = sent_beside (data, carriers);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (g_str_equal (carrier->channel, channel_id) && carrier->subject != NULL)
        judge (ledger, carrier, beside[i]);
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  UdpChecksum *state = data;

  lens_rows_clear (&state->sums, NULL);
}

/* --- seeds --- */

/* How many datagrams each side has. */
static GHashTable *
count_places (LensSeedBed *bed)
{
  GHashTable *counts = g_hash_table_new (NULL, NULL);
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, LENS_UNIT_DATAGRAM, &place))
    {
      guint count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, place.side));
      g_hash_table_insert (counts, (gpointer)place.side, GUINT_TO_POINTER (count + 1));
    }
  lens_seed_bed_rewind (bed);
  return counts;
}

/* A bit of the message: no checksum instead of one, where a socket sends for long. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  g_autoptr (GHashTable) counts = count_places (bed), seen = g_hash_table_new (NULL, NULL);
  LensSeedPlace place;
  guint32 value;

  while (lens_seed_bed_next (bed, LENS_UNIT_DATAGRAM, &place))
    {
      const guint8 *field = place.octets + place.start + CHECKSUM;
      guint before = GPOINTER_TO_UINT (g_hash_table_lookup (seen, place.side));
      guint all = GPOINTER_TO_UINT (g_hash_table_lookup (counts, place.side));
      g_hash_table_insert (seen, (gpointer)place.side, GUINT_TO_POINTER (before + 1));
      if (all < LONG || before < all / 2 || (field[0] == 0 && field[1] == 0)
          || place.layers->ip_version != 4 || lens_seed_bed_take_bits (bed, &value, 1) == 0)
        continue;
      for (guint o = 0; o < 2 && value != 0; o++)
        lens_seed_bed_set (bed, place.start + CHECKSUM + o, 0xff, 0);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_udp_checksum = {
  .name = "udp-checksum",
  .question = "Do the checksums of UDP say more than a sum?",
  .source = "RFC 768; RFC 6935; RFC 6936",
  .units = LENS_UNIT_DATAGRAM,
  .channels = channels,
  .state_size = sizeof (UdpChecksum),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
