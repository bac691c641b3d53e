#pragma once

#include "ledger/evaluation.h"

G_BEGIN_DECLS

/**
 * LensParts:
 * The files of a rotated live capture, told apart in the one stream in which they come to the
 * analysis: each begins with a section header block (draft-ietf-opsawg-pcapng section 4.1), and
 * none has a second one.  Written by this machine, hence in its octet order; in octets that are
 * no blocks no further file is looked for.
 */
typedef struct _LensParts LensParts;

LensParts *lens_parts_new (void);
void lens_parts_free (LensParts *parts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensParts, lens_parts_free)

/* The next octets of the stream. */
void lens_parts_feed (LensParts *parts, const guint8 *octets, gsize length);
/* A frame of section @section, from 0, has @number. */
void lens_parts_frame (LensParts *parts, guint32 section, guint64 number);
/* Once, after all: a row of input.files for each, named as harness/recorder.h names them, when
 * there are several; else FALSE. */
gboolean lens_parts_end (LensParts *parts, LensEvaluation *evaluation);

G_END_DECLS
