#pragma once

#include "ledger/classes.h"
#include "wire/piece.h"

G_BEGIN_DECLS

/**
 * LensBook:
 * Where every captured octet is written down, once.
 *
 * Octets are booked to accounts as soon as it is known what they are (which may be long
 * after their frame: a segment waits for the hole before it, a fragment for its siblings).
 * What an account means, and so its class, is asked only at the end.  Carriers may claim
 * octets; whether the claim holds is also asked at the end.
 *
 * The book checks itself: the octets booked of a frame can never exceed the octets
 * captured, and at the end every frame must be booked whole.
 */
typedef struct LensBook LensBook;

typedef guint32 LensAccountId;
#define LENS_NO_ACCOUNT G_MAXUINT32

LensBook *lens_book_new (void);
void lens_book_free (LensBook *book);

/* A new, empty account.  Accounts are numbered from 0 in the order of their creation. */
LensAccountId lens_book_account (LensBook *book);
guint32 lens_book_n_accounts (const LensBook *book);
guint64 lens_book_octets (const LensBook *book, LensAccountId account);

/* A frame begins; numbers rise.  Nothing of it is booked yet. */
void lens_book_open_frame (LensBook *book, guint64 frame, gint64 time_ns, guint32 captured);

/* Octets of a frame that was opened, to @account.  Each octet once. */
void lens_book_piece (LensBook *book, LensAccountId account, const LensPiece *piece);
/* The same by its values: a processor that has just written a piece would have to wait before it
 * could read two of its fields as one. */
void lens_book_put (LensBook *book, LensAccountId account, guint64 frame, guint32 offset,
                    guint32 length);
void lens_book_view (LensBook *book, LensAccountId account, const LensView *view);

/* Carrier @carrier says that @piece speaks.  The octets must be booked too, before or after. */
void lens_book_claim (LensBook *book, guint32 carrier, const LensPiece *piece);

/* The time of a frame that is still remembered (always true of the current one), else 0. */
gint64 lens_book_frame_time (const LensBook *book, guint64 frame);

guint64 lens_book_total_octets (const LensBook *book);
guint64 lens_book_total_frames (const LensBook *book);
/* Claims on frames no longer remembered, and claims beyond the cap: they moved nothing. */
guint64 lens_book_lost_claims (const LensBook *book);

/**
 * LensBookQuestions:
 * What the book asks at the end.
 */
typedef struct
{
  gpointer data;
  LensClass (*class_of) (gpointer data, LensAccountId account);
  /* The part (device, direction, phase) that the account belongs to, or -1. */
  gint (*part_of) (gpointer data, LensAccountId account);
  /* Whether claims of @carrier turn octets of @account into hidden ones. */
  gboolean (*claim_holds) (gpointer data, guint32 carrier, LensAccountId account);
} LensBookQuestions;

typedef struct
{
  guint64 bytes[LENS_N_CLASSES], packets[LENS_N_CLASSES];
} LensBookSums;

typedef struct
{
  LensBookSums sums;
  LensBookSums *parts; /* n_parts, as given */
  gint64 timeline_start, timeline_bin;
  guint n_bins;
  guint64 *timeline[LENS_N_CLASSES];
  guint64 *hidden_of_account; /* octets that claims moved, per account */
} LensBookResult;

#define LENS_BOOK_BINS 600

/**
 * lens_book_close:
 * Asks for the classes and sums up.  FALSE when a frame was not booked whole: the program
 * is wrong, and @problem says where.  The book takes no octets afterwards.
 */
gboolean lens_book_close (LensBook *book, const LensBookQuestions *questions, guint n_parts,
                          LensBookResult *result, char **problem);
void lens_book_result_clear (LensBookResult *result);

/* Octets per class as they would stand now, claims left out: for progress only. */
void lens_book_preview (const LensBook *book, const LensBookQuestions *questions,
                        guint64 into[LENS_N_CLASSES]);

G_END_DECLS
