/* Comma separated values, RFC 4180: CRLF ends a line, the first line names the columns.
 *
 * A spreadsheet takes a cell that begins with one of = + - @ for a formula, and a stranger names
 * cameras and hosts.  So such a cell of text, and one that begins with an apostrophe, gets an
 * apostrophe in front: take one away to have what the record says.  Whatever acts on a terminal or
 * ends a line is written out, as in report.txt.
 */
#include "report/export-parts.h"

#include <string.h>

#include "report/escape.h"
#include "report/record.h"

typedef struct
{
  GString *text;
  gboolean fresh; /* no cell in the line yet */
} Sheet;

static void
begin_cell (Sheet *sheet)
{
  if (!sheet->fresh)
    g_string_append_c (sheet->text, ',');
  sheet->fresh = FALSE;
}

static void
end_line (Sheet *sheet)
{
  g_string_append (sheet->text, "\r\n");
  sheet->fresh = TRUE;
}

/* Spreadsheets of East Asia take the wide forms too; spaces before them are no protection. */
static gboolean
is_formula (const char *text)
{
  while (*text == ' ')
    text++;
  const gunichar first = g_utf8_get_char (text);
  return first != 0
         && (strchr ("=+-@'\t\r", (int)MIN (first, 0x7f)) != NULL || first == 0xff1d
             || first == 0xff0b || first == 0xff0d || first == 0xff20);
}

/* A string of the record; NULL is an empty cell. */
static void
text_cell (Sheet *sheet, const char *value)
{
  g_autoptr (GString) safe = g_string_new (NULL);

  begin_cell (sheet);
  lens_escape_text (safe, value, 0);
  if (is_formula (safe->str))
    g_string_prepend_c (safe, '\'');
  if (strpbrk (safe->str, ",\"") != NULL || safe->str[0] == ' '
      || (safe->len > 0 && safe->str[safe->len - 1] == ' '))
    {
      g_string_replace (safe, "\"", "\"\"", 0);
      g_string_append_printf (sheet->text, "\"%s\"", safe->str);
    }
  else
    g_string_append (sheet->text, safe->str);
}

static void
count_cell (Sheet *sheet, guint64 value)
{
  begin_cell (sheet);
  g_string_append_printf (sheet->text, "%" G_GUINT64_FORMAT, value);
}

static void
empty_cell (Sheet *sheet)
{
  begin_cell (sheet);
}

/* The digits of the record's own numbers; negative (null there) is empty. */
static void
real_cell (Sheet *sheet, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  begin_cell (sheet);
  if (value >= 0)
    g_string_append (sheet->text, g_ascii_formatd (digits, sizeof digits, "%.12g", value));
}

/* Seconds since the epoch with nanoseconds, as in the record. */
static void
time_cell (Sheet *sheet, gint64 ns)
{
  const guint64 size = ns < 0 ? -(guint64)ns : (guint64)ns;

  begin_cell (sheet);
  g_string_append_printf (sheet->text, "%s%" G_GUINT64_FORMAT ".%09" G_GUINT64_FORMAT,
                          ns < 0 ? "-" : "", size / 1000000000, size % 1000000000);
}

static void
begin (Sheet *sheet, const char *columns)
{
  *sheet = (Sheet){ g_string_new (columns), TRUE };
  end_line (sheet);
}

static void
send (Sheet *sheet, const char *file, LensExportSink sink, gpointer data)
{
  g_autoptr (GBytes) octets = g_string_free_to_bytes (sheet->text);

  sink (file, octets, data);
}

/* --- findings.csv --- */

static void
flow_cells (Sheet *sheet, const LensFlowName *flow)
{
  text_cell (sheet, flow != NULL ? flow->proto : NULL);
  text_cell (sheet, flow != NULL ? flow->src : NULL);
  if (flow != NULL)
    count_cell (sheet, flow->sport);
  else
    empty_cell (sheet);
  text_cell (sheet, flow != NULL ? flow->dst : NULL);
  if (flow != NULL)
    count_cell (sheet, flow->dport);
  else
    empty_cell (sheet);
}

static void
frame_cells (Sheet *sheet, const LensFindingRow *finding)
{
  count_cell (sheet, finding->frame_count);
  if (finding->ranges->len > 0)
    {
      count_cell (sheet, g_array_index (finding->ranges, LensFrameRange, 0).first);
      count_cell (sheet,
                  g_array_index (finding->ranges, LensFrameRange, finding->ranges->len - 1).last);
    }
  else
    {
      empty_cell (sheet);
      empty_cell (sheet);
    }
}

static void
excerpt_cell (Sheet *sheet, const GByteArray *excerpt)
{
  begin_cell (sheet);
  for (guint i = 0; i < excerpt->len; i++)
    g_string_append_printf (sheet->text, "%02x", excerpt->data[i]);
}

static void
mapping_cell (Sheet *sheet, const LensExport *export, const LensFindingRow *finding,
              LensMappingRelation relation)
{
  g_autoptr (GString) words = g_string_new (NULL);

  lens_mapping_words (words, export->source->mapping, finding, relation);
  text_cell (sheet, words->str);
}

static void
references_cell (Sheet *sheet, GPtrArray *references)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < references->len; i++)
    g_string_append_printf (all, "%s%s", i > 0 ? "; " : "", (const char *)references->pdata[i]);
  text_cell (sheet, all->str);
}

