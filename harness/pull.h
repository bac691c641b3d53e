#pragma once

#include "sandbox/message.h"
#include "sandbox/roles.h"

G_BEGIN_DECLS

/**
 * lenscap-pull: one stream, pulled with libavformat like any viewer would.
 *
 * Descriptors:
 *   0  a LensPullRequest; afterwards control: the pull ends when the other end closes
 *   3  messages (sandbox/message.h), of the types below, each with the struct of its name
 *
 * The password comes through descriptor 0 and is in no argument, environment or file.
 * All structs have a fixed layout in this machine's byte order: both ends are of one build.
 */
enum
{
  LENS_PULL_CONTROL = 0,
  LENS_PULL_MESSAGES = 3,
};

/* Kinds of track that may be set up; 0 means all. */
typedef enum
{
  LENS_PULL_VIDEO = 1 << 0,
  LENS_PULL_AUDIO = 1 << 1,
  LENS_PULL_METADATA = 1 << 2,
} LensPullMedia;

#define LENS_PULL_MAGIC 0x4c50554c

typedef struct
{
  guint32 magic;
  guint32 transport;                      /* LensPullTransport */
  guint32 media;                          /* LensPullMedia bits */
  guint32 allow_basic;                    /* the password may go in clear (RFC 7617) */
  guint32 diagnose;                       /* names a forbidden call before it ends */
  guint32 min_port, max_port;             /* of the receiving UDP ports */
  guint32 connect_ms, reply_ms, media_ms; /* deadlines; 0: the defaults */
  char url[2048]; /* numeric host, no user information; zero-terminated like all below */
  char user[256];
  char password[256];
  char user_agent[128];
} LensPullRequest;

#define LENS_PULL_CONNECT_MS 10000
#define LENS_PULL_REPLY_MS 10000
#define LENS_PULL_MEDIA_MS 15000

/* Types of message. */
enum
{
  LENS_PULL_MESSAGE_TRACK = LENS_MESSAGE_OWN, /* LensPullTrack */
  LENS_PULL_MESSAGE_OPENED,                   /* empty: PLAY was answered, packets follow */
  LENS_PULL_MESSAGE_PACKET,                   /* LensPullPacket */
  LENS_PULL_MESSAGE_END,                      /* LensPullEnd: nothing follows */
  LENS_PULL_MESSAGE_LOG,                      /* LensPullLog */
  LENS_PULL_MESSAGE_BEAT,                     /* LensPullBeat, once a second */
};

typedef struct
{
  guint32 track; /* index, from 0 */
  guint32 kind;  /* one LensPullMedia bit; 0 for another kind */
  gint32 time_base_numerator, time_base_denominator;
  char codec[32]; /* as libavformat names it */
} LensPullTrack;

#define LENS_PULL_NO_TIME G_MININT64

typedef struct
{
  guint32 track;
  guint32 flags; /* AV_PKT_FLAG_* */
  gint64 pts;    /* in the track's time base, or LENS_PULL_NO_TIME */
  gint64 at_us;  /* CLOCK_REALTIME */
  guint32 octets;
  guint32 reserved;
} LensPullPacket;

/* Why a pull ended. */
typedef enum
{
  LENS_PULL_END_STOPPED, /* as asked */
  LENS_PULL_END_CLOSED,  /* the camera ended the stream: BYE, TEARDOWN or a closed connection */
  LENS_PULL_END_UNAUTHORIZED,  /* the one attempt with the credentials was turned down, or there
                                  are none and they are asked for */
  LENS_PULL_END_BASIC_REFUSED, /* only Basic was offered, and it is not allowed: nothing was sent */
  LENS_PULL_END_REFUSED,       /* no connection: refused, unreachable */
  LENS_PULL_END_DENIED,        /* an address outside the declaration: the broker said no */
  LENS_PULL_END_NOT_FOUND,     /* the camera knows no such stream */
  LENS_PULL_END_NOT_RTSP,      /* the answer is not RTSP, or its SDP is unusable */
  LENS_PULL_END_UNSUPPORTED,   /* the camera does not offer this transport or stream */
  LENS_PULL_END_CONNECT_TIMEOUT,
  LENS_PULL_END_REPLY_TIMEOUT,
  LENS_PULL_END_MEDIA_TIMEOUT,
  LENS_PULL_END_FAILED,  /* anything else; @detail says what libavformat said */
  LENS_PULL_END_CRASHED, /* the puller itself ended without a word: set by the supervisor */
  LENS_PULL_N_ENDS,
} LensPullEndReason;

typedef struct
{
  guint32 reason; /* LensPullEndReason */
  guint32 requests_with_credentials;
  char detail[192]; /* printable ASCII, without secrets */
} LensPullEnd;

typedef struct
{
  char text[256]; /* printable ASCII, without secrets */
} LensPullLog;

typedef struct
{
  guint64 packets, octets;
} LensPullBeat;

/* One line for people: "the camera turned the credentials down". */
const char *lens_pull_end_text (LensPullEndReason reason);
/* One word for stream.log: "unauthorized". */
const char *lens_pull_end_name (LensPullEndReason reason);

G_END_DECLS
