#include "wire/h265-slice-data.h"

#include "wire/h265-coding.h"

#include <string.h>

enum
{
  MAX_SIDE = 16888,      /* luma samples, A.4.1 for level 6.2 */
  MAX_SAMPLES = 35651584 /* MaxLumaPs of level 6.2 */
};

/* The tile at hand, and the coding tree block: all in coding tree blocks. */
typedef struct
{
  guint width, height; /* of the picture */
  guint left, right, top, bottom, column, row;
  guint x, y;
  guint start_x, start_y;        /* of the slice */
  guint start_column, start_row; /* ... and its tile */
} Place;

typedef guint8 Contexts[LENS_H265_N_CONTEXTS];

struct _LensH265Walker
{
  LensH265Parser parser;
  Place place;
  Contexts wavefront, segment; /* TableStateIdxWpp, TableStateIdxDs */
  gboolean goes_on;            /* the segment before ended before @next_ctb */
  guint32 next_ctb;
};

static void
find_diagonals (LensH265Parser *parser)
{
  for (guint log2_size = 0; log2_size < 4; log2_size++)
    {
      guint size = 1u << log2_size, n = 0;
      for (guint sum = 0; sum < 2 * size - 1; sum++)
        for (guint x = sum < size ? 0 : sum - size + 1; x <= MIN (sum, size - 1); x++)
          parser->diagonal[log2_size][n++] = (guint8)(x | (sum - x) << 4);
    }
}

LensH265Walker *
lens_h265_walker_new (void)
{
  LensH265Walker *walker = g_new0 (LensH265Walker, 1);

  lens_h264_bits_init (&walker->parser.bits);
  walker->parser.pcm = g_array_new (FALSE, FALSE, sizeof (LensRange));
  find_diagonals (&walker->parser);
  lens_h265_find_contexts (&walker->parser);
  return walker;
}

void
lens_h265_walker_free (LensH265Walker *walker)
{
  if (walker == NULL)
    return;
  lens_h264_bits_clear (&walker->parser.bits);
  g_array_unref (walker->parser.pcm);
  g_free (walker->parser.depths);
  g_free (walker->parser.modes);
  g_free (walker);
}

void
lens_h265_walker_skip (LensH265Walker *walker)
{
  walker->goes_on = FALSE;
}

/* --- where --- */

static guint
tile_edge (const LensH265Pps *pps, gboolean column, guint index, guint length)
{
  guint count = column ? pps->tile_columns : pps->tile_rows;
  const guint16 *sizes = column ? pps->tile_widths : pps->tile_heights;
  guint edge = 0;

  if (pps->uniform_tiles || index >= count)
    return MIN (index, count) * length / count;
  for (guint i = 0; i < index; i++)
    edge += sizes[i];
  return MIN (edge, length);
}

/* Enters the tile number (@column, @row). */
static void
enter_tile (Place *place, const LensH265Pps *pps, guint column, guint row)
{
  place->column = column;
  place->row = row;
  place->left = tile_edge (pps, TRUE, column, place->width);
  place->right = tile_edge (pps, TRUE, column + 1, place->width);
  place->top = tile_edge (pps, FALSE, row, place->height);
  place->bottom = tile_edge (pps, FALSE, row + 1, place->height);
}

/* Stands at the coding tree block of @address. */
static void
enter (Place *place, const LensH265Pps *pps, guint32 address)
{
  guint column = 0, row = 0;

  place->x = address % place->width;
  place->y = address / place->width;
  while (column + 1 < pps->tile_columns
         && tile_edge (pps, TRUE, column + 1, place->width) <= place->x)
    column++;
  while (row + 1 < pps->tile_rows && tile_edge (pps, FALSE, row + 1, place->height) <= place->y)
    row++;
  enter_tile (place, pps, column, row);
}

/* Goes to the next coding tree block in tile scan (6.5.1); FALSE at the end of the picture. */
static gboolean
advance (Place *place, const LensH265Pps *pps)
{
  if (++place->x < place->right)
    return TRUE;
  place->x = place->left;
  if (++place->y < place->bottom)
    return TRUE;
  if (place->column + 1 < pps->tile_columns)
    enter_tile (place, pps, place->column + 1, place->row);
  else if (place->row + 1 < pps->tile_rows)
    enter_tile (place, pps, 0, place->row + 1);
  else
    return FALSE;
  place->x = place->left;
  place->y = place->top;
  return place->left < place->right && place->top < place->bottom;
}

