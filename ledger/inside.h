#pragma once

/* The inside of a ledger, shared by its own files; nobody else includes this. */

#include "ledger/book.h"
#include "ledger/by-track.h"
#include "ledger/carrier.h"
#include "ledger/flow.h"
#include "ledger/hosts.h"
#include "ledger/ledger.h"
#include "ledger/segment.h"
#include "ledger/session.h"
#include "wire/discovery.h"
#include "wire/fragments.h"
#include "wire/layers.h"
#include "wire/tcp-stream.h"
#include "wire/trailer.h"
#include "wire/transport.h"

G_BEGIN_DECLS

/* With a LensDiscoveryBits bit: sent to one host: of DHCP to or by a server that is known, of
 * others to a neighbour; an answer to a probe comes from one, too. */
#define LENS_DISCOVERY_UNICAST (1u << 31)

/* A device under test, once it is known. */
typedef struct
{
  char *name;
  const LensProfile *profile; /* or NULL */
  GByteArray *macs;           /* groups of 6 octets */
  GArray *addresses;          /* LensAddress */
  gint64 first, last;         /* of its packets */
  gboolean has_times;
  guint64 packets_from, packets_to;
  guint64 truncated; /* packets of it cut by the snap length */
  guint64 sealed;    /* packets of it that 802.11 encrypts */
  gboolean lost;     /* the capture lost octets of its connections */
} LensDevice;

typedef struct
{
  char *name;
  gint64 first, last;
  gboolean open;
  gboolean cut; /* ended before its time */
} LensPhase;

/* A block of a stimulus. */
typedef struct
{
  char *name;
  gint64 first, last;
  gboolean sham;
  gboolean open;
  gboolean failed; /* what should have been done was not */
} LensBlock;

/* A finding that waits for the end. */
typedef struct
{
  const LensAnalyzer *analyzer; /* NULL: the ledger itself */
  LensCarrier *carrier;
  LensSeverity severity;
  char *summary, *detail;
  char *name; /* see lens_ledger_find_name */
  const char *filter_hint, *reference;
  gboolean hides;
} LensPending;

/* An analyzer that asks for a kind of unit. */
typedef struct
{
  void (*see) (LensLedger *ledger, gpointer state, const LensUnit *unit); /* of @analyzer */
  gpointer state;
  const LensAnalyzer *analyzer;
  guint only; /* traits of this kind, one of which the unit must have; 0: any unit */
} LensTaker;

/* In the order of the analyzers. */
typedef struct
{
  GArray *all, *any; /* LensTaker; those of any unit */
} LensTakers;

typedef struct LensRepeats LensRepeats;

struct LensLedger
{
  LensLedgerOptions options;
  gpointer *states;            /* of options.analyzers */
  guint wanted;                /* LensUnitKind bits that some analyzer asks for */
  LensTakers takers[32];       /* of units, by bit */
  GArray *enders;              /* LensTaker: of analyzers that let go at the end of a connection */
  const LensAnalyzer *running; /* while one sees or concludes */

  LensBook *book;
  LensFlows *flows;
  LensCarriers *carriers;
  LensHosts *hosts;
  LensSessions *sessions;
  LensFragments *fragments;
  LensRepeats *repeats;
  LensByTrack h264;    /* LensH264Watch */
  GPtrArray *phases;   /* LensPhase */
  GPtrArray *blocks;   /* LensBlock */
  GHashTable *probers; /* address and port that asked by multicast -> time of it */
  LensPieces scratch;  /* LensPiece */
  GHashTable *tunnels; /* RTSP over HTTP: cookie -> LensFlow of the GET */
  GHashTable *links;   /* what fragments came by: see attribute-fragment.c */
  GPtrArray *link_list;

  /* the frame at hand */
  const LensRecord *record;
  LensLayers layers;          /* of it, or of the packet inside it that is being opened */
  LensView frame;             /* the octets that @layers speaks of */
  LensTransport transport;    /* of them, where they are IP and no fragment; ... */
  const guint8 *transport_at; /* ... where it begins, else NULL */
  LensSide *frame_side;
  guint8 outer_mac[6]; /* who put it on the link */
  gboolean has_outer_mac;
  LensSegment *segment;         /* of TCP, as its stream takes it; else NULL */
  const guint8 *segment_octets; /* its own */
  guint depth;                  /* packets around the one at hand */

