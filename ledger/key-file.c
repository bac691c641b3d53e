#include "ledger/key-file.h"

#include <string.h>

/* Of groups and keys, so that an error stays a line long. */
#define NAME_MAX_OCTETS 256

typedef struct
{
  guint line; /* from 1 */
  char *group;
  GHashTable *groups;
  GHashTable *keys; /* of the current group */
} Scan;

static void
scan_clear (Scan *scan)
{
  g_free (scan->group);
  g_hash_table_unref (scan->groups);
  g_hash_table_unref (scan->keys);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scan, scan_clear)

G_GNUC_PRINTF (2, 3)
static gboolean
fail (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE, message);
  return FALSE;
}

static gboolean
is_text (const char *text, gsize length, GError **error)
{
  const char *end;

  if (length > LENS_KEY_FILE_MAX)
    return fail (error, "%" G_GSIZE_FORMAT " octets long; allowed: at most %d", length,
                 LENS_KEY_FILE_MAX);
  if (memchr (text, '\0', length) != NULL)
    return fail (error, "a zero octet at offset %" G_GSIZE_FORMAT "; allowed: UTF-8 text",
                 (gsize)((const char *)memchr (text, '\0', length) - text));
  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    return fail (error, "starts with a byte order mark; allowed: UTF-8 without one");
  if (!g_utf8_validate_len (text, length, &end))
    return fail (error, "not UTF-8 at offset %" G_GSIZE_FORMAT "; allowed: UTF-8 text",
                 (gsize)(end - text));
  return TRUE;
}

static gboolean
take_group (Scan *scan, const char *line, GError **error)
{
  const char *end = strchr (line, ']');

  if (end == NULL || end[1] != '\0')
    return fail (error, "line %u: a group without its closing bracket; allowed: [group]",
                 scan->line);
  if (end - line > NAME_MAX_OCTETS)
    return fail (error, "line %u: a name of more than %d octets", scan->line, NAME_MAX_OCTETS);
  g_free (scan->group);
  scan->group = g_strndup (line + 1, (gsize)(end - line - 1));
  g_hash_table_remove_all (scan->keys);
  if (!g_hash_table_add (scan->groups, g_strdup (scan->group)))
    return fail (error, "[%s]: line %u: a second group of that name; allowed: one", scan->group,
                 scan->line);
  return TRUE;
}

static gboolean
take_key (Scan *scan, const char *line, GError **error)
{
  const char *equals = strchr (line, '=');

  if (equals == NULL || equals == line)
    return fail (error, "line %u: allowed: [group], key = value, or a # comment", scan->line);
  if (equals - line > NAME_MAX_OCTETS)
    return fail (error, "line %u: a name of more than %d octets", scan->line, NAME_MAX_OCTETS);
  if (scan->group == NULL)
    return fail (error, "line %u: a key before the first group; allowed: inside a [group]",
                 scan->line);
  g_autofree char *key = g_strchomp (g_strndup (line, (gsize)(equals - line)));
  if (!g_hash_table_add (scan->keys, g_strdup (key)))
    return fail (error, "[%s] %s: line %u: given a second time; allowed: once", scan->group, key,
                 scan->line);
  return TRUE;
}

/* @line has no white space around it. */
static gboolean
take_line (Scan *scan, const char *line, GError **error)
{
  scan->line++;
  for (const char *at = line; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at) && *at != '\t')
      return fail (error, "line %u: a control character; allowed: text", scan->line);
  if (line[0] == '\0' || line[0] == '#')
    return TRUE;
  return line[0] == '[' ? take_group (scan, line, error) : take_key (scan, line, error);
}

static gboolean
says_everything_once (const char *text, gsize length, GError **error)
{
  g_auto (Scan) scan = {
    .groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
  };
  gsize at = 0;

  while (at < length)
    {
      const char *newline = memchr (text + at, '\n', length - at);
      gsize size = newline != NULL ? (gsize)(newline - (text + at)) : length - at;
      g_autofree char *line = g_strstrip (g_strndup (text + at, size));

      if (!take_line (&scan, line, error))
        return FALSE;
      at += size + 1;
    }
  return TRUE;
}

GKeyFile *
lens_key_file_load (const char *text, gsize length, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (!is_text (text, length, error) || !says_everything_once (text, length, error))
    return NULL;
  /* What is left for GKeyFile to refuse are names: its own message may quote the line. */
  if (!g_key_file_load_from_data (file, text, length, G_KEY_FILE_KEEP_TRANSLATIONS, NULL))
    {
      fail (error, "a group or key with a name that a key file cannot hold; allowed: letters, "
                   "digits and hyphens");
      return NULL;
    }
  return g_steal_pointer (&file);
}
