/* rtp-types: does the choice among payload types that mean the same say anything?
 *
 * A session description may bind one codec to several payload types (RFC 8866 section 5.14), so
 * that the receiver may choose.  A sender then uses one of them (RFC 3264 section 6.1), and it is
 * the first that it prefers; a player reads them all alike.
 *
 *   room   1 bit per packet of a codec that has several types
 *   use    the same, of a packet that has another type than the first; told when the types have
 *          changed more often than a device that is set up anew does
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"

#include <string.h>

#define CHANNEL "rtp-undeclared-pt"

enum
{
  FEW = 24, /* changes of a device's life */
  TYPE_OFFSET = 1,
};

typedef struct
{
  gint last;     /* type of the last packet of a codec that has several, + 1; 0: none */
  guint changes; /* from one type to another that means the same */
} Types;

typedef struct
{
  LensByTrack tracks; /* Types */
} RtpTypes;

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "Media packets change between payload types that mean the same; every player reads "
               "them alike.",
    .room = "Several payload types mean the same; the choice could say something.",
    .filter_hint = "rtp",
    .reference = "RFC 8866 section 5.14; RFC 3264 section 6.1",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static gboolean
means_the_same (const LensFormat *a, const LensFormat *b)
{
  return a->codec != NULL && b->codec != NULL && strcmp (a->codec, b->codec) == 0
         && a->clock == b->clock && a->channels == b->channels;
}

/* The first type of those that mean what @payload_type does; itself where it is alone. */
static const LensFormat *
first_of (const LensTrack *track, const LensFormat *format, gboolean *alone)
{
  const LensFormat *first = format;

  *alone = TRUE;
  for (guint i = track->formats->len; i-- > 0;)
    {
      const LensFormat *other = g_ptr_array_index (track->formats, i);
      if (other->payload_type == format->payload_type || !means_the_same (other, format))
        continue;
      first = other;
      *alone = FALSE;
    }
  /* @first is now the first of the others: is @format before it? */
  for (guint i = 0; i < track->formats->len && !*alone; i++)
    {
      const LensFormat *other = g_ptr_array_index (track->formats, i);
      if (other == first || other == format)
        return other;
    }
  return first;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  RtpTypes *state = data;
  guint8 type = unit->rtp->payload_type;
  const LensFormat *format = unit->track->formats->len > 1 ? unit->format : NULL;
  gboolean alone;

  if (format == NULL)
    return;
  const LensFormat *first = first_of (unit->track, format, &alone);
  if (alone)
    return;
  Types *types = lens_by_track (&state->tracks, unit->track, sizeof *types);
  const LensFormat *last
      = types->last > 0 ? lens_track_format (unit->track, (guint)types->last - 1) : NULL;
  types->changes += last != NULL && last != format && means_the_same (last, format);
  types->last = type + 1;
  LensCarrier *carrier = lens_ledger_carrier (ledger, CHANNEL, unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 1);
  if (format != first)
    lens_ledger_use (ledger, carrier, unit, 1, TYPE_OFFSET, 1);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  RtpTypes *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "rtp-types"))
        continue;
      const Types *types = lens_by_track_peek (&state->tracks, carrier->track);
      if (types != NULL && types->changes >= FEW)
        /* Which packets have it speaks: that it is always the same one is no matter. */
        lens_ledger_find (ledger, carrier,
                          MAX (LENS_SEVERITY_MEDIUM, lens_ledger_severity (ledger, carrier)), NULL,
                          NULL);
      else
        lens_ledger_find_room (ledger, carrier, NULL);
    }
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((RtpTypes *)data)->tracks, NULL);
}

const LensAnalyzer lens_analyzer_rtp_types = {
  .name = "rtp-types",
  .question = "Does the choice among payload types that mean the same say anything?",
  .source = "RFC 8866 section 5.14; RFC 3264 section 6.1",
  .severity = LENS_SEVERITY_RULE_FIXED,
  .units = LENS_UNIT_RTP,
  .only = LENS_TRAIT_MIXED,
  .channels = channels,
  .state_size = sizeof (RtpTypes),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
