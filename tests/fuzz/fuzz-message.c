/* What a worker that is its stranger's writes to the supervisor: messages one by one, in any
 * pieces, none before they are whole. */
#include "tests/fuzz/fuzz.h"

#include "sandbox/message.h"

#include <string.h>

static void
take (const LensMessage *message, guint64 *sequence)
{
  LensProgress progress;
  g_autofree char *name = lens_message_file_name (message);

  g_assert_cmpuint (message->length, <=, LENS_MESSAGE_PAYLOAD_MAX);
  g_assert_cmpuint (message->sequence, ==, (*sequence)++);
  fuzz_touch (message->payload, message->length);
  lens_message_progress (message, &progress);
  if (name == NULL)
    return;
  g_assert_cmpint (message->type, ==, LENS_MESSAGE_FILE_BEGIN);
  g_assert_null (strchr (name, '/'));
  g_assert_true (name[0] != '.' && name[0] != '-' && name[0] != '\0');
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  g_autoptr (LensMessageReader) reader = lens_message_reader_new ();
  g_autoptr (GError) error = NULL;
  LensMessage message;
  guint64 sequence = 0;

  for (gsize from = 0; from < length && error == NULL;)
    {
      gsize step = MIN (length - from, 1 + octets[from] * 3u);
      gsize taken = lens_message_reader_take (reader, octets + from, step);
      g_assert_cmpuint (taken, <=, step);
      from += taken;
      guint64 before = sequence;
      while (lens_message_next (reader, &message, &error))
        take (&message, &sequence);
      g_assert_true (taken > 0 || sequence > before || error != NULL);
    }
  if (error != NULL)
    g_assert_false (lens_message_next (reader, &message, NULL));
  return 0;
}
