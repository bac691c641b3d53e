/* A slice of H.264 that no encoder made: one macroblock of samples, and nothing else that is new.
 */
#include "ledger/seed-inside.h"

#include <string.h>

enum
{
  P_I_PCM = 5 + 25, /* mb_type in P slices (Tables 7-11 and 7-13) */
};

typedef struct
{
  GByteArray *octets;
  gsize bits;
} Writer;

static void
put_bits (Writer *writer, guint32 value, guint count)
{
  for (guint i = count; i > 0; i--, writer->bits++)
    {
      const guint8 empty = 0;
      if (writer->bits % 8 == 0)
        g_byte_array_append (writer->octets, &empty, 1);
      guint bit = value >> (i - 1) & 1;
      writer->octets->data[writer->octets->len - 1] |= (guint8)(bit << (7 - writer->bits % 8));
    }
}

/* ue(v) of H.264 9.1 */
static void
put_ue (Writer *writer, guint32 value)
{
  put_bits (writer, value + 1, 2 * g_bit_storage (value + 1) - 1);
}

gboolean
lens_seed_bed_can_put_pcm (const LensSeedBed *bed, const LensH264Slice *like)
{
  return lens_seed_bed_is_single_nal (bed) && like->valid && like->slice_type == LENS_H264_P
         && like->first_mb == 0 && !like->pps->entropy_coding_mode && !like->mbaff
         && !like->field_pic && lens_h264_sps_chroma_array_type (like->sps) == 1
         && like->sps->bit_depth_luma == 8 && like->sps->bit_depth_chroma == 8;
}

/* The bits up to where the data of @like begin. */
static void
put_header (Writer *writer, const LensH264Slice *like)
{
  LensRbsp header = lens_rbsp_over (like->data.octets, like->data.length, 1);

  while (!header.short_read
         && (header.position < like->data.position
             || (header.position == like->data.position && header.bit < like->data.bit)))
    put_bits (writer, lens_rbsp_u (&header, 1), 1);
}

void
lens_seed_bed_put_pcm (LensSeedBed *bed, const LensH264Slice *like, guint32 address,
                       const guint8 samples[LENS_SEED_PCM])
{
  g_autoptr (GByteArray) rbsp = g_byte_array_new ();
  Writer writer = { rbsp, 0 };
  guint32 size = lens_h264_slice_picture_size (like);

  address = MIN (address, size - 1);
  put_header (&writer, like);
  put_ue (&writer, address); /* mb_skip_run */
  put_ue (&writer, P_I_PCM);
  while (writer.bits % 8 != 0)
    put_bits (&writer, 0, 1); /* pcm_alignment_zero_bit */
  g_byte_array_append (rbsp, samples, LENS_SEED_PCM);
  writer.bits += 8 * LENS_SEED_PCM;
  if (address + 1 < size)
    put_ue (&writer, size - address - 1); /* mb_skip_run */
  put_bits (&writer, 1, 1);               /* rbsp_stop_one_bit */
  lens_seed_bed_put_nal (bed, like->data.octets[0], rbsp->data, rbsp->len);
}
