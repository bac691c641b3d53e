#include "ledger/seed-bed.h"

#include "ledger/seed-inside.h"
#include "wire/transport.h"

#include <string.h>

/* A link's usual limit for the IP datagram; frames that are larger already came from a card
 * that joins segments, and so may a TCP segment that grows. */
#define LINK_LIMIT 1500
#define JOINED_LIMIT 16000
#define LARGEST 65000
/* A burst of the message is at most so many octets. */
#define MAX_BURST 16
/* With fewer places left, none is passed over. */
#define SCARCE 20

static void
change_free (gpointer data)
{
  LensSeedChange *change = data;

  for (guint i = 0; change->edits != NULL && i < change->edits->len; i++)
    g_free (g_array_index (change->edits, LensSeedEdit, i).octets);
  g_clear_pointer (&change->edits, g_array_unref);
  g_clear_pointer (&change->added, g_ptr_array_unref);
  g_free (change);
}

static void
draw_burst (LensSeedBed *bed)
{
  bed->burst = 8 * (1 + lens_seed_bed_below (bed, MAX_BURST));
  bed->giving = FALSE;
}

LensSeedBed *
lens_seed_bed_new (const LensSeedGround *ground, guint32 seed, double rate)
{
  LensSeedBed *bed = g_new0 (LensSeedBed, 1);

  bed->ground = ground;
  bed->random = g_rand_new_with_seed (seed);
  bed->rate = rate;
  bed->changes = g_hash_table_new_full (NULL, NULL, NULL, change_free);
  bed->kind = G_MAXUINT;
  draw_burst (bed);
  return bed;
}

void
lens_seed_bed_free (LensSeedBed *bed)
{
  if (bed == NULL)
    return;
  g_hash_table_unref (bed->changes);
  g_rand_free (bed->random);
  g_free (bed);
}

LensSeedChange *
lens_seed_bed_change (LensSeedBed *bed, guint packet)
{
  LensSeedChange *change = g_hash_table_lookup (bed->changes, GUINT_TO_POINTER (packet));

  if (change == NULL)
    {
      change = g_new0 (LensSeedChange, 1);
      g_hash_table_insert (bed->changes, GUINT_TO_POINTER (packet), change);
    }
  return change;
}

/* --- places --- */

static const LensRecord *
record_at_hand (const LensSeedBed *bed)
{
  return lens_packets_at (bed->ground->packets, bed->unit->packet);
}

static gsize
spare_octets (LensSeedBed *bed)
{
  const LensLayers *layers = &bed->layers;
  const LensSeedChange *change
      = g_hash_table_lookup (bed->changes, GUINT_TO_POINTER (bed->unit->packet));
  gsize length = record_at_hand (bed)->captured - layers->pseudo.length - layers->link.length;
  gsize limit = LINK_LIMIT;

  if (length > LINK_LIMIT)
    limit = LARGEST;
  else if (layers->ip_version != 0 && layers->protocol == LENS_PROTOCOL_TCP)
    limit = JOINED_LIMIT;
  length += change != NULL ? change->grown : 0;
  return limit > length ? limit - length : 0;
}

gboolean
lens_seed_bed_next (LensSeedBed *bed, LensUnitKind kind, LensSeedPlace *place)
{
  guint bit = (guint)g_bit_nth_lsf (kind, -1);
  const GArray *units = bed->ground->units[bit];

  if (bed->kind != bit)
    bed->next = 0;
  bed->kind = bit;
  bed->took = bed->took_telling = bed->took_bits = bed->took_ones = FALSE;
  bed->unit = NULL;
  if (bed->next >= units->len)
    return FALSE;
  bed->unit = &g_array_index (units, LensSeedUnit, bed->next++);
  const LensRecord *record = record_at_hand (bed);
  lens_layers_parse (record->linktype, record->fcs, record->octets, record->captured,
                     record->original, &bed->layers);
  *place = (LensSeedPlace){
    .kind = kind,
    .time_ns = record->time_ns,
    .octets = record->octets,
    .layers = &bed->layers,
    .start = bed->unit->start,
    .end = bed->unit->end,
    .frame_end = record->captured - lens_seed_fcs_length (record, &bed->layers),
    .side = bed->unit->side,
    .track = bed->unit->track,
    .nal_flags = bed->unit->nal_flags,
    .spare = spare_octets (bed),
  };
  return TRUE;
}

void
lens_seed_bed_rewind (LensSeedBed *bed)
{
  bed->kind = G_MAXUINT;
}

void
lens_seed_bed_keep_way (LensSeedBed *bed)
{
  bed->way = bed->unit;
}

gboolean
lens_seed_bed_has_way (const LensSeedBed *bed)
{
  return bed->way != NULL;
}

/* --- the message --- */

