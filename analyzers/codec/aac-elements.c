/* aac-elements: what do access units of AAC hold beside sound?
 *
 * ISO/IEC 14496-3 subpart 4: next to its channels, an access unit may have data stream elements
 * (octets of any kind) and fill elements, of which a decoder needs but the bandwidth extension.
 *
 * Benign: fill of zeros (or ones), as encoders at a constant bit rate write it; the encoder's own
 * name, as long as it stays the same; fill data of 0xA5; bandwidth
 * extension where the configuration announces it, or which has been there from the start at a
 * rate that needs it; dynamic range information that stays the same.
 *
 * How much fill there is, is for a constant bit rate to say (ledger/fill-sizes.h).
 *
 *   room   8 bits per octet of data and fill; 1 bit per reserved bit, 4 bits per instance tag
 *   use    those of it that are none of the above; 3 bits for a unit of a size that no rate
 *          explains
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/fill-sizes.h"
#include "ledger/habit.h"
#include "ledger/seed-bed.h"

#include <string.h>

enum
{
  MAX_TAGS = 8,         /* elements of a unit whose instance tags are followed */
  MAX_COMMENT = 40,     /* characters of an encoder's name */
  TAG_SURPRISES = 3,    /* more than a restart explains */
  HIGHEST_CORE = 24000, /* Hz: above, twice the rate is none that a camera plays */
  SETTLED = 8,          /* units without extension: it is not that kind of stream */
};

typedef struct
{
  LensHabit tags[MAX_TAGS];
  guint64 comment, range; /* hashes of the encoder's name, of dynamic range; 0: none yet */
  LensFillSizes sizes;
  guint plain, extended; /* units without and with bandwidth extension */
} Voice;

typedef struct
{
  LensByTrack tracks; /* Voice */
} AacElements;

static const LensChannelText channels[] = {
  { .id = "aac-dse",
    .summary = "The sound carries a data stream beside its channels; players ignore it.",
    .room = "The sound has empty data stream elements; data could travel in them.",
    .filter_hint = "rtp",
    .reference = "ISO/IEC 14496-3 subpart 4, data_stream_element()",
    .hides = TRUE,
    .unit = LENS_UNIT_AAC },
  { .id = "aac-fil",
    .summary = "Fill elements of the sound, which every player discards, hold something else.",
    .room = "The sound is filled up, or names its encoder; data could travel in the filler.",
    .filter_hint = "rtp",
    .reference = "ISO/IEC 14496-3 subpart 4, fill_element() and extension_payload()",
    .hides = TRUE,
    .unit = LENS_UNIT_AAC },
  { .id = "aac-reserved",
    .summary = "Bits of the sound that mean nothing to a player say something.",
    .filter_hint = "rtp",
    .reference = "ISO/IEC 14496-3 subpart 4, ics_info() and element_instance_tag",
    .hides = TRUE,
    .unit = LENS_UNIT_AAC },
  { NULL },
};

/* Bits @start to @end of the unit: @room of them could speak, @used did. */
static void
take_bits (LensLedger *ledger, const LensUnit *unit, const char *channel, const char *subject,
           gsize start, gsize end, guint64 room, guint64 used)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, subject);
  LensRange octets = lens_aac_octets_of (start, end);

  lens_ledger_room (ledger, carrier, unit, room);
  if (used > 0)
    lens_ledger_use (ledger, carrier, unit, used, octets.offset, octets.length);
}

static guint64
hash_of (const guint8 *octets, gsize at, gsize count)
{
  guint64 hash = 0xcbf29ce484222325u;

  for (gsize i = 0; i < count; i++)
    hash = (hash ^ lens_aac_octet_at (octets, at + 8 * i)) * 0x100000001b3u;
  return hash | 1;
}

/* Whether it is what came first. */
static gboolean
stays (guint64 *first, guint64 hash)
{
  if (*first == 0)
    *first = hash;
  return *first == hash;
}

/* --- fill --- */

/* "Lavc59.37.100", "libfaac 1.30": a known word, then a number. */
static gboolean
is_encoder (const char *text)
{
  static const char *const words[] = { "Lavc", "libfaac ", "FAAC " };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (text, words[i]))
      return strspn (text + strlen (words[i]), "0123456789.") == strlen (text + strlen (words[i]));
  return FALSE;
}

