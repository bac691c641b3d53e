#include "report/evidence.h"

#include <string.h>

#include "ledger/caps.h"
#include "report/escape.h"
#include "wire/capture-writer.h"

enum
{
  HEADER_OCTETS = 1024, /* of the section, of which each half bears one */
  BLOCK_OVERHEAD = 64,  /* octets around a packet or a name, at most */
  MAX_ID = 10,
  MAX_NAME = 80, /* characters */
};

/* The pcapng of one finding. */
typedef struct
{
  const LensFindingRow *finding;
  GHashTable *interfaces; /* index in the capture to index here */
  guint64 expected;       /* packets that its ranges name */
  guint64 seen;
  guint64 first_packets, first_octets, last_octets;
  guint64 largest; /* block seen */
  gboolean first_is_full;
} Cutting;

/* A range of frames of one cutting. */
typedef struct
{
  LensFrameRange frames;
  Cutting *cutting;
} Stretch;

struct _LensEvidence
{
  const LensEvaluation *evaluation;
  LensEvidenceSink sink;
  gpointer data;
  guint64 half_packets, half_octets; /* of each cutting, first and last ones */
  GPtrArray *cuttings;
  GArray *stretches; /* by first frame */
  guint next;        /* of them, not yet reached */
  GArray *active;    /* Stretch: those that hold the current frame */
  GByteArray *blocks;
  GString *comment;
  guint64 written;
};

static void
free_cutting (gpointer data)
{
  Cutting *cutting = data;

  g_hash_table_unref (cutting->interfaces);
  g_free (cutting);
}

static gboolean
is_file_name (const char *id)
{
  if (id == NULL || id[0] != 'F' || strlen (id) > MAX_ID || strlen (id) < 4)
    return FALSE;
  return id[1 + strspn (id + 1, "0123456789")] == '\0';
}

static gint
by_first_frame (gconstpointer one, gconstpointer other)
{
  const Stretch *mine = one, *theirs = other;

  if (mine->frames.first != theirs->frames.first)
    return mine->frames.first < theirs->frames.first ? -1 : 1;
  return 0;
}

/* The ranges of a finding in order and without overlap, whatever the record has. */
static void
add_stretches (LensEvidence *evidence, Cutting *cutting)
{
  const GArray *ranges = cutting->finding->ranges;
  g_autoptr (GArray) own = g_array_new (FALSE, FALSE, sizeof (Stretch));
  guint64 covered = 0; /* frames up to here are in a stretch */

  for (guint i = 0; i < ranges->len; i++)
    {
      const Stretch stretch = { g_array_index (ranges, LensFrameRange, i), cutting };
      g_array_append_val (own, stretch);
    }
  g_array_sort (own, by_first_frame);
  for (guint i = 0; i < own->len; i++)
    {
      Stretch stretch = g_array_index (own, Stretch, i);

      stretch.frames.first = MAX (stretch.frames.first, covered + 1);
      if (stretch.frames.last < stretch.frames.first)
        continue;
      covered = stretch.frames.last;
      cutting->expected += stretch.frames.last - stretch.frames.first + 1;
      g_array_append_val (evidence->stretches, stretch);
    }
}

/* As the record has it: a stranger's may have any value, or none. */
static guint64
cap_of (const LensEvaluation *evaluation, LensCap cap)
{
  const LensCapKind *kind = &lens_caps[cap];

  for (guint i = 0; i < evaluation->tool.caps->len; i++)
    {
      const LensCapRow *row = evaluation->tool.caps->pdata[i];
      if (g_strcmp0 (row->name, kind->name) == 0)
        return CLAMP (row->value, kind->least, kind->most);
    }
  return kind->standard;
}

LensEvidence *
lens_evidence_new (const LensEvaluation *evaluation, LensEvidenceSink sink, gpointer data)
{
  LensEvidence *evidence = g_new0 (LensEvidence, 1);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  evidence->evaluation = evaluation;
  evidence->half_packets = cap_of (evaluation, LENS_CAP_EVIDENCE_PACKETS) / 2;
  evidence->half_octets = cap_of (evaluation, LENS_CAP_EVIDENCE_OCTETS) / 2 - HEADER_OCTETS;
  evidence->sink = sink;
  evidence->data = data;
  evidence->cuttings = g_ptr_array_new_with_free_func (free_cutting);
  evidence->stretches = g_array_new (FALSE, FALSE, sizeof (Stretch));
  evidence->active = g_array_new (FALSE, FALSE, sizeof (Stretch));
  evidence->blocks = g_byte_array_new ();
  evidence->comment = g_string_new (NULL);
  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      LensFindingRow *finding = evaluation->findings->pdata[i];

      if (!is_file_name (finding->id) || !g_hash_table_add (ids, finding->id))
        continue;
      Cutting *cutting = g_new0 (Cutting, 1);
      cutting->finding = finding;
      cutting->interfaces = g_hash_table_new (NULL, NULL);
      g_ptr_array_add (evidence->cuttings, cutting);
      add_stretches (evidence, cutting);
    }
  g_array_sort (evidence->stretches, by_first_frame);
  return evidence;
}

