#include "sandbox/broker.h"

#include "sandbox/error.h"
#include "sandbox/namespace.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Answers in one life, so that a puller gone mad cannot fill a log; and in one call of serve. */
#define ANSWERS_MAX 1000
#define ANSWERS_AT_ONCE 16

/* Our end of a socket the puller holds. */
typedef struct
{
  int fd;     /* ours */
  int remote; /* the puller's number */
  guint8 family;
  int protocol;
} Socket;

struct _LensBroker
{
  int listener;
  LensBrokerPolicy policy; /* its rules are ours */
  LensBrokerReport report;
  gpointer data;
  guint sockets, connects, answers; /* so far */
  GArray *open;                     /* Socket */
  gsize notice_octets, answer_octets;
  struct seccomp_notif *notice;
  struct seccomp_notif_resp *answer;
};

const char *
lens_broker_call_name (LensBrokerCall call)
{
  static const char *const names[] = { "socket", "connect", "bind", "join" };

  return names[call];
}

const char *
lens_broker_reason_name (LensBrokerReason reason)
{
  static const char *const names[]
      = { "allowed", "no rule", "quota", "malformed", "unknown descriptor", "unreadable" };

  return names[reason];
}

/* Addresses. */

gboolean
lens_endpoint_parse (const char *address, guint16 port, LensEndpoint *endpoint)
{
  const char *scope = strchr (address, '%');
  g_autofree char *bare = scope != NULL ? g_strndup (address, (gsize)(scope - address)) : NULL;

  *endpoint = (LensEndpoint){ .port = port };
  if (scope != NULL)
    {
      endpoint->scope_id = if_nametoindex (scope + 1);
      if (endpoint->scope_id == 0)
        return FALSE;
      address = bare;
    }
  endpoint->family = strchr (address, ':') != NULL ? AF_INET6 : AF_INET;
  return inet_pton (endpoint->family, address, endpoint->octets) == 1
         && (endpoint->family == AF_INET6 || scope == NULL);
}

char *
lens_endpoint_format (const LensEndpoint *endpoint)
{
  char text[INET6_ADDRSTRLEN] = "?";

  if (endpoint->family != AF_INET && endpoint->family != AF_INET6)
    return g_strdup ("-");
  inet_ntop (endpoint->family, endpoint->octets, text, sizeof text);
  if (endpoint->family == AF_INET)
    return g_strdup_printf ("%s:%u", text, endpoint->port);
  if (endpoint->scope_id != 0)
    return g_strdup_printf ("[%s%%%u]:%u", text, endpoint->scope_id, endpoint->port);
  return g_strdup_printf ("[%s]:%u", text, endpoint->port);
}

gboolean
lens_broker_parse_sockaddr (const guint8 *octets, gsize length, LensEndpoint *endpoint)
{
  sa_family_t family;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;

  *endpoint = (LensEndpoint){ 0 };
  if (length < sizeof family)
    return FALSE;
  memcpy (&family, octets, sizeof family);
  if (family == AF_INET && length >= sizeof v4)
    {
      memcpy (&v4, octets, sizeof v4);
      endpoint->family = AF_INET;
      endpoint->port = ntohs (v4.sin_port);
      memcpy (endpoint->octets, &v4.sin_addr, 4);
      return TRUE;
    }
  if (family != AF_INET6 || length < sizeof v6)
    return FALSE;
  memcpy (&v6, octets, sizeof v6);
  endpoint->family = AF_INET6;
  endpoint->port = ntohs (v6.sin6_port);
  endpoint->scope_id = v6.sin6_scope_id;
  memcpy (endpoint->octets, &v6.sin6_addr, 16);
  /* It would leave as IPv4, past every rule for IPv4. */
  return !IN6_IS_ADDR_V4MAPPED (&v6.sin6_addr) && !IN6_IS_ADDR_V4COMPAT (&v6.sin6_addr);
}

