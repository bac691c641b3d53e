/* The middle of OSCAL's assessment results: controls, observations, findings. */
#include "report/export-oscal-parts.h"

#include <string.h>

#include "report/record.h"

#define NAMESPACE LENS_OSCAL_NAMESPACE
#define CONTROLS "NIST SP 800-53" /* the scheme whose items are controls */

/* --- controls --- */

/* "si-4.18" of "SI-4(18)", as NIST's catalogue names it; NULL when it is no name of a control. */
static char *
control_of (const LensMappingRow *row)
{
  g_autoptr (GString) id = g_string_new (NULL);

  if (!g_str_equal (row->scheme, CONTROLS))
    return NULL;
  for (const char *at = row->identifier; *at != '\0'; at++)
    if (*at == '(')
      g_string_append_c (id, '.');
    else if (g_ascii_isalnum (*at) || *at == '-' || *at == '.')
      g_string_append_c (id, g_ascii_tolower (*at));
    else if (*at != ')')
      return NULL;
  return g_ascii_isalpha (id->str[0]) ? g_strdup (id->str) : NULL;
}

void
lens_oscal_controls (LensOscal *oscal)
{
  const LensMapping *mapping = oscal->export->source->mapping;
  g_autoptr (GHashTable) said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  LensEmit *emit = &oscal->emit;

  lens_emit_begin_object (emit, "reviewed-controls", LENS_EMIT_TALL);
  lens_emit_begin_array (emit, "control-selections", LENS_EMIT_TALL);
  lens_emit_begin_object (emit, NULL, LENS_EMIT_TALL);
  lens_emit_begin_array (emit, "include-controls", LENS_EMIT_TALL);
  for (guint i = 0; i < lens_mapping_length (mapping); i++)
    {
      char *control = control_of (lens_mapping_row (mapping, i));

      if (control == NULL || g_hash_table_contains (said, control))
        {
          g_free (control);
          continue;
        }
      lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
      lens_emit_string (emit, "control-id", control);
      lens_emit_end_object (emit);
      g_hash_table_add (said, control);
    }
  lens_emit_end_array (emit);
  lens_emit_end_object (emit);
  lens_emit_end_array (emit);
  lens_emit_string (
      emit, "remarks",
      "Controls of NIST SP 800-53 that findings of lenscap bear on.  None of them was "
      "assessed as a whole.");
  lens_emit_end_object (emit);
}

/* --- observations --- */

static void
put_mapping (LensOscal *oscal, const LensMappingRow *row)
{
  g_autofree char *item = g_strjoin (" ", row->scheme, row->version, row->identifier, NULL);
  g_autofree char *title = lens_oscal_markdown (row->title);
  g_autofree char *note = *row->note != '\0' ? lens_oscal_markdown (row->note) : NULL;
  g_autofree char *remarks = g_strjoin (": ", title, note, NULL);

  lens_emit_begin_object (&oscal->emit, NULL, LENS_EMIT_ROW);
  lens_emit_string (&oscal->emit, "name", "bears-on");
  lens_emit_string (&oscal->emit, "ns", NAMESPACE);
  lens_oscal_plain (oscal, "value", item);
  lens_emit_string (&oscal->emit, "class",
                    row->relation == LENS_MAPPING_SUPPORTS ? "supports" : "does-not-prove");
  lens_emit_string (&oscal->emit, "remarks", remarks);
  lens_emit_end_object (&oscal->emit);
}

static void
put_finding_props (LensOscal *oscal, const LensFindingRow *finding)
{
  const LensMapping *mapping = oscal->export->source->mapping;

  lens_emit_begin_array (&oscal->emit, "props", LENS_EMIT_TALL);
  lens_oscal_prop (oscal, "finding", finding->id);
  lens_oscal_prop (oscal, "channel", finding->channel);
  lens_oscal_prop (oscal, "name", finding->name);
  lens_oscal_prop (oscal, "severity", lens_severity_name (finding->severity));
  lens_oscal_prop (oscal, "hides", finding->hides ? "true" : "false");
  lens_oscal_real_prop (oscal, "confidence", finding->confidence);
  lens_oscal_real_prop (oscal, "p-value", finding->p_value);
  lens_oscal_count_prop (oscal, "room-bits", finding->room_bits);
  lens_oscal_count_prop (oscal, "used-bits", finding->used_bits);
  lens_oscal_real_prop (oscal, "capacity-bps", finding->capacity_bps);
  for (guint i = 0; i < lens_mapping_length (mapping); i++)
    if (lens_mapping_is_of_finding (lens_mapping_row (mapping, i), finding))
      put_mapping (oscal, lens_mapping_row (mapping, i));
  lens_emit_end_array (&oscal->emit);
}

