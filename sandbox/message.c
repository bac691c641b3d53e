#include "sandbox/message.h"

#include "sandbox/error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MAGIC 0x674d634c /* "LcMg" */
#define VERSION 1
#define WHOLE_MAX (LENS_MESSAGE_HEADER + LENS_MESSAGE_PAYLOAD_MAX)
#define PROGRESS_OCTETS 32
#define FILE_NAME_MAX 64

static void
put (guint8 *at, guint64 value, guint octets)
{
  for (guint i = 0; i < octets; i++)
    at[i] = (guint8)(value >> (8 * i));
}

static guint64
get (const guint8 *at, guint octets)
{
  guint64 value = 0;

  for (guint i = 0; i < octets; i++)
    value |= (guint64)at[i] << (8 * i);
  return value;
}

/* Writing. */

struct _LensMessageWriter
{
  int fd;
  guint64 sequence; /* of the next message */
  guint8 whole[WHOLE_MAX];
};

LensMessageWriter *
lens_message_writer_new (int fd)
{
  LensMessageWriter *writer = g_new0 (LensMessageWriter, 1);

  writer->fd = fd;
  return writer;
}

void
lens_message_writer_free (LensMessageWriter *writer)
{
  g_free (writer);
}

static gboolean
write_octets (int fd, const guint8 *octets, gsize length, GError **error)
{
  while (length > 0)
    {
      gssize written = write (fd, octets, length);
      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return lens_sandbox_fail_errno (error, LENS_SANDBOX_ERROR_MESSAGE, "writing a message");
      octets += written;
      length -= (gsize)written;
    }
  return TRUE;
}

gboolean
lens_message_write (LensMessageWriter *writer, guint16 type, gconstpointer payload, gsize length,
                    GError **error)
{
  g_assert (length <= LENS_MESSAGE_PAYLOAD_MAX);

  put (writer->whole, MAGIC, 4);
  put (writer->whole + 4, type, 2);
  put (writer->whole + 6, VERSION, 2);
  put (writer->whole + 8, length, 4);
  put (writer->whole + 12, writer->sequence++, 8);
  if (length > 0)
    memcpy (writer->whole + LENS_MESSAGE_HEADER, payload, length);
  return write_octets (writer->fd, writer->whole, LENS_MESSAGE_HEADER + length, error);
}

gboolean
lens_message_write_all (LensMessageWriter *writer, guint16 type, gconstpointer octets, gsize length,
                        GError **error)
{
  const guint8 *at = octets;

  while (length > 0)
    {
      gsize part = MIN (length, LENS_MESSAGE_PAYLOAD_MAX);
      if (!lens_message_write (writer, type, at, part, error))
        return FALSE;
      at += part;
      length -= part;
    }
  return TRUE;
}

/* Reading. */

struct _LensMessageReader
{
  guint64 sequence;   /* expected next */
  gsize length;       /* octets in @whole */
  gsize shown;        /* octets of the message shown last: dropped by the next call */
  const char *broken; /* why these are no messages, or NULL */
  guint8 whole[WHOLE_MAX];
};

LensMessageReader *
lens_message_reader_new (void)
{
  return g_new0 (LensMessageReader, 1);
}

void
lens_message_reader_free (LensMessageReader *reader)
{
  g_free (reader);
}

static void
drop_shown (LensMessageReader *reader)
{
  reader->length -= reader->shown;
  memmove (reader->whole, reader->whole + reader->shown, reader->length);
  reader->shown = 0;
}

gsize
lens_message_reader_take (LensMessageReader *reader, gconstpointer octets, gsize length)
{
  drop_shown (reader);
  gsize taken = MIN (length, WHOLE_MAX - reader->length);

  if (taken > 0)
    memcpy (reader->whole + reader->length, octets, taken);
  reader->length += taken;
  return taken;
}

