#include "harness/origins.h"

#include "harness/case-files.h"
#include "harness/result.h"

#include <string.h>
#include <sys/stat.h>

#define NONE G_MAXUINT

/* Which of the paths is which of the files that are told of. */
typedef struct
{
  const GArray *told;
  const GPtrArray *paths;
  guint *path_of; /* by index of @told; NONE */
  guint *told_of; /* by index of @paths; NONE */
} Pairs;

static const LensJobOrigin *
origin_at (const GArray *told, guint index)
{
  return &g_array_index (told, LensJobOrigin, index);
}

static guint64
octets_of (const char *path)
{
  struct stat status;

  return stat (path, &status) == 0 ? (guint64)status.st_size : LENS_JOB_UNKNOWN;
}

static char *
name_of (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);

  return lens_result_text (base);
}

/* --- pairs --- */

static void
pairs_init (Pairs *pairs, const GArray *told, const GPtrArray *paths)
{
  *pairs = (Pairs){ told, paths, g_new (guint, told->len + 1), g_new (guint, paths->len + 1) };
  for (guint i = 0; i < told->len; i++)
    pairs->path_of[i] = NONE;
  for (guint i = 0; i < paths->len; i++)
    pairs->told_of[i] = NONE;
}

static void
pairs_clear (Pairs *pairs)
{
  g_free (pairs->path_of);
  g_free (pairs->told_of);
}

static void
join (Pairs *pairs, guint told, guint path)
{
  pairs->path_of[told] = path;
  pairs->told_of[path] = told;
}

static guint
first_alone (const guint *other, guint n)
{
  guint i = 0;

  while (i < n && other[i] != NONE)
    i++;
  return i < n ? i : NONE;
}

/* What a pair has in common; NULL: it is not known. */
typedef struct
{
  char *(*of_told) (const LensJobOrigin *origin);
  char *(*of_path) (const Pairs *pairs, const char *path);
} Trait;

static char *
told_name (const LensJobOrigin *origin)
{
  return g_strdup (origin->name);
}

static char *
path_name (const Pairs *pairs, const char *path)
{
  return name_of (path);
}

static char *
with_length (const char *name, guint64 octets)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT " %s", octets, name);
}

static char *
told_name_and_length (const LensJobOrigin *origin)
{
  return origin->octets != LENS_JOB_UNKNOWN ? with_length (origin->name, origin->octets) : NULL;
}

static char *
path_name_and_length (const Pairs *pairs, const char *path)
{
  g_autofree char *name = name_of (path);

  return with_length (name, octets_of (path));
}

static char *
told_hash (const LensJobOrigin *origin)
{
  return g_strdup (origin->sha256);
}

/* Of a file that is as long as one of those without a pair. */
static char *
path_hash (const Pairs *pairs, const char *path)
{
  const guint64 octets = octets_of (path);

  for (guint i = 0; i < pairs->told->len; i++)
    {
      const LensJobOrigin *origin = origin_at (pairs->told, i);
      if (pairs->path_of[i] == NONE
          && (origin->octets == octets || origin->octets == LENS_JOB_UNKNOWN))
        return lens_case_hash (path);
    }
  return NULL;
}

static GQueue *
queue_of (GHashTable *table, char *key)
{
  GQueue *queue = g_hash_table_lookup (table, key);

  if (queue == NULL)
    g_hash_table_insert (table, key, queue = g_queue_new ());
  else
    g_free (key);
  return queue;
}

static void
free_queue (gpointer queue)
{
  g_queue_free (queue);
}

static void
pair_by (Pairs *pairs, const Trait *trait)
{
  g_autoptr (GHashTable) alone
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_queue);

  for (guint i = 0; i < pairs->told->len; i++)
    {
      char *key = pairs->path_of[i] == NONE ? trait->of_told (origin_at (pairs->told, i)) : NULL;
      if (key != NULL)
        g_queue_push_tail (queue_of (alone, key), GUINT_TO_POINTER (i));
    }
  for (guint i = 0; i < pairs->paths->len && g_hash_table_size (alone) > 0; i++)
    {
      g_autofree char *key = pairs->told_of[i] == NONE
                                 ? trait->of_path (pairs, g_ptr_array_index (pairs->paths, i))
                                 : NULL;
      GQueue *queue = key != NULL ? g_hash_table_lookup (alone, key) : NULL;
      if (queue != NULL && !g_queue_is_empty (queue))
        join (pairs, GPOINTER_TO_UINT (g_queue_pop_head (queue)), i);
    }
}

