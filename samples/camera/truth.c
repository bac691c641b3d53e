#include "samples/camera/truth.h"

#include <errno.h>
#include <stdio.h>

#include <gio/gio.h>

struct LensTruth
{
  GMutex lock;
  FILE *file; /* NULL: nobody listens */
};

LensTruth *
lens_truth_new (const char *path, GError **error)
{
  FILE *file = NULL;

  if (path != NULL)
    {
      file = g_str_equal (path, "-") ? stdout : fopen (path, "we");
      if (file == NULL)
        {
          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "truth log %s: %s", path,
                       g_strerror (errno));
          return NULL;
        }
    }
  LensTruth *truth = g_new0 (LensTruth, 1);
  g_mutex_init (&truth->lock);
  truth->file = file;
  return truth;
}

void
lens_truth_free (LensTruth *truth)
{
  if (truth == NULL)
    return;
  if (truth->file != NULL && truth->file != stdout)
    fclose (truth->file);
  g_mutex_clear (&truth->lock);
  g_free (truth);
}

static void
add_quoted (GString *line, const char *text)
{
  g_string_append_c (line, '"');
  for (; *text != '\0'; text++)
    if (*text == '"' || *text == '\\')
      g_string_append_printf (line, "\\%c", *text);
    else if ((guint8)*text < 0x20)
      g_string_append_printf (line, "\\u%04x", (guint8)*text);
    else
      g_string_append_c (line, *text);
  g_string_append_c (line, '"');
}

static void
add_key (GString *line, const char *key)
{
  g_string_append_c (line, ',');
  add_quoted (line, key);
  g_string_append_c (line, ':');
}

GString *
lens_truth_begin (const char *kind, const char *name)
{
  gint64 now_us = g_get_real_time ();
  GString *line = g_string_sized_new (200);

  g_string_printf (line, "{\"time\":%" G_GINT64_FORMAT ".%06d", now_us / G_USEC_PER_SEC,
                   (int)(now_us % G_USEC_PER_SEC));
  lens_truth_add_text (line, kind, name);
  return line;
}

void
lens_truth_add_text (GString *line, const char *key, const char *value)
{
  add_key (line, key);
  add_quoted (line, value);
}

void
lens_truth_add_number (GString *line, const char *key, guint64 value)
{
  add_key (line, key);
  g_string_append_printf (line, "%" G_GUINT64_FORMAT, value);
}

void
lens_truth_add_hex (GString *line, const char *key, const guint8 *octets, gsize length)
{
  add_key (line, key);
  g_string_append_c (line, '"');
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (line, "%02x", octets[i]);
  g_string_append_c (line, '"');
}

void
lens_truth_end (LensTruth *truth, GString *line)
{
  g_string_append (line, "}\n");
  g_mutex_lock (&truth->lock);
  if (truth->file != NULL)
    {
      fputs (line->str, truth->file);
      fflush (truth->file);
    }
  g_mutex_unlock (&truth->lock);
  g_string_free (line, TRUE);
}
