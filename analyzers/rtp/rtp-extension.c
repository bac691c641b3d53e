/* rtp-extension: what is in the header extensions of RTP packets?
 *
 * RFC 3550 section 5.3.1: a set X bit puts 16 bits "defined by profile", a length in words and
 * that many words behind the header.  Receivers pass over what they do not know, so an
 * extension that nobody declared reaches no player.  Known are
 *   - RFC 8285 elements (0xBEDE, 0x100X) whose ids the SDP maps with a=extmap;
 *   - ONVIF replay (0xABAC, three words: NTP time, flags, CSeq, padding), when the client
 *     asked for replay, or when its NTP time goes on like a clock;
 *   - ONVIF JPEG (0xFFD8, 0xFFFF) on JPEG tracks, alone or behind the replay words.
 *
 * Of elements whose document is known (ledger/extension-law.h) the length is checked, that texts
 * stay, and that clocks go on and keep to their resolution (ledger/element-clock.h).
 *
 *   room   8 bits per octet of a known extension
 *   use    8 bits per octet of any other, the profile id included; 4 bits of appbits that no
 *          extmap declares; 8 bits per octet of an element of the wrong length, of a text that
 *          changes, of a clock that says anything but the time
 *
 * What the replay words say is rtp-replay's question.
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/element-clock.h"
#include "ledger/extension-law.h"
#include "ledger/seed-bed.h"

#include "wire/cursor.h"
#include "wire/octets.h"

enum
{
  HEAD = 4, /* profile id and length */
  REPLAY = 12,
  ONVIF_REPLAY = 0xabac,
  ONVIF_JPEG_FIRST = 0xffd8,
  ONVIF_JPEG_NEXT = 0xffff,
  IDS = 16,         /* of elements whose content is remembered: the one-byte form's */
  APPBITS_ID = 256, /* of a=extmap: RFC 8285 section 4.3 */
};

/* How far an NTP clock may run apart from the capture's between two packets. */
#define CLOCK_NS (G_GINT64_CONSTANT (2) * 1000 * 1000 * 1000)

typedef struct
{
  gint64 arrival, clock; /* ns */
  gboolean set;          /* it jumped once, as a clock does when it is set */
} Clock;

/* What an element said. */
typedef struct
{
  gboolean any;
  guint64 text; /* its hash */
  LensElementClock clock;
} Said;

typedef struct
{
  LensTrack *track;
  Said said[IDS]; /* by id */
} Elements;

typedef struct
{
  LensByTrack elements; /* Elements */
  GHashTable *clocks;   /* track -> Clock of its last replay extension */
} RtpExtension;

static const LensChannelText channels[] = {
  { .id = "rtp-ext-unmapped",
    .summary = "Media packets carry extra header fields that nobody declared and every player "
               "passes over.",
    .room = "Media packets carry extra header fields of a declared or standard kind; data could "
            "hide in their values.",
    .filter_hint = "rtp.ext == 1",
    .reference = "RFC 3550 section 5.3.1; RFC 8285; ONVIF Streaming Specification",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { .id = "rtp-ext-8285-padding",
    .summary = "Data travels in the parts of a header extension that receivers must ignore.",
    .filter_hint
    = "rtp.ext.profile == 0xbede || (rtp.ext.profile >= 0x1000 && rtp.ext.profile <= 0x100f)",
    .reference = "RFC 8285 sections 4.1.2, 4.2 and 4.3",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static gboolean
declares (const LensTrack *track, guint id)
{
  for (guint i = 0; i < track->extension_ids->len; i++)
    if (g_array_index (track->extension_ids, guint, i) == id)
      return TRUE;
  return FALSE;
}

static void
use (LensLedger *ledger, const char *channel, const LensUnit *unit, guint64 bits, LensRange octets)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, NULL);

  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, octets.offset, octets.length);
}

static void
room (LensLedger *ledger, const char *channel, const LensUnit *unit, guint64 bits)
{
  lens_ledger_room (ledger, lens_ledger_carrier (ledger, channel, unit, NULL), unit, bits);
}

/* The profile id and all words: 16 bits of id, 8 per octet behind the length. */
static void
use_whole (LensLedger *ledger, const LensUnit *unit)
{
  LensRange extension = unit->rtp->extension;
  gsize data = extension.length > HEAD ? extension.length - HEAD : 0;

  use (ledger, "rtp-ext-unmapped", unit, 16 + 8 * data, extension);
}

/* --- RFC 8285 --- */

/* FALSE: not what the element's document has it say. */
static gboolean
see_content (RtpExtension *state, const LensUnit *unit, const LensRtpElement *element)
{
  const LensExtensionLaw *law = NULL;
  const LensTrack *track = unit->track;

  for (guint i = 0; i < track->extension_ids->len; i++)
    if (g_array_index (track->extension_ids, guint, i) == element->id)
      law = lens_extension_law (g_ptr_array_index (track->extension_uris, i));
  if (law == NULL)
    return TRUE;
  if (element->data.length < law->least || element->data.length > law->most)
    return FALSE;
  if (law->kind == LENS_EXTENSION_FREE || element->id >= IDS || element->data.length == 0)
    return TRUE;
  Elements *elements = lens_by_track (&state->elements, track, sizeof *elements);
  elements->track = unit->track;
  Said *said = &elements->said[element->id];
  if (law->kind == LENS_EXTENSION_CLOCK)
    {
      lens_element_clock_take (&said->clock, law, unit, element->data);
      return TRUE;
    }
  guint64 text = lens_octets_hash (LENS_HASH_START, unit->view.octets + element->data.offset,
                                   element->data.length);
  gboolean same = !said->any || said->text == text;
  said->any = TRUE;
  said->text = text;
  return same;
}

