/* Two evaluations side by side: how rows are collected, matched and called. */
#include "report/comparison-parts.h"

#include "report/facts.h"
#include "report/record.h"
#include "report/redact.h"
#include "report/run.h"
#include "report/words.h"

#include <math.h>
#include <string.h>

enum
{
  MAX_DEVICES = 256, /* that are paired by more than their names */
};

const char *
lens_change_name (LensChange change)
{
  static const char *const names[] = { "new", "gone", "changed", "same" };

  return names[change];
}

/* --- rows --- */

static void
value_clear (gpointer data)
{
  LensComparedValue *value = data;

  g_free (value->text[0]);
  g_free (value->text[1]);
}

static void
row_free (gpointer data)
{
  LensComparedRow *row = data;

  for (guint i = 0; i < LENS_COMPARED_PARTS; i++)
    g_free (row->parts[i]);
  g_array_unref (row->values);
  g_free (row);
}

static void
section_free (gpointer data)
{
  LensComparedSection *section = data;

  g_ptr_array_unref (section->rows);
  g_free (section);
}

LensCompared *
lens_compared_begin (const char *id, const char *title, const char *const *part_names)
{
  LensCompared *compared = g_new0 (LensCompared, 1);

  compared->section = g_new0 (LensComparedSection, 1);
  compared->section->id = id;
  compared->section->title = title;
  compared->section->rows = g_ptr_array_new_with_free_func (row_free);
  for (guint i = 0; part_names[i] != NULL; i++)
    compared->section->parts[i] = part_names[i];
  for (guint side = 0; side < 2; side++)
    compared->rows[side] = g_ptr_array_new ();
  return compared;
}

LensComparedRow *
lens_compared_row (LensCompared *compared, guint side, guint64 rank, const char *const *parts)
{
  LensComparedRow *row = g_new0 (LensComparedRow, 1);

  for (guint i = 0; compared->section->parts[i] != NULL; i++)
    row->parts[i] = g_strdup (parts[i]);
  row->values = g_array_new (FALSE, TRUE, sizeof (LensComparedValue));
  g_array_set_clear_func (row->values, value_clear);
  row->rank = rank;
  row->order = compared->rows[side]->len;
  g_ptr_array_add (compared->rows[side], row);
  return row;
}

static LensComparedValue *
add_value (LensComparedRow *row, guint side, LensComparedKind kind, const char *name)
{
  LensComparedValue value = { .name = name, .kind = kind };

  value.has[side] = TRUE;
  g_array_append_val (row->values, value);
  return &g_array_index (row->values, LensComparedValue, row->values->len - 1);
}

void
lens_compared_text (LensComparedRow *row, guint side, const char *name, const char *text)
{
  if (text != NULL)
    add_value (row, side, LENS_COMPARED_TEXT, name)->text[side] = g_strdup (text);
}

void
lens_compared_count (LensComparedRow *row, guint side, LensComparedKind kind, const char *name,
                     guint64 count)
{
  add_value (row, side, kind, name)->count[side] = count;
}

void
lens_compared_rate (LensComparedRow *row, guint side, const char *name, double rate)
{
  if (rate >= 0)
    add_value (row, side, LENS_COMPARED_RATE, name)->rate[side] = rate;
}

/* --- matching --- */

static gint
compare_parts (const LensComparedRow *x, const LensComparedRow *y)
{
  gint order = 0;

  for (guint i = 0; order == 0 && i < LENS_COMPARED_PARTS; i++)
    order = g_strcmp0 (x->parts[i], y->parts[i]);
  return order;
}

/* Rows that have the same name keep their order: the n-th is matched with the n-th. */
static gint
by_parts (gconstpointer a, gconstpointer b)
{
  const LensComparedRow *x = *(LensComparedRow *const *)a, *y = *(LensComparedRow *const *)b;
  gint order = compare_parts (x, y);

  return order != 0 ? order : x->order < y->order ? -1 : x->order > y->order;
}

static gint
by_change (gconstpointer a, gconstpointer b)
{
  const LensComparedRow *x = *(LensComparedRow *const *)a, *y = *(LensComparedRow *const *)b;

  if (x->change != y->change)
    return x->change < y->change ? -1 : 1;
  return x->rank != y->rank ? (x->rank < y->rank ? -1 : 1) : by_parts (a, b);
}

