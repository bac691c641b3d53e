/* Messages between workers and the supervisor: small, fixed, bounded.
 *
 * A worker that read a stranger's octets may be the stranger's.  So its messages are the only
 * thing of it the supervisor parses, and there is little to parse (all little endian):
 *
 *     octet 0   magic     u32   "LcMg"
 *           4   type      u16   LensMessageType
 *           6   version   u16   1
 *           8   length    u32   of the payload, at most 65,536
 *          12   sequence  u64   0, 1, 2 ... on each pipe
 *          20   payload
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LENS_MESSAGE_HEADER 20         /* octets */
#define LENS_MESSAGE_PAYLOAD_MAX 65536 /* octets */

typedef enum
{
  LENS_MESSAGE_HEARTBEAT = 1, /* no payload: still working */
  LENS_MESSAGE_PROGRESS,      /* LensProgress */
  LENS_MESSAGE_FILE_BEGIN,    /* a file name, see lens_message_file_name */
  LENS_MESSAGE_FILE_DATA,     /* the next octets of that file */
  LENS_MESSAGE_FILE_END,      /* no payload */
  LENS_MESSAGE_DATA,          /* octets of the one result of the worker */
  LENS_MESSAGE_PROBLEM,       /* a sentence, UTF-8: why the worker gives up */
  LENS_MESSAGE_DONE,          /* no payload: nothing follows, and it was all */
  LENS_MESSAGE_OWN = 256,     /* from here on: a format between one worker and its starter */
} LensMessageType;

/* A view: @payload belongs to the reader and is valid until its next call. */
typedef struct
{
  guint16 type;
  guint64 sequence;
  const guint8 *payload;
  guint32 length; /* octets */
} LensMessage;

/* Writing. */

typedef struct _LensMessageWriter LensMessageWriter;

/* @fd stays the caller's.  Allocates now, never later. */
LensMessageWriter *lens_message_writer_new (int fd);
void lens_message_writer_free (LensMessageWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensMessageWriter, lens_message_writer_free)

/* Writes one whole message with write(2), waiting for the reader if the pipe is full.
 * @length at most LENS_MESSAGE_PAYLOAD_MAX.  FALSE: the reader is gone. */
gboolean lens_message_write (LensMessageWriter *writer, guint16 type, gconstpointer payload,
                             gsize length, GError **error);

/* The same for any length: as many messages of @type as it takes, none for no octets. */
gboolean lens_message_write_all (LensMessageWriter *writer, guint16 type, gconstpointer octets,
                                 gsize length, GError **error);

/* Reading. */

typedef struct _LensMessageReader LensMessageReader;

/* Holds at most one message. */
LensMessageReader *lens_message_reader_new (void);
void lens_message_reader_free (LensMessageReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensMessageReader, lens_message_reader_free)

/* Takes as many of @octets as it has room for and returns how many.  Call lens_message_next
 * until it has none, then again for the rest. */
gsize lens_message_reader_take (LensMessageReader *reader, gconstpointer octets, gsize length);

typedef enum
{
  LENS_FILL_SOME,  /* octets came */
  LENS_FILL_LATER, /* none now (non-blocking descriptor) */
  LENS_FILL_END,   /* end of the pipe */
} LensFill;

/* Reads once from @fd.  An end within a message is LENS_FILL_END too, with @error set. */
LensFill lens_message_reader_fill (LensMessageReader *reader, int fd, GError **error);

/**
 * lens_message_next:
 *
 * Returns: TRUE with the next message.  FALSE without @error: more octets are needed.  FALSE with
 * LENS_SANDBOX_ERROR_MESSAGE: these are no messages; every later call says so again.
 */
gboolean lens_message_next (LensMessageReader *reader, LensMessage *message, GError **error);

/* Payloads. */

typedef struct
{
  guint64 octets_done;
  guint64 octets_total; /* 0: unknown */
  guint64 packets;
  guint64 findings;
} LensProgress;

gboolean lens_message_write_progress (LensMessageWriter *writer, const LensProgress *progress,
                                      GError **error);

/* FALSE if @message is not exactly a progress. */
gboolean lens_message_progress (const LensMessage *message, LensProgress *progress);

/* The name in a FILE_BEGIN: 1 to 64 of A-Z a-z 0-9 . _ -, not starting with a dot or dash, so
 * that it names a file of the folder it is made in.  NULL if it is anything else.
 * Caller frees. */
char *lens_message_file_name (const LensMessage *message);

G_END_DECLS
