#include "wire/rtp-jpeg.h"

#include "wire/assembly.h"
#include "wire/cursor.h"

enum
{
  FIRST_Q_WITH_TABLES = 128,
};

struct _LensRtpJpegReader
{
  LensRtpJpegFunc frame;
  LensRtpJpegCutFunc cut;
  gpointer user;

  gboolean started; /* a packet came before: @sequence is its own */
  guint16 sequence;

  gboolean open; /* a frame waits for its end */
  guint32 timestamp;
  guint flags;
  LensAssembly scan, heads;
  GArray *packets; /* LensRtpJpegPacket, heads counted from the first head */
  LensJpegEntropy entropy;
};

LensRtpJpegReader *
lens_rtp_jpeg_reader_new (LensRtpJpegFunc frame, LensRtpJpegCutFunc cut, gpointer user)
{
  LensRtpJpegReader *reader = g_new0 (LensRtpJpegReader, 1);

  reader->frame = frame;
  reader->cut = cut;
  reader->user = user;
  lens_assembly_init (&reader->scan);
  lens_assembly_init (&reader->heads);
  reader->packets = g_array_new (FALSE, FALSE, sizeof (LensRtpJpegPacket));
  lens_jpeg_entropy_init_standard (&reader->entropy);
  return reader;
}

void
lens_rtp_jpeg_reader_free (LensRtpJpegReader *reader)
{
  if (reader == NULL)
    return;
  lens_assembly_clear (&reader->scan);
  lens_assembly_clear (&reader->heads);
  g_array_unref (reader->packets);
  g_free (reader);
}

gboolean
lens_rtp_jpeg_has_restarts (guint8 type)
{
  return type >= 64 && type <= 127;
}

gboolean
lens_rtp_jpeg_is_baseline (guint8 type)
{
  return (type & ~64) <= 1;
}

/* --- one payload --- */

static LensRange
take (LensCursor *cursor, gsize length)
{
  LensRange range = { cursor->position, MIN (length, lens_cursor_left (cursor)) };

  lens_cursor_skip (cursor, range.length);
  return range;
}

static void
read_tables (LensCursor *cursor, LensRtpJpegPacket *packet)
{
  packet->table_header = (LensRange){ cursor->position, LENS_RTP_JPEG_TABLE_HEADER };
  packet->table_mbz = lens_cursor_u8 (cursor);
  packet->table_precision = lens_cursor_u8 (cursor);
  packet->table_length = lens_cursor_u16 (cursor);
  packet->tables = take (cursor, packet->table_length);
}

/* FALSE when the payload ends inside a header. */
static gboolean
read_payload (const LensView *payload, LensRtpJpegPacket *packet)
{
  LensCursor cursor = lens_cursor_over (payload->octets, payload->length);

  *packet = (LensRtpJpegPacket){ 0 };
  packet->type_specific = lens_cursor_u8 (&cursor);
  packet->fragment_offset = lens_cursor_u24 (&cursor);
  packet->type = lens_cursor_u8 (&cursor);
  packet->q = lens_cursor_u8 (&cursor);
  packet->width = lens_cursor_u8 (&cursor);
  packet->height = lens_cursor_u8 (&cursor);
  if (lens_rtp_jpeg_has_restarts (packet->type))
    {
      packet->restart = (LensRange){ cursor.position, LENS_RTP_JPEG_RESTART_HEADER };
      packet->restart_interval = lens_cursor_u16 (&cursor);
      packet->restart_word = lens_cursor_u16 (&cursor);
    }
  if (packet->q >= FIRST_Q_WITH_TABLES && packet->fragment_offset == 0)
    read_tables (&cursor, packet);
  packet->head = (LensRange){ 0, cursor.position };
  packet->scan = (LensRange){ cursor.position, lens_cursor_left (&cursor) };
  return !cursor.short_read;
}

/* --- frames --- */

static void
move (LensRange *range, gsize by)
{
  range->offset += by;
}

/* Marks the packets whose fragments follow each other from 0 to the last one's end, of two in
 * one place the later; FALSE when there are no such. */
