#include "tests/analyzers/build-names.h"

#include "wire/address.h"

#include <string.h>

GByteArray *
build_query_message (const char *name, guint16 type, GByteArray *more)
{
  GByteArray *message = build_hex ("0000 0100 0001 0000 0000 0000");
  g_auto (GStrv) labels = g_strsplit (name, ".", -1);

  message->data[0] = (guint8)g_str_hash (name);
  for (guint i = 0; labels[i] != NULL; i++)
    {
      guint8 length = (guint8)strlen (labels[i]);
      g_byte_array_append (message, &length, 1);
      g_byte_array_append (message, (const guint8 *)labels[i], length);
    }
  const guint8 tail[] = { 0, (guint8)(type >> 8), (guint8)type, 0, 1 };
  g_byte_array_append (message, tail, sizeof tail);
  return more != NULL ? build_join (message, more) : message;
}

guint64
build_dns (Build *build, GByteArray *message)
{
  return build_udp (build, CAMERA, 45000, 53, message);
}

guint64
build_query (Build *build, const char *name, guint16 type)
{
  return build_dns (build, build_query_message (name, type, NULL));
}

guint64
build_multicast (Build *build, const char *group, guint16 sport, guint16 dport, GByteArray *data)
{
  LensAddress address;
  GByteArray *frame = build_hex ("01005e000000 020000000010 0800"
                                 "4500 0000 0000 4000 01 11 0000 c000020a 00000000"
                                 "0000 0000 0000 0000");
  guint length = 28 + data->len;

  g_assert_true (lens_address_parse (group, &address));
  memcpy (frame->data + 3, address.octets + 1, 3);
  frame->data[3] &= 0x7f;
  frame->data[16] = (guint8)(length >> 8);
  frame->data[17] = (guint8)length;
  memcpy (frame->data + 30, address.octets, 4);
  frame->data[34] = (guint8)(sport >> 8);
  frame->data[35] = (guint8)sport;
  frame->data[36] = (guint8)(dport >> 8);
  frame->data[37] = (guint8)dport;
  frame->data[38] = (guint8)((8 + data->len) >> 8);
  frame->data[39] = (guint8)(8 + data->len);
  guint64 number = build_frame (build, build_join (frame, data));
  build->offset = 42;
  return number;
}

void
build_noise (guint32 number, char *into, gsize length)
{
  guint32 state = number * 2654435761u + 12345;

  for (gsize i = 0; i < length; i++)
    {
      state = state * 1664525u + 1013904223u;
      into[i] = "abcdefghijklmnopqrstuvwxyz234567"[state >> 27];
    }
}

GByteArray *
build_dhcp_message (guint8 type, const char *options)
{
  GByteArray *message = build_hex ("01010600 11223344 00000000 00000000 00000000 00000000 00000000"
                                   "020000000010 00000000000000000000");

  message = build_join (message, build_filled (0, 192));
  message = build_join (message, build_hex ("63825363 3501"));
  g_byte_array_append (message, &type, 1);
  message = build_join (message, build_hex (options));
  return build_join (message, build_hex ("ff 000000"));
}

/* From 0.0.0.0 to all (speaker @server false), or from the server to the camera. */
static guint64
send_dhcp (Build *build, gboolean server, GByteArray *message)
{
  guint length = 28 + message->len;
  GByteArray *frame = build_hex (server ? "020000000010 020000000020 0800"
                                          "4500 0000 0000 0000 40 11 0000 c0000214 c000020a"
                                          "0043 0044 0000 0000"
                                        : "ffffffffffff 020000000010 0800"
                                          "4500 0000 0000 0000 40 11 0000 00000000 ffffffff"
                                          "0044 0043 0000 0000");

  frame->data[16] = (guint8)(length >> 8);
  frame->data[17] = (guint8)length;
  frame->data[38] = (guint8)((8 + message->len) >> 8);
  frame->data[39] = (guint8)(8 + message->len);
  guint64 number = build_frame (build, build_join (frame, message));
  build->offset = 42;
  return number;
}

guint64
build_dhcp (Build *build, GByteArray *message)
{
  return send_dhcp (build, FALSE, message);
}

guint64
build_dhcp_answer (Build *build, guint8 type, const guint8 yours[4])
{
  GByteArray *message = build_dhcp_message (type, "3604c0000214");

  message->data[0] = 2;
  memcpy (message->data + 16, yours, 4);
  return send_dhcp (build, TRUE, message);
}

GByteArray *
build_ntp_message (guint8 first, guint64 transmit)
{
  GByteArray *message = build_filled (0, 48);

  message->data[0] = first;
  for (guint i = 0; i < 8; i++)
    message->data[40 + i] = (guint8)(transmit >> (56 - 8 * i));
  return message;
}

guint64
build_ntp (Build *build, BuildSpeaker speaker, GByteArray *message)
{
  return build_udp (build, speaker, 40123, 123, message);
}

Build *
build_client (const char *analyzer)
{
  static const guint8 yours[] = { 192, 0, 2, 10 };
  Build *build = build_new (analyzer);

  build_dhcp_answer (build, 5, yours);
  return build;
}
