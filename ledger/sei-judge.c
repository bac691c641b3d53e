#include "ledger/sei-judge.h"

#include "ledger/seed-bed.h"
#include "ledger/familiar.h"
#include "wire/octets.h"
#include "wire/sei-user-data.h"

enum
{
  MAX_PAYLOAD = 256 * 1024, /* octets of one payload that are looked at */
  MAX_NAMES = 8,            /* of one track's UUIDs and types that are listed */
  CAPTION_PAIRS = 16,       /* that are none, and say something again and again */
  RESTARTS = 3,             /* changes of an encoder's text that restarts of it explain */
};

#define CLOCK_US (2 * 1000 * 1000)

/* A UUID or a type that was used, and how often. */
typedef struct
{
  char name[40];
  guint64 count;
} Name;

/* A text that is sent again and again. */
typedef struct
{
  guint64 last; /* its hash, 0: none yet */
  guint changes;
} Text;

/* What one track said before. */
typedef struct
{
  Text texts[LENS_SEI_DATA_KINDS];
  gint64 arrival, clock;
  gboolean has_clock;
  gboolean set;       /* the clock jumped once, as a clock does when it is set */
  LensFamiliar pairs; /* of captions that are marked as none */
  guint new_pairs;
  Name uuids[MAX_NAMES], types[MAX_NAMES];
} Voice;

void
lens_sei_judge_clear (LensSeiJudge *judge)
{
  g_clear_pointer (&judge->tracks, g_hash_table_unref);
  g_clear_pointer (&judge->payload, g_byte_array_unref);
}

static Voice *
voice_of (LensSeiJudge *judge, LensTrack *track)
{
  if (judge->tracks == NULL)
    judge->tracks = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Voice *voice = g_hash_table_lookup (judge->tracks, track);
  if (voice == NULL)
    {
      voice = g_new0 (Voice, 1);
      g_hash_table_insert (judge->tracks, track, voice);
    }
  return voice;
}

static void
count_name (Name names[MAX_NAMES], const char *name)
{
  for (guint i = 0; i < MAX_NAMES; i++)
    {
      if (names[i].count == 0)
        g_strlcpy (names[i].name, name, sizeof names[i].name);
      else if (!g_str_equal (names[i].name, name))
        continue;
      names[i].count++;
      return;
    }
}

/* Whether the text is the one that came before, or the first, or one of @changes others. */
static gboolean
stays (Text *text, const GByteArray *content, guint changes)
{
  guint64 hash = lens_octets_hash (LENS_HASH_START, content->data, content->len) | 1;

  text->changes += text->last != 0 && text->last != hash;
  gboolean same = text->last == 0 || text->last == hash;
  text->last = hash;
  return same || text->changes <= changes;
}

/* Whether a clock goes on as the capture's does, but for one jump. */
static gboolean
goes_on (Voice *voice, gint64 arrival, guint64 clock)
{
  gint64 apart = (gint64)(clock - (guint64)voice->clock - (guint64)(arrival - voice->arrival));
  gboolean on = !voice->has_clock || (apart > -CLOCK_US && apart < CLOCK_US);
  gboolean believed = on || !voice->set;

  voice->set |= !on;
  voice->has_clock = TRUE;
  voice->arrival = arrival;
  voice->clock = (gint64)clock;
  return believed;
}

static gboolean
is_known (Voice *voice, const LensUnit *unit, const GByteArray *payload)
{
  guint64 clock;
  LensSeiDataKind kind = lens_sei_user_data (payload->data, payload->len, &clock);

  switch (kind)
    {
    case LENS_SEI_DATA_X264:
    case LENS_SEI_DATA_X265:
    case LENS_SEI_DATA_KVAZAAR:
      return stays (&voice->texts[kind], payload, RESTARTS);
    case LENS_SEI_DATA_XMP:
      return stays (&voice->texts[kind], payload, 0);
    case LENS_SEI_DATA_ONVIF_SIGNING:
    case LENS_SEI_DATA_AXIS_SIGNING:
      return TRUE;
    case LENS_SEI_DATA_MISB_TIME:
      return goes_on (voice, unit->time_ns / 1000, clock);
    default:
      return FALSE;
    }
}

/* --- messages --- */

static void
take (LensLedger *ledger, const LensUnit *unit, const char *channel, guint64 bits, guint64 used,
      LensRange octets)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, NULL);

  lens_ledger_room (ledger, carrier, unit, bits);
  if (used > 0)
    lens_ledger_use (ledger, carrier, unit, used, octets.offset, octets.length);
}

