#include "harness/signature.h"

#include "harness/octets.h"
#include "sandbox/worker.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATIENCE_US (30 * G_USEC_PER_SEC)
#define OUTPUT_MAX 65536 /* octets */
#define HEAD 64          /* octets that tell what a file is */
#define NAMESPACE "file" /* of ssh-keygen -Y */

/* What a tool left behind. */
typedef struct
{
  gboolean ended; /* by itself, with @status */
  int status;
  char *output, *complaint; /* of its descriptors 1 and 2 */
} Ended;

typedef enum
{
  KIND_UNKNOWN,
  KIND_GNUPG,
  KIND_SSH,
  KIND_MINISIGN,
} Kind;

/* One check. */
typedef struct
{
  char *list, *signature; /* absolute paths: no tool takes them for an option */
  const GPtrArray *signers;
  char **said;
} Check;

static LensSignatureState say (const Check *check, LensSignatureState state, const char *format,
                               ...) G_GNUC_PRINTF (3, 4);

static LensSignatureState
say (const Check *check, LensSignatureState state, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_free (*check->said);
  *check->said = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return state;
}

/* --- the tools --- */

static void
clear_ended (Ended *ended)
{
  g_free (ended->output);
  g_free (ended->complaint);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ended, clear_ended)

static char *
output_of (int fd)
{
  g_autoptr (GBytes) octets
      = lseek (fd, 0, SEEK_SET) == 0 ? lens_octets_from_fd (fd, OUTPUT_MAX, NULL) : NULL;
  gsize length = 0;
  const char *text = octets != NULL ? g_bytes_get_data (octets, &length) : NULL;

  return g_utf8_make_valid (text != NULL ? text : "", (gssize)length);
}

/* @argv[0] with @input (a path) on its standard input, or nothing.  FALSE: there is no such tool,
 * or it could not be started. */
static gboolean
run (const char *const *argv, const char *input, Ended *ended)
{
  g_autofree char *program = g_find_program_in_path (argv[0]);
  const char *home = g_getenv ("GNUPGHOME");
  g_autofree char *usual = g_build_filename (g_get_home_dir (), ".gnupg", NULL);
  g_autofree char *keys = g_strdup_printf ("GNUPGHOME=%s", home != NULL ? home : usual);
  const char *const environment[] = { keys, NULL };
  int in = input != NULL ? lens_octets_open (input, NULL) : -1;
  int out = memfd_create ("output", MFD_CLOEXEC);
  const LensWorkerFd fds[] = { { out, 1 }, { in, 0 } };
  const LensWorkerSpec spec = { .program = program,
                                .argv = argv,
                                .environment = environment,
                                .fds = fds,
                                .n_fds = in >= 0 ? 2 : 1 };
  g_autoptr (LensWorker) worker
      = program != NULL && out >= 0 ? lens_worker_start (&spec, NULL) : NULL;
  LensWorkerEnd end;

  if (worker != NULL
      && lens_worker_wait (worker, g_get_monotonic_time () + PATIENCE_US, &end, NULL))
    {
      ended->ended = end.kind == LENS_END_EXITED && !end.deadline_exceeded;
      ended->status = end.status;
      ended->output = output_of (out);
      ended->complaint = g_strstrip (lens_worker_complaint (worker));
    }
  if (in >= 0)
    close (in);
  if (out >= 0)
    close (out);
  return worker != NULL;
}

static LensSignatureState
say_no_tool (const Check *check, const char *name, const char *package)
{
  return say (check, LENS_SIGNATURE_UNCHECKED,
              "not checked: %s is not here or does not start (Debian has it in %s)", name, package);
}

static LensSignatureState
say_failed (const Check *check, const char *name, const Ended *ended)
{
  if (!ended->ended)
    return say (check, LENS_SIGNATURE_UNCHECKED, "not checked: %s did not come to an end", name);
  return say (check, LENS_SIGNATURE_UNCHECKED, "not checked: %s said: %s", name,
              ended->complaint != NULL && *ended->complaint != '\0' ? ended->complaint : "nothing");
}

/* --- whose keys --- */

/* The first octets of a file, with a zero behind; nothing when it cannot be read. */
static gsize
read_head (const char *path, char head[HEAD + 1])
{
  int fd = lens_octets_open (path, NULL);
  gssize count = fd >= 0 ? read (fd, head, HEAD) : 0;

  if (fd >= 0)
    close (fd);
  head[MAX (count, 0)] = '\0';
  return (gsize)MAX (count, 0);
}

