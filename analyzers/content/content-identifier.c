/* content-identifier: does the device tell the world in clear who and where it is?
 *
 * RFC 6973 section 5.2: what stays the same ties together all that a device does.  Looked for is
 * what this capture itself knows to be the sender's own: its link address (as text, as EUI-64, in
 * base64, as it stands on the wire), its private network address, the serial number that the
 * owner wrote down; and what calls itself a serial number, the name of a wireless network or a
 * position, once as it stands and once as base64 hides it.
 *
 * Benign: the same inside the link, where neighbours know it anyhow; the fields in which SIP,
 * SDP, RTSP, STUN, FTP and DHCP carry the sender's address; services that the owner declared.
 *
 *   use    8 bits for each octet of such a value that leaves the link
 */
#include "ledger/analyzer.h"
#include "ledger/overlap.h"
#include "ledger/seed-bed.h"
#include "wire/clear-text.h"
#include "wire/dhcp.h"

#include <netinet/in.h>
#include <string.h>

#define KEEP 160  /* octets of the unit before: longer than any value */
#define CHADDR 28 /* offset of the client's link address in a DHCP message */
#define LEAST_BASE64 24
#define MOST_BASE64 4096

typedef enum
{
  SAYS_MAC,
  SAYS_ADDRESS,
  SAYS_SERIAL,
  SAYS_NETWORK,
  SAYS_POSITION,
  N_SAYS,
} Says;

typedef struct
{
  LensOverlap *overlap;
  GHashTable *says; /* LensCarrier -> bits of Says + 1 */
} Identifiers;

static const char *const said[N_SAYS] = {
  [SAYS_MAC] = "its link address (MAC)", [SAYS_ADDRESS] = "its private network address",
  [SAYS_SERIAL] = "a serial number",     [SAYS_NETWORK] = "the name of a wireless network",
  [SAYS_POSITION] = "a position",
};

static const LensChannelText channels[] = {
  { .id = "content-identifier",
    .summary = "The device sends in clear, beyond its own link, what tells it from all others.",
    .reference = "RFC 6973 section 5.2",
    .unit = LENS_UNIT_CONTENT },
  { NULL },
};

static void
use (LensLedger *ledger, Identifiers *state, const LensUnit *unit, Says what, LensRange range)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "content-identifier", unit, NULL);

  if (state->says == NULL)
    state->says = g_hash_table_new (NULL, NULL);
  guint bits = GPOINTER_TO_UINT (g_hash_table_lookup (state->says, carrier));
  g_hash_table_insert (state->says, carrier, GUINT_TO_POINTER (bits | 1u << what));
  lens_ledger_use (ledger, carrier, unit, 8 * range.length, range.offset, range.length);
}

/* Octets in which values are looked for: those of the unit, or what some of them decode to. */
typedef struct
{
  const guint8 *octets;
  gsize length;
  gsize fresh;          /* what ends before was seen */
  const LensRange *all; /* the unit's octets that they were decoded from, or NULL */
} Text;

static LensRange
range_of (const Text *text, LensRange range)
{
  return text->all != NULL ? *text->all : range;
}

/* A DHCP server learns the link address from the messages' own field, through a relay also when it
 * is not on the link (RFC 2131 sections 2 and 4.1). */
static gboolean
is_of_dhcp (const LensSideKey *key, const Text *text, LensRange where)
{
  LensDhcp dhcp;

  return key->protocol == IPPROTO_UDP && key->dport == 67 && where.offset >= CHADDR
         && lens_dhcp_parse (text->octets + where.offset - CHADDR,
                             text->length - (where.offset - CHADDR), &dhcp)
         && dhcp.has_options && dhcp.op == 1;
}

static void
look_for_mac (LensLedger *ledger, Identifiers *state, const LensUnit *unit, const Text *text)
{
  const LensSideKey *key = &unit->side->key;
  LensRange where;
  LensMacForm form;

  if ((key->has_mac & 1) == 0 || lens_mac_number (key->src_mac) == 0)
    return;
  for (gsize at = 0; lens_mac_find (text->octets, text->length, key->src_mac, &at, &where, &form);)
    if (lens_range_end (where) > text->fresh && !is_of_dhcp (key, text, where))
      use (ledger, state, unit, SAYS_MAC, range_of (text, where));
}

