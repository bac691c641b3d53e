#include "tests/fuzz/fuzz.h"

#include <string.h>

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  /* What a parser complains of is an error of ours, and memory is to come from malloc(). */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  g_setenv ("G_SLICE", "always-malloc", TRUE);
  return 0;
}

void
fuzz_touch (const guint8 *octets, gsize length)
{
  static volatile guint8 sink;
  guint8 sum = 0;

  for (gsize i = 0; i < length; i++)
    sum ^= octets[i];
  sink = sum;
  (void)sink;
}

void
fuzz_inside (const guint8 *octets, gsize length, LensRange range)
{
  g_assert_cmpuint (range.offset, <=, length);
  g_assert_cmpuint (range.length, <=, length - range.offset);
  if (range.length > 0)
    fuzz_touch (octets + range.offset, range.length);
}

void
fuzz_follows (const guint8 *octets, gsize length, gsize *at, LensRange range)
{
  fuzz_inside (octets, length, range);
  g_assert_cmpuint (range.offset, ==, *at);
  *at += range.length;
}

void
fuzz_view (const LensView *view)
{
  gsize total = 0;

  fuzz_touch (view->octets, view->length);
  for (gsize i = 0; i < view->n_pieces; i++)
    total += view->pieces[i].length;
  if (!view->unpacked)
    g_assert_cmpuint (total, ==, view->length);
}

void
fuzz_part_clear (FuzzPart *part)
{
  g_clear_pointer (&part->octets, g_free);
}

gboolean
fuzz_part_next (LensCursor *cursor, FuzzPart *part)
{
  guint number = part->octets != NULL ? part->number + 1 : 0;

  fuzz_part_clear (part);
  if (lens_cursor_left (cursor) < 3)
    return FALSE;
  *part = (FuzzPart){ .number = number };
  gsize wanted = lens_cursor_u16 (cursor);
  part->flags = lens_cursor_u8 (cursor);
  part->length = MIN (wanted, lens_cursor_left (cursor));
  part->octets = g_malloc (MAX (part->length, 1));
  if (part->length > 0)
    memcpy (part->octets, lens_cursor_take (cursor, part->length), part->length);
  guint32 half = (guint32)part->length / 2;
  part->pieces[0] = (LensPiece){ 2 * number + 1, 54, half };
  part->pieces[1] = (LensPiece){ 2 * number + 2, 66, (guint32)part->length - half };
  part->view = (LensView){ part->octets, part->length, part->pieces, 2, FALSE };
  return TRUE;
}

gssize
fuzz_read (gpointer data, guint8 *into, gsize room)
{
  LensCursor *cursor = data;
  gsize count = MIN (MIN (room, lens_cursor_left (cursor)), 1 + cursor->position % 257);

  if (count > 0)
    memcpy (into, lens_cursor_take (cursor, count), count);
  return (gssize)count;
}
