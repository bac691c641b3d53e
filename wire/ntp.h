#pragma once

/* NTP and SNTP packets: RFC 5905 section 7.3; extension fields and their lengths RFC 7822. */
#include "wire/range.h"

G_BEGIN_DECLS

enum
{
  LENS_NTP_HEADER_LENGTH = 48, /* octets */

  LENS_NTP_MODE_SYMMETRIC_ACTIVE = 1,
  LENS_NTP_MODE_SYMMETRIC_PASSIVE = 2,
  LENS_NTP_MODE_CLIENT = 3,
  LENS_NTP_MODE_SERVER = 4,
  LENS_NTP_MODE_BROADCAST = 5,
  LENS_NTP_MODE_CONTROL = 6, /* RFC 9327: another layout, all of it @rest but octet 0 */
  LENS_NTP_MODE_PRIVATE = 7, /* as above */
};

/**
 * LensNtp:
 * @header, @extensions, @mac and @rest follow each other and add up to the packet.  Modes 6
 * and 7, and packets shorter than 48 octets, have a @header of one octet and the rest in
 * @rest; their other fields are zero.
 */
typedef struct
{
  guint8 leap;
  guint8 version;
  guint8 mode;
  guint8 stratum;
  gint8 poll;              /* log2 seconds */
  gint8 precision;         /* log2 seconds */
  guint32 root_delay;      /* 1/65536 s */
  guint32 root_dispersion; /* 1/65536 s */
  guint32 reference_id;
  guint64 reference; /* timestamps: seconds since 1900 << 32 | fraction */
  guint64 origin;
  guint64 receive;
  guint64 transmit;
  LensRange header;
  LensRange extensions; /* whole extension fields */
  LensRange mac;        /* key id and digest: 20 or 24 octets, or 4 of a crypto-NAK */
  LensRange rest;       /* neither */
} LensNtp;

/* FALSE, and @ntp untouched, only for no octets at all. */
gboolean lens_ntp_parse (const guint8 *octets, gsize length, LensNtp *ntp);

/* The extension field at the front of @left, which is then shortened; FALSE when @left is
 * empty.  @value excludes the head of 4 octets. */
gboolean lens_ntp_extension_next (const guint8 *octets, LensRange *left, guint16 *type,
                                  LensRange *value);

/* A timestamp as nanoseconds since the Unix epoch, in the era that is nearest to @near_ns
 * (RFC 5905 section 6: the 32-bit seconds wrap in 2036). */
gint64 lens_ntp_unix_ns (guint64 timestamp, gint64 near_ns);

G_END_DECLS
