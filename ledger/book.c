#include "ledger/book-parts.h"

#include <string.h>

/* Frames ahead whose place in the ring is fetched: it was last touched megabytes ago. */
#define AHEAD 4
#define MAX_CLAIMS (4 * 1000 * 1000)

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

guint64
lens_book_octets (const LensBook *book, LensAccountId account)
{
  return octets_of (account_at (book, account));
}

void
lens_book_leave_ring (LensBook *book, Frame *frame)
{
  if (frame->frame == 0)
    return;
  if (frame->booked == frame->captured && !frame->claimed)
    {
      lens_book_fold (book, frame);
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

static gint
compare_bins (gconstpointer a, gconstpointer b)
{
  const BinEntry *x = a, *y = b;

  return *x < *y ? -1 : *x > *y;
}

/* Joins entries of one account and bin. */
static void
compact_bins (LensBook *book)
{
  BinEntry *entries = book->bins;
  guint kept = 0;

  if (book->n_bins == 0)
    return;
  qsort (entries, book->n_bins, sizeof *entries, compare_bins);
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
  lens_book_leave_ring (book, frame);
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
          lens_book_fold (book, frame);
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