/* In "c=IN IP4 192.168.1.2" a session tells where it wants its media (RFC 8866 section 5.7). */
static gboolean
is_of_session (const Text *text, gsize at)
{
  return at >= 4 && text->octets[at - 4] == 'I' && text->octets[at - 3] == 'P'
         && text->octets[at - 1] == ' ';
}

static void
look_for_address (LensLedger *ledger, Identifiers *state, const LensUnit *unit, const Text *text)
{
  const LensSideKey *key = &unit->side->key;
  char own[LENS_ADDRESS_TEXT];

  if (key->src.version != 4 || !lens_address_is_private (&key->src)
      || unit->side->flow->service == LENS_SERVICE_SIP || key->sport == 21 || key->dport == 21)
    return;
  gsize size = strlen (lens_address_text (&key->src, own));
  for (const guint8 *from = text->octets, *found;
       (found = memmem (from, (gsize)(text->octets + text->length - from), own, size)) != NULL;
       from = found + size)
    {
      gsize at = (gsize)(found - text->octets);
      gboolean longer = (at > 0 && (g_ascii_isdigit (found[-1]) || found[-1] == '.'))
                        || at + size >= text->length || g_ascii_isdigit (found[size]);
      if (!longer && at + size > text->fresh && !is_of_session (text, at))
        use (ledger, state, unit, SAYS_ADDRESS, range_of (text, (LensRange){ at, size }));
    }
}

static void
look_for_serial (LensLedger *ledger, Identifiers *state, const LensUnit *unit, const Text *text)
{
  for (guint i = 0; i < lens_ledger_n_profiles (ledger); i++)
    {
      const char *serial = lens_ledger_profile (ledger, i)->serial;
      gsize size = serial != NULL ? strlen (serial) : 0;
      if (size < 6)
        continue;
      const guint8 *found = memmem (text->octets, text->length, serial, size);
      gsize at = found != NULL ? (gsize)(found - text->octets) : 0;
      if (found != NULL && at + size > text->fresh)
        use (ledger, state, unit, SAYS_SERIAL, range_of (text, (LensRange){ at, size }));
    }
}

/* Half a position is none. */
static void
look_for_values (LensLedger *ledger, Identifiers *state, const LensUnit *unit, const Text *text)
{
  LensClearText value;
  LensRange latitude = { 0, 0 };

  for (gsize at = 0; lens_clear_text_next (text->octets, text->length, &at, &value);)
    {
      gboolean seen = lens_range_end (value.whole) <= text->fresh;
      LensRange range = range_of (text, value.whole);
      if (value.kind == LENS_CLEAR_LATITUDE)
        latitude = range;
      else if (seen)
        continue;
      else if (value.kind == LENS_CLEAR_SERIAL)
        use (ledger, state, unit, SAYS_SERIAL, range);
      else if (value.kind == LENS_CLEAR_NETWORK)
        use (ledger, state, unit, SAYS_NETWORK, range);
      else if (value.kind == LENS_CLEAR_LONGITUDE && latitude.length > 0)
        {
          use (ledger, state, unit, SAYS_POSITION, latitude);
          use (ledger, state, unit, SAYS_POSITION, range);
          latitude.length = 0;
        }
    }
}

static void
look (LensLedger *ledger, Identifiers *state, const LensUnit *unit, const Text *text)
{
  look_for_mac (ledger, state, unit, text);
  look_for_address (ledger, state, unit, text);
  look_for_serial (ledger, state, unit, text);
  look_for_values (ledger, state, unit, text);
}

static gboolean
is_base64 (guint8 octet)
{
  return g_ascii_isalnum (octet) || octet == '+' || octet == '/';
}

/* Octets from @at on that are of base64, at most @most. */
static gsize
run_at (const Text *text, gsize at, gsize most)
{
  gsize end = MIN (text->length, at + most), start = at;

  while (at < end && is_base64 (text->octets[at]))
    at++;
  return at - start;
}

