/* mqtt-fields: do packets of MQTT say something beside what they are about?
 *
 * MQTT 3.1.1 section 2.2.2: the flags of a packet are fixed, but for those of PUBLISH; there DUP
 * has no place without a QoS (section 3.3.1.1).  An identifier must not be in use (2.3.1), and
 * clients count them, or take the lowest that is free.  What is published to one topic is retained
 * or not, and goes with one QoS.
 *
 * Benign: a start anywhere; identifiers of what is sent again; two habits of one topic in turn.
 * What is published is content, and so is the name of a client, which libraries draw anew for each
 * connection: neither is judged here.
 *
 *   use    4 bits for flags that are fixed, 3 for those of a topic, 16 for an identifier
 */
#include "ledger/analyzer.h"
#include "ledger/by-side.h"
#include "ledger/field-rules.h"
#include "ledger/fields.h"
#include "wire/mqtt.h"

#include <netinet/in.h>

enum
{
  MAX_SIDES = 4096,
  NEAR = 16, /* a step of a counter that others use too; an identifier that was free again */
  QOS_3 = LENS_MQTT_QOS,
};

static const char channel_id[] = "mqtt-amqp-cloud";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "Messages to a broker differ in flags and numbers that no program needs to change: "
               "they carry data.",
    .filter_hint = "mqtt",
    .reference = "OASIS MQTT 3.1.1 section 2.2.2, 2.3.1, 3.3.1",
    .hides = TRUE,
    .unit = LENS_UNIT_CONTENT },
  { NULL },
};

static const char fixed_flags[] = "flags that are fixed", topic_flags[] = "flags of a topic",
                  ids[] = "identifiers";

static const LensFieldRule rules[] = {
  { .subject = fixed_flags, .least = 1, .detail = "Flags that are fixed." },
  { .subject = topic_flags,
    .least = 16,
    .percent = 10,
    .detail = "What is published to one topic changes its flags." },
  { .subject = ids, .least = 12, .percent = 30, .detail = "Identifiers that nobody counted." },
  { NULL },
};

/* One direction of a connection. */
typedef struct
{
  LensMqttReader *reader;
  gboolean any;
  guint16 id; /* the last one */
} Talker;

typedef struct
{
  LensFields *fields;
  LensBySide talkers;
  LensLedger *ledger; /* during see */
  const LensUnit *unit;
  Talker *talker;
} MqttFields;

static LensCarrier *
carrier_of (const MqttFields *state, const LensUnit *unit, const char *subject)
{
  return lens_ledger_carrier (state->ledger, channel_id, unit, subject);
}

/* Sections 2.2.2 and 3.3.1. */
static gboolean
are_right (const LensMqttPacket *packet)
{
  switch (packet->type)
    {
    case LENS_MQTT_PUBLISH:
      return (packet->flags & LENS_MQTT_QOS) != QOS_3
             && ((packet->flags & LENS_MQTT_DUP) == 0 || (packet->flags & LENS_MQTT_QOS) != 0);
    case 6: /* PUBREL */
    case LENS_MQTT_SUBSCRIBE:
    case LENS_MQTT_UNSUBSCRIBE:
      return packet->flags == 2;
    default:
      return packet->flags == 0;
    }
}

static void
see_id (MqttFields *state, const LensUnit *unit, const LensMqttPacket *packet)
{
  Talker *talker = state->talker;
  const guint8 *octets = unit->view.octets + packet->id.offset;
  guint16 id = (guint16)(octets[0] << 8 | octets[1]), step = (guint16)(id - talker->id);
  gboolean right = !talker->any || (step >= 1 && step <= NEAR) || id <= NEAR;

  lens_fields_fixed (state->ledger, carrier_of (state, unit, ids), unit, right, 16, packet->id);
  talker->any = TRUE;
  talker->id = id;
}

static void
see_packet (const LensMqttPacket *packet, const LensView *view, gpointer user)
{
  MqttFields *state = user;
  LensUnit unit = *state->unit;
  const LensRange first = { 0, 1 };

  unit.view = *view;
  lens_fields_fixed (state->ledger, carrier_of (state, &unit, fixed_flags), &unit,
                     are_right (packet), 4, first);
  if (packet->type == LENS_MQTT_PUBLISH && packet->topic.length > 0)
    lens_fields_value (
        state->fields, state->ledger, carrier_of (state, &unit, topic_flags), &unit,
        lens_fields_hash (1, view->octets + packet->topic.offset, packet->topic.length),
        packet->flags & ~(guint)LENS_MQTT_DUP, 3, first);
  if (packet->id.length > 0 && (packet->flags & LENS_MQTT_DUP) == 0)
    see_id (state, &unit, packet);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  MqttFields *state = data;

  if (unit->side->key.protocol != IPPROTO_TCP || unit->view.length == 0)
    return;
  state->ledger = ledger;
  state->unit = unit;
  state->talker = lens_by_side (&state->talkers, ledger, unit->side, sizeof (Talker), MAX_SIDES);
  if (state->talker == NULL)
    return;
  if (state->fields == NULL)
    state->fields = lens_fields_new ();
  if (state->talker->reader == NULL)
    state->talker->reader = lens_mqtt_reader_new (see_packet, state);
  if (unit->side->flow->lost)
    lens_mqtt_reader_gap (state->talker->reader);
  lens_mqtt_reader_feed (state->talker->reader, &unit->view);
}

static void
ended (gpointer data, const LensSide *side)
{
  MqttFields *state = data;

  Talker *talker = lens_by_side_peek (&state->talkers, side);

  if (talker != NULL)
    g_clear_pointer (&talker->reader, lens_mqtt_reader_free);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  (void)data;
  lens_field_rules_conclude (ledger, "mqtt-fields", rules);
}

static void
talker_clear (gpointer data)
{
  Talker *talker = data;

  lens_mqtt_reader_free (talker->reader);
}

static void
clear (gpointer data)
{
  MqttFields *state = data;

  g_clear_pointer (&state->fields, lens_fields_free);
  lens_by_side_clear (&state->talkers, talker_clear);
}

const LensAnalyzer lens_analyzer_mqtt_fields = {
  .name = "mqtt-fields",
  .question = "Do packets of MQTT say something beside what they are about?",
  .source = "OASIS MQTT 3.1.1 section 2.2.2, 2.3.1, 3.3.1; MQTT 5.0",
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (MqttFields),
  .see = see,
  .ended = ended,
  .conclude = conclude,
  .clear = clear,
};
