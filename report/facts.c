#include "report/facts.h"

#include <string.h>

#include "report/departures.h"
#include "report/words.h"

enum
{
  NAMED_FINDINGS = 4, /* more are counted */
  NAMED_CHANNELS = 12,
  NAMED_DEVICES = 3,
};

char *
lens_facts_title (const LensEvaluation *evaluation)
{
  if (evaluation->devices->len == 0)
    return g_strdup (evaluation->input.name != NULL ? evaluation->input.name : "No device");
  const LensDeviceRow *device = evaluation->devices->pdata[0];
  const char *name = device->name != NULL ? device->name : "Unnamed device";
  if (evaluation->devices->len == 1)
    return g_strdup (name);
  return g_strdup_printf ("%s and %u more", name, evaluation->devices->len - 1);
}

const char *
lens_facts_badge (LensVerdict verdict)
{
  static const char *const badges[] = {
    [LENS_VERDICT_CONFORMS] = "Conforms",
    [LENS_VERDICT_CONFORMS_WITH_RESIDUAL_CAPACITY] = "Conforms, with residual capacity",
    [LENS_VERDICT_INCONCLUSIVE] = "Inconclusive",
    [LENS_VERDICT_UNDECLARED] = "Sends undeclared data",
    [LENS_VERDICT_CONCEALED] = "Conceals data",
  };

  return badges[verdict];
}

const char *
lens_facts_meaning (LensVerdict verdict)
{
  static const char *const meanings[] = {
    [LENS_VERDICT_CONFORMS] = "Nothing of weight was found beyond what its owner declared.",
    [LENS_VERDICT_CONFORMS_WITH_RESIDUAL_CAPACITY]
    = "Nothing of weight was found; in places nobody can look, or nobody declared what it may do.",
    [LENS_VERDICT_INCONCLUSIVE] = "Parts of the run are missing. It decides nothing.",
    [LENS_VERDICT_UNDECLARED] = "It sends, in the open, data that nobody declared.",
    [LENS_VERDICT_CONCEALED]
    = "It sends data in disguise, unseen, or media nobody declared; or acts against who tests it.",
  };

  return meanings[verdict];
}

gint64
lens_facts_length (const LensEvaluation *evaluation)
{
  const LensInputSection *input = &evaluation->input;

  if (!input->has_times || input->last < input->first)
    return 0;
  return (gint64)MIN ((guint64)input->last - (guint64)input->first, (guint64)G_MAXINT64);
}

gboolean
lens_facts_is_beyond (LensClass class_)
{
  return class_ == LENS_CLASS_HIDDEN || class_ == LENS_CLASS_UNDECLARED
         || class_ == LENS_CLASS_UNEXPLAINED;
}

guint64
lens_facts_beyond (const LensEvaluation *evaluation)
{
  guint64 sum = 0;

  for (guint i = 0; i < LENS_N_CLASSES; i++)
    if (lens_facts_is_beyond ((LensClass)i))
      sum += evaluation->ledger.classes[i].bytes;
  return sum;
}

double
lens_facts_bound (const LensEvaluation *evaluation)
{
  double sum = 0;

  for (guint i = 0; i < evaluation->coverage->len; i++)
    sum += MAX (((const LensCoverageRow *)evaluation->coverage->pdata[i])->bound_bps, 0);
  return sum;
}

guint64
lens_facts_count_severity (const LensEvaluation *evaluation, LensSeverity severity)
{
  guint64 count = 0;

  for (guint i = 0; i < evaluation->findings->len; i++)
    count += ((const LensFindingRow *)evaluation->findings->pdata[i])->severity == severity;
  return count;
}

guint64
lens_facts_count_status (const LensEvaluation *evaluation, LensCoverageStatus status)
{
  guint64 count = 0;

  for (guint i = 0; i < evaluation->coverage->len; i++)
    count += ((const LensCoverageRow *)evaluation->coverage->pdata[i])->status == status;
  return count;
}

