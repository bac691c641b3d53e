#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensReadFunc:
 * Fills up to @room octets at @into.  Returns how many it wrote (fewer than @room is fine),
 * 0 at the end, -1 on error with errno set.
 */
typedef gssize (*LensReadFunc) (gpointer data, guint8 *into, gsize room);

/**
 * LensCaptureFile:
 * A capture read front to back from whatever a LensReadFunc yields: pcap (libpcap's
 * savefile(5), micro- and nanoseconds, both byte orders, Kuznetzov's longer record header)
 * or pcapng (draft-ietf-opsawg-pcapng, any number of sections and interfaces, link types
 * and snap lengths mixed), as it is or packed by gzip or Zstandard.
 *
 * Holds one buffer that grows with the largest block seen (16 MiB at most), the list of
 * interfaces, and what wire/unpack.h needs; nothing else grows with the input.
 */
typedef struct _LensCaptureFile LensCaptureFile;

/**
 * LensCaptureEvent:
 * @LENS_CAPTURE_PACKET: the record holds a packet.
 * @LENS_CAPTURE_MARK: an interface statistics block: no frame number and no octets, but
 *   interface, time and comment.  Its drop counters are in the interface already.
 * @LENS_CAPTURE_END: the capture is complete.
 * @LENS_CAPTURE_DAMAGED: what follows cannot be read (or the reading failed); all that was
 *   handed over before stays good.  lens_capture_file_problem() says why,
 *   lens_capture_file_offset() where.
 *
 * After END or DAMAGED every further call says the same, until lens_capture_file_join().
 */
typedef enum
{
  LENS_CAPTURE_PACKET,
  LENS_CAPTURE_MARK,
  LENS_CAPTURE_END,
  LENS_CAPTURE_DAMAGED,
} LensCaptureEvent;

/* No time is earlier (the year 1960) or later (2116), so that those who subtract times, or times of
 * NTP, which lie at most 2^31 s from them, need not ask whether that can overflow. */
#define LENS_CAPTURE_TIME_MIN (-(G_GINT64_CONSTANT (1) << 58))
#define LENS_CAPTURE_TIME_MAX ((G_GINT64_CONSTANT (1) << 62) - 1)

/**
 * LensRecord:
 * One record of a capture; @octets and @comment are views, valid until the next call.
 *
 * @captured may exceed @original in odd files: all captured octets are handed over.
 */
typedef struct
{
  guint64 frame;     /* from 1, as Wireshark numbers it; 0 for a mark */
  guint32 interface; /* index over all sections, see lens_capture_file_interface() */
  guint16 linktype;  /* LINKTYPE_ value, see wire/linktype.h */
  guint8 fcs;        /* octets of frame check sequence at the end of the frame; 0: none known */
  gboolean has_time; /* a simple packet block has none: @time_ns is then the last one seen */
  gint64 time_ns;    /* since the epoch, UTC; held at LENS_CAPTURE_TIME_MIN and _MAX */
  const guint8 *octets;
  guint32 captured;    /* octets */
  guint32 original;    /* octets the packet had on the wire */
  const char *comment; /* the first opt_comment, as valid UTF-8, or NULL */
} LensRecord;

typedef struct
{
  guint16 linktype; /* LINKTYPE_ value; LENS_LINKTYPE_UNKNOWN when reserved bits are set */
  guint32 snaplen;  /* octets; 0: no limit */
  guint8 fcs;       /* octets; 0: none known */
  guint32 section;  /* from 0; always 0 in pcap */
  gint64 dropped;   /* packets lost by the capture, or -1 when the file does not say */
  const char *name; /* valid UTF-8, or NULL */
  /* valid UTF-8, or NULL: what the capture left out, and what was said of the interface */
  const char *filter, *comment;
  guint64 packets; /* read so far */
} LensCaptureInterface;

LensCaptureFile *lens_capture_file_new (LensReadFunc read, gpointer data);
void lens_capture_file_free (LensCaptureFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensCaptureFile, lens_capture_file_free)

/**
 * lens_capture_file_next:
 * The next packet or mark.  Blocks other than packets, marks and interfaces are passed over.
 * Those that Wireshark 4.0 lists as frames without being packets (custom blocks, journal
 * entries, system call events) take a frame number and nothing else.
 */
LensCaptureEvent lens_capture_file_next (LensCaptureFile *file, LensRecord *record);

/**
 * lens_capture_file_join:
 * After END or DAMAGED: what is read from now on is another file of the same capture, which was
 * cut as it was written.  Frames are numbered on.  Interfaces that are alike in link type, frame
 * check sequence and name (or have none) are the same, in whatever kind of capture the files are;
 * drop counters that begin anew add up.
 */
void lens_capture_file_join (LensCaptureFile *file);

typedef enum
{
  LENS_CAPTURE_KIND_NONE,
  LENS_CAPTURE_KIND_PCAP,
  LENS_CAPTURE_KIND_PCAPNG,
} LensCaptureKind;

/* What the first four octets of a file say (of one that is not packed). */
LensCaptureKind lens_capture_kind_of (const guint8 octets[4]);

/* Whether the first octets were those of a capture; known after the first call of _next
 * (and of _next after _join). */
gboolean lens_capture_file_recognised (const LensCaptureFile *file);

/* Interfaces seen so far; a pointer is valid until the next call of _next. */
guint32 lens_capture_file_n_interfaces (const LensCaptureFile *file);
const LensCaptureInterface *lens_capture_file_interface (const LensCaptureFile *file,
                                                         guint32 index);

/* Octets of the file consumed, unpacked; after DAMAGED, where the damaged record begins. */
guint64 lens_capture_file_offset (const LensCaptureFile *file);

/* The same of the input as it lies: about where, when it is packed. */
guint64 lens_capture_file_input_offset (const LensCaptureFile *file);

/* "gzip", "Zstandard", or NULL: the input is not packed. */
const char *lens_capture_file_packing (const LensCaptureFile *file);

/* After DAMAGED, a sentence (no capital, no full stop); else NULL. */
const char *lens_capture_file_problem (const LensCaptureFile *file);

/* The same with the offset, in words; NULL when there is no problem.  Caller frees. */
char *lens_capture_file_damage (const LensCaptureFile *file);

G_END_DECLS
