#include "wire/media-scan.h"

#include "wire/adts.h"
#include "wire/fcs.h"
#include "wire/ts.h"

#include <string.h>

enum
{
  MOST_CARRY = 8192,
  TS_PACKETS = 5,
  TS_NO_PAYLOAD = LENS_TS_LENGTH - 4 - 1, /* octets of an adaptation field instead of a payload */
  ADTS_FRAMES = 5,
  SLICES = 16,              /* start codes in a row that only one codec has */
  FORGET = 2 * 1024 * 1024, /* octets without a start code */
};

typedef enum
{
  NO,
  MORE,
  YES,
} Answer;

static guint32
u32 (const guint8 *octets)
{
  return (guint32)octets[0] << 24 | (guint32)octets[1] << 16 | (guint32)octets[2] << 8 | octets[3];
}

/* --- heads: from their first octet --- */

/* Whether a receiver keeps a packet, as far as its header has come: not one that is marked as
 * broken, has neither adaptation field nor payload, or is scrambled in a way that nobody defined.
 * Where a stream begins, an adaptation field without a payload fills the packet (H.222.0 2.4.3.5):
 * so "GET /" is known to be none. */
static gboolean
may_be_ts (const guint8 *octets, gsize length, gboolean is_first)
{
  if (length > 1 && (octets[1] & 0x80) != 0)
    return FALSE;
  if (length > 3 && ((octets[3] & 0x30) == 0 || octets[3] >> 6 == 1))
    return FALSE;
  return !is_first || length < 5 || (octets[3] & 0x30) != 0x20 || octets[4] == TS_NO_PAYLOAD;
}

/* Packets that a receiver keeps, of which those of one PID count on. */
static Answer
is_ts (const guint8 *octets, gsize length, gboolean whole)
{
  guint8 counters[TS_PACKETS];
  guint16 pids[TS_PACKETS];
  guint n = 0;

  for (gsize at = 0; n < TS_PACKETS && at < length; at += LENS_TS_LENGTH, n++)
    {
      LensTs ts;
      if (octets[at] != 0x47 || !may_be_ts (octets + at, length - at, at == 0))
        return NO;
      if (length - at < LENS_TS_LENGTH)
        return whole ? NO : MORE;
      if (!lens_ts_parse (octets + at, LENS_TS_LENGTH, &ts))
        return NO;
      pids[n] = ts.pid;
      counters[n] = ts.payload.length > 0 ? ts.continuity : 0xff;
      for (guint i = n; i > 0; i--)
        if (pids[i - 1] == ts.pid && ts.pid != LENS_TS_NULL)
          {
            if (counters[n] != 0xff && counters[i - 1] != 0xff && !ts.discontinuity
                && counters[n] != ((counters[i - 1] + 1) & 0x0f) && counters[n] != counters[i - 1])
              return NO;
            break;
          }
    }
  if (n == TS_PACKETS)
    return YES;
  return !whole ? MORE : n >= 3 && length % LENS_TS_LENGTH == 0 ? YES : NO;
}

static Answer
is_adts (const guint8 *octets, gsize length)
{
  LensAdts first, adts;
  gsize at = 0;

  for (guint n = 0; n < ADTS_FRAMES; n++)
    {
      if (at + LENS_ADTS_HEADER > length)
        return at < MOST_CARRY / 2 ? MORE : NO;
      if (!lens_adts_parse (octets + at, length - at, &adts) || adts.sampling_index > 12)
        return NO;
      if (n == 0)
        first = adts;
      else if (adts.profile != first.profile || adts.sampling_index != first.sampling_index
               || adts.channel_config != first.channel_config || adts.mpeg2 != first.mpeg2)
        return NO;
      at += adts.frame_length;
    }
  return YES;
}

static Answer
is_png (const guint8 *octets, gsize length)
{
  static const guint8 head[16] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";

  if (memcmp (octets, head, MIN (length, sizeof head)) != 0)
    return NO;
  if (length < 33)
    return MORE;
  return lens_crc32 (octets + 12, 29 - 12) == u32 (octets + 29) ? YES : NO;
}

static LensMediaFormat
riff_of (const guint8 *octets, gsize length, Answer *answer)
{
  static const struct
  {
    const char *form, *chunk;
    LensMediaFormat format;
  } forms[] = { { "WAVE", "fmt ", LENS_MEDIA_FORMAT_WAVE },
                { "AVI ", "LIST", LENS_MEDIA_FORMAT_AVI },
                { "WEBP", "VP8", LENS_MEDIA_FORMAT_WEBP } };

  *answer = memcmp (octets, "RIFF", MIN (length, 4)) != 0 ? NO : length < 16 ? MORE : NO;
  if (*answer == MORE || length < 16 || memcmp (octets, "RIFF", 4) != 0)
    return LENS_MEDIA_FORMAT_NONE;
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    if (memcmp (octets + 8, forms[i].form, 4) == 0
        && memcmp (octets + 12, forms[i].chunk, strlen (forms[i].chunk)) == 0)
      {
        *answer = YES;
        return forms[i].format;
      }
  return LENS_MEDIA_FORMAT_NONE;
}

