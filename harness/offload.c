#include "harness/offload.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  LensOffload feature;
  guint32 get, set;
  guint32 flag; /* of ETHTOOL_GFLAGS; 0: the value itself */
  const char *word;
} Row;

static const Row rows[] = {
  { LENS_OFFLOAD_TSO, ETHTOOL_GTSO, ETHTOOL_STSO, 0, "tso" },
  { LENS_OFFLOAD_GSO, ETHTOOL_GGSO, ETHTOOL_SGSO, 0, "gso" },
  { LENS_OFFLOAD_GRO, ETHTOOL_GGRO, ETHTOOL_SGRO, 0, "gro" },
  { LENS_OFFLOAD_LRO, ETHTOOL_GFLAGS, ETHTOOL_SFLAGS, ETH_FLAG_LRO, "lro" },
  { LENS_OFFLOAD_RX_CHECKSUM, ETHTOOL_GRXCSUM, ETHTOOL_SRXCSUM, 0, "rx" },
  { LENS_OFFLOAD_TX_CHECKSUM, ETHTOOL_GTXCSUM, ETHTOOL_STXCSUM, 0, "tx" },
};

static gboolean
ask (int socket, const char *interface, guint32 command, guint32 *value)
{
  struct ethtool_value request = { .cmd = command, .data = *value };
  struct ifreq row = { .ifr_data = (void *)&request };

  g_strlcpy (row.ifr_name, interface, sizeof row.ifr_name);
  if (ioctl (socket, SIOCETHTOOL, &row) != 0)
    return FALSE;
  *value = request.data;
  return TRUE;
}

static int
open_socket (const char *interface, GError **error)
{
  if (if_nametoindex (interface) == 0)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "there is no interface %s", interface);
      return -1;
    }
  int socket_fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket_fd < 0)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "no socket to ask about %s: %s",
                 interface, g_strerror (errno));
  return socket_fd;
}

static guint
read_features (int socket_fd, const char *interface)
{
  guint features = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint32 value = 0;
      if (ask (socket_fd, interface, rows[i].get, &value)
          && (value & (rows[i].flag != 0 ? rows[i].flag : G_MAXUINT32)) != 0)
        features |= rows[i].feature;
    }
  return features;
}

gboolean
lens_offload_read (const char *interface, guint *features, GError **error)
{
  int socket_fd = open_socket (interface, error);

  if (socket_fd < 0)
    return FALSE;
  *features = read_features (socket_fd, interface);
  close (socket_fd);
  return TRUE;
}

gboolean
lens_offload_disable (const char *interface, GError **error)
{
  int socket_fd = open_socket (interface, error);

  if (socket_fd < 0)
    return FALSE;
  int denied = 0;
  guint features = read_features (socket_fd, interface);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint32 value = 0;
      if ((features & rows[i].feature) == 0)
        continue;
      if (rows[i].flag != 0 && ask (socket_fd, interface, rows[i].get, &value))
        value &= ~rows[i].flag;
      if (!ask (socket_fd, interface, rows[i].set, &value) && errno == EPERM)
        denied = errno;
    }
  close (socket_fd);
  if (denied != 0)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_PERM,
                 "may not switch the offloads of %s off: %s", interface, g_strerror (denied));
  return denied == 0;
}

char *
lens_offload_ethtool_words (guint features)
{
  GString *words = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if ((features & rows[i].feature) != 0)
      g_string_append_printf (words, "%s%s off", words->len > 0 ? " " : "", rows[i].word);
  return g_string_free (words, FALSE);
}
