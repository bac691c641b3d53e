#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensChannel:
 * One row of the catalogue: a place in the traffic that could hold hidden data, and the rule
 * by which it is judged.  ledger/channels.tsv is the source; all strings are UTF-8, for
 * people, and never empty.
 */
typedef struct
{
  const char *id;         /* "rtp-padding-content"; ids stay from version to version */
  const char *layer;      /* "rtp" */
  const char *carrier;    /* which octets, bits, sizes or times */
  const char *type;       /* "storage", "timing" or "both" */
  const char *pattern;    /* codes of LensPattern, ';' between, or "none" */
  const char *capacity;   /* how much it could hold */
  const char *benign;     /* what honest devices put there */
  const char *test;       /* what is computed, and when it alarms */
  const char *minimum;    /* the least that can be seen in principle */
  const char *difficulty; /* "easy", "decoding", "statistical" or "open" */
  const char *mitre;      /* MITRE ATT&CK techniques, ';' between */
  const char *source;     /* the clause or paper the rule comes from */
} LensChannel;

/* The whole catalogue, in its order: the order of coverage in a record. */
extern const LensChannel lens_channels[];
extern const gsize lens_n_channels;

/* NULL when the catalogue has no such channel. */
const LensChannel *lens_channel_find (const char *id);

/**
 * LensPattern:
 * A way of hiding, as the literature calls it.  ledger/patterns.tsv is the source.  Codes that
 * begin with P are of the paper of 2015, the others of that of 2021.
 */
typedef struct
{
  const char *code;    /* "P7" */
  const char *name;    /* "Reserved/Unused" */
  const char *meaning; /* what is modulated */
} LensPattern;

extern const LensPattern lens_patterns[];
extern const gsize lens_n_patterns;

/* NULL when there is no such code. */
const LensPattern *lens_pattern_find (const char *code);
/* The paper that names it; static. */
const char *lens_pattern_paper (const LensPattern *pattern);

G_END_DECLS