static gboolean
find_chain (const LensRtpJpegReader *reader, gboolean *in_chain)
{
  const LensRtpJpegPacket *packets
      = (const LensRtpJpegPacket *)(gconstpointer)reader->packets->data;
  guint last = reader->packets->len - 1;
  gsize begin = packets[last].fragment_offset;

  in_chain[last] = TRUE;
  for (guint i = last; i-- > 0;)
    if (packets[i].fragment_offset + packets[i].scan.length == begin)
      {
        in_chain[i] = TRUE;
        begin = packets[i].fragment_offset;
      }
  return begin == 0;
}

static gboolean
adds_up (const LensRtpJpegReader *reader)
{
  for (guint i = 0; i < reader->packets->len; i++)
    {
      const LensRtpJpegPacket *packet = &g_array_index (reader->packets, LensRtpJpegPacket, i);
      if (packet->fragment_offset != packet->expected_offset)
        return FALSE;
    }
  return TRUE;
}

/* Hands over a fragment that is no part of the scan, and its tables. */
static void
give_surplus (const LensRtpJpegReader *reader, const LensRtpJpegPacket *packet,
              const LensView *heads, const LensView *scan)
{
  LensAssembly surplus;
  gsize tables = packet->table_header.length + packet->tables.length;

  lens_assembly_init (&surplus);
  lens_assembly_append (&surplus, heads, lens_range_end (packet->head) - tables, tables);
  lens_assembly_append (&surplus, scan, packet->scan.offset, packet->scan.length);
  const LensView view = lens_assembly_view (&surplus);
  if (view.length > 0)
    reader->cut (&view, reader->user);
  lens_assembly_clear (&surplus);
}

/* Takes the fragments out whose place another one has. */
static void
drop_surplus (LensRtpJpegReader *reader)
{
  g_autofree gboolean *in_chain = g_new0 (gboolean, reader->packets->len);

  if ((reader->flags & (LENS_RTP_JPEG_LOST | LENS_RTP_JPEG_CAPPED)) != 0 || adds_up (reader)
      || !find_chain (reader, in_chain))
    return;
  LensAssembly all = reader->scan;
  const LensView scan = lens_assembly_view (&all), heads = lens_assembly_view (&reader->heads);
  guint kept = 0;
  lens_assembly_init (&reader->scan);
  for (guint i = 0; i < reader->packets->len; i++)
    {
      LensRtpJpegPacket packet = g_array_index (reader->packets, LensRtpJpegPacket, i);
      if (!in_chain[i])
        {
          give_surplus (reader, &packet, &heads, &scan);
          continue;
        }
      lens_assembly_append (&reader->scan, &scan, packet.scan.offset, packet.scan.length);
      packet.scan.offset = packet.expected_offset = packet.fragment_offset;
      g_array_index (reader->packets, LensRtpJpegPacket, kept++) = packet;
    }
  g_array_set_size (reader->packets, kept);
  lens_assembly_clear (&all);
}

/* Some senders put whole images in, headers and all. */
static gboolean
begins_image (const LensRtpJpeg *jpeg)
{
  return jpeg->scan_length >= 2 && jpeg->view.octets[0] == 0xff && jpeg->view.octets[1] == 0xd8;
}

/* Where the scan ends, by the coding that the type prescribes. */
static void
walk_scan (LensRtpJpegReader *reader, LensRtpJpeg *jpeg)
{
  const LensRtpJpegPacket *first = &jpeg->packets[0];
  guint vertical = (first->type & 1) + 1u; /* blocks of luminance */

  if ((jpeg->flags & ~(guint)LENS_RTP_JPEG_UNMARKED) != 0 || first->fragment_offset != 0
      || !lens_rtp_jpeg_is_baseline (first->type) || begins_image (jpeg))
    return;
  lens_jpeg_entropy_set_layout (&reader->entropy, vertical);
  jpeg->entropy = &reader->entropy;
  jpeg->units_of_line = (first->width + 1u) / 2;
  jpeg->units = jpeg->units_of_line * ((first->height + vertical - 1) / vertical);
  jpeg->walked = jpeg->units > 0;
  if (jpeg->walked)
    jpeg->end = lens_jpeg_entropy_walk (jpeg->entropy, jpeg->view.octets, jpeg->scan_length,
                                        jpeg->units, first->restart_interval);
}

