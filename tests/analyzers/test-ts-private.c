/* Octets of a transport stream that belong to no program. */
#include "tests/analyzers/build.h"

#include "wire/ts.h"

#include <string.h>

#define CHANNEL "ts-ps-private"
#define HEAD (42 + 12) /* before the first packet in a frame */

enum
{
  PMT = 0x1000,
  VIDEO = 0x100,
  OTHER = 0x1ee,
};

static const char sdp[] = "v=0\r\n"
                          "o=- 1 1 IN IP4 192.0.2.10\r\n"
                          "s=camera\r\n"
                          "t=0 0\r\n"
                          "a=control:*\r\n"
                          "m=video 0 RTP/AVP 33\r\n"
                          "a=control:track0\r\n";

typedef struct
{
  Build *build;
  guint16 sequence;
  guint8 counters[LENS_TS_PIDS];
} Scene;

static Scene *
scene_new (void)
{
  Scene *scene = g_new0 (Scene, 1);

  scene->build = build_new ("ts-private");
  build_session (scene->build, sdp, FALSE, "");
  return scene;
}

static void
scene_free (Scene *scene)
{
  build_free (scene->build);
  g_free (scene);
}

/* A packet whose payload @front begins and @filler fills. */
static GByteArray *
packet (Scene *scene, guint pid, gboolean start, GByteArray *front, guint8 filler)
{
  const guint8 head[] = { 0x47, (guint8)((start ? 0x40 : 0) | pid >> 8), (guint8)pid,
                          (guint8)(0x10 | (scene->counters[pid]++ & 0x0f)) };
  GByteArray *whole = g_byte_array_new ();

  g_byte_array_append (whole, head, sizeof head);
  whole = build_join (whole, front);
  return build_join (whole, build_filled (filler, LENS_TS_LENGTH - whole->len));
}

static GByteArray *
pat (Scene *scene, const char *behind)
{
  return packet (
      scene, LENS_TS_PAT, TRUE,
      build_join (build_hex ("00 00b00d 0001 c10000 0001 f000 01020304"), build_hex (behind)),
      0xff);
}

static GByteArray *
pmt (Scene *scene)
{
  return packet (scene, PMT, TRUE,
                 build_hex ("00 02b012 0001 c10000 e100 f000 1b e100 f000 01020304"), 0xff);
}

/* A PES packet of video that begins: adaptation field with a clock and @stuffing. */
static GByteArray *
video (Scene *scene, const char *stuffing)
{
  GByteArray *field = build_join (build_hex ("0b 10 000000010000"), build_hex (stuffing));
  g_autoptr (GByteArray) whole = packet (
      scene, VIDEO, TRUE,
      build_join (field, build_hex ("000001e0 0000 80800b 2100010001 ffffffffffff 00000165")),
      0x5a);

  whole->data[3] |= 0x20;
  return g_steal_pointer (&whole);
}

static guint64
send (Scene *scene, GByteArray *payload)
{
  scene->sequence++;
  return build_media (scene->build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .payload_type = 33,
                                             .sequence = scene->sequence,
                                             .timestamp = 3600u * scene->sequence,
                                             .ssrc = 5,
                                             .payload = payload }));
}

static guint64
send_honest (Scene *scene)
{
  GByteArray *octets = build_join (pat (scene, ""), pmt (scene));

  return send (scene, build_join (octets, video (scene, "ffffffff")));
}

static void
send_some (Scene *scene, guint count)
{
  for (guint i = 0; i < count; i++)
    send_honest (scene);
}

/* --- the quiet case --- */

static void
an_honest_multiplex_has_room_and_no_use (void)
{
  Scene *scene = scene_new ();

  for (guint i = 0; i < 40; i++)
    {
      send_honest (scene);
      send (scene, packet (scene, LENS_TS_NULL, FALSE, build_hex (""), 0xff));
      send (scene, packet (scene, VIDEO, FALSE, build_hex (""), (guint8)i));
      send (scene, packet (scene, 0x11, TRUE, build_hex ("00 42f00400 010203"), 0xff));
      scene->sequence += i == 20; /* one is lost, and with it a counter */
      scene->counters[VIDEO] += i == 20;
    }
  const LensFindingRow *finding = build_quiet (scene->build, CHANNEL);
  g_assert_nonnull (finding);
  scene_free (scene);
}

static void
zeros_for_stuffing_are_a_habit (void)
{
  Scene *scene = scene_new ();

  for (guint i = 0; i < 20; i++)
    {
      GByteArray *octets = build_join (pat (scene, ""), pmt (scene));
      send (scene, build_join (octets, video (scene, "00000000")));
    }
  build_quiet (scene->build, CHANNEL);
  scene_free (scene);
}

/* --- what is found --- */

static void
null_packets_that_differ_are_found (void)
{
  Scene *scene = scene_new ();

  send_some (scene, 4);
  guint64 first = send (scene, packet (scene, LENS_TS_NULL, FALSE, build_hex ("6c65616b"), 0x33));
  send (scene, packet (scene, LENS_TS_NULL, FALSE, build_hex ("21212121"), 0x31));
  const LensFindingRow *finding = build_found (scene->build, CHANNEL, LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 2);
  build_assert_octets (finding, 0, first, HEAD + 4, 184);
  scene_free (scene);
}

