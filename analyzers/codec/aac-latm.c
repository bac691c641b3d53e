/* aac-latm: does the multiplex around AAC carry anything else?
 *
 * ISO/IEC 14496-3 1.7.3: behind its access units an audioMuxElement may have other data, of a
 * length that the configuration tells, and bits of 0 up to an octet.  RFC 6416 puts one element
 * into a packet or into several, so nothing follows it.  A configuration in the elements stays
 * the same.
 *
 *   room   bits of other data, of a repeated configuration
 *   use    bits of other data; fill that is set, with what lies behind the element; a
 *          configuration that its habit does not foresee
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/habit.h"
#include "ledger/seed-bed.h"

#include "wire/octets.h"

/* More than a restart of the encoder explains. */
#define CONFIG_SURPRISES 3

typedef struct
{
  LensHabit config;
} Voice;

typedef struct
{
  LensByTrack tracks; /* Voice */
} AacLatm;

static const LensChannelText channels[] = {
  { .id = "aac-latm-other-data",
    .summary = "The multiplex around the sound carries data that players pass over.",
    .room = "The multiplex around the sound repeats its configuration; data could travel in it.",
    .filter_hint = "rtp",
    .reference = "RFC 6416 section 6; ISO/IEC 14496-3 1.7.3",
    .hides = TRUE,
    .unit = LENS_UNIT_LATM },
  { NULL },
};

static void
take_bits (LensLedger *ledger, const LensUnit *unit, const char *subject, gsize start, gsize end,
           gboolean used)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "aac-latm-other-data", unit, subject);
  LensRange octets = lens_aac_octets_of (start, end);

  lens_ledger_room (ledger, carrier, unit, end - start);
  if (used)
    lens_ledger_use (ledger, carrier, unit, end - start, octets.offset, octets.length);
}

static guint64
hash_of (const guint8 *octets, gsize start, gsize end)
{
  LensBits bits = lens_bits_between (octets, start, end);
  guint64 hash = 0xcbf29ce484222325u;

  while (lens_bits_left (&bits) > 0)
    hash = (hash ^ lens_bits_u (&bits, (guint)MIN (lens_bits_left (&bits), 8))) * 0x100000001b3u;
  return hash;
}

/* Whether anything but zeros lies from @octet on. */
static gboolean
has_more (const LensView *view, gsize octet)
{
  octet = MIN (octet, view->length);
  return !lens_octets_are_zero (view->octets + octet, view->length - octet);
}

static void
see_element (LensLedger *ledger, Voice *voice, const LensUnit *unit)
{
  const LensLatmElement *element = unit->audio->element;
  gsize end = element->end, last = 8 * unit->view.length;
  gboolean behind = has_more (&unit->view, end / 8);

  if (element->config_end > element->config_start)
    take_bits (ledger, unit, "configuration", element->config_start, element->config_end,
               !lens_habit_take (&voice->config, hash_of (unit->view.octets, element->config_start,
                                                          element->config_end)));
  if (element->other_bits > 0)
    take_bits (ledger, unit, NULL, element->other_start, element->other_start + element->other_bits,
               TRUE);
  if (element->alignment != 0 || behind)
    take_bits (ledger, unit, NULL, element->alignment != 0 ? element->alignment_start : end,
               behind ? last : end, TRUE);
}

/* Behind ID_END in an access unit of a multiplex. */
static void
see_end (LensLedger *ledger, const LensUnit *unit)
{
  const LensAacBlock *block = &unit->audio->block;
  gboolean behind = has_more (&unit->view, block->end / 8);

  if (!unit->audio->latm || block->outcome != LENS_AAC_WHOLE || (block->alignment == 0 && !behind))
    return;
  take_bits (ledger, unit, NULL, block->alignment != 0 ? block->alignment_start : block->end,
             behind ? 8 * unit->view.length : block->end, TRUE);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  AacLatm *state = data;

  if (unit->kind == LENS_UNIT_LATM)
    see_element (ledger, lens_by_track (&state->tracks, unit->track, sizeof (Voice)), unit);
  else
    see_end (ledger, unit);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  AacLatm *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "aac-latm") || carrier->subject == NULL)
        continue;
      const Voice *voice = lens_by_track_peek (&state->tracks, carrier->track);
      if (voice == NULL || !lens_habit_is_broken (&voice->config, CONFIG_SURPRISES))
        lens_ledger_find_room (ledger, carrier, NULL);
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((AacLatm *)data)->tracks, NULL);
}

/* Octets behind the element. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[100];

  while (lens_seed_bed_next (bed, LENS_UNIT_LATM, &place))
    {
      gsize count = lens_seed_bed_take (bed, octets, MIN (sizeof octets, place.spare));
      if (count > 0)
        lens_seed_bed_insert (bed, place.end, octets, count, LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_aac_latm = {
  .name = "aac-latm",
  .question = "Does the multiplex around AAC carry anything else?",
  .source = "RFC 6416; ISO/IEC 14496-3 1.7.3",
  .units = LENS_UNIT_LATM | LENS_UNIT_AAC,
  .channels = channels,
  .state_size = sizeof (AacLatm),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
