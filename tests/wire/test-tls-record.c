#include "wire/tls-record.h"

#include <string.h>

typedef struct
{
  LensTlsPart parts[16];
  gsize lengths[16];
  guint64 first[16], last[16]; /* octets' places */
  guint n;
} Seen;

static void
note (const LensTlsPart *part, const LensView *view, gpointer user)
{
  Seen *seen = user;
  gsize sum = 0;

  g_assert_cmpuint (seen->n, <, 16);
  for (gsize i = 0; i < view->n_pieces; i++)
    sum += view->pieces[i].length;
  g_assert_cmpuint (sum, ==, view->length);
  seen->parts[seen->n] = *part;
  seen->lengths[seen->n] = view->length;
  seen->first[seen->n] = view->pieces[0].offset;
  const LensPiece *end = &view->pieces[view->n_pieces - 1];
  seen->last[seen->n++] = end->offset + end->length;
}

static Seen
read_in (const guint8 *octets, gsize length, gsize size)
{
  Seen seen = { .n = 0 };
  LensTlsReader *reader = lens_tls_reader_new (note, &seen);

  for (gsize at = 0; at < length; at += size)
    {
      gsize count = MIN (size, length - at);
      g_autofree guint8 *exact = g_memdup2 (octets + at, count);
      const LensPiece piece = { 1, (guint32)at, (guint32)count };
      const LensView view = { exact, count, &piece, 1 };
      lens_tls_reader_feed (reader, &view);
    }
  lens_tls_reader_free (reader);
  return seen;
}

/* A hello of 6 octets and the front of a certificate in one record, its end in the next;
 * ChangeCipherSpec; a sealed handshake message; application data. */
static const guint8 talk[] = {
  22, 3, 3, 0, 12, 2,    0,    0, 2, 0xaa, 0xbb, 11, 0, 0, 4,  0xc0, 0xc1, /* 17 octets */
  22, 3, 3, 0, 2,  0xc2, 0xc3,                                             /* 24 */
  20, 3, 3, 0, 1,  1,                                                      /* 30 */
  22, 3, 3, 0, 10, 1,    2,    3, 4, 5,    6,    7,  8, 9, 10,             /* 45 */
  23, 3, 3, 0, 3,  1,    2,    3,                                          /* 53 */
};

static void
messages_and_records_are_given_whole (void)
{
  for (gsize size = 1; size <= sizeof talk; size++)
    {
      Seen seen = read_in (talk, sizeof talk, size);
      g_assert_cmpuint (seen.n, ==, 5);
      g_assert_cmpint (seen.parts[0].message_type, ==, 2);
      g_assert_cmpuint (seen.lengths[0], ==, 6);
      g_assert_cmpuint (seen.first[0], ==, 5);
      /* Around the head of the record between its parts. */
      g_assert_cmpint (seen.parts[1].message_type, ==, 11);
      g_assert_cmpuint (seen.lengths[1], ==, 8);
      g_assert_cmpuint (seen.first[1], ==, 11);
      g_assert_cmpuint (seen.last[1], ==, 24);
      g_assert_cmpint (seen.parts[2].content_type, ==, 20);
      g_assert_false (seen.parts[2].encrypted);
      g_assert_cmpint (seen.parts[3].kind, ==, LENS_TLS_PART_RECORD);
      g_assert_true (seen.parts[3].encrypted);
      g_assert_cmpuint (seen.parts[3].length, ==, 10);
      g_assert_cmpuint (seen.lengths[3], ==, 13);
      g_assert_cmpint (seen.parts[4].content_type, ==, 23);
      g_assert_cmpuint (seen.lengths[4], ==, 8);
    }
}

/* Ten messages that are their heads alone. */
static void
many_messages_may_share_a_record (void)
{
  guint8 octets[5 + 40] = { 22, 3, 3, 0, 40 };

  for (guint i = 0; i < 10; i++)
    octets[5 + 4 * i] = (guint8)(14 + i);
  for (gsize size = 1; size <= sizeof octets; size++)
    {
      Seen seen = read_in (octets, sizeof octets, size);
      g_assert_cmpuint (seen.n, ==, 10);
      for (guint i = 0; i < 10; i++)
        {
          g_assert_cmpint (seen.parts[i].message_type, ==, 14 + i);
          g_assert_cmpuint (seen.lengths[i], ==, 4);
          g_assert_cmpuint (seen.first[i], ==, 5 + 4 * i);
        }
    }
}

/* A length of one octet more than is held, and a whole message behind it. */
static void
too_long_a_message_is_passed_over (void)
{
  static const guint8 octets[] = { 22, 3, 3, 0, 10, 11, 1, 0xff, 0xfd, 9,  9, 14, 0, 0, 0,
                                   22, 3, 3, 0, 4,  14, 0, 0,    0,    20, 3, 3,  0, 1, 1 };

  for (gsize size = 1; size <= sizeof octets; size++)
    {
      Seen seen = read_in (octets, sizeof octets, size);
      g_assert_cmpuint (seen.n, ==, 1);
      g_assert_cmpint (seen.parts[0].content_type, ==, 20);
    }
}

static void
what_is_no_record_ends_it (void)
{
  static const guint8 octets[] = { 23, 3, 3, 0, 1, 9, 'G', 'E', 'T', ' ', '/', 23, 3, 3, 0, 0 };

  g_assert_cmpuint (read_in (octets, sizeof octets, 4).n, ==, 1);
}

static void
random_octets_do_no_harm (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (9);

  for (guint round = 0; round < 2000; round++)
    {
      guint8 octets[64];
      for (gsize i = 0; i < sizeof octets; i++)
        octets[i] = (guint8)g_rand_int (random);
      octets[0] = (guint8)(20 + round % 5);
      octets[1] = octets[2] = 3;
      octets[3] = 0;
      octets[4] &= 0x0f;
      read_in (octets, sizeof octets, 1 + round % 7);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/tls-record/messages-and-records-are-given-whole",
                   messages_and_records_are_given_whole);
  g_test_add_func ("/wire/tls-record/many-messages-may-share-a-record",
                   many_messages_may_share_a_record);
  g_test_add_func ("/wire/tls-record/too-long-a-message-is-passed-over",
                   too_long_a_message_is_passed_over);
  g_test_add_func ("/wire/tls-record/what-is-no-record-ends-it", what_is_no_record_ends_it);
  g_test_add_func ("/wire/tls-record/random-octets-do-no-harm", random_octets_do_no_harm);
  return g_test_run ();
}
