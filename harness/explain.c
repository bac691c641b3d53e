/* What is known of a channel: from the catalogue, and from the analyzers' cards. */
#include "harness/explain.h"

#include "analyzers/registry.h"
#include "report/escape.h"

#include <string.h>

/* --- severity and verdict --- */

static const char *
severity_of (const LensExplained *explained)
{
  if (explained->analyzers->len > 0)
    return lens_severity_rule_sentence (
        ((const LensAnalyzer *)explained->analyzers->pdata[0])->severity);
  switch (explained->reach)
    {
    case LENS_REACH_LEDGER:
      return lens_severity_rule_sentence (LENS_SEVERITY_RULE_BY_RATE);
    case LENS_REACH_ELSEWHERE:
      return "That of the channel as which it is found.";
    case LENS_REACH_BOUND:
      return "none: there is no finding, but a bound of residual capacity in bit/s.";
    default:
      return "none: there is no finding.";
    }
}

static const char *
verdict_of (const LensExplained *explained)
{
  if (explained->text == NULL && explained->reach == LENS_REACH_BOUND)
    return "With a bound above 0 the verdict is conforms-with-residual-capacity at best.";
  if (explained->text == NULL && explained->reach == LENS_REACH_ELSEWHERE)
    return "That of the channel as which it is found.";
  if (explained->text == NULL
      && (explained->reach == LENS_REACH_NOWHERE || explained->reach == LENS_REACH_UNSEEN))
    return "None: it is counted among what was not, or cannot be, looked for.";
  if (explained->text != NULL && explained->text->hides)
    return "A finding at medium or above makes the verdict concealed.";
  return "A finding at medium or above makes the verdict undeclared, or concealed where it lies "
         "inside a permitted flow.";
}

/* --- what cannot be seen --- */

/* By layer, blanks between them. */
static const struct
{
  const char *layers, *sentence;
} blinds[] = {
  { "rtp rtcp srtp h264 h265 mjpeg aac audio onvif container video",
    "Inside an encrypted stream (SRTP, RTSP over TLS), where only sizes and times are seen; in "
    "packets that the capture lost." },
  { "rtsp sdp http dns mdns ssdp wsd cloud ntp dhcp vendor p2p service",
    "Inside TLS or another encryption, where only who, when and how much is seen; in packets that "
    "the capture lost." },
  { "tls quic", "Behind the handshake: what is encrypted is not opened." },
  { "ethernet arp", "Beyond the captured link: a router passes none of it on, and a capture on "
                    "another port does not show the frames as they were sent." },
  { "ipv4 ipv6 tcp udp icmp network",
    "Where a router, a translator or an offloading interface between the device and the capture "
    "wrote the field anew; in packets that the capture lost or cut." },
  { "content", "Where content is encrypted, packed or encoded in a way that is not known here." },
  { "flow declaration", "Before and after the capture: what was silent then is not in it; on other "
                        "ways out, such as radio." },
  { "timing", "Below the jitter of the network and of the capture's own clock." },
  { "evaluator witness", "Without a live run: a capture alone does not tell what a viewer was "
                         "given." },
  { "ledger", "In flows that nobody declared: there every octet counts as undeclared already." },
};

static const char *
blind_of (const char *layer)
{
  for (guint i = 0; i < G_N_ELEMENTS (blinds); i++)
    {
      g_auto (GStrv) layers = g_strsplit (blinds[i].layers, " ", -1);
      if (g_strv_contains ((const char *const *)layers, layer))
        return blinds[i].sentence;
    }
  return "";
}

static const char *
status_of (const LensExplained *explained)
{
  static const char *const sentences[] = {
    [LENS_REACH_LEDGER] = "none: the ledger itself watches it, in every run.",
    [LENS_REACH_ELSEWHERE] = "none of its own: what lies in it is found as another channel.",
    [LENS_REACH_BOUND] = "none: it cannot be told from noise, and its residual capacity is stated.",
    [LENS_REACH_UNSEEN] = "none: no capture can show it.",
    [LENS_REACH_NOWHERE] = "none: nobody looks for it in this version.",
  };

  return explained->analyzers->len > 0 ? "An analyzer of this version looks for it."
                                       : sentences[explained->reach];
}

