#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Sorts @n numbers, rising, where they lie: qsort() takes as much memory again, and there may be
 * millions. */
void lens_sort_numbers (guint64 *numbers, gsize n);

G_END_DECLS
