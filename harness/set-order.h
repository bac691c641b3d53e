#pragma once

#include "sandbox/message.h"
#include "wire/capture-file.h"

G_BEGIN_DECLS

/**
 * lens_set_order:
 * @paths: char*: the files of one capture
 *
 * Sorts @paths by the times of their packets, whatever their names say: the earliest file first.
 * Files that begin at the same time go by when they end, then by name; those without times, and
 * those that cannot be read, come last.
 *
 * The files are looked into by a confined process, and only as far as needed: mostly to their
 * first packet.  What goes wrong there costs the place of the file it goes wrong with; its
 * analysis will say more.
 */
void lens_set_order (GPtrArray *paths);

/* The confined end: what @read yields are files of a set (harness/source.h), of which each is
 * answered by LENS_MESSAGE_TIMES, and each further frame of it asked for by LENS_MESSAGE_HUNGRY.
 * @whole: each is read to its end, for the last time too. */
void lens_set_times_answer (LensMessageWriter *writer, gboolean whole, LensReadFunc read);

G_END_DECLS
