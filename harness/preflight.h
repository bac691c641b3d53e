#pragma once

#include "ledger/profile.h"

G_BEGIN_DECLS

/**
 * LensPreflight:
 * What would spoil a live run, said before it starts.
 *
 * Each remark is one plain sentence with what to do about it.  The list is owned by the caller
 * (a GPtrArray of LensPreflightRemark with its free function set).
 */
typedef enum
{
  LENS_PREFLIGHT_NOTE,    /* good to know */
  LENS_PREFLIGHT_WARNING, /* the run can go on, some numbers will be doubtful */
  LENS_PREFLIGHT_FATAL,   /* the run cannot work */
} LensPreflightSeverity;

typedef struct
{
  LensPreflightSeverity severity;
  char *sentence;
} LensPreflightRemark;

/* Below this much free space a run is refused, and one that runs is ended. */
#define LENS_PREFLIGHT_FREE_BYTES (G_GUINT64_CONSTANT (1) << 30)

/* What one stream and one idle device are taken to send until measured, bit/s. */
#define LENS_PREFLIGHT_STREAM_BPS G_GUINT64_CONSTANT (8000000)
#define LENS_PREFLIGHT_IDLE_BPS G_GUINT64_CONSTANT (50000)

/* What the first packets of a capture show; the capture role counts, see harness/capture.h. */
typedef struct
{
  guint64 packets;    /* looked at */
  guint64 tagged;     /* of them with a VLAN tag */
  guint64 duplicates; /* of them identical to one seen within 100 ms */
} LensPreflightTraffic;

GPtrArray *lens_preflight_new (void);
LensPreflightSeverity lens_preflight_worst (const GPtrArray *remarks);

/* There, up, with a carrier, without offloads. */
void lens_preflight_interface (GPtrArray *remarks, const char *interface);

/* The clock as adjtimex(2) knows it. */
void lens_preflight_clock (GPtrArray *remarks);

/* Whether the kernel's clock was stepped by more than a second between two readings of
 * CLOCK_REALTIME minus CLOCK_MONOTONIC, in microseconds. */
gint64 lens_preflight_clock_offset_us (void);
void lens_preflight_clock_step (GPtrArray *remarks, gint64 offset_before_us, gint64 offset_now_us);

/* Octets that a run of @profile is expected to write, at most its max-bytes. */
guint64 lens_preflight_expected_bytes (const LensProfile *profile);

/* Free space in the file system of @folder against what will be needed. */
void lens_preflight_space (GPtrArray *remarks, const char *folder, guint64 expected_bytes);

/* G_MAXUINT64 when the file system does not say. */
guint64 lens_preflight_free_bytes (const char *folder);

void lens_preflight_traffic (GPtrArray *remarks, const char *interface,
                             const LensPreflightTraffic *traffic);

G_END_DECLS
