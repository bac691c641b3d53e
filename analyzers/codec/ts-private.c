/* ts-private: does a transport stream carry octets that belong to none of its programs?
 *
 * ITU-T H.222.0: receivers drop null packets (2.4.1), packets of PIDs that no table names,
 * packets marked as broken and repetitions (2.4.3.3), and pass over private data and stuffing
 * of adaptation fields (2.4.3.5), of PES headers (2.4.3.7) and behind sections (2.4.4).
 *
 * Stuffing is 0xFF; zeros in its stead are some multiplexers' habit.  Null packets hold anything,
 * mostly one octet again and again; some multiplexers leave what lay in memory, which is use.
 * Private data, the tables, the continuity counter and bits that receivers pass over (priority,
 * those between the parts of a clock: 2.4.3.5; copyright and original: 2.4.3.7) are judged by
 * habit.  A PID is nobody's once a PAT and the PMTs it names were seen; those below 0x20 and ATSC's
 * are standards' own.
 *
 *   room   8 bits per octet of these places, 4 of a counter
 *   use    the same where the rule or the habit does not explain them
 */
#include "ledger/by-track.h"
#include "ledger/field-rules.h"
#include "ledger/free-text.h"
#include "ledger/habit.h"
#include "ledger/seed-bed.h"

#include "wire/octets.h"

#include <string.h>

#define CHANNEL "ts-ps-private"

enum
{
  MAX_PIDS = 256,      /* of a track, that are remembered */
  PATIENCE = 2000,     /* packets that the PMTs of a PAT may be awaited */
  STANDARD_PIDS = 32,  /* H.222.0 table 2-3, ETSI EN 300 468 table 1 */
  ATSC_BASE = 0x1ffb,  /* ATSC A/65 */
  PRIORITY_AT = 1,     /* octet of a packet */
  PES_FLAGS = 6,       /* octet of a PES packet */
  UNKNOWN = G_MAXSIZE, /* octets still to come */
};

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "The transport stream carries data in packets or fields that every receiver drops "
               "or passes over.",
    .room = "The transport stream has packets or fields that every receiver drops; data could "
            "travel there.",
    .filter_hint = "mp2t",
    .reference = "ITU-T H.222.0 sections 2.4.3.3, 2.4.3.5, 2.4.3.7 and 2.4.4",
    .hides = TRUE,
    .unit = LENS_UNIT_TS },
  { NULL },
};

static const LensFieldRule rules[] = {
  { "null", 1, 0, TRUE, "The content of null packets changes." },
  { "pid", 1, 0, FALSE, "Packets of a PID that no table names." },
  { "dropped", 4, 0, FALSE, "Packets that are marked as broken, or repeat a counter." },
  { "stuffing", 1, 0, TRUE, "Stuffing that is not 0xFF." },
  { "private", 2, 0, FALSE, "Private data that changes." },
  { "behind", 4, 0, FALSE, "Octets behind the end of a section or a PES packet." },
  { "table", 8, 0, FALSE, "Program tables that change." },
  { "bits", 12, 1, FALSE, "Bits that receivers pass over, and that change." },
  { "counter", 24, 2, FALSE, "Continuity counters that do not count." },
  { NULL },
};

typedef struct
{
  guint epoch;             /* Track.epoch of the last packet */
  guint8 last;             /* continuity counter */
  guint64 content;         /* hash of the last payload */
  LensHabit step;          /* of the counter */
  LensHabit filler;        /* of stuffing */
  LensHabit table;         /* hashes of sections */
  LensHabit between;       /* bits between the two parts of a clock */
  LensHabit priority[2];   /* of packets that go on, and that begin */
  LensHabit rights;        /* PES_priority, copyright, original_or_copy */
  LensFreeText adaptation; /* private data */
  LensFreeText pes[3];
  gsize left;       /* octets of the section or PES packet that are still to come */
  gboolean padding; /* it is of the padding stream */
} Pid;

typedef struct
{
  guint epoch; /* packets were lost so many times */
  guint64 since_pat, awaited;
  gboolean has_pat;
  guint8 declared[LENS_TS_PIDS / 8], tables[LENS_TS_PIDS / 8], seen[LENS_TS_PIDS / 8];
  GHashTable *pids; /* number -> Pid */
  LensFreeText null;
  LensCarrier *null_carrier; /* of it; NULL: none yet */
  LensHabit null_filler;
} Track;

typedef struct
{
  LensByTrack tracks;
} TsPrivate;

