#include "sandbox/matrix.h"

#include <unistd.h>

typedef struct
{
  guint succeeded, refused, killed, untried;
} Tally;

static void
count (const LensMatrixCell *cell, gpointer data)
{
  Tally *tally = data;
  g_autofree char *outcome = lens_matrix_cell_describe (cell);

  tally->succeeded += cell->outcome == LENS_OUTCOME_SUCCEEDED;
  tally->refused += cell->outcome == LENS_OUTCOME_REFUSED;
  tally->killed += cell->outcome == LENS_OUTCOME_KILLED;
  tally->untried += cell->outcome == LENS_OUTCOME_UNTRIED;
  if (!cell->expected)
    g_test_message ("%s: %s: %s", lens_role_name (cell->role), cell->operation, outcome);
}

static void
unconfined_the_operations_work_or_reach_the_kernel (void)
{
  Tally tally = { 0 };

  g_assert_cmpuint (lens_matrix_n_operations (), >=, 100);
  g_assert_cmpuint (lens_matrix_run (LENS_ROLE_NONE, LENS_LAYERS_ALL, count, &tally), ==, 0);
  g_assert_cmpuint (tally.succeeded, >=, 45);
}

static void
nothing_forbidden_works_in_a_role (gconstpointer role)
{
  Tally tally = { 0 };

  g_assert_cmpuint (
      lens_matrix_run ((LensRole)GPOINTER_TO_INT (role), LENS_LAYERS_ALL, count, &tally), ==, 0);
  g_assert_cmpuint (tally.succeeded, ==, 0);
  g_assert_cmpuint (tally.killed, >=, 80);
}

/* Takes seccomp away: then operations work again, and the other layers still hold some. */
static void
the_matrix_sees_a_missing_filter (void)
{
  Tally tally = { 0 };
  guint unexpected = lens_matrix_run (LENS_ROLE_ANALYZE,
                                      LENS_LAYERS_ALL & ~(guint)LENS_LAYER_SECCOMP, count, &tally);

  g_assert_cmpuint (unexpected, >=, 40);
  g_assert_cmpuint (tally.succeeded, >=, 20);
  g_assert_cmpuint (tally.untried, ==, 0);
}

static void
note_files (const LensMatrixCell *cell, gpointer data)
{
  guint *opened = data;

  if (g_str_has_prefix (cell->operation, "open /") || g_str_equal (cell->operation, "fork")
      || g_str_equal (cell->operation, "write to a foreign descriptor"))
    *opened += cell->outcome == LENS_OUTCOME_SUCCEEDED;
}

static void
without_the_filter_the_other_layers_still_hold_files (void)
{
  guint opened = 0;

  lens_matrix_run (LENS_ROLE_ANALYZE, LENS_LAYERS_ALL & ~(guint)LENS_LAYER_SECCOMP, note_files,
                   &opened);
  g_assert_cmpuint (opened, ==, 0);
}

/* What each layer is there for.  It must stop this by itself where the machine has the layer. */
static const struct
{
  LensLayer layer;
  const char *operation;
} purposes[] = {
  { LENS_LAYER_SECCOMP, "netlink socket" },
  { LENS_LAYER_DESCRIPTORS, "write to a foreign descriptor" },
  { LENS_LAYER_NOT_DUMPABLE, "open /proc/self/mem" },
  { LENS_LAYER_LIMITS, "fork" },
  { LENS_LAYER_USER, "new user namespace" },
  { LENS_LAYER_NETWORK, "reach the supervisor's TCP port" },
  { LENS_LAYER_NETWORK, "send to the supervisor's UDP port" },
  { LENS_LAYER_ROOT, "open /etc/passwd" },
  { LENS_LAYER_IPC, "find another's shared segment" },
  { LENS_LAYER_IDENTITY, "become root" },
  { LENS_LAYER_CAPABILITIES, "packet socket" },
  { LENS_LAYER_LANDLOCK_FILES, "open /etc/passwd" },
  { LENS_LAYER_NO_NEW_CODE, "run new code" },
};

/* Limits and dumpability bind everybody but root; rights can only be dropped by who has them. */
static gboolean
binds_us (LensLayer layer)
{
  if (layer == LENS_LAYER_LIMITS || layer == LENS_LAYER_NOT_DUMPABLE)
    return geteuid () != 0;
  return (layer != LENS_LAYER_IDENTITY && layer != LENS_LAYER_CAPABILITIES) || geteuid () == 0;
}

static void
each_layer_stops_what_it_is_there_for (void)
{
  g_autoptr (LensMatrix) matrix = lens_matrix_new ();
  LensLayerSet offered
      = lens_matrix_try (matrix, 0, LENS_ROLE_ANALYZE, LENS_LAYERS_ALL & ~(guint)LENS_LAYER_SECCOMP)
            .layers
        | LENS_LAYER_SECCOMP;
  g_autofree char *names = lens_layers_describe (offered);
  LensLayerSet needed = 0;

  g_test_message ("this machine offers: %s", names);
  for (guint i = 0; i < lens_matrix_n_operations (); i++)
    {
      LensMatrixHolding holding = lens_matrix_holding (matrix, i, LENS_ROLE_ANALYZE);
      needed |= holding.needed;
      if (!holding.works)
        continue;
      g_assert_cmphex (holding.alone & LENS_LAYER_SECCOMP, ==, LENS_LAYER_SECCOMP);
      for (guint p = 0; p < G_N_ELEMENTS (purposes); p++)
        {
          LensLayer layer = purposes[p].layer;
          if (!g_str_equal (purposes[p].operation, holding.operation) || (offered & layer) == 0
              || !binds_us (layer))
            continue;
          g_test_message ("%s: %s", lens_layer_name (layer), holding.operation);
          g_assert_cmphex (holding.alone & layer, ==, layer);
        }
    }
  /* With any one wall away, the filter still stands; without the filter, something works. */
  g_assert_cmphex (needed, ==, LENS_LAYER_SECCOMP);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sandbox/matrix/unconfined-the-operations-work-or-reach-the-kernel",
                   unconfined_the_operations_work_or_reach_the_kernel);
  for (LensRole role = LENS_ROLE_CAPTURE; role < LENS_N_ROLES; role++)
    {
      g_autofree char *path = g_strdup_printf (
          "/sandbox/matrix/nothing-forbidden-works-in-a-role/%s", lens_role_name (role));
      g_test_add_data_func (path, GINT_TO_POINTER (role), nothing_forbidden_works_in_a_role);
    }
  g_test_add_func ("/sandbox/matrix/the-matrix-sees-a-missing-filter",
                   the_matrix_sees_a_missing_filter);
  g_test_add_func ("/sandbox/matrix/without-the-filter-the-other-layers-still-hold-files",
                   without_the_filter_the_other_layers_still_hold_files);
  g_test_add_func ("/sandbox/matrix/each-layer-stops-what-it-is-there-for",
                   each_layer_stops_what_it_is_there_for);
  return g_test_run ();
}
