/* What limits a comparison: said first, before what differs. */
#include "report/comparison-parts.h"

#include "report/words.h"

#include <string.h>

enum
{
  MAX_CAPS = 64, /* of one record that are looked at */
  MAX_ROWS = 20,
};

static void
say (LensComparison *comparison, char *sentence)
{
  g_ptr_array_add (comparison->limits, sentence);
}

/* "The profile differs: 7e1c... and none." */
static void
compare_text (LensComparison *comparison, const char *what, const char *one, const char *other,
              const char *none)
{
  if (g_strcmp0 (one, other) != 0)
    say (comparison, g_strdup_printf ("%s differs: %s and %s.", what, one != NULL ? one : none,
                                      other != NULL ? other : none));
}

/* What a redacted record may have as a pseudonym. */
typedef struct
{
  gboolean comparable; /* both are plain, or have the pseudonyms of one case */
  GString *unknown;    /* "the profile, the MUD file": as far as the pseudonyms tell */
} Veil;

static Veil
veil_over (const LensEvaluation *one, const LensEvaluation *other)
{
  return (Veil){ g_strcmp0 (one->redacted_from, other->redacted_from) == 0, g_string_new (NULL) };
}

static void
lift (Veil *veil, LensComparison *comparison)
{
  if (veil->unknown->len > 0)
    say (comparison,
         g_strdup_printf ("Of these a redacted record has pseudonyms, so that it cannot be told "
                          "whether they are the same: %s.",
                          veil->unknown->str));
  g_string_free (veil->unknown, TRUE);
}

/* As compare_text(), of what may have a pseudonym. */
static void
compare_veiled (LensComparison *comparison, Veil *veil, const char *what, const char *one,
                const char *other, const char *none)
{
  if (veil->comparable || one == NULL || other == NULL)
    compare_text (comparison, what, one, other, none);
  else if (g_strcmp0 (one, other) != 0)
    {
      g_string_append (veil->unknown, veil->unknown->len > 0 ? ", " : "");
      g_string_append_c (veil->unknown, g_ascii_tolower (*what));
      g_string_append (veil->unknown, what + 1);
    }
}

static gboolean
cap_of (const LensToolSection *tool, const char *name, guint64 *value)
{
  for (guint i = 0; i < MIN (tool->caps->len, MAX_CAPS); i++)
    {
      const LensCapRow *row = tool->caps->pdata[i];
      if (g_strcmp0 (row->name, name) == 0)
        {
          *value = row->value;
          return TRUE;
        }
    }
  return FALSE;
}

static void
compare_caps (LensComparison *comparison, const LensToolSection *one, const LensToolSection *other)
{
  for (guint i = 0; i < MIN (one->caps->len, MAX_CAPS); i++)
    {
      const LensCapRow *row = one->caps->pdata[i];
      guint64 value;
      if (row->name != NULL && cap_of (other, row->name, &value) && value != row->value)
        say (comparison, g_strdup_printf ("The cap %s differs: %" G_GUINT64_FORMAT
                                          " and %" G_GUINT64_FORMAT ".",
                                          row->name, row->value, value));
    }
}

static void
compare_tools (LensComparison *comparison, Veil *veil, const LensToolSection *one,
               const LensToolSection *other)
{
  compare_text (comparison, "The version of lenscap", one->version, other->version, "not known");
  compare_text (comparison, "The version of libndpi, which names applications,", one->libndpi,
                other->libndpi, "none");
  compare_veiled (comparison, veil, "The profile", one->profile_sha256, other->profile_sha256,
                  "none");
  compare_veiled (comparison, veil, "The MUD file", one->mud_sha256, other->mud_sha256, "none");
  compare_veiled (comparison, veil, "The list of makers' endpoints", one->endpoints_sha256,
                  other->endpoints_sha256, "the product's own");
  compare_veiled (comparison, veil, "The list of public resolvers", one->resolvers_sha256,
                  other->resolvers_sha256, "the product's own");
  compare_veiled (comparison, veil, "The choice of devices (--device)", one->device, other->device,
                  "default");
  compare_text (comparison, "The choice of analyzers (--only)", one->only, other->only, "all");
  if (one->limits != other->limits)
    say (comparison, g_strdup_printf ("Limits of detection were measured in the %s only.",
                                      one->limits ? "first" : "second"));
  if (one->alpha != other->alpha)
    {
      GString *alpha = g_string_new ("The bound on false alarms (--alpha) differs: ");
      lens_words_decimal (alpha, one->alpha, 3);
      g_string_append (alpha, " and ");
      lens_words_decimal (alpha, other->alpha, 3);
      g_string_append_c (alpha, '.');
      say (comparison, g_string_free (alpha, FALSE));
    }
  compare_caps (comparison, one, other);
  if ((one->stream_log_sha256 != NULL) != (other->stream_log_sha256 != NULL))
    say (comparison,
         g_strdup_printf ("Only the %s has what a viewer of ours received beside the capture.",
                          one->stream_log_sha256 != NULL ? "first" : "second"));
}

