#pragma once

#include "harness/live.h"

G_BEGIN_DECLS

/**
 * The stimuli of a live run, given while the streams are pulled: something that happens before the
 * lens or the microphone, so that a reaction of the device can be told from chance.
 *
 * Each [stimulus NAME] of each profile has as many blocks as sham blocks, in which nothing is
 * done.  All of them share the phase, in random order, one slot each of the same length: its
 * second and third quarter are the block, the others a pause.  A command that still runs at the
 * end of its block is ended.  One that cannot be run, or ends with another status than 0, is a
 * block that failed.
 */
typedef struct _LensLiveStimuli LensLiveStimuli;

typedef enum
{
  LENS_LIVE_BLOCK_START,  /* something is done now */
  LENS_LIVE_BLOCK_SHAM,   /* the same without anything */
  LENS_LIVE_BLOCK_END,    /* of either */
  LENS_LIVE_BLOCK_FAILED, /* instead of the end */
} LensLiveBlockEdge;

typedef struct _LensLiveBlock
{
  gsize device; /* index of the profile's device */
  const LensStimulus *stimulus;
  LensLiveBlockEdge edge;
  guint seconds;      /* START and SHAM: how long it lasts */
  const char *reason; /* FAILED: why; a stranger's text */
} LensLiveBlock;

/* Valid for the call. */
typedef void (*LensLiveBlockFunc) (const LensLiveBlock *block, gpointer data);

/**
 * lens_live_stimuli_new:
 * @seconds: how long the phase lasts.
 *
 * NULL with @error where a command is none, or where the phase is too short for so many blocks.
 * Without any stimulus nothing will ever happen.
 */
LensLiveStimuli *lens_live_stimuli_new (const LensLiveDevice *devices, gsize n_devices,
                                        guint seconds, LensLiveBlockFunc tell, gpointer data,
                                        GError **error);
void lens_live_stimuli_free (LensLiveStimuli *stimuli);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensLiveStimuli, lens_live_stimuli_free)

/* The phase begins (@now_us: g_get_monotonic_time), goes on, ends: also early, which leaves the
 * blocks that are to come out. */
void lens_live_stimuli_begin (LensLiveStimuli *stimuli, gint64 now_us);
void lens_live_stimuli_tick (LensLiveStimuli *stimuli, gint64 now_us);
void lens_live_stimuli_end (LensLiveStimuli *stimuli);

/* "start", "sham", "end", "failed", as the capture's marks have it. */
const char *lens_live_block_edge_name (LensLiveBlockEdge edge);

G_END_DECLS
