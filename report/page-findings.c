/* Each finding with what it takes to check it by hand. */
#include "report/page.h"

#include "ledger/carrier.h"
#include "report/escape.h"
#include "report/reasons.h"
#include "report/record.h"
#include "report/words.h"

enum
{
  MAX_ROWS = 1000,
  MAX_CARDS = 200,
  MAX_RANGES = 12,
  MAX_PIECES = 8,
  MAX_EXCERPT = 64,
  MAX_REFERENCES = 20,
  LONG_FILTER = 400, /* octets: more than that scrolls */
  HEX_WIDTH = 16,
};

static void
put_severity (GString *page, LensSeverity severity)
{
  g_string_append_printf (page, "<span class=\"severity s-%s\">%s</span>",
                          lens_severity_name (severity), lens_severity_name (severity));
}

void
lens_page_finding_link (GString *page, const LensFindingRow *finding, guint index, guint rank)
{
  if (rank < MAX_CARDS)
    g_string_append_printf (page, "<a href=\"#finding-%u\">", index + 1);
  lens_page_name (page, finding->id);
  if (rank < MAX_CARDS)
    g_string_append (page, "</a>");
}

/* Since the capture began: the time line counts so. */
static void
put_offset (GString *page, const LensEvaluation *evaluation, gint64 at)
{
  if (!evaluation->input.has_times || at < evaluation->input.first)
    g_string_append (page, "–");
  else
    lens_words_duration (
        page, (gint64)MIN ((guint64)at - (guint64)evaluation->input.first, (guint64)G_MAXINT64));
}

static void
put_summary_table (GString *page, const LensEvaluation *evaluation, const GArray *order)
{
  static const char *const columns[]
      = { "Finding", "Severity", "Channel", "In a sentence", "#From", "#To", "#Capacity", NULL };

  lens_page_begin_table (page,
                         "All findings, what weighs most first; times since the capture "
                         "began",
                         columns);
  for (guint i = 0; i < MIN (order->len, MAX_ROWS); i++)
    {
      const guint index = g_array_index (order, guint, i);
      const LensFindingRow *finding = evaluation->findings->pdata[index];

      g_string_append (page, "<tr><th scope=\"row\">");
      lens_page_finding_link (page, finding, index, i);
      g_string_append (page, "</th><td>");
      put_severity (page, finding->severity);
      g_string_append (page, "</td>");
      lens_page_code_cell (page, finding->channel);
      g_string_append (page, "<td class=\"w\">");
      lens_page_text (page, finding->summary);
      g_string_append (page, "</td><td class=\"n\">");
      put_offset (page, evaluation, finding->first);
      g_string_append (page, "</td><td class=\"n\">");
      put_offset (page, evaluation, finding->last);
      g_string_append (page, "</td><td class=\"n\">");
      lens_words_rate (page, finding->capacity_bps);
      g_string_append (page, "</td></tr>\n");
    }
  lens_page_end_table (page);
}

static void
put_ranges (GString *page, const LensFindingRow *finding)
{
  lens_words_some (page, finding->frame_count, "frame");
  for (guint i = 0; i < MIN (finding->ranges->len, MAX_RANGES); i++)
    {
      const LensFrameRange *range = &g_array_index (finding->ranges, LensFrameRange, i);

      g_string_append_printf (page, "%s%" G_GUINT64_FORMAT, i == 0 ? ": " : ", ", range->first);
      if (range->last != range->first)
        g_string_append_printf (page, "–%" G_GUINT64_FORMAT, range->last);
    }
  if (finding->ranges->len > MAX_RANGES)
    g_string_append_printf (page, ", … (%u ranges)", finding->ranges->len);
}

static void
put_flow (GString *page, const LensFlowName *flow)
{
  lens_page_name (page, flow->proto);
  g_string_append_c (page, ' ');
  lens_page_address (page, flow->src);
  if (flow->sport != 0)
    g_string_append_printf (page, " port %u", flow->sport);
  g_string_append (page, " → ");
  lens_page_address (page, flow->dst);
  if (flow->dport != 0)
    g_string_append_printf (page, " port %u", flow->dport);
}

static void
put_filter (GString *page, const LensFindingRow *finding)
{
  g_autofree char *filter = lens_record_filter (finding);

  lens_page_pair (page, "Wireshark filter");
  if (filter == NULL)
    g_string_append (page, "none: more frames than the record lists");
  else
    {
      const gboolean is_long = strlen (filter) > LONG_FILTER;

      g_string_append_printf (page, "<code class=\"copy%s>%s</code>",
                              is_long ? " long\" tabindex=\"0\"" : "\"", filter);
      if (is_long)
        g_string_append (page, "<span class=\"small soft\">whole in evaluation.json</span>");
    }
  if (finding->filter_hint != NULL)
    {
      g_string_append (page, "<div><span class=\"small soft\">for a look around (may select more): "
                             "</span><code>");
      lens_page_text (page, finding->filter_hint);
      g_string_append (page, "</code></div>");
    }
  g_string_append (page, "</dd>\n");
}

