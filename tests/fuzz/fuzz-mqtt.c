/* One direction of an MQTT connection, in pieces and with holes. */
#include "tests/fuzz/fuzz.h"

#include "wire/mqtt.h"

static void
see (const LensMqttPacket *packet, const LensView *view, gpointer user)
{
  fuzz_view (view);
  g_assert_cmpuint (view->length, <=, LENS_MQTT_SHOWN);
  g_assert_true (packet->type >= 1 && packet->type <= 15);
  fuzz_inside (view->octets, view->length, packet->topic);
  fuzz_inside (view->octets, view->length, packet->id);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  g_auto (FuzzPart) part = { 0 };
  LensMqttReader *reader = lens_mqtt_reader_new (see, NULL);

  while (fuzz_part_next (&cursor, &part))
    {
      lens_mqtt_reader_feed (reader, &part.view);
      if (part.flags & 0x80)
        lens_mqtt_reader_gap (reader);
    }
  lens_mqtt_reader_free (reader);
  return 0;
}
