#include "harness/parts.h"

#include "harness/hash.h"

#include <string.h>

#define SECTION_HEADER 0x0a0d0d0a
#define BLOCK_MIN 12

typedef struct
{
  LensHash *hash;
  guint64 first_frame; /* 0: none yet */
} Part;

struct _LensParts
{
  GArray *parts;      /* Part */
  guint8 head[8];     /* type and length of the block at hand */
  guint known;        /* octets of @head */
  guint64 block_left; /* octets of the block behind @head */
  gboolean astray;    /* what came was no block */
};

LensParts *
lens_parts_new (void)
{
  LensParts *parts = g_new0 (LensParts, 1);

  parts->parts = g_array_new (FALSE, TRUE, sizeof (Part));
  return parts;
}

void
lens_parts_free (LensParts *parts)
{
  if (parts == NULL)
    return;
  for (guint i = 0; i < parts->parts->len; i++)
    lens_hash_free (g_array_index (parts->parts, Part, i).hash);
  g_array_unref (parts->parts);
  g_free (parts);
}

static void
begin_block (LensParts *parts)
{
  guint32 type, length;

  memcpy (&type, parts->head, sizeof type);
  memcpy (&length, parts->head + 4, sizeof length);
  if (type == SECTION_HEADER || parts->parts->len == 0)
    {
      const Part part = { .hash = lens_hash_new () };
      g_array_append_val (parts->parts, part);
    }
  parts->astray = length < BLOCK_MIN;
  parts->block_left = length - sizeof parts->head;
  lens_hash_feed (g_array_index (parts->parts, Part, parts->parts->len - 1).hash, parts->head,
                  sizeof parts->head);
}

void
lens_parts_feed (LensParts *parts, const guint8 *octets, gsize length)
{
  while (length > 0)
    {
      gsize taken;
      if (parts->known < sizeof parts->head)
        {
          taken = MIN (sizeof parts->head - parts->known, length);
          memcpy (parts->head + parts->known, octets, taken);
          parts->known += taken;
          if (parts->known == sizeof parts->head)
            begin_block (parts);
        }
      else
        {
          taken = parts->astray ? length : MIN (parts->block_left, length);
          lens_hash_feed (g_array_index (parts->parts, Part, parts->parts->len - 1).hash, octets,
                          taken);
          parts->block_left -= taken;
          if (parts->block_left == 0 && !parts->astray)
            parts->known = 0;
        }
      octets += taken;
      length -= taken;
    }
}

void
lens_parts_frame (LensParts *parts, guint32 section, guint64 number)
{
  Part *part;

  if (section >= parts->parts->len)
    return;
  part = &g_array_index (parts->parts, Part, section);
  if (part->first_frame == 0)
    part->first_frame = number;
}

gboolean
lens_parts_end (LensParts *parts, LensEvaluation *evaluation)
{
  guint64 next
      = evaluation->input.packets + 1; /* a file without frames begins with the next file's */

  if (parts->parts->len < 2)
    return FALSE;
  for (guint i = parts->parts->len; i-- > 0;)
    {
      Part *part = &g_array_index (parts->parts, Part, i);
      next = part->first_frame != 0 ? part->first_frame : next;
      part->first_frame = next;
    }
  for (guint i = 0; i < parts->parts->len; i++)
    {
      Part *part = &g_array_index (parts->parts, Part, i);
      LensFileRow *row = lens_evaluation_add_file (evaluation);
      row->name = i == 0 ? g_strdup ("traffic.pcapng") : g_strdup_printf ("traffic-%05u.pcapng", i);
      row->sha256 = lens_hash_end (part->hash);
      row->first_frame = part->first_frame;
    }
  return TRUE;
}
