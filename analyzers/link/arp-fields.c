/* arp-fields: do ARP frames say anything but who asks for whom?
 *
 * RFC 826: 28 octets for Ethernet and IPv4, of which the first 8 are always the same but for the
 * operation, request or reply.  In a request the target's hardware address is what is asked for,
 * so nobody reads it; RFC 5227 section 2.1.1 asks for zeros in probes.  The 18 octets that fill
 * the frame to 60 (IEEE 802.3 section 3.2.8) are padding, and no receiver looks at them.
 *
 * Benign: as target the address of all, the sender's own, the frame's destination or that of any
 * host of the link (stacks that ask again whom they know); in the padding what some drivers leave
 * of frames before (Etherleak, CVE-2003-0001): now and then a few octets among zeros.
 *
 *   room   8 bits per octet behind the addresses (a frame check sequence that holds left out)
 *   use    8 bits per octet of padding that is not zero, and of the first 8 that is not what it
 *          must be; 48 bits per target that changes and is nobody's, and for a sender that is
 *          neither the frame's nor what it was
 */
#include "ledger/analyzer.h"
#include "ledger/constancy.h"
#include "ledger/leftover.h"
#include "ledger/seed-bed.h"

#include "wire/arp.h"
#include "wire/trailer.h"

#include <string.h>

enum
{
  STRANGE_TARGETS = 3, /* of one sender, with the first one */
  MAX_HOSTS = 4096,
  OFTEN = 8, /* frames */
};

typedef struct
{
  LensLeftover padding;
  LensConstancy *said; /* senders and targets that nobody knows */
  GHashTable *hosts;   /* link addresses that sent a frame */
} ArpFields;

static const char padding[] = "arp-padding";
static const char target[] = "arp-tha-request";
static const char header[] = "arp-hdr-fields";

static const LensChannelText channels[] = {
  { .id = padding,
    .summary = "The padding of address resolution frames holds something other than zeros.",
    .room = "Address resolution frames are padded with zeros; data could travel there.",
    .filter_hint = "arp",
    .reference = "RFC 826; IEEE 802.3 section 3.2.8",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = target,
    .summary = "Address resolution frames name ever new hardware addresses that nobody has, in a "
               "field that nobody reads.",
    .filter_hint = "arp",
    .reference = "RFC 826; RFC 5227 section 2.1.1",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = header,
    .summary = "Address resolution frames have a header that no host understands, or change who "
               "they say sent them.",
    .filter_hint = "arp",
    .reference = "RFC 826",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static void
use (LensLedger *ledger, const char *channel, const LensUnit *unit, guint64 bits, LensRange octets)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, NULL);

  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, octets.offset, octets.length);
}

/* --- the header --- */

static void
see_header (LensLedger *ledger, const LensUnit *unit)
{
  static const guint8 usual[] = { 0, 1, 8, 0, 6, 4, 0 };
  gsize start = unit->frame->payload.offset, first = 8, last = 0, n = 0;
  const guint8 *octets = unit->view.octets + start;

  for (gsize i = 0; i < 8; i++)
    {
      gboolean right = i < sizeof usual
                           ? octets[i] == usual[i]
                           : octets[i] == LENS_ARP_REQUEST || octets[i] == LENS_ARP_REPLY;
      if (right)
        continue;
      first = MIN (first, i);
      last = i;
      n++;
    }
  if (n > 0)
    use (ledger, header, unit, 8 * n, (LensRange){ start + first, last + 1 - first });
}

/* --- the hardware addresses --- */

static guint64
key_of (const LensUnit *unit, const LensAddress *about, guint salt)
{
  guint64 key = lens_mac_number (unit->frame->source_mac) * 31 + salt;

  return key * 0x100000001b3u ^ lens_address_hash (about);
}

static gboolean
is_known (const ArpFields *state, const LensUnit *unit, const LensArp *arp)
{
  guint64 number = lens_mac_number (arp->target_mac);
  const LensLayers *layers = unit->frame;

  return number == 0 || number == 0xffffffffffff
         || memcmp (arp->target_mac, arp->sender_mac, 6) == 0
         || (layers->has_destination_mac
             && memcmp (arp->target_mac, layers->destination_mac, 6) == 0)
         || (state->hosts != NULL && g_hash_table_contains (state->hosts, &number));
}

static void
see_target (LensLedger *ledger, ArpFields *state, const LensUnit *unit, const LensArp *arp)
{
  gsize start = unit->frame->payload.offset + arp->target_hardware.offset;

  if (is_known (state, unit, arp))
    return;
  guint64 key = key_of (unit, &arp->target_address, 1);
  if (lens_constancy_take (state->said, key, lens_mac_number (arp->target_mac), unit, start, 6)
      != LENS_CONSTANCY_CHANGED)
    return;
  lens_constancy_use_first (state->said, key, ledger,
                            lens_ledger_carrier (ledger, target, unit, NULL));
  use (ledger, target, unit, 48, (LensRange){ start, 6 });
}

