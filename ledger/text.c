#include "ledger/text.h"

#include <string.h>

enum
{
  RUN = 48,
  FEW = 8, /* digits or letters that a path may have among the others */
  PRINTED = 40,
};

static gboolean
is_dense_run (const guint8 *octets, gsize length)
{
  gsize digits = 0, letters = 0;

  for (gsize i = 0; i < length; i++)
    {
      digits += g_ascii_isdigit (octets[i]);
      letters += g_ascii_isalpha (octets[i]);
    }
  return (digits >= FEW && letters >= FEW) || digits >= RUN || letters == length;
}

gboolean
lens_text_is_dense (const guint8 *octets, gsize length)
{
  gsize start = 0;

  for (gsize i = 0; i <= length; i++)
    {
      if (i < length
          && (g_ascii_isalnum (octets[i])
              || (octets[i] != 0 && strchr ("+/=_-", octets[i]) != NULL)))
        continue;
      if (i - start >= RUN && is_dense_run (octets + start, i - start))
        return TRUE;
      start = i + 1;
    }
  return FALSE;
}

char *
lens_text_printable (const guint8 *octets, gsize length)
{
  char *text = g_strndup ((const char *)octets, MIN (length, PRINTED));

  for (char *at = text; *at != '\0'; at++)
    if (!g_ascii_isprint (*at))
      *at = '.';
  return text;
}

char *
lens_text_quoted (const char *text)
{
  g_autofree char *start = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), 60));
  g_autofree char *escaped = g_strescape (start, NULL);

  return g_strdup_printf ("\"%s\"%s", escaped, strlen (start) < strlen (text) ? "..." : "");
}
