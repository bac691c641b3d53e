#include "wire/unpack.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define ROOM LENS_UNPACK_FIRST_MAX
#define ZSTD_WINDOW_LOG 27
#define ZSTD_BEGIN 5 /* octets: the shortest beginning of a frame */
#define ZSTD_BLOCK_HEADER 3

typedef enum
{
  BETWEEN, /* members or frames */
  INSIDE,
  OVER,
} Place;

struct _LensUnpack
{
  LensPacking packing;
  LensReadFunc read;
  gpointer data;
  guint8 buffer[ROOM];
  gsize at, end;   /* input not yet taken is buffer[at..end) */
  guint64 before;  /* octets of input before buffer[0] */
  gboolean at_end; /* of the input */
  int read_errno;
  Place place;
  char *problem;
  z_stream gzip;
  ZSTD_DStream *zstd;
  gsize wanted;     /* by zstd: octets up to the end of the next block */
  gboolean flushes; /* zstd holds more of the last block than there was room for */
};

/* --- which one --- */

static gboolean
is_zstd (const guint8 *octets)
{
  static const guint8 frame[4] = { 0x28, 0xb5, 0x2f, 0xfd };

  return memcmp (octets, frame, 4) == 0
         || ((octets[0] & 0xf0) == 0x50 && octets[1] == 0x2a && octets[2] == 0x4d
             && octets[3] == 0x18);
}

LensPacking
lens_packing_of (const guint8 *octets, gsize length)
{
  if (length >= 2 && octets[0] == 0x1f && octets[1] == 0x8b)
    return LENS_PACKING_GZIP;
  return length >= 4 && is_zstd (octets) ? LENS_PACKING_ZSTD : LENS_PACKING_NONE;
}

const char *
lens_packing_name (LensPacking packing)
{
  switch (packing)
    {
    case LENS_PACKING_GZIP:
      return "gzip";
    case LENS_PACKING_ZSTD:
      return "Zstandard";
    case LENS_PACKING_NONE:
    default:
      return NULL;
    }
}

/* --- input --- */

/* Fills the buffer behind what is left in it. */
static void
fill (LensUnpack *unpack)
{
  memmove (unpack->buffer, unpack->buffer + unpack->at, unpack->end - unpack->at);
  unpack->before += unpack->at;
  unpack->end -= unpack->at;
  unpack->at = 0;
  while (unpack->end < ROOM && !unpack->at_end)
    {
      gssize got = unpack->read (unpack->data, unpack->buffer + unpack->end, ROOM - unpack->end);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        unpack->read_errno = errno;
      if (got <= 0)
        unpack->at_end = TRUE;
      else
        unpack->end += MIN ((gsize)got, ROOM - unpack->end);
    }
}

static gsize
need (LensUnpack *unpack, gsize length)
{
  if (unpack->end - unpack->at < length && !unpack->at_end)
    fill (unpack);
  return unpack->end - unpack->at;
}

