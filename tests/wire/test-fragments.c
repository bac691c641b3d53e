#include "wire/fragments.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000000)

/* What came back, as text, so that a test reads as a story. */
typedef struct
{
  LensFragments *fragments;
  GString *story;
  guint8 *marks; /* per octet of every frame fed, how often it was accounted for, or NULL */
} Teller;

#define FRAME_ROOM 4096

static void
mark (Teller *teller, const LensPiece *piece)
{
  for (guint32 i = 0; teller->marks != NULL && i < piece->length; i++)
    teller->marks[piece->frame * FRAME_ROOM + piece->offset + i]++;
}

static void
told_overlap (gpointer data, const LensFragmentKey *key, LensPiece piece, gboolean same)
{
  Teller *teller = data;

  g_string_append_printf (teller->story, "%s %u+%u of frame %u; ", same ? "repeats" : "differs",
                          piece.offset, piece.length, (guint)piece.frame);
  mark (teller, &piece);
}

static void
told_left (gpointer data, const LensFragmentKey *key, guint32 offset, const LensView *part,
           LensFragmentsReason reason)
{
  static const char *const reasons[] = { "expired", "crowded", "heavy", "flushed", "refused" };
  Teller *teller = data;

  g_assert_cmpuint (part->n_pieces, ==, 1);
  g_assert_cmpuint (part->length, ==, part->pieces[0].length);
  g_string_append_printf (teller->story, "%s id %u from %u+%u; ", reasons[reason], key->id, offset,
                          (guint)part->length);
  mark (teller, part->pieces);
}

static void
teller_init (Teller *teller, guint pending_max)
{
  static const LensFragmentsEvents events = { told_overlap, told_left };

  *teller = (Teller){ .story = g_string_new (NULL) };
  teller->fragments = lens_fragments_new (&events, teller, pending_max, 30 * SECOND);
}

static void
teller_clear (Teller *teller)
{
  lens_fragments_free (teller->fragments);
  g_string_free (teller->story, TRUE);
  g_free (teller->marks);
}

static LensFragmentKey
key_of (guint32 id)
{
  static const guint8 camera[] = { 192, 0, 2, 100 }, viewer[] = { 192, 0, 2, 1 };

  return (LensFragmentKey){
    .source = lens_address_from_octets (4, camera),
    .destination = lens_address_from_octets (4, viewer),
    .id = id,
    .protocol = 17,
  };
}

/* Feeds @text as a fragment of datagram @id that lies at octet 34 of frame @frame. */
static const LensView *
feed (Teller *teller, guint32 id, gint64 time_ns, guint64 frame, guint32 offset, gboolean more,
      const char *text)
{
  const LensFragmentKey key = key_of (id);
  const LensPiece piece = { frame, 34, (guint32)strlen (text) };

  return lens_fragments_feed (teller->fragments, &key, time_ns, offset, more, (const guint8 *)text,
                              piece);
}

static void
puts_fragments_together_in_any_order (void)
{
  Teller teller;
  teller_init (&teller, 8);

  g_assert_null (feed (&teller, 1, 0, 5, 16, FALSE, "last"));
  g_assert_null (feed (&teller, 1, 0, 6, 0, TRUE, "the firs"));
  const LensView *whole = feed (&teller, 1, 0, 9, 8, TRUE, "t to the");
  g_assert_nonnull (whole);
  g_assert_cmpmem (whole->octets, whole->length, "the first to thelast", 20);
  g_assert_cmpuint (whole->n_pieces, ==, 3);
  g_assert_cmpuint (whole->pieces[0].frame, ==, 6);
  g_assert_cmpuint (whole->pieces[1].frame, ==, 9);
  g_assert_cmpuint (whole->pieces[2].frame, ==, 5);
  g_assert_cmpuint (whole->pieces[2].offset, ==, 34);
  g_assert_cmpuint (whole->pieces[2].length, ==, 4);
  g_assert_cmpuint (lens_fragments_pending (teller.fragments), ==, 0);
  g_assert_cmpstr (teller.story->str, ==, "");
  teller_clear (&teller);
}