/* "2 findings at medium severity or above (F001, F003)" */
static void
append_grave (GString *into, const LensEvaluation *evaluation, gboolean hiding_only)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint count = 0;

  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      const LensFindingRow *finding = evaluation->findings->pdata[i];

      if (finding->severity < LENS_SEVERITY_MEDIUM || (hiding_only && !finding->hides))
        continue;
      if (count < NAMED_FINDINGS)
        g_string_append_printf (names, "%s%s", count > 0 ? ", " : "",
                                finding->id != NULL ? finding->id : "?");
      count++;
    }
  lens_words_some (into, count, "finding");
  g_string_append (into, " at medium severity or above");
  if (count > 0)
    g_string_append_printf (into, " (%s%s)", names->str, count > NAMED_FINDINGS ? ", …" : "");
}

const char *
lens_facts_reason (const char *reason)
{
  static const struct
  {
    const char *code, *words;
  } known[] = {
    { "no-declaration", "nobody declared what this device may do: neither a profile nor a MUD file "
                        "was given" },
    { "partial", "only some of the analyzers were asked to look" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_strcmp0 (reason, known[i].code) == 0)
      return known[i].words;
  return reason;
}

char *
lens_facts_whose_reason (const LensEvaluation *evaluation, const char *reason)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint count = 0;

  for (guint i = 0; i < evaluation->devices->len; i++)
    {
      const LensDeviceRow *device = evaluation->devices->pdata[i];

      if (!g_ptr_array_find_with_equal_func (device->reasons, reason, g_str_equal, NULL))
        continue;
      if (count < NAMED_DEVICES)
        g_string_append_printf (names, "%s%s", count > 0 ? ", " : "",
                                device->name != NULL ? device->name : "?");
      count++;
    }
  if (count == 0 || count == evaluation->devices->len)
    return g_strdup (reason);
  if (count > NAMED_DEVICES)
    g_string_append_printf (names, " and %u more", count - NAMED_DEVICES);
  return g_strdup_printf ("%s (%s)", reason, names->str);
}

/* The first reason without its full stop, or @otherwise. */
static void
append_reason (GString *into, const LensEvaluation *evaluation, const char *otherwise)
{
  const char *reason = evaluation->reasons->len > 0
                           ? lens_facts_reason (evaluation->reasons->pdata[0])
                           : otherwise;
  const gsize length = strlen (reason);

  g_string_append_len (into, reason, (gssize)(length - (length > 0 && reason[length - 1] == '.')));
}

char *
lens_facts_sentence (const LensEvaluation *evaluation)
{
  GString *into = g_string_new (NULL);
  const double bound = lens_facts_bound (evaluation);

  switch (evaluation->verdict)
    {
    case LENS_VERDICT_CONCEALED:
      g_string_append (into, "Data leaves this device in hiding: ");
      append_grave (into, evaluation, TRUE);
      break;
    case LENS_VERDICT_UNDECLARED:
      g_string_append (into, "This device sends data that nobody declared: ");
      append_grave (into, evaluation, FALSE);
      break;
    case LENS_VERDICT_INCONCLUSIVE:
      g_string_append (into, "This run cannot decide about the device: ");
      append_reason (into, evaluation, "no reason is recorded");
      break;
    case LENS_VERDICT_CONFORMS_WITH_RESIDUAL_CAPACITY:
      g_string_append (into, "Nothing at medium severity or above was found, but ");
      if (bound > 0)
        {
          g_string_append (into, "up to ");
          lens_words_rate (into, bound);
          g_string_append (into, " could pass in fields that nobody can test");
        }
      else
        append_reason (into, evaluation, "some capacity remains untested");
      break;
    case LENS_VERDICT_CONFORMS:
      g_string_append (into, "Nothing at medium severity or above was found, and what was "
                             "examined is what was declared");
      break;
    }
  g_string_append_c (into, '.');
  return g_string_free (into, FALSE);
}

static void
take (GPtrArray *sentences, GString *sentence)
{
  g_ptr_array_add (sentences, g_string_free (sentence, FALSE));
}