/* From the copy that was judged, never from the puller again. */
static socklen_t
to_sockaddr (const LensEndpoint *endpoint, struct sockaddr_storage *storage)
{
  memset (storage, 0, sizeof *storage);
  if (endpoint->family == AF_INET)
    {
      struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons (endpoint->port) };
      memcpy (&v4.sin_addr, endpoint->octets, 4);
      memcpy (storage, &v4, sizeof v4);
      return sizeof v4;
    }
  struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
                             .sin6_port = htons (endpoint->port),
                             .sin6_scope_id = endpoint->scope_id };
  memcpy (&v6.sin6_addr, endpoint->octets, 16);
  memcpy (storage, &v6, sizeof v6);
  return sizeof v6;
}

static gboolean
rule_fits (const LensBrokerRule *rule, LensBrokerCall call, int protocol,
           const LensEndpoint *endpoint)
{
  return rule->call == call && rule->protocol == protocol
         && rule->endpoint.family == endpoint->family
         && rule->endpoint.scope_id == endpoint->scope_id
         && memcmp (rule->endpoint.octets, endpoint->octets, 16) == 0
         && (call == LENS_BROKER_JOIN
             || (endpoint->port >= rule->first_port && endpoint->port <= rule->last_port));
}

static const LensBrokerRule *
find_rule (const LensBrokerPolicy *policy, LensBrokerCall call, int protocol,
           const LensEndpoint *endpoint)
{
  for (gsize i = 0; i < policy->n_rules; i++)
    if (rule_fits (&policy->rules[i], call, protocol, endpoint))
      return &policy->rules[i];
  return NULL;
}

gboolean
lens_broker_policy_allows (const LensBrokerPolicy *policy, LensBrokerCall call, int protocol,
                           const LensEndpoint *endpoint)
{
  return find_rule (policy, call, protocol, endpoint) != NULL;
}

/* The puller. */

static gboolean
still_asks (const LensBroker *broker)
{
  return ioctl (broker->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &broker->notice->id) == 0;
}

/* Copies once.  Valid before and after: the process whose memory was read is the one that asks,
 * not another that was given its number. */
static gboolean
copy_from_puller (const LensBroker *broker, guint64 address, gpointer into, gsize length)
{
  struct iovec here = { into, length };
  struct iovec there = { (void *)(guintptr)address, length };

  return still_asks (broker)
         && process_vm_readv ((pid_t)broker->notice->pid, &here, 1, &there, 1, 0) == (gssize)length
         && still_asks (broker);
}

static Socket *
find_socket (const LensBroker *broker, guint64 remote)
{
  for (guint i = 0; i < broker->open->len; i++)
    {
      Socket *candidate = &g_array_index (broker->open, Socket, i);
      if (candidate->remote == (int)remote)
        return candidate;
    }
  return NULL;
}

static void
forget_socket (LensBroker *broker, Socket *known)
{
  close (known->fd);
  g_array_remove_index_fast (broker->open, (guint)(known - (Socket *)(void *)broker->open->data));
}

/* Gives the puller a copy of @fd as the result of its call.  Returns its number there, or -1. */
static int
hand_over (const LensBroker *broker, int fd)
{
  struct seccomp_notif_addfd gift = {
    .id = broker->notice->id,
    .flags = SECCOMP_ADDFD_FLAG_SEND,
    .srcfd = (guint32)fd,
    .newfd_flags = O_CLOEXEC,
  };

  return ioctl (broker->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &gift);
}

/* Answers.  What a handler decided; @error goes to the puller unless a descriptor did. */
typedef struct
{
  LensBrokerEvent event;
  int gift; /* a socket, handed over after the report; -1: none */
} Answer;

static void
deny (Answer *answer, LensBrokerReason reason, int error)
{
  answer->event.reason = reason;
  answer->event.error = error;
}

