#include "report/flow-marks.h"

#include "report/reasons.h"

enum
{
  MAX_OF_HOSTS = 1000, /* findings looked at for one flow: a record of a stranger may have more */
};

struct LensFlowMarks
{
  const LensEvaluation *evaluation;
  GHashTable *of_hosts; /* "udp 192.0.2.1 192.0.2.2" -> GArray of LensFlowMark, by weight */
};

/* The same for both directions. */
static char *
hosts_key (const char *proto, const char *one, const char *other)
{
  const gboolean swap = g_strcmp0 (one, other) > 0;

  return g_strdup_printf ("%s %s %s", proto != NULL ? proto : "",
                          (swap ? other : one) != NULL ? (swap ? other : one) : "",
                          (swap ? one : other) != NULL ? (swap ? one : other) : "");
}

static void
note (LensFlowMarks *marks, const LensFlowName *name, LensFlowMark mark)
{
  g_autofree char *key = hosts_key (name->proto, name->src, name->dst);
  GArray *list = g_hash_table_lookup (marks->of_hosts, key);

  if (list == NULL)
    {
      list = g_array_new (FALSE, FALSE, sizeof (LensFlowMark));
      g_hash_table_insert (marks->of_hosts, g_steal_pointer (&key), list);
    }
  if (list->len < MAX_OF_HOSTS)
    g_array_append_val (list, mark);
}

LensFlowMarks *
lens_flow_marks_new (const LensEvaluation *evaluation)
{
  LensFlowMarks *marks = g_new0 (LensFlowMarks, 1);
  g_autoptr (GArray) order = lens_reasons_order (evaluation);

  marks->evaluation = evaluation;
  marks->of_hosts
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
  for (guint rank = 0; rank < order->len; rank++)
    {
      const guint index = g_array_index (order, guint, rank);
      const LensFindingRow *finding = evaluation->findings->pdata[index];

      if (finding->flow != NULL)
        note (marks, finding->flow, (LensFlowMark){ index, rank });
    }
  return marks;
}

void
lens_flow_marks_free (LensFlowMarks *marks)
{
  if (marks == NULL)
    return;
  g_hash_table_unref (marks->of_hosts);
  g_free (marks);
}

/* 0: not told. */
static gboolean
ports_fit (const LensFlowName *name, guint16 sport, guint16 dport)
{
  return (name->sport == 0 || name->sport == sport) && (name->dport == 0 || name->dport == dport);
}

static gboolean
is_about (const LensFlowName *name, const LensFlowRow *flow)
{
  const gboolean along
      = g_strcmp0 (name->src, flow->src) == 0 && g_strcmp0 (name->dst, flow->dst) == 0;
  const gboolean against
      = g_strcmp0 (name->src, flow->dst) == 0 && g_strcmp0 (name->dst, flow->src) == 0;

  return (along && ports_fit (name, flow->sport, flow->dport))
         || (against && ports_fit (name, flow->dport, flow->sport));
}

GArray *
lens_flow_marks_of (const LensFlowMarks *marks, const LensFlowRow *flow)
{
  GArray *of_flow = g_array_new (FALSE, FALSE, sizeof (LensFlowMark));
  g_autofree char *key = hosts_key (flow->proto, flow->src, flow->dst);
  const GArray *list = g_hash_table_lookup (marks->of_hosts, key);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const LensFlowMark *mark = &g_array_index (list, LensFlowMark, i);
      const LensFindingRow *finding = marks->evaluation->findings->pdata[mark->finding];

      if (is_about (finding->flow, flow))
        g_array_append_val (of_flow, *mark);
    }
  return of_flow;
}

/* A disguise that carried nothing is worth a word only where it weighs by itself. */
static gboolean
is_use (const LensFindingRow *finding)
{
  return finding->severity >= LENS_SEVERITY_MEDIUM
         || (finding->severity >= LENS_SEVERITY_LOW && finding->used_bits > 0);
}

gboolean
lens_flow_marks_hide (const LensFlowMarks *marks, const GArray *of_flow)
{
  for (guint i = 0; i < of_flow->len; i++)
    {
      const guint index = g_array_index (of_flow, LensFlowMark, i).finding;
      const LensFindingRow *finding = marks->evaluation->findings->pdata[index];

      if (finding->hides && is_use (finding))
        return TRUE;
    }
  return FALSE;
}
