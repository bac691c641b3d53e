/* What a worker that is its record's says to whoever sent it on an errand: an answer only where it
 * says that it is done, else an error that is text. */
#include "tests/fuzz/played-worker.h"

#include "harness/errand.h"
#include "harness/render.h"
#include "harness/roles.h"

static struct
{
  const guint8 *octets;
  gsize length;
} said;

LensWorker *
lens_worker_start (const LensWorkerSpec *spec, GError **error)
{
  for (gsize i = 0; i < spec->n_fds; i++)
    if (spec->fds[i].child_fd == LENS_ROLE_FD_OUT)
      played_worker_say (spec->fds[i].parent_fd, said.octets, said.length);
  return played_worker_new (0);
}

static void
take (const LensMessage *message, gpointer data)
{
  guint *taken = data;

  g_assert_cmpuint (message->type, !=, LENS_MESSAGE_PROBLEM);
  fuzz_touch (message->payload, message->length);
  (*taken)++;
}

static void
check_error (gboolean done, const GError *error)
{
  g_assert_true (done == (error == NULL));
  g_assert_true (error == NULL || g_utf8_validate (error->message, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  g_autoptr (GBytes) record = g_bytes_new ("{}", 2);
  static const char *const formats[] = { "html", "csv", NULL };
  g_autoptr (LensOrder) order = lens_order_new ();
  g_autoptr (GError) error = NULL, rendering = NULL;
  guint taken = 0;

  said.octets = octets;
  said.length = length;
  gboolean done = lens_errand_run ("recall", record, NULL, take, &taken, &error);
  check_error (done, error);
  g_assert_cmpuint (taken, <=, length / LENS_MESSAGE_HEADER);
  order->formats = g_strdupv ((GStrv)formats);
  order->record_sha256 = g_strdup ("");
  g_autoptr (GPtrArray) files = lens_render (record, order, &rendering);
  check_error (files != NULL, rendering);
  g_assert_true (files == NULL || files->len == 4);
  return 0;
}
