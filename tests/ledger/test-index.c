#include "ledger/index.h"

#include <string.h>

/* Words, known by their place. */
typedef struct
{
  const char *const *words;
} Words;

static guint32
hash (const char *word)
{
  /* Poor on purpose: words of one length collide. */
  return (guint32)strlen (word);
}

static guint32
hash_of (gconstpointer data, guint32 number)
{
  return hash (((const Words *)data)->words[number]);
}

static gboolean
is (gconstpointer data, guint32 number, gconstpointer key)
{
  return g_str_equal (((const Words *)data)->words[number], key);
}

static const LensIndexWays ways = { hash_of, is };

static void
tells_apart_what_has_the_same_hash (void)
{
  static const char *const list[] = { "one", "two", "three", "four", "six", "ten" };
  const Words words = { list };
  LensIndex index = { 0 };

  g_assert_cmpuint (lens_index_find (&index, &ways, &words, hash ("one"), "one"), ==,
                    LENS_INDEX_NONE);
  for (guint i = 0; i < G_N_ELEMENTS (list); i++)
    lens_index_add (&index, &ways, &words, hash (list[i]), i);
  for (guint i = 0; i < G_N_ELEMENTS (list); i++)
    g_assert_cmpuint (lens_index_find (&index, &ways, &words, hash (list[i]), list[i]), ==, i);
  g_assert_cmpuint (lens_index_find (&index, &ways, &words, hash ("nil"), "nil"), ==,
                    LENS_INDEX_NONE);
  lens_index_clear (&index);
}

static guint32
hash_of_itself (gconstpointer data, guint32 number)
{
  return number * 2654435761u;
}

static gboolean
is_itself (gconstpointer data, guint32 number, gconstpointer key)
{
  return number == *(const guint32 *)key;
}

static void
takes_no_more_than_sixteen_octets_for_each (void)
{
  static const LensIndexWays own = { hash_of_itself, is_itself };
  const guint32 count = 100000;
  LensIndex index = { 0 };

  for (guint32 i = 0; i < count; i++)
    lens_index_add (&index, &own, NULL, hash_of_itself (NULL, i), i);
  g_assert_cmpuint (index.n, ==, count);
  g_assert_cmpuint (sizeof (guint32) << index.bits, <=, 16 * count);
  for (guint32 i = 0; i < count; i++)
    g_assert_cmpuint (lens_index_find (&index, &own, NULL, hash_of_itself (NULL, i), &i), ==, i);
  lens_index_clear (&index);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/index/tells-apart-what-has-the-same-hash",
                   tells_apart_what_has_the_same_hash);
  g_test_add_func ("/ledger/index/takes-no-more-than-sixteen-octets-for-each",
                   takes_no_more_than_sixteen_octets_for_each);
  return g_test_run ();
}
