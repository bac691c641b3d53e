/* Fragments that contradict each other, and sizes that speak. */
#include "tests/analyzers/build-network.h"

#define MORE 0x2000

static guint64
send_part (Build *build, guint16 id, guint offset, guint16 flags, GByteArray *payload)
{
  return build_ip4 (build, CAMERA,
                    (BuildIp4){ .protocol = 17,
                                .id = id,
                                .fragment = (guint16)(flags | offset / 8),
                                .payload = payload });
}

/* UDP to port 5000 of @length octets in all, from @from on. */
static GByteArray *
part_of (guint length, guint from, guint octets)
{
  GByteArray *part = g_byte_array_new ();
  const guint8 header[8] = { 0x17, 0x70, 0x13, 0x88, (guint8)(length >> 8), (guint8)length, 0, 0 };

  for (guint i = from; i < from + octets; i++)
    {
      guint8 octet = i < sizeof header ? header[i] : (guint8)(i * 7);
      g_byte_array_append (part, &octet, 1);
    }
  return part;
}

/* A datagram of 2000 octets whose first fragment has @size. */
static guint64
send_cut_at (Build *build, guint16 id, guint size)
{
  guint64 frame = send_part (build, id, 0, MORE, part_of (2000, 0, size));

  send_part (build, id, size, 0, part_of (2000, size, 2000 - size));
  return frame;
}

static void
parts_that_contradict_each_other_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip4-fragments");

  send_part (build, 1, 0, MORE, part_of (96, 0, 64));
  send_part (build, 2, 0, MORE, part_of (96, 0, 64));
  guint64 frame = send_part (build, 2, 32, 0, build_filled (0x5a, 64));
  const LensFindingRow *finding
      = build_found (build, "ip4-fragment-offset-overlap", LENS_SEVERITY_MEDIUM);
  /* 7 * i = 0x5a for one i of 32 to 63 at most: the others differ */
  build_assert_octets (finding, finding->octets->len - 1, frame, 34, 32);
}

static void
fragments_sent_twice_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip4-fragments");

  for (guint16 id = 0; id < 50; id++)
    {
      send_part (build, id, 0, MORE, part_of (2000, 0, 1480));
      send_part (build, id, 0, MORE, part_of (2000, 0, 1480));
      send_part (build, id, 1480, 0, part_of (2000, 1480, 520));
    }
  g_assert_null (build_quiet (build, "ip4-fragment-offset-overlap"));
}

static void
sizes_that_waver_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip4-fragments");
  guint64 first = 0;

  for (guint16 id = 0; id < 60; id++)
    {
      guint64 frame = send_cut_at (build, id, id % 3 == 1 ? 8u * (64 + 11 * id % 64) : 1480);
      first = id == 1 ? frame : first;
    }
  const LensFindingRow *finding
      = build_found (build, "ip4-fragment-offset-overlap", LENS_SEVERITY_MEDIUM);
  /* From the sixteenth on, which are of the usual size is a bit. */
  g_assert_cmpuint (finding->used_bits, ==, 20 * 7 + 9);
  g_assert_cmpuint (finding->frame_count, ==, 40 + 9); /* and where the rest begins */
  build_assert_octets (finding, 0, first, 14 + 2, 2);
}

static void
tiny_fragments_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip4-fragments");

  for (guint16 id = 0; id < 20; id++)
    send_cut_at (build, id, 24);
  build_found (build, "ip4-fragment-offset-overlap", LENS_SEVERITY_MEDIUM);
}

static void
another_path_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip4-fragments");

  for (guint16 id = 0; id < 100; id++)
    send_cut_at (build, id, id < 30 ? 1480 : id < 70 ? 1400 : 1472);
  g_assert_null (build_quiet (build, "ip4-fragment-offset-overlap"));
}

/* 1480 octets, cut into 1400 and 80. */
static void
a_router_that_cuts_again_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip4-fragments");

  for (guint16 id = 0; id < 50; id++)
    {
      send_part (build, id, 0, MORE, part_of (2000, 0, 1400));
      send_part (build, id, 1400, MORE, part_of (2000, 1400, 80));
      send_part (build, id, 1480, 0, part_of (2000, 1480, 520));
    }
  g_assert_null (build_quiet (build, "ip4-fragment-offset-overlap"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/ip4-fragments/" name, function)
  CASE ("parts-that-contradict-each-other-are-found", parts_that_contradict_each_other_are_found);
  CASE ("fragments-sent-twice-are-quiet", fragments_sent_twice_are_quiet);
  CASE ("sizes-that-waver-are-found", sizes_that_waver_are_found);
  CASE ("tiny-fragments-are-found", tiny_fragments_are_found);
  CASE ("another-path-is-quiet", another_path_is_quiet);
  CASE ("a-router-that-cuts-again-is-quiet", a_router_that_cuts_again_is_quiet);
#undef CASE
  return g_test_run ();
}
