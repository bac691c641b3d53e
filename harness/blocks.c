#include "harness/blocks.h"

#include <string.h>

/* Types of block, draft-ietf-opsawg-pcapng section 4. */
enum
{
  BLOCK_SECTION = 0x0a0d0d0a,
  BLOCK_INTERFACE = 1,
  BLOCK_STATISTICS = 5,
  BLOCK_PACKET = 6,
};

static guint32
get_u32 (const guint8 *octets)
{
  guint32 value;

  memcpy (&value, octets, 4);
  return GUINT32_FROM_LE (value);
}

static gboolean
is_ours (guint32 type, guint32 length)
{
  if (length % 4 != 0 || length < 12 || length > LENS_BLOCK_MAX)
    return FALSE;
  if (type == BLOCK_PACKET)
    return length >= 32;
  return type == BLOCK_SECTION || type == BLOCK_INTERFACE || type == BLOCK_STATISTICS;
}

gsize
lens_blocks_first (const guint8 *octets, gsize length)
{
  if (length < 12)
    return 0;
  guint32 block = get_u32 (octets + 4);
  return is_ours (get_u32 (octets), block) && block <= length ? block : 0;
}

gboolean
lens_blocks_whole (const guint8 *octets, gsize length, LensBlocksWhole *whole)
{
  while (length - whole->octets >= 8)
    {
      const guint8 *at = octets + whole->octets;
      guint32 type = get_u32 (at);
      guint32 block = get_u32 (at + 4);
      if (!is_ours (type, block))
        return FALSE;
      if (block > length - whole->octets)
        break;
      if (get_u32 (at + block - 4) != block)
        return FALSE;
      if (type == BLOCK_PACKET)
        {
          if (get_u32 (at + 20) > block - 32)
            return FALSE;
          whole->packets++;
          whole->packet_octets += get_u32 (at + 20);
        }
      whole->octets += block;
    }
  return TRUE;
}
