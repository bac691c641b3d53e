#include "wire/checksum.h"

#include <string.h>

#define STEP 16

static guint16
fold (guint64 total)
{
  while (total >> 16 != 0)
    total = (total & 0xffff) + (total >> 16);
  return (guint16)total;
}

static guint32
u32_at (const guint8 *octets)
{
  guint32 word;

  memcpy (&word, octets, sizeof word);
  return GUINT32_FROM_BE (word);
}

/* A sum is the same in any word length and byte order, but for how it is read at the end (RFC
 * 1071 section 2): so whole words of the machine are added. */
static guint64
sum_of_words (const guint8 *octets, gsize length)
{
  guint64 sums[STEP / 4] = { 0 };
  guint32 words[STEP / 4];

  for (gsize i = 0; i < length; i += STEP)
    {
      memcpy (words, octets + i, STEP);
      for (guint lane = 0; lane < STEP / 4; lane++)
        sums[lane] += words[lane];
    }
  return GUINT16_FROM_BE (fold (sums[0] + sums[1] + sums[2] + sums[3]));
}

guint32
lens_checksum_add (guint32 sum, const guint8 *octets, gsize length)
{
  gsize whole = length & ~(gsize)(STEP - 1);
  guint64 total = sum + sum_of_words (octets, whole);

  octets += whole;
  length -= whole;
  for (gsize i = 0; i + 1 < length; i += 2)
    total += (guint32)octets[i] << 8 | octets[i + 1];
  if (length % 2 == 1)
    total += (guint32)octets[length - 1] << 8;
  return fold (total);
}

guint16
lens_checksum_end (guint32 sum)
{
  return (guint16)~fold (sum);
}

guint32
lens_checksum_pseudo (const LensAddress *source, const LensAddress *destination, guint8 protocol,
                      gsize length)
{
  gsize size = source->version == 4 ? 4 : 16;
  guint64 total = (guint32)length + (guint64)protocol;

  for (gsize i = 0; i < size; i += 4)
    total += (guint64)u32_at (source->octets + i) + u32_at (destination->octets + i);
  return fold (total);
}

gboolean
lens_checksum_header_holds (const guint8 *header, gsize length)
{
  return (header[10] == 0 && header[11] == 0)
         || lens_checksum_end (lens_checksum_add (0, header, length)) == 0;
}
