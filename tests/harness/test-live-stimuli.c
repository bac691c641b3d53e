/* Blocks of stimuli: their order, their lengths, and what becomes of their commands.  The clock is
 * the test's, the commands are real. */
#include "harness/live-stimuli.h"

#include <glib/gstdio.h>
#include <string.h>

#define PHASE_S 48

typedef struct
{
  GString *edges; /* one letter each */
  gint64 now_us, opened_us;
  guint odd; /* blocks of another length than the first's */
  gint64 length_us;
  char *reason;
} Heard;

static void
hear (const LensLiveBlock *block, gpointer data)
{
  Heard *heard = data;

  g_string_append_c (heard->edges, "asef"[block->edge]);
  if (block->edge == LENS_LIVE_BLOCK_START || block->edge == LENS_LIVE_BLOCK_SHAM)
    heard->opened_us = heard->now_us;
  else
    {
      gint64 length_us = heard->now_us - heard->opened_us;
      heard->odd += heard->length_us != 0 && heard->length_us != length_us;
      heard->length_us = length_us;
    }
  if (block->edge == LENS_LIVE_BLOCK_FAILED)
    {
      g_free (heard->reason);
      heard->reason = g_strdup (block->reason);
    }
}

/* A profile that says only which stimuli there are. */
static LensProfile *
profile_with (const char *groups)
{
  g_autofree char *text
      = g_strdup_printf ("[device]\nname = Cam\naddress = 192.0.2.100\n%s", groups);
  g_autoptr (GError) error = NULL;
  LensProfile *profile = lens_profile_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return profile;
}

/* The whole phase in steps of 100 ms; @pause_ms of real time in each. */
static void
play (const char *groups, guint pause_ms, Heard *heard)
{
  g_autoptr (LensProfile) profile = profile_with (groups);
  const LensLiveDevice device = { .profile = profile };
  g_autoptr (GError) error = NULL;
  g_autoptr (LensLiveStimuli) stimuli
      = lens_live_stimuli_new (&device, 1, PHASE_S, hear, heard, &error);

  g_assert_no_error (error);
  lens_live_stimuli_tick (stimuli, 0); /* before the phase: nothing */
  g_assert_cmpuint (heard->edges->len, ==, 0);
  lens_live_stimuli_begin (stimuli, 0);
  for (heard->now_us = 0; heard->now_us < PHASE_S * G_USEC_PER_SEC; heard->now_us += 100000)
    {
      lens_live_stimuli_tick (stimuli, heard->now_us);
      g_usleep (pause_ms * 1000);
    }
  lens_live_stimuli_end (stimuli);
}

static void
heard_clear (Heard *heard)
{
  g_string_free (heard->edges, TRUE);
  g_free (heard->reason);
}

static guint
times (const Heard *heard, char letter)
{
  guint n = 0;

  for (gsize i = 0; i < heard->edges->len; i++)
    n += heard->edges->str[i] == letter;
  return n;
}

static void
as_many_shams_as_blocks_of_one_length_in_random_order (void)
{
  g_autoptr (GHashTable) orders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint round = 0; round < 20; round++)
    {
      Heard heard = { .edges = g_string_new (NULL) };
      play ("[stimulus light]\ncommand = ask\nblocks = 12\n", 0, &heard);
      g_assert_cmpuint (times (&heard, 'a'), ==, 12);
      g_assert_cmpuint (times (&heard, 's'), ==, 12);
      g_assert_cmpuint (times (&heard, 'e'), ==, 24);
      g_assert_cmpuint (heard.odd, ==, 0);
      g_assert_cmpint (heard.length_us, ==, G_USEC_PER_SEC); /* half of 48 s / 24 */
      /* None begins in another. */
      for (gsize i = 0; i < heard.edges->len; i++)
        g_assert_true ((heard.edges->str[i] == 'e') == (i % 2 != 0));
      g_hash_table_add (orders, g_strdup (heard.edges->str));
      heard_clear (&heard);
    }
  g_assert_cmpuint (g_hash_table_size (orders), >, 15);
}

