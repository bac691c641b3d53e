/* Pictures pushed over HTTP: fields of the parts, and what stands between them. */
#include "tests/analyzers/build.h"

#include <string.h>

#define CHANNEL "http-multipart-part-headers"

typedef struct
{
  Build *build;
  BuildTcp tcp;
  GRand *random;
} Scene;

static Scene
scene_new (const char *boundary)
{
  Scene scene = { .build = build_new ("http-multipart"), .random = g_rand_new_with_seed (4) };
  g_autofree char *head = g_strdup_printf (
      "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=%s\r\n\r\n", boundary);

  scene.build->step = 40 * 1000 * 1000;
  build_connect (scene.build, &scene.tcp, 80, 40000);
  build_segment (scene.build, &scene.tcp, VIEWER, build_text ("GET /mjpg HTTP/1.1\r\n\r\n"));
  build_segment (scene.build, &scene.tcp, CAMERA, build_text (head));
  return scene;
}

static void
scene_clear (Scene *scene)
{
  build_free (scene->build);
  g_rand_free (scene->random);
}

static GByteArray *
content (Scene *scene, guint length)
{
  GByteArray *octets = build_filled (0, length);

  for (guint i = 0; i < length; i++)
    octets->data[i] = (guint8)g_rand_int_range (scene->random, 0, 256);
  return octets;
}

/* A part in two segments; the frame of its fields. */
static guint64
send (Scene *scene, const char *boundary, const char *fields, const char *behind)
{
  guint length = 300 + (guint)g_rand_int_range (scene->random, 0, 300);
  g_autofree char *head = g_strdup_printf (
      "--%s\r\nContent-Type: image/jpeg\r\n%sContent-Length: %u\r\n\r\n", boundary, fields, length);
  guint64 frame = build_segment (scene->build, &scene->tcp, CAMERA,
                                 build_join (build_text (head), content (scene, 100)));

  build_segment (scene->build, &scene->tcp, CAMERA,
                 build_join (content (scene, length - 100), build_text (behind)));
  return frame;
}

static void
clocks_and_sizes_are_room (void)
{
  Scene scene = scene_new ("--frame");

  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *field
          = g_strdup_printf ("X-Timestamp: 1700000%03u.%02u\r\n", i * 80 / 1000, i * 8 % 100);
      send (&scene, "frame", field, "\r\n");
    }
  g_assert_nonnull (build_quiet (scene.build, CHANNEL));
  scene_clear (&scene);
}

static void
fields_that_change_are_found (void)
{
  Scene scene = scene_new ("frame");
  guint64 first = 0;

  for (guint i = 0; i < 60; i++)
    {
      char text[21] = "";
      for (guint j = 0; j < 20; j++)
        text[j] = (char)g_rand_int_range (scene.random, 'a', 'z');
      g_autofree char *field = g_strdup_printf ("X-Info: %s\r\n", i < 20 ? "none" : text);
      guint64 frame = send (&scene, "frame", field, "\r\n");
      first = i == 20 ? frame : first;
    }
  const LensFindingRow *finding = build_finding (scene.build, CHANNEL);
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 40);
  build_assert_octets (finding, 0, first,
                       54 + strlen ("--frame\r\nContent-Type: image/jpeg\r\nX-Info: "), 20);
  scene_clear (&scene);
}

static void
octets_between_parts_are_found (void)
{
  Scene scene = scene_new ("\"frame\"");

  for (guint i = 0; i < 60; i++)
    send (&scene, "frame", "", i % 10 == 9 ? "\r\nlet nobody read this\r\n" : "\r\n");
  send (&scene, "frame", "", "\r\n");
  const LensFindingRow *finding = build_finding (scene.build, CHANNEL);
  g_assert_nonnull (finding);
  g_assert_cmpuint (finding->frame_count, ==, 6);
  g_assert_cmpuint (g_array_index (finding->octets, LensPiece, 0).length, ==, 20);
  scene_clear (&scene);
}

/* RFC 9112 section 7.1: the same in chunks. */
static void
chunks_are_no_part_of_the_parts (void)
{
  Scene scene = { .build = build_new ("http-multipart"), .random = g_rand_new_with_seed (4) };

  build_connect (scene.build, &scene.tcp, 80, 40000);
  build_segment (scene.build, &scene.tcp, CAMERA,
                 build_text ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: "
                             "multipart/x-mixed-replace;boundary=frame\r\n\r\n"));
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *text = g_strdup_printf (
          "%x\r\n--frame\r\nContent-Length: 5\r\nX-Info: %s\r\n\r\nim\r\n5\r\nage\r\n\r\n",
          (guint)strlen ("--frame\r\nContent-Length: 5\r\nX-Info: none\r\n\r\nim"),
          i < 20       ? "none"
          : i % 2 == 0 ? "take"
                       : "tell");
      build_segment (scene.build, &scene.tcp, CAMERA, build_text (text));
    }
  const LensFindingRow *finding = build_finding (scene.build, CHANNEL);
  g_assert_nonnull (finding);
  g_assert_cmpuint (finding->frame_count, >=, 15);
  g_assert_cmpuint (g_array_index (finding->octets, LensPiece, 0).length, ==, 4);
  scene_clear (&scene);
}

static void
other_responses_have_no_parts (void)
{
  g_autoptr (Build) build = build_new ("http-multipart");
  BuildTcp tcp;

  build_connect (build, &tcp, 80, 40000);
  build_segment (build, &tcp, CAMERA,
                 build_text ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n--frame\r\nX: 1"));
  build_segment (build, &tcp, CAMERA, build_text ("--frame\r\nX-Info: 2\r\n\r\n"));
  g_assert_null (build_finding (build, CHANNEL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/http-multipart/" name, function)
  CASE ("clocks-and-sizes-are-room", clocks_and_sizes_are_room);
  CASE ("fields-that-change-are-found", fields_that_change_are_found);
  CASE ("octets-between-parts-are-found", octets_between_parts_are_found);
  CASE ("chunks-are-no-part-of-the-parts", chunks_are_no_part_of_the_parts);
  CASE ("other-responses-have-no-parts", other_responses_have_no_parts);
  return g_test_run ();
}
