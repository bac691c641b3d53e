/* Who asks for units of a trait is shown those, and all of the kinds that have no such trait. */
#include "tests/ledger/scene.h"

#include <string.h>

static const LensChannelText none[] = { { NULL } };

typedef struct
{
  guint frames, contents;
} Tally;

static Tally shown;

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  shown.frames += unit->kind == LENS_UNIT_FRAME;
  shown.contents += unit->kind == LENS_UNIT_CONTENT;
}

static void
conclude (LensLedger *ledger, gpointer state)
{
}

static Tally
shown_of (guint only)
{
  const LensAnalyzer analyzer = { .name = "count",
                                  .question = "?",
                                  .source = "-",
                                  .units = LENS_UNIT_FRAME | LENS_UNIT_CONTENT,
                                  .only = only,
                                  .channels = none,
                                  .see = see,
                                  .conclude = conclude };
  const LensAnalyzer **list = g_new0 (const LensAnalyzer *, 1);
  g_autoptr (Scene) scene = scene_new (NULL);
  const guint8 part[16] = { 0 };

  list[0] = &analyzer;
  scene->options.analyzers = list;
  scene->options.n_analyzers = 1;
  shown = (Tally){ 0 };
  scene_arp (scene, &camera);
  for (guint i = 0; i < 5; i++)
    scene_udp_text (scene, &camera, &viewer, 7000, 7001, "text");
  scene_fragment (scene, &camera, &viewer, 17, 1, 0, TRUE, part, sizeof part);
  scene_fragment (scene, &camera, &viewer, 17, 2, 8, TRUE, part, sizeof part);
  scene_conclude (scene);
  return shown;
}

static void
all_units_are_shown_to_who_asks_for_no_trait (void)
{
  Tally all = shown_of (0);

  g_assert_cmpuint (all.frames, ==, 8);
  g_assert_cmpuint (all.contents, >=, 5);
}

static void
a_trait_is_asked_for_in_its_own_kind_only (void)
{
  Tally all = shown_of (0), no_ip = shown_of (LENS_TRAIT_NO_IP),
        parts = shown_of (LENS_TRAIT_FRAGMENT), media = shown_of (LENS_TRAIT_CSRC);

  g_assert_cmpuint (no_ip.frames, ==, 1);
  g_assert_cmpuint (no_ip.contents, ==, all.contents);
  g_assert_cmpuint (parts.frames, ==, 2);
  g_assert_cmpuint (media.frames, ==, all.frames);
}

static void
one_of_several_traits_is_enough (void)
{
  g_assert_cmpuint (shown_of (LENS_TRAIT_NO_IP | LENS_TRAIT_FRAGMENT).frames, ==, 3);
  g_assert_cmpuint (shown_of (LENS_TRAIT_IP6).frames, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/ledger/traits/" name, function)
  CASE ("all-units-are-shown-to-who-asks-for-no-trait",
        all_units_are_shown_to_who_asks_for_no_trait);
  CASE ("a-trait-is-asked-for-in-its-own-kind-only", a_trait_is_asked_for_in_its_own_kind_only);
  CASE ("one-of-several-traits-is-enough", one_of_several_traits_is_enough);
  return g_test_run ();
}
