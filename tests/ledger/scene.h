#pragma once

#include "ledger/analyzer.h"
#include "ledger/ledger.h"
#include "ledger/packets.h"

G_BEGIN_DECLS

/**
 * Host:
 * An end of a frame: link address and network address, as text.
 */
typedef struct
{
  const char *mac, *address;
} Host;

/* A link with a camera, a viewer, a router (it forwards for hosts elsewhere) and a bystander. */
extern const Host camera, viewer, router, bystander, server, stranger, everyone;

/**
 * Scene:
 * Frames written by hand, in the order in which they are added; frames 10 ms apart
 * (scene->step).  Nothing is under test but what the profiles or scene->options.device say.
 */
typedef struct
{
  LensLedgerOptions options;
  LensPackets *packets;
  gint64 now, step;  /* ns */
  guint64 frame;     /* number of the last one */
  guint32 interface; /* of the next ones */
  guint16 linktype;
  guint8 fcs;
  guint32 cut; /* snap length; 0: none */
  const char *status;
  LensEvaluation *evaluation;
} Scene;

/* With one profile, or none (NULL). */
Scene *scene_new (const char *profile);
void scene_free (Scene *scene);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Scene, scene_free)

/* The profile of the camera, with @more groups behind. */
Scene *scene_of_camera (const char *more);
void scene_add_profile (Scene *scene, const char *text);
/* An analyzer that calls every "HIDE" hidden, at its severity by rate; "HIDE" that a unit
 * kind in @units holds. */
void scene_watch (Scene *scene, guint units);

/* --- frames: each returns its number --- */

guint64 scene_octets (Scene *scene, gconstpointer octets, gsize length);
/* Hexadecimal digits, blanks passed over. */
guint64 scene_hex (Scene *scene, const char *digits);
guint64 scene_ether (Scene *scene, const Host *from, const Host *to, guint16 ethertype,
                     gconstpointer payload, gsize length);
guint64 scene_ip (Scene *scene, const Host *from, const Host *to, guint8 protocol,
                  gconstpointer payload, gsize length);
/* A part of a datagram; IPv4 or IPv6 by the addresses. */
guint64 scene_fragment (Scene *scene, const Host *from, const Host *to, guint8 protocol, guint32 id,
                        guint32 offset, gboolean more, gconstpointer payload, gsize length);
guint64 scene_udp (Scene *scene, const Host *from, const Host *to, guint16 sport, guint16 dport,
                   gconstpointer data, gsize length);
guint64 scene_udp_text (Scene *scene, const Host *from, const Host *to, guint16 sport,
                        guint16 dport, const char *text);
guint64 scene_tcp (Scene *scene, const Host *from, const Host *to, guint16 sport, guint16 dport,
                   guint32 seq, guint32 ack, guint8 flags, gconstpointer data, gsize length);
/* The header and data of a UDP datagram, checksum left out, into @into; returns the octets. */
gsize scene_put_udp (guint8 *into, guint16 sport, guint16 dport, gconstpointer data, gsize length);
/* ARP: @from tells everyone its address. */
guint64 scene_arp (Scene *scene, const Host *from);
/* A lease of @client that names one server of DNS and one of NTP. */
guint64 scene_lease (Scene *scene, const Host *client, const Host *dns, const Host *ntp);
/* An answer: @name is at @address; @alias (or NULL): @name is an alias of it, which is. */
guint64 scene_dns (Scene *scene, const Host *from, const Host *to, const char *name,
                   const char *alias, const char *address);
/* "lenscap phase NAME start" or "... end". */
void scene_mark (Scene *scene, const char *comment);

/* --- a connection --- */

enum
{
  FIN = 1,
  SYN = 2,
  RST = 4,
  PSH = 8,
  ACK = 16,
};

typedef struct
{
  const Host *client, *server;
  guint16 client_port, server_port;
  guint32 client_next, server_next; /* sequence numbers */
} Talk;

/* @client opens it. */
Talk scene_connect (Scene *scene, const Host *client, guint16 client_port, const Host *server,
                    guint16 server_port);
guint64 scene_ask (Scene *scene, Talk *talk, gconstpointer data, gsize length);
guint64 scene_answer (Scene *scene, Talk *talk, gconstpointer data, gsize length);

/* --- RTSP and RTP --- */

/* One RTSP session, as text: requests and answers of DESCRIBE, SETUP and PLAY; one H.264 track
 * (type 96) and one PCMA track (type 8).  Interleaved on channels 0-1 and 2-3, or from ports
 * 6000-6001 and 6002-6003 to 5000-5001 and 5002-5003. */
void scene_session (Scene *scene, Talk *talk, gboolean interleaved);
/* An RTP packet into @into: header of 12 octets and @length octets of @fill. */
gsize scene_put_rtp (guint8 *into, guint8 payload_type, guint16 sequence, guint8 fill,
                     gsize length);
/* `$`, channel, length and data from the server. */
guint64 scene_interleave (Scene *scene, Talk *talk, guint8 channel, gconstpointer data,
                          gsize length);
/* A sender report of 28 octets. */
gsize scene_put_report (guint8 *into);

/* --- what came of it --- */

/* Concludes once, and holds the result to what every evaluation owes: classes, parts and
 * timeline add up, packets are counted once a class, unexplained octets have findings. */
const LensEvaluation *scene_conclude (Scene *scene);
guint64 scene_class (Scene *scene, LensClass class_);
guint64 scene_packets (Scene *scene, LensClass class_);
/* The first finding of the channel, or NULL. */
const LensFindingRow *scene_finding (Scene *scene, const char *channel);
gboolean scene_has_reason (Scene *scene, const char *reason);
/* The classes' octets, as text, for comparing two scenes. */
char *scene_classes_text (Scene *scene);

G_END_DECLS