  /* octets behind frames that are long enough: those of the capture, or of a sender */
  struct
  {
    guint64 frames, trailed;
    gsize length; /* of the first */
    guint8 mac[6];
    gboolean several; /* sources */
  } tap;

  guint64 packets, wire_octets, truncated, duplicates;
  guint64 sealed, damaged; /* 802.11 frames: encrypted, whose check sequence does not hold */
  gboolean has_times;
  gint64 first, last;

  /* residual carriers: octets that may end up unexplained, by account */
  GHashTable *residuals; /* account + 1 -> LensCarrier */

  /* from resolve on */
  GPtrArray *devices; /* LensDevice */
  GHashTable *device_by_address, *device_by_mac;
  GArray *ends; /* LensSideEnds by the side's index: NULL as long as devices are being found */
  GArray *permissions;      /* gint8 per flow: -1 unknown */
  GPtrArray *pending;       /* LensPending */
  GArray *found;            /* guint8 per carrier: 1 + severity of its finding */
  const LensStreamLog *log; /* while it concludes: of the puller, or NULL */
  guint readers;            /* depacketizers */
  guint32 n_talks;          /* directions of connections that have a number */
  GHashTable *leftovers;    /* link addresses, as numbers, whose padding is what a driver left */
  gboolean lossy;           /* some connection lacks octets */
  gboolean dhcp_cut;        /* the snap length cut what a lease would say */
  gboolean capped;          /* something was left out because there was too much of it */
  guint64 left_out[LENS_N_CAPS]; /* by each cap */
  guint64 reassembly;            /* octets that the streams of TCP hold */
  GByteArray **full;             /* by analyzer: a bit for each side for which it had no room */
  gboolean concluding;
  const char *status; /* of the input, static */
  gint64 now;         /* time of the last packet */
};

/* Sides of devices of which @analyzer had no room to remember something. */
guint lens_ledger_unremembered (LensLedger *ledger, const LensAnalyzer *analyzer);

/* --- attribute: one frame, every octet of it booked (now or when it is whole) --- */

/* The account of @side for @kind in the current phase, and @view's octets into it. */
void lens_ledger_book (LensLedger *ledger, LensSide *side, LensKind kind, LensTrack *track,
                       guint32 detail, const LensView *view);
/* The same for a part of @view. */
void lens_ledger_book_part (LensLedger *ledger, LensSide *side, LensKind kind, LensTrack *track,
                            guint32 detail, const LensView *view, gsize offset, gsize length);
/* Octets that a rule may fail to place: booked, and remembered for ledger-unexplained. */
void lens_ledger_book_residual (LensLedger *ledger, LensSide *side, LensKind kind, LensTrack *track,
                                guint32 detail, const LensView *view);
/* What lies behind the content of the frame at hand, in order. */
void lens_ledger_book_trailer (LensLedger *ledger, LensSide *side, const LensView *frame,
                               const LensTrailer *trailer);
/* A TCP connection is over in the direction of @side: analyzers let go. */
void lens_ledger_end_side (LensLedger *ledger, const LensSide *side);
/* Shows a unit to the analyzers that want it. */
void lens_ledger_show (LensLedger *ledger, LensUnit *unit);

/* The frame at hand, or a packet inside one: all but its pseudo-header, once @side is known. */
void lens_ledger_take_packet (LensLedger *ledger, LensSide *side, const LensTunnelAround *around);
/* What is at hand, to be put back once a packet inside it was taken. */
typedef struct
{
  LensLayers layers;
  LensView frame;
  LensSide *side;
} LensAtHand;

LensAtHand lens_ledger_at_hand (const LensLedger *ledger);
void lens_ledger_put_back (LensLedger *ledger, const LensAtHand *at_hand);

/* The side of what ledger->layers says about ledger->frame. */
LensSide *lens_ledger_frame_side (LensLedger *ledger);
void lens_ledger_count_flow (LensLedger *ledger, LensSide *side, gsize octets);
/* @payload of @side is a packet by a standard that says so: opened, and booked as if it lay
 * outside.  FALSE, and nothing booked, where it is none. */
/* Of an 802.11 frame with several packets: each of them. */
void lens_ledger_take_aggregate (LensLedger *ledger, const LensView *payload);
/* An MSDU that came in several frames, put together. */
void lens_ledger_take_msdu (LensLedger *ledger, const LensView *whole);
gboolean lens_ledger_take_tunnel_in_ip (LensLedger *ledger, LensSide *side,
                                        const LensView *payload);
