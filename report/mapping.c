#include "report/mapping.h"

#include "ledger/channels.h"

#include <string.h>

struct _LensMapping
{
  GPtrArray *rows; /* LensMappingRow */
};

static const char built_in[] =
#include "report/mapping.tsv.inc"
    ;

static const char *const columns[]
    = { "selector", "scheme", "version", "identifier", "title", "relation", "note" };

enum
{
  N_COLUMNS = G_N_ELEMENTS (columns),
  NOTE = N_COLUMNS - 1
};

/* A selector is a channel of the catalogue, or one of these words.  Those by channel mean findings
 * at low or above: a place that could hold data is not yet a case of anything. */
#define VERDICT "verdict"               /* the evaluation as a whole */
#define FINDING "finding"               /* every finding */
#define ROOM "finding:room"             /* at info: what could hold data, or holds what is known */
#define HIDDEN "finding:hidden"         /* at low or above, of something that hides */
#define UNDECLARED "finding:undeclared" /* at low or above, of something that does not */
#define LAYER "layer:"                  /* of a channel of that layer of the catalogue */
#define TECHNIQUE "technique:" /* of a channel for which the catalogue names that technique */

G_DEFINE_QUARK (lens - mapping - error - quark, lens_mapping_error)

static const char *const relation_names[] = { "supports", "does not prove" };

const char *
lens_mapping_relation_name (LensMappingRelation relation)
{
  return relation_names[relation];
}

static void
row_free (gpointer data)
{
  LensMappingRow *row = data;

  g_free (row->selector);
  g_free (row->scheme);
  g_free (row->version);
  g_free (row->identifier);
  g_free (row->title);
  g_free (row->note);
  g_free (row);
}

LensMapping *
lens_mapping_new (void)
{
  LensMapping *mapping = g_new0 (LensMapping, 1);
  g_autoptr (GError) error = NULL;

  mapping->rows = g_ptr_array_new_with_free_func (row_free);
  if (!lens_mapping_extend (mapping, built_in, sizeof built_in - 1, &error))
    g_error ("report/mapping.tsv: %s", error->message); /* a test reads it too */
  return mapping;
}

void
lens_mapping_free (LensMapping *mapping)
{
  if (mapping == NULL)
    return;
  g_ptr_array_unref (mapping->rows);
  g_free (mapping);
}

/* Whether @technique is one of the ';' separated @list. */
static gboolean
is_listed (const char *list, const char *technique)
{
  const gsize length = strlen (technique);

  for (const char *at = list; at != NULL; at = strchr (at, ';'))
    {
      at += *at == ';';
      if (strncmp (at, technique, length) == 0 && (at[length] == ';' || at[length] == '\0'))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_of_channel (const char *selector, const LensChannel *channel)
{
  if (g_str_has_prefix (selector, LAYER))
    return g_str_equal (selector + strlen (LAYER), channel->layer);
  if (g_str_has_prefix (selector, TECHNIQUE))
    return is_listed (channel->mitre, selector + strlen (TECHNIQUE));
  return g_str_equal (selector, channel->id);
}

static gboolean
is_selector (const char *selector)
{
  static const char *const words[] = { VERDICT, FINDING, ROOM, HIDDEN, UNDECLARED, NULL };

  if (g_strv_contains (words, selector))
    return TRUE;
  for (gsize i = 0; i < lens_n_channels; i++)
    if (is_of_channel (selector, &lens_channels[i]))
      return TRUE;
  return FALSE;
}

static gboolean
complain (GError **error, guint line, const char *complaint)
{
  g_set_error (error, LENS_MAPPING_ERROR, LENS_MAPPING_ERROR_MALFORMED, "line %u: %s", line,
               complaint);
  return FALSE;
}

static gboolean
check_head (char **cells, guint line, GError **error)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    if (g_strcmp0 (cells[i], columns[i]) != 0)
      return complain (error, line,
                       "the first line must name the columns, separated by tabs: selector, scheme, "
                       "version, identifier, title, relation, note");
  return TRUE;
}

static gboolean
check_cells (char **cells, guint line, GError **error)
{
  if (g_strv_length (cells) != N_COLUMNS)
    return complain (error, line, "7 cells are needed, separated by tabs");
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      g_autofree char *stripped = g_strstrip (g_strdup (cells[i]));
      if (!g_str_equal (stripped, cells[i]) || (*stripped == '\0' && i != NOTE))
        {
          g_autofree char *what
              = g_strdup_printf ("%s must not be empty or padded with spaces", columns[i]);
          return complain (error, line, what);
        }
    }
  if (!is_selector (cells[0]))
    return complain (
        error, line,
        "selector must be verdict, finding, finding:room, finding:hidden, "
        "finding:undeclared, layer:LAYER, technique:ID or a channel (see lenscap list channels)");
  if (!g_str_equal (cells[5], relation_names[LENS_MAPPING_SUPPORTS])
      && !g_str_equal (cells[5], relation_names[LENS_MAPPING_DOES_NOT_PROVE]))
    return complain (error, line, "relation must be \"supports\" or \"does not prove\"");
  return TRUE;
}

