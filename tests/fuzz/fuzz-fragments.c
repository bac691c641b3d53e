/* Fragments of a few datagrams, in any order: each octet comes out exactly once. */
#include "tests/fuzz/fuzz.h"

#include "wire/fragments.h"

static void
overlap (gpointer data, const LensFragmentKey *key, LensPiece piece, gboolean same)
{
  *(gsize *)data += piece.length;
}

static void
left (gpointer data, const LensFragmentKey *key, guint32 offset, const LensView *part,
      LensFragmentsReason reason)
{
  fuzz_view (part);
  *(gsize *)data += part->length;
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  static const LensFragmentsEvents events = { overlap, left };
  LensCursor cursor = lens_cursor_over (octets, length);
  g_auto (FuzzPart) part = { 0 };
  gsize fed = 0, out = 0;
  g_autoptr (LensFragments) fragments = lens_fragments_new (&events, &out, 4, 1000);

  while (fuzz_part_next (&cursor, &part))
    {
      guint32 at = lens_cursor_u16 (&cursor);
      LensFragmentKey key = { .id = part.flags & 7, .link = part.flags >> 3 & 1 };
      LensPiece piece = { part.number + 1, 34, (guint32)part.length };
      fed += part.length;
      const LensView *whole
          = lens_fragments_feed (fragments, &key, part.number * (part.flags & 0x10 ? 600 : 1),
                                 at * 8, (part.flags & 0x80) != 0, part.octets, piece);
      if (whole != NULL)
        {
          fuzz_view (whole);
          g_assert_cmpuint (whole->length, <=, LENS_FRAGMENTS_DATAGRAM_MAX);
          out += whole->length;
        }
      g_assert_cmpuint (lens_fragments_pending (fragments), <=, 4);
    }
  lens_fragments_flush (fragments);
  g_assert_cmpuint (lens_fragments_pending (fragments), ==, 0);
  g_assert_cmpuint (fed, ==, out);
  return 0;
}
