#include "ledger/generator.h"

enum
{
  LEAP = 64,       /* values that may have gone elsewhere, or lost */
  LATE = 64,       /* how far a packet may be overtaken */
  CLOSE = 16,      /* what a counter that goes on where it was may leave out */
  LEAST = 8,       /* values to say anything of */
  FRESH_MS = 2000, /* longer, and nothing can be said */

  /* A stray that goes on closely, twice, begins a counter; one that leaps as a counter may, three
   * times: by chance it would soon be elsewhere. */
  CREDIT_CLOSE = 3,
  CREDIT_FAR = 2,
  CREDIT_ENOUGH = 6,
};

static guint32
swapped (guint bits, guint32 value)
{
  return bits == 16 ? GUINT16_SWAP_LE_BE ((guint16)value) : GUINT32_SWAP_LE_BE (value);
}

static guint32
mask_of (guint bits)
{
  return bits == 16 ? G_MAXUINT16 : G_MAXUINT32;
}

static void
move_head (LensGeneratorHead *head, guint32 value, gint64 time_ns)
{
  head->before = head->used ? head->value : value;
  head->value = value;
  head->time_ns = time_ns;
  head->used = TRUE;
  head->has_late = FALSE;
}

/* A place for a counter that was not known: of those that are not trusted, else of all, the one
 * that was not heard of for longest. */
static LensGeneratorHead *
oldest (LensGeneratorReading *reading)
{
  LensGeneratorHead *found = &reading->heads[0];

  for (guint i = 0; i < LENS_GENERATOR_HEADS; i++)
    {
      LensGeneratorHead *head = &reading->heads[i];
      if (!head->used)
        return head;
      /* No branches on what nobody can foresee. */
      gboolean older = (head->time_ns < found->time_ns) & (head->trusted == found->trusted);
      found = (older | (found->trusted > head->trusted)) ? head : found;
    }
  found->used = found->trusted = FALSE;
  found->went_on = 0;
  return found;
}

/* Behind the head: overtaken, unless the counter goes on from there. */
static LensGeneratorStep
fall_behind (LensGeneratorReading *reading, LensGeneratorHead *head, guint32 mask, guint32 value,
             gint64 time_ns)
{
  guint32 from_late = (value - head->late) & mask;

  if (head->has_late && from_late >= 1 && from_late <= CLOSE)
    {
      head->has_late = head->trusted = FALSE;
      head->time_ns = time_ns;
      reading->from = head->value;
      head = oldest (reading);
      move_head (head, value, time_ns);
      head->trusted = TRUE;
      return LENS_GENERATOR_RETURNED;
    }
  head->late = value;
  head->has_late = TRUE;
  return LENS_GENERATOR_LATE;
}

/* How far ahead of the head a value may be at @time_ns. */
static guint32
reach (const LensGeneratorHead *head, gint64 time_ns)
{
  return LEAP + (guint32)CLAMP ((time_ns - head->time_ns) / 1000000, 0, FRESH_MS);
}

static LensGeneratorStep
meet (LensGeneratorReading *reading, LensGeneratorHead *head, guint32 mask, guint32 value,
      gint64 time_ns)
{
  guint32 ahead = (value - head->value) & mask;
  guint32 behind = (head->value - value) & mask;
  guint32 leapt = (head->value - head->before) & mask;

  /* The value that leapt was the next one by chance. */
  if (ahead == 0)
    {
      if (head->has_late && ((value - head->late) & mask) <= CLOSE)
        return fall_behind (reading, head, mask, value, time_ns);
      head->time_ns = time_ns;
      return LENS_GENERATOR_REPEATED;
    }
  if (ahead <= LEAP || ahead <= reach (head, time_ns))
    {
      reading->from = head->value;
      reading->step = ahead;
      move_head (head, value, time_ns);
      return LENS_GENERATOR_NEXT;
    }
  if (behind <= MAX ((guint32)LATE, leapt))
    return fall_behind (reading, head, mask, value, time_ns);
  return LENS_GENERATOR_STRAY;
}

/* The head nearest to @value, from either side; a stray's only where @value goes on from it, and
 * no known counter does. */
static LensGeneratorHead *
nearest (LensGeneratorReading *reading, guint32 mask, guint32 value, gint64 time_ns)
{
  LensGeneratorHead *found = NULL;
  guint64 least = G_MAXUINT64;

  for (guint i = 0; i < LENS_GENERATOR_HEADS; i++)
    {
      LensGeneratorHead *head = &reading->heads[i];
      guint32 ahead = (value - head->value) & mask;
      guint64 distance = MIN (ahead, (guint64)mask - ahead + 1);
      guint32 further = ahead <= CLOSE ? CLOSE : LEAP + FRESH_MS;
      gboolean far = (head->trusted == 0) & (ahead > LEAP + FRESH_MS);
      /* Few are so near that their time tells. */
      if ((head->trusted == 0) & (ahead - LEAP <= FRESH_MS))
        far = ahead > reach (head, time_ns);
      /* No branches on what nobody can foresee. */
      distance += head->trusted ? 0 : further;
      distance = ((head->used == 0) | far) ? G_MAXUINT64 : distance;
      found = distance < least ? head : found;
      least = MIN (distance, least);
    }
  return found;
}

