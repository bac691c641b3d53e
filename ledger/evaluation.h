#pragma once

#include "ledger/classes.h"
#include "wire/piece.h"

G_BEGIN_DECLS

/**
 * LensEvaluation:
 * One finished evaluation, as the record (evaluation.json) tells it.
 *
 * Filled once by ledger/, then only read.  It owns all it points to.  Lists are GPtrArrays
 * that free their rows.  Strings are UTF-8 or escaped to it; they may hold anything a
 * stranger sent and are escaped again wherever they are shown.  Times are nanoseconds since
 * the epoch, UTC.  NULL (or a negative number where that is said) stands for JSON null.
 */

typedef enum
{
  LENS_SEVERITY_INFO,
  LENS_SEVERITY_LOW,
  LENS_SEVERITY_MEDIUM,
  LENS_SEVERITY_HIGH,
  LENS_SEVERITY_CRITICAL,
} LensSeverity;

const char *lens_severity_name (LensSeverity severity);
gboolean lens_severity_parse (const char *name, LensSeverity *severity);

typedef enum
{
  LENS_VERDICT_CONFORMS,
  LENS_VERDICT_CONFORMS_WITH_RESIDUAL_CAPACITY,
  LENS_VERDICT_INCONCLUSIVE,
  LENS_VERDICT_UNDECLARED,
  LENS_VERDICT_CONCEALED,
} LensVerdict;

/* "conforms", "conforms-with-residual-capacity" ... */
const char *lens_verdict_name (LensVerdict verdict);

typedef enum
{
  LENS_COVERAGE_EXAMINED,
  LENS_COVERAGE_NOT_PRESENT,
  LENS_COVERAGE_NOT_EXAMINABLE,
  LENS_COVERAGE_NOT_IMPLEMENTED,
} LensCoverageStatus;

const char *lens_coverage_status_name (LensCoverageStatus status);

typedef struct
{
  char *name; /* "flows", "reassembly-octets" ... */
  guint64 value;
} LensCapRow;

/* A cap that was reached. */
typedef struct
{
  char *name;
  guint64 limit;    /* 0: those of single analyzers */
  guint64 left_out; /* by it, see ledger/caps.h */
} LensReachedRow;

typedef struct
{
  char *version;
  char *device; /* --device as given, "default" otherwise */
  char *only;   /* comma separated analyzer names, NULL for all */
  gboolean limits;
  double alpha;
  GPtrArray *caps;                                       /* LensCapRow, by name */
  char *profile_sha256, *mud_sha256, *stream_log_sha256; /* NULL when not given */
  char *endpoints_sha256, *resolvers_sha256; /* of the user's own lists; NULL when not given */
  char *libndpi;                             /* version or NULL */
} LensToolSection;

typedef struct
{
  guint16 linktype;
  guint32 snaplen;
  char *name;      /* NULL when the capture names none */
  gint64 dropped;  /* packets; -1: the capture does not say */
  guint64 packets; /* not in the record */
} LensInterfaceRow;

/* One file of a rotated capture. */
typedef struct
{
  char *name;
  char *sha256;
  guint64 first_frame; /* its number in the whole */
  guint64 packets;
  gboolean has_times;
  gint64 first, last; /* the earliest and the latest time of its packets */
  gboolean has_gap;
  gint64 gap; /* nanoseconds from the latest packet of the files before; below 0: they overlap */
} LensFileRow;

typedef struct
{
  char *name;            /* file name without folder, "-" for standard input */
  char *sha256;          /* NULL for a set */
  GPtrArray *files;      /* LensFileRow, empty unless a set */
  GPtrArray *notes;      /* char*: what the seams between them show, a sentence each */
  guint64 bytes;         /* of the file */
  guint64 packets;       /* packet records */
  guint64 wire_bytes;    /* sum of the original lengths */
  GPtrArray *interfaces; /* LensInterfaceRow */
  gint64 first, last;    /* of packets, see has_times */
  gboolean has_times;
  guint64 truncated_packets; /* cut by the snap length */
  guint64 duplicates;
  char *status;  /* "complete", "truncated" or "failed" */
  char *problem; /* NULL when complete */
} LensInputSection;

typedef struct
{
  char *field; /* vendor, model, firmware, serial */
  char *value;
  char *signal; /* what said so, e.g. "mac-oui", "sdp-session-name" */
  double confidence;
  GArray *frames; /* guint64, a few */
} LensIdentityRow;

