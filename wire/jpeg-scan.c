#include "wire/jpeg-scan.h"

#include <string.h>

enum
{
  MAX_CANDIDATES = 4,
  SOI_LENGTH = 2,
  TEXT_ENOUGH = 24, /* base64 characters */
};

typedef enum
{
  AT_FILL,    /* expects 0xFF */
  AT_MARKER,  /* behind 0xFF: a marker, or more fill */
  AT_LENGTH,  /* two octets of length */
  IN_FREE,    /* content to pass over */
  IN_CHECKED, /* content to keep and check */
  IN_SCAN,
  IN_SCAN_FF, /* behind 0xFF in entropy-coded data */
  ENDED,
  BROKEN,
} State;

typedef struct
{
  State state;
  guint64 start;
  guint64 at;        /* the next octet to read */
  guint64 end;       /* ENDED, BROKEN */
  guint64 marker_at; /* 0xFF of the marker being read */
  guint8 marker;
  guint got;    /* octets of length or content read */
  guint wanted; /* octets of content */
  LensJpegHeader header;
  guint8 content[LENS_JPEG_MAX_TABLES];
} Candidate;

void
lens_jpeg_scan_init (LensJpegScan *scan, LensJpegImageFunc func, gpointer user)
{
  *scan = (LensJpegScan){ .func = func, .user = user };
}

void
lens_jpeg_scan_clear (LensJpegScan *scan)
{
  g_clear_pointer (&scan->candidates, g_ptr_array_unref);
  scan->n_carry = 0;
  scan->text_length = 0;
}

static Candidate *
candidate_at (const LensJpegScan *scan, guint index)
{
  return g_ptr_array_index (scan->candidates, index);
}

static guint
n_candidates (const LensJpegScan *scan)
{
  return scan->candidates != NULL ? scan->candidates->len : 0;
}

static void
broken (Candidate *candidate, guint64 end)
{
  candidate->state = BROKEN;
  candidate->end = end;
}

/* The segment is whole: reads it and goes on behind it. */
static void
take_content (Candidate *candidate)
{
  gboolean scan = candidate->marker == 0xda;

  if (lens_jpeg_take_segment (&candidate->header, candidate->marker, candidate->content,
                              candidate->wanted))
    candidate->state = scan ? IN_SCAN : AT_FILL;
  else
    broken (candidate, candidate->marker_at);
}

static void
take_length (Candidate *candidate, guint8 octet)
{
  gboolean checked = lens_jpeg_is_checked (candidate->marker);

  candidate->wanted = candidate->wanted << 8 | octet;
  if (++candidate->got < 2)
    return;
  candidate->got = 0;
  if (candidate->wanted < 2 || (checked && candidate->wanted > LENS_JPEG_MAX_TABLES))
    {
      broken (candidate, candidate->marker_at);
      return;
    }
  candidate->wanted -= 2;
  candidate->state = checked ? IN_CHECKED : IN_FREE;
  if (candidate->wanted == 0)
    take_content (candidate);
}

static void
take_marker (Candidate *candidate, guint8 marker)
{
  if (marker == 0xff)
    return;
  candidate->marker = marker;
  candidate->got = 0;
  candidate->wanted = 0;
  if (marker == 0xd9 && candidate->header.has_scan)
    {
      candidate->state = ENDED;
      candidate->end = candidate->at;
    }
  else if (lens_jpeg_is_segment (marker))
    candidate->state = AT_LENGTH;
  else
    broken (candidate, candidate->marker_at);
}

/* An octet behind 0xFF in entropy-coded data: stuffing, restart, fill, or the scan's end. */
static void
take_in_scan (Candidate *candidate, guint8 octet)
{
  if (octet == 0 || (octet >= 0xd0 && octet <= 0xd7))
    candidate->state = IN_SCAN;
  else if (octet != 0xff)
    take_marker (candidate, octet);
}

/* Reads one octet in the states that have no faster way. */
static void
take_octet (Candidate *candidate, guint8 octet)
{
  guint64 at = candidate->at++;

  switch (candidate->state)
    {
    case AT_FILL:
      candidate->marker_at = at;
      candidate->state = AT_MARKER;
      if (octet != 0xff)
        broken (candidate, at);
      return;
    case AT_MARKER:
      take_marker (candidate, octet);
      return;
    case AT_LENGTH:
      take_length (candidate, octet);
      return;
    default:
      take_in_scan (candidate, octet);
      return;
    }
}

