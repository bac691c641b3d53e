#pragma once

/* A worker that is the fuzzer's: what the supervisor asks of workers (sandbox/worker.h), answered
 * without a process.  The target defines lens_worker_start(), in which it says what is invented. */
#include "tests/fuzz/fuzz.h"

#include "sandbox/worker.h"

G_BEGIN_DECLS

/* One that will end by @how: any kind of end (LensEndKind) has its turn. */
LensWorker *played_worker_new (guint8 how);

/* Puts @octets into the pipe @fd, which then does not wait; what it cannot hold is lost. */
void played_worker_say (int fd, const guint8 *octets, gsize length);

G_END_DECLS
