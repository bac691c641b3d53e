#include "wire/h264-cabac.h"

#include <string.h>

/* Table 9-44, rangeTabLPS */
static const guint8 range_lps[64][4] = {
  { 128, 176, 208, 240 }, { 128, 167, 197, 227 }, { 128, 158, 187, 216 }, { 123, 150, 178, 205 },
  { 116, 142, 169, 195 }, { 111, 135, 160, 185 }, { 105, 128, 152, 175 }, { 100, 122, 144, 166 },
  { 95, 116, 137, 158 },  { 90, 110, 130, 150 },  { 85, 104, 123, 142 },  { 81, 99, 117, 135 },
  { 77, 94, 111, 128 },   { 73, 89, 105, 122 },   { 69, 85, 100, 116 },   { 66, 80, 95, 110 },
  { 62, 76, 90, 104 },    { 59, 72, 86, 99 },     { 56, 69, 81, 94 },     { 53, 65, 77, 89 },
  { 51, 62, 73, 85 },     { 48, 59, 69, 80 },     { 46, 56, 66, 76 },     { 43, 53, 63, 72 },
  { 41, 50, 59, 69 },     { 39, 48, 56, 65 },     { 37, 45, 54, 62 },     { 35, 43, 51, 59 },
  { 33, 41, 48, 56 },     { 32, 39, 46, 53 },     { 30, 37, 43, 50 },     { 29, 35, 41, 48 },
  { 27, 33, 39, 45 },     { 26, 31, 37, 43 },     { 24, 30, 35, 41 },     { 23, 28, 33, 39 },
  { 22, 27, 32, 37 },     { 21, 26, 30, 35 },     { 20, 24, 29, 33 },     { 19, 23, 27, 31 },
  { 18, 22, 26, 30 },     { 17, 21, 25, 28 },     { 16, 20, 23, 27 },     { 15, 19, 22, 25 },
  { 14, 18, 21, 24 },     { 14, 17, 20, 23 },     { 13, 16, 19, 22 },     { 12, 15, 18, 21 },
  { 12, 14, 17, 20 },     { 11, 14, 16, 19 },     { 11, 13, 15, 18 },     { 10, 12, 15, 17 },
  { 10, 12, 14, 16 },     { 9, 11, 13, 15 },      { 9, 11, 12, 14 },      { 8, 10, 12, 14 },
  { 8, 9, 11, 13 },       { 7, 9, 11, 12 },       { 7, 9, 10, 12 },       { 7, 8, 10, 11 },
  { 6, 8, 9, 11 },        { 6, 7, 9, 10 },        { 6, 7, 8, 9 },         { 2, 2, 2, 2 },
};

/* Table 9-45, transIdxLPS */
static const guint8 next_lps[64] = {
  0,  0,  1,  2,  2,  4,  4,  5,  6,  7,  8,  9,  9,  11, 11, 12, 13, 13, 15, 15, 16, 16,
  18, 18, 19, 19, 21, 21, 22, 22, 23, 24, 24, 25, 26, 26, 27, 27, 28, 29, 29, 30, 30, 30,
  31, 32, 32, 33, 33, 33, 34, 34, 35, 35, 35, 36, 36, 36, 37, 37, 37, 38, 38, 63,
};

/* The contexts of Cb and Cr in 4:4:4: where they begin, those of luma with the same values, and how
 * many they are. */
static const guint16 copies[][3] = {
  { 460, 85, 12 },  { 472, 85, 12 },  { 484, 105, 44 }, { 528, 105, 44 }, { 572, 166, 44 },
  { 616, 166, 44 }, { 660, 402, 15 }, { 675, 436, 15 }, { 690, 417, 9 },  { 699, 451, 9 },
  { 708, 426, 10 }, { 718, 402, 15 }, { 733, 436, 15 }, { 748, 417, 9 },  { 757, 451, 9 },
  { 766, 426, 10 }, { 776, 277, 44 }, { 820, 277, 44 }, { 864, 338, 44 }, { 908, 338, 44 },
  { 952, 227, 30 }, { 982, 227, 30 }, { 1012, 93, 4 },  { 1016, 93, 4 },  { 1020, 93, 4 },
};

void
lens_h264_cabac_init_contexts (LensH264Cabac *cabac, guint init, gint32 slice_qp)
{
  gint32 qp = CLAMP (slice_qp, 0, 51);

  for (guint i = 0; i < LENS_H264_N_CONTEXTS; i++)
    {
      gint32 m = lens_h264_context_init[i][2 * init], n = lens_h264_context_init[i][2 * init + 1];
      gint32 pre = CLAMP (((m * qp) >> 4) + n, 1, 126);
      cabac->state[i] = (guint8)(pre <= 63 ? 2 * (63 - pre) : 2 * (pre - 64) + 1);
    }
  for (guint i = 0; i < G_N_ELEMENTS (copies); i++)
    memcpy (cabac->state + copies[i][0], cabac->state + copies[i][1], copies[i][2]);
}

/* Keeps at least 8 bits ahead, more than one bin can take. */
static inline void
refill (LensH264Cabac *cabac)
{
  while (cabac->ahead <= 40)
    {
      cabac->value
          = cabac->value << 8 | (cabac->next < cabac->length ? cabac->octets[cabac->next] : 0);
      cabac->next++;
      cabac->ahead += 8;
    }
}

void
lens_h264_cabac_start (LensH264Cabac *cabac, const guint8 *octets, gsize length, gsize at)
{
  cabac->octets = octets;
  cabac->length = length;
  cabac->next = at;
  cabac->value = 0;
  cabac->ahead = -9;
  cabac->range = 510;
  refill (cabac);
}

/* RenormD (Figure 9-33) */
static inline void
renormalize (LensH264Cabac *cabac)
{
  gint shift = __builtin_clz (cabac->range) - 23;

  cabac->range <<= shift;
  cabac->ahead -= shift;
  if (cabac->ahead < 8)
    refill (cabac);
}

guint
lens_h264_cabac_decision (LensH264Cabac *cabac, guint context)
{
  guint8 state = cabac->state[context];
  guint bin = state & 1;
  guint32 lps = range_lps[state >> 1][cabac->range >> 6 & 3];

  cabac->bins++;
  cabac->range -= lps;
  guint64 bound = (guint64)cabac->range << cabac->ahead;
  if (cabac->value < bound)
    {
      if (state < 2 * 62)
        cabac->state[context] = state + 2;
      if (cabac->range < 256)
        renormalize (cabac);
      return bin;
    }
  cabac->value -= bound;
  cabac->range = lps;
  guint8 most_probable = (guint8)(state < 2 ? !bin : bin);
  cabac->state[context] = (guint8)(2 * next_lps[state >> 1] | most_probable);
  renormalize (cabac);
  return !bin;
}

guint
lens_h264_cabac_bypass (LensH264Cabac *cabac)
{
  cabac->bins++;
  cabac->ahead--;
  guint64 bound = (guint64)cabac->range << cabac->ahead;
  guint bin = cabac->value >= bound;
  if (bin)
    cabac->value -= bound;
  if (cabac->ahead < 8)
    refill (cabac);
  return bin;
}

guint
lens_h264_cabac_terminate (LensH264Cabac *cabac)
{
  cabac->bins++;
  cabac->range -= 2;
  if (cabac->value >= (guint64)cabac->range << cabac->ahead)
    return 1;
  if (cabac->range < 256)
    renormalize (cabac);
  return 0;
}
