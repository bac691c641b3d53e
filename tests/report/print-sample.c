/* Prints a sample for the checks that are written in Python: print-sample NAME FORMAT. */
#include <stdio.h>
#include <string.h>

#include "report/html.h"
#include "report/record.h"
#include "report/run.h"
#include "report/text.h"
#include "sample.h"

static GBytes *
render (const LensEvaluation *evaluation, const char *format)
{
  if (strcmp (format, "json") == 0)
    return lens_record_octets (evaluation, LENS_EMIT_PRETTY);
  if (strcmp (format, "line") == 0)
    return lens_record_octets (evaluation, LENS_EMIT_COMPACT);
  g_autoptr (GBytes) record = lens_record_octets (evaluation, LENS_EMIT_COMPACT);
  g_autoptr (LensRun) facts = sample_run ();
  g_autoptr (GBytes) run = lens_run_octets (facts);
  g_autoptr (LensMapping) mapping = lens_mapping_new ();
  if (strcmp (format, "html") == 0)
    return lens_html_from_record (record, run, mapping, NULL);
  if (strcmp (format, "text") == 0)
    return lens_text_from_record (record, run, mapping, FALSE, NULL);
  return NULL;
}

int
main (int argc, char **argv)
{
  g_autoptr (LensEvaluation) evaluation = argc == 3 ? sample_named (argv[1]) : NULL;
  g_autoptr (GBytes) octets = evaluation != NULL ? render (evaluation, argv[2]) : NULL;

  if (octets == NULL)
    return 2;
  return fwrite (g_bytes_get_data (octets, NULL), 1, g_bytes_get_size (octets), stdout)
                 == g_bytes_get_size (octets)
             ? 0
             : 1;
}
