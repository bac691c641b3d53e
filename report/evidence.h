#pragma once

#include "ledger/evaluation.h"
#include "wire/capture-file.h"

G_BEGIN_DECLS

/**
 * LensEvidence:
 * The packets of each finding as a pcapng of its own, cut out of the capture in one pass.
 *
 * A finding gets at most 10,000 packets and 64 MiB (or what the evaluation's caps say), half of
 * each for its first packets and half for its last.  Each packet has a comment that names the finding, the octets and the
 * frame's number in the capture; the section says which tool and version cut it out of which
 * file, with its hash, and each interface which one it was there, with its name and filter.
 * Nothing is held back: memory does not grow with packets.
 *
 * The evaluation must outlive the evidence.  A finding whose id is not F and digits, or taken
 * by one before it, gets none: ids become file names, and records can be a stranger's.
 */
typedef struct _LensEvidence LensEvidence;

/* Takes the next whole blocks of evidence/@finding.pcapng; valid only during the call. */
typedef void (*LensEvidenceSink) (const char *finding, const guint8 *octets, gsize length,
                                  gpointer data);

LensEvidence *lens_evidence_new (const LensEvaluation *evaluation, LensEvidenceSink sink,
                                 gpointer data);
void lens_evidence_free (LensEvidence *evidence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensEvidence, lens_evidence_free)

/**
 * lens_evidence_packet:
 * Sorts one packet, in the order of the capture, into the findings that name its frame.
 * @interface is the packet's.  FALSE when no later packet is wanted: the reader may stop.
 */
gboolean lens_evidence_packet (LensEvidence *evidence, const LensRecord *packet,
                               const LensCaptureInterface *interface);

/* Packets written for all findings together. */
guint64 lens_evidence_written (const LensEvidence *evidence);

G_END_DECLS
