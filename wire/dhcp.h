#pragma once

/* DHCP: RFC 2131 section 2 (figure 1), options RFC 2132; RFC 3396 (options that continue);
 * and of DHCPv6 (RFC 8415) what a server names. */
#include "wire/address.h"
#include "wire/range.h"

G_BEGIN_DECLS

enum
{
  LENS_DHCP_FIXED_LENGTH = 236, /* octets before the options */

  LENS_DHCP_FLAG_BROADCAST = 0x8000, /* the other flags must be zero */

  LENS_DHCP_OPTION_PAD = 0,
  LENS_DHCP_OPTION_ROUTERS = 3,
  LENS_DHCP_OPTION_DNS = 6,
  LENS_DHCP_OPTION_HOST_NAME = 12,
  LENS_DHCP_OPTION_NTP = 42,
  LENS_DHCP_OPTION_REQUESTED_ADDRESS = 50,
  LENS_DHCP_OPTION_LEASE_TIME = 51,
  LENS_DHCP_OPTION_OVERLOAD = 52,
  LENS_DHCP_OPTION_TYPE = 53,
  LENS_DHCP_OPTION_SERVER = 54,
  LENS_DHCP_OPTION_VENDOR_CLASS = 60,
  LENS_DHCP_OPTION_END = 255,
};

typedef enum
{
  LENS_DHCP_DISCOVER = 1,
  LENS_DHCP_OFFER,
  LENS_DHCP_REQUEST,
  LENS_DHCP_DECLINE,
  LENS_DHCP_ACK,
  LENS_DHCP_NAK,
  LENS_DHCP_RELEASE,
  LENS_DHCP_INFORM,
} LensDhcpType;

/* What is odd about a message (a set). */
typedef enum
{
  LENS_DHCP_NO_COOKIE = 1 << 0,       /* plain BOOTP, or something else */
  LENS_DHCP_OPTION_CUT = 1 << 1,      /* an option longer than its area */
  LENS_DHCP_NO_END = 1 << 2,          /* the options area does not end in End */
  LENS_DHCP_OPTION_LENGTH = 1 << 3,   /* 50-54 and address lists of a wrong length */
  LENS_DHCP_HARDWARE_LENGTH = 1 << 4, /* hlen above 16 */
} LensDhcpOdd;

/**
 * LensDhcp:
 * @fixed, @sname, @file, @cookie, @options and @rest follow each other and add up to the
 * message.  @hardware and @hardware_unused are the parts of chaddr, inside @fixed.  @rest
 * follows End, or is all there is after the file field when there is no cookie.
 */
typedef struct
{
  guint8 op; /* 1 request, 2 reply */
  guint8 hardware_type;
  guint8 hardware_length;
  guint8 hops;
  guint32 xid;
  guint16 seconds;
  guint16 flags;
  LensAddress client;   /* ciaddr */
  LensAddress yours;    /* yiaddr */
  LensAddress server;   /* siaddr */
  LensAddress relay;    /* giaddr */
  guint8 type;          /* LensDhcpType, 0 for none */
  guint8 overload;      /* option 52: 1 file, 2 sname, 3 both hold options */
  gboolean has_options; /* the cookie is there */
  LensRange fixed;      /* 44 octets */
  LensRange hardware;
  LensRange hardware_unused;
  LensRange sname;
  LensRange file;
  LensRange cookie;
  LensRange options; /* End included */
  LensRange rest;
  guint odd; /* LensDhcpOdd */
} LensDhcp;

/* FALSE, and @dhcp untouched, only below 236 octets. */
gboolean lens_dhcp_parse (const guint8 *octets, gsize length, LensDhcp *dhcp);

typedef enum
{
  LENS_DHCP_IN_OPTIONS,
  LENS_DHCP_IN_FILE,
  LENS_DHCP_IN_SNAME,
} LensDhcpArea;

/**
 * LensDhcpOption:
 * @whole includes code and length octet; the wholes add up to the areas that hold options, in
 * the order options, file, sname (RFC 3396 section 5).  A run of Pad is one option; so is what
 * follows End inside file and sname, with @after_end.
 */
typedef struct
{
  LensDhcpArea area;
  guint8 code;
  LensRange whole;
  LensRange data;
  gboolean cut;
  gboolean after_end;
} LensDhcpOption;

/* Walks a message's options; borrows its octets. */
typedef struct
{
  const guint8 *octets;
  LensRange areas[3]; /* what is left of each */
  guint area;
  gboolean ended;
} LensDhcpOptions;

void lens_dhcp_options_init (LensDhcpOptions *options, const guint8 *octets, const LensDhcp *dhcp);

/* FALSE at the end. */
gboolean lens_dhcp_options_next (LensDhcpOptions *options, LensDhcpOption *option);

/* The data of the first option with @code; FALSE when there is none. */
gboolean lens_dhcp_option (const guint8 *octets, const LensDhcp *dhcp, guint8 code,
                           LensRange *data);

/* The IPv4 addresses of all options with @code (3, 6, 42, 50, 54 ...), at most @most; returns
 * their number. */
guint lens_dhcp_addresses (const guint8 *octets, const LensDhcp *dhcp, guint8 code,
                           LensAddress *into, guint most);

/* The 32-bit number of an option (51, 58, 59); FALSE when there is none of 4 octets. */
gboolean lens_dhcp_number (const guint8 *octets, const LensDhcp *dhcp, guint8 code,
                           guint32 *number);

/* An option's octets as ASCII text, others as \xNN; NULL when there is none. */
char *lens_dhcp_dup_text (const guint8 *octets, const LensDhcp *dhcp, guint8 code);

enum
{
  LENS_DHCP6_OPTION_DNS = 23,  /* RFC 3646 */
  LENS_DHCP6_OPTION_SNTP = 31, /* RFC 4075 */
  LENS_DHCP6_OPTION_NTP = 56,  /* RFC 5908: sub-options 1 and 2 hold an address */
};

/* @header and @rest add up to the message; options begin at @rest, for relay messages too. */
typedef struct
{
  guint8 type;         /* 1 SOLICIT ... 13 RELAY-REPL */
  guint32 transaction; /* 24 bits; relay messages have none */
  LensRange header;    /* 4 octets; 34 of relay messages */
  LensRange rest;
} LensDhcp6;

/* FALSE below 4 octets, or 34 of a relay message. */
gboolean lens_dhcp6_parse (const guint8 *octets, gsize length, LensDhcp6 *dhcp6);

/* The option at the front of @left, which is then shortened; FALSE when @left is empty.  One
 * that is cut has what is left as its data. */
gboolean lens_dhcp6_option_next (const guint8 *octets, LensRange *left, guint16 *code,
                                 LensRange *data);

/* The servers that options with @code name by address, at most @most; returns their number. */
guint lens_dhcp6_addresses (const guint8 *octets, const LensDhcp6 *dhcp6, guint16 code,
                            LensAddress *into, guint most);

G_END_DECLS
