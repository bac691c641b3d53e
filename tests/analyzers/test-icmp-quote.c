/* What ICMP errors quote. */
#include "tests/analyzers/build.h"

#include <string.h>

#define SECOND (G_GINT64_CONSTANT (1000) * 1000 * 1000)

/* The camera says that port 9999 is closed, quoting @quote. */
static guint64
unreachable (Build *build, GByteArray *quote)
{
  return build_ip (build, CAMERA, 1, build_join (build_hex ("0303 0000 00000000"), quote), NULL);
}

/* The IP header and UDP of a datagram of the viewer's as frame @frame had it. */
static GByteArray *
quote_of (guint64 frame, guint16 port, const char *data)
{
  g_autofree char *head
      = g_strdup_printf ("4500 0023 %04x 4000 3f11 0000 c0000214 c000020a", (guint)frame);

  return build_join (build_hex (head), build_datagram (VIEWER, port, 5555, build_text (data)));
}

static void
a_true_quote_is_no_use (void)
{
  g_autoptr (Build) build = build_new ("icmp-quote");
  guint64 frame = build_udp (build, VIEWER, 9999, 5555, build_text ("what is"));

  unreachable (build, quote_of (frame, 9999, "what is"));
  g_assert_null (build_finding (build, "icmp-error-quote"));
}

static void
an_altered_quote_is_found (void)
{
  g_autoptr (Build) build = build_new ("icmp-quote");
  guint64 frame = build_udp (build, VIEWER, 9999, 5555, build_text ("what is"));
  guint64 error = unreachable (build, quote_of (frame, 9999, "leaking"));

  const LensFindingRow *finding = build_found (build, "icmp-error-quote", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, error, build->offset + 8 + 20 + 8, 7);
}

static void
a_quote_of_nothing_ever_sent_is_found (void)
{
  g_autoptr (Build) build = build_new ("icmp-quote");

  build->step = 3 * SECOND;
  build_udp (build, VIEWER, 80, 5555, build_text ("what is"));
  guint64 error = unreachable (build, quote_of (0x7777, 1234, "leaking"));
  const LensFindingRow *finding = build_found (build, "icmp-error-quote", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, error, build->offset + 8, 20 + 8 + 7);
}

static void
a_quote_from_before_the_capture_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("icmp-quote");

  unreachable (build, quote_of (0x7777, 1234, "unknown"));
  g_assert_nonnull (build_quiet (build, "icmp-error-quote"));
}

static void
octets_that_an_error_has_no_use_for_are_found (void)
{
  g_autoptr (Build) build = build_new ("icmp-quote");
  guint64 frame = build_udp (build, VIEWER, 9999, 5555, build_text ("what is"));
  guint64 error = build_ip (
      build, CAMERA, 1,
      build_join (build_hex ("0303 0000 00001a2b"), quote_of (frame, 9999, "what is")), NULL);

  const LensFindingRow *finding = build_found (build, "icmp-error-quote", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, error, build->offset + 4, 4);
}

static void
the_size_that_fits_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("icmp-quote");
  guint64 frame = build_udp (build, VIEWER, 9999, 5555, build_text ("what is"));

  build_ip (build, CAMERA, 1,
            build_join (build_hex ("0304 0000 00000578"), quote_of (frame, 9999, "what is")), NULL);
  g_assert_null (build_finding (build, "icmp-error-quote"));
}

#define CASE(name, function) g_test_add_func ("/analyzers/icmp-quote/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("a-true-quote-is-no-use", a_true_quote_is_no_use);
  CASE ("an-altered-quote-is-found", an_altered_quote_is_found);
  CASE ("a-quote-of-nothing-ever-sent-is-found", a_quote_of_nothing_ever_sent_is_found);
  CASE ("a-quote-from-before-the-capture-is-quiet", a_quote_from_before_the_capture_is_quiet);
  CASE ("octets-that-an-error-has-no-use-for-are-found",
        octets_that_an_error_has_no_use_for_are_found);
  CASE ("the-size-that-fits-is-quiet", the_size_that_fits_is_quiet);
  return g_test_run ();
}
