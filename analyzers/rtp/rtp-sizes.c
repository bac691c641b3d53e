/* rtp-sizes: is the size of a fragment anything but the largest that fits?
 *
 * RFC 6184 section 5.8, RFC 7798 section 4.4.3, RFC 2435 section 3.1.2: a unit that is too large
 * for a packet is cut; where, is the sender's choice.  Senders fill each packet but the last, or
 * cut into equal parts.
 *
 * Benign: the largest size that the track has again and again, of the payload or of the whole
 * packet, or of the data in first parts, some of which have a table before it (JPEG); parts
 * that are equal but for an octet, the last one too; a size that stays for a while.
 *
 * A track is judged a stretch at a time; of units that no size to come can make odd, only the
 * sizes are kept until then.
 *
 *   use    per unit that is cut another way: the bits by which its first part, and any that is
 *          unlike the first, falls short of the largest
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/own-source.h"
#include "ledger/seed-bed.h"
#include "ledger/spot.h"

#include "wire/rtp-fragment.h"

#include <string.h>

enum
{
  FEW = 24,          /* units cut another way, ... */
  SHARE = 20,        /* ... and one in so many, below which nothing is said */
  FAMILIAR = 8,      /* units in a row, or parts in all, that make a size usual */
  MAX_PARTS = 512,   /* of a unit that are looked at */
  MAX_UNITS = 4096,  /* that are judged together, and ... */
  MAX_SPOTS = 16384, /* ... fragments of them */
  MAX_SIZES = 4096,  /* that they may have */
};

/* A fragment. */
typedef struct
{
  LensSpot spot;           /* its head */
  guint16 payload, packet; /* octets */
  guint16 data;            /* of the unit itself */
} Part;

/* A unit that was cut; its parts lie in Cuts.parts, the last part among them. */
typedef struct
{
  guint first, n;
  guint32 size;          /* of the payloads but the last, if they are equal; else of the first */
  gboolean equal, split; /* all but the last; the last, too */
  gboolean odd;          /* set when it is judged */
} Cut;

typedef struct
{
  guint16 size;  /* octets */
  guint16 count; /* parts: at most MAX_SPOTS and those of one unit more */
} Size;

typedef enum
{
  PAYLOADS,
  PACKETS,
  FIRST_DATA, /* of first parts */
  N_SIZES,
} Sizes;

typedef struct
{
  LensTrack *track;
  LensOwnSource source;
  gboolean open;
  guint16 sequence;
  guint32 to;             /* of JPEG: where the next fragment goes */
  guint start;            /* of the unit at hand, in @parts */
  GArray *parts;          /* Part */
  GArray *cuts;           /* Cut: those that may be odd */
  guint n_cuts, n_parts;  /* all */
  GArray *sizes[N_SIZES]; /* Size, rising: of all parts but the last of each unit */
  guint32 run_size;       /* of the units so far that have one size, ... */
  guint run;              /* ... how many they are, ... */
  guint run_cuts;         /* ... and where their cuts begin */
} Cuts;

