#pragma once

#include "harness/live-stimuli.h"

#include <signal.h>

G_BEGIN_DECLS

/* Inside a live run: what its parts share.  live.c has the loop, live-begin.c what happens
 * before it, live-phases.c the way from phase to phase and to the end, live-tick.c what is
 * looked at a few times a second.  Used by these only. */

/* One device under test. */
typedef struct
{
  const LensLiveDevice *wish;
  LensLiveCapture *capture; /* borrowed: devices may share an interface */
  LensRecorder *recorder;
  LensAddress *addresses; /* of each stream's host */
  GString *log;           /* lines of stream.log not written yet */
  int log_fd;
} LensLiveRunDevice;

typedef enum
{
  LENS_LIVE_STAGE_PHASES,  /* the plan is being followed */
  LENS_LIVE_STAGE_PULLERS, /* the plan is over, streams are ending */
  LENS_LIVE_STAGE_DRAIN,   /* captures hand over what is in their rings */
  LENS_LIVE_STAGE_FEED,    /* analyses read the rest */
  LENS_LIVE_STAGE_DONE,
} LensLiveStage;

typedef struct
{
  const char *name;
  guint seconds;
  gboolean pulls;
} LensLivePlanned;

typedef struct
{
  const LensLiveWish *wish;
  LensLiveResult *result;
  LensLab *lab;
  char *pull_program;
  GPtrArray *captures; /* LensLiveCapture */
  GPtrArray *pullers;  /* LensLivePuller, parallel to result->streams */
  LensLiveRunDevice *devices;
  LensLiveStimuli *stimuli;
  LensLivePlanned plan[3];
  guint phase; /* index into @plan */
  LensLiveStage stage;
  gint64 stage_us, phase_end_us, tick_us, fed_us; /* monotonic */
  guint64 lag;
  gint64 clock_offset_us;
  gboolean looked; /* at the first traffic */
  int signal_fd;
  sigset_t signals_before;
  struct sigaction pipe_before;
} LensLiveRun;

/* live-begin.c.  FALSE: the run cannot begin; what was started is in @run, to be cleared. */
gboolean lens_live_run_begin (LensLiveRun *run, GError **error);
void lens_live_run_look_at_traffic (LensLiveRun *run);
/* To the caller, and into the result; @remarks is empty then. */
void lens_live_run_pass_on (LensLiveRun *run, GPtrArray *remarks);

/* live-phases.c. */
void lens_live_run_tell_block (const LensLiveBlock *block, gpointer run);
void lens_live_run_flag (LensLiveRun *run, LensLiveFlag which, const char *sentence);
void lens_live_run_enter_stage (LensLiveRun *run, LensLiveStage stage);
void lens_live_run_go_to_phase (LensLiveRun *run, guint from);
void lens_live_run_end_early (LensLiveRun *run, LensLiveFlag why, const char *sentence);
void lens_live_run_move_on (LensLiveRun *run, gint64 now_us);

/* live-tick.c. */
void lens_live_run_tick (LensLiveRun *run, gint64 now_us);
void lens_live_run_write_logs (LensLiveRun *run);

G_END_DECLS
