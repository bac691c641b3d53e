#pragma once

#include "wire/capture-state.h"

G_BEGIN_DECLS

/**
 * lens_capture_pcap_begin:
 * Takes the 24 octets of a pcap file header (pcap-savefile(5)) when @file starts with one
 * of its magic numbers.  FALSE: it does not, nothing is consumed.  TRUE: @event says
 * whether the header is good (LENS_CAPTURE_PACKET: records may follow) or damaged.
 */
gboolean lens_capture_pcap_begin (LensCaptureFile *file, LensCaptureEvent *event);

/* Whether a file that begins so is one. */
gboolean lens_capture_is_pcap (const guint8 octets[4]);

G_END_DECLS