static gboolean
is_stale (const LensGeneratorReading *reading, gint64 time_ns)
{
  for (guint i = 0; i < LENS_GENERATOR_HEADS; i++)
    if (reading->heads[i].used && time_ns - reading->heads[i].time_ns < FRESH_MS * 1000000)
      return FALSE;
  return TRUE;
}

/* A stray that goes on often enough begins a counter. */
static LensGeneratorStep
follow_stray (LensGeneratorReading *reading, LensGeneratorHead *head, guint32 mask, guint32 value,
              gint64 time_ns)
{
  guint32 from = head->value;

  head->time_ns = time_ns;
  if (value == from)
    return LENS_GENERATOR_STRAY;
  guint32 step = (value - from) & mask;
  move_head (head, value, time_ns);
  head->went_on += step <= CLOSE ? CREDIT_CLOSE : CREDIT_FAR;
  if (head->went_on < CREDIT_ENOUGH)
    return LENS_GENERATOR_STRAY;
  head->trusted = TRUE;
  reading->from = from;
  reading->step = step;
  return LENS_GENERATOR_NEXT;
}

/* Nothing is near. */
static LensGeneratorStep
begin (LensGeneratorReading *reading, guint32 value, gint64 time_ns)
{
  LensGeneratorStep step = !reading->heads[0].used       ? LENS_GENERATOR_FIRST
                           : is_stale (reading, time_ns) ? LENS_GENERATOR_STALE
                                                         : LENS_GENERATOR_STRAY;
  LensGeneratorHead *head = oldest (reading);

  move_head (head, value, time_ns);
  head->trusted = step != LENS_GENERATOR_STRAY;
  return step;
}

static LensGeneratorStep
read_value (LensGeneratorReading *reading, guint32 mask, guint32 value, gint64 time_ns)
{
  LensGeneratorHead *head = nearest (reading, mask, value, time_ns);
  LensGeneratorStep step = LENS_GENERATOR_STRAY;

  if (head != NULL && !head->trusted)
    step = follow_stray (reading, head, mask, value, time_ns);
  else
    {
      if (head != NULL)
        step = meet (reading, head, mask, value, time_ns);
      if (step == LENS_GENERATOR_STRAY)
        step = begin (reading, value, time_ns);
    }
  reading->repeated += step == LENS_GENERATOR_REPEATED;
  reading->next += step == LENS_GENERATOR_NEXT;
  reading->stray += step == LENS_GENERATOR_STRAY || step == LENS_GENERATOR_RETURNED;
  reading->ahead += step == LENS_GENERATOR_STRAY && ((value - reading->last) & mask) <= mask / 4;
  reading->last = value;
  return step;
}

static const LensGeneratorReading *
believed (const LensGenerator *generator)
{
  return &generator->reading[generator->reading[1].stray < generator->reading[0].stray];
}

LensGeneratorStep
lens_generator_take (LensGenerator *generator, guint bits, guint32 value, gint64 time_ns)
{
  guint32 mask = mask_of (bits);

  generator->seen++;
  if (value == 0)
    {
      generator->zeros++;
      return LENS_GENERATOR_ZERO;
    }
  LensGeneratorStep straight = read_value (&generator->reading[0], mask, value, time_ns);
  LensGeneratorStep other
      = read_value (&generator->reading[1], mask, swapped (bits, value), time_ns);
  LensGeneratorStep step = believed (generator) == &generator->reading[0] ? straight : other;
  generator->stale += step == LENS_GENERATOR_STALE;
  return step;
}

guint32
lens_generator_last_step (const LensGenerator *generator)
{
  return believed (generator)->step;
}

guint32
lens_generator_last_from (const LensGenerator *generator, guint bits)
{
  const LensGeneratorReading *reading = believed (generator);

  return reading == &generator->reading[0] ? reading->from : swapped (bits, reading->from);
}

guint32
lens_generator_strays (const LensGenerator *generator)
{
  return believed (generator)->stray;
}

LensGeneratorLaw
lens_generator_law (const LensGenerator *generator)
{
  const LensGeneratorReading *reading = believed (generator);
  guint32 told = generator->seen - generator->stale;

  if (told < LEAST)
    return LENS_GENERATOR_UNKNOWN;
  if (reading->stray * 10 >= told * 7)
    return reading->ahead * 2 > reading->stray ? LENS_GENERATOR_FAST : LENS_GENERATOR_RANDOM;
  if (reading->stray * 10 >= told)
    return LENS_GENERATOR_MIXED;
  if (generator->zeros * 10 >= told * 9)
    return LENS_GENERATOR_NONE;
  return reading->repeated > reading->next ? LENS_GENERATOR_CONSTANT : LENS_GENERATOR_COUNTER;
}
