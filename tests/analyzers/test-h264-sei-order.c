/* The order of messages before pictures. */
#include "tests/analyzers/build.h"

typedef struct
{
  Build *build;
  guint16 sequence;
} Stream;

/* Recovery point, frame packing, orientation. */
static const char *const messages[] = { "0606018480", "062d018180", "062f01c080" };

static Stream
stream_new (void)
{
  Stream stream = { build_new ("h264-sei-order"), 0 };

  build_session (stream.build, build_sdp_h264, FALSE, "");
  return stream;
}

static void
put (Stream *stream, const char *hex)
{
  build_nal (stream->build, ++stream->sequence, build_hex (hex));
}

static void
an_order_without_a_habit_is_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 120; i++)
    {
      guint first = i * i % 11 % 3, second = (first + 1 + i * i * i % 7 % 2) % 3;
      put (&stream, messages[first]);
      put (&stream, messages[second]);
      put (&stream, messages[3 - first - second]);
      put (&stream, "419a24ff80");
    }
  g_assert_cmpuint (
      build_found (build, "h264-sei-timing-fields", LENS_SEVERITY_MEDIUM)->frame_count, >, 200);
}

static void
messages_that_come_and_go_are_quiet (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 200; i++)
    {
      gboolean key = i % 10 == 0;
      put (&stream, messages[2]);
      if (key)
        put (&stream, messages[0]);
      if (i * i % 11 == 4)
        put (&stream, messages[1]);
      put (&stream, key ? "658884ff80" : "419a24ff80");
    }
  build_quiet (build, "h264-sei-timing-fields");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h264-sei-order/" name, function)
  CASE ("an-order-without-a-habit-is-found", an_order_without_a_habit_is_found);
  CASE ("messages-that-come-and-go-are-quiet", messages_that_come_and_go_are_quiet);
  return g_test_run ();
}