static void
tell_channels (GPtrArray *sentences, const LensEvaluation *evaluation, LensCoverageStatus status,
               const char *why)
{
  GString *into = g_string_new (NULL);
  guint named = 0;

  const guint64 count = lens_facts_count_status (evaluation, status);
  lens_words_some (into, count, "channel");
  g_string_append_printf (into, " %s: ", why);
  for (guint i = 0; i < evaluation->coverage->len && named < NAMED_CHANNELS; i++)
    {
      const LensCoverageRow *row = evaluation->coverage->pdata[i];

      if (row->status != status)
        continue;
      g_string_append_printf (into, "%s%s", named > 0 ? ", " : "",
                              row->channel != NULL ? row->channel : "?");
      named++;
    }
  g_string_append (into, count > named ? " and more." : ".");
  if (count > 0)
    take (sentences, into);
  else
    g_string_free (into, TRUE);
}

static void
tell_loss (GPtrArray *sentences, const LensInputSection *input)
{
  guint64 dropped = 0;
  gboolean silent = FALSE;

  for (guint i = 0; i < input->interfaces->len; i++)
    {
      const LensInterfaceRow *row = input->interfaces->pdata[i];
      dropped += (guint64)MAX (row->dropped, 0);
      silent |= row->dropped < 0;
    }
  if (dropped > 0 || input->truncated_packets > 0)
    {
      GString *into = g_string_new ("The capture is incomplete: ");
      lens_words_some (into, dropped, "packet");
      g_string_append (into, " lost and ");
      lens_words_count (into, input->truncated_packets);
      g_string_append (into, " cut short while capturing.");
      take (sentences, into);
    }
  if (silent)
    g_ptr_array_add (sentences, g_strdup ("The capture does not say whether packets were lost "
                                          "while it was taken."));
}

static void
tell_length (GPtrArray *sentences, const LensInputSection *input)
{
  GString *into = g_string_new ("The capture covers ");

  lens_words_duration (
      into, input->has_times ? (gint64)((guint64)input->last - (guint64)input->first) : 0);
  g_string_append (into, ". What speaks less often than that, or only on a command, after an "
                         "update or on a date, was not there to be seen.");
  take (sentences, into);
}

static void
tell_limits (GPtrArray *sentences, const LensEvaluation *evaluation)
{
  const double bound = lens_facts_bound (evaluation);

  if (bound > 0)
    {
      GString *into = g_string_new ("Fields that are random by design could carry up to ");
      lens_words_rate (into, bound);
      g_string_append (into, " (");
      lens_words_rate_meaning (into, bound);
      g_string_append (into, "); nobody can test them from outside.");
      take (sentences, into);
    }
  if (!evaluation->tool.limits)
    g_ptr_array_add (sentences,
                     g_strdup ("Limits of detection were not measured (--limits), so this record "
                               "does not say how slow a channel may be and still be found."));
}

static gboolean
has_failed (const LensEvaluation *evaluation)
{
  return g_strcmp0 (evaluation->input.status, "failed") == 0;
}

char *
lens_facts_problem (const LensEvaluation *evaluation)
{
  const char *problem = evaluation->input.problem;

  if (problem == NULL && !has_failed (evaluation))
    return NULL;
  return g_strdup_printf ("%s: %s.",
                          has_failed (evaluation) ? "The input could not be read"
                                                  : "The input could not be read to its end",
                          problem != NULL ? problem : "the record does not say why");
}

char *
lens_facts_bridge (const LensEvaluation *evaluation)
{
  LensDeparture departures[LENS_N_DEPARTURES];
  guint64 hidden = 0, undeclared = 0;

  if (evaluation->verdict != LENS_VERDICT_CONCEALED)
    return NULL;
  lens_departures_sum (evaluation, departures);
  for (guint i = 0; i < LENS_N_DEPARTURES; i++)
    {
      hidden += departures[i].class_ == LENS_CLASS_HIDDEN ? departures[i].octets : 0;
      undeclared += departures[i].class_ == LENS_CLASS_UNDECLARED ? departures[i].octets : 0;
    }
  if (hidden > 0)
    return NULL;
  return g_strdup (undeclared > 0 ? "What hides here is a flow of its own: its octets are counted "
                                    "under Undeclared, none under Hidden."
                                  : "What hides here has no octets of its own: none is counted "
                                    "under Hidden.");
}

