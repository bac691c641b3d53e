#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensCaptureLook:
 * What the first packets of a capture tell about the port: VLAN tags (IEEE 802.1Q), and frames
 * that come twice, as a mirror port makes them.
 */
#define LENS_CAPTURE_LOOK_BACK 64

typedef struct
{
  guint64 looked, tagged, duplicates;
  struct
  {
    guint64 hash;
    gint64 time_ns;
    guint32 length;
  } recent[LENS_CAPTURE_LOOK_BACK]; /* by number of packet, modulo */
} LensCaptureLook;

void lens_capture_look (LensCaptureLook *look, const guint8 *octets, guint32 length,
                        gboolean is_ethernet, gint64 time_ns);

G_END_DECLS
