#include "ledger/book.h"
#include "ledger/chunks.h"
#include "ledger/index.h"
#include "ledger/sort-numbers.h"

#include <string.h>

/* Frames whose spans are remembered, so that a unit that spans frames may be claimed when
 * it is whole.  A power of two. */
#define RING 32768
#define INLINE_SPANS 5

/* Frames ahead whose place in the ring is fetched: it was last touched megabytes ago. */
#define AHEAD 4
#define MAX_CLAIMS (4 * 1000 * 1000)

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

static BinEntry
bin_entry (LensAccountId account, guint bin, guint32 octets)
{
  return (guint64)account << 32 | (guint64)bin << BIN_SHIFT | octets;
}

static LensAccountId
entry_account (BinEntry entry)
{
  return (LensAccountId)(entry >> 32);
}

static guint
entry_bin (BinEntry entry)
{
  return (guint)(entry >> BIN_SHIFT) & BIN_MASK;
}

static guint32
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

static guint32
signature_hash (const Signature *signature)
{
  guint32 hash = signature->n;

  for (guint32 i = 0; i < signature->n; i++)
    hash = (hash ^ signature->accounts[i]) * 0x9e3779b1u + (hash >> 13);
  return hash;
}

static gboolean
signature_equal (const Signature *x, const Signature *y)
{
  return x->n == y->n && memcmp (x->accounts, y->accounts, x->n * sizeof x->accounts[0]) == 0;
}

static Signature *
signature_at (const LensBook *book, guint32 number)
{
  const guint32 units = SIGNATURE_BLOCK / SIGNATURE_UNIT;
  guint8 *block = g_ptr_array_index (book->blocks, number / units);

  return (Signature *)(block + (gsize)(number % units) * SIGNATURE_UNIT);
}

static guint32
hash_of_signature (gconstpointer book, guint32 number)
{
  return signature_hash (signature_at (book, number));
}

static gboolean
is_signature (gconstpointer book, guint32 number, gconstpointer key)
{
  return signature_equal (signature_at (book, number), key);
}

static const LensIndexWays signature_ways = { hash_of_signature, is_signature };

static void
frame_free (gpointer data)
{
  Frame *frame = data;

  if (frame->more != NULL)
    g_array_unref (frame->more);
  g_free (frame);
}

LensBook *
lens_book_new (void)
{
  LensBook *book = g_new0 (LensBook, 1);

  lens_chunks_init (&book->accounts, sizeof (Account));
  book->ring = g_new0 (Frame, RING);
  book->waiting = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, frame_free);
  book->claimed = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, frame_free);
  book->recent = g_new0 (Recent, RECENT);
  book->blocks = g_ptr_array_new_with_free_func (g_free);
  book->claims = g_array_new (FALSE, FALSE, sizeof (Claim));
  book->bin_ns = 1000 * 1000;
  return book;
}

void
lens_book_free (LensBook *book)
{
  if (book == NULL)
    return;
  for (guint i = 0; i < RING; i++)
    if (book->ring[i].more != NULL)
      g_array_unref (book->ring[i].more);
  g_free (book->ring);
  g_hash_table_unref (book->waiting);
  g_hash_table_unref (book->claimed);
  lens_index_clear (&book->signatures);
  g_ptr_array_unref (book->blocks);
  g_free (book->recent);
  lens_chunks_clear (&book->accounts);
  g_array_unref (book->claims);
  g_free (book->bins);
  g_free (book);
}

LensAccountId
lens_book_account (LensBook *book)
{
  lens_chunks_add (&book->accounts);
  return book->accounts.n - 1;
}

guint32
lens_book_n_accounts (const LensBook *book)
{
  return book->accounts.n;
}

static Account *
account_at (const LensBook *book, LensAccountId account)
{
  return lens_chunks_at (&book->accounts, account);
}

static guint64
octets_of (const Account *account)
{
  return (guint64)account->octets_high << 32 | account->octets_low;
}

guint64
lens_book_octets (const LensBook *book, LensAccountId account)
{
  return octets_of (account_at (book, account));
}

static Span *
frame_span (Frame *frame, guint32 i)
{
  return i < INLINE_SPANS ? &frame->spans[i] : &g_array_index (frame->more, Span, i - INLINE_SPANS);
}

