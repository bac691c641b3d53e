#include "wire/xml-scan.h"

#include <string.h>

/* One letter for each kind, in the order of LensXmlKind. */
static char *
kinds_of (const char *text)
{
  GString *kinds = g_string_new (NULL);
  LensXml xml;
  LensXmlToken token;
  gsize at = 0;

  lens_xml_init (&xml, (const guint8 *)text, strlen (text));
  while (lens_xml_next (&xml, &token))
    {
      g_assert_cmpuint (token.whole.offset, ==, at);
      at = lens_range_end (token.whole);
      g_string_append_c (kinds, "?<e/t cicdB"[token.kind]);
    }
  g_assert_cmpuint (at, ==, strlen (text));
  return g_string_free (kinds, FALSE);
}

static void
kinds (const char *text, const char *expected)
{
  g_autofree char *got = kinds_of (text);

  g_assert_cmpstr (got, ==, expected);
}

static void
tokens_follow_each_other (void)
{
  kinds ("<?xml version=\"1.0\"?>\n<a><b c='>'/> t</a>\n", "? <et/ ");
  kinds ("<a><!-- - > --><?p q?><![CDATA[<b>]]></a>", "<cic/");
  kinds ("<!DOCTYPE a [<!ENTITY b \"c\">]><a/>", "de");
  kinds ("\xef\xbb\xbf<?xml?><a/>", " ?e");
  kinds ("", "");
}

static void
what_is_no_xml_is_broken (void)
{
  kinds ("<a></b>", "<B");
  kinds ("<a>", "<");
  kinds ("<a/><b/>", "eB");
  kinds ("hello", "B");
  kinds ("<a><!-- </a>", "<B");
  kinds ("<a b=\"c></a>", "B");
  kinds ("<a/>tail", "eB");
}

static void
deep_elements_end (void)
{
  g_autoptr (GString) deep = g_string_new (NULL);

  for (guint i = 0; i < 1000; i++)
    g_string_append (deep, "<a>");
  g_autofree char *got = kinds_of (deep->str);
  g_assert_cmpuint (strlen (got), ==, LENS_XML_MAX_DEPTH + 1);
  g_assert_cmpint (got[LENS_XML_MAX_DEPTH], ==, 'B');
}

static void
attributes_are_read (void)
{
  static const char text[] = "<t:a  b = \"1\" c='x&y;' />";
  const guint8 *octets = (const guint8 *)text;
  LensXml xml;
  LensXmlToken token;
  LensXmlAttribute attribute;

  lens_xml_init (&xml, octets, strlen (text));
  g_assert_true (lens_xml_next (&xml, &token));
  g_assert_cmpint (token.kind, ==, LENS_XML_EMPTY);
  LensRange local = lens_xml_local (octets, token.name);
  g_assert_cmpmem (text + local.offset, local.length, "a", 1);
  LensRange left = token.inside;
  g_assert_true (lens_xml_attribute_next (octets, &left, &attribute));
  g_assert_cmpuint (attribute.space.length, ==, 2);
  g_assert_cmpmem (text + attribute.name.offset, attribute.name.length, "b", 1);
  g_assert_cmpmem (text + attribute.value.offset, attribute.value.length, "1", 1);
  g_assert_true (lens_xml_attribute_next (octets, &left, &attribute));
  g_assert_cmpmem (text + attribute.value.offset, attribute.value.length, "x&y;", 4);
  g_assert_false (lens_xml_attribute_next (octets, &left, &attribute));
  g_assert_cmpuint (left.length, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/wire/xml-scan/" name, function)
  CASE ("tokens-follow-each-other", tokens_follow_each_other);
  CASE ("what-is-no-xml-is-broken", what_is_no_xml_is_broken);
  CASE ("deep-elements-end", deep_elements_end);
  CASE ("attributes-are-read", attributes_are_read);
  return g_test_run ();
}
