/* What travels in TCP connections of a camera, both ways, with holes and repeats, through the
 * ledger and all analyzers: RTSP, HTTP and its bodies, TLS, MQTT, SIP, peer-to-peer, DNS.
 * fuzz: at most 8192 octets */
#include "tests/analyzers/build.h"
#include "tests/fuzz/evaluation.h"

static const guint16 ports[] = { 554, 80, 443, 1883, 5060, 9000, 34567, 53 };

static void
send (Build *build, BuildTcp *tcp, const FuzzPart *part)
{
  BuildSpeaker speaker = part->flags & 1 ? VIEWER : CAMERA;
  GByteArray *data = g_byte_array_new ();

  g_byte_array_append (data, part->octets, (guint)part->length);
  if (part->flags & 0x40)
    tcp->sequence[speaker] += 7; /* a hole */
  if (part->flags & 0x20)
    tcp->sequence[speaker] -= 5; /* a repeat */
  build_segment (build, tcp, speaker, data);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  g_auto (FuzzPart) part = { 0 };
  g_autoptr (Build) build = build_new (NULL);
  BuildTcp tcp[G_N_ELEMENTS (ports)] = { 0 };

  while (fuzz_part_next (&cursor, &part))
    {
      guint which = part.flags >> 1 & 7;
      build->step = part.flags & 0x80 ? 2000000000 : 10000000;
      /* The odd ones are asked by the camera. */
      if (tcp[which].camera_port == 0 && which % 2 == 0)
        build_connect (build, &tcp[which], ports[which], (guint16)(41000 + which));
      else if (tcp[which].camera_port == 0)
        build_connect (build, &tcp[which], (guint16)(41000 + which), ports[which]);
      send (build, &tcp[which], &part);
    }
  fuzz_check_evaluation (build_conclude (build), length);
  return 0;
}
