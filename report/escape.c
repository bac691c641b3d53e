#include "report/escape.h"

/* More marks than this on one letter paint over the lines around it. */
enum
{
  MARKS_ON_A_LETTER = 3
};

static const struct
{
  gunichar first, last;
} hidden[] = {
  { 0x0000, 0x001f },   /* C0 controls */
  { 0x007f, 0x009f },   /* DEL, C1 controls */
  { 0x00ad, 0x00ad },   /* soft hyphen */
  { 0x034f, 0x034f },   /* grapheme joiner */
  { 0x061c, 0x061c },   /* Arabic letter mark */
  { 0x115f, 0x1160 },   /* Hangul fillers */
  { 0x17b4, 0x17b5 },   /* Khmer inherent vowels */
  { 0x180b, 0x180f },   /* Mongolian selectors */
  { 0x200b, 0x200f },   /* without width, marks of direction */
  { 0x2028, 0x202e },   /* line and paragraph, embeddings and overrides */
  { 0x2060, 0x206f },   /* joiners, isolates, deprecated controls */
  { 0x3164, 0x3164 },   /* Hangul filler */
  { 0xd800, 0xdfff },   /* surrogates */
  { 0xe000, 0xf8ff },   /* private use */
  { 0xfdd0, 0xfdef },   /* noncharacters */
  { 0xfe00, 0xfe0f },   /* variation selectors */
  { 0xfeff, 0xfeff },   /* byte order mark */
  { 0xffa0, 0xffa0 },   /* half-width Hangul filler */
  { 0xfff0, 0xfffb },   /* specials */
  { 0xfffe, 0xffff },   /* noncharacters */
  { 0xe0000, 0x10ffff } /* tags, selectors, private use */
};

gboolean
lens_escape_is_hidden (gunichar character)
{
  if (character >= 0x20 && character < 0x7f)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (hidden); i++)
    if (character >= hidden[i].first && character <= hidden[i].last)
      return TRUE;
  return (character & 0xfffe) == 0xfffe;
}

const char *
lens_escape_next (const char *at, gunichar *character)
{
  if ((guchar)*at < 0x80)
    {
      *character = (guchar)*at;
      return at + 1;
    }
  gunichar c = g_utf8_get_char_validated (at, -1);
  if (c == (gunichar)-1 || c == (gunichar)-2)
    {
      *character = LENS_ESCAPE_INVALID;
      return at + 1;
    }
  *character = c;
  return g_utf8_next_char (at);
}

static void
append_html (GString *into, gunichar c)
{
  switch (c)
    {
    case '&':
      g_string_append (into, "&amp;");
      break;
    case '<':
      g_string_append (into, "&lt;");
      break;
    case '>':
      g_string_append (into, "&gt;");
      break;
    case '"':
      g_string_append (into, "&quot;");
      break;
    case '\'':
      g_string_append (into, "&#39;");
      break;
    default:
      g_string_append_unichar (into, c);
    }
}

static void
escape (GString *into, const char *text, gsize limit, gboolean html)
{
  gsize shown = 0;
  guint marks = 0;

  for (const char *at = text; at != NULL && *at != '\0'; shown++)
    {
      gunichar c;
      guchar octet = (guchar)*at;

      if (limit > 0 && shown == limit)
        {
          g_string_append_printf (into, "… (%" G_GSIZE_FORMAT " octets in all)", strlen (text));
          return;
        }
      at = lens_escape_next (at, &c);
      if (c == LENS_ESCAPE_INVALID)
        {
          g_string_append_printf (into, "\\x%02X", octet);
          continue;
        }
      marks = c >= 0x300 && g_unichar_ismark (c) ? marks + 1 : 0;
      if (lens_escape_is_hidden (c) || marks > MARKS_ON_A_LETTER)
        g_string_append_printf (into, "\\u%04X", c);
      else if (html)
        append_html (into, c);
      else
        g_string_append_unichar (into, c);
    }
}

void
lens_escape_text (GString *into, const char *text, gsize limit)
{
  escape (into, text, limit, FALSE);
}

void
lens_escape_html (GString *into, const char *text, gsize limit)
{
  escape (into, text, limit, TRUE);
}

guint
lens_escape_columns (const char *text)
{
  guint columns = 0;

  while (*text != '\0')
    {
      gunichar c;

      text = lens_escape_next (text, &c);
      if (c == LENS_ESCAPE_INVALID)
        columns += 1;
      else if (!g_unichar_iszerowidth (c))
        columns += g_unichar_iswide (c) ? 2 : 1;
    }
  return columns;
}
