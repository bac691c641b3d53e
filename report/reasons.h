#pragma once

#include "ledger/evaluation.h"

G_BEGIN_DECLS

enum
{
  LENS_REASONS_MAX = 3,
};

/* A finding to tell first, and how many others at medium or above speak of the same octets. */
typedef struct
{
  guint finding;    /* index into findings */
  guint rank;       /* of it in lens_reasons_order */
  GPtrArray *also;  /* LensFindingRow, views; a few */
  guint also_count; /* all of them */
} LensReason;

/**
 * LensReasons:
 * What a reader who stops after a minute has to know: the findings at medium severity or above
 * that weigh most, by severity, then by how much was carried, then those that hide first, then by
 * capacity.  Where something hides, at least one of them tells of it.
 * Findings that name the same octets are one reason, told by one that hides if it is as grave: an
 * upload of pictures to a stranger is four findings and one fact.
 */
typedef struct
{
  LensReason reasons[LENS_REASONS_MAX];
  guint n_reasons;
  guint left_out; /* findings at medium or above that no reason names */
} LensReasons;

void lens_reasons_pick (LensReasons *reasons, const LensEvaluation *evaluation);
void lens_reasons_clear (LensReasons *reasons);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LensReasons, lens_reasons_clear)

/* Indices of all findings (guint), in the order of the reasons: what weighs most first. */
GArray *lens_reasons_order (const LensEvaluation *evaluation);

G_END_DECLS
