/* An in-toto Statement (in-toto attestation framework v1, spec/v1/statement.md) with the predicate
 * https://in-toto.io/attestation/test-result/v0.1 (spec/predicates/test-result.md).  It is not
 * signed: that is done with the user's own tool.
 *
 *   subject        the record, the sums that seal the case, the capture
 *   configuration  what was declared, by hash, and lenscap with the options that shape the record
 *   tests          the channels that were examined, by what was found on them
 *
 * A result has three values and a verdict five; the verdict stands beside it.  `inconclusive` is no
 * pass, so it is FAILED.
 */
#include "report/export-parts.h"

#include <string.h>

#define STATEMENT "https://in-toto.io/Statement/v1"
#define PREDICATE "https://in-toto.io/attestation/test-result/v0.1"

static void
put_digest (LensEmit *emit, const char *sha256)
{
  lens_emit_begin_object (emit, "digest", LENS_EMIT_ROW);
  lens_emit_string (emit, "sha256", sha256);
  lens_emit_end_object (emit);
}

/* A ResourceDescriptor; nothing where there is no hash, which each must have. */
static void
put_resource (LensEmit *emit, const char *name, const char *sha256)
{
  if (sha256 == NULL)
    return;
  lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
  if (name != NULL)
    lens_emit_string (emit, "name", name);
  put_digest (emit, sha256);
  lens_emit_end_object (emit);
}

static void
put_subject (LensEmit *emit, const LensExport *export)
{
  const LensInputSection *input = &export->evaluation->input;

  lens_emit_begin_array (emit, "subject", LENS_EMIT_TALL);
  put_resource (emit, "evaluation.json", export->source->record_sha256);
  put_resource (emit, "SHA256SUMS", export->source->sums_sha256);
  put_resource (emit, input->name, input->sha256);
  for (guint i = 0; i < input->files->len; i++)
    {
      const LensFileRow *file = input->files->pdata[i];
      put_resource (emit, file->name, file->sha256);
    }
  lens_emit_end_array (emit);
}

/* lenscap itself, with the options that shape the record. */
static void
put_tool (LensEmit *emit, const LensToolSection *tool)
{
  g_autofree char *version
      = g_uri_escape_string (tool->version != NULL ? tool->version : "", NULL, FALSE);
  g_autofree char *uri = g_strconcat ("pkg:generic/lenscap@", version, NULL);

  lens_emit_begin_object (emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (emit, "name", "lenscap");
  lens_emit_string (emit, "uri", uri);
  lens_emit_begin_object (emit, "annotations", LENS_EMIT_TALL);
  lens_emit_string (emit, "device", tool->device);
  lens_emit_string (emit, "only", tool->only);
  lens_emit_boolean (emit, "limits", tool->limits);
  lens_emit_real (emit, "alpha", tool->alpha);
  lens_emit_begin_object (emit, "caps", LENS_EMIT_ROW);
  for (guint i = 0; i < tool->caps->len; i++)
    {
      const LensCapRow *cap = tool->caps->pdata[i];
      if (cap->name != NULL)
        lens_emit_uint (emit, cap->name, cap->value);
    }
  lens_emit_end_object (emit);
  lens_emit_end_object (emit);
  lens_emit_end_object (emit);
}

static void
put_configuration (LensEmit *emit, const LensToolSection *tool)
{
  lens_emit_begin_array (emit, "configuration", LENS_EMIT_TALL);
  put_resource (emit, "profile", tool->profile_sha256);
  put_resource (emit, "mud.json", tool->mud_sha256);
  put_resource (emit, "endpoints.tsv", tool->endpoints_sha256);
  put_resource (emit, "resolvers.tsv", tool->resolvers_sha256);
  put_resource (emit, "stream.log", tool->stream_log_sha256);
  put_tool (emit, tool);
  lens_emit_end_array (emit);
}

static const char *
result_of (LensVerdict verdict)
{
  return verdict == LENS_VERDICT_CONFORMS                          ? "PASSED"
         : verdict == LENS_VERDICT_CONFORMS_WITH_RESIDUAL_CAPACITY ? "WARNED"
                                                                   : "FAILED";
}

typedef enum
{
  NOT_RUN,
  PASSED,
  WARNED,
  FAILED,
} Outcome;

static Outcome
outcome_of (const LensEvaluation *evaluation, const LensCoverageRow *row)
{
  Outcome outcome = row->status != LENS_COVERAGE_EXAMINED ? NOT_RUN
                    : row->bound_bps > 0                  ? WARNED
                                                          : PASSED;

  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      const LensFindingRow *finding = evaluation->findings->pdata[i];
      if (g_strcmp0 (finding->channel, row->channel) == 0)
        outcome = MAX (outcome, finding->severity >= LENS_SEVERITY_MEDIUM ? FAILED : WARNED);
    }
  return outcome;
}

static void
put_tests (LensEmit *emit, const char *key, const LensEvaluation *evaluation, Outcome wanted)
{
  lens_emit_begin_array (emit, key, LENS_EMIT_TALL);
  for (guint i = 0; i < evaluation->coverage->len; i++)
    {
      const LensCoverageRow *row = evaluation->coverage->pdata[i];
      if (row->channel != NULL && outcome_of (evaluation, row) == wanted)
        lens_emit_string (emit, NULL, row->channel);
    }
  lens_emit_end_array (emit);
}

static void
put_predicate (LensEmit *emit, const LensEvaluation *evaluation)
{
  lens_emit_begin_object (emit, "predicate", LENS_EMIT_TALL);
  lens_emit_string (emit, "result", result_of (evaluation->verdict));
  put_configuration (emit, &evaluation->tool);
  put_tests (emit, "passedTests", evaluation, PASSED);
  put_tests (emit, "warnedTests", evaluation, WARNED);
  put_tests (emit, "failedTests", evaluation, FAILED);
  lens_emit_string (emit, "lenscap_verdict", lens_verdict_name (evaluation->verdict));
  lens_emit_strings (emit, "lenscap_reasons", evaluation->reasons);
  lens_emit_end_object (emit);
}

GBytes *
lens_export_in_toto (const LensExport *export)
{
  GByteArray *octets = g_byte_array_new ();
  LensEmit emit;

  lens_emit_init (&emit, LENS_EMIT_PRETTY, lens_emit_to_byte_array, octets);
  lens_emit_begin_object (&emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (&emit, "_type", STATEMENT);
  put_subject (&emit, export);
  lens_emit_string (&emit, "predicateType", PREDICATE);
  put_predicate (&emit, export->evaluation);
  lens_emit_end_object (&emit);
  lens_emit_finish (&emit);
  return g_byte_array_free_to_bytes (octets);
}
