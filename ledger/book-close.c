/* What a book comes to. */
#include "ledger/book-parts.h"

#include <string.h>

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
    lens_book_leave_ring (book, &book->ring[i]);
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
      if (*problem == NULL && !lens_book_is_tiled (frame))
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
