#include "ledger/lots.h"

#include "ledger/spot.h"

#define CLOSE 4    /* octets ahead of the one before, as a counter's is */
#define SKEWED 1.5 /* times as often alike as lots are */
#define HOLES_IN 4 /* values of the range, of which one is never drawn */

typedef struct
{
  gint64 time_ns;
  LensPiece piece;
  guint16 number;
} Kept;

struct LensLots
{
  guint32 n;
  guint32 counts[2][256]; /* of the high octet and the low one */
  guint32 close[2];
  guint8 last[2];
  GArray *kept; /* Kept */
};

LensLots *
lens_lots_new (void)
{
  LensLots *lots = g_new0 (LensLots, 1);

  lots->kept = g_array_new (FALSE, FALSE, sizeof (Kept));
  return lots;
}

void
lens_lots_free (LensLots *lots)
{
  if (lots == NULL)
    return;
  g_array_unref (lots->kept);
  g_free (lots);
}

void
lens_lots_take (LensLots *lots, guint16 number, const LensUnit *unit, gsize offset)
{
  const LensSpot spot = lens_spot_at (unit, offset, 2);

  for (guint half = 0; half < 2; half++)
    {
      guint8 octet = (guint8)(half == 0 ? number >> 8 : number), ahead = octet - lots->last[half];
      lots->counts[half][octet]++;
      lots->close[half] += lots->n > 0 && ahead >= 1 && ahead <= CLOSE;
      lots->last[half] = octet;
    }
  lots->n++;
  LensPiece piece;
  if (lots->kept->len >= LENS_LOTS_KEPT || !lens_spot_is_whole (&spot, &piece))
    return;
  const Kept kept = { unit->time_ns, piece, number };
  g_array_append_val (lots->kept, kept);
}

static gboolean
are_even (const guint32 *counts, guint32 n)
{
  guint first = 256, last = 0, distinct = 0;
  double alike = 0;

  for (guint octet = 0; octet < 256; octet++)
    {
      if (counts[octet] == 0)
        continue;
      first = MIN (first, octet);
      last = octet;
      distinct++;
      alike += (double)counts[octet] * (counts[octet] - 1);
    }
  guint range = last - first + 1;
  return alike / n / (n - 1) * distinct < SKEWED && distinct * HOLES_IN > range * (HOLES_IN - 1);
}

gboolean
lens_lots_are_fair (const LensLots *lots)
{
  if (lots->n < LENS_LOTS_LEAST)
    return TRUE;
  for (guint half = 0; half < 2; half++)
    if (lots->close[half] * 2 > lots->n || !are_even (lots->counts[half], lots->n))
      return FALSE;
  return TRUE;
}

void
lens_lots_use (const LensLots *lots, LensLedger *ledger, const char *channel, LensSide *side,
               guint64 bits)
{
  for (guint i = 0; i < lots->kept->len; i++)
    {
      const Kept *kept = &g_array_index (lots->kept, Kept, i);
      const LensSpot spot = lens_spot_of (kept->time_ns, side, &kept->piece, kept->number, 2);
      lens_spot_use (&spot, ledger, channel, NULL, bits);
    }
}
