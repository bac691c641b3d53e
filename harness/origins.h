#pragma once

#include "harness/roles.h"

G_BEGIN_DECLS

/* The files that a record was made of, and those that are said to be the same. */

typedef enum
{
  LENS_ORIGINS_ALIKE,   /* as many, and as long: only their octets can tell more */
  LENS_ORIGINS_DIFFER,  /* one is another, or is none of them */
  LENS_ORIGINS_MISSING, /* all that are there may be the same, but one is not there */
} LensOrigins;

/**
 * lens_origins_check:
 * @told: LensJobOrigin: as the record has them; empty: it has none.
 * @paths: char*: the files at hand, in any order.
 * @why: receives a sentence that names the key of the record and the file; caller frees.
 *
 * What can be told without reading the files: which belongs to which goes by name and length, and
 * only where these leave it open are files hashed.
 */
LensOrigins lens_origins_check (const GArray *told, const GPtrArray *paths, char **why);

/**
 * lens_origins_explain:
 * @key: of the record, in which two evaluations differ.
 *
 * The same with the file that is meant, where it is the hash of one.  Caller frees.
 */
char *lens_origins_explain (const GArray *told, const GPtrArray *paths, const char *key);

G_END_DECLS
