/* still: a JPEG of the very picture being sent, posted to a host that nobody declared.
 *
 * The seed chooses host and port (in 198.51.100.0/24, TEST-NET-2 of RFC 5737, which leads
 * nowhere outside a laboratory), how many stills there are and when, and the shape of the
 * HTTP request (RFC 9112): method, target, which header fields in which order.  The host is
 * an address, so no name is ever asked for. */
#include "samples/camera/implant.h"
#include "samples/camera/dice.h"

#include <gst/app/gstappsink.h>
#include <gio/gio.h>

#define CONNECT_S 3
#define RETRY_MS 300
#define GOODBYE_US G_USEC_PER_SEC
#define PICTURES                                                                                   \
  "queue leaky=downstream max-size-buffers=1 ! videorate drop-only=true"                           \
  " ! video/x-raw,framerate=2/1 ! jpegenc quality=%u"                                              \
  " ! appsink name=stills sync=false async=false max-buffers=1 drop=true"

typedef struct
{
  const LensHost *host;
  LensDice dice;
  char *address;
  guint16 port;
  guint quality;                 /* of the JPEG, per cent */
  guint left;                    /* stills still to send */
  guint first_ms;                /* from the first viewer */
  guint shortest_ms, longest_ms; /* between two stills */
  GstAppSink *stills;
  int met; /* a viewer has come; atomic */
  guint alarm;
  GCancellable *stopped;
  guint under_way; /* parcels */
} Still;

/* One still on its way. */
typedef struct
{
  Still *self;
  GBytes *request;
  gsize picture_octets;
  char *picture_sha256;
  GSocketConnection *connection;
  char answer[512];
} Parcel;

static char *
choose_target (LensDice *dice)
{
  static const char *const endings[] = { "", "", ".jpg", ".php", ".cgi", ".bin" };
  GString *target = g_string_new (NULL);

  for (guint depth = lens_dice_between (dice, 1, 3); depth > 0; depth--)
    {
      g_string_append_c (target, '/');
      lens_dice_word (dice, target, lens_dice_between (dice, 1, 3));
    }
  g_string_append (target, endings[lens_dice_between (dice, 0, G_N_ELEMENTS (endings) - 1)]);
  if (lens_dice_between (dice, 0, 1) == 0)
    {
      g_string_append_c (target, '?');
      lens_dice_word (dice, target, 1);
      g_string_append_printf (target, "=%u", lens_dice_between (dice, 0, 999999));
    }
  return g_string_free (target, FALSE);
}

static void
shuffle (LensDice *dice, GPtrArray *fields)
{
  for (guint i = fields->len; i > 1; i--)
    {
      guint other = lens_dice_between (dice, 0, i - 1);
      gpointer moved = fields->pdata[i - 1];
      fields->pdata[i - 1] = fields->pdata[other];
      fields->pdata[other] = moved;
    }
}

static char *
choose_agent (LensDice *dice)
{
  GString *agent = g_string_new ("User-Agent: ");

  lens_dice_word (dice, agent, 2);
  g_string_append_printf (agent, "/%u.%u", lens_dice_between (dice, 0, 9),
                          lens_dice_between (dice, 0, 99));
  return g_string_free (agent, FALSE);
}

/* The request's shape is cast anew from the same seed each time, so it stays one shape. */
static GBytes *
write_request (Still *self, GBytes *picture)
{
  static const char *const types[]
      = { "image/jpeg", "application/octet-stream", "binary/octet-stream", "text/plain" };
  static const char *const extras[]
      = { "Accept: */*", "Connection: close", "Cache-Control: no-cache", "Pragma: no-cache" };
  LensDice dice = lens_dice_for (self->host->seed, "still request");
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *target = choose_target (&dice);
  const char *method = lens_dice_between (&dice, 0, 2) == 0 ? "PUT" : "POST";

  g_ptr_array_add (fields, g_strdup_printf ("Host: %s:%u", self->address, self->port));
  g_ptr_array_add (
      fields, g_strdup_printf ("Content-Length: %" G_GSIZE_FORMAT, g_bytes_get_size (picture)));
  g_ptr_array_add (fields,
                   g_strdup_printf ("Content-Type: %s", types[lens_dice_between (&dice, 0, 3)]));
  for (guint i = 0; i < G_N_ELEMENTS (extras); i++)
    if (lens_dice_between (&dice, 0, 1) == 0)
      g_ptr_array_add (fields, g_strdup (extras[i]));
  if (lens_dice_between (&dice, 0, 3) > 0)
    g_ptr_array_add (fields, choose_agent (&dice));
  shuffle (&dice, fields);

  GByteArray *request = g_byte_array_new ();
  g_ptr_array_insert (fields, 0, g_strdup_printf ("%s %s HTTP/1.1", method, target));
  g_ptr_array_add (fields, g_strdup (""));
  for (guint i = 0; i < fields->len; i++)
    {
      const char *line = g_ptr_array_index (fields, i);
      g_byte_array_append (request, (const guint8 *)line, strlen (line));
      g_byte_array_append (request, (const guint8 *)"\r\n", 2);
    }
  g_byte_array_append (request, g_bytes_get_data (picture, NULL), g_bytes_get_size (picture));
  return g_byte_array_free_to_bytes (request);
}

static void
parcel_free (Parcel *parcel)
{
  parcel->self->under_way--;
  if (parcel->connection != NULL)
    g_io_stream_close (G_IO_STREAM (parcel->connection), NULL, NULL);
  g_clear_object (&parcel->connection);
  g_clear_pointer (&parcel->request, g_bytes_unref);
  g_free (parcel->picture_sha256);
  g_free (parcel);
}