const GByteArray *
lens_sei_judge_payload (LensSeiJudge *judge, const LensUnit *unit, const LensSeiMessage *message)
{
  gsize end = lens_range_end (message->payload);
  LensRbsp reader = lens_rbsp_over (unit->view.octets, end, message->payload.offset);
  gsize length = MIN (MIN (message->payload_size, message->payload.length), MAX_PAYLOAD);

  if (judge->payload == NULL)
    judge->payload = g_byte_array_new ();
  g_byte_array_set_size (judge->payload, 0);
  for (gsize i = 0; i < length; i++)
    {
      guint8 octet = (guint8)lens_rbsp_u (&reader, 8);
      if (reader.short_read)
        break;
      g_byte_array_append (judge->payload, &octet, 1);
    }
  return judge->payload;
}

static void
take_unregistered (LensLedger *ledger, LensSeiJudge *judge, const LensSeiRules *rules,
                   const LensUnit *unit, const LensSeiMessage *message)
{
  Voice *voice = voice_of (judge, unit->track);
  const GByteArray *payload = lens_sei_judge_payload (judge, unit, message);
  guint64 bits = 8 * (guint64)payload->len;
  gboolean known = !message->cut && is_known (voice, unit, payload);

  if (!known)
    {
      char uuid[2 * LENS_SEI_UUID_LENGTH + 1] = "";
      for (guint i = 0; i < MIN (payload->len, LENS_SEI_UUID_LENGTH); i++)
        g_snprintf (uuid + 2 * i, 3, "%02x", payload->data[i]);
      count_name (voice->uuids, uuid);
    }
  take (ledger, unit, rules->unregistered, bits, known ? 0 : bits, message->payload);
}

/* What is marked as none, readers pass over: zeros, or what stood there before. */
static void
take_captions (LensLedger *ledger, Voice *voice, const LensSeiRules *rules, const LensUnit *unit,
               const LensSeiMessage *message, const GByteArray *payload)
{
  gsize position = 0;
  guint pairs = 0;
  guint16 pair;

  while (lens_sei_caption_next (payload->data, payload->len, &position, &pair))
    pairs += (pair & 0x7f7f) != 0 && !lens_familiar_take (&voice->pairs, pair);
  if (pairs == 0)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, rules->registered, unit, "captions");
  voice->new_pairs += pairs;
  lens_ledger_room (ledger, carrier, unit, 16 * pairs);
  lens_ledger_use (ledger, carrier, unit, 16 * pairs, message->payload.offset,
                   message->payload.length);
}

static void
take_registered (LensLedger *ledger, LensSeiJudge *judge, const LensSeiRules *rules,
                 const LensUnit *unit, const LensSeiMessage *message)
{
  const GByteArray *payload = lens_sei_judge_payload (judge, unit, message);
  gboolean known = !message->cut && lens_sei_is_registered (payload->data, payload->len);
  guint64 bits = 8 * (guint64)payload->len;

  take (ledger, unit, rules->registered, bits, known ? 0 : bits, message->payload);
  if (known)
    take_captions (ledger, voice_of (judge, unit->track), rules, unit, message, payload);
}

static void
take_filler (LensLedger *ledger, const LensSeiRules *rules, const LensUnit *unit,
             const LensSeiMessage *message)
{
  guint64 used = 0;

  for (gsize i = 0; i < message->payload.length; i++)
    used += unit->view.octets[message->payload.offset + i] != 0xff;
  take (ledger, unit, rules->filler, 8 * message->payload.length, 8 * used, message->payload);
}

void
lens_sei_judge_name (LensSeiJudge *judge, const LensUnit *unit, guint32 payload_type)
{
  char name[16];

  g_snprintf (name, sizeof name, "%u", payload_type);
  count_name (voice_of (judge, unit->track)->types, name);
}

/* Without payload, the type is all that was said. */
static void
take_private (LensLedger *ledger, LensSeiJudge *judge, const LensSeiRules *rules,
              const LensUnit *unit, const LensSeiMessage *message)
{
  gboolean empty = message->payload.length == 0;
  LensRange octets = empty ? message->head : message->payload;
  guint64 bits = empty ? 8 : 8 * (guint64)message->payload.length;

  lens_sei_judge_name (judge, unit, message->payload_type);
  take (ledger, unit, rules->private_type, bits, bits, octets);
}

gboolean
lens_sei_judge_take (LensLedger *ledger, LensSeiJudge *judge, const LensSeiRules *rules,
                     const LensUnit *unit, const LensSeiMessage *message)
{
  if (message->payload_type == LENS_SEI_UNREGISTERED)
    take_unregistered (ledger, judge, rules, unit, message);
  else if (message->payload_type == LENS_SEI_REGISTERED)
    take_registered (ledger, judge, rules, unit, message);
  else if (message->payload_type == LENS_SEI_FILLER)
    take_filler (ledger, rules, unit, message);
  else if (!rules->is_defined (message->payload_type))
    take_private (ledger, judge, rules, unit, message);
  else
    return FALSE;
  return TRUE;
}

