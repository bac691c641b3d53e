/* What libndpi calls the protocol of a flow. */
#include "tests/ledger/scene.h"

#include "ledger/applications.h"

#include <string.h>

typedef struct
{
  Scene *scene;
  LensApplications *applications;
} Named;

static Named
named_scene (void)
{
  Named made = { scene_of_camera (""), lens_applications_new () };

  g_assert_nonnull (made.applications);
  made.scene->options.applications = made.applications;
  return made;
}

static void
named_clear (Named *made)
{
  scene_free (made->scene);
  lens_applications_free (made->applications);
}

/* The row of the flow to @port. */
static const LensFlowRow *
row_to (const LensEvaluation *evaluation, guint16 port)
{
  for (guint i = 0; i < evaluation->flows->len; i++)
    {
      const LensFlowRow *row = g_ptr_array_index (evaluation->flows, i);
      if (row->dport == port)
        return row;
    }
  g_assert_not_reached ();
}

static void
by_content_not_by_port (void)
{
  static const char ask[] = "GET /index.html HTTP/1.1\r\nHost: example.net\r\n"
                            "User-Agent: camera\r\n\r\n";
  static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  Named made = named_scene ();
  Talk web = scene_connect (made.scene, &camera, 40000, &server, 8123);

  scene_ask (made.scene, &web, ask, strlen (ask));
  scene_answer (made.scene, &web, answer, strlen (answer));
  const LensFlowRow *row = row_to (scene_conclude (made.scene), 8123);
  g_assert_true (g_str_has_prefix (row->application, "HTTP"));
  named_clear (&made);
}

static void
a_name_changes_nothing_else (void)
{
  Named made = named_scene ();
  g_autoptr (Scene) plain = scene_of_camera ("");
  Scene *const scenes[] = { made.scene, plain };

  for (gsize i = 0; i < G_N_ELEMENTS (scenes); i++)
    scene_udp_text (scenes[i], &camera, &server, 123, 123, "no NTP at all");
  g_autofree char *with = scene_classes_text (made.scene);
  g_autofree char *without = scene_classes_text (plain);
  g_assert_cmpstr (with, ==, without);
  g_assert_null (row_to (scene_conclude (plain), 123)->application);
  named_clear (&made);
}

static void
what_nobody_knows_has_no_name (void)
{
  Named made = named_scene ();

  for (guint i = 0; i < 2 * LENS_APPLICATION_PACKETS; i++)
    scene_udp_text (made.scene, &camera, &server, 40000, 40001, "zzzzzzzzzzzzzzzz");
  g_assert_null (row_to (scene_conclude (made.scene), 40001)->application);
  named_clear (&made);
}

/* Each of a million flows may wait for its name: there is an end to it. */
static void
more_flows_than_are_kept (void)
{
  Named made = named_scene ();

  for (guint i = 0; i < LENS_APPLICATION_FLOWS + 100; i++)
    scene_udp_text (made.scene, &camera, &server, (guint16)(1000 + i % 60000),
                    (guint16)(2000 + i / 60000), "?");
  g_assert_cmpuint (scene_conclude (made.scene)->ledger.total_packets, ==,
                    LENS_APPLICATION_FLOWS + 100);
  named_clear (&made);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/applications/by content, not by port", by_content_not_by_port);
  g_test_add_func ("/applications/a name changes nothing else", a_name_changes_nothing_else);
  g_test_add_func ("/applications/what nobody knows has no name", what_nobody_knows_has_no_name);
  g_test_add_func ("/applications/more flows than are kept", more_flows_than_are_kept);
  return g_test_run ();
}