static const LensChannelText channels[] = {
  { .id = "rtp-size-modulation",
    .summary = "Media is cut into packets of sizes that no rule explains; the sizes can carry "
               "data.",
    .filter_hint = "rtp",
    .reference = "RFC 6184 section 5.8; RFC 7798 section 4.4.3; RFC 2435 section 3.1.2",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static const Part *
part_at (const Cuts *cuts, guint index)
{
  return &g_array_index (cuts->parts, Part, index);
}

/* --- units --- */

static gboolean
alike (const Part *a, const Part *b)
{
  return a->payload == b->payload || a->packet == b->packet;
}

static void
note_size (GArray *sizes, guint16 size)
{
  guint low = 0, high = sizes->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (g_array_index (sizes, Size, middle).size < size)
        low = middle + 1;
      else
        high = middle;
    }
  if (low < sizes->len && g_array_index (sizes, Size, low).size == size)
    g_array_index (sizes, Size, low).count++;
  else
    {
      const Size one = { size, 1 };
      g_array_insert_val (sizes, low, one);
    }
}

static void
note_sizes (Cuts *cuts, const Cut *cut)
{
  note_size (cuts->sizes[FIRST_DATA], part_at (cuts, cut->first)->data);
  for (guint i = 0; i + 1 < cut->n; i++)
    {
      note_size (cuts->sizes[PAYLOADS], part_at (cuts, cut->first + i)->payload);
      note_size (cuts->sizes[PACKETS], part_at (cuts, cut->first + i)->packet);
    }
}

/* As far as can be known now: unless it was cut into equal parts, or like those before. */
static gboolean
may_be_odd (Cuts *cuts, const Cut *cut)
{
  if (cuts->run == 0 || cut->size != cuts->run_size)
    {
      cuts->run = 0;
      cuts->run_size = cut->size;
      cuts->run_cuts = cuts->cuts->len;
    }
  cuts->run = MIN (cuts->run + 1, FAMILIAR + 1);
  return !cut->split && !(cut->equal && cuts->run > FAMILIAR);
}

/* The size of the last units has become familiar: those that were cut to it are not odd. */
static void
drop_run (Cuts *cuts)
{
  guint n = cuts->run_cuts;
  guint parts = n < cuts->cuts->len ? g_array_index (cuts->cuts, Cut, n).first : cuts->parts->len;

  for (guint c = n; c < cuts->cuts->len; c++)
    {
      Cut cut = g_array_index (cuts->cuts, Cut, c);
      if (cut.equal)
        continue;
      Part *all = (Part *)(gpointer)cuts->parts->data;
      memmove (all + parts, all + cut.first, cut.n * sizeof *all);
      cut.first = parts;
      parts += cut.n;
      g_array_index (cuts->cuts, Cut, n++) = cut;
    }
  g_array_set_size (cuts->cuts, n);
  g_array_set_size (cuts->parts, parts);
}

static void
close_unit (Cuts *cuts)
{
  guint n = cuts->parts->len - cuts->start;
  Cut cut = { .first = cuts->start, .n = n, .equal = TRUE, .split = TRUE };
  const Part *first = part_at (cuts, cuts->start);

  cuts->open = FALSE;
  /* Of two parts the first, of more the second: some put a header before the first. */
  cut.size = part_at (cuts, cuts->start + (n > 2))->payload;
  for (guint i = 1; i < n; i++)
    {
      const Part *part = part_at (cuts, cuts->start + i);
      if (i + 1 < n)
        cut.equal &= alike (part, part_at (cuts, cuts->start + (n > 2)));
      cut.split &= ABS ((gint64)part->payload - (gint64)first->payload) <= (gint64)n;
    }
  note_sizes (cuts, &cut);
  cuts->n_cuts++;
  cuts->n_parts += n;
  if (may_be_odd (cuts, &cut))
    g_array_append_val (cuts->cuts, cut);
  else
    g_array_set_size (cuts->parts, cuts->start);
  if (cuts->run == FAMILIAR)
    drop_run (cuts);
}

static void
drop_unit (Cuts *cuts)
{
  cuts->open = FALSE;
  g_array_set_size (cuts->parts, cuts->start);
}

/* Whether as much is remembered as is judged together. */
static gboolean
is_full (const Cuts *cuts)
{
  for (guint of = 0; of < N_SIZES; of++)
    if (cuts->sizes[of]->len >= MAX_SIZES)
      return TRUE;
  return cuts->n_cuts >= MAX_UNITS || cuts->n_parts >= MAX_SPOTS;
}

static void judge (LensLedger *ledger, Cuts *cuts);

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensRtp *rtp = unit->rtp;
  const LensRtpFragment fragment = *unit->fragment;

  if (fragment.place == LENS_FRAGMENT_UNKNOWN)
    return;
  Cuts *cuts = lens_by_track (data, unit->track, sizeof *cuts);
  if (lens_own_source_take (&cuts->source, rtp->ssrc) == LENS_SOURCE_OTHER)
    return;
  if (cuts->parts == NULL)
    {
      cuts->track = unit->track;
      cuts->parts = g_array_new (FALSE, FALSE, sizeof (Part));
      cuts->cuts = g_array_new (FALSE, FALSE, sizeof (Cut));
      for (guint of = 0; of < N_SIZES; of++)
        cuts->sizes[of] = g_array_new (FALSE, FALSE, sizeof (Size));
    }
  gboolean jpeg = fragment.of == LENS_FRAGMENT_OF_JPEG;
  gboolean last = jpeg ? rtp->marker : fragment.place == LENS_FRAGMENT_LAST;
  gboolean goes_on
      = cuts->open && rtp->sequence == (guint16)(cuts->sequence + 1)
        && (jpeg ? fragment.position == cuts->to : fragment.place == LENS_FRAGMENT_MIDDLE || last);
  cuts->sequence = rtp->sequence;
  cuts->to = fragment.position + (guint32)(rtp->payload.length - fragment.head);
  if (!goes_on && cuts->open)
    drop_unit (cuts);
  if (fragment.place == LENS_FRAGMENT_FIRST)
    {
      cuts->open = TRUE;
      cuts->start = cuts->parts->len;
    }
  else if (!goes_on)
    return;
  if (!cuts->open)
    return;
  /* Neither a datagram nor an interleaved frame is longer than 65,535 octets. */
  const Part part = { .spot = lens_spot_at (unit, rtp->payload.offset, MIN (fragment.head, 4)),
                      .payload = (guint16)rtp->payload.length,
                      .packet = (guint16)unit->view.length,
                      .data = (guint16)(rtp->payload.length - fragment.head) };
  g_array_append_val (cuts->parts, part);
  if (cuts->parts->len - cuts->start > MAX_PARTS)
    drop_unit (cuts);
  else if (last && cuts->parts->len - cuts->start > 1)
    {
      close_unit (cuts);
      if (is_full (cuts))
        judge (ledger, cuts);
    }
  else if (last)
    drop_unit (cuts);
}

