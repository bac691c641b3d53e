/* What stands around chunks of HTTP bodies. */
#include "tests/analyzers/build.h"

#include <string.h>

enum
{
  TIMES = 12
};

static Build *
client (void)
{
  return build_declared ("http-framing",
                         "[service cloud]\nproto = tcp\nport = 80\nto = 192.0.2.20\n");
}

/* The camera posts @body, in chunks, with what stands behind the head. */
static guint64
post (Build *build, const char *body)
{
  static guint16 next_port = 40000;
  BuildTcp tcp = { 0 };
  g_autofree char *request = g_strconcat (
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", body, NULL);

  build_connect (build, &tcp, next_port++, 80);
  return build_segment (build, &tcp, CAMERA, build_text (request));
}

static guint32
drawn (guint i)
{
  return (i + 1) * 2654435761u;
}

static void
what_follows_the_size_of_a_chunk_is_found (void)
{
  g_autoptr (Build) build = client ();
  guint64 frame = 0;

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *body = g_strdup_printf ("4;x=%u%u\r\nping\r\n0\r\n\r\n", i * 7, i);
      guint64 last = post (build, body);
      frame = frame == 0 ? last : frame;
    }
  const LensFindingRow *finding = build_found (build, "http-header-covert", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (g_array_index (finding->octets, LensPiece, 0).frame, ==, frame);
  g_assert_nonnull (strstr (finding->detail, "extension"));
}

/* A digest of another body is another one; one of the same body is not. */
static void
digests_go_with_their_body (void)
{
  g_autoptr (Build) build = client (), other = client ();

  for (guint i = 0; i < TIMES; i++)
    {
      g_autofree char *own
          = g_strdup_printf ("3\r\n%03u\r\n0\r\nX-Sum: %08x\r\n\r\n", i, drawn (i)),
          *same = g_strdup_printf ("3\r\nabc\r\n0\r\nX-Sum: %08x\r\n\r\n", drawn (i));
      post (build, own);
      post (other, same);
    }
  build_quiet (build, "http-header-covert");
  const LensFindingRow *finding = build_found (other, "http-header-covert", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, TIMES - 1);
  g_assert_nonnull (strstr (finding->detail, "trailer"));
}

static void
trailers_stay_or_count (void)
{
  static const char *const notes[]
      = { "so it is", "or is it", "no, it", "who says", "nobody", "we" };
  g_autoptr (Build) build = client (), other = client ();

  for (guint i = 0; i < TIMES; i++)
    {
      g_autofree char *own
          = g_strdup_printf ("3\r\n%03u\r\n0\r\nX-Count: %u\r\nX-Status: all is well\r\n\r\n", i,
                             70 + i),
          *news = g_strdup_printf ("3\r\n%03u\r\n0\r\nX-Note: %s %c%c\r\n\r\n", i, notes[i % 6],
                                   'a' + (gint)i, 'z' - (gint)(i * i % 25));
      post (build, own);
      post (other, news);
    }
  build_quiet (build, "http-header-covert");
  build_found (other, "http-header-covert", LENS_SEVERITY_MEDIUM);
}

#define CASE(name, function) g_test_add_func ("/analyzers/http-framing/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("what-follows-the-size-of-a-chunk-is-found", what_follows_the_size_of_a_chunk_is_found);
  CASE ("digests-go-with-their-body", digests_go_with_their_body);
  CASE ("trailers-stay-or-count", trailers_stay_or_count);
  return g_test_run ();
}
