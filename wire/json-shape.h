#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  LENS_JSON_SHAPE_FINE,
  LENS_JSON_SHAPE_MALFORMED,
  LENS_JSON_SHAPE_TOO_LARGE,
} LensJsonShape;

/**
 * lens_json_shape:
 * @most_depth: arrays and objects that may lie in each other
 * @most_values: of them all
 *
 * Looks at the octets of a JSON text (RFC 8259) before a parser does that recurses without bound
 * and takes comments, several texts in a row and more.  What is fine here may still be malformed.
 * @problem: a sentence's end ("it is nested too deep"), static; untouched when it is fine.
 */
LensJsonShape lens_json_shape (const guint8 *octets, gsize length, guint most_depth,
                               gsize most_values, const char **problem);

G_END_DECLS
