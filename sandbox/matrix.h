/* Every forbidden operation, tried in every role: does this machine really refuse?
 *
 * Each cell is a fresh child that becomes the role as the product does, tries one operation and
 * says what came of it.  The row of LENS_ROLE_NONE is the control: there the operations work,
 * or at least reach the kernel, so that a refusal elsewhere means something.
 *
 * Operations change nothing on the machine, also when they succeed.
 */
#pragma once

#include "sandbox/layers.h"
#include "sandbox/roles.h"

G_BEGIN_DECLS

typedef enum
{
  LENS_OUTCOME_SUCCEEDED, /* the kernel did it */
  LENS_OUTCOME_REFUSED,   /* answered with an error; the process goes on */
  LENS_OUTCOME_KILLED,    /* the process ended by a signal */
  LENS_OUTCOME_UNTRIED,   /* the role could not be entered */
} LensOutcome;

typedef struct
{
  const char *operation; /* "open /etc/passwd" */
  LensRole role;
  LensOutcome outcome;
  int number; /* errno of REFUSED, signal of KILLED */
  gboolean expected;
  LensLayerSet layers; /* in force when it was tried; 0 for UNTRIED and in the control */
} LensMatrixCell;

typedef void (*LensMatrixReport) (const LensMatrixCell *cell, gpointer data);

/* The operations, and what they are to reach: ports, a name and a shared segment, opened here. */
typedef struct _LensMatrix LensMatrix;

LensMatrix *lens_matrix_new (void);
void lens_matrix_free (LensMatrix *matrix);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensMatrix, lens_matrix_free)

/* How many operations, and the name of one (0 <= @index). */
guint lens_matrix_n_operations (void);
const char *lens_matrix_operation (guint index);

/* One cell.  @role: LENS_ROLE_NONE for the control.  @layers: LENS_LAYERS_ALL, or fewer to see
 * what the others hold.  The calling process needs a single thread. */
LensMatrixCell lens_matrix_try (LensMatrix *matrix, guint operation, LensRole role,
                                LensLayerSet layers);

/**
 * lens_matrix_run:
 *
 * Tries all operations in @role.
 *
 * Returns: the number of unexpected cells: in a role one that succeeded, was not tried, or (for
 * an operation without effect) that reached the kernel; in the control one that did not.
 */
guint lens_matrix_run (LensRole role, LensLayerSet layers, LensMatrixReport report, gpointer data);

/* Landlock is one layer here, LENS_LAYER_LANDLOCK_FILES with what else the kernel's version has.
 * The pid namespace is made by the launcher and not tried. */
typedef struct
{
  const char *operation;
  gboolean works;      /* unconfined; if not, nothing was taken away or put up */
  LensLayerSet alone;  /* layers that stop it with nothing around them but what they stand on */
  LensLayerSet needed; /* layers without which it works, though all others are up */
} LensMatrixHolding;

/* Which walls hold @operation in @role: each put up alone, and each taken away. */
LensMatrixHolding lens_matrix_holding (LensMatrix *matrix, guint operation, LensRole role);

/* "succeeded", "refused: Permission denied", "killed: Bad system call".  Caller frees. */
char *lens_matrix_cell_describe (const LensMatrixCell *cell);

G_END_DECLS
