/* aac-framing: what lies around the access units of AAC?
 *
 * RFC 3640: an RTP payload begins with a header for each access unit, of which a player needs
 * the size (3.2.1), and may have an auxiliary section, which it passes over (3.2.2).  An access
 * unit ends in up to seven bits of 0 (2.2); nothing may follow.  Some cameras wrap each unit in
 * ADTS as well (ISO/IEC 14496-3 1.A.2.2), whose free bits stay as they are.
 *
 *   room   bits of auxiliary data, of AU-Index and what follows it, of fill, of ADTS' free bits
 *   use    auxiliary data; bits of fill that are set; octets behind an access unit, and where they
 *          are zeros, 3 bits for a size that no rate explains; values of the fields that their
 *          habit does not foresee
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/fill-sizes.h"
#include "ledger/habit.h"
#include "ledger/seed-bed.h"

#include "wire/adts.h"

enum
{
  INDEX_SURPRISES = 8, /* more than losses and restarts explain */
  ADTS_SURPRISES = 4,
  VARIABLE_RATE = 0x7ff, /* a buffer_fullness that means none */
  SHORT_HEADERS = 16,    /* headers of a packet whose indices are followed */
};

typedef struct
{
  LensHabit index[SHORT_HEADERS]; /* AU-Index, AU-Index-delta */
  LensHabit times, state;         /* CTS, DTS and RAP; stream state */
  LensHabit adts;                 /* private, copyright and home bits */
  LensHabit fullness;
  LensFillSizes sizes; /* of units with zeros behind their end */
} Voice;

typedef struct
{
  LensByTrack tracks; /* Voice */
} AacFraming;

static const LensChannelText channels[] = {
  { .id = "aac-rfc3640-aux",
    .summary = "Sections and fields around the sound, which players pass over, carry data.",
    .filter_hint = "rtp",
    .reference = "RFC 3640 sections 2.2, 3.2.1 and 3.2.2",
    .hides = TRUE,
    .unit = LENS_UNIT_AAC_PACKET },
  { .id = "aac-adts-bits",
    .summary = "Free bits of the headers that wrap the sound say something.",
    .filter_hint = "rtp",
    .reference = "ISO/IEC 14496-3, adts_fixed_header() and adts_variable_header()",
    .hides = TRUE,
    .unit = LENS_UNIT_ADTS },
  { NULL },
};

static void
take_bits (LensLedger *ledger, const LensUnit *unit, const char *subject, gsize start, gsize end,
           guint64 used)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "aac-rfc3640-aux", unit, subject);
  LensRange octets = lens_aac_octets_of (start, end);

  lens_ledger_room (ledger, carrier, unit, end - start);
  if (used > 0)
    lens_ledger_use (ledger, carrier, unit, used, octets.offset, octets.length);
}

/* Fill up to an octet, which must be 0. */
static void
see_fill (LensLedger *ledger, const LensUnit *unit, gsize start, gsize end)
{
  LensBits bits = lens_bits_between (unit->view.octets, start, end);

  for (gsize at = start; at < end; at++)
    if (lens_bits_u (&bits, 1) != 0)
      {
        take_bits (ledger, unit, NULL, start, end, end - start);
        return;
      }
}

/* --- RFC 3640 --- */

static void
see_auxiliary (LensLedger *ledger, const LensUnit *unit, const LensAuPacket *packet)
{
  gsize end = packet->auxiliary_start + packet->auxiliary_bits;

  if (packet->auxiliary_bits > 0)
    take_bits (ledger, unit, NULL, packet->auxiliary_start, end, packet->auxiliary_bits);
  if (packet->auxiliary.length > 0)
    see_fill (ledger, unit, end, 8 * lens_range_end (packet->auxiliary));
}

static void
see_header (LensLedger *ledger, Voice *voice, const LensUnit *unit, const LensAuHeader *header,
            guint position)
{
  gsize index_start = header->start + unit->audio->sections->size_length;
  guint64 times = header->random_access | (guint64)header->has_cts << 1
                  | (guint64)header->has_dts << 2 | (guint64)header->cts_delta << 3
                  | (guint64)header->dts_delta << 33;

  if (header->cts_start > index_start && position < SHORT_HEADERS
      && !lens_habit_take (&voice->index[position], header->index))
    take_bits (ledger, unit, "index", index_start, header->cts_start,
               header->cts_start - index_start);
  if (header->end == header->cts_start)
    return;
  gboolean foreseen = lens_habit_take (&voice->times, times);
  if (!lens_habit_take (&voice->state, header->stream_state) || !foreseen)
    take_bits (ledger, unit, "times", header->cts_start, header->end,
               header->end - header->cts_start);
}

static void
see_packet (LensLedger *ledger, Voice *voice, const LensUnit *unit)
{
  const LensAuFormat *format = unit->audio->sections;
  LensAuPacket packet = lens_au_packet_over (format, unit->view.octets, unit->view.length);
  LensAuHeader header;
  gsize at = 0;

  if (packet.cut)
    return;
  for (guint n = 0; n < LENS_AU_MAX_HEADERS
                    && lens_au_header_next (format, &packet, unit->view.octets, &at, &header);
       n++)
    see_header (ledger, voice, unit, &header, n);
  /* Bits that AU-headers-length counts and that make no header. */
  if (at > 0 && at < packet.headers_end)
    take_bits (ledger, unit, NULL, at, packet.headers_end, packet.headers_end - at);
  if (packet.headers.length > 0)
    see_fill (ledger, unit, packet.headers_end, 8 * packet.headers.length);
  see_auxiliary (ledger, unit, &packet);
}

