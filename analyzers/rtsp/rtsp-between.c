/* rtsp-between: what lies between RTSP messages?
 *
 * RFC 2326 sections 4 and 10.12: a message ends with its headers or after Content-Length octets
 * of body, a `$` frame after its length; the next one begins there.  Nothing but line ends may
 * lie between: behind a message, or now and then to keep the connection open.  How many and where
 * could speak; so could frames that hold nothing.
 *
 *   room   8 bits per octet that is no line end
 *   use    the same; 1 bit for line ends in a place, and 4 bits in a number, that their habit does
 *          not foresee (told from LEAST_CHANGES on); 1 bit for an empty frame behind another, or
 *          as many frames behind it as its habit does not foresee (told from LEAST_EMPTY on)
 */
#include "ledger/analyzer.h"
#include "ledger/habit.h"
#include "ledger/rows.h"
#include "ledger/seed-bed.h"
#include "wire/transport.h"

#define LEAST_CHANGES 12
#define LEAST_EMPTY 32
#define KEEP_ALIVE_NS (G_GINT64_CONSTANT (900) * 1000 * 1000)

/* Line ends from one side. */
typedef struct
{
  LensHabit lengths, gaps; /* octets of each; frames since the last */
  guint units;             /* since the last */
  gboolean after_message;
  gint64 last_ns;
  LensHabit empty_gaps; /* frames since the last empty one */
  guint since_empty;
  gint64 empty_ns; /* time of that; 0: none yet */
} LineEnds;

typedef struct
{
  LensRows sides; /* LineEnds, by the side's index */
} RtspBetween;

static const char line_ends[] = "line ends", empty_frames[] = "empty frames";

static const LensChannelText channels[] = {
  { .id = "rtsp-bytes-between",
    .summary = "Octets that belong to no message travel inside the control connection; every "
               "player skips them.",
    .filter_hint = "rtsp",
    .reference = "RFC 2326 sections 4 and 10.12",
    .hides = TRUE,
    .unit = LENS_UNIT_RTSP },
  { NULL },
};

static LineEnds *
line_ends_of (RtspBetween *state, const LensSide *side)
{
  return lens_rows_at (&state->sides, side->index, sizeof (LineEnds));
}

/* Behind a message, or some time after the last: what servers do.  In between the habit counts
 * frames: some put one behind each. */
static void
see_line_ends (LensLedger *ledger, LineEnds *ends, const LensUnit *unit)
{
  gboolean usual = ends->after_message || unit->time_ns - ends->last_ns > KEEP_ALIVE_NS;
  gboolean length_foreseen = lens_habit_take (&ends->lengths, unit->view.length);
  gboolean gap_foreseen = usual || lens_habit_take (&ends->gaps, ends->units);
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtsp-bytes-between", unit, line_ends);
  guint64 bits = (length_foreseen ? 0 : 4) + (gap_foreseen ? 0 : 1);

  lens_ledger_room (ledger, carrier, unit, 1);
  if (bits > 0)
    lens_ledger_use (ledger, carrier, unit, bits, 0, unit->view.length);
  ends->units = 0;
  ends->after_message = FALSE;
  ends->last_ns = unit->time_ns;
}

/* Some time after the last one it may keep the connection open. */
static void
see_empty (LensLedger *ledger, LineEnds *ends, const LensUnit *unit)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtsp-bytes-between", unit, empty_frames);
  gboolean usual = ends->empty_ns == 0 || unit->time_ns - ends->empty_ns > KEEP_ALIVE_NS;
  gboolean follows = !usual && ends->since_empty == 0;

  lens_ledger_room (ledger, carrier, unit, 1);
  if (!usual && (follows || !lens_habit_take (&ends->empty_gaps, ends->since_empty)))
    lens_ledger_use (ledger, carrier, unit, 1, 0, unit->view.length);
  ends->since_empty = 0;
  ends->empty_ns = unit->time_ns;
}

