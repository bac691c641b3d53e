#pragma once

#include "ledger/evaluation.h"
#include "wire/capture-file.h"

G_BEGIN_DECLS

/**
 * LensParts:
 * The files of one capture, told apart: the hash, the frames and the times of each, and what is
 * wrong with it.
 */
typedef struct _LensParts LensParts;

/* @names: of the files in order, borrowed; NULL: as harness/recorder.h names them. */
LensParts *lens_parts_new (const char *const *names);
void lens_parts_free (LensParts *parts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensParts, lens_parts_free)

/* The next file begins; so does the first one. */
void lens_parts_begin (LensParts *parts);
/* The next octets of the file at hand. */
void lens_parts_feed (LensParts *parts, const guint8 *octets, gsize length);
/* The next packet of it. */
void lens_parts_packet (LensParts *parts, const LensRecord *record);
/* It could not be read to its end. */
void lens_parts_damaged (LensParts *parts, const char *problem);

/* What is wrong with which files, or with the one that there is; NULL: nothing. */
char *lens_parts_problem (const LensParts *parts);

/* Once, after all: a row of input.files for each, and input.notes of the seams between them, when
 * there are several; else FALSE. */
gboolean lens_parts_end (LensParts *parts, LensEvaluation *evaluation);
/* Instead, where that is FALSE: the hash of the one file. */
char *lens_parts_hash (LensParts *parts);

G_END_DECLS