/* Heads go behind the scan, whose length is known only now. */
static void
give_frame (LensRtpJpegReader *reader)
{
  reader->open = FALSE;
  if (reader->packets->len == 0)
    return;
  drop_surplus (reader);
  gsize scan_length = reader->scan.octets->len;
  const LensView heads = lens_assembly_view (&reader->heads);
  lens_assembly_append (&reader->scan, &heads, 0, heads.length);
  for (guint i = 0; i < reader->packets->len; i++)
    {
      LensRtpJpegPacket *packet = &g_array_index (reader->packets, LensRtpJpegPacket, i);
      move (&packet->head, scan_length);
      move (&packet->restart, scan_length);
      move (&packet->table_header, scan_length);
      move (&packet->tables, scan_length);
    }
  LensRtpJpeg jpeg = {
    .view = lens_assembly_view (&reader->scan),
    .scan_length = scan_length,
    .flags = reader->flags,
    .timestamp = reader->timestamp,
    .packets = (const LensRtpJpegPacket *)(gconstpointer)reader->packets->data,
    .n_packets = reader->packets->len,
  };
  walk_scan (reader, &jpeg);
  reader->frame (&jpeg, reader->user);
  lens_assembly_empty (&reader->scan);
  lens_assembly_empty (&reader->heads);
  g_array_set_size (reader->packets, 0);
}

void
lens_rtp_jpeg_flush (LensRtpJpegReader *reader)
{
  if (reader->open)
    {
      reader->flags |= LENS_RTP_JPEG_LOST;
      give_frame (reader);
    }
  reader->started = FALSE;
}

static void
append (LensRtpJpegReader *reader, const LensView *payload, LensRtpJpegPacket *packet)
{
  gsize head = reader->heads.octets->len, scan = reader->scan.octets->len;

  lens_assembly_append (&reader->heads, payload, 0, packet->head.length);
  lens_assembly_append (&reader->scan, payload, packet->scan.offset, packet->scan.length);
  packet->expected_offset = (guint32)scan;
  packet->scan.offset = scan;
  move (&packet->head, head);
  move (&packet->restart, head);
  move (&packet->table_header, head);
  move (&packet->tables, head);
  g_array_append_val (reader->packets, *packet);
}

void
lens_rtp_jpeg_push (LensRtpJpegReader *reader, const LensView *payload, guint16 sequence,
                    guint32 timestamp, gboolean marker, gboolean extended)
{
  LensRtpJpegPacket packet;
  gboolean whole = read_payload (payload, &packet);
  /* What begins a stream may begin a frame. */
  gboolean follows = reader->started ? sequence == (guint16)(reader->sequence + 1)
                                     : whole && packet.fragment_offset == 0;

  if (reader->open && reader->timestamp != timestamp)
    {
      reader->flags |= LENS_RTP_JPEG_UNMARKED | (follows ? 0 : LENS_RTP_JPEG_LOST);
      give_frame (reader);
    }
  if (!reader->open)
    {
      reader->open = TRUE;
      reader->flags = 0;
      reader->timestamp = timestamp;
    }
  if (!follows)
    reader->flags |= LENS_RTP_JPEG_LOST;
  if (extended)
    reader->flags |= LENS_RTP_JPEG_EXTENDED;
  reader->started = TRUE;
  reader->sequence = sequence;
  if (!whole)
    reader->cut (payload, reader->user);
  else if (reader->scan.octets->len + reader->heads.octets->len + payload->length
               > LENS_RTP_JPEG_MAX_LENGTH
           || reader->packets->len >= LENS_RTP_JPEG_MAX_PACKETS)
    reader->flags |= LENS_RTP_JPEG_CAPPED;
  else
    append (reader, payload, &packet);
  if (marker)
    give_frame (reader);
}
