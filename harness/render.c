#include "harness/render.h"

#include "harness/errand.h"

#include <string.h>

#define PAGE_MAX (256u << 20) /* octets: no page of ours has as many */

typedef struct
{
  GByteArray *html, *text;
  GByteArray *current;
  gboolean endless;
} Pages;

static void
take (const LensMessage *message, gpointer data)
{
  Pages *pages = data;

  if (message->type == LENS_MESSAGE_FILE_BEGIN)
    {
      g_autofree char *name = lens_message_file_name (message);
      pages->current = g_strcmp0 (name, "report.html") == 0 ? pages->html : pages->text;
    }
  else if (message->type != LENS_MESSAGE_FILE_DATA || pages->current == NULL)
    return;
  else if (pages->current->len > PAGE_MAX - message->length)
    pages->endless = TRUE;
  else
    g_byte_array_append (pages->current, message->payload, message->length);
}

gboolean
lens_render (GBytes *record, GBytes *run, GBytes **html, GBytes **text, GError **error)
{
  Pages pages = { g_byte_array_new (), g_byte_array_new (), NULL, FALSE };
  gboolean done = lens_errand_run ("report", record, run, take, &pages, error);
  if (done && pages.endless)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                   "the worker that renders wrote a page of more than %u MiB", PAGE_MAX >> 20);
      done = FALSE;
    }
  GBytes *html_octets = g_byte_array_free_to_bytes (pages.html);
  GBytes *text_octets = g_byte_array_free_to_bytes (pages.text);

  *html = done ? g_bytes_ref (html_octets) : NULL;
  *text = done ? g_bytes_ref (text_octets) : NULL;
  g_bytes_unref (html_octets);
  g_bytes_unref (text_octets);
  return done;
}
