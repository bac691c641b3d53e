/* content-credential: does a secret travel in clear?
 *
 * Passwords in forms, JSON and XML, HTTP's Basic scheme (RFC 7617 section 4), PASS of FTP and mail,
 * CONNECT of MQTT (MQTT 3.1.1 section 3.1.3.5), keys of wireless networks, private keys (RFC
 * 7468).  Cookies, tokens and digests are no secrets of a person: they weigh less.
 *
 * Benign: masked values; what a browser on the link sends to its device.
 *
 *   use    8 bits for each octet of the value; its excerpt is masked
 */
#include "ledger/analyzer.h"
#include "ledger/overlap.h"
#include "ledger/seed-bed.h"
#include "wire/clear-text.h"

#include <netinet/in.h>
#include <string.h>

#define KEEP 1100 /* octets of the unit before: a value and its name */

typedef struct
{
  LensOverlap *overlap;
  GHashTable *kinds; /* LensCarrier -> bits of LensClearKind */
} Credentials;

static const LensChannelText channels[] = {
  { .id = "content-credential",
    .summary = "The device sends a secret in clear: whoever listens has it.",
    .reference = "RFC 7617 section 4; RFC 7468 section 2",
    .unit = LENS_UNIT_CONTENT },
  { NULL },
};

static gboolean
is_credential (LensClearKind kind)
{
  return kind <= LENS_CLEAR_TOKEN;
}

/* Where it lies is said, what it says is not. */
static void
use (LensLedger *ledger, Credentials *state, const LensUnit *unit, const LensClearText *text)
{
  g_auto (LensPieces) pieces = { 0 };
  const char *subject = text->kind == LENS_CLEAR_TOKEN ? "token" : "secret";
  LensCarrier *carrier = lens_ledger_carrier (ledger, "content-credential", unit, subject);
  LensView where = lens_view_slice (&unit->view, text->whole.offset, text->whole.length, &pieces);
  g_autofree guint8 *masked = g_memdup2 (where.octets, where.length);

  memset (masked + (text->value.offset - text->whole.offset), '*', text->value.length);
  where.octets = masked;
  lens_carrier_use (lens_ledger_carriers (ledger), carrier, unit->time_ns, 8 * text->value.length,
                    &where);
  if (state->kinds == NULL)
    state->kinds = g_hash_table_new (NULL, NULL);
  guint bits = GPOINTER_TO_UINT (g_hash_table_lookup (state->kinds, carrier));
  g_hash_table_insert (state->kinds, carrier, GUINT_TO_POINTER (bits | 1u << text->kind));
}

static gsize
mqtt_string (const guint8 *octets, gsize length, gsize at)
{
  gsize size = at + 2 <= length ? (gsize)(octets[at] << 8 | octets[at + 1]) : length;

  return MIN (at + 2 + size, length + 1);
}

/* Who calls himself anonymous gives no secret (RFC 1635 section 4). */
static gboolean
is_anonymous (const LensView *view, const LensClearText *text)
{
  static const char *const users[] = { "USER anonymous", "USER ftp\r" };

  if (g_ascii_strncasecmp ((const char *)view->octets + text->whole.offset, "pass ", 5) != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (users); i++)
    if (memmem (view->octets, text->whole.offset, users[i], strlen (users[i])) != NULL)
      return TRUE;
  return FALSE;
}

/* CONNECT: type 1, remaining length, "MQTT", level, flags, keep alive; then client identifier,
 * will, user name and password, each behind its length. */
