#pragma once

#include "ledger/marks.h"

G_BEGIN_DECLS

/**
 * LensNews:
 * What somebody says for the first time, in groups: names below one domain, for instance.
 *
 * Whoever does one job has a handful of things to say, and then repeats them.  Nothing is use
 * before the end, when it is known how much there was of it and whether it came to an end.
 * Bounded: at most LENS_NEWS_MAX things are known again, and groups told apart at most
 * LENS_NEWS_GROUPS; what is beyond is passed over.
 */
typedef struct LensNews LensNews;

#define LENS_NEWS_MAX 100000
#define LENS_NEWS_GROUPS 512

/* A group of one speaker's. */
typedef struct
{
  char *name;
  LensSide *side; /* of the first thing; borrowed from the ledger */
  LensMarks *marks;
  guint64 n;          /* things */
  guint64 bits;       /* of all of them */
  guint64 dense_bits; /* of those that look encoded */
  guint64 most;       /* dense bits of one of them */
  guint64 octets;     /* of all of them */
} LensNewsGroup;

LensNews *lens_news_new (void);
void lens_news_free (LensNews *news);

/* @thing of @unit's speaker, which lies at @range; @dense: looks encoded.  Whether it is new. */
gboolean lens_news_take (LensNews *news, const LensUnit *unit, const char *group, const char *thing,
                         guint octets, guint bits, gboolean dense, LensRange range);

guint lens_news_n_groups (const LensNews *news);
const LensNewsGroup *lens_news_group_at (const LensNews *news, guint index);
/* That of @speaker with this name; NULL: there is none. */
const LensNewsGroup *lens_news_group_of (const LensNews *news, const LensAddress *speaker,
                                         const char *name);

/* Seconds from the first to the last. */
double lens_news_seconds (const LensNewsGroup *group);
/* Whether new things come in each quarter of the group's time, as many as honest life, which
 * begins with most of them, does not have. */
gboolean lens_news_goes_on (const LensNewsGroup *group);

G_END_DECLS
