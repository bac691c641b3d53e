#pragma once

/* DNS messages: RFC 1035 section 4, EDNS RFC 6891, AAAA RFC 3596; mDNS (RFC 6762) and LLMNR
 * (RFC 4795) have the same grammar. */
#include "wire/address.h"
#include "wire/range.h"

G_BEGIN_DECLS

enum
{
  LENS_DNS_HEADER_LENGTH = 12, /* octets */

  /* LensDnsMessage.flags, octets 2-3 of the header. */
  LENS_DNS_FLAG_RESPONSE = 0x8000,
  LENS_DNS_FLAG_OPCODE = 0x7800,
  LENS_DNS_FLAG_AUTHORITATIVE = 0x0400,
  LENS_DNS_FLAG_TRUNCATED = 0x0200,
  LENS_DNS_FLAG_RECURSION_DESIRED = 0x0100,
  LENS_DNS_FLAG_RECURSION_AVAILABLE = 0x0080,
  LENS_DNS_FLAG_Z = 0x0040,
  LENS_DNS_FLAG_AUTHENTIC = 0x0020,
  LENS_DNS_FLAG_CHECKING_DISABLED = 0x0010,
  LENS_DNS_FLAG_RCODE = 0x000f,

  LENS_DNS_TYPE_A = 1,
  LENS_DNS_TYPE_NS = 2,
  LENS_DNS_TYPE_CNAME = 5,
  LENS_DNS_TYPE_NULL = 10,
  LENS_DNS_TYPE_PTR = 12,
  LENS_DNS_TYPE_MX = 15,
  LENS_DNS_TYPE_TXT = 16,
  LENS_DNS_TYPE_AAAA = 28,
  LENS_DNS_TYPE_SRV = 33,
  LENS_DNS_TYPE_DNAME = 39,
  LENS_DNS_TYPE_OPT = 41,
};

typedef enum
{
  LENS_DNS_QUESTION,
  LENS_DNS_ANSWER,
  LENS_DNS_AUTHORITY,
  LENS_DNS_ADDITIONAL,
  LENS_DNS_N_SECTIONS,
} LensDnsSection;

/* What is odd about a message or a record (a set). */
typedef enum
{
  LENS_DNS_CUT = 1 << 0,        /* the counts promise more than there is */
  LENS_DNS_TRAILING = 1 << 1,   /* octets behind the last promised record */
  LENS_DNS_NAME_ODD = 1 << 2,   /* see LensDnsNameOdd */
  LENS_DNS_RDATA_SIZE = 1 << 3, /* rdata longer or shorter than its type has it */
} LensDnsOdd;

/**
 * LensDnsMessage:
 * @header, @sections in order and @rest follow each other and add up to the message.  @rest is
 * what follows the last whole record: trailing octets, or a record that is cut.
 */
typedef struct
{
  guint16 id;
  guint16 flags;
  guint16 promised[LENS_DNS_N_SECTIONS]; /* records, as the header counts them */
  guint16 found[LENS_DNS_N_SECTIONS];    /* records that are there */
  LensRange header;
  LensRange sections[LENS_DNS_N_SECTIONS];
  LensRange rest;
  guint odd; /* LensDnsOdd, those of the records included */
} LensDnsMessage;

/* A question (then @ttl and @rdata are empty) or a resource record. */
typedef struct
{
  LensDnsSection section;
  guint16 type;
  guint16 class_; /* mDNS: 0x8000 is cache-flush or unicast-response */
  guint32 ttl;    /* seconds */
  LensRange whole;
  LensRange name; /* as it stands: labels, then a zero octet or a pointer */
  LensRange rdata;
  guint odd; /* LensDnsOdd */
} LensDnsRecord;

/* Walks a message's questions and records; borrows its octets. */
typedef struct
{
  const guint8 *octets;
  gsize length;
  gsize position;
  guint section;
  guint16 left[LENS_DNS_N_SECTIONS];
} LensDnsRecords;

