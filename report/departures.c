#include "report/departures.h"

#include <string.h>

#include "report/facts.h"

/* Which group a class belongs to; those of other hosts belong to none. */
static guint
departure_of (LensClass class_)
{
  switch (class_)
    {
    case LENS_CLASS_DECLARED_VIDEO:
    case LENS_CLASS_DECLARED_AUDIO:
    case LENS_CLASS_DECLARED_METADATA:
      return 0;
    case LENS_CLASS_MEDIA_OVERHEAD:
      return 1;
    case LENS_CLASS_DECLARED_SERVICE:
      return 2;
    case LENS_CLASS_NETWORK_OVERHEAD:
    case LENS_CLASS_LOCAL_DISCOVERY:
      return 3;
    case LENS_CLASS_UNDECLARED:
      return 4;
    case LENS_CLASS_HIDDEN:
      return 5;
    case LENS_CLASS_UNEXPLAINED:
      return 6;
    case LENS_CLASS_OTHER_HOST:
      break;
    }
  return LENS_N_DEPARTURES;
}

gboolean
lens_departures_sum (const LensEvaluation *evaluation, LensDeparture departures[LENS_N_DEPARTURES])
{
  static const LensDeparture groups[LENS_N_DEPARTURES] = {
    { "Declared picture, sound and metadata", LENS_CLASS_DECLARED_VIDEO, FALSE, 0, 0 },
    { "RTSP, RTP and RTCP around it", LENS_CLASS_MEDIA_OVERHEAD, FALSE, 0, 0 },
    { "Other declared services", LENS_CLASS_DECLARED_SERVICE, FALSE, 0, 0 },
    { "Headers and local discovery", LENS_CLASS_NETWORK_OVERHEAD, FALSE, 0, 0 },
    { "Undeclared", LENS_CLASS_UNDECLARED, TRUE, 0, 0 },
    { "Hidden", LENS_CLASS_HIDDEN, TRUE, 0, 0 },
    { "Unexplained", LENS_CLASS_UNEXPLAINED, TRUE, 0, 0 },
  };
  const double seconds = (double)lens_facts_length (evaluation) / 1e9;
  const GPtrArray *parts = evaluation->ledger.parts;

  memcpy (departures, groups, sizeof groups);
  for (guint i = 0; i < parts->len; i++)
    {
      const LensLedgerPart *part = parts->pdata[i];

      if (g_strcmp0 (part->direction, "from") != 0)
        continue;
      for (guint n = 0; n < LENS_N_CLASSES; n++)
        if (departure_of ((LensClass)n) < LENS_N_DEPARTURES)
          departures[departure_of ((LensClass)n)].octets += part->classes[n].bytes;
    }
  for (guint i = 0; seconds >= LENS_DEPARTURES_SHORTEST && i < LENS_N_DEPARTURES; i++)
    departures[i].per_day = (guint64)MIN ((double)departures[i].octets * 86400 / seconds, 1e18);
  return seconds >= LENS_DEPARTURES_SHORTEST;
}
