#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

#define LENS_TEMPLATE_NUMBERS 8 /* in one text whose pace is learnt */

/**
 * LensTemplate:
 * What a device writes again and again in a free place: a comment, a header field.
 *
 * It is explained when it is the same as the last time but for numbers that go on: dates and
 * times that do not run back, counters and clocks that keep their pace, in digits or in binary.
 * Zero to begin with.
 */
typedef struct
{
  struct LensTemplateText
  {
    GByteArray *octets; /* NULL: none yet */
    gint64 time_ns;
  } base, last;                       /* the last one that was explained; the last one */
  double pace[LENS_TEMPLATE_NUMBERS]; /* of each number, in a second */
  guint steps[LENS_TEMPLATE_NUMBERS]; /* seen */
  guint64 seen;
} LensTemplate;

/**
 * lens_template_take:
 * How many of the octets nothing explains; @where is the part they lie in.  The first time all
 * are taken as they come.  At most 4,096 octets are compared; what is beyond is not.
 */
gsize lens_template_take (LensTemplate *template, gint64 time_ns, const guint8 *octets,
                          gsize length, LensRange *where);
void lens_template_clear (LensTemplate *template);

G_END_DECLS
