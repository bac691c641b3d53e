#pragma once

#include "harness/roles.h"

G_BEGIN_DECLS

/**
 * LensAgain:
 * A case made once more, elsewhere, from its capture, from what was declared in it, and from
 * what its record says of how it was made.  It lies in a temporary folder that goes with it.
 */
typedef struct _LensAgain LensAgain;

/* @inputs: char* paths of the capture.  NULL with @error. */
LensAgain *lens_again_new (const char *folder, GPtrArray *inputs, const LensJobOptions *options,
                           GError **error);
void lens_again_free (LensAgain *again);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensAgain, lens_again_free)

/* evaluation.json as it comes now. */
GBytes *lens_again_record (const LensAgain *again);

/**
 * lens_again_check_evidence:
 * Whether the evidence of the case @folder is what its capture yields, octet by octet, and all
 * of it.  FALSE with @error, which names the first file that is not; @n receives how many were
 * compared.
 */
gboolean lens_again_check_evidence (const LensAgain *again, const char *folder, guint *n,
                                    GError **error);

G_END_DECLS
