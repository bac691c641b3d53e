#include "wire/ts.h"

#include "wire/cursor.h"

enum
{
  SYNC = 0x47,
  TABLE_PAT = 0,
  TABLE_CAT = 1,
  TABLE_PMT = 2,
  TAG_CA = 9,
  CLOCK_LENGTH = 6, /* octets */
  CRC = 4,          /* octets behind a section's content */
  PADDING_STREAM = 0xbe,
};

static LensRange
take (LensCursor *cursor, gsize base, gsize length)
{
  LensRange range = { base + cursor->position, MIN (length, lens_cursor_left (cursor)) };

  lens_cursor_skip (cursor, length);
  return range;
}

/* 2.4.3.4: flags say which parts there are; stuffing fills the rest. */
static void
read_adaptation (const guint8 *octets, LensTs *ts)
{
  gsize base = ts->adaptation.offset + 1;
  LensCursor cursor = lens_cursor_over (octets + base, ts->adaptation.length - 1);

  if (ts->adaptation.length < 2)
    return;
  guint8 flags = lens_cursor_u8 (&cursor);
  ts->discontinuity = (flags & 0x80) != 0;
  if ((flags & 0x10) != 0)
    ts->clock = take (&cursor, base, CLOCK_LENGTH);
  lens_cursor_skip (&cursor, ((flags & 0x08) != 0 ? 6 : 0) + ((flags & 0x04) != 0 ? 1 : 0));
  if ((flags & 0x02) != 0)
    {
      guint8 length = lens_cursor_u8 (&cursor);
      ts->private_data = take (&cursor, base, length);
    }
  if ((flags & 0x01) != 0)
    lens_cursor_skip (&cursor, lens_cursor_u8 (&cursor));
  if (!cursor.short_read)
    ts->stuffing = take (&cursor, base, lens_cursor_left (&cursor));
}

gboolean
lens_ts_parse (const guint8 *octets, gsize length, LensTs *ts)
{
  if (length < LENS_TS_LENGTH || octets[0] != SYNC)
    return FALSE;
  *ts = (LensTs){ .error = (octets[1] & 0x80) != 0,
                  .unit_start = (octets[1] & 0x40) != 0,
                  .priority = (octets[1] & 0x20) != 0,
                  .reserved = (octets[3] & 0x30) == 0,
                  .pid = (guint16)((octets[1] & 0x1f) << 8 | octets[2]),
                  .scrambling = octets[3] >> 6,
                  .continuity = octets[3] & 0x0f };
  gsize at = 4;
  if ((octets[3] & 0x20) != 0)
    {
      ts->adaptation = (LensRange){ at, MIN (octets[at] + 1u, LENS_TS_LENGTH - at) };
      read_adaptation (octets, ts);
      at = lens_range_end (ts->adaptation);
    }
  if ((octets[3] & 0x30) != 0x20)
    ts->payload = (LensRange){ at, LENS_TS_LENGTH - at };
  return TRUE;
}

gboolean
lens_ts_section (const guint8 *octets, const LensTs *ts, gsize at, LensTsSection *section)
{
  gsize end = lens_range_end (ts->payload);
  LensCursor cursor = lens_cursor_over (octets + at, at < end ? end - at : 0);

  *section = (LensTsSection){ .table = lens_cursor_u8 (&cursor) };
  guint16 word = lens_cursor_u16 (&cursor);
  if (cursor.short_read || section->table == 0xff)
    return FALSE;
  section->length = 3 + (word & 0xfffu);
  section->whole = (LensRange){ at, MIN (section->length, end - at) };
  if ((word & 0x8000) != 0 && section->whole.length == section->length
      && section->length >= 3 + 5 + CRC)
    section->inside = (LensRange){ at + 8, section->length - 8 - CRC };
  return TRUE;
}

/* Of the next @length octets, descriptors. */
static void
walk_descriptors (LensCursor *cursor, gsize length, LensTsPid pid, gpointer user)
{
  LensCursor inside = lens_cursor_over (cursor->octets + cursor->position,
                                        MIN (length, lens_cursor_left (cursor)));

  lens_cursor_skip (cursor, length);
  while (lens_cursor_left (&inside) >= 2)
    {
      guint8 tag = lens_cursor_u8 (&inside), size = lens_cursor_u8 (&inside);
      const guint8 *octets = lens_cursor_take (&inside, size);
      if (tag == TAG_CA && octets != NULL && size >= 4)
        pid ((guint16)((octets[2] & 0x1f) << 8 | octets[3]), FALSE, user);
    }
}