void lens_ledger_put_inside (LensSide *inner, LensSide *outer);
gboolean lens_ledger_take_tunnel_in_udp (LensLedger *ledger, LensSide *side,
                                         const LensView *payload);

/* An IP payload, whole: @view begins with the transport header. */
void lens_ledger_take_transport (LensLedger *ledger, const LensLayers *layers,
                                 const LensView *view);
void lens_ledger_take_fragment (LensLedger *ledger, const LensView *payload);
void lens_ledger_take_wlan_fragment (LensLedger *ledger, const LensView *payload);
void lens_ledger_take_tcp (LensLedger *ledger, LensSide *side, const LensView *segment,
                           const LensTransport *header);
void lens_ledger_finish_tcp (LensLedger *ledger);
/* UDP data, without header and surplus. */
void lens_ledger_take_udp (LensLedger *ledger, LensSide *side, const LensView *data);
void lens_ledger_take_icmp (LensLedger *ledger, LensSide *side, const LensView *message);
void lens_ledger_take_arp (LensLedger *ledger, LensSide *side, const LensView *body);
void lens_ledger_take_dns (LensLedger *ledger, LensSide *side, const LensView *message);

void lens_ledger_take_dhcp (LensLedger *ledger, LensSide *side, const LensView *data);
void lens_ledger_take_ntp (LensLedger *ledger, LensSide *side, const LensView *data);
/* Shows octets of a flow without declared media to the analyzers. */
void lens_ledger_show_content (LensLedger *ledger, LensSide *side, const LensView *view);
/* Whether UDP ports are those of DHCP; whether a datagram is discovery on the link, and of which
 * protocol; whether it goes to everybody on the link. */
gboolean lens_ledger_is_dhcp (const LensSideKey *key);
gboolean lens_ledger_is_udp_discovery (LensLedger *ledger, const LensSideKey *key,
                                       const LensDiscovery **protocol);
gboolean lens_ledger_is_to_all (const LensSideKey *key);

/* The name of the discovery protocol that the frame at hand, which has no IP, belongs to; or NULL.
 */
const char *lens_ledger_link_discovery (const LensLedger *ledger, const LensView *payload);
/* Discovery, booked and shown. */
void lens_ledger_take_discovery (LensLedger *ledger, LensSide *side, const char *name,
                                 const LensView *data);
/* Whether UDP data of an unannounced flow goes on like RTP; side->rare->track is then set. */
gboolean lens_ledger_guess_rtp (LensLedger *ledger, LensSide *side, const LensView *data);
/* A datagram that may turn out to be media: its SETUP may come after it. */
void lens_ledger_book_early (LensLedger *ledger, LensSide *side, const LensView *data);
/* What LensFragments hands back. */
extern const LensFragmentsEvents lens_ledger_fragment_events;

/* An RTP packet or RTCP compound on @track. */
void lens_ledger_take_rtp (LensLedger *ledger, LensSide *side, LensTrack *track,
                           gboolean from_sender, const LensView *packet);
void lens_ledger_take_rtcp (LensLedger *ledger, LensSide *side, LensTrack *track,
                            const LensView *compound);
/* What the capture has of such a packet, the rest of which it lost: nothing to read. */
void lens_ledger_book_cut (LensLedger *ledger, LensSide *side, LensTrack *track, gboolean rtcp,
                           const LensView *packet);
void lens_ledger_finish_media (LensLedger *ledger);
/* A payload of @format, which the track offers, to the reader of its codec. */
void lens_ledger_read_payload (LensLedger *ledger, LensSide *side, LensTrack *track,
                               const LensFormat *format, const LensRtp *rtp,
                               const LensView *packet);
/* The description in a message of @side, before the analyzers; of @url, or NULL. */
void lens_ledger_show_description (LensLedger *ledger, LensSide *side, const char *url,
                                   const LensView *text);

/* --- repeats: identical frames --- */
LensRepeats *lens_repeats_new (void);
void lens_repeats_free (LensRepeats *repeats);
/* The hash by which such octets are looked up; where that leads is then fetched, while other
 * things are done. */
guint64 lens_repeats_expect (const LensRepeats *repeats, const guint8 *octets, gsize length);
/* Whether the same octets, of that @hash, were seen on the same interface within 100 ms; they are
 * then on record for the next. */