/* FALSE, and @message untouched, only below 12 octets. */
gboolean lens_dns_parse (const guint8 *octets, gsize length, LensDnsMessage *message);

void lens_dns_records_init (LensDnsRecords *records, const guint8 *octets, gsize length,
                            const LensDnsMessage *message);

/* FALSE at the end. */
gboolean lens_dns_records_next (LensDnsRecords *records, LensDnsRecord *record);

/* A in class IN, or AAAA, with rdata of the right size. */
gboolean lens_dns_record_address (const guint8 *octets, const LensDnsRecord *record,
                                  LensAddress *address);

/* What is odd about a name (a set). */
typedef enum
{
  LENS_DNS_NAME_CUT = 1 << 0,     /* runs past the end of the message */
  LENS_DNS_NAME_LABEL = 1 << 1,   /* a label type other than 00 and 11 */
  LENS_DNS_NAME_POINTER = 1 << 2, /* a pointer that does not go back, or into the header, or
                                     one of too many: reading stops there */
  LENS_DNS_NAME_LONG = 1 << 3,    /* above 255 octets: reading stops there */
} LensDnsNameOdd;

#define LENS_DNS_NAME_TEXT 1025

/**
 * LensDnsName:
 * A name as text, in the letter case of the wire, without the dot of the root ("." alone is
 * the root).  Octets that would mean something else stand as \X or \DDD (RFC 1035 5.1,
 * RFC 4343 2.1), so text is ASCII and two different names differ.
 */
typedef struct
{
  char text[LENS_DNS_NAME_TEXT];
  guint length;  /* octets of the expanded name on the wire, 1 to 255 */
  guint labels;  /* the root not counted */
  guint letters; /* A-Z and a-z */
  guint capitals;
  LensRange in_place; /* the octets where the name begins, up to zero or pointer */
  guint odd;          /* LensDnsNameOdd */
} LensDnsName;

/* Reads the name at @offset; what can be read of it when it is odd. */
void lens_dns_name_read (const guint8 *octets, gsize length, gsize offset, LensDnsName *name);

/* The name that NS, CNAME, PTR, MX, SRV or DNAME points to.  FALSE for other types. */
gboolean lens_dns_record_target (const guint8 *octets, gsize length, const LensDnsRecord *record,
                                 LensDnsName *name);

/* Lower-case letters, in place (RFC 4343: names are compared so). */
void lens_dns_name_lower (LensDnsName *name);

/**
 * lens_dns_name_in:
 * Whether @name (as LensDnsName.text) is @pattern, or with a pattern "*.suffix" lies below the
 * suffix at any depth.  Letter case and a final dot do not matter.
 */
gboolean lens_dns_name_in (const char *name, const char *pattern);

/* The fixed part of an OPT record (RFC 6891 6.1.3). */
typedef struct
{
  guint16 udp_size;
  guint8 extended_rcode;
  guint8 version;
  guint16 flags;     /* 0x8000 DO, 0x4000 CO, the rest zero */
  LensRange options; /* the rdata */
} LensDnsEdns;

gboolean lens_dns_record_edns (const LensDnsRecord *record, LensDnsEdns *edns);

typedef struct
{
  guint16 code;
  LensRange whole; /* head of 4 octets, then data; all that is left when cut */
  LensRange data;
  gboolean cut;
} LensDnsOption;

/* The option at the front of @left, which is then shortened; FALSE when @left is empty. */
gboolean lens_dns_option_next (const guint8 *octets, LensRange *left, LensDnsOption *option);

/* As above, for the character strings of a TXT record's rdata (RFC 1035 3.3.14). */
gboolean lens_dns_string_next (const guint8 *octets, LensRange *left, LensRange *string);

/* RFC 1035 4.2.2: the octets a message takes in a TCP stream, its two length octets included;
 * 0 while fewer than two are there. */
gsize lens_dns_tcp_length (const guint8 *octets, gsize length);

G_END_DECLS
