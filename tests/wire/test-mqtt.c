/* Packets of MQTT, octet by octet. */
#include "wire/mqtt.h"

#include <string.h>

typedef struct
{
  guint n;
  LensMqttPacket last;
  char topic[16];
} Seen;

static void
see (const LensMqttPacket *packet, const LensView *view, gpointer user)
{
  Seen *seen = user;

  seen->n++;
  seen->last = *packet;
  if (packet->topic.length < sizeof seen->topic)
    {
      memcpy (seen->topic, view->octets + packet->topic.offset, packet->topic.length);
      seen->topic[packet->topic.length] = '\0';
    }
}

/* @step octets at a time. */
static void
feed (LensMqttReader *reader, const char *octets, gsize length, gsize step)
{
  for (gsize at = 0; at < length; at += step)
    {
      gsize count = MIN (step, length - at);
      const LensPiece piece = { 1, (guint32)at, (guint32)count };
      const LensView view = { (const guint8 *)octets + at, count, &piece, 1, FALSE };
      lens_mqtt_reader_feed (reader, &view);
    }
}

/* CONNECT; PUBLISH with QoS 1 to "a/b", identifier 0x1234, content "x"; PINGREQ. */
static const char talk[] = "\x10\x0e\0\4MQTT\4\2\0\x3c\0\2id"
                           "\x32\x08\0\3a/b\x12\x34x"
                           "\xc0";

static void
packets_come_whole_however_they_are_cut (void)
{
  for (gsize step = 1; step < sizeof talk; step++)
    {
      Seen seen = { 0 };
      LensMqttReader *reader = lens_mqtt_reader_new (see, &seen);
      feed (reader, talk, sizeof talk - 2, step);
      g_assert_cmpuint (seen.n, ==, 2);
      g_assert_cmpuint (seen.last.type, ==, LENS_MQTT_PUBLISH);
      g_assert_cmpuint (seen.last.flags, ==, 2);
      g_assert_cmpstr (seen.topic, ==, "a/b");
      g_assert_cmpuint (seen.last.id.offset, ==, 7);
      /* The type of the next one, and its length: the zero that ends the text. */
      feed (reader, talk + sizeof talk - 2, 2, step);
      g_assert_cmpuint (seen.n, ==, 3);
      g_assert_cmpuint (seen.last.type, ==, 12);
      lens_mqtt_reader_free (reader);
    }
}

static void
what_does_not_begin_like_it_is_passed_over (void)
{
  Seen seen = { 0 };
  LensMqttReader *reader = lens_mqtt_reader_new (see, &seen);

  feed (reader, talk + 16, sizeof talk - 16, 100);
  g_assert_cmpuint (seen.n, ==, 0);
  lens_mqtt_reader_free (reader);
}

/* Of a long one the front is shown; a length of five octets is none. */
static void
long_packets_are_bounded (void)
{
  Seen seen = { 0 };
  LensMqttReader *reader = lens_mqtt_reader_new (see, &seen);
  g_autofree char *body = g_malloc0 (70000);

  feed (reader, talk, 16, 100);
  feed (reader, "\x30\xf0\xa2\x04\0\3a/b", 9, 100);
  feed (reader, body, 70000 - 5, 1500);
  g_assert_cmpuint (seen.n, ==, 2);
  g_assert_cmpuint (seen.last.length, ==, 70000);
  g_assert_cmpstr (seen.topic, ==, "a/b");
  feed (reader, "\x30\xff\xff\xff\xff\x01", 6, 100);
  feed (reader, talk, sizeof talk, 100);
  g_assert_cmpuint (seen.n, ==, 2);
  lens_mqtt_reader_free (reader);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/mqtt/packets-come-whole-however-they-are-cut",
                   packets_come_whole_however_they_are_cut);
  g_test_add_func ("/wire/mqtt/what-does-not-begin-like-it-is-passed-over",
                   what_does_not_begin_like_it_is_passed_over);
  g_test_add_func ("/wire/mqtt/long-packets-are-bounded", long_packets_are_bounded);
  return g_test_run ();
}