typedef struct
{
  char *name;
  char *vendor, *model, *firmware, *serial, *site, *owner, *asset; /* declared identity or NULL */
  char *mac;                                                       /* NULL when unknown */
  GPtrArray *addresses;                                            /* char* */
  char *kind;
  GPtrArray *identity; /* LensIdentityRow */
  LensVerdict verdict;
  GPtrArray *reasons; /* char* */
} LensDeviceRow;

typedef struct
{
  char *media;       /* "video", "audio", "metadata", "application" */
  char *codec;       /* "H264", "PCMA" ..., NULL unknown */
  gint payload_type; /* -1 unknown */
  gint64 ssrc;       /* -1 unknown */
  guint64 packets, octets;
} LensTrackRow;

typedef struct
{
  char *device;
  char *name;      /* of the profile's [stream NAME], NULL otherwise */
  char *url;       /* without user information */
  char *transport; /* "tcp", "udp", "multicast", NULL unknown */
  char *origin;    /* "sdp", "profile", "mud", "default", "inferred" */
  gboolean seen;
  GPtrArray *tracks; /* LensTrackRow */
} LensStreamRow;

typedef struct
{
  char *device;
  char *name;
  char *proto;
  gint port;       /* -1: any */
  char *to;        /* "" for anybody */
  char *direction; /* "out": the device opens it; "in": the peer does; "both" */
  char *origin;
  gboolean anybody; /* it does not say with whom */
  gboolean seen;
  /* What the device sent by this permission: the room it gives is 8 bits an octet. */
  guint64 packets, octets;
} LensServiceRow;

typedef struct
{
  char *name; /* idle, stream, after ... */
  gint64 first, last;
} LensPhaseRow;

typedef struct
{
  char *name;
  gint64 first, last;
  gboolean sham; /* a block in which nothing was done, for comparison */
} LensStimulusRow;

typedef struct
{
  char *stream;
  char *track; /* "video", "audio" ... */
  guint64 wire_packets, wire_octets, puller_packets, puller_octets;
  guint64 connection_octets; /* on the connection that carried it, from the device */
  guint64 overhead_octets;   /* of those: messages, headers, other tracks */
  gint64 unexplained;        /* octets: what neither explains */
} LensWitnessRow;

typedef struct
{
  LensClass class_;
  guint64 bytes, packets;
} LensClassRow;

typedef struct
{
  char *device, *direction, *phase; /* "from" or "to"; phase NULL outside live runs */
  LensClassRow classes[LENS_N_CLASSES];
} LensLedgerPart;

typedef struct
{
  guint64 total_bytes, total_packets;
  LensClassRow classes[LENS_N_CLASSES];
  GPtrArray *parts;                    /* LensLedgerPart: per device, direction and phase */
  gint64 timeline_start, timeline_bin; /* ns */
  guint n_bins;                        /* at most 600 */
  guint64 *timeline[LENS_N_CLASSES];   /* n_bins octet counts each */
} LensLedgerSection;

typedef struct
{
  char *proto; /* "udp", "tcp", "icmp" ... */
  char *src, *dst;
  guint16 sport, dport;
  guint64 packets_out, bytes_out, packets_in, bytes_in; /* out: from src */
  guint64 payload;                                      /* octets both ways, for the order */
  guint64 first_frame;
  gint64 first, last;
  char *application; /* as libndpi names it, or NULL */
  LensClass class_;  /* of its payload */
  char *name;        /* host name of the peer, or NULL */
} LensFlowRow;

typedef struct
{
  char *proto, *src, *dst;
  guint16 sport, dport;
} LensFlowName;

typedef struct
{
  guint64 first, last;
} LensFrameRange;

typedef struct
{
  char *id; /* "F001" */
  char *channel;
  char *analyzer;
  LensSeverity severity;
  double confidence;
  double p_value; /* negative: null */
  char *device;
  LensFlowName *flow; /* NULL: none */
  char *name;         /* host or domain that it is about, or NULL */
  guint64 frame_count;
  GArray *ranges;      /* LensFrameRange, at most 1,000 */
  GArray *octets;      /* LensPiece, at most 100 */
  GByteArray *excerpt; /* at most 64 octets, secrets masked */
  gint64 first, last;
  guint64 room_bits, used_bits;
  double capacity_bps;
  char *summary; /* one sentence a non-expert understands */
  char *detail;
  char *filter_hint;     /* protocol filter for people, or NULL */
  GPtrArray *references; /* char* */
  gboolean hides;        /* a tunnel, disguised or undeclared media, or octets of class hidden */
} LensFindingRow;

