#pragma once

#include "tests/analyzers/build.h"
#include "tests/wire/h265-octets.h"

G_BEGIN_DECLS

/* A unit as x265 wrote it: UNIT (h265_vps). */
GByteArray *build_octets (const guint8 *from, gsize length);
#define UNIT(name) build_octets (name, sizeof name)

/* What x265 sends at the beginning, and a P picture, as packets from sequence number 0 on;
 * returns the next. */
guint16 build_honest (Build *build);

G_END_DECLS
