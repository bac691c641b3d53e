/* What is known of a channel: from the catalogue, from the analyzers' cards, and from the rules of
 * severity. */
#include "harness/explain.h"

#include "analyzers/registry.h"
#include "report/escape.h"

#include <string.h>

/* --- severity --- */

typedef enum
{
  BY_RATE, /* contract: Severities */
  FIXED,
  FIELD,
  ATTACK,
  MEDIA,
  COPY,
  CREDENTIAL,
  IDENTIFIER,
  NEIGHBOUR,
  FLOW,
  LASTING,
  PEER,
  MAPPING,
  RESOLVER,
  NO_NAME,
  ROOM_ONLY,
} SeverityRule;

static const char *const severity_rules[] = {
  [BY_RATE]
  = "info while there is room, or use by a benign value; low where the content is constant in the "
    "run; medium where it is not, up to 100 bit/s; high above.",
  [FIXED] = "info while there is room; medium at least where it is used, for no honest device does "
            "so; high above 100 bit/s.",
  [FIELD]
  = "Where a profile or MUD file declares what the device may do: low where the content is "
    "constant, medium up to 100 bit/s, high above. Where nobody declared anything: low at most.",
  [ATTACK] = "critical: it is an attack on who looks at the stream.",
  [MEDIA]
  = "high: pictures or sound outside the declared media. low where nobody declared anything "
    "and a server shows them to whoever asked; info inside a permitted flow.",
  [COPY] = "critical where declared media goes to an undeclared place; else info.",
  [CREDENTIAL] = "high for a secret in clear that was not declared, or that leaves the link; low "
                 "for cookies, tokens and digests, and on the link; info inside a permitted flow.",
  [IDENTIFIER] = "high where it leaves the link in clear; info on the link, where neighbours know "
                 "it anyhow.",
  [NEIGHBOUR] = "medium where it leaves the link; info on the link.",
  [FLOW] = "By the rate of the payload where something is declared: medium up to 100 bit/s, high "
           "above; low where nobody declared anything. critical where declared media goes with it; "
           "info for answers to a peer's echo requests.",
  [LASTING] = "medium where something is declared; low where nothing is.",
  [PEER] = "info inside a permitted flow. Where something is declared by rate: medium, above 100 "
           "bit/s high. Where nothing is: medium at least for a maker's own way past the router "
           "and for pushed media that carry data, low for the rest.",
  [MAPPING] = "medium at least where something is declared, low where nothing is; info inside a "
              "permitted flow.",
  [RESOLVER] = "medium at least for a public resolver that nothing named to the device; low for "
               "one that was named; info inside a permitted flow.",
  [NO_NAME] = "medium where something is declared and the connection leaves the link; low where "
              "nothing is declared; info on the link and inside a permitted flow.",
  [ROOM_ONLY] = "info: it is told, and what is inside is judged by itself.",
};

/* Whose rule is another than BY_RATE, by analyzer. */
static const struct
{
  const char *analyzer;
  SeverityRule rule;
} severities[] = {
  { "evaluator-blind", ATTACK },
  { "evaluator-credentials", ATTACK },
  { "evaluator-redirect", ATTACK },
  { "evaluator-steer", ATTACK },
  { "evaluator-viewer", ATTACK },
  { "content-clear", MEDIA },
  { "content-container", MEDIA },
  { "content-copy", COPY },
  { "content-credential", CREDENTIAL },
  { "content-identifier", IDENTIFIER },
  { "content-neighbour", NEIGHBOUR },
  { "flow-undeclared", FLOW },
  { "flow-lasting", LASTING },
  { "peer-to-peer", PEER },
  { "port-mapping", MAPPING },
  { "dns-encrypted", RESOLVER },
  { "tls-hello", NO_NAME },
  { "http-upload", FIELD },
  { "quic", FIELD },
  { "stun", FIELD },
  { "tls-case", FIELD },
  { "tls-certificate", FIELD },
  { "tls-extensions", FIELD },
  { "tls-given", FIELD },
  { "tls-nonce", FIELD },
  { "tls-random", FIELD },
  { "tls-record", FIELD },
  { "declaration-wildcard", ROOM_ONLY },
  { "encapsulation", ROOM_ONLY },
  { "h264-aud", FIXED },
  { "h264-empty-pictures", FIXED },
  { "ip-checksum", FIXED },
  { "ip-steady", FIXED },
  { "ip4-fragment-order", FIXED },
  { "ip4-fragments", FIXED },
  { "ip4-header", FIXED },
  { "ip4-id-order", FIXED },
  { "mac-addresses", FIXED },
  { "rtp-types", FIXED },
  { "rtsp-between", FIXED },
  { "vlan-tags", FIXED },
};

