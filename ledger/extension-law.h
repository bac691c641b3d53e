#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the documents of header extension elements say of their content: how long it is, and
 * what it may say.  RFC 6464 and 6465 (levels), RFC 5450 (offset), RFC 6051 (NTP), RFC 7941 and
 * 8843 (texts that name a stream), TS 26.114 (orientation), and what WebRTC registered. */

typedef enum
{
  LENS_EXTENSION_FREE,  /* as the media is, or nobody knows */
  LENS_EXTENSION_TEXT,  /* always the same */
  LENS_EXTENSION_CLOCK, /* goes on with the wall clock */
} LensExtensionKind;

typedef struct
{
  const char *uri;
  LensExtensionKind kind;
  guint8 least, most; /* octets */
  double unit;        /* of a clock: s; its octets count up modulo 2^(8 x length) */
} LensExtensionLaw;

/* NULL: not known. */
const LensExtensionLaw *lens_extension_law (const char *uri);

/* The seconds that a clock went on from @before to @now, at least minus half of its range.  A
 * clock of more than 8 octets: 0. */
double lens_extension_elapsed (const LensExtensionLaw *law, guint64 before, guint64 now,
                               gsize length);

G_END_DECLS
