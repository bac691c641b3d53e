#pragma once

#include "ledger/ledger.h"

G_BEGIN_DECLS

/**
 * LensPackets:
 * A capture held in memory: records in order, with octets of their own.  Lists that differ in
 * a few packets share the others.
 *
 * Packets are numbered from 1 in the order of the list, marks are not.
 */
typedef struct LensPackets LensPackets;

LensPackets *lens_packets_new (void);
void lens_packets_free (LensPackets *packets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensPackets, lens_packets_free)

/* Copies the octets and the comment of a packet, or of a mark (a record whose frame is 0). */
void lens_packets_add (LensPackets *packets, const LensRecord *record);
/* Takes the list's own octets of packet @index of @from. */
void lens_packets_share (LensPackets *packets, const LensPackets *from, guint index);

guint lens_packets_n (const LensPackets *packets);
/* A view, valid as long as the list is not added to; its frame is the number in this list. */
const LensRecord *lens_packets_at (const LensPackets *packets, guint index);

/* All of them into @ledger. */
void lens_packets_feed (const LensPackets *packets, LensLedger *ledger);

/* What a new ledger concludes from them; as lens_ledger_conclude(). */
LensEvaluation *lens_packets_evaluate (const LensPackets *packets, const LensLedgerOptions *options,
                                       char **problem);

G_END_DECLS
