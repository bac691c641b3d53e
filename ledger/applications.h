#pragma once

#include "ledger/flow.h"

G_BEGIN_DECLS

/**
 * LensApplications:
 * What libndpi calls the protocol of each flow.  A name for people, never proof of innocence: no
 * class, finding or verdict depends on it.
 *
 * libndpi sees at most LENS_APPLICATION_PACKETS packets of a flow, and of at most
 * LENS_APPLICATION_FLOWS flows at a time; the oldest is then asked for its best guess.
 */
typedef struct LensApplications LensApplications;

#define LENS_APPLICATION_PACKETS 32
#define LENS_APPLICATION_FLOWS 65536

/* Loads its tables and opens files: before a process is confined.  NULL when libndpi refuses. */
LensApplications *lens_applications_new (void);
void lens_applications_free (LensApplications *applications);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensApplications, lens_applications_free)

/* "4.2.0"; static. */
const char *lens_applications_version (void);

/* A packet of @flow: @octets from the IP header on.  Free once the flow has its answer. */
void lens_applications_packet (LensApplications *applications, LensFlow *flow, const guint8 *octets,
                               gsize length, gint64 time_ns);

/* After the last packet: the name ("TLS.Amazon"), owned by the caller; NULL where libndpi
 * knows none. */
char *lens_applications_name (LensApplications *applications, const LensFlow *flow);

G_END_DECLS
