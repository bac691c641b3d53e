/* vlan-tags: do VLAN tags say anything, or that there are any?
 *
 * IEEE 802.1Q section 9.6: a tag has a priority (3 bits), a bit that lets the frame be dropped
 * first, and a VLAN (12 bits).  A sender tags what belongs together alike: the priority follows
 * the service, the VLAN the network.
 *
 * Benign: other priorities of other connections; tags that are only on one side of a mirror port;
 * the same frame in two VLANs of one capture, or in one and outside; single frames by which a stack
 * answers without a connection.
 *
 *   room   16 bits per tag
 *   use    3, 1 and 12 bits for the part that differs from what the conversation mostly had; 1 bit
 *          for a tag where it mostly had none, or none where it mostly had one
 */
#include "ledger/analyzer.h"
#include "ledger/by-side.h"
#include "ledger/habit.h"
#include "ledger/seed-bed.h"
#include "ledger/usual.h"

enum
{
  MAX_SIDES = 65536,
  RECENT = 8,     /* frames that another VLAN may repeat */
  NETWORKS = 4,   /* that repeat each other */
  LONG = 64,      /* packets of a conversation */
  SURPRISES = 16, /* of two hosts: more than a network that is set up anew has */
};

/* What stands for no tag. */
#define UNTAGGED G_MAXUINT64

/* One direction of a conversation, from its first tag on. */
typedef struct
{
  LensHabit habit;
  LensUsual usual;
  guint64 networks[NETWORKS]; /* tags under which the same frames came */
  guint n_networks;
  struct
  {
    guint32 hash;
    guint64 tags;
  } recent[RECENT];
  guint next;
} Tagged;

/* Between two hosts. */
typedef struct
{
  guint64 seen, surprises;
} Tally;

typedef struct
{
  LensBySide sides;    /* Tagged */
  GHashTable *tallies; /* LensCarrier -> Tally */
} VlanTags;

static const char channel[] = "eth-vlan-tag-modulation";

