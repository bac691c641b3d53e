/* Flags and numbers of MQTT. */
#include "tests/analyzers/build.h"

#include <string.h>

enum
{
  TIMES = 60
};

/* CONNECT (MQTT 3.1.1 section 3.1), client "id". */
static void
begin (Build *build, BuildTcp *tcp)
{
  build_connect (build, tcp, 40000, 1883);
  build_segment (build, tcp, CAMERA, build_hex ("100e 0004 4d515454 04 02 003c 0002 6964"));
  build_segment (build, tcp, VIEWER, build_hex ("2002 0000"));
}

/* PUBLISH to "a/b" with content "x". */
static guint64
publish (Build *build, BuildTcp *tcp, guint flags, guint16 id)
{
  g_autofree char *digits = (flags & 6) != 0
                                ? g_strdup_printf ("3%x 08 0003 612f62 %04x 78", flags, id)
                                : g_strdup_printf ("3%x 06 0003 612f62 78", flags);

  return build_segment (build, tcp, CAMERA, build_hex (digits));
}

static Build *
client (void)
{
  return build_declared ("mqtt-fields",
                         "[service broker]\nproto = tcp\nport = 1883\nto = 192.0.2.20\n");
}

static guint32
drawn (guint i)
{
  return (i + 1) * 2654435761u ^ (i + 1) * 40503u << 7;
}

/* From anywhere, past its end; the lowest that is free; sent again. */
static void
counters_are_quiet (void)
{
  for (guint kind = 0; kind < 3; kind++)
    {
      g_autoptr (Build) build = client ();
      BuildTcp tcp = { 0 };
      begin (build, &tcp);
      for (guint i = 0; i < TIMES; i++)
        publish (build, &tcp, kind == 2 && i % 2 == 1 ? 10 : 2,
                 (guint16)(kind == 0   ? 65500 + i
                           : kind == 1 ? 1 + i % 3
                                       : 500 + i / 2));
      build_quiet (build, "mqtt-amqp-cloud");
    }
}

static void
identifiers_that_are_drawn_are_found (void)
{
  g_autoptr (Build) build = client ();
  BuildTcp tcp = { 0 };

  begin (build, &tcp);
  for (guint i = 0; i < TIMES; i++)
    publish (build, &tcp, 2, (guint16)(drawn (i) >> 12));
  const LensFindingRow *finding = build_found (build, "mqtt-amqp-cloud", LENS_SEVERITY_MEDIUM);
  g_assert_nonnull (strstr (finding->detail, "Identifiers"));
  g_assert_cmpuint (g_array_index (finding->octets, LensPiece, 0).offset, ==, build->offset + 7);
}

static void
flags_that_change_are_found (void)
{
  g_autoptr (Build) build = client (), steady = client ();
  BuildTcp tcp = { 0 }, other = { 0 };

  begin (build, &tcp);
  begin (steady, &other);
  for (guint i = 0; i < 2 * TIMES; i++)
    {
      publish (build, &tcp, drawn (i) >> 31, 0);
      publish (steady, &other, i % 2, 0); /* a state, and what follows it */
    }
  build_found (build, "mqtt-amqp-cloud", LENS_SEVERITY_MEDIUM);
  build_quiet (steady, "mqtt-amqp-cloud");
}

static void
flags_that_are_fixed_are_found (void)
{
  g_autoptr (Build) build = client ();
  BuildTcp tcp = { 0 };

  begin (build, &tcp);
  guint64 frame = build_segment (build, &tcp, CAMERA, build_hex ("c5 00"));
  build_segment (build, &tcp, CAMERA, build_hex ("c3 00"));
  const LensFindingRow *finding = build_found (build, "mqtt-amqp-cloud", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset, 1);
}

#define CASE(name, function) g_test_add_func ("/analyzers/mqtt-fields/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("counters-are-quiet", counters_are_quiet);
  CASE ("identifiers-that-are-drawn-are-found", identifiers_that_are_drawn_are_found);
  CASE ("flags-that-change-are-found", flags_that_change_are_found);
  CASE ("flags-that-are-fixed-are-found", flags_that_are_fixed_are_found);
  return g_test_run ();
}
