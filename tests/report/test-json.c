#include "report/json.h"

#include <string.h>

static LensJson *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  LensJson *json = lens_json_parse ((const guint8 *)text, strlen (text), &error);

  g_assert_no_error (error);
  return json;
}

static void
assert_refused (const char *text, LensJsonError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensJson) json = lens_json_parse ((const guint8 *)text, strlen (text), &error);

  g_assert_null (json);
  g_assert_error (error, LENS_JSON_ERROR, (gint)code);
}

static void
what_is_not_json_is_refused (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (lens_json_parse (NULL, 0, &error)); /* an empty file */
  g_assert_error (error, LENS_JSON_ERROR, LENS_JSON_ERROR_MALFORMED);
  assert_refused ("{", LENS_JSON_ERROR_MALFORMED);
  assert_refused ("{\"a\":1}}", LENS_JSON_ERROR_MALFORMED);
  assert_refused ("{\"a\":\"\xff\"}", LENS_JSON_ERROR_MALFORMED);
  assert_refused ("/* \" */ {}", LENS_JSON_ERROR_MALFORMED);
  assert_refused ("{'a': 1}", LENS_JSON_ERROR_MALFORMED);
  assert_refused ("\"open", LENS_JSON_ERROR_MALFORMED);
  assert_refused ("{} {}", LENS_JSON_ERROR_MALFORMED);
  assert_refused ("[]7", LENS_JSON_ERROR_MALFORMED);
  assert_refused ("{\"a\": 1},", LENS_JSON_ERROR_MALFORMED);
  assert_refused ("\"\\", LENS_JSON_ERROR_MALFORMED);
}

static void
a_name_may_not_stand_twice (void)
{
  static const char *const good[]
      = { "{\"a\": {\"a\": {\"a\": 1}}, \"b\": {\"a\": 2}}", "[{\"a\": 1}, {\"a\": 2}, {}]" };
  static const char twice[] = "{\"x\": [{}, {\"b\": {\"c\": 1}, \"\\u0062\": 2}]}";
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    lens_json_free (parse (good[i]));
  g_assert_null (lens_json_parse ((const guint8 *)twice, strlen (twice), &error));
  g_assert_error (error, LENS_JSON_ERROR, LENS_JSON_ERROR_MALFORMED);
  g_assert_cmpstr (error->message, ==, "b stands twice in one object");
}

static void
a_deep_document_is_refused_before_it_is_parsed (void)
{
  g_autofree char *deep = g_strnfill (1000000, '[');
  g_autofree char *wide = g_strnfill (5000000, ',');

  assert_refused (deep, LENS_JSON_ERROR_TOO_LARGE);
  assert_refused (wide, LENS_JSON_ERROR_TOO_LARGE);
}

static void
missing_keys_give_the_fallback (void)
{
  g_autoptr (LensJson) json = parse ("{\"null\": null}");
  LensJsonValue *root = lens_json_root (json);

  g_assert_null (lens_json_text (json, root, "null"));
  g_assert_null (lens_json_text (json, NULL, "x"));
  g_assert_cmpint (lens_json_int (json, root, "x", -1), ==, -1);
  g_assert_cmpfloat (lens_json_real (json, root, "null", 0.5), ==, 0.5);
  g_assert_cmpuint (lens_json_length (lens_json_array (json, root, "x")), ==, 0);
  g_assert_null (lens_json_problem (json));
}

static void
the_first_wrong_type_is_told_with_its_path (void)
{
  g_autoptr (LensJson) json = parse ("{\"a\": [{}, {\"b\": {\"c\": 5}}], \"n\": -1}");
  LensJsonValue *a = lens_json_array (json, lens_json_root (json), "a");
  LensJsonValue *b = lens_json_object (json, lens_json_element (a, 1), "b");

  g_assert_null (lens_json_text (json, b, "c"));
  g_assert_cmpuint (lens_json_uint (json, lens_json_root (json), "n", 10), ==, 0);
  g_assert_cmpstr (lens_json_problem (json), ==, "a[1].b.c is not a string");
}

static void
assert_difference (const char *one, const char *other, const char *path)
{
  g_autoptr (LensJson) mine = parse (one);
  g_autoptr (LensJson) theirs = parse (other);
  g_autofree char *found = lens_json_first_difference (mine, theirs);

  g_assert_cmpstr (found, ==, path);
}

static void
the_first_difference_is_named (void)
{
  assert_difference ("{\"a\":[1,{\"b\":2}]}", "{\"a\": [1, {\"b\": 2}]}", NULL);
  assert_difference ("{\"a\":[1,{\"b\":2}]}", "{\"a\":[1,{\"b\":3}]}", "a[1].b");
  assert_difference ("{\"a\":[1]}", "{\"a\":[1,2]}", "a");
  assert_difference ("{\"a\":1}", "{\"a\":1,\"c\":2}", "c");
  assert_difference ("{\"a\":1,\"c\":2}", "{\"a\":1}", "c");
  assert_difference ("{\"a\":{\"x\":1}}", "{\"a\":[]}", "a");
  assert_difference ("{\"a\":null}", "{\"a\":0}", "a");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/json/what-is-not-json-is-refused", what_is_not_json_is_refused);
  g_test_add_func ("/report/json/a-name-may-not-stand-twice", a_name_may_not_stand_twice);
  g_test_add_func ("/report/json/a-deep-document-is-refused-before-it-is-parsed",
                   a_deep_document_is_refused_before_it_is_parsed);
  g_test_add_func ("/report/json/missing-keys-give-the-fallback", missing_keys_give_the_fallback);
  g_test_add_func ("/report/json/the-first-wrong-type-is-told-with-its-path",
                   the_first_wrong_type_is_told_with_its_path);
  g_test_add_func ("/report/json/the-first-difference-is-named", the_first_difference_is_named);
  return g_test_run ();
}
