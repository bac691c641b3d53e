/* ntp-fields: do requests for the time carry anything but what a client knows?
 *
 * Most clients leave all zero but the first octet and the transmit timestamp (RFC 4330 section 5;
 * RFC 8633 appendix A asks for no more).  Full implementations repeat what the server said last:
 * its transmit timestamp as origin, and when that came (RFC 5905 section 7.3).  So each field is
 * zero, an echo, a clock, or the client's habit.
 *
 *   exact     the origin is nothing that the other side sent; a timestamp that is no time, or
 *             not the time at which the answer came; messages of administrators (modes 6 and 7)
 *             and such as are too short
 *   by habit  leap, version, stratum, poll, precision, reference; of a client that is not
 *             synchronized root delay, dispersion and reference time as well
 *
 * The transmit timestamp is the channel ntp-xmt-random: many clients fill it with noise, which
 * leaves a residual bound; but nobody fills it with text.
 */
#include "ledger/analyzer.h"
#include "ledger/field-rules.h"
#include "ledger/fields.h"
#include "ledger/seed-bed.h"
#include "wire/ntp.h"
#include "wire/transport.h"

#include <string.h>

enum
{
  NTP_PORT = 123,
  RECENT = 8, /* messages of each side that may be echoed */
  MAX_PAIRS = 4096,
  TOO_LONG = 16 << 16, /* root delay or dispersion, 16 s: RFC 5905 section 7.3, MAXDISP */

  STRATUM = 1, /* offsets */
  POLL = 2,
  PRECISION = 3,
  ROOT_DELAY = 4,
  ROOT_DISPERSION = 8,
  REFERENCE_ID = 12,
  REFERENCE = 16,
  ORIGIN = 24,
  RECEIVE = 32,
  TRANSMIT = 40,
};

#define SECOND_NS G_GINT64_CONSTANT (1000000000)
#define YEAR_NS (366 * 24 * 3600 * SECOND_NS)

static const char channel_id[] = "ntp-fields", transmit_id[] = "ntp-xmt-random";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "Requests for the time carry something in fields that no client fills so.",
    .filter_hint = "ntp",
    .reference = "RFC 5905 section 7.3, figures 8 to 11; RFC 8633 appendix A",
    .hides = TRUE,
    .unit = LENS_UNIT_NTP },
  { .id = transmit_id,
    .summary = "The transmit timestamps of requests for the time are text.",
    .filter_hint = "ntp.flags.mode == 3",
    .reference = "RFC 5905 section 7.3, figure 8: octets 40 to 47",
    .hides = TRUE,
    .unit = LENS_UNIT_NTP },
  { NULL },
};

static const char no_echo[] = "origin", no_time[] = "times", no_request[] = "kinds of message",
                  habits[] = "numbers of the client", distance[] = "distance from the true time",
                  text_of[] = "text";

static const LensFieldRule rules[] = {
  { .subject = no_echo, .least = 2, .detail = "An origin that the other side did not send." },
  { .subject = no_time, .least = 2, .detail = "Timestamps that are no time." },
  { .subject = no_request, .least = 1, .detail = "Messages that are no request for the time." },
  { .subject = habits, .least = 16, .percent = 5, .detail = "Numbers that never stay the same." },
  { .subject = distance,
    .least = 4,
    .percent = 10,
    .detail = "Delays and times of a client that knows none." },
  { .subject = text_of, .least = 4, .percent = 25, .detail = "Eight printable octets." },
  { NULL },
};

/* What one host last sent to another. */
typedef struct
{
  guint64 transmit[RECENT], receive[RECENT];
  gint64 time_ns; /* of the last one */
  guint n;
} Sent;

typedef struct
{
  LensFields *fields;
  GHashTable *pairs; /* hash of source and destination -> Sent */
} NtpFields;

static guint64
pair_of (const LensAddress *source, const LensAddress *destination)
{
  guint64 hash = lens_fields_hash (0, (const guint8 *)source, sizeof *source);

  return lens_fields_hash (hash, (const guint8 *)destination, sizeof *destination);
}

static void
remember (NtpFields *state, const LensUnit *unit, const LensNtp *ntp)
{
  guint64 pair = pair_of (&unit->side->key.src, &unit->side->key.dst);
  Sent *sent = g_hash_table_lookup (state->pairs, &pair);

  if (sent == NULL)
    {
      if (g_hash_table_size (state->pairs) >= MAX_PAIRS)
        g_hash_table_remove_all (state->pairs);
      sent = g_new0 (Sent, 1);
      g_hash_table_insert (state->pairs, g_memdup2 (&pair, sizeof pair), sent);
    }
  sent->transmit[sent->n % RECENT] = ntp->transmit;
  sent->receive[sent->n % RECENT] = ntp->receive;
  sent->time_ns = unit->time_ns;
  sent->n++;
}

