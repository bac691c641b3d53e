/* NIST OSCAL assessment results (csrc.nist.gov/ns/oscal, 1.2.1, JSON).
 *
 *   local definitions   the devices under test, and lenscap as the platform
 *   reviewed controls   those of NIST SP 800-53 that the mapping names
 *   observations        one for each finding, one for the coverage
 *   findings            one for each control that the mapping connects with the verdict
 *   back matter         the record, the capture, what was declared: by hash
 *
 * OSCAL has two states for a target and lenscap five verdicts; the verdict stands beside the state,
 * and the remarks say how one becomes the other.  Identifiers come from the record (version 5), and
 * times too: there is no clock.
 *
 * Titles, descriptions and remarks are Markdown there, so what strangers wrote is escaped for it.
 */
#include "report/export-oscal-parts.h"

#include <string.h>

#include "report/escape.h"
#include "report/facts.h"

#define OSCAL_VERSION "1.2.1"
#define NAMESPACE LENS_OSCAL_NAMESPACE

enum
{
  NANOSECONDS = 9 /* digits */
};

const char lens_oscal_verdict_remarks[]
    = "lenscap has five verdicts, OSCAL two states.  conforms and conforms-with-residual-capacity "
      "become satisfied, the second with the reason other: capacity is left that nobody can test.  "
      "undeclared and concealed become not-satisfied with the reason fail.  inconclusive becomes "
      "not-satisfied with the reason other: it was not shown.  The state speaks of the traffic of "
      "the "
      "devices in this run, not of an organization's whole control.";

/* --- strings --- */

/* Text of one line without spaces at its ends, as OSCAL's strings are; a dash for nothing. */
static char *
plain (const char *text)
{
  g_autoptr (GString) safe = g_string_new (NULL);

  lens_escape_text (safe, text, 0);
  g_strstrip (safe->str);
  return g_strdup (*safe->str != '\0' ? safe->str : "-");
}

/* The same for Markdown: any punctuation may stand behind a backslash (CommonMark 0.30, 2.4). */
char *
lens_oscal_markdown (const char *text)
{
  g_autofree char *line = plain (text);
  GString *safe = g_string_new (NULL);

  for (const char *at = line; *at != '\0'; at++)
    {
      if (strchr ("\\`*_{}[]<>()#+!|&~^$", *at) != NULL)
        g_string_append_c (safe, '\\');
      g_string_append_c (safe, *at);
    }
  return g_string_free (safe, FALSE);
}

void
lens_oscal_marked (LensOscal *oscal, const char *key, const char *text)
{
  g_autofree char *safe = lens_oscal_markdown (text);

  lens_emit_string (&oscal->emit, key, safe);
}

void
lens_oscal_plain (LensOscal *oscal, const char *key, const char *text)
{
  g_autofree char *safe = plain (text);

  lens_emit_string (&oscal->emit, key, safe);
}

void
lens_oscal_uuid (LensOscal *oscal, const char *json_key, const char *kind, const char *key)
{
  char uuid[LENS_UUID_TEXT];

  lens_export_uuid (oscal->export, kind, key, uuid);
  lens_emit_string (&oscal->emit, json_key, uuid);
}

void
lens_oscal_stamp (LensOscal *oscal, const char *key, gint64 ns)
{
  lens_export_stamp (&oscal->emit, key, ns, NANOSECONDS);
}

/* A property of ours; nothing for NULL. */
void
lens_oscal_prop (LensOscal *oscal, const char *name, const char *value)
{
  if (value == NULL || *value == '\0')
    return;
  lens_emit_begin_object (&oscal->emit, NULL, LENS_EMIT_ROW);
  lens_emit_string (&oscal->emit, "name", name);
  lens_emit_string (&oscal->emit, "ns", NAMESPACE);
  lens_oscal_plain (oscal, "value", value);
  lens_emit_end_object (&oscal->emit);
}

void
lens_oscal_count_prop (LensOscal *oscal, const char *name, guint64 value)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, value);

  lens_oscal_prop (oscal, name, digits);
}

void
lens_oscal_real_prop (LensOscal *oscal, const char *name, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (value >= 0)
    lens_oscal_prop (oscal, name, g_ascii_formatd (digits, sizeof digits, "%.12g", value));
}

/* --- metadata --- */

static void
put_party (LensOscal *oscal, const char *type, const char *name)
{
  if (name == NULL || *name == '\0')
    return;
  lens_emit_begin_object (&oscal->emit, NULL, LENS_EMIT_TALL);
  lens_oscal_uuid (oscal, "uuid", "party", type);
  lens_emit_string (&oscal->emit, "type", type);
  lens_oscal_plain (oscal, "name", name);
  lens_emit_end_object (&oscal->emit);
}

