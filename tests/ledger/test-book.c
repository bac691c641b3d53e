#include "ledger/book.h"

/* Accounts 0 and 1 are video and overhead; every claim of carrier 7 holds. */
static LensClass
class_of (gpointer data, LensAccountId account)
{
  return account == 0 ? LENS_CLASS_DECLARED_VIDEO : LENS_CLASS_NETWORK_OVERHEAD;
}

static gint
part_of (gpointer data, LensAccountId account)
{
  return account == 0 ? 0 : -1;
}

static gboolean
claim_holds (gpointer data, guint32 carrier, LensAccountId account)
{
  return carrier == 7 && account == 0;
}

static const LensBookQuestions questions
    = { .class_of = class_of, .part_of = part_of, .claim_holds = claim_holds };

static void
octets_land_in_their_class_once (void)
{
  LensBook *book = lens_book_new ();
  LensBookResult result;
  char *problem;

  g_assert_cmpuint (lens_book_account (book), ==, 0);
  g_assert_cmpuint (lens_book_account (book), ==, 1);
  for (guint64 frame = 1; frame <= 100000; frame++)
    {
      lens_book_open_frame (book, frame, (gint64)frame * 1000000, 100);
      lens_book_piece (book, 1, &(LensPiece){ frame, 0, 54 });
      lens_book_piece (book, 0, &(LensPiece){ frame, 54, 46 });
    }
  g_assert_true (lens_book_close (book, &questions, 1, &result, &problem));
  g_assert_cmpuint (result.sums.bytes[LENS_CLASS_DECLARED_VIDEO], ==, 4600000);
  g_assert_cmpuint (result.sums.bytes[LENS_CLASS_NETWORK_OVERHEAD], ==, 5400000);
  g_assert_cmpuint (result.sums.packets[LENS_CLASS_DECLARED_VIDEO], ==, 100000);
  g_assert_cmpuint (result.parts[0].packets[LENS_CLASS_DECLARED_VIDEO], ==, 100000);
  g_assert_cmpuint (result.n_bins, <=, LENS_BOOK_BINS);
  guint64 sum = 0;
  for (guint bin = 0; bin < result.n_bins; bin++)
    sum += result.timeline[LENS_CLASS_DECLARED_VIDEO][bin];
  g_assert_cmpuint (sum, ==, 4600000);
  lens_book_result_clear (&result);
  lens_book_free (book);
}

static void
overlapping_claims_move_an_octet_once (void)
{
  LensBook *book = lens_book_new ();
  LensBookResult result;
  char *problem;

  lens_book_account (book);
  lens_book_account (book);
  lens_book_open_frame (book, 1, 5, 60);
  lens_book_claim (book, 7, &(LensPiece){ 1, 50, 10 });
  lens_book_piece (book, 1, &(LensPiece){ 1, 0, 40 });
  lens_book_piece (book, 0, &(LensPiece){ 1, 40, 20 });
  lens_book_claim (book, 7, &(LensPiece){ 1, 55, 5 });
  lens_book_claim (book, 7, &(LensPiece){ 1, 45, 7 });
  lens_book_claim (book, 8, &(LensPiece){ 1, 40, 2 });
  lens_book_claim (book, 7, &(LensPiece){ 1, 10, 30 });
  g_assert_true (lens_book_close (book, &questions, 1, &result, &problem));
  g_assert_cmpuint (result.sums.bytes[LENS_CLASS_HIDDEN], ==, 15);
  g_assert_cmpuint (result.sums.bytes[LENS_CLASS_DECLARED_VIDEO], ==, 5);
  g_assert_cmpuint (result.sums.packets[LENS_CLASS_HIDDEN], ==, 1);
  g_assert_cmpuint (result.hidden_of_account[0], ==, 15);
  lens_book_result_clear (&result);
  lens_book_free (book);
}

