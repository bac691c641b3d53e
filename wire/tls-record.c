#include "wire/tls-record.h"

#include "wire/assembly.h"

enum
{
  HEAD = 5,
  MESSAGE_HEAD = 4,
  CHANGE_CIPHER_SPEC = 20,
  HANDSHAKE = 22,
  APPLICATION_DATA = 23,
  MOST_RECORD = 16384 + 2048,
};

struct LensTlsReader
{
  LensTlsPartFunc func;
  gpointer user;
  gboolean broken;
  gboolean encrypted; /* what follows: ChangeCipherSpec or application data was seen */
  guint8 head[HEAD];
  guint n_head;
  guint left;         /* octets of the record at hand still to come */
  LensAssembly front; /* head and first octets of a record, to be shown */
  guint front_wanted;
  LensAssembly message; /* of the handshake */
  gboolean passed_over; /* messages were too long: no more of them */
};

LensTlsReader *
lens_tls_reader_new (LensTlsPartFunc func, gpointer user)
{
  LensTlsReader *reader = g_new0 (LensTlsReader, 1);

  reader->func = func;
  reader->user = user;
  lens_assembly_init (&reader->front);
  lens_assembly_init (&reader->message);
  return reader;
}

void
lens_tls_reader_free (LensTlsReader *reader)
{
  if (reader == NULL)
    return;
  lens_assembly_clear (&reader->front);
  lens_assembly_clear (&reader->message);
  g_free (reader);
}

static LensTlsPart
part_of (const LensTlsReader *reader, LensTlsPartKind kind)
{
  return (LensTlsPart){ .kind = kind,
                        .content_type = reader->head[0],
                        .version = (guint16)(reader->head[1] << 8 | reader->head[2]),
                        .length = (guint16)(reader->head[3] << 8 | reader->head[4]),
                        .encrypted = reader->encrypted };
}

/* Octets of the message at hand; as long as its head is not whole, those of the head. */
static gsize
message_length (const LensTlsReader *reader)
{
  const guint8 *head = reader->message.octets->data;

  if (reader->message.octets->len < MESSAGE_HEAD)
    return MESSAGE_HEAD;
  return MESSAGE_HEAD + ((gsize)head[1] << 16 | (gsize)head[2] << 8 | head[3]);
}

static void
give_message (LensTlsReader *reader)
{
  LensTlsPart part = part_of (reader, LENS_TLS_PART_MESSAGE);
  LensView view = lens_assembly_view (&reader->message);

  part.message_type = view.octets[0];
  reader->func (&part, &view, reader->user);
}

/* At most @most octets, and none of the next message. */
static gsize
take_message (LensTlsReader *reader, const LensView *view, gsize at, gsize most)
{
  gsize have = reader->message.octets->len, count = MIN (most, message_length (reader) - have);

  lens_assembly_append (&reader->message, view, at, count);
  gsize length = message_length (reader);
  reader->passed_over = length > LENS_TLS_MOST_MESSAGE;
  if (have + count == length)
    give_message (reader);
  if (have + count == length || reader->passed_over)
    lens_assembly_empty (&reader->message);
  return count;
}

static gboolean
is_message (const LensTlsReader *reader)
{
  return reader->head[0] == HANDSHAKE && !reader->encrypted;
}

static void
give_front (LensTlsReader *reader)
{
  LensTlsPart part = part_of (reader, LENS_TLS_PART_RECORD);
  LensView view = lens_assembly_view (&reader->front);

  reader->front_wanted = 0;
  reader->func (&part, &view, reader->user);
}

/* A head is whole. */
static void
begin_record (LensTlsReader *reader)
{
  const guint8 *head = reader->head;

  reader->left = (guint)head[3] << 8 | head[4];
  if (head[1] != 3 || head[2] > 4 || reader->left > MOST_RECORD)
    {
      reader->broken = TRUE;
      return;
    }
  reader->encrypted |= head[0] == APPLICATION_DATA;
  reader->front_wanted = is_message (reader) ? 0 : HEAD + MIN (reader->left, (guint)LENS_TLS_NONCE);
  if (reader->front_wanted == HEAD)
    give_front (reader);
}

static gsize
take_head (LensTlsReader *reader, const LensView *view, gsize at)
{
  gsize count = MIN (view->length - at, HEAD - reader->n_head);

  if (reader->n_head == 0)
    lens_assembly_empty (&reader->front);
  lens_assembly_append (&reader->front, view, at, count);
  for (gsize i = 0; i < count; i++)
    reader->head[reader->n_head++] = view->octets[at + i];
  if (reader->n_head == HEAD)
    begin_record (reader);
  return count;
}

static gsize
take_body (LensTlsReader *reader, const LensView *view, gsize at)
{
  gsize count = MIN (view->length - at, reader->left), front = reader->front.octets->len;

  if (is_message (reader) && !reader->passed_over)
    count = take_message (reader, view, at, count);
  else if (reader->front_wanted > front)
    {
      lens_assembly_append (&reader->front, view, at, MIN (count, reader->front_wanted - front));
      if (reader->front.octets->len == reader->front_wanted)
        give_front (reader);
    }
  reader->left -= (guint)count;
  return count;
}

void
lens_tls_reader_feed (LensTlsReader *reader, const LensView *view)
{
  gsize at = 0;

  while (at < view->length && !reader->broken)
    {
      if (reader->n_head < HEAD)
        at += take_head (reader, view, at);
      else
        at += take_body (reader, view, at);
      if (reader->n_head == HEAD && reader->left == 0)
        {
          reader->encrypted |= reader->head[0] == CHANGE_CIPHER_SPEC;
          reader->n_head = 0;
        }
    }
}

void
lens_tls_reader_gap (LensTlsReader *reader)
{
  reader->broken = TRUE;
}
