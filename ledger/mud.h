#pragma once

#include "wire/address.h"

G_BEGIN_DECLS

/**
 * LensMud:
 * What a Manufacturer Usage Description (RFC 8520) declares of one type of device: the access
 * lists (RFC 8519) of its policies, read into rules.  The draft's names (access-lists for acls)
 * are taken too, with and without module prefixes.
 *
 * Read-only once parsed.  Everything in the file is a stranger's text.
 */

typedef enum
{
  LENS_MUD_ANYBODY,
  LENS_MUD_NETWORK,
  LENS_MUD_NAME,       /* by the capture's own DNS answers */
  LENS_MUD_LOCAL,      /* local-networks */
  LENS_MUD_DNS_SERVER, /* controller urn:ietf:params:mud:dns */
  LENS_MUD_NTP_SERVER, /* controller urn:ietf:params:mud:ntp */
  LENS_MUD_GATEWAY,    /* controller urn:ietf:params:mud:gateway */
  LENS_MUD_MAC,        /* an Ethernet rule's link address */
} LensMudPeer;

typedef enum
{
  LENS_MUD_BY_EITHER,
  LENS_MUD_BY_DEVICE,
  LENS_MUD_BY_PEER,
} LensMudInitiator;

typedef struct
{
  guint16 first, last;
} LensPortRange;

/* One access control entry. */
typedef struct
{
  char *acl, *name;
  gboolean from_device; /* of the policy that names its list; else of what comes to it */
  gboolean accept;
  guint8 ip_version; /* 0: an Ethernet rule */
  gint ethertype;    /* of an Ethernet rule; -1: any */
  gint protocol;     /* -1: any */
  LensPortRange device_ports, peer_ports;
  LensMudInitiator initiator;
  LensMudPeer peer;
  LensNetwork network;
  char *peer_name; /* lower case; may begin with "*." */
  guint8 mac[6];
} LensMudRule;

/* An entry that cannot be followed, and so permits nothing. */
typedef struct
{
  char *acl, *name; /* name "": the list itself */
  char *problem;
} LensMudProblem;

typedef struct
{
  char *url, *systeminfo; /* or NULL */
  GPtrArray *rules;       /* LensMudRule, in the order of the policies, lists and entries */
  GPtrArray *problems;    /* LensMudProblem */
} LensMud;

#define LENS_MUD_ERROR (lens_mud_error_quark ())
typedef enum
{
  LENS_MUD_ERROR_MALFORMED,
} LensMudError;
GQuark lens_mud_error_quark (void);

/* What is larger is refused. */
#define LENS_MUD_MAX_OCTETS (4 * 1024 * 1024)

/**
 * lens_mud_parse:
 * NULL with @error for what is no MUD file: no JSON, no container of RFC 8520, or no policy that
 * names an access list.  Single entries that are wrong are problems, not errors.
 */
LensMud *lens_mud_parse (const guint8 *octets, gsize length, GError **error);
void lens_mud_free (LensMud *mud);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensMud, lens_mud_free)

/* Whether the rule does not say with whom: it permits anybody. */
gboolean lens_mud_rule_is_wildcard (const LensMudRule *rule);

/* "updates.example.net", "192.0.2.0/24", "the local network"; "" for anybody.  Owned by the
 * caller. */
char *lens_mud_rule_peer_text (const LensMudRule *rule);

G_END_DECLS
