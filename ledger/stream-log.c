#include "ledger/stream-log.h"

#include <string.h>

#define NS G_GINT64_CONSTANT (1000000000)

/* --- one field --- */

static gboolean
take_number (const char *text, guint64 most, guint64 *number)
{
  return g_ascii_isdigit (text[0]) && g_ascii_string_to_unsigned (text, 10, 0, most, number, NULL);
}

static gboolean
take_index (const char *text, guint *index)
{
  guint64 number = 0;
  gboolean ok = take_number (text, G_MAXUINT32, &number);

  *index = (guint)number;
  return ok;
}

/* seconds.nanoseconds */
static gboolean
take_time (const char *text, gint64 *at)
{
  guint64 seconds, nanoseconds;
  const char *point = strchr (text, '.');
  char whole[12];

  if (point == NULL || point - text >= (gssize)sizeof whole || strlen (point + 1) != 9)
    return FALSE;
  memcpy (whole, text, (gsize)(point - text));
  whole[point - text] = '\0';
  if (!take_number (whole, G_MAXINT64 / NS - 1, &seconds)
      || !take_number (point + 1, NS - 1, &nanoseconds))
    return FALSE;
  *at = (gint64)seconds * NS + (gint64)nanoseconds;
  return TRUE;
}

static gboolean
is_pts (const char *text)
{
  return g_str_equal (text, "-")
         || g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, NULL, NULL);
}

static gboolean
take_flags (const char *text, guint *flags)
{
  static const char letters[] = "kcd";

  *flags = 0;
  if (g_str_equal (text, "-"))
    return TRUE;
  for (const char *at = text; *at != '\0'; at++)
    {
      const char *letter = strchr (letters, *at);
      if (letter == NULL || (*flags & 1u << (letter - letters)) != 0)
        return FALSE;
      *flags |= 1u << (letter - letters);
    }
  return *flags != 0;
}

static gboolean
take_time_base (const char *text, guint *numerator, guint *denominator)
{
  const char *slash = strchr (text, '/');

  *numerator = *denominator = 0;
  if (g_str_equal (text, "-"))
    return TRUE;
  if (slash == NULL)
    return FALSE;
  g_autofree char *before = g_strndup (text, (gsize)(slash - text));
  return take_index (before, numerator) && take_index (slash + 1, denominator) && *numerator != 0
         && *denominator != 0;
}

static gboolean
is_media (const char *text)
{
  static const char *const media[] = { "video", "audio", "metadata", "other", NULL };

  return g_strv_contains (media, text);
}

static gboolean
take_kind (const char *text, LensStreamEventKind *kind)
{
  for (guint i = 0; i < LENS_N_STREAM_EVENTS; i++)
    if (g_str_equal (text, lens_stream_event_name ((LensStreamEventKind)i)))
      {
        *kind = (LensStreamEventKind)i;
        return TRUE;
      }
  return FALSE;
}

static GString *
without_escapes (const char *text)
{
  GString *plain = g_string_new (NULL);

  for (; *text != '\0'; text++)
    {
      if (text[0] == '\\' && text[1] == 'x' && g_ascii_isxdigit (text[2])
          && g_ascii_isxdigit (text[3]))
        {
          g_string_append_c (
              plain, (char)(g_ascii_xdigit_value (text[2]) << 4 | g_ascii_xdigit_value (text[3])));
          text += 3;
        }
      else
        g_string_append_c (plain, *text);
    }
  return plain;
}

/* The name of a stream, the profile's; NULL: nothing, or no UTF-8. */
static char *
take_name (const char *text)
{
  g_autoptr (GString) name = without_escapes (text);

  if (name->len == 0 || !g_utf8_validate_len (name->str, name->len, NULL))
    return NULL;
  return g_strdup (name->str);
}

/* What a stranger is called; NULL: nothing.  Octets that are no UTF-8 are replaced. */
static char *
take_codec (const char *text)
{
  g_autoptr (GString) codec = without_escapes (text);

  return codec->len > 0 ? g_utf8_make_valid (codec->str, (gssize)codec->len) : NULL;
}

