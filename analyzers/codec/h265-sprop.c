/* h265-sprop: does the description name the parameter sets that the video has?
 *
 * RFC 7798 section 7.1: sprop-vps, sprop-sps, sprop-pps and sprop-sei bring NAL units of their
 * type before the stream does.  Players that find them in the stream need no description.
 *
 * Benign: a start code before a unit, zeros behind it, padding of Base64 left away; the sets of
 * another resolution than the one that is sent, as long as each description names the same.
 *
 *   room   8 bits per octet of the units
 *   use    8 bits per octet of a unit of another type or layer, of SEI that no known encoder
 * writes, behind the end of a set, or of a set that the stream does not have while descriptions
 * differ; 2 for Base64 that no writer writes
 */
#include "ledger/analyzer.h"
#include "ledger/h265-watch.h"
#include "ledger/sei-judge.h"
#include "ledger/seed-bed.h"

#include "wire/h265-sei.h"
#include "wire/sei-user-data.h"
#include "wire/sprop.h"

#include <string.h>

#define CHANNEL "sdp-sprop-mismatch"

enum
{
  STRAY = 4,    /* octets behind a set that some cameras leave */
  MAX_SETS = 8, /* of one type that are remembered */
};

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "The description of the video holds units that are no parameter sets of it; "
               "players pass over them.",
    .room = "The description of the video holds its parameter sets; more could hide in them.",
    .filter_hint = "sdp.fmtp.parameter contains \"sprop\"",
    .reference = "RFC 7798 section 7.1",
    .hides = TRUE,
    .unit = LENS_UNIT_SDP },
  { NULL },
};

typedef struct
{
  const char *name;
  guint8 types[2];
} Parameter;

static const Parameter parameters[] = {
  { "sprop-vps=", { LENS_H265_VPS, LENS_H265_VPS } },
  { "sprop-sps=", { LENS_H265_SPS, LENS_H265_SPS } },
  { "sprop-pps=", { LENS_H265_PPS, LENS_H265_PPS } },
  { "sprop-sei=", { LENS_H265_PREFIX_SEI, LENS_H265_SUFFIX_SEI } },
};

typedef struct
{
  GPtrArray *described[G_N_ELEMENTS (parameters)]; /* GBytes, different ones */
  GByteArray *octets;
  LensSeiJudge judge;
} Sprop;

/* Octets behind the syntax of a set, zeros not counted. */
static gsize
octets_behind (const guint8 *octets, gsize length, guint8 type)
{
  LensRbspEnd end = { .end = length };
  LensH265Vps vps;
  LensH265Sps sps;
  LensH265Pps pps;
  gboolean valid = FALSE;

  while (length > 0 && octets[length - 1] == 0)
    length--;
  if (type == LENS_H265_VPS)
    {
      lens_h265_vps_parse (&vps, octets, length);
      end = vps.end;
      valid = vps.valid;
    }
  else if (type == LENS_H265_SPS)
    {
      lens_h265_sps_parse (&sps, octets, length);
      end = sps.end;
      valid = sps.valid;
    }
  else if (type == LENS_H265_PPS)
    {
      lens_h265_pps_parse (&pps, octets, length);
      end = pps.end;
      valid = pps.valid;
    }
  return valid && !end.odd && !end.short_read ? length - MIN (end.end, length) : 0;
}

/* Whether the unit is another than all that descriptions named so far, and there are more than a
 * device has resolutions. */
static gboolean
is_one_of_many (Sprop *sprop, guint which, const guint8 *octets, gsize length)
{
  GPtrArray **known = &sprop->described[which];

  if (*known == NULL)
    *known = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  for (guint i = 0; i < (*known)->len; i++)
    {
      gsize size;
      const guint8 *other = g_bytes_get_data (g_ptr_array_index (*known, i), &size);
      if (lens_sprop_same (octets, length, other, size))
        return FALSE;
    }
  if ((*known)->len < MAX_SETS)
    g_ptr_array_add (*known, g_bytes_new (octets, length));
  return (*known)->len > MAX_SETS / 2;
}

/* Whether a message of the SEI unit is one that no known encoder writes. */
static gboolean
is_foreign_sei (Sprop *sprop, const LensH265Nal *nal)
{
  const LensUnit unit = { .view = nal->view };
  LensSei sei = lens_sei_over (nal->view.octets, nal->view.length, LENS_H265_HEADER);
  LensSeiMessage message;

  while (lens_sei_next (&sei, &message))
    {
      const GByteArray *payload = lens_sei_judge_payload (&sprop->judge, &unit, &message);
      if (message.cut
          || !lens_h265_sei_is_defined (message.payload_type, nal->type == LENS_H265_SUFFIX_SEI))
        return TRUE;
      if (message.payload_type == LENS_SEI_UNREGISTERED
          && lens_sei_user_data (payload->data, payload->len, NULL) == LENS_SEI_DATA_UNKNOWN)
        return TRUE;
      if (message.payload_type == LENS_SEI_REGISTERED
          && !lens_sei_is_registered (payload->data, payload->len))
        return TRUE;
    }
  return FALSE;
}

