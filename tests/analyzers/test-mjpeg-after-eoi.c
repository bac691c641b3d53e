/* What lies behind the end of JPEG frames. */
#include "tests/analyzers/build.h"
#include "tests/analyzers/jpeg-scan.h"

#include <string.h>

#define CHANNEL "mjpeg-after-eoi"
#define HEAD (12 + 8) /* before the scan of a packet */

static const JpegFrame plain = { .type = 1, .q = 60, .width = 64, .height = 64 };

typedef struct
{
  Build *build;
  GRand *random;
  guint16 number;
} Scene;

static Scene
scene_new (void)
{
  Scene scene = { build_new ("mjpeg-after-eoi"), g_rand_new_with_seed (2), 0 };

  build_session (scene.build, build_sdp_jpeg, FALSE, "");
  return scene;
}

static void
scene_clear (Scene *scene)
{
  build_free (scene->build);
  g_rand_free (scene->random);
}

static guint64
send_scan (Scene *scene, const GByteArray *scan)
{
  scene->number++;
  return build_media (
      scene->build, CAMERA, 0, FALSE,
      build_rtp ((BuildRtp){ .marker = TRUE,
                             .payload_type = 26,
                             .sequence = scene->number,
                             .timestamp = 3600u * scene->number,
                             .ssrc = 9,
                             .payload = jpeg_payload_new (&plain, 0, scan->data, scan->len) }));
}

/* A frame, @tail behind it (consumed, or NULL); where the tail begins. */
static guint64
send (Scene *scene, GByteArray *tail, gsize *at)
{
  g_autoptr (GByteArray) scan = jpeg_scan_new (16, 0, scene->random);

  *at = 42 + HEAD + scan->len;
  scan = build_join (g_steal_pointer (&scan), tail);
  return send_scan (scene, scan);
}

static void
what_changes_behind_the_end_is_found (void)
{
  Scene scene = scene_new ();
  guint64 odd = 0;
  gsize where = 0, at;

  for (guint i = 0; i < 20; i++)
    {
      guint64 frame = send (&scene, build_hex (i == 9 ? "ffd9 6c65616b ff" : "ffd9"), &at);
      if (i == 9)
        {
          odd = frame;
          where = at;
        }
    }
  const LensFindingRow *finding = build_found (scene.build, CHANNEL, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 1);
  build_assert_octets (finding, 0, odd, where + 2, 5);
  scene_clear (&scene);
}

static void
padding_is_room (void)
{
  static const char *const tails[] = {
    "", "ffd9", "00000000", "ffffffffffd9", "ffd9 00000000", "ffd9 4d41 4b45 5220 3120 3233"
  };
  gsize at;

  for (guint t = 0; t < G_N_ELEMENTS (tails); t++)
    {
      Scene scene = scene_new ();
      for (guint i = 0; i < 60; i++)
        send (&scene, build_hex (tails[t]), &at);
      build_quiet (scene.build, CHANNEL);
      scene_clear (&scene);
    }
}

static void
padding_up_to_a_multiple_is_room (void)
{
  Scene scene = scene_new ();

  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (GByteArray) scan = jpeg_scan_new (16, 0, scene.random);
      while (scan->len % 32 != 0)
        scan = build_join (g_steal_pointer (&scan), build_hex ("00"));
      send_scan (&scene, scan);
    }
  build_quiet (scene.build, CHANNEL);
  scene_clear (&scene);
}

static void
a_length_by_lot_is_found (void)
{
  Scene scene = scene_new ();
  gsize at;

  for (guint i = 0; i < 200; i++)
    send (&scene, build_filled (0, (gsize)g_rand_int_range (scene.random, 0, 64)), &at);
  build_found (scene.build, CHANNEL, LENS_SEVERITY_MEDIUM);
  scene_clear (&scene);
}

/* A hardware encoder's own: its picture has a line of units more than the frame. */
static void
further_lines_are_room (void)
{
  Scene scene = scene_new ();

  for (guint i = 0; i < 60; i++)
    {
      g_autoptr (GByteArray) scan = jpeg_scan_new (20, 0, scene.random);
      send_scan (&scene, scan);
    }
  build_quiet (scene.build, CHANNEL);
  scene_clear (&scene);
}

/* A buffer that is sent at one length shows what longer frames left in it. */
static void
what_an_earlier_frame_left_is_room (void)
{
  Scene scene = scene_new ();
  guint8 buffer[400] = { 0 };
  const GByteArray whole = { buffer, sizeof buffer };

  for (guint i = 0; i < 60; i++)
    {
      g_autoptr (GByteArray) scan = jpeg_scan_new (16, 0, scene.random);
      g_assert_cmpuint (scan->len, <, sizeof buffer);
      memcpy (buffer, scan->data, scan->len);
      send_scan (&scene, &whole);
    }
  build_quiet (scene.build, CHANNEL);
  scene_clear (&scene);
}

static void
padding_bits_by_lot_are_found (void)
{
  Scene scene = scene_new ();

  for (guint i = 0; i < 600; i++)
    {
      g_autoptr (GByteArray) scan = jpeg_scan_new (16, 0, scene.random);
      guint8 *last = &scan->data[scan->len - 1];
      /* The lowest bits are ones: some of them are padding. */
      if ((*last & 0x0f) == 0x0f && *last != 0xff)
        *last &= (guint8)(0xf0 | g_rand_int (scene.random));
      send_scan (&scene, scan);
    }
  build_found (scene.build, CHANNEL, LENS_SEVERITY_HIGH);
  scene_clear (&scene);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/mjpeg-after-eoi/" name, function)
  CASE ("what-changes-behind-the-end-is-found", what_changes_behind_the_end_is_found);
  CASE ("padding-is-room", padding_is_room);
  CASE ("padding-up-to-a-multiple-is-room", padding_up_to_a_multiple_is_room);
  CASE ("a-length-by-lot-is-found", a_length_by_lot_is_found);
  CASE ("further-lines-are-room", further_lines_are_room);
  CASE ("what-an-earlier-frame-left-is-room", what_an_earlier_frame_left_is_room);
  CASE ("padding-bits-by-lot-are-found", padding_bits_by_lot_are_found);
  return g_test_run ();
}
