#include "harness/redaction.h"

#include "harness/errand.h"
#include "harness/hash.h"
#include "harness/octets.h"
#include "harness/session.h"
#include "harness/sums.h"

#include <string.h>

/* A record, and run.json, as the worker sends them. */
typedef struct
{
  GByteArray *record, *run;
  GByteArray *current; /* one of them, or NULL */
} Receipt;

static void
take (const LensMessage *message, gpointer data)
{
  Receipt *receipt = data;

  if (message->type == LENS_MESSAGE_FILE_BEGIN)
    {
      g_autofree char *name = lens_message_file_name (message);
      receipt->current = g_strcmp0 (name, "evaluation.json") == 0 ? receipt->record
                         : g_strcmp0 (name, "run.json") == 0      ? receipt->run
                                                                  : NULL;
    }
  else if (message->type == LENS_MESSAGE_FILE_DATA && receipt->current != NULL
           && receipt->current->len < (1u << 30))
    g_byte_array_append (receipt->current, message->payload, message->length);
}

static void
add (GPtrArray *files, const char *name, GBytes *octets)
{
  LensRendered *file = g_new0 (LensRendered, 1);

  file->name = g_strdup (name);
  file->octets = g_bytes_ref (octets);
  g_ptr_array_add (files, file);
}

/* The pages of what was redacted, with both. */
static GPtrArray *
finish (GBytes *record, GBytes *run, GError **error)
{
  g_autoptr (LensOrder) order = lens_order_new ();

  order->formats = g_strsplit ("html,text", ",", -1);
  order->run = g_bytes_ref (run);
  order->record_sha256 = lens_hash_bytes (record);
  GPtrArray *files = lens_render (record, order, error);
  if (files == NULL)
    return NULL;
  add (files, "evaluation.json", record);
  add (files, "run.json", run);
  return files;
}

GPtrArray *
lens_redaction_make (const char *folder, GError **error)
{
  g_autoptr (LensOrder) order = lens_order_new ();
  g_autoptr (GBytes) record = lens_octets_read_in (folder, "evaluation.json", error);
  const Receipt empty = { g_byte_array_new (), g_byte_array_new (), NULL };
  Receipt receipt = empty;
  gboolean done = FALSE;

  order->formats = g_new0 (char *, 1);
  if (record != NULL && (order->run = lens_octets_read_in (folder, "run.json", error)) != NULL
      && (order->sums_sha256 = lens_sums_hash (folder, error)) != NULL)
    {
      order->record_sha256 = lens_hash_bytes (record);
      g_autoptr (GBytes) octets = lens_order_octets (order);
      done = lens_errand_run ("redact", record, octets, take, &receipt, error);
    }
  g_autoptr (GBytes) other = g_byte_array_free_to_bytes (receipt.record);
  g_autoptr (GBytes) run = g_byte_array_free_to_bytes (receipt.run);
  return done ? finish (other, run, error) : NULL;
}

gboolean
lens_redaction_write (const char *original, const char *path, GError **error)
{
  g_autoptr (GPtrArray) files = lens_redaction_make (original, error);
  g_autoptr (LensSession) session = files != NULL ? lens_session_new (path, error) : NULL;

  if (session == NULL)
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    {
      const LensRendered *file = g_ptr_array_index (files, i);
      if (!lens_session_write (session, file->name, file->octets, error))
        return FALSE;
    }
  return lens_session_seal (session, error);
}
