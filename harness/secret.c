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

/* What a stranger's octets get into. */
static const char *const free_text[]
    = { "summary", "detail", "url", "name", "device", "vendor", "model", "firmware", "excerpt" };

#define PREFIX_MIN 4
#define EXCERPT_DIGITS 128 /* 64 octets */

/* The excerpt may end in the middle of the secret. */
static void
cover_end (char *text, gsize length, const char *secret)
{
  for (gsize known = MIN (strlen (secret), length + 1) - 1; known >= PREFIX_MIN; known--)
    if (strncmp (text + length - known, secret, known) == 0)
      {
        memset (text + length - known, '*', known);
        return;
      }
}

static void
mask_excerpt (char *hex, const char *secret)
{
  gsize length = strspn (hex, "0123456789abcdefABCDEF") / 2;
  g_autofree char *octets = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    {
      octets[i]
          = (char)(g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
      if (octets[i] == '\0')
        octets[i] = '\1'; /* no end of the text */
    }
  octets[length] = '\0';
  g_autofree char *before = g_memdup2 (octets, length + 1);
  lens_secret_mask (octets, secret);
  cover_end (octets, length, secret);
  for (gsize i = 0; i < length; i++)
    if (octets[i] != before[i])
      memcpy (hex + 2 * i, "2a", 2); /* '*' */
}

/* A value of JSON from behind its first quote to its last, which is overwritten. */
static char *
end_value (char *value)
{
  char *at = value;

  while (*at != '\0' && *at != '"')
    at += at[0] == '\\' && at[1] != '\0' ? 2 : 1;
  if (*at == '\0')
    return NULL;
  *at = '\0';
  return at;
}

static void
mask_values (char *record, const char *key, const char *secret)
{
  g_autoptr (GString) high = g_string_new (NULL); /* JSON has UTF-8 as it is */
  for (guint octet = 0x80; octet <= 0xff; octet++)
    g_string_append_c (high, (char)octet);
  g_autofree char *start = g_strdup_printf ("\"%s\": \"", key);
  g_autofree char *escaped = g_strescape (secret, high->str);
  char *value = record;

  while ((value = strstr (value, start)) != NULL)
    {
      value += strlen (start);
      char *end = end_value (value);
      if (end == NULL)
        return;
      if (g_str_equal (key, "excerpt"))
        mask_excerpt (value, secret);
      else if (lens_secret_mask (value, escaped) == 0)
        lens_secret_mask (value, secret);
      *end = '"';
      value = end + 1;
    }
}

void
lens_secret_mask_record (char *record, const char *secret)
{
  if (secret == NULL || *secret == '\0')
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (free_text); i++)
    mask_values (record, free_text[i], secret);
}

/* Whether @at lies in an octet of an excerpt that was overwritten: "2a" is '*'. */
static gboolean
is_masked_octet (const char *record, gsize at)
{
  static const char key[] = "\"excerpt\": ";
  gsize start = at;

  while (start > 0 && at - start < EXCERPT_DIGITS && g_ascii_isxdigit (record[start - 1]))
    start--;
  if (start < strlen (key) + 1 || record[start - 1] != '"'
      || memcmp (record + start - 1 - strlen (key), key, strlen (key)) != 0)
    return FALSE;
  gsize pair = at - (at - start) % 2;
  return memcmp (record + pair, "2a", 2) == 0;
}

gboolean
lens_secret_is_masked (const char *masked, const char *plain, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (masked[i] != plain[i] && masked[i] != '*' && !is_masked_octet (masked, i))
      return FALSE;
  return TRUE;
}

void
lens_secret_forget (gpointer memory, gsize length)
{
  explicit_bzero (memory, length);
}