/* One packet under way. */
typedef struct
{
  LensLedger *ledger;
  const LensUnit *unit;
  const guint8 *octets;
  const LensTs *ts;
  Track *track;
  Pid *pid;
} Walk;

static gboolean
has (const guint8 *set, guint pid)
{
  return (set[pid / 8] >> pid % 8 & 1) != 0;
}

static void
put (guint8 *set, guint pid)
{
  set[pid / 8] |= (guint8)(1 << pid % 8);
}

static LensCarrier *
carrier_of (const Walk *walk, const char *subject)
{
  return lens_ledger_carrier (walk->ledger, CHANNEL, walk->unit, subject);
}

static void
room (const Walk *walk, const char *subject, guint64 bits)
{
  lens_ledger_room (walk->ledger, carrier_of (walk, subject), walk->unit, bits);
}

static void
use (const Walk *walk, const char *subject, LensRange range)
{
  lens_ledger_use (walk->ledger, carrier_of (walk, subject), walk->unit, 8 * range.length,
                   range.offset, range.length);
}

static gboolean
is_uniform (const guint8 *octets, gsize length)
{
  return length < 2 || memcmp (octets, octets + 1, length - 1) == 0;
}

static guint64
hash_of (const guint8 *octets, LensRange range)
{
  return lens_octets_hash (LENS_HASH_START, octets + range.offset, range.length);
}

/* --- stuffing --- */

/* Octets that must be 0xFF: those that are not, or all where a habit of zeros is broken. */
static void
see_stuffing (const Walk *walk, const char *subject, LensRange range)
{
  const guint8 *octets = walk->octets + range.offset;

  if (range.length == 0)
    return;
  room (walk, subject, 8 * range.length);
  if (is_uniform (octets, range.length) && (octets[0] == 0 || octets[0] == 0xff))
    {
      if (!lens_habit_take (&walk->pid->filler, octets[0]) && octets[0] == 0)
        use (walk, subject, range);
      return;
    }
  while (range.length > 0 && walk->octets[range.offset] == 0xff)
    range = (LensRange){ range.offset + 1, range.length - 1 };
  while (range.length > 0 && walk->octets[lens_range_end (range) - 1] == 0xff)
    range.length--;
  use (walk, subject, range);
}

static void
see_private (const Walk *walk, LensFreeText *text, LensRange range)
{
  if (range.length > 0)
    lens_free_text_take (walk->ledger, text, carrier_of (walk, "private"), walk->unit, range);
}

/* --- null packets --- */

static void
see_null (const Walk *walk)
{
  LensRange range = walk->ts->payload.length > 0 ? walk->ts->payload : walk->ts->adaptation;
  const guint8 *octets = walk->octets + range.offset;
  Track *track = walk->track;

  if (is_uniform (octets, range.length))
    {
      room (walk, "null", 8 * range.length);
      if (!lens_habit_take (&track->null_filler, octets[0]))
        use (walk, "null", range);
    }
  else if (track->null_filler.seen > 0)
    {
      room (walk, "null", 8 * range.length);
      use (walk, "null", range);
    }
  else
    {
      track->null_carrier = carrier_of (walk, "null");
      lens_free_text_take (walk->ledger, &track->null, track->null_carrier, walk->unit, range);
    }
}

/* --- tables --- */

static void
declare (guint16 pid, gboolean is_table, gpointer user)
{
  Track *track = user;

  put (track->declared, pid);
  if (is_table && !has (track->tables, pid))
    {
      put (track->tables, pid);
      track->awaited++;
    }
}

static gboolean
is_undeclared (Track *track, guint pid)
{
  if (!track->has_pat || (track->awaited > 0 && track->since_pat++ < PATIENCE))
    return FALSE;
  return !has (track->declared, pid) && pid >= STANDARD_PIDS && pid != ATSC_BASE;
}

static void
see_section (const Walk *walk, const LensTsSection *section)
{
  Track *track = walk->track;
  guint pid = walk->ts->pid;
  gboolean program = pid == LENS_TS_PAT || has (track->tables, pid);

  if (section->inside.offset == 0 || (pid > 1 && !program)
      || !lens_ts_walk_section (walk->octets, section, declare, track))
    return;
  if (pid == LENS_TS_PAT)
    track->has_pat = TRUE;
  else if (program && !has (track->seen, pid))
    {
      put (track->seen, pid);
      track->awaited--;
    }
  room (walk, "table", 8 * section->inside.length);
  if (!lens_habit_take (&walk->pid->table, hash_of (walk->octets, section->inside)))
    use (walk, "table", section->inside);
}

