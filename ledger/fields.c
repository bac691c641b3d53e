#include "ledger/fields.h"

#include "ledger/constancy.h"
#include "ledger/free-text.h"
#include "ledger/habit.h"

#include "wire/octets.h"

#include <string.h>

enum
{
  MAX_DIGITS = 18,
  MOST_STEP = 64, /* of a counter, from one message of a kind to the next */
};

typedef struct
{
  LensHabit habit;
  LensFreeText text;
  guint64 known[LENS_FIELDS_KNOWN];
  guint n_known;
  guint64 number; /* of a text that is one: the last */
  guint numbers;
} Field;

struct LensFields
{
  GHashTable *fields;   /* key -> Field */
  LensConstancy *texts; /* exact ones */
};

static void
field_free (gpointer data)
{
  Field *field = data;

  lens_free_text_clear (&field->text);
  g_free (field);
}

LensFields *
lens_fields_new (void)
{
  LensFields *fields = g_new0 (LensFields, 1);

  fields->fields = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, field_free);
  fields->texts = lens_constancy_new ();
  return fields;
}

void
lens_fields_free (LensFields *fields)
{
  if (fields == NULL)
    return;
  g_hash_table_unref (fields->fields);
  lens_constancy_free (fields->texts);
  g_free (fields);
}

guint64
lens_fields_hash (guint64 start, const guint8 *octets, gsize length)
{
  return lens_octets_hash (start ^ LENS_HASH_START, octets, length);
}

void
lens_fields_find (LensLedger *ledger, LensCarrier *carrier)
{
  g_autofree char *detail = g_strdup_printf ("By its %s.", carrier->subject);

  lens_ledger_find (ledger, carrier, lens_ledger_field_severity (ledger, carrier), NULL, detail);
}

guint64
lens_fields_key (const char *name, guint64 number)
{
  return lens_fields_hash (lens_fields_hash (0, (const guint8 *)name, strlen (name)),
                           (const guint8 *)&number, sizeof number);
}

/* The key, of the speaker. */
static guint64
key_of (const LensUnit *unit, guint64 key)
{
  const LensSideKey *side = &unit->side->key;

  return side->src.version != 0
             ? lens_fields_hash (key, (const guint8 *)&side->src, sizeof side->src)
             : lens_fields_hash (key, side->src_mac, sizeof side->src_mac);
}

/* NULL beyond the cap. */
static Field *
field_of (LensFields *fields, const LensUnit *unit, guint64 key)
{
  guint64 whole = key_of (unit, key);
  Field *field = g_hash_table_lookup (fields->fields, &whole);

  if (field == NULL && g_hash_table_size (fields->fields) < LENS_FIELDS_MAX)
    {
      field = g_new0 (Field, 1);
      g_hash_table_insert (fields->fields, g_memdup2 (&whole, sizeof whole), field);
    }
  return field;
}

/* Whether the value was there before; it is from now on. */
static gboolean
is_known (Field *field, guint64 value, guint most)
{
  for (guint i = 0; i < MIN (field->n_known, most); i++)
    if (field->known[i] == value)
      return TRUE;
  field->known[field->n_known++ % most] = value;
  return FALSE;
}

gboolean
lens_fields_value (LensFields *fields, LensLedger *ledger, LensCarrier *carrier,
                   const LensUnit *unit, guint64 key, guint64 value, guint bits, LensRange where)
{
  Field *field = field_of (fields, unit, key);

  lens_ledger_room (ledger, carrier, unit, bits);
  if (field == NULL)
    return TRUE;
  gboolean is_foreseen = lens_habit_take (&field->habit, value);
  if (is_known (field, value, bits < 4 ? 1 : LENS_FIELDS_KNOWN) || is_foreseen)
    return TRUE;
  lens_ledger_use (ledger, carrier, unit, bits, where.offset, where.length);
  return FALSE;
}

