#include "wire/tls-record.h"

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
  guint left;           /* octets of the record at hand still to come */
  GByteArray *front;    /* head and first octets of a record, to be shown */
  GArray *front_pieces; /* LensPiece */
  guint front_wanted;
  GByteArray *message; /* of the handshake */
  GArray *message_pieces;
  gboolean passed_over; /* messages were too long: no more of them */
  GArray *scratch;
};

LensTlsReader *
lens_tls_reader_new (LensTlsPartFunc func, gpointer user)
{
  LensTlsReader *reader = g_new0 (LensTlsReader, 1);

  reader->func = func;
  reader->user = user;
  reader->front = g_byte_array_new ();
  reader->front_pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  reader->message = g_byte_array_new ();
  reader->message_pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  reader->scratch = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  return reader;
}

void
lens_tls_reader_free (LensTlsReader *reader)
{
  if (reader == NULL)
    return;
  g_byte_array_unref (reader->front);
  g_array_unref (reader->front_pieces);
  g_byte_array_unref (reader->message);
  g_array_unref (reader->message_pieces);
  g_array_unref (reader->scratch);
  g_free (reader);
}

static void
append (LensTlsReader *reader, GByteArray *octets, GArray *pieces, const LensView *view, gsize at,
        gsize length)
{
  LensView part = lens_view_slice (view, at, length, reader->scratch);

  g_byte_array_append (octets, part.octets, (guint)length);
  g_array_append_vals (pieces, part.pieces, (guint)part.n_pieces);
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

/* Whole messages off the front of what was gathered. */
static void
give_messages (LensTlsReader *reader)
{
  while (!reader->passed_over && reader->message->len >= MESSAGE_HEAD)
    {
      const guint8 *octets = reader->message->data;
      gsize wanted = MESSAGE_HEAD + ((gsize)octets[1] << 16 | (gsize)octets[2] << 8 | octets[3]);
      if (wanted > LENS_TLS_MOST_MESSAGE)
        {
          reader->passed_over = TRUE;
          g_byte_array_set_size (reader->message, 0);
          g_array_set_size (reader->message_pieces, 0);
          return;
        }
      if (reader->message->len < wanted)
        return;
      LensTlsPart part = part_of (reader, LENS_TLS_PART_MESSAGE);
      part.message_type = octets[0];
      g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
      const LensView all
          = { octets, reader->message->len, (const LensPiece *)reader->message_pieces->data,
              reader->message_pieces->len };
      LensView view = lens_view_slice (&all, 0, wanted, pieces);
      reader->func (&part, &view, reader->user);
      g_autoptr (GArray) rest = g_array_new (FALSE, FALSE, sizeof (LensPiece));
      lens_view_slice (&all, wanted, all.length - wanted, rest);
      g_byte_array_remove_range (reader->message, 0, (guint)wanted);
      g_array_set_size (reader->message_pieces, 0);
      g_array_append_vals (reader->message_pieces, rest->data, rest->len);
    }
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
  const LensView view
      = { reader->front->data, reader->front->len, (const LensPiece *)reader->front_pieces->data,
          reader->front_pieces->len };

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
    {
      g_byte_array_set_size (reader->front, 0);
      g_array_set_size (reader->front_pieces, 0);
    }
  append (reader, reader->front, reader->front_pieces, view, at, count);
  for (gsize i = 0; i < count; i++)
    reader->head[reader->n_head++] = view->octets[at + i];
  if (reader->n_head == HEAD)
    begin_record (reader);
  return count;
}

static gsize
take_body (LensTlsReader *reader, const LensView *view, gsize at)
{
  gsize count = MIN (view->length - at, reader->left);

  if (is_message (reader) && !reader->passed_over)
    {
      append (reader, reader->message, reader->message_pieces, view, at, count);
      give_messages (reader);
    }
  else if (reader->front_wanted > reader->front->len)
    {
      append (reader, reader->front, reader->front_pieces, view, at,
              MIN (count, reader->front_wanted - reader->front->len));
      if (reader->front->len == reader->front_wanted)
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
