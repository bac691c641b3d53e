/* lenscap explain: one channel, what it is and how it is judged. */
#include "harness/command.h"

#include "harness/explain.h"

#define NEAREST 5

static int
unknown (const char *name)
{
  g_autoptr (GPtrArray) nearest = lens_explained_nearest (name, NEAREST);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < nearest->len; i++)
    g_string_append_printf (names, "%s%s",
                            i > 0 ? ", " : "; nearest: ", (const char *)nearest->pdata[i]);
  return lens_command_complain ("explain",
                                "%s is no channel of the catalogue (see lenscap list channels)%s",
                                name, names->str);
}

static void
print_json (const LensExplained *explained)
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  LensEmit emit;

  lens_emit_init (&emit, LENS_EMIT_PRETTY, lens_emit_to_byte_array, octets);
  lens_explained_emit (explained, &emit);
  lens_emit_finish (&emit);
  g_print ("%.*s", (int)octets->len, (const char *)octets->data);
}

int
lens_command_explain (int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[]
      = { { "json", 0, 0, G_OPTION_ARG_NONE, &json, "For machines", NULL }, { NULL } };
  int status;

  if (!lens_command_parse ("explain", "CHANNEL",
                           "Says what a channel of the catalogue is and how it is judged.",
                           "lenscap explain rtp-padding-content", entries, &argc, &argv, &status))
    return status;
  if (argc != 2)
    return lens_command_complain ("explain", "name one channel (see lenscap list channels)");
  const LensChannel *channel = lens_channel_find (argv[1]);
  if (channel == NULL)
    return unknown (argv[1]);
  g_autoptr (LensExplained) explained = lens_explained_new (channel);
  if (json)
    {
      print_json (explained);
      return LENS_EXIT_CLEAN;
    }
  g_autofree char *text = lens_explained_text (explained);
  g_print ("%s", text);
  return LENS_EXIT_CLEAN;
}
