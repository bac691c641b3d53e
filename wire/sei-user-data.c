#include "wire/sei-user-data.h"

#include "wire/cursor.h"

#include <string.h>

typedef struct
{
  const guint8 *octets;
  gsize length;
} Text;

/* --- text --- */

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

/* "key=value" with short words of the characters that x264 and x265 print
 * (x264_param2string, x265_param2string); x265 also has "key" and "no-key", and where the picture
 * has an aspect ratio "sar-width : sar-height=1:1". */
static gboolean
is_option (const char *option, gboolean needs_value)
{
  gsize key = strspn (option, "abcdefghijklmnopqrstuvwxyz0123456789_-");

  if (!needs_value && g_str_equal (option, ":"))
    return TRUE;
  if (key == 0 || key > 40 || (option[key] != '=' && (needs_value || option[key] != '\0')))
    return FALSE;
  if (option[key] == '\0')
    return TRUE;
  const char *value = option + key + 1;
  gsize length = strspn (value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789.,:/()+-_");
  return length > 0 && length <= 160 && value[length] == '\0';
}

/* "@start<version> - <codec> ... - options: <words>" */
static gboolean
is_encoder_text (Text text, const char *start, const char *codec, guint most, gboolean needs_value)
{
  static const char options[] = " - options: ";
  g_autofree char *line = printable (text);

  if (line == NULL || !g_str_has_prefix (line, start))
    return FALSE;
  const char *at_codec = strstr (line, codec), *at_options = strstr (line, options);
  if (at_codec == NULL || at_options == NULL || at_options < at_codec || at_codec - line > 120
      || at_options - at_codec > 120)
    return FALSE;
  g_auto (GStrv) words = g_strsplit (at_options + strlen (options), " ", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !is_option (words[i], needs_value))
      return FALSE;
  return g_strv_length (words) <= most;
}

/* "x264 - core 164 r3095 baee400 - H.264/MPEG-4 AVC codec - Copyleft ... - options: ..." */
static gboolean
is_x264 (Text text)
{
  return is_encoder_text (text, "x264 - core ", " - H.264/MPEG-4 AVC codec - Copy", 100, TRUE);
}

/* "x265 (build 199) - 3.5+1-f0c1022b6:[Linux]... - H.265/HEVC codec - Copyright ..." */
static gboolean
is_x265 (Text text)
{
  return is_encoder_text (text, "x265 (build ", " - H.265/HEVC codec - Copy", 400, FALSE);
}

/* "Kvazaar HEVC Encoder v. 2.1.0 - Copyleft ... - options: <its command line>" */
static gboolean
is_kvazaar (Text text)
{
  g_autofree char *line = printable (text);

  return line != NULL && text.length <= 1024 && g_str_has_prefix (line, "Kvazaar HEVC Encoder v. ")
         && strstr (line, " - options:") != NULL;
}

static gboolean
is_xmp (Text text)
{
  g_autofree char *xml = printable (text);

  return xml != NULL
         && (g_str_has_prefix (xml, "<?xpacket") || g_str_has_prefix (xml, "<x:xmpmeta"));
}

/* --- signatures --- */

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
is_onvif_signing (Text text)
{
  return text.length > 0 && (text.octets[0] & 0x3f) == 0 && is_tlvs (text, 1, 7, 0, 7);
}

static gboolean
is_axis_signing (Text text)
{
  return is_tlvs (text, 0, 7, 1u << 1 | 1u << 7, 6);
}

/* --- time --- */

/* MISB ST 0604: a status octet, then a time in eight octets with a guard octet 0xFF behind each
 * second one. */
static gboolean
read_misb_time (Text text, guint64 *clock)
{
  *clock = 0;
  if (text.length != 12 || text.octets[3] != 0xff || text.octets[6] != 0xff
      || text.octets[9] != 0xff)
    return FALSE;
  for (guint i = 1; i < 12; i++)
    if (i % 3 != 0)
      *clock = *clock << 8 | text.octets[i];
  return TRUE;
}

/* --- by UUID --- */

typedef struct
{
  guint8 uuid[LENS_SEI_UUID_LENGTH];
  LensSeiDataKind kind;
  gboolean (*is) (Text content); /* NULL: a time */
  guint64 per_us;
} Known;

static const Known known[] = {
  { { 0xdc, 0x45, 0xe9, 0xbd, 0xe6, 0xd9, 0x48, 0xb7, 0x96, 0x2c, 0xd8, 0x20, 0xd9, 0x23, 0xee,
      0xef },
    LENS_SEI_DATA_X264,
    is_x264,
    0 },
  { { 0x2c, 0xa2, 0xde, 0x09, 0xb5, 0x17, 0x47, 0xdb, 0xbb, 0x55, 0xa4, 0xfe, 0x7f, 0xc2, 0xfc,
      0x4e },
    LENS_SEI_DATA_X265,
    is_x265,
    0 },
  { { 0x32, 0xfe, 0x46, 0x6c, 0x98, 0x41, 0x42, 0x69, 0xae, 0x35, 0x6a, 0x91, 0x54, 0x9e, 0xf3,
      0xf1 },
    LENS_SEI_DATA_KVAZAAR,
    is_kvazaar,
    0 },
  { { 0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8, 0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf,
      0xac },
    LENS_SEI_DATA_XMP,
    is_xmp,
    0 },
  { { 0x00, 0x5b, 0xc9, 0x3f, 0x2d, 0x71, 0x5e, 0x95, 0xad, 0xa4, 0x79, 0x6f, 0x90, 0x87, 0x7a,
      0x6f },
    LENS_SEI_DATA_ONVIF_SIGNING,
    is_onvif_signing,
    0 },
  { { 0x53, 0x69, 0x67, 0x6e, 0x65, 0x64, 0x20, 0x56, 0x69, 0x64, 0x65, 0x6f, 0x2e, 0x2e, 0x2e,
      0x30 },
    LENS_SEI_DATA_AXIS_SIGNING,
    is_axis_signing,
    0 },
  { { 0x4d, 0x49, 0x53, 0x50, 0x6d, 0x69, 0x63, 0x72, 0x6f, 0x73, 0x65, 0x63, 0x74, 0x69, 0x6d,
      0x65 },
    LENS_SEI_DATA_MISB_TIME,
    NULL,
    1 },
  { { 0xa8, 0x68, 0x7d, 0xd4, 0xd7, 0x59, 0x37, 0x58, 0xa5, 0xce, 0xf0, 0x33, 0x8b, 0x65, 0x45,
      0xf1 },
    LENS_SEI_DATA_MISB_TIME,
    NULL,
    1 },
  { { 0xcf, 0x84, 0x82, 0x78, 0xee, 0x23, 0x30, 0x6c, 0x92, 0x65, 0xe8, 0xfe, 0xf2, 0x2f, 0xb8,
      0xb8 },
    LENS_SEI_DATA_MISB_TIME,
    NULL,
    1000 },
};

LensSeiDataKind
lens_sei_user_data (const guint8 *payload, gsize length, guint64 *clock_us)
{
  guint64 clock = 0;

  if (clock_us != NULL)
    *clock_us = 0;
  if (length < LENS_SEI_UUID_LENGTH)
    return LENS_SEI_DATA_UNKNOWN;
  const Text content = { payload + LENS_SEI_UUID_LENGTH, length - LENS_SEI_UUID_LENGTH };
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      if (memcmp (known[i].uuid, payload, LENS_SEI_UUID_LENGTH) != 0)
        continue;
      gboolean right
          = known[i].is != NULL ? known[i].is (content) : read_misb_time (content, &clock);
      if (right && known[i].per_us > 0 && clock_us != NULL)
        *clock_us = clock / known[i].per_us;
      return right ? known[i].kind : LENS_SEI_DATA_UNKNOWN;
    }
  return LENS_SEI_DATA_UNKNOWN;
}