/* Runs of base64 (RFC 4648 section 4), decoded. */
static void
look_inside (LensLedger *ledger, Identifiers *state, const LensUnit *unit, const Text *text)
{
  guint8 decoded[3 * MOST_BASE64 / 4 + 4];

  for (gsize at = 0; at < text->length;)
    {
      /* No run that has not the last of its first octets is long enough. */
      if (text->length - at < LEAST_BASE64)
        break;
      gsize start = at, last = at + LEAST_BASE64 - 1;
      if (!is_base64 (text->octets[last]))
        {
          at = last + 1;
          continue;
        }
      LensRange all = { start, run_at (text, start, MOST_BASE64) };
      at += all.length;
      if (all.length >= LEAST_BASE64 && at > text->fresh)
        {
          gint bits = 0;
          guint save = 0;
          gsize count = g_base64_decode_step ((const char *)text->octets + start, all.length,
                                              decoded, &bits, &save);
          const Text inside = { decoded, count, 0, &all };
          look (ledger, state, unit, &inside);
        }
      at += at == start;
    }
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Identifiers *state = data;
  const LensAddress *to = &unit->side->key.dst;
  gsize fresh;

  /* Groups and frames without an address are of the link. */
  if (to->version == 0 || lens_address_is_multicast (to) || lens_address_is_broadcast (to))
    return;
  if (state->overlap == NULL)
    state->overlap = lens_overlap_new (KEEP);
  LensUnit whole = lens_overlap_take (state->overlap, unit, &fresh);
  const Text text = { whole.view.octets, whole.view.length, fresh, NULL };
  look (ledger, state, &whole, &text);
  look_inside (ledger, state, &whole, &text);
}

static char *
detail_of (guint bits)
{
  g_autoptr (GString) text = g_string_new ("It tells ");
  guint count = 0;

  for (guint i = 0; i < N_SAYS; i++)
    if ((bits >> i & 1) != 0)
      g_string_append_printf (text, "%s%s", count++ > 0 ? ", " : "", said[i]);
  g_string_append_c (text, '.');
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
ended (gpointer data, const LensSide *side)
{
  Identifiers *state = data;

  lens_overlap_drop (state->overlap, side);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  Identifiers *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "content-identifier") || carrier->uses == 0)
        continue;
      gboolean leaves = lens_ledger_leaves_link (ledger, carrier->side)
                        && !lens_ledger_permits (ledger, carrier->side->flow);
      g_autofree char *detail
          = detail_of (GPOINTER_TO_UINT (g_hash_table_lookup (state->says, carrier)));
      lens_ledger_find (
          ledger, carrier, leaves ? LENS_SEVERITY_HIGH : LENS_SEVERITY_INFO,
          leaves ? NULL
                 : "The device tells a neighbour, or a service that may know, what tells it from "
                   "all others.",
          detail);
    }
}

static void
clear (gpointer data)
{
  Identifiers *state = data;

  g_clear_pointer (&state->overlap, lens_overlap_free);
  g_clear_pointer (&state->says, g_hash_table_unref);
}

/* Its link address beside a message, to a host that is not on the link. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensAddress stranger = { .version = 4 };
  LensSeedPlace place;
  char message[40];
  guint16 sport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x8000));
  guint16 dport = (guint16)(1024 + lens_seed_bed_below (bed, 0xfc00));

  lens_seed_bed_fill (bed, stranger.octets, 4);
  stranger.octets[0] = (guint8)(128 + lens_seed_bed_below (bed, 40));
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      if (place.layers->ip_version != 4 || !place.layers->has_source_mac
          || !lens_seed_bed_can_send (bed))
        continue;
      gsize count = lens_seed_bed_take_text (bed, message, sizeof message);
      if (count == 0)
        continue;
      g_autofree char *mac = lens_mac_dup_text (place.layers->source_mac);
      g_autofree char *text
          = g_strdup_printf ("{\"id\":\"%s\",\"say\":\"%.*s\"}", mac, (gint)count, message);
      lens_seed_bed_send_udp (bed, &stranger, sport, dport, (const guint8 *)text, strlen (text));
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_content_identifier = {
  .name = "content-identifier",
  .question = "Does the device tell the world in clear who and where it is?",
  .source = "RFC 6973 section 5.2; RFC 4291 appendix A",
  .severity = LENS_SEVERITY_RULE_IDENTIFIER,
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (Identifiers),
  .see = see,
  .ended = ended,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
