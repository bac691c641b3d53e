/* RTP payloads of H.264: each octet becomes part of one NAL unit or one span; and what a NAL unit
 * is read as: SEI messages, parameter sets, slices walked to their end. */
#include "tests/fuzz/fuzz.h"

#include "wire/h264-slice-data.h"
#include "wire/h264.h"
#include "wire/sei.h"

typedef struct
{
  gsize out; /* octets of units and spans */
  LensH264Sets *sets;
  LensH264Walker *walker;
} Reader;

static void
check_slice (Reader *reader, const guint8 *octets, gsize length)
{
  LensH264Slice slice;
  LensH264Walk walk;

  gboolean parsed = lens_h264_slice_parse (&slice, reader->sets, octets, length);
  g_assert_true (parsed == slice.valid);
  for (guint i = 0; i < LENS_H264_N_AT; i++)
    fuzz_inside (octets, length, slice.at[i]);
  if (!parsed || lens_h264_slice_picture_size (&slice) > 4096)
    return;
  lens_h264_walker_walk (reader->walker, &slice, octets, length, 0, &walk);
  for (guint i = 0; i < walk.n_pcm; i++)
    fuzz_inside (octets, length, walk.pcm[i]);
  if (walk.status != LENS_H264_WALK_WHOLE)
    return;
  g_assert_cmpuint (walk.stop, <, length);
  g_assert_cmpuint (walk.end, <=, walk.rest);
  g_assert_cmpuint (walk.rest, <=, length);
}

static void
see_nal (const LensNal *nal, gpointer user)
{
  Reader *reader = user;
  const guint8 *octets = nal->view.octets;
  gsize length = nal->view.length, at = 0, zeros, next;
  LensRange part;

  fuzz_view (&nal->view);
  /* The first octet of a fragmented unit was made, and counts as its FU header. */
  reader->out += length;
  if (length == 0)
    return;
  while (lens_nal_split (octets, length, &at, &part, &zeros))
    {
      fuzz_inside (octets, length, part);
      g_assert_cmpuint (zeros, <=, part.length);
    }
  for (gsize from = 1; from < length; from = MAX (next, from + 1))
    if (lens_nal_odd_zeros (octets, length, from, &next) >= length)
      break;
  lens_rbsp_filler_difference (octets, length, 1);
  lens_h264_sets_take (reader->sets, octets, length);
  if (nal->type == 1 || nal->type == 2 || nal->type == 5)
    check_slice (reader, octets, length);
}

static void
see_span (LensH264SpanKind kind, const LensView *payload, LensRange range, gpointer user)
{
  fuzz_inside (payload->octets, payload->length, range);
  ((Reader *)user)->out += range.length;
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  g_auto (FuzzPart) part = { 0 };
  g_autoptr (LensH264Sets) sets = lens_h264_sets_new ();
  g_autoptr (LensH264Walker) walker = lens_h264_walker_new ();
  Reader reader = { 0, sets, walker };
  g_autoptr (LensH264) h264 = lens_h264_new (see_nal, see_span, &reader);
  guint16 sequence = 65530;
  gsize in = 0;

  while (fuzz_part_next (&cursor, &part))
    {
      sequence = (guint16)(sequence + 1 - (part.flags & 0x30) / 16);
      lens_h264_push (h264, &part.view, sequence, part.flags & 0x0f, (part.flags & 0x80) != 0);
      in += part.length;
    }
  lens_h264_flush (h264);
  g_assert_cmpuint (in, ==, reader.out);
  return 0;
}