static Kind
kind_of_signers (const char *path)
{
  char head[HEAD + 1];
  gsize length = read_head (path, head);

  if (length == 0)
    return KIND_UNKNOWN;
  if (g_str_has_prefix (head, "untrusted comment:"))
    return KIND_MINISIGN;
  return (head[0] & 0x80) != 0 || memchr (head, '\0', length) != NULL ? KIND_GNUPG : KIND_SSH;
}

/* Absolute; NULL: none was named and the user has none at @usual, below his home. */
static char *
signers_for (const Check *check, Kind kind, const char *usual)
{
  for (guint i = 0; i < check->signers->len; i++)
    if (kind_of_signers (check->signers->pdata[i]) == kind)
      return g_canonicalize_filename (check->signers->pdata[i], NULL);
  if (usual == NULL)
    return NULL;
  g_autofree char *path = g_build_filename (g_get_home_dir (), usual, NULL);
  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&path) : NULL;
}

/* --- GnuPG --- */

/* What follows "[GNUPG:] KEYWORD " in its first line with that keyword; NULL: there is none. */
static char *
status_of (const char *output, const char *keyword)
{
  g_autofree char *start = g_strdup_printf ("[GNUPG:] %s ", keyword);
  g_auto (GStrv) lines = g_strsplit (output, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], start))
      return g_strdup (lines[i] + strlen (start));
  return NULL;
}

/* "KEYID NAME" to the name. */
static const char *
name_in (const char *status)
{
  const char *space = strchr (status, ' ');

  return space != NULL ? space + 1 : status;
}

static LensSignatureState
judge_gnupg (const Check *check, const Ended *ended)
{
  static const struct
  {
    const char *keyword, *words;
  } bad[] = { { "BADSIG", "bad: not of this SHA256SUMS, or changed; it names" },
              { "REVKEYSIG", "bad: the key was revoked of" },
              { "EXPSIG", "bad: the signature has expired of" } };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *status = status_of (ended->output, bad[i].keyword);
      if (status != NULL)
        return say (check, LENS_SIGNATURE_BAD, "%s %s (GnuPG)", bad[i].words, name_in (status));
    }
  g_autofree char *good = status_of (ended->output, "GOODSIG");
  g_autofree char *late = status_of (ended->output, "EXPKEYSIG");
  g_autofree char *valid = status_of (ended->output, "VALIDSIG");
  g_autofree char *unknown = status_of (ended->output, "ERRSIG");
  if (valid != NULL && (good != NULL || late != NULL))
    return say (check, LENS_SIGNATURE_GOOD, "good: %s, fingerprint %.*s%s (GnuPG)",
                name_in (good != NULL ? good : late), (int)strcspn (valid, " "), valid,
                good != NULL ? "" : ", whose key has expired since");
  if (unknown != NULL)
    return say (check, LENS_SIGNATURE_UNCHECKED,
                "not checked: GnuPG has no key %.*s: import it, or name a keyring with --signers",
                (int)strcspn (unknown, " "), unknown);
  g_autofree char *none = status_of (ended->output, "NODATA");
  if (none != NULL)
    return say (check, LENS_SIGNATURE_BAD, "bad: it is no signature (GnuPG)");
  return say_failed (check, "GnuPG", ended);
}

static LensSignatureState
check_gnupg (const Check *check)
{
  g_autofree char *keyring = signers_for (check, KIND_GNUPG, NULL);
  const char *const own[] = { "gpg",
                              "--batch",
                              "--no-tty",
                              "--no-auto-key-retrieve",
                              "--no-auto-key-import",
                              "--disable-dirmngr",
                              "--status-fd",
                              "1",
                              "--verify",
                              check->signature,
                              check->list,
                              NULL };
  const char *const named[]
      = { "gpgv", "--status-fd", "1", "--keyring", keyring, check->signature, check->list, NULL };
  g_auto (Ended) ended = { .ended = FALSE };

  if (!run (keyring != NULL ? named : own, NULL, &ended))
    return keyring != NULL ? say_no_tool (check, "gpgv", "gpgv")
                           : say_no_tool (check, "gpg", "gnupg");
  return ended.ended ? judge_gnupg (check, &ended) : say_failed (check, "GnuPG", &ended);
}

/* --- ssh-keygen -Y --- */