/* --- conclude --- */

static void
add_names (GString *text, const char *what, const Name names[MAX_NAMES])
{
  if (names[0].count == 0)
    return;
  g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", what);
  for (guint i = 0; i < MAX_NAMES && names[i].count > 0; i++)
    g_string_append_printf (text, "%s %s (%" G_GUINT64_FORMAT " time%s)", i > 0 ? "," : "",
                            names[i].name, names[i].count, names[i].count == 1 ? "" : "s");
  g_string_append (text, names[MAX_NAMES - 1].count > 0 ? " and perhaps more." : ".");
}

static void
add_habits (GString *text, const Name types[MAX_NAMES])
{
  for (guint i = 0; i < MAX_NAMES && types[i].count > 0; i++)
    if (g_str_equal (types[i].name, "240"))
      g_string_append (text, " Yi cameras (MStar) are known to send type 240 with each frame.");
    else if (g_str_equal (types[i].name, "229"))
      g_string_append (text, " Ivel cameras are known to send type 229 with one octet.");
}

static void
conclude_captions (LensLedger *ledger, const Voice *voice, LensCarrier *carrier)
{
  if (voice->new_pairs >= CAPTION_PAIRS)
    lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier),
                      "The video carries captions that are marked as none and say something; "
                      "players ignore them.",
                      NULL);
  else
    lens_ledger_pass_over (ledger, carrier);
}

void
lens_sei_judge_conclude (LensLedger *ledger, LensSeiJudge *judge, const LensSeiRules *rules)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      gboolean user_data = g_str_equal (carrier->channel, rules->unregistered);
      gboolean types = g_str_equal (carrier->channel, rules->private_type);
      if (carrier->uses > 0 && g_str_equal (carrier->channel, rules->registered)
          && g_strcmp0 (carrier->subject, "captions") == 0)
        conclude_captions (ledger, voice_of (judge, carrier->track), carrier);
      if (carrier->uses == 0 || (!user_data && !types))
        continue;
      const Voice *voice = voice_of (judge, carrier->track);
      g_autoptr (GString) detail = g_string_new (NULL);
      if (user_data)
        add_names (detail, "UUID", voice->uuids);
      if (types)
        {
          add_names (detail, "Payload type", voice->types);
          add_habits (detail, voice->types);
        }
      lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL,
                        detail->len > 0 ? detail->str : NULL);
    }
  lens_ledger_find_used (ledger);
}

/* --- seeds --- */

/* A number as SEI has it (H.264 7.3.2.3.1): 255 as often as it fits, then the rest. */
static void
put_number (GByteArray *into, guint32 number)
{
  const guint8 full = 255;

  for (; number >= full; number -= full)
    g_byte_array_append (into, &full, 1);
  g_byte_array_append (into, (const guint8[]){ (guint8)number }, 1);
}

gboolean
lens_sei_seed (LensSeedBed *bed, LensUnitKind codec, guint32 type)
{
  gsize head_length = type == LENS_SEI_UNREGISTERED ? LENS_SEI_UUID_LENGTH
                      : type == LENS_SEI_REGISTERED ? 3
                                                    : 0;
  guint8 head[LENS_SEI_UUID_LENGTH], octets[200];
  LensSeedPlace place;
  g_autoptr (GByteArray) rbsp = g_byte_array_new ();

  lens_seed_bed_fill (bed, head, sizeof head);
  if (type == LENS_SEI_REGISTERED) /* any country but those that write two octets or captions */
    head[0] = (guint8)(lens_seed_bed_below (bed, 0xb5));
  while (lens_seed_bed_next (bed, codec, &place))
    {
      if (!lens_seed_bed_is_single_nal (bed) || place.spare < 2 * sizeof octets)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets);
      if (count == 0)
        continue;
      g_byte_array_set_size (rbsp, 0);
      put_number (rbsp, type);
      put_number (rbsp, (guint32)(head_length + count));
      g_byte_array_append (rbsp, head, (guint)head_length);
      g_byte_array_append (rbsp, octets, (guint)count);
      g_byte_array_append (rbsp, (const guint8[]){ 0x80 }, 1);
      if (codec == LENS_UNIT_NAL)
        lens_seed_bed_put_nal (bed, LENS_H264_SEI, rbsp->data, rbsp->len);
      else
        lens_seed_bed_put_hevc_nal (bed, LENS_H265_PREFIX_SEI, rbsp->data, rbsp->len);
    }
  return lens_seed_bed_written (bed);
}
