#pragma once

#include "ledger/evaluation.h"
#include "ledger/profile.h"

G_BEGIN_DECLS

/* Exit statuses of contract. */
enum
{
  LENS_EXIT_CLEAN = 0,
  LENS_EXIT_FOUND = 1,
  LENS_EXIT_USAGE = 2,
  LENS_EXIT_INCONCLUSIVE = 3,
};

/* Each command takes its arguments with its own name first and returns the exit status. */
int lens_command_analyze (int argc, char **argv);
int lens_command_demo (int argc, char **argv);
int lens_command_test (int argc, char **argv);
int lens_command_verify (int argc, char **argv);
int lens_command_compare (int argc, char **argv);
int lens_command_report (int argc, char **argv);
int lens_command_list (int argc, char **argv);
int lens_command_explain (int argc, char **argv);
int lens_command_sandbox (int argc, char **argv);

/**
 * lens_command_parse:
 * Options of one command.  Prints help (status 0) or what is wrong (status 2) by itself:
 * TRUE means go on, else *status is the exit status.
 */
gboolean lens_command_parse (const char *name, const char *arguments, const char *summary,
                             const char *example, const GOptionEntry *options, int *argc,
                             char ***argv, int *status);

/* "lenscap NAME: TEXT" to standard error; returns LENS_EXIT_USAGE. */
int lens_command_complain (const char *name, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Reads and checks a profile; @octets (may be NULL) receives it as given.  The error names
 * the file. */
LensProfile *lens_command_profile (const char *path, GBytes **octets, GError **error);

/* A file as it is, of at most @most octets: only a confined process looks into it. */
GBytes *lens_command_given (const char *path, gsize most, GError **error);

/* A severity's name, or an error that lists them. */
gboolean lens_command_severity (const char *name, LensSeverity *severity, GError **error);

/* Folder of the programs that lenscap starts: beside this program in its build tree, else as
 * installed.  Caller frees. */
char *lens_command_libexec (void);

/* `lenscap list roles`. */
void lens_command_print_roles (void);

/* @text with everything a terminal could act on escaped.  Caller frees. */
char *lens_command_shown (const char *text);

G_END_DECLS
