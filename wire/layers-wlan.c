#include "wire/layers-wlan.h"

#include "wire/fcs.h"

#include <string.h>

enum
{
  TYPE_MANAGEMENT = 0,
  TYPE_CONTROL = 1,
  TYPE_DATA = 2,
};

/* IEEE 802.11-2020 section 9.2.4.1: the second octet of frame control. */
enum
{
  TO_DS = 0x01,
  FROM_DS = 0x02,
  MORE_FRAGMENTS = 0x04,
  QOS_TID = 0x0f,
  NO_TID = 16,
  RETRY = 0x08,
  PROTECTED = 0x40,
  HT_CONTROL = 0x80, /* once "order" */
};

/* Section 9.2.4.1.3, of data: QoS, no data; section 9.2.4.5: an A-MSDU follows. */
enum
{
  SUBTYPE_NO_DATA = 4,
  SUBTYPE_QOS = 8,
  QOS_AGGREGATE = 0x80,
};

enum
{
  RADIOTAP_TSFT = 1 << 0,
  RADIOTAP_FLAGS = 1 << 1,
  RADIOTAP_FLAG_FCS = 0x10,
  RADIOTAP_FLAG_PADDED = 0x20,
  PPI_COMMON = 2,
  PPI_FLAG_FCS = 1,
};

static guint16
u16_le (const guint8 *octets)
{
  return (guint16)(octets[1] << 8 | octets[0]);
}

static guint32
u32_le (const guint8 *octets)
{
  return (guint32)u16_le (octets + 2) << 16 | u16_le (octets);
}

static guint32
u32_be (const guint8 *octets)
{
  return GUINT32_FROM_LE (GUINT32_SWAP_LE_BE (u32_le (octets)));
}

/* --- the frame --- */

static void
all_is_header (LensFrame *frame)
{
  frame->at = frame->end;
}

static gboolean
cut (LensFrame *frame)
{
  frame->layers->header_cut = TRUE;
  all_is_header (frame);
  return FALSE;
}

static void
take_destination (LensFrame *frame, const guint8 *address)
{
  frame->layers->has_destination_mac = TRUE;
  memcpy (frame->layers->destination_mac, address, 6);
}

static void
take_source (LensFrame *frame, const guint8 *address)
{
  frame->layers->has_source_mac = TRUE;
  memcpy (frame->layers->source_mac, address, 6);
}

/* Section 9.3.1: some say whom they are for, others also whose they are. */
static void
take_control_addresses (LensFrame *frame, guint8 subtype, gsize left)
{
  /* Trigger, report poll, NDP announcement, BlockAckReq, BlockAck, PS-Poll, RTS, CF-End (both) */
  const guint16 have_source
      = 1 << 2 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 14 | 1 << 15;
  const guint8 *header = frame->octets + frame->at;

  if (left >= 10)
    take_destination (frame, header + 4);
  if (left >= 16 && (have_source >> subtype & 1) != 0)
    take_source (frame, header + 10);
}

/* Section 9.3.3: destination, source, BSSID. */
static gboolean
open_management (LensFrame *frame)
{
  const guint8 *header = frame->octets + frame->at;
  gsize length = 24u + ((header[1] & HT_CONTROL) != 0 ? 4 : 0);

  take_destination (frame, header + 4);
  take_source (frame, header + 10);
  frame->layers->wlan_sealed = (header[1] & PROTECTED) != 0;
  if (frame->layers->wlan_sealed)
    all_is_header (frame);
  else if (length > frame->end - frame->at)
    return cut (frame);
  else
    frame->at += length;
  return FALSE;
}

/* Section 9.3.2.1, table 9-26: which address is whose, by the two bits of the distribution
 * system. */
static void
take_data_addresses (LensFrame *frame, const guint8 *header)
{
  gboolean to_ds = (header[1] & TO_DS) != 0, from_ds = (header[1] & FROM_DS) != 0;

  take_destination (frame, header + (to_ds ? 16 : 4));
  take_source (frame, header + (!from_ds ? 10 : !to_ds ? 16 : 24));
}

static gboolean
open_data (LensFrame *frame)
{
  LensLayers *layers = frame->layers;
  const guint8 *header = frame->octets + frame->at;
  guint8 subtype = header[0] >> 4;
  gboolean four = (header[1] & (TO_DS | FROM_DS)) == (TO_DS | FROM_DS);
  gboolean qos = (subtype & SUBTYPE_QOS) != 0;
  gsize control = 24u + (four ? 6 : 0);
  gsize length = control + (qos ? 2 : 0) + (qos && (header[1] & HT_CONTROL) != 0 ? 4 : 0);

  if (length > frame->end - frame->at)
    return cut (frame);
  take_data_addresses (frame, header);
  gboolean aggregate = qos && (header[control] & QOS_AGGREGATE) != 0;
  layers->wlan_more = (header[1] & MORE_FRAGMENTS) != 0;
  layers->wlan_number = header[22] & 0x0f;
  layers->wlan_sequence = (guint16)(u16_le (header + 22) >> 4);
  layers->wlan_tid = qos ? header[control] & QOS_TID : NO_TID;
  layers->wlan_fragment = layers->wlan_more || layers->wlan_number != 0;
  layers->wlan_sealed = (header[1] & PROTECTED) != 0 && (subtype & SUBTYPE_NO_DATA) == 0;
  if ((subtype & SUBTYPE_NO_DATA) != 0 || layers->wlan_sealed)
    {
      all_is_header (frame);
      return FALSE;
    }
  frame->at += MIN (frame->padded ? (length + 3) & ~(gsize)3 : length, frame->end - frame->at);
  layers->wlan_aggregate = aggregate && !layers->wlan_fragment;
  return !aggregate && !layers->wlan_fragment;
}