/* Many octets at once; returns how many. */
static gsize
take_run (Candidate *candidate, const guint8 *octets, gsize length)
{
  gsize take = MIN (length, candidate->wanted - candidate->got);

  if (candidate->state == IN_SCAN)
    {
      const guint8 *found = memchr (octets, 0xff, length);
      take = found != NULL ? (gsize)(found - octets) + 1 : length;
      candidate->marker_at = candidate->at + take - 1;
      candidate->at += take;
      if (found != NULL)
        candidate->state = IN_SCAN_FF;
      return take;
    }
  if (candidate->state == IN_CHECKED)
    memcpy (candidate->content + candidate->got, octets, take);
  candidate->got += (guint)take;
  candidate->at += take;
  if (candidate->got == candidate->wanted)
    take_content (candidate);
  return take;
}

/* Reads on up to offset @until; stops early when the image ends, breaks, or its scan begins.
 * @octets starts at offset @base. */
static void
advance (Candidate *candidate, guint64 base, const guint8 *octets, guint64 until)
{
  gboolean had_scan = candidate->header.has_scan;

  while (candidate->at < until && candidate->state < ENDED
         && candidate->header.has_scan == had_scan)
    {
      const guint8 *here = octets + (candidate->at - base);
      if (candidate->state == IN_FREE || candidate->state == IN_CHECKED
          || candidate->state == IN_SCAN)
        (void)take_run (candidate, here, (gsize)(until - candidate->at));
      else
        take_octet (candidate, *here);
    }
}

static void
report (LensJpegScan *scan, const Candidate *candidate, LensJpegImageKind kind, guint64 end)
{
  const LensJpegImage image = {
    .kind = kind,
    .start = candidate->start,
    .end = end,
    .width = candidate->header.width,
    .height = candidate->header.height,
  };

  scan->func (&image, scan->user);
}

/* Reports and drops the oldest candidates that are decided; an undecided one holds back the
 * younger, which may be its thumbnails.  Returns whether any was dropped. */
static gboolean
settle (LensJpegScan *scan)
{
  gboolean dropped = FALSE;

  for (guint i = n_candidates (scan); i > 0; i--)
    if (candidate_at (scan, i - 1)->state == BROKEN && !candidate_at (scan, i - 1)->header.has_scan)
      {
        g_ptr_array_remove_index (scan->candidates, i - 1);
        dropped = TRUE;
      }
  while (n_candidates (scan) > 0 && candidate_at (scan, 0)->state >= ENDED)
    {
      const Candidate *oldest = candidate_at (scan, 0);
      report (scan, oldest,
              oldest->state == ENDED ? LENS_JPEG_IMAGE_COMPLETE : LENS_JPEG_IMAGE_BROKEN,
              oldest->end);
      scan->search = MAX (scan->search, oldest->end);
      g_ptr_array_remove_index (scan->candidates, 0);
      dropped = TRUE;
    }
  if (n_candidates (scan) > 1 && candidate_at (scan, 0)->header.has_scan)
    g_ptr_array_set_size (scan->candidates, 1);
  if (scan->candidates != NULL && scan->candidates->len == 0)
    g_clear_pointer (&scan->candidates, g_ptr_array_unref);
  return dropped;
}

static void
open_candidate (LensJpegScan *scan, guint64 start)
{
  if (n_candidates (scan) == MAX_CANDIDATES)
    return;
  if (scan->candidates == NULL)
    scan->candidates = g_ptr_array_new_with_free_func (g_free);

  Candidate *candidate = g_malloc (sizeof *candidate);
  /* The buffer needs no zeros. */
  memset (candidate, 0, G_STRUCT_OFFSET (Candidate, content));
  candidate->start = start;
  candidate->at = start + SOI_LENGTH;
  g_ptr_array_add (scan->candidates, candidate);
}

static guint8
octet_at (const LensJpegScan *scan, guint64 base, const guint8 *octets, guint64 offset)
{
  return offset < base ? scan->carry[scan->n_carry - (guint)(base - offset)]
                       : octets[offset - base];
}

/* FF D8 FF and, where it is there already, a marker that may follow SOI. */
static gboolean
starts_at (const LensJpegScan *scan, guint64 base, const guint8 *octets, guint64 offset,
           guint64 end)
{
  static const guint8 soi[] = { 0xff, 0xd8, 0xff };

  for (guint i = 0; i < sizeof soi; i++)
    if (octet_at (scan, base, octets, offset + i) != soi[i])
      return FALSE;
  if (offset + 3 == end)
    return TRUE;
  guint8 marker = octet_at (scan, base, octets, offset + 3);
  return marker == 0xff || lens_jpeg_is_segment (marker);
}

