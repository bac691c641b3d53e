#include "harness/packed.h"

#include "harness/errand.h"
#include "harness/octets.h"
#include "wire/cursor.h"
#include "wire/unpack.h"

#include <string.h>
#include <unistd.h>

/* A Zstandard block, which is unpacked whole, has at most 128 KiB (RFC 8878 section 3.1.1.2.4);
 * before it stand headers, and pzstd's small skippable frame. */
#define HEAD (160 * 1024)
#define AT_ONCE 64 /* heads for one process */

/* --- the supervisor's end --- */

/* u32 length, octets. */
static void
add_head (GByteArray *heads, const char *path)
{
  const guint at = heads->len;
  guint32 length = 0;
  int fd = lens_octets_open (path, NULL);
  gssize count = 1;

  g_byte_array_set_size (heads, at + 4 + HEAD);
  while (fd >= 0 && length < HEAD && count > 0)
    {
      count = read (fd, heads->data + at + 4 + length, HEAD - length);
      length += count > 0 ? (guint32)count : 0;
    }
  if (fd >= 0)
    close (fd);
  g_byte_array_set_size (heads, at + 4 + length);
  length = GUINT32_TO_LE (length);
  memcpy (heads->data + at, &length, sizeof length);
}

typedef struct
{
  LensPackedKind *kinds;
  guint n, told;
} Answer;

static void
take_answer (const LensMessage *message, gpointer data)
{
  Answer *answer = data;

  if (message->type != LENS_MESSAGE_DATA)
    return;
  for (guint32 i = 0; i < message->length && answer->told < answer->n; i++)
    {
      guint8 kind = message->payload[i];
      answer->kinds[answer->told++] = kind <= LENS_PACKED_PCAPNG ? kind : LENS_PACKED_UNKNOWN;
    }
}

/* FALSE: the process did not answer for all of them. */
static gboolean
ask (const GPtrArray *paths, guint first, guint n, LensPackedKind *kinds)
{
  GByteArray *heads = g_byte_array_new ();
  Answer answer = { kinds + first, n, 0 };

  for (guint i = 0; i < n; i++)
    {
      kinds[first + i] = LENS_PACKED_UNKNOWN;
      add_head (heads, g_ptr_array_index (paths, first + i));
    }
  g_autoptr (GBytes) in = g_byte_array_free_to_bytes (heads);
  return lens_errand_run ("look", in, NULL, take_answer, &answer, NULL) && answer.told == n;
}

void
lens_packed_look (const GPtrArray *paths, LensPackedKind *kinds)
{
  for (guint first = 0; first < paths->len; first += AT_ONCE)
    {
      guint n = MIN (AT_ONCE, paths->len - first);
      if (!ask (paths, first, n, kinds))
        for (guint i = 0; i < n; i++)
          if (!ask (paths, first + i, 1, kinds))
            kinds[first + i] = LENS_PACKED_UNKNOWN;
    }
}

/* --- the confined end --- */

static gssize
read_head (gpointer data, guint8 *into, gsize room)
{
  LensCursor *head = data;
  gsize count = MIN (room, lens_cursor_left (head));

  if (count > 0)
    memcpy (into, lens_cursor_take (head, count), count);
  return (gssize)count;
}

static LensPackedKind
kind_of (LensCursor *head)
{
  LensPacking packing = lens_packing_of (head->octets, head->length);
  guint8 first[4];
  gsize count = 0;
  gssize got = 1;

  if (packing == LENS_PACKING_NONE)
    return LENS_PACKED_OTHER;
  g_autoptr (LensUnpack) unpack = lens_unpack_new (packing, NULL, 0, read_head, head);
  while (count < sizeof first && got > 0)
    {
      got = lens_unpack_read (unpack, first + count, sizeof first - count);
      count += (gsize)MAX (got, 0);
    }
  if (count < sizeof first)
    return head->length == HEAD && lens_unpack_offset (unpack) == HEAD ? LENS_PACKED_UNKNOWN
                                                                       : LENS_PACKED_OTHER;
  switch (lens_capture_kind_of (first))
    {
    case LENS_CAPTURE_KIND_PCAP:
      return LENS_PACKED_PCAP;
    case LENS_CAPTURE_KIND_PCAPNG:
      return LENS_PACKED_PCAPNG;
    case LENS_CAPTURE_KIND_NONE:
    default:
      return LENS_PACKED_OTHER;
    }
}

GByteArray *
lens_packed_answer (GBytes *heads)
{
  gsize length;
  const guint8 *octets = g_bytes_get_data (heads, &length);
  LensCursor cursor = lens_cursor_over (octets, length);
  GByteArray *answers = g_byte_array_new ();

  while (lens_cursor_left (&cursor) > 0)
    {
      gsize size = MIN (lens_cursor_u32_le (&cursor), lens_cursor_left (&cursor));
      LensCursor head = lens_cursor_over (size > 0 ? lens_cursor_take (&cursor, size) : NULL, size);
      guint8 kind = (guint8)kind_of (&head);
      g_byte_array_append (answers, &kind, 1);
    }
  return answers;
}
