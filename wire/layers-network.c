#include "wire/layers-network.h"

#include "wire/extension.h"

static guint16
u16 (const guint8 *octets)
{
  return (guint16)(octets[0] << 8 | octets[1]);
}

/* Octets the wire had from @at to the end of what the link may carry. */
static guint64
left_on_wire (const LensFrame *frame)
{
  guint64 missing = frame->end == frame->captured ? frame->missing : 0;

  return frame->end - frame->at + missing;
}

/* @total: octets from the start of the IP header, @at still there, as the header has it. */
static void
bound_by_total (LensFrame *frame, guint64 total, gsize header)
{
  LensLayers *layers = frame->layers;
  gboolean at_check = frame->end == frame->captured - frame->check;

  if (total < header)
    {
      layers->bad_total_length = TRUE;
      total = header;
    }
  if (at_check && total <= frame->captured - frame->at) /* IP knows better where it ends */
    frame->end = frame->captured;
  if (total > left_on_wire (frame))
    layers->bad_total_length = TRUE;
  frame->declared = total - header;
  frame->end = MIN (frame->end, frame->at + MAX (total, header));
}

static void
pass_header (LensFrame *frame, gsize length)
{
  frame->layers->network = (LensRange){ frame->at, length };
  frame->at += length;
}

/* RFC 791 section 3.1 */
static void
open_ipv4 (LensFrame *frame)
{
  LensLayers *layers = frame->layers;
  const guint8 *header = frame->octets + frame->at;
  gsize length = (header[0] & 0x0f) * 4u;
  gsize left = frame->end - frame->at;

  if (left < 20)
    {
      layers->header_cut = TRUE;
      return;
    }
  if (length < 20)
    {
      layers->bad_header_length = TRUE;
      return;
    }
  layers->ip_version = 4;
  layers->dscp_ecn = header[1];
  layers->ip_id = u16 (header + 4);
  layers->ip_flags = header[6] >> 5;
  layers->fragment_offset = (u16 (header + 6) & 0x1fffu) * 8;
  layers->more_fragments = (header[6] & 0x20) != 0;
  layers->fragment = layers->more_fragments || layers->fragment_offset != 0;
  layers->fragment_id = layers->ip_id;
  layers->ttl = header[8];
  layers->protocol = header[9];
  layers->source = lens_address_from_octets (4, header + 12);
  layers->destination = lens_address_from_octets (4, header + 16);

  guint16 total = u16 (header + 2);
  if (length > left)
    {
      layers->header_cut |= length <= left_on_wire (frame);
      layers->bad_header_length |= length > left_on_wire (frame);
      frame->declared = total > length ? total - length : 0;
      pass_header (frame, left);
      return;
    }
  if (total == 0)
    layers->zero_total_length = TRUE;
  else
    bound_by_total (frame, total, length);
  pass_header (frame, length);
}

/* RFC 8200 section 4.5.  Behind a real fragment nothing can be walked: it may be any part. */
static gboolean
take_fragment_header (LensLayers *layers, const guint8 *header)
{
  guint16 field = u16 (header + 2);

  layers->has_fragment_header = TRUE;
  layers->fragment_offset = field & 0xfff8u;
  layers->more_fragments = (field & 1) != 0;
  layers->fragment = layers->more_fragments || layers->fragment_offset != 0;
  layers->fragment_id = (guint32)u16 (header + 4) << 16 | u16 (header + 6);
  return layers->fragment;
}

/* Octets of extension headers behind the fixed 40, as far as they are whole. */
static gsize
walk_extensions (LensFrame *frame, guint8 next)
{
  LensLayers *layers = frame->layers;
  gsize left = frame->end - frame->at;
  gsize length = 40;
  gboolean walking = TRUE;

  while (walking && lens_extension_length (next, 0) != 0)
    {
      const guint8 *header = frame->octets + frame->at + length;
      gsize extension = left - length >= 2 ? lens_extension_length (next, header[1]) : 2;
      if (extension > left - length || left - length < 8)
        {
          gboolean cut = layers->truncated && frame->declared > left - 40;
          layers->header_cut |= cut;
          layers->bad_header_length |= !cut;
          break;
        }
      if (next == LENS_EXTENSION_FRAGMENT)
        walking = !take_fragment_header (layers, header);
      next = header[0];
      length += extension;
    }
  layers->protocol = next;
  return length;
}

/* RFC 8200 section 3 */
static void
open_ipv6 (LensFrame *frame)
{
  LensLayers *layers = frame->layers;
  const guint8 *header = frame->octets + frame->at;

  if (frame->end - frame->at < 40)
    {
      layers->header_cut = TRUE;
      return;
    }
  layers->ip_version = 6;
  layers->dscp_ecn = (guint8)(header[0] << 4 | header[1] >> 4);
  layers->flow_label = (header[1] & 0x0fu) << 16 | u16 (header + 2);
  layers->ttl = header[7];
  layers->source = lens_address_from_octets (6, header + 8);
  layers->destination = lens_address_from_octets (6, header + 24);

  guint16 carried = u16 (header + 4);
  if (carried == 0 && header[6] != 59) /* 59: nothing follows, and 0 is right */
    layers->zero_total_length = TRUE;
  else
    bound_by_total (frame, 40u + carried, 40);
  gsize length = walk_extensions (frame, header[6]);
  if (frame->declared != G_MAXUINT64)
    frame->declared -= MIN (frame->declared, length - 40);
  pass_header (frame, length);
}

void
lens_layers_open_ip (LensFrame *frame, guint8 version)
{
  if (frame->at == frame->end)
    {
      frame->layers->header_cut = TRUE;
      return;
    }
  guint8 found = frame->octets[frame->at] >> 4;
  if ((version != 0 && found != version) || (found != 4 && found != 6))
    frame->layers->bad_version = TRUE;
  else if (found == 4)
    open_ipv4 (frame);
  else
    open_ipv6 (frame);
}
