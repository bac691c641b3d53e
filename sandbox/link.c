#include "sandbox/link.h"

#include "sandbox/error.h"
#include "sandbox/namespace.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* One request; attributes are appended behind its fixed part. */
typedef struct
{
  struct nlmsghdr header;
  guint8 octets[512];
} Request;

static gboolean
fail (GError **error, const char *what, const char *name)
{
  g_autofree char *text = g_strdup_printf ("%s %s", what, name);

  return lens_sandbox_fail_errno (error, LENS_SANDBOX_ERROR_NAMESPACE, text);
}

static void
begin (Request *request, guint16 type, guint16 flags, gconstpointer fixed, gsize length)
{
  memset (request, 0, sizeof *request);
  request->header.nlmsg_len = (guint32)NLMSG_LENGTH (length);
  request->header.nlmsg_type = type;
  request->header.nlmsg_flags = (guint16)(NLM_F_REQUEST | NLM_F_ACK | flags);
  memcpy (NLMSG_DATA (&request->header), fixed, length);
}

static guint32
append_octets (Request *request, gconstpointer octets, gsize length)
{
  guint32 at = NLMSG_ALIGN (request->header.nlmsg_len);

  g_assert (at + RTA_ALIGN (length) <= sizeof *request);
  if (length > 0)
    memcpy ((guint8 *)request + at, octets, length);
  request->header.nlmsg_len = at + (guint32)RTA_ALIGN (length);
  return at;
}

/* Returns where the attribute starts, for close_nest. */
static guint32
append (Request *request, guint16 type, gconstpointer value, gsize length)
{
  struct rtattr attribute = { (unsigned short)RTA_LENGTH (length), type };
  guint32 at = append_octets (request, &attribute, sizeof attribute);

  append_octets (request, value, length);
  return at;
}

static void
close_nest (Request *request, guint32 at)
{
  guint16 length = (guint16)(request->header.nlmsg_len - at);

  memcpy ((guint8 *)request + at, &length, sizeof length);
}

/* Sends it in @netns_fd and takes the kernel's answer: TRUE, or errno. */
static gboolean
ask (int netns_fd, Request *request)
{
  struct
  {
    struct nlmsghdr header;
    struct nlmsgerr error;
    guint8 rest[1024];
  } answer = { 0 };
  int fd = lens_netns_socket (netns_fd, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0)
    return FALSE;
  gssize got = -1;

  if (send (fd, request, request->header.nlmsg_len, 0) >= 0)
    got = recv (fd, &answer, sizeof answer, 0);
  close (fd);
  if (got < 0)
    return FALSE;
  errno = answer.header.nlmsg_type == NLMSG_ERROR ? -answer.error.error : EPROTO;
  return errno == 0;
}

static gboolean
look_up_index (gpointer data)
{
  struct
  {
    const char *name;
    unsigned int index;
  } *query = data;

  query->index = if_nametoindex (query->name);
  return query->index != 0;
}

static int
index_of (int netns_fd, const char *name)
{
  struct
  {
    const char *name;
    unsigned int index;
  } query = { name, 0 };

  if (netns_fd <= 0)
    look_up_index (&query);
  else
    lens_netns_call (netns_fd, look_up_index, &query, NULL);
  return (int)query.index;
}

static gboolean
parse_address (const char *text, guint8 octets[16], guint8 *family, gsize *length)
{
  *family = strchr (text, ':') != NULL ? AF_INET6 : AF_INET;
  *length = *family == AF_INET6 ? 16 : 4;
  if (inet_pton (*family, text, octets) == 1)
    return TRUE;
  errno = EINVAL;
  return FALSE;
}

gboolean
lens_link_pair (int netns_fd, const char *name, int peer_netns_fd, const char *peer, GError **error)
{
  const struct ifinfomsg any = { 0 };
  Request request;

  begin (&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &any, sizeof any);
  append (&request, IFLA_IFNAME, name, strlen (name) + 1);
  guint32 info = append (&request, IFLA_LINKINFO, NULL, 0);
  append (&request, IFLA_INFO_KIND, "veth", 5);
  guint32 data = append (&request, IFLA_INFO_DATA, NULL, 0);
  guint32 other = append (&request, VETH_INFO_PEER, NULL, 0);
  append_octets (&request, &any, sizeof any);
  append (&request, IFLA_IFNAME, peer, strlen (peer) + 1);
  if (peer_netns_fd > 0)
    append (&request, IFLA_NET_NS_FD, &peer_netns_fd, sizeof peer_netns_fd);
  close_nest (&request, other);
  close_nest (&request, data);
  close_nest (&request, info);
  if (peer_netns_fd <= 0 && netns_fd > 0)
    {
      /* The peer belongs here: ask here, and send the first end away. */
      return lens_link_pair (0, peer, netns_fd, name, error);
    }
  return ask (netns_fd, &request) || fail (error, "making link", name);
}

static gboolean
change (int netns_fd, const char *name, unsigned int flags, guint16 attribute, gconstpointer value,
        gsize length)
{
  struct ifinfomsg link
      = { .ifi_index = index_of (netns_fd, name), .ifi_flags = flags, .ifi_change = flags };
  Request request;

  if (link.ifi_index == 0)
    {
      errno = ENODEV;
      return FALSE;
    }
  begin (&request, RTM_NEWLINK, 0, &link, sizeof link);
  if (length > 0)
    append (&request, attribute, value, length);
  return ask (netns_fd, &request);
}

