#pragma once

/* Packets of MQTT: OASIS MQTT 3.1.1 section 2, MQTT 5.0 section 2; and of their bodies what both
 * have in the same place. */
#include "wire/piece.h"
#include "wire/range.h"

G_BEGIN_DECLS

enum
{
  LENS_MQTT_CONNECT = 1,
  LENS_MQTT_CONNACK = 2,
  LENS_MQTT_PUBLISH = 3,
  LENS_MQTT_SUBSCRIBE = 8,
  LENS_MQTT_UNSUBSCRIBE = 10,

  LENS_MQTT_SHOWN = 4096, /* octets of a packet that are shown; of a longer one the front */
};

/* Of PUBLISH, in LensMqttPacket.flags (section 3.3.1). */
enum
{
  LENS_MQTT_RETAIN = 1 << 0,
  LENS_MQTT_QOS = 3 << 1,
  LENS_MQTT_DUP = 1 << 3,
};

typedef struct
{
  guint8 type;     /* 1 to 15 */
  guint8 flags;    /* 4 bits */
  guint32 length;  /* octets behind the fixed header */
  LensRange topic; /* PUBLISH; empty: there is none */
  LensRange id;    /* 2 octets, of PUBLISH with a QoS, SUBSCRIBE and UNSUBSCRIBE; or empty */
} LensMqttPacket;

/* @view: fixed header and what is shown of the packet. */
typedef void (*LensMqttFunc) (const LensMqttPacket *packet, const LensView *view, gpointer user);

/**
 * LensMqttReader:
 * One direction of a connection, which begins with CONNECT or CONNACK; what does not is passed
 * over.  Gives its packets as they are complete.  Holds at most LENS_MQTT_SHOWN octets.
 */
typedef struct LensMqttReader LensMqttReader;

LensMqttReader *lens_mqtt_reader_new (LensMqttFunc func, gpointer user);
void lens_mqtt_reader_free (LensMqttReader *reader);
void lens_mqtt_reader_feed (LensMqttReader *reader, const LensView *view);
/* Octets are missing: nobody can know where the next packet begins. */
void lens_mqtt_reader_gap (LensMqttReader *reader);

G_END_DECLS
