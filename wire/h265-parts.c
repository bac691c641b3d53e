#include "wire/h265-parts.h"

void
lens_h265_reserved_add (LensH265ReservedList *list, LensH265ReservedKind kind, guint bits,
                        guint wrong, LensRange at)
{
  if (list->n < LENS_H265_MAX_RESERVED)
    list->fields[list->n++] = (LensH265Reserved){ kind, bits, wrong, at };
}

void
lens_h265_reserved_read (LensH265ReservedList *list, LensH265ReservedKind kind, LensRbsp *rbsp,
                         guint bits, guint32 expected)
{
  gsize from = lens_rbsp_offset (rbsp);
  guint32 value = lens_rbsp_u (rbsp, bits);

  if (!rbsp->short_read)
    lens_h265_reserved_add (list, kind, bits, (guint)__builtin_popcount (value ^ expected),
                            lens_rbsp_range (rbsp, from));
}

gboolean
lens_h265_extension_flag (LensH265ReservedList *list, LensRbsp *rbsp, gboolean plain)
{
  gsize from = lens_rbsp_offset (rbsp);
  gboolean value = lens_rbsp_flag (rbsp);

  if (plain && !rbsp->short_read)
    lens_h265_reserved_add (list, LENS_H265_RESERVED_EXTENSION, 1, value,
                            lens_rbsp_range (rbsp, from));
  return value;
}

void
lens_h265_skip_extension_data (LensH265ReservedList *list, LensRbsp *rbsp)
{
  gsize from = lens_rbsp_offset (rbsp);

  if (!lens_rbsp_more_data (rbsp))
    return;
  guint bits = (guint)MIN (8 * (rbsp->stop - from) + rbsp->stop_bit - rbsp->bit, G_MAXUINT);
  rbsp->position = rbsp->stop;
  rbsp->bit = rbsp->stop_bit;
  rbsp->zeros = 0;
  lens_h265_reserved_add (list, LENS_H265_RESERVED_EXTENSION, bits, bits,
                          (LensRange){ from, rbsp->stop - from + (rbsp->stop_bit > 0 ? 1 : 0) });
}

void
lens_h265_skip_ue (LensRbsp *rbsp, guint count)
{
  for (guint i = 0; i < count; i++)
    lens_rbsp_ue (rbsp);
}

void
lens_h265_skip_scaling_list (LensRbsp *rbsp)
{
  for (guint size = 0; size < 4; size++)
    for (guint matrix = 0; matrix < 6; matrix += size == 3 ? 3 : 1)
      {
        guint coefficients = MIN (64, 1u << (4 + 2 * size));
        if (lens_rbsp_flag (rbsp)) /* scaling_list_pred_mode_flag */
          lens_h265_skip_ue (rbsp, coefficients + (size > 1 ? 1 : 0));
        else
          lens_rbsp_ue (rbsp);
        if (rbsp->short_read)
          return;
      }
}
