#include "wire/rfc3640.h"

#include "wire/assembly.h"
#include "wire/bits.h"
#include "wire/sdp.h"

#include <string.h>

/* --- parameters --- */

static guint64
number (const char *fmtp, const char *name, guint64 fallback, guint64 most)
{
  g_autofree char *value = lens_sdp_parameter (fmtp, name);
  guint64 parsed;

  if (value == NULL || !g_ascii_string_to_unsigned (value, 10, 0, most, &parsed, NULL))
    return fallback;
  return parsed;
}

LensAuFormat
lens_au_format (const char *fmtp)
{
  LensAuFormat format = { 0 };

  if (fmtp == NULL)
    return format;
  g_autofree char *mode = lens_sdp_parameter (fmtp, "mode");
  gboolean low = mode != NULL && g_ascii_strcasecmp (mode, "AAC-lbr") == 0;
  gboolean high = mode != NULL && g_ascii_strcasecmp (mode, "AAC-hbr") == 0;
  format.size_length = (guint8)number (fmtp, "sizelength", high ? 13 : low ? 6 : 0, 32);
  format.index_length = (guint8)number (fmtp, "indexlength", high ? 3 : low ? 2 : 0, 32);
  format.index_delta_length = (guint8)number (fmtp, "indexdeltalength", high ? 3 : low ? 2 : 0, 32);
  format.cts_length = (guint8)number (fmtp, "ctsdeltalength", 0, 32);
  format.dts_length = (guint8)number (fmtp, "dtsdeltalength", 0, 32);
  format.stream_state_length = (guint8)number (fmtp, "streamstateindication", 0, 32);
  format.auxiliary_size_length = (guint8)number (fmtp, "auxiliarydatasizelength", 0, 32);
  format.random_access = number (fmtp, "randomaccessindication", 0, 1) != 0;
  format.constant_size = number (fmtp, "constantsize", 0, LENS_AU_MAX_LENGTH);
  return format;
}

/* --- sections --- */

/* AU-headers-length is absent where every header would be empty (3.2.1). */
static gboolean
has_headers (const LensAuFormat *format)
{
  return format->size_length > 0 || format->index_length > 0 || format->index_delta_length > 0
         || format->cts_length > 0 || format->dts_length > 0 || format->stream_state_length > 0
         || format->random_access;
}

static gsize
octets_for (gsize bits)
{
  return (bits + 7) / 8;
}

LensAuPacket
lens_au_packet_over (const LensAuFormat *format, const guint8 *octets, gsize length)
{
  LensAuPacket packet = { 0 };
  LensBits bits = lens_bits_over (octets, length);
  gsize at = 0;

  if (has_headers (format))
    {
      gsize promised = 16 + (gsize)lens_bits_u (&bits, 16);
      packet.cut = promised > 8 * length;
      packet.headers = (LensRange){ 0, MIN (octets_for (promised), length) };
      packet.headers_end = MIN (promised, 8 * length);
      at = packet.headers.length;
    }
  packet.auxiliary = (LensRange){ at, 0 };
  if (format->auxiliary_size_length > 0)
    {
      bits = lens_bits_between (octets, 8 * at, 8 * length);
      gsize promised = lens_bits_u (&bits, format->auxiliary_size_length);
      packet.auxiliary_start = bits.position;
      packet.auxiliary_bits = MIN (promised, lens_bits_left (&bits));
      packet.cut |= bits.short_read || promised > packet.auxiliary_bits;
      gsize end = packet.cut ? length : octets_for (packet.auxiliary_start + packet.auxiliary_bits);
      packet.auxiliary.length = end - at;
      at = end;
    }
  packet.data = (LensRange){ at, length - at };
  return packet;
}

/* A flag, and a value where it is set. */
static gboolean
read_delta (LensBits *bits, guint length, guint32 *value)
{
  gboolean there = length > 0 && lens_bits_u (bits, 1) != 0;

  if (there)
    *value = lens_bits_u (bits, length);
  return there;
}

gboolean
lens_au_header_next (const LensAuFormat *format, const LensAuPacket *packet, const guint8 *octets,
                     gsize *at, LensAuHeader *header)
{
  gboolean first = *at == 0;

  if (packet->headers.length < 2)
    return FALSE;
  if (first)
    *at = 16;
  LensBits bits = lens_bits_between (octets, *at, packet->headers_end);
  *header = (LensAuHeader){ .start = *at };
  header->size
      = format->size_length > 0 ? lens_bits_u (&bits, format->size_length) : format->constant_size;
  header->index = lens_bits_u (&bits, first ? format->index_length : format->index_delta_length);
  header->cts_start = bits.position;
  header->has_cts = read_delta (&bits, format->cts_length, &header->cts_delta);
  header->has_dts = read_delta (&bits, format->dts_length, &header->dts_delta);
  header->random_access = format->random_access && lens_bits_u (&bits, 1) != 0;
  header->stream_state = lens_bits_u (&bits, format->stream_state_length);
  if (bits.short_read || bits.position == *at)
    return FALSE;
  header->end = *at = bits.position;
  return TRUE;
}

/* --- access units --- */

struct LensAus
{
  LensAuFormat format;
  LensAuFunc unit;
  LensAuSpanFunc span;
  gpointer user;