/* --- registered --- */

/* Pairs whose cc_valid is 0 hold nothing: zeros, or those with odd parity. */
static gboolean
has_odd_pairs (Text text)
{
  for (gsize at = 7; at + 3 < text.length; at += 3)
    {
      const guint8 *pair = text.octets + at;
      gboolean empty = (pair[1] & 0x7f) == 0 && (pair[2] & 0x7f) == 0;
      if ((pair[0] & 0x04) == 0 && !empty)
        return TRUE;
    }
  return FALSE;
}

/* CTA-708 captions as ATSC A/53 puts them: the count says how long they are. */
static gboolean
is_caption (Text text)
{
  return text.length >= 10 && memcmp (text.octets, "GA94\x03", 5) == 0
         && text.length == 8 + 3 * (gsize)(text.octets[5] & 0x1f)
         && text.octets[text.length - 1] == 0xff && !has_odd_pairs (text);
}

static gboolean
is_active_format (Text text)
{
  return memcmp (text.octets, "DTG1", 4) == 0 && (text.length == 5 || text.length == 6);
}

/* Country 0xB5 (USA) and a provider of two octets, by convention. */
gboolean
lens_sei_is_registered (const guint8 *payload, gsize length)
{
  LensCursor cursor = lens_cursor_over (payload, length);
  guint8 country = lens_cursor_u8 (&cursor);
  guint16 provider = lens_cursor_u16 (&cursor);

  if (lens_cursor_left (&cursor) < 5 || country != 0xb5)
    return FALSE;
  const Text rest = { payload + 3, length - 3 };
  if (provider == 0x0031)
    return is_caption (rest) || is_active_format (rest);
  /* HDR10+: application 4 of provider code 1, dynamic metadata of a bounded length. */
  return provider == 0x003c && memcmp (rest.octets, "\x00\x01\x04", 3) == 0 && rest.length <= 100;
}

gboolean
lens_sei_caption_next (const guint8 *payload, gsize length, gsize *position, guint16 *pair)
{
  enum
  {
    CAPTIONS = 3 + 7, /* country, provider, "GA94", 3, flags, em_data */
    TRIPLET = 3,
    VALID = 0x04,
  };

  if (length < CAPTIONS + 1 || !is_caption ((Text){ payload + 3, length - 3 }))
    return FALSE;
  for (gsize at = MAX (*position, CAPTIONS); at + TRIPLET < length; at += TRIPLET)
    if ((payload[at] & VALID) == 0)
      {
        *pair = (guint16)(payload[at + 1] << 8 | payload[at + 2]);
        *position = at + TRIPLET;
        return TRUE;
      }
  *position = length;
  return FALSE;
}
