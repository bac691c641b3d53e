/* QUIC. */
#include "tests/analyzers/build.h"

#include <string.h>

static GByteArray *
first_datagram (const char *id)
{
  return build_join (build_join (build_hex ("c3 00000001 10"), build_text (id)),
                     build_join (build_hex ("00"), build_filled (0x9d, 1200 - 23)));
}

static void
an_undeclared_flow_is_named (void)
{
  g_autoptr (Build) build = build_new ("quic");

  build_session (build, build_sdp_h264, FALSE, "");
  build_udp (build, CAMERA, 40000, 443,
             first_datagram ("\x01\x93\xf4\x05\x88\x17\x99\x1c"
                             "\x91\x03\xfe\x15\x88\x77\x19\x0c"));
  build_udp (build, CAMERA, 40000, 443, build_filled (0x55, 100));
  g_assert_cmpuint (build_found (build, "quic-fields", LENS_SEVERITY_LOW)->frame_count, ==, 2);
}

static void
text_in_an_identifier_is_found (void)
{
  g_autoptr (Build) build
      = build_declared ("quic", "[service web]\nproto = udp\nport = 443\nto = 192.0.2.20\n");

  build_udp (build, CAMERA, 40000, 443, first_datagram ("light in hall on"));
  build_udp (build, CAMERA, 40000, 443, first_datagram ("light in hall of"));
  build_conclude (build);
  guint found = 0;
  for (guint i = 0; i < build->evaluation->findings->len; i++)
    {
      const LensFindingRow *row = g_ptr_array_index (build->evaluation->findings, i);
      found += row->severity == LENS_SEVERITY_MEDIUM && row->used_bits == 256;
    }
  g_assert_cmpuint (found, ==, 1);
}

static void
other_datagrams_are_none (void)
{
  g_autoptr (Build) build = build_new ("quic");

  build_session (build, build_sdp_h264, FALSE, "");
  build_udp (build, CAMERA, 40000, 9000, build_filled (0xc3, 1200));
  build_udp (build, CAMERA, 40000, 9000, build_hex ("c3 00000001 00 00"));
  g_assert_null (build_finding (build, "quic-fields"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/quic/an-undeclared-flow-is-named", an_undeclared_flow_is_named);
  g_test_add_func ("/analyzers/quic/text-in-an-identifier-is-found",
                   text_in_an_identifier_is_found);
  g_test_add_func ("/analyzers/quic/other-datagrams-are-none", other_datagrams_are_none);
  return g_test_run ();
}
