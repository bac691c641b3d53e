/* padding: a text in the octets that a receiver is told to throw away.
 *
 * RFC 3550 section 5.1: when the P bit is set, the packet ends in octets that are no
 * payload; the last of them counts them all, itself included.  Players skip them, and the
 * library's sender report leaves them out of its octet count as section 6.4.1 asks.
 *
 * The seed chooses how many packets lie between two that carry, and how much they carry. */
#include "samples/camera/implant.h"
#include "samples/camera/payload.h"

/* Room for IPv4 and UDP headers in an Ethernet frame: nothing may fragment. */
#define LARGEST_PACKET (1500 - 20 - 8)
#define SMALLEST_PADDING 4

typedef struct
{
  const LensHost *host;
  GMutex lock; /* each viewer has a thread */
  LensDice dice;
  LensPayload payload;
  guint shortest_gap, longest_gap; /* packets */
  guint smallest, largest;         /* octets of padding, the count included */
  guint gap;                       /* packets until the next that carries */
} Padding;

/* Where one viewer's packets leave. */
typedef struct
{
  Padding *padding;
  LensViewer *viewer;
} Outlet;

static gpointer
start (const LensHost *host)
{
  Padding *self = g_new0 (Padding, 1);

  self->host = host;
  g_mutex_init (&self->lock);
  self->dice = lens_dice_for (host->seed, "padding");
  lens_payload_init (&self->payload, host->seed, "padding");
  self->shortest_gap = lens_dice_between (&self->dice, 5, 60);
  self->longest_gap = self->shortest_gap + lens_dice_between (&self->dice, 0, 120);
  self->smallest = lens_dice_between (&self->dice, SMALLEST_PADDING, 24);
  self->largest = self->smallest + lens_dice_between (&self->dice, 0, 48);
  self->gap = lens_dice_between (&self->dice, 1, self->longest_gap);
  return self;
}

static void
log_it (Padding *self, const guint8 header[12], const guint8 *padding, gsize count)
{
  GString *line = lens_truth_begin ("implant", "padding");

  lens_truth_add_text (line, "track", "video");
  lens_truth_add_number (line, "ssrc", GST_READ_UINT32_BE (header + 8));
  lens_truth_add_number (line, "seq", GST_READ_UINT16_BE (header + 2));
  lens_truth_add_hex (line, "padding", padding, count);
  lens_truth_end (self->host->truth, line);
}

/* @packet is writable. */
static void
pad (Padding *self, GstBuffer *packet, gsize count)
{
  guint8 header[12];
  GstMapInfo map;
  guint8 *padding = g_malloc (count);

  lens_payload_take (&self->payload, padding, count - 1);
  padding[count - 1] = (guint8)count;
  gst_buffer_extract (packet, 0, header, sizeof header);
  log_it (self, header, padding, count);
  gst_buffer_append_memory (packet,
                            gst_memory_new_wrapped (0, padding, count, 0, count, padding, g_free));
  if (gst_buffer_map_range (packet, 0, 1, &map, GST_MAP_READWRITE))
    {
      map.data[0] |= 0x20;
      gst_buffer_unmap (packet, &map);
    }
}

/* How many octets of padding the next packet of @length octets gets; 0: none. */
static gsize
choose (Padding *self, LensViewer *viewer, gsize length)
{
  if (!lens_viewer_is_watching (viewer) || --self->gap > 0)
    return 0;
  gsize count = lens_dice_between (&self->dice, self->smallest, self->largest);
  gsize room = length < LARGEST_PACKET ? LARGEST_PACKET - length : 0;
  self->gap = lens_dice_between (&self->dice, self->shortest_gap, self->longest_gap);
  return MIN (count, room) >= SMALLEST_PADDING ? MIN (count, room) : 0;
}

/* The packet itself, or a padded one in its place. */
static GstBuffer *
consider (Outlet *outlet, GstBuffer *packet)
{
  gsize count = choose (outlet->padding, outlet->viewer, gst_buffer_get_size (packet));

  if (count == 0)
    return packet;
  packet = gst_buffer_make_writable (packet);
  pad (outlet->padding, packet, count);
  return packet;
}

static gboolean
consider_in_list (GstBuffer **packet, guint index, gpointer data)
{
  *packet = consider (data, *packet);
  return TRUE;
}

static GstPadProbeReturn
packets_pass (GstPad *source, GstPadProbeInfo *info, gpointer data)
{
  Outlet *outlet = data;

  g_mutex_lock (&outlet->padding->lock);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    {
      GstBufferList *list = gst_buffer_list_make_writable (GST_PAD_PROBE_INFO_BUFFER_LIST (info));
      gst_buffer_list_foreach (list, consider_in_list, outlet);
      info->data = list;
    }
  else
    info->data = consider (outlet, GST_PAD_PROBE_INFO_BUFFER (info));
  g_mutex_unlock (&outlet->padding->lock);
  return GST_PAD_PROBE_OK;
}

static void
outlet_free (gpointer data)
{
  Outlet *outlet = data;

  lens_viewer_unref (outlet->viewer);
  g_free (outlet);
}

static void
meet (gpointer data, LensViewer *viewer)
{
  g_autoptr (GstPad) source = lens_viewer_video_packets (viewer);
  Outlet *outlet = g_new0 (Outlet, 1);

  outlet->padding = data;
  outlet->viewer = lens_viewer_ref (viewer);
  gst_pad_add_probe (source, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
                     packets_pass, outlet, outlet_free);
}

static void
stop (gpointer data)
{
  Padding *self = data;

  lens_payload_clear (&self->payload);
  g_mutex_clear (&self->lock);
  g_free (self);
}

const LensImplant lens_implant_padding = {
  .name = "padding",
  .start = start,
  .meet = meet,
  .stop = stop,
};
