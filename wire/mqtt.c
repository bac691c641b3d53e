#include "wire/mqtt.h"

#include "wire/assembly.h"

#include <string.h>

enum
{
  MOST_LENGTH_OCTETS = 4, /* MQTT 3.1.1 section 2.2.3 */
};

struct LensMqttReader
{
  LensMqttFunc func;
  gpointer user;
  gboolean begun, over;
  LensAssembly front; /* of the packet at hand */
  guint head;         /* octets of its fixed header; 0: not whole yet */
  guint64 left;       /* octets behind it still to come */
  LensMqttPacket packet;
};

LensMqttReader *
lens_mqtt_reader_new (LensMqttFunc func, gpointer user)
{
  LensMqttReader *reader = g_new0 (LensMqttReader, 1);

  reader->func = func;
  reader->user = user;
  lens_assembly_init (&reader->front);
  return reader;
}

void
lens_mqtt_reader_free (LensMqttReader *reader)
{
  if (reader == NULL)
    return;
  lens_assembly_clear (&reader->front);
  g_free (reader);
}

void
lens_mqtt_reader_gap (LensMqttReader *reader)
{
  reader->over = TRUE;
  lens_assembly_empty (&reader->front);
}

/* The length, 7 bits an octet, the lowest first.  Whether the header is whole. */
static gboolean
read_head (LensMqttReader *reader)
{
  const guint8 *octets = reader->front.octets->data;
  guint n = reader->front.octets->len;
  guint64 length = 0;

  for (guint i = 1; i < n; i++)
    {
      length |= (guint64)(octets[i] & 0x7f) << 7 * (i - 1);
      if ((octets[i] & 0x80) != 0)
        continue;
      reader->head = i + 1;
      reader->left = length;
      reader->packet = (LensMqttPacket){ .type = octets[0] >> 4,
                                         .flags = octets[0] & 0xf,
                                         .length = (guint32)length };
      return TRUE;
    }
  reader->over = n > MOST_LENGTH_OCTETS;
  return FALSE;
}

/* The first packet of a connection, either way. */
static gboolean
is_first (const LensMqttPacket *packet, const LensView *view, guint head)
{
  const guint8 *name = view->octets + head;

  if (packet->flags != 0)
    return FALSE;
  if (packet->type == LENS_MQTT_CONNACK)
    return packet->length >= 2;
  return packet->type == LENS_MQTT_CONNECT && view->length >= (gsize)head + 8
         && (memcmp (name, "\0\4MQTT", 6) == 0 || memcmp (name, "\0\6MQIsdp", 8) == 0);
}

static void
find_parts (LensMqttPacket *packet, const LensView *view, gsize at)
{
  if (packet->type == LENS_MQTT_PUBLISH && at + 2 <= view->length)
    {
      gsize size = (gsize)view->octets[at] << 8 | view->octets[at + 1];
      at += 2;
      if (size > view->length - at)
        return;
      packet->topic = (LensRange){ at, size };
      at += size;
    }
  gboolean has_id = packet->type == LENS_MQTT_SUBSCRIBE || packet->type == LENS_MQTT_UNSUBSCRIBE
                    || (packet->type == LENS_MQTT_PUBLISH && (packet->flags & LENS_MQTT_QOS) != 0);
  if (has_id && at + 2 <= view->length)
    packet->id = (LensRange){ at, 2 };
}

static void
give (LensMqttReader *reader)
{
  LensView view = lens_assembly_view (&reader->front);

  if (reader->packet.type == 0 /* forbidden (2.2.1) */
      || (!reader->begun && !is_first (&reader->packet, &view, reader->head)))
    reader->over = TRUE;
  reader->begun = TRUE;
  if (!reader->over)
    {
      find_parts (&reader->packet, &view, reader->head);
      reader->func (&reader->packet, &view, reader->user);
    }
  reader->head = 0;
  lens_assembly_empty (&reader->front);
}

void
lens_mqtt_reader_feed (LensMqttReader *reader, const LensView *view)
{
  for (gsize at = 0; at < view->length && !reader->over;)
    {
      if (reader->head == 0)
        {
          lens_assembly_append (&reader->front, view, at++, 1);
          if (read_head (reader) && reader->left == 0)
            give (reader);
          continue;
        }
      gsize count = (gsize)MIN (reader->left, view->length - at);
      gsize shown = reader->front.octets->len;
      if (shown < LENS_MQTT_SHOWN)
        lens_assembly_append (&reader->front, view, at, MIN (count, LENS_MQTT_SHOWN - shown));
      at += count;
      reader->left -= count;
      if (reader->left == 0)
        give (reader);
    }
}
