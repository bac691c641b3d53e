#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensInput:
 * One capture to evaluate, and the name of its case.
 */
typedef struct
{
  char *path;      /* "-": standard input; of a set what it is called in sentences */
  char *name;      /* file name without folder; "-" for standard input; of a set its name, or that
                      of its first file */
  char *case_name; /* below the cases' folder, without ".case" */
  char *profile;   /* of a manifest line, or NULL */
  char *mud;       /* the same */
  char *device;
  char *set;           /* of a manifest line, or NULL */
  GPtrArray *files;    /* LensInput: of a set; else NULL */
  gboolean are_sorted; /* these, by time */
} LensInput;

void lens_input_free (gpointer input);

/* The paths of its files, in their order; borrowed strings in a list of the caller. */
GPtrArray *lens_input_paths (const LensInput *input);

/* Puts the files of a set into the order of their packets' times, harness/set-order.h; once, and
 * before lens_input_paths(). */
void lens_input_sort (LensInput *input);

/**
 * lens_inputs_find:
 * @set: all are one rotated capture
 *
 * The inputs that @arguments name (files, folders, @manifests, "-"), in order; a set where its
 * first file is named.  In a walked folder files that are no captures are passed over and told
 * through @told, as a sentence; what cannot be read there is an input.
 * NULL with @error: a manifest that cannot be read, a set that
 * contradicts itself, or two inputs of one case name.
 */
GPtrArray *lens_inputs_find (char **arguments, gboolean set, void (*told) (const char *sentence),
                             GError **error);

/* Whether @text can name a device under test: an address, a MAC address, or "all". */
gboolean lens_input_is_device (const char *text);

/* sets.c: @inputs with the files of each set as one; takes @inputs. */
GPtrArray *lens_inputs_join (GPtrArray *inputs, gboolean set, GError **error);
/* A path as a case name: without what would lead out of the cases' folder.  Caller frees. */
char *lens_input_tame (const char *path);

G_END_DECLS
