/* vendor-discovery: do the makers' own discovery messages say what they used to say?
 *
 * Devices of one maker find each other by protocols of their own: XML (Hikvision's SADP), JSON
 * behind a binary head (Dahua, Xiongmai), octets.  Who answers tells model, serial number and
 * addresses, the same each time; who asks says next to nothing.
 *
 *   use    octets that are not what this device used to send in messages that begin like this
 *          one, and that no counting explains
 *
 * A UUID made for each question, which the answer repeats, cannot be told from noise; and neither
 * can announcements that are encrypted with a number made for each (Tuya 3.5).
 */
#include "ledger/analyzer.h"
#include "ledger/field-rules.h"
#include "ledger/seed-bed.h"
#include "ledger/xml-fields.h"

#include <string.h>

enum
{
  HEAD = 4,     /* octets by which messages of one protocol are told apart */
  PACE_BPS = 2, /* what is set up anew, or made anew each hour, is slower */
};

static const char channel_id[] = "vendor-discovery";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "What the device tells about itself by its maker's discovery changes: it carries "
               "data.",
    .room = "The device speaks its maker's discovery protocol; data could travel in it.",
    .reference = "observed: no public standard",
    .hides = TRUE,
    .unit = LENS_UNIT_DISCOVERY },
  { NULL },
};

static const char octets_of[] = "octets";

static const LensFieldRule rules[] = {
  { .subject = lens_xml_fields_text,
    .least = 8,
    .percent = 1,
    .shows_room = TRUE,
    .pace = PACE_BPS,
    .detail = "Texts that this device used to send with other content." },
  { .subject = lens_xml_fields_id,
    .least = 8,
    .percent = 20,
    .detail = "Identifiers that are no UUIDs of one kind." },
  { .subject = lens_xml_fields_shape,
    .least = 16,
    .percent = 10,
    .detail = "The order of elements, or the blanks between them, change." },
  { .subject = octets_of,
    .least = 8,
    .percent = 20,
    .shows_room = TRUE,
    .pace = PACE_BPS,
    .detail = "Octets that this device used to send with other content." },
  { NULL },
};

typedef struct
{
  LensFields *fields;
} VendorDiscovery;

/* Standards have analyzers of their own. */
static gboolean
is_vendors (const char *name)
{
  static const char *const standard[]
      = { "mdns", "llmnr", "ssdp", "ws-discovery", "nbns", "lldp", "cdp" };

  for (guint i = 0; i < G_N_ELEMENTS (standard); i++)
    if (g_str_equal (name, standard[i]))
      return FALSE;
  return TRUE;
}

static void
see_xml (LensLedger *ledger, VendorDiscovery *state, const LensUnit *unit, guint64 kind)
{
  static const char *const ids[] = { "Uuid", "UUID", "uuid", "MessageID", "RelatesTo", NULL };
  const guint8 *octets = unit->view.octets;
  LensRange types = lens_xml_fields_find (octets, unit->view.length, "Types");
  const LensXmlFields document
      = { .fields = state->fields,
          .ledger = ledger,
          .unit = unit,
          .channel = channel_id,
          .kind = lens_fields_hash (kind, octets + types.offset, types.length),
          .ids = ids };

  lens_xml_fields_take (&document, (LensRange){ 0, unit->view.length });
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  static const guint8 tuya[] = { 0, 0, 0x66, 0x99 }; /* AES-GCM */
  VendorDiscovery *state = data;
  const guint8 *octets = unit->view.octets;
  gsize length = unit->view.length;

  if (!is_vendors (unit->discovery) || length == 0)
    return;
  if (length >= sizeof tuya && memcmp (octets, tuya, sizeof tuya) == 0)
    {
      lens_ledger_room (ledger, lens_ledger_carrier (ledger, channel_id, unit, octets_of), unit,
                        8 * length);
      return;
    }
  if (state->fields == NULL)
    state->fields = lens_fields_new ();
  guint64 kind = lens_fields_key (unit->discovery, unit->side->key.dport);
  if (octets[0] == '<')
    see_xml (ledger, state, unit, kind);
  else
    lens_fields_octets (
        state->fields, ledger, lens_ledger_carrier (ledger, channel_id, unit, octets_of), unit,
        lens_fields_hash (kind, octets, MIN (length, HEAD)), (LensRange){ 0, length });
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  (void)data;
  lens_field_rules_conclude (ledger, "vendor-discovery", rules);
}

static void
clear (gpointer data)
{
  VendorDiscovery *state = data;

  g_clear_pointer (&state->fields, lens_fields_free);
}

/* Questions like SADP's, with the message in an element. */
static GByteArray *
compose (LensSeedBed *bed, const char *text)
{
  char *probe = g_strdup_printf (
      "<?xml version=\"1.0\" encoding=\"utf-8\"?><Probe><Uuid>%08X-0000-4000-8000-000000000000"
      "</Uuid><Types>inquiry</Types><Extra>z%sz</Extra></Probe>",
      lens_seed_bed_below (bed, 1u << 31), text);

  return g_byte_array_new_take ((guint8 *)probe, strlen (probe));
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  (void)channel;
  return lens_seed_bed_announce (bed, "239.255.255.250", 37020, compose);
}

const LensAnalyzer lens_analyzer_vendor_discovery = {
  .name = "vendor-discovery",
  .question = "Do the makers' own discovery messages say what they used to say?",
  .source = "observed: no public standard",
  .units = LENS_UNIT_DISCOVERY,
  .channels = channels,
  .state_size = sizeof (VendorDiscovery),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