static const char *
difficulty_of (const LensChannel *channel)
{
  static const struct
  {
    const char *word, *sentence;
  } sentences[] = {
    { "easy", "easy: a rule, or what the device did before, tells it packet by packet." },
    { "decoding", "hard: the coded media must be parsed as far as a decoder would." },
    { "statistical", "statistical: only many packets tell it from honest variation." },
    { "open", "open: no test is known that tells it from noise." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (g_str_equal (sentences[i].word, channel->difficulty))
      return sentences[i].sentence;
  g_assert_not_reached (); /* channels.py allows no other */
}

static GPtrArray *
patterns_of (const LensChannel *channel)
{
  g_auto (GStrv) codes = g_strsplit (channel->pattern, ";", -1);
  GPtrArray *patterns = g_ptr_array_new ();

  for (guint i = 0; codes[i] != NULL; i++)
    if (lens_pattern_find (codes[i]) != NULL)
      g_ptr_array_add (patterns, (gpointer)lens_pattern_find (codes[i]));
  return patterns;
}

/* --- together --- */

static char *
treated_by (const LensExplained *explained)
{
  static const char *const words[] = {
    [LENS_REACH_LEDGER] = "(the ledger)", [LENS_REACH_ELSEWHERE] = "(other channels)",
    [LENS_REACH_BOUND] = "(a bound)",     [LENS_REACH_UNSEEN] = "(no capture)",
    [LENS_REACH_NOWHERE] = "-",
  };
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < explained->analyzers->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? " " : "",
                            ((const LensAnalyzer *)explained->analyzers->pdata[i])->name);
  if (explained->analyzers->len == 0)
    g_string_append (names, words[explained->reach]);
  return g_string_free (names, FALSE);
}

LensExplained *
lens_explained_new (const LensChannel *channel)
{
  LensExplained *explained = g_new0 (LensExplained, 1);

  explained->channel = channel;
  explained->analyzers = g_ptr_array_new ();
  explained->patterns = patterns_of (channel);
  explained->difficulty = difficulty_of (channel);
  for (guint i = 0; i < lens_n_analyzers; i++)
    for (const LensChannelText *text = lens_analyzers[i]->channels; text->id != NULL; text++)
      if (g_str_equal (text->id, channel->id))
        {
          g_ptr_array_add (explained->analyzers, (gpointer)lens_analyzers[i]);
          explained->text = explained->text != NULL ? explained->text : text;
          explained->seedable |= lens_analyzers[i]->seed != NULL;
        }
  explained->reach = lens_coverage_reach (channel->id, &explained->note);
  explained->treated = treated_by (explained);
  explained->status = status_of (explained);
  explained->severity = severity_of (explained);
  explained->verdict = verdict_of (explained);
  explained->seeded
      = explained->seedable
            ? "yes: --limits writes it into the capture and measures the least that is found."
            : "no: --limits says nothing of it.";
  explained->blind = blind_of (channel->layer);
  return explained;
}

void
lens_explained_free (LensExplained *explained)
{
  if (explained == NULL)
    return;
  g_ptr_array_unref (explained->analyzers);
  g_ptr_array_unref (explained->patterns);
  g_free (explained->treated);
  g_free (explained);
}

/* --- as text --- */

enum
{
  COLUMNS = 80,
  KEY = 16,
};

/* A key, and words of ours wrapped beside it. */
static void
put (GString *page, const char *key, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  guint column = KEY;

  g_string_append_printf (page, "%-*s", KEY, key);
  for (guint i = 0; list[i] != NULL; i++)
    {
      const guint length = lens_escape_columns (list[i]);
      if (column > KEY && column + 1 + length > COLUMNS)
        {
          g_string_append_printf (page, "\n%*s", KEY, "");
          column = KEY;
        }
      else if (column > KEY)
        {
          g_string_append_c (page, ' ');
          column++;
        }
      g_string_append (page, list[i]);
      column += length;
    }
  g_string_append_c (page, '\n');
}

static void
put_analyzers (GString *page, const LensExplained *explained)
{
  for (guint i = 0; i < explained->analyzers->len; i++)
    {
      const LensAnalyzer *analyzer = explained->analyzers->pdata[i];
      g_autofree char *card = g_strdup_printf ("%s: %s", analyzer->name, analyzer->question);
      put (page, i == 0 ? "Analyzer" : "", card);
    }
  if (explained->analyzers->len == 0)
    put (page, "Analyzer", explained->status);
}

/* Each by name and meaning, and behind the last one of a paper which paper that is. */
static void
put_patterns (GString *page, const GPtrArray *patterns)
{
  for (guint i = 0; i < patterns->len; i++)
    {
      const LensPattern *pattern = patterns->pdata[i];
      const char *paper = lens_pattern_paper (pattern);
      g_autofree char *line
          = g_strdup_printf ("%s (%s): %s", pattern->name, pattern->code, pattern->meaning);
      g_autofree char *named = g_strdup_printf ("(named by %s)", paper);
      put (page, i == 0 ? "Hides by" : "", line);
      if (i + 1 == patterns->len || lens_pattern_paper (patterns->pdata[i + 1]) != paper)
        put (page, "", named);
    }
  if (patterns->len == 0)
    put (page, "Hides by", "nothing that has a name: it can be seen by whoever looks there.");
}

char *
lens_explained_text (const LensExplained *explained)
{
  const LensChannel *channel = explained->channel;
  const LensChannelText *text = explained->text;
  GString *page = g_string_new (NULL);

  g_string_append_printf (page, "%s (layer %s, %s channel)\n\n", channel->id, channel->layer,
                          g_str_equal (channel->type, "both") ? "storage and timing"
                                                              : channel->type);
  put (page, "What it is", channel->carrier);
  put (page, "Could hold", channel->capacity);
  put (page, "Found by", channel->test);
  put_analyzers (page, explained);
  if (text != NULL && text->filter_hint != NULL)
    put (page, "Wireshark", text->filter_hint);
  put (page, "Honest devices", channel->benign);
  put (page, "Rule from", channel->source);
  put_patterns (page, explained->patterns);
  put (page, "Severity", explained->severity);
  put (page, "Verdict", explained->verdict);
  put (page, "Least seen", channel->minimum);
  put (page, "Difficulty", explained->difficulty);
  put (page, "Can be seeded", explained->seeded);
  put (page, "Not seen", explained->blind);
  if (explained->note != NULL)
    put (page, "Note", explained->note);
  put (page, "ATT&CK", channel->mitre);
  return g_string_free (page, FALSE);
}

/* --- as JSON --- */

static void
emit_patterns (LensEmit *emit, const GPtrArray *patterns)
{
  lens_emit_begin_array (emit, "patterns", LENS_EMIT_TALL);
  for (guint i = 0; i < patterns->len; i++)
    {
      const LensPattern *pattern = patterns->pdata[i];
      lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
      lens_emit_string (emit, "code", pattern->code);
      lens_emit_string (emit, "name", pattern->name);
      lens_emit_string (emit, "meaning", pattern->meaning);
      lens_emit_string (emit, "reference", lens_pattern_paper (pattern));
      lens_emit_end_object (emit);
    }
  lens_emit_end_array (emit);
}

void
lens_explained_emit (const LensExplained *explained, LensEmit *emit)
{
  static const char *const reaches[]
      = { "ledger", "other-channels", "bound", "no-capture", "none" };
  const LensChannel *channel = explained->channel;
  const LensChannelText *text = explained->text;

  lens_emit_begin_object (emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (emit, "id", channel->id);
  lens_emit_string (emit, "layer", channel->layer);
  lens_emit_string (emit, "type", channel->type);
  lens_emit_string (emit, "what", channel->carrier);
  lens_emit_string (emit, "capacity", channel->capacity);
  lens_emit_string (emit, "pattern", channel->pattern);
  emit_patterns (emit, explained->patterns);
  lens_emit_string (emit, "found_by", channel->test);
  lens_emit_string (emit, "status",
                    explained->analyzers->len > 0 ? "analyzer" : reaches[explained->reach]);
  lens_emit_begin_array (emit, "analyzers", LENS_EMIT_TALL);
  for (guint i = 0; i < explained->analyzers->len; i++)
    {
      const LensAnalyzer *analyzer = explained->analyzers->pdata[i];
      lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
      lens_emit_string (emit, "name", analyzer->name);
      lens_emit_string (emit, "question", analyzer->question);
      lens_emit_string (emit, "source", analyzer->source);
      lens_emit_boolean (emit, "seeds", analyzer->seed != NULL);
      lens_emit_end_object (emit);
    }
  lens_emit_end_array (emit);
  lens_emit_string (emit, "filter_hint", text != NULL ? text->filter_hint : NULL);
  lens_emit_string (emit, "honest_devices", channel->benign);
  lens_emit_string (emit, "source", channel->source);
  lens_emit_string (emit, "reference", text != NULL ? text->reference : NULL);
  lens_emit_string (emit, "severity", explained->severity);
  lens_emit_string (emit, "verdict", explained->verdict);
  lens_emit_string (emit, "least_seen", channel->minimum);
  lens_emit_string (emit, "difficulty", explained->difficulty);
  lens_emit_boolean (emit, "seedable", explained->seedable);
  lens_emit_string (emit, "not_seen", explained->blind);
  lens_emit_string (emit, "note", explained->note);
  lens_emit_string (emit, "attack", channel->mitre);
  lens_emit_end_object (emit);
}

/* --- nearest names --- */

enum
{
  MAX_NAME = 64, /* octets of a name that is compared */
};

#define FAR G_MAXUINT

/* Levenshtein: letters put in, taken out, replaced, until @one is @other, or (@part) the part of
 * @other that it is nearest to. */
static guint
distance (const char *one, const char *other, gboolean part)
{
  const guint n = (guint)strnlen (one, MAX_NAME), m = (guint)strnlen (other, MAX_NAME);
  guint row[MAX_NAME + 1], least = n;

  for (guint j = 0; j <= m; j++)
    row[j] = part ? 0 : j;
  for (guint i = 1; i <= n; i++)
    {
      guint diagonal = row[0];
      row[0] = i;
      for (guint j = 1; j <= m; j++)
        {
          const guint replaced = diagonal + (one[i - 1] != other[j - 1]);
          diagonal = row[j];
          row[j] = MIN (replaced, MIN (row[j], row[j - 1]) + 1);
        }
    }
  for (guint j = 0; j <= m; j++)
    least = MIN (least, row[j]);
  return part ? least : row[m];
}

/* Each word that was typed is a part of the name, with a slip or two. */
static guint
farness (const char *typed, const char *id)
{
  g_auto (GStrv) words = g_strsplit (typed, "-", -1);
  guint slips = 0;

  for (guint i = 0; words[i] != NULL; i++)
    slips += distance (words[i], id, TRUE);
  return 3 * slips > strlen (typed) ? FAR : slips * 2 * MAX_NAME + distance (typed, id, FALSE);
}

GPtrArray *
lens_explained_nearest (const char *name, guint most)
{
  g_autofree char *typed = g_ascii_strdown (name, (gssize)strnlen (name, MAX_NAME));
  g_autofree guint *far = g_new (guint, lens_n_channels);
  GPtrArray *nearest = g_ptr_array_new ();

  for (gsize i = 0; i < lens_n_channels; i++)
    far[i] = farness (typed, lens_channels[i].id);
  while (nearest->len < most)
    {
      gsize best = 0;
      for (gsize i = 1; i < lens_n_channels; i++)
        if (far[i] < far[best])
          best = i;
      if (far[best] == FAR)
        break;
      g_ptr_array_add (nearest, (gpointer)lens_channels[best].id);
      far[best] = FAR;
    }
  return nearest;
}