void
lens_evidence_free (LensEvidence *evidence)
{
  if (evidence == NULL)
    return;
  g_ptr_array_unref (evidence->cuttings);
  g_array_unref (evidence->stretches);
  g_array_unref (evidence->active);
  g_byte_array_unref (evidence->blocks);
  g_string_free (evidence->comment, TRUE);
  g_free (evidence);
}

guint64
lens_evidence_written (const LensEvidence *evidence)
{
  return evidence->written;
}

/* "F001 rtp-padding; frame 1204 of traffic.pcapng; octets 86+48, 200+4 (offset+length)" */
static void
make_comment (LensEvidence *evidence, const LensFindingRow *finding, guint64 frame)
{
  GString *comment = evidence->comment;
  guint places = 0;

  g_string_printf (comment, "%s ", finding->id);
  lens_escape_text (comment, finding->channel, MAX_NAME);
  g_string_append_printf (comment, "; frame %" G_GUINT64_FORMAT " of ", frame);
  lens_escape_text (comment, evidence->evaluation->input.name, MAX_NAME);
  for (guint i = 0; i < finding->octets->len; i++)
    {
      const LensPiece *piece = &g_array_index (finding->octets, LensPiece, i);

      if (piece->frame != frame)
        continue;
      g_string_append_printf (comment, "%s%u+%u", places == 0 ? "; octets " : ", ", piece->offset,
                              piece->length);
      places++;
    }
  if (places > 0)
    g_string_append (comment, " (offset+length)");
}

/**
 * Whether a block of @size octets is among the first or the last.  How many packets are still
 * to come is known, how large they are is not; so the last half begins where all of them fit
 * if none is larger than the largest so far.
 */
static gboolean
is_wanted (const LensEvidence *evidence, Cutting *cutting, guint64 size)
{
  const guint64 left = cutting->expected - cutting->seen; /* this one included */

  cutting->largest = MAX (cutting->largest, size);
  if (!cutting->first_is_full && cutting->first_packets < evidence->half_packets
      && cutting->first_octets + size <= evidence->half_octets)
    {
      cutting->first_packets++;
      cutting->first_octets += size;
      return TRUE;
    }
  cutting->first_is_full = TRUE;
  if (left > evidence->half_packets
      || left * cutting->largest > evidence->half_octets - cutting->last_octets)
    return FALSE;
  cutting->last_octets += size;
  return TRUE;
}

/* The interface's index in the cutting; its first packets bring section and interface along. */
static guint32
interface_of (LensEvidence *evidence, Cutting *cutting, guint32 index,
              const LensCaptureInterface *interface)
{
  gpointer known;

  if (g_hash_table_lookup_extended (cutting->interfaces, GUINT_TO_POINTER (index), NULL, &known))
    return GPOINTER_TO_UINT (known);
  const guint32 here = g_hash_table_size (cutting->interfaces);
  if (here == 0)
    lens_capture_writer_section (evidence->blocks, "lenscap");
  lens_capture_writer_interface (evidence->blocks, interface);
  g_hash_table_insert (cutting->interfaces, GUINT_TO_POINTER (index), GUINT_TO_POINTER (here));
  return here;
}

static void
cut (LensEvidence *evidence, Cutting *cutting, const LensRecord *packet,
     const LensCaptureInterface *interface)
{
  LensRecord copy = *packet;

  make_comment (evidence, cutting->finding, packet->frame);
  guint64 size = packet->captured + evidence->comment->len + BLOCK_OVERHEAD;
  if (!g_hash_table_contains (cutting->interfaces, GUINT_TO_POINTER (packet->interface)))
    size += BLOCK_OVERHEAD + (interface->name != NULL ? strlen (interface->name) : 0);
  const gboolean wanted = is_wanted (evidence, cutting, size);
  cutting->seen++;
  if (!wanted)
    return;
  g_byte_array_set_size (evidence->blocks, 0);
  copy.interface = interface_of (evidence, cutting, packet->interface, interface);
  copy.comment = evidence->comment->str;
  lens_capture_writer_packet (evidence->blocks, &copy);
  evidence->sink (cutting->finding->id, evidence->blocks->data, evidence->blocks->len,
                  evidence->data);
  evidence->written++;
}

static void
advance (LensEvidence *evidence, guint64 frame)
{
  while (evidence->next < evidence->stretches->len)
    {
      const Stretch *stretch = &g_array_index (evidence->stretches, Stretch, evidence->next);

      if (stretch->frames.first > frame)
        break;
      g_array_append_val (evidence->active, *stretch);
      evidence->next++;
    }
}

gboolean
lens_evidence_packet (LensEvidence *evidence, const LensRecord *packet,
                      const LensCaptureInterface *interface)
{
  advance (evidence, packet->frame);
  for (guint i = 0; i < evidence->active->len;)
    {
      const Stretch *stretch = &g_array_index (evidence->active, Stretch, i);
      const gboolean over = stretch->frames.last <= packet->frame;

      if (stretch->frames.last >= packet->frame)
        cut (evidence, stretch->cutting, packet, interface);
      if (over)
        g_array_remove_index (evidence->active, i);
      else
        i++;
    }
  return evidence->active->len > 0 || evidence->next < evidence->stretches->len;
}
