#pragma once

#include "ledger/flow.h"
#include "ledger/frame-set.h"
#include "ledger/statistics.h"
#include "wire/piece.h"

G_BEGIN_DECLS

/**
 * LensCarrier:
 * A place in the traffic of one speaker that could hold hidden data: one channel of the
 * catalogue, between one pair of hosts, on one track or about one subject.
 *
 * @room_bits: how many bits it could have held.  @used_bits: how many of them were not the
 * expected filler.  Octets that are used are claimed in the book.
 */
typedef struct
{
  guint32 index;
  const char *channel;  /* id of the catalogue, static */
  const char *analyzer; /* name, static */
  LensSide *side;       /* of the first unit: the speaker is its source */
  LensTrack *track;     /* or NULL */
  char *subject;        /* or NULL */
  gboolean one_flow;    /* all units came on the side's flow */
  gboolean one_port;    /* ... or at least to one destination port */
  gboolean shared;      /* has units of others, too: see lens_carriers_get() */
  guint64 units;        /* looked at */
  guint64 uses;
  guint64 room_bits, used_bits;
  LensFrameSet frames;      /* of use; of room as long as there is no use */
  GArray *octets;           /* LensPiece: of use, lens_carrier_add_places() */
  guint64 place_octets;     /* of all places of use, shown or not */
  guint spare_places;       /* of @octets: not the first of their frame; 0: none can give way */
  GByteArray *excerpt;      /* the first octets of use, at most LENS_CARRIER_EXCERPT */
  LensHistogram *histogram; /* of the octets of use; NULL: none */
  gint64 first, last;       /* of use, or of room */
  gboolean constant;        /* every use had the same octets, and there were at least two */
  guint64 content;          /* hash of the first use */
} LensCarrier;

#define LENS_CARRIER_OCTETS 100
#define LENS_CARRIER_EXCERPT 64

typedef struct LensCarriers LensCarriers;

LensCarriers *lens_carriers_new (LensBook *book, guint most);
void lens_carriers_free (LensCarriers *carriers);

/**
 * lens_carriers_get:
 * The carrier of @channel from @side's source to its destination (whatever the ports), on
 * @track and about @subject (both may be NULL), made when new.
 *
 * At most as many are made as lens_carriers_new() was told (no more than LENS_CARRIERS_MAX); after
 * that, the last one of the same channel takes what would be new.
 */
LensCarrier *lens_carriers_get (LensCarriers *carriers, const char *analyzer, const char *channel,
                                LensSide *side, LensTrack *track, const char *subject);
#define LENS_CARRIERS_MAX 20000
/* How often that happened. */
guint64 lens_carriers_left_out (const LensCarriers *carriers);

/* A unit was looked at that could have held @bits; @view (may be NULL) is where. */
void lens_carrier_room (LensCarriers *carriers, LensCarrier *carrier, gint64 time_ns, guint64 bits,
                        const LensView *view);

/* @view spoke: @bits of it were not the expected filler.  Claims its octets. */
void lens_carrier_use (LensCarriers *carriers, LensCarrier *carrier, gint64 time_ns, guint64 bits,
                       const LensView *view);

/* As lens_carrier_use(), but claims nothing: for octets that are no part of a permitted flow,
 * or that nothing but the ledger itself speaks of. */
void lens_carrier_note (LensCarriers *carriers, LensCarrier *carrier, gint64 time_ns, guint64 bits,
                        const LensView *view);

/**
 * lens_carrier_add_places:
 * Where use lies.  The first LENS_CARRIER_OCTETS are kept to be shown; but where there are more,
 * a further place in a frame gives way to the first one of a frame that has none yet, unless the
 * excerpt is of it.  For what notes its use otherwise than by the two calls above.
 */
void lens_carrier_add_places (LensCarrier *carrier, const LensPiece *pieces, gsize n_pieces);

guint32 lens_carriers_n (const LensCarriers *carriers);
LensCarrier *lens_carriers_at (const LensCarriers *carriers, guint32 index);

G_END_DECLS
