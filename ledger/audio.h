#pragma once

#include "ledger/track.h"
#include "wire/aac.h"
#include "wire/latm.h"
#include "wire/rfc3640.h"

G_BEGIN_DECLS

enum
{
  LENS_AUDIO_MAX_ELEMENTS = 4096, /* of one access unit that are told apart */
};

/**
 * LensAudio:
 * What is known of a unit of an audio track, beside its octets.  A view, valid during the call.
 */
typedef struct
{
  const LensFormat *format;
  guint16 sequence; /* of the packet that completed it */
  guint32 timestamp;

  /* of a packet of AAC (RFC 3640): how to take it apart */
  const LensAuFormat *sections;

  /* of an access unit of AAC: its elements, in their order; several blocks where it was
   * wrapped in ADTS */
  const LensAacConfig *config;
  const LensAacElement *elements;
  guint n_elements;
  gboolean crowded;   /* and more of them */
  LensAacBlock block; /* the last one */
  gboolean latm;

  /* of an element of LATM */
  const LensLatmElement *element;
  const LensLatmConfig *mux;
} LensAudio;

G_END_DECLS
