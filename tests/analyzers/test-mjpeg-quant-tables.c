/* Quantization tables of JPEG frames. */
#include "tests/analyzers/build.h"
#include "tests/analyzers/jpeg-scan.h"

#define CHANNEL "mjpeg-quant-tables"
#define HEAD (12 + 8 + 4) /* before the tables of a packet over UDP */

typedef struct
{
  Build *build;
  GRand *random;
  guint16 sequence;
  JpegFrame frame;
} Scene;

static Scene
scene_new (void)
{
  Scene scene = { build_new ("mjpeg-quant-tables"), g_rand_new_with_seed (5), 1 };

  scene.frame = (JpegFrame){ .type = 1, .q = 255, .width = 32, .height = 32 };
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
send (Scene *scene)
{
  g_autoptr (GByteArray) scan = jpeg_scan_new (4, 0, scene->random);

  scene->sequence++;
  return build_media (scene->build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){
                          .marker = TRUE,
                          .payload_type = 26,
                          .sequence = scene->sequence,
                          .timestamp = 3600u * scene->sequence,
                          .ssrc = 9,
                          .payload = jpeg_payload_new (&scene->frame, 0, scan->data, scan->len) }));
}

/* RFC 2435 appendix A and 4.2: a table that grows with the frequency, scaled by a quality. */
static GByteArray *
tables_of (guint quality)
{
  GByteArray *tables = build_filled (0, 128);
  guint scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;

  for (guint i = 0; i < 128; i++)
    {
      guint base = 11 + (i % 64) + (i % 5) * 3;
      tables->data[i] = (guint8)CLAMP ((base * scale + 50) / 100, 1, 255);
    }
  return tables;
}

static void
a_quality_setting_is_room (void)
{
  Scene scene = scene_new ();

  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (GByteArray) tables = tables_of (30 + (i * 7) % 60);
      scene.frame.tables = tables;
      send (&scene);
    }
  g_assert_cmpuint (build_quiet (scene.build, CHANNEL)->room_bits, ==, 100 * 128 * 8);
  scene_clear (&scene);
}

static void
another_profile_at_night_is_room (void)
{
  Scene scene = scene_new ();
  g_autoptr (GByteArray) day = tables_of (60), night = build_filled (40, 128);

  for (guint i = 0; i < 100; i++)
    {
      scene.frame.tables = i < 60 ? day : night;
      send (&scene);
    }
  build_quiet (scene.build, CHANNEL);
  scene_clear (&scene);
}

static void
a_message_in_the_lowest_bits_is_found (void)
{
  Scene scene = scene_new ();
  guint64 odd = 0;

  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (GByteArray) tables = tables_of (60);
      for (guint j = 0; i % 10 == 5 && j < 128; j++)
        tables->data[j]
            = (guint8)((tables->data[j] & 0xfe) | g_rand_int_range (scene.random, 0, 2));
      scene.frame.tables = tables;
      guint64 frame = send (&scene);
      if (i == 15)
        odd = frame;
    }
  const LensFindingRow *finding = build_finding (scene.build, CHANNEL);
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 4);
  const LensPiece *piece = &g_array_index (finding->octets, LensPiece, 1);
  g_assert_cmpuint (piece->frame, ==, odd);
  g_assert_cmpuint (piece->offset, >=, 42 + HEAD);
  g_assert_cmpuint (piece->offset + piece->length, <=, 42 + HEAD + 128);
  scene_clear (&scene);
}

/* More different tables than families are kept. */
static void
a_long_message_in_the_lowest_bits_is_found_to_its_end (void)
{
  Scene scene = scene_new ();

  for (guint i = 0; i < 150; i++)
    {
      g_autoptr (GByteArray) tables = tables_of (60);
      for (guint j = 120; i >= 40 && i < 140 && j < 128; j++)
        tables->data[j]
            = (guint8)((tables->data[j] & 0xfe) | g_rand_int_range (scene.random, 0, 2));
      scene.frame.tables = tables;
      send (&scene);
    }
  const LensFindingRow *finding = build_finding (scene.build, CHANNEL);
  g_assert_nonnull (finding);
  g_assert_cmpuint (finding->frame_count, >, 90);
  g_assert_cmpuint (finding->frame_count, <=, 100);
  scene_clear (&scene);
}

static void
tables_of_a_static_q_must_stay (void)
{
  Scene scene = scene_new ();
  g_autoptr (GByteArray) one = tables_of (60), other = tables_of (61);

  scene.frame.q = 200;
  scene.frame.tables = one;
  send (&scene);
  send (&scene);
  scene.frame.tables = other;
  guint64 frame = send (&scene);
  const LensFindingRow *finding = build_found (scene.build, CHANNEL, LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 1);
  build_assert_octets (finding, 0, frame, 42 + HEAD, 128);
  scene_clear (&scene);
}

static void
reserved_bits_are_zero (void)
{
  Scene scene = scene_new ();
  g_autoptr (GByteArray) tables = tables_of (60);

  scene.frame.tables = tables;
  send (&scene);
  scene.frame.mbz = 7;
  scene.frame.precision = 0x80;
  guint64 frame = send (&scene);
  const LensFindingRow *finding = build_found (scene.build, CHANNEL, LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 42 + HEAD - 4, 1);
  build_assert_octets (finding, 1, frame, 42 + HEAD - 3, 1);
  scene_clear (&scene);
}

static void
q_by_lot_is_found (void)
{
  Scene scene = scene_new ();

  for (guint i = 0; i < 100; i++)
    {
      scene.frame.q = (guint8)g_rand_int_range (scene.random, 1, 100);
      send (&scene);
    }
  build_found (scene.build, CHANNEL, LENS_SEVERITY_MEDIUM);
  scene_clear (&scene);
}

static void
rate_control_moves_q_slowly (void)
{
  Scene scene = scene_new ();

  for (guint i = 0; i < 200; i++)
    {
      /* A new scene every fifty frames. */
      scene.frame.q = (guint8)(i % 50 == 0 ? 30 : MIN (scene.frame.q + i % 3, 90));
      send (&scene);
    }
  build_quiet (scene.build, CHANNEL);
  scene_clear (&scene);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/mjpeg-quant-tables/" name, function)
  CASE ("a-quality-setting-is-room", a_quality_setting_is_room);
  CASE ("another-profile-at-night-is-room", another_profile_at_night_is_room);
  CASE ("a-message-in-the-lowest-bits-is-found", a_message_in_the_lowest_bits_is_found);
  CASE ("a-long-message-in-the-lowest-bits-is-found-to-its-end",
        a_long_message_in_the_lowest_bits_is_found_to_its_end);
  CASE ("tables-of-a-static-q-must-stay", tables_of_a_static_q_must_stay);
  CASE ("reserved-bits-are-zero", reserved_bits_are_zero);
  CASE ("q-by-lot-is-found", q_by_lot_is_found);
  CASE ("rate-control-moves-q-slowly", rate_control_moves_q_slowly);
  return g_test_run ();
}