guint32
lens_seed_bed_below (LensSeedBed *bed, guint32 n)
{
  return n < 2 ? 0 : (guint32)(((guint64)g_rand_int (bed->random) * n) >> 32);
}

void
lens_seed_bed_fill (LensSeedBed *bed, guint8 *into, gsize length)
{
  for (gsize i = 0; i < length; i++)
    into[i] = (guint8)g_rand_int (bed->random);
}

/* Bits that are due.  What is left at the last place goes there. */
static guint64
due_bits (const LensSeedBed *bed)
{
  const LensSeedGround *ground = bed->ground;
  const GArray *units = ground->units[bed->kind];
  gint64 time_ns = bed->next >= units->len ? ground->last : record_at_hand (bed)->time_ns;
  double due = bed->rate * (double)(MAX (time_ns, ground->first) - ground->first) / 1e9;

  return due > (double)bed->spent ? (guint64)due - bed->spent : 0;
}

/* At most @most, and none below @least. */
static guint64
bits_to_give (LensSeedBed *bed, guint least, guint64 most)
{
  guint left = bed->ground->units[bed->kind]->len - bed->next;
  guint64 due = due_bits (bed);

  if (most < least)
    return 0;
  if (due < least)
    {
      if (bed->giving)
        draw_burst (bed);
      return 0;
    }
  if (left > 0 && !bed->giving && due < bed->burst)
    return 0;
  if (left >= SCARCE && lens_seed_bed_below (bed, 4) == 0)
    return 0;
  bed->giving = TRUE;
  return MIN (due, most);
}

static void
spend (LensSeedBed *bed, guint64 bits)
{
  bed->spent += bits;
  bed->took |= bits > 0;
}

gsize
lens_seed_bed_take (LensSeedBed *bed, guint8 *into, gsize most)
{
  gsize count = bits_to_give (bed, 8, 8 * most) / 8;

  lens_seed_bed_fill (bed, into, count);
  for (gsize i = 0; i < count; i++)
    bed->took_telling |= into[i] != 0 && into[i] != 0xff;
  spend (bed, 8 * count);
  return count;
}

guint
lens_seed_bed_take_bits (LensSeedBed *bed, guint32 *value, guint most)
{
  guint count = (guint)bits_to_give (bed, 1, MIN (most, 32));

  *value = 0;
  if (count == 0)
    return 0;
  *value = g_rand_int (bed->random) >> (32 - count);
  bed->took_bits = TRUE;
  bed->took_ones = *value != 0;
  spend (bed, count);
  return count;
}

gsize
lens_seed_bed_take_text (LensSeedBed *bed, char *into, gsize most)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
  gsize count = bits_to_give (bed, 5, 5 * most) / 5;

  for (gsize i = 0; i < count; i++)
    into[i] = letters[lens_seed_bed_below (bed, 32)];
  bed->took_telling |= count > 0;
  spend (bed, 5 * count);
  return count;
}

gboolean
lens_seed_bed_written (const LensSeedBed *bed)
{
  return bed->written;
}

/* --- edits --- */

static void
add_edit (LensSeedBed *bed, LensSeedEdit *edit, const guint8 *octets)
{
  LensSeedChange *change = lens_seed_bed_change (bed, bed->unit->packet);

  g_assert (edit->offset + (edit->instead ? edit->length : 0) <= record_at_hand (bed)->captured);
  if (edit->length == 0)
    return;
  if (change->edits == NULL)
    change->edits = g_array_new (FALSE, FALSE, sizeof (LensSeedEdit));
  edit->octets = g_memdup2 (octets, edit->length);
  edit->head = edit->growth == LENS_SEED_UNIT ? bed->unit->head : -1;
  g_array_append_val (change->edits, *edit);
  change->grown += edit->instead ? 0 : edit->length;
  change->carries |= bed->took;
  change->telling |= bed->took_telling;
  bed->written |= bed->took;
}

/* What stands at @offset now, earlier edits included. */
static guint8
octet_at (LensSeedBed *bed, gsize offset)
{
  const LensSeedChange *change = lens_seed_bed_change (bed, bed->unit->packet);
  guint8 octet = record_at_hand (bed)->octets[offset];

  for (guint i = 0; change->edits != NULL && i < change->edits->len; i++)
    {
      const LensSeedEdit *edit = &g_array_index (change->edits, LensSeedEdit, i);
      if (edit->instead && offset >= edit->offset && offset < edit->offset + edit->length)
        octet = edit->octets[offset - edit->offset];
    }
  return octet;
}

void
lens_seed_bed_set (LensSeedBed *bed, gsize offset, guint8 mask, guint8 value)
{
  guint8 before = octet_at (bed, offset), after = (guint8)((before & ~mask) | (value & mask));
  LensSeedEdit edit = { .offset = offset, .length = 1, .instead = TRUE };

  bed->took_telling |= bed->took_bits && before != after;
  add_edit (bed, &edit, &after);
}

