/* h264-sei: what does the video say beside its pictures?
 *
 * ITU-T H.264 (08/2021) 7.3.2.3 and Annex D: SEI messages ride along with the pictures, and a
 * decoder may pass over all of them.  Four kinds can carry anything: user data under a UUID
 * (D.1.7), user data registered by ITU-T T.35 (D.1.6), filler (D.1.5), and payload types that
 * the table D.1.1 does not define.
 *
 * Benign, each by its UUID *and* its grammar (a UUID is no proof of origin): the option text of
 * x264 and XMP as long as they stay the same, the TLVs of ONVIF Media Signing and of Axis' older
 * form but for arbitrary data in them, the time of MISB ST 0604 as long as it goes on like the
 * capture's; ATSC captions and AFD and HDR10+ by their length; filler of 0xFF.
 *
 *   room   8 bits per octet of a benign payload
 *   use    8 bits per octet of any other (of filler: per octet that is not 0xFF)
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/cursor.h"
#include "wire/sei.h"

#include <string.h>

enum
{
  SEI_FILLER = 3,
  SEI_REGISTERED = 4,
  SEI_UNREGISTERED = 5,
  UUID = 16,
  MAX_PAYLOAD = 256 * 1024, /* octets of one payload that are looked at */
  MAX_NAMES = 8,            /* of one track's UUIDs and types that are listed */
  HEADER = 1,
};

#define CLOCK_US (2 * 1000 * 1000)

/* A payload: its octets without emulation prevention. */
typedef struct
{
  const guint8 *octets;
  gsize length;
} Text;

/* A UUID or a type that was used, and how often. */
typedef struct
{
  char name[40];
  guint64 count;
} Name;

typedef struct
{
  guint64 texts[4]; /* hash of the last one of each known text; 0: none */
  gint64 arrival, clock;
  gboolean has_clock;
  gboolean set; /* the clock jumped once, as a clock does when it is set */
  Name uuids[MAX_NAMES], types[MAX_NAMES];
} Voice;

typedef struct
{
  GHashTable *tracks; /* LensTrack -> Voice */
  GByteArray *payload;
} H264Sei;