/* The next offset from scan->search on where FF D8 FF lies, all of it read by now; @end when
 * there is none. */
static guint64
find_start (const LensJpegScan *scan, guint64 base, const guint8 *octets, guint64 end)
{
  guint64 offset = MAX (scan->search, base - scan->n_carry);

  while (offset + 3 <= end)
    {
      /* Look for the D8: streams hold long runs of FF, filler above all. */
      if (offset + 1 >= base)
        {
          const guint8 *from = octets + (offset + 1 - base);
          const guint8 *found = memchr (from, 0xd8, (gsize)(end - offset - 1));
          if (found == NULL)
            return end;
          offset += (guint64)(found - from);
          if (offset + 3 > end)
            return end;
        }
      if (starts_at (scan, base, octets, offset, end))
        return offset;
      offset++;
    }
  return end;
}

static void
find_images (LensJpegScan *scan, guint64 base, const guint8 *octets, guint64 end)
{
  gboolean done = FALSE;

  while (!done)
    {
      gboolean sure = n_candidates (scan) > 0 && candidate_at (scan, 0)->header.has_scan;
      guint64 start = sure ? end : find_start (scan, base, octets, end);
      guint64 until = MAX (start, base);
      gboolean behind = FALSE;
      for (guint i = 0; i < n_candidates (scan); i++)
        {
          Candidate *candidate = candidate_at (scan, i);
          advance (candidate, base, octets, until);
          behind = behind || (candidate->state < ENDED && candidate->at < until);
        }
      /* Ask again after a change: an image may have ended before @start, or begun its scan. */
      if (settle (scan) || behind)
        continue;
      if (start < end)
        {
          open_candidate (scan, start);
          scan->search = start + 1;
        }
      done = start >= end;
    }
}

/* How base64 of FF D8 FF and a fourth octet E0-EF, DB, C0, C4 or FE reads. */
static gboolean
text_matches (guint index, guint8 octet)
{
  static const char head[] = "/9j/";

  if (index < 4)
    return octet == (guint8)head[index];
  if (index == 4)
    return octet != 0
           && strchr ("4567"
                      "2wx/",
                      octet)
                  != NULL;
  return g_ascii_isalnum (octet) || octet == '+' || octet == '/';
}

static void
find_text (LensJpegScan *scan, guint64 base, const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      if (scan->text_length == 0)
        {
          const guint8 *found = memchr (octets + i, '/', length - i);
          if (found == NULL)
            return;
          i = (gsize)(found - octets);
          scan->text_start = base + i;
        }
      if (scan->text_length > 4 && (octets[i] == '\r' || octets[i] == '\n'))
        continue;
      if (!text_matches (scan->text_length, octets[i]))
        {
          scan->text_length = octets[i] == '/' ? 1 : 0;
          scan->text_start = base + i;
          continue;
        }
      if (++scan->text_length < TEXT_ENOUGH)
        continue;
      const LensJpegImage image = { LENS_JPEG_IMAGE_BASE64, scan->text_start, base + i + 1, 0, 0 };
      scan->func (&image, scan->user);
      scan->text_length = 0;
    }
}

static void
keep_carry (LensJpegScan *scan, const guint8 *octets, gsize length)
{
  for (gsize i = length - MIN (length, 2); i < length; i++)
    {
      if (scan->n_carry == 2)
        scan->carry[0] = scan->carry[1];
      else
        scan->n_carry++;
      scan->carry[scan->n_carry - 1] = octets[i];
    }
}

void
lens_jpeg_scan_feed (LensJpegScan *scan, guint64 offset, const guint8 *octets, gsize length)
{
  if (length == 0)
    return;
  if (offset != scan->next)
    {
      lens_jpeg_scan_finish (scan);
      scan->search = offset;
    }
  find_images (scan, offset, octets, offset + length);
  find_text (scan, offset, octets, length);
  keep_carry (scan, octets, length);
  scan->next = offset + length;
}

void
lens_jpeg_scan_finish (LensJpegScan *scan)
{
  for (guint i = 0; i < n_candidates (scan); i++)
    {
      const Candidate *candidate = candidate_at (scan, i);
      if (!candidate->header.has_scan)
        continue;
      if (candidate->state < ENDED)
        report (scan, candidate, LENS_JPEG_IMAGE_OPEN, candidate->at);
      else
        report (scan, candidate,
                candidate->state == ENDED ? LENS_JPEG_IMAGE_COMPLETE : LENS_JPEG_IMAGE_BROKEN,
                candidate->end);
    }
  lens_jpeg_scan_clear (scan);
}
