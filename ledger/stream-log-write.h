#pragma once

#include "ledger/stream-log.h"

G_BEGIN_DECLS

/*
 * Lines of a stream.log, for the supervisor: each function appends one to @out.
 */

void lens_stream_log_write_header (GString *out);
/* @media: "video", "audio", "metadata" or "other".  A time base of 0/0 is written "-". */
void lens_stream_log_write_track (GString *out, const char *stream, guint index, const char *media,
                                  const char *codec, guint numerator, guint denominator);
/* @at: nanoseconds since the epoch. */
void lens_stream_log_write_packet (GString *out, gint64 at, const char *stream, guint index,
                                   gint64 pts, guint32 octets, guint flags);
/* @stream may be NULL; @text is cut after LENS_STREAM_LOG_TEXT octets and holds no secret. */
void lens_stream_log_write_event (GString *out, gint64 at, const char *stream,
                                  LensStreamEventKind kind, const char *text);

G_END_DECLS
