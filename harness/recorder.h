#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensRecorder:
 * The packets of one live device: into files of its case, and from there to its analysis.
 *
 * Files are traffic.pcapng, traffic-00001.pcapng ...; each begins with the section header and
 * the interface and is a capture of its own.
 *
 * How far analysis may lag: as far as the files reach.  What is analysed is read back from the
 * files (from the page cache, as long as analysis keeps up), so a slow or stuck analysis costs
 * disk space that is needed anyway, never memory and never a packet.
 */
typedef struct LensRecorder LensRecorder;

/**
 * lens_recorder_new:
 * @folder: where the files go; they must not exist yet.
 * @rotate_bytes: a file is closed before it gets larger; 0: never.
 * @feed_fd: the writing end of the analysis' pipe, or -1.  Owned by the recorder, and made
 *   non-blocking.
 * @header: a section header and an interface block, copied.
 */
LensRecorder *lens_recorder_new (const char *folder, guint64 rotate_bytes, int feed_fd,
                                 const guint8 *header, gsize header_length, GError **error);

/* Closes everything; the analysis sees its end of file, whether it has got all or not. */
void lens_recorder_free (LensRecorder *recorder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensRecorder, lens_recorder_free)

/* @octets are whole blocks. */
gboolean lens_recorder_write (LensRecorder *recorder, const guint8 *octets, gsize length,
                              GError **error);

/* A statistics block with @comment, which takes no frame number. */
gboolean lens_recorder_mark (LensRecorder *recorder, const char *comment, gint64 time_ns,
                             GError **error);

/* The descriptor to poll for POLLOUT, or -1 when there is nothing to feed now. */
int lens_recorder_feed_fd (const LensRecorder *recorder);

/* Hands over as much as fits into the pipe; never waits. */
void lens_recorder_feed (LensRecorder *recorder);

/* Octets written and not yet handed over; 0 without analysis. */
guint64 lens_recorder_lag (const LensRecorder *recorder);

/* The analysis closed its end before it had everything. */
gboolean lens_recorder_feed_broken (const LensRecorder *recorder);

guint64 lens_recorder_bytes (const LensRecorder *recorder); /* in all files */
guint lens_recorder_files (const LensRecorder *recorder);

G_END_DECLS
