#include "harness/plain-pages.h"

#include "ledger/evaluation.h"

#include <string.h>

static char *
words_of (const LensJobResult *result, const char *failure)
{
  GString *page = g_string_new ("The pages of this case could not be made.\n\n");

  g_string_append_printf (page, "%s.\n\nThe record, evaluation.json, is whole:\n\n", failure);
  g_string_append_printf (page, "  verdict   %s\n", lens_verdict_name (result->verdict));
  g_string_append_printf (page, "  findings  %u%s%s\n", result->findings,
                          result->worst > 0 ? ", worst " : "",
                          result->worst > 0 ? lens_severity_name (result->worst - 1) : "");
  g_string_append (page, "\nlenscap report CASE tries again to make them, elsewhere.\n");
  return g_string_free (page, FALSE);
}

static void
add (GPtrArray *pages, const char *name, const char *text)
{
  LensRendered *page = g_new0 (LensRendered, 1);

  page->name = g_strdup (name);
  page->octets = g_bytes_new (text, strlen (text));
  g_ptr_array_add (pages, page);
}

GPtrArray *
lens_plain_pages (const LensJobResult *result, const char *failure)
{
  GPtrArray *pages = g_ptr_array_new_with_free_func (lens_rendered_free);
  g_autofree char *plain = words_of (result, failure);
  g_autofree char *escaped = g_markup_escape_text (plain, -1);
  g_autofree char *page
      = g_strdup_printf ("<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
                         "<title>lenscap</title>\n<pre>\n%s</pre>\n</html>\n",
                         escaped);

  add (pages, "report.txt", plain);
  add (pages, "report.html", page);
  return pages;
}
