/* dns-types: does the device choose among the types of records that it asks for?
 *
 * RFC 1035 section 3.2.2: each query asks for one type.  Programs ask for the addresses of a name
 * (A, AAAA, HTTPS), some for its mail, text or keys; each of them what it needs, in the order of
 * its code, and again when the answer is too old.  Who asks for one name again and again, now for
 * this type and now for that, spells something.
 *
 * Benign: addresses in any order; a tool that asks for all types there are, once; a program that
 * goes through its types always in the same order.
 *
 *   use    4 bits for each query within a minute of the last one for the name, for a type asked
 *          for before that the types before it do not foresee
 *
 * Which of A and AAAA comes first says a bit of each pair, and depends on which answer came first:
 * that is not judged.
 */
#include "ledger/analyzer.h"
#include "ledger/fields.h"
#include "ledger/habit.h"
#include "ledger/marks.h"

#include <string.h>

enum
{
  DNS_PORT = 53,
  MAX_NAMES = 4096,
  N_TYPES = 16, /* of a name that are told apart */
  BITS = 4,

  LEAST_TYPES = 4, /* beside those of addresses */
  LEAST = 12,
  LEAST_PERCENT = 30, /* of the queries for the name */
};

#define SOON_NS (G_GINT64_CONSTANT (60) * 1000 * 1000 * 1000)

static const char channel_id[] = "dns-qtype-null-txt";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "The device asks for one name again and again, for ever other types of records.",
    .filter_hint = "dns.flags.response == 0",
    .reference = "RFC 1035 section 3.2.2",
    .hides = TRUE,
    .unit = LENS_UNIT_DNS },
  { NULL },
};

/* Queries of one host for one name. */
typedef struct
{
  char *text;
  guint16 types[N_TYPES];
  LensHabit next[N_TYPES]; /* by the type before */
  guint n_types, last, queries;
  guint16 id; /* of the last query: the same one is a repetition */
  gint64 last_ns;
  LensMarks *marks;
} Name;

typedef struct
{
  GHashTable *names; /* hash of asker and name -> Name */
  GPtrArray *order;  /* of them */
} DnsTypes;

static void
name_free (gpointer data)
{
  Name *name = data;

  g_free (name->text);
  lens_marks_free (name->marks);
  g_free (name);
}

static gboolean
is_of_addresses (guint16 type)
{
  return type == LENS_DNS_TYPE_A || type == LENS_DNS_TYPE_AAAA || type == 64 || type == 65;
}

/* NULL beyond the cap. */
static Name *
name_of (LensLedger *ledger, DnsTypes *state, const LensUnit *unit, const LensDnsRecord *record)
{
  LensDnsName text;

  lens_dns_name_read (unit->view.octets, unit->view.length, record->name.offset, &text);
  lens_dns_name_lower (&text);
  guint64 key = lens_fields_hash (lens_address_hash (&unit->side->key.src),
                                  (const guint8 *)text.text, strlen (text.text));
  Name *name = g_hash_table_lookup (state->names, &key);
  if (name == NULL
      && lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->names), MAX_NAMES))
    {
      name = g_new0 (Name, 1);
      name->text = g_strdup (text.text);
      g_hash_table_insert (state->names, g_memdup2 (&key, sizeof key), name);
      g_ptr_array_add (state->order, name);
    }
  return name;
}

/* The number of the type; N_TYPES: there are too many.  @is_new: not asked for before. */
static guint
number_of (Name *name, guint16 type, gboolean *is_new)
{
  *is_new = FALSE;
  for (guint i = 0; i < name->n_types; i++)
    if (name->types[i] == type)
      return i;
  *is_new = TRUE;
  if (name->n_types < N_TYPES)
    name->types[name->n_types++] = type;
  return name->n_types - 1;
}

static void
take (Name *name, const LensUnit *unit, const LensDnsRecord *record)
{
  gboolean is_new, first = name->queries == 0;
  gboolean repeated = !first && name->id == unit->dns->id;
  guint number = number_of (name, record->type, &is_new);
  gsize end = lens_range_end (record->whole);

  if (repeated)
    return;
  gboolean soon = !first && unit->time_ns - name->last_ns < SOON_NS;
  gboolean foreseen = first || lens_habit_take (&name->next[name->last], number);
  if (soon && !foreseen && !is_new && !is_of_addresses (record->type))
    {
      if (name->marks == NULL)
        name->marks = lens_marks_new ();
      lens_marks_add (name->marks, unit, BITS, (LensRange){ end - 4, 2 });
    }
  name->queries++;
  name->last = number;
  name->last_ns = unit->time_ns;
  name->id = unit->dns->id;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  DnsTypes *state = data;
  LensDnsRecords records;
  LensDnsRecord record;

  if ((unit->dns->flags & LENS_DNS_FLAG_RESPONSE) != 0 || unit->side->key.dport != DNS_PORT)
    return;
  if (state->names == NULL)
    {
      state->names = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, name_free);
      state->order = g_ptr_array_new ();
    }
  lens_dns_records_init (&records, unit->view.octets, unit->view.length, unit->dns);
  while (lens_dns_records_next (&records, &record))
    if (record.section == LENS_DNS_QUESTION && record.whole.length >= 5)
      {
        Name *name = name_of (ledger, state, unit, &record);
        if (name != NULL)
          take (name, unit, &record);
      }
}

static gboolean
spells (const Name *name)
{
  guint others = 0;

  for (guint i = 0; i < name->n_types; i++)
    others += !is_of_addresses (name->types[i]);
  return name->marks != NULL && others >= LEAST_TYPES && lens_marks_n (name->marks) >= LEAST
         && lens_marks_n (name->marks) * 100 >= (guint64)LEAST_PERCENT * name->queries;
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const DnsTypes *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint i = 0; state->order != NULL && i < state->order->len; i++)
    {
      const Name *name = g_ptr_array_index (state->order, i);
      if (spells (name))
        lens_marks_use (name->marks, ledger, channel_id, name->text);
    }
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!lens_ledger_owns (ledger, carrier) || carrier->uses == 0)
        continue;
      g_autofree char *detail = g_strdup_printf ("Queries for %s.", carrier->subject);
      lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, detail);
    }
}

static void
clear (gpointer data)
{
  DnsTypes *state = data;

  g_clear_pointer (&state->order, g_ptr_array_unref);
  g_clear_pointer (&state->names, g_hash_table_unref);
}

const LensAnalyzer lens_analyzer_dns_types = {
  .name = "dns-types",
  .question = "Does the device choose among the types of records that it asks for?",
  .source = "RFC 1035 section 3.2.2",
  .units = LENS_UNIT_DNS,
  .channels = channels,
  .state_size = sizeof (DnsTypes),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