static gboolean
find_mqtt_password (const guint8 *octets, gsize length, LensClearText *text)
{
  gsize at = 1;

  while (at < MIN (length, 5) && (octets[at] & 0x80) != 0)
    at++;
  at++;
  if (length < at + 10 || octets[0] != 0x10 || memcmp (octets + at, "\0\4MQTT", 6) != 0)
    return FALSE;
  guint8 flags = octets[at + 7];
  at = mqtt_string (octets, length, at + 10);
  if ((flags & 0x04) != 0)
    at = mqtt_string (octets, length, mqtt_string (octets, length, at));
  if ((flags & 0x80) != 0)
    at = mqtt_string (octets, length, at);
  gsize end = mqtt_string (octets, length, at);
  if ((flags & 0x40) == 0 || end > length || end <= at + 2)
    return FALSE;
  text->kind = LENS_CLEAR_PASSWORD;
  text->whole = text->value = (LensRange){ at + 2, end - at - 2 };
  return TRUE;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Credentials *state = data;
  LensClearText text;
  gsize fresh;

  if (unit->side->key.protocol != IPPROTO_TCP && unit->side->key.protocol != IPPROTO_UDP)
    return;
  if (state->overlap == NULL)
    state->overlap = lens_overlap_new (KEEP);
  LensUnit whole = lens_overlap_take (state->overlap, unit, &fresh);
  for (gsize at = 0; lens_clear_text_next (whole.view.octets, whole.view.length, &at, &text);)
    if (is_credential (text.kind) && lens_range_end (text.whole) > fresh
        && !is_anonymous (&whole.view, &text))
      use (ledger, state, &whole, &text);
  if (unit->view.octets[0] == 0x10
      && find_mqtt_password (unit->view.octets, unit->view.length, &text))
    use (ledger, state, unit, &text);
}

/* Who logs in to a device on the link tells it what it knows; a page that a device shows tells
 * whoever asked. */
static LensSeverity
severity_of (LensLedger *ledger, const LensCarrier *carrier)
{
  gboolean opened = !carrier->side->reverse;

  if (lens_ledger_permits (ledger, carrier->side->flow))
    return LENS_SEVERITY_INFO;
  if (g_str_equal (carrier->subject, "token"))
    return LENS_SEVERITY_LOW;
  if (lens_ledger_has_declaration (ledger, carrier->side))
    return LENS_SEVERITY_HIGH;
  return opened && lens_ledger_leaves_link (ledger, carrier->side) ? LENS_SEVERITY_HIGH
                                                                   : LENS_SEVERITY_LOW;
}

static void
ended (gpointer data, const LensSide *side)
{
  Credentials *state = data;

  lens_overlap_drop (state->overlap, side);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  Credentials *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "content-credential") || carrier->uses == 0)
        continue;
      guint bits = GPOINTER_TO_UINT (g_hash_table_lookup (state->kinds, carrier));
      g_autoptr (GString) detail = g_string_new ("In clear: ");
      for (guint kind = 0, count = 0; kind < LENS_N_CLEAR; kind++)
        if ((bits >> kind & 1) != 0)
          g_string_append_printf (detail, "%s%s", count++ > 0 ? ", " : "",
                                  lens_clear_text_name ((LensClearKind)kind));
      g_string_append_c (detail, '.');
      lens_ledger_find (ledger, carrier, severity_of (ledger, carrier),
                        g_str_equal (carrier->subject, "token")
                            ? "The device sends in clear what opens a session: a token, a cookie "
                              "or a digest."
                            : NULL,
                        detail->str);
    }
}

static void
clear (gpointer data)
{
  Credentials *state = data;

  g_clear_pointer (&state->overlap, lens_overlap_free);
  g_clear_pointer (&state->kinds, g_hash_table_unref);
}

/* A form to a host that is not on the link. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensAddress stranger = { .version = 4 };
  LensSeedPlace place;
  char secret[40];
  guint16 sport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x8000));
  guint16 dport = (guint16)(1024 + lens_seed_bed_below (bed, 0xfc00));

  lens_seed_bed_fill (bed, stranger.octets, 4);
  stranger.octets[0] = (guint8)(128 + lens_seed_bed_below (bed, 40));
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      gsize count = lens_seed_bed_take_text (bed, secret, sizeof secret - 2);
      if (count == 0)
        continue;
      g_autofree char *text
          = g_strdup_printf ("user=admin&password=%.*s0!&go=1", (gint)count, secret);
      lens_seed_bed_send_udp (bed, &stranger, sport, dport, (const guint8 *)text, strlen (text));
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_content_credential = {
  .name = "content-credential",
  .question = "Does a secret travel in clear?",
  .source = "RFC 7617 section 4; RFC 7468 section 2; RFC 959 section 4.1.1; MQTT 3.1.1 section 3.1",
  .severity = LENS_SEVERITY_RULE_CREDENTIAL,
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (Credentials),
  .see = see,
  .ended = ended,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