static void
judge (LensLedger *ledger, Sprop *sprop, const LensUnit *unit, guint which, LensRange text)
{
  const Parameter *parameter = &parameters[which];
  GByteArray *octets = sprop->octets;
  LensCarrier *carrier = lens_ledger_carrier (ledger, CHANNEL, unit, NULL);
  gboolean proper = lens_sprop_decode (unit->view.octets + text.offset, text.length, octets);
  gsize start = lens_sprop_start (octets->data, octets->len);
  LensH265Nal nal = { .view = { octets->data + start, octets->len - start, NULL, 0 } };

  lens_h265_read_header (&nal);
  lens_ledger_room (ledger, carrier, unit, 8 * octets->len);
  gboolean foreign = nal.view.length <= LENS_H265_HEADER || nal.forbidden_bit || nal.layer_id != 0
                     || (nal.type != parameter->types[0] && nal.type != parameter->types[1]);
  if (!foreign && nal.type >= LENS_H265_PREFIX_SEI)
    foreign = is_foreign_sei (sprop, &nal);
  gsize behind = foreign ? 0 : octets_behind (nal.view.octets, nal.view.length, nal.type);
  if (foreign || is_one_of_many (sprop, which, nal.view.octets, nal.view.length))
    lens_ledger_use (ledger, carrier, unit, 8 * MAX (octets->len, 1), text.offset, text.length);
  else if (behind > STRAY)
    {
      gsize characters = MIN ((4 * behind + 2) / 3 + 2, text.length);
      lens_ledger_use (ledger, carrier, unit, 8 * behind, lens_range_end (text) - characters,
                       characters);
    }
  else if (!proper)
    lens_ledger_use (ledger, carrier, unit, 2, lens_range_end (text) - MIN (text.length, 4),
                     MIN (text.length, 4));
}

/* Other codecs have parameters of the same names (RFC 9328). */
static gboolean
is_h265 (const LensView *view)
{
  static const char codec[] = "H265/";

  return memmem (view->octets, view->length, codec, sizeof codec - 1) != NULL;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Sprop *sprop = data;
  LensRange value;

  if (!is_h265 (&unit->view))
    return;
  if (sprop->octets == NULL)
    sprop->octets = g_byte_array_new ();
  for (guint which = 0; which < G_N_ELEMENTS (parameters); which++)
    for (gsize at = 0; lens_sprop_next (unit->view.octets, unit->view.length,
                                        parameters[which].name, &at, &value);)
      for (gsize from = value.offset, end = lens_range_end (value); from < end;)
        {
          const guint8 *comma = memchr (unit->view.octets + from, ',', end - from);
          gsize stop = comma != NULL ? (gsize)(comma - unit->view.octets) : end;
          if (stop > from)
            judge (ledger, sprop, unit, which, (LensRange){ from, stop - from });
          from = stop + 1;
        }
}

static void
clear (gpointer data)
{
  Sprop *sprop = data;

  g_clear_pointer (&sprop->octets, g_byte_array_unref);
  lens_sei_judge_clear (&sprop->judge);
  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    g_clear_pointer (&sprop->described[i], g_ptr_array_unref);
}

/* --- seeds --- */

/* A unit of a reserved type among the sets, in a format of its own. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[2 + 120] = { 41 << 1, 1 };

  while (lens_seed_bed_next (bed, LENS_UNIT_SDP, &place))
    {
      if (place.spare < 300 || !lens_seed_bed_has_length (bed))
        continue;
      gsize count = lens_seed_bed_take (bed, octets + 2, 120);
      if (count == 0)
        continue;
      g_autofree char *text = g_base64_encode (octets, 2 + count);
      g_autofree char *line
          = g_strdup_printf ("a=rtpmap:96 H265/90000\r\na=fmtp:96 sprop-vps=%s\r\n", text);
      lens_seed_bed_put_line (bed, line);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h265_sprop = {
  .name = "h265-sprop",
  .question = "Do descriptions of H.265 hold only its parameter sets?",
  .source = "RFC 7798 section 7.1",
  .units = LENS_UNIT_SDP,
  .channels = channels,
  .state_size = sizeof (Sprop),
  .see = see,
  .clear = clear,
  .seed = seed,
};
