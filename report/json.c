#include "report/json.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "report/escape.h"
#include "wire/json-shape.h"

enum
{
  MAX_OCTETS = 64 * 1024 * 1024,
  MAX_DEPTH = 32,
  MAX_VALUES = 4 * 1000 * 1000,
  MAX_NAME = 60, /* characters of a stranger's key in a message */
};

struct _LensJson
{
  JsonNode *root;
  char *problem;
};

G_DEFINE_QUARK (lens - json - error - quark, lens_json_error)

/* --- names that stand twice: the parser keeps the last one --- */

typedef struct
{
  GHashTable *members; /* JsonObject* -> how many it was given: of those that are open */
  char *twice;         /* the first such name */
} Names;

static void
see_member (JsonParser *parser, JsonObject *object, const char *name, gpointer data)
{
  Names *names = data;
  const guint n = GPOINTER_TO_UINT (g_hash_table_lookup (names->members, object)) + 1;

  g_hash_table_insert (names->members, object, GUINT_TO_POINTER (n));
  if (names->twice == NULL && n > json_object_get_size (object))
    names->twice = g_strdup (name);
}

static void
see_end (JsonParser *parser, JsonObject *object, gpointer data)
{
  g_hash_table_remove (((Names *)data)->members, object);
}

/* "<data>:574:121: Parse error: ..." in words: json-glib names a file that there is not. */
static void
tell_place (GString *into, const char *said)
{
  static const char nameless[] = "<data>:";
  char *end;

  if (g_str_has_prefix (said, nameless))
    {
      const char *after = said + strlen (nameless);
      const guint64 line = g_ascii_strtoull (after, &end, 10);
      const guint64 column = *end == ':' ? g_ascii_strtoull (end + 1, &end, 10) : 0;

      if (column > 0 && *end == ':')
        {
          g_string_append_printf (into, "line %" G_GUINT64_FORMAT ", column %" G_GUINT64_FORMAT,
                                  line, column);
          said = end;
        }
    }
  lens_escape_text (into, said, 0);
}

/* FALSE with @error. */
static gboolean
load (JsonParser *parser, const guint8 *octets, gsize length, GError **error)
{
  Names names = { g_hash_table_new (NULL, NULL), NULL };
  g_autoptr (GError) cause = NULL;
  g_autoptr (GString) message = g_string_new (NULL);

  g_signal_connect (parser, "object-member", G_CALLBACK (see_member), &names);
  g_signal_connect (parser, "object-end", G_CALLBACK (see_end), &names);
  if (!json_parser_load_from_data (parser, (const char *)octets, (gssize)length, &cause))
    tell_place (message, cause->message);
  else if (names.twice != NULL)
    {
      lens_escape_text (message, names.twice, MAX_NAME);
      g_string_append (message, " stands twice in one object");
    }
  g_hash_table_unref (names.members);
  g_free (names.twice);
  if (message->len > 0)
    g_set_error_literal (error, LENS_JSON_ERROR, LENS_JSON_ERROR_MALFORMED, message->str);
  return message->len == 0;
}

LensJson *
lens_json_parse (const guint8 *octets, gsize length, GError **error)
{
  LensJsonShape shape = LENS_JSON_SHAPE_TOO_LARGE;
  const char *wrong = "it is above 64 MiB";

  if (length == 0)
    {
      g_set_error_literal (error, LENS_JSON_ERROR, LENS_JSON_ERROR_MALFORMED, "it is empty");
      return NULL;
    }
  if (length <= MAX_OCTETS)
    shape = lens_json_shape (octets, length, MAX_DEPTH, MAX_VALUES, &wrong);
  if (shape != LENS_JSON_SHAPE_FINE)
    {
      g_set_error_literal (error, LENS_JSON_ERROR,
                           shape == LENS_JSON_SHAPE_TOO_LARGE ? LENS_JSON_ERROR_TOO_LARGE
                                                              : LENS_JSON_ERROR_MALFORMED,
                           wrong);
      return NULL;
    }

  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  if (!load (parser, octets, length, error))
    return NULL;
  LensJson *json = g_new0 (LensJson, 1);
  json->root = json_parser_steal_root (parser);
  return json;
}

void
lens_json_free (LensJson *json)
{
  if (json == NULL)
    return;
  if (json->root != NULL)
    json_node_unref (json->root);
  g_free (json->problem);
  g_free (json);
}