/* Sections from @at on; what follows the last one is stuffing (2.4.4). */
static void
see_sections (const Walk *walk, gsize at)
{
  gsize end = lens_range_end (walk->ts->payload);
  LensTsSection section;

  walk->pid->left = 0;
  while (lens_ts_section (walk->octets, walk->ts, at, &section))
    {
      if (walk->pid->table.seen > 0 && section.table > 2 && walk->ts->pid <= 1)
        break; /* these PIDs have none of that kind */
      see_section (walk, &section);
      walk->pid->left = section.length - section.whole.length;
      at = lens_range_end (section.whole);
    }
  see_stuffing (walk, "behind", (LensRange){ at, end - at });
}

/* A payload of a PID that tables are sent on. */
static void
see_table_payload (const Walk *walk)
{
  LensRange payload = walk->ts->payload;
  gsize end = lens_range_end (payload), at = payload.offset;

  if (walk->ts->unit_start && payload.length > 0)
    {
      gsize first = MIN (at + 1 + walk->octets[at], end);
      gsize rest = MIN (walk->pid->left, first - at - 1);
      see_stuffing (walk, "behind", (LensRange){ at + 1 + rest, first - at - 1 - rest });
      see_sections (walk, first);
      return;
    }
  gsize rest = MIN (walk->pid->left, payload.length);
  see_stuffing (walk, "behind", (LensRange){ at + rest, payload.length - rest });
  if (walk->pid->left != UNKNOWN)
    walk->pid->left -= rest;
}

/* --- PES packets --- */

static void
see_pes_data (const Walk *walk, LensRange data)
{
  Pid *pid = walk->pid;
  gsize rest = MIN (pid->left, data.length);

  if (pid->padding)
    see_stuffing (walk, "stuffing", (LensRange){ data.offset, rest });
  if (rest < data.length)
    use (walk, "behind", (LensRange){ data.offset + rest, data.length - rest });
  if (pid->left != UNKNOWN)
    pid->left -= rest;
}

/* @count bits of the octet at @offset that may do as they like, and have a habit. */
static void
see_bits (const Walk *walk, LensHabit *habit, gsize offset, guint8 mask, guint count)
{
  room (walk, "bits", count);
  if (!lens_habit_take (habit, walk->octets[offset] & mask))
    lens_ledger_use (walk->ledger, carrier_of (walk, "bits"), walk->unit, count, offset, 1);
}

static void
see_pes (const Walk *walk)
{
  LensTsPes pes;

  if (!walk->ts->unit_start)
    {
      see_pes_data (walk, walk->ts->payload);
      return;
    }
  walk->pid->padding = FALSE;
  walk->pid->left = UNKNOWN;
  if (!lens_ts_pes (walk->octets, walk->ts, &pes))
    return;
  if (pes.data.offset > walk->ts->payload.offset + PES_FLAGS) /* not a header of the short form */
    see_bits (walk, &walk->pid->rights, walk->ts->payload.offset + PES_FLAGS, 0x0b, 3);
  see_private (walk, &walk->pid->pes[0], pes.private_data);
  see_private (walk, &walk->pid->pes[1], pes.pack);
  see_private (walk, &walk->pid->pes[2], pes.extension);
  see_stuffing (walk, "stuffing", pes.stuffing);
  walk->pid->padding = pes.is_padding;
  /* Lengths of video are left out, or are too large for their field. */
  gsize head = pes.data.offset - walk->ts->payload.offset - 6;
  if (!pes.is_video && pes.length > head)
    walk->pid->left = pes.length - head;
  see_pes_data (walk, pes.data);
}

/* --- packets --- */

static void
see_counter (const Walk *walk)
{
  const LensTs *ts = walk->ts;
  Pid *pid = walk->pid;
  guint8 step = (ts->continuity - pid->last) & 0x0f;
  gboolean follows = pid->epoch == walk->track->epoch && !ts->discontinuity;
  guint64 content = hash_of (walk->octets, ts->payload);

  if (follows && ts->payload.length > 0)
    {
      room (walk, "counter", 4);
      if (!lens_habit_take (&pid->step, step))
        {
          if (step != 0)
            lens_ledger_use (walk->ledger, carrier_of (walk, "counter"), walk->unit, 4, 3, 1);
          else if (content != pid->content)
            use (walk, "dropped", ts->payload);
        }
    }
  else
    {
      pid->left = UNKNOWN;
      pid->padding = FALSE;
    }
  pid->epoch = walk->track->epoch;
  pid->last = ts->continuity;
  pid->content = content;
}

