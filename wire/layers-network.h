#pragma once

#include "wire/layers.h"

G_BEGIN_DECLS

/* A frame while it is being cut: between layers.c, layers-network.c and layers-wlan.c only. */
typedef struct
{
  const guint8 *octets;
  gsize captured;
  gsize missing;    /* octets the wire had behind the captured ones */
  gsize check;      /* captured octets at the end that are said to be a check sequence */
  gsize said;       /* ... by who captured it */
  gsize at;         /* first octet not yet named */
  gsize end;        /* first octet behind what the layer at @at may have */
  gboolean padded;  /* an 802.11 header is filled up to a multiple of 4 */
  guint64 declared; /* octets the layer at @at says it has; G_MAXUINT64: it says nothing */
  LensLayers *layers;
} LensFrame;

/**
 * lens_layers_open_ip:
 * Reads the IP header at @frame->at: version 4 or 6 as the layer below announced it, 0 when
 * it did not.  Leaves @at behind the header and @end behind the datagram; a header that
 * cannot be believed is not passed.
 */
void lens_layers_open_ip (LensFrame *frame, guint8 version);

G_END_DECLS