/* What the other side sent, or NULL. */
static const Sent *
heard (const NtpFields *state, const LensUnit *unit)
{
  guint64 pair = pair_of (&unit->side->key.dst, &unit->side->key.src);

  return g_hash_table_lookup (state->pairs, &pair);
}

/* The transmit timestamp, or in interleaved mode (RFC 9769) the receive timestamp. */
static gboolean
is_echo (const Sent *sent, guint64 origin)
{
  for (guint i = 0; i < MIN (sent->n, RECENT); i++)
    if (sent->transmit[i] == origin || sent->receive[i] == origin)
      return TRUE;
  return FALSE;
}

/* --- fields --- */

static void
fixed (LensLedger *ledger, const LensUnit *unit, const char *subject, gboolean right, gsize offset,
       gsize length)
{
  lens_fields_fixed (ledger, lens_ledger_carrier (ledger, channel_id, unit, subject), unit, right,
                     8 * (guint)length, (LensRange){ offset, length });
}

static void
see_origin (LensLedger *ledger, const NtpFields *state, const LensUnit *unit, const LensNtp *ntp)
{
  const Sent *sent = heard (state, unit);

  /* Who answered before the capture began cannot be known. */
  fixed (ledger, unit, no_echo, ntp->origin == 0 || sent == NULL || is_echo (sent, ntp->origin),
         ORIGIN, 8);
}

static gboolean
is_near (guint64 timestamp, gint64 now, gint64 most)
{
  return ABS (lens_ntp_unix_ns (timestamp, now) - now) <= most;
}

static gboolean
is_interleaved (const Sent *sent, guint64 origin)
{
  for (guint i = 0; i < MIN (sent->n, RECENT); i++)
    if (sent->receive[i] == origin)
      return TRUE;
  return FALSE;
}

/* When the answer that it echoes came, by the client's own clock, which it may tell in the same
 * packet.  In interleaved mode it may be noise (chrony), which the server echoes. */
static gboolean
is_arrival (const NtpFields *state, const LensUnit *unit, const LensNtp *ntp)
{
  const Sent *sent = heard (state, unit);
  gint64 now = unit->time_ns;

  if (ntp->receive == 0 || (sent != NULL && is_interleaved (sent, ntp->origin)))
    return TRUE;
  if (ntp->origin == 0)
    return FALSE;
  gint64 since = lens_ntp_unix_ns (ntp->transmit, now) - lens_ntp_unix_ns (ntp->receive, now);
  if (sent != NULL && sent->transmit[(sent->n - 1) % RECENT] == ntp->origin
      && is_near (ntp->transmit, now, YEAR_NS))
    return ABS (since - (now - sent->time_ns)) <= 2 * SECOND_NS;
  return is_near (ntp->receive, now, YEAR_NS) || (since >= 0 && since <= YEAR_NS);
}

static gboolean
is_before (guint64 timestamp, gint64 now)
{
  gint64 time = lens_ntp_unix_ns (timestamp, now);

  return time <= now + 2 * SECOND_NS && time >= now - YEAR_NS;
}

/* When its clock was last set: before now, by the capture's clock or its own. */
static gboolean
is_past (const LensUnit *unit, const LensNtp *ntp)
{
  return ntp->reference == 0 || is_before (ntp->reference, unit->time_ns)
         || is_before (ntp->reference, lens_ntp_unix_ns (ntp->transmit, unit->time_ns));
}

static void
see_habit (LensLedger *ledger, NtpFields *state, const LensUnit *unit, const char *subject,
           const char *name, guint64 value, gsize offset, gsize length)
{
  lens_fields_value (state->fields, ledger, lens_ledger_carrier (ledger, channel_id, unit, subject),
                     unit, lens_fields_key (name, 0), value, 8 * (guint)length,
                     (LensRange){ offset, length });
}

/* Of noise one in two thousand is; of times from 1968 on none, before 2036. */
static void
see_transmit (LensLedger *ledger, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets + TRANSMIT;
  LensCarrier *carrier = lens_ledger_carrier (ledger, transmit_id, unit, text_of);
  guint printable = 0;

  for (guint i = 0; i < 8; i++)
    printable += g_ascii_isprint (octets[i]);
  lens_fields_fixed (ledger, carrier, unit, printable < 8, 64, (LensRange){ TRANSMIT, 8 });
}

