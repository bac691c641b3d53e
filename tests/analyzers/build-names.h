#pragma once

#include "tests/analyzers/build.h"

G_BEGIN_DECLS

/* Messages of the small services: the camera (192.0.2.10) and a server (192.0.2.20). */

/* A query (RD set, class IN) for @name, whose dots part labels; @more (or NULL) behind it. */
GByteArray *build_query_message (const char *name, guint16 type, GByteArray *more);
/* The same, sent to the server's port 53. */
guint64 build_query (Build *build, const char *name, guint16 type);
/* Any message of the camera to the server's port 53. */
guint64 build_dns (Build *build, GByteArray *message);

/* UDP to a group, as the camera sends it: the destination link address follows the group's. */
guint64 build_multicast (Build *build, const char *group, guint16 sport, guint16 dport,
                         GByteArray *data);

/* As build_new(), and the camera has got its address from a server (frame 1). */
Build *build_client (const char *analyzer);
/* A request of a DHCP client (BOOTP's 236 octets, magic cookie, option 53, @options in
 * hexadecimal, End), from the camera's link address; and a server's answer that gives @yours. */
GByteArray *build_dhcp_message (guint8 type, const char *options);
guint64 build_dhcp (Build *build, GByteArray *message);
guint64 build_dhcp_answer (Build *build, guint8 type, const guint8 yours[4]);

/* 48 octets of NTP: @first is leap, version and mode; the rest zero but the transmit timestamp. */
GByteArray *build_ntp_message (guint8 first, guint64 transmit);
/* The camera's request from port 40123, or an answer to it with @origin. */
guint64 build_ntp (Build *build, BuildSpeaker speaker, GByteArray *message);

/* 32 letters and digits that look like nothing, another run for each @number. */
void build_noise (guint32 number, char *into, gsize length);

G_END_DECLS