  gboolean open; /* a fragmented unit waits */
  gsize size;    /* of it; 0: the marker tells its end */
  guint16 sequence;
  guint32 timestamp;
  LensAssembly fragments;
  LensPieces scratch;
};

LensAus *
lens_aus_new (const LensAuFormat *format, LensAuFunc unit, LensAuSpanFunc span, gpointer user)
{
  LensAus *aus = g_new0 (LensAus, 1);

  *aus = (LensAus){ .format = *format, .unit = unit, .span = span, .user = user };
  lens_assembly_init (&aus->fragments);
  return aus;
}

void
lens_aus_free (LensAus *aus)
{
  if (aus == NULL)
    return;
  lens_assembly_clear (&aus->fragments);
  lens_pieces_clear (&aus->scratch);
  g_free (aus);
}

static void
give_span (LensAus *aus, LensAuSpanKind kind, const LensView *payload, gsize at, gsize length)
{
  if (length == 0)
    return;
  LensView view = lens_view_slice (payload, at, length, &aus->scratch);
  aus->span (kind, &view, aus->user);
}

static void
close_fragments (LensAus *aus, gboolean whole)
{
  LensView view = lens_assembly_view (&aus->fragments);

  aus->open = FALSE;
  if (whole && view.length > 0)
    aus->unit (&view, aus->user);
  else if (view.length > 0)
    aus->span (LENS_AU_CUT, &view, aus->user);
  lens_assembly_empty (&aus->fragments);
}

void
lens_aus_flush (LensAus *aus)
{
  if (aus->open)
    close_fragments (aus, FALSE);
}

/* Part of a unit of @size octets (0: as many as come until the marker). */
static void
push_fragment (LensAus *aus, const LensView *payload, LensRange data, gsize size, guint32 timestamp,
               gboolean marker)
{
  if (!aus->open)
    {
      aus->open = TRUE;
      aus->size = size;
      aus->timestamp = timestamp;
    }
  gsize want = size > 0 ? size - MIN (aus->fragments.octets->len, size) : LENS_AU_MAX_LENGTH;
  gsize take = MIN (data.length, want);
  if (aus->fragments.octets->len + take > LENS_AU_MAX_LENGTH)
    {
      close_fragments (aus, FALSE);
      give_span (aus, LENS_AU_CUT, payload, data.offset, data.length);
      return;
    }
  lens_assembly_append (&aus->fragments, payload, data.offset, take);
  gboolean whole = size > 0 ? aus->fragments.octets->len >= size : marker;
  if (whole || marker)
    close_fragments (aus, whole);
  give_span (aus, LENS_AU_TRAILING, payload, data.offset + take, data.length - take);
}

/* Whole units, one behind the other. */
static void
push_units (LensAus *aus, const LensView *payload, const LensAuPacket *packet)
{
  gsize at = packet->data.offset, end = lens_range_end (packet->data), bit = 0;
  LensAuHeader header;

  for (guint n = 0; n < LENS_AU_MAX_HEADERS
                    && lens_au_header_next (&aus->format, packet, payload->octets, &bit, &header);
       n++)
    {
      if (header.size > end - at)
        {
          give_span (aus, LENS_AU_CUT, payload, at, end - at);
          return;
        }
      if (header.size == 0)
        continue;
      LensView unit = lens_view_slice (payload, at, header.size, &aus->scratch);
      aus->unit (&unit, aus->user);
      at += header.size;
    }
  give_span (aus, LENS_AU_TRAILING, payload, at, end - at);
}

static void
push_constant (LensAus *aus, const LensView *payload, LensRange data)
{
  gsize size = aus->format.constant_size, end = lens_range_end (data), at = data.offset;

  for (; end - at >= size; at += size)
    {
      LensView unit = lens_view_slice (payload, at, size, &aus->scratch);
      aus->unit (&unit, aus->user);
    }
  give_span (aus, LENS_AU_TRAILING, payload, at, end - at);
}

void
lens_aus_push (LensAus *aus, const LensView *payload, guint16 sequence, guint32 timestamp,
               gboolean marker)
{
  LensAuPacket packet = lens_au_packet_over (&aus->format, payload->octets, payload->length);
  gsize bit = 0;
  LensAuHeader header = { 0 }, second;

  gboolean follows = sequence == (guint16)(aus->sequence + 1);
  /* Some senders never set the marker. */
  if (aus->open && (!follows || timestamp != aus->timestamp))
    close_fragments (aus, follows && aus->size == 0);
  aus->sequence = sequence;
  if (packet.cut)
    {
      lens_aus_flush (aus);
      give_span (aus, LENS_AU_CUT, payload, 0, payload->length);
      return;
    }
  gboolean one = lens_au_header_next (&aus->format, &packet, payload->octets, &bit, &header)
                 && !lens_au_header_next (&aus->format, &packet, payload->octets, &bit, &second);
  if (aus->open && header.size != aus->size)
    close_fragments (aus, FALSE);
  if (one && (aus->open || header.size > packet.data.length) && header.size > 0)
    push_fragment (aus, payload, packet.data, header.size, timestamp, marker);
  else if (packet.headers.length > 0 && aus->format.size_length > 0)
    {
      lens_aus_flush (aus);
      push_units (aus, payload, &packet);
    }
  else if (aus->format.constant_size > 0)
    push_constant (aus, payload, packet.data);
  else
    push_fragment (aus, payload, packet.data, 0, timestamp, marker);
}
