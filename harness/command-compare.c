/* lenscap compare: what changed between two evaluations. */
#include "harness/command.h"

#include "harness/errand.h"
#include "harness/roles.h"

#include <math.h>
#include <stdio.h>

#define MAX_RECORD ((gsize)256 << 20) /* octets: no record of ours has as many */
#define MAX_PAGE ((gsize)256 << 20)

typedef struct
{
  GByteArray *page;
  gboolean same, endless;
} Answer;

/* A case, sealed or redacted, or a record by itself. */
static GBytes *
read_record (const char *path, GError **error)
{
  g_autofree char *inside = g_build_filename (path, "evaluation.json", NULL);

  return lens_command_given (g_file_test (path, G_FILE_TEST_IS_DIR) ? inside : path, MAX_RECORD,
                             error);
}

static void
take (const LensMessage *message, gpointer data)
{
  Answer *answer = data;

  if (message->type == LENS_MESSAGE_SAME)
    answer->same = TRUE;
  else if (message->type == LENS_MESSAGE_FILE_DATA)
    {
      answer->endless |= answer->page->len > MAX_PAGE - message->length;
      if (!answer->endless)
        g_byte_array_append (answer->page, message->payload, message->length);
    }
}

static gboolean
write_page (const GByteArray *page, const char *path, GError **error)
{
  if (path != NULL)
    return g_file_set_contents (path, (const char *)page->data, (gssize)page->len, error);
  fwrite (page->data, 1, page->len, stdout); /* the end of main tells whether it could */
  return TRUE;
}

/* Both records go to a confined process: they may be mailed by strangers. */
static int
compare (GBytes *one, GBytes *other, const char *format, double tolerance, const char *path)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *wanted = g_strconcat (LENS_ROLE_FORMAT, format, NULL);
  g_autofree char *near
      = g_strconcat (LENS_ROLE_TOLERANCE, g_ascii_dtostr (digits, sizeof digits, tolerance), NULL);
  const char *const options[] = { wanted, near, NULL };
  g_autoptr (GByteArray) page = g_byte_array_new ();
  Answer answer = { page, FALSE, FALSE };
  g_autoptr (GError) error = NULL;

  if (!lens_errand_run_with ("compare", options, one, other, take, &answer, &error))
    return lens_command_complain ("compare", "%s", error->message);
  if (answer.endless)
    return lens_command_complain ("compare", "the comparison has more than %zu MiB",
                                  MAX_PAGE >> 20);
  if (!write_page (page, path, &error))
    return lens_command_complain ("compare", "%s", error->message);
  return answer.same ? LENS_EXIT_CLEAN : LENS_EXIT_FOUND;
}

static const char *
check (const char *format, double tolerance)
{
  if (!g_str_equal (format, "text") && !g_str_equal (format, "json")
      && !g_str_equal (format, "html"))
    return "--format must be text, json or html";
  if (!isfinite (tolerance) || tolerance < 0 || tolerance >= 100)
    return "--tolerance must be at least 0 and below 100 per cent";
  return NULL;
}

int
lens_command_compare (int argc, char **argv)
{
  g_autofree char *format = NULL, *path = NULL;
  double tolerance = 0;
  g_autoptr (GError) error = NULL;
  int status;
  const GOptionEntry entries[] = {
    { "format", 0, 0, G_OPTION_ARG_STRING, &format, "How to say it (text)", "text|json|html" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &path, "Writes to FILE, not to standard output",
      "FILE" },
    { "tolerance", 0, 0, G_OPTION_ARG_DOUBLE, &tolerance,
      "Counts an hour and rates that differ by no more are the same (0)", "PERCENT" },
    { NULL },
  };

  if (!lens_command_parse ("compare", "CASE CASE", "Says what changed between two evaluations.",
                           "lenscap compare --format html -o changes.html before.case after.case",
                           entries, &argc, &argv, &status))
    return status;
  if (format == NULL)
    format = g_strdup ("text");
  if (argc != 3)
    return lens_command_complain ("compare", "name two cases, or two records");
  if (check (format, tolerance) != NULL)
    return lens_command_complain ("compare", "%s", check (format, tolerance));
  g_autoptr (GBytes) one = read_record (argv[1], &error);
  g_autoptr (GBytes) other = one != NULL ? read_record (argv[2], &error) : NULL;
  if (other == NULL)
    return lens_command_complain ("compare", "%s", error->message);
  return compare (one, other, format, tolerance, path);
}
