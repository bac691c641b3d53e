#pragma once

#include "ledger/analyzer.h"

G_BEGIN_DECLS

/* The traits (LensTrait) that a kind of unit has; 0: none. */
guint lens_traits_of_kind (LensUnitKind kind);
/* The traits of one FRAME unit, of one RTP unit. */
guint lens_traits_of_frame (const LensUnit *unit);
guint lens_traits_of_rtp (const LensUnit *unit);

G_END_DECLS