/* Whether a coding tree block before the one at hand is of its tile and slice (6.4.1). */
static gboolean
is_available (const Place *place, guint x, guint y)
{
  if (x < place->left || x >= place->right || y < place->top)
    return FALSE;
  if (place->column != place->start_column || place->row != place->start_row)
    return TRUE;
  return y > place->start_y || (y == place->start_y && x >= place->start_x);
}

/* --- begin --- */

static gboolean
is_supported (const LensH265Slice *slice)
{
  const LensH265Sps *sps = slice->sps;
  const LensH265Pps *pps = slice->pps;

  return slice->valid && sps->range_flags == 0 && !pps->cross_component_prediction
         && !pps->chroma_qp_offset_list && !sps->separate_colour_plane && sps->width <= MAX_SIDE
         && sps->height <= MAX_SIDE && (guint64)sps->width * sps->height <= MAX_SAMPLES
         && sps->log2_ctb >= 3 && sps->log2_ctb <= 6 && sps->log2_min_cb >= 3
         && sps->log2_min_cb <= sps->log2_ctb && sps->log2_min_tb >= 2
         && sps->log2_min_tb < sps->log2_min_cb && sps->log2_max_tb <= 5
         && sps->log2_max_tb >= sps->log2_min_tb && pps->tile_columns <= LENS_H265_MAX_TILE_COLUMNS
         && pps->tile_rows <= LENS_H265_MAX_TILE_ROWS;
}

/* A dependent segment has all but its place from its slice (7.4.7.1). */
static gboolean
take_header (LensH265Walker *walker, const LensH265Slice *slice)
{
  LensH265Slice *kept = &walker->parser.slice;

  if (!slice->dependent)
    {
      *kept = *slice;
      return TRUE;
    }
  if (!walker->goes_on || walker->next_ctb != slice->address || kept->pps_id != slice->pps_id)
    return FALSE;
  kept->sps = slice->sps;
  kept->pps = slice->pps;
  kept->dependent = TRUE;
  kept->data = slice->data;
  return TRUE;
}

static void
make_maps (LensH265Parser *parser)
{
  const LensH265Sps *sps = parser->sps;
  guint shift = sps->log2_min_cb;

  parser->columns = (sps->width + (1u << shift) - 1) >> shift;
  parser->rows = (sps->height + (1u << shift) - 1) >> shift;
  parser->mode_columns = parser->columns << (shift - 2);
  parser->mode_rows = parser->rows << (shift - 2);
  gsize depths = (gsize)parser->columns * parser->rows;
  gsize modes = (gsize)parser->mode_columns * parser->mode_rows;
  if (depths != parser->n_depths)
    parser->depths = g_renew (guint8, parser->depths, depths);
  if (modes != parser->n_modes)
    parser->modes = g_renew (guint8, parser->modes, modes);
  if (depths != parser->n_depths || modes != parser->n_modes)
    {
      memset (parser->depths, 0, depths);
      memset (parser->modes, 0, modes);
    }
  parser->n_depths = depths;
  parser->n_modes = modes;
}

/* What is remembered of coding blocks is asked for within their slice only. */
static void
drop_maps (LensH265Parser *parser)
{
  g_clear_pointer (&parser->depths, g_free);
  g_clear_pointer (&parser->modes, g_free);
  parser->n_depths = parser->n_modes = 0;
}

