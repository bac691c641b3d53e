#include "harness/render.h"

#include "harness/errand.h"
#include "report/export.h"

#include <string.h>

#define FILE_MAX (256u << 20) /* octets: no file of ours has as many */

/* A file while it grows. */
typedef struct
{
  const char *name;
  GByteArray *octets; /* NULL: it has not begun */
} Growing;

typedef struct
{
  GArray *files;    /* Growing: those that were ordered */
  Growing *current; /* one of them, or NULL */
  gboolean endless;
} Receipt;

static void
clear (gpointer data)
{
  g_clear_pointer (&((Growing *)data)->octets, g_byte_array_unref);
}

static Receipt
expect (const LensOrder *order)
{
  Receipt receipt = { g_array_new (FALSE, FALSE, sizeof (Growing)), NULL, FALSE };

  g_array_set_clear_func (receipt.files, clear);
  for (guint i = 0; order->formats[i] != NULL; i++)
    for (const char *const *file = lens_export_files (order->formats[i]); *file != NULL; file++)
      {
        const Growing growing = { *file, NULL };
        g_array_append_val (receipt.files, growing);
      }
  return receipt;
}

static void
begin (Receipt *receipt, const LensMessage *message)
{
  g_autofree char *name = lens_message_file_name (message);

  receipt->current = NULL;
  for (guint i = 0; name != NULL && i < receipt->files->len; i++)
    {
      Growing *file = &g_array_index (receipt->files, Growing, i);
      if (g_str_equal (name, file->name) && file->octets == NULL)
        receipt->current = file;
    }
  if (receipt->current != NULL)
    receipt->current->octets = g_byte_array_new ();
}

static void
take (const LensMessage *message, gpointer data)
{
  Receipt *receipt = data;

  if (message->type == LENS_MESSAGE_FILE_BEGIN)
    begin (receipt, message);
  else if (message->type != LENS_MESSAGE_FILE_DATA || receipt->current == NULL)
    return;
  else if (receipt->current->octets->len > FILE_MAX - message->length)
    receipt->endless = TRUE;
  else
    g_byte_array_append (receipt->current->octets, message->payload, message->length);
}

void
lens_rendered_free (gpointer data)
{
  LensRendered *rendered = data;

  g_free (rendered->name);
  g_bytes_unref (rendered->octets);
  g_free (rendered);
}

/* What came, in the order of the formats. */
static GPtrArray *
files_of (Receipt *receipt)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (lens_rendered_free);

  for (guint i = 0; i < receipt->files->len; i++)
    {
      Growing *file = &g_array_index (receipt->files, Growing, i);
      LensRendered *rendered = g_new0 (LensRendered, 1);
      rendered->name = g_strdup (file->name);
      rendered->octets = file->octets != NULL
                             ? g_byte_array_free_to_bytes (g_steal_pointer (&file->octets))
                             : g_bytes_new (NULL, 0);
      g_ptr_array_add (files, rendered);
    }
  return files;
}

GPtrArray *
lens_render (GBytes *record, const LensOrder *order, GError **error)
{
  g_autoptr (GBytes) brief = lens_order_octets (order);
  Receipt receipt = expect (order);
  gboolean done = lens_errand_run ("render", record, brief, take, &receipt, error);

  if (done && receipt.endless)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                   "the worker that renders wrote a file of more than %u MiB", FILE_MAX >> 20);
      done = FALSE;
    }
  GPtrArray *files = done ? files_of (&receipt) : NULL;
  g_array_unref (receipt.files);
  return files;
}