static gboolean
are_zeros (const guint8 *octets, gsize from, gsize end)
{
  LensBits bits = lens_bits_between (octets, from, end);

  while (lens_bits_left (&bits) > 0)
    if (lens_bits_u (&bits, (guint)MIN (lens_bits_left (&bits), 32)) != 0)
      return FALSE;
  return TRUE;
}

/* Encoders write their name on octets of the unit: zeros before it and behind. */
static gboolean
is_comment (Voice *voice, const guint8 *octets, gsize from, gsize end)
{
  char text[MAX_COMMENT + 1] = "";
  gsize start = (from + 7) / 8, length = 0;

  while (length < MAX_COMMENT && 8 * (start + length + 1) <= end
         && g_ascii_isprint (octets[start + length]))
    {
      text[length] = (char)octets[start + length];
      length++;
    }
  return length > 0 && is_encoder (text) && are_zeros (octets, from, 8 * start)
         && are_zeros (octets, 8 * (start + length), end)
         && stays (&voice->comment, hash_of (octets, 8 * start, length));
}

/* Zeros or ones only. */
static gboolean
is_filler (const guint8 *octets, const LensAacExtension *extension)
{
  guint8 fill = extension->nibble == 0 ? 0 : 0xff;

  if (extension->nibble != (fill & 0x0f))
    return FALSE;
  for (gsize i = 1; i < extension->octets; i++)
    if (lens_aac_octet_at (octets, extension->start + 8 * i) != fill)
      return FALSE;
  return TRUE;
}

/* EXT_FILL_DATA: four bits of 0, then octets 0xA5. */
static gboolean
is_fill_data (const guint8 *octets, const LensAacExtension *extension)
{
  for (gsize i = 1; i < extension->octets; i++)
    if (lens_aac_octet_at (octets, extension->start + 8 * i) != 0xa5)
      return FALSE;
  return extension->nibble == 0;
}

static gboolean
extends_bandwidth (Voice *voice, const LensAacConfig *config)
{
  return config->sbr || (config->rate <= HIGHEST_CORE && voice->plain < SETTLED);
}

static gboolean
is_benign (Voice *voice, const LensUnit *unit, const LensAacExtension *extension)
{
  const guint8 *octets = unit->view.octets;
  gsize end = extension->start + 8 * extension->octets;

  switch (extension->type)
    {
    case LENS_AAC_EXT_FILL:
      return is_filler (octets, extension) || is_comment (voice, octets, extension->start + 4, end);
    case LENS_AAC_EXT_FILL_DATA:
      return is_fill_data (octets, extension);
    case LENS_AAC_EXT_DYNAMIC_RANGE:
      return stays (&voice->range, hash_of (octets, extension->start, extension->octets));
    case LENS_AAC_EXT_SBR:
    case LENS_AAC_EXT_SBR_CRC:
      return extends_bandwidth (voice, unit->audio->config);
    default:
      return FALSE;
    }
}

/* --- elements --- */

/* From the first octet of it to the last. */
static void
add_filler (LensRange *filler, LensRange more)
{
  if (filler->length == 0)
    filler->offset = more.offset;
  filler->length = lens_range_end (more) - filler->offset;
}

/* A unit that is filled up to a size of its own. */
static void
see_size (LensLedger *ledger, Voice *voice, const LensUnit *unit, LensRange filler)
{
  if (lens_fill_sizes_take (&voice->sizes, unit->view.length, filler.length))
    take_bits (ledger, unit, "aac-fil", "size", 8 * filler.offset, 8 * lens_range_end (filler),
               LENS_FILL_SIZES_BITS, LENS_FILL_SIZES_BITS);
}

static void
see_fill (LensLedger *ledger, Voice *voice, const LensUnit *unit, const LensAacElement *element,
          LensRange *filler)
{
  gsize at = element->data_start;
  LensAacExtension extension;
  gboolean extended = FALSE;

  while (lens_aac_extension_next (unit->view.octets, element, &at, &extension))
    {
      guint64 bits = 8 * extension.octets - 4;
      gboolean benign = is_benign (voice, unit, &extension);
      extended |= extension.type == LENS_AAC_EXT_SBR || extension.type == LENS_AAC_EXT_SBR_CRC;
      take_bits (ledger, unit, "aac-fil", NULL, extension.start, at, bits, benign ? 0 : bits);
      if (extension.type == LENS_AAC_EXT_FILL || extension.type == LENS_AAC_EXT_FILL_DATA)
        add_filler (filler, lens_aac_octets_of (extension.start, at));
    }
  voice->extended += extended;
}

