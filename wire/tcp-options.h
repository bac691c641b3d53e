#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/* TCP options (RFC 9293 section 3.1; kinds: IANA). */
typedef enum
{
  LENS_TCP_OPTION_END = 0,
  LENS_TCP_OPTION_NOP = 1,
  LENS_TCP_OPTION_MSS = 2,            /* RFC 9293 section 3.7.1 */
  LENS_TCP_OPTION_SCALE = 3,          /* RFC 7323 section 2 */
  LENS_TCP_OPTION_SACK_PERMITTED = 4, /* RFC 2018 */
  LENS_TCP_OPTION_SACK = 5,
  LENS_TCP_OPTION_TIMESTAMPS = 8,  /* RFC 7323 section 3 */
  LENS_TCP_OPTION_MD5 = 19,        /* RFC 2385 */
  LENS_TCP_OPTION_TIMEOUT = 28,    /* RFC 5482 */
  LENS_TCP_OPTION_AO = 29,         /* RFC 5925 */
  LENS_TCP_OPTION_MPTCP = 30,      /* RFC 8684 */
  LENS_TCP_OPTION_FAST_OPEN = 34,  /* RFC 7413 */
  LENS_TCP_OPTION_ENO = 69,        /* RFC 8547 */
  LENS_TCP_OPTION_ACC_ECN_0 = 172, /* RFC 9768 */
  LENS_TCP_OPTION_ACC_ECN_1 = 174,
  LENS_TCP_OPTION_EXPERIMENT_1 = 253, /* RFC 6994 */
  LENS_TCP_OPTION_EXPERIMENT_2 = 254,
} LensTcpOptionKind;

/* One option; ranges count from the first octet of all options. */
typedef struct
{
  guint8 kind;
  gboolean bad_length; /* below 2, or over the end: @whole is the rest of the header */
  LensRange whole;     /* kind, length and data; END and NOP: one octet */
  LensRange data;
} LensTcpOption;

/**
 * lens_tcp_option_next:
 * The option at *@position of @length octets, which is then moved behind it.  FALSE at the end.
 * END is an option; what lies behind it is padding, which the caller must not read as options.
 */
gboolean lens_tcp_option_next (const guint8 *octets, gsize length, gsize *position,
                               LensTcpOption *option);

/**
 * LensTcpOptions:
 * What the options of one segment say.
 */
typedef struct
{
  gboolean has_mss, has_scale, has_timestamps, sack_permitted, has_fast_open, has_mptcp;
  guint16 mss;
  guint8 scale;
  guint32 value, echo; /* of the time stamps option: TSval, TSecr */
  LensRange stamps;    /* TSval and TSecr */
  LensRange padding;   /* behind END */
} LensTcpOptions;

/* Bounded by the 40 octets of a header; keeps no pointer.  Of an option that stands twice the
 * first counts; those with a wrong length do not. */
void lens_tcp_options_parse (const guint8 *octets, gsize length, LensTcpOptions *options);

G_END_DECLS