static gboolean
begin (LensH265Walker *walker, const LensH265Slice *slice, const guint8 *octets, gsize length)
{
  LensH265Parser *parser = &walker->parser;
  Place *place = &walker->place;
  guint32 slice_address = parser->slice.address;

  if (!is_supported (slice) || !take_header (walker, slice))
    return FALSE;
  parser->sps = slice->sps;
  parser->pps = slice->pps;
  parser->chroma_type = lens_h265_sps_chroma_array_type (slice->sps);
  parser->broken = FALSE;
  g_array_set_size (parser->pcm, 0);
  make_maps (parser);
  guint ctb = 1u << slice->sps->log2_ctb;
  place->width = (slice->sps->width + ctb - 1) / ctb;
  place->height = (slice->sps->height + ctb - 1) / ctb;
  enter (place, slice->pps, slice->dependent ? slice_address : slice->address);
  place->start_x = place->x;
  place->start_y = place->y;
  place->start_column = place->column;
  place->start_row = place->row;
  enter (place, slice->pps, slice->address);
  lens_h264_bits_take (&parser->bits, octets, length, lens_rbsp_offset (&slice->data),
                       slice->data.bit);
  lens_h264_cabac_start (&parser->cabac, parser->bits.octets->data, parser->bits.length,
                         (parser->bits.position + 7) / 8);
  return TRUE;
}

/* --- contexts --- */

static guint
init_type (const LensH265Slice *slice)
{
  if (slice->slice_type == LENS_H265_I)
    return 0;
  return (slice->slice_type == LENS_H265_P) != slice->cabac_init ? 1 : 2;
}

static gboolean
begins_row (const LensH265Walker *walker)
{
  return walker->parser.pps->entropy_coding_sync && walker->place.x == walker->place.left;
}

/* 9.3.1, where a segment, a tile or a row begins */
static void
begin_contexts (LensH265Walker *walker, gboolean segment_begins)
{
  LensH265Parser *parser = &walker->parser;
  const Place *place = &walker->place;
  gboolean tile_begins = place->x == place->left && place->y == place->top;
  const guint8 *from = NULL;

  if (!tile_begins && begins_row (walker))
    from = is_available (place, place->x + 1, place->y - 1) ? walker->wavefront : NULL;
  else if (!tile_begins && segment_begins && parser->slice.dependent)
    from = walker->segment;
  if (from != NULL)
    memcpy (parser->cabac.state, from, LENS_H265_N_CONTEXTS);
  else
    lens_h265_contexts_init (&parser->cabac, init_type (&parser->slice), parser->slice.qp);
}

/* --- sao() --- */

static void
read_offsets (LensH265Parser *parser, guint component, guint type)
{
  guint depth = component == 0 ? parser->sps->bit_depth_luma : parser->sps->bit_depth_chroma;
  guint most = (1u << (MIN (depth, 10) - 5)) - 1, used = 0;

  for (guint i = 0; i < 4; i++)
    {
      guint value = 0;
      while (value < most && lens_h265_bypass (parser, 1) != 0)
        value++;
      used += value != 0 ? 1 : 0;
    }
  if (type == 1) /* band: signs, and its position */
    lens_h265_bypass (parser, used + 5);
  else if (component < 2) /* edge: its class */
    lens_h265_bypass (parser, 2);
}

static guint
read_sao_type (LensH265Parser *parser)
{
  if (!lens_h265_decision (parser, LENS_H265_CTX_SAO_TYPE))
    return 0;
  return 1 + lens_h265_bypass (parser, 1);
}

/* 7.3.8.3 */
static void
read_sao (LensH265Parser *parser)
{
  const LensH265Slice *slice = &parser->slice;
  guint type = 0;

  if (parser->has_left && lens_h265_decision (parser, LENS_H265_CTX_SAO_MERGE))
    return;
  if (parser->has_up && lens_h265_decision (parser, LENS_H265_CTX_SAO_MERGE))
    return;
  for (guint component = 0; component < (parser->chroma_type != 0 ? 3 : 1); component++)
    {
      if (!(component == 0 ? slice->sao_luma : slice->sao_chroma))
        continue;
      if (component < 2)
        type = read_sao_type (parser);
      if (type != 0)
        read_offsets (parser, component, type);
    }
}

/* --- slice_segment_data() --- */

static void
read_ctu (LensH265Walker *walker)
{
  LensH265Parser *parser = &walker->parser;
  const Place *place = &walker->place;
  guint shift = parser->sps->log2_ctb;

  parser->has_left = place->x > 0 && is_available (place, place->x - 1, place->y);
  parser->has_up = place->y > 0 && is_available (place, place->x, place->y - 1);
  if (parser->slice.sao_luma || parser->slice.sao_chroma)
    read_sao (parser);
  lens_h265_coding_tree (parser, place->x << shift, place->y << shift);
  if (parser->pps->entropy_coding_sync && place->x == place->left + 1)
    memcpy (walker->wavefront, parser->cabac.state, LENS_H265_N_CONTEXTS);
}