gboolean
lens_link_move (int netns_fd, const char *name, int to_netns_fd, GError **error)
{
  int own = to_netns_fd > 0 ? -1 : lens_netns_own (error);
  int to = to_netns_fd > 0 ? to_netns_fd : own;
  if (to < 0)
    return FALSE;
  gboolean moved = change (netns_fd, name, 0, IFLA_NET_NS_FD, &to, sizeof to);
  int reason = errno;

  if (own >= 0)
    close (own);
  errno = reason;
  return moved || fail (error, "moving link", name);
}

gboolean
lens_link_up (int netns_fd, const char *name, GError **error)
{
  return change (netns_fd, name, IFF_UP, 0, NULL, 0) || fail (error, "bringing up link", name);
}

gboolean
lens_link_set_mac (int netns_fd, const char *name, const guint8 mac[6], GError **error)
{
  return change (netns_fd, name, 0, IFLA_ADDRESS, mac, 6) || fail (error, "address of link", name);
}

gboolean
lens_link_add_address (int netns_fd, const char *name, const char *address, guint prefix_bits,
                       GError **error)
{
  struct ifaddrmsg message = { .ifa_prefixlen = (unsigned char)prefix_bits,
                               .ifa_index = (unsigned int)index_of (netns_fd, name) };
  guint8 octets[16];
  gsize length;
  Request request;

  if (!parse_address (address, octets, &message.ifa_family, &length))
    return fail (error, "address", address);
  if (message.ifa_family == AF_INET6)
    message.ifa_flags = IFA_F_NODAD;
  begin (&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &message, sizeof message);
  append (&request, IFA_LOCAL, octets, length);
  append (&request, IFA_ADDRESS, octets, length);
  return ask (netns_fd, &request) || fail (error, "adding address", address);
}

gboolean
lens_link_add_default_route (int netns_fd, const char *gateway, GError **error)
{
  struct rtmsg message = { .rtm_table = RT_TABLE_MAIN,
                           .rtm_protocol = RTPROT_BOOT,
                           .rtm_scope = RT_SCOPE_UNIVERSE,
                           .rtm_type = RTN_UNICAST };
  guint8 octets[16];
  gsize length;
  Request request;

  if (!parse_address (gateway, octets, &message.rtm_family, &length))
    return fail (error, "address", gateway);
  begin (&request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &message, sizeof message);
  append (&request, RTA_GATEWAY, octets, length);
  return ask (netns_fd, &request) || fail (error, "default route by", gateway);
}

gboolean
lens_link_deliver_marked (int netns_fd, guint32 mark, guint8 table, GError **error)
{
  const struct fib_rule_hdr rule = { .family = AF_INET, .action = FR_ACT_TO_TBL, .table = table };
  const struct rtmsg route = { .rtm_family = AF_INET,
                               .rtm_table = table,
                               .rtm_protocol = RTPROT_STATIC,
                               .rtm_scope = RT_SCOPE_HOST,
                               .rtm_type = RTN_LOCAL };
  int loopback = index_of (netns_fd, "lo");
  Request request;

  begin (&request, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, &rule, sizeof rule);
  append (&request, FRA_FWMARK, &mark, sizeof mark);
  if (!ask (netns_fd, &request))
    return fail (error, "rule for", "marked packets");
  begin (&request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &route, sizeof route);
  append (&request, RTA_OIF, &loopback, sizeof loopback);
  return ask (netns_fd, &request) || fail (error, "local route for", "marked packets");
}

/* Ours among the addresses of a datagram socket that is connected to @address: nothing is sent. */
static gboolean
local_address (const char *address, struct sockaddr_storage *local)
{
  struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons (9) };
  struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons (9) };
  gboolean is_v4 = inet_pton (AF_INET, address, &v4.sin_addr) == 1;
  const struct sockaddr *to = is_v4 ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6;
  socklen_t length = sizeof *local;

  if (!is_v4 && inet_pton (AF_INET6, address, &v6.sin6_addr) != 1)
    return FALSE;
  int fd = socket (to->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  gboolean known = fd >= 0 && connect (fd, to, is_v4 ? sizeof v4 : sizeof v6) == 0
                   && getsockname (fd, (struct sockaddr *)local, &length) == 0;
  if (fd >= 0)
    close (fd);
  return known;
}

static gboolean
same_address (const struct sockaddr *one, const struct sockaddr_storage *other)
{
  const void *a = one, *b = other;

  if (one == NULL || one->sa_family != other->ss_family)
    return FALSE;
  if (one->sa_family == AF_INET)
    return ((const struct sockaddr_in *)a)->sin_addr.s_addr
           == ((const struct sockaddr_in *)b)->sin_addr.s_addr;
  return one->sa_family == AF_INET6
         && memcmp (&((const struct sockaddr_in6 *)a)->sin6_addr,
                    &((const struct sockaddr_in6 *)b)->sin6_addr, 16)
                == 0;
}

guint
lens_link_towards (const char *address)
{
  struct sockaddr_storage local = { 0 };
  struct ifaddrs *all = NULL;
  guint index = 0;

  if (!local_address (address, &local) || getifaddrs (&all) != 0)
    return 0;
  for (const struct ifaddrs *one = all; one != NULL && index == 0; one = one->ifa_next)
    if (same_address (one->ifa_addr, &local))
      index = if_nametoindex (one->ifa_name);
  freeifaddrs (all);
  return index;
}
