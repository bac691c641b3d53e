#pragma once

#include "wire/h264-cabac-contexts.h"

G_BEGIN_DECLS

/* The arithmetic decoding engine: ITU-T H.264 (08/2021) 9.3.1 and 9.3.3.2. */

enum
{
  LENS_H264_N_STATES = 1024, /* ctxIdx */
};

/**
 * LensH264Engine:
 * codIOffset stands in the highest bits of @value, and @ahead bits that the standard's engine
 * has not read yet behind it.  Octets behind the end read as zeros.
 *
 * Loops over many bins take a copy of it, so that it lies in registers, and put that back.
 */
typedef struct
{
  const guint8 *octets;
  gsize length; /* octets */
  gsize next;   /* octet to be read next; behind the end it goes on counting */
  guint64 value;
  gint ahead;
  guint32 range;
  guint64 bins; /* how often DecodeBin was called (7.4.2.10) */
} LensH264Engine;

typedef struct
{
  LensH264Engine engine;
  guint8 state[LENS_H264_N_STATES]; /* 2 * pStateIdx + valMPS */
} LensH264Cabac;

/* Table 9-44, rangeTabLPS; Table 9-45 of states: behind the most probable symbol, and the other. */
extern const guint8 lens_h264_range_lps[64][4];
extern const guint8 lens_h264_next_state[2][128];

/* 9.3.1.1.  @init: 0 for I slices, else 1 + cabac_init_idc. */
void lens_h264_cabac_init_contexts (LensH264Cabac *cabac, guint init, gint32 slice_qp);
/* 9.3.1.2: begins at octet @at of @octets. */
void lens_h264_cabac_start (LensH264Cabac *cabac, const guint8 *octets, gsize length, gsize at);

/* The bits of the octets that the engine has read. */
static inline gsize
lens_h264_cabac_position (const LensH264Cabac *cabac)
{
  return 8 * cabac->engine.next - (gsize)cabac->engine.ahead;
}

/* Keeps at least 8 bits ahead, more than one bin can take. */
static inline void
lens_h264_engine_refill (LensH264Engine *engine)
{
  if (engine->ahead >= 8)
    return;
  if (engine->next + 4 <= engine->length)
    {
      guint32 word;
      __builtin_memcpy (&word, engine->octets + engine->next, sizeof word);
      engine->value = engine->value << 32 | GUINT32_FROM_BE (word);
      engine->next += 4;
      engine->ahead += 32;
      return;
    }
  for (guint i = 0; i < 4; i++, engine->next++, engine->ahead += 8)
    engine->value
        = engine->value << 8 | (engine->next < engine->length ? engine->octets[engine->next] : 0);
}

/* 9.3.3.2.1.  Which symbol it is nobody can foresee, so nothing branches on it. */
static inline guint
lens_h264_engine_decision (LensH264Engine *engine, guint8 *state)
{
  guint8 now = *state;
  guint32 lps = lens_h264_range_lps[now >> 1][engine->range >> 6 & 3];
  guint32 range = engine->range - lps;
  guint64 bound = (guint64)range << engine->ahead;
  guint less = engine->value >= bound; /* the less probable one */
  guint64 mask = 0 - (guint64)less;

  engine->bins++;
  engine->value -= bound & mask;
  range += (lps - range) & (guint32)mask;
  *state = lens_h264_next_state[less][now];
  /* RenormD (Figure 9-33) */
  gint shift = __builtin_clz (range) - 23;
  engine->range = range << shift;
  engine->ahead -= shift;
  lens_h264_engine_refill (engine);
  return (now & 1) ^ less;
}

/* 9.3.3.2.3 */
static inline guint
lens_h264_engine_bypass (LensH264Engine *engine)
{
  engine->bins++;
  engine->ahead--;
  guint64 bound = (guint64)engine->range << engine->ahead;
  guint bin = engine->value >= bound;
  engine->value -= bound & (0 - (guint64)bin);
  lens_h264_engine_refill (engine);
  return bin;
}

/* @count of them, at most 32: a number. */
static inline guint32
lens_h264_engine_bypasses (LensH264Engine *engine, guint count)
{
  guint32 value = 0;

  for (; count > 0; count--)
    value = value << 1 | lens_h264_engine_bypass (engine);
  return value;
}

guint lens_h264_cabac_decision (LensH264Cabac *cabac, guint context);
guint lens_h264_cabac_bypass (LensH264Cabac *cabac);
guint lens_h264_cabac_terminate (LensH264Cabac *cabac); /* 9.3.3.2.2.3 */

G_END_DECLS
