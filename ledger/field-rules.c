#include "ledger/field-rules.h"

enum
{
  SHORTEST_S = 10 /* as lens_ledger_severity() has it */
};

static const LensFieldRule *
rule_of (const LensFieldRule *rules, const LensCarrier *carrier)
{
  for (const LensFieldRule *rule = rules; rule->subject != NULL; rule++)
    if (g_strcmp0 (rule->subject, carrier->subject) == 0)
      return rule;
  return rules;
}

static double
seconds_of (const LensCarrier *carrier)
{
  return MAX ((double)(carrier->last - carrier->first) / 1e9, SHORTEST_S);
}

static gboolean
is_broken (const LensFieldRule *rule, const LensCarrier *carrier)
{
  return carrier->uses >= MAX (rule->least, 1)
         && (double)carrier->used_bits >= rule->pace * seconds_of (carrier)
         && carrier->uses * 100 >= carrier->units * rule->percent;
}

/* Whether one of @others is about the same channel of the same track or hosts. */
static gboolean
is_among (const GPtrArray *others, const LensCarrier *carrier)
{
  for (guint i = 0; i < others->len; i++)
    {
      const LensCarrier *other = g_ptr_array_index (others, i);
      if (other->track == carrier->track && other->side->flow == carrier->side->flow
          && g_str_equal (other->channel, carrier->channel))
        return TRUE;
    }
  return FALSE;
}

void
lens_field_rules_conclude (LensLedger *ledger, const char *analyzer, const LensFieldRule *rules)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);
  g_autoptr (GPtrArray) told = g_ptr_array_new (), quiet = g_ptr_array_new ();

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, analyzer))
        continue;
      const LensFieldRule *rule = rule_of (rules, carrier);
      if (is_broken (rule, carrier))
        {
          LensSeverity severity = lens_ledger_severity (ledger, carrier);
          if (rule->most != 0)
            severity = MIN (severity, rule->most);
          lens_ledger_find (ledger, carrier, severity, NULL, rule->detail);
          g_ptr_array_add (told, carrier);
        }
      else if (carrier->room_bits > 0 && rule->shows_room)
        g_ptr_array_add (quiet, carrier);
    }
  /* Room beside use, or twice, would only be noise. */
  for (guint i = 0; i < quiet->len; i++)
    {
      LensCarrier *carrier = g_ptr_array_index (quiet, i);
      if (is_among (told, carrier))
        continue;
      lens_ledger_find_room (ledger, carrier, NULL);
      g_ptr_array_add (told, carrier);
    }
}
