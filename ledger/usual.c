#include "ledger/usual.h"

enum
{
  START = 8, /* votes that the first value has */
};

static guint
place_of (const LensUsual *usual, guint64 value)
{
  guint place = 0;

  while (place < LENS_USUAL_VALUES && (usual->votes[place] == 0 || usual->values[place] != value))
    place++;
  return place;
}

/* Into a place that is free; where there is none, everybody loses a vote. */
static void
vote_new (LensUsual *usual, guint64 value)
{
  guint place = 0;

  while (place < LENS_USUAL_VALUES && usual->votes[place] > 0)
    place++;
  if (place < LENS_USUAL_VALUES)
    {
      usual->values[place] = value;
      usual->votes[place] = usual->seen == 0 ? START : 1;
      return;
    }
  for (place = 0; place < LENS_USUAL_VALUES; place++)
    usual->votes[place]--;
}

guint64
lens_usual_value (const LensUsual *usual)
{
  guint best = 0;

  for (guint i = 1; i < LENS_USUAL_VALUES; i++)
    if (usual->votes[i] > usual->votes[best])
      best = i;
  return usual->values[best];
}

gboolean
lens_usual_take (LensUsual *usual, guint64 value)
{
  guint place = place_of (usual, value);

  if (place < LENS_USUAL_VALUES)
    usual->votes[place]++;
  else
    vote_new (usual, value);
  usual->seen++;
  return lens_usual_value (usual) == value;
}
