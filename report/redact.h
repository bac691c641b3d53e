#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * lens_redact:
 * @record, @run: evaluation.json and run.json of a case.
 * @sums_sha256: of its SHA256SUMS, which the redacted record names.
 *
 * The same record without names: of devices, hosts, networks, interfaces, files, streams, services,
 * and of whoever owns, tests or made them.  They, their addresses, serial numbers and the hashes of
 * what was read have pseudonyms (report/pseudonyms.h); excerpts are left out.  What was counted,
 * when, on which ports, found by which rule, and how it was judged stays as it was.  Of run.json
 * stay the confinement, the losses and the libraries.
 *
 * The key of the pseudonyms is made of the whole of @record, which names the hash of the capture:
 * whoever has neither cannot try names out.  Everything depends on the arguments alone.
 *
 * FALSE with an error as lens_record_read() gives it, or when @record is redacted already.  The
 * caller frees both.
 */
gboolean lens_redact (GBytes *record, GBytes *run, const char *sums_sha256, GBytes **redacted,
                      GBytes **redacted_run, GError **error);

G_END_DECLS
