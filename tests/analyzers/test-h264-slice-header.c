/* Fields of slice headers: what encoders do is quiet, what they have no reason for is found. */
#include "tests/analyzers/build-h264.h"

/* @list and @marking: the two syntax structures, as bits. */
static guint64
put_lists (Stream *stream, const char *list, const char *marking)
{
  GString *bits = g_string_new ("1"
                                "00110"
                                "1");

  put_bits (bits, stream->number++ & 15, 4);
  g_string_append_printf (bits, "0%s%s11", list, marking);
  g_string_append (bits, "111");
  return put_slice (stream, 0x41, bits);
}

/* @filter: disable_deblocking_filter_idc; frame_num is what was expected and @jump. */
static guint64
put_picture (Stream *stream, guint jump, guint filter)
{
  GString *bits = g_string_new ("1"
                                "00110"
                                "1");

  put_bits (bits, (stream->number++ + jump) & 15, 4);
  g_string_append (bits, "00"
                         "0"
                         "1");
  put_ue (bits, filter);
  if (filter != 1)
    g_string_append (bits, "11");
  return put_slice (stream, 0x41, bits);
}

static void
filters_without_a_reason_are_found (void)
{
  Stream stream = stream_new ("h264-slice-header");
  g_autoptr (Build) build = stream.build;

  put_key (&stream, 0);
  for (guint i = 0; i < 120; i++)
    put_picture (&stream, 0, i % 7 == 5 || i % 11 == 3 ? 1 : 0);
  const LensFindingRow *finding
      = build_found (build, "h264-slice-header-choices", LENS_SEVERITY_MEDIUM);
  g_assert_nonnull (strstr (finding->detail, "disable_deblocking_filter_idc"));
}

static void
numbers_that_jump_are_found_but_not_those_of_a_slow_server (void)
{
  Stream stream = stream_new ("h264-slice-header"), slow = stream_new ("h264-slice-header");
  g_autoptr (Build) build = stream.build;
  g_autoptr (Build) honest = slow.build;

  put_key (&stream, 0);
  put_key (&slow, 0);
  for (guint i = 0; i < 120; i++)
    {
      put_picture (&stream, i % 9 == 4 ? 3 + i % 7 : 0, 0);
      if (i % 9 == 4)
        {
          slow.number += 2;
          slow.timestamp += 2 * 3600;
        }
      put_picture (&slow, 0, 0);
    }
  build_found (build, "h264-slice-header-choices", LENS_SEVERITY_MEDIUM);
  build_quiet (honest, "h264-slice-header-choices");
}

/* Untouched; the last picture first, from below and from above (by 15 of 16). */
static const char *const same_lists[] = { "0", "11100100", "1010000111100100" };

static void
lists_that_stay_in_several_ways_are_found (void)
{
  Stream stream = stream_new ("h264-slice-header"), calm = stream_new ("h264-slice-header");
  g_autoptr (Build) build = stream.build;
  g_autoptr (Build) honest = calm.build;

  put_key (&stream, 0);
  put_key (&calm, 0);
  for (guint i = 0; i < 120; i++)
    {
      put_lists (&stream, same_lists[i * i % 7 % 3], "0");
      /* The same each time, but for the picture before the last where the content wants it. */
      put_lists (&calm, i * i % 7 == 2 ? "1101000100" : same_lists[1], "0");
    }
  const LensFindingRow *finding
      = build_found (build, "h264-slice-header-choices", LENS_SEVERITY_MEDIUM);
  g_assert_nonnull (strstr (finding->detail, "modifies nothing"));
  build_quiet (honest, "h264-slice-header-choices");
}

/* memory_management_control_operation 4 (00101), and its number. */
static void
ranges_of_long_terms_that_wander_are_found (void)
{
  static const char *const ranges[] = { "10010111", "1001010101", "1001010111" };
  Stream stream = stream_new ("h264-slice-header"), calm = stream_new ("h264-slice-header");
  g_autoptr (Build) build = stream.build;
  g_autoptr (Build) honest = calm.build;

  put_key (&stream, 0);
  put_key (&calm, 0);
  for (guint i = 0; i < 120; i++)
    {
      put_lists (&stream, "0", ranges[i * i % 7 % 3]);
      /* One range for the whole sequence, and pictures that go when the encoder likes (1). */
      put_lists (&calm, "0", i * i % 7 == 2 ? "10100111" : i % 10 == 0 ? ranges[1] : "0");
    }
  const LensFindingRow *finding
      = build_found (build, "h264-slice-header-choices", LENS_SEVERITY_MEDIUM);
  g_assert_nonnull (strstr (finding->detail, "max_long_term_frame_idx_plus1"));
  build_quiet (honest, "h264-slice-header-choices");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h264-slice-header/" name, function)
  CASE ("filters-without-a-reason-are-found", filters_without_a_reason_are_found);
  CASE ("numbers-that-jump-are-found-but-not-those-of-a-slow-server",
        numbers_that_jump_are_found_but_not_those_of_a_slow_server);
  CASE ("lists-that-stay-in-several-ways-are-found", lists_that_stay_in_several_ways_are_found);
  CASE ("ranges-of-long-terms-that-wander-are-found", ranges_of_long_terms_that_wander_are_found);
  return g_test_run ();
}
