#pragma once

#include "ledger/evaluation.h"
#include "report/record.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* Whatever the traffic was: its octets add up, and the record of it, read back and written again,
 * is the same record.  The latter for one input in four: it takes as long as the rest. */
static inline void
fuzz_check_evaluation (LensEvaluation *evaluation, gsize length)
{
  g_autoptr (GError) error = NULL;

  /* What the engine adds, and no record is without. */
  evaluation->tool.version = g_strdup ("0");
  evaluation->tool.device = g_strdup ("default");
  if (evaluation->input.name == NULL)
    evaluation->input.name = g_strdup ("octets");
  if (evaluation->input.problem == NULL && g_strcmp0 (evaluation->input.status, "complete") != 0)
    evaluation->input.problem = g_strdup ("broken off");

  g_assert_true (lens_evaluation_adds_up (evaluation));
  if (length % 4 != 0)
    return;
  g_autoptr (GBytes) record = lens_record_octets (evaluation, LENS_EMIT_PRETTY);
  g_autoptr (LensEvaluation) read
      = lens_record_read (g_bytes_get_data (record, NULL), g_bytes_get_size (record), &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) again = lens_record_octets (read, LENS_EMIT_PRETTY);
  g_assert_true (g_bytes_equal (record, again));
}
