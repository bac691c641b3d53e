/* spanning-tree: does a bridge tell ever new things about its tree?
 *
 * IEEE 802.1D-2004 section 9.3: a configuration message names the root, the way to it, the bridge
 * and its port, and the tree's times.  All of it stays as it is until cables change; and nobody
 * but bridges reads it.
 *
 * Benign: the flags and the message's age; another root when a bridge comes or goes; the number
 * of the port, which differs where a bridge speaks at several with one link address.
 *
 *   room   8 bits per octet of such a field, once
 *   use    8 bits per octet of one that is not what it was
 */
#include "ledger/announced.h"
#include "ledger/seed-bed.h"

#define LENGTH 35 /* of a configuration message */
#define TREE "\x42\x42\x03"

enum
{
  SAP = 0x42,
  CHANGE = 0x80, /* the message about a change is but its header */
};

typedef struct
{
  LensAnnounced announced;
} SpanningTree;

static const struct
{
  LensRange at;
  const char *name;
} fields[] = {
  { { 5, 8 }, "the root" },
  { { 13, 4 }, "the cost of the way to it" },
  { { 17, 8 }, "the bridge" },
  { { 29, 6 }, "the times" },
};

static const char channel[] = "eth-llc-snap-payload";

static const LensChannelText channels[] = {
  { .id = channel,
    .summary = "Messages of bridges tell ever new things about their tree.",
    .room = "The device tells as bridges do of its tree; it could hold data.",
    .filter_hint = "stp",
    .reference = "IEEE 802.1D-2004 section 9.3",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static gboolean
is_configuration (const LensLayers *layers, const guint8 *octets)
{
  return layers->has_llc && !layers->has_snap && layers->ethertype == 0 && layers->dsap == SAP
         && layers->ssap == SAP && !layers->truncated && layers->payload.length >= LENGTH
         && octets[0] == 0 && octets[1] == 0 && octets[3] != CHANGE;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  SpanningTree *state = data;
  gsize start = unit->frame->payload.offset;

  if (!is_configuration (unit->frame, unit->view.octets + start))
    return;
  state->announced.channel = channel;
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    lens_announced_text (&state->announced, ledger, unit, i,
                         (LensRange){ start + fields[i].at.offset, fields[i].at.length },
                         fields[i].name);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  SpanningTree *state = data;

  lens_announced_conclude (&state->announced, ledger);
}

static void
clear (gpointer data)
{
  SpanningTree *state = data;

  lens_announced_clear (&state->announced);
}

/* --- seeds --- */

/* The message as the root, behind one that says what is so. */
static gboolean
seed (LensSeedBed *bed, const char *id)
{
  static const guint8 to[] = { 0x01, 0x80, 0xc2, 0, 0, 0 };
  gboolean told = FALSE;
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      guint8 octets[46] = TREE;
      if (!place.layers->has_source_mac || !lens_seed_bed_can_send (bed))
        continue;
      gsize count = told ? lens_seed_bed_take (bed, octets + 3 + fields[0].at.offset, 8) : 0;
      if (count > 0 || !told)
        lens_seed_bed_send_link (bed, to, 3 + LENGTH, octets, sizeof octets);
      told = TRUE;
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_spanning_tree = {
  .name = "spanning-tree",
  .question = "Does a bridge tell ever new things about its tree?",
  .source = "IEEE 802.1D-2004 section 9.3",
  .units = LENS_UNIT_FRAME,
  .only = LENS_TRAIT_NO_IP,
  .channels = channels,
  .state_size = sizeof (SpanningTree),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