/* --- streams and tracks --- */

static void
free_track (gpointer data)
{
  LensLoggedTrack *track = data;

  g_free (track->media);
  g_free (track->codec);
  g_free (track);
}

static void
free_stream (gpointer data)
{
  LensLoggedStream *stream = data;

  g_free (stream->name);
  g_ptr_array_unref (stream->tracks);
  g_free (stream);
}

static void
free_event (gpointer data)
{
  LensLoggedEvent *event = data;

  g_free (event->stream);
  g_free (event->text);
  g_free (event);
}

const LensLoggedStream *
lens_stream_log_find (const LensStreamLog *log, const char *name)
{
  for (guint i = 0; i < log->streams->len; i++)
    {
      const LensLoggedStream *stream = g_ptr_array_index (log->streams, i);
      if (g_str_equal (stream->name, name))
        return stream;
    }
  return NULL;
}

const LensLoggedTrack *
lens_logged_stream_find (const LensLoggedStream *stream, guint index)
{
  for (guint i = 0; i < stream->tracks->len; i++)
    {
      const LensLoggedTrack *track = g_ptr_array_index (stream->tracks, i);
      if (track->index == index)
        return track;
    }
  return NULL;
}

static LensLoggedStream *
stream_for (LensStreamLog *log, const char *name)
{
  LensLoggedStream *stream = (LensLoggedStream *)lens_stream_log_find (log, name);

  if (stream != NULL || log->streams->len == LENS_STREAM_LOG_STREAMS)
    return stream;
  stream = g_new0 (LensLoggedStream, 1);
  stream->name = g_strdup (name);
  stream->tracks = g_ptr_array_new_with_free_func (free_track);
  g_ptr_array_add (log->streams, stream);
  return stream;
}

/* NULL when there are too many; then the line is counted. */
static LensLoggedTrack *
track_for (LensStreamLog *log, const char *name, guint index)
{
  LensLoggedStream *stream = stream_for (log, name);
  LensLoggedTrack *track = NULL;

  if (stream != NULL)
    track = (LensLoggedTrack *)lens_logged_stream_find (stream, index);
  if (track == NULL && stream != NULL && stream->tracks->len < LENS_STREAM_LOG_TRACKS)
    {
      track = g_new0 (LensLoggedTrack, 1);
      track->index = index;
      g_ptr_array_add (stream->tracks, track);
    }
  if (track == NULL)
    log->crowded_out++;
  return track;
}

/* --- one line: its fields without the first --- */

static gboolean
take_track (LensStreamLog *log, char **fields, guint n)
{
  guint index, numerator, denominator;

  if (n != 5 || !take_index (fields[1], &index) || !is_media (fields[2])
      || !take_time_base (fields[4], &numerator, &denominator))
    return FALSE;
  g_autofree char *stream = take_name (fields[0]);
  g_autofree char *codec = take_codec (fields[3]);
  if (stream == NULL || codec == NULL)
    return FALSE;
  LensLoggedTrack *track = track_for (log, stream, index);
  if (track == NULL)
    return TRUE;
  /* A stream that is pulled again names its tracks again: the last word counts. */
  g_free (track->media);
  g_free (track->codec);
  track->media = g_strdup (fields[2]);
  track->codec = g_strcmp0 (codec, "-") != 0 ? g_steal_pointer (&codec) : NULL;
  track->numerator = numerator;
  track->denominator = denominator;
  return TRUE;
}

static gboolean
take_packet (LensStreamLog *log, char **fields, guint n)
{
  gint64 at;
  guint index, flags;
  guint64 octets;

  if (n != 6 || !take_time (fields[0], &at) || !take_index (fields[2], &index)
      || !is_pts (fields[3]) || !take_number (fields[4], G_MAXUINT32, &octets)
      || !take_flags (fields[5], &flags))
    return FALSE;
  g_autofree char *stream = take_name (fields[1]);
  if (stream == NULL)
    return FALSE;
  LensLoggedTrack *track = track_for (log, stream, index);
  if (track == NULL)
    return TRUE;
  track->first = track->packets == 0 ? at : MIN (track->first, at);
  track->last = track->packets == 0 ? at : MAX (track->last, at);
  track->packets++;
  track->octets += octets;
  track->key_packets += (flags & LENS_STREAM_LOG_KEY) != 0;
  track->corrupt_packets += (flags & LENS_STREAM_LOG_CORRUPT) != 0;
  return TRUE;
}