static void
put_finding (Sheet *sheet, const LensExport *export, const LensFindingRow *finding,
             const char *kind)
{
  g_autofree char *filter = lens_record_filter (finding);

  text_cell (sheet, finding->id);
  text_cell (sheet, kind);
  text_cell (sheet, finding->channel);
  text_cell (sheet, finding->analyzer);
  text_cell (sheet, lens_severity_name (finding->severity));
  text_cell (sheet, finding->hides ? "true" : "false");
  real_cell (sheet, finding->confidence);
  real_cell (sheet, finding->p_value);
  text_cell (sheet, finding->device);
  flow_cells (sheet, finding->flow);
  text_cell (sheet, finding->name);
  frame_cells (sheet, finding);
  time_cell (sheet, finding->first);
  time_cell (sheet, finding->last);
  count_cell (sheet, finding->room_bits);
  count_cell (sheet, finding->used_bits);
  real_cell (sheet, finding->capacity_bps);
  text_cell (sheet, finding->summary);
  text_cell (sheet, finding->detail);
  excerpt_cell (sheet, finding->excerpt);
  text_cell (sheet, filter);
  text_cell (sheet, finding->filter_hint);
  references_cell (sheet, finding->references);
  mapping_cell (sheet, export, finding, LENS_MAPPING_SUPPORTS);
  mapping_cell (sheet, export, finding, LENS_MAPPING_DOES_NOT_PROVE);
  end_line (sheet);
}

static void
put_findings (const LensExport *export, LensExportSink sink, gpointer data)
{
  const GPtrArray *findings = export->evaluation->findings;
  const GPtrArray *leads = export->evaluation->leads;
  Sheet sheet;

  begin (&sheet,
         "id,kind,channel,analyzer,severity,hides,confidence,p_value,device,proto,src,sport,"
         "dst,dport,name,frames,first_frame,last_frame,first,last,room_bits,used_bits,"
         "capacity_bps,summary,detail,excerpt,filter,filter_hint,references,supports,"
         "does_not_prove");
  for (guint i = 0; i < findings->len; i++)
    put_finding (&sheet, export, findings->pdata[i], "finding");
  for (guint i = 0; i < leads->len; i++)
    put_finding (&sheet, export, leads->pdata[i], "lead");
  send (&sheet, "findings.csv", sink, data);
}

/* --- flows.csv --- */

static void
put_flows (const LensExport *export, LensExportSink sink, gpointer data)
{
  Sheet sheet;

  begin (&sheet, "proto,src,sport,dst,dport,packets_out,bytes_out,packets_in,bytes_in,payload,"
                 "first_frame,first,last,application,class,name");
  for (guint i = 0; i < export->evaluation->flows->len; i++)
    {
      const LensFlowRow *flow = export->evaluation->flows->pdata[i];

      text_cell (&sheet, flow->proto);
      text_cell (&sheet, flow->src);
      count_cell (&sheet, flow->sport);
      text_cell (&sheet, flow->dst);
      count_cell (&sheet, flow->dport);
      count_cell (&sheet, flow->packets_out);
      count_cell (&sheet, flow->bytes_out);
      count_cell (&sheet, flow->packets_in);
      count_cell (&sheet, flow->bytes_in);
      count_cell (&sheet, flow->payload);
      count_cell (&sheet, flow->first_frame);
      time_cell (&sheet, flow->first);
      time_cell (&sheet, flow->last);
      text_cell (&sheet, flow->application);
      text_cell (&sheet, lens_class_name (flow->class_));
      text_cell (&sheet, flow->name);
      end_line (&sheet);
    }
  send (&sheet, "flows.csv", sink, data);
}

/* --- ledger.csv --- */

static void
ledger_cells (Sheet *sheet, const char *scope, const LensLedgerPart *part)
{
  text_cell (sheet, scope);
  text_cell (sheet, part != NULL ? part->device : NULL);
  text_cell (sheet, part != NULL ? part->direction : NULL);
  text_cell (sheet, part != NULL ? part->phase : NULL);
}

static void
put_classes (Sheet *sheet, const char *scope, const LensLedgerPart *part,
             const LensClassRow classes[LENS_N_CLASSES])
{
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    {
      ledger_cells (sheet, scope, part);
      text_cell (sheet, lens_class_name (classes[i].class_));
      count_cell (sheet, classes[i].bytes);
      count_cell (sheet, classes[i].packets);
      end_line (sheet);
    }
}

/* One row that is no class: what all of them sum up to, or what another file leaves out. */
static void
put_sum (Sheet *sheet, const char *scope, guint64 bytes, guint64 packets)
{
  ledger_cells (sheet, scope, NULL);
  empty_cell (sheet);
  count_cell (sheet, bytes);
  count_cell (sheet, packets);
  end_line (sheet);
}

static void
put_ledger (const LensExport *export, LensExportSink sink, gpointer data)
{
  const LensEvaluation *evaluation = export->evaluation;
  const LensLedgerSection *ledger = &evaluation->ledger;
  Sheet sheet;

  begin (&sheet, "scope,device,direction,phase,class,bytes,packets");
  put_sum (&sheet, "total", ledger->total_bytes, ledger->total_packets);
  put_classes (&sheet, "class", NULL, ledger->classes);
  for (guint i = 0; i < ledger->parts->len; i++)
    {
      const LensLedgerPart *part = ledger->parts->pdata[i];
      put_classes (&sheet, "part", part, part->classes);
    }
  put_sum (&sheet, "flows-not-listed", evaluation->flows_rest_bytes,
           evaluation->flows_rest_packets);
  send (&sheet, "ledger.csv", sink, data);
}

void
lens_export_csv (const LensExport *export, LensExportSink sink, gpointer data)
{
  put_findings (export, sink, data);
  put_flows (export, sink, data);
  put_ledger (export, sink, data);
}
