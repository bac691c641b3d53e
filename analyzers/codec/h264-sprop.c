/* h264-sprop: do the parameter sets of the description describe the video?
 *
 * RFC 6184 section 8.1: sprop-parameter-sets of an fmtp line has the sets of the stream, each in
 * base64, so that a player may begin without those in the stream; it reads them once, and only as
 * far as their syntax goes.
 *
 * Benign: a start code of Annex B before a set; zeros behind it, or whatever lies behind the same
 * set in the stream too (then it is the stream's); sets that differ from the stream's, as after a
 * change of settings, as long as the description stays.
 *
 *   room   8 bits per octet of a set that the stream does not have
 *   use    8 bits per octet of a unit that is no parameter set, or behind a set's end; 6 for each
 *          character that is no base64; 8 bits per octet of sets that differ from one description
 *          of a stream to the next, and from the stream
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/h264-parameter.h"
#include "wire/octets.h"

#include <string.h>

#define MISMATCH "sdp-sprop-mismatch"
#define VARIANTS "sets that change with each description"

enum
{
  FEW = 3, /* sets of one kind that a stream has not, in different descriptions */
  MAX_DESCRIBED = 256,
  MAX_SET = 4096, /* octets */
};

/* A set that a description had. */
typedef struct
{
  guint64 hash;
  LensSide *side;
  gint64 time_ns;
  GBytes *text;   /* base64, as it came */
  GArray *pieces; /* LensPiece */
} Described;

typedef struct
{
  GPtrArray *described;
  GHashTable *in_band; /* gint64 hash of sets that the streams had */
} Sprop;

static const LensChannelText channels[] = {
  { .id = MISMATCH,
    .summary = "The description's parameter sets hold more than parameter sets; players pass over "
               "it.",
    .room = "The description's parameter sets are not those of the stream.",
    .filter_hint = "sdp.fmtp.parameter contains \"sprop-parameter-sets\"",
    .reference = "RFC 6184 section 8.1; ITU-T H.264 (08/2021) 7.3.2.11",
    .hides = TRUE,
    .unit = LENS_UNIT_SDP },
  { NULL },
};

static void
described_free (gpointer data)
{
  Described *described = data;

  g_bytes_unref (described->text);
  g_array_unref (described->pieces);
  g_free (described);
}

static guint64
hash_of (const guint8 *octets, gsize length)
{
  while (length > 0 && octets[length - 1] == 0)
    length--;
  return lens_octets_hash (LENS_HASH_START, octets, length);
}

static void
use (LensLedger *ledger, const LensUnit *unit, guint64 bits, LensRange octets)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, MISMATCH, unit, NULL);

  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, octets.offset, octets.length);
}

/* --- one unit in base64 --- */

/* The characters that say something: letters of base64 and two paddings at most. */
static gsize
proper_length (const guint8 *text, gsize length)
{
  gsize at = 0;

  while (at < length && (g_ascii_isalnum (text[at]) || text[at] == '+' || text[at] == '/'))
    at++;
  for (guint padding = 0; padding < 2 && at < length && text[at] == '='; padding++)
    at++;
  return at;
}

static gsize
set_end (const guint8 *octets, gsize length)
{
  if ((octets[0] & 0x1f) == LENS_H264_SPS)
    {
      LensH264Sps sps;
      lens_h264_sps_parse (&sps, octets, length);
      return sps.valid ? sps.end.end : length;
    }
  LensH264Pps pps;
  lens_h264_pps_parse (&pps, NULL, octets, length);
  return pps.valid ? pps.end.end : length;
}

static void
keep (LensLedger *ledger, Sprop *state, const LensUnit *unit, LensRange text, guint64 hash)
{
  if (state->described == NULL)
    state->described = g_ptr_array_new_with_free_func (described_free);
  if (!lens_ledger_has_room (ledger, unit->side, state->described->len, MAX_DESCRIBED))
    return;
  Described *described = g_new0 (Described, 1);
  described->hash = hash;
  described->side = unit->side;
  described->time_ns = unit->time_ns;
  described->text = g_bytes_new (unit->view.octets + text.offset, text.length);
  described->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  lens_view_pieces (&unit->view, text.offset, text.length, described->pieces);
  g_ptr_array_add (state->described, described);
}

/* @octets: decoded from @text, from octet @start on, which lies behind a start code. */
static void
see_unit (LensLedger *ledger, Sprop *state, const LensUnit *unit, LensRange text,
          const guint8 *octets, gsize length)
{
  gsize start = 0;

  while (start < length && octets[start] == 0)
    start++;
  start = start >= 2 && start < length && octets[start] == 1 ? start + 1 : 0;
  if (length == start)
    return;
  guint type = octets[start] & 0x1f;
  if (type != LENS_H264_SPS && type != LENS_H264_PPS)
    {
      use (ledger, unit, 8 * (length - start), text);
      return;
    }
  guint64 hash = hash_of (octets + start, length - start);
  gsize end = start + set_end (octets + start, length - start), last = length;
  while (last > end && octets[last - 1] == 0)
    last--;
  keep (ledger, state, unit, text, hash);
  if (last == end)
    return;
  /* Three octets are four characters. */
  gsize from = end / 3 * 4;
  from = MIN (from, text.length - 1);
  use (ledger, unit, 8 * (last - end), (LensRange){ text.offset + from, text.length - from });
}

