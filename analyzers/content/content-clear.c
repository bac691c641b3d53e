/* content-clear: does picture or sound leave in the clear where none is declared?
 *
 * A JPEG image (ITU-T T.81 annex B) in a flow that carries no declared media, found by its
 * grammar and not by its first octets; and RTP (RFC 3550) that no session announced.
 *
 *   use    8 bits for each octet of the images, or of the RTP payload
 */
#include "ledger/analyzer.h"
#include "wire/jpeg-scan.h"

#include <string.h>

/* An image longer than this is told by its first octets. */
#define MAX_PIECES 16384

typedef struct ContentClear ContentClear;

/* A stream of octets from one side, and where its last octets lie. */
typedef struct
{
  ContentClear *whole;
  LensSide *side;
  LensJpegScan scan;
  guint64 offset; /* octets fed */
  GArray *pieces; /* LensPiece of octets from @kept on */
  guint64 kept;
  GArray *images; /* LensJpegImage, of the unit at hand */
} Reader;

struct ContentClear
{
  GPtrArray *readers; /* Reader, by the side's index; NULL: none */
};

static const LensChannelText channels[] = {
  { .id = "content-media",
    .summary = "Pictures or sound leave the device outside the streams that it declares.",
    .reference = "ITU-T T.81 annex B; RFC 3550 section 5.1",
    .hides = TRUE,
    .unit = LENS_UNIT_CONTENT },
  { NULL },
};

static void
take_image (const LensJpegImage *image, gpointer user)
{
  Reader *reader = user;

  if (image->kind != LENS_JPEG_IMAGE_BASE64)
    g_array_append_val (reader->images, *image);
}

static Reader *
reader_for (ContentClear *content, LensSide *side)
{
  if (content->readers == NULL)
    content->readers = g_ptr_array_new ();
  if (side->index >= content->readers->len)
    g_ptr_array_set_size (content->readers, (gint)MAX (side->index + 1, 2 * content->readers->len));
  Reader **reader = (Reader **)&g_ptr_array_index (content->readers, side->index);
  if (*reader == NULL)
    {
      *reader = g_new0 (Reader, 1);
      (*reader)->whole = content;
      (*reader)->side = side;
      lens_jpeg_scan_init (&(*reader)->scan, take_image, *reader);
    }
  return *reader;
}

/* Whether an image could begin in @view, or go on in it. */
static gboolean
is_of_interest (const ContentClear *content, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets;
  gsize length = unit->view.length;

  if (content->readers != NULL && unit->side->index < content->readers->len
      && g_ptr_array_index (content->readers, unit->side->index) != NULL)
    return TRUE;
  for (gsize i = 0; i < length; i++)
    {
      const guint8 *mark = memchr (octets + i, 0xff, length - i);
      if (mark == NULL)
        return FALSE;
      i = (gsize)(mark - octets);
      if (i + 1 >= length || octets[i + 1] == 0xd8)
        return TRUE;
    }
  return FALSE;
}

static void
report_image (LensLedger *ledger, Reader *reader, const LensJpegImage *image, gint64 time_ns)
{
  g_autoptr (GArray) scratch = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  const LensView known = { NULL, reader->offset - reader->kept,
                           (const LensPiece *)reader->pieces->data, reader->pieces->len };
  guint64 start = MAX (image->start, reader->kept);

  if (image->end <= start || image->end > reader->offset)
    return;
  LensView where = lens_view_slice (&known, start - reader->kept, image->end - start, scratch);
  g_autofree char *head = g_strdup_printf ("JPEG image, %u x %u, %" G_GUINT64_FORMAT " octets",
                                           image->width, image->height, image->end - image->start);
  LensCarrier *carrier = lens_carriers_get (lens_ledger_carriers (ledger), "content-clear",
                                            "content-media", reader->side, NULL, NULL);
  /* The words stand for the octets, which are no longer at hand; the pieces say where. */
  where.octets = (const guint8 *)head;
  where.length = strlen (head);
  lens_carrier_use (lens_ledger_carriers (ledger), carrier, time_ns,
                    8 * (image->end - image->start), &where);
}

