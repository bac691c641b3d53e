#include "ledger/xml-fields.h"

#include "wire/xml-scan.h"

#include <string.h>

enum
{
  UUID_LENGTH = 36,
  SHAPE_BITS = 4, /* of a document whose elements come in another order */
};

const char lens_xml_fields_text[] = "texts", lens_xml_fields_shape[] = "order of elements",
           lens_xml_fields_id[] = "identifiers";

static gboolean
is_named (const guint8 *octets, LensRange name, const char *local)
{
  LensRange own = lens_xml_local (octets, name);

  return own.length == strlen (local) && memcmp (octets + own.offset, local, own.length) == 0;
}

gboolean
lens_xml_fields_is_uuid (const guint8 *octets, gsize length)
{
  gsize at = length >= 9 && memcmp (octets, "urn:uuid:", 9) == 0 ? 9
             : length >= 5 && memcmp (octets, "uuid:", 5) == 0   ? 5
                                                                 : 0;

  while (at < length && octets[at] == '{')
    at++;
  while (length > at && octets[length - 1] == '}')
    length--;
  if (length - at != UUID_LENGTH)
    return FALSE;
  for (gsize i = 0; i < UUID_LENGTH; i++)
    {
      gboolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash ? octets[at + i] != '-' : !g_ascii_isxdigit ((char)octets[at + i]))
        return FALSE;
    }
  return TRUE;
}

static LensRange
trimmed (const guint8 *octets, LensRange range)
{
  while (range.length > 0 && lens_xml_is_space (octets[range.offset]))
    range.offset++, range.length--;
  while (range.length > 0 && lens_xml_is_space (octets[lens_range_end (range) - 1]))
    range.length--;
  return range;
}

/* The octets of a walk over @range begin there. */
typedef struct
{
  const LensXmlFields *document;
  const guint8 *octets;
  gsize start;
  guint64 shape;
} Walk;

static void
take (const Walk *walk, guint64 key, LensRange range)
{
  const LensXmlFields *document = walk->document;
  const LensUnit *unit = document->unit;
  LensCarrier *carrier
      = lens_ledger_carrier (document->ledger, document->channel, unit, lens_xml_fields_text);

  range.offset += walk->start;
  if (range.length > 0)
    lens_fields_text (document->fields, document->ledger, carrier, unit, key ^ document->kind,
                      range);
}

/* The digits of version and variant (RFC 9562 section 4) of a UUID that ends with @text. */
static void
take_version (const Walk *walk, LensRange text)
{
  const LensXmlFields *document = walk->document;
  gsize end = lens_range_end (text);
  LensCarrier *carrier = lens_ledger_carrier (document->ledger, document->channel, document->unit,
                                              lens_xml_fields_id);

  while (walk->octets[end - 1] == '}')
    end--;
  guint version = (guint)g_ascii_xdigit_value ((char)walk->octets[end - 22]);
  guint variant = (guint)g_ascii_xdigit_value ((char)walk->octets[end - 17]);
  gboolean known = version >= 1 && version <= 8 && (variant & 0xc) == 8;
  lens_fields_value (document->fields, document->ledger, carrier, document->unit,
                     lens_fields_key ("version", document->kind),
                     known ? version << 4 : version << 4 | variant | 0x100, 3,
                     (LensRange){ walk->start + end - 36, 36 });
}

static gboolean
is_id (const Walk *walk, LensRange name, LensRange text)
{
  text = trimmed (walk->octets, text);
  for (guint i = 0; walk->document->ids[i] != NULL; i++)
    if (is_named (walk->octets, name, walk->document->ids[i])
        && lens_xml_fields_is_uuid (walk->octets + text.offset, text.length))
      {
        take_version (walk, text);
        return TRUE;
      }
  return FALSE;
}

static guint64
key_of_name (const Walk *walk, LensRange name, guint64 start)
{
  return lens_fields_hash (start, walk->octets + name.offset, name.length);
}

static void
take_attributes (Walk *walk, const LensXmlToken *token)
{
  LensRange left = token->inside;
  LensXmlAttribute attribute;
  guint64 element = key_of_name (walk, token->name, 0);

  while (lens_xml_attribute_next (walk->octets, &left, &attribute))
    {
      walk->shape = key_of_name (walk, attribute.name, walk->shape);
      take (walk, key_of_name (walk, attribute.name, element), attribute.value);
    }
}

/* Blanks around texts, and where nothing else is: they are part of the shape. */
static void
take_blanks (Walk *walk, LensRange text)
{
  LensRange inner = trimmed (walk->octets, text);
  const gsize blanks[]
      = { inner.offset - text.offset, lens_range_end (text) - lens_range_end (inner) };

  if (blanks[0] > 0 || blanks[1] > 0)
    walk->shape = lens_fields_hash (walk->shape, (const guint8 *)blanks, sizeof blanks);
}

static void
take_token (Walk *walk, const LensXmlToken *token, const LensXml *xml)
{
  const LensRange none = { 0, 0 };
  LensRange parent
      = xml->depth > 0 && xml->depth <= LENS_XML_MAX_DEPTH ? xml->open[xml->depth - 1] : none;

  switch (token->kind)
    {
    case LENS_XML_START:
    case LENS_XML_EMPTY:
      walk->shape = key_of_name (walk, token->name, walk->shape);
      take_attributes (walk, token);
      break;
    case LENS_XML_END:
      walk->shape = key_of_name (walk, token->name, walk->shape ^ 1);
      break;
    case LENS_XML_TEXT:
      take_blanks (walk, token->whole);
      if (!is_id (walk, parent, token->whole))
        take (walk, key_of_name (walk, parent, 2), token->whole);
      break;
    default:
      if (token->kind == LENS_XML_SPACE)
        take_blanks (walk, token->whole);
      take (walk, key_of_name (walk, parent, 3 + token->kind), token->whole);
    }
}

void
lens_xml_fields_take (const LensXmlFields *document, LensRange range)
{
  const LensUnit *unit = document->unit;
  Walk walk = { document, unit->view.octets + range.offset, range.offset, 0 };
  LensXmlToken token;
  LensXml xml;

  lens_xml_init (&xml, walk.octets, range.length);
  while (lens_xml_next (&xml, &token))
    take_token (&walk, &token, &xml);
  LensCarrier *carrier
      = lens_ledger_carrier (document->ledger, document->channel, unit, lens_xml_fields_shape);
  lens_fields_value (document->fields, document->ledger, carrier, unit, document->kind ^ 0x5a,
                     walk.shape, SHAPE_BITS, range);
}

LensRange
lens_xml_fields_find (const guint8 *octets, gsize length, const char *local)
{
  LensXmlToken token;
  LensXml xml;

  lens_xml_init (&xml, octets, length);
  while (lens_xml_next (&xml, &token))
    if (token.kind == LENS_XML_TEXT && xml.depth > 0 && xml.depth <= LENS_XML_MAX_DEPTH
        && is_named (octets, xml.open[xml.depth - 1], local))
      return trimmed (octets, token.whole);
  return (LensRange){ 0, 0 };
}
