/* What is kept of a connection is let go when it is over. */
#include "ledger/http-reader.h"
#include "tests/ledger/scene.h"

#include <netinet/in.h>
#include <string.h>

/* --- the ledger says when --- */

typedef struct
{
  GHashTable *open; /* sides whose content was seen, and whose end was not */
  guint most, ended;
} Watch;

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Watch *watch = data;

  if (watch->open == NULL)
    watch->open = g_hash_table_new (NULL, NULL);
  g_hash_table_add (watch->open, unit->side);
  watch->most = MAX (watch->most, g_hash_table_size (watch->open));
}

static void
ended (gpointer data, const LensSide *side)
{
  Watch *watch = data;

  watch->ended++;
  if (watch->open != NULL)
    g_hash_table_remove (watch->open, side);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const Watch *watch = data;

  /* 100 connections that ended, both ways, one after the other; one that did not. */
  g_assert_cmpuint (watch->ended, ==, 200);
  g_assert_cmpuint (watch->most, ==, 2);
  g_assert_cmpuint (g_hash_table_size (watch->open), ==, 2);
}

static void
clear (gpointer data)
{
  g_clear_pointer (&((Watch *)data)->open, g_hash_table_unref);
}

static const LensChannelText channels[] = { { NULL } };

static const LensAnalyzer watcher = {
  .name = "watcher",
  .question = "What is open?",
  .source = "RFC 9293 section 3.6",
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (Watch),
  .see = see,
  .ended = ended,
  .conclude = conclude,
  .clear = clear,
};

static void
hang_up (Scene *scene, const Talk *talk)
{
  scene_tcp (scene, talk->client, talk->server, talk->client_port, talk->server_port,
             talk->client_next, talk->server_next, FIN | ACK, NULL, 0);
  scene_tcp (scene, talk->server, talk->client, talk->server_port, talk->client_port,
             talk->server_next, talk->client_next + 1, FIN | ACK, NULL, 0);
  scene_tcp (scene, talk->client, talk->server, talk->client_port, talk->server_port,
             talk->client_next + 1, talk->server_next + 1, ACK, NULL, 0);
}

static void
each_direction_of_a_connection_ends_once (void)
{
  static const LensAnalyzer *const analyzers[] = { &watcher };
  g_autoptr (Scene) scene = scene_new (NULL);

  scene->options.device = "192.0.2.10";
  scene->options.analyzers = g_memdup2 (analyzers, sizeof analyzers);
  scene->options.n_analyzers = 1;
  for (guint16 i = 0; i <= 100; i++)
    {
      Talk talk = scene_connect (scene, &viewer, 40000 + i, &camera, 80);
      scene_ask (scene, &talk, "hello", 5);
      scene_answer (scene, &talk, "good day", 8);
      if (i < 100)
        hang_up (scene, &talk);
    }
  scene_conclude (scene);
}

/* --- a reader that lets go goes on --- */

static void
count_head (gpointer user, const LensUnit *unit, const LensHttpMessage *message)
{
  guint *heads = user;

  (*heads)++;
}

/* How many of @connections are read. */
static guint
heads_of (guint connections, gboolean end)
{
  static const char text[] = "GET / HTTP/1.1\r\n\r\n";
  static const LensHttpEvents events = { .head = count_head };
  guint heads = 0;
  LensHttpReader *reader = lens_http_reader_new (&events, &heads);
  g_autofree LensSide *sides = g_new0 (LensSide, connections);
  g_autofree LensFlow *flows = g_new0 (LensFlow, connections);

  for (guint i = 0; i < connections; i++)
    {
      const LensPiece piece = { i + 1, 54, sizeof text - 1 };
      sides[i].key.protocol = IPPROTO_TCP;
      sides[i].flow = &flows[i];
      const LensUnit unit = { .kind = LENS_UNIT_CONTENT,
                              .side = &sides[i],
                              .view = { (const guint8 *)text, sizeof text - 1, &piece, 1 } };
      lens_http_reader_take (reader, &unit);
      if (end)
        lens_http_reader_end (reader, &sides[i]);
    }
  lens_http_reader_free (reader);
  return heads;
}

static void
http_is_read_in_any_number_of_connections_that_end (void)
{
  const guint many = LENS_HTTP_READERS_MAX + 100;

  g_assert_cmpuint (heads_of (many, FALSE), ==, LENS_HTTP_READERS_MAX);
  g_assert_cmpuint (heads_of (many, TRUE), ==, many);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/ended/each-direction-of-a-connection-ends-once",
                   each_direction_of_a_connection_ends_once);
  g_test_add_func ("/ledger/ended/http-is-read-in-any-number-of-connections-that-end",
                   http_is_read_in_any_number_of_connections_that_end);
  return g_test_run ();
}
