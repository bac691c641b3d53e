#pragma once

#include "wire/address.h"

G_BEGIN_DECLS

/**
 * LensHosts:
 * What the capture itself says about who is who: link addresses (ARP, ND, DHCP, senders),
 * leases with the servers they name, and names that resolved to addresses.
 *
 * Bounded: LENS_HOSTS_MAX entries of each sort; more are not learnt.
 */
typedef struct LensHosts LensHosts;

#define LENS_HOSTS_MAX 65536

LensHosts *lens_hosts_new (void);
void lens_hosts_free (LensHosts *hosts);

/* A frame with this source link address carried this source address. */
void lens_hosts_sends (LensHosts *hosts, const guint8 mac[6], const LensAddress *address);
/* ARP, ND or DHCP say that @address is at @mac on the link. */
void lens_hosts_at (LensHosts *hosts, const guint8 mac[6], const LensAddress *address);
/* A DHCP server named @server to the client @mac. */
typedef enum
{
  LENS_SERVER_ROUTER,
  LENS_SERVER_DNS,
  LENS_SERVER_NTP,
  LENS_SERVER_DHCP,
} LensServerSort;
void lens_hosts_server (LensHosts *hosts, const guint8 mac[6], LensServerSort sort,
                        const LensAddress *server);
/* Who said so: zero where that is not known. */
typedef struct
{
  guint8 mac[6];
  LensAddress address;
} LensTeller;
/* A DNS answer at @now: @name (lower case) is at @address, for @ttl seconds; or is an alias of
 * @name. */
void lens_hosts_name (LensHosts *hosts, const char *name, const LensAddress *address,
                      const LensTeller *teller, gint64 now, guint32 ttl);
void lens_hosts_alias (LensHosts *hosts, const char *name, const char *target,
                       const LensTeller *teller);

/* What the capture has of a question for addresses. */
typedef enum
{
  LENS_ASKED,     /* itself alone */
  LENS_CUT_SHORT, /* an answer that the snap length cut */
  LENS_ANSWERED,  /* a whole one */
} LensAsked;

/* A question for the addresses of @name (lower case; @type: A or AAAA), or an answer to it. */
void lens_hosts_asked (LensHosts *hosts, const char *name, guint16 type, LensAsked asked);
/* Whether a name of @pattern was asked for and the capture has no whole answer to one of the
 * questions; without @lossy (the capture has holes) one that was cut short must be there. */
gboolean lens_hosts_is_unanswered (const LensHosts *hosts, const char *pattern, gboolean lossy);

/* Whether @address is at @mac: by ARP, ND or DHCP; never merely by having been sent. */
gboolean lens_hosts_is_at (const LensHosts *hosts, const guint8 mac[6], const LensAddress *address);
/* The link addresses known for @address, as an array of 6-octet groups. */
GByteArray *lens_hosts_macs_of (const LensHosts *hosts, const LensAddress *address);
/* The addresses at @mac: LensAddress. */
GArray *lens_hosts_addresses_of (const LensHosts *hosts, const guint8 mac[6]);
/* How many addresses were seen as source with @mac: a router has many. */
guint lens_hosts_n_senders (const LensHosts *hosts, const guint8 mac[6]);
/* Whether they are those of one host: some, and of each version of IP just one at most, but for
 * link-local ones. */
gboolean lens_hosts_is_one (const LensHosts *hosts, const guint8 mac[6]);

/* Whether DHCP named @server to any of the @n_macs clients. */
gboolean lens_hosts_named (const LensHosts *hosts, const guint8 *macs, guint n_macs,
                           LensServerSort sort, const LensAddress *server);

/* Whether names were left out. */
gboolean lens_hosts_capped (const LensHosts *hosts);

/* The name that was last resolved to @address, the first of the chain of aliases; or NULL. */
const char *lens_hosts_name_of (const LensHosts *hosts, const LensAddress *address);
/* Link and network addresses of one host, borrowed. */
typedef struct
{
  const GByteArray *macs;  /* 6 octets each */
  const GArray *addresses; /* LensAddress */
} LensSelf;
/* Whether @pattern (exact or "*.suffix") ever resolved to @address in this capture, by answers
 * of others than @self (NULL: of anybody): nobody resolves names for itself. */
gboolean lens_hosts_resolved (const LensHosts *hosts, const char *pattern,
                              const LensAddress *address, const LensSelf *self);
/* The same for a time: an answer must hold then (RFC 1035 section 3.2.1, TTL), with the hour that
 * clients keep an address beyond it; or be the one that a client had before @start, the
 * capture's. */
gboolean lens_hosts_resolved_at (const LensHosts *hosts, const char *pattern,
                                 const LensAddress *address, const LensSelf *self, gint64 start,
                                 gint64 when);

G_END_DECLS
