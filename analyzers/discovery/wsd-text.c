/* wsd-text: do messages of Web Services Discovery say what they used to say?
 *
 * A device tells its name, its scopes and where it is found, the same each time.  What is made
 * for each message is its identifier (MessageID, and RelatesTo of the answer) and a number that
 * counts (AppSequence).
 *
 *   use    texts and values that are not what this device used to say in such a message, and
 *          that no counting explains; elements in another order, other blanks between
 *          them
 *
 * A UUID in MessageID cannot be told from noise (122 bits of each message), but for its kind.
 */
#include "ledger/analyzer.h"
#include "ledger/field-rules.h"
#include "ledger/seed-bed.h"
#include "ledger/xml-fields.h"

#include <string.h>

enum
{
  PACE_BPS = 2 /* what is set up anew is slower */
};

static const char channel_id[] = "wsd-text";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "What the device tells about itself by WS-Discovery changes: it carries data.",
    .room = "The device tells about itself by WS-Discovery; data could travel in the text.",
    .filter_hint = "udp.port == 3702",
    .reference = "WS-Discovery 1.1 sections 4 and 5; appendix I",
    .hides = TRUE,
    .unit = LENS_UNIT_DISCOVERY },
  { NULL },
};

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
  { NULL },
};

typedef struct
{
  LensFields *fields;
} WsdText;

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  static const char *const ids[] = { "MessageID", "RelatesTo", NULL };
  WsdText *state = data;
  const guint8 *octets = unit->view.octets;

  if (!g_str_equal (unit->discovery, "ws-discovery"))
    return;
  if (state->fields == NULL)
    state->fields = lens_fields_new ();
  LensRange action = lens_xml_fields_find (octets, unit->view.length, "Action");
  const LensXmlFields document
      = { .fields = state->fields,
          .ledger = ledger,
          .unit = unit,
          .channel = channel_id,
          .kind = lens_fields_hash (0, octets + action.offset, action.length),
          .ids = ids };
  lens_xml_fields_take (&document, (LensRange){ 0, unit->view.length });
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  (void)data;
  lens_field_rules_conclude (ledger, "wsd-text", rules);
}

static void
clear (gpointer data)
{
  WsdText *state = data;

  g_clear_pointer (&state->fields, lens_fields_free);
}

/* Hello messages (WS-Discovery 1.1 section 4.1) with the message as a scope. */
static GByteArray *
compose (LensSeedBed *bed, const char *text)
{
  char *hello = g_strdup_printf (
      "<?xml version=\"1.0\"?><e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\">"
      "<e:Header><MessageID>urn:uuid:%08x-0000-4000-8000-%08x0000</MessageID>"
      "<Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Hello</Action></e:Header>"
      "<e:Body><Hello><Scopes>onvif://www.onvif.org/name/z%sz</Scopes></Hello></e:Body>"
      "</e:Envelope>",
      lens_seed_bed_below (bed, 1u << 31), lens_seed_bed_below (bed, 1u << 31), text);

  return g_byte_array_new_take ((guint8 *)hello, strlen (hello));
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  (void)channel;
  return lens_seed_bed_announce (bed, "239.255.255.250", 3702, compose);
}

const LensAnalyzer lens_analyzer_wsd_text = {
  .name = "wsd-text",
  .question = "Do messages of Web Services Discovery say what they used to say?",
  .source = "WS-Discovery 1.1 sections 4 and 5",
  .units = LENS_UNIT_DISCOVERY,
  .channels = channels,
  .state_size = sizeof (WsdText),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
