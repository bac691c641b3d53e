/* A record as a worker wrote it, and a secret that is masked in it: the record keeps its length,
 * and stays JSON when it was. */
#include "tests/fuzz/fuzz.h"

#include "harness/secret.h"
#include "wire/json-shape.h"

#include <string.h>

static LensJsonShape
shape (const char *text)
{
  const char *problem;

  return lens_json_shape ((const guint8 *)text, strlen (text), 32, 10000, &problem);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  gsize size = lens_cursor_u8 (&cursor);
  size = MIN (size, lens_cursor_left (&cursor));

  if (length == 0)
    return 0;
  g_autofree char *secret = g_strndup ((const char *)lens_cursor_take (&cursor, size), size);
  g_autofree char *record
      = g_strndup ((const char *)octets + cursor.position, length - cursor.position);
  g_autofree char *text = g_strdup (record);
  gsize before = strlen (record);
  LensJsonShape as_it_was = shape (record);
  lens_secret_mask_record (record, secret);
  g_assert_cmpuint (strlen (record), ==, before);
  if (as_it_was == LENS_JSON_SHAPE_FINE)
    g_assert_cmpint (shape (record), ==, LENS_JSON_SHAPE_FINE);
  lens_secret_mask (text, secret);
  g_assert_cmpuint (strlen (text), ==, before);
  if (size > 0 && strlen (secret) == size && strchr (secret, '*') == NULL)
    g_assert_null (strstr (text, secret));
  return 0;
}
