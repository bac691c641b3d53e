#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum
{
  LENS_GENERATOR_HEADS = 4,
};

/* What a value is to those before it. */
typedef enum
{
  LENS_GENERATOR_FIRST,
  LENS_GENERATOR_ZERO,     /* "none" */
  LENS_GENERATOR_REPEATED, /* said again, by a retransmission or a second tap */
  LENS_GENERATOR_NEXT,     /* ahead of a counter, no further than its time explains */
  LENS_GENERATOR_LATE,     /* a little behind: overtaken on its way */
  LENS_GENERATOR_RETURNED, /* goes on from before the value that last leapt ahead: that one was
                              no value of the counter */
  LENS_GENERATOR_STALE,    /* nothing near, but the last value is too long ago to tell */
  LENS_GENERATOR_STRAY,    /* nothing near */
} LensGeneratorStep;

typedef enum
{
  LENS_GENERATOR_UNKNOWN, /* too few values */
  LENS_GENERATOR_NONE,    /* zero */
  LENS_GENERATOR_CONSTANT,
  LENS_GENERATOR_COUNTER,
  LENS_GENERATOR_FAST,   /* a counter that many others share: it only ever goes ahead, far */
  LENS_GENERATOR_RANDOM, /* nothing explains it */
  LENS_GENERATOR_MIXED,  /* some values are a counter's, others are not */
} LensGeneratorLaw;

/* Where a counter stands. */
typedef struct
{
  guint32 value, before; /* before the last step */
  guint32 late;          /* the last value behind @value */
  guint8 used, has_late;
  guint8 trusted; /* no stray, or one that went on often enough */
  guint8 went_on; /* a stray that did so, by CREDIT_... */
  gint64 time_ns;
} LensGeneratorHead;

/* The values read in one byte order. */
typedef struct
{
  LensGeneratorHead heads[LENS_GENERATOR_HEADS];
  guint32 last; /* of all values */
  guint32 repeated, next, stray;
  guint32 ahead; /* of the strays: less than a quarter of the range ahead of the one before */
  guint32 step;  /* of the last NEXT ... */
  guint32 from;  /* ... and from which value it went, or RETURNED fell behind */
} LensGeneratorReading;

/**
 * LensGenerator:
 * How a sender makes the values of a field of 16 or 32 bits that must only differ: an IP
 * identification (RFC 6864 section 4), say.
 *
 * Known ways: none at all; a counter of the connection, of the destination or of the host, with
 * gaps for what went elsewhere or was not captured; Linux's hashed counters, which leap ahead by
 * a random number up to the milliseconds since (net/ipv4/route.c, ip_idents_reserve); any of
 * them in the other byte order; several counters side by side; random numbers.
 *
 * Both byte orders are tried; the one with fewer strays is believed.  Zero to begin with.
 */
typedef struct
{
  LensGeneratorReading reading[2];
  guint32 seen, zeros, stale;
} LensGenerator;

/* @bits: 16 or 32, always the same. */
LensGeneratorStep lens_generator_take (LensGenerator *generator, guint bits, guint32 value,
                                       gint64 time_ns);

/* How far the last value that was NEXT is ahead of the one before. */
guint32 lens_generator_last_step (const LensGenerator *generator);
/* That one before; after RETURNED the one that it fell behind. */
guint32 lens_generator_last_from (const LensGenerator *generator, guint bits);
guint32 lens_generator_strays (const LensGenerator *generator);

LensGeneratorLaw lens_generator_law (const LensGenerator *generator);

G_END_DECLS