static void
see_stray (LensLedger *ledger, const LensUnit *unit)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtsp-bytes-between", unit, NULL);

  lens_ledger_room (ledger, carrier, unit, 8 * unit->view.length);
  lens_ledger_use (ledger, carrier, unit, 8 * unit->view.length, 0, unit->view.length);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  if (unit->side->key.protocol != LENS_PROTOCOL_TCP)
    return;
  gboolean stray = unit->kind == LENS_UNIT_RTSP_STRAY;
  if (stray && unit->rtsp->kind == LENS_RTSP_INTERLEAVED)
    {
      see_empty (ledger, line_ends_of (state, unit->side), unit);
      return;
    }
  if (stray && (unit->rtsp->odd & LENS_RTSP_KEEP_ALIVE) == 0)
    {
      see_stray (ledger, unit);
      return;
    }
  LineEnds *ends = line_ends_of (state, unit->side);
  if (stray)
    {
      see_line_ends (ledger, ends, unit);
      return;
    }
  ends->units++;
  ends->since_empty++;
  ends->after_message = unit->kind == LENS_UNIT_RTSP;
}

static void
conclude_empty (LensLedger *ledger, LensCarrier *carrier)
{
  /* Where they are speaks: that all are alike is no matter. */
  if (carrier->uses >= LEAST_EMPTY)
    lens_ledger_find (ledger, carrier,
                      MAX (LENS_SEVERITY_MEDIUM, lens_ledger_severity (ledger, carrier)),
                      "Empty frames travel inside the control connection, in numbers and places "
                      "that say something; every player skips them.",
                      NULL);
  else
    lens_ledger_find_room (ledger, carrier, "Empty frames.");
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->channel, "rtsp-bytes-between"))
        continue;
      if (carrier->subject == NULL)
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL,
                          carrier->constant ? "Every use had the same content." : NULL);
      else if (g_str_equal (carrier->subject, empty_frames))
        conclude_empty (ledger, carrier);
      else if (carrier->uses >= LEAST_CHANGES)
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier),
                          "Line ends between messages come in numbers and places that say "
                          "something; every player skips them.",
                          NULL);
      else
        lens_ledger_find_room (ledger, carrier, "Line ends between messages.");
    }
}

static void
clear (gpointer data)
{
  lens_rows_clear (&((RtspBetween *)data)->sides, NULL);
}

/* The message between two octets that no text has, so that it is neither read as a frame or a
 * line nor together with the line behind it; then a few units undisturbed, by which a reader
 * finds its step again. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensUnitKind kind = lens_seed_bed_below (bed, 2) == 0 ? LENS_UNIT_RTSP : LENS_UNIT_RTP;
  LensSeedPlace place;
  guint8 octets[1 + 300 + 1];
  guint undisturbed = 0;

  while (lens_seed_bed_next (bed, kind, &place))
    {
      if (place.side->key.protocol != LENS_PROTOCOL_TCP || place.spare < sizeof octets)
        continue;
      if (undisturbed > 0)
        {
          undisturbed--;
          continue;
        }
      gsize count = lens_seed_bed_take (bed, octets + 1, sizeof octets - 2);
      if (count == 0)
        continue;
      /* With `$` a frame begins, which another channel is about. */
      for (gsize i = 1; i <= count; i++)
        octets[i] ^= octets[i] == '$';
      octets[0] = (guint8)(1 + lens_seed_bed_below (bed, 8));
      octets[count + 1] = (guint8)(1 + lens_seed_bed_below (bed, 8));
      lens_seed_bed_insert (bed, place.end, octets, count + 2, LENS_SEED_PAYLOAD);
      undisturbed = kind == LENS_UNIT_RTP ? 4 : 0;
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtsp_between = {
  .name = "rtsp-between",
  .question = "Does anything but messages and frames travel inside an RTSP connection?",
  .source = "RFC 2326 sections 4 and 10.12",
  .severity = LENS_SEVERITY_RULE_FIXED,
  .units = LENS_UNIT_RTSP_STRAY | LENS_UNIT_RTSP | LENS_UNIT_RTP | LENS_UNIT_RTCP,
  .channels = channels,
  .state_size = sizeof (RtspBetween),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
