#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensEmit:
 * Writes JSON (RFC 8259) as a stream: no tree, the same octets in every locale.
 *
 * Text is always valid UTF-8.  Octets of a string that are not become the text `\xHH`;
 * characters that act on a terminal or turn the direction of a line become \uXXXX escapes.
 * Every value takes a @key, NULL inside an array.  Misuse is a programmer's error.
 */

typedef enum
{
  LENS_EMIT_COMPACT, /* the whole document in one line */
  LENS_EMIT_PRETTY,  /* indented by 2, small rows in a line each */
} LensEmitLayout;

typedef enum
{
  LENS_EMIT_TALL, /* when pretty: one member in a line */
  LENS_EMIT_ROW,  /* all in one line */
} LensEmitShape;

/* Takes the next octets of the document; they are valid only during the call. */
typedef void (*LensEmitSink) (const char *octets, gsize length, gpointer data);

typedef struct
{
  GString *text; /* not yet given to the sink */
  LensEmitLayout layout;
  LensEmitSink sink;
  gpointer data;
  guint depth;     /* open objects and arrays */
  guint row_depth; /* the depth of the outermost row, 0 outside */
  gboolean fresh;  /* nothing in the container yet */
} LensEmit;

void lens_emit_init (LensEmit *emit, LensEmitLayout layout, LensEmitSink sink, gpointer data);

/* Ends the document with a newline, gives the rest to the sink, frees what @emit holds. */
void lens_emit_finish (LensEmit *emit);

/* A sink that appends to a GByteArray. */
void lens_emit_to_byte_array (const char *octets, gsize length, gpointer byte_array);

void lens_emit_begin_object (LensEmit *emit, const char *key, LensEmitShape shape);
void lens_emit_end_object (LensEmit *emit);
void lens_emit_begin_array (LensEmit *emit, const char *key, LensEmitShape shape);
void lens_emit_end_array (LensEmit *emit);

void lens_emit_null (LensEmit *emit, const char *key);
void lens_emit_boolean (LensEmit *emit, const char *key, gboolean value);
void lens_emit_uint (LensEmit *emit, const char *key, guint64 value);
void lens_emit_int (LensEmit *emit, const char *key, gint64 value);

/* Twelve significant digits; 0 for what is not finite. */
void lens_emit_real (LensEmit *emit, const char *key, double value);

/* The same, with null for what is negative. */
void lens_emit_int_or_null (LensEmit *emit, const char *key, gint64 value);
void lens_emit_real_or_null (LensEmit *emit, const char *key, double value);

/* NULL becomes null. */
void lens_emit_string (LensEmit *emit, const char *key, const char *value);

/* An array of char*, one in a line. */
void lens_emit_strings (LensEmit *emit, const char *key, const GPtrArray *strings);

/* Nanoseconds since the epoch as the string "1700000000.000000001". */
void lens_emit_time (LensEmit *emit, const char *key, gint64 ns);

/* Nanoseconds as a number of seconds, exact: 0.25. */
void lens_emit_seconds (LensEmit *emit, const char *key, gint64 ns);

G_END_DECLS
