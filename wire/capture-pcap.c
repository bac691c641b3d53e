#include "wire/capture-pcap.h"
#include "wire/linktype.h"

#define FILE_HEADER 24

#define MAGIC_MICROSECONDS 0xa1b2c3d4u
#define MAGIC_NANOSECONDS 0xa1b23c4du
/* Alexey Kuznetzov's patch: the record header grows by interface, protocol, packet type. */
#define MAGIC_KUZNETZOV 0xa1b2cd34u

static gboolean
take_magic (LensCaptureFile *file, guint32 magic)
{
  file->unit_ns = 1000;
  file->record_header = 16;
  switch (magic)
    {
    case MAGIC_NANOSECONDS:
      file->unit_ns = 1;
      return TRUE;
    case MAGIC_KUZNETZOV:
      file->record_header = 24;
      return TRUE;
    default:
      return magic == MAGIC_MICROSECONDS;
    }
}

/* As libpcap decides it; DG/UX wrote 543.0. */
static LensPcapLengths
lengths_of_version (guint16 major, guint16 minor)
{
  if (major == 543 || (major == 2 && minor < 3))
    return LENS_PCAP_ORIGINAL_FIRST;
  if (major == 2 && minor == 3)
    return LENS_PCAP_SMALLER_IS_CAPTURED;
  return LENS_PCAP_CAPTURED_FIRST;
}

static void
swap_when_needed (const LensCaptureFile *file, LensRecord *record)
{
  gboolean swapped
      = file->lengths == LENS_PCAP_ORIGINAL_FIRST
        || (file->lengths == LENS_PCAP_SMALLER_IS_CAPTURED && record->captured > record->original);

  if (swapped)
    {
      guint32 original = record->captured;
      record->captured = record->original;
      record->original = original;
    }
}

static LensCaptureEvent
next_record (LensCaptureFile *file, LensRecord *record)
{
  LensCaptureSource *source = &g_array_index (file->sources, LensCaptureSource, file->pcap_source);
  gsize left = lens_capture_need (file, file->record_header);

  if (left == 0)
    return lens_capture_end (file);
  if (left < file->record_header)
    return lens_capture_cut_short (file, "inside the header of a packet record");

  const guint8 *header = lens_capture_at (file);
  record->captured = lens_capture_u32 (file, header + 8);
  record->original = lens_capture_u32 (file, header + 12);
  swap_when_needed (file, record);
  if (record->captured > LENS_CAPTURE_PACKET_MAX
      && (record->captured > source->snaplen
          || record->captured > LENS_CAPTURE_BLOCK_MAX - file->record_header))
    return lens_capture_damaged (file, "a packet record claims %u captured octets",
                                 record->captured);
  if (lens_capture_need (file, file->record_header + record->captured)
      < file->record_header + record->captured)
    return lens_capture_cut_short (file, "inside a packet");

  header = lens_capture_at (file); /* the buffer may have moved */
  file->time_ns = lens_capture_u32 (file, header) * G_GINT64_CONSTANT (1000000000)
                  + lens_capture_u32 (file, header + 4) * file->unit_ns;
  record->frame = ++file->frame;
  source->face.packets++;
  record->interface = file->pcap_source;
  record->linktype = source->face.linktype;
  record->fcs = source->face.fcs;
  record->has_time = TRUE;
  record->time_ns = file->time_ns;
  record->octets = header + file->record_header;
  lens_capture_consume (file, file->record_header + record->captured);
  return LENS_CAPTURE_PACKET;
}

/* The field is 16 bits of link type under 10 reserved ones, a flag "the length of the frame
 * check sequence is known", a reserved bit, and that length in units of 16 bits. */
static void
take_network (LensCaptureInterface *face, guint32 network)
{
  face->linktype = (network & 0x03ff0000) == 0 ? (guint16)network : LENS_LINKTYPE_UNKNOWN;
  if ((network & 0x04000000) != 0)
    face->fcs = (guint8)((network >> 28) * 2);
}

gboolean
lens_capture_is_pcap (const guint8 octets[4])
{
  LensCaptureFile file = { .big_endian = octets[0] == 0xa1 };

  return take_magic (&file, lens_capture_u32 (&file, octets));
}

gboolean
lens_capture_pcap_begin (LensCaptureFile *file, LensCaptureEvent *event)
{
  if (lens_capture_need (file, 4) < 4)
    return FALSE;
  file->big_endian = lens_capture_at (file)[0] == 0xa1;
  if (!take_magic (file, lens_capture_u32 (file, lens_capture_at (file))))
    return FALSE;

  file->recognised = TRUE;
  if (lens_capture_need (file, FILE_HEADER) < FILE_HEADER)
    {
      *event = lens_capture_cut_short (file, "inside the pcap file header");
      return TRUE;
    }
  const guint8 *header = lens_capture_at (file);
  guint16 major = lens_capture_u16 (file, header + 4);
  guint16 minor = lens_capture_u16 (file, header + 6);
  if (major < 2)
    {
      *event
          = lens_capture_damaged (file, "pcap version %u.%u is too old to be read", major, minor);
      return TRUE;
    }
  LensCaptureSource source = { .face = { .dropped = -1 } };
  source.face.snaplen = lens_capture_u32 (file, header + 16);
  take_network (&source.face, lens_capture_u32 (file, header + 20));
  if (!lens_capture_add_source (file, &source, &file->pcap_source))
    {
      *event = lens_capture_damaged (file, "more interfaces than any capture has");
      return TRUE;
    }
  file->lengths = lengths_of_version (major, minor);
  file->next = next_record;
  lens_capture_consume (file, FILE_HEADER);
  *event = LENS_CAPTURE_PACKET;
  return TRUE;
}
