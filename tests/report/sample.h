#pragma once

#include "ledger/evaluation.h"
#include "report/run.h"

/* A live evaluation of a camera with five findings, its ledger adding up; names are honest. */
LensEvaluation *sample_rich (void);

/* The same shape where every string is a stranger's at its worst. */
LensEvaluation *sample_hostile (void);

/* Seven devices and every string of the first page three thousand letters wide. */
LensEvaluation *sample_long (void);

/* Numbers that no capture has, which do not add up. */
LensEvaluation *sample_extreme (void);

/* What is left when an input fails at its first octet. */
LensEvaluation *sample_failed (void);

/* A conforming camera with a profile and nothing found. */
LensEvaluation *sample_clean (void);

/* "rich", "hostile", "long", "extreme", "failed" or "clean"; NULL for another name. */
LensEvaluation *sample_named (const char *name);

/* A run on a machine that lacks two layers of confinement. */
LensRun *sample_run (void);