gboolean lens_repeats_seen (LensRepeats *repeats, guint64 hash, guint32 interface, gint64 time_ns,
                            const guint8 *octets, gsize length);

/* --- devices: who is under test --- */

/* Of a side: the devices that are its source and its destination, -1: none. */
typedef struct
{
  gint16 source, destination;
} LensSideEnds;

void lens_ledger_resolve (LensLedger *ledger);
/* Index of the device that has @address (version 0: not known), or else @mac (or NULL); -1. */
gint lens_ledger_device_at (LensLedger *ledger, const LensAddress *address, const guint8 *mac);
/* Index of the device that is the source (destination) of @key, or -1. */
gint lens_ledger_source_device (LensLedger *ledger, const LensSideKey *key);
gint lens_ledger_destination_device (LensLedger *ledger, const LensSideKey *key);
gint lens_ledger_flow_source (LensLedger *ledger, const LensFlow *flow);
gint lens_ledger_flow_destination (LensLedger *ledger, const LensFlow *flow);
/* The same for a side: what is inside a packet of a device is the device's, whatever addresses
 * it has. */
gint lens_ledger_side_source (LensLedger *ledger, const LensSide *side);
gint lens_ledger_side_destination (LensLedger *ledger, const LensSide *side);
/* Whether either of them is there, by the number of a side. */
gboolean lens_ledger_side_is_of_device (LensLedger *ledger, guint32 index);
void lens_device_free (gpointer data);

/* --- infer: sessions whose set-up nobody saw; once the devices are known --- */
void lens_ledger_infer_sessions (LensLedger *ledger);
/* Octets that are too few to tell RTSP by: "RTSP/1.0 200 OK" has one more. */
#define LENS_UNREADABLE 15
/* Whether the snap length left fewer octets than that of each segment of a TCP connection. */
gboolean lens_ledger_is_unreadable (const LensFlow *flow);
/* What was taken for RTP by its course turns out to be @track of a session. */
void lens_ledger_join_track (LensTrack *guessed, LensTrack *track);

/* --- declared: what is permitted --- */
gboolean lens_ledger_stream_permitted (LensLedger *ledger, const LensStream *stream);
/* How many streams of the profiles are served where @stream is, whatever their paths. */
guint lens_ledger_n_declared_streams (LensLedger *ledger, const LensStream *stream);
const LensDeclaredStream *lens_ledger_declared_stream (LensLedger *ledger,
                                                       const LensStream *stream);
gboolean lens_ledger_declares (LensLedger *ledger, LensFlow *flow);

/* --- permits: flows beside the streams --- */

/* What permits a flow.  All NULL: the default does. */
typedef struct
{
  const LensDeclaredService *service; /* the first */
  const LensMudRule *rule;            /* the one that decides */
} LensPermit;

/* Whether the profile, the MUD file or the default permits the flow for the @device that is its
 * source, or its destination.  @permit (may be NULL) is filled when they do. */
gboolean lens_ledger_permits_flow (LensLedger *ledger, const LensDevice *device,
                                   const LensFlow *flow, gboolean device_is_source,
                                   LensPermit *permit);
gboolean lens_ledger_service_matches (LensLedger *ledger, const LensDevice *device,
                                      const LensFlow *flow, gboolean device_is_source,
                                      const LensDeclaredService *service);
LensClass lens_ledger_class_of (LensLedger *ledger, LensAccountId account);

/* --- conclude --- */
void lens_ledger_fill_streams (LensLedger *ledger, LensEvaluation *evaluation);
void lens_ledger_fill_services (LensLedger *ledger, LensEvaluation *evaluation);
/* "@device: @sort @name was declared and never seen". */
void lens_ledger_never_seen (LensEvaluation *evaluation, const char *device, const char *sort,
                             const char *name);
void lens_ledger_fill_witnesses (LensLedger *ledger, const LensStreamLog *log,
                                 LensEvaluation *evaluation);
void lens_ledger_fill_coverage (LensLedger *ledger, LensEvaluation *evaluation);
void lens_ledger_fill_findings (LensLedger *ledger, const LensBookResult *sums,
                                LensEvaluation *evaluation);
void lens_ledger_fill_verdicts (LensLedger *ledger, const LensStreamLog *log,
                                LensEvaluation *evaluation);
/* The seconds of a device's presence, at least 10 (contract: the rate of use). */
double lens_ledger_seconds (LensLedger *ledger, gint device);

G_END_DECLS
