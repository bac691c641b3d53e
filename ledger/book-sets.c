/* The sets of accounts that frames touch. */
#include "ledger/book-parts.h"

#include <string.h>

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

static gint
compare_spans (gconstpointer a, gconstpointer b)
{
  const Span *x = a, *y = b;

  return x->offset < y->offset ? -1 : x->offset > y->offset;
}

gboolean
lens_book_is_tiled (Frame *frame)
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

void
lens_book_fold (LensBook *book, Frame *frame)
{
#ifdef LENS_AUDIT
  g_assert (lens_book_is_tiled (frame));
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
