/* lenscap list, lenscap explain: what is looked for, and where the rule comes from. */
#include "harness/command.h"

#include "analyzers/registry.h"
#include "ledger/channels.h"
#include "ledger/classes.h"
#include "ledger/coverage.h"
#include "sandbox/roles.h"

/* All that have the channel, with blanks between; NULL: none. */
static char *
analyzers_of (const char *channel)
{
  GString *names = NULL;

  for (guint i = 0; i < lens_n_analyzers; i++)
    for (const LensChannelText *text = lens_analyzers[i]->channels; text->id != NULL; text++)
      if (g_str_equal (text->id, channel))
        {
          names = names != NULL ? g_string_append_c (names, ' ') : g_string_new (NULL);
          g_string_append (names, lens_analyzers[i]->name);
        }
  return names != NULL ? g_string_free (names, FALSE) : NULL;
}

static void
list_analyzers (void)
{
  for (guint i = 0; i < lens_n_analyzers; i++)
    {
      const LensAnalyzer *analyzer = lens_analyzers[i];
      g_print ("%s\n  %s\n  %s\n  channels:", analyzer->name, analyzer->question, analyzer->source);
      for (const LensChannelText *text = analyzer->channels; text->id != NULL; text++)
        g_print (" %s", text->id);
      g_print ("\n\n");
    }
}

/* Its analyzers, or what stands in their place; @note as in ledger/coverage.h. */
static char *
treated_by (const char *channel, const char **note)
{
  static const char *const words[] = {
    [LENS_REACH_LEDGER] = "(the ledger)",
    [LENS_REACH_ELSEWHERE] = "(other channels)",
    [LENS_REACH_BOUND] = "(a bound)",
    [LENS_REACH_NOWHERE] = "-",
  };
  char *names = analyzers_of (channel);
  LensReach reach = lens_coverage_reach (channel, note);

  return names != NULL ? names : g_strdup (words[reach]);
}

static void
list_channels (void)
{
  const char *note;

  for (gsize i = 0; i < lens_n_channels; i++)
    {
      g_autofree char *treated = treated_by (lens_channels[i].id, &note);
      g_print ("%-32s %-10s %s\n", lens_channels[i].id, lens_channels[i].layer, treated);
    }
}

static void
list_classes (void)
{
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    g_print ("%-18s %s\n", lens_class_name ((LensClass)i), lens_class_sentence ((LensClass)i));
}

int
lens_command_list (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*print) (void);
  } lists[] = {
    { "analyzers", list_analyzers },
    { "channels", list_channels },
    { "classes", list_classes },
    { "roles", lens_command_print_roles },
  };
  const GOptionEntry entries[] = { { NULL } };
  int status;

  if (!lens_command_parse ("list", "[analyzers|channels|classes|roles]",
                           "Lists what lenscap looks for, sorts by, and confines.",
                           "lenscap list channels", entries, &argc, &argv, &status))
    return status;
  const char *wanted = argc > 1 ? argv[1] : "analyzers";
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    if (argc <= 2 && g_str_equal (lists[i].name, wanted))
      {
        lists[i].print ();
        return LENS_EXIT_CLEAN;
      }
  return lens_command_complain ("list", "say analyzers, channels, classes or roles");
}

int
lens_command_explain (int argc, char **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  int status;

  if (!lens_command_parse ("explain", "CHANNEL",
                           "Says what a channel of the catalogue is and how it is judged.",
                           "lenscap explain rtp-padding-content", entries, &argc, &argv, &status))
    return status;
  if (argc != 2)
    return lens_command_complain ("explain", "name one channel (see lenscap list channels)");
  const LensChannel *channel = lens_channel_find (argv[1]);
  if (channel == NULL)
    return lens_command_complain (
        "explain", "%s is no channel of the catalogue (see lenscap list channels)", argv[1]);
  const char *note;
  g_autofree char *treated = treated_by (channel->id, &note);
  g_print ("%s (%s, %s)\n\n", channel->id, channel->layer, channel->type);
  g_print ("Carrier      %s\n", channel->carrier);
  g_print ("Could hold   %s\n", channel->capacity);
  g_print ("Benign       %s\n", channel->benign);
  g_print ("Test         %s\n", channel->test);
  g_print ("Least seen   %s\n", channel->minimum);
  g_print ("Difficulty   %s\n", channel->difficulty);
  g_print ("Pattern      %s\n", channel->pattern);
  g_print ("ATT&CK       %s\n", channel->mitre);
  g_print ("Source       %s\n", channel->source);
  g_print ("Analyzer     %s\n", g_str_equal (treated, "-") ? "none in this version" : treated);
  if (note != NULL)
    g_print ("Note         %s\n", note);
  return LENS_EXIT_CLEAN;
}
