#include "wire/unpack.h"

#include <errno.h>
#include <zlib.h>

#include "capture-octets.h"

#define TEXT "what lay in the file before it was packed"

/* --- what a packer would write, stored so that it can be read here --- */

/* RFC 1952 section 2.3, with one stored block of RFC 1951 section 3.2.4. */
static void
put_member (GByteArray *into, const char *text)
{
  static const guint8 header[10] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255 };
  gsize length = strlen (text);

  g_byte_array_append (into, header, sizeof header);
  g_byte_array_append (into, (const guint8 *)"\x01", 1); /* the last block, stored */
  put16 (into, (guint16)length, FALSE);
  put16 (into, (guint16)~length, FALSE);
  g_byte_array_append (into, (const guint8 *)text, (guint)length);
  put32 (into, (guint32)crc32 (0, (const guint8 *)text, (uInt)length), FALSE);
  put32 (into, (guint32)length, FALSE);
}

/* RFC 8878 section 3.1.1: single segment with one octet of content size; two raw blocks. */
static void
put_frame (GByteArray *into, const char *text)
{
  gsize length = strlen (text), half = length / 2;
  const guint8 header[6] = { 0x28, 0xb5, 0x2f, 0xfd, 0x20, (guint8)length };
  const guint8 first[3] = { (guint8)(half << 3), (guint8)(half >> 5), 0 };
  gsize rest = length - half;
  const guint8 second[3] = { (guint8)(rest << 3 | 1), (guint8)(rest >> 5), 0 };

  g_byte_array_append (into, header, sizeof header);
  g_byte_array_append (into, first, sizeof first);
  g_byte_array_append (into, (const guint8 *)text, (guint)half);
  g_byte_array_append (into, second, sizeof second);
  g_byte_array_append (into, (const guint8 *)text + half, (guint)rest);
}

/* RFC 8878 section 3.1.2. */
static void
put_skippable (GByteArray *into)
{
  put32 (into, 0x184d2a50, FALSE);
  put32 (into, 4, FALSE);
  put32 (into, 0, FALSE);
}

static void
put (GByteArray *into, LensPacking packing, const char *text)
{
  if (packing == LENS_PACKING_GZIP)
    put_member (into, text);
  else
    put_frame (into, text);
}

/* --- what comes out --- */

typedef struct
{
  GByteArray *octets;
  char *problem; /* or NULL */
  guint64 offset;
  int error; /* errno, or 0 */
} Unpacked;

static Unpacked
unpack (LensPacking packing, const GByteArray *packed, gsize chunk, gsize room, int error)
{
  Stream stream = { packed->data, packed->len, chunk, error };
  guint8 first[4];
  gssize given = stream_read (&stream, first, sizeof first), got;
  g_autoptr (LensUnpack) unpack
      = lens_unpack_new (packing, first, (gsize)MAX (given, 0), stream_read, &stream);
  Unpacked result = { .octets = g_byte_array_new () };
  g_autofree guint8 *into = g_malloc (room);

  while ((got = lens_unpack_read (unpack, into, room)) > 0)
    g_byte_array_append (result.octets, into, (guint)got);
  result.error = got < 0 ? errno : 0;
  result.problem = g_strdup (lens_unpack_problem (unpack));
  result.offset = lens_unpack_offset (unpack);
  return result;
}

static void
unpacked_clear (Unpacked *unpacked)
{
  g_byte_array_unref (unpacked->octets);
  g_free (unpacked->problem);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Unpacked, unpacked_clear)

/* --- */

static void
knows_the_first_octets (void)
{
  g_assert_cmpint (lens_packing_of ((const guint8 *)"\x1f\x8b", 2), ==, LENS_PACKING_GZIP);
  g_assert_cmpint (lens_packing_of ((const guint8 *)"\x28\xb5\x2f\xfd", 4), ==, LENS_PACKING_ZSTD);
  g_assert_cmpint (lens_packing_of ((const guint8 *)"\x5a\x2a\x4d\x18", 4), ==, LENS_PACKING_ZSTD);
  g_assert_cmpint (lens_packing_of ((const guint8 *)"\x28\xb5\x2f", 3), ==, LENS_PACKING_NONE);
  g_assert_cmpint (lens_packing_of ((const guint8 *)"\x1f", 1), ==, LENS_PACKING_NONE);
  g_assert_cmpint (lens_packing_of (NULL, 0), ==, LENS_PACKING_NONE);
}