static void
see_data (LensLedger *ledger, const LensUnit *unit, const LensAacElement *element)
{
  guint64 bits = 8 * element->data_octets;

  take_bits (ledger, unit, "aac-dse", NULL, element->start, element->end, MAX (bits, 4), bits);
}

/* A program's comment, and bits of byte_alignment() that are set. */
static void
see_program (LensLedger *ledger, const LensUnit *unit, const LensAacElement *element)
{
  guint64 bits = 8 * element->data_octets;

  take_bits (ledger, unit, "aac-reserved", NULL, element->data_start, element->end, bits, bits);
}

static void
see_alignment (LensLedger *ledger, const LensUnit *unit, const LensAacElement *element)
{
  if (element->alignment != 0)
    take_bits (ledger, unit, "aac-reserved", NULL, element->alignment_start,
               element->alignment_start + element->alignment_bits, element->alignment_bits,
               element->alignment_bits);
}

static void
see_channel (LensLedger *ledger, Voice *voice, const LensUnit *unit, const LensAacElement *element,
             guint position)
{
  if (element->reserved > 0)
    take_bits (ledger, unit, "aac-reserved", NULL, element->reserved_at, element->reserved_at + 1,
               element->reserved, element->reserved);
  if (position < MAX_TAGS
      && !lens_habit_take (&voice->tags[position], (guint64)element->id << 4 | element->tag))
    take_bits (ledger, unit, "aac-reserved", "tags", element->start + 3, element->start + 7, 4, 4);
}

/* More elements than a unit of sound has: what lies behind those is not taken apart. */
static void
see_crowd (LensLedger *ledger, const LensUnit *unit)
{
  const LensAacElement *last = &unit->audio->elements[unit->audio->n_elements - 1];
  gsize end = 8 * unit->view.length;

  take_bits (ledger, unit, "aac-fil", NULL, last->end, end, end - last->end, end - last->end);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  AacElements *state = data;
  const LensAudio *audio = unit->audio;
  Voice *voice = lens_by_track (&state->tracks, unit->track, sizeof (Voice));
  guint before = voice->extended, position = 0;
  LensRange filler = { 0, 0 };

  /* What does not come to its end may have been read wrongly from the middle on. */
  if (audio->block.outcome != LENS_AAC_WHOLE)
    return;
  for (guint i = 0; i < audio->n_elements; i++)
    {
      const LensAacElement *element = &audio->elements[i];
      see_alignment (ledger, unit, element);
      if (element->id == LENS_AAC_FIL)
        see_fill (ledger, voice, unit, element, &filler);
      else if (element->id == LENS_AAC_DSE)
        see_data (ledger, unit, element);
      else if (element->id == LENS_AAC_PCE && element->data_octets > 0)
        see_program (ledger, unit, element);
      else if (element->id <= LENS_AAC_LFE)
        see_channel (ledger, voice, unit, element, position++);
    }
  see_size (ledger, voice, unit, filler);
  if (audio->crowded)
    see_crowd (ledger, unit);
  if (voice->extended == before)
    voice->plain++;
}

static gboolean
tags_speak (const Voice *voice)
{
  for (guint i = 0; voice != NULL && i < MAX_TAGS; i++)
    if (lens_habit_is_broken (&voice->tags[i], TAG_SURPRISES))
      return TRUE;
  return FALSE;
}

static void
conclude_size (LensLedger *ledger, const Voice *voice, LensCarrier *carrier)
{
  if (voice != NULL && lens_fill_sizes_speak (&voice->sizes))
    lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL,
                      "The sound is filled up to sizes that no bit rate explains.");
  else
    lens_ledger_pass_over (ledger, carrier);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  AacElements *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      const Voice *voice = carrier->track != NULL && carrier->subject != NULL
                               ? lens_by_track_peek (&state->tracks, carrier->track)
                               : NULL;
      if (g_str_equal (carrier->channel, "aac-reserved") && carrier->subject != NULL
          && !tags_speak (voice))
        lens_ledger_find_room (ledger, carrier, NULL);
      else if (g_str_equal (carrier->channel, "aac-fil") && carrier->subject != NULL)
        conclude_size (ledger, voice, carrier);
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((AacElements *)data)->tracks, NULL);
}

