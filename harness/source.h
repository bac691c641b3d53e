#pragma once

#include "wire/capture-file.h"

G_BEGIN_DECLS

/**
 * LensSource:
 * Where the octets of one input come from, as a confined worker has them: one file after the
 * other, of which there is mostly one.
 *
 * In a set the files come through one pipe, in frames:
 *
 *     octet 0   length    u32   of this machine's order
 *           4   octets of the file, @length of them
 *
 * A length of 0 ends a file, LENS_SOURCE_FAILED too: then an errno follows (u32), for the file
 * cannot be read on.  The end of the pipe is the end of the set.
 */
typedef struct _LensSource LensSource;

#define LENS_SOURCE_FAILED G_MAXUINT32
#define LENS_SOURCE_FRAME (64 * 1024) /* octets of a file that are framed at once, at most */

typedef enum
{
  LENS_SOURCE_FILE, /* one file, or the octets of one */
  LENS_SOURCE_LIVE, /* files of harness/recorder.h, one behind the other: each begins with a section
                       header block (draft-ietf-opsawg-pcapng section 4.1), and none has a second
                       one.  In octets that are no blocks no further file is looked for */
  LENS_SOURCE_SET,  /* the frames above */
} LensSourceKind;

/* @read yields what comes, with @data. */
LensSource *lens_source_new (LensSourceKind kind, LensReadFunc read, gpointer data);
void lens_source_free (LensSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensSource, lens_source_free)

/* Called whenever a further frame of a file of a set is waited for. */
void lens_source_set_hungry (LensSource *source, void (*hungry) (gpointer data), gpointer data);

/* A LensReadFunc over the file at hand; @source is a LensSource. */
gssize lens_source_read (gpointer source, guint8 *into, gsize room);

/* After the end of a file: whether there is another one, which is read from now on. */
gboolean lens_source_next (LensSource *source);

G_END_DECLS
