/* Older kernels and poorer machines: the same roles with the layers they lack taken away.
 *
 * With the filter nothing forbidden may work on any of them.  Without it, which operations work
 * is written down in layers.golden, by kernel and by who started the role: so it is known what
 * stands behind the filter where, and a layer that silently does less than it did is a line.
 *
 * `test-sandbox-kernels --print` prints the lines. */
#include "sandbox/matrix.h"

#include <string.h>
#include <unistd.h>

#define NAMESPACES                                                                                 \
  (LENS_LAYER_USER | LENS_LAYER_NETWORK | LENS_LAYER_ROOT | LENS_LAYER_IPC | LENS_LAYER_HOSTNAME   \
   | LENS_LAYER_CGROUP)

static const struct
{
  const char *name;
  LensLayerSet lacks;
} kernels[] = {
  { "linux-6.1", LENS_LAYER_NO_NEW_CODE | LENS_LAYER_LANDLOCK_TCP | LENS_LAYER_LANDLOCK_SCOPES },
  { "linux-6.3", LENS_LAYER_LANDLOCK_TCP | LENS_LAYER_LANDLOCK_SCOPES },
  { "linux-6.7", LENS_LAYER_LANDLOCK_SCOPES },
  { "linux-6.12", 0 },
  { "no-landlock", LENS_LAYERS_LANDLOCK },
  { "no-namespaces", NAMESPACES },
  { "required-only", NAMESPACES | LENS_LAYERS_LANDLOCK | LENS_LAYER_NO_NEW_CODE
                         | LENS_LAYER_IDENTITY | LENS_LAYER_CAPABILITIES },
};

/* What the role's process has here, apart from the filter. */
static LensLayerSet
offered_here (void)
{
  g_autoptr (LensMatrix) matrix = lens_matrix_new ();
  LensLayerSet all = LENS_LAYERS_ALL & ~(guint)LENS_LAYER_SECCOMP;

  return lens_matrix_try (matrix, 0, LENS_ROLE_ANALYZE, all).layers;
}

/* A machine that lacks more than the kernel in question cannot show what that one holds. */
static gboolean
can_play (gsize kernel, LensLayerSet offered)
{
  const LensLayerSet launcher = LENS_LAYER_PROCESSES | LENS_LAYER_SECCOMP;

  return (LENS_LAYERS_ALL & ~kernels[kernel].lacks & ~offered & ~launcher) == 0;
}

static char *
line_for (gsize kernel, const char *operation)
{
  return g_strdup_printf ("%s %s: %s", kernels[kernel].name, geteuid () == 0 ? "root" : "user",
                          operation);
}

static void
add_success (const LensMatrixCell *cell, gpointer data)
{
  if (cell->outcome == LENS_OUTCOME_SUCCEEDED)
    g_ptr_array_add (data, (gpointer)cell->operation);
  g_assert_cmpint (cell->outcome, !=, LENS_OUTCOME_UNTRIED);
}

static GPtrArray *
what_works (LensRole role, LensLayerSet layers)
{
  GPtrArray *operations = g_ptr_array_new ();

  lens_matrix_run (role, layers, add_success, operations);
  return operations;
}

static void
with_the_filter_nothing_forbidden_works (gconstpointer data)
{
  gsize kernel = GPOINTER_TO_SIZE (data);
  LensLayerSet layers = LENS_LAYERS_ALL & ~kernels[kernel].lacks;
  g_autofree char *missing = lens_layers_describe (kernels[kernel].lacks);

  if (!can_play (kernel, offered_here ()))
    {
      g_test_skip ("this machine lacks more");
      return;
    }
  g_test_message ("without: %s", missing);
  g_autoptr (GPtrArray) works = what_works (LENS_ROLE_ANALYZE, layers);
  for (guint i = 0; i < works->len; i++)
    g_test_message ("works: %s", (char *)works->pdata[i]);
  g_assert_cmpuint (works->len, ==, 0);
}

static void
without_the_filter_no_more_works_than_is_written_down (gconstpointer data)
{
  gsize kernel = GPOINTER_TO_SIZE (data);
  LensLayerSet layers = LENS_LAYERS_ALL & ~kernels[kernel].lacks & ~(guint)LENS_LAYER_SECCOMP;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "layers.golden", NULL);
  g_autofree char *text = NULL;
  guint more = 0;

  if (!can_play (kernel, offered_here ()) || !g_file_get_contents (path, &text, NULL, NULL))
    {
      g_test_skip ("this machine lacks more, or the source folder cannot be read");
      return;
    }
  g_auto (GStrv) written = g_strsplit (text, "\n", -1);
  g_autoptr (GPtrArray) works = what_works (LENS_ROLE_ANALYZE, layers);
  for (guint i = 0; i < works->len; i++)
    {
      g_autofree char *line = line_for (kernel, works->pdata[i]);
      if (g_strv_contains ((const char *const *)written, line))
        continue;
      g_test_message ("works, and is not written down: %s", line);
      more++;
    }
  g_assert_cmpuint (more, ==, 0);
  g_assert_cmpuint (works->len, >, 0); /* some need the filter: else the walk saw nothing */
}

static void
a_layer_that_is_taken_away_is_not_in_force (void)
{
  g_autoptr (LensMatrix) matrix = lens_matrix_new ();
  LensLayerSet offered = offered_here ();

  for (gsize i = 0; i < G_N_ELEMENTS (kernels); i++)
    {
      LensLayerSet wanted = LENS_LAYERS_ALL & ~kernels[i].lacks & ~(guint)LENS_LAYER_SECCOMP;
      LensLayerSet got = lens_matrix_try (matrix, 0, LENS_ROLE_ANALYZE, wanted).layers;
      /* Who is not root here is somebody else without any doing. */
      LensLayerSet given
          = geteuid () != 0 || lens_layers_root_is_somebody_else () ? LENS_LAYER_IDENTITY : 0;

      g_test_message ("%s", kernels[i].name);
      if (can_play (i, offered))
        g_assert_cmphex (got, ==, (offered & wanted) | (offered & given));
    }
}

static void
print (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kernels); i++)
    {
      LensLayerSet layers = LENS_LAYERS_ALL & ~kernels[i].lacks & ~(guint)LENS_LAYER_SECCOMP;
      g_autoptr (GPtrArray) works = what_works (LENS_ROLE_ANALYZE, layers);
      for (guint k = 0; k < works->len; k++)
        {
          g_autofree char *line = line_for (i, works->pdata[k]);
          g_print ("%s\n", line);
        }
    }
}

int
main (int argc, char **argv)
{
  if (argc > 1 && g_str_equal (argv[1], "--print"))
    {
      print ();
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sandbox/kernels/a-layer-that-is-taken-away-is-not-in-force",
                   a_layer_that_is_taken_away_is_not_in_force);
  for (gsize i = 0; i < G_N_ELEMENTS (kernels); i++)
    {
      g_autofree char *with = g_strdup_printf (
          "/sandbox/kernels/with-the-filter-nothing-forbidden-works/%s", kernels[i].name);
      g_autofree char *without = g_strdup_printf (
          "/sandbox/kernels/without-the-filter-no-more-works-than-is-written-down/%s",
          kernels[i].name);
      g_test_add_data_func (with, GSIZE_TO_POINTER (i), with_the_filter_nothing_forbidden_works);
      g_test_add_data_func (without, GSIZE_TO_POINTER (i),
                            without_the_filter_no_more_works_than_is_written_down);
    }
  return g_test_run ();
}
