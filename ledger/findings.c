/* Findings: from carriers that spoke to the rows of a record. */
#include "ledger/inside.h"

#include "ledger/channels.h"
#include "ledger/describe.h"
#include "ledger/hint.h"
#include "wire/linktype.h"

#include <string.h>

#define MAX_RANGES 1000

static char *
host_text (const LensAddress *address, gboolean has_mac, const guint8 mac[6])
{
  if (address->version != 0)
    return lens_address_dup_text (address);
  return has_mac ? lens_mac_dup_text (mac) : g_strdup ("");
}

/* With several flows between the hosts, the ports that they do not share are 0. */
static LensFlowName *
flow_name (const LensCarrier *carrier)
{
  const LensSideKey *key = &carrier->side->key;
  LensFlowName *name = g_new0 (LensFlowName, 1);

  name->proto = lens_side_key_proto (key);
  name->src = host_text (&key->src, key->has_mac & 1, key->src_mac);
  name->dst = host_text (&key->dst, key->has_mac & 2, key->dst_mac);
  name->sport = carrier->one_flow ? key->sport : 0;
  name->dport = carrier->one_flow || carrier->one_port ? key->dport : 0;
  return name;
}

static gint
device_of (LensLedger *ledger, const LensCarrier *carrier)
{
  gint index = lens_ledger_side_source (ledger, carrier->side);

  return index >= 0 ? index : lens_ledger_side_destination (ledger, carrier->side);
}

static void
fill_where (LensFindingRow *row, const LensCarrier *carrier)
{
  guint n = lens_frame_set_n (&carrier->frames);

  row->frame_count = carrier->frames.count;
  /* Above the limit the first and the last ranges are listed. */
  for (guint i = 0; i < n; i++)
    {
      const LensFrameSpan span = lens_frame_set_at (&carrier->frames, i);
      LensFrameRange range = { span.first, span.last };
      if (n <= MAX_RANGES || i < MAX_RANGES / 2 || i >= n - MAX_RANGES / 2)
        g_array_append_val (row->ranges, range);
    }
  g_array_append_vals (row->octets, carrier->octets->data, carrier->octets->len);
  g_byte_array_append (row->excerpt, carrier->excerpt->data, carrier->excerpt->len);
  row->first = carrier->first;
  row->last = carrier->last;
}

/* What an analyzer says, and in how many octets the use lies; and what these are like, where they
 * spoke as octets and not as a few bits of theirs. */
static char *
detail_text (const LensPending *pending)
{
  const LensCarrier *carrier = pending->carrier;
  const LensHistogram *content = carrier->histogram;

  if (carrier->used_bits == 0)
    return g_strdup (pending->detail);
  if (pending->severity < LENS_SEVERITY_LOW
      || (content != NULL && carrier->used_bits < 4 * content->total))
    content = NULL;
  g_autofree char *use = lens_describe_use (carrier->used_bits, carrier->place_octets, content,
                                            carrier->excerpt->data, carrier->excerpt->len);
  if (use == NULL || pending->detail == NULL)
    return use != NULL ? g_steal_pointer (&use) : g_strdup (pending->detail);
  return g_strdup_printf ("%s %s", pending->detail, use);
}

/* All of the capture. */
static gboolean
is_ethernet (const LensEvaluation *evaluation)
{
  const GPtrArray *interfaces = evaluation->input.interfaces;

  for (guint i = 0; i < interfaces->len; i++)
    if (((LensInterfaceRow *)g_ptr_array_index (interfaces, i))->linktype != LENS_LINKTYPE_ETHERNET)
      return FALSE;
  return TRUE;
}

static void
fill_finding (LensLedger *ledger, const LensPending *pending, LensEvaluation *evaluation)
{
  const LensCarrier *carrier = pending->carrier;
  LensFindingRow *row = lens_evaluation_add_finding (evaluation);
  gint index = device_of (ledger, carrier);
  guint64 room = MAX (carrier->room_bits, carrier->used_bits);

  row->channel = g_strdup (carrier->channel);
  row->analyzer = g_strdup (carrier->analyzer);
  row->severity = pending->severity;
  row->confidence = 1;
  if (index >= 0)
    row->device = g_strdup (((LensDevice *)g_ptr_array_index (ledger->devices, index))->name);
  row->flow = flow_name (carrier);
  row->room_bits = room;
  row->used_bits = carrier->used_bits;
  row->capacity_bps = (double)room / lens_ledger_seconds (ledger, index);
  row->summary = g_strdup (pending->summary);
  row->detail = detail_text (pending);
  row->name = g_strdup (pending->name);
  row->filter_hint = lens_hint_new (pending->filter_hint, carrier, is_ethernet (evaluation));
  if (pending->reference != NULL)
    g_ptr_array_add (row->references, g_strdup (pending->reference));
  row->hides = pending->hides
               || (pending->analyzer != NULL && pending->severity >= LENS_SEVERITY_LOW
                   && lens_ledger_permits (ledger, carrier->side->flow));
  fill_where (row, carrier);
}

