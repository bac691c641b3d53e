#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensCap:
 * What an evaluation may hold or show at most.  None is reached in silence: those of the analysis
 * leave the verdict open, with the reason; those of the presentation give the count.
 */
typedef enum
{
  LENS_CAP_FLOWS,             /* told apart; those beyond share one for each pair of hosts */
  LENS_CAP_REASSEMBLY_OCTETS, /* of TCP, waiting for what lies before them or for comparison */
  LENS_CAP_FRAGMENTS,         /* datagrams that wait for their fragments */
  LENS_CAP_FRAGMENT_OCTETS,   /* and the octets of these */
  LENS_CAP_CARRIERS,
  LENS_CAP_CLAIMS, /* of octets by findings */
  LENS_CAP_MEMORY, /* of analyzers: their own bounds, not settable */
  LENS_CAP_FINDINGS,
  LENS_CAP_FLOW_ROWS,
  LENS_CAP_EVIDENCE_PACKETS, /* of one finding */
  LENS_CAP_EVIDENCE_OCTETS,
  LENS_N_CAPS,
} LensCap;

typedef struct
{
  const char *name;
  guint64 standard, least, most; /* all 0: its bounds are others', nothing can be set */
  gboolean of_analysis;
  const char *one, *many; /* what is left out where it is reached */
} LensCapKind;

extern const LensCapKind lens_caps[LENS_N_CAPS];

typedef struct
{
  guint64 limit[LENS_N_CAPS];
} LensCaps;

void lens_caps_init (LensCaps *caps);

typedef enum
{
  LENS_CAPS_ERROR_UNKNOWN,
  LENS_CAPS_ERROR_RANGE,
} LensCapsError;
#define LENS_CAPS_ERROR (lens_caps_error_quark ())
GQuark lens_caps_error_quark (void);

/* @text is NAME=NUMBER, as an option has it. */
gboolean lens_caps_set (LensCaps *caps, const char *text, GError **error);

G_END_DECLS
