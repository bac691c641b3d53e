/* lenscap verify: does a case say what its capture says? */
#include "harness/command.h"

#include "harness/again.h"
#include "harness/case-files.h"
#include "harness/errand.h"
#include "harness/hash.h"
#include "harness/inputs.h"
#include "harness/octets.h"
#include "harness/origins.h"
#include "harness/plain-pages.h"
#include "harness/redaction.h"
#include "harness/render.h"
#include "harness/secret.h"
#include "harness/signature.h"
#include "harness/sums.h"

#include <string.h>
#include <unistd.h>

enum
{
  EXIT_SAME = 0,
  EXIT_DIFFERS = 1,
  EXIT_MISSING = 3,
};

#define MOST_ORIGINS 200000 /* files of a set; of more the analysis tells */

/* A case that is looked at. */
typedef struct
{
  const char *folder;
  char **named; /* --input, or NULL */
  GPtrArray *signers;
  GPtrArray *inputs; /* char*: the capture */
  guint n_files;     /* that SHA256SUMS names */
  GString *bad;      /* "the signature SHA256SUMS.asc is bad", of each that is */
  LensJobOptions options;
  GArray *origins; /* LensJobOrigin: what its record was made of */
  GBytes *record, *run;
} Looked;

static int differs (const Looked *looked, const char *format, ...) G_GNUC_PRINTF (2, 3);

static int
differs (const Looked *looked, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autofree char *line = g_strdup_printf ("%s: differs: %s%s%s", looked->folder, looked->bad->str,
                                           looked->bad->len > 0 ? "; " : "", text);
  g_autofree char *shown = lens_command_shown (line);
  g_print ("%s\n", shown);
  return EXIT_DIFFERS;
}

static void tell (const char *what, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
tell (const char *what, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autofree char *shown = lens_command_shown (text);
  g_print ("  %-10s %s\n", what, shown);
}

/* --- hashes and signatures --- */

static int
check_sums (Looked *looked, GError **error)
{
  g_autoptr (GError) changed = NULL;

  if (lens_sums_check_whole (looked->folder, &looked->n_files, &changed))
    return EXIT_SAME;
  if (!g_error_matches (changed, LENS_SUMS_ERROR, LENS_SUMS_ERROR_MISSING))
    return differs (looked, "%s", changed->message);
  g_propagate_error (error, g_steal_pointer (&changed));
  return EXIT_MISSING;
}

/* Each that is there; they are told of whatever else comes of the case.  Those that are bad stand
 * before all that differs. */
static void
check_signatures (const Looked *looked)
{
  guint n = 0;

  for (guint i = 0; lens_sums_signatures[i] != NULL; i++)
    {
      const char *name = lens_sums_signatures[i];
      g_autofree char *path = g_build_filename (looked->folder, name, NULL), *said = NULL;
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      n++;
      LensSignatureState state
          = lens_signature_check (looked->folder, name, looked->signers, &said);
      tell ("signature", "%s: %s", name, said);
      if (state == LENS_SIGNATURE_BAD)
        g_string_append_printf (looked->bad, "%sthe signature %s is bad",
                                looked->bad->len > 0 ? ", " : "", name);
    }
  /* Who names signers must hear that nobody signed. */
  if (n == 0 && looked->signers->len > 0)
    tell ("signature", "there is none");
}

static int conclude (const Looked *looked, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* What the case is, if its signatures let it be that. */
static int
conclude (const Looked *looked, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (looked->bad->len > 0)
    return differs (looked, "but for that it is %s", text);
  g_autofree char *line = g_strdup_printf ("%s: %s", looked->folder, text);
  g_autofree char *shown = lens_command_shown (line);
  g_print ("%s\n", shown);
  return EXIT_SAME;
}

/* --- the capture --- */

/* The captures that were named, as one; NULL with @error. */
static GPtrArray *
named_inputs (char **named, GError **error)
{
  g_autoptr (GPtrArray) inputs = lens_inputs_find (named, TRUE, NULL, error);
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  if (inputs != NULL && inputs->len > 0)
    {
      g_autoptr (GPtrArray) found = lens_input_paths (g_ptr_array_index (inputs, 0));
      for (guint i = 0; i < found->len; i++)
        g_ptr_array_add (paths, g_strdup (g_ptr_array_index (found, i)));
    }
  if (inputs == NULL)
    g_clear_pointer (&paths, g_ptr_array_unref);
  return paths;
}

static GPtrArray *
find_inputs (const char *folder, char **named, GError **error)
{
  g_autoptr (GPtrArray) paths
      = named != NULL ? named_inputs (named, error) : lens_case_captures (folder);

  if (paths == NULL)
    return NULL;
  for (guint i = 0; i < paths->len; i++)
    {
      g_autoptr (GError) why = NULL;
      int fd = lens_octets_open (g_ptr_array_index (paths, i), &why);
      if (fd < 0)
        {
          g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "%s cannot be read: %s",
                       (const char *)g_ptr_array_index (paths, i), why->message);
          return NULL;
        }
      close (fd);
    }
  if (paths->len > 0)
    return g_steal_pointer (&paths);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
               "%s holds no capture: name it with --input FILE", folder);
  return NULL;
}

