#include "ledger/template.h"

#include <string.h>

enum
{
  MAX_OCTETS = 4096,
  MAX_DIGITS = 18,
  SHORTEST = 6, /* octets: in less a number tells nothing */
  BINARY = 4,   /* octets of a clock or counter without digits */
};

/* One comparison. */
typedef struct
{
  LensTemplate *template;
  const guint8 *old, *new;
  gsize old_length, new_length;
  gsize i, j;     /* position in old and new */
  double seconds; /* between them */
  guint number;   /* of those met */
  gsize unexplained, first, last;
} Compare;

static void
blame (Compare *compare, gsize from, gsize to)
{
  if (from >= to)
    return;
  if (compare->unexplained == 0)
    compare->first = from;
  compare->first = MIN (compare->first, from);
  compare->last = MAX (compare->last, to - 1);
  compare->unexplained += to - from;
}

/* Inside a date or a time; between them too once there is one. */
static gboolean
is_separator (guint8 octet, gboolean inside)
{
  return octet != 0 && strchr (inside ? ":.-/ T" : ":.-/", octet) != NULL;
}

/* The digits at the front, those of a date or a time as one number (its first digits); how many
 * octets. */
static gsize
read_number (const guint8 *octets, gsize length, guint64 *value, gboolean *is_date)
{
  gsize at = 0;
  guint digits = 0;

  *value = 0;
  *is_date = FALSE;
  for (; at < length; at++)
    {
      gboolean joins = digits > 0 && is_separator (octets[at], *is_date) && at + 1 < length
                       && g_ascii_isdigit (octets[at + 1]);
      if (!joins && !g_ascii_isdigit (octets[at]))
        break;
      *is_date = *is_date || joins;
      if (!joins && ++digits <= MAX_DIGITS)
        *value = *value * 10 + (guint64)(octets[at] - '0');
    }
  return at;
}

/* Whether a number keeps the pace that it had: frames may come late or bundled, so it may be off
 * by half of it, and by one count. */
static gboolean
keeps_pace (Compare *compare, guint64 before, guint64 now)
{
  guint n = MIN (compare->number, LENS_TEMPLATE_NUMBERS - 1);
  double step = (double)now - (double)before;
  double *pace = &compare->template->pace[n];

  compare->number++;
  if (now < before)
    return FALSE;
  if (compare->template->steps[n]++ == 0)
    {
      *pace = step / MAX (compare->seconds, 1e-3);
      return step <= 1 || *pace <= 1e7;
    }
  double expected = *pace * compare->seconds;
  gboolean kept = ABS (step - expected) <= MAX (2, expected / 2);
  *pace += (step / MAX (compare->seconds, 1e-3) - *pace) / 8;
  return kept;
}

static void
compare_numbers (Compare *compare)
{
  guint64 before, now;
  gboolean was_date, is_date;
  gsize from = compare->j;
  gsize old = read_number (compare->old + compare->i, compare->old_length - compare->i, &before,
                           &was_date);
  gsize new
      = read_number (compare->new + compare->j, compare->new_length - compare->j, &now, &is_date);

  compare->i += old;
  compare->j += new;
  if (is_date && was_date)
    {
      compare->number++;
      if (now < before)
        blame (compare, from, compare->j);
    }
  else if (MAX (old, new) > MAX_DIGITS || !keeps_pace (compare, before, now))
    blame (compare, from, compare->j);
}

static guint64
read_binary (const guint8 *octets, gboolean little)
{
  guint64 value = 0;

  for (guint i = 0; i < BINARY; i++)
    value = value << 8 | octets[little ? BINARY - 1 - i : i];
  return value;
}

