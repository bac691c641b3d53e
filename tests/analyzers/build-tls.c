#include "tests/analyzers/build-tls.h"

#include <string.h>

GByteArray *
build_client_hello (const char *random, const char *suites, const char *extensions)
{
  g_autoptr (GByteArray) list = build_hex (suites);
  g_autoptr (GByteArray) more = build_hex (extensions);
  gsize body = 2 + 32 + 1 + 2 + list->len + 2 + 2 + more->len;
  guint8 head[] = {
    22,           3, 1, (guint8)((body + 4) >> 8), (guint8)(body + 4), 1, 0, (guint8)(body >> 8),
    (guint8)body, 3, 3
  };
  GByteArray *octets = g_byte_array_new ();

  g_byte_array_append (octets, head, sizeof head);
  octets = build_join (octets, strlen (random) == 32 ? build_text (random) : build_hex (random));
  g_byte_array_append (octets, (const guint8[]){ 0, 0, (guint8)list->len }, 3);
  g_byte_array_append (octets, list->data, list->len);
  g_byte_array_append (octets, (const guint8[]){ 1, 0, 0, (guint8)more->len }, 4);
  g_byte_array_append (octets, more->data, more->len);
  return octets;
}

Build *
build_cloud (const char *analyzer)
{
  return build_declared (analyzer, "[service cloud]\nproto = tcp\nport = 443\nto = 192.0.2.20\n");
}

guint64
build_greet (Build *build, guint16 port, GByteArray *octets)
{
  BuildTcp tcp = { 0 };

  tcp.camera_port = port;
  tcp.viewer_port = 443;
  build_connect (build, &tcp, port, 443);
  return build_segment (build, &tcp, CAMERA, octets);
}
