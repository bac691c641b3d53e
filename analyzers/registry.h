#pragma once

#include "ledger/analyzer.h"

G_BEGIN_DECLS

/* All analyzers, in the order of analyzers/meson.build. */
extern const LensAnalyzer *const lens_analyzers[];
extern const guint lens_n_analyzers;

/* NULL when there is none of that name. */
const LensAnalyzer *lens_analyzer_find (const char *name);

G_END_DECLS
