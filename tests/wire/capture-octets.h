#pragma once

#include "wire/capture-file.h"

#include <errno.h>
#include <string.h>

/* Captures written octet by octet, for tests: little or big endian by the last argument. */

static inline void
put16 (GByteArray *into, guint16 value, gboolean big)
{
  value = big ? GUINT16_TO_BE (value) : GUINT16_TO_LE (value);
  g_byte_array_append (into, (const guint8 *)&value, 2);
}

static inline void
put32 (GByteArray *into, guint32 value, gboolean big)
{
  value = big ? GUINT32_TO_BE (value) : GUINT32_TO_LE (value);
  g_byte_array_append (into, (const guint8 *)&value, 4);
}

static inline void
put_padded (GByteArray *into, const void *octets, gsize length)
{
  static const guint8 zeros[4];

  g_byte_array_append (into, octets, (guint)length);
  g_byte_array_append (into, zeros, (guint)(-length & 3));
}

/* A pcapng block around @body, whose length must be a multiple of 4. */
static inline void
put_block (GByteArray *into, guint32 type, const GByteArray *body, gboolean big)
{
  put32 (into, type, big);
  put32 (into, body->len + 12, big);
  g_byte_array_append (into, body->data, body->len);
  put32 (into, body->len + 12, big);
}

static inline void
put_option (GByteArray *into, guint16 code, const void *value, guint16 length, gboolean big)
{
  put16 (into, code, big);
  put16 (into, length, big);
  put_padded (into, value, length);
}

/* A stream over octets that hands out at most @chunk at a time. */
typedef struct
{
  const guint8 *octets;
  gsize left;
  gsize chunk;
  int error; /* errno to fail with at the end, or 0 */
} Stream;

static inline gssize
stream_read (gpointer data, guint8 *into, gsize room)
{
  Stream *stream = data;
  gsize count = MIN (MIN (stream->left, stream->chunk), room);

  if (count == 0 && stream->error != 0)
    {
      errno = stream->error;
      return -1;
    }
  memcpy (into, stream->octets, count);
  stream->octets += count;
  stream->left -= count;
  return (gssize)count;
}
