#include "wire/h264.h"

#include "wire/cursor.h"

enum
{
  STAP_A = 24,
  STAP_B = 25,
  MTAP16 = 26,
  MTAP24 = 27,
  FU_A = 28,
  FU_B = 29,
};

struct _LensH264
{
  LensNalFunc nal;
  LensH264SpanFunc span;
  gpointer user;

  gboolean started; /* a packet came before: @sequence and @timestamp are its own */
  guint16 sequence;
  guint32 timestamp;
  gboolean marker;

  gboolean open; /* a fragmented NAL unit waits for its end */
  LensAssembly assembly;
  LensPieces scratch; /* pieces of slices */
  guint8 fu_first;    /* its header octet */
  guint fu_flags;
  guint16 fu_sequence;
};

LensH264 *
lens_h264_new (LensNalFunc nal, LensH264SpanFunc span, gpointer user)
{
  LensH264 *h264 = g_new0 (LensH264, 1);

  h264->nal = nal;
  h264->span = span;
  h264->user = user;
  lens_assembly_init (&h264->assembly);
  return h264;
}

void
lens_h264_free (LensH264 *h264)
{
  if (h264 == NULL)
    return;
  lens_assembly_clear (&h264->assembly);
  lens_pieces_clear (&h264->scratch);
  g_free (h264);
}

static void
give_span (LensH264 *h264, LensH264SpanKind kind, const LensView *payload, gsize offset,
           gsize length)
{
  if (length > 0 && h264->span != NULL)
    h264->span (kind, payload, (LensRange){ offset, length }, h264->user);
}

static void
give_nal (LensH264 *h264, LensView view, guint flags, guint16 first_sequence)
{
  guint8 header = view.octets[0];
  guint8 type = header & 0x1f;
  gboolean inside = (flags & (LENS_NAL_AGGREGATED | LENS_NAL_FRAGMENTED)) != 0;

  if (type == 0 || type >= 30 || (inside && type >= STAP_A))
    flags |= LENS_NAL_UNSPECIFIED;
  const LensNal nal = {
    .forbidden_bit = (header & 0x80) != 0,
    .ref_idc = header >> 5 & 3,
    .type = type,
    .flags = flags,
    .view = view,
    .timestamp = h264->timestamp,
    .first_sequence = first_sequence,
    .last_sequence = h264->sequence,
    .marker = h264->marker,
  };
  h264->nal (&nal, h264->user);
}

/* Gives out the fragmented NAL unit; @h264's sequence and marker are its last packet's. */
static void
close_fragments (LensH264 *h264, guint flags)
{
  give_nal (h264, lens_assembly_view (&h264->assembly), h264->fu_flags | flags, h264->fu_sequence);
  h264->open = FALSE;
  lens_assembly_empty (&h264->assembly);
}

void
lens_h264_flush (LensH264 *h264)
{
  if (h264->open)
    close_fragments (h264, LENS_NAL_INCOMPLETE);
  h264->started = FALSE;
}

/* Starts a NAL unit at this fragment, whether or not it is the first one sent. */
static void
open_fragments (LensH264 *h264, const LensView *payload, guint8 header, guint flags)
{
  h264->open = TRUE;
  h264->fu_first = header;
  h264->fu_flags = LENS_NAL_FRAGMENTED | flags;
  h264->fu_sequence = h264->sequence;
  give_span (h264, LENS_H264_FU_HEAD, payload, 0, 1);
  lens_assembly_append (&h264->assembly, payload, 1, 1);
  h264->assembly.octets->data[0] = header;
}

/* FU-A and FU-B (5.8).  The packet's sequence, timestamp and marker are already in @h264;
 * fragments that do not belong to it were closed before. */