/* Octets beyond the declaration of frames that go @direction: "from" the devices or "to" them. */
static guint64
beyond_along (const LensEvaluation *evaluation, const char *direction)
{
  guint64 sum = 0;

  for (guint i = 0; i < evaluation->ledger.parts->len; i++)
    {
      const LensLedgerPart *part = evaluation->ledger.parts->pdata[i];

      for (guint n = 0; n < LENS_N_CLASSES && g_strcmp0 (part->direction, direction) == 0; n++)
        if (lens_facts_is_beyond ((LensClass)n))
          sum += part->classes[n].bytes;
    }
  return sum;
}

char *
lens_facts_balance (const LensEvaluation *evaluation)
{
  const guint64 beyond = lens_facts_beyond (evaluation);
  const guint64 sent = beyond_along (evaluation, "from"),
                received = beyond_along (evaluation, "to");
  GString *into;

  if (beyond == 0)
    return g_strdup ("Nothing was hidden, undeclared or unexplained.");
  into = g_string_new (NULL);
  lens_words_share (into, beyond, evaluation->ledger.total_bytes);
  g_string_append (into, " of the capture was hidden, undeclared or unexplained, ");
  if (sent == 0 && received > 0)
    g_string_append (into, "all of it sent to the device, ");
  else if (sent > 0 && received > 0)
    {
      lens_words_share (into, received, beyond);
      g_string_append (into, " of that sent to the device, ");
    }
  g_string_append (into, "none of it at medium severity.");
  return g_string_free (into, FALSE);
}

char *
lens_facts_lost_streams (const LensEvaluation *evaluation)
{
  guint seen = 0, named = 0, named_lost = 0;

  for (guint i = 0; i < evaluation->streams->len; i++)
    {
      const LensStreamRow *stream = evaluation->streams->pdata[i];

      seen += stream->seen;
      named += stream->name != NULL;
      named_lost += stream->name != NULL && !stream->seen;
    }
  if (evaluation->streams->len == 0 || has_failed (evaluation))
    return NULL;
  if (seen == 0)
    return g_strdup ("No picture, sound or metadata was seen of any declared stream.");
  if (named_lost > 0) /* what a session describes, a viewer need not ask for */
    return g_strdup_printf ("Nothing was seen of %u of the %u streams of the profile.", named_lost,
                            named);
  return NULL;
}

/* "12 of 231 known kinds of channel: 2 not examinable, 10 not looked for; 150 others not present."
 */
static void
tell_gaps_in_short (GPtrArray *sentences, const LensEvaluation *evaluation)
{
  const guint64 closed = lens_facts_count_status (evaluation, LENS_COVERAGE_NOT_EXAMINABLE);
  const guint64 missing = lens_facts_count_status (evaluation, LENS_COVERAGE_NOT_IMPLEMENTED);
  const guint64 absent = lens_facts_count_status (evaluation, LENS_COVERAGE_NOT_PRESENT);
  GString *into;

  if (closed + missing == 0 || has_failed (evaluation))
    return; /* nothing was read: the first line says it of all of them */
  into = g_string_new (NULL);
  lens_words_count (into, closed + missing);
  g_string_append_printf (into, " of %u known kinds of channel: ", evaluation->coverage->len);
  lens_words_count (into, closed);
  g_string_append (into, " not examinable, ");
  lens_words_count (into, missing);
  g_string_append (into, " not looked for; ");
  lens_words_count (into, absent);
  g_string_append (into, " others not present.");
  take (sentences, into);
}

static void
tell_length_in_short (GPtrArray *sentences, const LensEvaluation *evaluation)
{
  if (!evaluation->input.has_times)
    {
      g_ptr_array_add (sentences, g_strdup ("Everything: no packet was read."));
      return;
    }
  GString *into = g_string_new ("What speaks less often than every ");

  lens_words_duration (into, lens_facts_length (evaluation));
  g_string_append (into, ", on a command or on a date.");
  take (sentences, into);
}

