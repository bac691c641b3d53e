#pragma once

#include "wire/capture-state.h"

G_BEGIN_DECLS

/* Whether @file starts with a section header block; if so, its blocks are read from now on
 * (draft-ietf-opsawg-pcapng).  Nothing is consumed. */
gboolean lens_capture_pcapng_begin (LensCaptureFile *file);

/* Whether a file that begins so is one. */
gboolean lens_capture_is_pcapng (const guint8 octets[4]);

G_END_DECLS
