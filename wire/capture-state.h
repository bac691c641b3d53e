#pragma once

#include "wire/capture-file.h"
#include "wire/unpack.h"

G_BEGIN_DECLS

/* What capture-file, capture-pcap and capture-pcapng share; nobody else looks in here. */

/* tcpdump and Wireshark agree that no packet is longer, unless the snap length says so. */
#define LENS_CAPTURE_PACKET_MAX (256 * 1024)
/* As Wireshark has it; also the longest run of octets ever held in memory. */
#define LENS_CAPTURE_BLOCK_MAX (16 * 1024 * 1024)

typedef LensCaptureEvent (*LensCaptureNext) (LensCaptureFile *file, LensRecord *record);

typedef struct
{
  LensCaptureInterface face; /* its texts are owned by us */
  guint32 snaplen;           /* as the file at hand has it */
  gboolean described;        /* in the file at hand */
  guint8 resolution;         /* as if_tsresol has it: 6 means microseconds */
  gint64 offset_s;           /* if_tsoffset */
  gboolean statistics;       /* @face.dropped is from a statistics block */
  gint64 dropped_before;     /* when its counter began anew */
} LensCaptureSource;

/* How the two length fields of a pcap record stand (they changed places in version 2.3). */
typedef enum
{
  LENS_PCAP_CAPTURED_FIRST,
  LENS_PCAP_ORIGINAL_FIRST,
  LENS_PCAP_SMALLER_IS_CAPTURED,
} LensPcapLengths;

struct _LensCaptureFile
{
  LensReadFunc read;
  gpointer data;
  guint8 *buffer;
  gsize room, start, end; /* unread octets are buffer[start..end) */
  guint64 consumed;       /* octets of input before buffer[start] */
  gboolean at_end;
  int read_errno;
  const char *packing; /* "gzip", or NULL */
  LensUnpack *unpack;  /* then it reads, and what is read here comes from it */

  gboolean recognised;
  LensCaptureNext next;
  char *problem;
  char *comment;
  gboolean big_endian;
  guint64 frame;
  gint64 time_ns;
  GArray *sources; /* of LensCaptureSource */
  gboolean joined; /* other files came before this one */
  guint32 after;   /* index behind the source described last */

  /* pcap */
  gsize record_header; /* octets */
  LensPcapLengths lengths;
  gint64 unit_ns;
  guint32 pcap_source; /* index */

  /* pcapng */
  guint32 section;            /* sections seen */
  GArray *section_interfaces; /* guint32: the sources of the section at hand, by interface id */
};

/**
 * lens_capture_need:
 * Reads until @length octets (at most LENS_CAPTURE_BLOCK_MAX) stand at buffer[start];
 * returns how many there are: fewer than @length only at the end.  Moves the buffer, so
 * earlier views end here.
 */
gsize lens_capture_need (LensCaptureFile *file, gsize length);
const guint8 *lens_capture_at (const LensCaptureFile *file);
void lens_capture_consume (LensCaptureFile *file, gsize length);

guint16 lens_capture_u16 (const LensCaptureFile *file, const guint8 *octets);
guint32 lens_capture_u32 (const LensCaptureFile *file, const guint8 *octets);
guint64 lens_capture_u64 (const LensCaptureFile *file, const guint8 *octets);

/* A described interface: a source of its own, or the one it was in the files before; takes over
 * its texts.  FALSE when there are too many: a hostile file may not add them without end. */
gboolean lens_capture_add_source (LensCaptureFile *file, LensCaptureSource *source, guint32 *index);

/* Whether what @file is packed in is damaged. */
gboolean lens_capture_is_broken (const LensCaptureFile *file);

/* The end of all reading: each notes why and returns the event to hand over. */
LensCaptureEvent lens_capture_damaged (LensCaptureFile *file, const char *format, ...)
    G_GNUC_PRINTF (2, 3);
LensCaptureEvent lens_capture_cut_short (LensCaptureFile *file, const char *where);
LensCaptureEvent lens_capture_end (LensCaptureFile *file);

G_END_DECLS