void
lens_seed_bed_set_bits (LensSeedBed *bed, gsize offset, guint bit, guint32 value, guint count)
{
  for (; count > 0; count--, bit++)
    {
      guint8 mask = 0x80 >> bit % 8;
      lens_seed_bed_set (bed, offset + bit / 8, mask, (value >> (count - 1) & 1) != 0 ? mask : 0);
    }
}

void
lens_seed_bed_replace (LensSeedBed *bed, gsize offset, const guint8 *octets, gsize length)
{
  LensSeedEdit edit = { .offset = offset, .length = length, .instead = TRUE };

  add_edit (bed, &edit, octets);
}

void
lens_seed_bed_insert (LensSeedBed *bed, gsize offset, const guint8 *octets, gsize length,
                      LensSeedGrowth growth)
{
  LensSeedEdit edit = { .offset = offset, .length = length, .growth = growth };

  bed->took_telling |= bed->took_ones;
  add_edit (bed, &edit, octets);
}

void
lens_seed_truth_clear (LensSeedTruth *truth)
{
  g_clear_pointer (&truth->frames, g_array_unref);
  g_clear_pointer (&truth->telling, g_array_unref);
  g_clear_pointer (&truth->octets, g_array_unref);
}

/* --- the new stream --- */

/* Octets put into one direction of a connection, up to a place in it. */
typedef struct
{
  gint64 position;
  gboolean at_end; /* of its segment: what begins there lies behind it */
  guint32 grown, sum;
} Growth;

static gint
compare_growths (gconstpointer a, gconstpointer b)
{
  const Growth *x = a, *y = b;

  if (x->position != y->position)
    return x->position < y->position ? -1 : 1;
  return y->at_end - x->at_end;
}

static void
note_growths (LensSeedBed *bed, guint packet, GPtrArray *streams)
{
  const LensSeedPacket *info = &bed->ground->info[packet];
  const LensSeedChange *change = g_hash_table_lookup (bed->changes, GUINT_TO_POINTER (packet));
  const LensRecord *record = lens_packets_at (bed->ground->packets, packet);
  LensLayers layers;

  if (info->stream < 0 || change == NULL || change->edits == NULL)
    return;
  lens_layers_parse (record->linktype, record->fcs, record->octets, record->captured,
                     record->original, &layers);
  gsize start = lens_range_end (layers.payload) - info->length;
  for (guint i = 0; i < change->edits->len; i++)
    {
      const LensSeedEdit *edit = &g_array_index (change->edits, LensSeedEdit, i);
      if (edit->instead || edit->growth < LENS_SEED_PAYLOAD)
        continue;
      gsize at = edit->offset - start;
      Growth growth = { info->position + (gint64)at, at >= info->length, (guint32)edit->length, 0 };
      GArray **stream = (GArray **)&g_ptr_array_index (streams, info->stream);
      if (*stream == NULL)
        *stream = g_array_new (FALSE, FALSE, sizeof (Growth));
      g_array_append_val (*stream, growth);
    }
}

static void
free_growths (gpointer data)
{
  if (data != NULL)
    g_array_unref (data);
}

static GPtrArray *
all_growths (LensSeedBed *bed)
{
  GPtrArray *streams = g_ptr_array_new_with_free_func (free_growths);

  g_ptr_array_set_size (streams, (gint)bed->ground->n_streams);
  for (guint i = 0; i < lens_packets_n (bed->ground->packets); i++)
    note_growths (bed, i, streams);
  for (guint s = 0; s < streams->len; s++)
    {
      GArray *list = g_ptr_array_index (streams, s);
      guint32 sum = 0;
      if (list != NULL)
        g_array_sort (list, compare_growths);
      for (guint i = 0; list != NULL && i < list->len; i++)
        {
          sum += g_array_index (list, Growth, i).grown;
          g_array_index (list, Growth, i).sum = sum;
        }
    }
  return streams;
}

/* How many octets were put in before @position of the stream. */
static guint32
shift_at (const GPtrArray *streams, gint32 stream, gint64 position)
{
  const GArray *list = g_ptr_array_index (streams, stream);
  guint low = 0, high = list != NULL ? list->len : 0;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      const Growth *growth = &g_array_index (list, Growth, middle);
      if (growth->position < position || (growth->position == position && growth->at_end))
        low = middle + 1;
      else
        high = middle;
    }
  return low > 0 ? g_array_index (list, Growth, low - 1).sum : 0;
}

