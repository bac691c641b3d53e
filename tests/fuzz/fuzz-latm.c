/* AAC in LATM: elements of one stream, with the configuration in them or outside. */
#include "tests/fuzz/fuzz.h"

#include "wire/latm.h"

static void
see_element (const LensLatmElement *element, const LensLatmConfig *config, gpointer user)
{
  fuzz_view (&element->view);
  g_assert_cmpuint (element->config_start, <=, element->config_end);
  g_assert_cmpuint (element->config_end, <=, 8 * element->view.length);
  if (element->whole)
    g_assert_cmpuint (element->end, <=, 8 * element->view.length);
}

static void
see_unit (const LensView *unit, const LensLatmConfig *config, gpointer user)
{
  fuzz_touch (unit->octets, unit->length);
}

static void
see_rest (const LensView *octets, gboolean cut, gpointer user)
{
  fuzz_view (octets);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  static const LensLatmFuncs funcs = { see_element, see_unit, see_rest };
  LensCursor cursor = lens_cursor_over (octets, length);
  g_auto (FuzzPart) part = { 0 };
  guint8 way = lens_cursor_u8 (&cursor);
  g_autoptr (GString) fmtp = g_string_new (way & 1 ? "cpresent=0;config=" : "cpresent=1;config=");

  /* The configuration's octets are those of the first part. */
  if (way & 2 && fuzz_part_next (&cursor, &part))
    for (gsize i = 0; i < MIN (part.length, 64); i++)
      g_string_append_printf (fmtp, "%02x", part.octets[i]);
  else
    g_string_append (fmtp, "400026203fc0");
  g_autoptr (LensLatm) latm = lens_latm_new (fmtp->str, &funcs, NULL);
  guint16 sequence = 65530;
  while (fuzz_part_next (&cursor, &part))
    {
      sequence = (guint16)(sequence + 1 - (part.flags & 0x30) / 16);
      lens_latm_push (latm, &part.view, sequence, part.flags & 0x0f, (part.flags & 0x80) != 0);
    }
  lens_latm_flush (latm);
  return 0;
}