LensFill
lens_message_reader_fill (LensMessageReader *reader, int fd, GError **error)
{
  gssize got;

  drop_shown (reader);
  if (reader->length == WHOLE_MAX)
    return LENS_FILL_SOME; /* a whole message waits to be taken */
  do
    got = read (fd, reader->whole + reader->length, WHOLE_MAX - reader->length);
  while (got < 0 && errno == EINTR);
  if (got > 0)
    {
      reader->length += (gsize)got;
      return LENS_FILL_SOME;
    }
  if (got < 0 && errno == EAGAIN)
    return LENS_FILL_LATER;
  if (got < 0)
    lens_sandbox_fail_errno (error, LENS_SANDBOX_ERROR_MESSAGE, "reading messages");
  else if (reader->length > 0)
    g_set_error (error, LENS_SANDBOX_ERROR, LENS_SANDBOX_ERROR_MESSAGE,
                 "the pipe ended within a message");
  return LENS_FILL_END;
}

/* What is wrong with the header at the front, or NULL. */
static const char *
fault (const LensMessageReader *reader)
{
  const guint8 *header = reader->whole;

  if (get (header, 4) != MAGIC)
    return "not a message";
  if (get (header + 4, 2) == 0)
    return "a message without a type";
  if (get (header + 6, 2) != VERSION)
    return "a message of another version";
  if (get (header + 8, 4) > LENS_MESSAGE_PAYLOAD_MAX)
    return "a message that is too long";
  if (get (header + 12, 8) != reader->sequence)
    return "a message out of sequence";
  return NULL;
}

gboolean
lens_message_next (LensMessageReader *reader, LensMessage *message, GError **error)
{
  drop_shown (reader);
  if (reader->broken == NULL && reader->length >= LENS_MESSAGE_HEADER)
    reader->broken = fault (reader);
  if (reader->broken != NULL)
    {
      g_set_error_literal (error, LENS_SANDBOX_ERROR, LENS_SANDBOX_ERROR_MESSAGE, reader->broken);
      return FALSE;
    }
  if (reader->length < LENS_MESSAGE_HEADER)
    return FALSE;

  guint32 length = (guint32)get (reader->whole + 8, 4);
  if (reader->length - LENS_MESSAGE_HEADER < length)
    return FALSE;
  *message = (LensMessage){
    .type = (guint16)get (reader->whole + 4, 2),
    .sequence = reader->sequence++,
    .payload = reader->whole + LENS_MESSAGE_HEADER,
    .length = length,
  };
  reader->shown = LENS_MESSAGE_HEADER + length;
  return TRUE;
}

/* Payloads. */

gboolean
lens_message_write_progress (LensMessageWriter *writer, const LensProgress *progress,
                             GError **error)
{
  guint8 payload[PROGRESS_OCTETS];

  put (payload, progress->octets_done, 8);
  put (payload + 8, progress->octets_total, 8);
  put (payload + 16, progress->packets, 8);
  put (payload + 24, progress->findings, 8);
  return lens_message_write (writer, LENS_MESSAGE_PROGRESS, payload, sizeof payload, error);
}

gboolean
lens_message_progress (const LensMessage *message, LensProgress *progress)
{
  if (message->type != LENS_MESSAGE_PROGRESS || message->length != PROGRESS_OCTETS)
    return FALSE;
  progress->octets_done = get (message->payload, 8);
  progress->octets_total = get (message->payload + 8, 8);
  progress->packets = get (message->payload + 16, 8);
  progress->findings = get (message->payload + 24, 8);
  return TRUE;
}

char *
lens_message_file_name (const LensMessage *message)
{
  const char *name = (const char *)message->payload;

  if (message->type != LENS_MESSAGE_FILE_BEGIN || message->length == 0
      || message->length > FILE_NAME_MAX || name[0] == '.' || name[0] == '-')
    return NULL;
  for (guint32 i = 0; i < message->length; i++)
    if (!g_ascii_isalnum (name[i]) && name[i] != '.' && name[i] != '_' && name[i] != '-')
      return NULL;
  return g_strndup (name, message->length);
}
