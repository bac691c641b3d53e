#pragma once

#include "tests/analyzers/build.h"

/* Sessions with G.711 and comfort noise, and sounds for them. */

G_BEGIN_DECLS

/* A session whose only track is PCMU, with comfort noise. */
Build *sound_session (const char *analyzer);

/* A packet of it, 20 ms behind the one before by sequence number. */
guint64 sound_send (Build *build, guint8 type, guint16 sequence, const guint8 *octets,
                    gsize length);

/* Sample @index, of -1 to 1. */
typedef double (*Sound) (GRand *random, guint index);

double sound_tone (GRand *random, guint index);
double sound_babble (GRand *random, guint index); /* louder and softer, as speech */
double sound_loud_noise (GRand *random, guint index);
double sound_soft_noise (GRand *random, guint index);
double sound_silence (GRand *random, guint index);
double sound_dialling (GRand *random, guint index); /* two tones, 100 ms on and 100 ms off */
double sound_ticks (GRand *random, guint index);    /* 10 ms of a tone in each second */

/* @packets of 160 samples. */
void sound_send_all (Build *build, Sound sound, guint packets);

G_END_DECLS