gboolean
lens_ts_walk_section (const guint8 *octets, const LensTsSection *section, LensTsPid pid,
                      gpointer user)
{
  LensCursor cursor = lens_cursor_over (octets + section->inside.offset, section->inside.length);

  if (section->table > TABLE_PMT || section->inside.offset == 0)
    return FALSE;
  if (section->table == TABLE_CAT)
    walk_descriptors (&cursor, lens_cursor_left (&cursor), pid, user);
  if (section->table == TABLE_PMT)
    {
      pid (lens_cursor_u16 (&cursor) & 0x1fff, FALSE, user);
      walk_descriptors (&cursor, lens_cursor_u16 (&cursor) & 0xfff, pid, user);
    }
  while (lens_cursor_left (&cursor) >= 4)
    if (section->table == TABLE_PAT)
      {
        guint16 program = lens_cursor_u16 (&cursor);
        pid (lens_cursor_u16 (&cursor) & 0x1fff, program != 0, user);
      }
    else
      {
        lens_cursor_skip (&cursor, 1);
        pid (lens_cursor_u16 (&cursor) & 0x1fff, FALSE, user);
        walk_descriptors (&cursor, lens_cursor_u16 (&cursor) & 0xfff, pid, user);
      }
  return TRUE;
}

/* Whether data follows the length at once (2.4.3.7). */
static gboolean
is_bare (guint8 stream)
{
  static const guint8 bare[] = { 0xbc, PADDING_STREAM, 0xbf, 0xf0, 0xf1, 0xf2, 0xf8, 0xff };

  for (guint i = 0; i < G_N_ELEMENTS (bare); i++)
    if (bare[i] == stream)
      return TRUE;
  return FALSE;
}

/* A time of 33 bits, in three parts with a marker bit behind each. */
static LensRange
read_time (LensCursor *cursor, gsize base, guint64 *time)
{
  LensRange field = { base + cursor->position, 5 };
  guint64 high = lens_cursor_u8 (cursor) >> 1 & 7;
  guint64 middle = lens_cursor_u16 (cursor) >> 1, low = lens_cursor_u16 (cursor) >> 1;

  *time = high << 30 | middle << 15 | low;
  return cursor->short_read ? (LensRange){ 0, 0 } : field;
}

/* Behind PES_extension_flag. */
static void
read_pes_extension (LensCursor *cursor, gsize base, LensTsPes *pes)
{
  guint8 flags = lens_cursor_u8 (cursor);

  if ((flags & 0x80) != 0)
    pes->private_data = take (cursor, base, 16);
  if ((flags & 0x40) != 0)
    {
      guint8 length = lens_cursor_u8 (cursor);
      pes->pack = take (cursor, base, length);
    }
  lens_cursor_skip (cursor, ((flags & 0x20) != 0 ? 2 : 0) + ((flags & 0x10) != 0 ? 2 : 0));
  if ((flags & 0x01) != 0)
    {
      guint8 length = lens_cursor_u8 (cursor) & 0x7f;
      pes->extension = take (cursor, base, length);
    }
}

gboolean
lens_ts_pes (const guint8 *octets, const LensTs *ts, LensTsPes *pes)
{
  gsize base = ts->payload.offset;
  LensCursor cursor = lens_cursor_over (octets + base, ts->payload.length);

  *pes = (LensTsPes){ .is_padding = FALSE };
  if (!ts->unit_start || ts->scrambling != 0 || lens_cursor_u24 (&cursor) != 1)
    return FALSE;
  guint8 stream = lens_cursor_u8 (&cursor);
  pes->is_padding = stream == PADDING_STREAM;
  pes->is_video = (stream & 0xf0) == 0xe0;
  pes->length = lens_cursor_u16 (&cursor);
  if (!is_bare (stream))
    {
      lens_cursor_skip (&cursor, 1);
      guint8 flags = lens_cursor_u8 (&cursor), length = lens_cursor_u8 (&cursor);
      gsize start = base + cursor.position;
      LensCursor header
          = lens_cursor_over (octets + start, MIN (length, lens_cursor_left (&cursor)));
      if ((flags & 0x80) != 0)
        pes->pts_field = read_time (&header, start, &pes->pts);
      if ((flags & 0xc0) == 0xc0)
        pes->dts_field = read_time (&header, start, &pes->dts);
      lens_cursor_skip (&header, ((flags & 0x20) != 0 ? 6 : 0) + ((flags & 0x10) != 0 ? 3 : 0)
                                     + ((flags & 0x08) != 0 ? 1 : 0) + ((flags & 0x04) != 0 ? 1 : 0)
                                     + ((flags & 0x02) != 0 ? 2 : 0));
      if ((flags & 0x01) != 0)
        read_pes_extension (&header, start, pes);
      if (!header.short_read)
        pes->stuffing = take (&header, start, lens_cursor_left (&header));
      lens_cursor_skip (&cursor, length);
    }
  pes->data = (LensRange){ base + cursor.position, lens_cursor_left (&cursor) };
  return !cursor.short_read;
}
