#pragma once

#include "ledger/familiar.h"

G_BEGIN_DECLS

/**
 * LensFillSizes:
 * Whether what fills up units of sound (access units of AAC, packets of Opus) fills them up to
 * something.
 *
 * An encoder at a constant bit rate fills a unit when its sound would leave less than the rate
 * has: filled units come out at a few sizes, and hardly one above the usual size of all.  Filler
 * that makes units of any size, above the usual one as well as below, is as long as somebody wants
 * it to be.  Sizes that are all the same modulo 4 are rounded up.
 *
 * Zero to begin with.
 */
typedef struct
{
  LensFamiliar familiar; /* sizes of filled units */
  guint64 units, octets; /* all there were */
  guint32 filled;
  guint32 surprises; /* of @filled: of none of the usual sizes */
  guint32 above;     /* of those: larger than a unit is on average */
  guint32 first;     /* size of the first that was filled */
  guint32 differ;    /* bits in which the sizes of others differ from it */
} LensFillSizes;

/* A unit of @size octets, of which @fill are filler; whether that is a surprise. */
gboolean lens_fill_sizes_take (LensFillSizes *sizes, gsize size, gsize fill);
/* Whether the sizes speak. */
gboolean lens_fill_sizes_speak (const LensFillSizes *sizes);
/* Bits that one of them says, at least. */
#define LENS_FILL_SIZES_BITS 3

G_END_DECLS
