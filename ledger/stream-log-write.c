#include "ledger/stream-log-write.h"

#include <string.h>

#define NS G_GINT64_CONSTANT (1000000000)

static const char *const event_names[LENS_N_STREAM_EVENTS] = {
  [LENS_STREAM_EVENT_CONNECT] = "connect",
  [LENS_STREAM_EVENT_DENIED] = "denied",
  [LENS_STREAM_EVENT_REFUSED] = "refused",
  [LENS_STREAM_EVENT_UNAUTHORIZED] = "unauthorized",
  [LENS_STREAM_EVENT_OPENED] = "opened",
  [LENS_STREAM_EVENT_LOG] = "log",
  [LENS_STREAM_EVENT_DEADLINE] = "deadline",
  [LENS_STREAM_EVENT_SIGNAL] = "signal",
  [LENS_STREAM_EVENT_FORBIDDEN_CALL] = "forbidden-call",
  [LENS_STREAM_EVENT_END] = "end",
};

const char *
lens_stream_event_name (LensStreamEventKind kind)
{
  return event_names[kind];
}

/* At most LENS_STREAM_LOG_TEXT octets of @text, never half a character. */
static void
append_escaped (GString *out, const char *text)
{
  gsize length = strnlen (text, LENS_STREAM_LOG_TEXT);
  const char *end = text + length;

  while (text < end)
    {
      gunichar character = g_utf8_get_char_validated (text, end - text);
      gboolean valid = character != (gunichar)-1 && character != (gunichar)-2;
      const char *next = valid ? g_utf8_next_char (text) : text + 1;

      if (valid && character != '\\' && !g_unichar_iscntrl (character))
        g_string_append_len (out, text, next - text);
      else
        for (; text < next; text++)
          g_string_append_printf (out, "\\x%02x", (guint8)*text);
      text = next;
    }
}

static void
append_name (GString *out, const char *name)
{
  g_string_append_c (out, '\t');
  if (name == NULL || name[0] == '\0')
    g_string_append_c (out, '-');
  else if (g_str_equal (name, "-"))
    g_string_append (out, "\\x2d");
  else
    append_escaped (out, name);
}

static void
append_time (GString *out, gint64 at)
{
  at = CLAMP (at, 0, G_MAXINT64 - 2 * NS); /* as far as they are read */
  g_string_append_printf (out, "\t%" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT, at / NS, at % NS);
}

void
lens_stream_log_write_header (GString *out)
{
  g_string_append (out, LENS_STREAM_LOG_HEADER "\n");
}

void
lens_stream_log_write_track (GString *out, const char *stream, guint index, const char *media,
                             const char *codec, guint numerator, guint denominator)
{
  g_string_append (out, "track");
  append_name (out, stream);
  g_string_append_printf (out, "\t%u\t%s", index, media);
  append_name (out, codec);
  if (numerator != 0 && denominator != 0)
    g_string_append_printf (out, "\t%u/%u\n", numerator, denominator);
  else
    g_string_append (out, "\t-\n");
}

void
lens_stream_log_write_packet (GString *out, gint64 at, const char *stream, guint index, gint64 pts,
                              guint32 octets, guint flags)
{
  g_string_append (out, "packet");
  append_time (out, at);
  append_name (out, stream);
  g_string_append_printf (out, "\t%u\t", index);
  if (pts == LENS_STREAM_LOG_NO_PTS)
    g_string_append_c (out, '-');
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT, pts);
  g_string_append_printf (out, "\t%u\t", octets);
  if ((flags & (LENS_STREAM_LOG_KEY | LENS_STREAM_LOG_CORRUPT | LENS_STREAM_LOG_DISCARD)) == 0)
    g_string_append_c (out, '-');
  if ((flags & LENS_STREAM_LOG_KEY) != 0)
    g_string_append_c (out, 'k');
  if ((flags & LENS_STREAM_LOG_CORRUPT) != 0)
    g_string_append_c (out, 'c');
  if ((flags & LENS_STREAM_LOG_DISCARD) != 0)
    g_string_append_c (out, 'd');
  g_string_append_c (out, '\n');
}

void
lens_stream_log_write_event (GString *out, gint64 at, const char *stream, LensStreamEventKind kind,
                             const char *text)
{
  g_string_append (out, "event");
  append_time (out, at);
  append_name (out, stream);
  g_string_append_printf (out, "\t%s\t", lens_stream_event_name (kind));
  append_escaped (out, text);
  g_string_append_c (out, '\n');
}