static void
pair (Pairs *pairs)
{
  static const Trait name_and_length = { told_name_and_length, path_name_and_length },
                     hash = { told_hash, path_hash }, name = { told_name, path_name };

  /* One of one: whatever it is called. */
  if (pairs->told->len == 1 && pairs->paths->len == 1)
    join (pairs, 0, 0);
  pair_by (pairs, &name_and_length);
  pair_by (pairs, &hash);
  pair_by (pairs, &name);
}

/* --- what is wrong --- */

static char *
key_of (const GArray *told, guint index)
{
  return told->len > 1 ? g_strdup_printf ("input.files[%u].sha256", index)
                       : g_strdup ("input.sha256");
}

static char *
first_of_another_length (const Pairs *pairs)
{
  for (guint i = 0; i < pairs->told->len; i++)
    {
      const LensJobOrigin *origin = origin_at (pairs->told, i);
      if (pairs->path_of[i] == NONE || origin->octets == LENS_JOB_UNKNOWN)
        continue;
      const char *path = g_ptr_array_index (pairs->paths, pairs->path_of[i]);
      const guint64 octets = octets_of (path);
      g_autofree char *key = key_of (pairs->told, i);
      if (octets != LENS_JOB_UNKNOWN && octets != origin->octets)
        return g_strdup_printf ("%s: %s has another size, %" G_GUINT64_FORMAT
                                " octets; the record was made of %" G_GUINT64_FORMAT,
                                key, path, octets, origin->octets);
    }
  return NULL;
}

static LensOrigins
judge (const Pairs *pairs, char **why)
{
  const guint stranger = first_alone (pairs->told_of, pairs->paths->len);
  const guint missing = first_alone (pairs->path_of, pairs->told->len);
  const char *name = missing != NONE ? origin_at (pairs->told, missing)->name : NULL;

  *why = first_of_another_length (pairs);
  if (*why != NULL)
    return LENS_ORIGINS_DIFFER;
  if (stranger != NONE)
    {
      *why = g_strdup_printf ("input.files: %s is none of the files that the record was made of "
                              "(%u)%s%s%s",
                              (const char *)g_ptr_array_index (pairs->paths, stranger),
                              pairs->told->len, name != NULL ? ", and " : "",
                              name != NULL ? name : "", name != NULL ? " is missing" : "");
      return LENS_ORIGINS_DIFFER;
    }
  if (missing == NONE)
    return LENS_ORIGINS_ALIKE;
  *why = g_strdup_printf ("%s is missing: the record was made of %u files", name, pairs->told->len);
  return LENS_ORIGINS_MISSING;
}

LensOrigins
lens_origins_check (const GArray *told, const GPtrArray *paths, char **why)
{
  Pairs pairs;

  *why = NULL;
  if (told->len == 0)
    return LENS_ORIGINS_ALIKE;
  pairs_init (&pairs, told, paths);
  pair (&pairs);
  LensOrigins found = judge (&pairs, why);
  pairs_clear (&pairs);
  return found;
}

char *
lens_origins_explain (const GArray *told, const GPtrArray *paths, const char *key)
{
  Pairs pairs;
  char *explained = NULL;

  pairs_init (&pairs, told, paths);
  pair (&pairs);
  for (guint i = 0; i < told->len && explained == NULL; i++)
    {
      g_autofree char *own = key_of (told, i);
      if (pairs.path_of[i] != NONE && g_str_equal (own, key))
        explained
            = g_strdup_printf ("%s: %s has the size that the record says, and other octets", key,
                               (const char *)g_ptr_array_index (paths, pairs.path_of[i]));
    }
  pairs_clear (&pairs);
  return explained != NULL ? explained : g_strdup (key);
}
