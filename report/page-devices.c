/* The devices under test and what the traffic says they are. */
#include "report/page.h"

#include "report/facts.h"
#include "report/words.h"

enum
{
  MAX_DEVICES = 500,
  MAX_REASONS = 50,
  MAX_IDENTITY = 50, /* of one device */
};

/* Short words that are read as one. */
static void
put_unbroken_cell (GString *page, const char *text)
{
  g_string_append (page, "<td class=\"u\">");
  lens_page_name (page, text);
  g_string_append (page, "</td>");
}

static void
put_device_row (GString *page, const LensDeviceRow *device)
{
  g_string_append (page, "<tr>");
  lens_page_cell (page, device->name);
  put_unbroken_cell (page, device->kind);
  put_unbroken_cell (page, device->addresses->len > 0 ? device->addresses->pdata[0] : NULL);
  put_unbroken_cell (page, device->mac);
  g_string_append_printf (page, "<td>%s</td><td class=\"w\">", lens_facts_badge (device->verdict));
  for (guint i = 0; i < MIN (device->reasons->len, MAX_REASONS); i++)
    {
      g_string_append (page, i > 0 ? "; " : "");
      lens_page_text (page, device->reasons->pdata[i]);
    }
  g_string_append (page, "</td></tr>\n");
}

static void
put_identity_table (GString *page, const LensEvaluation *evaluation)
{
  static const char *const columns[]
      = { "Device", "Field", "Value", "Told by", "#Confidence", NULL };
  gboolean any = FALSE;

  for (guint i = 0; i < MIN (evaluation->devices->len, MAX_DEVICES); i++)
    {
      const LensDeviceRow *device = evaluation->devices->pdata[i];

      for (guint n = 0; n < MIN (device->identity->len, MAX_IDENTITY); n++)
        {
          const LensIdentityRow *row = device->identity->pdata[n];

          if (!any)
            lens_page_begin_table (page, "What the traffic says the device is", columns);
          any = TRUE;
          g_string_append (page, "<tr>");
          lens_page_cell (page, device->name);
          lens_page_cell (page, row->field);
          lens_page_cell (page, row->value);
          lens_page_cell (page, row->signal);
          g_string_append (page, "<td class=\"n\">");
          lens_words_decimal (page, CLAMP (row->confidence, 0, 1), 2);
          g_string_append (page, "</td></tr>\n");
        }
    }
  if (any)
    lens_page_end_table (page);
}

void
lens_page_devices (GString *page, const LensEvaluation *evaluation)
{
  static const char *const columns[]
      = { "Device", "Kind", "Address", "MAC", "Verdict", "Reasons", NULL };
  const GPtrArray *devices = evaluation->devices;

  g_string_append (page, "<h2 id=\"devices\">Devices under test</h2>\n");
  if (devices->len == 0)
    {
      g_string_append (page, "<p>None.</p>\n");
      return;
    }
  lens_page_begin_table (page, "Each device and its verdict", columns);
  for (guint i = 0; i < MIN (devices->len, MAX_DEVICES); i++)
    put_device_row (page, devices->pdata[i]);
  lens_page_end_table (page);
  put_identity_table (page, evaluation);
}
