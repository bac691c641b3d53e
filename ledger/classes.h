#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensClass:
 * What an octet was for.  Every captured octet has exactly one; ledger/README.md holds the
 * rules in the order in which they are asked.
 */
typedef enum
{
  LENS_CLASS_DECLARED_VIDEO,
  LENS_CLASS_DECLARED_AUDIO,
  LENS_CLASS_DECLARED_METADATA,
  LENS_CLASS_MEDIA_OVERHEAD,
  LENS_CLASS_NETWORK_OVERHEAD,
  LENS_CLASS_LOCAL_DISCOVERY,
  LENS_CLASS_DECLARED_SERVICE,
  LENS_CLASS_OTHER_HOST,
  LENS_CLASS_UNDECLARED,
  LENS_CLASS_HIDDEN,
  LENS_CLASS_UNEXPLAINED,
} LensClass;

#define LENS_N_CLASSES (LENS_CLASS_UNEXPLAINED + 1)

/* The name used in the record: "declared-video" ... */
const char *lens_class_name (LensClass class_);

/* One sentence for `lenscap list classes` and the report. */
const char *lens_class_sentence (LensClass class_);

G_END_DECLS
