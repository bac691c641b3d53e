#pragma once

#include "ledger/analyzer.h"
#include "ledger/habit.h"

G_BEGIN_DECLS

/**
 * LensFillerRate:
 * Whether the filler of one track of H.264 or H.265 fills up to a rate.
 *
 * An encoder at a constant bit rate sends filler when the decoder's buffer would otherwise run
 * full (annex C of both).  So from one picture with filler to the next the stream has just as
 * many octets as the rate has in the time between, whatever the pictures take.  Filler that brings
 * about no rate is as long as somebody wants it to be.  One length, or lengths in a step, filler
 * up to one size of picture, or to a multiple of sixteen octets, are rules, too.
 *
 * Zero to begin with; to be cleared.
 */
typedef struct
{
  GArray *spans;                      /* from picture to picture with filler */
  LensHabit lengths, sizes, residues; /* of filler, of pictures with it, these modulo 16 */
  gboolean begun;                     /* a unit came */
  guint16 sequence;                   /* of its last packet */
  gboolean started;                   /* a picture with filler came, and nothing is missing since */
  guint32 since;                      /* its time stamp */
  guint64 octets;                     /* behind it, up to the picture at hand */
  guint32 pictures;                   /* since then */
  guint64 picture, filler;            /* octets of the picture at hand */
  guint32 timestamp;                  /* of the picture at hand */
} LensFillerRate;

/* A NAL unit of the track, @length octets from the packets numbered @first to @last. */
void lens_filler_rate_take (LensFillerRate *rate, guint16 first, guint16 last, guint32 timestamp,
                            gsize length, gboolean is_filler);
/* One of filler, by an analyzer whose channel is @channel: its length may speak. */
void lens_filler_rate_use (LensLedger *ledger, const LensUnit *unit, const char *channel);
/* For conclude: carriers of @analyzer become findings where the filler of their track follows no
 * rule.  @by_track: a LensByTrack of LensFillerRate. */
void lens_filler_rate_conclude (LensLedger *ledger, const char *analyzer, gconstpointer by_track);

void lens_filler_rate_clear (gpointer rate);

G_END_DECLS
