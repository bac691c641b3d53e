/* ntp-extension: what lies behind the 48 octets of a time message?
 *
 * Extension fields (RFC 7822) and message authentication (RFC 5905 section 7.3; RFC 8573), which
 * need an agreement: a server that has no keys answers without.  Network Time Security (RFC 8915)
 * puts its fields there on both ways.
 *
 *   use    all of these octets where the other side sends none, or nothing at all, or where
 *          there is a field of a type that nobody has registered
 *
 * A digest or what is encrypted cannot be told from noise, so that where both sides have them
 * they are room.
 */
#include "ledger/analyzer.h"
#include "ledger/fields.h"
#include "ledger/marks.h"
#include "ledger/seed-bed.h"
#include "wire/ntp.h"

#include <string.h>

enum
{
  NTP_PORT = 123,
  MAX_PAIRS = 4096,
};

static const char channel_id[] = "ntp-extension-fields";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "Time messages carry data behind their end.",
    .room = "Time messages are authenticated; data could travel as part of that.",
    .filter_hint = "ntp && udp.length > 56",
    .reference = "RFC 7822 section 3; RFC 5905 section 7.3; RFC 8915 section 5",
    .hides = TRUE,
    .unit = LENS_UNIT_NTP },
  { NULL },
};

/* One way between two hosts. */
typedef struct
{
  LensMarks *marks; /* NULL: nothing behind any message */
  gboolean strange; /* a type that nobody registered */
} Way;

typedef struct
{
  GHashTable *ways; /* hash of source and destination -> Way */
  GPtrArray *pairs; /* of guint64 [2]: the way, and the way back */
} NtpExtension;

static void
way_free (gpointer data)
{
  Way *way = data;

  lens_marks_free (way->marks);
  g_free (way);
}

static guint64
way_of (const LensAddress *source, const LensAddress *destination)
{
  guint64 hash = lens_fields_hash (0, (const guint8 *)source, sizeof *source);

  return lens_fields_hash (hash, (const guint8 *)destination, sizeof *destination);
}

/* NULL beyond the cap. */
static Way *
way_at (LensLedger *ledger, NtpExtension *state, const LensSide *side)
{
  const LensSideKey *key = &side->key;
  guint64 pair[2] = { way_of (&key->src, &key->dst), way_of (&key->dst, &key->src) };
  Way *way = g_hash_table_lookup (state->ways, &pair[0]);

  if (way == NULL
      && lens_ledger_has_room (ledger, side, g_hash_table_size (state->ways), MAX_PAIRS))
    {
      way = g_new0 (Way, 1);
      g_hash_table_insert (state->ways, g_memdup2 (&pair[0], sizeof pair[0]), way);
      g_ptr_array_add (state->pairs, g_memdup2 (pair, sizeof pair));
    }
  return way;
}

/* Registered (IANA, NTP Extension Field Types): Autokey, NTS, checksum complement; and what
 * chrony tries out (0xf323 ...). */
static gboolean
is_registered (guint16 type)
{
  guint16 code = type & 0x3fff;

  return (code & 0xff) == 0x02 || (code & 0xff) == 0x04 || (code & 0xff) == 0x05 || type >= 0xf000;
}

static gboolean
has_strange_type (const LensUnit *unit, const LensNtp *ntp)
{
  LensRange left = ntp->extensions, value;
  guint16 type;

  while (lens_ntp_extension_next (unit->view.octets, &left, &type, &value))
    if (!is_registered (type))
      return TRUE;
  return FALSE;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  NtpExtension *state = data;
  LensNtp ntp;

  if (!lens_ntp_parse (unit->view.octets, unit->view.length, &ntp)
      || ntp.header.length < LENS_NTP_HEADER_LENGTH)
    return;
  if (state->ways == NULL)
    {
      state->ways = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, way_free);
      state->pairs = g_ptr_array_new_with_free_func (g_free);
    }
  Way *way = way_at (ledger, state, unit->side);
  gsize behind = unit->view.length - LENS_NTP_HEADER_LENGTH;
  if (way == NULL || behind == 0)
    return;
  if (way->marks == NULL)
    way->marks = lens_marks_new ();
  lens_marks_add (way->marks, unit, 8 * behind, (LensRange){ LENS_NTP_HEADER_LENGTH, behind });
  way->strange |= has_strange_type (unit, &ntp);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  NtpExtension *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  if (state->ways == NULL)
    return;
  for (guint i = 0; i < state->pairs->len; i++)
    {
      const guint64 *pair = g_ptr_array_index (state->pairs, i);
      const Way *way = g_hash_table_lookup (state->ways, &pair[0]);
      const Way *back = g_hash_table_lookup (state->ways, &pair[1]);
      if (way->marks == NULL)
        continue;
      if (back != NULL && back->marks != NULL && !way->strange)
        lens_marks_room (way->marks, ledger, channel_id, NULL);
      else
        lens_marks_use (way->marks, ledger, channel_id, NULL);
    }
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->channel, channel_id))
        continue;
      if (carrier->uses > 0)
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, NULL);
      else if (lens_ledger_from_device (ledger, carrier->side))
        lens_ledger_find_room (ledger, carrier, NULL);
    }
}

static void
clear (gpointer data)
{
  NtpExtension *state = data;

  g_clear_pointer (&state->ways, g_hash_table_unref);
  g_clear_pointer (&state->pairs, g_ptr_array_unref);
}

/* Requests to the device's server, with an extension field each (RFC 7822 section 3: a multiple
 * of four octets, and no less than 28 where no authentication follows). */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;

  (void)channel;
  while (lens_seed_bed_next (bed, LENS_UNIT_NTP, &place))
    if (lens_seed_bed_can_send (bed) && place.side->key.dport == NTP_PORT)
      lens_seed_bed_keep_way (bed);
  if (!lens_seed_bed_has_way (bed))
    return FALSE;
  gsize length = 28 + 4 * lens_seed_bed_below (bed, 8);
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      guint8 request[LENS_NTP_HEADER_LENGTH + 64] = { 0x23 };
      guint8 *field = request + LENS_NTP_HEADER_LENGTH;
      gsize count = lens_seed_bed_take (bed, field + 4, length - 4);
      if (count == 0)
        continue;
      lens_seed_bed_fill (bed, field + 4 + count, length - 4 - count);
      lens_seed_bed_fill (bed, field - 8, 8);
      memcpy (field, "\x01\x04\x00", 3);
      field[3] = (guint8)length;
      lens_seed_bed_send_udp (bed, NULL, (guint16)(0x8000 + lens_seed_bed_below (bed, 0x8000)),
                              NTP_PORT, request, LENS_NTP_HEADER_LENGTH + length);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_ntp_extension = {
  .name = "ntp-extension",
  .question = "What lies behind the 48 octets of a time message?",
  .source = "RFC 7822; RFC 5905 section 7.3; RFC 8915 section 5",
  .units = LENS_UNIT_NTP,
  .channels = channels,
  .state_size = sizeof (NtpExtension),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
