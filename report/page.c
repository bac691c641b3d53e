#include "report/page.h"

#include <string.h>

#include "report/escape.h"
#include "report/words.h"

enum
{
  MAX_TEXT = 600, /* characters of a stranger's string */
  MAX_NAME = 120,
  MAX_UNBROKEN = 17, /* "00:00:00:00:00:00", longer than any of IPv4 */
};

static const char style[] =
#include "report/report.css.inc"
    ;

/* As a policy names what a page may contain. */
static char *
hash_of (const char *text)
{
  guint8 digest[32];
  gsize size = sizeof digest;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (checksum, (const guchar *)text, -1);
  g_checksum_get_digest (checksum, digest, &size);
  g_autofree char *hash = g_base64_encode (digest, size);
  return g_strdup_printf ("'sha256-%s'", hash);
}

void
lens_page_head (GString *page, const char *before, const char *title, const char *script)
{
  g_autofree char *style_hash = hash_of (style);
  g_autofree char *script_hash = script != NULL ? hash_of (script) : NULL;

  g_string_append_printf (
      page,
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src %s; %s%s%simg-src data:; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>%s",
      style_hash, script != NULL ? "script-src " : "", script != NULL ? script_hash : "",
      script != NULL ? "; " : "", before);
  if (title != NULL)
    lens_page_name (page, title);
  g_string_append (page, "</title>\n<style>");
  g_string_append (page, style);
  g_string_append (page, "</style>\n</head>\n<body>\n"
                         "<a class=\"skip\" href=\"#main\">Skip to the content</a>\n");
}

void
lens_page_begin_main (GString *page)
{
  g_string_append (page, "<main id=\"main\" tabindex=\"-1\">\n");
}

void
lens_page_end (GString *page, const char *version, const char *source, const char *script)
{
  g_string_append (page, "</main>\n");
  if (version != NULL)
    {
      g_string_append (page, "<footer>Made by lenscap ");
      lens_page_name (page, version);
      g_string_append_printf (page,
                              " from %s; this page only shows it. Times are UTC, frames count from "
                              "1 as in Wireshark.</footer>\n",
                              source);
    }
  if (script != NULL)
    g_string_append_printf (page, "<script>%s</script>\n", script);
  g_string_append (page, "</body>\n</html>\n");
}

void
lens_page_text (GString *page, const char *text)
{
  if (text == NULL || *text == '\0')
    g_string_append (page, "–");
  else
    lens_escape_html (page, text, MAX_TEXT);
}

void
lens_page_code (GString *page, const char *text)
{
  lens_escape_html (page, text, 0);
}

void
lens_page_name (GString *page, const char *text)
{
  if (text == NULL || *text == '\0')
    g_string_append (page, "–");
  else
    lens_escape_html (page, text, MAX_NAME);
}

void
lens_page_address (GString *page, const char *text)
{
  const gboolean is_short = text != NULL && strlen (text) <= MAX_UNBROKEN;

  g_string_append (page, is_short ? "<span class=\"u\">" : "");
  lens_page_name (page, text);
  g_string_append (page, is_short ? "</span>" : "");
}

void
lens_page_cell (GString *page, const char *text)
{
  g_string_append (page, "<td>");
  lens_page_name (page, text);
  g_string_append (page, "</td>");
}

void
lens_page_code_cell (GString *page, const char *text)
{
  g_string_append (page, "<td><code>");
  lens_page_name (page, text);
  g_string_append (page, "</code></td>");
}

void
lens_page_count_cell (GString *page, guint64 count)
{
  g_string_append (page, "<td class=\"n\">");
  lens_words_count (page, count);
  g_string_append (page, "</td>");
}

void
lens_page_size_cell (GString *page, guint64 octets)
{
  g_string_append (page, "<td class=\"n\">");
  lens_words_size (page, octets);
  g_string_append (page, "</td>");
}

void
lens_page_begin_table (GString *page, const char *caption, const char *const *columns)
{
  g_string_append_printf (page,
                          "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                          "aria-label=\"%s\">\n<table>\n<caption>%s</caption>\n<thead><tr>",
                          caption, caption);
  for (; *columns != NULL; columns++)
    if (**columns == '#')
      g_string_append_printf (page, "<th scope=\"col\" class=\"n\">%s</th>", *columns + 1);
    else
      g_string_append_printf (page, "<th scope=\"col\">%s</th>", *columns);
  g_string_append (page, "</tr></thead>\n<tbody>\n");
}

void
lens_page_end_table (GString *page)
{
  g_string_append (page, "</tbody>\n</table>\n</div>\n");
}

void
lens_page_pair (GString *page, const char *name)
{
  g_string_append_printf (page, "<dt>%s</dt><dd>", name);
}
