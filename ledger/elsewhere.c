#include "ledger/elsewhere.h"

#include <string.h>

#define MANY "more places than a device has addresses"
#define MOST_SIDES 4096

typedef struct
{
  guint n;
  guint hashes[LENS_ELSEWHERE_PLACES];
} Named;

/* FALSE: there is no room for one more. */
static gboolean
remember (Named *named, guint hash)
{
  for (guint i = 0; i < named->n; i++)
    if (named->hashes[i] == hash)
      return TRUE;
  if (named->n == LENS_ELSEWHERE_PLACES)
    return FALSE;
  named->hashes[named->n++] = hash;
  return TRUE;
}

void
lens_elsewhere_take (LensElsewhere *places, LensLedger *ledger, const char *channel,
                     const LensUnit *unit, const LensUrlHost *host, LensRange range)
{
  Named *named = lens_by_side (&places->named, NULL, unit->side, sizeof *named, MOST_SIDES);
  gboolean fits = named != NULL && remember (named, g_str_hash (host->text));
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, fits ? host->text : MANY);

  lens_ledger_room (ledger, carrier, unit, 8 * range.length);
  lens_ledger_use (ledger, carrier, unit, 8 * range.length, range.offset, range.length);
}

void
lens_elsewhere_clear (LensElsewhere *places)
{
  lens_by_side_clear (&places->named, NULL);
}

static gboolean
is_declared_name (LensLedger *ledger, const LensSide *side, const char *name)
{
  gint index = lens_ledger_profile_of (ledger, side);
  const LensProfile *profile = index >= 0 ? lens_ledger_profile (ledger, (guint)index) : NULL;

  for (guint i = 0; profile != NULL && i < profile->streams->len; i++)
    {
      const LensDeclaredStream *stream = g_ptr_array_index (profile->streams, i);
      if (g_ascii_strcasecmp (stream->host, name) == 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
lens_elsewhere_is (LensLedger *ledger, const LensCarrier *carrier)
{
  LensAddress address;

  if (lens_address_parse (carrier->subject, &address))
    return !lens_ledger_is_own_address (ledger, carrier->side, &address);
  /* Patterns are what profiles have; a device that names one names no host. */
  return strchr (carrier->subject, '*') != NULL
         || (!is_declared_name (ledger, carrier->side, carrier->subject)
             && !lens_ledger_is_named (ledger, carrier->subject, &carrier->side->key.src));
}

const char *
lens_elsewhere_text (const LensCarrier *carrier)
{
  LensAddress address;

  if (lens_address_parse (carrier->subject, &address) || g_str_equal (carrier->subject, MANY))
    return carrier->subject;
  return "by its name";
}
