/* How each finding is derived again. */
#include "report/annex.h"

#include "ledger/caps.h"
#include "report/escape.h"
#include "report/record.h"

#include <string.h>

enum
{
  MAX_FILES = 200,   /* of a set that are named */
  MAX_FILTER = 2000, /* characters of a filter in a command; the evidence has the packets too */
  MAX_WORD = 1000,
};

void
lens_annex_line_free (LensAnnexLine *line)
{
  g_free (line->command);
  g_free (line);
}

static void
add (GPtrArray *lines, const char *what, char *command)
{
  LensAnnexLine *line = g_new (LensAnnexLine, 1);

  *line = (LensAnnexLine){ what, command };
  g_ptr_array_add (lines, line);
}

static GPtrArray *
lines_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)lens_annex_line_free);
}

/* --- words of a shell --- */

/* A backslash is how the record writes octets that are no text: then it is not the name. */
static gboolean
can_be_typed (const char *text)
{
  if (text == NULL || *text == '\0' || strlen (text) > MAX_WORD)
    return FALSE;
  while (*text != '\0')
    {
      gunichar character;
      text = lens_escape_next (text, &character);
      if (character == LENS_ESCAPE_INVALID || character == '\\'
          || lens_escape_is_hidden (character))
        return FALSE;
    }
  return TRUE;
}

gboolean
lens_annex_word (GString *into, const char *text)
{
  static const char plain[]
      = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-,:/@";

  if (!can_be_typed (text))
    return FALSE;
  if (text[strspn (text, plain)] == '\0')
    {
      g_string_append (into, text);
      return TRUE;
    }
  g_string_append_c (into, '\'');
  for (; *text != '\0'; text++)
    if (*text == '\'')
      g_string_append (into, "'\\''");
    else
      g_string_append_c (into, *text);
  g_string_append_c (into, '\'');
  return TRUE;
}

/* A file beside the shell: "./" keeps one that begins with a dash from being an option. */
static void
append_file (GString *into, const char *name, const char *otherwise)
{
  g_autofree char *beside = name != NULL ? g_strconcat ("./", name, NULL) : NULL;

  if (name == NULL || *name == '\0' || strchr (name, '/') != NULL
      || !lens_annex_word (into, beside))
    g_string_append (into, otherwise);
}

/* --- where things lie --- */

static gboolean
is_live (const LensEvaluation *evaluation)
{
  return evaluation->tool.stream_log_sha256 != NULL;
}

static gboolean
is_set (const LensEvaluation *evaluation)
{
  return evaluation->input.files->len > 0;
}

static char *
capture_words (const LensEvaluation *evaluation)
{
  const LensInputSection *input = &evaluation->input;
  GString *words = g_string_new ("set --");

  /* What a live run captured, and what came from standard input, lies in the case. */
  if (is_live (evaluation))
    g_string_append (words, is_set (evaluation) ? " \"$case\"/traffic-*.pcapng"
                                                : " \"$case/traffic.pcapng\"");
  else if (g_strcmp0 (input->name, "-") == 0)
    g_string_append (words, " \"$case\"/traffic.*");
  else if (input->files->len > MAX_FILES)
    g_string_append (words, " FILES");
  else if (!is_set (evaluation))
    {
      g_string_append_c (words, ' ');
      append_file (words, input->name, "CAPTURE");
    }
  else
    for (guint i = 0; i < input->files->len; i++)
      {
        g_string_append_c (words, ' ');
        append_file (words, ((const LensFileRow *)input->files->pdata[i])->name, "FILE");
      }
  return g_string_free (words, FALSE);
}

/* A case of one file has its name. */
static char *
case_words (const LensEvaluation *evaluation)
{
  const gboolean has_name = !is_live (evaluation) && !is_set (evaluation)
                            && g_strcmp0 (evaluation->input.name, "-") != 0
                            && evaluation->input.name != NULL;
  g_autofree char *name = has_name ? g_strconcat (evaluation->input.name, ".case", NULL) : NULL;
  GString *words = g_string_new ("case=");

  append_file (words, name, "CASE");
  return g_string_free (words, FALSE);
}

