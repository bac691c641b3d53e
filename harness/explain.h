#pragma once

#include "ledger/analyzer.h"
#include "ledger/channels.h"
#include "ledger/coverage.h"
#include "report/emit.h"

G_BEGIN_DECLS

/**
 * LensExplained:
 * What is known of one channel, of the catalogue and of those who look for it.  Its strings are
 * static and of ours; no part of it is NULL but those that say so.
 */
typedef struct
{
  const LensChannel *channel;
  GPtrArray *analyzers;        /* const LensAnalyzer *; may be empty */
  const LensChannelText *text; /* of the first of them, or NULL */
  GPtrArray *patterns;         /* const LensPattern *; may be empty */
  LensReach reach;             /* where there is none */
  const char *note;            /* of the coverage table, or NULL */
  char *treated;               /* "rtp-padding", or "(a bound)"; "-": by nobody */
  const char *status;          /* the same as a sentence */
  const char *severity;        /* what is to be expected */
  const char *difficulty;      /* what it takes to tell it */
  const char *verdict;         /* what a finding at medium or above does to it */
  gboolean seedable;
  const char *seeded; /* the same as a sentence */
  const char *blind;  /* where it cannot be seen */
} LensExplained;

LensExplained *lens_explained_new (const LensChannel *channel);
void lens_explained_free (LensExplained *explained);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensExplained, lens_explained_free)

/* All parts for a terminal, wrapped; caller frees. */
char *lens_explained_text (const LensExplained *explained);
/* One object. */
void lens_explained_emit (const LensExplained *explained, LensEmit *emit);

/* Names of the catalogue that look like @name, the nearest first, at most @most, perhaps
 * none; const char *.  Caller frees the array. */
GPtrArray *lens_explained_nearest (const char *name, guint most);

G_END_DECLS