static const char *
severity_of (const LensExplained *explained)
{
  if (explained->analyzers->len > 0)
    {
      const LensAnalyzer *first = explained->analyzers->pdata[0];
      for (guint i = 0; i < G_N_ELEMENTS (severities); i++)
        if (g_str_equal (severities[i].analyzer, first->name))
          return severity_rules[severities[i].rule];
      return severity_rules[BY_RATE];
    }
  switch (explained->reach)
    {
    case LENS_REACH_LEDGER:
      return severity_rules[BY_RATE];
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
  if (explained->text == NULL && explained->reach == LENS_REACH_NOWHERE)
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
    [LENS_REACH_LEDGER] = "The ledger itself watches it, in every run.",
    [LENS_REACH_ELSEWHERE] = "What lies in it is found as another channel.",
    [LENS_REACH_BOUND] = "It cannot be told from noise: its residual capacity is stated.",
    [LENS_REACH_NOWHERE] = "Nobody looks for it in this version, or no capture can show it.",
  };

  return explained->analyzers->len > 0 ? "An analyzer of this version looks for it."
                                       : sentences[explained->reach];
}

/* --- together --- */

static char *
treated_by (const LensExplained *explained)
{
  static const char *const words[] = {
    [LENS_REACH_LEDGER] = "(the ledger)",
    [LENS_REACH_ELSEWHERE] = "(other channels)",
    [LENS_REACH_BOUND] = "(a bound)",
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
      g_autofree char *card
          = g_strdup_printf ("%s: %s (%s)", analyzer->name, analyzer->question, analyzer->source);
      put (page, i == 0 ? "Analyzer" : "", card);
    }
  g_autofree char *nobody = g_strdup_printf ("%s %s", explained->treated, explained->status);
  if (explained->analyzers->len == 0)
    put (page, "Analyzer", nobody);
}

char *
lens_explained_text (const LensExplained *explained)
{
  const LensChannel *channel = explained->channel;
  const LensChannelText *text = explained->text;
  GString *page = g_string_new (NULL);

  g_string_append_printf (page, "%s (%s, %s)\n\n", channel->id, channel->layer, channel->type);
  put (page, "What it is", channel->carrier);
  put (page, "Could hold", channel->capacity);
  put (page, "Hides by", channel->pattern);
  put (page, "Found by", channel->test);
  put_analyzers (page, explained);
  if (text != NULL && text->filter_hint != NULL)
    put (page, "Wireshark", text->filter_hint);
  put (page, "Honest devices", channel->benign);
  put (page, "Rule from", channel->source);
  if (text != NULL && text->reference != NULL && !g_str_equal (text->reference, channel->source))
    put (page, "", text->reference);
  put (page, "Severity", explained->severity);
  put (page, "Verdict", explained->verdict);
  put (page, "Least seen", channel->minimum);
  put (page, "Difficulty", channel->difficulty);
  put (page, "Can be seeded", explained->seeded);
  put (page, "Not seen", explained->blind);
  if (explained->note != NULL)
    put (page, "Note", explained->note);
  put (page, "ATT&CK", channel->mitre);
  return g_string_free (page, FALSE);
}

/* --- as JSON --- */

void
lens_explained_emit (const LensExplained *explained, LensEmit *emit)
{
  static const char *const reaches[] = { "ledger", "other-channels", "bound", "none" };
  const LensChannel *channel = explained->channel;
  const LensChannelText *text = explained->text;

  lens_emit_begin_object (emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (emit, "id", channel->id);
  lens_emit_string (emit, "layer", channel->layer);
  lens_emit_string (emit, "type", channel->type);
  lens_emit_string (emit, "what", channel->carrier);
  lens_emit_string (emit, "capacity", channel->capacity);
  lens_emit_string (emit, "pattern", channel->pattern);
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
  lens_emit_string (emit, "difficulty", channel->difficulty);
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
