#include "report/emit.h"

#include <math.h>
#include <string.h>

#include "report/escape.h"

enum
{
  FLUSH_AT = 64 * 1024, /* octets */
  INDENT = 2,
  NS_PER_SECOND = 1000000000
};

void
lens_emit_init (LensEmit *emit, LensEmitLayout layout, LensEmitSink sink, gpointer data)
{
  *emit = (LensEmit){
    .text = g_string_new (NULL),
    .layout = layout,
    .sink = sink,
    .data = data,
    .fresh = TRUE,
  };
}

static void
flush (LensEmit *emit)
{
  emit->sink (emit->text->str, emit->text->len, emit->data);
  g_string_truncate (emit->text, 0);
}

void
lens_emit_finish (LensEmit *emit)
{
  g_assert (emit->depth == 0);
  g_string_append_c (emit->text, '\n');
  flush (emit);
  g_string_free (emit->text, TRUE);
  emit->text = NULL;
}

void
lens_emit_to_byte_array (const char *octets, gsize length, gpointer byte_array)
{
  g_byte_array_append (byte_array, (const guint8 *)octets, length);
}

static gboolean
is_tall (const LensEmit *emit)
{
  return emit->layout == LENS_EMIT_PRETTY && emit->row_depth == 0;
}

static void
break_line (LensEmit *emit)
{
  g_string_append_printf (emit->text, "\n%*s", (int)(INDENT * emit->depth), "");
}

static void
append_string (GString *text, const char *value)
{
  g_string_append_c (text, '"');
  while (*value != '\0')
    {
      const guchar octet = (guchar)*value;
      gunichar c;

      value = lens_escape_next (value, &c);
      if (c == LENS_ESCAPE_INVALID)
        g_string_append_printf (text, "\\\\x%02X", octet);
      else if (c == '"' || c == '\\')
        g_string_append_printf (text, "\\%c", (int)c);
      else if (c >= 0x20 && c < 0x7f)
        g_string_append_c (text, (char)c);
      else if (!lens_escape_is_hidden (c))
        g_string_append_unichar (text, c);
      else if (c < 0x10000)
        g_string_append_printf (text, "\\u%04x", c);
      else
        g_string_append_printf (text, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                                0xdc00 + ((c - 0x10000) & 0x3ff));
    }
  g_string_append_c (text, '"');
}

/* All that stands before a value. */
static void
start (LensEmit *emit, const char *key)
{
  if (!emit->fresh)
    g_string_append_c (emit->text, ',');
  if (emit->depth > 0 && is_tall (emit))
    break_line (emit);
  else if (!emit->fresh && emit->layout == LENS_EMIT_PRETTY)
    g_string_append_c (emit->text, ' ');
  emit->fresh = FALSE;
  if (key == NULL)
    return;
  append_string (emit->text, key);
  g_string_append (emit->text, emit->layout == LENS_EMIT_PRETTY ? ": " : ":");
}

static void
open_container (LensEmit *emit, const char *key, char bracket, LensEmitShape shape)
{
  start (emit, key);
  g_string_append_c (emit->text, bracket);
  emit->depth++;
  emit->fresh = TRUE;
  if (shape == LENS_EMIT_ROW && emit->row_depth == 0)
    emit->row_depth = emit->depth;
}

static void
close_container (LensEmit *emit, char bracket)
{
  g_assert (emit->depth > 0);
  const gboolean tall = is_tall (emit);

  if (emit->row_depth == emit->depth)
    emit->row_depth = 0;
  emit->depth--;
  if (tall && !emit->fresh)
    break_line (emit);
  g_string_append_c (emit->text, bracket);
  emit->fresh = FALSE;
  if (emit->text->len >= FLUSH_AT)
    flush (emit);
}

void
lens_emit_begin_object (LensEmit *emit, const char *key, LensEmitShape shape)
{
  open_container (emit, key, '{', shape);
}

void
lens_emit_end_object (LensEmit *emit)
{
  close_container (emit, '}');
}

void
lens_emit_begin_array (LensEmit *emit, const char *key, LensEmitShape shape)
{
  open_container (emit, key, '[', shape);
}

void
lens_emit_end_array (LensEmit *emit)
{
  close_container (emit, ']');
}

void
lens_emit_null (LensEmit *emit, const char *key)
{
  start (emit, key);
  g_string_append (emit->text, "null");
}

void
lens_emit_boolean (LensEmit *emit, const char *key, gboolean value)
{
  start (emit, key);
  g_string_append (emit->text, value ? "true" : "false");
}

void
lens_emit_uint (LensEmit *emit, const char *key, guint64 value)
{
  start (emit, key);
  g_string_append_printf (emit->text, "%" G_GUINT64_FORMAT, value);
}

void
lens_emit_int (LensEmit *emit, const char *key, gint64 value)
{
  start (emit, key);
  g_string_append_printf (emit->text, "%" G_GINT64_FORMAT, value);
}

void
lens_emit_real (LensEmit *emit, const char *key, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value) || value == 0)
    value = 0; /* also for -0 */
  start (emit, key);
  g_string_append (emit->text, g_ascii_formatd (digits, sizeof digits, "%.12g", value));
}

void
lens_emit_int_or_null (LensEmit *emit, const char *key, gint64 value)
{
  if (value >= 0)
    lens_emit_int (emit, key, value);
  else
    lens_emit_null (emit, key);
}

void
lens_emit_real_or_null (LensEmit *emit, const char *key, double value)
{
  if (value >= 0)
    lens_emit_real (emit, key, value);
  else
    lens_emit_null (emit, key);
}

void
lens_emit_string (LensEmit *emit, const char *key, const char *value)
{
  if (value == NULL)
    {
      lens_emit_null (emit, key);
      return;
    }
  start (emit, key);
  append_string (emit->text, value);
}

static void
append_seconds (GString *text, gint64 ns)
{
  const guint64 size = ns < 0 ? -(guint64)ns : (guint64)ns;

  g_string_append_printf (text, "%s%" G_GUINT64_FORMAT ".%09" G_GUINT64_FORMAT, ns < 0 ? "-" : "",
                          size / NS_PER_SECOND, size % NS_PER_SECOND);
}

void
lens_emit_time (LensEmit *emit, const char *key, gint64 ns)
{
  start (emit, key);
  g_string_append_c (emit->text, '"');
  append_seconds (emit->text, ns);
  g_string_append_c (emit->text, '"');
}

void
lens_emit_seconds (LensEmit *emit, const char *key, gint64 ns)
{
  start (emit, key);
  append_seconds (emit->text, ns);
  while (emit->text->str[emit->text->len - 1] == '0')
    g_string_truncate (emit->text, emit->text->len - 1);
  if (emit->text->str[emit->text->len - 1] == '.')
    g_string_truncate (emit->text, emit->text->len - 1);
}

void
lens_emit_strings (LensEmit *emit, const char *key, const GPtrArray *strings)
{
  lens_emit_begin_array (emit, key, LENS_EMIT_TALL);
  for (guint i = 0; i < strings->len; i++)
    lens_emit_string (emit, NULL, strings->pdata[i]);
  lens_emit_end_array (emit);
}
