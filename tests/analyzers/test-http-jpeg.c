/* Comments of JPEG pictures that are pushed over HTTP. */
#include "tests/analyzers/build.h"

#include <string.h>

#define CHANNEL "mjpeg-com-app"

typedef struct
{
  Build *build;
  BuildTcp tcp;
} Scene;

static Scene
scene_new (void)
{
  Scene scene = { .build = build_new ("http-jpeg") };

  scene.build->step = 40 * 1000 * 1000;
  build_connect (scene.build, &scene.tcp, 80, 40000);
  build_segment (scene.build, &scene.tcp, VIEWER, build_text ("GET /mjpg HTTP/1.1\r\n\r\n"));
  build_segment (scene.build, &scene.tcp, CAMERA,
                 build_text ("HTTP/1.1 200 OK\r\n"
                             "Content-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"));
  return scene;
}

/* A gray image of 16 x 8 pixels (T.81 annex B) with a comment behind its JFIF segment. */
static GByteArray *
image_new (const char *comment, gsize *comment_at)
{
  gsize length = strlen (comment) + 2;
  const guint8 mark[] = { 0xff, 0xfe, (guint8)(length >> 8), (guint8)length };
  GByteArray *image = build_hex ("ffd8 ffe0 0010 4a46494600 0101 00 0001 0001 0000");

  g_byte_array_append (image, mark, sizeof mark);
  *comment_at = image->len;
  image = build_join (image, build_text (comment));
  image = build_join (image, build_hex ("ffdb 0043 00"));
  image = build_join (image, build_filled (1, 64));
  image = build_join (image, build_hex ("ffc0 000b 08 0008 0010 01 01 11 00"
                                        "ffc4 0015 00 00020000000000000000000000000000 0001"
                                        "ffda 0008 01 01 00 00 3f 00"));
  /* An application segment is none in the scan. */
  image = build_join (image, build_filled (0x35, 400));
  return build_join (image, build_hex ("ffd9"));
}

/* In segments of @size octets; the frame in which the comment begins, and where. */
static guint64
send_image (Scene *scene, const char *comment, guint size, gsize *offset)
{
  gsize at;
  g_autoptr (GByteArray) image = image_new (comment, &at);
  g_autofree char *head = g_strdup_printf (
      "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %u\r\n\r\n", image->len);
  g_autoptr (GByteArray) part = build_join (build_text (head), g_byte_array_ref (image));
  guint64 frame, found = 0;

  at += strlen (head);
  g_byte_array_append (part, (const guint8 *)"\r\n", 2);
  for (gsize from = 0; from < part->len; from += size)
    {
      GByteArray *octets = g_byte_array_new ();
      g_byte_array_append (octets, part->data + from, MIN (size, part->len - (guint)from));
      frame = build_segment (scene->build, &scene->tcp, CAMERA, octets);
      if (at >= from && at < from + size)
        {
          found = frame;
          *offset = 54 + at - from;
        }
    }
  return found;
}

static void
comments_that_tell_the_time_are_room (void)
{
  Scene scene = scene_new ();
  gsize offset;

  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *comment = g_strdup_printf ("camera 7, picture %04u", i);
      send_image (&scene, comment, 300, &offset);
    }
  const LensFindingRow *row = build_quiet (scene.build, CHANNEL);
  g_assert_nonnull (row);
  build_free (scene.build);
}

static void
find_comments (guint size)
{
  Scene scene = scene_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  guint64 first = 0;
  gsize first_at = 0, offset;

  for (guint i = 0; i < 60; i++)
    {
      char text[13] = "nothing here";
      for (guint j = 0; i >= 20 && j < 12; j++)
        text[j] = (char)g_rand_int_range (random, 'a', 'z');
      guint64 frame = send_image (&scene, text, size, &offset);
      if (i == 20)
        {
          first = frame;
          first_at = offset;
        }
    }
  const LensFindingRow *finding = build_finding (scene.build, CHANNEL);
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 40);
  build_assert_octets (finding, 0, first, first_at, 12);
  build_free (scene.build);
}

static void
comments_that_change_are_found (void)
{
  find_comments (1000);
}

/* The comment begins in the second segment. */
static void
images_in_many_segments_are_found (void)
{
  find_comments (80);
}

/* Parts that hold no image, and an image that has no end of its head. */
static void
other_parts_are_not_read (void)
{
  Scene scene = scene_new ();

  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *part = g_strdup_printf (
          "--frame\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\ntext %03u\r\n",
          i * i % 977);
      build_segment (scene.build, &scene.tcp, CAMERA, build_text (part));
    }
  build_segment (scene.build, &scene.tcp, CAMERA,
                 build_text ("--frame\r\nContent-Length: 70000\r\n\r\n"));
  build_segment (scene.build, &scene.tcp, CAMERA, build_hex ("ffd8 ffe0 fff0"));
  for (guint i = 0; i < 60; i++)
    build_segment (scene.build, &scene.tcp, CAMERA, build_filled (0x61, 1100));
  g_assert_null (build_finding (scene.build, CHANNEL));
  build_free (scene.build);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/http-jpeg/" name, function)
  CASE ("comments-that-tell-the-time-are-room", comments_that_tell_the_time_are_room);
  CASE ("comments-that-change-are-found", comments_that_change_are_found);
  CASE ("images-in-many-segments-are-found", images_in_many_segments_are_found);
  CASE ("other-parts-are-not-read", other_parts_are_not_read);
  return g_test_run ();
}