static void
log_it (const Parcel *parcel, const char *failure)
{
  Still *self = parcel->self;
  GString *line = lens_truth_begin ("implant", failure == NULL ? "still" : "still-failed");

  if (parcel->connection != NULL)
    {
      g_autoptr (GSocketAddress) local
          = g_socket_connection_get_local_address (parcel->connection, NULL);
      if (local != NULL)
        lens_truth_add_number (line, "sport",
                               g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local)));
    }
  lens_truth_add_text (line, "dst", self->address);
  lens_truth_add_number (line, "dport", self->port);
  lens_truth_add_number (line, "octets", parcel->picture_octets);
  lens_truth_add_text (line, "sha256", parcel->picture_sha256);
  if (failure != NULL)
    lens_truth_add_text (line, "failure", failure);
  lens_truth_end (self->host->truth, line);
}

/* Whatever the host says, if anything, ends the visit. */
static void
answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);
  parcel_free (data);
}

static void
sent (GObject *source, GAsyncResult *result, gpointer data)
{
  Parcel *parcel = data;
  g_autoptr (GError) error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        log_it (parcel, error->message);
      parcel_free (parcel);
      return;
    }
  log_it (parcel, NULL);
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (parcel->connection));
  g_input_stream_read_async (input, parcel->answer, sizeof parcel->answer, G_PRIORITY_DEFAULT,
                             parcel->self->stopped, answered, parcel);
}

static void
connected (GObject *source, GAsyncResult *result, gpointer data)
{
  Parcel *parcel = data;
  g_autoptr (GError) error = NULL;

  parcel->connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (parcel->connection == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        log_it (parcel, error->message);
      parcel_free (parcel);
      return;
    }
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (parcel->connection));
  g_output_stream_write_all_async (output, g_bytes_get_data (parcel->request, NULL),
                                   g_bytes_get_size (parcel->request), G_PRIORITY_DEFAULT,
                                   parcel->self->stopped, sent, parcel);
}

static void
post (Still *self, GBytes *picture)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) to = g_inet_socket_address_new_from_string (self->address, self->port);
  Parcel *parcel = g_new0 (Parcel, 1);

  parcel->self = self;
  self->under_way++;
  parcel->request = write_request (self, picture);
  parcel->picture_octets = g_bytes_get_size (picture);
  parcel->picture_sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, picture);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, CONNECT_S);
  g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (to), self->stopped, connected,
                                 parcel);
}

/* The newest picture if anybody watches, or NULL. */
static GBytes *
take_picture (Still *self)
{
  if (!lens_stream_is_watched (self->host->stream))
    return NULL;

  g_autoptr (GstSample) sample = gst_app_sink_try_pull_sample (self->stills, 0);
  GstMapInfo map;
  if (sample == NULL || !gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ))
    return NULL;
  GBytes *picture = g_bytes_new (map.data, map.size);
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
  return picture;
}

static gboolean
time_for_a_still (gpointer data)
{
  Still *self = data;
  g_autoptr (GBytes) picture = take_picture (self);
  guint wait_ms = RETRY_MS;

  self->alarm = 0;
  if (picture != NULL)
    {
      post (self, picture);
      self->left--;
      wait_ms = lens_dice_between (&self->dice, self->shortest_ms, self->longest_ms);
    }
  if (self->left > 0)
    self->alarm = g_timeout_add (wait_ms, time_for_a_still, self);
  return G_SOURCE_REMOVE;
}

/* Leads the pictures on their way to the encoder past a JPEG encoder of our own. */
static void
tap (Still *self)
{
  g_autofree char *description = g_strdup_printf (PICTURES, self->quality);
  GstElement *branch = gst_parse_bin_from_description (description, TRUE, NULL);

  g_assert (branch != NULL);
  self->stills = GST_APP_SINK (gst_bin_get_by_name (GST_BIN (branch), "stills"));
  lens_encoder_tap (lens_stream_encoder (self->host->stream), branch);
}

static gpointer
start (const LensHost *host)
{
  Still *self = g_new0 (Still, 1);

  self->host = host;
  self->dice = lens_dice_for (host->seed, "still");
  self->address = g_strdup_printf ("198.51.100.%u", lens_dice_between (&self->dice, 1, 254));
  self->port = (guint16)lens_dice_between (&self->dice, 1024, 49151);
  self->quality = lens_dice_between (&self->dice, 30, 80);
  self->left = lens_dice_between (&self->dice, 3, 6);
  self->first_ms = lens_dice_between (&self->dice, 1000, 4000);
  self->shortest_ms = lens_dice_between (&self->dice, 2000, 8000);
  self->longest_ms = self->shortest_ms + lens_dice_between (&self->dice, 0, 8000);
  self->stopped = g_cancellable_new ();
  tap (self);
  return self;
}

static void
meet (gpointer data, LensViewer *viewer)
{
  Still *self = data;

  if (g_atomic_int_compare_and_exchange (&self->met, FALSE, TRUE))
    self->alarm = g_timeout_add (self->first_ms, time_for_a_still, self);
}

static void
stop (gpointer data)
{
  Still *self = data;

  if (self->alarm != 0)
    g_source_remove (self->alarm);
  g_cancellable_cancel (self->stopped);
  gint64 deadline_us = g_get_monotonic_time () + GOODBYE_US;
  while (self->under_way > 0 && g_get_monotonic_time () < deadline_us)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  gst_object_unref (self->stills);
  g_object_unref (self->stopped);
  g_free (self->address);
  g_free (self);
}

const LensImplant lens_implant_still = {
  .name = "still",
  .start = start,
  .meet = meet,
  .stop = stop,
};