static void
tell_bound_in_short (GPtrArray *sentences, const LensEvaluation *evaluation)
{
  const double bound = lens_facts_bound (evaluation);
  GString *into;

  if (!(bound > 0))
    return;
  into = g_string_new ("Up to ");
  lens_words_rate (into, bound);
  g_string_append (into, " in fields that are random by design.");
  take (sentences, into);
}

GPtrArray *
lens_facts_unseen_in_short (const LensEvaluation *evaluation)
{
  GPtrArray *sentences = g_ptr_array_new_with_free_func (g_free);

  tell_loss (sentences, &evaluation->input);
  tell_length_in_short (sentences, evaluation);
  tell_gaps_in_short (sentences, evaluation);
  tell_bound_in_short (sentences, evaluation);
  if (!evaluation->tool.limits)
    g_ptr_array_add (sentences, g_strdup ("How slow a channel may be and still be found was not "
                                          "measured."));
  g_ptr_array_add (sentences, g_strdup ("Data in the picture or sound itself, and any radio or "
                                        "second port."));
  return sentences;
}

GPtrArray *
lens_facts_unseen (const LensEvaluation *evaluation)
{
  GPtrArray *sentences = g_ptr_array_new_with_free_func (g_free);

  tell_length (sentences, &evaluation->input);
  tell_loss (sentences, &evaluation->input);
  tell_channels (sentences, evaluation, LENS_COVERAGE_NOT_EXAMINABLE,
                 "could have been used and could not be examined");
  tell_channels (sentences, evaluation, LENS_COVERAGE_NOT_IMPLEMENTED,
                 "of the catalogue that this version does not look at");
  tell_limits (sentences, evaluation);
  if (evaluation->witnesses->len == 0)
    g_ptr_array_add (sentences, g_strdup ("No second witness pulled the stream: what a viewer "
                                          "received was not compared with the wire."));
  if (evaluation->tool.profile_sha256 == NULL && evaluation->tool.mud_sha256 == NULL)
    g_ptr_array_add (sentences, g_strdup ("Neither a profile nor a MUD file was given: what the "
                                          "owner permits had to be taken from the session."));
  g_ptr_array_add (sentences, g_strdup ("No picture is decoded: data that is hidden in the picture "
                                        "or sound itself stays unseen."));
  g_ptr_array_add (sentences, g_strdup ("Only the captured link was watched: a radio, a modem or a "
                                        "second port of the device was not."));
  return sentences;
}

const char *
lens_facts_shell_word (const char *name, const char *otherwise)
{
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-";

  if (name == NULL || *name == '\0' || *name == '-' || strlen (name) > 120
      || name[strspn (name, plain)] != '\0')
    return otherwise;
  return name;
}

char *
lens_facts_redaction (const LensEvaluation *evaluation)
{
  if (evaluation->redacted_from == NULL)
    return NULL;
  return g_strdup_printf ("This is a copy for sharing: names, addresses, serial numbers and hashes "
                          "are pseudonyms, excerpts are left out. The SHA256SUMS of the case that "
                          "it was made of has the SHA-256 %s.",
                          evaluation->redacted_from);
}

void
lens_facts_measure (GString *into, const LensFindingRow *finding)
{
  if (finding->used_bits > 0)
    {
      g_string_append (into, "Carried ");
      if (finding->used_bits < 8)
        lens_words_some (into, finding->used_bits, "bit");
      else
        lens_words_size (into, finding->used_bits / 8);
      g_string_append (into, " in this run");
      if (finding->used_bits >= 8)
        {
          g_string_append (into, ", as much as ");
          lens_words_amount_meaning (into, finding->used_bits / 8 * 8);
        }
      g_string_append (into, ". ");
    }
  if (finding->capacity_bps > 0)
    {
      g_string_append (into, "Could carry ");
      lens_words_rate (into, finding->capacity_bps);
      g_string_append (into, ": ");
      lens_words_rate_meaning (into, finding->capacity_bps);
      g_string_append (into, ".");
    }
}
