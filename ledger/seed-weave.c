/* One frame with what was put into it: lengths, numbers and checksums as they must then be. */
#include "ledger/seed-inside.h"

#include "wire/checksum.h"
#include "wire/fcs.h"
#include "wire/transport.h"

#include <string.h>

#define SHORTEST 60 /* octets of an Ethernet frame without its check sequence */

typedef struct
{
  const LensRecord *record;
  const GArray *edits; /* LensSeedEdit, or NULL */
  LensLayers layers;
  LensTransport transport;
  gsize fcs_length;
  GByteArray *into;
  gsize base; /* of @into: where the frame begins */
} Weave;

static guint
n_edits (const Weave *weave)
{
  return weave->edits != NULL ? weave->edits->len : 0;
}

static const LensSeedEdit *
edit_at (const Weave *weave, guint index)
{
  return &g_array_index (weave->edits, LensSeedEdit, index);
}

static guint8 *
octets_of (const Weave *weave)
{
  return weave->into->data + weave->base;
}

static gsize
length_of (const Weave *weave)
{
  return weave->into->len - weave->base;
}

/* Where an octet of the captured frame now lies. */
static gsize
moved (const Weave *weave, gsize offset)
{
  gsize shift = 0;

  for (guint i = 0; i < n_edits (weave); i++)
    if (!edit_at (weave, i)->instead && edit_at (weave, i)->offset <= offset)
      shift += edit_at (weave, i)->length;
  return offset + shift;
}

static gboolean
touched (const Weave *weave, gsize offset)
{
  for (guint i = 0; i < n_edits (weave); i++)
    {
      const LensSeedEdit *edit = edit_at (weave, i);
      if (edit->instead && edit->offset < offset + 2 && offset < edit->offset + edit->length)
        return TRUE;
    }
  return FALSE;
}

static void
add_u16 (guint8 *at, gsize amount)
{
  gsize value = ((gsize)at[0] << 8 | at[1]) + amount;

  at[0] = (guint8)(value >> 8);
  at[1] = (guint8)value;
}

static void
add_u32 (guint8 *at, guint32 amount)
{
  guint32 value
      = ((guint32)at[0] << 24 | (guint32)at[1] << 16 | (guint32)at[2] << 8 | at[3]) + amount;

  for (guint i = 0; i < 4; i++)
    at[i] = (guint8)(value >> (24 - 8 * i));
}

/* --- octets --- */

static void
note_piece (GArray *pieces, gsize offset, gsize length)
{
  LensRange range = { offset, length };

  if (pieces != NULL)
    g_array_append_val (pieces, range);
}

/* What is put in before @offset, in the order in which it was. */
static void
weave_before (Weave *weave, gsize offset, GArray *pieces)
{
  for (guint i = 0; i < n_edits (weave); i++)
    {
      const LensSeedEdit *edit = edit_at (weave, i);
      if (edit->instead || edit->offset != offset)
        continue;
      note_piece (pieces, length_of (weave), edit->length);
      g_byte_array_append (weave->into, edit->octets, (guint)edit->length);
    }
}

static gsize
growth_of (const Weave *weave, LensSeedGrowth least)
{
  gsize grown = 0;

  for (guint i = 0; i < n_edits (weave); i++)
    if (!edit_at (weave, i)->instead && edit_at (weave, i)->growth >= least)
      grown += edit_at (weave, i)->length;
  return grown;
}

/* Zeros that only made a short frame long enough go when it grows. */
static gsize
padding_to_drop (const Weave *weave)
{
  const LensRange *trailer = &weave->layers.trailer;
  gsize length = trailer->length - weave->fcs_length;

  if (weave->record->captured > SHORTEST + 4u * weave->layers.n_vlans + weave->fcs_length
      || growth_of (weave, LENS_SEED_FRAME) != growth_of (weave, LENS_SEED_DATAGRAM))
    return 0;
  for (gsize i = 0; i < length; i++)
    if (weave->record->octets[trailer->offset + i] != 0)
      return 0;
  return MIN (length, growth_of (weave, LENS_SEED_DATAGRAM));
}

static gsize
next_insert (const Weave *weave, gsize from)
{
  gsize next = G_MAXSIZE;

  for (guint i = 0; i < n_edits (weave); i++)
    if (!edit_at (weave, i)->instead && edit_at (weave, i)->offset >= from)
      next = MIN (next, edit_at (weave, i)->offset);
  return next;
}

static void
weave_octets (Weave *weave, GArray *pieces)
{
  const LensRecord *record = weave->record;
  gsize from = 0;

  for (gsize at = next_insert (weave, 0); at != G_MAXSIZE; at = next_insert (weave, at + 1))
    {
      g_byte_array_append (weave->into, record->octets + from, (guint)(at - from));
      weave_before (weave, at, pieces);
      from = at;
    }
  g_byte_array_append (weave->into, record->octets + from,
                       (guint)(record->captured - padding_to_drop (weave) - from));
  for (guint i = 0; i < n_edits (weave); i++)
    {
      const LensSeedEdit *edit = edit_at (weave, i);
      if (!edit->instead)
        continue;
      for (gsize o = 0; o < edit->length; o++)
        octets_of (weave)[moved (weave, edit->offset + o)] = edit->octets[o];
      note_piece (pieces, moved (weave, edit->offset), edit->length);
    }
}

/* --- lengths --- */

