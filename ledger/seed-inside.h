#pragma once

/* The inside of a seed bed, shared by its own files; nobody else includes this. */

#include "ledger/inside.h"
#include "ledger/seed-bed.h"

G_BEGIN_DECLS

/* Where a unit of a device lies. */
typedef struct
{
  guint packet;  /* index in the list */
  guint32 start; /* octets from the frame's first */
  guint32 end;
  gint32 head; /* of the four octets before an interleaved frame; -1: not in one */
  guint nal_flags;
  LensSide *side;
  LensTrack *track;
} LensSeedUnit;

/* What is known of one packet. */
typedef struct
{
  gint32 stream;   /* index in the ground's streams, -1: no TCP */
  guint32 length;  /* TCP: sequence numbers it takes with its payload */
  gint64 position; /* TCP: its sequence number, unwrapped */
  gint64 acked;    /* TCP: acknowledgement number, unwrapped, in the peer's stream */
  gboolean acks;
  gboolean unfit; /* cut, a fragment, a twin, sent again: no place */
} LensSeedPacket;

struct LensSeedGround
{
  const LensPackets *packets;
  LensSeedPacket *info;             /* one per packet of the list */
  guint n_streams;                  /* 2 i and 2 i + 1 are the directions of a connection */
  GArray *units[LENS_N_UNIT_KINDS]; /* LensSeedUnit */
  LensLedger *ledger;               /* sides and tracks are its own */
  gint64 first, last;
};

/* One change of a frame; offsets are those of the frame as captured. */
typedef struct
{
  gsize offset;
  guint8 *octets; /* put in before @offset, or instead of what is there */
  gsize length;
  gboolean instead;
  LensSeedGrowth growth;
  gint32 head; /* LENS_SEED_UNIT: whose length grows, -1: nobody's */
} LensSeedEdit;

/* What happens to one packet. */
typedef struct
{
  GArray *edits;    /* LensSeedEdit, or NULL */
  GPtrArray *added; /* LensSeedFrame, or NULL */
  gsize grown;
  gboolean carries, telling; /* its edits: the message */
} LensSeedChange;

typedef struct
{
  GByteArray *octets;
  double after; /* the part of the time to the next packet: 0 to 1 */
  gboolean carries, telling;
  LensRange message; /* what the sender put in */
} LensSeedFrame;

struct LensSeedBed
{
  const LensSeedGround *ground;
  GRand *random;
  double rate;
  GHashTable *changes; /* packet index -> LensSeedChange */

  /* the place at hand */
  guint kind, next;
  const LensSeedUnit *unit;
  const LensSeedUnit *way; /* of frames that are added; NULL: the unit's */
  LensLayers layers;
  gboolean last_of_kind;
  gboolean took, took_telling, took_bits, took_ones;

  /* the message */
  guint64 spent; /* bits */
  guint burst;   /* bits that must be due before any are given */
  gboolean giving;
  gboolean written;
};

LensSeedChange *lens_seed_bed_change (LensSeedBed *bed, guint packet);

/* Appends the frame's new octets to @into, with lengths, sequence numbers (of TCP: moved by
 * @sequence_shift, @acknowledgement_shift), checksums and check sequence as they must be.
 * @pieces (LensRange, or NULL): where the edits' octets now lie. */
void lens_seed_weave (const LensRecord *record, const GArray *edits, guint32 sequence_shift,
                      guint32 acknowledgement_shift, GByteArray *into, GArray *pieces);

/* Octets of the frame's check sequence, where it has a right one; else 0. */
gsize lens_seed_fcs_length (const LensRecord *record, const LensLayers *layers);

G_END_DECLS
