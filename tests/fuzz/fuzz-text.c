/* Text of strangers: XML as it lies there, the shape of JSON, names with values in clear, link
 * addresses in any form, addresses. */
#include "tests/fuzz/fuzz.h"

#include "wire/address.h"
#include "wire/clear-text.h"
#include "wire/json-shape.h"
#include "wire/octets.h"
#include "wire/xml-scan.h"

static void
check_xml (const guint8 *octets, gsize length)
{
  LensXml xml;
  LensXmlToken token;
  LensXmlAttribute attribute;
  gsize at = 0;

  lens_xml_init (&xml, octets, length);
  while (lens_xml_next (&xml, &token))
    {
      fuzz_follows (octets, length, &at, token.whole);
      fuzz_inside (octets, length, token.name);
      fuzz_inside (octets, length, token.inside);
      fuzz_inside (octets, length, lens_xml_local (octets, token.name));
      g_assert_cmpuint (token.depth, <=, LENS_XML_MAX_DEPTH + 1);
      if (token.kind != LENS_XML_START && token.kind != LENS_XML_EMPTY)
        continue;
      LensRange left = token.inside;
      while (lens_xml_attribute_next (octets, &left, &attribute))
        {
          fuzz_inside (octets, length, attribute.space);
          fuzz_inside (octets, length, attribute.name);
          fuzz_inside (octets, length, attribute.value);
          fuzz_inside (octets, length, attribute.whole);
        }
      fuzz_inside (octets, length, left);
    }
  g_assert_cmpuint (at, ==, length);
}

static void
check_clear (const guint8 *octets, gsize length)
{
  static const guint8 mac[6] = { 0x44, 0x19, 0xb6, 0, 0, 1 };
  LensClearText text;
  LensRange where;
  LensMacForm form;
  gsize at = 0, before;

  for (before = 0; lens_clear_text_next (octets, length, &at, &text); before = at)
    {
      g_assert_cmpuint (at, >, before);
      g_assert_cmpuint (at, <=, length);
      fuzz_inside (octets, length, text.whole);
      fuzz_inside (octets, length, text.value);
      g_assert_nonnull (lens_clear_text_name (text.kind));
    }
  at = 0;
  for (before = 0; lens_mac_find (octets, length, mac, &at, &where, &form); before = at)
    {
      g_assert_cmpuint (at, >, before);
      fuzz_inside (octets, length, where);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  g_autofree char *text = g_strndup ((const char *)octets, length);
  const char *problem = NULL;
  LensAddress address;
  LensNetwork network;
  guint8 mac[6];

  check_xml (octets, length);
  check_clear (octets, length);
  if (lens_json_shape (octets, length, 8, 1000, &problem) != LENS_JSON_SHAPE_FINE)
    g_assert_nonnull (problem);
  if (lens_address_parse (text, &address))
    {
      g_autofree char *again = lens_address_dup_text (&address);
      LensAddress same;
      g_assert_true (lens_address_parse (again, &same));
      g_assert_true (lens_address_equal (&address, &same));
    }
  lens_network_parse (text, &network);
  lens_mac_parse (text, mac);
  lens_octets_hash_folded (LENS_HASH_START, octets, length);
  return 0;
}
