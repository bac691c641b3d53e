#include "harness/secret.h"

#include <string.h>

static guint
cover (char *text, const char *needle, gboolean any_case)
{
  gsize length = strlen (needle);
  guint places = 0;

  if (length == 0)
    return 0;
  for (char *at = text; *at != '\0'; at++)
    if (any_case ? g_ascii_strncasecmp (at, needle, length) == 0
                 : strncmp (at, needle, length) == 0)
      {
        memset (at, '*', length);
        at += length - 1;
        places++;
      }
  return places;
}

/* The characters of base64 that depend on @secret alone when @before octets precede it. */
static char *
base64_core (const char *secret, gsize before)
{
  gsize length = strlen (secret);
  g_autofree guchar *padded = g_malloc0 (before + length);

  memcpy (padded + before, secret, length);
  g_autofree char *whole = g_base64_encode (padded, before + length);
  gsize skip = (before * 8 + 5) / 6;
  gsize end = (before + length) * 8 / 6;
  return g_strndup (whole + skip, end - skip);
}

static guint
cover_encodings (char *text, const char *secret)
{
  guint places = 0;
  g_autofree char *percent = g_uri_escape_string (secret, NULL, FALSE);

  places += cover (text, percent, TRUE);
  for (gsize before = 0; before < 3; before++)
    {
      g_autofree char *core = base64_core (secret, before);
      places += cover (text, core, FALSE);
    }
  GString *hex = g_string_new (NULL);
  for (const char *at = secret; *at != '\0'; at++)
    g_string_append_printf (hex, "%02x", (guchar)*at);
  places += cover (text, hex->str, TRUE);
  g_string_free (hex, TRUE);
  return places;
}

guint
lens_secret_mask (char *text, const char *secret)
{
  if (secret == NULL || *secret == '\0')
    return 0;
  guint places = cover (text, secret, FALSE);
  return strlen (secret) < 4 ? places : places + cover_encodings (text, secret);
}

void
lens_secret_forget (gpointer memory, gsize length)
{
  explicit_bzero (memory, length);
}
