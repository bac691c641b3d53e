#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensJson:
 * A parsed JSON document (RFC 8259) of a stranger, read only and bounded: at most 64 MiB, 32
 * levels and four million values, or it is refused.  So is one with a name that stands twice in
 * an object, for readers differ in which of the two they take, and one that goes on after its end.
 *
 * Reading it is straight: a missing key gives the fallback; a key of the wrong type gives the
 * fallback too and is remembered, so that one question at the end (lens_json_problem) tells
 * the first.  A LensJsonValue is a view into the document; NULL is a valid one, with nothing
 * in it.
 */
typedef struct _LensJson LensJson;
typedef struct _JsonNode LensJsonValue;

typedef enum
{
  LENS_JSON_ERROR_MALFORMED,
  LENS_JSON_ERROR_TOO_LARGE,
} LensJsonError;

#define LENS_JSON_ERROR (lens_json_error_quark ())
GQuark lens_json_error_quark (void);

LensJson *lens_json_parse (const guint8 *octets, gsize length, GError **error);
void lens_json_free (LensJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensJson, lens_json_free)

LensJsonValue *lens_json_root (const LensJson *json);

/* The first wrong type met, "findings[3].severity is not a string"; NULL when all was well. */
const char *lens_json_problem (const LensJson *json);

/* Remembers a problem of the reader's own: "@key of @object @complaint". */
void lens_json_complain (LensJson *json, LensJsonValue *object, const char *key,
                         const char *complaint);

/* Whether @object has a member @key that is not null; whether @value is an object. */
gboolean lens_json_has (LensJsonValue *object, const char *key);
gboolean lens_json_is_object (LensJsonValue *value);

/* Members of an object.  Text is NULL for null; it is a stranger's, not always UTF-8,
 * and lives as long as the document. */
const char *lens_json_text (LensJson *json, LensJsonValue *object, const char *key);
/* 0 when missing; a number above @most is a problem. */
guint64 lens_json_uint (LensJson *json, LensJsonValue *object, const char *key, guint64 most);
gint64 lens_json_int (LensJson *json, LensJsonValue *object, const char *key, gint64 fallback);
double lens_json_real (LensJson *json, LensJsonValue *object, const char *key, double fallback);
gboolean lens_json_flag (LensJson *json, LensJsonValue *object, const char *key);
LensJsonValue *lens_json_object (LensJson *json, LensJsonValue *object, const char *key);
LensJsonValue *lens_json_array (LensJson *json, LensJsonValue *object, const char *key);

/* Names of an object's members, in its order; free the array with g_strfreev. */
char **lens_json_names (LensJsonValue *object);

/* Elements of an array: 0 and NULL where there are none. */
guint lens_json_length (LensJsonValue *array);
LensJsonValue *lens_json_element (LensJsonValue *array, guint index);
const char *lens_json_element_text (LensJson *json, LensJsonValue *array, guint index);
guint64 lens_json_element_uint (LensJson *json, LensJsonValue *array, guint index);

/* Appends copies of the strings of the list @key to @into. */
void lens_json_strings (LensJson *json, LensJsonValue *object, const char *key, GPtrArray *into);

/**
 * lens_json_first_difference:
 * The path of the first value in which two documents differ, "ledger.classes[2].bytes", owned
 * by the caller; NULL when they say the same.
 */
char *lens_json_first_difference (const LensJson *one, const LensJson *other);

G_END_DECLS
