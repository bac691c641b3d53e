#pragma once

/* Credentials and challenges of HTTP: RFC 9110 section 11, RFC 7616. */
#include "wire/range.h"

G_BEGIN_DECLS

/* The scheme at the front of @value, and what is behind it, without the blanks between and after
 * them; both may be empty. */
void lens_authorization_split (const guint8 *octets, LensRange value, LensRange *scheme,
                               LensRange *rest);

/* name=value, name="value": @value is without the quotes. */
typedef struct
{
  LensRange name;
  LensRange value;
} LensAuthParameter;

/* The parameter at the front of @left (first what lens_authorization_split() calls the rest), which
 * is then shortened; FALSE when none is left.  What has no "=" is passed over: the scheme of
 * another challenge in the same field. */
gboolean lens_authorization_next (const guint8 *octets, LensRange *left,
                                  LensAuthParameter *parameter);

G_END_DECLS
