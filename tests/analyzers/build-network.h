#pragma once

#include "tests/analyzers/build.h"

G_BEGIN_DECLS

/* Headers of IP, field by field; what is 0 or NULL stands for the usual. */
typedef struct
{
  guint8 tos;
  guint8 ttl; /* 0: 64 */
  guint8 protocol;
  guint16 id;
  guint16 fragment;    /* octets 6 and 7 as they are: flags and offset */
  GByteArray *options; /* whole words, or NULL */
  const char *source;  /* NULL: the speaker's */
  const char *to;      /* NULL: the other one's */
  gboolean wrong_sum;  /* of the header */
  GByteArray *payload; /* or NULL */
} BuildIp4;

typedef struct
{
  guint8 traffic_class;
  guint32 flow_label;
  guint8 hop_limit; /* 0: 64 */
  guint8 next;
  const char *source; /* NULL: fd00::10 or fd00::20 */
  const char *to;
  GByteArray *payload; /* what follows the fixed header; or NULL */
} BuildIp6;

/* The frame's number; build->offset is where the payload begins.  The IP header begins at 14. */
guint64 build_ip4 (Build *build, BuildSpeaker speaker, BuildIp4 ip);
guint64 build_ip6 (Build *build, BuildSpeaker speaker, BuildIp6 ip);

/* An ICMPv6 message, its checksum (octets 2 and 3) made right, from @source to @to. */
guint64 build_icmp6 (Build *build, BuildSpeaker speaker, const char *source, const char *to,
                     guint8 hop_limit, GByteArray *message);
/* The camera says that 192.0.2.10 and fd00::10 are at its link address (RFC 826; RFC 4861 section
 * 4.4): so it is known by both. */
void build_claim_6 (Build *build);
/* An ICMP or IGMP message of IPv4, its checksum made right. */
GByteArray *build_summed (GByteArray *message);
/* An IGMP message of the camera to all routers, its checksum made right; it begins at 38. */
guint64 build_igmp (Build *build, const char *digits);

G_END_DECLS
