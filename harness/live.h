#pragma once

#include "harness/lab.h"
#include "harness/live-capture.h"
#include "harness/live-puller.h"
#include "harness/preflight.h"
#include "ledger/profile.h"

G_BEGIN_DECLS

/**
 * A live run: capture first, then the phases, all streams of all devices at once, until the
 * last packet is in its file and, where there is one, in its analysis.
 *
 * One thread, one poll loop; every wait has its deadline.  Phase marks go into the captures as
 * interface statistics blocks with the comment "lenscap phase stream start" (and "end", or
 * "cut" when it ended before its time), and for blocks of stimuli "lenscap stimulus start light"
 * ("sham", "end", "failed"); their time counts, not their place, because packets
 * wait in the ring up to 300 ms before they are written.  SIGINT and SIGTERM end the run early and
 * in good order.
 */

typedef struct
{
  const LensProfile *profile; /* borrowed for the run, as all of this */
  const char *interface;      /* NULL: the profile's */
  const char *folder;         /* gets traffic*.pcapng and stream.log; exists */
  int analysis_fd;            /* the writing end of a pipe that gets the capture; -1: none.
                                 Taken over; closed when the capture has been handed over */
  const char *const *secrets; /* "user:password" or NULL for each of the profile's streams, in
                                 its order; or NULL: none has any */
} LensLiveDevice;

/* A block of a stimulus: harness/live-stimuli.h. */
struct _LensLiveBlock;

/* A descriptor of the caller's that is polled along; @ready may not block. */
typedef struct
{
  int fd;
  short events;
  void (*ready) (short revents, gpointer data);
  gpointer data;
} LensLiveWatch;

typedef struct
{
  const char *phase; /* "idle", "stream", "after"; "ending" while captures and analyses finish */
  guint seconds_left;
  guint64 packets, bytes;                /* captured, all interfaces */
  guint64 drops;                         /* by kernel and interfaces */
  guint64 stream_packets, stream_octets; /* delivered by libavformat */
  guint64 lag_bytes;                     /* captured, not yet handed to analysis */
} LensLiveProgress;

/* A private lab instead of a real port (harness/lab.h). */
typedef struct
{
  guint8 device_mac[6];
  const char *device_program; /* NULL: nothing is started in it */
  const char *const *device_argv;
} LensLiveLab;

typedef struct
{
  const LensLiveDevice *devices;
  gsize n_devices;
  const LensLiveLab *lab; /* NULL: real interfaces.  Else this process moves into the lab, for
                             good, and each device's interface is the lab's */
  const char *libexec;    /* folder of lenscap-capture, lenscap-pull and lenscap-sink */
  gboolean require_all;   /* a worker that lacks a layer does not begin */
  gint idle_s, stream_s, after_s; /* -1: the longest of the profiles */
  guint64 free_bytes;             /* the run ends when less is free; 0: LENS_PREFLIGHT_FREE_BYTES */
  guint connect_ms, reply_ms, media_ms; /* deadlines of the pullers; 0: their defaults */

  /* All may be NULL.  Progress comes once a second and when a phase begins. */
  void (*progress) (const LensLiveProgress *progress, gpointer data);
  void (*remark) (const LensPreflightRemark *remark, gpointer data);
  void (*block) (const struct _LensLiveBlock *block, gpointer data); /* live-stimuli.h */
  gpointer data;

  LensLiveWatch *watches; /* a watch whose @fd is made -1 is no longer polled */
  gsize n_watches;
} LensLiveWish;

/* What spoils a pass; why a run is shorter than asked. */
typedef enum
{
  LENS_LIVE_INTERRUPTED = 1 << 0,   /* SIGINT or SIGTERM */
  LENS_LIVE_NO_SPACE = 1 << 1,      /* the disk is nearly full, or a write failed */
  LENS_LIVE_MAX_BYTES = 1 << 2,     /* [capture] max-bytes of a profile */
  LENS_LIVE_CAPTURE_LOST = 1 << 3,  /* a capture died, fell silent or wrote nonsense */
  LENS_LIVE_PACKETS_LOST = 1 << 4,  /* the kernel or an interface dropped packets */
  LENS_LIVE_LAB_LOST = 1 << 5,      /* a program of the lab ended */
  LENS_LIVE_ANALYSIS_LOST = 1 << 6, /* an analysis ended, or stopped reading, before its end */
  LENS_LIVE_CLOCK_STEPPED = 1 << 7,
  LENS_LIVE_STIMULUS_FAILED = 1 << 8, /* a command could not be run, or failed */
} LensLiveFlag;

/* "interrupted" ..., for the record's reasons; @flag is exactly one. */
const char *lens_live_flag_name (LensLiveFlag flag);
const char *lens_live_flag_text (LensLiveFlag flag);

typedef struct
{
  const char *name;
  gint64 first_ns, last_ns; /* since the epoch; @last_ns is earlier than planned in a cut phase */
  gboolean complete;
} LensLivePhase;

typedef struct
{
  gsize device; /* index into the wish */
  const LensDeclaredStream *stream;
  LensLivePullerState state; /* owns @detail */
} LensLiveStream;

typedef struct
{
  char *interface;
  guint64 packets, bytes; /* recorded */
  guint64 kernel_drops, interface_drops;
  LensLayerSet layers; /* that confined the capture */
  gboolean complete;   /* drained to the end */
  char *end;           /* how the capture ended */
} LensLiveInterface;

typedef struct
{
  guint flags;         /* LensLiveFlag */
  GArray *phases;      /* LensLivePhase */
  GArray *streams;     /* LensLiveStream */
  GArray *interfaces;  /* LensLiveInterface */
  GArray *files;       /* guint for each device: how many traffic files there are */
  GPtrArray *remarks;  /* LensPreflightRemark */
  GPtrArray *problems; /* char*: sentences that explain the flags */
} LensLiveResult;

void lens_live_result_free (LensLiveResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensLiveResult, lens_live_result_free)

/**
 * lens_live_run:
 * Returns NULL with @error when the run could not begin (no interface, no permission, no space);
 * nothing is left running then.  A run that began always returns its result.
 */
LensLiveResult *lens_live_run (const LensLiveWish *wish, GError **error);

G_END_DECLS
