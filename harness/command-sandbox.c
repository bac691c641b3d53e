/* lenscap sandbox: is every role as confined on this machine as it should be? */
#include "harness/command.h"

#include "sandbox/layers.h"
#include "sandbox/matrix.h"
#include "sandbox/roles.h"

typedef struct
{
  gboolean verbose;
  guint counts[4];
} Tally;

static void
take_cell (const LensMatrixCell *cell, gpointer data)
{
  static const char *const marks[] = { "succeeded", "refused", "killed", "untried" };
  Tally *tally = data;
  g_autofree char *text = lens_matrix_cell_describe (cell);

  tally->counts[cell->outcome]++;
  if (tally->verbose || !cell->expected)
    g_print ("%-14s %-36s %-10s %s%s\n", lens_role_name (cell->role), cell->operation,
             marks[cell->outcome], text, cell->expected ? "" : "   UNEXPECTED");
}

void
lens_command_print_roles (void)
{
  static const char *const answers[] = { "allowed", "broker", "refused" };
  gsize n_rows;
  const LensCallRow *rows = lens_roles_table (&n_rows);

  for (guint role = LENS_ROLE_NONE + 1; lens_role_name ((LensRole)role) != NULL; role++)
    {
      g_print ("%s: %u system calls\n", lens_role_name ((LensRole)role),
               lens_roles_count ((LensRole)role));
      for (gsize i = 0; i < n_rows; i++)
        {
          if ((rows[i].roles & 1u << role) == 0)
            continue;
          g_autofree char *name = lens_roles_call_name (rows[i].call);
          g_print ("  %-16s %-8s %s%s%s\n", name, answers[rows[i].answer], rows[i].reason,
                   rows[i].check != NULL ? "; only: " : "",
                   rows[i].check != NULL ? rows[i].check : "");
        }
      g_print ("\n");
    }
}

int
lens_command_sandbox (int argc, char **argv)
{
  Tally tally = { FALSE, { 0 } };
  guint unexpected = 0;
  int status;
  const GOptionEntry entries[]
      = { { "verbose", 'v', 0, G_OPTION_ARG_NONE, &tally.verbose, "Prints every cell", NULL },
          { NULL } };

  if (!lens_command_parse ("sandbox", NULL,
                           "Tries every forbidden operation inside every role on this machine.\n"
                           "Ends with 1 when any of them is not refused.",
                           "lenscap sandbox", entries, &argc, &argv, &status))
    return status;
  for (guint role = LENS_ROLE_NONE; lens_role_name ((LensRole)role) != NULL; role++)
    {
      Tally before = tally;
      guint here = lens_matrix_run ((LensRole)role, LENS_LAYERS_ALL, take_cell, &tally);
      unexpected += here;
      g_print ("%-14s %3u succeeded  %3u refused  %3u killed  %3u unexpected\n",
               lens_role_name ((LensRole)role), tally.counts[0] - before.counts[0],
               tally.counts[1] - before.counts[1], tally.counts[2] - before.counts[2], here);
    }
  if (!lens_roles_filter_is_shipped ())
    g_print ("This is a sanitizer build: its filter is wider than the shipped one.\n");
  return unexpected > 0 ? LENS_EXIT_FOUND : LENS_EXIT_CLEAN;
}