static int
protocol_of (int type, int protocol)
{
  if (type == SOCK_STREAM && (protocol == 0 || protocol == IPPROTO_TCP))
    return IPPROTO_TCP;
  if (type == SOCK_DGRAM && (protocol == 0 || protocol == IPPROTO_UDP))
    return IPPROTO_UDP;
  return 0;
}

static gboolean
any_rule_for (const LensBroker *broker, int family, int protocol)
{
  for (gsize i = 0; i < broker->policy.n_rules; i++)
    if (broker->policy.rules[i].endpoint.family == family
        && broker->policy.rules[i].protocol == protocol)
      return TRUE;
  return FALSE;
}

static void
answer_socket (LensBroker *broker, const guint64 *arguments, Answer *answer)
{
  int family = (int)arguments[0];
  int type = (int)arguments[1] & ~(SOCK_CLOEXEC | SOCK_NONBLOCK);
  int protocol = protocol_of (type, (int)arguments[2]);

  answer->event.protocol = protocol;
  if (family == AF_INET || family == AF_INET6)
    answer->event.endpoint.family = (guint8)family;
  if (answer->event.endpoint.family == 0 || protocol == 0)
    deny (answer, LENS_BROKER_MALFORMED, EAFNOSUPPORT);
  else if (!any_rule_for (broker, family, protocol))
    deny (answer, LENS_BROKER_NO_RULE, EACCES);
  else if (broker->sockets >= broker->policy.sockets_max)
    deny (answer, LENS_BROKER_QUOTA, EMFILE);
  else
    {
      broker->sockets++;
      answer->gift = lens_netns_socket (broker->policy.netns_fd, family,
                                        type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
      if (answer->gift < 0)
        answer->event.error = errno;
    }
}

/* The address argument of connect and bind, and whether a rule allows it. */
static gboolean
judge_address (LensBroker *broker, LensBrokerCall call, const guint64 *arguments,
               const Socket *known, Answer *answer)
{
  guint8 octets[sizeof (struct sockaddr_in6)];
  guint32 length = (guint32)arguments[2];

  if (length > sizeof octets)
    deny (answer, LENS_BROKER_MALFORMED, EINVAL);
  else if (!copy_from_puller (broker, arguments[1], octets, length))
    deny (answer, LENS_BROKER_UNREADABLE, EFAULT);
  else if (!lens_broker_parse_sockaddr (octets, length, &answer->event.endpoint))
    deny (answer, LENS_BROKER_MALFORMED, EAFNOSUPPORT);
  else if (known == NULL)
    deny (answer, LENS_BROKER_UNKNOWN_FD, EBADF);
  else if (known->family != answer->event.endpoint.family)
    deny (answer, LENS_BROKER_MALFORMED, EAFNOSUPPORT);
  else if (!lens_broker_policy_allows (&broker->policy, call, known->protocol,
                                       &answer->event.endpoint))
    deny (answer, LENS_BROKER_NO_RULE, EACCES);
  return answer->event.reason == LENS_BROKER_ALLOWED;
}

static void
answer_connect (LensBroker *broker, const guint64 *arguments, Answer *answer)
{
  Socket *known = find_socket (broker, arguments[0]);
  struct sockaddr_storage address;

  answer->event.protocol = known != NULL ? known->protocol : 0;
  if (!judge_address (broker, LENS_BROKER_CONNECT, arguments, known, answer))
    {
      broker->connects++;
      return;
    }
  if (broker->connects >= broker->policy.connects_max)
    {
      deny (answer, LENS_BROKER_QUOTA, EACCES);
      return;
    }
  broker->connects++;
  socklen_t length = to_sockaddr (&answer->event.endpoint, &address);
  if (connect (known->fd, (const struct sockaddr *)&address, length) != 0)
    answer->event.error = errno;
  /* Our end would keep the connection open after the puller closed its own. */
  if (known->protocol == IPPROTO_TCP)
    forget_socket (broker, known);
}

static void
answer_bind (LensBroker *broker, const guint64 *arguments, Answer *answer)
{
  const Socket *known = find_socket (broker, arguments[0]);
  struct sockaddr_storage address;

  answer->event.protocol = known != NULL ? known->protocol : 0;
  if (!judge_address (broker, LENS_BROKER_BIND, arguments, known, answer))
    return;
  socklen_t length = to_sockaddr (&answer->event.endpoint, &address);
  if (bind (known->fd, (const struct sockaddr *)&address, length) != 0)
    answer->event.error = errno;
}

static int
join (int fd, const LensEndpoint *group, guint interface)
{
  struct ip_mreqn v4 = { .imr_ifindex = (int)interface };
  struct ipv6_mreq v6 = { .ipv6mr_interface = interface };

  if (group->family == AF_INET)
    {
      memcpy (&v4.imr_multiaddr, group->octets, 4);
      return setsockopt (fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &v4, sizeof v4);
    }
  memcpy (&v6.ipv6mr_multiaddr, group->octets, 16);
  return setsockopt (fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &v6, sizeof v6);
}

/* setsockopt IP_ADD_MEMBERSHIP (struct ip_mreq) and IPV6_ADD_MEMBERSHIP (struct ipv6_mreq).  Of
 * both only the group is read, which comes first: the interface is the rule's. */
static void
answer_join (LensBroker *broker, const guint64 *arguments, Answer *answer)
{
  const Socket *known = find_socket (broker, arguments[0]);
  LensEndpoint *group = &answer->event.endpoint;
  gboolean is_v4 = (int)arguments[1] == IPPROTO_IP;
  gsize length = is_v4 ? sizeof (struct in_addr) : sizeof (struct in6_addr);

  answer->event.protocol = known != NULL ? known->protocol : 0;
  if ((guint32)arguments[4] < length)
    {
      deny (answer, LENS_BROKER_MALFORMED, EINVAL);
      return;
    }
  if (!copy_from_puller (broker, arguments[3], group->octets, length))
    {
      deny (answer, LENS_BROKER_UNREADABLE, EFAULT);
      return;
    }
  group->family = is_v4 ? AF_INET : AF_INET6;
  if (known == NULL)
    {
      deny (answer, LENS_BROKER_UNKNOWN_FD, EBADF);
      return;
    }
  const LensBrokerRule *rule
      = find_rule (&broker->policy, LENS_BROKER_JOIN, known->protocol, group);
  if (rule == NULL)
    deny (answer, LENS_BROKER_NO_RULE, EACCES);
  else if (join (known->fd, group, rule->interface) != 0)
    answer->event.error = errno;
}

static void
decide (LensBroker *broker, Answer *answer)
{
  static const struct
  {
    int number;
    LensBrokerCall call;
    void (*decide) (LensBroker *, const guint64 *, Answer *);
  } calls[] = {
    { SYS_socket, LENS_BROKER_SOCKET, answer_socket },
    { SYS_connect, LENS_BROKER_CONNECT, answer_connect },
    { SYS_bind, LENS_BROKER_BIND, answer_bind },
    { SYS_setsockopt, LENS_BROKER_JOIN, answer_join },
  };
  guint64 arguments[6];

  for (gsize i = 0; i < G_N_ELEMENTS (arguments); i++)
    arguments[i] = broker->notice->data.args[i];
  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
    if (calls[i].number == broker->notice->data.nr)
      {
        answer->event.call = calls[i].call;
        calls[i].decide (broker, arguments, answer);
        return;
      }
  deny (answer, LENS_BROKER_MALFORMED, ENOSYS);
}

static void
send_gift (LensBroker *broker, const Answer *answer)
{
  Socket made = { .fd = answer->gift,
                  .remote = hand_over (broker, answer->gift),
                  .family = answer->event.endpoint.family,
                  .protocol = answer->event.protocol };

  if (made.remote < 0)
    {
      close (answer->gift);
      return;
    }
  /* The puller closes without asking: a number that comes back is a new socket. */
  Socket *stale = find_socket (broker, (guint64)made.remote);
  if (stale != NULL)
    forget_socket (broker, stale);
  g_array_append_val (broker->open, made);
}

static void
send_answer (LensBroker *broker, const Answer *answer)
{
  broker->report (&answer->event, broker->data);
  if (answer->gift >= 0)
    {
      send_gift (broker, answer);
      return;
    }
  memset (broker->answer, 0, broker->answer_octets);
  broker->answer->id = broker->notice->id;
  broker->answer->error = -answer->event.error;
  /* Fails only when the puller is gone, which is not news here. */
  ioctl (broker->listener, SECCOMP_IOCTL_NOTIF_SEND, broker->answer);
}

/* Serving. */

LensBroker *
lens_broker_new (int listener, const LensBrokerPolicy *policy, LensBrokerReport report,
                 gpointer data)
{
  LensBroker *broker = g_new0 (LensBroker, 1);
  struct seccomp_notif_sizes sizes = { 0 };

  /* The kernel's structs may be longer than those of our headers. */
  if (syscall (SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) != 0)
    sizes = (struct seccomp_notif_sizes){ 0 };
  broker->notice_octets = MAX (sizes.seccomp_notif, sizeof (struct seccomp_notif));
  broker->answer_octets = MAX (sizes.seccomp_notif_resp, sizeof (struct seccomp_notif_resp));
  broker->notice = g_malloc0 (broker->notice_octets);
  broker->answer = g_malloc0 (broker->answer_octets);
  broker->listener = listener;
  broker->policy = *policy;
  broker->policy.rules = g_memdup2 (policy->rules, policy->n_rules * sizeof (LensBrokerRule));
  broker->report = report;
  broker->data = data;
  broker->open = g_array_new (FALSE, FALSE, sizeof (Socket));
  return broker;
}

int
lens_broker_fd (const LensBroker *broker)
{
  return broker->listener;
}

static gboolean
receive (LensBroker *broker)
{
  int result;

  memset (broker->notice, 0, broker->notice_octets); /* the kernel insists */
  do
    result = ioctl (broker->listener, SECCOMP_IOCTL_NOTIF_RECV, broker->notice);
  while (result != 0 && errno == EINTR);
  return result == 0;
}

gboolean
lens_broker_serve (LensBroker *broker, GError **error)
{
  struct pollfd line = { .fd = broker->listener, .events = POLLIN };

  for (int i = 0; i < ANSWERS_AT_ONCE && poll (&line, 1, 0) > 0; i++)
    {
      if ((line.revents & POLLIN) == 0)
        {
          g_set_error (error, LENS_SANDBOX_ERROR, LENS_SANDBOX_ERROR_BROKER, "the puller is gone");
          return FALSE;
        }
      if (broker->answers++ >= ANSWERS_MAX)
        {
          g_set_error (error, LENS_SANDBOX_ERROR, LENS_SANDBOX_ERROR_BROKER,
                       "the puller asked more than %d times", ANSWERS_MAX);
          return FALSE;
        }
      if (receive (broker))
        {
          Answer answer = { .event = { .at_us = g_get_real_time () }, .gift = -1 };
          decide (broker, &answer);
          send_answer (broker, &answer);
        }
      else if (errno != ENOENT) /* ENOENT: it was killed while it asked */
        return lens_sandbox_fail_errno (error, LENS_SANDBOX_ERROR_BROKER, "asking the puller");
    }
  return TRUE;
}

void
lens_broker_free (LensBroker *broker)
{
  if (broker == NULL)
    return;
  for (guint i = 0; i < broker->open->len; i++)
    close (g_array_index (broker->open, Socket, i).fd);
  g_array_unref (broker->open);
  close (broker->listener);
  g_free ((gpointer)broker->policy.rules);
  g_free (broker->notice);
  g_free (broker->answer);
  g_free (broker);
}