static gint
by_rank (gconstpointer a, gconstpointer b)
{
  const LensComparedRow *x = *(LensComparedRow *const *)a, *y = *(LensComparedRow *const *)b;

  return x->rank != y->rank ? (x->rank < y->rank ? -1 : 1) : by_parts (a, b);
}

/* Moves what @from has of the other side into @into. */
static void
join_value (LensComparedRow *into, LensComparedValue *from)
{
  for (guint i = 0; i < into->values->len; i++)
    {
      LensComparedValue *value = &g_array_index (into->values, LensComparedValue, i);
      if (!g_str_equal (value->name, from->name) || value->has[1])
        continue;
      value->has[1] = TRUE;
      value->text[1] = g_steal_pointer (&from->text[1]);
      value->count[1] = from->count[1];
      value->rate[1] = from->rate[1];
      return;
    }
  LensComparedValue moved = *from;
  memset (from, 0, sizeof *from);
  g_array_append_val (into->values, moved);
}

static gboolean
is_near (double x, double y, double tolerance)
{
  return fabs (x - y) <= tolerance * MAX (fabs (x), fabs (y));
}

static gboolean
value_differs (const LensComparison *comparison, const LensComparedValue *value)
{
  if (!value->has[0] || !value->has[1])
    return TRUE;
  if (value->kind == LENS_COMPARED_TEXT)
    return !g_str_equal (value->text[0], value->text[1]);
  if (value->kind == LENS_COMPARED_RATE)
    return !is_near (value->rate[0], value->rate[1], comparison->tolerance);
  if (value->count[0] == value->count[1])
    return FALSE;
  double one = lens_compared_per_hour (comparison, value, 0);
  double other = lens_compared_per_hour (comparison, value, 1);
  return comparison->tolerance == 0 || one < 0 || other < 0
         || !is_near (one, other, comparison->tolerance);
}

static LensComparedRow *
matched (const LensComparison *comparison, LensComparedRow *one, LensComparedRow *other)
{
  one->change = LENS_CHANGE_SAME;
  for (guint i = 0; i < other->values->len; i++)
    join_value (one, &g_array_index (other->values, LensComparedValue, i));
  for (guint i = 0; i < one->values->len; i++)
    {
      LensComparedValue *value = &g_array_index (one->values, LensComparedValue, i);
      value->differs = value_differs (comparison, value);
      if (value->differs)
        one->change = LENS_CHANGE_CHANGED;
    }
  row_free (other);
  return one;
}

gboolean
lens_compared_counts_only (const LensComparedRow *row)
{
  for (guint i = 0; i < row->values->len; i++)
    {
      const LensComparedValue *value = &g_array_index (row->values, LensComparedValue, i);
      if (value->differs && value->kind != LENS_COMPARED_COUNT)
        return FALSE;
    }
  return row->change == LENS_CHANGE_CHANGED;
}

/* First where the first value differs, which says the most; last where mere counts do. */
static guint64
weight_of (const LensComparedRow *row)
{
  if (row->change != LENS_CHANGE_CHANGED || row->values->len == 0)
    return 0;
  if (lens_compared_counts_only (row))
    return (guint64)2 << 32;
  return g_array_index (row->values, LensComparedValue, 0).differs ? 0 : (guint64)1 << 32;
}

void
lens_compared_end (LensCompared *compared, LensComparison *comparison)
{
  LensComparedSection *section = compared->section;
  guint at[2] = { 0, 0 };

  for (guint side = 0; side < 2; side++)
    g_ptr_array_sort (compared->rows[side], by_parts);
  while (at[0] < compared->rows[0]->len || at[1] < compared->rows[1]->len)
    {
      LensComparedRow *one = NULL, *other = NULL;
      if (at[0] < compared->rows[0]->len)
        one = g_ptr_array_index (compared->rows[0], at[0]);
      if (at[1] < compared->rows[1]->len)
        other = g_ptr_array_index (compared->rows[1], at[1]);
      gint order = one == NULL ? 1 : other == NULL ? -1 : compare_parts (one, other);
      LensComparedRow *row = order > 0 ? other : one;
      row->change = order > 0 ? LENS_CHANGE_NEW : LENS_CHANGE_GONE;
      if (order == 0)
        row = matched (comparison, one, other);
      if (section->folds)
        row->rank += weight_of (row);
      at[0] += order <= 0;
      at[1] += order >= 0;
      section->n[row->change]++;
      g_ptr_array_add (section->rows, row);
    }
  g_ptr_array_sort (section->rows, section->whole ? by_rank : by_change);
  comparison->same = comparison->same && section->n[LENS_CHANGE_SAME] == section->rows->len;
  g_ptr_array_add (comparison->sections, section);
  for (guint side = 0; side < 2; side++)
    g_ptr_array_unref (compared->rows[side]);
  g_free (compared);
}

