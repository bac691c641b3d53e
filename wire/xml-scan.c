#include "wire/xml-scan.h"

#include <string.h>

void
lens_xml_init (LensXml *xml, const guint8 *octets, gsize length)
{
  memset (xml, 0, sizeof *xml);
  xml->octets = octets;
  xml->length = length;
}

gboolean
lens_xml_is_space (guint8 octet)
{
  return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
}

/* 2.3: names, as far as ASCII tells; every octet of UTF-8 beyond may be in one. */
static gboolean
is_name (guint8 octet)
{
  return g_ascii_isalnum (octet) || octet >= 0x80 || (octet != 0 && strchr ("_:.-", octet) != NULL);
}

static gsize
pass_name (const guint8 *octets, gsize at, gsize end)
{
  while (at < end && is_name (octets[at]))
    at++;
  return at;
}

static gsize
pass_space (const guint8 *octets, gsize at, gsize end)
{
  while (at < end && lens_xml_is_space (octets[at]))
    at++;
  return at;
}

static gboolean
starts_with (const LensXml *xml, const char *text)
{
  gsize length = strlen (text);

  return xml->length - xml->position >= length
         && memcmp (xml->octets + xml->position, text, length) == 0;
}

static gboolean
give (LensXml *xml, LensXmlToken *token, LensXmlKind kind, gsize end)
{
  token->kind = kind;
  token->whole = (LensRange){ xml->position, end - xml->position };
  token->depth = xml->depth;
  xml->position = end;
  return TRUE;
}

static gboolean
give_broken (LensXml *xml, LensXmlToken *token)
{
  token->inside = (LensRange){ xml->position, xml->length - xml->position };
  return give (xml, token, LENS_XML_BROKEN, xml->length);
}

/* From @open to the first @close behind it. */
static gboolean
take_until (LensXml *xml, LensXmlToken *token, LensXmlKind kind, const char *open,
            const char *close)
{
  gsize start = xml->position + strlen (open);
  const guint8 *found = memmem (xml->octets + start, xml->length - start, close, strlen (close));

  if (found == NULL)
    return give_broken (xml, token);
  gsize end = (gsize)(found - xml->octets);
  token->inside = (LensRange){ start, end - start };
  return give (xml, token, kind, end + strlen (close));
}

static gboolean
take_instruction (LensXml *xml, LensXmlToken *token)
{
  gsize from = xml->position, start = from + 2;
  gboolean bom = from == 3 && memcmp (xml->octets, "\xef\xbb\xbf", 3) == 0;

  if (!take_until (xml, token, LENS_XML_INSTRUCTION, "<?", "?>") || token->kind == LENS_XML_BROKEN)
    return TRUE;
  token->name = (LensRange){ start, pass_name (xml->octets, start, lens_range_end (token->inside))
                                        - start };
  if ((from == 0 || bom) && token->name.length == 3 && memcmp (xml->octets + start, "xml", 3) == 0)
    token->kind = LENS_XML_DECLARATION;
  return TRUE;
}

/* A declaration of the document type may hold marks in brackets. */
static gboolean
take_doctype (LensXml *xml, LensXmlToken *token)
{
  guint brackets = 0;
  gsize start = xml->position + 2;

  for (gsize at = start; at < xml->length; at++)
    {
      brackets += xml->octets[at] == '[';
      brackets -= xml->octets[at] == ']' && brackets > 0;
      if (xml->octets[at] != '>' || brackets > 0)
        continue;
      token->inside = (LensRange){ start, at - start };
      return give (xml, token, LENS_XML_DOCTYPE, at + 1);
    }
  return give_broken (xml, token);
}

static gboolean
same_name (const LensXml *xml, LensRange a, LensRange b)
{
  return a.length == b.length
         && memcmp (xml->octets + a.offset, xml->octets + b.offset, a.length) == 0;
}

static gboolean
take_end (LensXml *xml, LensXmlToken *token)
{
  gsize start = xml->position + 2, name_end = pass_name (xml->octets, start, xml->length);
  gsize at = pass_space (xml->octets, name_end, xml->length);

  token->name = (LensRange){ start, name_end - start };
  token->inside = (LensRange){ name_end, at - name_end };
  if (at == xml->length || xml->octets[at] != '>' || xml->depth == 0
      || !same_name (xml, token->name, xml->open[xml->depth - 1]))
    return give_broken (xml, token);
  (void)give (xml, token, LENS_XML_END, at + 1);
  xml->depth--;
  return TRUE;
}

