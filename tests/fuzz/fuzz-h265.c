/* RTP payloads of H.265: each octet becomes part of one NAL unit or one span; and what a NAL unit
 * is read as: parameter sets, SEI messages, slice segments walked to their end. */
#include "tests/fuzz/fuzz.h"

#include "wire/h265-sei.h"
#include "wire/h265-slice-data.h"
#include "wire/h265.h"

typedef struct
{
  gsize out;
  LensH265Sets *sets;
  LensH265Walker *walker;
} Reader;

static void
check_slice (Reader *reader, const guint8 *octets, gsize length)
{
  LensH265Slice slice;
  LensH265Walk walk;

  gboolean parsed = lens_h265_slice_parse (&slice, reader->sets, octets, length);
  g_assert_true (parsed == slice.valid);
  for (guint i = 0; i < LENS_H265_N_AT; i++)
    fuzz_inside (octets, length, slice.at[i]);
  if (!parsed || lens_h265_sps_ctbs (slice.sps) > 1024)
    {
      lens_h265_walker_skip (reader->walker);
      return;
    }
  lens_h265_walker_walk (reader->walker, &slice, octets, length, &walk);
  for (guint i = 0; i < walk.n_pcm; i++)
    fuzz_inside (octets, length, walk.pcm[i]);
  if (walk.status != LENS_H265_WALK_WHOLE)
    return;
  g_assert_cmpuint (walk.stop, <, length);
  g_assert_cmpuint (walk.end, <=, walk.rest);
  g_assert_cmpuint (walk.rest, <=, length);
}

static void
check_sei (Reader *reader, const guint8 *octets, gsize length)
{
  LensSei sei = lens_sei_over (octets, length, LENS_H265_HEADER);
  LensSeiMessage message;
  gsize end;

  while (lens_sei_next (&sei, &message))
    for (guint id = 0; id < 2; id++)
      if (lens_h265_sei_fit (octets, &message, lens_h265_sets_sps (reader->sets, id), &end)
          == LENS_H265_SEI_LONGER)
        g_assert_cmpuint (end, <, lens_range_end (message.payload));
}

static void
see_nal (const LensH265Nal *nal, gpointer user)
{
  Reader *reader = user;

  fuzz_view (&nal->view);
  reader->out += nal->view.length;
  if (nal->view.length < LENS_H265_HEADER)
    return;
  lens_h265_sets_take (reader->sets, nal->view.octets, nal->view.length);
  if (nal->type == LENS_H265_PREFIX_SEI || nal->type == LENS_H265_SUFFIX_SEI)
    check_sei (reader, nal->view.octets, nal->view.length);
  if (lens_h265_is_slice (nal->type))
    check_slice (reader, nal->view.octets, nal->view.length);
}

static void
see_span (LensH265SpanKind kind, const LensView *payload, LensRange range, gpointer user)
{
  fuzz_inside (payload->octets, payload->length, range);
  ((Reader *)user)->out += range.length;
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  g_auto (FuzzPart) part = { 0 };
  g_autoptr (LensH265Sets) sets = lens_h265_sets_new ();
  g_autoptr (LensH265Walker) walker = lens_h265_walker_new ();
  Reader reader = { 0, sets, walker };
  gboolean with_don = lens_cursor_u8 (&cursor) & 1;
  g_autoptr (LensH265) h265 = lens_h265_new (with_don, see_nal, see_span, &reader);
  guint16 sequence = 65530;
  gsize in = 0;

  while (fuzz_part_next (&cursor, &part))
    {
      LensH265Paci paci;
      sequence = (guint16)(sequence + 1 - (part.flags & 0x30) / 16);
      lens_h265_read_paci (part.octets, part.length, &paci);
      lens_h265_push (h265, &part.view, sequence, part.flags & 0x0f, (part.flags & 0x80) != 0);
      in += part.length;
    }
  lens_h265_flush (h265);
  g_assert_cmpuint (in, ==, reader.out);
  return 0;
}
