/* tcp-options: do the options of TCP say anything that no receiver reads?
 *
 * RFC 9293 section 3.1: what lies behind the end of the options is zero (MUST-69), and so is
 * nothing else than what its kind's document says.  Kinds: IANA.  RFC 7323 section 3.2: no time
 * stamps but where both SYN segments had them; TSecr is zero where nothing is acknowledged.
 *
 * RFC 8684 section 3.1: of MPTCP the first segment has no key.  RFC 5482 section 3.1: a timeout is
 * told when it is set.
 *
 * Benign: the kinds 0 to 5 and 8; MPTCP, TCP Fast Open, ENO, AccECN, the user timeout; those of a
 * few protocols between routers (MD5, AO) on their ports.  A SYN on ports that were used before
 * may repeat the last time stamp of the other end (Linux does).  Segments with blocks of SACK have
 * another layout than those without.
 *
 *   room   8 bits per octet that is no option a receiver reads
 *   use    the same; of the layout one bit for each segment that breaks a habit; the 16 bits of a
 *          timeout that is not what it was
 *
 * The keys of the first version of MPTCP (RFC 6824) are random by design, and so are those of
 * segments behind the first one.
 */
#include "ledger/analyzer.h"
#include "ledger/by-talk.h"
#include "ledger/habit.h"
#include "ledger/seed-bed.h"
#include "wire/tcp-options.h"

#include <string.h>

#define HEADER_LENGTH 12 /* the octet that says how long the header is */
#define SURPRISES 8
#define MPTCP_CAPABLE 0          /* its subtype of a connection's start */
#define ECHOES 4                 /* TSecr in SYN segments */
#define REACH (16 * 1024 * 1024) /* octets that a block of SACK may lie away */

/* Two layouts: with blocks of SACK and without. */
typedef struct
{
  LensHabit layout[2];
  LensHabit timeout;
} Talk;

typedef struct
{
  LensByTalk talks; /* Talk */
} TcpOptionsState;

static const char channel_id[] = "tcp-option-padding-unknown";

static const char layout_text[] = "layout", echo_text[] = "echo", timeout_text[] = "timeout";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "TCP headers carry options or padding that no receiver reads.",
    .filter_hint = "tcp.options",
    .reference = "RFC 9293 sections 3.1 and 3.2; RFC 7323 section 3.2; IANA TCP option kinds",
    .hides = TRUE,
    .unit = LENS_UNIT_SEGMENT },
  { NULL },
};

/* @range counts from the first octet of the options. */
static void
use (LensLedger *ledger, const LensUnit *unit, LensRange range, const char *subject)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, subject);
  gsize offset = unit->segment->header.tcp_options.offset + range.offset;

  if (range.length == 0)
    return;
  lens_ledger_room (ledger, carrier, unit, 8 * range.length);
  lens_ledger_use (ledger, carrier, unit, 8 * range.length, offset, range.length);
}

/* --- one option --- */

static gboolean
has_length (const LensTcpOption *option, gsize data)
{
  return option->data.length == data;
}

