/* lenscap sandbox: is every role as confined on this machine as it should be, and by what? */
#include "harness/command.h"

#include "sandbox/layers.h"
#include "sandbox/matrix.h"
#include "sandbox/roles.h"

#include <string.h>

#define FIRST_COLUMN 36
#define COLUMN 11

/* The role whose walls are taken away one by one: all workers but the puller and the capture have
 * the same. */
#define EXAMPLE LENS_ROLE_ANALYZE

static void
print_row (const LensCallRow *row)
{
  static const char *const answers[] = { "allowed", "broker", "refused" };
  g_autofree char *name = lens_roles_call_name (row->call);

  g_print ("  %-16s %-8s %s%s%s\n", name, answers[row->answer], row->reason,
           row->check != NULL ? "; only: " : "", row->check != NULL ? row->check : "");
}

static gboolean
has_transports (LensRole role)
{
  return role == LENS_ROLE_PULL_OPENING || role == LENS_ROLE_PULL_STREAMING;
}

/* What a puller gets for its transport and no other. */
static void
print_transports (LensRole role)
{
  gsize n_rows;
  const LensCallRow *rows = lens_roles_table (&n_rows);

  for (LensPullTransport over = LENS_PULL_TCP; over < LENS_PULL_N_TRANSPORTS; over++)
    {
      g_print ("%s over %s: %u system calls in all\n", lens_role_name (role),
               lens_pull_transport_name (over), lens_roles_count (role, over));
      for (gsize i = 0; i < n_rows; i++)
        if (rows[i].transports != 0 && lens_roles_row_is_for (&rows[i], role, over))
          print_row (&rows[i]);
      g_print ("\n");
    }
}

void
lens_command_print_roles (void)
{
  gsize n_rows;
  const LensCallRow *rows = lens_roles_table (&n_rows);

  for (LensRole role = LENS_ROLE_NONE + 1; role < LENS_N_ROLES; role++)
    {
      g_print ("%s: %u system calls%s\n", lens_role_name (role),
               lens_roles_count (role, LENS_PULL_TCP),
               has_transports (role) ? ", and those of its transport" : "");
      for (gsize i = 0; i < n_rows; i++)
        if ((rows[i].roles & 1u << role) != 0 && rows[i].transports == 0)
          print_row (&rows[i]);
      g_print ("\n");
      if (has_transports (role))
        print_transports (role);
    }
}

static const char *
heading_of (LensRole role)
{
  static const char pull[] = "pull-";
  const char *name = lens_role_name (role);

  if (role == LENS_ROLE_NONE)
    return "unconfined";
  return g_str_has_prefix (name, pull) ? name + strlen (pull) : name;
}

/* Success stands out in a role: there it is a hole. */
static const char *
mark (const LensMatrixCell *cell)
{
  static const char *const marks[] = { "SUCCEEDED", "refused", "killed", "untried" };

  return cell->role == LENS_ROLE_NONE && cell->outcome == LENS_OUTCOME_SUCCEEDED
             ? "succeeded"
             : marks[cell->outcome];
}

static void
print_reasons (const LensMatrixCell *cells, gboolean verbose)
{
  for (guint role = LENS_ROLE_NONE; role < LENS_N_ROLES; role++)
    if (verbose || !cells[role].expected)
      {
        g_autofree char *text = lens_matrix_cell_describe (&cells[role]);
        g_print ("  %s: %s%s\n", lens_role_name ((LensRole)role), text,
                 cells[role].expected ? "" : "   UNEXPECTED");
      }
}

/* A row for each operation, a column for each role.  Returns how many cells are not as they must
 * be. */
