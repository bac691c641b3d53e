#pragma once

#include "wire/h264-cabac-contexts.h"

G_BEGIN_DECLS

/* The arithmetic decoding engine: ITU-T H.264 (08/2021) 9.3.1 and 9.3.3.2. */

enum
{
  LENS_H264_N_STATES = 1024, /* ctxIdx */
};

/**
 * LensH264Cabac:
 * codIOffset stands in the highest bits of @value, and @ahead bits that the standard's engine
 * has not read yet behind it.  Octets behind the end read as zeros.
 */
typedef struct
{
  const guint8 *octets;
  gsize length; /* octets */
  gsize next;   /* octet to be read next; behind the end it goes on counting */
  guint64 value;
  gint ahead;
  guint32 range;
  guint64 bins;                     /* how often DecodeBin was called (7.4.2.10) */
  guint8 state[LENS_H264_N_STATES]; /* 2 * pStateIdx + valMPS */
} LensH264Cabac;

/* 9.3.1.1.  @init: 0 for I slices, else 1 + cabac_init_idc. */
void lens_h264_cabac_init_contexts (LensH264Cabac *cabac, guint init, gint32 slice_qp);
/* 9.3.1.2: begins at octet @at of @octets. */
void lens_h264_cabac_start (LensH264Cabac *cabac, const guint8 *octets, gsize length, gsize at);

/* The bits of @octets that the engine has read. */
static inline gsize
lens_h264_cabac_position (const LensH264Cabac *cabac)
{
  return 8 * cabac->next - (gsize)cabac->ahead;
}

guint lens_h264_cabac_decision (LensH264Cabac *cabac, guint context); /* 9.3.3.2.1 */
guint lens_h264_cabac_bypass (LensH264Cabac *cabac);                  /* 9.3.3.2.3 */
guint lens_h264_cabac_terminate (LensH264Cabac *cabac);               /* 9.3.3.2.2.3 */

G_END_DECLS