static void
see_client (LensLedger *ledger, NtpFields *state, const LensUnit *unit, const LensNtp *ntp)
{
  gboolean synchronized = ntp->stratum >= 1 && ntp->stratum <= 15 && ntp->reference_id != 0;

  see_habit (ledger, state, unit, habits, "first", unit->view.octets[0], 0, 1);
  see_habit (ledger, state, unit, habits, "stratum", ntp->stratum, STRATUM, 1);
  see_habit (ledger, state, unit, habits, "poll", (guint8)ntp->poll, POLL, 1);
  see_habit (ledger, state, unit, habits, "precision", (guint8)ntp->precision, PRECISION, 1);
  see_habit (ledger, state, unit, habits, "reference", ntp->reference_id, REFERENCE_ID, 4);
  see_transmit (ledger, unit);
  see_origin (ledger, state, unit, ntp);
  fixed (ledger, unit, no_time, is_arrival (state, unit, ntp), RECEIVE, 8);
  fixed (ledger, unit, no_time, is_past (unit, ntp), REFERENCE, 8);
  if (synchronized)
    {
      fixed (ledger, unit, no_time, ntp->root_delay < TOO_LONG, ROOT_DELAY, 4);
      fixed (ledger, unit, no_time, ntp->root_dispersion < TOO_LONG, ROOT_DISPERSION, 4);
      return;
    }
  see_habit (ledger, state, unit, distance, "delay", ntp->root_delay, ROOT_DELAY, 4);
  see_habit (ledger, state, unit, distance, "dispersion", ntp->root_dispersion, ROOT_DISPERSION, 4);
  see_habit (ledger, state, unit, distance, "reference time", ntp->reference, REFERENCE, 8);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  NtpFields *state = data;
  LensNtp ntp;

  if (!lens_ntp_parse (unit->view.octets, unit->view.length, &ntp))
    return;
  if (state->fields == NULL)
    {
      state->fields = lens_fields_new ();
      state->pairs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
    }
  gboolean is_request = ntp.mode == LENS_NTP_MODE_CLIENT;
  gboolean is_time = ntp.header.length == LENS_NTP_HEADER_LENGTH && ntp.mode != 0;
  gboolean from_server = unit->side->key.sport == NTP_PORT;

  fixed (ledger, unit, no_request, is_time, 0, unit->view.length);
  if (!is_time)
    return;
  if (is_request && unit->side->key.dport == NTP_PORT)
    see_client (ledger, state, unit, &ntp);
  else if (ntp.mode == LENS_NTP_MODE_SERVER && from_server)
    see_origin (ledger, state, unit, &ntp);
  remember (state, unit, &ntp);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  (void)data;
  lens_field_rules_conclude (ledger, "ntp-fields", rules);
}

static void
clear (gpointer data)
{
  NtpFields *state = data;

  g_clear_pointer (&state->fields, lens_fields_free);
  g_clear_pointer (&state->pairs, g_hash_table_unref);
}

/* Many requests to the device's server, with the message as origin, or as text where the transmit
 * timestamp is due. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gboolean as_text = g_str_equal (channel, transmit_id);
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, LENS_UNIT_NTP, &place))
    if (lens_seed_bed_can_send (bed) && place.side->key.dport == NTP_PORT)
      lens_seed_bed_keep_way (bed);
  if (!lens_seed_bed_has_way (bed))
    return FALSE;
  gint64 first = 0;
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      guint8 request[LENS_NTP_HEADER_LENGTH] = { 0x23 };
      guint8 *transmit = request + TRANSMIT;
      /* Its server must have answered before. */
      first = first == 0 ? place.time_ns : first;
      if (place.time_ns - first < 2 * SECOND_NS)
        continue;
      gsize count = as_text ? lens_seed_bed_take_text (bed, (char *)transmit, 8)
                            : lens_seed_bed_take (bed, request + ORIGIN, 8);
      if (count == 0)
        continue;
      if (!as_text)
        lens_seed_bed_fill (bed, transmit, 8);
      for (gsize i = count; as_text && i < 8; i++)
        transmit[i] = (guint8)('a' + lens_seed_bed_below (bed, 26));
      lens_seed_bed_send_udp (bed, NULL, (guint16)(0x8000 + lens_seed_bed_below (bed, 0x8000)),
                              NTP_PORT, request, sizeof request);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_ntp_fields = {
  .name = "ntp-fields",
  .question = "Do requests for the time carry anything but what a client knows?",
  .source = "RFC 5905 section 7.3; RFC 8633 appendix A",
  .units = LENS_UNIT_NTP,
  .channels = channels,
  .state_size = sizeof (NtpFields),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