/* end_of_subset_one_bit and byte_alignment(), where a tile or a row ends */
static gboolean
begin_subset (LensH265Walker *walker)
{
  LensH265Parser *parser = &walker->parser;
  const Place *place = &walker->place;
  gboolean tile_begins = parser->pps->tiles && place->x == place->left && place->y == place->top;

  if (!tile_begins && !begins_row (walker))
    return TRUE;
  if (lens_h264_cabac_terminate (&parser->cabac) == 0)
    return FALSE;
  lens_h264_cabac_start (&parser->cabac, parser->bits.octets->data, parser->bits.length,
                         (lens_h264_cabac_position (&parser->cabac) + 7) / 8);
  begin_contexts (walker, FALSE);
  return TRUE;
}

/* TRUE: it ended, with the stop bit as the last one read. */
static gboolean
walk_segment (LensH265Walker *walker, guint32 *count)
{
  LensH265Parser *parser = &walker->parser;
  Place *place = &walker->place;
  gsize limit = 8 * parser->bits.length + 16;
  gboolean more = TRUE;

  begin_contexts (walker, TRUE);
  while (!parser->broken && lens_h264_cabac_position (&parser->cabac) <= limit)
    {
      read_ctu (walker);
      (*count)++;
      more = advance (place, parser->pps);
      if (lens_h264_cabac_terminate (&parser->cabac) != 0)
        {
          memcpy (walker->segment, parser->cabac.state, LENS_H265_N_CONTEXTS);
          walker->goes_on = more && !parser->broken;
          walker->next_ctb
              = more ? place->y * place->width + place->x : place->width * place->height;
          return !parser->broken;
        }
      if (!more || !begin_subset (walker))
        return FALSE;
    }
  return FALSE;
}

/* rbsp_slice_segment_trailing_bits() (7.3.2.10) at bit @stop of the RBSP; FALSE where they are
 * not. */
static gboolean
finish (const LensH265Parser *parser, gsize stop, const guint8 *octets, gsize length,
        LensH265Walk *walk)
{
  const LensH264Bits *bits = &parser->bits;
  gsize index = stop / 8;

  if (index >= bits->length)
    return FALSE;
  walk->stop_bit = (guint)(stop % 8);
  guint8 left = (guint8)(bits->octets->data[index] << walk->stop_bit);
  if ((left & 0x80) == 0)
    return FALSE;
  walk->alignment = (left & 0x7f) >> walk->stop_bit;
  walk->stop = lens_h264_bits_nal_offset (bits, index);
  walk->end = walk->rest = walk->stop + 1;
  while (length - walk->rest >= 3 && memcmp (octets + walk->rest, "\0\0\3", 3) == 0)
    {
      walk->rest += 3;
      walk->n_zero_words++;
    }
  return TRUE;
}

void
lens_h265_walker_walk (LensH265Walker *walker, const LensH265Slice *slice, const guint8 *octets,
                       gsize length, LensH265Walk *walk)
{
  LensH265Parser *parser = &walker->parser;

  *walk = (LensH265Walk){ .status = LENS_H265_WALK_UNSUPPORTED };
  gboolean begun = begin (walker, slice, octets, length);
  walker->goes_on = FALSE;
  if (!begun)
    return;
  gboolean whole = walk_segment (walker, &walk->n_ctbs);
  walk->next_ctb = walker->next_ctb;
  walk->pcm = (const LensRange *)(gconstpointer)parser->pcm->data;
  walk->n_pcm = parser->pcm->len;
  walk->status = LENS_H265_WALK_BROKEN;
  if (whole && finish (parser, lens_h264_cabac_position (&parser->cabac) - 1, octets, length, walk))
    walk->status = LENS_H265_WALK_WHOLE;
  lens_h264_bits_let_go (&parser->bits);
  if (!walker->goes_on)
    drop_maps (parser);
}
