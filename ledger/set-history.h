#pragma once

#include "wire/piece.h"
#include "wire/range.h"

G_BEGIN_DECLS

enum
{
  LENS_SET_FEW = 4,      /* changes, or sets too many, that are no finding */
  LENS_SET_PLACES = 288, /* identifiers of all kinds of sets of a codec */
  LENS_SET_KINDS = 3,
  LENS_SET_PICTURES = 256, /* identifiers of the sets that slices name */
};

/* What stood under one identifier. */
typedef struct
{
  GBytes *last;
  GBytes *home;       /* what stood there most, if anything did: to return to it says nothing */
  guint lead;         /* votes for @home that nothing else cancels */
  gboolean described; /* in the session description */
  gboolean spare;     /* there were more of its kind than usual before it came */
} LensSetPlace;

/**
 * LensSetHistory:
 * The parameter sets of one track: what they usually say, and which of them slices need.
 *
 * Each set has a place, by its kind and identifier; those that slices name have the last ones,
 * from @pictures on.  Zero to begin with, but for @pictures; to be cleared.
 */
typedef struct
{
  guint pictures;
  LensSetPlace places[LENS_SET_PLACES];
  guint32 used[LENS_SET_PICTURES / 32]; /* bit by identifier: a slice named the picture's set */
  guint ids[LENS_SET_KINDS];            /* different ones, by kind */
  guint new_ids;                        /* more than usual */
  gboolean late;                        /* there were slices */
} LensSetHistory;

/* What a set says. */
typedef enum
{
  LENS_SET_KNOWN,   /* nothing new */
  LENS_SET_LATE,    /* it is the first under its identifier, and there were slices before */
  LENS_SET_MANY,    /* it is the first under its identifier, and there are more than usual */
  LENS_SET_CHANGED, /* it is another than what usually stands there */
  LENS_SET_SPARE,   /* it comes again; no slice needs it, and there are many such */
} LensSetNews;

void lens_set_history_clear (LensSetHistory *history);

/* A set of @kind that came; @octets: where it says what is new.  One that is longer than 4096
 * octets is passed over. */
LensSetNews lens_set_history_take (LensSetHistory *history, guint place, guint kind,
                                   const LensView *view, LensRange *octets);
/* A set of the session description, which is what stands there to begin with. */
void lens_set_history_describe (LensSetHistory *history, guint place, GBytes *set);
/* A slice named the picture's set @id. */
void lens_set_history_name (LensSetHistory *history, guint32 id);

/* Whether there are more sets than slices need, whatever the next ones say. */
gboolean lens_set_history_has_spare (const LensSetHistory *history);

G_END_DECLS
