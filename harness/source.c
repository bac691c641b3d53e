#include "harness/source.h"

#include <errno.h>
#include <string.h>

#define SECTION_HEADER 0x0a0d0d0a
#define BLOCK_HEAD 8 /* octets: type and length */
#define BLOCK_MIN 12

struct _LensSource
{
  LensSourceKind kind;
  LensReadFunc read;
  gpointer data;
  void (*hungry) (gpointer data);
  gpointer hungry_data;

  guint64 left;   /* octets of the block or frame at hand */
  gboolean begun; /* something of the file at hand was seen */
  gboolean ended; /* the file at hand is over */
  gboolean over;  /* so is everything */
  int error;      /* errno, of the file at hand */

  /* live */
  gboolean astray; /* what came was no block */
  guint8 *buffer;
  gsize at, end;
};

LensSource *
lens_source_new (LensSourceKind kind, LensReadFunc read, gpointer data)
{
  LensSource *source = g_new0 (LensSource, 1);

  source->kind = kind;
  source->read = read;
  source->data = data;
  if (kind == LENS_SOURCE_LIVE)
    source->buffer = g_malloc (LENS_SOURCE_FRAME);
  return source;
}

void
lens_source_free (LensSource *source)
{
  if (source == NULL)
    return;
  g_free (source->buffer);
  g_free (source);
}

void
lens_source_set_hungry (LensSource *source, void (*hungry) (gpointer data), gpointer data)
{
  source->hungry = hungry;
  source->hungry_data = data;
}

/* --- live --- */

/* Whether @count octets, at most BLOCK_HEAD, are there. */
static gboolean
fill (LensSource *source, gsize count)
{
  if (source->at > 0 && source->end - source->at < count)
    {
      memmove (source->buffer, source->buffer + source->at, source->end - source->at);
      source->end -= source->at;
      source->at = 0;
    }
  while (source->end - source->at < count)
    {
      gssize got = source->read (source->data, source->buffer + source->end,
                                 LENS_SOURCE_FRAME - source->end);
      if (got < 0)
        source->error = errno;
      if (got <= 0)
        return FALSE;
      source->end += (gsize)got;
    }
  return TRUE;
}

/* FALSE: the block that comes begins another file, or there is none. */
static gboolean
begin_block (LensSource *source)
{
  guint32 type, length;

  if (!fill (source, BLOCK_HEAD))
    {
      source->over = TRUE;
      source->left = source->end - source->at; /* what is left is of no block */
      return source->left > 0;
    }
  memcpy (&type, source->buffer + source->at, sizeof type);
  memcpy (&length, source->buffer + source->at + 4, sizeof length);
  if (type == SECTION_HEADER && source->begun)
    return FALSE;
  source->begun = TRUE;
  source->astray = length < BLOCK_MIN;
  source->left = source->astray ? G_MAXUINT64 : length;
  return TRUE;
}

static gssize
read_live (LensSource *source, guint8 *into, gsize room)
{
  gsize done = 0;

  while (done < room && !source->ended)
    {
      if (source->left == 0 && done > 0 && source->end - source->at < BLOCK_HEAD)
        break; /* rather than wait, hand over what there is */
      if (source->left == 0 && (source->over || !begin_block (source)))
        source->ended = TRUE;
      else if (source->at == source->end && (done > 0 || !fill (source, 1)))
        {
          source->ended = done == 0;
          source->over |= source->ended;
          break;
        }
      else
        {
          gsize count = MIN (MIN (source->left, source->end - source->at), room - done);
          memcpy (into + done, source->buffer + source->at, count);
          source->at += count;
          source->left -= source->left == G_MAXUINT64 ? 0 : count;
          done += count;
        }
    }
  if (done == 0 && source->error != 0)
    {
      errno = source->error;
      return -1;
    }
  return (gssize)done;
}

/* --- sets --- */

/* FALSE at the end of the pipe. */
static gboolean
read_word (LensSource *source, guint32 *word)
{
  gsize done = 0;

  while (done < sizeof *word)
    {
      gssize got = source->read (source->data, (guint8 *)word + done, sizeof *word - done);
      if (got <= 0)
        return FALSE;
      done += (gsize)got;
    }
  return TRUE;
}

static void
begin_frame (LensSource *source)
{
  guint32 length = 0, error = 0;

  source->over = !read_word (source, &length);
  source->left = length != LENS_SOURCE_FAILED ? length : 0;
  source->ended = source->left == 0;
  source->begun = TRUE;
  if (length == LENS_SOURCE_FAILED)
    source->error = read_word (source, &error) && error != 0 ? (int)error : EIO;
}

static gssize
read_set (LensSource *source, guint8 *into, gsize room)
{
  if (source->left == 0 && !source->ended)
    {
      if (source->begun && source->hungry != NULL)
        source->hungry (source->hungry_data);
      begin_frame (source);
    }
  if (source->ended)
    {
      errno = source->error;
      return source->error != 0 ? -1 : 0;
    }
  gssize got = source->read (source->data, into, MIN (room, source->left));
  if (got > 0)
    source->left -= (guint64)got;
  else
    source->ended = source->over = TRUE;
  return got;
}

/* --- both --- */

gssize
lens_source_read (gpointer data, guint8 *into, gsize room)
{
  LensSource *source = data;

  switch (source->kind)
    {
    case LENS_SOURCE_LIVE:
      return read_live (source, into, room);
    case LENS_SOURCE_SET:
      return read_set (source, into, room);
    default:
      return source->read (source->data, into, room);
    }
}

gboolean
lens_source_next (LensSource *source)
{
  if (source->kind == LENS_SOURCE_FILE || source->over)
    return FALSE;
  source->ended = source->begun = FALSE;
  source->error = 0;
  source->left = 0;
  if (source->kind == LENS_SOURCE_SET)
    begin_frame (source);
  return !source->over;
}