typedef struct
{
  char *channel;
  LensCoverageStatus status;
  guint64 examined;   /* units looked at */
  double limit_bps;   /* negative: null */
  double bound_bps;   /* negative: null */
  char *note;         /* what was looked at or why not, or NULL */
  GPtrArray *devices; /* LensCoverageDevice, only where they differ */
} LensCoverageRow;

typedef struct
{
  char *device;
  LensCoverageStatus status;
  guint64 examined;
} LensCoverageDevice;

typedef struct
{
  LensToolSection tool;
  LensInputSection input;
  char *redacted_from; /* SHA-256 of SHA256SUMS of the case that this was made of by leaving names
                          out; NULL: it was not */
  char *laboratory, *evaluator, *reference, *notes; /* of the profile's [report] */
  GPtrArray *devices;                               /* LensDeviceRow */
  GPtrArray *streams;                               /* LensStreamRow */
  GPtrArray *services;                              /* LensServiceRow */
  GPtrArray *never_seen; /* char*: declared and never seen, a sentence each */
  GPtrArray *unusable;   /* char*: parts of a declaration that cannot be followed, and so permit
                            nothing, a sentence each */
  GPtrArray *phases;     /* LensPhaseRow */
  GPtrArray *stimuli;    /* LensStimulusRow */
  GPtrArray *witnesses;  /* LensWitnessRow */
  LensLedgerSection ledger;
  GPtrArray *flows; /* LensFlowRow, at most 10,000, most payload first */
  guint64 flows_rest_count, flows_rest_packets, flows_rest_bytes;
  GPtrArray *findings;     /* LensFindingRow, by first frame, then channel */
  GPtrArray *leads;        /* LensFindingRow */
  GPtrArray *coverage;     /* LensCoverageRow, in the order of the catalogue */
  GPtrArray *caps_reached; /* LensReachedRow */
  LensVerdict verdict;
  GPtrArray *reasons; /* char* */
} LensEvaluation;

LensEvaluation *lens_evaluation_new (void);
void lens_evaluation_free (LensEvaluation *evaluation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensEvaluation, lens_evaluation_free)

/* Rows that free themselves when the list goes. */
LensDeviceRow *lens_evaluation_add_device (LensEvaluation *evaluation);
LensStreamRow *lens_evaluation_add_stream (LensEvaluation *evaluation);
LensTrackRow *lens_stream_row_add_track (LensStreamRow *stream);
LensServiceRow *lens_evaluation_add_service (LensEvaluation *evaluation);
LensPhaseRow *lens_evaluation_add_phase (LensEvaluation *evaluation);
LensStimulusRow *lens_evaluation_add_stimulus (LensEvaluation *evaluation);
LensWitnessRow *lens_evaluation_add_witness (LensEvaluation *evaluation);
LensFlowRow *lens_evaluation_add_flow (LensEvaluation *evaluation);
LensFindingRow *lens_evaluation_add_finding (LensEvaluation *evaluation);
LensFindingRow *lens_evaluation_add_lead (LensEvaluation *evaluation);
LensCoverageRow *lens_evaluation_add_coverage (LensEvaluation *evaluation);
LensLedgerPart *lens_evaluation_add_part (LensEvaluation *evaluation);
LensInterfaceRow *lens_evaluation_add_interface (LensEvaluation *evaluation);
LensFileRow *lens_evaluation_add_file (LensEvaluation *evaluation);
LensCapRow *lens_evaluation_add_cap (LensEvaluation *evaluation);
LensReachedRow *lens_evaluation_add_reached (LensEvaluation *evaluation);
LensIdentityRow *lens_device_row_add_identity (LensDeviceRow *device);
LensCoverageDevice *lens_coverage_row_add_device (LensCoverageRow *row);

/**
 * lens_evaluation_adds_up:
 * Whether the classes' octets sum to total_bytes exactly, here and in the timeline.
 */
gboolean lens_evaluation_adds_up (const LensEvaluation *evaluation);

G_END_DECLS