/* What was carried, or only could be. */
static void
put_amount (GString *page, const LensFindingRow *finding)
{
  lens_page_pair (page, finding->used_bits > 0 ? "Carried" : "Could carry");
  if (finding->used_bits > 0)
    {
      lens_words_some (page, finding->used_bits, "bit");
      g_string_append (page, ", ");
      lens_words_amount_meaning (page, finding->used_bits);
      g_string_append (page, "; room for ");
      lens_words_some (page, finding->room_bits, "bit");
    }
  else
    {
      lens_words_some (page, finding->room_bits, "bit");
      g_string_append (page, ", ");
      lens_words_amount_meaning (page, finding->room_bits);
      if (finding->room_bits > 0)
        g_string_append (page, "; what was there is what honest devices put there");
    }
  g_string_append (page, "</dd>\n");
}

static void
put_capacity (GString *page, const LensFindingRow *finding)
{
  lens_page_pair (page, "Capacity");
  lens_words_rate (page, finding->capacity_bps);
  g_string_append (page, ", ");
  lens_words_rate_meaning (page, finding->capacity_bps);
  g_string_append_printf (page, ". <span class=\"small\">Band after TCSEC 8.0: %s</span></dd>\n",
                          lens_words_rate_band (finding->capacity_bps));
}

static void
put_certainty (GString *page, const LensFindingRow *finding)
{
  lens_page_pair (page, "Found by");
  lens_page_name (page, finding->analyzer);
  if (finding->p_value < 0 && finding->confidence >= 1)
    g_string_append (page, ", an exact fact</dd>\n");
  else
    {
      char digits[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append (page, ", confidence ");
      g_string_append (page, g_ascii_formatd (digits, sizeof digits, "%.6g", finding->confidence));
      if (finding->p_value >= 0)
        g_string_append_printf (page, ", p = %s",
                                g_ascii_formatd (digits, sizeof digits, "%.3g", finding->p_value));
      g_string_append (page, "</dd>\n");
    }
}

/* "278: 66–1513", ungrouped, as Wireshark shows frames. */
static void
put_octets (GString *page, const LensFindingRow *finding)
{
  if (finding->octets->len == 0)
    return;
  lens_page_pair (page, "Octets");
  g_string_append (page, "frame: first–last octet, from 0. ");
  if (finding->octets->len < finding->frame_count && finding->octets->len >= LENS_CARRIER_OCTETS)
    g_string_append_printf (page, "The first %u places are listed in the record. ",
                            finding->octets->len);
  for (guint i = 0; i < MIN (finding->octets->len, MAX_PIECES); i++)
    {
      const LensPiece *piece = &g_array_index (finding->octets, LensPiece, i);

      g_string_append_printf (page, "%s<span class=\"u\">%" G_GUINT64_FORMAT ": %u",
                              i > 0 ? "; " : "", (guint64)piece->frame, (guint)piece->offset);
      if (piece->length > 1)
        g_string_append_printf (page, "–%" G_GUINT64_FORMAT,
                                (guint64)piece->offset + piece->length - 1);
      g_string_append (page, "</span>");
    }
  if (finding->octets->len > MAX_PIECES)
    g_string_append_printf (page, "; %u more places in evaluation.json",
                            finding->octets->len - MAX_PIECES);
  g_string_append (page, "</dd>\n");
}

static void
put_where (GString *page, const LensFindingRow *finding, gboolean has_evidence)
{
  lens_page_pair (page, "Where");
  put_ranges (page, finding);
  g_string_append (page, "</dd>\n");
  lens_page_pair (page, "When");
  lens_words_time (page, finding->first);
  g_string_append (page, " to ");
  lens_words_time (page, finding->last);
  g_string_append (page, "</dd>\n");
  lens_page_pair (page, "Device");
  lens_page_name (page, finding->device);
  g_string_append (page, "</dd>\n");
  if (finding->flow != NULL)
    {
      lens_page_pair (page, "Flow");
      put_flow (page, finding->flow);
      g_string_append (page, "</dd>\n");
    }
  put_octets (page, finding);
  put_filter (page, finding);
  if (has_evidence)
    {
      lens_page_pair (page, "Evidence");
      g_string_append (page, "<code>evidence/");
      lens_page_name (page, finding->id);
      g_string_append (page, ".pcapng</code></dd>\n");
    }
}

static void
put_hex_line (GString *page, const guint8 *octets, guint length, guint offset)
{
  g_string_append_printf (page, "%04x  ", offset);
  for (guint i = 0; i < HEX_WIDTH; i++)
    if (i < length)
      g_string_append_printf (page, "%02x ", octets[i]);
    else
      g_string_append (page, "   ");
  g_string_append_c (page, ' ');
  for (guint i = 0; i < length; i++)
    {
      const char text[2] = { g_ascii_isprint (octets[i]) ? (char)octets[i] : '.', '\0' };
      lens_escape_html (page, text, 0);
    }
  g_string_append_c (page, '\n');
}

static void
put_excerpt (GString *page, const LensFindingRow *finding)
{
  const guint length = MIN (finding->excerpt->len, MAX_EXCERPT);

  if (length == 0)
    return;
  g_string_append (page, "<p class=\"small soft\">The octets, from the first place (secrets "
                         "masked):</p>\n<pre tabindex=\"0\">");
  for (guint at = 0; at < length; at += HEX_WIDTH)
    put_hex_line (page, finding->excerpt->data + at, MIN (length - at, HEX_WIDTH), at);
  g_string_append (page, "</pre>\n");
}

static void
put_references (GString *page, const LensFindingRow *finding)
{
  if (finding->references->len == 0)
    return;
  lens_page_pair (page, "References");
  for (guint i = 0; i < MIN (finding->references->len, MAX_REFERENCES); i++)
    {
      g_string_append (page, i > 0 ? "<br>" : "");
      lens_page_text (page, finding->references->pdata[i]);
    }
  g_string_append (page, "</dd>\n");
}

/* What a card shows beside its finding. */
typedef struct
{
  const char *anchor; /* "finding" or "lead" */
  guint number;
  gboolean has_evidence;
  const LensMapping *mapping; /* or NULL */
} Card;

/* What it bears on in published schemes, if there is anything. */
static void
put_bearing (GString *page, const LensFindingRow *finding, const LensMapping *mapping,
             LensMappingRelation relation, const char *title)
{
  g_autoptr (GString) words = g_string_new (NULL);

  if (mapping == NULL || lens_mapping_words (words, mapping, finding, relation) == 0)
    return;
  lens_page_pair (page, title);
  lens_page_text (page, words->str);
  g_string_append (page, "</dd>\n");
}

static void
put_card (GString *page, const LensFindingRow *finding, const Card *card)
{
  g_string_append_printf (page, "<article class=\"card s-%s\" id=\"%s-%u\">\n<h3>",
                          lens_severity_name (finding->severity), card->anchor, card->number);
  lens_page_name (page, finding->id);
  put_severity (page, finding->severity);
  g_string_append (page, "<code>");
  lens_page_name (page, finding->channel);
  g_string_append (page, "</code></h3>\n<p class=\"said\">");
  lens_page_text (page, finding->summary);
  g_string_append (page, "</p>\n");
  if (finding->detail != NULL)
    {
      g_string_append (page, "<p>");
      lens_page_text (page, finding->detail);
      g_string_append (page, "</p>\n");
    }
  g_string_append (page, "<dl class=\"pairs\">\n");
  put_amount (page, finding);
  put_capacity (page, finding);
  put_where (page, finding, card->has_evidence);
  put_certainty (page, finding);
  put_references (page, finding);
  put_bearing (page, finding, card->mapping, LENS_MAPPING_SUPPORTS, "Supports");
  put_bearing (page, finding, card->mapping, LENS_MAPPING_DOES_NOT_PROVE, "Does not prove");
  g_string_append (page, "</dl>\n");
  put_excerpt (page, finding);
  g_string_append (page, "</article>\n");
}

void
lens_page_findings (GString *page, const LensEvaluation *evaluation, const LensMapping *mapping)
{
  const GPtrArray *findings = evaluation->findings, *leads = evaluation->leads;

  g_autoptr (GArray) order = lens_reasons_order (evaluation);

  g_string_append (page, "<h2 id=\"findings\">Findings</h2>\n");
  if (findings->len == 0)
    g_string_append (page, "<p>None.</p>\n");
  else
    put_summary_table (page, evaluation, order);
  for (guint i = 0; i < MIN (order->len, MAX_CARDS); i++)
    {
      const guint index = g_array_index (order, guint, i);
      const Card card = { "finding", index + 1, evaluation->redacted_from == NULL, mapping };

      put_card (page, findings->pdata[index], &card);
    }
  if (findings->len > MAX_CARDS)
    g_string_append_printf (page,
                            "<p class=\"notice\">%u more findings are in evaluation.json."
                            "</p>\n",
                            findings->len - MAX_CARDS);
  if (leads->len == 0)
    return;
  g_string_append (page, "<h2 id=\"leads\">Leads</h2>\n<p>Statistical hints that are too weak to "
                         "be findings. They do not enter the verdict.</p>\n");
  for (guint i = 0; i < MIN (leads->len, MAX_CARDS); i++)
    {
      const Card card = { "lead", i + 1, FALSE, mapping };
      put_card (page, leads->pdata[i], &card);
    }
}
