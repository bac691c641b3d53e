#pragma once

#include "ledger/evaluation.h"
#include "report/mapping.h"
#include "report/run.h"

G_BEGIN_DECLS

/**
 * What the parts of report.html share.  A page is a GString; whatever comes from a record goes
 * through lens_page_text, all else is a literal of ours.
 */

/* <!DOCTYPE> to <body> and the link that skips to <main>, under a policy that lets nothing in but
 * the style, and @script (NULL: none) if the page has it word for word.  @title: NULL, or what
 * follows @before in the title.  Then come <header>, lens_page_begin_main and lens_page_end. */
void lens_page_head (GString *page, const char *before, const char *title, const char *script);

void lens_page_begin_main (GString *page);

/* </main> to </html>, with a footer unless @version (of the tool that made the record) is NULL;
 * @source says what the page was made from; @script as above. */
void lens_page_end (GString *page, const char *version, const char *source, const char *script);

/* Escaped and whole: for what is to be copied. */
void lens_page_code (GString *page, const char *text);

/* Escaped and cut to a length that a page bears; a dash for NULL or nothing. */
void lens_page_text (GString *page, const char *text);

/* An address of IP or of a link: one that is short is never broken over lines. */
void lens_page_address (GString *page, const char *text);

/* The same, shorter: for headings and cells. */
void lens_page_name (GString *page, const char *text);

/* One <td>: of text, of a number, of the words that @words gives. */
void lens_page_cell (GString *page, const char *text);
void lens_page_code_cell (GString *page, const char *text);
void lens_page_count_cell (GString *page, guint64 count);
void lens_page_size_cell (GString *page, guint64 octets);

/* <table> to <tbody>; a column that starts with # holds numbers.  @columns ends with NULL. */
void lens_page_begin_table (GString *page, const char *caption, const char *const *columns);
void lens_page_end_table (GString *page);

/* One <dt> and the start of its <dd>. */
void lens_page_pair (GString *page, const char *name);

/* A link to a finding's card by its @index in the record; only its name where its @rank in the
 * order of weight is too low for a card. */
void lens_page_finding_link (GString *page, const LensFindingRow *finding, guint index, guint rank);

/* The sections, one file each.  @run: NULL where run.json is not at hand. */
void lens_page_first (GString *page, const LensEvaluation *evaluation, const LensRun *run);
void lens_page_ledger (GString *page, const LensEvaluation *evaluation);
void lens_page_timeline (GString *page, const LensEvaluation *evaluation);
/* @mapping: what findings bear on, or NULL. */
void lens_page_findings (GString *page, const LensEvaluation *evaluation,
                         const LensMapping *mapping);
void lens_page_declared (GString *page, const LensEvaluation *evaluation);
void lens_page_witnesses (GString *page, const LensEvaluation *evaluation);
void lens_page_flows (GString *page, const LensEvaluation *evaluation);
void lens_page_coverage (GString *page, const LensEvaluation *evaluation);
void lens_page_devices (GString *page, const LensEvaluation *evaluation);
/* @complaint: why run.json could not be read, or NULL. */
void lens_page_scope (GString *page, const LensEvaluation *evaluation, const LensRun *run,
                      const char *complaint);
void lens_page_annex (GString *page, const LensEvaluation *evaluation);

G_END_DECLS
