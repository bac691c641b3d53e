/* bench-traffic: captures of any size, made for measuring.
 *
 *   bench-traffic --media DIR --bytes N           cameras (media.sh fills DIR)
 *   bench-traffic --flows M --packets N           flows
 *
 * Writes pcap to standard output or to -o FILE.  The same options give the same octets. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/traffic/camera.h"
#include "tests/bench/traffic/flows.h"
#include "tests/bench/traffic/side.h"

#define COME_UP_EVERY_US 170000
#define BROWSE_EVERY_US (3 * G_USEC_PER_SEC)

/* A minute of goodbyes and what was on its way. */
#define END_OCTETS 3000

typedef struct
{
  char *media, *to;
  gint64 bytes, packets, flows, hosts, seed;
  int cameras;
} Options;

/* What the cameras take in turn. */
static const struct
{
  BenchCodec codec;
  const char *file;
} reels[] = {
  { BENCH_H264, "main.h264" }, { BENCH_H265, "one.h265" },   { BENCH_H264, "baseline.h264" },
  { BENCH_H265, "two.h265" },  { BENCH_G711, "sound.alaw" }, { BENCH_AAC, "sound.aac" },
};

#define N_PICTURES 4
#define N_SOUNDS 2

typedef struct
{
  BenchWorld *world;
  BenchHost host;
} Clerk;

/* Others on the link have nothing to do with cameras. */
static gint64
browse (gpointer data, gint64 at_us)
{
  Clerk *clerk = data;
  BenchWorld *world = clerk->world;
  guint down = lens_dice_between (&world->dice, 20000, 400000);

  bench_side_name (world, &clerk->host, "www.example.com", world->web_server.address, at_us);
  bench_side_tls (world, &clerk->host, &world->web_server, "www.example.com", 700, down,
                  at_us + 30000);
  return at_us + BROWSE_EVERY_US + bench_world_jitter (world, 2000000);
}

static gboolean
read_media (const char *folder, BenchMedia **media, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (reels); i++)
    {
      g_autofree char *path = g_build_filename (folder, reels[i].file, NULL);
      media[i] = bench_media_read (reels[i].codec, path, error);
      if (media[i] == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_cameras (const Options *options, BenchMedia **media, FILE *to)
{
  g_autoptr (GPtrArray) cameras
      = g_ptr_array_new_with_free_func ((GDestroyNotify)bench_camera_free);
  BenchWorld world;
  Clerk clerk = { .world = &world };

  bench_world_init (&world, to, (guint64)options->seed);
  clerk.host = bench_world_host (&world, 0xc0a80137, 0x3c7c3f, 0);
  bench_world_plan (&world, world.begin_us + 2 * G_USEC_PER_SEC, browse, &clerk);
  for (guint i = 0; i < (guint)options->cameras; i++)
    {
      /* Every second one over TCP, in each of the codecs. */
      gboolean is_interleaved = (i + i / N_PICTURES) % 2 == 1;
      g_ptr_array_add (cameras,
                       bench_camera_new (&world, i, media[i % N_PICTURES],
                                         media[N_PICTURES + i / 2 % N_SOUNDS], is_interleaved,
                                         world.begin_us + (gint64)i * COME_UP_EVERY_US));
    }
  guint64 end = (guint64)options->cameras * END_OCTETS;
  gint64 now_us
      = bench_world_run (&world, (guint64)options->bytes > end ? (guint64)options->bytes - end : 0);
  for (guint i = 0; i < cameras->len; i++)
    bench_camera_end (cameras->pdata[i], now_us);
  return bench_world_end (&world);
}

static gboolean
write_flows (const Options *options, FILE *to)
{
  const BenchFlows wanted = { .packets = (guint64)options->packets,
                              .flows = (guint64)options->flows,
                              .hosts = (guint64)MIN (options->hosts, options->flows),
                              .seed = (guint64)options->seed };

  return bench_flows_write (&wanted, to);
}

static gboolean
write_all (const Options *options, FILE *to, GError **error)
{
  BenchMedia *media[G_N_ELEMENTS (reels)] = { NULL };
  gboolean well = options->flows > 0 || read_media (options->media, media, error);

  if (well)
    {
      well = options->flows > 0 ? write_flows (options, to) : write_cameras (options, media, to);
      if (!well)
        g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                             g_strerror (errno));
    }
  for (guint i = 0; i < G_N_ELEMENTS (media); i++)
    bench_media_free (media[i]);
  return well;
}

static gboolean
check (const Options *options, GError **error)
{
  const char *wrong = NULL;

  if ((options->media != NULL) == (options->flows > 0))
    wrong = "either --media or --flows";
  else if (options->cameras < 1 || options->cameras > 100)
    wrong = "--cameras is 1 to 100";
  else if (options->bytes < 1)
    wrong = "--bytes is above 0";
  else if (options->flows > 0 && options->packets < options->flows)
    wrong = "--packets is at least --flows";
  else if (options->hosts < 1 || options->hosts > 1000000
           || options->flows / options->hosts > 60000)
    wrong = "--hosts is 1 to 1000000, and no more than 60000 flows of each";
  if (wrong != NULL)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, wrong);
  return wrong == NULL;
}

static gboolean
run (Options *options, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "media", 0, 0, G_OPTION_ARG_FILENAME, &options->media, "what the cameras show", "DIR" },
    { "cameras", 0, 0, G_OPTION_ARG_INT, &options->cameras, "how many (24)", "N" },
    { "bytes", 0, 0, G_OPTION_ARG_INT64, &options->bytes, "size of the file (200000000)", "N" },
    { "flows", 0, 0, G_OPTION_ARG_INT64, &options->flows, "no cameras, but so many flows", "N" },
    { "packets", 0, 0, G_OPTION_ARG_INT64, &options->packets, "of all flows (4000000)", "N" },
    { "hosts", 0, 0, G_OPTION_ARG_INT64, &options->hosts, "that open flows (1000)", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &options->seed, "decides all that is random (0)", "N" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options->to, "not standard output", "FILE" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- captures for measuring");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error) || !check (options, error))
    return FALSE;
  FILE *to = options->to != NULL ? fopen (options->to, "wb") : stdout;
  if (to == NULL)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", options->to,
                   g_strerror (errno));
      return FALSE;
    }
  gboolean well = write_all (options, to, error);
  if (to != stdout)
    fclose (to);
  return well;
}

int
main (int argc, char **argv)
{
  Options options = { .bytes = 200000000, .packets = 4000000, .hosts = 1000, .cameras = 24 };
  g_autoptr (GError) error = NULL;
  gboolean well = run (&options, argc, argv, &error);

  if (!well)
    fprintf (stderr, "bench-traffic: %s\n", error->message);
  g_free (options.media);
  g_free (options.to);
  return well ? EXIT_SUCCESS : EXIT_FAILURE;
}