gboolean
lens_oscal_has_text (const char *text)
{
  return text != NULL && *text != '\0';
}

static void
put_parties (LensOscal *oscal)
{
  const LensEvaluation *evaluation = oscal->export->evaluation;

  if (!lens_oscal_has_text (evaluation->laboratory) && !lens_oscal_has_text (evaluation->evaluator))
    return;
  lens_emit_begin_array (&oscal->emit, "parties", LENS_EMIT_TALL);
  put_party (oscal, "organization", evaluation->laboratory);
  put_party (oscal, "person", evaluation->evaluator);
  lens_emit_end_array (&oscal->emit);
}

static void
put_document_id (LensOscal *oscal, const char *scheme, const char *identifier)
{
  if (!lens_oscal_has_text (identifier))
    return;
  lens_emit_begin_object (&oscal->emit, NULL, LENS_EMIT_ROW);
  lens_emit_string (&oscal->emit, "scheme", scheme);
  lens_oscal_plain (oscal, "identifier", identifier);
  lens_emit_end_object (&oscal->emit);
}

static void
put_metadata (LensOscal *oscal)
{
  const LensEvaluation *evaluation = oscal->export->evaluation;
  LensEmit *emit = &oscal->emit;
  g_autofree char *device = lens_facts_title (evaluation);
  g_autofree char *title = g_strconcat ("Evaluation of the traffic of ", device, NULL);

  lens_emit_begin_object (emit, "metadata", LENS_EMIT_TALL);
  lens_oscal_marked (oscal, "title", title);
  lens_oscal_stamp (oscal, "last-modified", lens_export_time (oscal->export));
  lens_oscal_plain (oscal, "version", evaluation->tool.version);
  lens_emit_string (emit, "oscal-version", OSCAL_VERSION);
  lens_emit_begin_array (emit, "document-ids", LENS_EMIT_TALL);
  put_document_id (oscal, "urn:lenscap:evaluation:sha256", oscal->export->source->record_sha256);
  put_document_id (oscal, "urn:lenscap:reference", evaluation->reference);
  lens_emit_end_array (emit);
  put_parties (oscal);
  lens_emit_string (emit, "remarks",
                    "Made from evaluation.json alone.  The version is that of lenscap; "
                    "last-modified is the time of the last packet, 1970 when there is none.");
  lens_emit_end_object (emit);
}

static void
put_import (LensOscal *oscal)
{
  char uuid[LENS_UUID_TEXT], href[LENS_UUID_TEXT + 1];

  lens_export_uuid (oscal->export, "resource", "declaration", uuid);
  g_snprintf (href, sizeof href, "#%s", uuid);
  lens_emit_begin_object (&oscal->emit, "import-ap", LENS_EMIT_TALL);
  lens_emit_string (&oscal->emit, "href", href);
  lens_emit_string (
      &oscal->emit, "remarks",
      "There is no assessment plan in OSCAL.  What stands in its place is what was "
      "declared of the device (its profile, its MUD file), which the resource names.");
  lens_emit_end_object (&oscal->emit);
}

/* --- what was assessed, and with what --- */

char *
lens_oscal_key (guint index)
{
  return g_strdup_printf ("%u", index);
}

static void
begin_component (LensOscal *oscal, const char *key, const char *type, const char *title)
{
  lens_emit_begin_object (&oscal->emit, NULL, LENS_EMIT_TALL);
  lens_oscal_uuid (oscal, "uuid", "component", key);
  lens_emit_string (&oscal->emit, "type", type);
  lens_oscal_marked (oscal, "title", title);
}

static void
end_component (LensOscal *oscal, const char *state, const char *remarks)
{
  lens_emit_begin_object (&oscal->emit, "status", LENS_EMIT_ROW);
  lens_emit_string (&oscal->emit, "state", state);
  if (remarks != NULL)
    lens_emit_string (&oscal->emit, "remarks", remarks);
  lens_emit_end_object (&oscal->emit);
  lens_emit_end_object (&oscal->emit);
}