/* A frame whose check sequence does not hold was damaged on its way, and nobody took it: its
 * addresses are not believed either. */
static gboolean
is_damaged (const LensFrame *frame)
{
  return frame->check == LENS_FCS_LENGTH && frame->missing == 0
         && !lens_fcs_holds (frame->octets + frame->at, frame->captured - frame->at);
}

gboolean
lens_layers_open_wlan (LensFrame *frame)
{
  LensLayers *layers = frame->layers;
  const guint8 *header = frame->octets + frame->at;
  gsize left = frame->end - frame->at;

  layers->wlan = LENS_WLAN_OTHER;
  if (left < 2)
    return cut (frame);
  layers->wlan_damaged = is_damaged (frame);
  guint8 type = header[0] >> 2 & 3;
  if (layers->wlan_damaged || (header[0] & 3) != 0 || type > TYPE_DATA) /* another version */
    {
      all_is_header (frame);
      return FALSE;
    }
  layers->wlan = LENS_WLAN_MANAGEMENT + type;
  layers->wlan_subtype = header[0] >> 4;
  if (type == TYPE_CONTROL)
    {
      take_control_addresses (frame, header[0] >> 4, left);
      all_is_header (frame);
      return FALSE;
    }
  if (left < 24)
    return cut (frame);
  return type == TYPE_DATA ? open_data (frame) : open_management (frame);
}

void
lens_layers_unretry (const LensLayers *layers, guint8 *octets)
{
  if (layers->link.length < 4)
    return;
  octets[layers->link.offset + 1] &= (guint8)~RETRY;
  octets[layers->link.offset + 2] = octets[layers->link.offset + 3] = 0;
}

/* --- what captures put before it --- */

/* Passes @length octets of it; FALSE when they are not there. */
static gboolean
take_pseudo (LensFrame *frame, gsize length)
{
  gboolean whole = length <= frame->end - frame->at;

  frame->layers->header_cut |= !whole;
  frame->at = whole ? frame->at + length : frame->end;
  frame->layers->pseudo.length = frame->at;
  return whole;
}

/* Now it is known that the frame ends with a check sequence, as far as it was captured. */
static void
take_check (LensFrame *frame)
{
  gsize length = frame->missing < LENS_FCS_LENGTH ? LENS_FCS_LENGTH - frame->missing : 0;

  if (frame->check > 0)
    return;
  frame->check = frame->said = MIN (length, frame->end - frame->at);
  frame->end -= frame->check;
}

/* The fields stand in the order of the bits that announce them, each aligned to its size; only the
 * first two matter here. */
static guint8
radiotap_flags (const guint8 *header, gsize length)
{
  guint32 present = u32_le (header + 4);
  gsize at = 8;

  while (at + 4 <= length && (u32_le (header + at - 4) & 0x80000000) != 0)
    at += 4;
  if ((present & RADIOTAP_TSFT) != 0)
    at = ((at + 7) & ~(gsize)7) + 8;
  return (present & RADIOTAP_FLAGS) != 0 && at < length ? header[at] : 0;
}

gboolean
lens_layers_open_radiotap (LensFrame *frame)
{
  const guint8 *header = frame->octets;

  if (frame->end < 8 || u16_le (header + 2) < 8)
    return take_pseudo (frame, 8) && cut (frame);
  gsize length = u16_le (header + 2);
  if (!take_pseudo (frame, length))
    return FALSE;
  guint8 flags = radiotap_flags (header, length);
  if ((flags & RADIOTAP_FLAG_FCS) != 0)
    take_check (frame);
  frame->padded = (flags & RADIOTAP_FLAG_PADDED) != 0;
  return lens_layers_open_wlan (frame);
}

gboolean
lens_layers_open_avs (LensFrame *frame)
{
  const guint8 *header = frame->octets;
  gsize length = 144; /* a Prism header: 8 octets, a name of 16, ten values of 12 */

  if (frame->end >= 8 && (u32_be (header) & 0xfffff000) == 0x80211000)
    length = u32_be (header + 4);
  return take_pseudo (frame, MAX (length, 8)) && lens_layers_open_wlan (frame);
}

gboolean
lens_layers_take_ppi (LensFrame *frame, guint32 *inner)
{
  const guint8 *header = frame->octets;
  gsize at = 8;

  if (frame->end < 8 || u16_le (header + 2) < 8)
    return take_pseudo (frame, 8) && cut (frame);
  gsize length = u16_le (header + 2);
  *inner = u32_le (header + 4);
  if (!take_pseudo (frame, length))
    return FALSE;
  while (at + 4 <= length)
    {
      guint16 type = u16_le (header + at), size = u16_le (header + at + 2);
      if (type == PPI_COMMON && size >= 10 && at + 4 + 10 <= length
          && (header[at + 4 + 8] & PPI_FLAG_FCS) != 0)
        take_check (frame);
      at += 4u + size;
    }
  return TRUE;
}
