#pragma once

#include "wire/address.h"
#include "wire/piece.h"

G_BEGIN_DECLS

/* Limits: a datagram's length fits in 16 bits; no sender splits one into more parts. */
#define LENS_FRAGMENTS_DATAGRAM_MAX 65535
#define LENS_FRAGMENTS_PARTS_MAX 1024

/**
 * LensFragmentKey:
 * What fragments of one datagram share: RFC 791 section 3.2 (source, destination, protocol,
 * identification), RFC 8200 section 4.5 (without the protocol: leave it 0).  @link tells
 * links apart (interface, VLAN) as the caller likes, so that one datagram seen on two links
 * is two.
 */
typedef struct
{
  LensAddress source, destination;
  guint32 id;
  guint32 link;
  guint8 protocol;
} LensFragmentKey;

/* Why octets are handed back instead of in a whole datagram. */
typedef enum
{
  LENS_FRAGMENTS_EXPIRED, /* the rest did not come in time */
  LENS_FRAGMENTS_CROWDED, /* too many datagrams pending, this was the oldest */
  LENS_FRAGMENTS_HEAVY,   /* too many octets pending, the same */
  LENS_FRAGMENTS_FLUSHED, /* the capture is over */
  LENS_FRAGMENTS_REFUSED, /* beyond 65,535 octets or the datagram's end, or too many parts */
} LensFragmentsReason;

/**
 * LensFragmentsEvents:
 * Where octets go that do not end up in a datagram.  Every octet fed is in exactly one of: a
 * datagram that lens_fragments_feed() returns, one call of @overlap, one call of @left.
 *
 * @overlap: octets of @piece repeat octets that came before; @same says whether they are
 *   equal.  The first copy stays (RFC 5722 and RFC 8200 forbid overlaps in IPv6: there any
 *   call is odd).
 * @left: a part from @offset of a datagram given up, in order of offset, so that the
 *   transport header comes first where it was captured.  @part is valid during the call.
 */
typedef struct
{
  void (*overlap) (gpointer data, const LensFragmentKey *key, LensPiece piece, gboolean same);
  void (*left) (gpointer data, const LensFragmentKey *key, guint32 offset, const LensView *part,
                LensFragmentsReason reason);
} LensFragmentsEvents;

/**
 * LensFragments:
 * Datagrams that wait for their fragments: at most @pending_max at a time, each for
 * @timeout_ns of capture time (RFC 1122 section 3.3.2: 60 to 120 s; Linux: 30 s).  Memory
 * grows with the octets pending, at most @pending_max x 128 KiB.
 */
typedef struct _LensFragments LensFragments;

LensFragments *lens_fragments_new (const LensFragmentsEvents *events, gpointer data,
                                   guint pending_max, gint64 timeout_ns);
/* At most @most octets wait at a time; no bound of their own otherwise. */
void lens_fragments_set_octets_max (LensFragments *fragments, guint64 most);
/* Does not flush. */
void lens_fragments_free (LensFragments *fragments);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensFragments, lens_fragments_free)

/**
 * lens_fragments_feed:
 * @offset: octets from the datagram's start
 * @more: whether more fragments follow; a fragment that the snap length cut has none behind
 *   it either way, so pass TRUE for it
 * @octets: what the fragment carries, @piece.length octets; @piece: where it lies
 *
 * Returns the datagram when this was its last missing part, as a view valid until the next
 * call of _feed, _flush or _free; else NULL.  Expires datagrams first.
 */
const LensView *lens_fragments_feed (LensFragments *fragments, const LensFragmentKey *key,
                                     gint64 time_ns, guint32 offset, gboolean more,
                                     const guint8 *octets, LensPiece piece);

/* Hands back every datagram still pending, oldest first. */
void lens_fragments_flush (LensFragments *fragments);

/* Datagrams pending now. */
guint lens_fragments_pending (const LensFragments *fragments);

G_END_DECLS
