#include "tests/bench/traffic/side.h"

#include <string.h>

#define RECORD_OCTETS 16384
#define HANDSHAKE 22
#define CHANGE_CIPHER_SPEC 20
#define APPLICATION_DATA 23

/* Random octets, as what a key hides looks. */
static void
put_random (GByteArray *to, LensDice *dice, gsize length)
{
  while (length > 0)
    {
      guint64 octets = lens_dice_roll (dice);
      gsize taken = MIN (length, sizeof octets);
      g_byte_array_append (to, (const guint8 *)&octets, (guint)taken);
      length -= taken;
    }
}

static void
put16 (GByteArray *to, gsize value)
{
  guint8 octets[2];

  bench_put16 (octets, (guint)value);
  g_byte_array_append (to, octets, sizeof octets);
}

static void
put (GByteArray *to, const void *octets, gsize length)
{
  g_byte_array_append (to, octets, (guint)length);
}

/* RFC 8446 section 5.1. */
static void
put_record (GByteArray *to, guint8 type, guint version, gsize length)
{
  put (to, &type, 1);
  put16 (to, version);
  put16 (to, length);
}

/* RFC 6066 section 3. */
static void
put_server_name (GByteArray *to, const char *name)
{
  gsize length = strlen (name);

  put16 (to, 0);
  put16 (to, length + 5);
  put16 (to, length + 3);
  put (to, "", 1);
  put16 (to, length);
  put (to, name, length);
}

/* RFC 8446 section 4.2.8, X25519. */
static void
put_key_share (GByteArray *to, LensDice *dice, gboolean is_list)
{
  put16 (to, 51);
  put16 (to, is_list ? 38 : 36);
  if (is_list)
    put16 (to, 36);
  put16 (to, 29);
  put16 (to, 32);
  put_random (to, dice, 32);
}

/* The lengths in front are known when the rest is. */
static void
put_hello (GByteArray *to, guint8 type, const GByteArray *start, const GByteArray *extensions)
{
  guint8 head[4];
  gsize length = start->len + 2 + extensions->len;

  put_record (to, HANDSHAKE, type == 1 ? 0x0301 : 0x0303, 4 + length);
  bench_put32 (head, (guint32)type << 24 | (guint32)length);
  put (to, head, sizeof head);
  put (to, start->data, start->len);
  put16 (to, extensions->len);
  put (to, extensions->data, extensions->len);
}

/* RFC 8446 section 4.1.2. */
static void
client_hello (GByteArray *to, LensDice *dice, const char *name, GByteArray *session)
{
  static const guint8 suites[]
      = { 0x00, 0x08, 0x13, 0x02, 0x13, 0x03, 0x13, 0x01, 0xc0, 0x30, 0x01, 0x00 };
  static const guint8 fixed[]
      = { 0x00, 0x0b, 0x00, 0x02, 0x01, 0x00,                         /* point formats */
          0x00, 0x0a, 0x00, 0x06, 0x00, 0x04, 0x00, 0x1d, 0x00, 0x17, /* groups */
          0x00, 0x0d, 0x00, 0x08, 0x00, 0x06, 0x04, 0x03, 0x08, 0x04, 0x04, 0x01, /* signatures */
          0x00, 0x2b, 0x00, 0x05, 0x04, 0x03, 0x04, 0x03, 0x03,                   /* versions */
          0x00, 0x2d, 0x00, 0x02, 0x01, 0x01 }; /* key exchange modes */
  g_autoptr (GByteArray) start = g_byte_array_new (), extensions = g_byte_array_new ();

  put16 (start, 0x0303);
  put_random (start, dice, 32);
  put (start, "\x20", 1);
  put (start, session->data, session->len);
  put (start, suites, sizeof suites);
  put_server_name (extensions, name);
  put (extensions, fixed, sizeof fixed);
  put_key_share (extensions, dice, TRUE);
  put_hello (to, 1, start, extensions);
}

/* RFC 8446 section 4.1.3. */
static void
server_hello (GByteArray *to, LensDice *dice, GByteArray *session)
{
  static const guint8 suite[] = { 0x13, 0x02, 0x00 };
  static const guint8 version[] = { 0x00, 0x2b, 0x00, 0x02, 0x03, 0x04 };
  g_autoptr (GByteArray) start = g_byte_array_new (), extensions = g_byte_array_new ();

  put16 (start, 0x0303);
  put_random (start, dice, 32);
  put (start, "\x20", 1);
  put (start, session->data, session->len);
  put (start, suite, sizeof suite);
  put (extensions, version, sizeof version);
  put_key_share (extensions, dice, FALSE);
  put_hello (to, 2, start, extensions);
}

static void
application_data (GByteArray *to, LensDice *dice, gsize length)
{
  for (; length > 0; length -= MIN (length, RECORD_OCTETS))
    {
      gsize taken = MIN (length, RECORD_OCTETS);
      put_record (to, APPLICATION_DATA, 0x0303, taken + 17);
      put_random (to, dice, taken + 17);
    }
}

static gint64
send (BenchWorld *world, BenchTcp *tcp, guint from, gint64 at_us, GByteArray *records)
{
  at_us = bench_tcp_send (tcp, world->frames, from, at_us, records->data, records->len);
  g_byte_array_set_size (records, 0);
  return at_us;
}

gint64
bench_side_tls (BenchWorld *world, BenchHost *client, BenchHost *server, const char *name, gsize up,
                gsize down, gint64 at_us)
{
  static const guint8 change[] = { CHANGE_CIPHER_SPEC, 3, 3, 0, 1, 1 };
  g_autoptr (GByteArray) session = g_byte_array_new (), records = g_byte_array_new ();
  LensDice *dice = &world->dice;
  BenchTcp tcp;

  bench_talk_init (&tcp.talk, client, bench_port (client), server, 443, dice);
  bench_tcp_open (&tcp, world->frames, dice, at_us);
  put_random (session, dice, 32);
  client_hello (records, dice, name, session);
  at_us = send (world, &tcp, 0, tcp.done_us, records);

  server_hello (records, dice, session);
  put (records, change, sizeof change);
  application_data (records, dice, 2300); /* extensions, certificate, verify, finished */
  at_us = send (world, &tcp, 1, at_us + 15000, records);

  put (records, change, sizeof change);
  application_data (records, dice, 52);
  application_data (records, dice, up);
  at_us = send (world, &tcp, 0, at_us + 1000, records);
  application_data (records, dice, down);
  at_us = send (world, &tcp, 1, at_us + 15000, records);
  bench_tcp_close (&tcp, world->frames, 0, at_us + 5000);
  return tcp.done_us;
}
