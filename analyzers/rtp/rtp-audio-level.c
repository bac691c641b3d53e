/* rtp-audio-level: do packets of sound say how loud they are?
 *
 * RFC 6464 section 3: an element of 7 bits is the level of the packet's sound, in -dBov.  Where
 * the sound can be read (G.711, L16) so can its level; others are not compared.
 *
 * Benign: levels that are all off by the same, or smoothed over a few packets.
 *
 *   room   7 bits per element
 *   use    the same, of one that is more than LARGE dB away from what is heard; told when there are
 *          many, and the differences lie nowhere together
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"

#include "wire/g711.h"

#include <math.h>
#include <string.h>

#define URI "urn:ietf:params:rtp-hdrext:ssrc-audio-level"

enum
{
  SILENT = 127,
  QUIET = 70,    /* -dBov from which steps of the code are coarser than the sound */
  LARGE = 15,    /* dB */
  WINDOW = 21,   /* dB around the usual difference */
  FEW = 32,      /* packets of a device's life */
  PERCENT = 10,  /* of all, that are wrong */
  TOGETHER = 70, /* percent of the differences of a real level that lie in the window */
  N_DIFFERENCES = 2 * SILENT + 1,
};

typedef struct
{
  guint compared, wrong;
  guint differences[N_DIFFERENCES]; /* what is said less what is heard, + SILENT */
} Levels;

typedef struct
{
  LensByTrack tracks; /* Levels */
} RtpAudioLevel;

static const LensChannelText channels[] = {
  { .id = "rtp-ext-unmapped",
    .summary = "Packets say of their sound that it is as loud as it is not; hardly a player reads "
               "that.",
    .filter_hint = "rtp.ext == 1",
    .reference = "RFC 6464 section 3",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static gboolean
find_level (const LensUnit *unit, LensRtpElement *element)
{
  const LensTrack *track = unit->track;
  LensRtpElements elements;
  guint id = 0;

  for (guint i = 0; i < track->extension_ids->len && id == 0; i++)
    if (g_str_equal (g_ptr_array_index (track->extension_uris, i), URI))
      id = g_array_index (track->extension_ids, guint, i);
  if (id == 0 || !lens_rtp_elements_init (&elements, unit->view.octets, unit->rtp))
    return FALSE;
  while (lens_rtp_elements_next (&elements, element))
    if (element->kind == LENS_RTP_ELEMENT_DATA && element->id == id && element->data.length == 1)
      return TRUE;
  return FALSE;
}

/* The level of @power, the mean square of samples whose largest is 1. */
static gint
level_of (double power)
{
  return power > 0 ? (gint)CLAMP (lround (-10 * log10 (power)), 0, SILENT) : SILENT;
}

/* -1 where the sound cannot be read. */
static gint
heard_level (const LensUnit *unit)
{
  const LensFormat *format = unit->format;
  LensRange payload = unit->rtp->payload;
  const guint8 *octets = unit->view.octets + payload.offset;
  gboolean a_law = format != NULL && g_strcmp0 (format->codec, "PCMA") == 0;
  gboolean linear = format != NULL && g_strcmp0 (format->codec, "L16") == 0;
  double sum = 0;
  gsize size = linear ? 2 : 1, n = payload.length / size;

  if (format == NULL || n == 0 || (!a_law && !linear && g_strcmp0 (format->codec, "PCMU") != 0))
    return -1;
  for (gsize i = 0; i < n; i++)
    {
      gint16 sample = linear ? (gint16)(octets[2 * i] << 8 | octets[2 * i + 1])
                             : lens_g711_sample (a_law, octets[i]);
      sum += (double)sample * sample;
    }
  return level_of (sum / (double)n / (32768.0 * 32768.0));
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  RtpAudioLevel *state = data;
  LensRtpElement element;

  if (unit->rtp->extension.length == 0 || unit->track->media != LENS_MEDIA_AUDIO
      || !find_level (unit, &element))
    return;
  gint heard = heard_level (unit), said = unit->view.octets[element.data.offset] & 0x7f;
  if (heard < 0)
    return;
  Levels *levels = lens_by_track (&state->tracks, unit->track, sizeof *levels);
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtp-ext-unmapped", unit, "level");
  gint apart = MIN (said, QUIET) - MIN (heard, QUIET);
  levels->compared++;
  levels->differences[apart + SILENT]++;
  lens_ledger_room (ledger, carrier, unit, 7);
  if (ABS (apart) <= LARGE)
    return;
  levels->wrong++;
  lens_ledger_use (ledger, carrier, unit, 7, element.data.offset, 1);
}

/* The most differences that lie in one window. */
static guint
together (const Levels *levels)
{
  guint sum = 0, most = 0;

  for (guint i = 0; i < N_DIFFERENCES; i++)
    {
      sum += levels->differences[i];
      if (i >= WINDOW)
        sum -= levels->differences[i - WINDOW];
      most = MAX (most, sum);
    }
  return most;
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  RtpAudioLevel *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "rtp-audio-level"))
        continue;
      const Levels *levels = lens_by_track_peek (&state->tracks, carrier->track);
      if (levels != NULL && levels->wrong >= FEW
          && 100 * (guint64)levels->wrong >= PERCENT * (guint64)levels->compared
          && 100 * (guint64)together (levels) < TOGETHER * (guint64)levels->compared)
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, NULL);
    }
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((RtpAudioLevel *)data)->tracks, NULL);
}

const LensAnalyzer lens_analyzer_rtp_audio_level = {
  .name = "rtp-audio-level",
  .question = "Do packets of sound say how loud they are?",
  .source = "RFC 6464 section 3",
  .units = LENS_UNIT_RTP,
  .only = LENS_TRAIT_EXTENSION,
  .channels = channels,
  .state_size = sizeof (RtpAudioLevel),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