static void
members_and_frames_follow_each_other (void)
{
  static const gsize rooms[] = { 1, 7, 4096 };

  for (int packing = LENS_PACKING_GZIP; packing <= LENS_PACKING_ZSTD; packing++)
    for (gsize i = 0; i < 9; i++)
      {
        g_autoptr (GByteArray) packed = g_byte_array_new ();
        if (packing == LENS_PACKING_ZSTD)
          put_skippable (packed);
        put (packed, packing, TEXT);
        put (packed, packing, "");
        put (packed, packing, TEXT);
        if (packing == LENS_PACKING_ZSTD)
          put_skippable (packed);
        else
          put32 (packed, 0, FALSE); /* padding of a tape */
        g_auto (Unpacked) result = unpack (packing, packed, rooms[i / 3], rooms[i % 3], 0);
        g_assert_cmpmem (result.octets->data, result.octets->len, TEXT TEXT, strlen (TEXT TEXT));
        g_assert_cmpstr (result.problem, ==, NULL);
        g_assert_cmpuint (result.offset, ==, packed->len);
      }
}

static void
what_comes_before_an_early_end_is_good (void)
{
  for (int packing = LENS_PACKING_GZIP; packing <= LENS_PACKING_ZSTD; packing++)
    {
      g_autoptr (GByteArray) packed = g_byte_array_new ();
      put (packed, packing, TEXT);
      guint one = packed->len;
      put (packed, packing, TEXT);
      for (guint cut = packed->len; cut >= 4; cut--)
        {
          g_autoptr (GByteArray) part = g_byte_array_new ();
          g_byte_array_append (part, packed->data, cut);
          g_auto (Unpacked) result = unpack (packing, part, 4096, 4096, 0);
          g_auto (Unpacked) steps = unpack (packing, part, 1, 5, 0);
          g_assert_true ((result.problem == NULL) == (cut == one || cut == packed->len));
          g_assert_cmpmem (result.octets->data, result.octets->len, TEXT TEXT, result.octets->len);
          g_assert_true (cut < one || result.octets->len >= strlen (TEXT));
          g_assert_cmpmem (steps.octets->data, steps.octets->len, result.octets->data,
                           result.octets->len);
          g_assert_cmpstr (steps.problem, ==, result.problem);
          g_assert_cmpuint (steps.offset, ==, result.offset);
        }
    }
}

/* The first half of the second frame's text is in a block of its own. */
static void
blocks_before_a_damaged_one_are_good (void)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  put_frame (packed, TEXT);
  put_frame (packed, TEXT);
  gsize half = strlen (TEXT) / 2;
  packed->data[packed->len / 2 + 6 + 3 + half] |= 6; /* block type 3 is reserved */
  g_auto (Unpacked) result = unpack (LENS_PACKING_ZSTD, packed, 4096, 4096, 0);

  g_assert_cmpuint (result.octets->len, ==, strlen (TEXT) + half);
  g_assert_nonnull (strstr (result.problem, "the Zstandard data are damaged ("));
}

static void
a_sum_that_differs_is_told (void)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  put_member (packed, TEXT);
  packed->data[packed->len - 8] ^= 1;
  g_auto (Unpacked) result = unpack (LENS_PACKING_GZIP, packed, 4096, 4096, 0);

  g_assert_cmpuint (result.octets->len, ==, strlen (TEXT));
  g_assert_cmpstr (result.problem, ==, "the gzip data are damaged (incorrect data check)");
}

static void
what_follows_is_told (void)
{
  for (int packing = LENS_PACKING_GZIP; packing <= LENS_PACKING_ZSTD; packing++)
    {
      g_autoptr (GByteArray) packed = g_byte_array_new ();
      put (packed, packing, TEXT);
      guint64 end = packed->len;
      g_byte_array_append (packed, (const guint8 *)"and more", 8);
      g_auto (Unpacked) result = unpack (packing, packed, 3, 4096, 0);
      g_assert_cmpuint (result.octets->len, ==, strlen (TEXT));
      g_assert_true (g_str_has_suffix (result.problem, "are followed by something else"));
      g_assert_cmpuint (result.offset, ==, end);
    }
}

