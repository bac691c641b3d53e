#include "harness/result.h"

#include "report/escape.h"
#include "report/facts.h"

#include <string.h>

#define FINDINGS_MAX 10000 /* of a record */

char *
lens_result_text (const char *text)
{
  GString *plain = g_string_new (NULL);

  if (text == NULL)
    return g_string_free (plain, TRUE);
  while (*text != '\0')
    {
      const guchar octet = (guchar)*text;
      gunichar character;

      text = lens_escape_next (text, &character);
      if (character == LENS_ESCAPE_INVALID)
        g_string_append_printf (plain, "\\x%02X", octet);
      else
        g_string_append_unichar (plain, character);
    }
  return g_string_free (plain, FALSE);
}

/* As much of it as there is room for, in whole characters. */
static void
put (char *into, gsize size, const char *text)
{
  g_autofree char *plain = lens_result_text (text);

  if (plain == NULL)
    return;
  gsize length = MIN (strlen (plain), size - 1);
  while (length > 0 && ((guchar)plain[length] & 0xc0) == 0x80)
    length--;
  memcpy (into, plain, length);
}

static guint32
status_number (const char *status)
{
  return g_strcmp0 (status, "complete") == 0 ? 0 : g_strcmp0 (status, "truncated") == 0 ? 1 : 2;
}

LensJobResult
lens_result_of (const LensEvaluation *evaluation)
{
  const LensLedgerSection *ledger = &evaluation->ledger;
  LensJobResult result = { .verdict = evaluation->verdict,
                           .status = status_number (evaluation->input.status),
                           .findings = evaluation->findings->len,
                           .packets = ledger->total_packets,
                           .total_octets = ledger->total_bytes,
                           .undeclared_octets = ledger->classes[LENS_CLASS_UNDECLARED].bytes,
                           .hidden_octets = ledger->classes[LENS_CLASS_HIDDEN].bytes,
                           .unexplained_octets = ledger->classes[LENS_CLASS_UNEXPLAINED].bytes };

  if (evaluation->devices->len > 0)
    {
      g_autofree char *title = lens_facts_title (evaluation);
      put (result.device, sizeof result.device, title);
    }
  put (result.problem, sizeof result.problem, evaluation->input.problem);
  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      const LensFindingRow *row = g_ptr_array_index (evaluation->findings, i);
      if (1u + row->severity <= result.worst)
        continue;
      result.worst = 1u + row->severity;
      memset (result.channel, 0, sizeof result.channel);
      put (result.channel, sizeof result.channel, row->channel);
    }
  return result;
}

static gboolean
is_text (const char *text, gsize size)
{
  const char *end = memchr (text, '\0', size);

  return end != NULL && g_utf8_validate (text, end - text, NULL);
}

gboolean
lens_result_take (const guint8 *payload, gsize length, LensJobResult *into)
{
  LensJobResult result;

  if (length != sizeof result)
    return FALSE;
  memcpy (&result, payload, sizeof result);
  if (result.verdict > LENS_VERDICT_CONCEALED || result.worst > 1 + LENS_SEVERITY_CRITICAL
      || result.status > 2 || result.findings > FINDINGS_MAX
      || !is_text (result.device, sizeof result.device)
      || !is_text (result.channel, sizeof result.channel)
      || !is_text (result.problem, sizeof result.problem))
    return FALSE;
  *into = result;
  return TRUE;
}
