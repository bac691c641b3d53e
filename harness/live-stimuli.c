#include "harness/live-stimuli.h"

#include "sandbox/worker.h"

#include <poll.h>

#define LEAST_SLOT_S 2

/* One slot of the plan. */
typedef struct
{
  gsize device;
  const LensStimulus *stimulus;
  gboolean sham;
} Slot;

struct _LensLiveStimuli
{
  const LensLiveDevice *devices;
  GArray *slots; /* Slot, in their order */
  guint next;    /* index of the slot at hand */
  gboolean open; /* its block has begun */
  gboolean running;
  gint64 begun_us, slot_us;
  LensWorker *worker; /* the command of the open block, or NULL */
  LensLiveBlockFunc tell;
  gpointer data;
};

static gboolean
asks (const LensStimulus *stimulus)
{
  return g_str_equal (stimulus->command, "ask");
}

/* --- the plan --- */

static gboolean
check_command (const LensStimulus *stimulus, GError **error)
{
  g_autoptr (GError) why = NULL;

  if (asks (stimulus) || g_shell_parse_argv (stimulus->command, NULL, NULL, &why))
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "[stimulus %s] command: %s", stimulus->name,
               why->message);
  return FALSE;
}

static void
shuffle (GArray *slots)
{
  g_autoptr (GRand) rand = g_rand_new ();

  for (guint i = slots->len; i > 1; i--)
    {
      Slot *last = &g_array_index (slots, Slot, i - 1);
      Slot *other = &g_array_index (slots, Slot, (guint)g_rand_int_range (rand, 0, (gint32)i));
      Slot kept = *last;
      *last = *other;
      *other = kept;
    }
}

LensLiveStimuli *
lens_live_stimuli_new (const LensLiveDevice *devices, gsize n_devices, guint seconds,
                       LensLiveBlockFunc tell, gpointer data, GError **error)
{
  g_autoptr (LensLiveStimuli) stimuli = g_new0 (LensLiveStimuli, 1);

  stimuli->devices = devices;
  stimuli->slots = g_array_new (FALSE, FALSE, sizeof (Slot));
  stimuli->tell = tell;
  stimuli->data = data;
  for (gsize i = 0; i < n_devices; i++)
    for (guint k = 0; k < devices[i].profile->stimuli->len; k++)
      {
        const LensStimulus *stimulus = g_ptr_array_index (devices[i].profile->stimuli, k);
        if (!check_command (stimulus, error))
          return NULL;
        for (guint b = 0; b < 2 * stimulus->blocks; b++)
          g_array_append_vals (stimuli->slots, &(Slot){ i, stimulus, b % 2 != 0 }, 1);
      }
  if ((guint64)stimuli->slots->len * LEAST_SLOT_S > seconds)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   "%u blocks of stimuli, shams included, need [phases] stream = %u at least; "
                   "it is %u",
                   stimuli->slots->len, stimuli->slots->len * LEAST_SLOT_S, seconds);
      return NULL;
    }
  shuffle (stimuli->slots);
  stimuli->slot_us = stimuli->slots->len > 0
                         ? (gint64)seconds * G_USEC_PER_SEC / (gint64)stimuli->slots->len
                         : 0;
  return g_steal_pointer (&stimuli);
}

void
lens_live_stimuli_free (LensLiveStimuli *stimuli)
{
  if (stimuli == NULL)
    return;
  lens_worker_free (stimuli->worker);
  g_array_unref (stimuli->slots);
  g_free (stimuli);
}

/* --- a block --- */

static void
tell (LensLiveStimuli *stimuli, LensLiveBlockEdge edge, const char *reason)
{
  const Slot *slot = &g_array_index (stimuli->slots, Slot, stimuli->next);
  const LensLiveBlock block = {
    .device = slot->device,
    .stimulus = slot->stimulus,
    .edge = edge,
    .seconds = (guint)(stimuli->slot_us / 2 / G_USEC_PER_SEC),
    .reason = reason,
  };

  stimuli->tell (&block, stimuli->data);
}

static void
close_block (LensLiveStimuli *stimuli, const char *failure)
{
  g_clear_pointer (&stimuli->worker, lens_worker_free);
  tell (stimuli, failure != NULL ? LENS_LIVE_BLOCK_FAILED : LENS_LIVE_BLOCK_END, failure);
  stimuli->open = FALSE;
  stimuli->next++;
}

/* Whose secret a variable is stays with this program. */
static gboolean
holds_secret (const LensLiveStimuli *stimuli, gsize device, const char *variable)
{
  const GPtrArray *streams = stimuli->devices[device].profile->streams;

  for (guint i = 0; i < streams->len; i++)
    {
      const LensDeclaredStream *stream = g_ptr_array_index (streams, i);
      if (stream->credentials != NULL && g_str_has_prefix (stream->credentials, "env:")
          && g_str_equal (stream->credentials + strlen ("env:"), variable))
        return TRUE;
    }
  return FALSE;
}