static const LensChannelText channels[] = {
  { .id = channel,
    .summary = "The VLAN tags of one conversation change, or come and go, from frame to frame.",
    .room = "Frames have VLAN tags; their priority and number could hold data.",
    .filter_hint = "vlan",
    .reference = "IEEE 802.1Q-2018 section 9.6",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static Tally *
tally_of (VlanTags *state, LensCarrier *carrier)
{
  if (state->tallies == NULL)
    state->tallies = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Tally *tally = g_hash_table_lookup (state->tallies, carrier);
  if (tally == NULL)
    {
      tally = g_new0 (Tally, 1);
      g_hash_table_insert (state->tallies, carrier, tally);
    }
  return tally;
}

static guint64
tags_of (const LensLayers *layers)
{
  guint64 tags = layers->n_vlans > 0 ? 0 : UNTAGGED;

  for (guint i = 0; i < layers->n_vlans; i++)
    tags = tags << 16 | layers->vlan[i];
  return tags;
}

/* Of the datagram's front, without what a router or a switch on the way changes of IPv4: time to
 * live and checksum. */
static guint32
hash_of (const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;
  gsize start = layers->link.offset + layers->link.length;
  gsize end = MIN (unit->view.length, start + 64);
  guint32 hash = 2166136261u;

  for (gsize i = start; i < end; i++)
    {
      gsize at = i - start;
      if (layers->ip_version != 4 || (at != 8 && at != 10 && at != 11))
        hash = (hash ^ unit->view.octets[i]) * 16777619u;
    }
  return hash;
}

static gboolean
is_network (const Tagged *tagged, guint64 tags)
{
  for (guint i = 0; i < tagged->n_networks; i++)
    if (tagged->networks[i] == tags)
      return TRUE;
  return FALSE;
}

static void
learn_network (Tagged *tagged, guint64 tags)
{
  if (tagged->n_networks < NETWORKS && !is_network (tagged, tags))
    tagged->networks[tagged->n_networks++] = tags;
}

/* Whether the same datagram was just there, with these or other tags; then both are networks that
 * the capture shows side by side. */
static gboolean
is_copy (Tagged *tagged, const LensUnit *unit, guint64 tags)
{
  guint32 hash = hash_of (unit);

  for (guint i = 0; i < RECENT; i++)
    if (tagged->recent[i].hash == hash)
      {
        if (tagged->recent[i].tags != tags)
          {
            learn_network (tagged, tags);
            learn_network (tagged, tagged->recent[i].tags);
          }
        return TRUE;
      }
  guint place = tagged->next++ % RECENT;
  tagged->recent[place].hash = hash;
  tagged->recent[place].tags = tags;
  return FALSE;
}

/* Where the tag control of the outermost tag stands: its type is just before it. */
static gsize
first_tag (const LensLayers *layers)
{
  return layers->link.offset + 14;
}

static guint
bits_of (guint difference)
{
  return ((difference & 0xe000) != 0 ? 3 : 0) + ((difference & 0x1000) != 0 ? 1 : 0)
         + ((difference & 0x0fff) != 0 ? 12 : 0);
}

/* @usual: what the tags were expected to be; those that differ speak. */
static void
use (LensLedger *ledger, LensCarrier *carrier, const LensUnit *unit, guint64 usual)
{
  const LensLayers *layers = unit->frame;
  gsize first = 0, last = 0, type = layers->link.offset + 12;
  guint bits = 0;

  if (layers->n_vlans == 0 || usual == UNTAGGED)
    {
      lens_ledger_use (ledger, carrier, unit, 1, type, layers->n_vlans == 0 ? 2 : 4);
      return;
    }
  for (guint i = 0; i < layers->n_vlans; i++)
    {
      guint difference
          = (guint)(usual >> 16 * (layers->n_vlans - 1u - i) & 0xffff) ^ layers->vlan[i];
      if (difference == 0)
        continue;
      first = bits == 0 ? i : first;
      last = i;
      bits += bits_of (difference);
    }
  if (bits > 0)
    lens_ledger_use (ledger, carrier, unit, bits, first_tag (layers) + 4 * first,
                     4 * (last - first) + 2);
}

/* NULL where the conversation has no tags so far. */
static Tagged *
tagged_of (VlanTags *state, LensLedger *ledger, const LensUnit *unit)
{
  Tagged *tagged = lens_by_side_peek (&state->sides, unit->side);

  if (tagged != NULL || unit->frame->n_vlans == 0)
    return tagged;
  tagged = lens_by_side (&state->sides, ledger, unit->side, sizeof (Tagged), MAX_SIDES);
  if (tagged != NULL && unit->side->packets > 1)
    lens_usual_take (&tagged->usual, UNTAGGED); /* as it began */
  return tagged;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  VlanTags *state = data;
  const LensLayers *layers = unit->frame;

  if ((layers->n_vlans == 0 && state->sides.rows.rows.n == 0) || layers->header_cut
      || !layers->has_destination_mac || layers->link.length < 14u + 4u * layers->n_vlans)
    return;
  Tagged *tagged = tagged_of (state, ledger, unit);
  guint64 tags = tags_of (layers);
  if (tagged == NULL || is_copy (tagged, unit, tags) || is_network (tagged, tags))
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, NULL);
  Tally *tally = tally_of (state, carrier);
  lens_ledger_room (ledger, carrier, unit, layers->n_vlans > 0 ? 16 * layers->n_vlans : 1);
  tally->seen++;
  tally->surprises += !lens_habit_take (&tagged->habit, tags);
  if (!lens_usual_take (&tagged->usual, tags))
    use (ledger, carrier, unit, lens_usual_value (&tagged->usual));
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  VlanTags *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; state->tallies != NULL && i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      const Tally *tally = g_hash_table_lookup (state->tallies, carrier);
      if (tally == NULL)
        continue;
      if (tally->surprises >= SURPRISES && tally->surprises >= tally->seen / 100)
        lens_ledger_find (ledger, carrier,
                          MAX (LENS_SEVERITY_MEDIUM, lens_ledger_severity (ledger, carrier)), NULL,
                          NULL);
      else if (carrier->uses > 0)
        lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO,
                          "The VLAN tags of one conversation changed a few times.", NULL);
      else
        lens_ledger_find_room (ledger, carrier, NULL);
    }
}

static void
clear (gpointer data)
{
  VlanTags *state = data;

  lens_by_side_clear (&state->sides, NULL);
  g_clear_pointer (&state->tallies, g_hash_table_unref);
}

/* --- seeds --- */

/* The priority, the drop bit, the VLAN, or all of them, of the innermost tag; in conversations that
 * are long enough to have a habit, and once they have begun. */
static gboolean
seed (LensSeedBed *bed, const char *id)
{
  static const guint widths[][2] = { { 0, 3 }, { 3, 1 }, { 4, 12 }, { 0, 16 } };
  const guint *part = widths[lens_seed_bed_below (bed, G_N_ELEMENTS (widths))];
  LensSeedPlace place;
  guint32 value;

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      const LensLayers *layers = place.layers;
      if (layers->n_vlans == 0 || layers->ip_version == 0 || place.side->packets < LONG
          || place.time_ns == place.side->first)
        continue;
      guint count = lens_seed_bed_take_bits (bed, &value, part[1]);
      if (count > 0)
        lens_seed_bed_set_bits (bed, first_tag (layers) + 4 * (layers->n_vlans - 1u), part[0],
                                value, count);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_vlan_tags = {
  .name = "vlan-tags",
  .question = "Do VLAN tags say anything, or that there are any?",
  .source = "IEEE 802.1Q-2018 section 9.6",
  .severity = LENS_SEVERITY_RULE_FIXED,
  .units = LENS_UNIT_FRAME,
  .channels = channels,
  .state_size = sizeof (VlanTags),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
