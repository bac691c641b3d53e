#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LENS_DRAWN_PARTS 64

/**
 * lens_are_drawn:
 * Whether @n values (in their order) look drawn by lot from between the least and the most of
 * them, as a message is: of @parts equal parts of that range (at most LENS_DRAWN_PARTS) each has
 * about as many as another, and each value is anywhere, whatever came before.
 *
 * A clock that jitters has a middle, a coarse one gaps, one that drifts or beats stays near.
 * @parts values are told apart by 96 or so.
 */
gboolean lens_are_drawn (const gint64 *values, guint n, guint parts);

G_END_DECLS