/* --- judgement --- */

/* The sizes that are usual, octets; 0: there is none. */
typedef struct
{
  guint32 payload, packet;
  guint32 first; /* data of a first part */
} Usual;

/* The largest size that enough parts have; 0: none.  Of the data of first parts, of which there
 * are few, it is one in eight: what a sender drew at random is not usual. */
static guint32
largest (const Cuts *cuts, Sizes of)
{
  guint enough = of == FIRST_DATA ? MAX (FAMILIAR, cuts->n_cuts / 8) : FAMILIAR;

  for (guint i = cuts->sizes[of]->len; i > 0; i--)
    {
      const Size *size = &g_array_index (cuts->sizes[of], Size, i - 1);
      if (size->count >= enough)
        return size->size;
    }
  return 0;
}

static gboolean
is_usual (const Cuts *cuts, const Cut *cut, guint index, const Usual *usual)
{
  const Part *part = part_at (cuts, cut->first + index);

  return part->payload == usual->payload || part->packet == usual->packet
         || (index == 0 && part->data == usual->first);
}

static guint64
bits_short (const Part *part, guint32 payload)
{
  guint32 apart = payload > part->payload ? payload - part->payload : part->payload - payload;

  return g_bit_storage (MAX (apart, 1));
}

static void
use_cut (LensLedger *ledger, const Cuts *cuts, const Cut *cut, const Usual *usual)
{
  /* Equal parts say one thing, others one each; which part is the last is part of it. */
  for (guint i = 0; i < cut->n; i++)
    {
      const Part *part = part_at (cuts, cut->first + i);
      gboolean end = i + 1 == cut->n;
      if (!cut->equal && !end && is_usual (cuts, cut, i, usual))
        continue;
      gboolean speaks = !end && (i == 0 || !cut->equal);
      if (!end || cut->equal)
        lens_spot_use (&part->spot, ledger, "rtp-size-modulation", cuts->track,
                       speaks ? bits_short (part, usual->payload) : 0);
    }
}

