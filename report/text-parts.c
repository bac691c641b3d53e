#include "report/text-parts.h"

#include "report/escape.h"

void
lens_text_tone (LensText *text, LensTone wanted)
{
  static const char *const codes[] = {
    [LENS_TONE_PLAIN] = "\x1b[0m",    [LENS_TONE_BOLD] = "\x1b[1m",  [LENS_TONE_SOFT] = "\x1b[2m",
    [LENS_TONE_GRAVE] = "\x1b[1;31m", [LENS_TONE_WARN] = "\x1b[33m", [LENS_TONE_CALM] = "\x1b[32m"
  };

  if (text->colours)
    g_string_append (text->page, codes[wanted]);
}

void
lens_text_spaces (LensText *text, gint count)
{
  g_string_append_printf (text->page, "%*s", MAX (count, 0), "");
}

/* Where a line of at most @columns that starts at @at ends, preferably between words. */
static const char *
end_of_line (const char *at, guint columns)
{
  const char *space = NULL;
  guint used = 0;

  while (*at != '\0')
    {
      const char *next = g_utf8_next_char (at);
      g_autofree char *character = g_strndup (at, (gsize)(next - at));

      used += lens_escape_columns (character);
      if (used > columns)
        return space != NULL ? space : at;
      if (*at == ' ')
        space = at;
      at = next;
    }
  return at;
}

/* Words that are ours or escaped already, wrapped and indented by @indent after the first line. */
void
lens_text_wrap (LensText *text, const char *words, guint column, guint indent)
{
  const char *at = words;

  while (*at != '\0')
    {
      const char *end = end_of_line (at, LENS_TEXT_COLUMNS - column);

      if (end == at)
        end = g_utf8_next_char (at);
      g_string_append_len (text->page, at, end - at);
      for (at = end; *at == ' '; at++)
        ;
      if (*at != '\0')
        {
          g_string_append_c (text->page, '\n');
          lens_text_spaces (text, (gint)indent);
        }
      column = indent;
    }
  g_string_append_c (text->page, '\n');
}

/* A stranger's string, or a dash. */
void
lens_text_say (LensText *text, const char *stranger, guint column, guint indent)
{
  g_autoptr (GString) safe = g_string_new (NULL);

  lens_escape_text (safe, stranger, LENS_TEXT_MAX);
  lens_text_wrap (text, safe->len > 0 ? safe->str : "-", column, indent);
}

void
lens_text_name (LensText *text, const char *stranger)
{
  if (stranger == NULL || *stranger == '\0')
    g_string_append_c (text->page, '-');
  else
    lens_escape_text (text->page, stranger, LENS_TEXT_MAX_NAME);
}

void
lens_text_heading (LensText *text, const char *title)
{
  g_string_append_c (text->page, '\n');
  lens_text_tone (text, LENS_TONE_BOLD);
  g_string_append (text->page, title);
  lens_text_tone (text, LENS_TONE_PLAIN);
  g_string_append_c (text->page, '\n');
}

/* "  key               " and no newline. */
void
lens_text_key (LensText *text, const char *title)
{
  g_string_append_printf (text->page, "  %-*s", LENS_TEXT_NAME_COLUMNS, title);
}

/* Ends a key's line with words that fit, or wraps them. */
void
lens_text_value (LensText *text, GString *words)
{
  lens_text_wrap (text, words->str, LENS_TEXT_NAME_COLUMNS + 2, LENS_TEXT_NAME_COLUMNS + 2);
  g_string_free (words, TRUE);
}
