#include "samples/camera/time-client.h"

#include <string.h>

#include <gio/gio.h>

#define NTP_PORT 123
#define NTP_OCTETS 48
#define PERIOD_S 16
#define SECONDS_1900_TO_1970 G_GUINT64_CONSTANT (2208988800)

struct LensTimeClient
{
  GSocket *socket;
  LensTruth *truth;
  char *server;
  GSource *answer;
  guint tick;
};

/* RFC 4330 section 5: leap indicator 0, version 4, mode 3 (client), all else zero but the
 * transmit timestamp. */
static gboolean
ask (gpointer data)
{
  LensTimeClient *client = data;
  guint8 request[NTP_OCTETS] = { 0x23 };
  guint64 now_us = (guint64)g_get_real_time ();
  guint64 seconds = now_us / G_USEC_PER_SEC + SECONDS_1900_TO_1970;
  guint64 fraction = ((now_us % G_USEC_PER_SEC) << 32) / G_USEC_PER_SEC;
  guint64 stamp = GUINT64_TO_BE (seconds << 32 | fraction);
  memcpy (request + 40, &stamp, sizeof stamp);

  GString *line = lens_truth_begin ("honest", "ntp");
  lens_truth_add_text (line, "server", client->server);
  if (g_socket_send (client->socket, (const char *)request, sizeof request, NULL, NULL)
      == sizeof request)
    lens_truth_end (client->truth, line);
  else
    g_string_free (line, TRUE);
  return G_SOURCE_CONTINUE;
}

static gboolean
answer_came (GSocket *socket, GIOCondition condition, gpointer data)
{
  char octets[1500];

  /* Also where an ICMP refusal ends; the next tick asks again. */
  g_socket_receive (socket, octets, sizeof octets, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

LensTimeClient *
lens_time_client_new (const char *server, LensTruth *truth, GError **error)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (server, NTP_PORT);
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);

  if (socket == NULL || !g_socket_connect (socket, address, NULL, error))
    return NULL;
  g_socket_set_blocking (socket, FALSE);

  LensTimeClient *client = g_new0 (LensTimeClient, 1);
  client->socket = g_steal_pointer (&socket);
  client->truth = truth;
  client->server = g_strdup (server);
  client->answer = g_socket_create_source (client->socket, G_IO_IN, NULL);
  g_source_set_callback (client->answer, G_SOURCE_FUNC (answer_came), client, NULL);
  g_source_attach (client->answer, NULL);
  client->tick = g_timeout_add_seconds (PERIOD_S, ask, client);
  ask (client);
  return client;
}

void
lens_time_client_free (LensTimeClient *client)
{
  if (client == NULL)
    return;
  g_source_remove (client->tick);
  g_source_destroy (client->answer);
  g_source_unref (client->answer);
  g_object_unref (client->socket);
  g_free (client->server);
  g_free (client);
}