static void
judge (LensLedger *ledger, Cuts *cuts)
{
  guint odd = 0;
  const Usual usual
      = { largest (cuts, PAYLOADS), largest (cuts, PACKETS), largest (cuts, FIRST_DATA) };

  for (guint c = 0; usual.payload > 0 && c < cuts->cuts->len; c++)
    {
      Cut *cut = &g_array_index (cuts->cuts, Cut, c);
      cut->odd = !cut->equal || !is_usual (cuts, cut, cut->n > 2, &usual);
      odd += cut->odd;
    }
  for (guint c = 0; odd >= FEW && odd * SHARE >= cuts->n_cuts && c < cuts->cuts->len; c++)
    if (g_array_index (cuts->cuts, Cut, c).odd)
      use_cut (ledger, cuts, &g_array_index (cuts->cuts, Cut, c), &usual);
  for (guint of = 0; of < N_SIZES; of++)
    g_array_set_size (cuts->sizes[of], 0);
  g_array_set_size (cuts->parts, 0);
  g_array_set_size (cuts->cuts, 0);
  cuts->n_cuts = cuts->n_parts = cuts->run_cuts = 0;
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const LensByTrack *tracks = data;

  for (guint i = 0; i < lens_rows_n (tracks); i++)
    {
      Cuts *cuts = lens_rows_peek (tracks, i);
      if (cuts != NULL && cuts->parts != NULL)
        judge (ledger, cuts);
    }
  lens_spot_find_used (ledger, "rtp-size-modulation");
}

static void
cuts_clear (gpointer data)
{
  Cuts *cuts = data;

  g_clear_pointer (&cuts->parts, g_array_unref);
  g_clear_pointer (&cuts->cuts, g_array_unref);
  for (guint of = 0; of < N_SIZES; of++)
    g_clear_pointer (&cuts->sizes[of], g_array_unref);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (data, cuts_clear);
}

/* Filler (type 12) in two fragments, the first of a size that says something. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  enum
  {
    HEAD = LENS_RTP_HEADER_LENGTH + 2,
    LEAST = 40,
    FILLER = 12,
    FU_A = 28
  };
  guint16 sequence = (guint16)lens_seed_bed_below (bed, 0x10000);
  guint8 octets[HEAD + LEAST + 256];
  LensSeedPlace place;
  guint32 value;

  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      const char *codec = place.track->codec;
      if (codec == NULL || !g_str_equal (codec, "H264"))
        continue;
      if (lens_seed_bed_take_bits (bed, &value, 8) == 0)
        continue;
      memset (octets, 0xff, sizeof octets);
      memcpy (octets, place.octets + place.start, LENS_RTP_HEADER_LENGTH);
      octets[0] = 0x80;
      octets[1] &= 0x7f;
      octets[LENS_RTP_HEADER_LENGTH] = FU_A;
      for (guint end = 0; end < 2; end++)
        {
          octets[2] = (guint8)(sequence >> 8);
          octets[3] = (guint8)sequence++;
          octets[LENS_RTP_HEADER_LENGTH + 1] = (guint8)(end ? 0x40 | FILLER : 0x80 | FILLER);
          lens_seed_bed_send_beside (bed, octets, HEAD + (end ? LEAST / 4 : LEAST + value));
        }
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtp_sizes = {
  .name = "rtp-sizes",
  .question = "Are media units cut where packets are full, or into equal parts?",
  .source = "RFC 6184 section 5.8; RFC 7798 section 4.4.3; RFC 2435 section 3.1.2",
  .units = LENS_UNIT_RTP,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
