#pragma once

#include "wire/capture-file.h"

G_BEGIN_DECLS

/* With LENSCAP_KEEP=DIR in the environment the captures that tests write by hand are kept there, as
 * pcapng, called by the test and the channel: to be looked at with other programs.  Without it all
 * of this does nothing. */

/* NULL: nothing is kept. */
GByteArray *keep_new (void);
void keep_packet (GByteArray *kept, const LensRecord *record);
/* Writes DIR/@name.pcapng, or with a number behind where there is one already; frees @kept. */
void keep_write (GByteArray *kept, const char *name);

G_END_DECLS
