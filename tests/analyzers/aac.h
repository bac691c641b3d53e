#pragma once

#include "tests/analyzers/build.h"

G_BEGIN_DECLS

/* AAC for the tests of its analyzers: one audio track, payload type 97, 16 kHz. */
extern const char aac_sdp[], aac_sdp_sections[], aac_sdp_latm[];

/* Bits, the highest first. */
typedef struct
{
  GByteArray *octets;
  guint bit; /* of the last octet that are written; 0: all */
} AacBits;

void aac_put (AacBits *bits, guint32 value, guint count);
/* One channel without a band; @reserved: its reserved bit; @tag: its instance tag. */
void aac_put_channel (AacBits *bits, gboolean reserved, guint8 tag);
/* A fill element: @first (4 bits of type, 4 of what follows), @octets. */
void aac_put_fill (AacBits *bits, guint8 first, GByteArray *octets);
void aac_put_data (AacBits *bits, GByteArray *octets);
/* ID_END, and @alignment up to the octet. */
GByteArray *aac_end (AacBits *bits, guint32 alignment);

/* The unit alone in a packet of RFC 3640, the next of the track. */
guint64 aac_send (Build *build, guint16 sequence, GByteArray *unit);
/* A payload as it is. */
guint64 aac_send_payload (Build *build, guint16 sequence, GByteArray *payload);
/* @count units of silence. */
void aac_send_silence (Build *build, guint16 sequence, guint count);

G_END_DECLS
