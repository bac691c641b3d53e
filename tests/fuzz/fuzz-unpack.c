/* A packed file: what comes out does not depend on the steps in which it goes in and out. */
#include "tests/fuzz/fuzz.h"

#include "wire/unpack.h"

#include <string.h>

#define MOST (1 << 20) /* octets that are asked for */

static gssize
read_all (gpointer data, guint8 *into, gsize room)
{
  LensCursor *cursor = data;
  gsize count = MIN (room, lens_cursor_left (cursor));

  if (count > 0)
    memcpy (into, cursor->octets + cursor->position, count);
  lens_cursor_skip (cursor, count);
  return (gssize)count;
}

static LensUnpack *
unpack (LensCursor *cursor, LensReadFunc read, gsize step, GByteArray *into)
{
  LensPacking packing = lens_packing_of (cursor->octets, cursor->length);
  LensUnpack *unpack = lens_unpack_new (packing, NULL, 0, read, cursor);
  g_autofree guint8 *octets = g_malloc (step);
  gssize got = 1;

  while (into->len < MOST && got > 0)
    {
      got = lens_unpack_read (unpack, octets, MIN (step, MOST - into->len));
      if (got > 0)
        g_byte_array_append (into, octets, (guint)got);
    }
  g_assert_cmpint (got, >=, 0);
  g_assert_cmpuint (lens_unpack_offset (unpack), <=, cursor->length);
  return unpack;
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length), again = cursor;
  g_autoptr (GByteArray) one = g_byte_array_new (), other = g_byte_array_new ();

  if (lens_packing_of (octets, length) == LENS_PACKING_NONE)
    return 0;
  g_autoptr (LensUnpack) whole = unpack (&cursor, read_all, MOST, one);
  g_autoptr (LensUnpack) steps = unpack (&again, fuzz_read, 300, other);
  g_assert_cmpmem (one->data, one->len, other->data, other->len);
  if (one->len < MOST)
    g_assert_cmpstr (lens_unpack_problem (whole), ==, lens_unpack_problem (steps));
  return 0;
}