/* A case that holds its capture, and is asked about a copy of it: both are looked at. */
static gboolean
are_copies (const Looked *looked, GError **error)
{
  g_autoptr (GPtrArray) own = lens_case_captures (looked->folder);

  if (looked->named == NULL || own->len == 0)
    return TRUE;
  for (guint i = 0; i < MAX (own->len, looked->inputs->len); i++)
    {
      g_autofree char *mine = i < own->len ? lens_case_hash (g_ptr_array_index (own, i)) : NULL;
      g_autofree char *copy
          = i < looked->inputs->len ? lens_case_hash (g_ptr_array_index (looked->inputs, i)) : NULL;
      if (mine != NULL && copy != NULL && g_str_equal (mine, copy))
        continue;
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                   "the capture that the case holds is not the one that was named");
      return FALSE;
    }
  return TRUE;
}

/* --- the analysis again --- */

static void
take_origin (const LensMessage *message, GArray *origins)
{
  LensJobOrigin origin;

  if (message->length != sizeof origin || origins->len >= MOST_ORIGINS)
    return;
  memcpy (&origin, message->payload, sizeof origin);
  origin.name[sizeof origin.name - 1] = origin.sha256[sizeof origin.sha256 - 1] = '\0';
  g_array_append_val (origins, origin);
}

static void
take_recalled (const LensMessage *message, gpointer data)
{
  Looked *looked = data;

  if (message->type == LENS_MESSAGE_OPTIONS && message->length == sizeof (LensJobOptions))
    memcpy (&looked->options, message->payload, sizeof (LensJobOptions));
  else if (message->type == LENS_MESSAGE_ORIGIN)
    take_origin (message, looked->origins);
}

static void
take_difference (const LensMessage *message, gpointer data)
{
  char **difference = data;

  if (message->type == LENS_MESSAGE_DATA && *difference == NULL)
    *difference = g_utf8_make_valid ((const char *)message->payload, (gssize)message->length);
}

/* Both records in one confined process, which names the first key that differs. */
static char *
first_difference (GBytes *one, GBytes *other, GError **error)
{
  char *difference = NULL;

  if (!lens_errand_run ("differ", one, other, take_difference, &difference, error))
    g_clear_pointer (&difference, g_free);
  return difference;
}

/* The secret of a live run is known to nobody now. */
static gboolean
is_same_but_for_masks (GBytes *record, GBytes *again)
{
  gsize length, length_again;
  const char *masked = g_bytes_get_data (record, &length);
  const char *plain = g_bytes_get_data (again, &length_again);

  return length == length_again && lens_secret_is_masked (masked, plain, length);
}