static void
put_device (LensOscal *oscal, const LensDeviceRow *device, guint index)
{
  g_autofree char *key = lens_oscal_key (index);

  begin_component (oscal, key, "hardware", device->name);
  lens_emit_string (&oscal->emit, "description", "A device under test.");
  lens_emit_begin_array (&oscal->emit, "props", LENS_EMIT_TALL);
  lens_oscal_prop (oscal, "verdict", lens_verdict_name (device->verdict));
  lens_oscal_prop (oscal, "kind", device->kind);
  lens_oscal_prop (oscal, "mac", device->mac);
  for (guint i = 0; i < device->addresses->len; i++)
    lens_oscal_prop (oscal, "address", device->addresses->pdata[i]);
  lens_oscal_prop (oscal, "vendor", device->vendor);
  lens_oscal_prop (oscal, "model", device->model);
  lens_oscal_prop (oscal, "firmware", device->firmware);
  lens_oscal_prop (oscal, "serial", device->serial);
  lens_oscal_prop (oscal, "asset", device->asset);
  lens_emit_end_array (&oscal->emit);
  end_component (oscal, "other", "The record does not say how the device is used.");
}

static void
put_platform (LensOscal *oscal)
{
  const LensToolSection *tool = &oscal->export->evaluation->tool;
  LensEmit *emit = &oscal->emit;

  lens_emit_begin_object (emit, "assessment-assets", LENS_EMIT_TALL);
  lens_emit_begin_array (emit, "components", LENS_EMIT_TALL);
  begin_component (oscal, "lenscap", "software", "lenscap");
  lens_emit_string (emit, "description",
                    "Accounts for every octet of a capture and measures what could hide in it.");
  lens_emit_begin_array (emit, "props", LENS_EMIT_TALL);
  lens_oscal_prop (oscal, "version", lens_oscal_has_text (tool->version) ? tool->version : "-");
  lens_oscal_prop (oscal, "device", tool->device);
  lens_oscal_prop (oscal, "only", tool->only);
  lens_oscal_prop (oscal, "limits", tool->limits ? "true" : "false");
  lens_oscal_real_prop (oscal, "alpha", tool->alpha);
  lens_emit_end_array (emit);
  end_component (oscal, "operational", NULL);
  lens_emit_end_array (emit);
  lens_emit_begin_array (emit, "assessment-platforms", LENS_EMIT_TALL);
  lens_emit_begin_object (emit, NULL, LENS_EMIT_TALL);
  lens_oscal_uuid (oscal, "uuid", "platform", "lenscap");
  lens_emit_begin_array (emit, "uses-components", LENS_EMIT_TALL);
  lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
  lens_oscal_uuid (oscal, "component-uuid", "component", "lenscap");
  lens_emit_end_object (emit);
  lens_emit_end_array (emit);
  lens_emit_end_object (emit);
  lens_emit_end_array (emit);
  lens_emit_end_object (emit);
}

static void
put_definitions (LensOscal *oscal)
{
  const GPtrArray *devices = oscal->export->evaluation->devices;

  lens_emit_begin_object (&oscal->emit, "local-definitions", LENS_EMIT_TALL);
  if (devices->len > 0)
    {
      lens_emit_begin_array (&oscal->emit, "components", LENS_EMIT_TALL);
      for (guint i = 0; i < devices->len; i++)
        put_device (oscal, devices->pdata[i], i);
      lens_emit_end_array (&oscal->emit);
    }
  put_platform (oscal);
  lens_emit_end_object (&oscal->emit);
}

/* --- the result --- */

static void
put_result (LensOscal *oscal)
{
  const LensEvaluation *evaluation = oscal->export->evaluation;
  g_autofree char *sentence = lens_facts_sentence (evaluation);
  LensEmit *emit = &oscal->emit;

  lens_emit_begin_array (emit, "results", LENS_EMIT_TALL);
  lens_emit_begin_object (emit, NULL, LENS_EMIT_TALL);
  lens_oscal_uuid (oscal, "uuid", "result", "");
  lens_oscal_marked (oscal, "title", lens_facts_badge (evaluation->verdict));
  lens_oscal_marked (oscal, "description", sentence);
  lens_oscal_stamp (oscal, "start", evaluation->input.has_times ? evaluation->input.first : 0);
  if (evaluation->input.has_times)
    lens_oscal_stamp (oscal, "end", evaluation->input.last);
  lens_emit_begin_array (emit, "props", LENS_EMIT_TALL);
  lens_oscal_prop (oscal, "verdict", lens_verdict_name (evaluation->verdict));
  for (guint i = 0; i < evaluation->reasons->len; i++)
    lens_oscal_prop (oscal, "reason", evaluation->reasons->pdata[i]);
  lens_oscal_prop (oscal, "input-status", evaluation->input.status);
  lens_oscal_prop (oscal, "input-problem", evaluation->input.problem);
  lens_emit_end_array (emit);
  put_definitions (oscal);
  lens_oscal_controls (oscal);
  lens_oscal_observations (oscal);
  lens_oscal_findings (oscal);
  lens_emit_string (emit, "remarks", lens_oscal_verdict_remarks);
  lens_emit_end_object (emit);
  lens_emit_end_array (emit);
}

