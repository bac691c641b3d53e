#pragma once

#include "ledger/fields.h"

G_BEGIN_DECLS

/**
 * LensXmlFields:
 * An XML document that a speaker sends again and again: the text of each element and the value of
 * each attribute are its fields, and so are the spaces, the comments and the order of it all.
 *
 * @kind: of the message, as a key; elements of different kinds are different fields.
 * @ids: local names of elements that hold an identifier made for each message, ends with NULL: a
 * UUID (RFC 9562) there is passed over; but for its version and variant, which stay the same.
 */
typedef struct
{
  LensFields *fields;
  LensLedger *ledger;
  const LensUnit *unit;
  const char *channel; /* static */
  guint64 kind;
  const char *const *ids;
} LensXmlFields;

/* Subjects of the carriers. */
extern const char lens_xml_fields_text[], lens_xml_fields_shape[], lens_xml_fields_id[];

/* The document at @range of the unit's view. */
void lens_xml_fields_take (const LensXmlFields *document, LensRange range);

/* The text of the first element with this local name; empty when there is none. */
LensRange lens_xml_fields_find (const guint8 *octets, gsize length, const char *local);

/* Whether the octets are a UUID with or without "urn:uuid:", "uuid:" and braces. */
gboolean lens_xml_fields_is_uuid (const guint8 *octets, gsize length);

G_END_DECLS