static void
datagrams_are_told_apart_by_their_key (void)
{
  Teller teller;
  teller_init (&teller, 8);

  g_assert_null (feed (&teller, 1, 0, 1, 0, TRUE, "one-----"));
  g_assert_null (feed (&teller, 2, 0, 2, 0, TRUE, "two-----"));
  LensFragmentKey other_link = key_of (1);
  other_link.link = 1;
  g_assert_null (lens_fragments_feed (teller.fragments, &other_link, 0, 8, FALSE,
                                      (const guint8 *)"end", (LensPiece){ 3, 34, 3 }));
  const LensView *whole = feed (&teller, 2, 0, 4, 8, FALSE, "end");
  g_assert_nonnull (whole);
  g_assert_cmpmem (whole->octets, whole->length, "two-----end", 11);
  g_assert_cmpuint (lens_fragments_pending (teller.fragments), ==, 2);
  teller_clear (&teller);
}

static void
the_first_copy_wins_and_overlaps_are_told (void)
{
  Teller teller;
  teller_init (&teller, 8);

  g_assert_null (feed (&teller, 1, 0, 1, 8, TRUE, "BBBBBBBB"));
  g_assert_null (feed (&teller, 1, 0, 2, 8, TRUE, "BBBBBBBB"));         /* again */
  g_assert_null (feed (&teller, 1, 0, 3, 0, TRUE, "aaaaaaaaXXXXXXXX")); /* half new, half other */
  const LensView *whole = feed (&teller, 1, 0, 4, 12, FALSE, "BBBBcccc");
  g_assert_nonnull (whole);
  g_assert_cmpmem (whole->octets, whole->length, "aaaaaaaaBBBBBBBBcccc", 20);
  g_assert_cmpstr (teller.story->str, ==,
                   "repeats 34+8 of frame 2; differs 42+8 of frame 3; repeats 34+4 of frame 4; ");
  teller_clear (&teller);
}

static void
gives_back_what_waits_too_long (void)
{
  Teller teller;
  teller_init (&teller, 8);

  feed (&teller, 1, 0, 1, 16, TRUE, "c-------");
  feed (&teller, 1, 0, 2, 0, TRUE, "a-------");
  feed (&teller, 2, 10 * SECOND, 3, 0, TRUE, "a-------");
  feed (&teller, 3, 30 * SECOND, 4, 0, TRUE, "a-------");
  g_assert_cmpstr (teller.story->str, ==, "");
  feed (&teller, 3, 30 * SECOND + 1, 5, 8, TRUE, "b-------");
  g_assert_cmpstr (teller.story->str, ==, "expired id 1 from 0+8; expired id 1 from 16+8; ");
  g_string_truncate (teller.story, 0);
  lens_fragments_flush (teller.fragments);
  g_assert_cmpstr (teller.story->str, ==,
                   "flushed id 2 from 0+8; flushed id 3 from 0+8; flushed id 3 from 8+8; ");
  g_assert_cmpuint (lens_fragments_pending (teller.fragments), ==, 0);
  teller_clear (&teller);
}

static void
the_oldest_gives_way_in_a_crowd (void)
{
  Teller teller;
  teller_init (&teller, 2);

  feed (&teller, 1, 0, 1, 0, TRUE, "a-------");
  feed (&teller, 2, 0, 2, 0, TRUE, "a-------");
  feed (&teller, 3, 0, 3, 0, TRUE, "a-------");
  g_assert_cmpstr (teller.story->str, ==, "crowded id 1 from 0+8; ");
  g_assert_cmpuint (lens_fragments_pending (teller.fragments), ==, 2);
  teller_clear (&teller);
}

static void
the_oldest_gives_way_to_octets (void)
{
  Teller teller;
  teller_init (&teller, 8);
  lens_fragments_set_octets_max (teller.fragments, 20);

  feed (&teller, 1, 0, 1, 0, TRUE, "a-------");
  feed (&teller, 2, 0, 2, 0, TRUE, "a-------");
  g_assert_cmpstr (teller.story->str, ==, "");
  feed (&teller, 2, 0, 3, 8, TRUE, "b-------"); /* 24 octets */
  g_assert_cmpstr (teller.story->str, ==, "heavy id 1 from 0+8; ");
  const LensView *whole = feed (&teller, 2, 0, 4, 16, FALSE, "end");
  g_assert_nonnull (whole);
  feed (&teller, 3, 0, 5, 0, TRUE, "what was whole counts no more");
  g_assert_cmpstr (teller.story->str, ==, "heavy id 1 from 0+8; ");
  g_assert_cmpuint (lens_fragments_pending (teller.fragments), ==, 1);
  teller_clear (&teller);
}

