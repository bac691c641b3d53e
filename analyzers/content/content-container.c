/* content-container: does a file or stream of pictures or sound leave in the clear?
 *
 * What content-clear is for JPEG and RTP: video and audio by the grammar of their containers and
 * byte streams (wire/media-scan.h), in flows that carry no declared media, whatever stands before
 * them.  From its first octet on all that the side says is taken for it, until the connection
 * ends.
 *
 *   use    8 bits for each octet
 */
#include "ledger/analyzer.h"
#include "ledger/rows.h"
#include "wire/media-scan.h"

#include <netinet/in.h>
#include <string.h>

/* Pieces of what may be the front of media. */
#define MAX_PIECES 4096

/* Only where something may have begun: offsets are those since then. */
typedef struct
{
  LensMediaScan scan;
  guint64 offset;    /* octets of the stream so far */
  LensPiece *pieces; /* of octets from @kept on; room for a power of two */
  guint64 kept;
  guint n_pieces;
  LensMediaFormat found;
} Reader;

typedef struct
{
  LensRows readers; /* Reader, by the side's index */
} Containers;

static const LensChannelText channels[] = {
  { .id = "content-media",
    .summary = "Pictures or sound leave the device outside the streams that it declares.",
    .reference = "ITU-T H.222.0 2.4.3; H.264 and H.265 annex B; ISO/IEC 14496-12 4.3; RFC 2083 3",
    .hides = TRUE,
    .unit = LENS_UNIT_CONTENT },
  { NULL },
};

static void
keep_pieces (Reader *reader, const LensView *view)
{
  for (gsize i = 0; i < view->n_pieces; i++)
    {
      guint n = reader->n_pieces++;
      if ((n & (n - 1)) == 0)
        reader->pieces = g_renew (LensPiece, reader->pieces, MAX (2 * n, 1));
      reader->pieces[n] = view->pieces[i];
    }
}

/* Forgets where octets lie that no format can begin with any more. */
static void
forget (Reader *reader)
{
  guint64 from = lens_media_scan_waits_from (&reader->scan);
  guint whole = 0, n = reader->n_pieces;

  while (whole < n && reader->kept + reader->pieces[whole].length <= from)
    reader->kept += reader->pieces[whole++].length;
  n -= whole;
  if (n > MAX_PIECES)
    {
      reader->kept = reader->offset;
      n = 0;
    }
  if (whole == 0 && n == reader->n_pieces)
    return;
  LensPiece *rest = NULL;
  if (n > 0)
    {
      rest = g_new (LensPiece, (gsize)1 << g_bit_storage (n - 1));
      memcpy (rest, reader->pieces + whole, n * sizeof *rest);
    }
  g_free (reader->pieces);
  reader->pieces = rest;
  reader->n_pieces = n;
}

static LensCarrier *
carrier_of (LensLedger *ledger, const Reader *reader, const LensUnit *unit)
{
  return lens_ledger_carrier (ledger, "content-media", unit,
                              lens_media_format_name (reader->found));
}

/* From @start on, in @unit and in what came before it. */
static void
use_front (LensLedger *ledger, const Reader *reader, const LensUnit *unit, guint64 start)
{
  g_auto (LensPieces) scratch = { 0 };
  guint64 here = reader->offset - unit->view.length;

  start = MAX (start, reader->kept);
  if (start < here)
    {
      const LensView all = { NULL, here - reader->kept, reader->pieces, reader->n_pieces };
      LensView before = lens_view_slice (&all, start - reader->kept, here - start, &scratch);
      lens_carrier_use (lens_ledger_carriers (ledger), carrier_of (ledger, reader, unit),
                        unit->time_ns, 8 * before.length, &before);
    }
  gsize from = start > here ? (gsize)(start - here) : 0;
  lens_ledger_use (ledger, carrier_of (ledger, reader, unit), unit, 8 * (unit->view.length - from),
                   from, unit->view.length - from);
}

/* TRUE: nothing in what came may be the front of media, nor go on. */
static gboolean
read_on (LensLedger *ledger, Reader *reader, const LensUnit *unit)
{
  gboolean datagram = unit->side->key.protocol != IPPROTO_TCP;
  guint64 at = reader->offset, start;

  if (reader->found != LENS_MEDIA_FORMAT_NONE)
    {
      lens_ledger_use (ledger, carrier_of (ledger, reader, unit), unit, 8 * unit->view.length, 0,
                       unit->view.length);
      return FALSE;
    }
  reader->offset += unit->view.length;
  reader->found = lens_media_scan_feed (&reader->scan, at, unit->view.octets, unit->view.length,
                                        datagram, &start);
  if (reader->found != LENS_MEDIA_FORMAT_NONE)
    {
      use_front (ledger, reader, unit, start);
      lens_media_scan_clear (&reader->scan);
      g_clear_pointer (&reader->pieces, g_free);
      reader->n_pieces = 0;
      return FALSE;
    }
  gboolean calm = lens_media_scan_waits_from (&reader->scan) == reader->offset;
  if (calm && reader->n_pieces == 0)
    return TRUE;
  if (reader->n_pieces == 0)
    reader->kept = at;
  keep_pieces (reader, &unit->view);
  forget (reader);
  return calm;
}

static void
reader_clear (gpointer data)
{
  Reader *reader = data;

  lens_media_scan_clear (&reader->scan);
  g_clear_pointer (&reader->pieces, g_free);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Containers *state = data;
  Reader *kept = lens_rows_peek (&state->readers, unit->side->index), fresh = { 0 };
  Reader *reader = kept != NULL ? kept : &fresh;

  if (unit->view.length == 0)
    return;
  if (read_on (ledger, reader, unit))
    {
      reader_clear (reader);
      if (kept != NULL)
        lens_rows_drop (&state->readers, unit->side->index);
    }
  else if (kept == NULL)
    *(Reader *)lens_rows_at (&state->readers, unit->side->index, sizeof fresh) = fresh;
}

static void
ended (gpointer data, const LensSide *side)
{
  Containers *state = data;

  Reader *reader = lens_rows_peek (&state->readers, side->index);

  if (reader == NULL)
    return;
  reader_clear (reader);
  lens_rows_drop (&state->readers, side->index);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "content-container") || carrier->uses == 0)
        continue;
      g_autofree char *detail = g_strdup_printf ("By its structure %s.", carrier->subject);
      lens_ledger_find (ledger, carrier, lens_ledger_media_severity (ledger, carrier), NULL,
                        detail);
    }
}

static void
clear (gpointer data)
{
  lens_rows_clear (&((Containers *)data)->readers, reader_clear);
}

const LensAnalyzer lens_analyzer_content_container = {
  .name = "content-container",
  .question = "Does a file or stream of pictures or sound leave in the clear?",
  .source = "ITU-T H.222.0 2.4.3, 2.5.3; H.264 and H.265 annex B; ISO/IEC 14496-12 4.3; RFC 2083 3",
  .severity = LENS_SEVERITY_RULE_MEDIA,
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (Containers),
  .see = see,
  .ended = ended,
  .conclude = conclude,
  .clear = clear,
};
