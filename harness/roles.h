#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * The roles that are this program again: lenscap --role NAME, started only by
 * harness/job.c through sandbox/worker.  Each confines itself before it reads anything, and
 * answers in messages (sandbox/message.h) on descriptor 1.
 */
enum
{
  /* analyze, carve: the capture; report, render, redact: the record; compare: the first */
  LENS_ROLE_FD_IN = 0,
  LENS_ROLE_FD_OUT = 1, /* messages */
  /* analyze: the brief; carve: the record; report, recall: run.json; render, redact: the order;
   * compare: the other record */
  LENS_ROLE_FD_BRIEF = 3,
  LENS_ROLE_FD_LOG = 4, /* analyze: stream.log, when the brief says so; row: run.json */
};

/* Messages beyond those of sandbox/message.h. */
enum
{
  LENS_MESSAGE_RESULT = 256, /* LensJobResult */
  LENS_MESSAGE_CLASSES,      /* LensJobClasses */
  LENS_MESSAGE_OPTIONS,      /* LensJobOptions */
  LENS_MESSAGE_POSITION,     /* LensJobPosition */
  LENS_MESSAGE_FILE,         /* LensJobFile: one for each file that a record was made of */
  LENS_MESSAGE_CURRENT,      /* no payload: the same tool would do the same again */
  LENS_MESSAGE_HUNGRY,       /* no payload: what was given of this file is not enough */
  LENS_MESSAGE_TIMES,        /* LensFileTimes */
  LENS_MESSAGE_SAME,         /* no payload: the two records tell the same */
  LENS_MESSAGE_ORIGIN,       /* LensJobOrigin: one for each file that a record was made of */
};

/* What the supervisor may know of an evaluation; little endian as this machine is. */
typedef struct
{
  guint32 verdict;  /* LensVerdict */
  guint32 worst;    /* 1 + LensSeverity of the worst finding, 0: none */
  guint32 status;   /* 0 complete, 1 truncated, 2 failed */
  guint32 findings; /* rows */
  guint64 packets;
  guint64 total_octets, undeclared_octets, hidden_octets, unexplained_octets;
  /* UTF-8, ended by a zero; the first of several devices, the channel of the first of the worst
   * findings, why the input was not read to its end */
  char device[256], channel[64], problem[512];
} LensJobResult;

typedef struct
{
  guint64 packets, octets;
  guint64 classes[11]; /* octets by LensClass */
} LensJobClasses;

/* How far an analysis has come; in diagnosis before each frame. */
typedef struct
{
  guint64 frame;  /* that it reads */
  guint64 offset; /* about where it lies in the input */
} LensJobPosition;

/* An input as it was when it was read. */
typedef struct
{
  guint64 octets;
  gint64 modified; /* ns since the epoch */
} LensJobFile;

/* A file that a record was made of, as it says; text ends with a zero. */
typedef struct
{
  char name[256], sha256[65];
  guint64 octets; /* or LENS_JOB_UNKNOWN */
} LensJobOrigin;

#define LENS_JOB_UNKNOWN G_MAXUINT64

/* Of a file of a set, for its place among the others. */
typedef struct
{
  guint64 known;      /* 0: it has no times */
  gint64 first, last; /* of its packets, or else of its marks; @last only when it was asked for */
} LensFileTimes;

/* What a record was made with beside the capture. */
typedef enum
{
  LENS_JOB_GIVEN_PROFILE = 1 << 0,
  LENS_JOB_GIVEN_MUD = 1 << 1,
  LENS_JOB_GIVEN_ENDPOINTS = 1 << 2,
  LENS_JOB_GIVEN_RESOLVERS = 1 << 3,
  LENS_JOB_GIVEN_LOG = 1 << 4,
} LensJobGiven;

/* How a record says that it was made; text ends with a zero where there is room for it. */
typedef struct
{
  guint32 magic; /* LENS_JOB_OPTIONS_MAGIC */
  guint32 live, limits;
  double alpha;
  guint64 caps[11]; /* by LensCap */
  char name[256], device[64], only[1024];
  /* where run.json speaks of something else, "version"; empty: nowhere */
  char run_differs[64];
  guint32 given; /* LensJobGiven bits */
  /* the hash of SHA256SUMS of the case that was redacted; empty: it was not */
  char redacted_from[65];
  guint32 incomplete;   /* run.json says that the case lacks something */
  char no_report[2048]; /* why it has no pages of its own; empty: it has */
  LensJobResult result;
} LensJobOptions;

#define LENS_JOB_OPTIONS_MAGIC 0x4c4f5054

/* Options of a role, on the command line of its process. */
#define LENS_ROLE_REQUIRE_ALL "--require-all-layers"
#define LENS_ROLE_SET "--set"     /* the capture comes as files of a set, harness/source.h */
#define LENS_ROLE_WHOLE "--whole" /* files of a set are read to their ends */
#define LENS_ROLE_TOLERANCE "--tolerance=" /* compare: per cent, g_ascii_strtod */
#define LENS_ROLE_FORMAT "--format="       /* compare: text, json or html */
#define LENS_ROLE_DIAGNOSE                                                                         \
  "--diagnose" /* names a forbidden call, and each frame before it is read */

/* @options: NULL-terminated, of the above.  The exit status of the process. */
int lens_role_main (const char *role, const char *const *options);

G_END_DECLS