static guint
print_roles (LensMatrix *matrix, gboolean verbose)
{
  guint unexpected = 0, counts[LENS_N_ROLES][4] = { { 0 } };

  g_print ("%-*s", FIRST_COLUMN, "operation");
  for (guint role = LENS_ROLE_NONE; role < LENS_N_ROLES; role++)
    g_print (" %-*s", COLUMN, heading_of ((LensRole)role));
  g_print ("\n");
  for (guint i = 0; i < lens_matrix_n_operations (); i++)
    {
      LensMatrixCell cells[LENS_N_ROLES];
      g_print ("%-*s", FIRST_COLUMN, lens_matrix_operation (i));
      for (guint role = LENS_ROLE_NONE; role < LENS_N_ROLES; role++)
        {
          cells[role] = lens_matrix_try (matrix, i, (LensRole)role, LENS_LAYERS_ALL);
          unexpected += !cells[role].expected;
          counts[role][cells[role].outcome]++;
          g_print (" %-*s", COLUMN, mark (&cells[role]));
        }
      g_print ("\n");
      print_reasons (cells, verbose);
    }
  g_print ("\nOf %u operations:\n", lens_matrix_n_operations ());
  for (guint role = LENS_ROLE_NONE; role < LENS_N_ROLES; role++)
    g_print ("%-14s %3u succeeded  %3u refused  %3u killed  %3u untried\n",
             heading_of ((LensRole)role), counts[role][LENS_OUTCOME_SUCCEEDED],
             counts[role][LENS_OUTCOME_REFUSED], counts[role][LENS_OUTCOME_KILLED],
             counts[role][LENS_OUTCOME_UNTRIED]);
  return unexpected;
}

/* A row for each operation that works unconfined: what stops it by itself, and what alone. */
static void
print_layers (LensMatrix *matrix)
{
  guint operations = 0, alone[32] = { 0 }, needed[32] = { 0 };

  g_print ("\nWhat stops what (%s): layers that stop the operation by themselves; those without\n"
           "which it works, though all others are up, in brackets.\n",
           lens_role_name (EXAMPLE));
  for (guint i = 0; i < lens_matrix_n_operations (); i++)
    {
      LensMatrixHolding holding = lens_matrix_holding (matrix, i, EXAMPLE);
      if (!holding.works)
        continue;
      g_autofree char *by_itself = lens_layers_describe (holding.alone & ~holding.needed);
      g_autofree char *only = lens_layers_describe (holding.needed);
      g_print ("%-*s [%s] %s\n", FIRST_COLUMN, holding.operation, only, by_itself);
      operations++;
      for (guint bit = 0; bit < 32; bit++)
        {
          alone[bit] += holding.alone >> bit & 1;
          needed[bit] += holding.needed >> bit & 1;
        }
    }
  g_print ("\nOf %u operations that work unconfined:\n", operations);
  for (guint bit = 0; bit < 32; bit++)
    if (alone[bit] > 0 || needed[bit] > 0)
      g_print ("%-26s alone stops %3u; without it %3u work\n",
               lens_layer_name ((LensLayer)(1u << bit)), alone[bit], needed[bit]);
}

int
lens_command_sandbox (int argc, char **argv)
{
  gboolean verbose = FALSE, quick = FALSE;
  int status;
  const GOptionEntry entries[]
      = { { "verbose", 'v', 0, G_OPTION_ARG_NONE, &verbose, "Says how each was refused", NULL },
          { "quick", 'q', 0, G_OPTION_ARG_NONE, &quick, "Takes no layer away", NULL },
          { NULL } };

  if (!lens_command_parse ("sandbox", NULL,
                           "Tries every forbidden operation inside every role on this machine, "
                           "and unconfined;\nthen takes the layers away one by one.  Ends with 1 "
                           "when anything is not as it must be.",
                           "lenscap sandbox", entries, &argc, &argv, &status))
    return status;
  g_autoptr (LensMatrix) matrix = lens_matrix_new ();
  guint unexpected = print_roles (matrix, verbose);
  g_print ("%u unexpected\n", unexpected);
  if (!quick)
    print_layers (matrix);
  if (!lens_roles_filter_is_shipped ())
    g_print ("This is a sanitizer build: its filter is wider than the shipped one.\n");
  return unexpected > 0 ? LENS_EXIT_FOUND : LENS_EXIT_CLEAN;
}
