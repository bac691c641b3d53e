/* Data in the first segment of a connection. */
#include "tests/analyzers/build.h"
#include "wire/transport.h"

static guint64
open_with (Build *build, guint16 port, GByteArray *options, GByteArray *data)
{
  return build_tcp (
      build, CAMERA, port, 443,
      (BuildSegment){ .flags = LENS_TCP_SYN, .sequence = 7, .options = options, .data = data });
}

static void
data_in_a_syn_is_found (void)
{
  g_autoptr (Build) build = build_new ("tcp-syn");

  guint64 frame = open_with (build, 50000, build_hex ("020405b4"), build_text ("ahead"));
  const LensFindingRow *finding = build_found (build, "tcp-syn-data-tfo", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 24, 5);
}

static void
data_of_fast_open_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("tcp-syn");

  open_with (build, 50000, build_hex ("0101 220a 0011223344556677"), build_text ("GET / ..."));
  build_tcp (build, VIEWER, 50000, 443,
             (BuildSegment){ .flags = LENS_TCP_SYN | LENS_TCP_ACK,
                             .sequence = 9,
                             .acknowledgement = 8,
                             .data = build_text ("200 OK") });
  build_quiet (build, "tcp-syn-data-tfo");
}

/* Whether a server gave each @new cookie, in its SYN-ACK. */
static Build *
open_often (gboolean new, gboolean given)
{
  Build *build = build_new ("tcp-syn");

  for (guint i = 0; i < 8; i++)
    {
      guint16 port = (guint16)(50000 + i);
      GByteArray *cookie = build_hex ("0101 220a 0011223344556677");
      cookie->data[6] = new ? (guint8)(31 * i) : 0;
      if (given)
        {
          open_with (build, (guint16)(port + 100), build_hex ("2202 0101"), NULL);
          build_tcp (build, VIEWER, (guint16)(port + 100), 443,
                     (BuildSegment){ .flags = LENS_TCP_SYN | LENS_TCP_ACK,
                                     .options = g_byte_array_ref (cookie) });
        }
      open_with (build, port, cookie, NULL);
    }
  return build;
}

static void
a_cookie_that_is_new_each_time_is_found (void)
{
  g_autoptr (Build) build = open_often (TRUE, FALSE);

  build_found (build, "tcp-syn-data-tfo", LENS_SEVERITY_MEDIUM);
}

static void
a_cookie_that_stays_or_was_given_is_quiet (void)
{
  g_autoptr (Build) same = open_often (FALSE, FALSE), given = open_often (TRUE, TRUE);

  build_quiet (same, "tcp-syn-data-tfo");
  build_quiet (given, "tcp-syn-data-tfo");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/tcp-syn/data-in-a-syn-is-found", data_in_a_syn_is_found);
  g_test_add_func ("/analyzers/tcp-syn/data-of-fast-open-is-quiet", data_of_fast_open_is_quiet);
  g_test_add_func ("/analyzers/tcp-syn/a-cookie-that-is-new-each-time-is-found",
                   a_cookie_that_is_new_each_time_is_found);
  g_test_add_func ("/analyzers/tcp-syn/a-cookie-that-stays-or-was-given-is-quiet",
                   a_cookie_that_stays_or_was_given_is_quiet);
  return g_test_run ();
}