static LensSignatureState
check_ssh_signer (const Check *check, const char *signers)
{
  const char *const find[]
      = { "ssh-keygen", "-Y", "find-principals", "-f", signers, "-s", check->signature, NULL };
  g_auto (Ended) found = { .ended = FALSE };

  if (!run (find, NULL, &found) || !found.ended)
    return say_failed (check, "ssh-keygen", &found);
  const gsize length = strcspn (found.output, "\n");
  if (found.status != 0 || length == 0)
    return say (check, LENS_SIGNATURE_UNCHECKED,
                "not checked: intact, but %s names nobody who may sign with this key", signers);
  g_autofree char *principal = g_strndup (found.output, length);
  const char *const verify[] = { "ssh-keygen", "-Y", "verify",  "-f", signers,          "-I",
                                 principal,    "-n", NAMESPACE, "-s", check->signature, NULL };
  g_auto (Ended) ended = { .ended = FALSE };
  if (!run (verify, check->list, &ended) || !ended.ended)
    return say_failed (check, "ssh-keygen", &ended);
  return ended.status == 0
             ? say (check, LENS_SIGNATURE_GOOD, "good: %s, as %s has it (ssh-keygen)", principal,
                    signers)
             : say (check, LENS_SIGNATURE_BAD, "bad: %s may not sign this, or not any more: %s",
                    principal, ended.complaint);
}

/* Whether it signs this list comes first: that needs no key of anybody. */
static LensSignatureState
check_ssh (const Check *check)
{
  const char *const intact[]
      = { "ssh-keygen", "-Y", "check-novalidate", "-n", NAMESPACE, "-s", check->signature, NULL };
  g_autofree char *signers = signers_for (check, KIND_SSH, ".ssh/allowed_signers");
  g_auto (Ended) ended = { .ended = FALSE };

  if (!run (intact, check->list, &ended))
    return say_no_tool (check, "ssh-keygen", "openssh-client");
  if (!ended.ended)
    return say_failed (check, "ssh-keygen", &ended);
  if (ended.status != 0)
    return say (check, LENS_SIGNATURE_BAD, "bad: not of this SHA256SUMS, or changed (ssh-keygen)");
  return signers != NULL ? check_ssh_signer (check, signers)
                         : say (check, LENS_SIGNATURE_UNCHECKED,
                                "not checked: intact, but who may sign is not known: name a list "
                                "of allowed signers with --signers");
}

/* --- minisign --- */

static LensSignatureState
check_minisign (const Check *check)
{
  g_autofree char *key = signers_for (check, KIND_MINISIGN, ".minisign/minisign.pub");
  const char *const argv[]
      = { "minisign", "-V", "-x", check->signature, "-p", key, "-m", check->list, NULL };
  g_auto (Ended) ended = { .ended = FALSE };

  if (key == NULL)
    return say (check, LENS_SIGNATURE_UNCHECKED,
                "not checked: name minisign's public key with --signers");
  if (!run (argv, NULL, &ended))
    return say_no_tool (check, "minisign", "minisign");
  if (!ended.ended)
    return say_failed (check, "minisign", &ended);
  if (ended.status == 0)
    return say (check, LENS_SIGNATURE_GOOD, "good: by the key %s (minisign)", key);
  if (strstr (ended.complaint, "key id in the public key is") != NULL)
    return say (check, LENS_SIGNATURE_UNCHECKED, "not checked: it is by another key than %s", key);
  return say (check, LENS_SIGNATURE_BAD, "bad: not of this SHA256SUMS, or changed (minisign)");
}

/* --- the outside --- */

static Kind
kind_of_signature (const char *path)
{
  char head[HEAD + 1];

  (void)read_head (path, head);
  if (g_str_has_suffix (path, ".minisig"))
    return KIND_MINISIGN;
  return g_str_has_prefix (head, "-----BEGIN SSH SIGNATURE-----") ? KIND_SSH : KIND_GNUPG;
}

LensSignatureState
lens_signature_check (const char *folder, const char *name, const GPtrArray *signers, char **said)
{
  g_autofree char *whole = realpath (folder, NULL);
  g_autofree char *list = g_build_filename (whole != NULL ? whole : folder, "SHA256SUMS", NULL);
  g_autofree char *signature = g_build_filename (whole != NULL ? whole : folder, name, NULL);
  const Check check = { list, signature, signers, said };

  *said = NULL;
  switch (kind_of_signature (signature))
    {
    case KIND_SSH:
      return check_ssh (&check);
    case KIND_MINISIGN:
      return check_minisign (&check);
    default:
      return check_gnupg (&check);
    }
}