static void
see_element (LensLedger *ledger, RtpExtension *state, const LensUnit *unit,
             const LensRtpElement *element)
{
  guint64 bits = 8 * element->whole.length;

  switch (element->kind)
    {
    case LENS_RTP_ELEMENT_DATA:
      if (declares (unit->track, element->id) && see_content (state, unit, element))
        room (ledger, "rtp-ext-unmapped", unit, 8 * element->data.length);
      else
        use (ledger, "rtp-ext-unmapped", unit, bits, element->whole);
      break;
    case LENS_RTP_ELEMENT_PADDING:
      room (ledger, "rtp-ext-8285-padding", unit, bits);
      break;
    default:
      use (ledger, "rtp-ext-8285-padding", unit, bits, element->whole);
    }
}

static void
see_elements (LensLedger *ledger, RtpExtension *state, const LensUnit *unit)
{
  LensRtpElements elements;
  LensRtpElement element;

  if (unit->track->formats->len == 0
      && lens_rtp_elements_init (&elements, unit->view.octets, unit->rtp))
    {
      /* Without a description there is no extmap to look for. */
      room (ledger, "rtp-ext-unmapped", unit, 8 * (unit->rtp->extension.length - HEAD));
      return;
    }
  if (unit->track->extension_ids->len == 0
      || !lens_rtp_elements_init (&elements, unit->view.octets, unit->rtp))
    {
      use_whole (ledger, unit);
      return;
    }
  if (elements.two_byte && elements.appbits != 0 && !declares (unit->track, APPBITS_ID))
    use (ledger, "rtp-ext-8285-padding", unit, 4,
         (LensRange){ unit->rtp->extension.offset + 1, 1 });
  while (lens_rtp_elements_next (&elements, &element))
    see_element (ledger, state, unit, &element);
}

/* --- ONVIF --- */

static gboolean
is_jpeg (const LensTrack *track, guint16 profile)
{
  return (profile == ONVIF_JPEG_FIRST || profile == ONVIF_JPEG_NEXT) && track->codec != NULL
         && g_str_equal (track->codec, "JPEG");
}

/* Whether the words behind the replay words are none, or a JPEG extension. */
static gboolean
ends_properly (const LensUnit *unit, LensRange words)
{
  LensCursor cursor = lens_cursor_over (unit->view.octets + words.offset, words.length);

  lens_cursor_skip (&cursor, REPLAY);
  return words.length == REPLAY || is_jpeg (unit->track, lens_cursor_u16 (&cursor));
}

static gint64
ntp_ns (guint64 ntp)
{
  gint64 seconds = (gint64)(ntp >> 32), fraction = (gint64)(ntp & 0xffffffff);

  return seconds * 1000 * 1000 * 1000 + (fraction * 1000 * 1000 * 1000 >> 32);
}

/* Whether the clock advanced as the capture's did since the track's last one. */
static gboolean
goes_on (RtpExtension *state, const LensUnit *unit, guint64 ntp)
{
  Clock *last = g_hash_table_lookup (state->clocks, unit->track);
  Clock now = { unit->time_ns, ntp_ns (ntp), FALSE };
  gboolean first = last == NULL;

  if (first)
    {
      last = g_new0 (Clock, 1);
      g_hash_table_insert (state->clocks, unit->track, last);
    }
  gint64 apart = first ? 0 : (now.clock - last->clock) - (now.arrival - last->arrival);
  gboolean jumps = ABS (apart) > CLOCK_NS, was_set = last->set;
  *last = now;
  last->set = was_set || jumps;
  return !jumps || !was_set;
}