/* --- devices --- */

const char *
lens_compared_device (const LensComparedPair *pair, guint side, const char *name)
{
  const char *alias = side == 1 && name != NULL ? g_hash_table_lookup (pair->aliases, name) : NULL;

  return alias != NULL ? alias : name;
}

static gboolean
has_name (const LensEvaluation *evaluation, const char *name)
{
  for (guint i = 0; i < MIN (evaluation->devices->len, MAX_DEVICES); i++)
    if (g_strcmp0 (((LensDeviceRow *)evaluation->devices->pdata[i])->name, name) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
shares_address (const LensDeviceRow *one, const LensDeviceRow *other)
{
  if (one->mac != NULL && g_strcmp0 (one->mac, other->mac) == 0)
    return TRUE;
  for (guint i = 0; i < MIN (one->addresses->len, MAX_DEVICES); i++)
    for (guint j = 0; j < MIN (other->addresses->len, MAX_DEVICES); j++)
      if (g_str_equal (one->addresses->pdata[i], other->addresses->pdata[j]))
        return TRUE;
  return FALSE;
}

/* Those of @evaluation that no other device is called as. */
static GPtrArray *
nameless (const LensEvaluation *evaluation, const LensEvaluation *other)
{
  GPtrArray *rows = g_ptr_array_new ();

  for (guint i = 0; i < MIN (evaluation->devices->len, MAX_DEVICES); i++)
    {
      LensDeviceRow *row = evaluation->devices->pdata[i];
      if (row->name != NULL && !has_name (other, row->name))
        g_ptr_array_add (rows, row);
    }
  return rows;
}

static void
call_alike (LensComparedPair *pair, GPtrArray *ones, guint one, GPtrArray *others, guint other)
{
  const LensDeviceRow *first = ones->pdata[one], *second = others->pdata[other];

  g_hash_table_insert (pair->aliases, second->name, first->name);
  g_ptr_array_remove_index (ones, one);
  g_ptr_array_remove_index (others, other);
}

/* By name; then by an address that they share; then because no other is left. */
static void
pair_devices (LensComparedPair *pair)
{
  g_autoptr (GPtrArray) ones = nameless (pair->evaluation[0], pair->evaluation[1]);
  g_autoptr (GPtrArray) others = nameless (pair->evaluation[1], pair->evaluation[0]);

  for (guint i = ones->len; i-- > 0;)
    for (guint j = 0; j < others->len; j++)
      if (shares_address (ones->pdata[i], others->pdata[j]))
        {
          call_alike (pair, ones, i, others, j);
          break;
        }
  if (ones->len == 1 && others->len == 1)
    call_alike (pair, ones, 0, others, 0);
}

static void
learn_hosts (LensComparedPair *pair, guint side)
{
  const LensEvaluation *evaluation = pair->evaluation[side];

  for (guint i = 0; i < evaluation->devices->len; i++)
    {
      const LensDeviceRow *row = evaluation->devices->pdata[i];
      char *name = (char *)lens_compared_device (pair, side, row->name);
      for (guint a = 0; name != NULL && a < row->addresses->len; a++)
        g_hash_table_insert (pair->hosts[side], row->addresses->pdata[a], name);
      if (name != NULL && row->mac != NULL)
        g_hash_table_insert (pair->hosts[side], row->mac, name);
    }
  for (guint i = 0; i < evaluation->flows->len; i++)
    {
      const LensFlowRow *row = evaluation->flows->pdata[i];
      const char *peer = row->dst;
      if (peer != NULL && g_hash_table_contains (pair->hosts[side], peer))
        peer = row->src;
      if (row->name != NULL && *row->name != '\0' && peer != NULL)
        g_hash_table_insert (pair->names[side], (char *)peer, row->name);
    }
}

static void
pair_init (LensComparedPair *pair, const LensEvaluation *one, const LensEvaluation *other)
{
  *pair = (LensComparedPair){ .evaluation = { one, other } };
  pair->aliases = g_hash_table_new (g_str_hash, g_str_equal);
  pair_devices (pair);
  for (guint side = 0; side < 2; side++)
    {
      pair->hosts[side] = g_hash_table_new (g_str_hash, g_str_equal);
      pair->names[side] = g_hash_table_new (g_str_hash, g_str_equal);
      learn_hosts (pair, side);
    }
}

static void
pair_clear (LensComparedPair *pair)
{
  g_hash_table_unref (pair->aliases);
  for (guint side = 0; side < 2; side++)
    {
      g_hash_table_unref (pair->hosts[side]);
      g_hash_table_unref (pair->names[side]);
    }
}

/* --- the whole --- */

static void
fill_case (LensComparedCase *into, const LensEvaluation *evaluation)
{
  const LensInputSection *input = &evaluation->input;

  into->title = lens_facts_title (evaluation);
  into->input = g_strdup (input->name);
  into->sha256 = g_strdup (input->sha256);
  into->version = g_strdup (evaluation->tool.version);
  into->verdict = evaluation->verdict;
  into->has_times = input->has_times;
  into->first = input->first;
  into->last = input->last;
  if (input->has_times && input->last > input->first)
    into->hours = ((double)input->last - (double)input->first) / 3.6e12;
}

/* Of whole captures no two have one hash, and so one pseudonym of it. */
static gboolean
is_same_input (const LensInputSection *one, const LensInputSection *other)
{
  if (one->files->len != other->files->len || g_strcmp0 (one->sha256, other->sha256) != 0)
    return FALSE;
  for (guint i = 0; i < one->files->len; i++)
    {
      const LensFileRow *mine = one->files->pdata[i], *theirs = other->files->pdata[i];
      if (mine->sha256 == NULL || g_strcmp0 (mine->sha256, theirs->sha256) != 0)
        return FALSE;
    }
  return one->sha256 != NULL || one->files->len > 0;
}

/* The record under the pseudonyms of @copy, when that was made of it; else NULL. */
static LensEvaluation *
under_pseudonyms (GBytes *record, const LensEvaluation *copy)
{
  g_autoptr (LensRun) nothing = lens_run_new ();
  g_autoptr (GBytes) run = lens_run_octets (nothing);
  g_autoptr (GBytes) redacted = NULL, redacted_run = NULL;

  if (copy->redacted_from == NULL
      || !lens_redact (record, run, copy->redacted_from, &redacted, &redacted_run, NULL))
    return NULL;
  g_autoptr (LensEvaluation) evaluation
      = lens_record_read (g_bytes_get_data (redacted, NULL), g_bytes_get_size (redacted), NULL);
  return evaluation != NULL && is_same_input (&evaluation->input, &copy->input)
             ? g_steal_pointer (&evaluation)
             : NULL;
}

/* @shown: as they are called; @one, @other: as they are compared. */
static LensComparison *
comparison_new (const LensEvaluation *const shown[2], const LensEvaluation *one,
                const LensEvaluation *other, double tolerance)
{
  LensComparison *comparison = g_new0 (LensComparison, 1);
  LensComparedPair pair;

  comparison->tolerance = tolerance;
  comparison->same = TRUE;
  comparison->limits = g_ptr_array_new_with_free_func (g_free);
  comparison->sections = g_ptr_array_new_with_free_func (section_free);
  fill_case (&comparison->cases[0], shown[0]);
  fill_case (&comparison->cases[1], shown[1]);
  pair_init (&pair, one, other);
  pair.is_copy = one != shown[0] || other != shown[1];
  lens_compared_limits (&pair, comparison);
  lens_compared_verdicts (&pair, comparison);
  lens_compared_identity (&pair, comparison);
  lens_compared_findings (&pair, comparison);
  lens_compared_capture (&pair, comparison);
  lens_compared_ledger (&pair, comparison);
  lens_compared_flows (&pair, comparison);
  lens_compared_declared (&pair, comparison);
  lens_compared_coverage (&pair, comparison);
  pair_clear (&pair);
  return comparison;
}

LensComparison *
lens_comparison_from_records (GBytes *one, GBytes *other, double tolerance, GError **error)
{
  g_autoptr (LensEvaluation) first
      = lens_record_read (g_bytes_get_data (one, NULL), g_bytes_get_size (one), error);

  if (first == NULL)
    {
      g_prefix_error (error, "the first record: ");
      return NULL;
    }
  g_autoptr (LensEvaluation) second
      = lens_record_read (g_bytes_get_data (other, NULL), g_bytes_get_size (other), error);
  if (second == NULL)
    {
      g_prefix_error (error, "the second record: ");
      return NULL;
    }
  const LensEvaluation *const shown[] = { first, second };
  g_autoptr (LensEvaluation) first_alike = under_pseudonyms (one, second);
  g_autoptr (LensEvaluation) second_alike = under_pseudonyms (other, first);
  return comparison_new (shown, first_alike != NULL ? first_alike : first,
                         second_alike != NULL ? second_alike : second, tolerance);
}

void
lens_comparison_free (LensComparison *comparison)
{
  if (comparison == NULL)
    return;
  for (guint side = 0; side < 2; side++)
    {
      g_free (comparison->cases[side].title);
      g_free (comparison->cases[side].input);
      g_free (comparison->cases[side].sha256);
      g_free (comparison->cases[side].version);
    }
  g_ptr_array_unref (comparison->limits);
  g_ptr_array_unref (comparison->sections);
  g_free (comparison);
}

/* --- words --- */

/* "from" a device is what it sends, or a flow that it opens. */
static const char *
way_of (const LensComparedSection *section, const LensComparedRow *row, guint part)
{
  const gboolean from = g_strcmp0 (row->parts[part], "from") == 0;
  const gboolean has_peer
      = g_strcmp0 (section->parts[part + 1], "peer") == 0 && row->parts[part + 1] != NULL;

  if (!g_str_equal (section->parts[part], "direction")
      || (!from && g_strcmp0 (row->parts[part], "to") != 0))
    return NULL;
  if (has_peer)
    return from ? " to " : " from ";
  return from ? ", sent, " : ", received, ";
}

void
lens_compared_name (GString *into, const LensComparedSection *section, const LensComparedRow *row,
                    void (*put) (GString *into, const char *stranger))
{
  const char *before = "";

  for (guint i = 0; i < LENS_COMPARED_PARTS && section->parts[i] != NULL; i++)
    {
      const char *way = way_of (section, row, i);
      if (way != NULL)
        before = way;
      else if (row->parts[i] != NULL)
        {
          g_string_append (into, before);
          put (into, row->parts[i]);
          before = ", ";
        }
    }
  if (*before == '\0')
    g_string_append (into, "the whole");
}

double
lens_compared_per_hour (const LensComparison *comparison, const LensComparedValue *value,
                        guint side)
{
  const double hours = comparison->cases[side].hours;

  if (value->kind == LENS_COMPARED_TEXT || value->kind == LENS_COMPARED_RATE || !value->has[side]
      || hours <= 0)
    return -1;
  return (double)value->count[side] / hours;
}

void
lens_compared_words (GString *into, const LensComparedValue *value, guint side)
{
  if (!value->has[side])
    g_string_append (into, "–");
  else if (value->kind == LENS_COMPARED_TEXT)
    g_string_append (into, *value->text[side] != '\0' ? value->text[side] : "–");
  else if (value->kind == LENS_COMPARED_RATE)
    lens_words_rate (into, value->rate[side]);
  else if (value->kind == LENS_COMPARED_OCTETS)
    lens_words_some (into, value->count[side], "octet");
  else if (value->kind == LENS_COMPARED_BITS)
    lens_words_some (into, value->count[side], "bit");
  else
    lens_words_count (into, value->count[side]);
}

gboolean
lens_compared_hourly (const LensComparison *comparison, const LensComparedValue *value, guint side,
                      GString *into)
{
  const double per_hour = lens_compared_per_hour (comparison, value, side);

  if (per_hour < 0 || comparison->cases[0].hours == comparison->cases[1].hours)
    return FALSE;
  if (per_hour < 10)
    lens_words_decimal (into, per_hour, 1);
  else
    lens_words_count (into, per_hour < 1e18 ? (guint64)(per_hour + 0.5) : G_MAXINT64);
  g_string_append (into, " an hour");
  return TRUE;
}
