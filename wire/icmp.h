#pragma once

/* ICMP: RFC 792, with RFC 1191 (MTU) and RFC 4884 (extensions); ICMPv6: RFC 4443; neighbour
 * discovery: RFC 4861. */
#include "wire/address.h"
#include "wire/range.h"

G_BEGIN_DECLS

typedef enum
{
  LENS_ICMP_OTHER,
  LENS_ICMP_ECHO_REQUEST,
  LENS_ICMP_ECHO_REPLY,
  LENS_ICMP_ERROR,     /* quotes a datagram */
  LENS_ICMP_DISCOVERY, /* router and neighbour discovery of IPv6, redirect included */
} LensIcmpKind;

/* The datagram an error quotes, as far as it is quoted. */
typedef struct
{
  guint8 version; /* 4 or 6; 0 when the quote is no IP header: nothing else is set then */
  guint8 protocol;
  LensAddress source;
  LensAddress destination;
  gboolean has_ports; /* TCP, UDP, DCCP, SCTP, UDP-Lite, first fragment */
  guint16 source_port;
  guint16 destination_port;
  LensRange header; /* IP header with its options or extension headers */
  LensRange rest;   /* what follows it in the quote */
} LensIcmpQuote;

/**
 * LensIcmp:
 * @header (8 octets) and the part that @kind has follow each other and add up to the message:
 * @data of echoes and others; @quoted and @extensions of errors; @fixed and @options of
 * discovery.
 */
typedef struct
{
  LensIcmpKind kind;
  guint8 type;
  guint8 code;
  guint16 checksum;
  guint32 word;        /* octets 4-7 */
  guint16 identifier;  /* of echoes: octets 4-5 */
  guint16 sequence;    /* of echoes: octets 6-7 */
  LensAddress target;  /* NS, NA, redirect */
  LensIcmpQuote quote; /* of errors */
  LensRange header;
  LensRange data;
  LensRange quoted;
  LensRange extensions; /* RFC 4884: when the length octet says where they begin */
  LensRange fixed;      /* between header and options */
  LensRange options;
  gboolean cut; /* discovery shorter than its fixed part */
} LensIcmp;

/* @version is that of the IP header around it.  FALSE, and @icmp untouched, only below 8
 * octets. */
gboolean lens_icmp_parse (guint8 version, const guint8 *octets, gsize length, LensIcmp *icmp);

enum
{
  LENS_ICMP_OPTION_SOURCE_LINK = 1,
  LENS_ICMP_OPTION_TARGET_LINK = 2,
  LENS_ICMP_OPTION_PREFIX = 3,
  LENS_ICMP_OPTION_REDIRECTED = 4,
  LENS_ICMP_OPTION_MTU = 5,
  LENS_ICMP_OPTION_DNS = 25, /* RFC 8106 */
};

/* @whole includes type and length octet.  An option of length 0, or longer than the message,
 * is cut and takes all that is left. */
typedef struct
{
  guint8 type;
  LensRange whole;
  LensRange data;
  gboolean cut;
} LensIcmpOption;

/* The option at the front of @left, which is then shortened; FALSE when @left is empty. */
gboolean lens_icmp_option_next (const guint8 *octets, LensRange *left, LensIcmpOption *option);

/* Who has which link address, as a discovery message of @source says; FALSE when it says
 * nothing. */
gboolean lens_icmp_link_address (const guint8 *octets, const LensIcmp *icmp,
                                 const LensAddress *source, LensAddress *address, guint8 mac[6]);

G_END_DECLS