static gboolean
check_page (const Looked *looked, const LensRendered *page, GError **error)
{
  g_autoptr (GBytes) kept = lens_octets_read_in (looked->folder, page->name, error);

  if (kept == NULL)
    return FALSE;
  if (g_bytes_equal (kept, page->octets))
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
               "%s is not what the record and run.json give%s", page->name,
               looked->options.incomplete ? " (which says that this case is incomplete)" : "");
  return FALSE;
}

/* As they are rendered, or, where that failed, what stands in their place. */
static GPtrArray *
pages_of (const Looked *looked, GError **error)
{
  g_autoptr (LensOrder) order = lens_order_new ();

  if (*looked->options.no_report != '\0')
    return lens_plain_pages (&looked->options.result, looked->options.no_report);
  order->formats = g_strsplit ("html,text", ",", -1);
  order->run = g_bytes_ref (looked->run);
  order->record_sha256 = lens_hash_bytes (looked->record);
  return lens_render (looked->record, order, error);
}

static gboolean
check_pages (const Looked *looked, GError **error)
{
  g_autoptr (GPtrArray) pages = pages_of (looked, error);

  for (guint i = 0; pages != NULL && i < pages->len; i++)
    if (!check_page (looked, g_ptr_array_index (pages, i), error))
      return FALSE;
  return pages != NULL;
}

/* What nobody can derive is named, so that nobody takes it for derived. */
static void
tell_all (const Looked *looked, guint n_evidence)
{
  g_autofree char *last = g_path_get_basename (g_ptr_array_index (looked->inputs, 0));

  tell ("hashes", "%u files, as SHA256SUMS has them, and no others", looked->n_files);
  tell ("derived",
        "evaluation.json, report.html, report.txt and %u files of evidence, to the octet",
        n_evidence);
  tell ("not", "when, where, by which libraries and how confined it was made: so run.json says, "
               "and only its hash, version, files and that it tells of every layer were checked");
  if (*looked->options.no_report != '\0')
    tell ("note", "the pages could not be made, and say why: %s", looked->options.no_report);
  if (looked->named != NULL && looked->inputs->len == 1
      && g_strcmp0 (last, looked->options.name) != 0 && !g_str_equal (looked->options.name, "-"))
    tell ("note", "the record calls the capture %s; what was named is called %s",
          looked->options.name, last);
}

static int
compare (const Looked *looked, const LensAgain *again, GError **error)
{
  GBytes *record = lens_again_record (again);
  const gboolean same = g_bytes_equal (looked->record, record);
  g_autoptr (GError) other = NULL;
  guint n_evidence = 0;

  if (!same && !is_same_but_for_masks (looked->record, record))
    {
      g_autofree char *key = first_difference (looked->record, record, error);
      g_autofree char *said
          = key != NULL ? lens_origins_explain (looked->origins, looked->inputs, key) : NULL;
      return differs (looked, "%s", said != NULL ? said : "its form only");
    }
  const gboolean own_capture = looked->options.live || g_str_equal (looked->options.name, "-");
  g_autofree char *stranger
      = lens_case_stranger (looked->folder, looked->options.given, own_capture);
  if (stranger != NULL)
    return differs (looked, "%s is nothing that a case made so has", stranger);
  if (*looked->options.run_differs != '\0')
    return differs (looked, "run.json: %s", looked->options.run_differs);
  if (!check_pages (looked, &other)
      || !lens_again_check_evidence (again, looked->folder, &n_evidence, &other)
      || !are_copies (looked, &other))
    return differs (looked, "%s", other->message);
  const int status = conclude (looked, "the same record%s",
                               same ? "" : ", but for the secret that is masked in it");
  tell_all (looked, n_evidence);
  return status;
}

/* --- a copy for sharing --- */

