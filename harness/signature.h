#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * A detached signature of SHA256SUMS, made by somebody with a tool of his own and checked with
 * that tool: GnuPG (SHA256SUMS.asc, or binary as .sig), ssh-keygen -Y (.sig, namespace "file"),
 * minisign (.minisig).
 */
typedef enum
{
  LENS_SIGNATURE_GOOD,      /* by somebody who may */
  LENS_SIGNATURE_BAD,       /* of something else, or by a key that must not be trusted any more */
  LENS_SIGNATURE_UNCHECKED, /* no tool, no key, or it took too long */
} LensSignatureState;

/**
 * lens_signature_check:
 * @name: one of lens_sums_signatures, that lies in @folder.
 * @signers: char* paths: who may sign.  A public key of minisign, a keyring of GnuPG (as gpg
 *   --export writes it) or a list of ssh-keygen's "ALLOWED SIGNERS", each told by its first
 *   octets.  Where none fits: the user's own keyring, ~/.ssh/allowed_signers,
 *   ~/.minisign/minisign.pub.
 * @said: receives a sentence: who signed, or why that is not known.  Not yet fit to be shown:
 *   it is what the tool said.  Caller frees.
 *
 * Starts the tool with fixed arguments, without a shell, with a bound on time and with the
 * environment of workers and no other (but GNUPGHOME).
 */
LensSignatureState lens_signature_check (const char *folder, const char *name,
                                         const GPtrArray *signers, char **said);

G_END_DECLS
