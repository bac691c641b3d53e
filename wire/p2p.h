#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/* The protocols by which makers of cameras reach them past routers, and by which cameras push
 * what they see, told by the form of one message.  None has a public standard; the layouts are
 * those that several independent implementations agree on. */
typedef enum
{
  LENS_P2P_NONE,
  LENS_P2P_PPPP,     /* CS2 Network: F1, type, 16-bit length */
  LENS_P2P_KALAY,    /* ThroughTek IOTC, scrambled with a constant: 04 02 .., 16-bit length */
  LENS_P2P_PTCP,     /* Dahua: "PTCP" and five 32-bit numbers; before that HTTP-like DHGET */
  LENS_P2P_DHIP,     /* Dahua: 20 00 00 00 "DHIP" */
  LENS_P2P_DVRIP,    /* Xiongmai: FF 00 or FF 01, 20 octets, size at their end */
  LENS_P2P_BAICHUAN, /* Reolink: F0 DE BC 0A, or over UDP 3A, 10, 20 or 31 CF 87 2A */
  LENS_P2P_RTMP,     /* Adobe RTMP 1.0 section 5.2: version 3, 4 octets of time, 4 of zeros */
  LENS_P2P_SRT,      /* handshake of draft-sharabayko-srt section 3.2.1 */
  LENS_P2P_MQTT,     /* CONNECT of MQTT 3.1, 3.1.1 section 3.1, or 5 */
  LENS_P2P_AMQP,     /* the protocol header of AMQP 0-9-1 section 4.2.2, or 1.0 */
  LENS_P2P_FTP,      /* RFC 959 */
  LENS_P2P_SMTP,     /* RFC 5321 */
  LENS_P2P_SMB,
  LENS_P2P_SYSLOG, /* RFC 5424, RFC 3164 */
  LENS_P2P_SNMP_TRAP,
  LENS_P2P_ISUP, /* Hikvision: by its ports */
  LENS_P2P_SIP,  /* GB/T 28181: REGISTER and MESSAGE with MANSCDP */
  LENS_N_P2P,
} LensP2p;

/**
 * LensP2pMessage:
 * @data: what the message carries for somebody else, beside what keeps the protocol going.
 */
typedef struct
{
  LensP2p protocol;
  LensRange data;
} LensP2pMessage;

/**
 * lens_p2p_parse:
 * @udp: a datagram; else the front of one direction of a connection.
 * FALSE where it is a message of none of them.
 */
gboolean lens_p2p_parse (gboolean udp, guint16 source_port, guint16 destination_port,
                         const guint8 *octets, gsize length, LensP2pMessage *message);

/* As people call it: "PPPP (CS2)". */
const char *lens_p2p_name (LensP2p protocol);

/* What its maker uses to hide a device behind: a protocol of its own, and no public one. */
gboolean lens_p2p_is_makers (LensP2p protocol);

G_END_DECLS