static void
a_script_is_run_in_each_block_and_in_no_sham (void)
{
  g_autofree char *folder = g_dir_make_tmp ("lenscap-stimuli-XXXXXX", NULL);
  g_autofree char *script = g_build_filename (folder, "light.sh", NULL);
  g_autofree char *said = g_build_filename (folder, "said", NULL);
  g_autofree char *groups = g_strdup_printf (
      "[stimulus bright light]\ncommand = %s 'two words' $HOME\nblocks = 3\n"
      "[stream main]\nurl = rtsp://192.0.2.100/\ncredentials = env:TEST_SECRET\n",
      script);
  g_autofree char *text = NULL;
  Heard heard = { .edges = g_string_new (NULL) };

  g_setenv ("TEST_SECRET", "admin:secret", TRUE);
  g_assert_true (g_file_set_contents (
      script, "#!/bin/sh\necho \"$LENSCAP_STIMULUS|$1|$2|$TEST_SECRET\" >>\"${0%/*}/said\"\n", -1,
      NULL));
  g_chmod (script, 0755);
  play (groups, 2, &heard);
  g_assert_cmpuint (times (&heard, 'f'), ==, 0);
  g_assert_true (g_file_get_contents (said, &text, NULL, NULL));
  g_assert_cmpstr (text, ==,
                   "bright light|two words|$HOME|\nbright light|two words|$HOME|\n"
                   "bright light|two words|$HOME|\n");
  g_unlink (script);
  g_unlink (said);
  g_rmdir (folder);
  heard_clear (&heard);
}

static void
a_command_that_fails_is_a_failed_block (void)
{
  static const struct
  {
    const char *command, *words;
  } cases[] = {
    { "/bin/sh -c 'echo no lamp >&2; exit 3'", "no lamp" },
    { "/nonexistent/lamp on", "not found" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *groups
          = g_strdup_printf ("[stimulus light]\ncommand = %s\nblocks = 2\n", cases[i].command);
      Heard heard = { .edges = g_string_new (NULL) };
      play (groups, 2, &heard);
      g_assert_cmpuint (times (&heard, 'f'), ==, 2);
      g_assert_cmpuint (times (&heard, 'e'), ==, 2);
      g_assert_nonnull (strstr (heard.reason, cases[i].words));
      heard_clear (&heard);
    }
}

/* It is ended with its block, and with the phase. */
static void
a_command_without_end_does_not_outlive_its_block (void)
{
  Heard heard = { .edges = g_string_new (NULL) };
  gint64 before_us = g_get_monotonic_time ();

  play ("[stimulus light]\ncommand = sleep 1000\nblocks = 4\n", 0, &heard);
  g_assert_cmpuint (times (&heard, 'e'), ==, 8);
  g_assert_cmpint (g_get_monotonic_time () - before_us, <, 20 * G_USEC_PER_SEC);
  heard_clear (&heard);
}

static void
a_phase_too_short_or_a_command_that_is_none_is_refused (void)
{
  static const struct
  {
    const char *groups, *words;
  } cases[] = {
    { "[stimulus light]\ncommand = ask\nblocks = 13\n", "stream = 52 at least; it is 48" },
    { "[stimulus light]\ncommand = sh -c 'never closed\nblocks = 1\n", "[stimulus light] command" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LensProfile) profile = profile_with (cases[i].groups);
      const LensLiveDevice device = { .profile = profile };
      g_autoptr (GError) error = NULL;
      g_assert_null (lens_live_stimuli_new (&device, 1, PHASE_S, hear, NULL, &error));
      g_assert_nonnull (strstr (error->message, cases[i].words));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add_func ("/harness/live-stimuli/" name, test)
  ADD ("as-many-shams-as-blocks-of-one-length-in-random-order",
       as_many_shams_as_blocks_of_one_length_in_random_order);
  ADD ("a-script-is-run-in-each-block-and-in-no-sham",
       a_script_is_run_in_each_block_and_in_no_sham);
  ADD ("a-command-that-fails-is-a-failed-block", a_command_that_fails_is_a_failed_block);
  ADD ("a-command-without-end-does-not-outlive-its-block",
       a_command_without_end_does_not_outlive_its_block);
  ADD ("a-phase-too-short-or-a-command-that-is-none-is-refused",
       a_phase_too_short_or_a_command_that_is_none_is_refused);
  return g_test_run ();
}