/* Virtual routers and bonds send in another's name, always in the same one. */
static void
see_sender (LensLedger *ledger, ArpFields *state, const LensUnit *unit, const LensArp *arp)
{
  gsize start = unit->frame->payload.offset + arp->sender_hardware.offset;

  if (memcmp (arp->sender_mac, unit->frame->source_mac, 6) == 0)
    return;
  guint64 key = key_of (unit, &arp->sender_address, 2);
  if (lens_constancy_take (state->said, key, lens_mac_number (arp->sender_mac), unit, start, 6)
      == LENS_CONSTANCY_CHANGED)
    use (ledger, header, unit, 48, (LensRange){ start, 6 });
}

static void
learn_host (LensLedger *ledger, ArpFields *state, const LensUnit *unit)
{
  guint64 number = lens_mac_number (unit->frame->source_mac);

  if (unit->side->packets > 1 || !unit->frame->has_source_mac)
    return;
  if (state->hosts == NULL)
    state->hosts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  if (!g_hash_table_contains (state->hosts, &number)
      && lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->hosts), MAX_HOSTS))
    g_hash_table_add (state->hosts, g_memdup2 (&number, sizeof number));
}

/* --- the whole --- */

static void
see_padding (LensLedger *ledger, ArpFields *state, const LensUnit *unit, const LensArp *arp)
{
  gsize start = unit->frame->payload.offset + arp->rest.offset;
  LensTrailer trailer
      = lens_trailer_over (unit->frame, unit->view.octets, start, unit->view.length);
  LensRange rest = { start, trailer.pad.length + trailer.surplus.length };

  if (rest.length > 0)
    lens_leftover_take (&state->padding, ledger, lens_ledger_carrier (ledger, padding, unit, NULL),
                        unit, rest);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  ArpFields *state = data;
  const LensLayers *layers = unit->frame;
  LensArp arp;

  learn_host (ledger, state, unit);
  if (layers->ethertype != LENS_ETHERTYPE_ARP || layers->has_snap
      || !lens_arp_parse (unit->view.octets + layers->payload.offset, layers->payload.length, &arp))
    return;
  see_padding (ledger, state, unit, &arp);
  see_header (ledger, unit);
  if (!arp.is_ipv4 || !layers->has_source_mac)
    return;
  if (state->said == NULL)
    state->said = lens_constancy_new ();
  see_target (ledger, state, unit, &arp);
  see_sender (ledger, state, unit, &arp);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  ArpFields *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  lens_leftover_conclude (&state->padding, ledger);
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (g_str_equal (carrier->channel, target) && carrier->uses > 0
          && carrier->uses < STRANGE_TARGETS)
        lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO, NULL,
                          "A target that is not in the capture, and another one later: asked for "
                          "by what was known of it.");
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  ArpFields *state = data;

  lens_leftover_clear (&state->padding);
  lens_constancy_free (state->said);
  g_clear_pointer (&state->hosts, g_hash_table_unref);
}

/* --- seeds --- */

static void
seed_padding (LensSeedBed *bed, gsize start, const LensArp *arp)
{
  guint8 octets[64];
  gsize count = lens_seed_bed_take (bed, octets, MIN (sizeof octets, arp->rest.length));

  if (count > 0)
    lens_seed_bed_replace (bed, start + arp->rest.offset, octets, count);
}

/* A host's address (the lowest bit of the first octet is that of groups); of a device that asks
 * again and again. */
static void
seed_target (LensSeedBed *bed, const LensSeedPlace *place, gsize start, const LensArp *arp)
{
  guint8 octets[6] = { (guint8)(2 * lens_seed_bed_below (bed, 128)) };

  if (place->side->packets >= OFTEN && lens_seed_bed_take (bed, octets + 1, 5) == 5)
    lens_seed_bed_replace (bed, start + arp->target_hardware.offset, octets, sizeof octets);
}

/* The operation is a number of 16 bits. */
static void
seed_header (LensSeedBed *bed, gsize start)
{
  guint8 octets[2];

  if (lens_seed_bed_take (bed, octets, 2) == 2)
    lens_seed_bed_replace (bed, start + 6, octets, sizeof octets);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  LensArp arp;

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      gsize start = place.layers->payload.offset;
      if (place.layers->ethertype != LENS_ETHERTYPE_ARP || place.layers->has_snap
          || !lens_arp_parse (place.octets + start, place.frame_end - start, &arp))
        continue;
      if (g_str_equal (channel, padding))
        seed_padding (bed, start, &arp);
      else if (g_str_equal (channel, target))
        seed_target (bed, &place, start, &arp);
      else
        seed_header (bed, start);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_arp_fields = {
  .name = "arp-fields",
  .question = "Do ARP frames say anything but who asks for whom?",
  .source = "RFC 826; RFC 5227 section 2.1.1; IEEE 802.3 section 3.2.8",
  .units = LENS_UNIT_FRAME,
  .only = LENS_TRAIT_NO_IP | LENS_TRAIT_FIRST,
  .channels = channels,
  .state_size = sizeof (ArpFields),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
