#include "wire/tls-hello.h"

#include "wire/cursor.h"

#include <string.h>

#define RECORD_HEAD 5
#define MOST_RECORD (16384 + 2048) /* RFC 5246 6.2.3; of cleartext 16384 */
#define MOST_RECORDS 64            /* a hello cut into more is not waited for */

enum
{
  HANDSHAKE = 22, /* content type */
  CLIENT_HELLO = 1,
  SERVER_HELLO = 2,
  EXTENSION_SERVER_NAME = 0,
  EXTENSION_ALPN = 16,
  EXTENSION_VERSIONS = 43,
  EXTENSION_ECH = 0xfe0d,
};

/* As much of @wanted octets as there is, as a cursor of its own. */
static LensCursor
take_part (LensCursor *cursor, gsize wanted, guint *odd)
{
  gsize there = MIN (wanted, lens_cursor_left (cursor));

  if (there < wanted || cursor->short_read)
    *odd |= LENS_TLS_MALFORMED;
  if (there == 0)
    return lens_cursor_over (cursor->octets, 0);
  return lens_cursor_over (lens_cursor_take (cursor, there), there);
}

static void
parse_server_name (LensCursor *part, LensTlsHello *hello)
{
  LensCursor list = take_part (part, lens_cursor_u16 (part), &hello->odd);

  while (lens_cursor_left (&list) > 0)
    {
      guint8 type = lens_cursor_u8 (&list);
      LensCursor name = take_part (&list, lens_cursor_u16 (&list), &hello->odd);
      if (type != 0 || hello->has_name)
        continue;
      hello->has_name = TRUE;
      gsize length = MIN (name.length, sizeof hello->server_name - 1);
      if (length < name.length)
        hello->odd |= LENS_TLS_NAME_ODD;
      for (gsize i = 0; i < length; i++)
        {
          guint8 octet = name.octets[i];
          gboolean usual = g_ascii_isalnum (octet) || (octet != 0 && strchr (".-_:", octet));
          hello->server_name[i] = usual ? (char)octet : '?';
          if (!usual)
            hello->odd |= LENS_TLS_NAME_ODD;
        }
    }
}

static void
parse_alpn (LensCursor *part, LensTlsHello *hello)
{
  LensCursor list = take_part (part, lens_cursor_u16 (part), &hello->odd);
  gsize at = 0;

  while (lens_cursor_left (&list) > 0)
    {
      LensCursor name = take_part (&list, lens_cursor_u8 (&list), &hello->odd);
      if (at > 0 && at < sizeof hello->alpn - 1)
        hello->alpn[at++] = ',';
      for (gsize i = 0; i < name.length && at < sizeof hello->alpn - 1; i++)
        {
          guint8 octet = name.octets[i];
          hello->alpn[at++] = g_ascii_isgraph (octet) && octet != ',' ? (char)octet : '?';
        }
    }
}

static void
parse_versions (LensCursor *part, gboolean is_client, LensTlsHello *hello)
{
  gsize size = is_client ? lens_cursor_u8 (part) : 2;
  LensCursor list = take_part (part, size, &hello->odd);

  while (lens_cursor_left (&list) >= 2)
    {
      guint16 version = lens_cursor_u16 (&list);
      if (hello->n_versions < LENS_TLS_MOST_VERSIONS)
        hello->versions[hello->n_versions++] = version;
    }
}

static void
parse_extensions (LensCursor *body, gboolean is_client, LensTlsHello *hello)
{
  LensCursor list = take_part (body, lens_cursor_u16 (body), &hello->odd);

  hello->extensions = (LensRange){ body->position - list.length, list.length };
  while (lens_cursor_left (&list) > 0)
    {
      guint16 type = lens_cursor_u16 (&list);
      LensCursor part = take_part (&list, lens_cursor_u16 (&list), &hello->odd);
      hello->n_extensions++;
      if (type == EXTENSION_SERVER_NAME && part.length > 0)
        parse_server_name (&part, hello);
      else if (type == EXTENSION_ALPN)
        parse_alpn (&part, hello);
      else if (type == EXTENSION_VERSIONS)
        parse_versions (&part, is_client, hello);
      else if (type == EXTENSION_ECH)
        hello->has_ech = TRUE;
    }
}

/* @length octets that must be there, and where. */
static LensRange
skip (LensCursor *body, gsize length)
{
  LensRange range = { body->position, MIN (length, lens_cursor_left (body)) };

  lens_cursor_skip (body, length);
  return range;
}

