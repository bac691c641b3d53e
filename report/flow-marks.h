#pragma once

#include "ledger/evaluation.h"

G_BEGIN_DECLS

/* One finding that is about a flow. */
typedef struct
{
  guint finding; /* index into findings */
  guint rank;    /* of it in lens_reasons_order */
} LensFlowMark;

/**
 * LensFlowMarks:
 * Which findings are about which flow, by the names of both in the record: protocol, hosts, and
 * the ports that the finding tells.  One that tells no port is about flows that differ in it, and
 * so about each of them.  A view of the evaluation.
 */
typedef struct LensFlowMarks LensFlowMarks;

LensFlowMarks *lens_flow_marks_new (const LensEvaluation *evaluation);
void lens_flow_marks_free (LensFlowMarks *marks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensFlowMarks, lens_flow_marks_free)

/* LensFlowMark, what weighs most first; empty where there is none.  Transfer full. */
GArray *lens_flow_marks_of (const LensFlowMarks *marks, const LensFlowRow *flow);

/* Whether a finding among them says that something hides in the flow: at low severity only where
 * it carried anything. */
gboolean lens_flow_marks_hide (const LensFlowMarks *marks, const GArray *of_flow);

G_END_DECLS
