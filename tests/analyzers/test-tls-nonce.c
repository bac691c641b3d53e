/* Nonces of TLS records. */
#include "tests/analyzers/build-tls.h"

#include <string.h>

enum
{
  RECORDS = 24
};

/* A server hello of this suite, and the change of ciphers. */
#define ANSWER(suite) "16030300 2a 02000026 0303" QUIET_RANDOM "00" suite "00"
#define CHANGE "1403030001 01"

/* A nonce of 16 digits and 24 octets behind it. */
static GByteArray *
record (guint64 nonce)
{
  g_autofree char *digits = g_strdup_printf ("1703030020 %016" G_GINT64_MODIFIER
                                             "x 00112233445566778899aabbccddeeff0011223344556677",
                                             nonce);

  return build_hex (digits);
}

static void
begin (Build *build, BuildTcp *tcp, const char *answer)
{
  build_connect (build, tcp, 40000, 443);
  build_segment (build, tcp, CAMERA, build_client_hello (QUIET_RANDOM, "c02f", NAMED));
  build_segment (build, tcp, VIEWER, build_hex (answer));
  build_segment (build, tcp, CAMERA, build_hex (CHANGE));
}

static guint64
drawn (guint i)
{
  return (i + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
}

/* From a random start, from zero, at random; once with a hole. */
static void
counters_and_draws_are_quiet (void)
{
  for (guint kind = 0; kind < 3; kind++)
    {
      g_autoptr (Build) build = build_cloud ("tls-nonce");
      BuildTcp tcp = { 0 };
      begin (build, &tcp, ANSWER ("c02f"));
      for (guint i = 0; i < RECORDS; i++)
        build_segment (build, &tcp, CAMERA,
                       record (kind == 2   ? drawn (i)
                               : kind == 1 ? i
                                           : drawn (7) + i + (i > 9)));
      build_quiet (build, "tls-record-padding-iv");
    }
}

static void
texts_are_found (void)
{
  static const char text[] = "meet me at noon by the gate, and bring the key with you. all of "
                             "them will be there, so do not be late.";
  g_autoptr (Build) build = build_cloud ("tls-nonce");
  BuildTcp tcp = { 0 };
  guint64 first = 0;

  begin (build, &tcp, ANSWER ("c02f"));
  for (guint i = 0; i + 8 < sizeof text; i += 8)
    {
      guint64 nonce = 0;
      for (guint k = 0; k < 8; k++)
        nonce = nonce << 8 | (guint8)text[i + k];
      guint64 frame = build_segment (build, &tcp, CAMERA, record (nonce));
      first = first == 0 ? frame : first;
    }
  const LensFindingRow *finding
      = build_found (build, "tls-record-padding-iv", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, first, 14 + 20 + 20 + 5, 8);
}

/* Every other record of a sender that counts has something else. */
static void
a_counter_that_breaks_off_is_found (void)
{
  g_autoptr (Build) build = build_cloud ("tls-nonce"), sealed = build_cloud ("tls-nonce");
  BuildTcp tcp = { 0 }, other = { 0 };

  begin (build, &tcp, ANSWER ("c02f"));
  begin (sealed, &other, ANSWER ("cca8")); /* ChaCha20: no nonce, but what is encrypted */
  for (guint i = 0; i < RECORDS; i++)
    {
      guint64 nonce = i % 2 == 0 ? 4711 + i : drawn (i);
      build_segment (build, &tcp, CAMERA, record (nonce));
      build_segment (sealed, &other, CAMERA, record (nonce));
    }
  build_found (build, "tls-record-padding-iv", LENS_SEVERITY_MEDIUM);
  build_quiet (sealed, "tls-record-padding-iv");
}

#define CASE(name, function) g_test_add_func ("/analyzers/tls-nonce/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("counters-and-draws-are-quiet", counters_and_draws_are_quiet);
  CASE ("texts-are-found", texts_are_found);
  CASE ("a-counter-that-breaks-off-is-found", a_counter_that_breaks_off_is_found);
  return g_test_run ();
}