/* --- back matter --- */

static void
begin_resource (LensOscal *oscal, const char *key, const char *title, const char *description)
{
  lens_emit_begin_object (&oscal->emit, NULL, LENS_EMIT_TALL);
  lens_oscal_uuid (oscal, "uuid", "resource", key);
  lens_emit_string (&oscal->emit, "title", title);
  lens_emit_string (&oscal->emit, "description", description);
}

/* One file of a resource; nothing for a hash that is NULL. */
static void
put_file (LensOscal *oscal, const char *name, const char *sha256)
{
  g_autofree char *href = name != NULL ? g_uri_escape_string (name, NULL, FALSE) : NULL;

  if (!lens_oscal_has_text (sha256) || href == NULL || *href == '\0')
    return;
  lens_emit_begin_object (&oscal->emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (&oscal->emit, "href", href);
  lens_emit_begin_array (&oscal->emit, "hashes", LENS_EMIT_ROW);
  lens_emit_begin_object (&oscal->emit, NULL, LENS_EMIT_ROW);
  lens_emit_string (&oscal->emit, "algorithm", "SHA-256");
  lens_emit_string (&oscal->emit, "value", sha256);
  lens_emit_end_object (&oscal->emit);
  lens_emit_end_array (&oscal->emit);
  lens_emit_end_object (&oscal->emit);
}

static void
put_capture (LensOscal *oscal)
{
  const LensInputSection *input = &oscal->export->evaluation->input;
  const gboolean is_set = input->files->len > 0;

  begin_resource (oscal, "capture", "Capture", "The packets that were evaluated.");
  if (is_set || (lens_oscal_has_text (input->name) && lens_oscal_has_text (input->sha256)))
    {
      lens_emit_begin_array (&oscal->emit, "rlinks", LENS_EMIT_TALL);
      put_file (oscal, input->name, input->sha256);
      for (guint i = 0; i < input->files->len; i++)
        {
          const LensFileRow *file = input->files->pdata[i];
          put_file (oscal, file->name, file->sha256);
        }
      lens_emit_end_array (&oscal->emit);
    }
  lens_emit_end_object (&oscal->emit);
}

static void
put_declaration (LensOscal *oscal)
{
  const LensToolSection *tool = &oscal->export->evaluation->tool;
  const gboolean has_files
      = lens_oscal_has_text (tool->profile_sha256) || lens_oscal_has_text (tool->mud_sha256);

  begin_resource (oscal, "declaration", "Declaration",
                  has_files ? "What was declared of the devices."
                            : "There was no profile and no MUD file: only the session itself and a "
                              "small default are declared.");
  if (has_files)
    {
      lens_emit_begin_array (&oscal->emit, "rlinks", LENS_EMIT_TALL);
      put_file (oscal, "profile.ini", tool->profile_sha256);
      put_file (oscal, "mud.json", tool->mud_sha256);
      lens_emit_end_array (&oscal->emit);
    }
  lens_emit_end_object (&oscal->emit);
}

static void
put_back_matter (LensOscal *oscal)
{
  LensEmit *emit = &oscal->emit;

  lens_emit_begin_object (emit, "back-matter", LENS_EMIT_TALL);
  lens_emit_begin_array (emit, "resources", LENS_EMIT_TALL);
  put_declaration (oscal);
  put_capture (oscal);
  begin_resource (oscal, "record", "Record", "The evaluation that this document was made from.");
  lens_emit_begin_array (emit, "rlinks", LENS_EMIT_TALL);
  put_file (oscal, "evaluation.json", oscal->export->source->record_sha256);
  lens_emit_end_array (emit);
  lens_emit_end_object (emit);
  lens_emit_end_array (emit);
  lens_emit_end_object (emit);
}

GBytes *
lens_export_oscal (const LensExport *export)
{
  GByteArray *octets = g_byte_array_new ();
  LensOscal oscal = { .export = export };

  lens_emit_init (&oscal.emit, LENS_EMIT_PRETTY, lens_emit_to_byte_array, octets);
  lens_emit_begin_object (&oscal.emit, NULL, LENS_EMIT_TALL);
  lens_emit_begin_object (&oscal.emit, "assessment-results", LENS_EMIT_TALL);
  lens_oscal_uuid (&oscal, "uuid", "assessment-results", "");
  put_metadata (&oscal);
  put_import (&oscal);
  put_result (&oscal);
  put_back_matter (&oscal);
  lens_emit_end_object (&oscal.emit);
  lens_emit_end_object (&oscal.emit);
  lens_emit_finish (&oscal.emit);
  return g_byte_array_free_to_bytes (octets);
}
