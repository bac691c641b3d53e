#pragma once

#include "wire/address.h"

G_BEGIN_DECLS

/**
 * LensProfile:
 * What the owner declares of one device: lenscap-profile(5), a GKeyFile.
 *
 * Owned and read-only once parsed.  Lists are never NULL.
 */

typedef enum
{
  LENS_STREAM_OVER_TCP,
  LENS_STREAM_OVER_UDP,
  LENS_STREAM_OVER_MULTICAST,
  LENS_STREAM_OVER_HTTP,
  LENS_STREAM_OVER_TLS,
} LensStreamTransport;

const char *lens_stream_transport_name (LensStreamTransport transport);

typedef struct
{
  char *name;          /* of [stream NAME] */
  char *url;           /* as written; user information is refused */
  char *host;          /* of the URL: an address as text, or a name */
  LensAddress address; /* version 0 when host is a name */
  guint16 port;
  LensStreamTransport transport;
  GArray *groups;    /* LensAddress, multicast; NULL: none declared */
  GPtrArray *tracks; /* char*: video, audio, metadata; empty: all that the SDP offers */
  char *credentials; /* "env:NAME", "file:PATH", "ask" or NULL; never the secret */
  gboolean allow_basic;
} LensDeclaredStream;

typedef enum
{
  LENS_DIRECTION_OUT = 1,
  LENS_DIRECTION_IN = 2,
  LENS_DIRECTION_BOTH = 3,
} LensServiceDirection;

/* To whom: an address or network, or a host name (network.address.version 0). */
typedef struct
{
  LensNetwork network;
  char *name; /* NULL for an address */
} LensPeer;

typedef struct
{
  char *name;
  guint8 protocol; /* IP protocol number: 6, 17, 1, 58 ... */
  gint port;       /* -1: any */
  GPtrArray *to;   /* LensPeer; empty: anybody */
  LensServiceDirection direction;
  guint64 max_bytes_per_day; /* 0: no limit */
} LensDeclaredService;

typedef struct
{
  char *name;
  char *command; /* or "ask" */
  guint blocks;
} LensStimulus;

/* Bits of [discovery] allow. */
typedef enum
{
  LENS_DISCOVERY_ARP = 1 << 0,
  LENS_DISCOVERY_ND = 1 << 1,
  LENS_DISCOVERY_DHCP = 1 << 2,
  LENS_DISCOVERY_IGMP = 1 << 3, /* MLD too */
  LENS_DISCOVERY_MDNS = 1 << 4,
  LENS_DISCOVERY_SSDP = 1 << 5,
  LENS_DISCOVERY_WSD = 1 << 6,
  LENS_DISCOVERY_LLDP = 1 << 7,
  LENS_DISCOVERY_CDP = 1 << 8,
  LENS_DISCOVERY_NBNS = 1 << 9,
  LENS_DISCOVERY_LLMNR = 1 << 10,
  LENS_DISCOVERY_VENDOR = 1 << 11, /* the makers' discovery protocols */
} LensDiscoveryBits;

#define LENS_DISCOVERY_ALL ((1 << 12) - 1)

typedef struct
{
  /* [device] */
  char *name;
  GArray *addresses; /* LensAddress */
  gboolean has_mac;
  guint8 mac[6];
  char *kind; /* camera, recorder, intercom, entry, other */
  char *vendor, *model, *firmware, *serial, *site, *owner, *asset; /* NULL when not given */

  GPtrArray *streams;   /* LensDeclaredStream */
  GArray *viewers;      /* LensNetwork; empty: the harness itself */
  GPtrArray *services;  /* LensDeclaredService */
  GPtrArray *dns_names; /* char*, exact or "*.suffix", lower case; see has_dns */
  gboolean has_dns;     /* [dns] is there: the set of names is closed */
  gboolean has_discovery;
  guint discovery; /* LensDiscoveryBits bits; LENS_DISCOVERY_ALL without the group */

  /* [capture], [phases]: live runs */
  char *interface;
  guint64 max_bytes, rotate_bytes; /* defaults 50e9, 1e9 */
  guint idle_s, stream_s, after_s; /* defaults 60, 120, 60 */
  GPtrArray *stimuli;              /* LensStimulus */

  /* [report] */
  char *laboratory, *evaluator, *reference, *notes;
} LensProfile;

#define LENS_PROFILE_ERROR (lens_profile_error_quark ())
typedef enum
{
  LENS_PROFILE_ERROR_MALFORMED,
} LensProfileError;
GQuark lens_profile_error_quark (void);

/**
 * lens_profile_parse:
 * Reads a profile from @text.  An error names the group, the key and what is allowed there;
 * the caller prefixes the file's name.
 */
LensProfile *lens_profile_parse (const char *text, gsize length, GError **error);
void lens_profile_free (LensProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensProfile, lens_profile_free)

/* Whether @name (lower case, no final dot) is one of the declared names. */
gboolean lens_profile_permits_name (const LensProfile *profile, const char *name);

/**
 * lens_credentials_split:
 * User name and password from the secret that `credentials` points at: "user:password", split
 * at the first colon; without a colon it is the password of "admin".  Only the first line
 * counts, so a file may end in a newline.  Both are owned by the caller, who wipes them.
 */
void lens_credentials_split (const char *secret, char **user, char **password);

G_END_DECLS
