#pragma once

#include "ledger/book.h"
#include "wire/address.h"
#include "wire/media-mux.h"

G_BEGIN_DECLS

typedef struct LensFlow LensFlow;
typedef struct LensSide LensSide;
typedef struct LensTrack LensTrack;
typedef struct LensStream LensStream;

/**
 * LensKind:
 * What octets are, whoever they belong to.  A class needs the kind and the declaration.
 */
typedef enum
{
  LENS_KIND_PSEUDO,    /* capture pseudo-header, verified frame check sequence */
  LENS_KIND_DUPLICATE, /* a whole frame seen before within 100 ms */
  LENS_KIND_HEADER,    /* link, network and transport headers */
  LENS_KIND_PAD,       /* zero padding of a short frame */
  LENS_KIND_REPEAT,    /* a retransmitted octet, identical to the first */
  LENS_KIND_QUOTE,     /* of a packet that was seen, in an ICMP error */
  LENS_KIND_DISCOVERY, /* detail: a LensDiscoveryBits bit */
  LENS_KIND_PAYLOAD,
  LENS_KIND_SLACK,    /* beyond the length that a header states: trailer, UDP surplus;
                         detail: LENS_SLACK_SURPLUS behind a frame that is long enough */
  LENS_KIND_FOREIGN,  /* on a service's port, but not of its protocol */
  LENS_KIND_CONFLICT, /* a retransmitted octet that differs from the first */
  LENS_KIND_RTSP,     /* messages */
  LENS_KIND_RTSP_STRAY,
  LENS_KIND_RTSP_LOST,   /* after a hole of the capture, before the next unit */
  LENS_KIND_INTERLEAVED, /* the four octets before an interleaved frame */
  LENS_KIND_UNSETUP,     /* an interleaved frame on a channel that no SETUP granted */
  LENS_KIND_RTP_HEADER,
  LENS_KIND_RTP_EXTENSION,
  LENS_KIND_RTP_PAYLOAD, /* detail: payload type */
  LENS_KIND_RTP_PADDING,
  LENS_KIND_RTP_BAD, /* on a track, but no RTP */
  LENS_KIND_RTCP,
  LENS_KIND_RTCP_STRAY, /* after the last packet of a compound */
  LENS_KIND_FRAGMENT,   /* of a datagram that never became whole */
} LensKind;

#define LENS_SLACK_SURPLUS 1

/* What an account stands for. */
typedef struct
{
  LensSide *side;
  LensTrack *track; /* NULL outside media kinds */
  guint32 detail;
  guint8 kind;   /* LensKind */
  guint16 phase; /* index of LensPhase + 1; 0: before any or none */
} LensAccountRow;

/**
 * LensSideKey:
 * Who speaks to whom: compared as memory, so unused octets are zero.
 */
typedef struct
{
  guint8 src_mac[6], dst_mac[6];
  LensAddress src, dst;
  guint16 sport, dport;
  guint16 ethertype;
  guint16 tunnel;  /* inside another packet: stands for the two hosts of that; else 0 */
  guint8 protocol; /* 0 outside IP */
  guint8 has_mac;  /* bit 0: source, bit 1: destination */
} LensSideKey;

typedef enum
{
  LENS_SERVICE_UNDECIDED,
  LENS_SERVICE_OPAQUE,
  LENS_SERVICE_RTSP,
  LENS_SERVICE_SIP,
  LENS_SERVICE_DNS,
  LENS_SERVICE_DHCP,
  LENS_SERVICE_NTP,
  LENS_SERVICE_RTP,
  LENS_SERVICE_RTCP,
} LensService;

/* What few sides have.  All zero for the others, which share one. */
typedef struct
{
  LensTrack *granted;  /* UDP: by a SETUP, or NULL */
  LensTrack *track;    /* UDP: granted, or guessed; NULL: none */
  guint64 grants_seen; /* lens_sessions_grants() when it was last looked for */
  struct LensRtpGuess *guess;
  LensSide *outer;   /* of a packet inside a packet: the one around it; NULL: as captured */
  guint32 *units;    /* shown, of other kinds than LensSide counts, by the bit of their kind;
                        NULL: none */
  guint32 truncated; /* packets cut by the snap length */
  guint32 sealed;    /* packets that 802.11 encrypts */
  guint32 repeats;   /* frames that were there before, octet for octet; not in packets */
} LensSideRare;

/**
 * LensSide:
 * One direction of a flow, as seen between one pair of link addresses.
 *
 * There may be millions: what few have lies in @rare, and fields are in the order of their sizes.
 */
struct LensSide
{
  LensSideKey key;
  guint32 index; /* in the order of appearance */
  guint32 n_accounts : 28;
  guint32 reverse : 1; /* against the direction of the flow's first packet */
  guint32 is_rtcp : 1, from_sender : 1;
  guint32 of_fragments : 1; /* headers only, or some of its datagrams came in them */
  LensFlow *flow;
  guint64 first_frame;
  guint64 packets;
  gint64 first, last;
  const LensSideRare *rare; /* never NULL; written by lens_side_rare() */

  /* private to ledger/ */
  union
  {
    LensAccountId few[2]; /* accounts, as long as two are enough */
    LensAccountId *many;  /* else all of them */
  } accounts;
  /* units shown: datagrams of UDP or segments of TCP, by the protocol; content */
  guint32 transports, contents;
};