static Pid *
pid_of (const Walk *walk, guint number)
{
  GHashTable *pids = walk->track->pids;
  Pid *pid = g_hash_table_lookup (pids, GUINT_TO_POINTER (number));

  if (pid == NULL
      && lens_ledger_has_room (walk->ledger, walk->unit->side, g_hash_table_size (pids), MAX_PIDS))
    {
      pid = g_new0 (Pid, 1);
      pid->left = UNKNOWN;
      g_hash_table_insert (pids, GUINT_TO_POINTER (number), pid);
    }
  return pid;
}

static void
pid_free (gpointer data)
{
  Pid *pid = data;

  lens_free_text_clear (&pid->adaptation);
  for (guint i = 0; i < G_N_ELEMENTS (pid->pes); i++)
    lens_free_text_clear (&pid->pes[i]);
  g_free (pid);
}

/* A packet that a program, or a table, has. */
static void
see_packet (const Walk *walk)
{
  const LensTs *ts = walk->ts;

  see_counter (walk);
  see_bits (walk, &walk->pid->priority[ts->unit_start], PRIORITY_AT, 0x20, 1);
  if (ts->clock.length == 6)
    see_bits (walk, &walk->pid->between, ts->clock.offset + 4, 0x7e, 6);
  see_private (walk, &walk->pid->adaptation, ts->private_data);
  see_stuffing (walk, "stuffing", ts->stuffing);
  if (ts->scrambling != 0 || ts->payload.length == 0)
    return;
  if (ts->pid <= 1 || has (walk->track->tables, ts->pid))
    see_table_payload (walk);
  else if (has (walk->track->declared, ts->pid))
    see_pes (walk);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  TsPrivate *state = data;
  Walk walk = { .ledger = ledger, .unit = unit, .octets = unit->view.octets };

  walk.ts = &unit->ts->parts;
  walk.track = lens_by_track (&state->tracks, unit->track, sizeof *walk.track);
  if (walk.track->pids == NULL)
    walk.track->pids = g_hash_table_new_full (NULL, NULL, NULL, pid_free);
  walk.track->epoch += unit->ts->lost;
  if (walk.ts->pid == LENS_TS_NULL)
    see_null (&walk);
  else if (walk.ts->error || walk.ts->reserved)
    use (&walk, "dropped", (LensRange){ 4, LENS_TS_LENGTH - 4 });
  else if (is_undeclared (walk.track, walk.ts->pid))
    use (&walk, "pid", (LensRange){ 4, LENS_TS_LENGTH - 4 });
  else if ((walk.pid = pid_of (&walk, walk.ts->pid)) != NULL)
    see_packet (&walk);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  const LensByTrack *tracks = &((TsPrivate *)state)->tracks;

  for (guint i = 0; i < lens_rows_n (tracks); i++)
    {
      Track *track = lens_rows_peek (tracks, i);
      if (track != NULL && track->null_carrier != NULL)
        lens_free_text_end (ledger, &track->null, track->null_carrier);
    }
  lens_field_rules_conclude (ledger, "ts-private", rules);
}

static void
track_clear (gpointer data)
{
  Track *track = data;

  lens_free_text_clear (&track->null);
  g_clear_pointer (&track->pids, g_hash_table_unref);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((TsPrivate *)data)->tracks, track_clear);
}

/* The message in null packets of their own. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 packet[LENS_TS_LENGTH] = { 0x47, 0x1f, 0xff, 0x10 };

  while (lens_seed_bed_next (bed, LENS_UNIT_TS, &place))
    {
      gsize count = place.spare >= sizeof packet
                        ? lens_seed_bed_take (bed, packet + 4, sizeof packet - 4)
                        : 0;
      if (count == 0)
        continue;
      memset (packet + 4 + count, 0xff, sizeof packet - 4 - count);
      lens_seed_bed_insert (bed, place.end, packet, sizeof packet, LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_ts_private = {
  .name = "ts-private",
  .question = "Does every octet of a transport stream belong to a program?",
  .source = "ITU-T H.222.0 section 2.4; RFC 2250 section 2",
  .units = LENS_UNIT_TS,
  .channels = channels,
  .state_size = sizeof (TsPrivate),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
