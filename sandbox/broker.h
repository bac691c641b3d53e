/* The puller's only way to a network: it asks, we do.
 *
 * The puller stands in a network namespace without an interface.  Its socket, connect, bind and
 * multicast joins stop in the kernel (seccomp user notification) until the
 * supervisor has answered: the supervisor makes each socket itself, hands the puller a copy,
 * copies the address once out of the puller's memory, judges the copy, and connects its own end
 * of the same socket.  Nothing is judged that can still change, and "continue" is never
 * answered, so there is no race to win.  IPv4 and IPv6, TCP and UDP.
 *
 * Every answer is an event: a camera that steers its viewer elsewhere (a redirect, a Transport
 * header naming another source) shows here.
 *
 * Reading the puller's memory needs rights over it: given as root, and unprivileged when it
 * runs in its own user namespace (LENS_LAYER_USER).  Otherwise every address is denied, with
 * LENS_BROKER_UNREADABLE.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  LENS_BROKER_SOCKET,
  LENS_BROKER_CONNECT,
  LENS_BROKER_BIND,
  LENS_BROKER_JOIN, /* a multicast group */
} LensBrokerCall;

/* An address: IPv4 in the first four octets.  Octets in network order, the port in host order. */
typedef struct
{
  guint8 family; /* AF_INET, AF_INET6; 0: not known (a socket) */
  guint8 octets[16];
  guint16 port;
  guint32 scope_id; /* link-local IPv6, else 0 */
} LensEndpoint;

/* Parses the text of an address; FALSE if it is none (host names are none). */
gboolean lens_endpoint_parse (const char *address, guint16 port, LensEndpoint *endpoint);

/* "192.0.2.1:554", "[fd00::1]:554".  Caller frees. */
char *lens_endpoint_format (const LensEndpoint *endpoint);

/* What may be done.  A call is allowed if one rule fits in every field. */
typedef struct
{
  LensBrokerCall call;   /* CONNECT, BIND or JOIN */
  int protocol;          /* IPPROTO_TCP or IPPROTO_UDP */
  LensEndpoint endpoint; /* family, address and scope; exact.  BIND: the any-address is itself */
  guint16 first_port;    /* inclusive; not looked at for JOIN */
  guint16 last_port;
  guint interface; /* JOIN: index of the one that joins, whatever was asked for; 0: by route */
} LensBrokerRule;

typedef struct
{
  const LensBrokerRule *rules; /* copied */
  gsize n_rules;
  guint sockets_max;  /* over the life of the puller; a redirect to itself ends here */
  guint connects_max; /* attempts, allowed or not */
  int netns_fd;       /* where the sockets are made; 0 or less: our own network.  Borrowed */
} LensBrokerPolicy;

typedef enum
{
  LENS_BROKER_ALLOWED,    /* done; @error is what the kernel said, 0 or EINPROGRESS mostly */
  LENS_BROKER_NO_RULE,    /* no rule fits */
  LENS_BROKER_QUOTA,      /* too many */
  LENS_BROKER_MALFORMED,  /* no address of a family we know, or a socket of another kind */
  LENS_BROKER_UNKNOWN_FD, /* not a socket we made, or connected already */
  LENS_BROKER_UNREADABLE, /* the puller's memory could not be read, or it is gone */
} LensBrokerReason;

const char *lens_broker_call_name (LensBrokerCall call);       /* "connect" */
const char *lens_broker_reason_name (LensBrokerReason reason); /* "no rule" */

typedef struct
{
  gint64 at_us; /* g_get_real_time () */
  LensBrokerCall call;
  LensBrokerReason reason;
  int error;    /* errno answered to the puller, 0: success */
  int protocol; /* IPPROTO_TCP, IPPROTO_UDP, 0: not known */
  LensEndpoint endpoint;
} LensBrokerEvent;

typedef void (*LensBrokerReport) (const LensBrokerEvent *event, gpointer data);

typedef struct _LensBroker LensBroker;

/* @listener: of lens_worker_take_listener; now owned by the broker.  @report is called for every
 * answer, before the puller has it. */
LensBroker *lens_broker_new (int listener, const LensBrokerPolicy *policy, LensBrokerReport report,
                             gpointer data);

/* Readable when the puller asks something.  Owned by the broker. */
int lens_broker_fd (const LensBroker *broker);

/* Answers what is waiting (a handful at most), without waiting itself.  FALSE with @error when the
 * puller is gone, the kernel refuses, or it asked a thousand times: stop serving, end the puller.
 */
gboolean lens_broker_serve (LensBroker *broker, GError **error);

void lens_broker_free (LensBroker *broker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensBroker, lens_broker_free)

/* The heart of the judgement, for tests and fuzzing: octets of a sockaddr as the puller gave
 * them.  FALSE if they are no address we know; an IPv4 address inside IPv6 is not. */
gboolean lens_broker_parse_sockaddr (const guint8 *octets, gsize length, LensEndpoint *endpoint);
gboolean lens_broker_policy_allows (const LensBrokerPolicy *policy, LensBrokerCall call,
                                    int protocol, const LensEndpoint *endpoint);

G_END_DECLS
