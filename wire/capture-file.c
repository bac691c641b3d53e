#include "wire/capture-file.h"
#include "wire/capture-pcap.h"
#include "wire/capture-pcapng.h"
#include "wire/unpack.h"

#include <string.h>

#define FIRST_ROOM (64 * 1024)

static const struct
{
  guint8 magic[4];
  guint8 length;
  const char *name;
} others[] = {
  { { 0x04, 0x22, 0x4d, 0x18 }, 4, "LZ4" },
  { { 0xfd, '7', 'z', 'X' }, 4, "xz" },
  { { 'B', 'Z', 'h' }, 3, "bzip2" },
};

static LensCaptureEvent
not_a_capture (LensCaptureFile *file)
{
  gsize left = lens_capture_need (file, 4);
  const char *packing
      = left > 0 ? lens_packing_name (lens_packing_of (lens_capture_at (file), left)) : NULL;

  if (file->read_errno != 0 || (left < 4 && lens_capture_is_broken (file)))
    return lens_capture_cut_short (file, "at its beginning");
  if (left == 0)
    return lens_capture_damaged (file, "the file is empty");
  if (packing != NULL)
    return lens_capture_damaged (file,
                                 "a compressed file (%s) in a compressed file: unpack it "
                                 "first",
                                 packing);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (left >= others[i].length
        && memcmp (lens_capture_at (file), others[i].magic, others[i].length) == 0)
      return lens_capture_damaged (file, "a compressed file (%s): unpack it first", others[i].name);
  return lens_capture_damaged (file, "neither pcap nor pcapng");
}

/* From here on the file's octets are those that the packed ones hold. */
static void
unpack_when_packed (LensCaptureFile *file)
{
  gsize left = lens_capture_need (file, 4);
  LensPacking packing
      = left > 0 ? lens_packing_of (lens_capture_at (file), left) : LENS_PACKING_NONE;

  if (packing == LENS_PACKING_NONE)
    return;
  file->packing = lens_packing_name (packing);
  file->unpack = lens_unpack_new (packing, lens_capture_at (file), left, file->read, file->data);
  file->start = file->end = 0;
  file->at_end = FALSE;
}

static LensCaptureEvent
begin (LensCaptureFile *file, LensRecord *record)
{
  LensCaptureEvent event = LENS_CAPTURE_PACKET;

  unpack_when_packed (file);
  if (!lens_capture_pcapng_begin (file) && !lens_capture_pcap_begin (file, &event))
    return not_a_capture (file);
  return event == LENS_CAPTURE_PACKET ? file->next (file, record) : event;
}

static void
clear_source (gpointer data)
{
  LensCaptureSource *source = data;

  g_free ((char *)source->face.name);
  g_free ((char *)source->face.filter);
  g_free ((char *)source->face.comment);
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
  file->room = FIRST_ROOM; /* and no more is read of a file at once before it is known */
  file->buffer = g_realloc (file->buffer, FIRST_ROOM);
  file->consumed = 0;
  file->at_end = FALSE;
  file->read_errno = 0;
  file->recognised = FALSE;
  file->packing = NULL;
  g_clear_pointer (&file->unpack, lens_unpack_free);
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
  g_clear_pointer (&file->unpack, lens_unpack_free);
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

LensCaptureKind
lens_capture_kind_of (const guint8 octets[4])
{
  if (lens_capture_is_pcapng (octets))
    return LENS_CAPTURE_KIND_PCAPNG;
  return lens_capture_is_pcap (octets) ? LENS_CAPTURE_KIND_PCAP : LENS_CAPTURE_KIND_NONE;
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
lens_capture_file_packing (const LensCaptureFile *file)
{
  return file->packing;
}

guint64
lens_capture_file_input_offset (const LensCaptureFile *file)
{
  return file->unpack != NULL ? lens_unpack_offset (file->unpack) : file->consumed;
}

char *
lens_capture_file_damage (const LensCaptureFile *file)
{
  if (file->problem == NULL)
    return NULL;
  if (lens_capture_is_broken (file))
    return g_strdup_printf ("%s, at offset %" G_GUINT64_FORMAT, file->problem,
                            lens_unpack_offset (file->unpack));
  return g_strdup_printf ("%s, at offset %" G_GUINT64_FORMAT "%s", file->problem, file->consumed,
                          file->unpack != NULL ? " of what was unpacked" : "");
}

const char *
lens_capture_file_problem (const LensCaptureFile *file)
{
  return file->problem;
}
