#pragma once

#include "wire/layers-network.h"

G_BEGIN_DECLS

/* 802.11 frames, and what captures put before them: between layers.c and layers-wlan.c only.
 * Each leaves @at before what is to be opened as LLC and returns TRUE, or names all it knows and
 * returns FALSE. */

gboolean lens_layers_open_wlan (LensFrame *frame);

/* www.radiotap.org: it says whether a check sequence follows the frame, and padding its header. */
gboolean lens_layers_open_radiotap (LensFrame *frame);

/* The header of the AVS project, and the older one of Prism cards, whose number it may have. */
gboolean lens_layers_open_avs (LensFrame *frame);

/* "Per-packet information": @inner receives the link type of what follows its fields. */
gboolean lens_layers_take_ppi (LensFrame *frame, guint32 *inner);

G_END_DECLS
