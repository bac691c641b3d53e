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

/* 32 letters and digits that look like nothing, another run for each @number. */
void build_noise (guint32 number, char *into, gsize length);

G_END_DECLS
