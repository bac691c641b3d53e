/* sdp-attributes: does a session description say more than its streams need?
 *
 * RFC 8866 section 5: a player reads a handful of lines and passes over every other line,
 * attribute and text, whatever it says.  The same stream is described the same way each time, but
 * for what is made anew by its definition (versions, times, keys, ports), and no name stands more
 * often than a description has use for.  What sprop-* and config say is for those who read the
 * codec; what follows the AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1) in config nobody reads.
 *
 *   room   8 bits per octet of a line that no document knows, once
 *   use    8 bits per octet of a value that is not what it was, and of the first one; of a value
 *          that is far too long, or as dense as no name is; of blanks, and of lines that stand
 *          where there are enough already
 *
 * What is told of it: ledger/said.h.
 */
#include "ledger/said.h"
#include "ledger/seed-bed.h"
#include "ledger/text.h"

#include "wire/aac-config.h"
#include "wire/rtsp-shape.h"

#include <string.h>

enum
{
  LARGE = 256,        /* octets of one value */
  LARGE_RANDOM = 600, /* of a key or a candidate: MIKEY (RFC 3830) in base64 */
  BLANKS = 16,
  CONFIG_REST = 16, /* hexadecimal digits behind a configuration; decoders pass over them */
  MAX_CONFIG = 64,  /* octets of one that is read */
  MAX_SPEAKERS = 1024,
};

typedef struct
{
  GHashTable *speakers; /* address -> LensSaid */
} SdpAttributes;

/* A description, and who gave it. */
typedef struct
{
  LensLedger *ledger;
  const LensUnit *unit;
  const guint8 *octets;
  LensSaid *said;
  guint64 about; /* its URL, hashed; 0: each is another */
} Description;

static const LensChannelText channels[] = {
  { .id = "sdp-unknown-attributes",
    .summary = "Session descriptions carry texts that no player reads, and they change or are far "
               "too long.",
    .room = "Session descriptions have lines that no document knows; they could hold data.",
    .filter_hint = "sdp",
    .reference = "RFC 8866 sections 5 and 6",
    .hides = TRUE,
    .unit = LENS_UNIT_SDP },
  { NULL },
};

static LensSaid *
said_of (LensLedger *ledger, SdpAttributes *state, const LensSide *side)
{
  guint64 key = lens_address_hash (&side->key.src);

  if (state->speakers == NULL)
    state->speakers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                             (GDestroyNotify)lens_said_free);
  LensSaid *said = g_hash_table_lookup (state->speakers, &key);
  if (said == NULL
      && lens_ledger_has_room (ledger, side, g_hash_table_size (state->speakers), MAX_SPEAKERS))
    {
      said = lens_said_new ("sdp-unknown-attributes");
      g_hash_table_insert (state->speakers, g_memdup2 (&key, sizeof key), said);
    }
  return said;
}

/* --- values --- */

/* Parameters whose value is the codec's: RFC 6184 8.1, RFC 7798 7.1, RFC 3640 4.1, RFC 6416 7. */
static gboolean
is_codecs (const guint8 *octets, LensRange name)
{
  static const char *const names[] = { "config", "configuration", "sprop-parameter-sets" };
  static const char prefix[] = "sprop-";

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (lens_rtsp_is (octets, name, names[i]))
      return TRUE;
  name.length = MIN (name.length, sizeof prefix - 1);
  return lens_rtsp_is (octets, name, prefix);
}

/* The part of a fmtp that begins at @start, and its name. */
static LensRange
parameter_at (const guint8 *octets, gsize start, gsize end, LensRange *name)
{
  const guint8 *semicolon = memchr (octets + start, ';', end - start);
  gsize stop = semicolon != NULL ? (gsize)(semicolon - octets) : end;
  const guint8 *equals = memchr (octets + start, '=', stop - start);
  gsize name_end = equals != NULL ? (gsize)(equals - octets) : stop;
  gsize at = name_end;

  while (at > start && octets[at - 1] != ' ')
    at--;
  *name = (LensRange){ at, name_end - at };
  return (LensRange){ start, stop - start };
}

