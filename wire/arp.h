#pragma once

/* ARP: RFC 826; probes and announcements RFC 5227. */
#include "wire/address.h"
#include "wire/range.h"

G_BEGIN_DECLS

enum
{
  LENS_ARP_REQUEST = 1,
  LENS_ARP_REPLY = 2,
};

/**
 * LensArp:
 * The five parts and @rest (the padding of a short frame, and whatever else is there) follow
 * each other and add up to the frame's payload.
 */
typedef struct
{
  guint16 hardware; /* 1 Ethernet */
  guint16 protocol; /* 0x0800 IPv4 */
  guint8 hardware_length;
  guint8 protocol_length;
  guint16 operation;
  gboolean is_ipv4; /* Ethernet and IPv4 with lengths 6 and 4, whole: the addresses are set */
  guint8 sender_mac[6];
  guint8 target_mac[6];
  LensAddress sender_address;
  LensAddress target_address;
  LensRange header; /* 8 octets */
  LensRange sender_hardware;
  LensRange sender_protocol;
  LensRange target_hardware;
  LensRange target_protocol;
  LensRange rest;
  gboolean cut; /* shorter than the lengths say */
} LensArp;

/* FALSE, and @arp untouched, only below 8 octets. */
gboolean lens_arp_parse (const guint8 *octets, gsize length, LensArp *arp);

G_END_DECLS
