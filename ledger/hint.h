#pragma once

#include "ledger/carrier.h"

G_BEGIN_DECLS

/**
 * lens_hint_new:
 * @wanted: the display filter that an analyzer would give a person, or NULL.
 * @ethernet: whether all of the capture is.
 *
 * A display filter that shows packets of a finding, with others like them, in Wireshark as it
 * comes: there a dissector is started by a port, or by a session that it could read, and a filter
 * that names another one shows nothing.  So @wanted where that protocol is dissected; above UDP and
 * TCP with the finding's first frame beside it, for a message may be shown at its last segment, or
 * not be read to its end; and else the addresses and ports.  Caller frees.
 */
char *lens_hint_new (const char *wanted, const LensCarrier *carrier, gboolean ethernet);

G_END_DECLS
