/* tls-record: are there records in a TLS connection that TLS does not have?
 *
 * Records are of four types (RFC 8446 section 5.1).  Heartbeats (RFC 6520) are a fifth where both
 * hellos agreed on them: their payload and padding are the sender's choice.  What nobody agreed
 * on a receiver refuses or ignores, so it speaks to somebody on the way.
 *
 *   room   8 bits for each octet of a heartbeat that was agreed on
 *   use    8 bits for each octet of any other record outside types 20 to 23
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"
#include "wire/tls-hello.h"
#include "wire/tls-record.h"

#include <string.h>

#define PORT 443
#define MAX_FLOWS 65536

enum
{
  FIRST_TYPE = 20,
  LAST_TYPE = 23,
  HEARTBEAT = 24,
  HEARTBEAT_EXTENSION = 15,
};

/* Whose hello had the extension (a set). */
enum
{
  CLIENT = 1 << 0,
  SERVER = 1 << 1,
};

typedef struct
{
  GHashTable *agreed; /* LensFlow -> CLIENT, SERVER; never looked into */
} TlsRecord;

static const char channel_id[] = "tls-record-type";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "TLS connections have records of a kind that nobody agreed on.",
    .room = "TLS connections have heartbeats, as both ends agreed; data could travel in them.",
    .filter_hint = "tls.record.content_type > 23",
    .reference = "RFC 8446 section 5.1; RFC 6520 section 4",
    .hides = TRUE,
    .unit = LENS_UNIT_TLS },
  { NULL },
};

static void
see_hello (LensLedger *ledger, TlsRecord *state, const LensUnit *unit)
{
  LensRange left = unit->hello->extensions, data;
  guint16 type;
  guint who = unit->tls->message_type == 1 ? CLIENT : SERVER;

  if (state->agreed == NULL)
    state->agreed = g_hash_table_new (NULL, NULL);
  while (lens_tls_extension_next (unit->view.octets, &left, &type, &data))
    if (type == HEARTBEAT_EXTENSION
        && (g_hash_table_contains (state->agreed, unit->side->flow)
            || lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->agreed),
                                     MAX_FLOWS)))
      {
        guint before = GPOINTER_TO_UINT (g_hash_table_lookup (state->agreed, unit->side->flow));
        g_hash_table_insert (state->agreed, unit->side->flow, GUINT_TO_POINTER (before | who));
      }
}

static gboolean
is_agreed (const TlsRecord *state, const LensUnit *unit)
{
  return unit->tls->content_type == HEARTBEAT && state->agreed != NULL
         && GPOINTER_TO_UINT (g_hash_table_lookup (state->agreed, unit->side->flow))
                == (CLIENT | SERVER);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensTlsPart *part = unit->tls;

  if (unit->hello != NULL)
    see_hello (ledger, data, unit);
  if (part->kind != LENS_TLS_PART_RECORD
      || (part->content_type >= FIRST_TYPE && part->content_type <= LAST_TYPE))
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, NULL);
  /* Of the record its front is shown. */
  if (is_agreed (data, unit))
    lens_ledger_room (ledger, carrier, unit, 8 * (guint64)part->length);
  else
    lens_ledger_use (ledger, carrier, unit, 8 * (1 + (guint64)part->length), 0, unit->view.length);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  (void)state;
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "tls-record"))
        continue;
      if (carrier->uses > 0)
        lens_ledger_find (ledger, carrier, lens_ledger_field_severity (ledger, carrier), NULL,
                          NULL);
      else
        lens_ledger_find_room (ledger, carrier, NULL);
    }
}

static void
clear (gpointer data)
{
  TlsRecord *state = data;

  g_clear_pointer (&state->agreed, g_hash_table_unref);
}

/* Each part of the message is a heartbeat behind the end of a handshake. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  static const guint8 change[] = { 20, 3, 3, 0, 1, 1 };
  LensAddress stranger = { .version = 4 };
  LensSeedPlace place;
  guint16 sport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x4000));

  (void)channel;
  lens_seed_bed_fill (bed, stranger.octets, 4);
  stranger.octets[0] = (guint8)(128 + lens_seed_bed_below (bed, 40));
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      guint8 message[64];
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      gsize count = lens_seed_bed_take (bed, message, sizeof message);
      if (count == 0)
        continue;
      g_autoptr (GByteArray) records = g_byte_array_new ();
      const guint8 head[] = { HEARTBEAT, 3, 3, 0, (guint8)(3 + count), 1, 0, (guint8)count };
      g_byte_array_append (records, change, sizeof change);
      g_byte_array_append (records, head, sizeof head);
      g_byte_array_append (records, message, (guint)count);
      lens_seed_bed_send_tcp (bed, &stranger, sport++, PORT, 1, records->data, records->len);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_tls_record = {
  .name = "tls-record",
  .question = "Are there records in a TLS connection that TLS does not have?",
  .source = "RFC 8446 section 5.1; RFC 6520 section 4",
  .severity = LENS_SEVERITY_RULE_FIELD,
  .units = LENS_UNIT_TLS,
  .channels = channels,
  .state_size = sizeof (TlsRecord),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
