#include "wire/capture-state.h"

#include <errno.h>
#include <string.h>

#define INTERFACES_MAX 65536
#define LOOK_AROUND 64

static void
make_room (LensCaptureFile *file)
{
  if (file->start > 0)
    {
      memmove (file->buffer, file->buffer + file->start, file->end - file->start);
      file->end -= file->start;
      file->start = 0;
    }
  if (file->end == file->room)
    {
      file->room *= 2;
      file->buffer = g_realloc (file->buffer, file->room);
    }
}

/* Grows only when the input has really filled what there is, so a length that lies costs nothing.
 */
gsize
lens_capture_need (LensCaptureFile *file, gsize length)
{
  while (file->end - file->start < length && !file->at_end)
    {
      if (file->start == file->end)
        file->start = file->end = 0;
      if (length > file->room - file->start)
        make_room (file);

      guint8 *into = file->buffer + file->end;
      gsize room = file->room - file->end;
      gssize got = file->unpack != NULL ? lens_unpack_read (file->unpack, into, room)
                                        : file->read (file->data, into, room);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        file->read_errno = errno;
      if (got <= 0)
        file->at_end = TRUE;
      else
        file->end += MIN ((gsize)got, room);
    }
  return file->end - file->start;
}

const guint8 *
lens_capture_at (const LensCaptureFile *file)
{
  return file->buffer + file->start;
}

void
lens_capture_consume (LensCaptureFile *file, gsize length)
{
  g_assert (length <= file->end - file->start);
  file->start += length;
  file->consumed += length;
}

guint16
lens_capture_u16 (const LensCaptureFile *file, const guint8 *octets)
{
  guint16 value;

  memcpy (&value, octets, sizeof value);
  return file->big_endian ? GUINT16_FROM_BE (value) : GUINT16_FROM_LE (value);
}

guint32
lens_capture_u32 (const LensCaptureFile *file, const guint8 *octets)
{
  guint32 value;

  memcpy (&value, octets, sizeof value);
  return file->big_endian ? GUINT32_FROM_BE (value) : GUINT32_FROM_LE (value);
}

guint64
lens_capture_u64 (const LensCaptureFile *file, const guint8 *octets)
{
  guint64 value;

  memcpy (&value, octets, sizeof value);
  return file->big_endian ? GUINT64_FROM_BE (value) : GUINT64_FROM_LE (value);
}

/* A file of another kind may have no room for the name. */
static gboolean
are_alike (const LensCaptureSource *known, const LensCaptureSource *source)
{
  return !known->described && known->face.linktype == source->face.linktype
         && known->face.fcs == source->face.fcs
         && (known->face.name == NULL || source->face.name == NULL
             || g_str_equal (known->face.name, source->face.name));
}

/* The files of one capture describe their interfaces in one order; what stands elsewhere is looked
 * for, but not far. */
static LensCaptureSource *
find_again (LensCaptureFile *file, const LensCaptureSource *source, guint32 *index)
{
  guint32 n = file->joined ? file->sources->len : 0;

  for (guint32 i = 0; i < MIN (n, LOOK_AROUND); i++)
    {
      *index = (file->after + i) % n;
      LensCaptureSource *known = &g_array_index (file->sources, LensCaptureSource, *index);
      if (are_alike (known, source))
        return known;
    }
  return NULL;
}

/* A text of the files before stays. */
static void
take_text (const char **known, const char *text)
{
  if (*known == NULL)
    *known = text;
  else
    g_free ((char *)text);
}

gboolean
lens_capture_add_source (LensCaptureFile *file, LensCaptureSource *source, guint32 *index)
{
  LensCaptureSource *known = find_again (file, source, index);

  source->described = TRUE;
  source->snaplen = source->face.snaplen;
  if (known != NULL)
    {
      known->described = TRUE;
      known->snaplen = source->snaplen;
      known->resolution = source->resolution;
      known->offset_s = source->offset_s;
      take_text (&known->face.name, source->face.name);
      take_text (&known->face.filter, source->face.filter);
      take_text (&known->face.comment, source->face.comment);
    }
  else if (file->sources->len < INTERFACES_MAX)
    {
      *index = file->sources->len;
      g_array_append_vals (file->sources, source, 1);
    }
  else
    return FALSE;
  file->after = *index + 1;
  return TRUE;
}

static LensCaptureEvent
stay_damaged (LensCaptureFile *file, LensRecord *record)
{
  return LENS_CAPTURE_DAMAGED;
}

static LensCaptureEvent
stay_at_end (LensCaptureFile *file, LensRecord *record)
{
  return LENS_CAPTURE_END;
}

LensCaptureEvent
lens_capture_damaged (LensCaptureFile *file, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_free (file->problem);
  file->problem = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  file->next = stay_damaged;
  return LENS_CAPTURE_DAMAGED;
}

gboolean
lens_capture_is_broken (const LensCaptureFile *file)
{
  return file->unpack != NULL && lens_unpack_problem (file->unpack) != NULL;
}

LensCaptureEvent
lens_capture_cut_short (LensCaptureFile *file, const char *where)
{
  if (lens_capture_is_broken (file))
    return lens_capture_damaged (file, "%s", lens_unpack_problem (file->unpack));
  if (file->read_errno != 0)
    return lens_capture_damaged (file, "reading failed %s (errno %d)", where, file->read_errno);
  return lens_capture_damaged (file, "the capture ends %s", where);
}

LensCaptureEvent
lens_capture_end (LensCaptureFile *file)
{
  if (file->read_errno != 0 || lens_capture_is_broken (file))
    return lens_capture_cut_short (file, "between two records");
  file->next = stay_at_end;
  return LENS_CAPTURE_END;
}
