/* Frames that a device never sent, built from one that it did. */
#include "ledger/seed-inside.h"

#include "wire/checksum.h"
#include "wire/fcs.h"
#include "wire/transport.h"

#include <string.h>

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define SHORTEST 60 /* octets of an Ethernet frame without its check sequence */
#define LINK_LIMIT 1500

static void
frame_free (gpointer data)
{
  LensSeedFrame *frame = data;

  g_byte_array_unref (frame->octets);
  g_free (frame);
}

static void
put_u16 (guint8 *at, gsize value)
{
  at[0] = (guint8)(value >> 8);
  at[1] = (guint8)value;
}

/* Link headers that say nothing about their length, and from one host to another. */
static gboolean
is_plain_ip (const LensLayers *layers)
{
  return layers->ip_version != 0 && !layers->has_llc && !layers->has_snap && !layers->has_pppoe
         && layers->n_mpls == 0 && layers->hsr.length == 0 && layers->prp.length == 0
         && !lens_address_is_unspecified (&layers->source)
         && !lens_address_is_multicast (&layers->destination)
         && !lens_address_is_broadcast (&layers->destination)
         && !(layers->has_destination_mac && (layers->destination_mac[0] & 1) != 0);
}

/* A part of a datagram. */
typedef struct
{
  guint16 id;
  guint16 place; /* flags and offset, as the header has them */
} Part;

/* @part: NULL: it is whole. */
static void
put_ipv4 (LensSeedBed *bed, const guint8 *like, const LensAddress *to, guint8 protocol,
          const Part *part, gsize length, GByteArray *into)
{
  guint8 header[IPV4_HEADER];

  memcpy (header, like, sizeof header);
  header[0] = 0x45;
  put_u16 (header + 2, sizeof header + length);
  put_u16 (header + 4, part != NULL ? part->id : lens_seed_bed_below (bed, 0x10000));
  /* don't fragment, as before */
  put_u16 (header + 6, part != NULL ? part->place : (header[6] & 0x40) << 8);
  header[9] = protocol;
  put_u16 (header + 10, 0);
  memcpy (header + 16, to->octets, 4);
  put_u16 (header + 10, lens_checksum_end (lens_checksum_add (0, header, sizeof header)));
  g_byte_array_append (into, header, sizeof header);
}

static void
put_ipv6 (const guint8 *like, const LensAddress *to, guint8 protocol, gsize length,
          GByteArray *into)
{
  guint8 header[IPV6_HEADER];

  memcpy (header, like, sizeof header);
  put_u16 (header + 4, length);
  header[6] = protocol;
  memcpy (header + 24, to->octets, 16);
  g_byte_array_append (into, header, sizeof header);
}

static void
keep_frame (LensSeedBed *bed, LensSeedFrame *frame)
{
  LensSeedChange *change = lens_seed_bed_change (bed, bed->unit->packet);

  if (change->added == NULL)
    change->added = g_ptr_array_new_with_free_func (frame_free);
  frame->after = 0.1 + 0.8 * g_rand_double (bed->random);
  frame->carries = bed->took;
  frame->telling = bed->took_telling;
  bed->written |= bed->took;
  g_ptr_array_add (change->added, frame);
}

static const LensRecord *
way_of (const LensSeedBed *bed, LensLayers *layers)
{
  const LensSeedUnit *way = bed->way != NULL ? bed->way : bed->unit;
  const LensRecord *record = lens_packets_at (bed->ground->packets, way->packet);

  lens_layers_parse (record->linktype, record->fcs, record->octets, record->captured,
                     record->original, layers);
  return record;
}

gboolean
lens_seed_bed_can_send (const LensSeedBed *bed)
{
  LensLayers layers;

  way_of (bed, &layers);
  return is_plain_ip (&layers);
}