static void
note_truth (LensSeedTruth *truth, guint64 frame, gboolean telling, const LensRange *ranges,
            guint n_ranges)
{
  g_array_append_val (truth->frames, frame);
  if (telling)
    g_array_append_val (truth->telling, frame);
  for (guint i = 0; i < n_ranges; i++)
    {
      LensPiece piece = { frame, (guint32)ranges[i].offset, (guint32)ranges[i].length };
      g_array_append_val (truth->octets, piece);
    }
}

static guint64
put (LensPackets *into, const LensRecord *like, gint64 time_ns, const GByteArray *octets)
{
  LensRecord record = *like;

  record.time_ns = time_ns;
  record.octets = octets->data;
  record.captured = octets->len;
  record.original = octets->len;
  lens_packets_add (into, &record);
  return lens_packets_at (into, lens_packets_n (into) - 1)->frame;
}

/* Octets that edits put into the stream; those of a segment without data lie behind its number. */
static guint32
put_into_stream (const GArray *edits)
{
  guint32 grown = 0;

  for (guint i = 0; edits != NULL && i < edits->len; i++)
    {
      const LensSeedEdit *edit = &g_array_index (edits, LensSeedEdit, i);
      if (!edit->instead && edit->growth >= LENS_SEED_PAYLOAD)
        grown += (guint32)edit->length;
    }
  return grown;
}

static void
put_packet (LensSeedBed *bed, guint index, const GPtrArray *streams, LensPackets *into,
            LensSeedTruth *truth)
{
  const LensRecord *record = lens_packets_at (bed->ground->packets, index);
  const LensSeedChange *change = g_hash_table_lookup (bed->changes, GUINT_TO_POINTER (index));
  const LensSeedPacket *info = &bed->ground->info[index];
  const GArray *edits = change != NULL ? change->edits : NULL;
  guint32 sequence = 0, acknowledgement = 0;

  if (info->stream >= 0)
    {
      sequence = shift_at (streams, info->stream, info->position);
      if (info->length == 0)
        sequence -= put_into_stream (edits);
      if (info->acks)
        acknowledgement = shift_at (streams, info->stream ^ 1, info->acked);
    }
  if (edits == NULL && sequence == 0 && acknowledgement == 0)
    {
      lens_packets_share (into, bed->ground->packets, index);
      return;
    }
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (LensRange));
  lens_seed_weave (record, edits, sequence, acknowledgement, octets, ranges);
  LensRecord woven = *record;
  woven.octets = octets->data;
  woven.captured = octets->len;
  woven.original += octets->len - record->captured;
  lens_packets_add (into, &woven);
  if (edits != NULL && change->carries)
    note_truth (truth, lens_packets_at (into, lens_packets_n (into) - 1)->frame, change->telling,
                (const LensRange *)ranges->data, ranges->len);
}

static gint
compare_frames (gconstpointer a, gconstpointer b)
{
  const LensSeedFrame *x = *(LensSeedFrame *const *)a, *y = *(LensSeedFrame *const *)b;

  return x->after < y->after ? -1 : x->after > y->after;
}

/* New frames come between the packet and the next, so that nothing changes its order. */
static void
put_added (LensSeedBed *bed, guint index, LensPackets *into, LensSeedTruth *truth)
{
  const LensPackets *packets = bed->ground->packets;
  const LensSeedChange *change = g_hash_table_lookup (bed->changes, GUINT_TO_POINTER (index));
  const LensRecord *record = lens_packets_at (packets, index);
  gint64 gap = 2000000;

  if (change == NULL || change->added == NULL)
    return;
  if (index + 1 < lens_packets_n (packets))
    gap = MAX (lens_packets_at (packets, index + 1)->time_ns - record->time_ns, 0);
  g_ptr_array_sort (change->added, compare_frames);
  for (guint i = 0; i < change->added->len; i++)
    {
      const LensSeedFrame *frame = g_ptr_array_index (change->added, i);
      gint64 time_ns = record->time_ns + (gint64)(frame->after * (double)gap);
      guint64 number = put (into, record, time_ns, frame->octets);
      if (frame->carries)
        note_truth (truth, number, frame->telling, &frame->message, 1);
    }
}

LensPackets *
lens_seed_bed_finish (LensSeedBed *bed, LensSeedTruth *truth)
{
  LensPackets *into = lens_packets_new ();
  g_autoptr (GPtrArray) streams = all_growths (bed);

  truth->frames = g_array_new (FALSE, FALSE, sizeof (guint64));
  truth->telling = g_array_new (FALSE, FALSE, sizeof (guint64));
  truth->octets = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  truth->bits = bed->spent;
  for (guint i = 0; i < lens_packets_n (bed->ground->packets); i++)
    {
      put_packet (bed, i, streams, into, truth);
      put_added (bed, i, into, truth);
    }
  return into;
}
