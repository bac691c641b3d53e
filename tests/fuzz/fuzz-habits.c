/* What devices write again and again in free text: compared with what they wrote before. */
#include "tests/fuzz/fuzz.h"

#include "ledger/onvif-names.h"
#include "ledger/template.h"
#include "ledger/text.h"
#include "ledger/xml-fields.h"

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  g_auto (FuzzPart) part = { 0 };
  LensTemplate template = { 0 };

  while (fuzz_part_next (&cursor, &part))
    {
      LensRange where = { 0 };
      gsize free_octets = lens_template_take (&template, part.number * 40000000ll, part.octets,
                                              part.length, &where);
      fuzz_inside (part.octets, part.length, where);
      g_assert_cmpuint (free_octets, <=, part.length + 1); /* something is missing */
      g_autofree char *printable = lens_text_printable (part.octets, part.length);
      g_autofree char *quoted = lens_text_quoted (printable);
      g_assert_nonnull (quoted);
      lens_text_is_dense (part.octets, part.length);
      lens_onvif_kind (part.octets, part.length);
      fuzz_inside (part.octets, part.length,
                   lens_xml_fields_find (part.octets, part.length, "Address"));
      lens_xml_fields_is_uuid (part.octets, part.length);
    }
  lens_template_clear (&template);
  return 0;
}
