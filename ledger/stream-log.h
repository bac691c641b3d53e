#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * stream.log, lenscap-stream-log(5): what the second witness saw.  Text, one line per packet
 * that libavformat delivered and one per event that the supervisor saw of the puller.  The
 * supervisor writes it; only a confined worker reads it, because it may be a stranger's.
 *
 *   lenscap-stream-log 1
 *   track   STREAM INDEX MEDIA CODEC NUMERATOR/DENOMINATOR
 *   packet  TIME STREAM INDEX PTS OCTETS FLAGS
 *   event   TIME STREAM KIND TEXT
 *
 * One tab between two fields.  TIME is seconds.nanoseconds since the epoch with nine digits
 * after the point.  STREAM is the NAME of the profile's [stream NAME], "-" in an event of no
 * stream.  PTS counts in the track's time base; "-": none.  FLAGS are letters, or "-".
 * In STREAM, CODEC and TEXT a backslash, control characters and octets that are not UTF-8 are
 * written \xHH.
 */

#define LENS_STREAM_LOG_HEADER "lenscap-stream-log 1"

#define LENS_STREAM_LOG_NO_PTS G_MININT64

/* Flags of a packet, as libavformat sets them. */
typedef enum
{
  LENS_STREAM_LOG_KEY = 1 << 0,     /* k: starts with a key frame */
  LENS_STREAM_LOG_CORRUPT = 1 << 1, /* c: libavformat saw damage */
  LENS_STREAM_LOG_DISCARD = 1 << 2, /* d: a player would not show it */
} LensStreamLogFlags;

typedef enum
{
  LENS_STREAM_EVENT_CONNECT,        /* the puller asked for a connection: to whom */
  LENS_STREAM_EVENT_DENIED,         /* the broker refused an address outside the profile */
  LENS_STREAM_EVENT_REFUSED,        /* the device did not accept the connection or request */
  LENS_STREAM_EVENT_UNAUTHORIZED,   /* the device did not accept the credentials */
  LENS_STREAM_EVENT_OPENED,         /* PLAY was answered */
  LENS_STREAM_EVENT_LOG,            /* a message of libavformat */
  LENS_STREAM_EVENT_DEADLINE,       /* which one passed */
  LENS_STREAM_EVENT_SIGNAL,         /* the signal that ended the puller */
  LENS_STREAM_EVENT_FORBIDDEN_CALL, /* the system call that was denied */
  LENS_STREAM_EVENT_END,            /* the pull is over: why */
} LensStreamEventKind;

#define LENS_N_STREAM_EVENTS (LENS_STREAM_EVENT_END + 1)

/* "forbidden-call" ... */
const char *lens_stream_event_name (LensStreamEventKind kind);

/* Bounds, so that a hostile log costs little; what lies beyond is counted. */
#define LENS_STREAM_LOG_TEXT 1024
#define LENS_STREAM_LOG_LINE 8192
#define LENS_STREAM_LOG_STREAMS 64
#define LENS_STREAM_LOG_TRACKS 32
#define LENS_STREAM_LOG_EVENTS 10000

typedef struct
{
  guint index;
  char *media, *codec;          /* NULL until a track line names them */
  guint numerator, denominator; /* of the time base; 0: unknown */
  guint64 packets, octets;
  guint64 key_packets, corrupt_packets;
  gint64 first, last; /* ns since the epoch; meaningless without packets */
} LensLoggedTrack;

typedef struct
{
  char *name;
  GPtrArray *tracks; /* LensLoggedTrack, in the order of their first line */
} LensLoggedStream;

typedef struct
{
  gint64 at;    /* ns since the epoch */
  char *stream; /* NULL: of no stream */
  LensStreamEventKind kind;
  char *text; /* UTF-8, escaped as in the file: it may repeat what the device sent */
} LensLoggedEvent;

/**
 * LensStreamLog:
 * A log as it was read so far.  Never refuses: what is odd is counted.
 */
typedef struct
{
  gboolean has_header; /* the first line is LENS_STREAM_LOG_HEADER; else all lines are malformed */
  guint64 lines;       /* whole ones, the header included */
  guint64 malformed;   /* lines that follow no rule above, over-long ones included */
  gboolean cut;        /* the last line had no newline: the writer was killed */
  guint64 crowded_out; /* packet and track lines beyond the bounds on streams and tracks */
  guint64 events_dropped;
  guint64 events_by_kind[LENS_N_STREAM_EVENTS]; /* dropped ones included */
  GPtrArray *streams;                           /* LensLoggedStream, in the order of the log */
  GPtrArray *events;                            /* LensLoggedEvent */

  /*< private >*/
  GString *rest;     /* of a line that is not whole yet */
  gboolean skipping; /* to the end of an over-long line */
} LensStreamLog;

LensStreamLog *lens_stream_log_new (void);
/* Any pieces of the file, in order. */
void lens_stream_log_feed (LensStreamLog *log, const guint8 *octets, gsize length);
/* After the last piece. */
void lens_stream_log_end (LensStreamLog *log);
void lens_stream_log_free (LensStreamLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensStreamLog, lens_stream_log_free)

/* NULL when the log has no such stream or track. */
const LensLoggedStream *lens_stream_log_find (const LensStreamLog *log, const char *name);
const LensLoggedTrack *lens_logged_stream_find (const LensLoggedStream *stream, guint index);

G_END_DECLS
