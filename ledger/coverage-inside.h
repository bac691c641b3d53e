#pragma once

#include "ledger/inside.h"

G_BEGIN_DECLS

/* What each device sent: units by the bit of their kind, and what random fields count by. */
typedef struct
{
  guint64 units[LENS_N_UNIT_KINDS];
  guint64 tracks;          /* started */
  guint64 samples;         /* octets of G.711 */
  guint64 sound;           /* octets of other sound */
  guint64 h264;            /* octets of H.264 */
  guint64 connections;     /* TCP */
  guint64 opened;          /* of these, by the device */
  guint64 sessions;        /* of RTSP, that it opened */
  guint64 encrypted;       /* RTP packets of tracks that only their ends can read */
  guint64 sealed;          /* octets of declared streams inside TLS */
  guint64 hellos, records; /* of TLS */
  guint64 hello_sealed;    /* octets of the hellos that are encrypted */
  guint64 hashes;          /* bits of picture hashes in H.265 */
  guint64 drawn;           /* identifications of IPv4 that are drawn by lot */
  guint64 fillers[2];      /* filler NAL units of H.264 and H.265 */
} LensSent;

/* Channels of fields that are random by design: their content cannot be told from noise, so
 * each unit counts as this many bits that may have spoken.  The rate is the residual bound. */
typedef struct
{
  const char *channel;
  guint64 (*units) (const LensSent *sent);
  double bits;
  const char *note;
} LensResidual;

/* NULL where the channel has no bound. */
const LensResidual *lens_residual_of (const char *channel);

G_END_DECLS
