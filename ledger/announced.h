#pragma once

#include "ledger/leftover.h"
#include "ledger/said.h"

G_BEGIN_DECLS

/**
 * LensAnnounced:
 * What the hosts of a link announce of themselves, frame by frame: each sender's texts (LensSaid),
 * and what lies behind the announcement.
 *
 * Zero but for @channel (static, of the analyzer that uses it).  Bounded: LENS_ANNOUNCED_MAX
 * senders.
 */
typedef struct
{
  const char *channel;
  GHashTable *senders; /* link address -> LensSaid */
  LensLeftover padding;
} LensAnnounced;

#define LENS_ANNOUNCED_MAX 64

/* The texts of the frame's sender; NULL: too many senders, or nobody knows who it is. */
LensSaid *lens_announced_by (LensAnnounced *announced, const LensUnit *unit);

/* A text at @octets of @unit's view, one of the sender's under @key. */
void lens_announced_text (LensAnnounced *announced, LensLedger *ledger, const LensUnit *unit,
                          guint64 key, LensRange octets, const char *name);
/* The same for a text that no document knows, and for a number: 16 bits when it changes. */
void lens_announced_unknown (LensAnnounced *announced, LensLedger *ledger, const LensUnit *unit,
                             guint64 key, LensRange octets, const char *name);
void lens_announced_number (LensAnnounced *announced, LensLedger *ledger, const LensUnit *unit,
                            guint64 key, LensRange octets, const char *name);
/* Octets that must not be there. */
void lens_announced_wrong (LensAnnounced *announced, LensLedger *ledger, const LensUnit *unit,
                           LensRange octets, const char *name);
/* The frame's octets from @start on are none of the announcement. */
void lens_announced_padding (LensAnnounced *announced, LensLedger *ledger, const LensUnit *unit,
                             gsize start);

void lens_announced_conclude (LensAnnounced *announced, LensLedger *ledger);
void lens_announced_clear (LensAnnounced *announced);

G_END_DECLS