static void
put_one_string (LensOscal *oscal, const char *key, const char *value)
{
  lens_emit_begin_array (&oscal->emit, key, LENS_EMIT_ROW);
  lens_emit_string (&oscal->emit, NULL, value);
  lens_emit_end_array (&oscal->emit);
}

static void
put_subject (LensOscal *oscal, const LensFindingRow *finding)
{
  const GPtrArray *devices = oscal->export->evaluation->devices;

  for (guint i = 0; i < devices->len; i++)
    {
      const LensDeviceRow *device = devices->pdata[i];
      g_autofree char *key = lens_oscal_key (i);

      if (finding->device == NULL || g_strcmp0 (device->name, finding->device) != 0)
        continue;
      lens_emit_begin_array (&oscal->emit, "subjects", LENS_EMIT_TALL);
      lens_emit_begin_object (&oscal->emit, NULL, LENS_EMIT_ROW);
      lens_oscal_uuid (oscal, "subject-uuid", "component", key);
      lens_emit_string (&oscal->emit, "type", "component");
      lens_emit_end_object (&oscal->emit);
      lens_emit_end_array (&oscal->emit);
      return;
    }
}

/* Which packets of which capture. */
static void
put_evidence (LensOscal *oscal, const LensFindingRow *finding)
{
  char uuid[LENS_UUID_TEXT], href[LENS_UUID_TEXT + 1];
  g_autofree char *filter = lens_record_filter (finding);

  lens_export_uuid (oscal->export, "resource", "capture", uuid);
  g_snprintf (href, sizeof href, "#%s", uuid);
  lens_emit_begin_array (&oscal->emit, "relevant-evidence", LENS_EMIT_TALL);
  lens_emit_begin_object (&oscal->emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (&oscal->emit, "href", href);
  lens_emit_string (&oscal->emit, "description", "The packets of the capture that show it.");
  lens_emit_begin_array (&oscal->emit, "props", LENS_EMIT_TALL);
  lens_oscal_count_prop (oscal, "frames", finding->frame_count);
  lens_oscal_prop (oscal, "filter", filter);
  lens_emit_end_array (&oscal->emit);
  lens_emit_end_object (&oscal->emit);
  lens_emit_end_array (&oscal->emit);
}

static void
put_observation (LensOscal *oscal, const LensFindingRow *finding, guint index)
{
  g_autofree char *title = g_strjoin (" ", finding->id, finding->channel, NULL);
  g_autofree char *key = lens_oscal_key (index);

  lens_emit_begin_object (&oscal->emit, NULL, LENS_EMIT_TALL);
  lens_oscal_uuid (oscal, "uuid", "observation", key);
  lens_oscal_marked (oscal, "title", title);
  lens_oscal_marked (oscal, "description", finding->summary);
  put_finding_props (oscal, finding);
  put_one_string (oscal, "methods", "TEST");
  put_one_string (oscal, "types", "finding");
  put_subject (oscal, finding);
  put_evidence (oscal, finding);
  lens_oscal_stamp (oscal, "collected", finding->first);
  if (lens_oscal_has_text (finding->detail))
    lens_oscal_marked (oscal, "remarks", finding->detail);
  lens_emit_end_object (&oscal->emit);
}

/* What was looked for, and what could not be: a property for each channel, named by its status. */
static void
put_coverage (LensOscal *oscal)
{
  const GPtrArray *coverage = oscal->export->evaluation->coverage;

  lens_emit_begin_object (&oscal->emit, NULL, LENS_EMIT_TALL);
  lens_oscal_uuid (oscal, "uuid", "observation", "coverage");
  lens_emit_string (&oscal->emit, "title", "Coverage");
  lens_emit_string (&oscal->emit, "description",
                    "What was looked for: each channel of the catalogue, by what could be done.");
  if (coverage->len > 0)
    {
      lens_emit_begin_array (&oscal->emit, "props", LENS_EMIT_TALL);
      for (guint i = 0; i < coverage->len; i++)
        {
          const LensCoverageRow *row = coverage->pdata[i];
          lens_oscal_prop (oscal, lens_coverage_status_name (row->status),
                           lens_oscal_has_text (row->channel) ? row->channel : "-");
        }
      lens_emit_end_array (&oscal->emit);
    }
  put_one_string (oscal, "methods", "TEST");
  put_one_string (oscal, "types", "control-objective");
  lens_oscal_stamp (oscal, "collected", lens_export_time (oscal->export));
  lens_emit_end_object (&oscal->emit);
}

void
lens_oscal_observations (LensOscal *oscal)
{
  const GPtrArray *findings = oscal->export->evaluation->findings;

  lens_emit_begin_array (&oscal->emit, "observations", LENS_EMIT_TALL);
  for (guint i = 0; i < findings->len; i++)
    put_observation (oscal, findings->pdata[i], i);
  put_coverage (oscal);
  lens_emit_end_array (&oscal->emit);
}

/* --- findings --- */

static void
put_state (LensOscal *oscal)
{
  const LensVerdict verdict = oscal->export->evaluation->verdict;
  const gboolean satisfied = verdict <= LENS_VERDICT_CONFORMS_WITH_RESIDUAL_CAPACITY;

  lens_emit_begin_object (&oscal->emit, "status", LENS_EMIT_TALL);
  lens_emit_string (&oscal->emit, "state", satisfied ? "satisfied" : "not-satisfied");
  lens_emit_string (&oscal->emit, "reason",
                    verdict == LENS_VERDICT_CONFORMS     ? "pass"
                    : verdict >= LENS_VERDICT_UNDECLARED ? "fail"
                                                         : "other");
  lens_emit_string (&oscal->emit, "remarks", lens_oscal_verdict_remarks);
  lens_emit_end_object (&oscal->emit);
}

/* Whether the mapping connects @finding with the same item as @row, as evidence. */
static gboolean
is_evidence (const LensMapping *mapping, const LensMappingRow *row, const LensFindingRow *finding)
{
  for (guint i = 0; i < lens_mapping_length (mapping); i++)
    {
      const LensMappingRow *other = lens_mapping_row (mapping, i);
      if (other->relation == LENS_MAPPING_SUPPORTS && g_str_equal (other->scheme, row->scheme)
          && g_str_equal (other->identifier, row->identifier)
          && lens_mapping_is_of_finding (other, finding))
        return TRUE;
    }
  return FALSE;
}

static void
put_related (LensOscal *oscal, const char *key)
{
  lens_emit_begin_object (&oscal->emit, NULL, LENS_EMIT_ROW);
  lens_oscal_uuid (oscal, "observation-uuid", "observation", key);
  lens_emit_end_object (&oscal->emit);
}

static void
put_result_of (LensOscal *oscal, const LensMappingRow *row, const char *control)
{
  const LensEvaluation *evaluation = oscal->export->evaluation;
  g_autofree char *title = g_strjoin (" ", row->identifier, row->title, NULL);
  g_autofree char *statement = g_strconcat (control, "_smt", NULL);
  LensEmit *emit = &oscal->emit;

  lens_emit_begin_object (emit, NULL, LENS_EMIT_TALL);
  lens_oscal_uuid (oscal, "uuid", "finding", control);
  lens_oscal_marked (oscal, "title", title);
  lens_oscal_marked (oscal, "description", *row->note != '\0' ? row->note : row->title);
  lens_emit_begin_array (emit, "props", LENS_EMIT_TALL);
  lens_oscal_prop (oscal, "verdict", lens_verdict_name (evaluation->verdict));
  lens_emit_end_array (emit);
  lens_emit_begin_object (emit, "target", LENS_EMIT_TALL);
  lens_emit_string (emit, "type", "statement-id");
  lens_emit_string (emit, "target-id", statement);
  put_state (oscal);
  lens_emit_end_object (emit);
  lens_emit_begin_array (emit, "related-observations", LENS_EMIT_TALL);
  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      const LensFindingRow *finding = evaluation->findings->pdata[i];
      g_autofree char *key = lens_oscal_key (i);
      if (is_evidence (oscal->export->source->mapping, row, finding))
        put_related (oscal, key);
    }
  put_related (oscal, "coverage");
  lens_emit_end_array (emit);
  lens_emit_end_object (emit);
}

void
lens_oscal_findings (LensOscal *oscal)
{
  const LensMapping *mapping = oscal->export->source->mapping;

  lens_emit_begin_array (&oscal->emit, "findings", LENS_EMIT_TALL);
  for (guint i = 0; i < lens_mapping_length (mapping); i++)
    {
      const LensMappingRow *row = lens_mapping_row (mapping, i);
      g_autofree char *control = control_of (row);

      if (control != NULL && lens_mapping_is_of_verdict (row)
          && row->relation == LENS_MAPPING_SUPPORTS)
        put_result_of (oscal, row, control);
    }
  lens_emit_end_array (&oscal->emit);
}
