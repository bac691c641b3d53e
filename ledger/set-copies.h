#pragma once

#include "ledger/analyzer.h"
#include "ledger/habits.h"

G_BEGIN_DECLS

enum
{
  LENS_SET_COPIES_KINDS = 3,
  LENS_SET_COPIES_KNOWN = 12, /* different sets before one picture that are told apart */
};

/**
 * LensSetCopies:
 * How often one track's parameter sets are said again, unchanged, before one picture: a number
 * that standards leave free and decoders do not count.  A copy now and then, before key pictures
 * or by a clock, is a habit; so are two of each, by the encoder and by the server.
 *
 * Zero to begin with.
 */
typedef struct
{
  LensHabits habits[LENS_SET_COPIES_KINDS]; /* copies behind the first, by kind of set */
  guint copies[LENS_SET_COPIES_KINDS];      /* before the next picture */
  guint64 known[LENS_SET_COPIES_KNOWN];     /* hashes of the sets there */
  guint n_known;
  gboolean started, lost; /* a packet is missing since the last picture */
  guint16 sequence;
} LensSetCopies;

/* Each NAL unit of the track, before what it is: the numbers of its first and last packet. */
void lens_set_copies_follow (LensSetCopies *copies, guint16 first, guint16 last);
/* It is a set of @kind.  Whether it is a copy, and the number of copies has had no habit. */
gboolean lens_set_copies_take (LensSetCopies *copies, guint kind, const LensView *set);
/* It is the first slice of a picture, which is a @key picture. */
void lens_set_copies_picture (LensSetCopies *copies, gboolean key);
/* Whether the number of copies of any kind has no habit. */
gboolean lens_set_copies_is_noise (const LensSetCopies *copies);

/**
 * lens_set_copies_conclude:
 * For conclude: the carriers of @analyzer become findings where the copies of their track are
 * noise.  @by_track: a LensByTrack of LensSetCopies.
 */
void lens_set_copies_conclude (LensLedger *ledger, const char *analyzer, gconstpointer by_track);

G_END_DECLS
