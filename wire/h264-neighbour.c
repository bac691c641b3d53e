#include "wire/h264-neighbour.h"

#include <string.h>

enum
{
  /* Macroblocks of a frame: as many as level 6.2 has (Table A-1), and its width (A.3.1). */
  MAX_SIZE = 139264,
  MAX_WIDTH = 1055,
};

gboolean
lens_h264_place_begin (LensH264Place *place, const LensH264Slice *slice)
{
  static const guint8 chroma_rows[] = { 0, 2, 4, 4 };
  guint32 width = lens_h264_sps_width (slice->sps);
  gsize need = (gsize)width * (slice->mbaff ? 4 : 2);

  if (width == 0 || width > MAX_WIDTH || lens_h264_sps_height (slice->sps) > MAX_SIZE / width)
    return FALSE;
  if (need > place->n_ring)
    {
      place->ring = g_renew (LensH264Mb, place->ring, need);
      place->n_ring = need;
    }
  place->width = width;
  place->mbaff = slice->mbaff;
  place->field = slice->field_pic;
  guint chroma_type = lens_h264_sps_chroma_array_type (slice->sps);
  place->chroma_rows = chroma_rows[chroma_type];
  place->chroma_columns = chroma_type == 3 ? 4 : 2;
  place->first = place->mb = slice->first_mb * (slice->mbaff ? 2 : 1);
  place->x = slice->first_mb % width;
  place->y = slice->first_mb / width;
  return TRUE;
}

void
lens_h264_place_clear (LensH264Place *place)
{
  g_free (place->ring);
}

/* The macroblock at @x in row @y, or the first one of the pair. */
static LensH264Mb *
slot (const LensH264Place *place, guint32 x, guint32 y)
{
  return place->ring + (((gsize)(y & 1) * place->width + x) << place->mbaff);
}

/* The macroblock, or the pair, to the left and above; NULL: not in the slice. */
static LensH264Mb *
beside (const LensH264Place *place)
{
  guint32 unit = place->mb >> place->mbaff, first = place->first >> place->mbaff;

  return place->x > 0 && unit - 1 >= first ? slot (place, place->x - 1, place->y) : NULL;
}

static LensH264Mb *
above (const LensH264Place *place)
{
  guint32 unit = place->mb >> place->mbaff, first = place->first >> place->mbaff;

  return unit >= place->width && unit - place->width >= first ? slot (place, place->x, place->y + 1)
                                                              : NULL;
}

/* The row of blocks that @pair has beside line @y of @height (Table 6-4). */
static LensH264Left
left_of_pair (const LensH264Place *place, const LensH264Mb *pair, gboolean lower, guint y,
              guint height)
{
  guint which = lower;

  if (pair == NULL)
    return (LensH264Left){ NULL, 0 };
  if (!place->field && pair->field)
    {
      /* Rows of a frame macroblock begin at even lines, those of the top field. */
      which = 0;
      y = (y + (lower ? height : 0)) / 2;
    }
  else if (place->field && !pair->field)
    {
      which = y >= height / 2;
      y = 2 * y - (which ? height : 0);
    }
  return (LensH264Left){ pair + which, y / 4 };
}

static void
find_left (LensH264Place *place, gboolean lower)
{
  const LensH264Mb *left = beside (place);

  for (guint i = 0; i < 4; i++)
    {
      if (place->mbaff)
        place->left[i] = left_of_pair (place, left, lower, 4 * i, 16);
      else
        place->left[i] = (LensH264Left){ left, i };
      if (place->mbaff && i < place->chroma_rows)
        place->chroma_left[i] = left_of_pair (place, left, lower, 4 * i, 4 * place->chroma_rows);
      else
        place->chroma_left[i] = (LensH264Left){ left, i };
    }
}

static const LensH264Mb *
above_of_pair (const LensH264Place *place, const LensH264Mb *pair, gboolean lower)
{
  if (!place->field && lower)
    return place->current - 1;
  if (pair == NULL)
    return NULL;
  return pair + (place->field && !lower && pair->field ? 0 : 1);
}

void
lens_h264_place_enter (LensH264Place *place, gboolean field)
{
  gboolean lower = place->mbaff && (place->mb & 1) != 0;

  place->field = field;
  place->current = slot (place, place->x, place->y) + lower;
  memset (place->current, 0, sizeof *place->current);
  place->current->field = field;
  find_left (place, lower);
  place->top = place->mbaff ? above_of_pair (place, above (place), lower) : above (place);
}

void
lens_h264_place_next (LensH264Place *place)
{
  place->mb++;
  if (place->mbaff && (place->mb & 1) != 0)
    return;
  if (++place->x == place->width)
    {
      place->x = 0;
      place->y++;
    }
}

gboolean
lens_h264_place_inferred_field (const LensH264Place *place)
{
  const LensH264Mb *pair = beside (place);

  if (pair == NULL)
    pair = above (place);
  return pair != NULL && pair->field;
}

guint
lens_h264_place_field_context (const LensH264Place *place)
{
  const LensH264Mb *left = beside (place), *top = above (place);

  return (left != NULL && left->field ? 1 : 0) + (top != NULL && top->field ? 1 : 0);
}

void
lens_h264_place_set_pair_field (LensH264Place *place, gboolean field)
{
  slot (place, place->x, place->y)->field = field;
}
