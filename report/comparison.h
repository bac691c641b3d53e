#pragma once

#include "ledger/evaluation.h"

G_BEGIN_DECLS

/**
 * LensComparison:
 * Two evaluations side by side: what is new in the other one, gone from it, changed, the same.
 *
 * Rows are matched by what lasts from run to run: a device by its name (else its address, or
 * because it is the only one), a flow by device, peer, protocol and the server's port, a finding
 * by channel, device, peer and port, coverage by channel.  It owns all it points to; its text is
 * a stranger's.
 */

#define LENS_COMPARISON_SCHEMA "lenscap-comparison/1"

enum
{
  LENS_COMPARED_PARTS = 5, /* at most, of the name of a row */
};

/* In the order in which they are told. */
typedef enum
{
  LENS_CHANGE_NEW,     /* in the other one only */
  LENS_CHANGE_GONE,    /* in the first one only */
  LENS_CHANGE_CHANGED, /* in both, and a value differs */
  LENS_CHANGE_SAME,
} LensChange;

#define LENS_N_CHANGES 4

/* "new", "gone", "changed", "same" */
const char *lens_change_name (LensChange change);

/* Counts grow with the length of a run, so they are told per hour too; rates do not. */
typedef enum
{
  LENS_COMPARED_TEXT,
  LENS_COMPARED_COUNT,
  LENS_COMPARED_OCTETS,
  LENS_COMPARED_BITS,
  LENS_COMPARED_RATE, /* bit/s */
} LensComparedKind;

typedef struct
{
  const char *name; /* ours: "severity" */
  LensComparedKind kind;
  gboolean has[2]; /* the first, the other */
  char *text[2];
  guint64 count[2];
  double rate[2];
  gboolean differs;
} LensComparedValue;

typedef struct
{
  LensChange change;
  char *parts[LENS_COMPARED_PARTS]; /* what it is, by the section's names; NULL: none */
  GArray *values;                   /* LensComparedValue */
  guint64 rank, order;              /* its place among others */
} LensComparedRow;

typedef struct
{
  const char *id;    /* "findings" */
  const char *title; /* "Findings" */
  const char *parts[LENS_COMPARED_PARTS + 1];
  gboolean whole;  /* its rows keep their order, and those that are the same are shown */
  gboolean folds;  /* rows in which mere counts differ are told last, and apart */
  GPtrArray *rows; /* LensComparedRow */
  guint64 n[LENS_N_CHANGES];
} LensComparedSection;

typedef struct
{
  char *title, *input, *sha256, *version;
  LensVerdict verdict;
  gboolean has_times;
  gint64 first, last; /* of packets, ns since the epoch */
  double hours;       /* 0 where there is no time to divide by */
} LensComparedCase;

typedef struct
{
  LensComparedCase cases[2];
  double tolerance;    /* of counts an hour and rates, as a share; 0: none */
  GPtrArray *limits;   /* char*: what limits the comparison, a sentence each */
  GPtrArray *sections; /* LensComparedSection */
  gboolean same;       /* in all sections; the limits do not count */
} LensComparison;

/**
 * lens_comparison_from_records:
 * @tolerance: counts an hour and rates that differ by no more than this share of the larger
 *   one are called the same; 0: numbers are compared as they stand.
 *
 * NULL with an error as lens_record_read gives it, which says whether the first or the second
 * record is meant.
 */
LensComparison *lens_comparison_from_records (GBytes *one, GBytes *other, double tolerance,
                                              GError **error);
void lens_comparison_free (LensComparison *comparison);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensComparison, lens_comparison_free)

/* The faces.  comparison.schema.json describes the JSON; the page is one file without scripts. */
GBytes *lens_comparison_text (const LensComparison *comparison);
GBytes *lens_comparison_json (const LensComparison *comparison);
GBytes *lens_comparison_html (const LensComparison *comparison);

G_END_DECLS