static void
parse_message (LensCursor *body, gboolean is_client, LensTlsHello *hello)
{
  hello->version = lens_cursor_u16 (body);
  hello->random = skip (body, 32);
  hello->session = skip (body, lens_cursor_u8 (body));
  if (is_client)
    {
      LensCursor ciphers = take_part (body, lens_cursor_u16 (body), &hello->odd);
      hello->n_ciphers = (guint)(ciphers.length / 2);
      hello->ciphers = (LensRange){ body->position - ciphers.length, ciphers.length };
      hello->compression = skip (body, lens_cursor_u8 (body));
    }
  else
    {
      hello->cipher = lens_cursor_u16 (body);
      lens_cursor_skip (body, 1);
    }
  if (body->short_read)
    hello->odd |= LENS_TLS_MALFORMED;
  else if (lens_cursor_left (body) > 0) /* before TLS 1.2 there may be none */
    parse_extensions (body, is_client, hello);
  hello->rest = (LensRange){ body->position, lens_cursor_left (body) };
  if (hello->rest.length > 0)
    hello->odd |= LENS_TLS_TRAILING;
}

gboolean
lens_tls_is_grease (guint16 value)
{
  return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

gboolean
lens_tls_extension_next (const guint8 *message, LensRange *left, guint16 *type, LensRange *data)
{
  const guint8 *at = message + left->offset;

  if (left->length < 4 || left->length - 4 < ((gsize)at[2] << 8 | at[3]))
    return FALSE;
  *type = (guint16)(at[0] << 8 | at[1]);
  *data = (LensRange){ left->offset + 4, (gsize)at[2] << 8 | at[3] };
  left->length -= 4 + data->length;
  left->offset = lens_range_end (*data);
  return TRUE;
}

LensTlsFound
lens_tls_message_parse (const guint8 *octets, gsize length, LensTlsHello *hello)
{
  if (length < 4 || (octets[0] != CLIENT_HELLO && octets[0] != SERVER_HELLO))
    return LENS_TLS_OTHER;
  LensCursor body = lens_cursor_over (octets, length);
  lens_cursor_skip (&body, 4);
  *hello = (LensTlsHello){ .length = length };
  parse_message (&body, octets[0] == CLIENT_HELLO, hello);
  return octets[0] == CLIENT_HELLO ? LENS_TLS_CLIENT_HELLO : LENS_TLS_SERVER_HELLO;
}

/* Whether the head of a record is one; as much of it as is there. */
static gboolean
is_record_head (const guint8 *octets, gsize length)
{
  if (length > 0 && (octets[0] < 20 || octets[0] > 24))
    return FALSE;
  if (length > 1 && octets[1] != 3)
    return FALSE;
  if (length > 2 && octets[2] > 4)
    return FALSE;
  return length < RECORD_HEAD || ((gsize)octets[3] << 8 | octets[4]) <= MOST_RECORD;
}

/* Appends the fragments of the handshake records at the front of @octets to @message until it
 * holds @wanted octets.  Returns their number of records, 0 when it comes short. */
static guint
gather (const guint8 *octets, gsize length, GByteArray *message, gsize wanted, gboolean *stopped)
{
  LensCursor cursor = lens_cursor_over (octets, length);

  for (guint records = 1; records <= MOST_RECORDS; records++)
    {
      gsize at = cursor.position;
      *stopped
          = !is_record_head (octets + at, length - at) || (length > at && octets[at] != HANDSHAKE);
      if (*stopped || length - at < RECORD_HEAD)
        return 0;
      lens_cursor_skip (&cursor, 3);
      gsize fragment = lens_cursor_u16 (&cursor);
      gsize there = MIN (fragment, lens_cursor_left (&cursor));
      gsize used = MIN (there, wanted - message->len);
      g_byte_array_append (message, octets + cursor.position, (guint)used);
      if (message->len == wanted)
        return records;
      if (there < fragment)
        return 0;
      lens_cursor_skip (&cursor, fragment);
    }
  *stopped = TRUE;
  return 0;
}

LensTlsFound
lens_tls_hello_parse (const guint8 *octets, gsize length, LensTlsHello *hello)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  gboolean stopped = FALSE;

  if (!is_record_head (octets, length))
    return LENS_TLS_NOT;
  if (length < RECORD_HEAD)
    return LENS_TLS_MORE;
  if (octets[0] != HANDSHAKE)
    return LENS_TLS_OTHER;
  if (gather (octets, length, message, 4, &stopped) == 0)
    return stopped ? LENS_TLS_OTHER : LENS_TLS_MORE;

  guint8 type = message->data[0];
  gsize wanted
      = 4 + ((gsize)message->data[1] << 16 | (gsize)message->data[2] << 8 | message->data[3]);
  if ((type != CLIENT_HELLO && type != SERVER_HELLO) || wanted > LENS_TLS_MOST_HELLO)
    return LENS_TLS_OTHER;
  g_byte_array_set_size (message, 0);
  guint records = gather (octets, length, message, wanted, &stopped);
  if (records == 0)
    return stopped ? LENS_TLS_OTHER : LENS_TLS_MORE;

  LensTlsFound found = lens_tls_message_parse (message->data, message->len, hello);
  hello->record_version = (guint16)(octets[1] << 8 | octets[2]);
  if (records > 1)
    hello->odd |= LENS_TLS_FRAGMENTED;
  return found;
}