LensJsonValue *
lens_json_root (const LensJson *json)
{
  return json->root;
}

const char *
lens_json_problem (const LensJson *json)
{
  return json->problem;
}

static void
append_name (GString *path, const char *name)
{
  if (path->len > 0)
    g_string_append_c (path, '.');
  lens_escape_text (path, name, MAX_NAME);
}

static void
append_step (GString *path, JsonNode *parent, JsonNode *child)
{
  if (JSON_NODE_HOLDS_ARRAY (parent))
    {
      JsonArray *array = json_node_get_array (parent);

      for (guint i = 0; i < json_array_get_length (array); i++)
        if (json_array_get_element (array, i) == child)
          g_string_append_printf (path, "[%u]", i);
      return;
    }
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;
  json_object_iter_init (&iter, json_node_get_object (parent));
  while (json_object_iter_next (&iter, &name, &member))
    if (member == child)
      append_name (path, name);
}

static void
append_path (GString *path, JsonNode *node)
{
  JsonNode *parent = json_node_get_parent (node);

  if (parent == NULL)
    return;
  append_path (path, parent);
  append_step (path, parent, node);
}

void
lens_json_complain (LensJson *json, LensJsonValue *object, const char *key, const char *complaint)
{
  if (json->problem != NULL)
    return;
  g_autoptr (GString) path = g_string_new (NULL);
  if (object != NULL)
    append_path (path, object);
  if (key != NULL)
    append_name (path, key);
  json->problem = g_strdup_printf ("%s %s", path->len > 0 ? path->str : "the document", complaint);
}

/* NULL when missing or null. */
static JsonNode *
member (LensJsonValue *object, const char *key)
{
  if (object == NULL || !JSON_NODE_HOLDS_OBJECT (object))
    return NULL;
  JsonNode *node = json_object_get_member (json_node_get_object (object), key);
  return node == NULL || JSON_NODE_HOLDS_NULL (node) ? NULL : node;
}

gboolean
lens_json_has (LensJsonValue *object, const char *key)
{
  return member (object, key) != NULL;
}

gboolean
lens_json_is_object (LensJsonValue *value)
{
  return value != NULL && JSON_NODE_HOLDS_OBJECT (value);
}

static gboolean
holds (JsonNode *node, GType type)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

const char *
lens_json_text (LensJson *json, LensJsonValue *object, const char *key)
{
  JsonNode *node = member (object, key);

  if (node == NULL)
    return NULL;
  if (holds (node, G_TYPE_STRING))
    return json_node_get_string (node);
  lens_json_complain (json, object, key, "is not a string");
  return NULL;
}

gint64
lens_json_int (LensJson *json, LensJsonValue *object, const char *key, gint64 fallback)
{
  JsonNode *node = member (object, key);

  if (node == NULL)
    return fallback;
  if (holds (node, G_TYPE_INT64))
    return json_node_get_int (node);
  lens_json_complain (json, object, key, "is not a whole number");
  return fallback;
}

guint64
lens_json_uint (LensJson *json, LensJsonValue *object, const char *key, guint64 most)
{
  const gint64 value = lens_json_int (json, object, key, 0);

  if (value >= 0 && (guint64)value <= most)
    return (guint64)value;
  lens_json_complain (json, object, key, "is out of range");
  return 0;
}

double
lens_json_real (LensJson *json, LensJsonValue *object, const char *key, double fallback)
{
  JsonNode *node = member (object, key);

  if (node == NULL)
    return fallback;
  if (holds (node, G_TYPE_INT64) || holds (node, G_TYPE_DOUBLE))
    return json_node_get_double (node);
  lens_json_complain (json, object, key, "is not a number");
  return fallback;
}

gboolean
lens_json_flag (LensJson *json, LensJsonValue *object, const char *key)
{
  JsonNode *node = member (object, key);

  if (node == NULL)
    return FALSE;
  if (holds (node, G_TYPE_BOOLEAN))
    return json_node_get_boolean (node);
  lens_json_complain (json, object, key, "is not true or false");
  return FALSE;
}

LensJsonValue *
lens_json_object (LensJson *json, LensJsonValue *object, const char *key)
{
  JsonNode *node = member (object, key);

  if (node == NULL || JSON_NODE_HOLDS_OBJECT (node))
    return node;
  lens_json_complain (json, object, key, "is not an object");
  return NULL;
}