static void
a_null_packet_alone_is_found (void)
{
  Scene *scene = scene_new ();

  send_some (scene, 4);
  guint64 frame = send (scene, packet (scene, LENS_TS_NULL, FALSE, build_hex ("6c65616b"), 0x33));
  send_some (scene, 4);
  build_assert_octets (build_found (scene->build, CHANNEL, LENS_SEVERITY_HIGH), 0, frame, HEAD + 4,
                       184);
  scene_free (scene);
}

static void
a_pid_that_no_table_names_is_found (void)
{
  Scene *scene = scene_new ();

  send (scene, packet (scene, VIDEO, FALSE, build_hex (""), 1)); /* before the tables came */
  send_some (scene, 4);
  guint64 frame = send (scene, packet (scene, OTHER, TRUE, build_hex ("6c65616b"), 0x33));
  const LensFindingRow *finding = build_found (scene->build, CHANNEL, LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 1);
  build_assert_octets (finding, 0, frame, HEAD + 4, 184);
  scene_free (scene);
}

static void
stuffing_that_speaks_is_found (void)
{
  Scene *scene = scene_new ();

  send_some (scene, 4);
  GByteArray *octets = build_join (pat (scene, ""), pmt (scene));
  guint64 frame = send (scene, build_join (octets, video (scene, "ff6c65ff")));
  const LensFindingRow *finding = build_found (scene->build, CHANNEL, LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, HEAD + 2 * LENS_TS_LENGTH + 4 + 8 + 1, 2);
  scene_free (scene);
}

static void
what_lies_behind_a_section_is_found (void)
{
  Scene *scene = scene_new ();
  guint64 first = 0;

  send_some (scene, 4);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *behind = g_strdup_printf ("ff 6c6561%02x", 0x60 + i);
      guint64 frame = send (scene, pat (scene, behind));
      first = i == 0 ? frame : first;
    }
  build_assert_octets (build_found (scene->build, CHANNEL, LENS_SEVERITY_MEDIUM), 0, first,
                       HEAD + 4 + 17 + 1, 4);
  scene_free (scene);
}

static void
counters_that_do_not_count_are_found (void)
{
  Scene *scene = scene_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  send_some (scene, 20);
  for (guint i = 0; i < 60; i++)
    {
      scene->counters[VIDEO] = (guint8)g_rand_int_range (random, 0, 16);
      send (scene, packet (scene, VIDEO, FALSE, build_hex (""), 7));
    }
  const LensFindingRow *finding = build_found (scene->build, CHANNEL, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, >=, 45);
  scene_free (scene);
}

/* Octet @at of the third packet (the video's): other bits each time. */
static void
bits_that_change_are_found (gconstpointer where)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  Scene *scene = scene_new ();
  gsize at = GPOINTER_TO_SIZE (where);
  guint8 mask = at == 1 ? 0x20 : at == 10 ? 0x7e : 0x0b;

  for (guint i = 0; i < 60; i++)
    {
      GByteArray *packet = video (scene, "ffffffff");
      packet->data[at] = (guint8)((packet->data[at] & ~mask) | (g_rand_int (random) & mask));
      send (scene, build_join (build_join (pat (scene, ""), pmt (scene)), packet));
    }
  const LensFindingRow *finding = build_found (scene->build, CHANNEL, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, >=, 15);
  scene_free (scene);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/ts-private/an-honest-multiplex-has-room-and-no-use",
                   an_honest_multiplex_has_room_and_no_use);
  g_test_add_func ("/analyzers/ts-private/zeros-for-stuffing-are-a-habit",
                   zeros_for_stuffing_are_a_habit);
  g_test_add_func ("/analyzers/ts-private/null-packets-that-differ-are-found",
                   null_packets_that_differ_are_found);
  g_test_add_func ("/analyzers/ts-private/a-null-packet-alone-is-found",
                   a_null_packet_alone_is_found);
  g_test_add_func ("/analyzers/ts-private/a-pid-that-no-table-names-is-found",
                   a_pid_that_no_table_names_is_found);
  g_test_add_func ("/analyzers/ts-private/stuffing-that-speaks-is-found",
                   stuffing_that_speaks_is_found);
  g_test_add_func ("/analyzers/ts-private/what-lies-behind-a-section-is-found",
                   what_lies_behind_a_section_is_found);
  g_test_add_func ("/analyzers/ts-private/counters-that-do-not-count-are-found",
                   counters_that_do_not_count_are_found);
  g_test_add_data_func ("/analyzers/ts-private/bits-of-clocks-that-change-are-found",
                        GSIZE_TO_POINTER (10), bits_that_change_are_found);
  g_test_add_data_func ("/analyzers/ts-private/priorities-that-change-are-found",
                        GSIZE_TO_POINTER (1), bits_that_change_are_found);
  g_test_add_data_func ("/analyzers/ts-private/rights-that-change-are-found", GSIZE_TO_POINTER (22),
                        bits_that_change_are_found);
  return g_test_run ();
}