static gboolean
is_mpeg4_audio (const Description *description, const LensSdpLine *line)
{
  const LensSdp *sdp = description->unit->sdp;
  const guint8 *octets = description->octets + line->offset + line->value;
  guint payload_type = 0;

  if (line->media < 0 || (guint)line->media >= sdp->media->len)
    return FALSE;
  for (gsize i = 0; i < 3 && i + line->value < line->text && g_ascii_isdigit (octets[i]); i++)
    payload_type = payload_type * 10 + octets[i] - '0';
  const LensSdpRtpmap *map
      = lens_sdp_rtpmap (g_ptr_array_index (sdp->media, line->media), payload_type);
  return map != NULL && map->encoding != NULL
         && g_ascii_strcasecmp (map->encoding, "mpeg4-generic") == 0;
}

/* What follows the configuration that @part says in hexadecimal digits. */
static void
take_config (const Description *description, LensRange part)
{
  guint8 config[MAX_CONFIG];
  gsize end = lens_range_end (part), used = 0, n = 0;
  const guint8 *octets = description->octets,
               *equals = memchr (octets + part.offset, '=', part.length);
  LensAacConfig read;

  if (equals == NULL)
    return;
  gsize start = (gsize)(equals + 1 - octets);
  for (; n < MAX_CONFIG && start + 2 * n + 1 < end && g_ascii_isxdigit (octets[start + 2 * n])
         && g_ascii_isxdigit (octets[start + 2 * n + 1]);
       n++)
    config[n] = (guint8)(g_ascii_xdigit_value ((char)octets[start + 2 * n]) << 4
                         | g_ascii_xdigit_value ((char)octets[start + 2 * n + 1]));
  if (!lens_aac_config_parse (config, n, &read, &used))
    return;
  start += 2 * ((used + 7) / 8);
  /* Zeros say nothing: VLC writes all of its buffer. */
  while (end > start && octets[end - 1] == '0')
    end--;
  if (start + CONFIG_REST < end)
    lens_said_large (description->said, description->ledger, description->unit,
                     (LensRange){ start, end - start }, "what follows config");
}

/* A fmtp by its parameters but the codec's own; those that are dense are use at once. */
static guint64
hash_parameters (const Description *description, const LensSdpLine *line, LensRange value)
{
  guint64 hash = LENS_RTSP_HASH_START;
  gsize end = lens_range_end (value);

  for (gsize at = value.offset; at < end;)
    {
      LensRange name, part = parameter_at (description->octets, at, end, &name);
      if (lens_rtsp_is (description->octets, name, "config") && is_mpeg4_audio (description, line))
        take_config (description, part);
      if (!is_codecs (description->octets, name))
        {
          hash = lens_rtsp_hash (hash, description->octets, part, FALSE);
          if (part.length > LARGE
              || lens_text_is_dense (description->octets + part.offset, part.length))
            lens_said_large (description->said, description->ledger, description->unit, part,
                             "a parameter of fmtp");
        }
      at = lens_range_end (part) + 1;
    }
  return hash;
}

/* What the reader asked for comes back. */
static gboolean
is_echo (const Description *description, LensRange value)
{
  const char *url = description->unit->url;
  g_autofree char *text
      = g_strndup ((const char *)description->octets + value.offset, value.length);

  return url != NULL && (strstr (url, text) != NULL || g_str_has_prefix (text, url));
}

static gboolean
is_named (const Description *description, const LensSdpLine *line, const char *name)
{
  return line->type == 'a'
         && lens_rtsp_is (description->octets, (LensRange){ line->offset + 2, line->name }, name);
}

static guint64
hash_value (const Description *description, const LensSdpLine *line, LensRange value)
{
  if (is_named (description, line, "fmtp"))
    return hash_parameters (description, line, value);
  return line->vary == LENS_SDP_NUMBERS
             ? lens_rtsp_hash_without_digits (LENS_RTSP_HASH_START, description->octets, value)
             : lens_rtsp_hash (LENS_RTSP_HASH_START, description->octets, value, FALSE);
}

/* Whether a value speaks by its size. */
static gboolean
is_large (const Description *description, const LensSdpLine *line, LensRange value)
{
  gsize limit = line->makers ? line->longest : line->vary == LENS_SDP_RANDOM ? LARGE_RANDOM : LARGE;

  if (is_named (description, line, "fmtp") || is_echo (description, value))
    return FALSE;
  return value.length > limit
         || (line->vary != LENS_SDP_RANDOM && !line->makers
             && lens_text_is_dense (description->octets + value.offset, value.length));
}

/* --- lines --- */