/* Octets that differ at one place of two texts of one length: a clock without digits? */
static void
compare_binary (Compare *compare)
{
  gsize from = compare->j, to = from;

  while (to < compare->new_length && to < from + BINARY && compare->old[to] != compare->new[to])
    to++;
  compare->i = compare->j = to;
  gsize big = to >= BINARY ? to - BINARY : 0;
  gboolean fits_big = to >= BINARY;
  gboolean fits_little = from + BINARY <= compare->new_length;
  guint number = compare->number;
  if (fits_big
      && keeps_pace (compare, read_binary (compare->old + big, FALSE),
                     read_binary (compare->new + big, FALSE)))
    return;
  compare->number = number + 1;
  if (fits_little
      && keeps_pace (compare, read_binary (compare->old + from, TRUE),
                     read_binary (compare->new + from, TRUE)))
    return;
  blame (compare, from, to);
}

/* Texts that are not alike: all between what they begin and end with. */
static void
blame_middle (Compare *compare)
{
  gsize end = 0, most = MIN (compare->old_length - compare->i, compare->new_length - compare->j);

  while (end < most
         && compare->old[compare->old_length - 1 - end]
                == compare->new[compare->new_length - 1 - end])
    end++;
  /* What is missing at the end counts as the octet before it. */
  gsize from = MIN (compare->j, compare->new_length - 1);
  blame (compare, from, MAX (compare->new_length - end, from + 1));
}

static void
run (Compare *compare)
{
  while (compare->i < compare->old_length && compare->j < compare->new_length)
    {
      guint8 old = compare->old[compare->i], new = compare->new[compare->j];
      if (g_ascii_isdigit (old) && g_ascii_isdigit (new))
        compare_numbers (compare);
      else if (old == new)
        {
          compare->i++;
          compare->j++;
        }
      else if (compare->old_length == compare->new_length && compare->i == compare->j)
        compare_binary (compare);
      else
        {
          blame_middle (compare);
          return;
        }
    }
  if (compare->i < compare->old_length || compare->j < compare->new_length)
    blame_middle (compare);
}

static void
keep (struct LensTemplateText *text, gint64 time_ns, const guint8 *octets, gsize length)
{
  if (text->octets == NULL)
    text->octets = g_byte_array_new ();
  g_byte_array_set_size (text->octets, 0);
  g_byte_array_append (text->octets, octets, (guint)length);
  text->time_ns = time_ns;
}

/* What @text does not explain of the new one; the paces are learnt from what is explained. */
static gsize
compare_with (LensTemplate *template, const struct LensTemplateText *text, gint64 time_ns,
              const guint8 *octets, gsize length, LensRange *where)
{
  LensTemplate trial = *template;
  Compare compare = { .template = &trial,
                      .old = text->octets->data,
                      .old_length = text->octets->len,
                      .new = octets,
                      .new_length = length,
                      .seconds = (double)(time_ns - text->time_ns) / 1e9 };

  if (compare.old_length == length && (length == 0 || memcmp (compare.old, octets, length) == 0))
    return 0;
  if (length > SHORTEST)
    run (&compare);
  else
    blame (&compare, 0, MAX (length, 1));
  if (compare.unexplained == 0)
    *template = trial;
  else
    {
      /* What is missing at the end has no octets there. */
      gsize first = MIN (compare.first, length);
      *where = (LensRange){ first, MIN (compare.last + 1, length) - first };
    }
  return compare.unexplained;
}

gsize
lens_template_take (LensTemplate *template, gint64 time_ns, const guint8 *octets, gsize length,
                    LensRange *where)
{
  gsize known = MIN (length, MAX_OCTETS), unexplained = 0;
  LensRange ignored;

  *where = (LensRange){ 0, 0 };
  if (template->seen++ > 0)
    unexplained = compare_with (template, &template->base, time_ns, octets, known, where);
  /* Said twice, it is the device's new habit. */
  if (unexplained > 0
      && compare_with (template, &template->last, time_ns, octets, known, &ignored) == 0)
    unexplained = 0;
  keep (&template->last, time_ns, octets, known);
  if (unexplained == 0)
    keep (&template->base, time_ns, octets, known);
  return unexplained;
}

void
lens_template_clear (LensTemplate *template)
{
  g_clear_pointer (&template->base.octets, g_byte_array_unref);
  g_clear_pointer (&template->last.octets, g_byte_array_unref);
}