static const LensChannelText channels[] = {
  { .id = "h264-sei-unregistered",
    .summary = "The video carries user data that no known encoder writes; players ignore it.",
    .room = "The video carries user data of a known kind (encoder settings, signatures or "
            "time); more could hide in it.",
    .filter_hint = "h264.payloadtype == 5",
    .reference = "ITU-T H.264 (08/2021) D.1.7 and D.2.7",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { .id = "h264-sei-registered",
    .summary = "The video carries registered user data that is no caption or picture description; "
               "players ignore it.",
    .room = "The video carries captions or picture descriptions; data could hide in them.",
    .filter_hint = "h264.payloadtype == 4",
    .reference = "ITU-T H.264 (08/2021) D.1.6 and D.2.6",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { .id = "h264-sei-private-type",
    .summary = "The video carries messages of a kind that the standard does not define; players "
               "ignore them.",
    .filter_hint = "h264.nal_unit_type == 6",
    .reference = "ITU-T H.264 (08/2021) D.1.1",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { .id = "h264-sei-filler-payload",
    .summary = "Filler messages of the video, which every decoder discards, hold something else.",
    .room = "The video carries filler messages; data could travel in them.",
    .filter_hint = "h264.payloadtype == 3",
    .reference = "ITU-T H.264 (08/2021) D.1.5",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { NULL },
};

static Voice *
voice_of (H264Sei *state, LensTrack *track)
{
  if (state->tracks == NULL)
    state->tracks = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Voice *voice = g_hash_table_lookup (state->tracks, track);
  if (voice == NULL)
    {
      voice = g_new0 (Voice, 1);
      g_hash_table_insert (state->tracks, track, voice);
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

/* --- grammars of known user data --- */

/* Whether the text is the one that came before, or the first. */
static gboolean
stays (guint64 *last, Text text)
{
  guint64 hash = 0xcbf29ce484222325u;

  for (gsize i = 0; i < text.length; i++)
    hash = (hash ^ text.octets[i]) * 0x100000001b3u;
  hash |= 1;
  gboolean same = *last == 0 || *last == hash;
  *last = hash;
  return same;
}

/* A copy as a string when all of it can be printed (one final zero aside), else NULL. */
static char *
printable (Text text)
{
  gsize length = text.length;

  if (length > 0 && text.octets[length - 1] == 0)
    length--;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isprint (text.octets[i]) && text.octets[i] != '\n' && text.octets[i] != '\r'
        && text.octets[i] != '\t')
      return NULL;
  return g_strndup ((const char *)text.octets, length);
}

/* "key=value" with short words of the characters that x264 prints (x264_param2string). */
static gboolean
is_option (const char *option)
{
  gsize key = strspn (option, "abcdefghijklmnopqrstuvwxyz0123456789_-");

  if (key == 0 || key > 24 || option[key] != '=')
    return FALSE;
  const char *value = option + key + 1;
  gsize length = strspn (value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789.,:/()+-_");
  return length > 0 && length <= 24 && value[length] == '\0';
}

/* "x264 - core 164 r3095 baee400 - H.264/MPEG-4 AVC codec - Copyleft ... - options: ..." */
static gboolean
is_x264 (Voice *voice, Text text)
{
  static const char start[] = "x264 - core ", codec[] = " - H.264/MPEG-4 AVC codec - Copy",
                    options[] = " - options: ";
  g_autofree char *line = printable (text);

  if (line == NULL || !g_str_has_prefix (line, start))
    return FALSE;
  const char *at_codec = strstr (line, codec), *at_options = strstr (line, options);
  if (at_codec == NULL || at_options == NULL || at_options < at_codec || at_codec - line > 60
      || at_options - at_codec > 120)
    return FALSE;
  g_auto (GStrv) words = g_strsplit (at_options + strlen (options), " ", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !is_option (words[i]))
      return FALSE;
  return g_strv_length (words) <= 100 && stays (&voice->texts[0], text);
}

static gboolean
is_xmp (Voice *voice, Text text)
{
  g_autofree char *xml = printable (text);

  return xml != NULL
         && (g_str_has_prefix (xml, "<?xpacket") || g_str_has_prefix (xml, "<x:xmpmeta"))
         && stays (&voice->texts[1], text);
}

/* Tag, length of one or two octets, value; to the end exactly.  A value of @arbitrary longer
 * than its version octet may be anything, so it is none of a signature's. */
static gboolean
is_tlvs (Text text, gsize start, guint last_tag, guint short_tags, guint arbitrary)
{
  LensCursor cursor = lens_cursor_over (text.octets, text.length);

  lens_cursor_skip (&cursor, start);
  if (lens_cursor_left (&cursor) == 0)
    return FALSE;
  while (lens_cursor_left (&cursor) > 0)
    {
      guint tag = lens_cursor_u8 (&cursor);
      gboolean is_short = tag < 32 && (short_tags >> tag & 1) != 0;
      gsize length = is_short ? lens_cursor_u8 (&cursor) : lens_cursor_u16 (&cursor);
      lens_cursor_skip (&cursor, length);
      if (cursor.short_read || tag == 0 || (tag > last_tag && tag != 129)
          || (tag == arbitrary && length > 1))
        return FALSE;
    }
  return TRUE;
}

/* One octet of flags (certificate SEI, emulation prevention, the rest 0), then TLVs. */
static gboolean
is_onvif_signing (Voice *voice, Text text)
{
  return text.length > 0 && (text.octets[0] & 0x3f) == 0 && is_tlvs (text, 1, 7, 0, 7);
}

static gboolean
is_axis_signing (Voice *voice, Text text)
{
  return is_tlvs (text, 0, 7, 1u << 1 | 1u << 7, 6);
}

/* MISB ST 0604: a status octet, then microseconds in eight octets with a guard octet 0xFF behind
 * each second one. */
static gboolean
is_misb_time (Voice *voice, const LensUnit *unit, Text text)
{
  guint64 clock = 0;

  if (text.length != 12 || text.octets[3] != 0xff || text.octets[6] != 0xff
      || text.octets[9] != 0xff)
    return FALSE;
  for (guint i = 1; i < 12; i++)
    if (i % 3 != 0)
      clock = clock << 8 | text.octets[i];
  gint64 arrival = unit->time_ns / 1000, now = (gint64)clock;
  gint64 apart = (gint64)(clock - (guint64)voice->clock - (guint64)(arrival - voice->arrival));
  gboolean goes_on = !voice->has_clock || (apart > -CLOCK_US && apart < CLOCK_US);
  gboolean believed = goes_on || !voice->set;
  voice->set |= !goes_on;
  voice->has_clock = TRUE;
  voice->arrival = arrival;
  voice->clock = now;
  return believed;
}

static gboolean
is_known (Voice *voice, const LensUnit *unit, const char *uuid, Text content)
{
  if (g_str_equal (uuid, "dc45e9bde6d948b7962cd820d923eeef"))
    return is_x264 (voice, content);
  if (g_str_equal (uuid, "be7acfcb97a942e89c71999491e3afac"))
    return is_xmp (voice, content);
  if (g_str_equal (uuid, "005bc93f2d715e95ada4796f90877a6f"))
    return is_onvif_signing (voice, content);
  if (g_str_equal (uuid, "5369676e656420566964656f2e2e2e30"))
    return is_axis_signing (voice, content);
  if (g_str_equal (uuid, "4d4953506d6963726f73656374696d65"))
    return is_misb_time (voice, unit, content);
  return FALSE;
}

/* --- grammars of registered user data --- */

/* CTA-708 captions as ATSC A/53 puts them: the count says how long they are. */
static gboolean
is_caption (Text text)
{
  return text.length >= 10 && memcmp (text.octets, "GA94\x03", 5) == 0
         && text.length == 8 + 3 * (gsize)(text.octets[5] & 0x1f)
         && text.octets[text.length - 1] == 0xff;
}

static gboolean
is_active_format (Text text)
{
  return memcmp (text.octets, "DTG1", 4) == 0 && (text.length == 5 || text.length == 6);
}

/* Country 0xB5 (USA) and a provider of two octets, by convention. */
static gboolean
is_known_provider (Text payload)
{
  LensCursor cursor = lens_cursor_over (payload.octets, payload.length);
  guint8 country = lens_cursor_u8 (&cursor);
  guint16 provider = lens_cursor_u16 (&cursor);

  if (lens_cursor_left (&cursor) < 5 || country != 0xb5)
    return FALSE;
  const Text rest = { payload.octets + 3, payload.length - 3 };
  if (provider == 0x0031)
    return is_caption (rest) || is_active_format (rest);
  /* HDR10+: application 4 of provider code 1, dynamic metadata of a bounded length. */
  return provider == 0x003c && memcmp (rest.octets, "\x00\x01\x04", 3) == 0 && rest.length <= 100;
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

static Text
payload_of (H264Sei *state, const LensUnit *unit, const LensSeiMessage *message)
{
  gsize end = lens_range_end (message->payload);
  LensRbsp reader = lens_rbsp_over (unit->view.octets, end, message->payload.offset);
  gsize length = MIN (MIN (message->payload_size, message->payload.length), MAX_PAYLOAD);

  if (state->payload == NULL)
    state->payload = g_byte_array_new ();
  g_byte_array_set_size (state->payload, 0);
  for (gsize i = 0; i < length; i++)
    {
      guint8 octet = (guint8)lens_rbsp_u (&reader, 8);
      if (reader.short_read)
        break;
      g_byte_array_append (state->payload, &octet, 1);
    }
  return (Text){ state->payload->data, state->payload->len };
}

static void
see_unregistered (LensLedger *ledger, H264Sei *state, const LensUnit *unit,
                  const LensSeiMessage *message)
{
  Voice *voice = voice_of (state, unit->track);
  Text payload = payload_of (state, unit, message);
  gsize head = MIN (payload.length, UUID);
  guint64 bits = 8 * payload.length;
  char uuid[2 * UUID + 1] = "";

  for (gsize i = 0; i < head; i++)
    g_snprintf (uuid + 2 * i, 3, "%02x", payload.octets[i]);
  const Text content = { payload.octets + head, payload.length - head };
  gboolean known = head == UUID && !message->cut && is_known (voice, unit, uuid, content);
  if (!known)
    count_name (voice->uuids, uuid);
  take (ledger, unit, "h264-sei-unregistered", bits, known ? 0 : bits, message->payload);
}

static void
see_registered (LensLedger *ledger, H264Sei *state, const LensUnit *unit,
                const LensSeiMessage *message)
{
  Text payload = payload_of (state, unit, message);
  gboolean known = !message->cut && is_known_provider (payload);
  guint64 bits = 8 * payload.length;

  take (ledger, unit, "h264-sei-registered", bits, known ? 0 : bits, message->payload);
}

static void
see_filler (LensLedger *ledger, const LensUnit *unit, const LensSeiMessage *message)
{
  guint64 used = 0;

  for (gsize i = 0; i < message->payload.length; i++)
    used += unit->view.octets[message->payload.offset + i] != 0xff;
  take (ledger, unit, "h264-sei-filler-payload", 8 * message->payload.length, 8 * used,
        message->payload);
}

/* The types of D.1.1 in the edition of 08/2021. */
static gboolean
is_defined (guint32 type)
{
  static const guint8 others[]
      = { 56, 137, 142, 144, 147, 148, 149, 150, 151, 154, 155, 156, 181, 200, 201, 202, 205 };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (others[i] == type)
      return TRUE;
  return type <= 54;
}

/* Without payload, the type is all that was said. */
static void
see_private (LensLedger *ledger, H264Sei *state, const LensUnit *unit,
             const LensSeiMessage *message)
{
  gboolean empty = message->payload.length == 0;
  LensRange octets = empty ? message->head : message->payload;
  guint64 bits = empty ? 8 : 8 * (guint64)message->payload.length;
  char name[16];

  g_snprintf (name, sizeof name, "%u", message->payload_type);
  count_name (voice_of (state, unit->track)->types, name);
  take (ledger, unit, "h264-sei-private-type", bits, bits, octets);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  LensSei sei = lens_sei_over (unit->view.octets, unit->view.length, HEADER);
  LensSeiMessage message;

  if (unit->nal->type != LENS_H264_SEI)
    return;
  while (lens_sei_next (&sei, &message))
    if (message.payload_type == SEI_UNREGISTERED)
      see_unregistered (ledger, state, unit, &message);
    else if (message.payload_type == SEI_REGISTERED)
      see_registered (ledger, state, unit, &message);
    else if (message.payload_type == SEI_FILLER)
      see_filler (ledger, unit, &message);
    else if (!is_defined (message.payload_type))
      see_private (ledger, state, unit, &message);
}

/* --- conclude --- */

static char *
names_text (const char *what, const Name names[MAX_NAMES])
{
  GString *text = g_string_new (what);

  for (guint i = 0; i < MAX_NAMES && names[i].count > 0; i++)
    g_string_append_printf (text, "%s %s (%" G_GUINT64_FORMAT " time%s)", i > 0 ? "," : "",
                            names[i].name, names[i].count, names[i].count == 1 ? "" : "s");
  g_string_append (text, names[MAX_NAMES - 1].count > 0 ? " and perhaps more." : ".");
  for (guint i = 0; i < MAX_NAMES && names[i].count > 0; i++)
    if (g_str_equal (names[i].name, "240"))
      g_string_append (text, " Yi cameras (MStar) are known to send type 240 with each frame.");
    else if (g_str_equal (names[i].name, "229"))
      g_string_append (text, " Ivel cameras are known to send type 229 with one octet.");
  return g_string_free (text, FALSE);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      gboolean user_data = g_str_equal (carrier->channel, "h264-sei-unregistered");
      if (carrier->uses == 0
          || (!user_data && !g_str_equal (carrier->channel, "h264-sei-private-type")))
        continue;
      const Voice *voice = voice_of (state, carrier->track);
      g_autofree char *detail = user_data ? names_text ("UUID", voice->uuids)
                                          : names_text ("Payload type", voice->types);
      lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, detail);
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  H264Sei *state = data;

  g_clear_pointer (&state->tracks, g_hash_table_unref);
  g_clear_pointer (&state->payload, g_byte_array_unref);
}

/* --- seeds --- */

/* A number as SEI has it (7.3.2.3.1): 255 as often as it fits, then the rest. */
static void
put_number (GByteArray *into, guint number)
{
  const guint8 full = 255;

  for (; number >= full; number -= full)
    g_byte_array_append (into, &full, 1);
  g_byte_array_append (into, (const guint8[]){ (guint8)number }, 1);
}

static guint
draw_type (LensSeedBed *bed, const char *channel)
{
  guint type;

  if (g_str_equal (channel, "h264-sei-unregistered"))
    return SEI_UNREGISTERED;
  if (g_str_equal (channel, "h264-sei-registered"))
    return SEI_REGISTERED;
  if (g_str_equal (channel, "h264-sei-filler-payload"))
    return SEI_FILLER;
  do
    type = lens_seed_bed_below (bed, 500);
  while (is_defined (type));
  return type;
}

/* A message of one kind, behind a head as the kind has it (a UUID, a country and its maker),
 * drawn once; in one packet with a unit that was alone. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  guint type = draw_type (bed, channel);
  gsize head_length = type == SEI_UNREGISTERED ? UUID : type == SEI_REGISTERED ? 3 : 0;
  guint8 head[UUID], octets[200];
  LensSeedPlace place;
  g_autoptr (GByteArray) rbsp = g_byte_array_new ();

  lens_seed_bed_fill (bed, head, sizeof head);
  if (type == SEI_REGISTERED) /* any country but those that write two octets or captions */
    head[0] = (guint8)(lens_seed_bed_below (bed, 0xb5));
  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    {
      if (!lens_seed_bed_is_single_nal (bed) || place.spare < 2 * sizeof octets)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets);
      if (count == 0)
        continue;
      g_byte_array_set_size (rbsp, 0);
      put_number (rbsp, type);
      put_number (rbsp, (guint)(head_length + count));
      g_byte_array_append (rbsp, head, (guint)head_length);
      g_byte_array_append (rbsp, octets, (guint)count);
      g_byte_array_append (rbsp, (const guint8[]){ 0x80 }, 1);
      lens_seed_bed_put_nal (bed, LENS_H264_SEI, rbsp->data, rbsp->len);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h264_sei = {
  .name = "h264-sei",
  .question = "Do SEI messages hold only what a known encoder writes?",
  .source = "ITU-T H.264 (08/2021) 7.3.2.3 and D.1.1, D.1.5, D.1.6, D.1.7",
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .state_size = sizeof (H264Sei),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
