/* lenscap list: what is looked for, sorted by, and confined. */
#include "harness/command.h"

#include "analyzers/registry.h"
#include "harness/explain.h"
#include "ledger/classes.h"
#include "sandbox/roles.h"

static void
list_analyzers (gboolean whole)
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

static void
emit_analyzers (LensEmit *emit)
{
  for (guint i = 0; i < lens_n_analyzers; i++)
    {
      const LensAnalyzer *analyzer = lens_analyzers[i];
      lens_emit_begin_object (emit, NULL, LENS_EMIT_TALL);
      lens_emit_string (emit, "name", analyzer->name);
      lens_emit_string (emit, "question", analyzer->question);
      lens_emit_string (emit, "source", analyzer->source);
      lens_emit_boolean (emit, "seeds", analyzer->seed != NULL);
      lens_emit_begin_array (emit, "channels", LENS_EMIT_ROW);
      for (const LensChannelText *text = analyzer->channels; text->id != NULL; text++)
        lens_emit_string (emit, NULL, text->id);
      lens_emit_end_array (emit);
      lens_emit_end_object (emit);
    }
}

static void
list_channels (gboolean whole)
{
  for (gsize i = 0; i < lens_n_channels; i++)
    {
      g_autoptr (LensExplained) explained = lens_explained_new (&lens_channels[i]);
      if (!whole)
        {
          g_print ("%-32s %-10s %s\n", lens_channels[i].id, lens_channels[i].layer,
                   explained->treated);
          continue;
        }
      g_autofree char *text = lens_explained_text (explained);
      g_print ("%s%s", i > 0 ? "\n" : "", text);
    }
}

static void
emit_channels (LensEmit *emit)
{
  for (gsize i = 0; i < lens_n_channels; i++)
    {
      g_autoptr (LensExplained) explained = lens_explained_new (&lens_channels[i]);
      lens_explained_emit (explained, emit);
    }
}

static void
list_classes (gboolean whole)
{
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    g_print ("%-18s %s\n", lens_class_name ((LensClass)i), lens_class_sentence ((LensClass)i));
}

static void
emit_classes (LensEmit *emit)
{
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    {
      lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
      lens_emit_string (emit, "class", lens_class_name ((LensClass)i));
      lens_emit_string (emit, "meaning", lens_class_sentence ((LensClass)i));
      lens_emit_end_object (emit);
    }
}

static void
list_roles (gboolean whole)
{
  lens_command_print_roles ();
}

typedef struct
{
  const char *name;
  void (*print) (gboolean whole);
  void (*emit) (LensEmit *emit); /* or NULL */
} List;

static int
print_json (const List *list)
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  LensEmit emit;

  if (list->emit == NULL)
    return lens_command_complain ("list", "--json goes with analyzers, channels and classes");
  lens_emit_init (&emit, LENS_EMIT_PRETTY, lens_emit_to_byte_array, octets);
  lens_emit_begin_array (&emit, NULL, LENS_EMIT_TALL);
  list->emit (&emit);
  lens_emit_end_array (&emit);
  lens_emit_finish (&emit);
  g_print ("%.*s", (int)octets->len, (const char *)octets->data);
  return LENS_EXIT_CLEAN;
}

int
lens_command_list (int argc, char **argv)
{
  static const List lists[] = {
    { "analyzers", list_analyzers, emit_analyzers },
    { "channels", list_channels, emit_channels },
    { "classes", list_classes, emit_classes },
    { "roles", list_roles, NULL },
  };
  gboolean json = FALSE, whole = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "For machines", NULL },
    { "long", 0, 0, G_OPTION_ARG_NONE, &whole, "Channels: all that lenscap explain says of each",
      NULL },
    { NULL },
  };
  int status;

  if (!lens_command_parse ("list", "[analyzers|channels|classes|roles]",
                           "Lists what lenscap looks for, sorts by, and confines.",
                           "lenscap list channels", entries, &argc, &argv, &status))
    return status;
  const char *wanted = argc > 1 ? argv[1] : "analyzers";
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    if (argc <= 2 && g_str_equal (lists[i].name, wanted))
      {
        if (whole && lists[i].print != list_channels)
          return lens_command_complain ("list", "--long goes with channels");
        if (json)
          return print_json (&lists[i]);
        lists[i].print (whole);
        return LENS_EXIT_CLEAN;
      }
  return lens_command_complain ("list", "say analyzers, channels, classes or roles");
}