static void stop (LensUnpack *unpack, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
stop (LensUnpack *unpack, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  unpack->place = OVER;
  unpack->problem = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

/* --- members and frames --- */

static gboolean
take_zeros (LensUnpack *unpack)
{
  while (need (unpack, 1) > 0)
    {
      if (unpack->buffer[unpack->at] != 0)
        return FALSE;
      unpack->at++;
    }
  return TRUE;
}

/* Goes into the next member or frame, or is over. */
static void
begin_next (LensUnpack *unpack)
{
  const char *name = lens_packing_name (unpack->packing);
  gsize left = need (unpack, 4);

  if (left == 0 || (left < 4 && unpack->read_errno != 0))
    unpack->place = OVER;
  else if (lens_packing_of (unpack->buffer + unpack->at, left) == unpack->packing)
    unpack->place = INSIDE;
  else if (unpack->packing == LENS_PACKING_GZIP && take_zeros (unpack))
    unpack->place = OVER;
  else
    stop (unpack, "the %s data are followed by something else", name);
  unpack->wanted = ZSTD_BEGIN;
}

static gsize
inflate_some (LensUnpack *unpack, guint8 *into, gsize room)
{
  z_stream *gzip = &unpack->gzip;
  gsize given = unpack->end - unpack->at;

  gzip->next_in = unpack->buffer + unpack->at;
  gzip->avail_in = (uInt)given;
  gzip->next_out = into;
  gzip->avail_out = (uInt)MIN (room, G_MAXINT32);
  uInt asked = gzip->avail_out;
  int status = inflate (gzip, Z_NO_FLUSH);
  unpack->at += given - gzip->avail_in;
  if (status == Z_STREAM_END)
    {
      unpack->place = BETWEEN;
      (void)inflateReset (gzip);
    }
  else if (status != Z_OK && status != Z_BUF_ERROR)
    stop (unpack, "the gzip data are damaged (%s)",
          gzip->msg != NULL ? gzip->msg : zError (status));
  return asked - gzip->avail_out;
}

/* zstd forgets what a call has written when the same call finds damage.  So no call is given more
 * than one block (without the header of the next, for which it asks at once), nor any while the
 * last one is not yet handed over. */
static gsize
decode_some (LensUnpack *unpack, guint8 *into, gsize room)
{
  gsize block
      = unpack->wanted > ZSTD_BLOCK_HEADER ? unpack->wanted - ZSTD_BLOCK_HEADER : unpack->wanted;
  gsize given = unpack->flushes ? 0 : MIN (block, unpack->end - unpack->at);
  ZSTD_inBuffer in = { unpack->buffer, unpack->at + given, unpack->at };
  ZSTD_outBuffer out = { into, room, 0 };
  size_t status = ZSTD_decompressStream (unpack->zstd, &out, &in);

  unpack->at = in.pos;
  unpack->flushes = out.pos == room;
  unpack->wanted = MAX (status, 1);
  if (ZSTD_isError (status))
    stop (unpack, "the Zstandard data are damaged (%s)", ZSTD_getErrorName (status));
  else if (status == 0)
    unpack->place = BETWEEN;
  return out.pos;
}

static gsize
unpack_some (LensUnpack *unpack, guint8 *into, gsize room)
{
  guint64 taken = unpack->before + unpack->at;
  gboolean flushed = unpack->flushes;
  gsize got = unpack->packing == LENS_PACKING_GZIP ? inflate_some (unpack, into, room)
                                                   : decode_some (unpack, into, room);

  gboolean stands = got == 0 && unpack->before + unpack->at == taken && !flushed;
  if (stands && unpack->place == INSIDE && unpack->read_errno == 0)
    stop (unpack, "the %s data end early", lens_packing_name (unpack->packing));
  else if (stands && unpack->place == INSIDE)
    unpack->place = OVER;
  return got;
}

gssize
lens_unpack_read (gpointer data, guint8 *into, gsize room)
{
  LensUnpack *unpack = data;
  gsize count = 0;

  while (count < room && unpack->place != OVER)
    {
      if (unpack->place == BETWEEN)
        begin_next (unpack);
      if (unpack->place != INSIDE)
        continue;
      (void)need (unpack, unpack->wanted);
      count += unpack_some (unpack, into + count, room - count);
    }
  if (count > 0 || unpack->read_errno == 0)
    return (gssize)count;
  errno = unpack->read_errno;
  return -1;
}

/* --- outside --- */

LensUnpack *
lens_unpack_new (LensPacking packing, const guint8 *first, gsize length, LensReadFunc read,
                 gpointer data)
{
  LensUnpack *unpack = g_new0 (LensUnpack, 1);

  g_assert (packing != LENS_PACKING_NONE && length <= ROOM);
  unpack->packing = packing;
  unpack->read = read;
  unpack->data = data;
  if (length > 0)
    memcpy (unpack->buffer, first, length);
  unpack->end = length;
  fill (unpack);
  if (packing == LENS_PACKING_GZIP)
    {
      int status = inflateInit2 (&unpack->gzip, 16 + MAX_WBITS); /* with header and trailer */
      g_assert (status == Z_OK);
    }
  else
    {
      unpack->zstd = ZSTD_createDStream ();
      g_assert (unpack->zstd != NULL);
      size_t status = ZSTD_DCtx_setParameter (unpack->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
      g_assert (!ZSTD_isError (status));
    }
  return unpack;
}

void
lens_unpack_free (LensUnpack *unpack)
{
  if (unpack == NULL)
    return;
  if (unpack->packing == LENS_PACKING_GZIP)
    (void)inflateEnd (&unpack->gzip);
  ZSTD_freeDStream (unpack->zstd);
  g_free (unpack->problem);
  g_free (unpack);
}

const char *
lens_unpack_problem (const LensUnpack *unpack)
{
  return unpack->problem;
}

guint64
lens_unpack_offset (const LensUnpack *unpack)
{
  return unpack->before + unpack->at;
}
