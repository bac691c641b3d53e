#include "samples/camera/discovery.h"

#include <string.h>

#include <gio/gio.h>

#define GROUP "239.255.255.250"
#define PORT 3702

struct LensDiscovery
{
  GSocket *socket;
  GSocketAddress *group;
  LensTruth *truth;
  char *address, *model, *endpoint;
  gint64 instance; /* WS-Discovery 7.1: grows each time the device starts */
  guint messages;
};

/* A name-based UUID (RFC 4122 section 4.3, version 5) of the hardware address. */
static char *
endpoint_of (const guint8 *hardware)
{
  g_autofree char *hash = g_compute_checksum_for_data (G_CHECKSUM_SHA1, hardware, 6);

  return g_strdup_printf ("%.8s-%.4s-5%.3s-a%.3s-%.12s", hash, hash + 8, hash + 13, hash + 17,
                          hash + 20);
}

static char *
envelope (LensDiscovery *discovery, const char *verb, const char *details)
{
  g_autofree char *message = g_uuid_string_random ();

  return g_strdup_printf (
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""
      " xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
      " xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\""
      " xmlns:dn=\"http://www.onvif.org/ver10/network/wsdl\"><s:Header>"
      "<a:MessageID>urn:uuid:%s</a:MessageID>"
      "<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>"
      "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/%s</a:Action>"
      "<d:AppSequence InstanceId=\"%" G_GINT64_FORMAT "\" MessageNumber=\"%u\"/>"
      "</s:Header><s:Body><d:%s>"
      "<a:EndpointReference><a:Address>urn:uuid:%s</a:Address></a:EndpointReference>"
      "%s</d:%s></s:Body></s:Envelope>\n",
      message, verb, discovery->instance, ++discovery->messages, verb, discovery->endpoint, details,
      verb);
}

static void
say (LensDiscovery *discovery, const char *verb, const char *details)
{
  g_autofree char *text = envelope (discovery, verb, details);
  GString *line = lens_truth_begin ("honest", "ws-discovery");

  lens_truth_add_text (line, "action", verb);
  if (g_socket_send_to (discovery->socket, discovery->group, text, strlen (text), NULL, NULL) > 0)
    lens_truth_end (discovery->truth, line);
  else
    g_string_free (line, TRUE);
}

static void
say_hello (LensDiscovery *discovery)
{
  g_autofree char *details
      = g_strdup_printf ("<d:Types>dn:NetworkVideoTransmitter</d:Types>"
                         "<d:Scopes>onvif://www.onvif.org/type/video_encoder"
                         " onvif://www.onvif.org/type/audio_encoder"
                         " onvif://www.onvif.org/Profile/Streaming"
                         " onvif://www.onvif.org/hardware/%s"
                         " onvif://www.onvif.org/name/%s"
                         " onvif://www.onvif.org/location/entrance</d:Scopes>"
                         "<d:XAddrs>http://%s/onvif/device_service</d:XAddrs>"
                         "<d:MetadataVersion>1</d:MetadataVersion>",
                         discovery->model, discovery->model, discovery->address);
  say (discovery, "Hello", details);
}

LensDiscovery *
lens_discovery_new (const char *address, const guint8 *hardware, const char *model,
                    LensTruth *truth, GError **error)
{
  /* Bound to the camera's own address: the kernel then leaves by that address's interface. */
  g_autoptr (GSocketAddress) own = g_inet_socket_address_new_from_string (address, PORT);
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
  if (socket == NULL || !g_socket_bind (socket, own, TRUE, error))
    return NULL;

  LensDiscovery *discovery = g_new0 (LensDiscovery, 1);
  discovery->socket = g_steal_pointer (&socket);
  discovery->group = g_inet_socket_address_new_from_string (GROUP, PORT);
  discovery->truth = truth;
  discovery->address = g_strdup (address);
  discovery->model = g_strdup (model);
  discovery->endpoint = endpoint_of (hardware);
  discovery->instance = g_get_real_time () / G_USEC_PER_SEC;
  say_hello (discovery);
  return discovery;
}

void
lens_discovery_free (LensDiscovery *discovery)
{
  if (discovery == NULL)
    return;
  say (discovery, "Bye", "");
  g_object_unref (discovery->socket);
  g_object_unref (discovery->group);
  g_free (discovery->address);
  g_free (discovery->model);
  g_free (discovery->endpoint);
  g_free (discovery);
}