static void
push_fragment (LensH264 *h264, const LensView *payload)
{
  gsize head = (payload->octets[0] & 0x1f) == FU_B ? 4 : 2;

  if (payload->length < head)
    {
      give_span (h264, LENS_H264_CUT, payload, 0, payload->length);
      return;
    }

  guint8 fu = payload->octets[1];
  guint8 header = (payload->octets[0] & 0xe0) | (fu & 0x1f);
  gboolean start = (fu & 0x80) != 0;
  gboolean end = (fu & 0x40) != 0;
  if (!h264->open)
    open_fragments (h264, payload, header, start ? 0 : LENS_NAL_INCOMPLETE);
  else
    {
      give_span (h264, LENS_H264_FU_HEAD, payload, 0, 2);
      if (header != h264->fu_first)
        h264->fu_flags |= LENS_NAL_FU_VARIES;
    }
  if (start && end)
    h264->fu_flags |= LENS_NAL_FU_BOTH;
  if ((fu & 0x20) != 0)
    h264->fu_flags |= LENS_NAL_FU_RESERVED;
  give_span (h264, LENS_H264_FU_DON, payload, 2, head - 2);
  lens_assembly_append (&h264->assembly, payload, head, payload->length - head);
  if (end)
    close_fragments (h264, 0);
}

/* STAP-A, STAP-B (5.7.1), MTAP16, MTAP24 (5.7.2). */
static void
push_aggregate (LensH264 *h264, const LensView *payload, guint8 type)
{
  static const gsize unit_heads[] = { 2, 2, 5, 6 };
  gsize head = type == STAP_A ? 1 : 3;
  gsize unit_head = unit_heads[type - STAP_A];
  gsize position = MIN (head, payload->length);

  give_span (h264, LENS_H264_AGGREGATE_HEAD, payload, 0, position);
  while (position < payload->length)
    {
      gsize left = payload->length - position;
      LensCursor cursor = lens_cursor_over (payload->octets + position, left);
      gsize size = lens_cursor_u16 (&cursor);
      if (left <= unit_head || size == 0)
        {
          give_span (h264, LENS_H264_TRAILING, payload, position, left);
          return;
        }
      give_span (h264, LENS_H264_UNIT_HEAD, payload, position, unit_head);
      position += unit_head;
      left -= unit_head;
      guint flags = LENS_NAL_AGGREGATED | (size > left ? LENS_NAL_INCOMPLETE : 0);
      LensView unit = lens_view_slice (payload, position, MIN (size, left), &h264->scratch);
      position += unit.length;
      give_nal (h264, unit, flags, h264->sequence);
    }
}

/* Whether this packet goes on with the fragments that wait. */
static gboolean
continues (const LensH264 *h264, const LensView *payload, guint16 sequence, guint32 timestamp)
{
  guint8 type = payload->octets[0] & 0x1f;

  if (sequence != (guint16)(h264->sequence + 1) || timestamp != h264->timestamp)
    return FALSE;
  return (type == FU_A || type == FU_B)
         && (payload->length < 2 || (payload->octets[1] & 0x80) == 0);
}

void
lens_h264_push (LensH264 *h264, const LensView *payload, guint16 sequence, guint32 timestamp,
                gboolean marker)
{
  if (payload->length == 0)
    {
      if (sequence == (guint16)(h264->sequence + 1))
        h264->sequence = sequence;
      return;
    }
  if (h264->started && sequence == h264->sequence && timestamp == h264->timestamp)
    {
      give_span (h264, LENS_H264_DUPLICATE, payload, 0, payload->length);
      return;
    }
  if (h264->open && !continues (h264, payload, sequence, timestamp))
    close_fragments (h264, LENS_NAL_INCOMPLETE);
  else if (h264->open && !lens_nal_has_room (&h264->assembly, payload))
    close_fragments (h264, LENS_NAL_INCOMPLETE | LENS_NAL_CAPPED);

  h264->started = TRUE;
  h264->sequence = sequence;
  h264->timestamp = timestamp;
  h264->marker = marker;
  guint8 type = payload->octets[0] & 0x1f;
  if (type == FU_A || type == FU_B)
    push_fragment (h264, payload);
  else if (type >= STAP_A && type <= MTAP24)
    push_aggregate (h264, payload, type);
  else
    give_nal (h264, *payload, 0, sequence);
}