/* RFC 6994: the first two octets (or four) say whose experiment it is. */
static gboolean
is_known_experiment (const guint8 *octets, const LensTcpOption *option)
{
  static const guint8 known[][4] = {
    { 0xf9, 0x89 }, /* TCP Fast Open */
    { 0xac, 0xc0 }, /* AccECN */
    { 0xac, 0xc1 },
    { 0x45, 0x4e },             /* ENO */
    { 0xe2, 0xd4, 0xc3, 0xd9 }, /* SMC-R (RFC 7609) */
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      gsize length = known[i][2] != 0 ? 4 : 2;
      if (option->data.length >= length
          && memcmp (octets + option->data.offset, known[i], length) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Protocols between routers that sign their segments: BGP, LDP, MSDP. */
static gboolean
is_signed (const LensTransport *header)
{
  static const guint16 ports[] = { 179, 639, 646 };

  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    if (header->source_port == ports[i] || header->destination_port == ports[i])
      return TRUE;
  return FALSE;
}

static guint32
u32 (const guint8 *octets)
{
  return (guint32)octets[0] << 24 | (guint32)octets[1] << 16 | (guint32)octets[2] << 8 | octets[3];
}

/* RFC 2018 section 3, RFC 2883: from and to where the other end sent. */
static gboolean
are_blocks (const LensSegment *segment, const guint8 *data, gsize length)
{
  const LensTcpStream *peer = segment->peer_stream;

  if (length == 0 || length % 8 != 0)
    return FALSE;
  for (gsize at = 0; at < length && peer != NULL && peer->started && !peer->provisional; at += 8)
    {
      gint64 left = lens_tcp_stream_position (peer, u32 (data + at));
      gint64 right = lens_tcp_stream_position (peer, u32 (data + at + 4));
      if (right <= left || left < peer->next - REACH || right > peer->next + REACH)
        return FALSE;
    }
  return TRUE;
}

/* RFC 8684 section 3.1: from version 1 on, who opens a connection has no key to tell yet. */
static gboolean
is_empty_capable (const guint8 *octets, const LensTcpOption *option)
{
  guint8 first = option->data.length > 0 ? octets[option->data.offset] : 0;

  return first >> 4 != MPTCP_CAPABLE || (first & 0x0f) == 0 || option->data.length <= 2;
}

/* Whether @option is one that the receiver of the segment reads. */
static gboolean
is_read (const LensSegment *segment, const guint8 *octets, const LensTcpOption *option)
{
  const LensTransport *header = &segment->header;
  gboolean syn = (header->tcp_flags & LENS_TCP_SYN) != 0;
  gboolean opened = (segment->own.flags & LENS_TCP_SYN) != 0;

  switch (option->kind)
    {
    case LENS_TCP_OPTION_END:
    case LENS_TCP_OPTION_NOP:
      return TRUE;
    case LENS_TCP_OPTION_MSS:
      return syn && has_length (option, 2);
    case LENS_TCP_OPTION_SCALE:
      return syn && has_length (option, 1);
    case LENS_TCP_OPTION_SACK_PERMITTED:
      return syn && has_length (option, 0);
    case LENS_TCP_OPTION_SACK:
      return !syn && are_blocks (segment, octets + option->data.offset, option->data.length);
    case LENS_TCP_OPTION_TIMESTAMPS:
      return has_length (option, 8) && (syn || !opened || segment->own.stamps);
    case LENS_TCP_OPTION_MD5:
    case LENS_TCP_OPTION_AO:
      return is_signed (header);
    case LENS_TCP_OPTION_TIMEOUT:
      return has_length (option, 2);
    case LENS_TCP_OPTION_MPTCP:
      return syn ? (header->tcp_flags & LENS_TCP_ACK) != 0 || is_empty_capable (octets, option)
                 : !opened || segment->own.mptcp;
    case LENS_TCP_OPTION_FAST_OPEN:
    case LENS_TCP_OPTION_ENO:
      return syn;
    case LENS_TCP_OPTION_ACC_ECN_0:
    case LENS_TCP_OPTION_ACC_ECN_1:
      return option->data.length % 3 == 0 && option->data.length <= 9
             && (syn || !opened || (segment->own.flags & (LENS_TCP_CWR | LENS_TCP_AE)) != 0);
    case LENS_TCP_OPTION_EXPERIMENT_1:
    case LENS_TCP_OPTION_EXPERIMENT_2:
      return is_known_experiment (octets, option);
    default:
      return FALSE;
    }
}

/* --- all of them --- */

#define NO_LAYOUT G_GUINT64_CONSTANT (0xcbf29ce484222325)
#define ADD_KIND(layout, kind) (((layout) ^ (kind)) * G_GUINT64_CONSTANT (0x100000001b3))

/* NOP, NOP, time stamps: what most segments have. */
static gboolean
has_stamps_only (const guint8 *octets, gsize length)
{
  static const guint8 usual[]
      = { LENS_TCP_OPTION_NOP, LENS_TCP_OPTION_NOP, LENS_TCP_OPTION_TIMESTAMPS, 10 };

  return length == 12 && memcmp (octets, usual, sizeof usual) == 0;
}

/* The order of kinds, which an end keeps; FALSE where the documents leave it to the moment. */
static gboolean
layout_of (const guint8 *octets, gsize length, guint64 *layout, gboolean *has_blocks)
{
  LensTcpOption option;
  gsize position = 0;

  *layout = NO_LAYOUT;
  *has_blocks = FALSE;
  if (has_stamps_only (octets, length))
    {
      *layout = ADD_KIND (ADD_KIND (ADD_KIND (NO_LAYOUT, LENS_TCP_OPTION_NOP), LENS_TCP_OPTION_NOP),
                          LENS_TCP_OPTION_TIMESTAMPS);
      return TRUE;
    }
  while (lens_tcp_option_next (octets, length, &position, &option))
    {
      if (option.kind == LENS_TCP_OPTION_SACK)
        *has_blocks = TRUE;
      else if (option.kind > LENS_TCP_OPTION_TIMESTAMPS)
        return FALSE;
      *layout = ADD_KIND (*layout, option.kind);
      if (option.kind == LENS_TCP_OPTION_END)
        break;
    }
  return TRUE;
}

static void
look_at_layout (LensLedger *ledger, TcpOptionsState *state, const LensUnit *unit,
                const guint8 *octets, gsize length)
{
  const LensSegment *segment = unit->segment;
  gboolean has_blocks;
  guint64 layout;

  if ((segment->header.tcp_flags & (LENS_TCP_SYN | LENS_TCP_RST)) != 0)
    return;
  Talk *talk = lens_by_talk (&state->talks, segment, sizeof (Talk));
  if (talk == NULL || !layout_of (octets, length, &layout, &has_blocks)
      || lens_habit_take (&talk->layout[has_blocks], layout))
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, layout_text);
  if (length > 0)
    lens_ledger_use (ledger, carrier, unit, 1, segment->header.tcp_options.offset, length);
  else
    lens_ledger_use (ledger, carrier, unit, 1, HEADER_LENGTH, 1);
}

static void
look_at_echo (LensLedger *ledger, const LensUnit *unit, const LensTcpOptions *options)
{
  guint16 flags = unit->segment->header.tcp_flags;

  if ((flags & LENS_TCP_SYN) == 0 || (flags & LENS_TCP_ACK) != 0 || options->echo == 0)
    return;
  use (ledger, unit, (LensRange){ options->stamps.offset + 4, 4 }, echo_text);
}

static gboolean
is_zero (const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (octets[i] != 0)
      return FALSE;
  return TRUE;
}

static void
look_at_timeout (LensLedger *ledger, TcpOptionsState *state, const LensUnit *unit,
                 const guint8 *octets, const LensTcpOption *option)
{
  const guint8 *data = octets + option->data.offset;
  Talk *talk = lens_by_talk (&state->talks, unit->segment, sizeof (Talk));

  if (talk != NULL && option->data.length == 2
      && !lens_habit_take (&talk->timeout, (guint64)(data[0] << 8 | data[1])))
    use (ledger, unit, option->data, timeout_text);
}

/* Whether anything is there that no receiver reads. */
static gboolean
look_at_all (LensLedger *ledger, TcpOptionsState *state, const LensUnit *unit, const guint8 *octets,
             gsize length)
{
  LensTcpOption option;
  LensTcpOptions options;
  gsize position = 0;
  gboolean odd = FALSE;

  while (lens_tcp_option_next (octets, length, &position, &option))
    {
      if (option.bad_length || !is_read (unit->segment, octets, &option))
        {
          use (ledger, unit, option.whole, NULL);
          odd = TRUE;
        }
      else if (option.kind == LENS_TCP_OPTION_TIMEOUT)
        look_at_timeout (ledger, state, unit, octets, &option);
      if (option.kind == LENS_TCP_OPTION_END)
        break;
    }
  lens_tcp_options_parse (octets, length, &options);
  if (!is_zero (octets + options.padding.offset, options.padding.length))
    {
      use (ledger, unit, options.padding, NULL);
      odd = TRUE;
    }
  look_at_echo (ledger, unit, &options);
  return odd;
}

static gboolean
is_usual (const LensSegment *segment, const guint8 *octets, gsize length)
{
  return length == 0
         || (has_stamps_only (octets, length) && (segment->header.tcp_flags & LENS_TCP_SYN) == 0
             && (segment->own.stamps || (segment->own.flags & LENS_TCP_SYN) == 0));
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensRange *range = &unit->segment->header.tcp_options;
  const guint8 *octets = unit->view.octets + range->offset;

  if (unit->segment->stream == NULL)
    return;
  if (!is_usual (unit->segment, octets, range->length)
      && look_at_all (ledger, state, unit, octets, range->length))
    return;
  look_at_layout (ledger, state, unit, octets, range->length);
}

/* --- the end --- */

/* What is no finding until there are many. */
typedef struct
{
  const char *subject;
  guint64 least;
  const char *many; /* NULL: the channel's text */
  const char *few;
} Habit;

static const Habit habits[] = {
  { layout_text, SURPRISES, "The options of TCP come now in one order, now in another.",
    "The options changed their order a few times." },
  { echo_text, ECHOES, NULL, "Time stamps repeated as a connection is opened anew." },
  { timeout_text, SURPRISES, "Segments tell ever new timeouts of their connection.",
    "The timeout of a connection changed a few times." },
};

static void
judge (LensLedger *ledger, LensCarrier *carrier, const Habit *habit)
{
  if (carrier->uses < habit->least)
    lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO, NULL, habit->few);
  else if (habit->many != NULL)
    lens_ledger_find (ledger, carrier, LENS_SEVERITY_MEDIUM, habit->many, NULL);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!lens_ledger_owns (ledger, carrier) || carrier->uses == 0)
        continue;
      for (guint h = 0; h < G_N_ELEMENTS (habits); h++)
        if (g_strcmp0 (carrier->subject, habits[h].subject) == 0)
          judge (ledger, carrier, &habits[h]);
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  TcpOptionsState *state = data;

  lens_by_talk_clear (&state->talks, NULL);
}