/* What stands for the text, @value, is not what it was: use. */
static gboolean
take_exact (LensFields *fields, LensLedger *ledger, LensCarrier *carrier, const LensUnit *unit,
            guint64 key, guint64 value, LensRange where)
{
  guint64 whole = key_of (unit, key);

  if (lens_constancy_take (fields->texts, whole, value, unit, where.offset, where.length)
      != LENS_CONSTANCY_CHANGED)
    return TRUE;
  lens_constancy_use_first (fields->texts, whole, ledger, carrier);
  lens_ledger_use (ledger, carrier, unit, 8 * where.length, where.offset, where.length);
  return FALSE;
}

gboolean
lens_fields_exact (LensFields *fields, LensLedger *ledger, LensCarrier *carrier,
                   const LensUnit *unit, guint64 key, LensRange where)
{
  guint64 value = lens_fields_hash (where.length, unit->view.octets + where.offset, where.length);

  lens_ledger_room (ledger, carrier, unit, 8 * where.length);
  return take_exact (fields, ledger, carrier, unit, key, value, where);
}

/* The text without the digits of its numbers. */
static guint64
frame_of (const guint8 *octets, gsize length)
{
  guint64 hash = length > 0 && g_ascii_isdigit (octets[0]);

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isdigit (octets[i]))
      hash = lens_fields_hash (hash, octets + i, 1);
    else if (i > 0 && !g_ascii_isdigit (octets[i - 1]))
      hash = lens_fields_hash (hash, (const guint8 *)"0", 1);
  return hash;
}

gboolean
lens_fields_octets (LensFields *fields, LensLedger *ledger, LensCarrier *carrier,
                    const LensUnit *unit, guint64 key, LensRange where)
{
  const guint8 *octets = unit->view.octets + where.offset;
  Field *field = field_of (fields, unit, key);
  guint64 uses = carrier->uses;

  if (field == NULL
      || (is_known (field, lens_fields_hash (where.length, octets, where.length), LENS_FIELDS_KNOWN)
          && field->n_known > 1))
    lens_ledger_room (ledger, carrier, unit, 8 * where.length);
  else
    lens_free_text_take (ledger, &field->text, carrier, unit, where);
  return carrier->uses == uses;
}

/* A number alone that goes on by little. */
static gboolean
counts (Field *field, const guint8 *octets, gsize length)
{
  guint64 number = 0;

  if (length > MAX_DIGITS)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isdigit (octets[i]))
        return FALSE;
      number = number * 10 + (guint64)(octets[i] - '0');
    }
  guint64 last = field->number;
  gboolean first = field->numbers++ == 0;
  field->number = number;
  return first || (number >= last && number - last <= MOST_STEP);
}

gboolean
lens_fields_text (LensFields *fields, LensLedger *ledger, LensCarrier *carrier,
                  const LensUnit *unit, guint64 key, LensRange where)
{
  const guint8 *octets = unit->view.octets + where.offset;
  Field *field = field_of (fields, unit, key);
  guint64 value = lens_fields_hash (where.length, octets, where.length);

  if (field == NULL || counts (field, octets, where.length)
      || (is_known (field, value, LENS_FIELDS_KNOWN) && field->n_known > 1))
    {
      lens_ledger_room (ledger, carrier, unit, 8 * where.length);
      return TRUE;
    }
  /* Only numbers go on; of other words each is new. */
  if (take_exact (fields, ledger, carrier, unit, key, frame_of (octets, where.length), where))
    {
      guint64 uses = carrier->uses;
      lens_free_text_take (ledger, &field->text, carrier, unit, where);
      return carrier->uses == uses;
    }
  lens_ledger_room (ledger, carrier, unit, 8 * where.length);
  return FALSE;
}

void
lens_fields_fixed (LensLedger *ledger, LensCarrier *carrier, const LensUnit *unit, gboolean right,
                   guint bits, LensRange where)
{
  lens_ledger_room (ledger, carrier, unit, bits);
  if (!right)
    lens_ledger_use (ledger, carrier, unit, bits, where.offset, where.length);
}
