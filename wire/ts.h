#pragma once

/* MPEG-2 transport stream packets: ITU-T H.222.0 2.4.3; the tables that say which of them belong
 * to a program: 2.4.4; the headers of PES packets: 2.4.3.6. */

#include "wire/range.h"

G_BEGIN_DECLS

enum
{
  LENS_TS_LENGTH = 188, /* octets of a packet */
  LENS_TS_PAT = 0,      /* PID of the program association table */
  LENS_TS_NULL = 0x1fff,
  LENS_TS_PIDS = 0x2000,
};

/**
 * LensTs:
 * One packet, by its parts; the ranges count from its first octet, the sync byte.
 */
typedef struct
{
  gboolean error; /* marked as broken: receivers drop it */
  gboolean priority;
  gboolean unit_start;
  gboolean discontinuity; /* announced: the counter may jump */
  gboolean reserved;      /* neither adaptation field nor payload: receivers drop it (table 2-5) */
  guint16 pid;
  guint8 scrambling;
  guint8 continuity;
  LensRange adaptation;   /* the field, its length octet included */
  LensRange clock;        /* of it: program_clock_reference (2.4.3.5) */
  LensRange private_data; /* of it (2.4.3.5), without its length */
  LensRange stuffing;     /* of it: 0xFF */
  LensRange payload;      /* of a reserved packet: all behind its header */
} LensTs;

/* FALSE when @octets does not begin with a packet. */
gboolean lens_ts_parse (const guint8 *octets, gsize length, LensTs *ts);

/**
 * LensTsSection:
 * The section at the front of a payload, as far as it lies there; ranges as the packet's.
 */
typedef struct
{
  guint8 table;
  gsize length;     /* octets from its first to its last, wherever they lie */
  LensRange whole;  /* what lies here */
  LensRange inside; /* of a whole section in the long form: behind its version and numbers */
} LensTsSection;

/* FALSE when nothing begins at @at (stuffing, or less than a section's header). */
gboolean lens_ts_section (const guint8 *octets, const LensTs *ts, gsize at, LensTsSection *section);

typedef void (*LensTsPid) (guint16 pid, gboolean is_table, gpointer user);

/* Calls @pid for each PID that a whole section declares: of a PAT (2.4.4.3) the tables of its
 * programs, of a PMT (2.4.4.8) its streams, its clock and its conditional access (2.6.16), of a
 * CAT the latter.  FALSE when it is none of these. */
gboolean lens_ts_walk_section (const guint8 *octets, const LensTsSection *section, LensTsPid pid,
                               gpointer user);

/**
 * LensTsPes:
 * The header of a PES packet; ranges as the transport packet's.
 */
typedef struct
{
  gboolean is_padding; /* stream_id padding_stream: all data is 0xFF */
  gboolean is_video;   /* stream_id of video */
  guint16 length;      /* octets behind the length itself; 0: not said */
  guint64 pts, dts;    /* of 33 bits, 90 kHz; where the fields are there: */
  LensRange pts_field, dts_field;
  LensRange private_data; /* PES_private_data */
  LensRange pack;         /* pack_header_field */
  LensRange extension;    /* PES_extension_field */
  LensRange stuffing;     /* 0xFF */
  LensRange data;         /* what lies in this packet */
} LensTsPes;

/* FALSE when no PES packet begins in the payload, or its header is not whole. */
gboolean lens_ts_pes (const guint8 *octets, const LensTs *ts, LensTsPes *pes);

G_END_DECLS