typedef enum
{
  LENS_SERVER_UNKNOWN,
  LENS_SERVER_SOURCE, /* of the flow's key */
  LENS_SERVER_DESTINATION,
} LensServerEnd;

/* What few flows have.  All zero for the others, which share one. */
typedef struct
{
  LensStream *streams; /* that were set up on it, the newest first */
  LensTrack *track;    /* that a SETUP granted these ports, or NULL */
  LensFlow *whole;     /* of fragments: the flow of the last datagram that they made */
  LensFlow *outer;     /* of packets inside packets: what they travel in, or NULL */
  char *server_name;   /* that a client of TLS asked for, or NULL */
  guint32 tls_hellos[2], tls_records[2]; /* by direction, as LensFlow.packets */
  guint32 tls_sealed[2]; /* octets of hellos that are encrypted, or look so, and no key opens */
  guint32 truncated[2];  /* packets cut by the snap length */
  guint discovery;       /* LensDiscoveryBits of what it carried */
} LensFlowRare;

/**
 * LensFlow:
 * A conversation: address pair, port pair and protocol (or link addresses and ethertype).
 *
 * There may be millions: what few have lies in @rare.
 */
struct LensFlow
{
  const LensSideKey *key;   /* of its first packet: that of its first side */
  const LensFlowRare *rare; /* never NULL; written by lens_flow_rare() */
  guint32 index;

  guint8 service;      /* LensService */
  guint8 server;       /* LensServerEnd: of the two, which replied to RTSP requests */
  guint8 opened;       /* its start was seen (SYN) */
  guint8 opened_back;  /* ... by the destination of its key: the capture lacks the SYN */
  guint8 is_tls;       /* its content begins like TLS (RFC 8446 section 5.1) */
  guint8 tunnel;       /* RTSP over HTTP: one of the two connections */
  guint8 was_rtsp;     /* one of its connections was */
  guint8 named;        /* libndpi has answered, see ledger/applications.h */
  guint8 lost;         /* the capture missed octets of it */
  guint8 unseen;       /* an end acknowledged octets that the capture had not, or not yet */
  guint8 setup_unread; /* ... and an RTSP SETUP or its reply may have been among them */
  guint8 of_rest; /* of flows beyond the cap, which were not told apart: nobody looks into it */
  guint8 encapsulates; /* it carried packets */
  guint8 mux;          /* LensMediaMux: what shared its UDP ports */
  gint64 first, last;
  /* 0: in the direction of the first packet, 1: the other */
  guint64 packets[2], octets[2], payload[2];
  struct LensTcpFlow *tcp;
  struct LensOpenFlow *open; /* libndpi is still thinking about it; else NULL */
};

extern const LensSideRare lens_side_plain; /* of a side that has nothing rare */

guint64 lens_flow_first_frame (const LensFlow *flow);

/* What names it: without link addresses where there are network ones. */
LensSideKey lens_flow_key (const LensFlow *flow);

/* To write what few have: made when it is first asked for. */
LensSideRare *lens_side_rare (LensSide *side);
LensFlowRare *lens_flow_rare (LensFlow *flow);

/* STUN, a DTLS handshake, and what its keys protect (RFC 5764; RFC 8834 section 4.1). */
gboolean lens_flow_is_webrtc (const LensFlow *flow);

/* Owned by a side. */
void lens_rtp_guess_free (struct LensRtpGuess *guess);

typedef struct LensFlows LensFlows;

/* At most @most flows are told apart.  What belongs to others shares one for each pair of hosts,
 * of a number of them, then one for all: these are marked (LensFlow.of_rest). */
LensFlows *lens_flows_new (LensBook *book, guint64 most);
/* Frames of such flows. */
guint64 lens_flows_left_out (const LensFlows *flows);
void lens_flows_free (LensFlows *flows);

/* The side for @key, made when new. */
LensSide *lens_flows_side (LensFlows *flows, const LensSideKey *key, guint64 frame, gint64 time_ns);

/* The flow between the same addresses and ports, whatever the link addresses; or NULL. */
LensFlow *lens_flows_find (const LensFlows *flows, const LensSideKey *key);

/* Accounts of the side, side->n_accounts of them. */
const LensAccountId *lens_side_accounts (const LensSide *side);

/* The account of @side for octets of @kind in the current phase, made when new. */
LensAccountId lens_flows_account (LensFlows *flows, LensSide *side, LensKind kind, LensTrack *track,
                                  guint32 detail);
void lens_flows_set_phase (LensFlows *flows, guint16 phase);

guint32 lens_flows_n_accounts (const LensFlows *flows);
LensAccountRow lens_flows_account_row (const LensFlows *flows, LensAccountId account);

/* In the order of appearance. */
guint32 lens_flows_n (const LensFlows *flows);
LensFlow *lens_flows_at (const LensFlows *flows, guint32 index);
guint32 lens_flows_n_sides (const LensFlows *flows);
LensSide *lens_flows_side_at (const LensFlows *flows, guint32 index);

/* "udp", "tcp", "icmp", "icmpv6", else the protocol's number, outside IP the ethertype
 * ("0x88cc").  Owned by the caller. */
char *lens_side_key_proto (const LensSideKey *key);

/* For tables of LensSideKey: which hosts, whatever the ports. */
guint lens_side_hosts_hash (gconstpointer key);
gboolean lens_side_hosts_equal (gconstpointer a, gconstpointer b);

G_END_DECLS
