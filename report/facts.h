#pragma once

#include "ledger/evaluation.h"

G_BEGIN_DECLS

/**
 * What the pages say of a record in plain words, the same in all of them.
 *
 * The words quote strangers unescaped: the page escapes them as it escapes the rest.
 */

/* "Entrance camera", "Entrance camera and 2 more", the input's name where there is no device. */
char *lens_facts_title (const LensEvaluation *evaluation);

/* "Conceals data", "Sends undeclared data", "Inconclusive" ... for a badge. */
const char *lens_facts_badge (LensVerdict verdict);

/* A reason of the record as the middle of a sentence: codes become words. */
const char *lens_facts_reason (const char *reason);

/* A reason of the verdict in the words of the record, behind it the devices that gave it where that
 * is not all of them: "1 packet was lost by the capture (Entrance camera)".  Caller frees. */
char *lens_facts_whose_reason (const LensEvaluation *evaluation, const char *reason);

/* The verdict and why, in one sentence for a manager. */
char *lens_facts_sentence (const LensEvaluation *evaluation);

/* "The input could not be read: neither pcap nor pcapng, at offset 0."  NULL: it was. */
char *lens_facts_problem (const LensEvaluation *evaluation);

/* Why something hides where no octet is counted as hidden; NULL where that needs no word. */
char *lens_facts_bridge (const LensEvaluation *evaluation);

/* How much of the capture is beyond the declaration, and which way it went, in one sentence for a
 * record without a finding at medium or above.  Caller frees. */
char *lens_facts_balance (const LensEvaluation *evaluation);

/* That streams were declared of which nothing was seen; NULL: none.  Caller frees. */
char *lens_facts_lost_streams (const LensEvaluation *evaluation);

/* What a verdict means, in a few words for somebody who has never seen one. */
const char *lens_facts_meaning (LensVerdict verdict);

/* From the first to the last packet, ns, never below 0. */
gint64 lens_facts_length (const LensEvaluation *evaluation);

/* The same as the next, in at most seven short lines. */
GPtrArray *lens_facts_unseen_in_short (const LensEvaluation *evaluation);

/* What this run could not see: an array of sentences, owned by the caller. */
GPtrArray *lens_facts_unseen (const LensEvaluation *evaluation);

guint64 lens_facts_count_severity (const LensEvaluation *evaluation, LensSeverity severity);
guint64 lens_facts_count_status (const LensEvaluation *evaluation, LensCoverageStatus status);

/* Octets that no declaration explains: hidden, undeclared and unexplained. */
guint64 lens_facts_beyond (const LensEvaluation *evaluation);

/* Residual capacity of all channels that nobody can test, bit/s. */
double lens_facts_bound (const LensEvaluation *evaluation);

/* Whether @class_ is one that an honest device leaves empty. */
gboolean lens_facts_is_beyond (LensClass class_);

/* A word that is safe in a shell line: @name itself, or @otherwise when it is not plain. */
const char *lens_facts_shell_word (const char *name, const char *otherwise);

/* That this is a copy without names, and of what; NULL: it is not.  Caller frees. */
char *lens_facts_redaction (const LensEvaluation *evaluation);

/* "Carried 68 kB in this run, as much as 34 pages of text. Could carry ...": nothing of strangers,
 * and nothing at all where there is neither. */
void lens_facts_measure (GString *into, const LensFindingRow *finding);

G_END_DECLS