GPtrArray *
lens_annex_settings (const LensEvaluation *evaluation)
{
  GPtrArray *lines = lines_new ();

  add (lines, "This case, where it lies with you:", case_words (evaluation));
  add (lines,
       "The capture that was evaluated, where it lies with you:", capture_words (evaluation));
  return lines;
}

/* --- the whole --- */

static gboolean
is_hash (const char *text)
{
  return text != NULL && strlen (text) == 64 && text[strspn (text, "0123456789abcdef")] == '\0';
}

GPtrArray *
lens_annex_whole (const LensEvaluation *evaluation)
{
  const gboolean inside = is_live (evaluation) || g_strcmp0 (evaluation->input.name, "-") == 0;
  GPtrArray *lines = lines_new ();

  if (!is_set (evaluation) && is_hash (evaluation->input.sha256))
    add (lines, "The capture is the one that was evaluated:",
         g_strdup_printf ("echo \"%s  $1\" | sha256sum -c -", evaluation->input.sha256));
  for (guint i = 0; i < MIN (evaluation->input.files->len, MAX_FILES); i++)
    {
      const LensFileRow *file = evaluation->input.files->pdata[i];
      if (is_hash (file->sha256))
        add (lines, i == 0 ? "The files are the ones that were evaluated:" : "",
             g_strdup_printf ("echo \"%s  ${%u}\" | sha256sum -c -", file->sha256, i + 1));
    }
  add (lines, "The record, the pages and the evidence are what the capture gives:",
       g_strdup (inside                ? "lenscap verify \"$case\""
                 : is_set (evaluation) ? "(for f; do shift; set -- \"$@\" --input \"$f\"; done; "
                                         "lenscap verify \"$case\" \"$@\")"
                                       : "lenscap verify \"$case\" --input \"$1\""));
  return lines;
}

/* --- a finding --- */

static const char *
known_file (const char *sha256, const char *option)
{
  return sha256 != NULL ? option : "";
}

/* Those that are not the standard ones. */
static void
append_caps (GString *command, const GPtrArray *rows)
{
  LensCaps standard;

  lens_caps_init (&standard);
  for (guint i = 0; i < MIN (rows->len, MAX_FILES); i++)
    {
      const LensCapRow *row = rows->pdata[i];
      for (guint c = 0; c < LENS_N_CAPS; c++)
        if (g_strcmp0 (row->name, lens_caps[c].name) == 0 && row->value != standard.limit[c])
          g_string_append_printf (command, " --cap %s=%" G_GUINT64_FORMAT, lens_caps[c].name,
                                  row->value);
    }
}

/* What shaped the record, as options of `lenscap analyze`.  FALSE: it cannot be typed. */
static gboolean
append_options (GString *command, const LensToolSection *tool, const LensFindingRow *finding)
{
  /* The ledger itself finds in every run, beside all analyzers that there were. */
  const gboolean of_ledger = g_strcmp0 (finding->analyzer, "ledger") == 0;
  const char *only = of_ledger ? tool->only : finding->analyzer;
  char alpha[G_ASCII_DTOSTR_BUF_SIZE];

  if (only != NULL)
    {
      g_string_append (command, " --only ");
      if (!lens_annex_word (command, only))
        return FALSE;
    }
  if (tool->device != NULL && !g_str_equal (tool->device, "default"))
    {
      g_string_append (command, " --device ");
      if (!lens_annex_word (command, tool->device))
        return FALSE;
    }
  if (tool->alpha != 0.01)
    g_string_append_printf (command, " --alpha %s",
                            g_ascii_dtostr (alpha, sizeof alpha, tool->alpha));
  append_caps (command, tool->caps);
  g_string_append (command, known_file (tool->profile_sha256, " --profile \"$case/profile.ini\""));
  g_string_append (command, known_file (tool->mud_sha256, " --mud \"$case/mud.json\""));
  g_string_append (command,
                   known_file (tool->endpoints_sha256, " --endpoints \"$case/endpoints.tsv\""));
  g_string_append (command,
                   known_file (tool->resolvers_sha256, " --resolvers \"$case/resolvers.tsv\""));
  g_string_append (command,
                   known_file (tool->stream_log_sha256, " --stream-log \"$case/stream.log\""));
  return TRUE;
}

