/* Media that a device never sent: packets beside its own, frames between them, NAL units. */
#include "ledger/seed-inside.h"

#include "wire/h264.h"
#include "wire/h265.h"
#include "wire/transport.h"

#include <string.h>

#define STAP_A 24
#define HEAD_LENGTH 4 /* octets before an interleaved frame */
#define LARGEST 60000 /* octets of one frame */

gboolean
lens_seed_bed_insert_frame (LensSeedBed *bed, guint8 channel, const guint8 *octets, gsize length)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  const guint8 head[HEAD_LENGTH] = { '$', channel, (guint8)(length >> 8), (guint8)length };

  if (bed->layers.protocol != LENS_PROTOCOL_TCP || length > LARGEST)
    return FALSE;
  g_byte_array_append (frame, head, sizeof head);
  g_byte_array_append (frame, octets, (guint)length);
  lens_seed_bed_insert (bed, bed->unit->end, frame->data, frame->len, LENS_SEED_PAYLOAD);
  return TRUE;
}

gboolean
lens_seed_bed_send_beside (LensSeedBed *bed, const guint8 *octets, gsize length)
{
  const LensRecord *record = lens_packets_at (bed->ground->packets, bed->unit->packet);
  const LensSideKey *key = &bed->unit->side->key;

  if (bed->layers.protocol == LENS_PROTOCOL_UDP)
    return lens_seed_bed_send_udp (bed, NULL, key->sport, key->dport, octets, length);
  if (bed->unit->head < 0)
    return FALSE;
  return lens_seed_bed_insert_frame (bed, record->octets[bed->unit->head + 1], octets, length);
}

gboolean
lens_seed_bed_is_single_nal (const LensSeedBed *bed)
{
  return (bed->kind == (guint)g_bit_nth_lsf (LENS_UNIT_NAL, -1)
          || bed->kind == (guint)g_bit_nth_lsf (LENS_UNIT_HEVC_NAL, -1))
         && (bed->unit->nal_flags & (LENS_NAL_AGGREGATED | LENS_NAL_FRAGMENTED)) == 0
         && bed->unit->end - bed->unit->start <= G_MAXUINT16;
}

static void
put_unit_head (GByteArray *into, gsize size)
{
  const guint8 head[] = { (guint8)(size >> 8), (guint8)size };

  g_byte_array_append (into, head, sizeof head);
}

/* @header and @rbsp with emulation prevention (H.264 7.4.1, H.265 7.4.2). */
static GByteArray *
escape (const guint8 *header, gsize header_length, const guint8 *rbsp, gsize length)
{
  GByteArray *nal = g_byte_array_new ();
  static const guint8 prevention = 3;
  guint zeros = 0;

  g_byte_array_append (nal, header, (guint)header_length);
  for (gsize i = 0; i < length; i++)
    {
      if (zeros >= 2 && rbsp[i] <= 3)
        {
          g_byte_array_append (nal, &prevention, 1);
          zeros = 0;
        }
      g_byte_array_append (nal, &rbsp[i], 1);
      zeros = rbsp[i] == 0 ? zeros + 1 : 0;
    }
  return nal;
}

/* Puts an aggregate's header, @nal and the size of the unit at hand before that unit. */
static gboolean
put_in_aggregate (LensSeedBed *bed, const guint8 *header, gsize header_length,
                  const GByteArray *nal)
{
  g_autoptr (GByteArray) front = g_byte_array_new ();

  if (!lens_seed_bed_is_single_nal (bed) || nal->len > G_MAXUINT16)
    return FALSE;
  g_byte_array_append (front, header, (guint)header_length);
  put_unit_head (front, nal->len);
  g_byte_array_append (front, nal->data, nal->len);
  put_unit_head (front, bed->unit->end - bed->unit->start);
  lens_seed_bed_insert (bed, bed->unit->start, front->data, front->len, LENS_SEED_UNIT);
  return TRUE;
}

gboolean
lens_seed_bed_put_nal (LensSeedBed *bed, guint8 header, const guint8 *rbsp, gsize length)
{
  const LensRecord *record = lens_packets_at (bed->ground->packets, bed->unit->packet);
  g_autoptr (GByteArray) nal = escape (&header, 1, rbsp, length);
  /* The aggregate's reference bits are the highest of its units'. */
  guint8 first = record->octets[bed->unit->start];
  guint8 type = (guint8)(((first | header) & 0x80) | MAX (first & 0x60, header & 0x60) | STAP_A);

  return put_in_aggregate (bed, &type, 1, nal);
}

gboolean
lens_seed_bed_put_hevc_nal (LensSeedBed *bed, guint8 type, const guint8 *rbsp, gsize length)
{
  static const guint8 aggregate[LENS_H265_HEADER] = { LENS_H265_AP << 1, 1 };
  const guint8 header[LENS_H265_HEADER] = { (guint8)(type << 1), 1 };
  g_autoptr (GByteArray) nal = escape (header, sizeof header, rbsp, length);

  return put_in_aggregate (bed, aggregate, sizeof aggregate, nal);
}

/* Where the number of Content-Length lies in the octets before the body at hand. */
static gboolean
find_length (const LensSeedBed *bed, LensRange *digits)
{
  static const char name[] = "Content-Length: ";
  const LensRecord *record = lens_packets_at (bed->ground->packets, bed->unit->packet);
  const guint8 *start = memmem (record->octets, bed->unit->start, name, sizeof name - 1);

  if (start == NULL)
    return FALSE;
  digits->offset = (gsize)(start - record->octets) + sizeof name - 1;
  digits->length = 0;
  while (g_ascii_isdigit (record->octets[digits->offset + digits->length]))
    digits->length++;
  return digits->length > 0;
}

gboolean
lens_seed_bed_has_length (const LensSeedBed *bed)
{
  LensRange digits;

  return find_length (bed, &digits);
}

void
lens_seed_bed_put_line (LensSeedBed *bed, const char *line)
{
  gsize body = bed->unit->end - bed->unit->start + strlen (line);
  LensRange digits;

  g_return_if_fail (find_length (bed, &digits));
  g_autofree char *length = g_strdup_printf ("%0*zu", (int)digits.length, body);
  gsize more = strlen (length) - digits.length;
  lens_seed_bed_insert (bed, digits.offset, (const guint8 *)length, more, LENS_SEED_PAYLOAD);
  lens_seed_bed_replace (bed, digits.offset, (const guint8 *)length + more, digits.length);
  lens_seed_bed_insert (bed, bed->unit->end, (const guint8 *)line, strlen (line),
                        LENS_SEED_PAYLOAD);
}