/* Behind ID_END.  Zeros may fill up to a constant rate (ledger/fill-sizes.h). */
static void
see_end (LensLedger *ledger, Voice *voice, const LensUnit *unit)
{
  const LensAacBlock *block = &unit->audio->block;
  gsize end = 8 * unit->view.length;

  if (unit->audio->latm || block->outcome != LENS_AAC_WHOLE)
    return;
  see_fill (ledger, unit, block->alignment_start, block->end);
  for (gsize at = block->end / 8; at < unit->view.length; at++)
    if (unit->view.octets[at] != 0)
      {
        take_bits (ledger, unit, NULL, block->end, end, end - block->end);
        return;
      }
  if (lens_fill_sizes_take (&voice->sizes, unit->view.length, unit->view.length - block->end / 8))
    {
      LensCarrier *carrier = lens_ledger_carrier (ledger, "aac-rfc3640-aux", unit, "zeros");
      lens_ledger_room (ledger, carrier, unit, LENS_FILL_SIZES_BITS);
      lens_ledger_use (ledger, carrier, unit, LENS_FILL_SIZES_BITS, block->end / 8,
                       unit->view.length - block->end / 8);
    }
}

/* --- ADTS --- */

/* Of its 56 bits: private 23, original 27, home 28, copyright 29 and 30, fullness 43 to 53.  The
 * checksum that may follow is the encoder's. */
static void
see_adts (LensLedger *ledger, Voice *voice, const LensUnit *unit)
{
  LensAdts adts;

  if (!lens_adts_parse (unit->view.octets, unit->view.length, &adts))
    return;
  guint64 flags = (guint64)adts.private_bit << 4 | (guint64)adts.original_copy << 3
                  | (guint64)adts.home << 2 | (guint64)adts.copyright_bit << 1
                  | adts.copyright_start;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "aac-adts-bits", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 5);
  if (!lens_habit_take (&voice->adts, flags))
    lens_ledger_use (ledger, carrier, unit, 5, 2, 2);
  if (!lens_habit_take (&voice->fullness, adts.buffer_fullness))
    lens_ledger_use (ledger, lens_ledger_carrier (ledger, "aac-adts-bits", unit, "fullness"), unit,
                     11, 5, 2);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  AacFraming *state = data;
  Voice *voice = lens_by_track (&state->tracks, unit->track, sizeof (Voice));

  if (unit->kind == LENS_UNIT_AAC_PACKET)
    see_packet (ledger, voice, unit);
  else if (unit->kind == LENS_UNIT_ADTS)
    see_adts (ledger, voice, unit);
  else
    see_end (ledger, voice, unit);
}

/* --- conclude --- */

static gboolean
indices_speak (const Voice *voice)
{
  for (guint i = 0; i < SHORT_HEADERS; i++)
    if (lens_habit_is_broken (&voice->index[i], INDEX_SURPRISES))
      return TRUE;
  return FALSE;
}

static gboolean
speaks (const Voice *voice, const LensCarrier *carrier)
{
  if (voice == NULL)
    return FALSE;
  /* The fullness of a real reservoir moves. */
  if (g_strcmp0 (carrier->subject, "fullness") == 0)
    return voice->fullness.common == VARIABLE_RATE
           && lens_habit_is_broken (&voice->fullness, ADTS_SURPRISES);
  if (g_str_equal (carrier->channel, "aac-adts-bits"))
    return lens_habit_is_broken (&voice->adts, ADTS_SURPRISES);
  if (carrier->subject == NULL)
    return TRUE;
  if (g_str_equal (carrier->subject, "zeros"))
    return lens_fill_sizes_speak (&voice->sizes);
  if (g_str_equal (carrier->subject, "index"))
    return indices_speak (voice);
  return lens_habit_is_broken (&voice->times, INDEX_SURPRISES)
         || lens_habit_is_broken (&voice->state, INDEX_SURPRISES);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  AacFraming *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "aac-framing")
          || speaks (lens_by_track_peek (&state->tracks, carrier->track), carrier))
        continue;
      if (g_strcmp0 (carrier->subject, "zeros") == 0)
        lens_ledger_pass_over (ledger, carrier);
      else
        lens_ledger_find_room (ledger, carrier, NULL);
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((AacFraming *)data)->tracks, NULL);
}

/* --- seed --- */

/* Octets behind the unit that is alone in its packet, counted as its own. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  enum
  {
    HEAD = 4,
    MOST = 100
  };
  LensSeedPlace place;
  guint8 octets[MOST];

  while (g_str_equal (channel, "aac-rfc3640-aux")
         && lens_seed_bed_next (bed, LENS_UNIT_AAC_PACKET, &place))
    {
      const guint8 *payload = place.octets + place.start;
      gsize length = place.end - place.start;
      if (length <= HEAD || payload[0] != 0 || payload[1] != 16
          || (gsize)(payload[2] << 5 | payload[3] >> 3) != length - HEAD || place.spare < MOST)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, MOST), size = length - HEAD + count;
      if (count == 0)
        continue;
      const guint8 head[] = { (guint8)(size >> 5), (guint8)(size << 3) };
      lens_seed_bed_replace (bed, place.start + 2, head, sizeof head);
      lens_seed_bed_insert (bed, place.end, octets, count, LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_aac_framing = {
  .name = "aac-framing",
  .question = "What lies around the access units of AAC?",
  .source = "RFC 3640 sections 2.2 and 3.2; ISO/IEC 14496-3 1.A.2.2",
  .units = LENS_UNIT_AAC_PACKET | LENS_UNIT_AAC | LENS_UNIT_ADTS,
  .channels = channels,
  .state_size = sizeof (AacFraming),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
