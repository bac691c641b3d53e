/* lenscap: the command line. */
#include "harness/command.h"

#include "harness/roles.h"
#include "harness/version.h"

#include <stdio.h>

typedef struct
{
  const char *name;
  int (*run) (int argc, char **argv);
  const char *sentence;
} Command;

static const Command commands[] = {
  { "demo", lens_command_demo, "the main job with no lab at all: a simulated camera, evaluated" },
  { "test", lens_command_test, "evaluates devices live: capture, phases, analysis, report" },
  { "analyze", lens_command_analyze, "evaluates captures" },
  { "report", lens_command_report, "renders a case again" },
  { "compare", lens_command_compare, "what changed between two evaluations" },
  { "verify", lens_command_verify, "checks a case: hashes, and the analysis again" },
  { "list", lens_command_list, "what is looked for: analyzers, channels, classes, roles" },
  { "explain", lens_command_explain, "one channel: what it is and how it is judged" },
  { "sandbox", lens_command_sandbox, "tries every forbidden operation inside every role" },
};

static void
print_help (void)
{
  g_print ("lenscap %s: what leaves an IP camera beyond the video it declares?\n\n"
           "Usage: lenscap COMMAND [OPTIONS]\n\n",
           LENSCAP_VERSION);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-8s  %s\n", commands[i].name, commands[i].sentence);
  g_print ("\nExample:\n  lenscap demo\n\nlenscap COMMAND --help says more; so does lenscap(1).\n");
}

/* GLib would print a "?" for each letter that the locale does not have, and so spoil the path
 * of a case. */
static void
put (const char *text)
{
  fputs (text, stdout);
  fflush (stdout);
}

static void
put_error (const char *text)
{
  fputs (text, stderr);
  fflush (stderr);
}

/* What could not be printed was not said. */
static int
end (int status)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return status;
  g_printerr ("lenscap: standard output cannot be written\n");
  return MAX (status, LENS_EXIT_USAGE);
}

static int
run_command (int argc, char **argv)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (argv[1], commands[i].name))
      return commands[i].run (argc - 1, argv + 1);
  g_autofree char *shown = lens_command_shown (argv[1]);
  g_printerr ("lenscap: there is no command %s (see lenscap --help)\n", shown);
  return LENS_EXIT_USAGE;
}

int
main (int argc, char **argv)
{
  /* No locale is set: records and pages are the same octets everywhere. */
  g_set_print_handler (put);
  g_set_printerr_handler (put_error);
  if (argc >= 3 && g_str_equal (argv[1], "--role"))
    return lens_role_main (argv[2], (const char *const *)argv + 3);
  if (argc < 2 || g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h")
      || g_str_equal (argv[1], "help"))
    {
      print_help ();
      return end (argc < 2 ? LENS_EXIT_USAGE : LENS_EXIT_CLEAN);
    }
  if (g_str_equal (argv[1], "--version"))
    {
      g_print ("lenscap %s\n", LENSCAP_VERSION);
      return end (LENS_EXIT_CLEAN);
    }
  return end (run_command (argc, argv));
}