/* "FLV", version 1, flags of sound and video, 9 octets, and the size of no tag before the
 * first. */
static Answer
is_flv (const guint8 *octets, gsize length)
{
  static const guint8 rest[8] = { 0, 0, 0, 9, 0, 0, 0, 0 };

  if (memcmp (octets, "FLV\1", MIN (length, 4)) != 0)
    return NO;
  if (length < 14)
    return MORE;
  return (octets[4] & 0xfa) == 0 && memcmp (octets + 5, rest, sizeof rest) == 0
                 && (octets[13] == 8 || octets[13] == 9 || octets[13] == 18)
             ? YES
             : NO;
}

static gboolean
is_box_type (const guint8 *octets)
{
  static const char *const types[]
      = { "moov", "mdat", "free", "skip", "moof", "sidx", "uuid", "wide", "pdin", "meta" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (memcmp (octets, types[i], 4) == 0)
      return TRUE;
  return FALSE;
}

/* From the size of the box on. */
static Answer
is_mp4 (const guint8 *octets, gsize length)
{
  if (length < 8)
    return MORE;
  gsize size = u32 (octets);
  if ((memcmp (octets + 4, "ftyp", 4) != 0 && memcmp (octets + 4, "styp", 4) != 0) || size < 16
      || size > 256)
    return NO;
  if (length < size + 8)
    return MORE;
  return is_box_type (octets + size + 4) ? YES : NO;
}

/* Among the first 64 octets. */
static gboolean
has_word (const guint8 *octets, gsize length, const char *word)
{
  gsize size = strlen (word);

  for (gsize at = 0; at + size <= MIN (length, 64); at++)
    if (memcmp (&octets[at], word, size) == 0)
      return TRUE;
  return FALSE;
}

static Answer
is_matroska (const guint8 *octets, gsize length)
{
  if (octets == NULL || memcmp (octets, "\x1a\x45\xdf\xa3", MIN (length, 4)) != 0)
    return NO;
  if (has_word (octets, length, "webm") || has_word (octets, length, "matroska"))
    return YES;
  return length < 64 ? MORE : NO;
}

static Answer
is_ogg (const guint8 *octets, gsize length)
{
  static const char *const heads[] = { "OpusHead", "vorbis", "theora", "Speex" };

  if (octets == NULL || memcmp (octets, "OggS\0", MIN (length, 5)) != 0)
    return NO;
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    if (has_word (octets, length, heads[i]))
      return YES;
  return length < 64 ? MORE : NO;
}

/* A pack header, its marker bits, and a start code that may follow it. */
static Answer
is_ps (const guint8 *octets, gsize length)
{
  if (memcmp (octets, "\0\0\1\xba", MIN (length, 4)) != 0)
    return NO;
  if (length < 14 + 7 + 4)
    return MORE;
  if ((octets[4] & 0xc4) != 0x44 || (octets[6] & 0x04) == 0 || (octets[8] & 0x04) == 0
      || (octets[9] & 0x01) == 0 || (octets[12] & 0x03) != 3)
    return NO;
  const guint8 *behind = octets + 14 + (octets[13] & 7);
  return memcmp (behind, "\0\0\1", 3) == 0 && behind[3] >= 0xba && behind[3] <= 0xef ? YES : NO;
}

/* What begins at @octets. */
static Answer
look_at (const guint8 *octets, gsize length, gboolean whole, LensMediaFormat *format)
{
  Answer answer = NO;

  switch (octets[0])
    {
    case 0x47:
      *format = LENS_MEDIA_FORMAT_TS;
      return is_ts (octets, length, whole);
    case 0xff:
      *format = LENS_MEDIA_FORMAT_ADTS;
      return length > 1 && (octets[1] & 0xf6) != 0xf0 ? NO : is_adts (octets, length);
    case 0x89:
      *format = LENS_MEDIA_FORMAT_PNG;
      return is_png (octets, length);
    case 'R':
      *format = riff_of (octets, length, &answer);
      return answer;
    case 'F':
      *format = LENS_MEDIA_FORMAT_FLV;
      return is_flv (octets, length);
    case 'O':
      *format = LENS_MEDIA_FORMAT_OGG;
      return is_ogg (octets, length);
    case 0x1a:
      *format = LENS_MEDIA_FORMAT_MATROSKA;
      return is_matroska (octets, length);
    case 0:
      if (length < 8)
        return MORE;
      *format = octets[2] == 1 ? LENS_MEDIA_FORMAT_PS : LENS_MEDIA_FORMAT_MP4;
      return octets[2] == 1 ? is_ps (octets, length) : is_mp4 (octets, length);
    default:
      return NO;
    }
}

/* --- start codes --- */

/* Those seen so far whose units keep to the rules of one codec: H.264, H.265. */
typedef struct _LensMediaUnits
{
  guint units[2];
  guint8 sets[2];      /* parameter sets among the last of them, in order */
  guint8 kinds[2];     /* the first octet of the first */
  gboolean several[2]; /* another one had another */
  guint64 starts[2];   /* of the first */
  guint64 last_start;
} Units;

/* One unit after another: a codec's first parameter sets, or nothing but what it may have. */
static gboolean
take_unit (Units *seen, guint codec, gint set, gboolean fits, guint8 first, guint64 at)
{
  if (!fits)
    {
      seen->units[codec] = 0;
      seen->sets[codec] = 0;
      return FALSE;
    }
  if (seen->units[codec]++ == 0)
    {
      seen->starts[codec] = at;
      seen->kinds[codec] = first;
      seen->several[codec] = FALSE;
    }
  seen->several[codec] |= first != seen->kinds[codec];
  if (set == 0)
    seen->sets[codec] = 1;
  else if (set > 0)
    seen->sets[codec] = seen->sets[codec] == set ? (guint8)(set + 1) : 0;
  return (seen->units[codec] >= SLICES && seen->several[codec])
         || seen->sets[codec] == (codec == 0 ? 2 : 3);
}

/* @first and @second stand behind a start code at @at. */
static LensMediaFormat
take_start_code (LensMediaScan *scan, guint8 first, guint8 second, guint64 at)
{
  guint8 type = first & 0x1f, importance = first >> 5 & 3, type5 = first >> 1 & 0x3f;
  gboolean zero = (first & 0x80) == 0;
  gboolean h264 = zero
                  && ((type == 1) || ((type == 5 || type == 7 || type == 8) && importance != 0)
                      || ((type == 6 || type == 9 || type == 12) && importance == 0));
  /* Layer 0; temporal_id_plus1 is never 0.  Of 00 01, a slice that nothing refers to, other
   * protocols have too many: small numbers of two octets. */
  gboolean h265 = zero && (first & 1) == 0 && second >= 1 && second <= 7
                  && ((type5 >= 1 && type5 <= 9) || (type5 >= 16 && type5 <= 21)
                      || (type5 >= 32 && type5 <= 40));

  if (scan->units == NULL)
    scan->units = g_new0 (Units, 1);
  Units *seen = scan->units;
  if (at - seen->last_start > FORGET)
    seen->units[0] = seen->units[1] = seen->sets[0] = seen->sets[1] = 0;
  seen->last_start = at;
  if (take_unit (seen, 0, type == 7 ? 0 : type == 8 ? 1 : -1, h264, first, at))
    return LENS_MEDIA_FORMAT_H264;
  if (take_unit (seen, 1, type5 >= 32 && type5 <= 34 ? type5 - 32 : -1, h265, first, at))
    return LENS_MEDIA_FORMAT_H265;
  return LENS_MEDIA_FORMAT_NONE;
}

/* Start codes whose two octets behind them lie in @octets or in what came before. */
static LensMediaFormat
look_for_units (LensMediaScan *scan, guint64 offset, const guint8 *octets, gsize length,
                guint64 *start)
{
  guint8 before[4 + 8];
  LensMediaFormat found = LENS_MEDIA_FORMAT_NONE;
  gsize n = MIN (length, 4);

  /* Across the seam: 00 00 01 and two octets, not all of them new. */
  for (guint i = 0; i < 4; i++)
    before[i] = (guint8)(scan->last_octets >> (24 - 8 * i));
  memcpy (before + 4, octets, n);
  for (gsize i = 0; i < 4 && i + 5 <= 4 + n && found == LENS_MEDIA_FORMAT_NONE; i++)
    if (offset + i >= 4 && before[i] == 0 && before[i + 1] == 0 && before[i + 2] == 1)
      found = take_start_code (scan, before[i + 3], before[i + 4], offset + i - 4);
  for (gsize i = 0; i + 5 <= length && found == LENS_MEDIA_FORMAT_NONE; i++)
    {
      const guint8 *one = memchr (octets + i + 2, 1, length - 2 - (i + 2));
      if (one == NULL)
        break;
      i = (gsize)(one - octets) - 2;
      if (octets[i] == 0 && octets[i + 1] == 0)
        found = take_start_code (scan, octets[i + 3], octets[i + 4], offset + i);
    }
  for (gsize i = length - n; i < length; i++)
    scan->last_octets = scan->last_octets << 8 | octets[i];
  if (found != LENS_MEDIA_FORMAT_NONE)
    *start = scan->units->starts[found == LENS_MEDIA_FORMAT_H265];
  return found;
}

/* --- the stream --- */

static const guint8 heads[256] = {
  [0x47] = 1, [0xff] = 1, [0x89] = 1, ['R'] = 1, ['F'] = 1, ['O'] = 1, [0x1a] = 1, [0] = 1,
};

/* Returns how many octets were looked at to the end; *@found at *@start where one begins. */
static gsize
look_for_heads (const guint8 *octets, gsize length, gboolean whole, LensMediaFormat *found,
                gsize *start)
{
  for (gsize at = 0; at < length; at++)
    {
      if (heads[octets[at]] == 0)
        continue;
      Answer answer = look_at (octets + at, length - at, whole, found);
      *start = at;
      if (answer == YES)
        return at;
      *found = LENS_MEDIA_FORMAT_NONE;
      if (answer == MORE && !whole && length - at < MOST_CARRY)
        return at;
    }
  return length;
}

static void
carry (LensMediaScan *scan, const guint8 *octets, gsize length)
{
  scan->carry = g_realloc (scan->carry, scan->carried + length);
  memcpy (scan->carry + scan->carried, octets, length);
  scan->carried += (guint32)length;
}

static void
drop_carried (LensMediaScan *scan, gsize count)
{
  scan->carried -= (guint32)count;
  if (scan->carried == 0)
    g_clear_pointer (&scan->carry, g_free);
  else if (count > 0)
    {
      memmove (scan->carry, scan->carry + count, scan->carried);
      scan->carry = g_realloc (scan->carry, scan->carried);
    }
}

LensMediaFormat
lens_media_scan_feed (LensMediaScan *scan, guint64 offset, const guint8 *octets, gsize length,
                      gboolean whole, guint64 *start)
{
  LensMediaFormat found = LENS_MEDIA_FORMAT_NONE;
  gsize at = 0;

  if (offset != scan->next)
    {
      lens_media_scan_clear (scan);
      scan->last_octets = 0xffffffff;
    }
  scan->next = offset + length;
  found = look_for_units (scan, offset, octets, length, start);
  if (found != LENS_MEDIA_FORMAT_NONE)
    return found;
  gsize carried = scan->carried;
  if (carried > 0)
    {
      carry (scan, octets, length);
      octets = scan->carry;
      length = scan->carried;
    }
  gsize done = look_for_heads (octets, length, whole, &found, &at);
  if (found != LENS_MEDIA_FORMAT_NONE)
    {
      *start = offset - carried + at;
      return found;
    }
  if (carried > 0)
    drop_carried (scan, done);
  else if (done < length)
    carry (scan, octets + done, length - done);
  return LENS_MEDIA_FORMAT_NONE;
}

guint64
lens_media_scan_waits_from (const LensMediaScan *scan)
{
  guint64 from = scan->next - scan->carried;

  for (guint codec = 0; codec < 2; codec++)
    if (scan->units != NULL && scan->units->units[codec] > 0
        && scan->next - scan->units->last_start <= FORGET)
      from = MIN (from, scan->units->starts[codec]);
  /* The front of a start code. */
  guint32 last = scan->last_octets;
  gboolean front = (last & 0xff) == 0 || (last & 0xffffff) == 1 || last >> 8 == 1;
  return front ? MIN (from, scan->next - MIN (scan->next, 4)) : from;
}

void
lens_media_scan_clear (LensMediaScan *scan)
{
  g_free (scan->carry);
  g_free (scan->units);
  *scan = (LensMediaScan){ 0 };
}

const char *
lens_media_format_name (LensMediaFormat format)
{
  static const char *const names[] = {
    [LENS_MEDIA_FORMAT_NONE] = "none",         [LENS_MEDIA_FORMAT_TS] = "MPEG-TS",
    [LENS_MEDIA_FORMAT_PS] = "MPEG-PS",        [LENS_MEDIA_FORMAT_H264] = "H.264",
    [LENS_MEDIA_FORMAT_H265] = "H.265",        [LENS_MEDIA_FORMAT_ADTS] = "AAC (ADTS)",
    [LENS_MEDIA_FORMAT_MP4] = "MP4",           [LENS_MEDIA_FORMAT_PNG] = "PNG",
    [LENS_MEDIA_FORMAT_WAVE] = "WAVE",         [LENS_MEDIA_FORMAT_AVI] = "AVI",
    [LENS_MEDIA_FORMAT_WEBP] = "WebP",         [LENS_MEDIA_FORMAT_FLV] = "FLV",
    [LENS_MEDIA_FORMAT_MATROSKA] = "Matroska", [LENS_MEDIA_FORMAT_OGG] = "Ogg",
  };

  return names[format];
}