static void
mend_lengths (Weave *weave)
{
  const LensLayers *layers = &weave->layers;
  gsize network = layers->network.offset, payload = moved (weave, layers->payload.offset);
  gsize datagram = growth_of (weave, LENS_SEED_DATAGRAM);
  gsize data = growth_of (weave, LENS_SEED_PAYLOAD);

  if (layers->ip_version != 0 && !layers->zero_total_length)
    add_u16 (octets_of (weave) + network + (layers->ip_version == 4 ? 2 : 4), datagram);
  if (weave->transport.kind == LENS_TRANSPORT_UDP && !weave->transport.header_cut)
    add_u16 (octets_of (weave) + payload + 4, data);
  for (guint i = 0; i < n_edits (weave); i++)
    {
      const LensSeedEdit *edit = edit_at (weave, i);
      if (!edit->instead && edit->head >= 0)
        add_u16 (octets_of (weave) + moved (weave, (gsize)edit->head) + 2, edit->length);
    }
}

/* --- checksums --- */

static gssize
checksum_offset (const LensTransport *transport)
{
  switch (transport->kind)
    {
    case LENS_TRANSPORT_UDP:
      return 6;
    case LENS_TRANSPORT_TCP:
      return 16;
    case LENS_TRANSPORT_ICMP:
    case LENS_TRANSPORT_ICMPV6:
      return 2;
    default:
      return -1;
    }
}

/* What the checksum covers: UDP counts its own length, the others the datagram's. */
static guint32
transport_sum (const Weave *weave, const guint8 *octets, gsize length)
{
  const LensLayers *layers = &weave->layers;
  guint32 sum = weave->transport.kind == LENS_TRANSPORT_ICMP
                    ? 0
                    : lens_checksum_pseudo (&layers->source, &layers->destination, layers->protocol,
                                            length);

  return lens_checksum_add (sum, octets, length);
}

/* A checksum that was wrong (or absent) before stays as it was: the card would have made it. */
static gboolean
transport_sum_was_right (const Weave *weave)
{
  const LensTransport *transport = &weave->transport;
  gsize length = transport->header.length + transport->payload.length;
  const guint8 *octets = weave->record->octets + weave->layers.payload.offset;
  gssize at = checksum_offset (transport);

  if (at < 0 || transport->header_cut || weave->layers.fragment || weave->layers.truncated
      || length < (gsize)at + 2
      || (transport->kind == LENS_TRANSPORT_UDP && octets[at] == 0 && octets[at + 1] == 0))
    return FALSE;
  return lens_checksum_end (transport_sum (weave, octets, length)) == 0;
}

static void
write_sum (guint8 *field, guint16 sum)
{
  field[0] = (guint8)(sum >> 8);
  field[1] = (guint8)sum;
}

static void
mend_checksums (Weave *weave)
{
  const LensLayers *layers = &weave->layers;
  gsize network = layers->network.offset, payload = layers->payload.offset;
  guint8 *header = octets_of (weave) + network;
  gsize header_length = 4u * (header[0] & 0x0f); /* options may have been put in */
  gssize at = checksum_offset (&weave->transport);

  if (layers->ip_version == 4 && !touched (weave, network + 10)
      && lens_checksum_end (
             lens_checksum_add (0, weave->record->octets + network, layers->network.length))
             == 0)
    {
      write_sum (header + 10, 0);
      write_sum (header + 10, lens_checksum_end (lens_checksum_add (0, header, header_length)));
    }
  if (layers->ip_version == 0 || !transport_sum_was_right (weave)
      || touched (weave, payload + (gsize)at))
    return;
  gsize length = weave->transport.header.length + weave->transport.payload.length
                 + growth_of (weave, LENS_SEED_PAYLOAD);
  guint8 *octets = octets_of (weave) + moved (weave, payload);
  write_sum (octets + at, 0);
  if (layers->ip_version == 4) /* it may be another's by now */
    weave->layers.source = lens_address_from_octets (4, header + 12);
  guint16 sum = lens_checksum_end (transport_sum (weave, octets, length));
  write_sum (octets + at, sum == 0 && weave->transport.kind == LENS_TRANSPORT_UDP ? 0xffff : sum);
}

/* --- the whole --- */

gsize
lens_seed_fcs_length (const LensRecord *record, const LensLayers *layers)
{
  gsize link = layers->link.offset;

  return layers->trailer.length >= LENS_FCS_LENGTH && !layers->truncated
                 && lens_fcs_holds (record->octets + link, record->captured - link)
             ? LENS_FCS_LENGTH
             : 0;
}

void
lens_seed_weave (const LensRecord *record, const GArray *edits, guint32 sequence_shift,
                 guint32 acknowledgement_shift, GByteArray *into, GArray *pieces)
{
  Weave weave = { .record = record, .edits = edits, .into = into, .base = into->len };
  LensLayers *layers = &weave.layers;

  lens_layers_parse (record->linktype, record->fcs, record->octets, record->captured,
                     record->original, layers);
  weave.fcs_length = lens_seed_fcs_length (record, layers);
  memset (&weave.transport, 0, sizeof weave.transport);
  if (layers->ip_version != 0 && !layers->fragment)
    lens_transport_parse (layers->protocol, record->octets + layers->payload.offset,
                          layers->payload.length, &weave.transport);
  weave_octets (&weave, pieces);
  mend_lengths (&weave);
  if (weave.transport.kind == LENS_TRANSPORT_TCP && !weave.transport.header_cut)
    {
      guint8 *segment = octets_of (&weave) + moved (&weave, layers->payload.offset);
      add_u32 (segment + 4, sequence_shift);
      add_u32 (segment + 8, acknowledgement_shift);
    }
  mend_checksums (&weave);
  if (weave.fcs_length > 0)
    lens_fcs_write (octets_of (&weave) + layers->link.offset,
                    length_of (&weave) - layers->link.offset);
}
