#include "ledger/own-names.h"

#include "ledger/text.h"
#include "wire/dns.h"

#include <string.h>

G_DEFINE_QUARK (lens - own - names - error - quark, lens_own_names_error)

struct LensOwnNames
{
  GArray *endpoints; /* LensEndpoint, ends with a row without vendor */
  GArray *resolvers; /* LensResolver, ends with a row without owner */
  GStringChunk *texts;
};

/* A list's columns, and where its names and addresses stand. */
typedef struct
{
  const char *columns;
  guint n_cells, names, addresses;
} Format;

static const Format endpoint_format = { "vendor\tnames\taddresses\trole\tsource", 5, 1, 2 };
static const Format resolver_format = { "operator\taddresses\tnames\tsource", 4, 2, 1 };

LensOwnNames *
lens_own_names_new (void)
{
  LensOwnNames *names = g_new0 (LensOwnNames, 1);

  names->endpoints = g_array_new (TRUE, TRUE, sizeof (LensEndpoint));
  names->resolvers = g_array_new (TRUE, TRUE, sizeof (LensResolver));
  names->texts = g_string_chunk_new (4096);
  return names;
}

void
lens_own_names_free (LensOwnNames *names)
{
  if (names == NULL)
    return;
  g_array_unref (names->endpoints);
  g_array_unref (names->resolvers);
  g_string_chunk_free (names->texts);
  g_free (names);
}

/* --- reading --- */

static gboolean
fail (GError **error, guint line, const char *what)
{
  g_set_error (error, LENS_OWN_NAMES_ERROR, LENS_OWN_NAMES_ERROR_MALFORMED, "line %u: %s", line,
               what);
  return FALSE;
}

static gboolean
check_cells (char **cells, const Format *format, guint line, GError **error)
{
  g_auto (GStrv) addresses = NULL;
  LensAddress address;

  if (g_strv_length (cells) != format->n_cells)
    return fail (error, line, "a row has as many cells as there are columns, parted by tabs");
  for (guint i = 0; i < format->n_cells; i++)
    if (*cells[i] == '\0')
      return fail (error, line, "no cell is empty; \"-\" stands for none");
  addresses = g_strsplit (cells[format->addresses], " ", -1);
  for (guint i = 0; addresses[i] != NULL; i++)
    if (!g_str_equal (addresses[i], "-") && !lens_address_parse (addresses[i], &address))
      {
        g_autofree char *shown = lens_text_quoted (addresses[i]);
        g_autofree char *what = g_strdup_printf ("%s is no address", shown);
        return fail (error, line, what);
      }
  return TRUE;
}

/* The rows as arrays of cells; NULL with @error. */
static GPtrArray *
read_rows (const char *text, gsize length, const Format *format, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);

  if (length > LENS_OWN_NAMES_MAX_OCTETS || !g_utf8_validate (text, (gssize)length, NULL))
    {
      fail (error, 1, "a list is UTF-8, and at most 1 MiB");
      return NULL;
    }
  g_autofree char *copy = g_strndup (text, length);
  g_auto (GStrv) lines = g_strsplit (copy, "\n", -1);
  if (lines[0] == NULL || strcmp (g_strchomp (lines[0]), format->columns) != 0)
    {
      g_autofree char *columns = g_strdelimit (g_strdup (format->columns), "\t", ' ');
      g_autofree char *what
          = g_strdup_printf ("the first line names the columns, parted by tabs: %s", columns);
      fail (error, 1, what);
      return NULL;
    }
  for (guint i = 1; lines[i] != NULL; i++)
    {
      g_strchomp (lines[i]);
      if (*lines[i] == '\0' || *lines[i] == '#')
        continue;
      char **cells = g_strsplit (lines[i], "\t", -1);
      g_ptr_array_add (rows, cells);
      if (!check_cells (cells, format, i + 1, error))
        return NULL;
    }
  return g_steal_pointer (&rows);
}

/* An address as others write it; a name in lower case. */
static const char *
keep (LensOwnNames *names, const char *text, gboolean is_address)
{
  char canonical[LENS_ADDRESS_TEXT];
  LensAddress address;

  if (is_address && lens_address_parse (text, &address))
    return g_string_chunk_insert_const (names->texts, lens_address_text (&address, canonical));
  g_autofree char *lower = g_ascii_strdown (text, -1);
  return g_string_chunk_insert_const (names->texts, lower);
}

gboolean
lens_own_names_add_endpoints (LensOwnNames *names, const char *text, gsize length, GError **error)
{
  g_autoptr (GPtrArray) rows = read_rows (text, length, &endpoint_format, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    for (guint column = 1; column <= 2; column++)
      {
        char **cells = g_ptr_array_index (rows, i);
        g_auto (GStrv) words = g_strsplit (cells[column], " ", -1);
        for (guint w = 0; words[w] != NULL; w++)
          {
            gboolean is_address = column == endpoint_format.addresses;
            LensEndpoint row = { .vendor = g_string_chunk_insert_const (names->texts, cells[0]),
                                 .role = g_string_chunk_insert_const (names->texts, cells[3]) };
            if (*words[w] == '\0' || g_str_equal (words[w], "-"))
              continue;
            *(is_address ? &row.address : &row.name) = keep (names, words[w], is_address);
            g_array_append_val (names->endpoints, row);
          }
      }
  return rows != NULL;
}

gboolean
lens_own_names_add_resolvers (LensOwnNames *names, const char *text, gsize length, GError **error)
{
  g_autoptr (GPtrArray) rows = read_rows (text, length, &resolver_format, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    for (guint column = 1; column <= 2; column++)
      {
        char **cells = g_ptr_array_index (rows, i);
        g_auto (GStrv) words = g_strsplit (cells[column], " ", -1);
        for (guint w = 0; words[w] != NULL; w++)
          {
            gboolean is_address = column == resolver_format.addresses;
            LensResolver row = { .owner = g_string_chunk_insert_const (names->texts, cells[0]) };
            if (*words[w] == '\0' || g_str_equal (words[w], "-"))
              continue;
            *(is_address ? &row.address : &row.name) = keep (names, words[w], is_address);
            g_array_append_val (names->resolvers, row);
          }
      }
  return rows != NULL;
}

/* --- asking --- */

const LensEndpoint *
lens_own_names_endpoint (const LensOwnNames *names, const char *name, const LensAddress *address)
{
  const LensEndpoint *own
      = names != NULL
            ? lens_endpoint_among ((const LensEndpoint *)names->endpoints->data, name, address)
            : NULL;

  return own != NULL ? own : lens_endpoint_find (name, address);
}

const char *
lens_own_names_resolver_at (const LensOwnNames *names, const LensAddress *address)
{
  const char *own
      = names != NULL
            ? lens_resolver_at_among ((const LensResolver *)names->resolvers->data, address)
            : NULL;

  return own != NULL ? own : lens_resolver_at (address);
}

const char *
lens_own_names_resolver_named (const LensOwnNames *names, const char *name)
{
  const char *own
      = names != NULL
            ? lens_resolver_named_among ((const LensResolver *)names->resolvers->data, name)
            : NULL;

  return own != NULL ? own : lens_resolver_named (name);
}
