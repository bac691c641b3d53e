#include "wire/address.h"

#include <arpa/inet.h>
#include <string.h>

LensAddress
lens_address_from_octets (guint8 version, const guint8 *octets)
{
  LensAddress address = { .version = version };

  memcpy (address.octets, octets, version == 4 ? 4 : 16);
  return address;
}

gboolean
lens_address_parse (const char *text, LensAddress *address)
{
  *address = (LensAddress){ 0 };
  if (inet_pton (AF_INET, text, address->octets) == 1)
    address->version = 4;
  else if (inet_pton (AF_INET6, text, address->octets) == 1)
    address->version = 6;
  return address->version != 0;
}

const char *
lens_address_text (const LensAddress *address, char into[LENS_ADDRESS_TEXT])
{
  if (address->version == 0
      || inet_ntop (address->version == 4 ? AF_INET : AF_INET6, address->octets, into,
                    LENS_ADDRESS_TEXT)
             == NULL)
    into[0] = '\0';
  return into;
}

char *
lens_address_dup_text (const LensAddress *address)
{
  char text[LENS_ADDRESS_TEXT];

  return g_strdup (lens_address_text (address, text));
}

gboolean
lens_network_parse (const char *text, LensNetwork *network)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 2);
  guint64 prefix;

  if (parts[0] == NULL || !lens_address_parse (parts[0], &network->address))
    return FALSE;
  guint bits = network->address.version == 4 ? 32 : 128;
  network->prefix = (guint8)bits;
  if (parts[1] == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (parts[1], 10, 0, bits, &prefix, NULL))
    return FALSE;
  network->prefix = (guint8)prefix;
  return TRUE;
}

gboolean
lens_network_contains (const LensNetwork *network, const LensAddress *address)
{
  if (network->address.version != address->version)
    return FALSE;
  guint whole = network->prefix / 8, rest = network->prefix % 8;
  if (memcmp (network->address.octets, address->octets, whole) != 0)
    return FALSE;
  guint8 mask = (guint8)(0xff00 >> rest);
  return rest == 0 || (network->address.octets[whole] & mask) == (address->octets[whole] & mask);
}

gboolean
lens_address_equal (const LensAddress *a, const LensAddress *b)
{
  return memcmp (a, b, sizeof *a) == 0;
}

guint
lens_address_hash (const LensAddress *address)
{
  guint32 words[4];

  memcpy (words, address->octets, sizeof words);
  guint hash = address->version;
  for (guint i = 0; i < 4; i++)
    hash = (hash ^ words[i]) * 0x9e3779b1u;
  return hash ^ hash >> 15;
}

static guint
key_hash (gconstpointer address)
{
  return lens_address_hash (address);
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  return lens_address_equal (a, b);
}

GHashTable *
lens_address_table_new (GDestroyNotify free_key, GDestroyNotify free_value)
{
  return g_hash_table_new_full (key_hash, key_equal, free_key, free_value);
}

int
lens_address_compare (const LensAddress *a, const LensAddress *b)
{
  return memcmp (a, b, sizeof *a);
}

gboolean
lens_address_is_multicast (const LensAddress *address)
{
  return address->version == 4 ? (address->octets[0] & 0xf0) == 0xe0
                               : address->version == 6 && address->octets[0] == 0xff;
}

gboolean
lens_address_is_unspecified (const LensAddress *address)
{
  static const guint8 zero[16];

  return memcmp (address->octets, zero, sizeof zero) == 0;
}

gboolean
lens_address_is_broadcast (const LensAddress *address)
{
  static const guint8 ones[4] = { 0xff, 0xff, 0xff, 0xff };

  return address->version == 4 && memcmp (address->octets, ones, sizeof ones) == 0;
}

gboolean
lens_address_is_link_local (const LensAddress *address)
{
  return address->version == 6 && address->octets[0] == 0xfe && (address->octets[1] & 0xc0) == 0x80;
}

gboolean
lens_address_is_private (const LensAddress *address)
{
  const guint8 *octets = address->octets;

  if (address->version == 4)
    return octets[0] == 10 || (octets[0] == 172 && (octets[1] & 0xf0) == 16)
           || (octets[0] == 192 && octets[1] == 168) || (octets[0] == 169 && octets[1] == 254);
  return (address->version == 6 && (octets[0] & 0xfe) == 0xfc)
         || lens_address_is_link_local (address);
}

guint64
lens_mac_number (const guint8 mac[6])
{
  guint64 number = 0;

  for (guint i = 0; i < 6; i++)
    number = number << 8 | mac[i];
  return number;
}

guint
lens_mac_number_hash (gconstpointer number)
{
  guint64 hash = *(const guint64 *)number * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  return (guint)(hash >> 32);
}

gboolean
lens_mac_parse (const char *text, guint8 mac[6])
{
  if (strlen (text) != 17)
    return FALSE;
  for (guint i = 0; i < 6; i++)
    {
      const char *pair = text + 3 * i;
      if (!g_ascii_isxdigit (pair[0]) || !g_ascii_isxdigit (pair[1])
          || (i < 5 && pair[2] != ':' && pair[2] != '-'))
        return FALSE;
      mac[i] = (guint8)(g_ascii_xdigit_value (pair[0]) << 4 | g_ascii_xdigit_value (pair[1]));
    }
  return TRUE;
}

char *
lens_mac_dup_text (const guint8 mac[6])
{
  return g_strdup_printf ("%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
                          mac[5]);
}
