#include "wire/capture-file.h"
#include "wire/capture-pcap.h"
#include "wire/capture-pcapng.h"

#include <string.h>

#define FIRST_ROOM (64 * 1024)

static const struct
{
  guint8 magic[4];
  guint8 length;
  const char *name;
} compressions[] = {
  { { 0x1f, 0x8b }, 2, "gzip" },
  { { 0x28, 0xb5, 0x2f, 0xfd }, 4, "Zstandard" },
  { { 0x04, 0x22, 0x4d, 0x18 }, 4, "LZ4" },
  { { 0xfd, '7', 'z', 'X' }, 4, "xz" },
  { { 'B', 'Z', 'h' }, 3, "bzip2" },
};

static LensCaptureEvent
not_a_capture (LensCaptureFile *file)
{
  gsize left = lens_capture_need (file, 4);

  if (left == 0)
    return file->read_errno != 0 ? lens_capture_cut_short (file, "at the first octet")
                                 : lens_capture_damaged (file, "the file is empty");
  for (gsize i = 0; i < G_N_ELEMENTS (compressions); i++)
    if (left >= compressions[i].length
        && memcmp (lens_capture_at (file), compressions[i].magic, compressions[i].length) == 0)
      return lens_capture_damaged (file, "a compressed file (%s): unpack it first",
                                   compressions[i].name);
  return lens_capture_damaged (file, "neither pcap nor pcapng");
}

static LensCaptureEvent
begin (LensCaptureFile *file, LensRecord *record)
{
  LensCaptureEvent event = LENS_CAPTURE_PACKET;

  if (!lens_capture_pcapng_begin (file) && !lens_capture_pcap_begin (file, &event))
    return not_a_capture (file);
  return event == LENS_CAPTURE_PACKET ? file->next (file, record) : event;
}

static void
clear_source (gpointer data)
{
  LensCaptureSource *source = data;

  g_free ((char *)source->face.name);
}

LensCaptureFile *
lens_capture_file_new (LensReadFunc read, gpointer data)
{
  LensCaptureFile *file = g_new0 (LensCaptureFile, 1);

  file->read = read;
  file->data = data;
  file->room = FIRST_ROOM;
  file->buffer = g_malloc (FIRST_ROOM);
  file->sources = g_array_new (FALSE, FALSE, sizeof (LensCaptureSource));
  g_array_set_clear_func (file->sources, clear_source);
  file->section_interfaces = g_array_new (FALSE, FALSE, sizeof (guint32));
  file->next = begin;
  return file;
}

void
lens_capture_file_join (LensCaptureFile *file)
{
  file->start = file->end = 0;
  file->consumed = 0;
  file->at_end = FALSE;
  file->read_errno = 0;
  file->recognised = FALSE;
  g_clear_pointer (&file->problem, g_free);
  file->joined = TRUE;
  file->after = 0;
  for (guint i = 0; i < file->sources->len; i++)
    g_array_index (file->sources, LensCaptureSource, i).described = FALSE;
  g_array_set_size (file->section_interfaces, 0);
  file->next = begin;
}

void
lens_capture_file_free (LensCaptureFile *file)
{
  if (file == NULL)
    return;
  g_array_unref (file->sources);
  g_array_unref (file->section_interfaces);
  g_free (file->problem);
  g_free (file->comment);
  g_free (file->buffer);
  g_free (file);
}

LensCaptureEvent
lens_capture_file_next (LensCaptureFile *file, LensRecord *record)
{
  *record = (LensRecord){ 0 };
  LensCaptureEvent event = file->next (file, record);
  if (event == LENS_CAPTURE_END || event == LENS_CAPTURE_DAMAGED)
    *record = (LensRecord){ 0 };
  return event;
}

gboolean
lens_capture_file_recognised (const LensCaptureFile *file)
{
  return file->recognised;
}

guint32
lens_capture_file_n_interfaces (const LensCaptureFile *file)
{
  return file->sources->len;
}

const LensCaptureInterface *
lens_capture_file_interface (const LensCaptureFile *file, guint32 index)
{
  g_assert (index < file->sources->len);
  return &g_array_index (file->sources, LensCaptureSource, index).face;
}

guint64
lens_capture_file_offset (const LensCaptureFile *file)
{
  return file->consumed;
}

const char *
lens_capture_file_problem (const LensCaptureFile *file)
{
  return file->problem;
}