/* A short frame is padded on the wire. */
static void
finish_frame (LensSeedFrame *frame, const LensRecord *record, const LensLayers *layers)
{
  guint start = (guint)layers->link.offset, end = frame->octets->len;

  if (record->linktype == LENS_LINKTYPE_ETHERNET && end - start < SHORTEST)
    {
      g_byte_array_set_size (frame->octets, start + SHORTEST);
      memset (frame->octets->data + end, 0, start + SHORTEST - end);
    }
  if (lens_seed_fcs_length (record, layers) > 0)
    {
      g_byte_array_set_size (frame->octets, frame->octets->len + LENS_FCS_LENGTH);
      lens_fcs_write (frame->octets->data + start, frame->octets->len - start);
    }
}

static gboolean
send_any (LensSeedBed *bed, const LensAddress *to, guint8 protocol, const Part *part,
          guint8 *header, gsize head, gsize checksum_at, const guint8 *octets, gsize length)
{
  LensLayers whole, *layers = &whole;
  const LensRecord *record = way_of (bed, layers);
  gsize size = head + length;

  if (to == NULL)
    to = &layers->destination;
  if (!is_plain_ip (layers) || to->version != layers->ip_version || IPV6_HEADER + size > LINK_LIMIT)
    return FALSE;
  if (protocol == LENS_PROTOCOL_ICMP && to->version == 6)
    protocol = LENS_PROTOCOL_ICMPV6;
  LensSeedFrame *frame = g_new0 (LensSeedFrame, 1);
  frame->octets = g_byte_array_new ();
  g_byte_array_append (frame->octets, record->octets, (guint)layers->network.offset);
  if (to->version == 4)
    put_ipv4 (bed, record->octets + layers->network.offset, to, protocol, part, size,
              frame->octets);
  else
    put_ipv6 (record->octets + layers->network.offset, to, protocol, size, frame->octets);
  if (head > 0)
    {
      guint32 sum = protocol == LENS_PROTOCOL_ICMP
                        ? 0
                        : lens_checksum_pseudo (&layers->source, to, protocol, size);
      sum = lens_checksum_add (lens_checksum_add (sum, header, head), octets, length);
      guint16 field = lens_checksum_end (sum);
      put_u16 (header + checksum_at, field == 0 && protocol == LENS_PROTOCOL_UDP ? 0xffff : field);
      g_byte_array_append (frame->octets, header, (guint)head);
    }
  frame->message = (LensRange){ frame->octets->len, length };
  g_byte_array_append (frame->octets, octets, (guint)length);

  finish_frame (frame, record, layers);
  keep_frame (bed, frame);
  return TRUE;
}

static gboolean
send_datagram (LensSeedBed *bed, const LensAddress *to, guint8 protocol, guint8 *header, gsize head,
               gsize checksum_at, const guint8 *octets, gsize length)
{
  return send_any (bed, to, protocol, NULL, header, head, checksum_at, octets, length);
}

gboolean
lens_seed_bed_send_link (LensSeedBed *bed, const guint8 destination[6], guint16 type,
                         const guint8 *octets, gsize length)
{
  LensLayers layers;
  const LensRecord *record = way_of (bed, &layers);
  guint8 number[2];

  if (!is_plain_ip (&layers) || record->linktype != LENS_LINKTYPE_ETHERNET || length > LINK_LIMIT)
    return FALSE;
  LensSeedFrame *frame = g_new0 (LensSeedFrame, 1);
  frame->octets = g_byte_array_new ();
  g_byte_array_append (frame->octets, record->octets, (guint)layers.network.offset - 2);
  if (destination != NULL)
    memcpy (frame->octets->data + layers.link.offset, destination, 6);
  put_u16 (number, type);
  g_byte_array_append (frame->octets, number, sizeof number);
  frame->message = (LensRange){ frame->octets->len, length };
  g_byte_array_append (frame->octets, octets, (guint)length);
  finish_frame (frame, record, &layers);
  keep_frame (bed, frame);
  return TRUE;
}

gboolean
lens_seed_bed_send_udp (LensSeedBed *bed, const LensAddress *to, guint16 sport, guint16 dport,
                        const guint8 *octets, gsize length)
{
  guint8 header[8] = { 0 };

  put_u16 (header, sport);
  put_u16 (header + 2, dport);
  put_u16 (header + 4, sizeof header + length);
  return send_datagram (bed, to, LENS_PROTOCOL_UDP, header, sizeof header, 6, octets, length);
}

