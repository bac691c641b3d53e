#include "ledger/http-reader.h"

#include <netinet/in.h>
#include <string.h>

typedef struct
{
  gboolean in_body;
  gboolean over;      /* no HTTP any more */
  GByteArray *octets; /* of a head under way; NULL: there is none */
  GArray *pieces;
  LensHttpBody body;
  LensHttpMessage message;
} Talker;

/* What was asked last on a connection. */
typedef struct
{
  guint64 target;
  gboolean is_head;
} Asked;

struct LensHttpReader
{
  const LensHttpEvents *events;
  gpointer user;
  GHashTable *talkers; /* LensSide -> Talker */
  GHashTable *asked;   /* LensFlow -> Asked */
  LensPieces scratch;
};

static void
end_head (Talker *talker)
{
  g_clear_pointer (&talker->octets, g_byte_array_unref);
  g_clear_pointer (&talker->pieces, g_array_unref);
}

static void
talker_free (gpointer data)
{
  end_head (data);
  g_free (data);
}

LensHttpReader *
lens_http_reader_new (const LensHttpEvents *events, gpointer user)
{
  LensHttpReader *reader = g_new0 (LensHttpReader, 1);

  reader->events = events;
  reader->user = user;
  reader->talkers = g_hash_table_new_full (NULL, NULL, NULL, talker_free);
  reader->asked = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return reader;
}

void
lens_http_reader_free (LensHttpReader *reader)
{
  if (reader == NULL)
    return;
  g_hash_table_unref (reader->talkers);
  g_hash_table_unref (reader->asked);
  lens_pieces_clear (&reader->scratch);
  g_free (reader);
}

/* NULL where the side does not begin like HTTP, and never did. */
static Talker *
talker_of (LensHttpReader *reader, const LensUnit *unit)
{
  static const char *const words[]
      = { "HTTP/1.", "GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "OPTIONS ", "PATCH " };
  Talker *talker = g_hash_table_lookup (reader->talkers, unit->side);
  gboolean begins = FALSE;

  if (talker != NULL || g_hash_table_size (reader->talkers) >= LENS_HTTP_READERS_MAX)
    return talker;
  for (guint i = 0; i < G_N_ELEMENTS (words) && !begins; i++)
    begins = unit->view.length >= strlen (words[i])
             && memcmp (unit->view.octets, words[i], strlen (words[i])) == 0;
  if (!begins)
    return NULL;
  talker = g_new0 (Talker, 1);
  g_hash_table_insert (reader->talkers, unit->side, talker);
  return talker;
}

static Asked *
asked_on (LensHttpReader *reader, LensFlow *flow)
{
  Asked *asked = g_hash_table_lookup (reader->asked, flow);

  if (asked == NULL)
    {
      asked = g_new0 (Asked, 1);
      g_hash_table_insert (reader->asked, flow, asked);
    }
  return asked;
}

guint64
lens_http_reader_target (const guint8 *octets, LensRange target)
{
  guint64 hash = 1;

  for (gsize i = 0; i < target.length; i++)
    hash = (hash ^ octets[target.offset + i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash;
}

static gboolean
is_word (const guint8 *octets, LensRange range, const char *word)
{
  return range.length == strlen (word) && memcmp (octets + range.offset, word, range.length) == 0;
}

static void
begin_message (LensHttpReader *reader, Talker *talker, const LensUnit *unit, const guint8 *octets)
{
  LensHttpMessage *message = &talker->message;
  const LensHttpHead *head = &message->head;
  Asked *asked = asked_on (reader, unit->side->flow);

  if (head->is_response)
    {
      message->target = asked->target;
      message->is_head = asked->is_head;
      message->uploads = FALSE;
    }
  else
    {
      asked->target = lens_http_reader_target (octets, head->target);
      asked->is_head = is_word (octets, head->method, "HEAD");
      message->target = 0;
      message->is_head = FALSE;
      message->uploads = is_word (octets, head->method, "POST")
                         || is_word (octets, head->method, "PUT")
                         || is_word (octets, head->method, "PATCH");
    }
  lens_http_body_init (&talker->body, head);
  talker->in_body = !message->is_head && !talker->body.complete;
}

/* Octets of heads are gathered until one is whole; returns how many of @unit's were taken. */
static gsize
take_head (LensHttpReader *reader, Talker *talker, const LensUnit *unit, gsize at)
{
  LensHttpHead *head = &talker->message.head;

  if (talker->octets == NULL)
    {
      talker->octets = g_byte_array_new ();
      talker->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
    }
  gsize before = talker->octets->len, there = unit->view.length - at;
  g_byte_array_append (talker->octets, unit->view.octets + at, (guint)there);
  switch (lens_http_parse (talker->octets->data, talker->octets->len, head))
    {
    case LENS_HTTP_NOT:
      talker->over = TRUE;
      end_head (talker);
      return there;
    case LENS_HTTP_MORE:
      lens_view_pieces (&unit->view, at, there, talker->pieces);
      return there;
    default:
      break;
    }
  gsize whole = lens_range_end (head->end), taken = whole - MIN (before, whole);
  if (taken > 0)
    lens_view_pieces (&unit->view, at, taken, talker->pieces);
  LensUnit message = *unit;
  message.view = (LensView){ talker->octets->data, whole, (const LensPiece *)talker->pieces->data,
                             talker->pieces->len };
  begin_message (reader, talker, unit, talker->octets->data);
  if (reader->events->head != NULL)
    reader->events->head (reader->user, &message, &talker->message);
  end_head (talker);
  return taken;
}

static gsize
take_body (LensHttpReader *reader, Talker *talker, const LensUnit *unit, gsize at)
{
  LensHttpPartKind kind;
  gsize count
      = lens_http_body_take (&talker->body, unit->view.octets + at, unit->view.length - at, &kind);

  if (count > 0 && reader->events->body != NULL)
    {
      LensUnit part = *unit;
      part.view = lens_view_slice (&unit->view, at, count, &reader->scratch);
      reader->events->body (reader->user, &part, &talker->message, kind);
    }
  if (talker->body.complete || count == 0)
    talker->in_body = FALSE;
  return count;
}

void
lens_http_reader_take (LensHttpReader *reader, const LensUnit *unit)
{
  if (unit->side->key.protocol != IPPROTO_TCP || unit->view.length == 0)
    return;
  Talker *talker = talker_of (reader, unit);
  gsize at = 0;

  while (talker != NULL && !talker->over && at < unit->view.length)
    at += talker->in_body ? take_body (reader, talker, unit, at)
                          : take_head (reader, talker, unit, at);
}

void
lens_http_reader_end (LensHttpReader *reader, const LensSide *side)
{
  const Talker *talker = reader != NULL ? g_hash_table_lookup (reader->talkers, side) : NULL;

  if (talker == NULL)
    return;
  /* Who answers needs what was asked; who asks may be over before. */
  if (talker->message.head.is_response)
    g_hash_table_remove (reader->asked, side->flow);
  g_hash_table_remove (reader->talkers, side);
}