/* "F001": it names files. */
static gboolean
is_finding_id (const char *id)
{
  return id != NULL && id[0] == 'F' && id[1] != '\0' && strlen (id) < 16
         && id[1 + strspn (id + 1, "0123456789")] == '\0';
}

static void
add_analysis (GPtrArray *lines, const LensEvaluation *evaluation, const LensFindingRow *finding)
{
  g_autoptr (GString) command = g_string_new (NULL);

  g_string_append_printf (command, "lenscap analyze -o again/%s", finding->id);
  if (!append_options (command, &evaluation->tool, finding))
    return;
  g_string_append (command, is_set (evaluation) ? " --set \"$@\"" : " \"$1\"");
  add (lines, "By the analyzer that found it, alone:", g_strdup (command->str));
}

/* What a dynamic payload type holds tshark learns from a session over UDP only. */
static void
append_types (GString *command, const LensEvaluation *evaluation)
{
  guint64 named[2] = { 0, 0 }; /* a bit for each type */

  for (guint i = 0; i < MIN (evaluation->streams->len, MAX_FILES); i++)
    {
      const LensStreamRow *stream = evaluation->streams->pdata[i];
      for (guint t = 0; t < MIN (stream->tracks->len, MAX_FILES); t++)
        {
          const LensTrackRow *track = stream->tracks->pdata[t];
          const gint type = track->payload_type;
          const char *codec = g_strcmp0 (track->codec, "H264") == 0   ? "h264"
                              : g_strcmp0 (track->codec, "H265") == 0 ? "h265"
                                                                      : NULL;
          if (codec == NULL || type < 96 || type > 127
              || (named[type / 64] >> (type % 64) & 1) != 0)
            continue;
          named[type / 64] |= G_GUINT64_CONSTANT (1) << (type % 64);
          g_string_append_printf (command, "-d rtp.pt==%d,%s ", type, codec);
        }
    }
}

/* Numbers of a set's frames go through all its files. */
static void
add_filter (GPtrArray *lines, const LensEvaluation *evaluation, const char *what,
            const char *filter, gboolean opens)
{
  g_autoptr (GString) command = g_string_new (
      is_set (evaluation) ? "mergecap -a -w - \"$@\" | tshark -r - " : "tshark -r \"$1\" ");

  if (opens)
    append_types (command, evaluation);
  g_string_append (command, "-Y ");
  if (filter != NULL && strlen (filter) <= MAX_FILTER && lens_annex_word (command, filter))
    add (lines, what, g_strdup (command->str));
}

GPtrArray *
lens_annex_finding (const LensEvaluation *evaluation, const LensFindingRow *finding)
{
  GPtrArray *lines = lines_new ();
  g_autofree char *filter = lens_record_filter (finding);

  if (!is_finding_id (finding->id))
    return lines;
  add_analysis (lines, evaluation, finding);
  add_filter (lines, evaluation, "Its packets in the capture, without lenscap:", filter, FALSE);
  add_filter (lines, evaluation, "Where such packets are to be looked for:", finding->filter_hint,
              TRUE);
  add (lines, "Its packets as they were kept, each with a comment:",
       g_strdup_printf ("tshark -r \"$case/evidence/%s.pcapng\" -O frame", finding->id));
  return lines;
}