/* --- seeds --- */

enum
{
  AU_HEAD = 4,          /* octets before a unit that is alone in its packet (AAC-hbr) */
  MOST_SEED = 180,      /* octets of a data stream element */
  MOST_FILL = 13,       /* of a fill element of 14, its type aside */
  FILLS = 8,            /* elements of 7 bits and whole octets that end on an octet */
  RESERVED_MASK = 0x01, /* ics_reserved_bit of a single channel that comes first: bit 15 */
};

static gboolean
is_alone (const LensSeedPlace *place)
{
  const guint8 *octets = place->octets + place->start;
  gsize length = place->end - place->start;

  return length >= AU_HEAD + 4 && octets[0] == 0 && octets[1] == 16
         && (gsize)(octets[2] << 5 | octets[3] >> 3) == length - AU_HEAD;
}

/* A unit of @more octets more, which lie before all it had. */
static void
put_first (LensSeedBed *bed, const LensSeedPlace *place, const guint8 *octets, gsize more)
{
  gsize size = place->end - place->start - AU_HEAD + more;
  const guint8 head[] = { (guint8)(size >> 5), (guint8)(size << 3) };

  lens_seed_bed_replace (bed, place->start + 2, head, sizeof head);
  lens_seed_bed_insert (bed, place->start + AU_HEAD, octets, more, LENS_SEED_UNIT);
}

static void
put_data (LensSeedBed *bed, const LensSeedPlace *place)
{
  guint8 octets[2 + MOST_SEED];
  gsize count = lens_seed_bed_take (bed, octets + 2, MIN (MOST_SEED, place->spare - 2));

  if (count == 0)
    return;
  octets[0] = (guint8)(LENS_AAC_DSE << 5 | lens_seed_bed_below (bed, 32));
  octets[1] = (guint8)count;
  put_first (bed, place, octets, 2 + count);
}

static void
put_bits (guint8 *octets, gsize *at, guint32 value, guint count)
{
  for (; count > 0; count--, ++*at)
    if ((value >> (count - 1) & 1) != 0)
      octets[*at / 8] |= (guint8)(0x80 >> *at % 8);
}

/* Fill of any type that means nothing, and so many empty elements that octets stay octets. */
static void
put_fill (LensSeedBed *bed, const LensSeedPlace *place)
{
  guint8 octets[FILLS - 1 + 1 + MOST_FILL] = { 0 }, message[MOST_FILL];
  gsize count = lens_seed_bed_take (bed, message, MIN (MOST_FILL, place->spare - FILLS));
  gsize at = 0;

  if (count == 0)
    return;
  put_bits (octets, &at, LENS_AAC_FIL << 4 | (guint32)(1 + count), 7);
  put_bits (octets, &at, lens_seed_bed_below (bed, 3) << 4, 8);
  for (gsize i = 0; i < count; i++)
    put_bits (octets, &at, message[i], 8);
  for (guint i = 1; i < FILLS; i++)
    put_bits (octets, &at, LENS_AAC_FIL << 4, 7);
  put_first (bed, place, octets, at / 8);
}

static void
put_reserved (LensSeedBed *bed, const LensSeedPlace *place)
{
  guint32 value;

  if (place->octets[place->start + AU_HEAD] >> 5 == LENS_AAC_SCE
      && lens_seed_bed_take_bits (bed, &value, 1) > 0)
    lens_seed_bed_set (bed, place->start + AU_HEAD + 1, RESERVED_MASK, (guint8)value);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, LENS_UNIT_AAC_PACKET, &place))
    {
      if (!is_alone (&place) || place.spare < 4 * FILLS)
        continue;
      if (g_str_equal (channel, "aac-dse"))
        put_data (bed, &place);
      else if (g_str_equal (channel, "aac-fil"))
        put_fill (bed, &place);
      else
        put_reserved (bed, &place);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_aac_elements = {
  .name = "aac-elements",
  .question = "What do access units of AAC hold beside sound?",
  .source = "ISO/IEC 14496-3 subpart 4",
  .units = LENS_UNIT_AAC,
  .channels = channels,
  .state_size = sizeof (AacElements),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