/* Octets that no rule placed and no finding claimed, by carrier. */
static guint64 *
unexplained_octets (LensLedger *ledger, const LensBookResult *sums)
{
  guint64 *octets = g_new0 (guint64, lens_carriers_n (ledger->carriers) + 1);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, ledger->residuals);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      LensAccountId account = GPOINTER_TO_UINT (key) - 1;
      if (lens_ledger_class_of (ledger, account) == LENS_CLASS_UNEXPLAINED)
        octets[((LensCarrier *)value)->index]
            += lens_book_octets (ledger->book, account) - sums->hidden_of_account[account];
    }
  return octets;
}

static void
find_unexplained (LensLedger *ledger, LensCarrier *carrier, guint64 octets)
{
  gboolean own = lens_ledger_from_device (ledger, carrier->side);
  gboolean of_fragments = g_str_equal (carrier->subject, "fragments-of-no-whole-datagram");
  gboolean unset = g_str_equal (carrier->subject, "channel-never-set-up")
                   && lens_ledger_is_one_way (ledger, carrier->side); /* the request is missing */
  gboolean after_loss = of_fragments || unset || g_str_equal (carrier->subject, "after-a-hole");
  LensPending *pending = g_new0 (LensPending, 1);

  carrier->used_bits = 8 * octets;
  pending->carrier = carrier;
  pending->severity
      = own && !after_loss ? lens_ledger_severity (ledger, carrier) : LENS_SEVERITY_INFO;
  pending->summary
      = g_strdup_printf ("%" G_GUINT64_FORMAT " octets inside a declared flow have no place there "
                         "(%s).",
                         octets, carrier->subject);
  if (of_fragments)
    pending->detail = g_strdup ("The capture has not all fragments of these datagrams.");
  else if (after_loss)
    pending->detail = g_strdup ("The capture missed octets just before: what follows could not "
                                "be placed until the next message.");
  else if (!own)
    pending->detail = g_strdup ("Sent to the device by a peer, not by the device.");
  g_ptr_array_add (ledger->pending, pending);
}

static void
find_all_unexplained (LensLedger *ledger, const LensBookResult *sums)
{
  g_autofree guint64 *octets = unexplained_octets (ledger, sums);

  for (guint32 i = 0; i < lens_carriers_n (ledger->carriers); i++)
    if (octets[i] > 0)
      find_unexplained (ledger, lens_carriers_at (ledger->carriers, i), octets[i]);
}

static gint
compare_findings (gconstpointer a, gconstpointer b)
{
  const LensPending *x = *(LensPending *const *)a, *y = *(LensPending *const *)b;
  guint64 x_first = lens_frame_set_first (&x->carrier->frames);
  guint64 y_first = lens_frame_set_first (&y->carrier->frames);

  if (x_first != y_first)
    return x_first < y_first ? -1 : 1;
  gint by_channel = strcmp (x->carrier->channel, y->carrier->channel);
  if (by_channel != 0)
    return by_channel;
  return x->carrier->index < y->carrier->index ? -1 : x->carrier->index > y->carrier->index;
}

static gint
compare_severities (gconstpointer a, gconstpointer b)
{
  const LensPending *x = *(LensPending *const *)a, *y = *(LensPending *const *)b;

  return x->severity != y->severity ? (x->severity > y->severity ? -1 : 1)
                                    : compare_findings (a, b);
}

/* Where there are too many the worst stay. */
static void
keep_worst (LensLedger *ledger)
{
  guint64 most = ledger->options.caps.limit[LENS_CAP_FINDINGS];

  if (ledger->pending->len <= most)
    return;
  g_ptr_array_sort (ledger->pending, compare_severities);
  ledger->left_out[LENS_CAP_FINDINGS] = ledger->pending->len - most;
  g_ptr_array_set_size (ledger->pending, (gint)most);
}

void
lens_ledger_fill_findings (LensLedger *ledger, const LensBookResult *sums,
                           LensEvaluation *evaluation)
{
  find_all_unexplained (ledger, sums);
  keep_worst (ledger);
  g_ptr_array_sort (ledger->pending, compare_findings);
  for (guint i = 0; i < ledger->pending->len; i++)
    fill_finding (ledger, g_ptr_array_index (ledger->pending, i), evaluation);
  for (guint i = 0; i < evaluation->findings->len; i++)
    ((LensFindingRow *)g_ptr_array_index (evaluation->findings, i))->id
        = g_strdup_printf ("F%03u", i + 1);
}
