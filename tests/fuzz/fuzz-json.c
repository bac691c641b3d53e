/* Two JSON documents of strangers: read within bounds, compared; run.json. */
#include "tests/fuzz/fuzz.h"

#include "report/json.h"
#include "report/run.h"

FUZZ_READS_JSON

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  gsize half = length / 2;
  g_autoptr (LensJson) one = lens_json_parse (octets, length, NULL);
  g_autoptr (LensJson) left = lens_json_parse (octets, half, NULL);
  g_autoptr (LensJson) right = lens_json_parse (octets + half, length - half, NULL);
  g_autoptr (LensRun) run = lens_run_read (octets, length, NULL);

  if (one != NULL)
    {
      g_autofree char *same = lens_json_first_difference (one, one);
      g_assert_cmpstr (same, ==, NULL);
      LensJsonValue *root = lens_json_root (one);
      g_auto (GStrv) names = lens_json_names (root);
      for (guint i = 0; names != NULL && names[i] != NULL; i++)
        {
          lens_json_text (one, root, names[i]);
          lens_json_uint (one, root, names[i], 1000);
          lens_json_int (one, root, names[i], 0);
          lens_json_real (one, root, names[i], 0);
          lens_json_flag (one, root, names[i]);
          lens_json_length (lens_json_array (one, root, names[i]));
          lens_json_object (one, root, names[i]);
        }
      lens_json_problem (one);
    }
  if (left != NULL && right != NULL)
    g_free (lens_json_first_difference (left, right));
  if (run != NULL)
    {
      g_autoptr (GBytes) again = lens_run_octets (run);
      g_assert_cmpuint (g_bytes_get_size (again), >, 0);
    }
  return 0;
}