static char **
environment_for (const LensLiveStimuli *stimuli, const Slot *slot)
{
  g_auto (GStrv) all = g_get_environ ();
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();

  for (guint i = 0; all[i] != NULL; i++)
    {
      g_auto (GStrv) halves = g_strsplit (all[i], "=", 2);
      if (!holds_secret (stimuli, slot->device, halves[0]))
        g_ptr_array_add (kept, g_strdup (all[i]));
    }
  g_ptr_array_add (kept, g_strdup_printf ("LENSCAP_STIMULUS=%s", slot->stimulus->name));
  g_ptr_array_add (kept, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&kept), FALSE);
}

static void
start_command (LensLiveStimuli *stimuli, const Slot *slot)
{
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;

  /* It was parsed when the plan was made. */
  g_shell_parse_argv (slot->stimulus->command, NULL, &argv, NULL);
  g_auto (GStrv) environment = environment_for (stimuli, slot);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  /* A shell starts it, and is replaced by it: a worker is executed through its descriptor, which a
   * script cannot be.  No word is read by the shell. */
  static const char *const shell[] = { "/bin/sh", "-c", "exec \"$@\"", "sh" };
  for (gsize i = 0; i < G_N_ELEMENTS (shell); i++)
    g_ptr_array_add (words, (gpointer)shell[i]);
  for (char **word = argv; *word != NULL; word++)
    g_ptr_array_add (words, *word);
  g_ptr_array_add (words, NULL);
  const LensWorkerSpec spec = {
    .program = shell[0],
    .argv = (const char *const *)words->pdata,
    .environment = (const char *const *)environment,
  };
  stimuli->worker = lens_worker_start (&spec, &error);
  if (stimuli->worker == NULL)
    close_block (stimuli, error->message);
}

static void
open_block (LensLiveStimuli *stimuli)
{
  const Slot *slot = &g_array_index (stimuli->slots, Slot, stimuli->next);

  stimuli->open = TRUE;
  tell (stimuli, slot->sham ? LENS_LIVE_BLOCK_SHAM : LENS_LIVE_BLOCK_START, NULL);
  if (!slot->sham && !asks (slot->stimulus))
    start_command (stimuli, slot);
}

/* A command that has ended by itself. */
static void
look_after_command (LensLiveStimuli *stimuli)
{
  struct pollfd polled = { .fd = lens_worker_pidfd (stimuli->worker), .events = POLLIN };
  LensWorkerEnd end;

  if (poll (&polled, 1, 0) <= 0
      || !lens_worker_wait (stimuli->worker, g_get_monotonic_time (), &end, NULL))
    return;
  if (end.kind == LENS_END_EXITED && end.status == 0)
    {
      g_clear_pointer (&stimuli->worker, lens_worker_free);
      return; /* the block lasts as long as a sham does */
    }
  g_autofree char *how = lens_worker_end_describe (&end);
  g_autofree char *words = lens_worker_complaint (stimuli->worker);
  g_strdelimit (g_strstrip (words), "\n", ' ');
  g_autofree char *failure = g_strdup_printf ("%s%s%s", how, *words != '\0' ? ": " : "", words);
  close_block (stimuli, failure);
}

/* --- the phase --- */

void
lens_live_stimuli_begin (LensLiveStimuli *stimuli, gint64 now_us)
{
  stimuli->begun_us = now_us;
  stimuli->running = TRUE;
}

void
lens_live_stimuli_tick (LensLiveStimuli *stimuli, gint64 now_us)
{
  if (!stimuli->running || stimuli->next >= stimuli->slots->len)
    return;
  if (stimuli->worker != NULL)
    look_after_command (stimuli);
  if (stimuli->next >= stimuli->slots->len)
    return;
  gint64 quarter_us = stimuli->slot_us / 4;
  gint64 begins_us = stimuli->begun_us + (gint64)stimuli->next * stimuli->slot_us + quarter_us;
  if (!stimuli->open && now_us >= begins_us)
    open_block (stimuli);
  else if (stimuli->open && now_us >= begins_us + 2 * quarter_us)
    close_block (stimuli, NULL);
}

void
lens_live_stimuli_end (LensLiveStimuli *stimuli)
{
  if (stimuli->open)
    close_block (stimuli, NULL);
  stimuli->running = FALSE;
}

const char *
lens_live_block_edge_name (LensLiveBlockEdge edge)
{
  static const char *const names[] = { "start", "sham", "end", "failed" };

  return names[edge];
}