gboolean
lens_seed_bed_send_tcp (LensSeedBed *bed, const LensAddress *to, guint16 sport, guint16 dport,
                        guint32 sequence, const guint8 *octets, gsize length)
{
  guint8 header[20] = { 0 };

  put_u16 (header, sport);
  put_u16 (header + 2, dport);
  put_u16 (header + 4, sequence >> 16);
  put_u16 (header + 6, sequence & 0xffff);
  header[12] = sizeof header / 4 << 4;
  header[13] = LENS_TCP_PSH | LENS_TCP_ACK;
  put_u16 (header + 14, 0xffff);
  return send_datagram (bed, to, LENS_PROTOCOL_TCP, header, sizeof header, 16, octets, length);
}

gboolean
lens_seed_bed_send_segment (LensSeedBed *bed, guint16 flags, guint32 sequence, const guint8 *octets,
                            gsize length)
{
  const LensRecord *record = lens_packets_at (bed->ground->packets, bed->unit->packet);
  const LensRange *range = &bed->layers.payload;
  LensTransport like;
  guint8 header[60];

  lens_transport_parse (bed->layers.protocol, record->octets + range->offset, range->length, &like);
  if (like.kind != LENS_TRANSPORT_TCP || like.header_cut || like.bad_header || bed->way != NULL)
    return FALSE;
  memcpy (header, record->octets + range->offset, like.header.length);
  put_u16 (header + 4, sequence >> 16);
  put_u16 (header + 6, sequence & 0xffff);
  header[13] = (guint8)flags;
  put_u16 (header + 16, 0);
  return send_datagram (bed, NULL, LENS_PROTOCOL_TCP, header, like.header.length, 16, octets,
                        length);
}

gboolean
lens_seed_bed_is_stranger (const LensSeedBed *bed, const LensAddress *to)
{
  LensLayers layers;

  way_of (bed, &layers);
  return lens_ledger_is_stranger (bed->ground->ledger, &layers.source, to);
}

gboolean
lens_seed_bed_send_icmp (LensSeedBed *bed, const LensAddress *to, guint8 type, guint8 code,
                         guint32 word, const guint8 *octets, gsize length)
{
  guint8 header[8] = { type, code };

  put_u16 (header + 4, word >> 16);
  put_u16 (header + 6, word & 0xffff);
  return send_datagram (bed, to, LENS_PROTOCOL_ICMP, header, sizeof header, 2, octets, length);
}

gboolean
lens_seed_bed_send_ip (LensSeedBed *bed, guint8 protocol, const guint8 *octets, gsize length)
{
  return send_datagram (bed, NULL, protocol, NULL, 0, 0, octets, length);
}

gboolean
lens_seed_bed_send_part (LensSeedBed *bed, guint8 protocol, guint16 id, guint16 offset,
                         gboolean more, const guint8 *octets, gsize length)
{
  const Part part = { id, (guint16)((more ? 0x2000 : 0) | offset / 8) };
  LensLayers layers;

  way_of (bed, &layers);
  return layers.ip_version == 4
         && send_any (bed, NULL, protocol, &part, NULL, 0, 0, octets, length);
}

enum
{
  MOST_TEXT = 60,
  LETTERS = 5,
};

gboolean
lens_seed_bed_announce (LensSeedBed *bed, const char *group, guint16 port, LensSeedCompose compose)
{
  gsize most = 1 + lens_seed_bed_below (bed, MOST_TEXT);
  LensSeedPlace place;
  LensAddress to;
  char text[MOST_TEXT + LETTERS + 1];

  g_return_val_if_fail (lens_address_parse (group, &to), FALSE);
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      gsize count = lens_seed_bed_take_text (bed, text, most);
      if (count == 0)
        continue;
      for (guint i = 0; i < LETTERS; i++)
        text[count + i] = (char)('a' + lens_seed_bed_below (bed, 26));
      text[count + LETTERS] = '\0';
      g_autoptr (GByteArray) datagram = compose (bed, text);
      lens_seed_bed_send_udp (bed, &to, port, port, datagram->data, datagram->len);
    }
  return lens_seed_bed_written (bed);
}