/* The case that it was made of, if that is what its own hashes say; NULL with *status. */
static const char *
find_original (const Looked *looked, int *status, GError **error)
{
  const char *original = looked->named != NULL ? looked->named[0] : NULL;
  g_autoptr (GError) changed = NULL;
  guint n_files;

  *status = EXIT_MISSING;
  if (original == NULL || looked->named[1] != NULL)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                 "this is a redacted copy: name the one case that it was made of with --input");
  else if (lens_sums_check_whole (original, &n_files, &changed))
    return original;
  else if (g_error_matches (changed, LENS_SUMS_ERROR, LENS_SUMS_ERROR_MISSING))
    g_propagate_prefixed_error (error, g_steal_pointer (&changed), "%s: ", original);
  else
    *status = differs (looked, "%s: %s", original, changed->message);
  return NULL;
}

static int
compare_copy (const Looked *looked, const GPtrArray *files, GError **error)
{
  for (guint i = 0; i < files->len; i++)
    {
      const LensRendered *file = g_ptr_array_index (files, i);
      g_autoptr (GBytes) kept = lens_octets_read_in (looked->folder, file->name, NULL);
      if (kept != NULL && g_bytes_equal (kept, file->octets))
        continue;
      g_autofree char *key = kept != NULL && g_str_equal (file->name, "evaluation.json")
                                 ? first_difference (kept, file->octets, error)
                                 : NULL;
      return differs (looked, "%s", key != NULL ? key : file->name);
    }
  if (looked->n_files != files->len)
    return differs (looked, "it has files that no redacted copy has");
  return EXIT_SAME;
}

static int
look_at_copy (const Looked *looked, GError **error)
{
  int status;
  const char *original = find_original (looked, &status, error);
  g_autofree char *sums = original != NULL ? lens_sums_hash (original, error) : NULL;

  if (sums == NULL)
    return status;
  if (!g_str_equal (sums, looked->options.redacted_from))
    return differs (looked, "redaction.original_sums_sha256: it was not made of %s", original);
  g_autoptr (GPtrArray) files = lens_redaction_make (original, error);
  if (files == NULL)
    return EXIT_MISSING;
  status = compare_copy (looked, files, error);
  if (status != EXIT_SAME)
    return status;
  status = conclude (looked, "the redacted copy of %s", original);
  tell ("hashes", "of both, as their SHA256SUMS have them");
  tell ("derived", "%u files, to the octet", files->len);
  tell ("not", "whether the original is what its capture gives: verify that too");
  return status;
}

/* --- all --- */

/* A file that every case has: without it this is a changed one. */
static GBytes *
read_own (const Looked *looked, const char *name, int *status)
{
  g_autoptr (GError) error = NULL;
  GBytes *octets = lens_octets_read_in (looked->folder, name, &error);

  if (octets == NULL)
    *status = differs (looked, "%s", error->message);
  return octets;
}

/* Without what was declared it would be another evaluation. */
static gboolean
has_declarations (const Looked *looked, GError **error)
{
  static const struct
  {
    LensJobGiven given;
    const char *name;
  } files[] = { { LENS_JOB_GIVEN_PROFILE, "profile.ini" },
                { LENS_JOB_GIVEN_MUD, "mud.json" },
                { LENS_JOB_GIVEN_ENDPOINTS, "endpoints.tsv" },
                { LENS_JOB_GIVEN_RESOLVERS, "resolvers.tsv" },
                { LENS_JOB_GIVEN_LOG, "stream.log" } };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (looked->folder, files[i].name, NULL);
      if ((looked->options.given & files[i].given) == 0 || access (path, R_OK) == 0)
        continue;
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                   "%s is missing: the record names its hash", files[i].name);
      return FALSE;
    }
  return TRUE;
}

/* Whether the captures can be those of the record, as far as that shows before they are read. */
static int
check_origins (const Looked *looked, GError **error)
{
  g_autofree char *why = NULL;

  if (looked->origins->len == MOST_ORIGINS)
    return EXIT_SAME;
  switch (lens_origins_check (looked->origins, looked->inputs, &why))
    {
    case LENS_ORIGINS_ALIKE:
      return EXIT_SAME;
    case LENS_ORIGINS_DIFFER:
      return differs (looked, "%s", why);
    case LENS_ORIGINS_MISSING:
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "%s%s", why,
                   looked->named != NULL ? "; name each with --input, or their folder" : "");
    }
  return EXIT_MISSING;
}