static guint64
key_of (const Description *description, const LensSdpLine *line, guint nth)
{
  const guint8 place[] = { (guint8)line->type, (guint8)line->media, (guint8)nth };
  LensRange name = { line->offset + 2, line->name };

  return lens_rtsp_hash (lens_rtsp_hash (description->about, place, (LensRange){ 0, 3 }, FALSE),
                         description->octets, name, FALSE);
}

static char *
name_of (const Description *description, const LensSdpLine *line)
{
  const guint8 *octets = description->octets + line->offset;

  return lens_text_printable (octets, line->type != 0 ? MAX (line->name + 2, 2) : line->text);
}

static void
take_blanks (const Description *description, const LensSdpLine *line)
{
  gsize end = line->text;

  while (end > 0
         && (description->octets[line->offset + end - 1] == ' '
             || description->octets[line->offset + end - 1] == '\t'))
    end--;
  if (line->text - end > BLANKS)
    lens_said_large (description->said, description->ledger, description->unit,
                     (LensRange){ line->offset + end, line->text - end }, "blanks");
}

static void
take_line (const Description *description, const LensSdpLine *line, guint nth)
{
  LensRange text = { line->offset, line->text };
  LensRange value = { line->offset + line->value, line->text - line->value };
  gboolean known = line->understood && nth < line->most;
  g_autofree char *name = name_of (description, line);
  guint64 key = key_of (description, line, nth);

  take_blanks (description, line);
  if (line->text == 0)
    return;
  if (value.length == 0 || line->type == 0)
    value = text;
  if (!known && !line->makers)
    {
      gboolean dense = is_large (description, line, value);
      /* Where descriptions differ by nature, each is the first. */
      key ^= description->about == 0 ? (guint64)description->unit->view.pieces[0].frame << 20 : 0;
      lens_said_unknown (description->said, description->ledger, description->unit, key,
                         hash_value (description, line, value), text, value, dense, name);
    }
  else if (is_large (description, line, value))
    lens_said_large (description->said, description->ledger, description->unit, value, name);
  else if (line->vary != LENS_SDP_RANDOM && description->about != 0)
    lens_said_text (description->said, description->ledger, description->unit, key,
                    hash_value (description, line, value), value, 0, name);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  Description description = { .ledger = ledger, .unit = unit, .octets = unit->view.octets };
  const GArray *lines = unit->sdp->lines;
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  description.said = said_of (ledger, state, unit->side);
  if (description.said == NULL)
    return;
  if (unit->url != NULL)
    description.about = LENS_RTSP_HASH_START ^ g_str_hash (unit->url);
  for (guint i = 0; i < lines->len; i++)
    {
      const LensSdpLine *line = &g_array_index (lines, LensSdpLine, i);
      guint64 key = key_of (&description, line, 0);
      guint nth = GPOINTER_TO_UINT (g_hash_table_lookup (counts, &key));
      g_hash_table_insert (counts, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (nth + 1));
      take_line (&description, line, nth);
    }
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      LensSaid *said = g_str_equal (carrier->channel, "sdp-unknown-attributes")
                           ? said_of (ledger, state, carrier->side)
                           : NULL;
      if (said != NULL)
        lens_said_conclude (said, ledger, carrier);
    }
}

static void
clear (gpointer data)
{
  SdpAttributes *state = data;

  g_clear_pointer (&state->speakers, g_hash_table_unref);
}

/* --- seeds --- */

/* An attribute of a name that nobody knows, and a body that is longer by it. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  char name[9] = "x-", text[400];

  for (guint i = 2; i < 8; i++)
    name[i] = (char)('a' + lens_seed_bed_below (bed, 26));
  while (lens_seed_bed_next (bed, LENS_UNIT_SDP, &place))
    {
      if (place.spare < sizeof text + 24 || !lens_seed_bed_has_length (bed))
        continue;
      gsize count = lens_seed_bed_take_text (bed, text, sizeof text);
      if (count == 0)
        continue;
      g_autofree char *line = g_strdup_printf ("a=%s:%.*s\r\n", name, (int)count, text);
      lens_seed_bed_put_line (bed, line);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_sdp_attributes = {
  .name = "sdp-attributes",
  .question = "Do session descriptions say what their streams need, and nothing else?",
  .source = "RFC 8866 sections 5 and 6; RFC 2326 appendix C",
  .units = LENS_UNIT_SDP,
  .channels = channels,
  .state_size = sizeof (SdpAttributes),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
