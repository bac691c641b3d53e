/* quic: does the device speak QUIC, and what do its headers say?
 *
 * All that QUIC carries is sealed; its long headers are not: version and connection identifiers
 * (RFC 8999 section 5.1).  Identifiers are random by design, so text in them is none; a version
 * that nobody registered is no QUIC.
 *
 * Benign: what the owner declared.
 *
 *   use    8 bits for each octet of a flow that nobody declared; in any flow 32 bits of such a
 *          version, 8 for each octet of such an identifier
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"
#include "wire/quic.h"

#include <netinet/in.h>
#include <string.h>

typedef struct
{
  GHashTable *flows; /* LensFlow: it speaks QUIC */
} Quic;

#define MAX_FLOWS 65536

static const LensChannelText channels[] = {
  { .id = "quic-fields",
    .summary = "The device speaks QUIC, all of which is sealed.",
    .filter_hint = "quic",
    .reference = "RFC 9000 section 17.2; RFC 8999 section 5.1",
    .unit = LENS_UNIT_CONTENT },
  { NULL },
};

static void
use (LensLedger *ledger, const LensUnit *unit, const char *subject, LensRange range, guint64 bits)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "quic-fields", unit, subject);

  lens_ledger_use (ledger, carrier, unit, bits, range.offset, range.length);
}

/* Of 16 random octets 6 are printable; all of them once in ten million. */
static void
see_id (LensLedger *ledger, const LensUnit *unit, LensRange id)
{
  gsize printable = 0;

  for (gsize i = 0; i < id.length; i++)
    printable += g_ascii_isprint (unit->view.octets[id.offset + i]) != 0;
  if (id.length >= 16 && printable == id.length)
    use (ledger, unit, "identifier", id, 8 * id.length);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Quic *state = data;
  LensQuic quic;

  if (unit->side->key.protocol != IPPROTO_UDP)
    return;
  gboolean known = state->flows != NULL && g_hash_table_contains (state->flows, unit->side->flow);
  if (lens_quic_parse (unit->view.octets, unit->view.length, &quic)
      && (known || lens_quic_is_known (quic.version)))
    {
      if (!known && (quic.version == 0 || unit->view.length < 1200))
        return; /* a client begins with a full datagram (RFC 9000 section 14.1) */
      if (state->flows == NULL)
        state->flows = g_hash_table_new (NULL, NULL);
      if (known
          || lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->flows), MAX_FLOWS))
        known = g_hash_table_add (state->flows, unit->side->flow) || TRUE;
      if (!lens_quic_is_known (quic.version))
        use (ledger, unit, "version", (LensRange){ 1, 4 }, 32);
      see_id (ledger, unit, quic.destination_id);
      see_id (ledger, unit, quic.source_id);
    }
  if (known)
    use (ledger, unit, NULL, (LensRange){ 0, unit->view.length }, 8 * unit->view.length);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "quic") || carrier->uses == 0)
        continue;
      LensSeverity severity = lens_ledger_field_severity (ledger, carrier);
      if (carrier->subject == NULL && lens_ledger_permits (ledger, carrier->side->flow))
        severity = LENS_SEVERITY_INFO;
      lens_ledger_find (ledger, carrier, severity,
                        carrier->subject != NULL
                            ? "Headers of QUIC have values that no implementation gives them."
                            : NULL,
                        carrier->subject);
    }
}

static void
clear (gpointer data)
{
  Quic *state = data;

  g_clear_pointer (&state->flows, g_hash_table_unref);
}

/* A client's first datagrams to a host that nobody named, whose sealed part is the message. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensAddress stranger = { .version = 4 };
  LensSeedPlace place;
  guint8 datagram[1200];
  guint16 sport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x4000));

  lens_seed_bed_fill (bed, stranger.octets, 4);
  stranger.octets[0] = (guint8)(128 + lens_seed_bed_below (bed, 40));
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      lens_seed_bed_fill (bed, datagram, sizeof datagram);
      if (lens_seed_bed_take (bed, datagram + 40, sizeof datagram - 40) == 0)
        continue;
      memcpy (datagram, (const guint8[]){ 0xc3, 0, 0, 0, 1, 8 }, 6);
      datagram[14] = 0;
      lens_seed_bed_send_udp (bed, &stranger, sport, 443, datagram, sizeof datagram);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_quic = {
  .name = "quic",
  .question = "Does the device speak QUIC, and what do its headers say?",
  .source = "RFC 8999 section 5.1; RFC 9000 section 14.1, 15, 17.2",
  .severity = LENS_SEVERITY_RULE_FIELD,
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (Quic),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