static void
report_images (LensLedger *ledger, Reader *reader, gint64 time_ns)
{
  for (guint i = 0; reader->images != NULL && i < reader->images->len; i++)
    report_image (ledger, reader, &g_array_index (reader->images, LensJpegImage, i), time_ns);
  if (reader->images != NULL)
    g_array_set_size (reader->images, 0);
}

static void
see_content (LensLedger *ledger, ContentClear *content, const LensUnit *unit)
{
  if (!is_of_interest (content, unit))
    return;
  Reader *reader = reader_for (content, unit->side);
  gboolean open = reader->scan.candidates != NULL && reader->scan.candidates->len > 0;
  if (reader->pieces == NULL)
    {
      reader->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
      reader->images = g_array_new (FALSE, FALSE, sizeof (LensJpegImage));
    }
  /* Without an open image only the unit before matters: a start may be cut in two. */
  if ((!open && reader->offset - reader->kept > unit->view.length)
      || reader->pieces->len > MAX_PIECES)
    {
      g_array_set_size (reader->pieces, 0);
      reader->kept = reader->offset;
    }
  g_array_append_vals (reader->pieces, unit->view.pieces, (guint)unit->view.n_pieces);
  guint64 at = reader->offset;
  reader->offset += unit->view.length;
  lens_jpeg_scan_feed (&reader->scan, at, unit->view.octets, unit->view.length);
  report_images (ledger, reader, unit->time_ns);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  if (unit->kind == LENS_UNIT_CONTENT)
    {
      see_content (ledger, state, unit);
      return;
    }
  if (!unit->track->guessed)
    return;
  g_autoptr (GArray) scratch = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  LensView payload = lens_view_slice (&unit->view, unit->rtp->payload.offset,
                                      unit->rtp->payload.length, scratch);
  LensCarrier *carrier = lens_ledger_carrier (ledger, "content-media", unit, NULL);
  lens_carrier_note (lens_ledger_carriers (ledger), carrier, unit->time_ns, 8 * payload.length,
                     &payload);
}

/* Inside a permitted flow a picture is what the flow may carry; and where nobody declared
 * anything, a server that shows a picture to whoever asked for it leaks nothing. */
static LensSeverity
severity_of (LensLedger *ledger, const LensCarrier *carrier)
{
  if (lens_ledger_permits (ledger, carrier->side->flow))
    return LENS_SEVERITY_INFO;
  if (carrier->track == NULL && carrier->side->reverse
      && !lens_ledger_has_declaration (ledger, carrier->side))
    return LENS_SEVERITY_LOW;
  return LENS_SEVERITY_HIGH;
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  ContentClear *content = state;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint i = 0; content->readers != NULL && i < content->readers->len; i++)
    {
      Reader *reader = g_ptr_array_index (content->readers, i);
      if (reader == NULL)
        continue;
      lens_jpeg_scan_finish (&reader->scan);
      report_images (ledger, reader, reader->side->last);
    }
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "content-clear") || carrier->uses == 0)
        continue;
      g_autofree char *detail
          = carrier->track != NULL
                ? g_strdup_printf ("RTP that no session announced, %" G_GUINT64_FORMAT " packets.",
                                   carrier->uses)
                : g_strdup_printf ("%" G_GUINT64_FORMAT " JPEG images.", carrier->uses);
      lens_ledger_find (ledger, carrier, severity_of (ledger, carrier), NULL, detail);
    }
}

static void
clear (gpointer state)
{
  ContentClear *content = state;

  for (guint i = 0; content->readers != NULL && i < content->readers->len; i++)
    {
      Reader *reader = g_ptr_array_index (content->readers, i);
      if (reader == NULL)
        continue;
      lens_jpeg_scan_clear (&reader->scan);
      g_clear_pointer (&reader->pieces, g_array_unref);
      g_clear_pointer (&reader->images, g_array_unref);
      g_free (reader);
    }
  g_clear_pointer (&content->readers, g_ptr_array_unref);
}

const LensAnalyzer lens_analyzer_content_clear = {
  .name = "content-clear",
  .question = "Does picture or sound leave in the clear where none is declared?",
  .source = "ITU-T T.81 annex B; RFC 3550 section 5.1",
  .units = LENS_UNIT_CONTENT | LENS_UNIT_RTP,
  .channels = channels,
  .state_size = sizeof (ContentClear),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
