#include "harness/parts.h"

#include "harness/hash.h"
#include "harness/seams.h"

#define DAMAGE_NAMED 3 /* files of which it is said what is wrong */

typedef struct
{
  LensHash *hash;
  guint64 first_frame; /* 0: none */
  guint64 packets;
  gint64 first, last; /* of packets that have times */
  gboolean has_times;
} Part;

struct _LensParts
{
  const char *const *names;
  guint n_names;
  GArray *parts; /* Part */
  gint64 before; /* time of the packet before, of the file at hand */
  gint64 pause;  /* the longest between two packets of one file */
  guint damaged; /* files */
  GString *damage;
  char *only; /* of the first of these, without its name */
};

static void
clear_part (gpointer data)
{
  Part *part = data;

  lens_hash_free (part->hash);
}

LensParts *
lens_parts_new (const char *const *names)
{
  LensParts *parts = g_new0 (LensParts, 1);

  parts->names = names;
  parts->n_names = names != NULL ? g_strv_length ((char **)names) : 0;
  parts->parts = g_array_new (FALSE, TRUE, sizeof (Part));
  g_array_set_clear_func (parts->parts, clear_part);
  parts->damage = g_string_new (NULL);
  return parts;
}

void
lens_parts_free (LensParts *parts)
{
  if (parts == NULL)
    return;
  g_array_unref (parts->parts);
  g_string_free (parts->damage, TRUE);
  g_free (parts->only);
  g_free (parts);
}

static Part *
at_hand (const LensParts *parts)
{
  return &g_array_index (parts->parts, Part, parts->parts->len - 1);
}

static char *
name_of (const LensParts *parts, guint index)
{
  if (parts->names != NULL)
    return g_strdup (index < parts->n_names ? parts->names[index] : "?");
  return index == 0 ? g_strdup ("traffic.pcapng") : g_strdup_printf ("traffic-%05u.pcapng", index);
}

void
lens_parts_begin (LensParts *parts)
{
  const Part part = { .hash = lens_hash_new () };

  g_array_append_val (parts->parts, part);
}

void
lens_parts_feed (LensParts *parts, const guint8 *octets, gsize length)
{
  lens_hash_feed (at_hand (parts)->hash, octets, length);
}

void
lens_parts_packet (LensParts *parts, const LensRecord *record)
{
  Part *part = at_hand (parts);

  if (part->packets++ == 0)
    part->first_frame = record->frame;
  if (!record->has_time)
    return;
  if (!part->has_times)
    part->first = part->last = parts->before = record->time_ns;
  part->has_times = TRUE;
  if (record->time_ns > parts->before
      && (guint64)record->time_ns - (guint64)parts->before > (guint64)parts->pause)
    parts->pause = (gint64)MIN ((guint64)record->time_ns - (guint64)parts->before, G_MAXINT64);
  parts->before = record->time_ns;
  part->first = MIN (part->first, record->time_ns);
  part->last = MAX (part->last, record->time_ns);
}

void
lens_parts_damaged (LensParts *parts, const char *problem)
{
  if (parts->damaged++ >= DAMAGE_NAMED)
    return;
  g_autofree char *name = name_of (parts, parts->parts->len - 1);
  if (parts->damaged == 1)
    parts->only = g_strdup (problem);
  g_string_append_printf (parts->damage, "%s%s: %s", parts->damage->len > 0 ? "; " : "", name,
                          problem);
}

char *
lens_parts_problem (const LensParts *parts)
{
  if (parts->damaged == 0)
    return NULL;
  if (parts->parts->len == 1)
    return g_strdup (parts->only);
  if (parts->damaged <= DAMAGE_NAMED)
    return g_strdup (parts->damage->str);
  return g_strdup_printf ("%s; and %u more files", parts->damage->str,
                          parts->damaged - DAMAGE_NAMED);
}

static void
fill_row (const Part *part, LensFileRow *row)
{
  row->sha256 = lens_hash_end (part->hash);
  row->first_frame = part->first_frame;
  row->packets = part->packets;
  row->has_times = part->has_times;
  row->first = part->first;
  row->last = part->last;
}

char *
lens_parts_hash (LensParts *parts)
{
  return lens_hash_end (g_array_index (parts->parts, Part, 0).hash);
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
      LensFileRow *row = lens_evaluation_add_file (evaluation);
      row->name = name_of (parts, i);
      fill_row (&g_array_index (parts->parts, Part, i), row);
    }
  lens_seams_note (&evaluation->input, parts->pause);
  return TRUE;
}