static void
an_emptied_class_loses_the_frame (void)
{
  LensBook *book = lens_book_new ();
  LensBookResult result;
  char *problem;

  lens_book_account (book);
  lens_book_account (book);
  lens_book_open_frame (book, 3, 5, 10);
  lens_book_piece (book, 1, &(LensPiece){ 3, 0, 4 });
  lens_book_piece (book, 0, &(LensPiece){ 3, 4, 6 });
  lens_book_claim (book, 7, &(LensPiece){ 3, 4, 6 });
  g_assert_true (lens_book_close (book, &questions, 1, &result, &problem));
  g_assert_cmpuint (result.sums.packets[LENS_CLASS_DECLARED_VIDEO], ==, 0);
  g_assert_cmpuint (result.sums.packets[LENS_CLASS_HIDDEN], ==, 1);
  g_assert_cmpuint (result.sums.packets[LENS_CLASS_NETWORK_OVERHEAD], ==, 1);
  lens_book_result_clear (&result);
  lens_book_free (book);
}

static void
octets_may_come_long_after_their_frame (void)
{
  LensBook *book = lens_book_new ();
  LensBookResult result;
  char *problem;

  lens_book_account (book);
  lens_book_account (book);
  for (guint64 frame = 1; frame <= 70000; frame++)
    {
      lens_book_open_frame (book, frame, (gint64)frame, 10);
      if (frame != 5)
        lens_book_piece (book, 1, &(LensPiece){ frame, 0, 10 });
    }
  lens_book_claim (book, 7, &(LensPiece){ 5, 2, 3 });
  lens_book_piece (book, 0, &(LensPiece){ 5, 0, 10 });
  g_assert_true (lens_book_close (book, &questions, 1, &result, &problem));
  g_assert_cmpuint (result.sums.bytes[LENS_CLASS_HIDDEN], ==, 3);
  g_assert_cmpuint (result.sums.bytes[LENS_CLASS_DECLARED_VIDEO], ==, 7);
  lens_book_result_clear (&result);
  lens_book_free (book);
}

static void
what_is_not_booked_is_noticed (void)
{
  LensBook *book = lens_book_new ();
  LensBookResult result;
  char *problem;

  lens_book_account (book);
  lens_book_account (book);
  lens_book_open_frame (book, 1, 5, 10);
  lens_book_piece (book, 1, &(LensPiece){ 1, 0, 9 });
  g_assert_false (lens_book_close (book, &questions, 0, &result, &problem));
  g_assert_cmpstr (problem, ==, "9 of 10 octets of frame 1 were booked");
  g_free (problem);
  lens_book_result_clear (&result);
  lens_book_free (book);
}

static void
booking_twice_is_noticed (void)
{
  LensBook *book = lens_book_new ();
  LensBookResult result;
  char *problem;

  lens_book_account (book);
  lens_book_account (book);
  lens_book_open_frame (book, 1, 5, 10);
  lens_book_piece (book, 1, &(LensPiece){ 1, 0, 10 });
  lens_book_piece (book, 0, &(LensPiece){ 1, 4, 1 });
  g_assert_false (lens_book_close (book, &questions, 0, &result, &problem));
  g_assert_cmpstr (problem, ==, "octets of frame 1 were booked twice");
  g_free (problem);
  lens_book_result_clear (&result);
  lens_book_free (book);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/book/octets-land-in-their-class-once", octets_land_in_their_class_once);
  g_test_add_func ("/ledger/book/overlapping-claims-move-an-octet-once",
                   overlapping_claims_move_an_octet_once);
  g_test_add_func ("/ledger/book/an-emptied-class-loses-the-frame",
                   an_emptied_class_loses_the_frame);
  g_test_add_func ("/ledger/book/octets-may-come-long-after-their-frame",
                   octets_may_come_long_after_their_frame);
  g_test_add_func ("/ledger/book/what-is-not-booked-is-noticed", what_is_not_booked_is_noticed);
  g_test_add_func ("/ledger/book/booking-twice-is-noticed", booking_twice_is_noticed);
  return g_test_run ();
}
