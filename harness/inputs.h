#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensInput:
 * One capture to evaluate, and the name of its case.
 */
typedef struct
{
  char *path;      /* "-": standard input */
  char *name;      /* file name without folder; "-" for standard input */
  char *case_name; /* below the cases' folder, without ".case" */
  char *profile;   /* of a manifest line, or NULL */
  char *mud;       /* the same */
  char *device;
} LensInput;

/**
 * lens_inputs_find:
 * The inputs that @arguments name (files, folders, @manifests, "-"), in order.  In a walked
 * folder files that are no captures are passed over and told through @told, as a sentence.
 * NULL with @error: a name that does not exist, a manifest that cannot be read, or two inputs
 * of one case name.
 */
GPtrArray *lens_inputs_find (char **arguments, void (*told) (const char *sentence), GError **error);

G_END_DECLS
