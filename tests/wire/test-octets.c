#include "wire/octets.h"

#include <string.h>

static const guint8 foobar[] = { 'f', 'o', 'o', 'b', 'a', 'r' };

/* Vectors of the algorithm's authors. */
static void
hashes_as_fnv_1a_does (void)
{
  g_assert_cmphex (lens_octets_hash (LENS_HASH_START, foobar, 0), ==, 0xcbf29ce484222325);
  g_assert_cmphex (lens_octets_hash (LENS_HASH_START, foobar, 6), ==, 0x85944171f73967e8);
}

static void
goes_on_from_what_came_before (void)
{
  guint64 hash = lens_octets_hash (LENS_HASH_START, foobar, 2);

  g_assert_cmphex (lens_octets_hash (hash, foobar + 2, 4), ==, 0x85944171f73967e8);
}

/* Each octet counts, wherever it lies, and so does the length. */
static void
hashes_all_of_a_whole (void)
{
  guint8 octets[100] = { 0 };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (gsize length = 0; length <= sizeof octets; length++)
    for (gsize i = 0; i <= length; i++)
      {
        if (i < length)
          octets[i] ^= 0x10;
        guint64 hash = lens_octets_hash_whole (LENS_HASH_START, octets, length);
        g_assert_true (g_hash_table_add (seen, g_memdup2 (&hash, sizeof hash)));
        if (i < length)
          octets[i] ^= 0x10;
      }
}

static void
folds_ascii_letters_only (void)
{
  const guint8 upper[] = { 'F', 'o', 'O', 'b', 'A', 'r' },
               other[] = { 'F', 'o', 'O', 'b', 'A', 0xd2 },
               lower[] = { 'f', 'o', 'o', 'b', 'a', 0xf2 };

  g_assert_cmphex (lens_octets_hash_folded (LENS_HASH_START, upper, 6), ==, 0x85944171f73967e8);
  g_assert_cmphex (lens_octets_hash_folded (LENS_HASH_START, other, 6), !=,
                   lens_octets_hash_folded (LENS_HASH_START, lower, 6));
}

static void
sees_one_octet_among_zeros (void)
{
  guint8 octets[40] = { 0 };

  g_assert_true (lens_octets_are_zero (octets, sizeof octets));
  octets[39] = 1;
  g_assert_false (lens_octets_are_zero (octets, sizeof octets));
  g_assert_true (lens_octets_are_zero (octets, 39));
}

/* Wherever they are, in octets of any length. */
static void
finds_two_zeros_in_a_row (void)
{
  guint8 octets[100];

  for (gsize length = 0; length <= sizeof octets; length++)
    for (gsize at = 0; at + 1 < length; at++)
      {
        g_autofree guint8 *exact = g_malloc (length);
        memset (exact, 7, length);
        exact[at] = exact[at + 1] = 0;
        exact[at > 2 ? at - 2 : length - 1] = 0; /* one that is alone, or part of them */
        gsize found = lens_octets_two_zeros (exact, length, 0);
        g_assert_cmpuint (found, ==, at);
        g_assert_cmpuint (lens_octets_two_zeros (exact, length, at), ==, at);
        if (at > 2)
          g_assert_cmpuint (lens_octets_two_zeros (exact, length, at + 1), ==, length);
      }
  memset (octets, 0, sizeof octets);
  g_assert_cmpuint (lens_octets_two_zeros (octets, 1, 0), ==, 1);
  g_assert_cmpuint (lens_octets_two_zeros (octets, sizeof octets, 98), ==, 98);
  g_assert_cmpuint (lens_octets_two_zeros (octets, sizeof octets, 99), ==, sizeof octets);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/octets/hashes-as-fnv-1a-does", hashes_as_fnv_1a_does);
  g_test_add_func ("/wire/octets/goes-on-from-what-came-before", goes_on_from_what_came_before);
  g_test_add_func ("/wire/octets/hashes-all-of-a-whole", hashes_all_of_a_whole);
  g_test_add_func ("/wire/octets/folds-ascii-letters-only", folds_ascii_letters_only);
  g_test_add_func ("/wire/octets/sees-one-octet-among-zeros", sees_one_octet_among_zeros);
  g_test_add_func ("/wire/octets/finds-two-zeros-in-a-row", finds_two_zeros_in_a_row);
  return g_test_run ();
}