/* --- seeds --- */

/* An option of a kind that nobody assigned, in the place of two NOP or more. */
static void
seed_kind (LensSeedBed *bed, gsize at)
{
  guint8 kind;

  if (lens_seed_bed_take (bed, &kind, 1) == 0)
    return;
  const guint8 octets[] = { (guint8)(80 + kind % 64), 2 };
  lens_seed_bed_replace (bed, at, octets, sizeof octets);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  LensTransport header;

  while (lens_seed_bed_next (bed, LENS_UNIT_SEGMENT, &place))
    {
      const guint8 *octets = place.octets + place.start;
      lens_transport_parse (LENS_PROTOCOL_TCP, octets, place.end - place.start, &header);
      const guint8 *first = octets + header.tcp_options.offset;
      if (header.tcp_options.length >= 2 && first[0] == LENS_TCP_OPTION_NOP
          && first[1] == LENS_TCP_OPTION_NOP)
        seed_kind (bed, place.start + header.tcp_options.offset);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_tcp_options = {
  .name = "tcp-options",
  .question = "Do TCP options say anything that no receiver reads?",
  .source = "RFC 9293 sections 3.1 and 3.2; RFC 7323 section 3.2; IANA TCP option kinds",
  .units = LENS_UNIT_SEGMENT,
  .channels = channels,
  .state_size = sizeof (TcpOptionsState),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
