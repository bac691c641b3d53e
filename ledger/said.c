#include "ledger/said.h"

#include "ledger/constancy.h"

enum
{
  MAX_NAMES = 5, /* in the detail */
};

struct LensSaid
{
  const char *channel;
  LensConstancy *texts;
  GArray *unknown; /* guint64: keys of texts that no document knows, not yet use */
  gsize unknown_octets;
  guint again;
  gboolean large;
  GPtrArray *names; /* of what was used */
};

LensSaid *
lens_said_new (const char *channel)
{
  LensSaid *said = g_new0 (LensSaid, 1);

  said->channel = channel;
  said->texts = lens_constancy_new ();
  said->unknown = g_array_new (FALSE, FALSE, sizeof (guint64));
  said->names = g_ptr_array_new_with_free_func (g_free);
  return said;
}

void
lens_said_free (LensSaid *said)
{
  if (said == NULL)
    return;
  lens_constancy_free (said->texts);
  g_array_unref (said->unknown);
  g_ptr_array_unref (said->names);
  g_free (said);
}

static LensCarrier *
carrier_of (const LensSaid *said, LensLedger *ledger, const LensUnit *unit)
{
  return lens_ledger_carrier (ledger, said->channel, unit, NULL);
}

static void
name_it (LensSaid *said, const char *name)
{
  for (guint i = 0; i < said->names->len; i++)
    if (g_str_equal (g_ptr_array_index (said->names, i), name))
      return;
  if (said->names->len < MAX_NAMES)
    g_ptr_array_add (said->names, g_strdup (name));
}

void
lens_said_changed (LensSaid *said, LensLedger *ledger, const LensUnit *unit, LensRange octets,
                   guint64 bits, gboolean again, const char *name)
{
  LensCarrier *carrier = carrier_of (said, ledger, unit);

  if (octets.length == 0)
    return;
  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, octets.offset, octets.length);
  said->again += again;
  name_it (said, name);
}

void
lens_said_large (LensSaid *said, LensLedger *ledger, const LensUnit *unit, LensRange octets,
                 const char *name)
{
  lens_said_changed (said, ledger, unit, octets, 8 * octets.length, FALSE, name);
  said->large |= octets.length > 0;
}

gboolean
lens_said_text (LensSaid *said, LensLedger *ledger, const LensUnit *unit, guint64 key,
                guint64 value, LensRange octets, guint64 bits, const char *name)
{
  LensConstancyAnswer answer
      = lens_constancy_take (said->texts, key, value, unit, octets.offset, octets.length);

  if (answer != LENS_CONSTANCY_CHANGED)
    return answer == LENS_CONSTANCY_FIRST;
  if (bits == 0)
    lens_constancy_use_first (said->texts, key, ledger, carrier_of (said, ledger, unit));
  lens_said_changed (said, ledger, unit, octets, bits > 0 ? bits : 8 * octets.length,
                     lens_constancy_changes (said->texts, key) > 1, name);
  return FALSE;
}

void
lens_said_unknown (LensSaid *said, LensLedger *ledger, const LensUnit *unit, guint64 key,
                   guint64 value, LensRange line, LensRange octets, gboolean dense,
                   const char *name)
{
  LensCarrier *carrier = carrier_of (said, ledger, unit);

  if (!lens_said_text (said, ledger, unit, key, value, octets, 0, name))
    return;
  lens_ledger_room (ledger, carrier, unit, 8 * line.length);
  g_array_append_val (said->unknown, key);
  said->unknown_octets += line.length;
  if (said->unknown_octets <= LENS_SAID_MUCH && !dense)
    return;
  for (guint i = 0; i < said->unknown->len; i++)
    lens_constancy_use_first (said->texts, g_array_index (said->unknown, guint64, i), ledger,
                              carrier);
  g_array_set_size (said->unknown, 0);
  said->large = TRUE;
  name_it (said, name);
}

static char *
detail_of (const LensSaid *said)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < said->names->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            (const char *)g_ptr_array_index (said->names, i));
  if (text->len > 0)
    g_string_append (text,
                     said->large ? ": more than anybody needs." : ": not what it was before.");
  return g_string_free (text, text->len == 0);
}

void
lens_said_conclude (const LensSaid *said, LensLedger *ledger, LensCarrier *carrier)
{
  g_autofree char *detail = detail_of (said);
  gboolean spoke
      = said->large || (said->again >= LENS_SAID_AGAIN && carrier->used_bits >= LENS_SAID_BITS);

  if (carrier->uses > 0 && spoke)
    lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, detail);
  else if (carrier->room_bits > 0)
    lens_ledger_find_room (ledger, carrier, detail);
}
