/* rtp-element-order: does the order of header extension elements say anything?
 *
 * RFC 8285 section 4.1: elements may come in any order, and octets of padding may lie between
 * them; receivers do not care.  A sender writes the same elements in the same way each time.
 *
 *   room   as many bits as there are orders of the elements (as a power of two)
 *   use    the same, where the order and the padding are not what they were for these elements
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/habit.h"

enum
{
  HEAD = 4, /* profile id and length */
  MAX_ELEMENTS = 16,
  MAX_SETS = 64, /* of elements that come together, of one track */
  FEW = 32,      /* surprises of a device's life */
  PERCENT = 2,   /* of the packets with elements */
};

typedef struct
{
  GHashTable *sets; /* hash of elements and their lengths -> LensHabit of their order */
  guint packets, surprises;
} Orders;

typedef struct
{
  LensByTrack tracks; /* Orders */
} RtpElementOrder;

static const LensChannelText channels[] = {
  { .id = "rtp-ext-8285-padding",
    .summary = "Parts of a header extension come in an order that changes, or with padding "
               "between them that does; receivers do not care.",
    .filter_hint
    = "rtp.ext.profile == 0xbede || (rtp.ext.profile >= 0x1000 && rtp.ext.profile <= 0x100f)",
    .reference = "RFC 8285 sections 4.1.2, 4.2 and 4.3",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static guint64
hash_more (guint64 hash, guint64 value)
{
  return (hash ^ value) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) ^ hash >> 29;
}

/* The elements of a packet: what they are in any order, and how they lie. */
typedef struct
{
  guint n;
  guint64 parts[MAX_ELEMENTS]; /* id and length, rising */
  guint64 layout;
} Elements;

static void
add_part (Elements *elements, guint64 part)
{
  guint at = elements->n++;

  for (; at > 0 && elements->parts[at - 1] > part; at--)
    elements->parts[at] = elements->parts[at - 1];
  elements->parts[at] = part;
}

/* FALSE where there are more elements than are followed, or none. */
static gboolean
read_elements (const LensUnit *unit, Elements *elements)
{
  LensRtpElements walk;
  LensRtpElement element;

  *elements = (Elements){ .layout = 1 };
  if (!lens_rtp_elements_init (&walk, unit->view.octets, unit->rtp))
    return FALSE;
  while (lens_rtp_elements_next (&walk, &element))
    {
      guint64 part = (guint64)element.id << 16 | element.data.length;
      elements->layout = hash_more (elements->layout, part << 2 | element.kind);
      if (element.kind != LENS_RTP_ELEMENT_DATA)
        continue;
      if (elements->n == MAX_ELEMENTS)
        return FALSE;
      add_part (elements, part);
    }
  return elements->n > 0;
}

static LensHabit *
habit_of (Orders *orders, const Elements *elements)
{
  guint64 key = elements->n;

  for (guint i = 0; i < elements->n; i++)
    key = hash_more (key, elements->parts[i]);
  if (orders->sets == NULL)
    orders->sets = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  LensHabit *habit = g_hash_table_lookup (orders->sets, &key);
  if (habit == NULL && g_hash_table_size (orders->sets) < MAX_SETS)
    {
      habit = g_new0 (LensHabit, 1);
      g_hash_table_insert (orders->sets, g_memdup2 (&key, sizeof key), habit);
    }
  return habit;
}

/* Bits that tell the orders of @n elements apart; 1 for where padding lies. */
static guint
bits_of (guint n)
{
  guint64 orders = 2;

  for (guint i = 2; i <= n; i++)
    orders *= i;
  return g_bit_storage (orders) - 1;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  RtpElementOrder *state = data;
  LensRange extension = unit->rtp->extension;
  Elements elements;

  if (extension.length <= HEAD || !read_elements (unit, &elements))
    return;
  Orders *orders = lens_by_track (&state->tracks, unit->track, sizeof *orders);
  LensHabit *habit = habit_of (orders, &elements);
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtp-ext-8285-padding", unit, "order");
  orders->packets++;
  lens_ledger_room (ledger, carrier, unit, bits_of (elements.n));
  if (habit == NULL || lens_habit_take (habit, elements.layout))
    return;
  orders->surprises++;
  lens_ledger_use (ledger, carrier, unit, bits_of (elements.n), extension.offset + HEAD,
                   extension.length - HEAD);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  RtpElementOrder *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "rtp-element-order"))
        continue;
      const Orders *orders = lens_by_track_peek (&state->tracks, carrier->track);
      if (orders != NULL && orders->surprises >= FEW
          && 100 * (guint64)orders->surprises >= PERCENT * (guint64)orders->packets)
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, NULL);
    }
}

static void
orders_clear (gpointer data)
{
  g_clear_pointer (&((Orders *)data)->sets, g_hash_table_unref);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((RtpElementOrder *)data)->tracks, orders_clear);
}

const LensAnalyzer lens_analyzer_rtp_element_order = {
  .name = "rtp-element-order",
  .question = "Do header extension elements always come in the same order?",
  .source = "RFC 8285 section 4",
  .units = LENS_UNIT_RTP,
  .only = LENS_TRAIT_EXTENSION,
  .channels = channels,
  .state_size = sizeof (RtpElementOrder),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