LensJsonValue *
lens_json_array (LensJson *json, LensJsonValue *object, const char *key)
{
  JsonNode *node = member (object, key);

  if (node == NULL || JSON_NODE_HOLDS_ARRAY (node))
    return node;
  lens_json_complain (json, object, key, "is not a list");
  return NULL;
}

char **
lens_json_names (LensJsonValue *object)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  if (object != NULL && JSON_NODE_HOLDS_OBJECT (object))
    {
      JsonObjectIter iter;
      const char *name;

      json_object_iter_init_ordered (&iter, json_node_get_object (object));
      while (json_object_iter_next_ordered (&iter, &name, NULL))
        g_ptr_array_add (names, g_strdup (name));
    }
  g_ptr_array_add (names, NULL);
  return (char **)g_ptr_array_steal (names, NULL);
}

guint
lens_json_length (LensJsonValue *array)
{
  if (array == NULL || !JSON_NODE_HOLDS_ARRAY (array))
    return 0;
  return json_array_get_length (json_node_get_array (array));
}

LensJsonValue *
lens_json_element (LensJsonValue *array, guint index)
{
  if (index >= lens_json_length (array))
    return NULL;
  return json_array_get_element (json_node_get_array (array), index);
}

const char *
lens_json_element_text (LensJson *json, LensJsonValue *array, guint index)
{
  JsonNode *node = lens_json_element (array, index);

  if (node != NULL && holds (node, G_TYPE_STRING))
    return json_node_get_string (node);
  lens_json_complain (json, array, NULL, "holds something that is not a string");
  return NULL;
}

guint64
lens_json_element_uint (LensJson *json, LensJsonValue *array, guint index)
{
  JsonNode *node = lens_json_element (array, index);

  if (node != NULL && holds (node, G_TYPE_INT64) && json_node_get_int (node) >= 0)
    return (guint64)json_node_get_int (node);
  lens_json_complain (json, array, NULL, "holds something that is not a whole number from 0");
  return 0;
}

void
lens_json_strings (LensJson *json, LensJsonValue *object, const char *key, GPtrArray *into)
{
  LensJsonValue *array = lens_json_array (json, object, key);

  for (guint i = 0; i < lens_json_length (array); i++)
    {
      const char *text = lens_json_element_text (json, array, i);
      if (text != NULL)
        g_ptr_array_add (into, g_strdup (text));
    }
}

static JsonNode *difference (JsonNode *one, JsonNode *other, const char **missing);

static JsonNode *
difference_of_objects (JsonNode *one, JsonNode *other, const char **missing)
{
  JsonObject *mine = json_node_get_object (one), *theirs = json_node_get_object (other);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, mine);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      JsonNode *peer = json_object_get_member (theirs, name);
      JsonNode *found = peer == NULL ? node : difference (node, peer, missing);

      if (found != NULL)
        return found;
    }
  json_object_iter_init_ordered (&iter, theirs);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    if (!json_object_has_member (mine, name))
      {
        *missing = name;
        return one;
      }
  return NULL;
}

/* The node of @one that differs; with @missing set, it lacks that member of its peer. */
static JsonNode *
difference (JsonNode *one, JsonNode *other, const char **missing)
{
  if (JSON_NODE_HOLDS_OBJECT (one) && JSON_NODE_HOLDS_OBJECT (other))
    return difference_of_objects (one, other, missing);
  if (!JSON_NODE_HOLDS_ARRAY (one) || !JSON_NODE_HOLDS_ARRAY (other))
    return json_node_equal (one, other) ? NULL : one;

  const guint length = lens_json_length (one);
  for (guint i = 0; i < MIN (length, lens_json_length (other)); i++)
    {
      JsonNode *found
          = difference (lens_json_element (one, i), lens_json_element (other, i), missing);

      if (found != NULL)
        return found;
    }
  return length == lens_json_length (other) ? NULL : one;
}

char *
lens_json_first_difference (const LensJson *one, const LensJson *other)
{
  const char *missing = NULL;
  g_autoptr (GString) path = g_string_new (NULL);

  if (one->root == NULL || other->root == NULL)
    return one->root == other->root ? NULL : g_strdup ("the document");
  JsonNode *found = difference (one->root, other->root, &missing);
  if (found == NULL)
    return NULL;
  append_path (path, found);
  if (missing != NULL)
    append_name (path, missing);
  return g_string_free (g_steal_pointer (&path), FALSE);
}
