#pragma once

/* XML as it lies in the octets: W3C Extensible Markup Language 1.0 (fifth edition).  No parser
 * for use: it keeps what parsers throw away, expands no entity and reads no DTD. */

#include "wire/range.h"

G_BEGIN_DECLS

typedef enum
{
  LENS_XML_DECLARATION, /* <?xml ... ?> at the beginning */
  LENS_XML_START,       /* <name ...> */
  LENS_XML_EMPTY,       /* <name ... /> */
  LENS_XML_END,         /* </name> */
  LENS_XML_TEXT,        /* character data that is more than white space */
  LENS_XML_SPACE,       /* white space alone, or the byte order mark */
  LENS_XML_COMMENT,
  LENS_XML_INSTRUCTION, /* processing instruction */
  LENS_XML_CDATA,
  LENS_XML_DOCTYPE,
  LENS_XML_BROKEN, /* no XML from here on: all that is left */
} LensXmlKind;

#define LENS_N_XML_KINDS 11

/* @whole with its marks; @name of elements (with its prefix) and instructions; @inside: what is
 * between the marks, of elements all behind the name. */
typedef struct
{
  LensXmlKind kind;
  LensRange whole;
  LensRange name;
  LensRange inside;
  guint depth; /* of the element, or of what is inside it; the root has 1 */
} LensXmlToken;

#define LENS_XML_MAX_DEPTH 64

/**
 * LensXml:
 * A walk over one document, which it borrows.  The tokens follow each other without a gap.  An
 * end that matches no start is LENS_XML_BROKEN, and so is a depth of more than
 * LENS_XML_MAX_DEPTH, a second root, or an end of the octets inside an element.
 */
typedef struct
{
  const guint8 *octets;
  gsize length;
  gsize position;
  guint depth;
  gboolean had_root;
  LensRange open[LENS_XML_MAX_DEPTH]; /* names */
} LensXml;

void lens_xml_init (LensXml *xml, const guint8 *octets, gsize length);
/* FALSE at the end. */
gboolean lens_xml_next (LensXml *xml, LensXmlToken *token);

/* An attribute; @space before it, and @around its equal sign and quotes included in @whole. */
typedef struct
{
  LensRange space;
  LensRange name;
  LensRange value; /* without quotes, entities as they are */
  LensRange whole; /* name to closing quote */
} LensXmlAttribute;

/* The attribute at the front of @left (first a token's inside), which is then shortened; FALSE
 * at the end, and where no attribute is: @left is then the space, or what is broken. */
gboolean lens_xml_attribute_next (const guint8 *octets, LensRange *left,
                                  LensXmlAttribute *attribute);

/* The name without its prefix. */
LensRange lens_xml_local (const guint8 *octets, LensRange name);
gboolean lens_xml_is_space (guint8 octet);

G_END_DECLS
