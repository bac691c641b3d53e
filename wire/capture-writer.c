#include "wire/capture-writer.h"
#include "wire/capture-state.h"

#include <string.h>

static void
put (GByteArray *into, guint64 value, guint octets)
{
  guint64 little = GUINT64_TO_LE (value);

  g_byte_array_append (into, (const guint8 *)&little, octets);
}

static void
put_padded (GByteArray *into, const void *octets, gsize length)
{
  static const guint8 zeros[4];

  g_byte_array_append (into, octets, (guint)length);
  g_byte_array_append (into, zeros, (guint)(-length & 3));
}

static void
put_option (GByteArray *into, guint16 code, const void *value, gsize length)
{
  put (into, code, 2);
  put (into, length, 2);
  put_padded (into, value, length);
}

/* Cut where a character ends. */
static void
put_text (GByteArray *into, guint16 code, const char *text)
{
  if (text == NULL)
    return;
  gsize length = strlen (text);
  if (length > G_MAXUINT16)
    {
      const char *valid_end;
      (void)g_utf8_validate_len (text, G_MAXUINT16, &valid_end);
      length = (gsize)(valid_end - text);
    }
  put_option (into, code, text, length);
}

/* if_filter: a zero says that text follows. */
static void
put_filter (GByteArray *into, const char *filter)
{
  if (filter == NULL)
    return;
  g_autofree char *text = g_strdup_printf ("_%.*s", G_MAXUINT16 - 1, filter);
  const gsize length = strlen (text);
  text[0] = '\0';
  put_option (into, 11, text, length);
}

static void
put_count (GByteArray *into, guint16 code, gint64 count)
{
  guint64 little = GUINT64_TO_LE ((guint64)count);

  if (count >= 0)
    put_option (into, code, &little, 8);
}

static void
put_time (GByteArray *into, gint64 time_ns)
{
  guint64 time = (guint64)MAX (time_ns, 0);

  put (into, time >> 32, 4);
  put (into, time, 4);
}

/* Where the block begins; its length is known in end_block(). */
static guint
begin_block (GByteArray *into, guint32 type)
{
  guint start = into->len;

  put (into, type, 4);
  put (into, 0, 4);
  return start;
}

/* @options: octets written since the options began; their end is marked when there are any. */
static void
end_block (GByteArray *into, guint start, guint options)
{
  if (into->len > options)
    put (into, 0, 4); /* opt_endofopt */
  guint32 length = into->len - start + 4;
  put (into, length, 4);
  length = GUINT32_TO_LE (length);
  memcpy (into->data + start + 4, &length, 4);
}

void
lens_capture_writer_section (GByteArray *into, const char *application, const char *comment)
{
  guint start = begin_block (into, 0x0a0d0d0a);

  put (into, 0x1a2b3c4d, 4);
  put (into, 1, 2); /* version 1.0 */
  put (into, 0, 2);
  put (into, G_MAXUINT64, 8); /* section length: not known yet */
  guint options = into->len;
  put_text (into, 1, comment);
  put_text (into, 4, application); /* shb_userappl */
  end_block (into, start, options);
}

void
lens_capture_writer_interface (GByteArray *into, const LensCaptureInterface *interface)
{
  static const guint8 nanoseconds = 9;
  guint start = begin_block (into, 1);
  const guint8 fcs_bits = interface->fcs * 8;

  put (into, interface->linktype, 2);
  put (into, 0, 2);
  put (into, interface->snaplen, 4);
  guint options = into->len;
  put_text (into, 1, interface->comment);
  put_text (into, 2, interface->name);   /* if_name */
  put_option (into, 9, &nanoseconds, 1); /* if_tsresol */
  put_filter (into, interface->filter);
  if (fcs_bits != 0)
    put_option (into, 13, &fcs_bits, 1); /* if_fcslen */
  end_block (into, start, options);
}

void
lens_capture_writer_packet (GByteArray *into, const LensRecord *record)
{
  g_assert (record->captured <= LENS_CAPTURE_BLOCK_MAX);
  guint start = begin_block (into, 6);

  put (into, record->interface, 4);
  put_time (into, record->time_ns);
  put (into, record->captured, 4);
  put (into, record->original, 4);
  put_padded (into, record->octets, record->captured);
  guint options = into->len;
  put_text (into, 1, record->comment); /* opt_comment */
  end_block (into, start, options);
}

void
lens_capture_writer_statistics (GByteArray *into, guint32 interface, gint64 time_ns,
                                gint64 received, gint64 dropped, const char *comment)
{
  guint start = begin_block (into, 5);

  put (into, interface, 4);
  put_time (into, time_ns);
  guint options = into->len;
  put_text (into, 1, comment);
  put_count (into, 4, received); /* isb_ifrecv */
  put_count (into, 5, dropped);  /* isb_ifdrop */
  end_block (into, start, options);
}
