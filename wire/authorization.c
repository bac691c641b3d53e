#include "wire/authorization.h"

static gboolean
is_blank (guint8 octet)
{
  return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
}

void
lens_authorization_split (const guint8 *octets, LensRange value, LensRange *scheme, LensRange *rest)
{
  gsize at = value.offset, end = lens_range_end (value);

  while (at < end && is_blank (octets[at]))
    at++;
  gsize start = at;
  while (at < end && !is_blank (octets[at]))
    at++;
  *scheme = (LensRange){ start, at - start };
  while (at < end && is_blank (octets[at]))
    at++;
  while (end > at && is_blank (octets[end - 1]))
    end--;
  *rest = (LensRange){ at, end - at };
}

/* A quoted string from its first quote on; @at is then behind the last one. */
static LensRange
take_quoted (const guint8 *octets, gsize *at, gsize end)
{
  gsize start = ++*at;

  while (*at < end && octets[*at] != '"')
    *at += octets[*at] == '\\' && *at + 1 < end ? 2 : 1;
  LensRange inside = { start, *at - start };
  *at += *at < end;
  return inside;
}

static LensRange
take_word (const guint8 *octets, gsize *at, gsize end)
{
  gsize start = *at;

  while (*at < end && !is_blank (octets[*at]) && octets[*at] != ',' && octets[*at] != '=')
    ++*at;
  return (LensRange){ start, *at - start };
}

static void
skip_blanks (const guint8 *octets, gsize *at, gsize end)
{
  while (*at < end && is_blank (octets[*at]))
    ++*at;
}

gboolean
lens_authorization_next (const guint8 *octets, LensRange *left, LensAuthParameter *parameter)
{
  gsize at = left->offset, end = lens_range_end (*left);
  gboolean found = FALSE;

  while (at < end && !found)
    {
      while (at < end && (is_blank (octets[at]) || octets[at] == ','))
        at++;
      gsize start = at;
      parameter->name = take_word (octets, &at, end);
      skip_blanks (octets, &at, end);
      found = parameter->name.length > 0 && at < end && octets[at] == '=';
      at += (found || at == start) && at < end;
      if (!found)
        continue;
      skip_blanks (octets, &at, end);
      parameter->value = at < end && octets[at] == '"' ? take_quoted (octets, &at, end)
                                                       : take_word (octets, &at, end);
    }
  *left = (LensRange){ at, end - at };
  return found;
}
