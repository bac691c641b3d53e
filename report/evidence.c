#include "report/evidence.h"

#include <string.h>

#include "ledger/caps.h"
#include "report/escape.h"
#include "wire/capture-writer.h"

enum
{
  HEADER_OCTETS = 8192, /* of the section, of which each half bears one */
  BLOCK_OVERHEAD = 128, /* octets around a packet or an interface's texts, at most */
  MAX_ID = 10,
  MAX_NAME = 80,     /* characters */
  MAX_COMMENT = 255, /* the same */
  MAX_FILES = 12,    /* of a set, that a section names */
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

/* "octets 86-133, 200-203 of "; nothing where the record names none of this frame.  Returns how
 * many they are. */
static guint64
put_octets (GString *into, const LensFindingRow *finding, guint64 frame)
{
  guint64 count = 0;

  for (guint i = 0; i < finding->octets->len; i++)
    {
      const LensPiece *piece = &g_array_index (finding->octets, LensPiece, i);

      if (piece->frame != frame || piece->length == 0)
        continue;
      g_string_append_printf (into, count == 0 ? "octets %u" : ", %u", piece->offset);
      if (piece->length > 1)
        g_string_append_printf (into, "-%" G_GUINT64_FORMAT,
                                (guint64)piece->offset + piece->length - 1);
      count += piece->length;
    }
  if (count > 0)
    g_string_append (into, " of ");
  return count;
}

/* The file of a set that a frame is in; NULL: it is none. */
static const LensFileRow *
file_of (const LensInputSection *input, guint64 frame)
{
  const LensFileRow *file = NULL;

  for (guint i = 0; i < input->files->len; i++)
    {
      const LensFileRow *row = g_ptr_array_index (input->files, i);
      if (row->first_frame <= frame)
        file = row;
    }
  return file;
}

/* "lenscap F001: 52 octets of rtp-padding-content, octets 86-133, 200-203 of frame 1204" */
static void
make_comment (LensEvidence *evidence, const LensFindingRow *finding, guint64 frame)
{
  g_autoptr (GString) places = g_string_new (NULL);
  const guint64 count = put_octets (places, finding, frame);
  const LensFileRow *file = file_of (&evidence->evaluation->input, frame);
  GString *comment = evidence->comment;

  g_string_printf (comment, "lenscap %s: ", finding->id);
  if (count > 0)
    g_string_append_printf (comment, "%" G_GUINT64_FORMAT " octet%s of ", count,
                            count == 1 ? "" : "s");
  lens_escape_text (comment, finding->channel, MAX_NAME);
  g_string_append_printf (comment, ", %sframe %" G_GUINT64_FORMAT, places->str, frame);
  if (file != NULL)
    {
      g_string_append_printf (comment, " (%" G_GUINT64_FORMAT " of ",
                              frame - file->first_frame + 1);
      lens_escape_text (comment, file->name, MAX_NAME);
      g_string_append_c (comment, ')');
    }
}

static void
put_source (GString *into, const char *name, const char *sha256)
{
  lens_escape_text (into, name, MAX_NAME);
  if (sha256 != NULL)
    {
      g_string_append (into, ", SHA-256 ");
      lens_escape_text (into, sha256, MAX_NAME);
    }
}

/* What the packets are and what they were cut from. */
static char *
section_comment (const LensEvidence *evidence, const LensFindingRow *finding)
{
  const LensInputSection *input = &evidence->evaluation->input;
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "lenscap %s: ", finding->id);
  lens_escape_text (text, finding->channel, MAX_NAME);
  g_string_append (text, ". Packets of ");
  put_source (text, input->name, input->sha256);
  for (guint i = 0; i < MIN (input->files->len, MAX_FILES); i++)
    {
      const LensFileRow *file = g_ptr_array_index (input->files, i);
      g_string_append (text, "; ");
      put_source (text, file->name, file->sha256);
    }
  if (input->files->len > MAX_FILES)
    g_string_append_printf (text, "; and %u more", input->files->len - MAX_FILES);
  g_string_append_printf (text,
                          ". Frames have the numbers that they have there, octets are counted from "
                          "0. Of more than %" G_GUINT64_FORMAT " packets or %" G_GUINT64_FORMAT
                          " octets the first and the last half are here.",
                          2 * evidence->half_packets, 2 * (evidence->half_octets + HEADER_OCTETS));
  return g_string_free (text, FALSE);
}

/* Its number in the capture, what it lost, and what was said of it there. */
static char *
interface_comment (const LensEvidence *evidence, guint32 index,
                   const LensCaptureInterface *interface)
{
  const GPtrArray *rows = evidence->evaluation->input.interfaces;
  const LensInterfaceRow *row = index < rows->len ? g_ptr_array_index (rows, index) : NULL;
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "lenscap: interface %u of the capture", index);
  if (row != NULL && row->dropped >= 0)
    g_string_append_printf (text, ", where it lost %" G_GINT64_FORMAT " packets", row->dropped);
  if (interface->comment != NULL)
    {
      g_string_append (text, "; ");
      lens_escape_text (text, interface->comment, MAX_COMMENT);
    }
  return g_string_free (text, FALSE);
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

static void
put_section (LensEvidence *evidence, const LensFindingRow *finding)
{
  g_autofree char *comment = section_comment (evidence, finding);
  g_autoptr (GString) application = g_string_new ("lenscap ");

  lens_escape_text (application, evidence->evaluation->tool.version, MAX_NAME);
  lens_capture_writer_section (evidence->blocks, application->str, comment);
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
    put_section (evidence, cutting->finding);
  g_autofree char *comment = interface_comment (evidence, index, interface);
  LensCaptureInterface commented = *interface;
  commented.comment = comment;
  lens_capture_writer_interface (evidence->blocks, &commented);
  g_hash_table_insert (cutting->interfaces, GUINT_TO_POINTER (index), GUINT_TO_POINTER (here));
  return here;
}

static gsize
octets_of (const char *text)
{
  return text != NULL ? strlen (text) : 0;
}

static void
cut (LensEvidence *evidence, Cutting *cutting, const LensRecord *packet,
     const LensCaptureInterface *interface)
{
  LensRecord copy = *packet;

  make_comment (evidence, cutting->finding, packet->frame);
  guint64 size = packet->captured + evidence->comment->len + BLOCK_OVERHEAD;
  if (!g_hash_table_contains (cutting->interfaces, GUINT_TO_POINTER (packet->interface)))
    size += BLOCK_OVERHEAD + octets_of (interface->name) + octets_of (interface->filter)
            + 4 * octets_of (interface->comment);
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