static void
refuses_what_no_datagram_can_have (void)
{
  Teller teller;
  teller_init (&teller, 8);

  feed (&teller, 1, 0, 1, 65528, FALSE, "too long"); /* ends at 65536 */
  g_assert_cmpstr (teller.story->str, ==, "refused id 1 from 65528+8; ");
  g_string_truncate (teller.story, 0);
  feed (&teller, 2, 0, 2, 8, FALSE, "end");      /* 11 octets */
  feed (&teller, 2, 0, 3, 16, TRUE, "beyond--"); /* behind the end */
  feed (&teller, 2, 0, 4, 8, FALSE, "ends");     /* another end */
  g_assert_cmpstr (teller.story->str, ==, "refused id 2 from 16+8; refused id 2 from 8+4; ");
  const LensView *whole = feed (&teller, 2, 0, 5, 0, TRUE, "begin---");
  g_assert_nonnull (whole);
  g_assert_cmpmem (whole->octets, whole->length, "begin---end", 11);
  teller_clear (&teller);
}

static void
a_datagram_has_no_endless_parts (void)
{
  Teller teller;
  teller_init (&teller, 8);

  for (guint32 part = 0; part <= LENS_FRAGMENTS_PARTS_MAX; part++)
    feed (&teller, 1, 0, part, part * 16, TRUE, "8-octets");
  g_assert_cmpstr (teller.story->str, ==, "refused id 1 from 16384+8; ");
  teller_clear (&teller);
}

/* Fragments at random, overlapping, of few datagrams: each octet fed comes out exactly once. */
static void
every_octet_is_accounted_for_once (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20261126);
  const guint frames = 2000;
  guint wholes = 0;
  Teller teller;
  teller_init (&teller, 3);
  teller.marks = g_malloc0 ((gsize)frames * FRAME_ROOM);

  for (guint frame = 0; frame < frames; frame++)
    {
      guint8 octets[64];
      const LensFragmentKey key = key_of ((guint32)g_rand_int_range (random, 0, 5));
      guint32 offset = (guint32)g_rand_int_range (random, 0, 8) * 8;
      const LensPiece piece = { frame, 34, (guint32)g_rand_int_range (random, 0, 65) };
      memset (octets, frame % 3, sizeof octets);
      g_autofree guint8 *exact = g_memdup2 (octets, piece.length);
      const LensView *whole
          = lens_fragments_feed (teller.fragments, &key, frame * SECOND, offset,
                                 g_rand_int_range (random, 0, 4) != 0, exact, piece);
      gsize length = 0;
      for (gsize i = 0; whole != NULL && i < whole->n_pieces; i++)
        {
          length += whole->pieces[i].length;
          mark (&teller, &whole->pieces[i]);
        }
      g_assert_true (whole == NULL || length == whole->length);
      wholes += whole != NULL;
      teller.marks[frame * FRAME_ROOM] = (guint8)piece.length; /* for the sum below */
    }
  lens_fragments_flush (teller.fragments);

  g_assert_cmpuint (wholes, >, 0);
  for (guint frame = 0; frame < frames; frame++)
    for (guint32 i = 0; i < 64; i++)
      g_assert_cmpuint (teller.marks[frame * FRAME_ROOM + 34 + i], ==,
                        i < teller.marks[frame * FRAME_ROOM] ? 1 : 0);
  teller_clear (&teller);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/fragments/" name, function)
  ADD ("puts-fragments-together-in-any-order", puts_fragments_together_in_any_order);
  ADD ("datagrams-are-told-apart-by-their-key", datagrams_are_told_apart_by_their_key);
  ADD ("the-first-copy-wins-and-overlaps-are-told", the_first_copy_wins_and_overlaps_are_told);
  ADD ("gives-back-what-waits-too-long", gives_back_what_waits_too_long);
  ADD ("the-oldest-gives-way-in-a-crowd", the_oldest_gives_way_in_a_crowd);
  ADD ("the-oldest-gives-way-to-octets", the_oldest_gives_way_to_octets);
  ADD ("refuses-what-no-datagram-can-have", refuses_what_no_datagram_can_have);
  ADD ("a-datagram-has-no-endless-parts", a_datagram_has_no_endless_parts);
  ADD ("every-octet-is-accounted-for-once", every_octet_is_accounted_for_once);
  return g_test_run ();
}
