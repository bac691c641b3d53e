#pragma once

#include "ledger/evaluation.h"

G_BEGIN_DECLS

/**
 * Drawings as inline SVG, without scripts and without attributes of style: colours and hatching
 * come from report.css by class name, so that they follow light, dark and print.
 *
 * Every class can be told without colour, by its lightness or by its pattern.
 */

/* The patterns that the other drawings use; once in a page, before them. */
void lens_chart_patterns (GString *into);

/* A small square in the look of @class_. */
void lens_chart_swatch (GString *into, LensClass class_);

/* One bar: the shares of the classes in the ledger. */
void lens_chart_ledger_bar (GString *into, const LensLedgerSection *ledger);

/* Whether the record has a time line to draw. */
gboolean lens_chart_has_timeline (const LensLedgerSection *ledger);

/**
 * lens_chart_timeline:
 * Traffic over time by class, what no declaration explains on a scale of its own, the stimuli,
 * and the findings below with their ids, what weighs most first; phases as bands behind.
 * Appends nothing for a record without a time line.
 */
void lens_chart_timeline (GString *into, const LensEvaluation *evaluation);

G_END_DECLS