static void
see_replay (LensLedger *ledger, RtpExtension *state, const LensUnit *unit)
{
  LensRange words = { unit->rtp->extension.offset + HEAD, unit->rtp->extension.length - HEAD };
  LensCursor cursor = lens_cursor_over (unit->view.octets + words.offset, words.length);
  guint64 ntp = lens_cursor_u64 (&cursor);

  if (words.length < REPLAY)
    {
      use_whole (ledger, unit);
      return;
    }
  if (!unit->track->replay && !goes_on (state, unit, ntp))
    use (ledger, "rtp-ext-unmapped", unit, 64, (LensRange){ words.offset, 8 });
  else
    room (ledger, "rtp-ext-unmapped", unit, 64);
  if (!ends_properly (unit, words))
    use (ledger, "rtp-ext-unmapped", unit, 8 * (words.length - REPLAY),
         (LensRange){ words.offset + REPLAY, words.length - REPLAY });
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  RtpExtension *state = data;
  const LensRtp *rtp = unit->rtp;
  guint16 profile = rtp->extension_profile;

  if (rtp->extension.length == 0)
    return;
  if (state->clocks == NULL)
    state->clocks = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  if (rtp->extension.length < HEAD || (rtp->odd & LENS_RTP_EXTENSION_CUT) != 0)
    use_whole (ledger, unit);
  else if (profile == ONVIF_REPLAY)
    see_replay (ledger, state, unit);
  else if (is_jpeg (unit->track, profile))
    room (ledger, "rtp-ext-unmapped", unit, 8 * (rtp->extension.length - HEAD));
  else
    see_elements (ledger, state, unit);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const LensRows *rows = &((RtpExtension *)data)->elements;

  for (guint i = 0; i < lens_rows_n (rows) * IDS; i++)
    {
      const Elements *elements = lens_rows_peek (rows, i / IDS);
      if (elements != NULL)
        lens_element_clock_use (&elements->said[i % IDS].clock, ledger, "rtp-ext-unmapped",
                                elements->track);
    }
  lens_ledger_find_used (ledger);
}

static void
elements_clear (gpointer data)
{
  for (guint i = 0; i < IDS; i++)
    lens_element_clock_clear (&((Elements *)data)->said[i].clock);
}

static void
clear (gpointer data)
{
  RtpExtension *state = data;

  lens_by_track_clear (&state->elements, elements_clear);
  g_clear_pointer (&state->clocks, g_hash_table_unref);
}

/* --- seeds --- */

/* Behind the list of sources of a packet that has no extension: its head and @length octets. */
static void
put_extension (LensSeedBed *bed, const LensSeedPlace *place, guint16 profile, const guint8 *octets,
               gsize length)
{
  guint8 first = place->octets[place->start] | 0x10, csrcs = first & 0x0f;
  g_autoptr (GByteArray) extension = g_byte_array_new ();
  const guint8 head[HEAD] = { (guint8)(profile >> 8), (guint8)profile, (guint8)(length / 4 >> 8),
                              (guint8)(length / 4) };

  g_byte_array_append (extension, head, sizeof head);
  g_byte_array_append (extension, octets, (guint)length);
  lens_seed_bed_replace (bed, place->start, &first, 1);
  lens_seed_bed_insert (bed, place->start + LENS_RTP_HEADER_LENGTH + 4u * csrcs, extension->data,
                        extension->len, LENS_SEED_UNIT);
}

static guint16
draw_profile (LensSeedBed *bed)
{
  for (;;)
    {
      guint16 profile = (guint16)lens_seed_bed_below (bed, 0x10000);
      gboolean elements = profile == 0xbede || profile >> 4 == 0x100;
      if (!elements && profile != ONVIF_REPLAY && profile != ONVIF_JPEG_FIRST
          && profile != ONVIF_JPEG_NEXT)
        return profile;
    }
}

/* Words of the message under a profile of their own. */
static void
seed_unmapped (LensSeedBed *bed, const LensSeedPlace *place, guint16 profile)
{
  guint8 octets[128];
  gsize count = lens_seed_bed_take (bed, octets, MIN (sizeof octets, (place->spare - HEAD) & ~3u));
  gsize length = (count + 3) / 4 * 4;

  if (count == 0)
    return;
  lens_seed_bed_fill (bed, octets + count, length - count);
  put_extension (bed, place, profile, octets, length);
}

/* One element with an id that is mapped, then id 15 and the message, which ends all reading. */
static void
seed_stopped (LensSeedBed *bed, const LensSeedPlace *place)
{
  guint8 octets[128];
  guint id = g_array_index (place->track->extension_ids, guint, 0);
  gsize count = lens_seed_bed_take (bed, octets + 3, 100);
  gsize length = (count + 3 + 3) / 4 * 4;

  if (count == 0)
    return;
  octets[0] = (guint8)(id << 4);
  lens_seed_bed_fill (bed, octets + 1, 1);
  octets[2] = (guint8)(0xf0 | lens_seed_bed_below (bed, 16));
  lens_seed_bed_fill (bed, octets + 3 + count, length - 3 - count);
  put_extension (bed, place, 0xbede, octets, length);
}

static gboolean
maps_a_short_id (const LensTrack *track)
{
  return track->extension_ids->len > 0 && g_array_index (track->extension_ids, guint, 0) < 15;
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint16 profile = draw_profile (bed);

  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      gboolean extended = (place.octets[place.start] & 0x10) != 0;
      if (extended || place.spare < 128 + HEAD)
        continue;
      if (g_str_equal (channel, "rtp-ext-unmapped"))
        seed_unmapped (bed, &place, profile);
      else if (maps_a_short_id (place.track))
        seed_stopped (bed, &place);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtp_extension = {
  .name = "rtp-extension",
  .question = "Are all RTP header extensions declared, and their reserved parts zero?",
  .source = "RFC 3550 section 5.3.1; RFC 8285 section 4; ONVIF Streaming Specification",
  .units = LENS_UNIT_RTP,
  .only = LENS_TRAIT_EXTENSION,
  .channels = channels,
  .state_size = sizeof (RtpExtension),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
