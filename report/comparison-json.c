/* A comparison for machines: lenscap-comparison/1, as comparison.schema.json describes it. */
#include "report/comparison-parts.h"

#include "report/emit.h"

enum
{
  MAX_ROWS = 20000, /* of a section */
};

static const char *const kinds[] = { [LENS_COMPARED_TEXT] = "text",
                                     [LENS_COMPARED_COUNT] = "count",
                                     [LENS_COMPARED_OCTETS] = "octets",
                                     [LENS_COMPARED_BITS] = "bits",
                                     [LENS_COMPARED_RATE] = "bit/s" };

static const char *const sides[] = { "first", "second" };

static void
put_case (LensEmit *emit, const LensComparedCase *one)
{
  lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
  lens_emit_string (emit, "title", one->title);
  lens_emit_string (emit, "input", one->input);
  lens_emit_string (emit, "sha256", one->sha256);
  lens_emit_string (emit, "version", one->version);
  lens_emit_string (emit, "verdict", lens_verdict_name (one->verdict));
  if (one->has_times)
    {
      lens_emit_time (emit, "first", one->first);
      lens_emit_time (emit, "last", one->last);
    }
  else
    {
      lens_emit_null (emit, "first");
      lens_emit_null (emit, "last");
    }
  lens_emit_end_object (emit);
}

static void
put_side (LensEmit *emit, const LensComparedValue *value, guint side)
{
  if (!value->has[side])
    lens_emit_null (emit, sides[side]);
  else if (value->kind == LENS_COMPARED_TEXT)
    lens_emit_string (emit, sides[side], value->text[side]);
  else if (value->kind == LENS_COMPARED_RATE)
    lens_emit_real (emit, sides[side], value->rate[side]);
  else
    lens_emit_uint (emit, sides[side], value->count[side]);
}

static void
put_value (LensEmit *emit, const LensComparison *comparison, const LensComparedValue *value)
{
  lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
  lens_emit_string (emit, "name", value->name);
  lens_emit_string (emit, "unit", kinds[value->kind]);
  put_side (emit, value, 0);
  put_side (emit, value, 1);
  if (value->kind != LENS_COMPARED_TEXT && value->kind != LENS_COMPARED_RATE)
    {
      lens_emit_real_or_null (emit, "first_per_hour",
                              lens_compared_per_hour (comparison, value, 0));
      lens_emit_real_or_null (emit, "second_per_hour",
                              lens_compared_per_hour (comparison, value, 1));
    }
  lens_emit_boolean (emit, "differs", value->differs);
  lens_emit_end_object (emit);
}

static void
put_row (LensEmit *emit, const LensComparison *comparison, const LensComparedSection *section,
         const LensComparedRow *row)
{
  lens_emit_begin_object (emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (emit, "change", lens_change_name (row->change));
  for (guint i = 0; section->parts[i] != NULL; i++)
    lens_emit_string (emit, section->parts[i], row->parts[i]);
  lens_emit_begin_array (emit, "values", LENS_EMIT_TALL);
  for (guint i = 0; i < row->values->len; i++)
    put_value (emit, comparison, &g_array_index (row->values, LensComparedValue, i));
  lens_emit_end_array (emit);
  lens_emit_end_object (emit);
}

static void
put_section (LensEmit *emit, const LensComparison *comparison, const LensComparedSection *section)
{
  lens_emit_begin_object (emit, section->id, LENS_EMIT_TALL);
  for (guint i = 0; i < LENS_N_CHANGES; i++)
    lens_emit_uint (emit, lens_change_name ((LensChange)i), section->n[i]);
  lens_emit_uint (emit, "left_out", section->rows->len - MIN (section->rows->len, MAX_ROWS));
  lens_emit_begin_array (emit, "rows", LENS_EMIT_TALL);
  for (guint i = 0; i < MIN (section->rows->len, MAX_ROWS); i++)
    put_row (emit, comparison, section, section->rows->pdata[i]);
  lens_emit_end_array (emit);
  lens_emit_end_object (emit);
}

GBytes *
lens_comparison_json (const LensComparison *comparison)
{
  GByteArray *octets = g_byte_array_new ();
  LensEmit emit;

  lens_emit_init (&emit, LENS_EMIT_PRETTY, lens_emit_to_byte_array, octets);
  lens_emit_begin_object (&emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (&emit, "schema", LENS_COMPARISON_SCHEMA);
  lens_emit_boolean (&emit, "same", comparison->same);
  lens_emit_real (&emit, "tolerance", comparison->tolerance);
  lens_emit_begin_array (&emit, "cases", LENS_EMIT_TALL);
  put_case (&emit, &comparison->cases[0]);
  put_case (&emit, &comparison->cases[1]);
  lens_emit_end_array (&emit);
  lens_emit_strings (&emit, "limits", comparison->limits);
  for (guint i = 0; i < comparison->sections->len; i++)
    put_section (&emit, comparison, comparison->sections->pdata[i]);
  lens_emit_end_object (&emit);
  lens_emit_finish (&emit);
  return g_byte_array_free_to_bytes (octets);
}
