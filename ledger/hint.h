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
 * that names another one shows nothing.  So @wanted where that protocol is dissected, from the one
 * host to the other; and else the addresses and ports.  With the finding's first frame beside it
 * where packets may be shown as less: a message at its last segment, a datagram at its last
 * fragment, or nothing of what is inside another packet.  Caller frees.
 */
char *lens_hint_new (const char *wanted, const LensCarrier *carrier, gboolean ethernet);

G_END_DECLS
