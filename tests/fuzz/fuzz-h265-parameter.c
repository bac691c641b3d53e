/* H.265 parameter sets, whole. */
#include "tests/fuzz/fuzz.h"

#include "wire/h265-parameter.h"

static void
check_reserved (const guint8 *octets, gsize length, const LensH265ReservedList *list)
{
  g_assert_cmpuint (list->n, <=, LENS_H265_MAX_RESERVED);
  for (guint i = 0; i < list->n; i++)
    {
      fuzz_inside (octets, length, list->fields[i].at);
      g_assert_cmpuint (list->fields[i].wrong, <=, list->fields[i].bits);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  g_autoptr (LensH265Sets) sets = lens_h265_sets_new ();
  LensH265Vps vps;
  LensH265Sps sps;
  LensH265Pps pps;

  lens_h265_vps_parse (&vps, octets, length);
  check_reserved (octets, length, &vps.reserved);
  g_assert_cmpuint (vps.end.end, <=, length);
  lens_h265_is_plain (&vps.profile);
  lens_h265_sps_parse (&sps, octets, length);
  check_reserved (octets, length, &sps.reserved);
  g_assert_cmpuint (sps.end.end, <=, length);
  g_assert_cmpuint (sps.n_ref_sets, <=, LENS_H265_MAX_REF_SETS);
  for (guint i = 0; i < sps.n_ref_sets && sps.valid; i++)
    g_assert_cmpuint (sps.ref_sets[i].n_negative + sps.ref_sets[i].n_positive, <=,
                      LENS_H265_MAX_REFS);
  if (sps.valid)
    lens_h265_sps_ctbs (&sps);
  lens_h265_sps_chroma_array_type (&sps);
  lens_h265_pps_parse (&pps, octets, length);
  check_reserved (octets, length, &pps.reserved);
  fuzz_inside (octets, length, pps.extension_at);
  g_assert_cmpuint (pps.end.end, <=, length);
  if (length > 0)
    lens_h265_sets_take (sets, octets, length);
  for (guint id = 0; id < 70; id++)
    {
      const LensH265Sps *kept = lens_h265_sets_sps (sets, id);
      g_assert_true (kept == NULL || kept->valid);
      lens_h265_sets_vps (sets, id);
      lens_h265_sets_pps (sets, id);
    }
  return 0;
}
