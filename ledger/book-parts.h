#pragma once

/* What a book is made of: for the files of the book only.
 *
 *   book.c        pieces come, frames open and leave the ring
 *   book-sets.c   what accounts a frame that is whole touches, counted
 *   book-close.c  what it all comes to, once classes are known */

#include "ledger/book.h"
#include "ledger/chunks.h"
#include "ledger/index.h"

G_BEGIN_DECLS

/* Frames whose spans are remembered, so that a unit that spans frames may be claimed when
 * it is whole.  A power of two. */
#define RING 32768
#define INLINE_SPANS 5

typedef struct
{
  guint32 offset, length;
  LensAccountId account;
} Span;

typedef struct
{
  guint64 frame; /* 0: empty */
  gint64 time_ns;
  guint32 captured;
  guint32 booked;
  guint32 n_spans : 31;
  guint32 claimed : 1;
  Span spans[INLINE_SPANS];
  GArray *more; /* Span, those beyond INLINE_SPANS */
} Frame;

/* There may be millions. */
typedef struct
{
  guint32 octets_low, octets_high; /* so that nothing here needs eight octets at a time */
  guint32 bin_octets : 22;         /* of the current bin, not yet in the list */
  guint32 bin : 10;
  guint32 frames; /* that touch this account and none but ... */
  guint32 with;   /* ... this one, of a lower number, or no other: then it is this account */
} Account;

/* Octets of an account in one stretch of time, as one number, for there are millions: its account
 * (32 bits), its bin (10), its octets (22).  More octets than that are several entries. */
typedef guint64 BinEntry;

#define BIN_SHIFT 22
#define BIN_BITS 10
#define BIN_MASK ((1u << BIN_BITS) - 1)
#define BIN_OCTETS_MAX ((1u << BIN_SHIFT) - 1)
G_STATIC_ASSERT (LENS_BOOK_BINS <= 1 << BIN_BITS);
G_STATIC_ASSERT (sizeof (Account) == 20);

static inline BinEntry
bin_entry (LensAccountId account, guint bin, guint32 octets)
{
  return (guint64)account << 32 | (guint64)bin << BIN_SHIFT | octets;
}

static inline LensAccountId
entry_account (BinEntry entry)
{
  return (LensAccountId)(entry >> 32);
}

static inline guint
entry_bin (BinEntry entry)
{
  return (guint)(entry >> BIN_SHIFT) & BIN_MASK;
}

static inline guint32
entry_octets (BinEntry entry)
{
  return (guint32)entry & BIN_OCTETS_MAX;
}

typedef struct
{
  guint64 frame;
  guint32 offset, length;
  guint32 carrier;
} Claim;

/* The set of accounts that a frame touches, and how many frames touch just that set: of sets of
 * more than two, and of those that Account.with does not say.  There may be nearly as many as
 * accounts, so they lie one behind the other in @blocks. */
typedef struct
{
  guint64 frames;
  guint32 n;
  LensAccountId accounts[];
} Signature;

#define SIGNATURE_BLOCK 16384 /* octets: those that need more have a block of their own */
#define SIGNATURE_UNIT 8      /* octets that the room of each is a multiple of */

/* The frames of one flow are alike: what the spans of a frame led to lately. */
#define RECENT 1024 /* a power of two */

typedef struct
{
  guint32 n;
  LensAccountId accounts[INLINE_SPANS]; /* of the spans, in their order */
  Signature *signature;
} Recent;

struct LensBook
{
  LensChunks accounts; /* Account */
  Frame *ring;
  GHashTable *waiting;  /* guint64* in the Frame: left the ring before it was booked whole */
  GHashTable *claimed;  /* frames with claims, kept to the end */
  LensIndex signatures; /* where they lie among @blocks, in units */
  GPtrArray *blocks;
  gsize block_left; /* octets of the last one */
  Recent *recent;
  GArray *claims; /* Claim */
  guint64 lost_claims;
  guint64 total_octets, total_frames;
  guint64 current;     /* the frame opened last ... */
  guint32 current_bin; /* ... and what its time lies in, ... */
  gint64 bin_from;     /* ... and when that begins */

  gboolean has_start;
  gint64 start_ns, bin_ns;
  BinEntry *bins; /* of accounts that have several */
  guint n_bins, bins_room;
  gboolean overbooked;
  guint64 overbooked_frame;
};

static inline Account *
account_at (const LensBook *book, LensAccountId account)
{
  return lens_chunks_at (&book->accounts, account);
}

static inline guint64
octets_of (const Account *account)
{
  return (guint64)account->octets_high << 32 | account->octets_low;
}

static inline Span *
frame_span (Frame *frame, guint32 i)
{
  return i < INLINE_SPANS ? &frame->spans[i] : &g_array_index (frame->more, Span, i - INLINE_SPANS);
}

static inline Signature *
signature_at (const LensBook *book, guint32 number)
{
  const guint32 units = SIGNATURE_BLOCK / SIGNATURE_UNIT;
  guint8 *block = g_ptr_array_index (book->blocks, number / units);

  return (Signature *)(block + (gsize)(number % units) * SIGNATURE_UNIT);
}

/* Times before the first packet's count as its own: captures may step back. */
static inline guint32
bin_of (const LensBook *book, gint64 time_ns)
{
  guint64 since = time_ns > book->start_ns ? (guint64)time_ns - (guint64)book->start_ns : 0;

  return (guint32)MIN (since / (guint64)book->bin_ns, G_MAXUINT32);
}

/* Whether the spans of a frame name each of its octets exactly once. */
gboolean lens_book_is_tiled (Frame *frame);
/* Counts a frame that is booked whole under the set of accounts it touches. */
void lens_book_fold (LensBook *book, Frame *frame);
/* Takes a frame out of the ring: counted, or moved to where it may wait. */
void lens_book_leave_ring (LensBook *book, Frame *frame);

G_END_DECLS
