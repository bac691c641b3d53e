#include "samples/camera/resolver.h"

#include "wire/cursor.h"

#include <string.h>

#include <gio/gio.h>

#define DNS_PORT 53
#define TRIES 2
#define PATIENCE_MS 2000
#define CLASS_IN 1

struct LensResolver
{
  GSocketAddress *server;
  LensTruth *truth;
  GList *questions; /* owned */
};

typedef struct
{
  LensResolver *resolver;
  const char *kind, *who; /* constants of the caller */
  char *name;
  guint16 type, id;
  guint tries;
  GSocket *socket;
  GSource *answer;
  guint alarm;
  LensResolved resolved;
  gpointer data;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  if (question->alarm != 0)
    g_source_remove (question->alarm);
  if (question->answer != NULL)
    {
      g_source_destroy (question->answer);
      g_source_unref (question->answer);
    }
  g_clear_object (&question->socket);
  g_free (question->name);
  g_free (question);
}

LensResolver *
lens_resolver_new (const char *server, LensTruth *truth)
{
  LensResolver *resolver = g_new0 (LensResolver, 1);

  resolver->truth = truth;
  if (server != NULL)
    resolver->server = g_inet_socket_address_new_from_string (server, DNS_PORT);
  return resolver;
}

void
lens_resolver_free (LensResolver *resolver)
{
  if (resolver == NULL)
    return;
  g_list_free_full (resolver->questions, question_free);
  g_clear_object (&resolver->server);
  g_free (resolver);
}

static void
question_end (Question *question, const char *address)
{
  LensResolver *resolver = question->resolver;

  resolver->questions = g_list_remove (resolver->questions, question);
  if (question->resolved != NULL)
    question->resolved (question->name, address, question->data);
  question_free (question);
}

static void
add_u16 (GByteArray *message, guint16 value)
{
  const guint8 octets[] = { value >> 8, value & 0xff };
  g_byte_array_append (message, octets, sizeof octets);
}

/* RFC 1035 section 4.1: a header, then one question. */
static GByteArray *
encode (const Question *question)
{
  GByteArray *message = g_byte_array_new ();
  g_auto (GStrv) labels = g_strsplit (question->name, ".", -1);

  add_u16 (message, question->id);
  add_u16 (message, 0x0100); /* a standard query, recursion desired */
  add_u16 (message, 1);      /* QDCOUNT */
  for (int i = 0; i < 3; i++)
    add_u16 (message, 0);
  for (char **label = labels; *label != NULL; label++)
    {
      guint8 length = (guint8)strlen (*label);
      g_assert (length >= 1 && length <= 63);
      g_byte_array_append (message, &length, 1);
      g_byte_array_append (message, (const guint8 *)*label, length);
    }
  g_byte_array_append (message, (const guint8 *)"", 1);
  add_u16 (message, question->type);
  add_u16 (message, CLASS_IN);
  return message;
}

static void
skip_name (LensCursor *cursor)
{
  for (;;)
    {
      guint8 length = lens_cursor_u8 (cursor);
      if (length >= 0xc0)
        lens_cursor_skip (cursor, 1);
      else
        lens_cursor_skip (cursor, length);
      if (length == 0 || length >= 0xc0)
        return;
    }
}

/* The first A record of an answer to @id, or NULL.  *@ours tells whether it is one. */
static char *
decode (const guint8 *octets, gsize length, guint16 id, gboolean *ours)
{
  LensCursor cursor = lens_cursor_over (octets, length);

  *ours = lens_cursor_u16 (&cursor) == id && (lens_cursor_u16 (&cursor) & 0x8000) != 0;
  guint questions = lens_cursor_u16 (&cursor);
  guint answers = lens_cursor_u16 (&cursor);
  lens_cursor_skip (&cursor, 4);
  for (; questions > 0 && !cursor.short_read; questions--)
    {
      skip_name (&cursor);
      lens_cursor_skip (&cursor, 4);
    }
  for (; answers > 0 && !cursor.short_read; answers--)
    {
      skip_name (&cursor);
      guint type = lens_cursor_u16 (&cursor);
      lens_cursor_skip (&cursor, 6); /* class, TTL */
      guint room = lens_cursor_u16 (&cursor);
      const guint8 *data = lens_cursor_take (&cursor, room);
      if (data != NULL && type == LENS_RESOLVER_A && room == 4)
        return g_strdup_printf ("%u.%u.%u.%u", data[0], data[1], data[2], data[3]);
    }
  return NULL;
}

static gboolean
answer_came (GSocket *socket, GIOCondition condition, gpointer data)
{
  Question *question = data;
  guint8 octets[1500];
  gboolean ours = FALSE;

  /* An error here is an ICMP refusal: the alarm asks again or gives up. */
  gssize length = g_socket_receive (socket, (char *)octets, sizeof octets, NULL, NULL);
  if (length <= 0)
    return G_SOURCE_CONTINUE;
  g_autofree char *address = decode (octets, (gsize)length, question->id, &ours);
  if (!ours)
    return G_SOURCE_CONTINUE;
  question_end (question, address);
  return G_SOURCE_REMOVE;
}

static void
send_question (Question *question)
{
  g_autoptr (GByteArray) message = encode (question);
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (question->socket, NULL);
  GString *line = lens_truth_begin (question->kind, question->who);

  lens_truth_add_text (line, "name", question->name);
  lens_truth_add_number (line, "type", question->type);
  lens_truth_add_number (line, "txid", question->id);
  if (local != NULL)
    lens_truth_add_number (line, "port",
                           g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local)));
  question->tries++;
  if (g_socket_send (question->socket, (const char *)message->data, message->len, NULL, NULL)
      == (gssize)message->len)
    lens_truth_end (question->resolver->truth, line);
  else
    g_string_free (line, TRUE);
}

static gboolean
patience_is_over (gpointer data)
{
  Question *question = data;

  if (question->tries < TRIES)
    {
      send_question (question);
      return G_SOURCE_CONTINUE;
    }
  question->alarm = 0;
  question_end (question, NULL);
  return G_SOURCE_REMOVE;
}

void
lens_resolver_ask (LensResolver *resolver, const char *kind, const char *who, const char *name,
                   guint16 type, LensResolved resolved, gpointer data)
{
  if (resolver->server == NULL)
    return;
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  if (socket == NULL || !g_socket_connect (socket, resolver->server, NULL, NULL))
    return;
  g_socket_set_blocking (socket, FALSE);

  Question *question = g_new0 (Question, 1);
  question->resolver = resolver;
  question->kind = kind;
  question->who = who;
  question->name = g_strdup (name);
  question->type = type;
  question->id = (guint16)g_random_int ();
  question->socket = g_steal_pointer (&socket);
  question->resolved = resolved;
  question->data = data;
  question->answer = g_socket_create_source (question->socket, G_IO_IN, NULL);
  g_source_set_callback (question->answer, G_SOURCE_FUNC (answer_came), question, NULL);
  g_source_attach (question->answer, NULL);
  question->alarm = g_timeout_add (PATIENCE_MS, patience_is_over, question);
  resolver->questions = g_list_prepend (resolver->questions, question);
  send_question (question);
}