static void
see_text (LensLedger *ledger, Sprop *state, const LensUnit *unit, LensRange text)
{
  const guint8 *at = unit->view.octets + text.offset;
  gsize proper = proper_length (at, text.length), length;

  if (text.length > 2 * MAX_SET)
    {
      use (ledger, unit, 6 * text.length, text);
      return;
    }
  if (proper < text.length)
    use (ledger, unit, 6 * (text.length - proper),
         (LensRange){ text.offset + proper, text.length - proper });
  g_autofree char *copy = g_strndup ((const char *)at, proper);
  g_autofree guint8 *octets = g_base64_decode (copy, &length);
  see_unit (ledger, state, unit, (LensRange){ text.offset, proper }, octets, length);
}

/* --- descriptions --- */

static gboolean
ends_value (guint8 octet)
{
  return octet == ';' || octet == '\r' || octet == '\n' || octet == ' ' || octet == '"';
}

static void
see_description (LensLedger *ledger, Sprop *state, const LensUnit *unit)
{
  static const char name[] = "sprop-parameter-sets=";
  const LensView *view = &unit->view;
  gsize at = 0;

  for (const guint8 *found;
       (found = memmem (view->octets + at, view->length - at, name, strlen (name))) != NULL;)
    {
      at = (gsize)(found - view->octets) + strlen (name);
      while (at < view->length && !ends_value (view->octets[at]))
        {
          gsize end = at;
          while (end < view->length && view->octets[end] != ',' && !ends_value (view->octets[end]))
            end++;
          if (end > at)
            see_text (ledger, state, unit, (LensRange){ at, end - at });
          at = end < view->length && view->octets[end] == ',' ? end + 1 : end;
        }
    }
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Sprop *state = data;

  if (unit->kind == LENS_UNIT_SDP)
    {
      see_description (ledger, state, unit);
      return;
    }
  if (unit->nal->type != LENS_H264_SPS && unit->nal->type != LENS_H264_PPS)
    return;
  if (state->in_band == NULL)
    state->in_band = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  guint64 hash = hash_of (unit->view.octets, unit->view.length);
  if (g_hash_table_size (state->in_band) < 1024 && !g_hash_table_contains (state->in_band, &hash))
    g_hash_table_add (state->in_band, g_memdup2 (&hash, sizeof hash));
}

/* --- what came of it --- */

/* How many different sets the speaker described that no stream had. */
static guint
variants (const Sprop *state, const LensSide *side)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < state->described->len; i++)
    {
      Described *described = g_ptr_array_index (state->described, i);
      if (lens_address_equal (&described->side->key.src, &side->key.src)
          && !g_hash_table_contains (state->in_band, &described->hash))
        g_hash_table_add (seen, &described->hash);
    }
  return g_hash_table_size (seen);
}

static void
take (LensLedger *ledger, const Sprop *state, const Described *described)
{
  gsize length;
  const guint8 *text = g_bytes_get_data (described->text, &length);
  const LensUnit unit
      = { .kind = LENS_UNIT_SDP,
          .time_ns = described->time_ns,
          .side = described->side,
          .view = { text, length, (const LensPiece *)(gconstpointer)described->pieces->data,
                    described->pieces->len } };
  LensCarrier *carrier = lens_ledger_carrier (ledger, MISMATCH, &unit, VARIANTS);

  lens_ledger_room (ledger, carrier, &unit, 6 * length);
  if (variants (state, described->side) >= 2 * FEW)
    lens_ledger_use (ledger, carrier, &unit, 6 * length, 0, length);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  Sprop *state = data;

  if (state->described != NULL && state->in_band != NULL)
    for (guint i = 0; i < state->described->len; i++)
      {
        const Described *described = g_ptr_array_index (state->described, i);
        if (!g_hash_table_contains (state->in_band, &described->hash))
          take (ledger, state, described);
      }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  Sprop *state = data;

  g_clear_pointer (&state->described, g_ptr_array_unref);
  g_clear_pointer (&state->in_band, g_hash_table_unref);
}

/* A message in place of a set that six octets in base64 can hold, as a small SEI unit. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  enum
  {
    OCTETS = 6,
    LETTERS = 8,
  };
  LensSeedPlace place;
  guint8 octets[OCTETS] = { LENS_H264_SEI };

  while (lens_seed_bed_next (bed, LENS_UNIT_SDP, &place))
    {
      static const char name[] = "sprop-parameter-sets=";
      const guint8 *found
          = memmem (place.octets + place.start, place.end - place.start, name, strlen (name));
      const guint8 *end = place.octets + place.end;
      const guint8 *comma = found != NULL ? memchr (found, ',', (gsize)(end - found)) : NULL;
      if (comma == NULL || end - comma <= LETTERS + 1 || !ends_value (comma[LETTERS + 1]))
        continue;
      lens_seed_bed_fill (bed, octets + 1, OCTETS - 1);
      if (lens_seed_bed_take (bed, octets + 1, OCTETS - 1) == 0)
        continue;
      g_autofree char *text = g_base64_encode (octets, OCTETS);
      lens_seed_bed_replace (bed, (gsize)(comma + 1 - place.octets), (const guint8 *)text, LETTERS);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h264_sprop = {
  .name = "h264-sprop",
  .question = "Do the parameter sets of the description describe the video?",
  .source = "RFC 6184 section 8.1",
  .units = LENS_UNIT_NAL | LENS_UNIT_SDP,
  .channels = channels,
  .state_size = sizeof (Sprop),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
