#pragma once

/* What the fuzz targets share.  A target is one function, LLVMFuzzerTestOneInput(), that hands
 * octets to one parser as a stranger would, and asserts what the parser's header promises of the
 * answer.  It is linked twice: with libFuzzer, which invents octets, and with replay.c, which
 * reads those of files. */

#include "wire/cursor.h"
#include "wire/piece.h"
#include "wire/range.h"

G_BEGIN_DECLS

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 *octets, gsize length);

/* Reads each octet, so that a sanitizer sees those that are not there. */
void fuzz_touch (const guint8 *octets, gsize length);

/* The range lies inside @length octets; reads them. */
void fuzz_inside (const guint8 *octets, gsize length, LensRange range);

/* The same, and the range begins at *@at, which is then moved behind it: parts add up. */
void fuzz_follows (const guint8 *octets, gsize length, gsize *at, LensRange range);

/* Reads all octets of a view, and its pieces add up to it. */
void fuzz_view (const LensView *view);

/**
 * FuzzPart:
 * One part of an input that stands for several packets: two octets of length (it is cut where
 * less is left), one of flags, and its octets, in memory of their own so that reading beyond them
 * is noticed.  As a view its octets come from two frames.
 */
typedef struct
{
  guint8 flags;
  guint8 *octets;
  gsize length;
  guint number; /* from 0 */
  LensPiece pieces[2];
  LensView view;
} FuzzPart;

/* The next part; FALSE at the end.  Zero to begin with; what the one before had is freed, as it
 * is at the end. */
gboolean fuzz_part_next (LensCursor *cursor, FuzzPart *part);
void fuzz_part_clear (FuzzPart *part);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FuzzPart, fuzz_part_clear)

/* The octets of a LensCursor, for a LensReadFunc: given in steps of several sizes. */
gssize fuzz_read (gpointer cursor, guint8 *into, gsize room);

/* json-glib leaks what it had read of a text that turns out to be no JSON: a target that reads JSON
 * cannot look for leaks.  A hook of LeakSanitizer. */
#define FUZZ_READS_JSON                                                                            \
  int __lsan_is_turned_off (void);                                                                 \
  int __lsan_is_turned_off (void)                                                                  \
  {                                                                                                \
    return 1;                                                                                      \
  }

G_END_DECLS