static gboolean
is_known (const LensMapping *mapping, char **cells)
{
  for (guint i = 0; i < mapping->rows->len; i++)
    {
      const LensMappingRow *row = mapping->rows->pdata[i];
      if (g_str_equal (row->selector, cells[0]) && g_str_equal (row->scheme, cells[1])
          && g_str_equal (row->version, cells[2]) && g_str_equal (row->identifier, cells[3]))
        return TRUE;
    }
  return FALSE;
}

static void
add_row (LensMapping *mapping, char **cells)
{
  LensMappingRow *row = g_new0 (LensMappingRow, 1);

  row->selector = g_strdup (cells[0]);
  row->scheme = g_strdup (cells[1]);
  row->version = g_strdup (cells[2]);
  row->identifier = g_strdup (cells[3]);
  row->title = g_strdup (cells[4]);
  row->relation = g_str_equal (cells[5], relation_names[LENS_MAPPING_SUPPORTS])
                      ? LENS_MAPPING_SUPPORTS
                      : LENS_MAPPING_DOES_NOT_PROVE;
  row->note = g_strdup (cells[6]);
  g_ptr_array_add (mapping->rows, row);
}

gboolean
lens_mapping_extend (LensMapping *mapping, const char *octets, gsize length, GError **error)
{
  if (length > LENS_MAPPING_MAX_OCTETS)
    return complain (error, 1, "the file is larger than 1 MiB");
  g_autofree char *text = g_strndup (octets, length);
  if (strlen (text) != length || !g_utf8_validate (text, (gssize)length, NULL))
    return complain (error, 1, "the file is not UTF-8 text");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean has_head = FALSE;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (g_str_has_suffix (lines[i], "\r"))
        lines[i][strlen (lines[i]) - 1] = '\0';
      if (*lines[i] == '\0' || *lines[i] == '#')
        continue;
      g_auto (GStrv) cells = g_strsplit (lines[i], "\t", -1);
      if (!has_head ? !check_head (cells, i + 1, error) : !check_cells (cells, i + 1, error))
        return FALSE;
      if (has_head && is_known (mapping, cells))
        return complain (error, i + 1, "this selector has this item of this scheme already");
      if (has_head)
        add_row (mapping, cells);
      has_head = TRUE;
    }
  return has_head || complain (error, 1, "the file has no line");
}

guint
lens_mapping_length (const LensMapping *mapping)
{
  return mapping->rows->len;
}

const LensMappingRow *
lens_mapping_row (const LensMapping *mapping, guint index)
{
  return mapping->rows->pdata[index];
}

gboolean
lens_mapping_is_of_verdict (const LensMappingRow *row)
{
  return g_str_equal (row->selector, VERDICT);
}

gboolean
lens_mapping_is_of_finding (const LensMappingRow *row, const LensFindingRow *finding)
{
  const gboolean is_room = finding->severity == LENS_SEVERITY_INFO;

  if (g_str_equal (row->selector, FINDING))
    return TRUE;
  if (g_str_equal (row->selector, ROOM))
    return is_room;
  if (g_str_equal (row->selector, HIDDEN))
    return !is_room && finding->hides;
  if (g_str_equal (row->selector, UNDECLARED))
    return !is_room && !finding->hides;
  if (is_room || finding->channel == NULL)
    return FALSE;
  const LensChannel *channel = lens_channel_find (finding->channel);
  return channel != NULL && is_of_channel (row->selector, channel);
}

/* Whether a row before @index names the same item for @finding too: it is said once. */
static gboolean
is_said (const LensMapping *mapping, guint index, const LensFindingRow *finding)
{
  const LensMappingRow *row = mapping->rows->pdata[index];

  for (guint i = 0; i < index; i++)
    {
      const LensMappingRow *other = mapping->rows->pdata[i];
      if (other->relation == row->relation && g_str_equal (other->scheme, row->scheme)
          && g_str_equal (other->identifier, row->identifier)
          && lens_mapping_is_of_finding (other, finding))
        return TRUE;
    }
  return FALSE;
}

guint
lens_mapping_words (GString *into, const LensMapping *mapping, const LensFindingRow *finding,
                    LensMappingRelation relation)
{
  const char *scheme = NULL;
  guint count = 0;

  for (guint i = 0; i < mapping->rows->len; i++)
    {
      const LensMappingRow *row = mapping->rows->pdata[i];

      if (row->relation != relation || !lens_mapping_is_of_finding (row, finding)
          || is_said (mapping, i, finding))
        continue;
      if (scheme != NULL && g_str_equal (scheme, row->scheme))
        g_string_append_printf (into, ", %s", row->identifier);
      else
        g_string_append_printf (into, "%s%s %s", count > 0 ? "; " : "", row->scheme,
                                row->identifier);
      scheme = row->scheme;
      count++;
    }
  return count;
}
