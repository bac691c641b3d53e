/* Where units are cut: as everybody does, or as a message asks. */
#include "tests/analyzers/build.h"

/* One NAL unit of @length octets behind its header, in parts of @sizes (the last one over and
 * over); returns the first frame. */
static guint64
send_unit (Build *build, guint16 *sequence, guint32 stamp, gsize length, const gsize *sizes,
           guint n_sizes)
{
  guint64 first = 0;
  guint count = 0;

  for (gsize at = 0, size; at < length; at += size, count++)
    {
      size = MIN (sizes[MIN (count, n_sizes - 1)], length - at);
      gboolean last = at + size == length;
      GByteArray *payload = build_hex ("7c");
      const guint8 head = (guint8)((at == 0 ? 0x80 : 0) | (last ? 0x40 : 0) | 5);
      g_byte_array_append (payload, &head, 1);
      guint64 frame = build_media (
          build, CAMERA, 0, FALSE,
          build_rtp ((BuildRtp){ .marker = last,
                                 .payload_type = 96,
                                 .sequence = (*sequence)++,
                                 .timestamp = stamp,
                                 .ssrc = 0xaaaa,
                                 .payload = build_join (payload, build_filled (0x5c, size)) }));
      if (first == 0)
        first = frame;
    }
  return first;
}

typedef enum
{
  FULL,
  EQUAL,     /* as few parts as fit, of one size */
  SWITCHED,  /* another size from the middle on */
  SHORTENED, /* the second part is short in one unit of three */
  CHOSEN,    /* each unit has a size of its own */
} Way;

static Build *
stream (Way way)
{
  Build *build = build_new ("rtp-sizes");
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  guint16 sequence = 0;

  build_session (build, build_sdp_h264, FALSE, "");
  for (guint32 i = 0; i < 200; i++)
    {
      gsize length = (gsize)g_rand_int_range (random, 3000, 9000);
      gsize sizes[3] = { 1000, 1000, 1000 };
      if (way == EQUAL)
        sizes[0] = sizes[1] = sizes[2] = (length + length / 1000) / (length / 1000 + 1);
      if (way == SWITCHED && i > 90)
        sizes[0] = sizes[1] = sizes[2] = 900;
      if (way == SHORTENED && i % 3 == 0)
        sizes[1] = (gsize)g_rand_int_range (random, 990, 1000);
      if (way == CHOSEN && i > 20)
        sizes[0] = sizes[1] = sizes[2] = (gsize)g_rand_int_range (random, 900, 1000);
      send_unit (build, &sequence, 3600 * i, length, sizes, 3);
    }
  return build;
}

static void
short_parts_are_found (void)
{
  g_autoptr (Build) build = stream (SHORTENED);
  const LensFindingRow *finding = build_found (build, "rtp-size-modulation", LENS_SEVERITY_MEDIUM);

  g_assert_cmpuint (finding->frame_count, >=, 67);
}

static void
sizes_chosen_for_each_unit_are_found (void)
{
  g_autoptr (Build) build = stream (CHOSEN);

  build_found (build, "rtp-size-modulation", LENS_SEVERITY_MEDIUM);
}

/* Behind more units than are judged together. */
static void
short_parts_are_found_late_in_a_capture (void)
{
  g_autoptr (Build) build = build_new ("rtp-sizes");
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  guint16 sequence = 0;

  build_session (build, build_sdp_h264, FALSE, "");
  for (guint32 i = 0; i < 5000; i++)
    {
      gsize sizes[3] = { 1000, 1000, 1000 };
      if (i >= 4700 && i % 3 == 0)
        sizes[1] = (gsize)g_rand_int_range (random, 990, 1000);
      send_unit (build, &sequence, 3600 * i, 3500, sizes, 3);
    }
  const LensFindingRow *finding = build_found (build, "rtp-size-modulation", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, >=, 100);
}

static void
full_packets_have_no_finding (void)
{
  g_autoptr (Build) build = stream (FULL);

  g_assert_null (build_finding (build, "rtp-size-modulation"));
}

static void
equal_parts_have_no_finding (void)
{
  g_autoptr (Build) build = stream (EQUAL);

  g_assert_null (build_finding (build, "rtp-size-modulation"));
}

static void
another_size_from_then_on_has_no_finding (void)
{
  g_autoptr (Build) build = stream (SWITCHED);

  g_assert_null (build_finding (build, "rtp-size-modulation"));
}

/* JPEG in two parts; one first part in five has the tables, all have the same data. */
static void
tables_now_and_then_have_no_finding (void)
{
  g_autoptr (Build) build = build_new ("rtp-sizes");
  g_autoptr (GRand) random = g_rand_new_with_seed (8);

  build_session (build, build_sdp_jpeg, FALSE, "");
  for (guint16 i = 0; i < 200; i++)
    for (guint part = 0; part < 2; part++)
      {
        GByteArray *head = build_hex (part > 0     ? "000003e8 01c8281e"
                                      : i % 5 == 0 ? "00000000 01c8281e 00000080"
                                                   : "00000000 01c8281e 00000000");
        gsize data = part == 0 ? 1000 : (gsize)g_rand_int_range (random, 200, 260);
        if (part == 0 && i % 5 == 0)
          head = build_join (head, build_filled (0x10, 128));
        build_media (
            build, CAMERA, 0, FALSE,
            build_rtp ((BuildRtp){ .marker = part == 1,
                                   .payload_type = 26,
                                   .sequence = (guint16)(2 * i + part),
                                   .timestamp = 6000u * i,
                                   .ssrc = 0xaaaa,
                                   .payload = build_join (head, build_filled (0x5c, data)) }));
      }
  g_assert_null (build_finding (build, "rtp-size-modulation"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtp-sizes/" name, function)
  CASE ("short-parts-are-found", short_parts_are_found);
  CASE ("short-parts-are-found-late-in-a-capture", short_parts_are_found_late_in_a_capture);
  CASE ("sizes-chosen-for-each-unit-are-found", sizes_chosen_for_each_unit_are_found);
  CASE ("full-packets-have-no-finding", full_packets_have_no_finding);
  CASE ("equal-parts-have-no-finding", equal_parts_have_no_finding);
  CASE ("another-size-from-then-on-has-no-finding", another_size_from_then_on_has_no_finding);
  CASE ("tables-now-and-then-have-no-finding", tables_now_and_then_have_no_finding);
  return g_test_run ();
}