static void
compare_lengths (LensComparison *comparison)
{
  GString *text = g_string_new ("They last ");

  for (guint side = 0; side < 2; side++)
    {
      const LensComparedCase *one = &comparison->cases[side];
      if (side == 1)
        g_string_append (text, " and ");
      if (one->has_times)
        lens_words_duration (text, (gint64)((guint64)one->last - (guint64)one->first));
      else
        g_string_append (text, "no time that is known");
    }
  g_string_append (text, ": counts are told per hour too.");
  if (comparison->cases[0].hours != comparison->cases[1].hours)
    say (comparison, g_string_free (text, FALSE));
  else
    g_string_free (text, TRUE);
}

static void
compare_phases (LensComparison *comparison, Veil *veil, const LensEvaluation *one,
                const LensEvaluation *other)
{
  GString *phases[2] = { g_string_new (NULL), g_string_new (NULL) };
  const LensEvaluation *both[2] = { one, other };

  for (guint side = 0; side < 2; side++)
    for (guint i = 0; i < MIN (both[side]->phases->len, MAX_ROWS); i++)
      {
        const LensPhaseRow *row = both[side]->phases->pdata[i];
        g_string_append_printf (phases[side], "%s%s", i == 0 ? "" : ", ",
                                row->name != NULL ? row->name : "");
      }
  const char *first = phases[0]->len > 0 ? phases[0]->str : NULL;
  const char *second = phases[1]->len > 0 ? phases[1]->str : NULL;
  if (one->phases->len == other->phases->len)
    compare_veiled (comparison, veil, "The phases", first, second, "none");
  else
    compare_text (comparison, "What was done, in phases,", first, second, "none");
  g_string_free (phases[0], TRUE);
  g_string_free (phases[1], TRUE);
}

static void
tell_redaction (const LensComparedPair *pair, LensComparison *comparison)
{
  const LensEvaluation *one = pair->evaluation[0], *other = pair->evaluation[1];

  if (one->redacted_from == NULL && other->redacted_from == NULL)
    return;
  if (pair->is_copy)
    {
      say (comparison, g_strdup ("One is a redacted copy of the other: names, addresses, serial "
                                 "numbers and hashes are told by the same pseudonyms of both, so "
                                 "that what differs is not that they were replaced."));
      return;
    }
  if (g_strcmp0 (one->redacted_from, other->redacted_from) == 0)
    {
      say (comparison, g_strdup ("Both are redacted copies of one case: they have the same "
                                 "pseudonyms."));
      return;
    }
  say (comparison,
       g_strdup_printf ("%s redacted: names, addresses and serial numbers are pseudonyms there, so "
                        "that the same peer may show as new and gone.",
                        one->redacted_from == NULL     ? "The second was"
                        : other->redacted_from == NULL ? "The first was"
                                                       : "Both were"));
}

/* What one of them lacks. */
static void
tell_gaps (LensComparison *comparison, const LensEvaluation *evaluation, const char *which)
{
  if (evaluation->input.status != NULL && !g_str_equal (evaluation->input.status, "complete"))
    say (comparison, g_strdup_printf ("The capture of the %s is not complete: %s.", which,
                                      evaluation->input.status));
  for (guint i = 0; i < MIN (evaluation->caps_reached->len, MAX_ROWS); i++)
    {
      const LensReachedRow *row = evaluation->caps_reached->pdata[i];
      say (comparison,
           g_strdup_printf ("The %s reached a limit of the analysis (%s): %" G_GUINT64_FORMAT
                            " left out.",
                            which, row->name != NULL ? row->name : "not named", row->left_out));
    }
  if (evaluation->flows_rest_count > 0)
    say (comparison, g_strdup_printf ("The %s lists its flows with the most payload; %" //
                                      G_GUINT64_FORMAT " more are summed only.",
                                      which, evaluation->flows_rest_count));
}

void
lens_compared_limits (const LensComparedPair *pair, LensComparison *comparison)
{
  const LensEvaluation *one = pair->evaluation[0], *other = pair->evaluation[1];

  Veil veil = veil_over (one, other);
  tell_redaction (pair, comparison);
  compare_tools (comparison, &veil, &one->tool, &other->tool);
  compare_lengths (comparison);
  compare_phases (comparison, &veil, one, other);
  lift (&veil, comparison);
  tell_gaps (comparison, one, "first");
  tell_gaps (comparison, other, "second");
}