static gint
compare_spans (gconstpointer a, gconstpointer b)
{
  const Span *x = a, *y = b;

  return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Whether the spans of a frame name each of its octets exactly once. */
static gboolean
is_tiled (Frame *frame)
{
  g_autofree Span *spans = g_new (Span, frame->n_spans + 1);
  guint32 end = 0;

  for (guint32 i = 0; i < frame->n_spans; i++)
    spans[i] = *frame_span (frame, i);
  qsort (spans, frame->n_spans, sizeof *spans, compare_spans);
  for (guint32 i = 0; i < frame->n_spans; i++)
    {
      if (spans[i].offset != end)
        return FALSE;
      end += spans[i].length;
    }
  return end == frame->captured;
}

/* A copy that lives as long as the book; returns its number. */
static guint32
keep_signature (LensBook *book, const Signature *signature)
{
  gsize size = G_STRUCT_OFFSET (Signature, accounts) + signature->n * sizeof (LensAccountId);
  gsize room = (size + SIGNATURE_UNIT - 1) & ~(gsize)(SIGNATURE_UNIT - 1);

  if (room > book->block_left)
    {
      book->block_left = MAX (room, SIGNATURE_BLOCK);
      g_ptr_array_add (book->blocks, g_malloc (book->block_left));
    }
  guint8 *block = g_ptr_array_index (book->blocks, book->blocks->len - 1);
  /* From the back: what is left is what lies before. */
  book->block_left -= room;
  memcpy (block + book->block_left, signature, size);
  return (book->blocks->len - 1) * (SIGNATURE_BLOCK / SIGNATURE_UNIT)
         + (guint32)(book->block_left / SIGNATURE_UNIT);
}

/* The set of accounts that a frame touches, counted once more. */
static Signature *
count_signature (LensBook *book, Frame *frame)
{
  g_autofree Signature *owned = NULL;
  union
  {
    Signature signature;
    guint8 room[sizeof (Signature) + 64 * sizeof (LensAccountId)];
  } small;
  Signature *signature = &small.signature;

  if (frame->n_spans > 64)
    signature = owned = g_malloc (sizeof *owned + frame->n_spans * sizeof (LensAccountId));
  signature->n = 0;
  signature->frames = 0;
  for (guint32 i = 0; i < frame->n_spans; i++)
    {
      LensAccountId account = frame_span (frame, i)->account;
      guint32 at = 0;
      while (at < signature->n && signature->accounts[at] < account)
        at++;
      if (at < signature->n && signature->accounts[at] == account)
        continue;
      memmove (signature->accounts + at + 1, signature->accounts + at,
               (signature->n - at) * sizeof (LensAccountId));
      signature->accounts[at] = account;
      signature->n++;
    }

  guint32 hash = signature_hash (signature);
  guint32 number = lens_index_find (&book->signatures, &signature_ways, book, hash, signature);
  if (number == LENS_INDEX_NONE)
    {
      number = keep_signature (book, signature);
      lens_index_add (&book->signatures, &signature_ways, book, hash, number);
    }
  Signature *known = signature_at (book, number);
  known->frames++;
  return known;
}

static Recent *
recent_of (LensBook *book, const Frame *frame)
{
  guint32 hash = frame->n_spans;

  for (guint32 i = 0; i < frame->n_spans; i++)
    hash = (hash ^ frame->spans[i].account) * 0x9e3779b1u;
  return &book->recent[hash >> 16 & (RECENT - 1)];
}

static gboolean
is_like (const Recent *recent, const Frame *frame)
{
  if (recent->signature == NULL || recent->n != frame->n_spans)
    return FALSE;
  for (guint32 i = 0; i < recent->n; i++)
    if (recent->accounts[i] != frame->spans[i].account)
      return FALSE;
  return TRUE;
}

/* Most frames touch a header's account and that of the content of the same side: this is counted
 * where the second is.  FALSE: this frame is another one's. */
static gboolean
count_pair (LensBook *book, const Frame *frame)
{
  LensAccountId low = frame->spans[0].account, high = low;

  if (frame->n_spans == 0)
    return FALSE;
  for (guint32 i = 1; i < frame->n_spans; i++)
    {
      LensAccountId account = frame->spans[i].account;
      if (account == low || account == high)
        continue;
      if (low != high)
        return FALSE;
      low = MIN (low, account);
      high = MAX (high, account);
    }
  Account *account = account_at (book, high);
  if (account->frames == 0)
    account->with = low;
  if (account->with != low || account->frames == G_MAXUINT32)
    return FALSE;
  account->frames++;
  return TRUE;
}

/* Counts a frame that is booked whole under the set of accounts it touches. */
static void
fold (LensBook *book, Frame *frame)
{
#ifdef LENS_AUDIT
  g_assert (is_tiled (frame));
#endif
  if (frame->n_spans > INLINE_SPANS)
    {
      count_signature (book, frame);
      return;
    }
  if (count_pair (book, frame))
    return;
  Recent *recent = recent_of (book, frame);
  if (is_like (recent, frame))
    {
      recent->signature->frames++;
      return;
    }
  recent->n = frame->n_spans;
  for (guint32 i = 0; i < frame->n_spans; i++)
    recent->accounts[i] = frame->spans[i].account;
  recent->signature = count_signature (book, frame);
}

/* Takes a frame out of the ring: counted, or moved to where it may wait. */
static void
leave_ring (LensBook *book, Frame *frame)
{
  if (frame->frame == 0)
    return;
  if (frame->booked == frame->captured && !frame->claimed)
    {
      fold (book, frame);
      if (frame->more != NULL)
        g_array_unref (frame->more);
    }
  else
    {
      Frame *kept = g_memdup2 (frame, sizeof *frame);
      g_hash_table_insert (kept->booked < kept->captured ? book->waiting : book->claimed,
                           &kept->frame, kept);
    }
  memset (frame, 0, sizeof *frame);
}

static Frame *
find (const LensBook *book, guint64 number)
{
  Frame *frame = &book->ring[number % RING];

  if (frame->frame == number)
    return frame;
  frame = g_hash_table_lookup (book->waiting, &number);
  return frame != NULL ? frame : g_hash_table_lookup (book->claimed, &number);
}

/* Joins entries of one account and bin. */
static void
compact_bins (LensBook *book)
{
  BinEntry *entries = book->bins;
  guint kept = 0;

  if (book->n_bins == 0)
    return;
  lens_sort_numbers (entries, book->n_bins);
  for (guint i = 1; i < book->n_bins; i++)
    if (entries[i] >> BIN_SHIFT == entries[kept] >> BIN_SHIFT
        && entry_octets (entries[i]) <= BIN_OCTETS_MAX - entry_octets (entries[kept]))
      entries[kept] += entry_octets (entries[i]);
    else
      entries[++kept] = entries[i];
  book->n_bins = kept + 1;
}

static void
put_bin (LensBook *book, LensAccountId id, Account *account)
{
  if (account->bin_octets == 0)
    return;
  if (book->n_bins == book->bins_room)
    {
      /* By a quarter: there may be millions. */
      book->bins_room += MAX (book->bins_room / 4, 64);
      book->bins = g_renew (BinEntry, book->bins, book->bins_room);
    }
  book->bins[book->n_bins++] = bin_entry (id, account->bin, account->bin_octets);
  account->bin_octets = 0;
}

static void
widen_bins (LensBook *book)
{
  for (guint32 i = 0; i < book->accounts.n; i++)
    account_at (book, i)->bin /= 2;
  for (guint i = 0; i < book->n_bins; i++)
    {
      BinEntry *entry = &book->bins[i];
      *entry = bin_entry (entry_account (*entry), entry_bin (*entry) / 2, entry_octets (*entry));
    }
  book->bin_ns *= 2;
  compact_bins (book);
}

/* Times before the first packet's count as its own: captures may step back. */
static guint32
bin_of (const LensBook *book, gint64 time_ns)
{
  guint64 since = time_ns > book->start_ns ? (guint64)time_ns - (guint64)book->start_ns : 0;

  return (guint32)MIN (since / (guint64)book->bin_ns, G_MAXUINT32);
}

/* The bin that a frame of this time is in; bins are made wider until it has one. */
static guint32
bin_for (LensBook *book, gint64 time_ns)
{
  guint32 bin;

  while ((bin = bin_of (book, time_ns)) >= LENS_BOOK_BINS)
    widen_bins (book);
  return bin;
}

static void
count_in_bin (LensBook *book, LensAccountId id, Account *account, guint32 bin, guint32 octets)
{
  if (account->bin != bin)
    put_bin (book, id, account);
  account->bin = bin & BIN_MASK;
  while (octets > BIN_OCTETS_MAX - account->bin_octets)
    {
      octets -= BIN_OCTETS_MAX - account->bin_octets;
      account->bin_octets = BIN_OCTETS_MAX;
      put_bin (book, id, account);
    }
  account->bin_octets = (account->bin_octets + octets) & BIN_OCTETS_MAX;
}

/* Few frames are not in the bin of the one before. */
static void
find_bin (LensBook *book, gint64 time_ns)
{
  if (time_ns >= book->bin_from
      && (guint64)time_ns - (guint64)book->bin_from < (guint64)book->bin_ns)
    return;
  book->current_bin = bin_for (book, time_ns);
  book->bin_from = book->start_ns + book->current_bin * book->bin_ns;
}

void
lens_book_open_frame (LensBook *book, guint64 number, gint64 time_ns, guint32 captured)
{
  Frame *frame = &book->ring[number % RING];

  g_assert (number > book->current);
  __builtin_prefetch (&book->ring[(number + AHEAD) % RING], 1);
  leave_ring (book, frame);
  book->current = number;
  book->total_octets += captured;
  book->total_frames++;
  frame->frame = number;
  frame->time_ns = time_ns;
  frame->captured = captured;
  if (!book->has_start)
    {
      book->has_start = TRUE;
      book->start_ns = book->bin_from = time_ns;
    }
  if (captured > 0)
    find_bin (book, time_ns);
}

static Span *
new_span (Frame *frame)
{
  guint32 n = frame->n_spans++;

  if (n < INLINE_SPANS)
    return &frame->spans[n];
  if (frame->more == NULL)
    frame->more = g_array_new (FALSE, FALSE, sizeof (Span));
  g_array_set_size (frame->more, n - INLINE_SPANS + 1);
  return &g_array_index (frame->more, Span, n - INLINE_SPANS);
}

/* What goes on where the same account's last span ends is one with it. */
static void
add_span (Frame *frame, guint32 offset, guint32 length, LensAccountId account)
{
  Span *last = frame->n_spans > 0 ? frame_span (frame, frame->n_spans - 1) : NULL;

  if (last != NULL && last->account == account && last->offset + last->length == offset)
    {
      last->length += length;
      return;
    }
  Span *span = new_span (frame);
  span->offset = offset;
  span->length = length;
  span->account = account;
}

static void
add_octets (Account *account, guint32 octets)
{
  account->octets_low += octets;
  account->octets_high += account->octets_low < octets;
}

void
lens_book_put (LensBook *book, LensAccountId id, guint64 number, guint32 offset, guint32 length)
{
  if (length == 0)
    return;
  Frame *frame = find (book, number);
  g_assert (id < book->accounts.n);
  if (frame == NULL || offset > frame->captured || length > frame->captured - offset
      || length > frame->captured - frame->booked)
    {
      if (!book->overbooked)
        book->overbooked_frame = number;
      book->overbooked = TRUE;
      return;
    }

  add_span (frame, offset, length, id);
  frame->booked += length;
  /* Frames that waited lie in the past: they may never make bins wider. */
  guint32 bin = number == book->current ? book->current_bin : bin_for (book, frame->time_ns);
  Account *account = account_at (book, id);
  add_octets (account, length);
  count_in_bin (book, id, account, bin, length);

  if (frame->booked == frame->captured && frame != &book->ring[number % RING]
      && g_hash_table_steal (book->waiting, &frame->frame))
    {
      if (frame->claimed)
        g_hash_table_insert (book->claimed, &frame->frame, frame);
      else
        {
          fold (book, frame);
          frame_free (frame);
        }
    }
}

void
lens_book_piece (LensBook *book, LensAccountId account, const LensPiece *piece)
{
  lens_book_put (book, account, piece->frame, piece->offset, piece->length);
}

void
lens_book_view (LensBook *book, LensAccountId account, const LensView *view)
{
  for (gsize i = 0; i < view->n_pieces; i++)
    lens_book_piece (book, account, &view->pieces[i]);
}

void
lens_book_claim (LensBook *book, guint32 carrier, const LensPiece *piece)
{
  Frame *frame = find (book, piece->frame);

  if (piece->length == 0)
    return;
  if (frame == NULL || book->claims->len >= MAX_CLAIMS)
    {
      book->lost_claims++;
      return;
    }
  frame->claimed = TRUE;
  Claim claim = { piece->frame, piece->offset, piece->length, carrier };
  g_array_append_val (book->claims, claim);
}

gint64
lens_book_frame_time (const LensBook *book, guint64 number)
{
  const Frame *frame = find (book, number);

  return frame != NULL ? frame->time_ns : 0;
}

guint64
lens_book_total_octets (const LensBook *book)
{
  return book->total_octets;
}

guint64
lens_book_total_frames (const LensBook *book)
{
  return book->total_frames;
}

guint64
lens_book_lost_claims (const LensBook *book)
{
  return book->lost_claims;
}

static gint
compare_claims (gconstpointer a, gconstpointer b)
{
  const Claim *x = a, *y = b;

  if (x->frame != y->frame)
    return x->frame < y->frame ? -1 : 1;
  if (x->offset != y->offset)
    return x->offset < y->offset ? -1 : 1;
  return x->length < y->length ? -1 : x->length > y->length;
}

/* One frame with claims: moves what a claim that holds covers, once, and counts the frame
 * under the classes that are left in it. */
static void
settle_frame (LensBook *book, Frame *frame, const Claim *claims, guint n_claims,
              const LensBookQuestions *ask, LensBookResult *result)
{
  gboolean touched[LENS_N_CLASSES] = { FALSE };
  gint part = -1;

  for (guint32 s = 0; s < frame->n_spans; s++)
    {
      const Span *span = frame_span (frame, s);
      LensClass class_ = ask->class_of (ask->data, span->account);
      guint32 end = span->offset, hidden = 0;

      for (guint i = 0; i < n_claims; i++)
        {
          guint32 from = MAX (claims[i].offset, end);
          guint32 to = MIN (claims[i].offset + claims[i].length, span->offset + span->length);
          if (from < to && ask->claim_holds (ask->data, claims[i].carrier, span->account))
            {
              hidden += to - from;
              end = to;
            }
        }
      gint span_part = ask->part_of (ask->data, span->account);
      part = span_part >= 0 ? span_part : part;
      if (hidden > 0)
        {
          guint bin = bin_of (book, frame->time_ns);
          touched[LENS_CLASS_HIDDEN] = TRUE;
          result->hidden_of_account[span->account] += hidden;
          result->sums.bytes[class_] -= hidden;
          result->sums.bytes[LENS_CLASS_HIDDEN] += hidden;
          result->timeline[class_][bin] -= hidden;
          result->timeline[LENS_CLASS_HIDDEN][bin] += hidden;
          if (span_part >= 0)
            {
              result->parts[span_part].bytes[class_] -= hidden;
              result->parts[span_part].bytes[LENS_CLASS_HIDDEN] += hidden;
            }
        }
      if (hidden < span->length)
        touched[class_] = TRUE;
    }
  for (guint c = 0; c < LENS_N_CLASSES; c++)
    if (touched[c])
      {
        result->sums.packets[c]++;
        if (part >= 0)
          result->parts[part].packets[c]++;
      }
}

/* @frames of them touch these accounts. */
static void
settle_set (const LensAccountId *accounts, guint32 n, guint64 frames, const LensBookQuestions *ask,
            LensBookResult *result)
{
  gboolean touched[LENS_N_CLASSES] = { FALSE };
  gint part = -1;

  for (guint32 i = 0; i < n; i++)
    {
      gint account_part = ask->part_of (ask->data, accounts[i]);
      touched[ask->class_of (ask->data, accounts[i])] = TRUE;
      part = account_part >= 0 ? account_part : part;
    }
  for (guint c = 0; c < LENS_N_CLASSES; c++)
    if (touched[c])
      {
        result->sums.packets[c] += frames;
        if (part >= 0)
          result->parts[part].packets[c] += frames;
      }
}

static void
settle_signatures (LensBook *book, const LensBookQuestions *ask, LensBookResult *result)
{
  for (guint32 i = 0; i < book->accounts.n; i++)
    {
      const Account *account = account_at (book, i);
      const LensAccountId both[] = { account->with, i };
      if (account->frames > 0)
        settle_set (both, 2, account->frames, ask, result);
    }
  for (gsize slot = 0; slot < lens_index_n_slots (&book->signatures); slot++)
    {
      guint32 number = lens_index_at (&book->signatures, slot);
      if (number == LENS_INDEX_NONE)
        continue;
      const Signature *signature = signature_at (book, number);
      settle_set (signature->accounts, signature->n, signature->frames, ask, result);
    }
}

static void
settle_bin (LensBookResult *result, LensClass class_, guint bin, guint32 octets)
{
  result->timeline[class_][bin] += octets;
  result->n_bins = MAX (result->n_bins, bin + 1);
}

static void
settle_accounts (LensBook *book, const LensBookQuestions *ask, LensBookResult *result)
{
  result->timeline_start = book->start_ns;
  result->timeline_bin = book->bin_ns;
  for (guint c = 0; c < LENS_N_CLASSES; c++)
    result->timeline[c] = g_new0 (guint64, LENS_BOOK_BINS);
  for (guint32 i = 0; i < book->accounts.n; i++)
    {
      const Account *account = account_at (book, i);
      LensClass class_ = ask->class_of (ask->data, i);
      gint part = ask->part_of (ask->data, i);
      if (account->bin_octets > 0)
        settle_bin (result, class_, account->bin, account->bin_octets);
      result->sums.bytes[class_] += octets_of (account);
      if (part >= 0)
        result->parts[part].bytes[class_] += octets_of (account);
    }
  for (guint i = 0; i < book->n_bins; i++)
    {
      BinEntry entry = book->bins[i];
      settle_bin (result, ask->class_of (ask->data, entry_account (entry)), entry_bin (entry),
                  entry_octets (entry));
    }
}

static gint
compare_frames (gconstpointer a, gconstpointer b)
{
  const Frame *const *x = a, *const *y = b;

  return (*x)->frame < (*y)->frame ? -1 : (*x)->frame > (*y)->frame;
}

static GPtrArray *
in_order (GHashTable *table)
{
  GPtrArray *frames = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (frames, value);
  g_ptr_array_sort (frames, compare_frames);
  return frames;
}

gboolean
lens_book_close (LensBook *book, const LensBookQuestions *ask, guint n_parts,
                 LensBookResult *result, char **problem)
{
  *result = (LensBookResult){ 0 };
  *problem = NULL;
  /* Those that no frame came to were never touched, and are not now. */
  for (guint i = 0; i < MIN (book->current + 1, RING); i++)
    leave_ring (book, &book->ring[i]);
  if (book->overbooked)
    *problem = g_strdup_printf ("octets of frame %" G_GUINT64_FORMAT " were booked twice",
                                book->overbooked_frame);
  else if (g_hash_table_size (book->waiting) > 0)
    {
      g_autoptr (GPtrArray) waiting = in_order (book->waiting);
      const Frame *first = g_ptr_array_index (waiting, 0);
      *problem = g_strdup_printf ("%u of %u octets of frame %" G_GUINT64_FORMAT " were booked",
                                  first->booked, first->captured, first->frame);
    }

  result->parts = g_new0 (LensBookSums, n_parts + 1);
  result->hidden_of_account = g_new0 (guint64, book->accounts.n + 1);
  settle_accounts (book, ask, result);
  settle_signatures (book, ask, result);

  g_autoptr (GPtrArray) frames = in_order (book->claimed);
  g_array_sort (book->claims, compare_claims);
  const Claim *claims = (const Claim *)book->claims->data;
  guint at = 0;
  for (guint i = 0; i < frames->len; i++)
    {
      Frame *frame = g_ptr_array_index (frames, i);
      while (at < book->claims->len && claims[at].frame < frame->frame)
        at++;
      guint end = at;
      while (end < book->claims->len && claims[end].frame == frame->frame)
        end++;
      if (*problem == NULL && !is_tiled (frame))
        *problem = g_strdup_printf ("spans of frame %" G_GUINT64_FORMAT " overlap", frame->frame);
      settle_frame (book, frame, claims + at, end - at, ask, result);
      at = end;
    }
  return *problem == NULL;
}

void
lens_book_result_clear (LensBookResult *result)
{
  for (guint c = 0; c < LENS_N_CLASSES; c++)
    g_clear_pointer (&result->timeline[c], g_free);
  g_clear_pointer (&result->parts, g_free);
  g_clear_pointer (&result->hidden_of_account, g_free);
}

void
lens_book_preview (const LensBook *book, const LensBookQuestions *ask, guint64 into[LENS_N_CLASSES])
{
  memset (into, 0, LENS_N_CLASSES * sizeof into[0]);
  for (guint32 i = 0; i < book->accounts.n; i++)
    into[ask->class_of (ask->data, i)] += octets_of (account_at (book, i));
}