static void
a_failed_read_is_passed_on (void)
{
  for (int packing = LENS_PACKING_GZIP; packing <= LENS_PACKING_ZSTD; packing++)
    {
      g_autoptr (GByteArray) packed = g_byte_array_new ();
      put (packed, packing, TEXT);
      for (guint cut = 0; cut < 3; cut++)
        {
          g_auto (Unpacked) result = unpack (packing, packed, 3, 4096, EIO);
          g_assert_cmpint (result.error, ==, EIO);
          g_assert_cmpstr (result.problem, ==, NULL);
          g_byte_array_set_size (packed, packed->len - 9);
        }
    }
}

/* 3 octets of an RLE block stand for 128 KiB (RFC 8878 section 3.1.1.2.3). */
static void
nothing_grows_with_what_comes_out (void)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_byte_array_append (packed, (const guint8 *)"\x28\xb5\x2f\xfd\x00\x38", 6);
  for (guint i = 0; i < 8192; i++)
    g_byte_array_append (packed, (const guint8 *)(i < 8191 ? "\x02\x00\x10\0" : "\x03\x00\x10\0"),
                         4);
  Stream stream = { packed->data, packed->len, G_MAXSIZE, 0 };
  g_autoptr (LensUnpack) unpack
      = lens_unpack_new (LENS_PACKING_ZSTD, NULL, 0, stream_read, &stream);
  guint8 into[4096];
  guint64 count = 0;
  gssize got;

  while ((got = lens_unpack_read (unpack, into, sizeof into)) > 0)
    count += (guint64)got;
  g_assert_cmpstr (lens_unpack_problem (unpack), ==, NULL);
  g_assert_cmpuint (count, ==, G_GUINT64_CONSTANT (1) << 30);
}

/* RFC 8878 section 3.1.1.1.2: exponent 18 stands for 256 MiB. */
static void
a_window_that_is_too_large_is_refused (void)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_byte_array_append (packed, (const guint8 *)"\x28\xb5\x2f\xfd\x00\x90\x01\x00\x00", 9);
  g_auto (Unpacked) result = unpack (LENS_PACKING_ZSTD, packed, 4096, 4096, 0);

  g_assert_nonnull (strstr (result.problem, "too much memory"));
  packed->data[5] = 0x88; /* exponent 17: 128 MiB */
  g_auto (Unpacked) good = unpack (LENS_PACKING_ZSTD, packed, 4096, 4096, 0);
  g_assert_cmpstr (good.problem, ==, NULL);
}

static void
flipped_bits_end_well (void)
{
  for (int packing = LENS_PACKING_GZIP; packing <= LENS_PACKING_ZSTD; packing++)
    {
      g_autoptr (GByteArray) packed = g_byte_array_new ();
      put (packed, packing, TEXT);
      put (packed, packing, TEXT);
      for (guint bit = 0; bit < packed->len * 8; bit++)
        {
          packed->data[bit / 8] ^= (guint8)(1 << bit % 8);
          g_auto (Unpacked) result = unpack (packing, packed, 64, 100, 0);
          g_assert_cmpuint (result.offset, <=, packed->len);
          packed->data[bit / 8] ^= (guint8)(1 << bit % 8);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/unpack/" name, function)
  ADD ("knows-the-first-octets", knows_the_first_octets);
  ADD ("members-and-frames-follow-each-other", members_and_frames_follow_each_other);
  ADD ("what-comes-before-an-early-end-is-good", what_comes_before_an_early_end_is_good);
  ADD ("blocks-before-a-damaged-one-are-good", blocks_before_a_damaged_one_are_good);
  ADD ("a-sum-that-differs-is-told", a_sum_that_differs_is_told);
  ADD ("what-follows-is-told", what_follows_is_told);
  ADD ("a-failed-read-is-passed-on", a_failed_read_is_passed_on);
  ADD ("nothing-grows-with-what-comes-out", nothing_grows_with_what_comes_out);
  ADD ("a-window-that-is-too-large-is-refused", a_window_that_is_too_large_is_refused);
  ADD ("flipped-bits-end-well", flipped_bits_end_well);
  return g_test_run ();
}
