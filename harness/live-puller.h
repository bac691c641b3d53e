#pragma once

#include "harness/pull.h"
#include "ledger/profile.h"
#include "sandbox/worker.h"

G_BEGIN_DECLS

/**
 * LensLivePuller:
 * One lenscap-pull at work on one declared stream, its broker, and its lines in stream.log.
 *
 * A connection that is refused outright is tried again for as long as a connect may take:
 * nothing was asked yet, and a camera that boots refuses.  Anything else is tried once.
 */
typedef struct LensLivePuller LensLivePuller;

typedef struct
{
  const char *program;
  const LensDeclaredStream *stream;     /* borrowed until the puller is freed */
  LensAddress address;                  /* of its host, see lens_live_puller_resolve() */
  const char *secret;                   /* "user:password" or NULL; borrowed like @stream */
  guint number;                         /* among all pullers of the run: keeps their ports apart */
  guint connect_ms, reply_ms, media_ms; /* deadlines; 0: the defaults of harness/pull.h */
  GString *log;                         /* stream.log's next lines; borrowed like @stream */
  guint64 log_max; /* octets that one pull may make of them; 0: a GiB.  It ends there */
} LensLivePullWish;

/* The address of @stream's host; asks the system's resolver if it is a name, and waits for it.
 * Done once before a run: nobody looks a name up while packets come. */
gboolean lens_live_puller_resolve (const LensDeclaredStream *stream, LensAddress *address,
                                   GError **error);

/* The error says which of the steps failed. */
LensLivePuller *lens_live_puller_start (const LensLivePullWish *wish, GError **error);
void lens_live_puller_free (LensLivePuller *puller);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensLivePuller, lens_live_puller_free)

/* Descriptors to poll for POLLIN; -1: nothing to wait for. */
int lens_live_puller_broker_fd (const LensLivePuller *puller);
int lens_live_puller_messages_fd (const LensLivePuller *puller);
void lens_live_puller_serve (LensLivePuller *puller);
void lens_live_puller_take_messages (LensLivePuller *puller);

/* To be called at least once a second: deadlines, and the next attempt when one is due. */
void lens_live_puller_tick (LensLivePuller *puller, gint64 now_us);

/* The stream is no longer wanted: TEARDOWN, two seconds, SIGKILL. */
void lens_live_puller_stop (LensLivePuller *puller);

typedef struct
{
  gboolean opened; /* PLAY was answered */
  gboolean ended;
  LensPullEndReason reason; /* when ended */
  char *detail;             /* when ended: what libavformat or the kernel said; may be "" */
  guint64 packets, octets;  /* that libavformat delivered */
  guint tracks;
  guint denied;   /* requests that the broker refused */
  guint attempts; /* times it was started */
  guint requests_with_credentials;
  LensLayerSet layers;
} LensLivePullerState;

/* The process of the current attempt, or 0. */
pid_t lens_live_puller_pid (const LensLivePuller *puller);

/* A view, valid until the next call of anything here. */
const LensLivePullerState *lens_live_puller_state (const LensLivePuller *puller);

G_END_DECLS
