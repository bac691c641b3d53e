#include "ledger/seed-tls.h"

#include <string.h>

static void
put (GByteArray *into, const void *octets, gsize length)
{
  g_byte_array_append (into, octets, (guint)length);
}

static void
put_16 (GByteArray *into, gsize value)
{
  put (into, (const guint8[]){ (guint8)(value >> 8), (guint8)value }, 2);
}

static void
put_extension (GByteArray *into, guint16 type, const guint8 *octets, gsize length)
{
  put_16 (into, type);
  put_16 (into, length);
  put (into, octets, length);
}

/* RFC 6066 section 3: a list of one name, of type 0. */
static void
put_name (GByteArray *into, const char *name)
{
  gsize length = strlen (name);

  put_16 (into, 0);
  put_16 (into, length + 5);
  put_16 (into, length + 3);
  put (into, "", 1);
  put_16 (into, length);
  put (into, name, length);
}

GByteArray *
lens_seed_client_hello (const guint8 random[32], const char *name, guint16 type,
                        const guint8 *octets, gsize length)
{
  static const guint8 suites[] = { 0, 0, 4, 0x13, 1, 0xc0, 0x2f, 1, 0 };
  static const guint8 groups[] = { 0, 2, 0, 0x1d };
  g_autoptr (GByteArray) extensions = g_byte_array_new ();
  GByteArray *hello = g_byte_array_new ();

  if (name != NULL)
    put_name (extensions, name);
  put_extension (extensions, 10, groups, sizeof groups);
  if (length > 0)
    put_extension (extensions, type, octets, length);
  gsize body = 2 + 32 + sizeof suites + 2 + extensions->len;
  put (hello, (const guint8[]){ 22, 3, 1 }, 3);
  put_16 (hello, body + 4);
  put (hello, (const guint8[]){ 1, 0 }, 2);
  put_16 (hello, body);
  put (hello, (const guint8[]){ 3, 3 }, 2);
  put (hello, random, 32);
  put (hello, suites, sizeof suites);
  put_16 (hello, extensions->len);
  put (hello, extensions->data, extensions->len);
  return hello;
}