static int
look_again (Looked *looked, GError **error)
{
  int status = EXIT_SAME;

  if ((looked->record = read_own (looked, "evaluation.json", &status)) == NULL
      || (looked->run = read_own (looked, "run.json", &status)) == NULL)
    return status;
  g_autoptr (GError) odd = NULL;
  if (!lens_errand_run ("recall", looked->record, looked->run, take_recalled, looked, &odd))
    return differs (looked, "%s", odd->message);
  if (*looked->options.redacted_from != '\0')
    return look_at_copy (looked, error);
  looked->inputs = find_inputs (looked->folder, looked->named, error);
  if (looked->inputs == NULL)
    return EXIT_MISSING;
  if (!has_declarations (looked, error))
    return EXIT_MISSING;
  if ((status = check_origins (looked, error)) != EXIT_SAME)
    return status;
  g_autoptr (LensAgain) again
      = lens_again_new (looked->folder, looked->inputs, &looked->options, error);
  return again != NULL ? compare (looked, again, error) : EXIT_MISSING;
}

static int
verify (Looked *looked, GError **error)
{
  int status = check_sums (looked, error);

  if (status != EXIT_SAME)
    return status;
  check_signatures (looked);
  status = look_again (looked, error);
  if (looked->bad->len > 0 && *error != NULL) /* nothing else was said of the case */
    return differs (looked, "and nothing else can be told");
  return status;
}

static gboolean
take_signers (Looked *looked, char **signers, GError **error)
{
  for (guint i = 0; signers != NULL && signers[i] != NULL; i++)
    {
      int fd = lens_octets_open (signers[i], error);
      if (fd < 0)
        {
          g_prefix_error (error, "--signers %s: ", signers[i]);
          return FALSE;
        }
      close (fd);
      g_ptr_array_add (looked->signers, signers[i]);
    }
  return TRUE;
}

int
lens_command_verify (int argc, char **argv)
{
  g_auto (GStrv) named = NULL, signers = NULL;
  g_autoptr (GError) error = NULL;
  int status;
  const GOptionEntry entries[] = {
    { "input", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &named,
      "The capture, where the case holds none; of a set all files, or their folder", "FILE" },
    { "signers", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &signers,
      "Who may sign: a keyring (GnuPG), allowed signers (ssh-keygen), a public key (minisign)",
      "FILE" },
    { NULL },
  };

  if (!lens_command_parse (
          "verify", "CASE",
          "Checks a case's hashes and signatures, evaluates its capture again and compares.\n"
          "Ends with 0 for the same record, 1 when it differs (the first key is\n"
          "named), 3 when the capture or what was declared is missing.",
          "lenscap verify lenscap-cases/capture.pcapng.case --input capture.pcapng", entries, &argc,
          &argv, &status))
    return status;
  if (argc != 2)
    return lens_command_complain ("verify", "name one case");
  Looked looked = { .folder = argv[1],
                    .named = named,
                    .signers = g_ptr_array_new (),
                    .bad = g_string_new (NULL),
                    .origins = g_array_new (FALSE, FALSE, sizeof (LensJobOrigin)) };
  status = take_signers (&looked, signers, &error) ? verify (&looked, &error) : LENS_EXIT_USAGE;
  if (error != NULL)
    lens_command_complain ("verify", "%s: %s", argv[1], error->message);
  g_ptr_array_unref (looked.signers);
  g_string_free (looked.bad, TRUE);
  g_array_unref (looked.origins);
  g_clear_pointer (&looked.inputs, g_ptr_array_unref);
  g_clear_pointer (&looked.record, g_bytes_unref);
  g_clear_pointer (&looked.run, g_bytes_unref);
  return status;
}