/* The first '>' from @at on that is in no quotes. */
static gsize
find_tag_end (const LensXml *xml, gsize at)
{
  guint8 quote = 0;

  for (; at < xml->length; at++)
    {
      guint8 octet = xml->octets[at];
      if (quote != 0)
        quote = octet == quote ? 0 : quote;
      else if (octet == '"' || octet == '\'')
        quote = octet;
      else if (octet == '>' || octet == '<')
        return octet == '>' ? at : xml->length;
    }
  return xml->length;
}

static gboolean
take_start (LensXml *xml, LensXmlToken *token)
{
  gsize start = xml->position + 1, name_end = pass_name (xml->octets, start, xml->length);
  gsize end = find_tag_end (xml, name_end);

  token->name = (LensRange){ start, name_end - start };
  if (end == xml->length || name_end == start || xml->depth == LENS_XML_MAX_DEPTH
      || (xml->depth == 0 && xml->had_root))
    return give_broken (xml, token);
  gboolean empty = end > name_end && xml->octets[end - 1] == '/';
  token->inside = (LensRange){ name_end, end - name_end - (empty ? 1 : 0) };
  xml->had_root = TRUE;
  xml->open[xml->depth++] = token->name;
  (void)give (xml, token, empty ? LENS_XML_EMPTY : LENS_XML_START, end + 1);
  if (empty)
    xml->depth--;
  return TRUE;
}

static gboolean
take_text (LensXml *xml, LensXmlToken *token)
{
  const guint8 *found = memchr (xml->octets + xml->position, '<', xml->length - xml->position);
  gsize end = found != NULL ? (gsize)(found - xml->octets) : xml->length;
  gboolean space = pass_space (xml->octets, xml->position, end) == end;

  if (!space && xml->depth == 0)
    return give_broken (xml, token);
  token->inside = (LensRange){ xml->position, end - xml->position };
  return give (xml, token, space ? LENS_XML_SPACE : LENS_XML_TEXT, end);
}

gboolean
lens_xml_next (LensXml *xml, LensXmlToken *token)
{
  *token = (LensXmlToken){ 0 };
  if (xml->position == xml->length)
    return FALSE;
  if (xml->position == 0 && starts_with (xml, "\xef\xbb\xbf"))
    return give (xml, token, LENS_XML_SPACE, 3);
  if (xml->octets[xml->position] != '<')
    return take_text (xml, token);
  if (starts_with (xml, "<!--"))
    return take_until (xml, token, LENS_XML_COMMENT, "<!--", "-->");
  if (starts_with (xml, "<![CDATA["))
    return take_until (xml, token, LENS_XML_CDATA, "<![CDATA[", "]]>");
  if (starts_with (xml, "<?"))
    return take_instruction (xml, token);
  if (starts_with (xml, "<!"))
    return take_doctype (xml, token);
  return starts_with (xml, "</") ? take_end (xml, token) : take_start (xml, token);
}

/* --- attributes --- */

gboolean
lens_xml_attribute_next (const guint8 *octets, LensRange *left, LensXmlAttribute *attribute)
{
  gsize end = lens_range_end (*left), start = pass_space (octets, left->offset, end);
  gsize name_end = pass_name (octets, start, end);
  gsize equals = pass_space (octets, name_end, end);

  if (start == left->offset || name_end == start || equals == end || octets[equals] != '=')
    return FALSE;
  gsize quote = pass_space (octets, equals + 1, end);
  if (quote == end || (octets[quote] != '"' && octets[quote] != '\''))
    return FALSE;
  const guint8 *close = memchr (octets + quote + 1, octets[quote], end - quote - 1);
  if (close == NULL)
    return FALSE;
  gsize value_end = (gsize)(close - octets);
  attribute->space = (LensRange){ left->offset, start - left->offset };
  attribute->name = (LensRange){ start, name_end - start };
  attribute->value = (LensRange){ quote + 1, value_end - quote - 1 };
  attribute->whole = (LensRange){ start, value_end + 1 - start };
  *left = (LensRange){ value_end + 1, end - value_end - 1 };
  return TRUE;
}

LensRange
lens_xml_local (const guint8 *octets, LensRange name)
{
  const guint8 *colon = memchr (octets + name.offset, ':', name.length);

  if (colon == NULL)
    return name;
  gsize start = (gsize)(colon + 1 - octets);
  return (LensRange){ start, lens_range_end (name) - start };
}