static gboolean
take_event (LensStreamLog *log, char **fields, guint n)
{
  gint64 at;
  LensStreamEventKind kind;

  if (n != 4 || !take_time (fields[0], &at) || !take_kind (fields[2], &kind)
      || strlen (fields[3]) > 4 * LENS_STREAM_LOG_TEXT)
    return FALSE;
  g_autofree char *stream = take_name (fields[1]);
  if (stream == NULL)
    return FALSE;
  log->events_by_kind[kind]++;
  if (log->events->len == LENS_STREAM_LOG_EVENTS)
    {
      log->events_dropped++;
      return TRUE;
    }
  LensLoggedEvent *event = g_new0 (LensLoggedEvent, 1);
  event->at = at;
  event->stream = g_str_equal (fields[1], "-") ? NULL : g_steal_pointer (&stream);
  event->kind = kind;
  event->text = g_strdup (fields[3]);
  g_ptr_array_add (log->events, event);
  return TRUE;
}

static gboolean
has_control (const char *line)
{
  for (; *line != '\0'; line++)
    if (g_ascii_iscntrl (*line) && *line != '\t')
      return TRUE;
  return FALSE;
}

static gboolean
take_line (LensStreamLog *log, const char *line, gsize length)
{
  if (!g_utf8_validate_len (line, length, NULL) || has_control (line))
    return FALSE;
  if (log->lines == 1)
    log->has_header = g_str_equal (line, LENS_STREAM_LOG_HEADER);
  if (log->lines == 1 || !log->has_header)
    return log->has_header;
  g_auto (GStrv) fields = g_strsplit (line, "\t", 8);
  guint n = g_strv_length (fields);
  if (n == 0)
    return FALSE;
  if (g_str_equal (fields[0], "packet"))
    return take_packet (log, fields + 1, n - 1);
  if (g_str_equal (fields[0], "track"))
    return take_track (log, fields + 1, n - 1);
  return g_str_equal (fields[0], "event") && take_event (log, fields + 1, n - 1);
}

static void
end_line (LensStreamLog *log)
{
  log->lines++;
  if (log->skipping || !take_line (log, log->rest->str, log->rest->len))
    log->malformed++;
  log->skipping = FALSE;
  g_string_truncate (log->rest, 0);
}

/* --- the whole --- */

LensStreamLog *
lens_stream_log_new (void)
{
  LensStreamLog *log = g_new0 (LensStreamLog, 1);

  log->streams = g_ptr_array_new_with_free_func (free_stream);
  log->events = g_ptr_array_new_with_free_func (free_event);
  log->rest = g_string_new (NULL);
  return log;
}

void
lens_stream_log_feed (LensStreamLog *log, const guint8 *octets, gsize length)
{
  while (length > 0)
    {
      const guint8 *newline = memchr (octets, '\n', length);
      gsize size = newline != NULL ? (gsize)(newline - octets) : length;

      if (log->rest->len + size > LENS_STREAM_LOG_LINE)
        log->skipping = TRUE;
      if (!log->skipping)
        g_string_append_len (log->rest, (const char *)octets, (gssize)size);
      if (newline == NULL)
        return;
      end_line (log);
      octets += size + 1;
      length -= size + 1;
    }
}

void
lens_stream_log_end (LensStreamLog *log)
{
  log->cut = log->rest->len > 0 || log->skipping;
}

void
lens_stream_log_free (LensStreamLog *log)
{
  if (log == NULL)
    return;
  g_ptr_array_unref (log->streams);
  g_ptr_array_unref (log->events);
  g_string_free (log->rest, TRUE);
  g_free (log);
}
