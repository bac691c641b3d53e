#include "wire/sei.h"

LensSei
lens_sei_over (const guint8 *octets, gsize length, gsize header)
{
  return (LensSei){ .reader = lens_rbsp_over (octets, length, header) };
}

/* A number written as 0xFF octets and a last octet, all added up. */
static guint32
read_sum (LensRbsp *reader)
{
  guint32 sum = 0;
  guint32 octet;

  do
    {
      octet = lens_rbsp_u (reader, 8);
      sum += octet;
    }
  while (octet == 0xff);
  return sum;
}

gboolean
lens_sei_next (LensSei *sei, LensSeiMessage *message)
{
  LensRbsp *reader = &sei->reader;
  gsize start = reader->position;

  if (!lens_rbsp_more_data (reader))
    return FALSE;

  *message = (LensSeiMessage){ .payload_type = read_sum (reader) };
  message->payload_size = read_sum (reader);
  message->head = (LensRange){ start, reader->position - start };
  message->payload.offset = reader->position;
  message->cut = reader->short_read || !lens_rbsp_skip (reader, message->payload_size);
  message->payload.length = reader->position - message->payload.offset;
  return TRUE;
}

LensRange
lens_sei_rest (const LensSei *sei, gboolean *proper)
{
  const LensRbsp *reader = &sei->reader;
  LensRange rest = { reader->position, reader->length - reader->position };

  *proper = rest.length == 1 && reader->octets[rest.offset] == 0x80;
  return rest;
}
