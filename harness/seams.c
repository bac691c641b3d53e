#include "harness/seams.h"

#include <string.h>

#define NOTES_MAX 100
/* Packets of several interfaces, or cores, are not written quite in the order of their times. */
#define DISORDER_NS (100 * 1000 * 1000)
#define GAP_LEAST_NS (100 * 1000 * 1000) /* shorter ones are nothing to speak of */

static char *
seconds (gint64 ns)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%03d s", ns / 1000000000,
                          (int)(ns / 1000000 % 1000));
}

static void note (LensInputSection *input, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
note (LensInputSection *input, const char *format, ...)
{
  va_list arguments;

  if (input->notes->len == NOTES_MAX)
    g_ptr_array_add (input->notes,
                     g_strdup ("More seams are like these: see the gaps of the files."));
  if (input->notes->len > NOTES_MAX)
    return;
  va_start (arguments, format);
  g_ptr_array_add (input->notes, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* --- times --- */

/* @pause: that is usual, or -1. */
static void
note_time (LensInputSection *input, const LensFileRow *before, const LensFileRow *file,
           gint64 pause)
{
  g_autofree char *gap = seconds (file->gap < 0 ? -MAX (file->gap, -G_MAXINT64) : file->gap);
  g_autofree char *usual = seconds (pause);

  if (file->gap < -DISORDER_NS)
    note (input, "%s and %s overlap by %s: packets of this time may be in both.", before->name,
          file->name, gap);
  else if (pause >= 0 && file->gap > MAX (pause, GAP_LEAST_NS))
    note (input,
          "Between %s and %s %s are without a packet; the longest pause inside the files is %s.",
          before->name, file->name, gap, usual);
}

/* Whether the files show how long a pause is usual: files of a packet or two do not. */
static gboolean
know_pauses (const GPtrArray *files)
{
  guint64 packets = 0;

  for (guint i = 0; i < files->len; i++)
    packets += ((const LensFileRow *)g_ptr_array_index (files, i))->packets;
  return packets / 2 >= files->len;
}

static gint64
difference (gint64 after, gint64 before)
{
  gint64 result;

  return __builtin_sub_overflow (after, before, &result) ? G_MAXINT64 : result;
}

/* The gap of each file that has packets, to the last packet of those before it. */
static void
look_at_times (LensInputSection *input, gint64 pause)
{
  const LensFileRow *before = NULL;

  for (guint i = 0; i < input->files->len; i++)
    {
      LensFileRow *file = g_ptr_array_index (input->files, i);
      if (!file->has_times)
        continue;
      if (before != NULL)
        {
          file->has_gap = TRUE;
          file->gap = difference (file->first, before->last);
          note_time (input, before, file, pause);
        }
      if (before == NULL || file->last >= before->last)
        before = file;
    }
}

/* --- names --- */

/* A name, apart from one of the numbers in it. */
typedef struct
{
  const char *from; /* of the number; NULL: there is none */
  gsize digits;
  guint64 number;
} Numbered;

#define DIGITS_MAX 18

/* The @column-th number of @name, from 0. */
static Numbered
number_in (const char *name, guint column)
{
  for (const char *at = name; *at != '\0';)
    {
      gsize digits = strspn (at, "0123456789");
      if (digits > 0 && column-- == 0)
        return digits <= DIGITS_MAX ? (Numbered){ at, digits, g_ascii_strtoull (at, NULL, 10) }
                                    : (Numbered){ 0 };
      at += MAX (digits, 1);
    }
  return (Numbered){ 0 };
}

/* Whether two names differ in numbers only, as those that one program wrote in turn. */
static gboolean
are_of_one_series (const char *one, const char *other)
{
  while (*one != '\0' || *other != '\0')
    {
      gsize digits = strspn (one, "0123456789"), others = strspn (other, "0123456789");
      if ((digits > 0) != (others > 0) || (digits == 0 && *one != *other))
        return FALSE;
      one += MAX (digits, 1);
      other += MAX (others, 1);
    }
  return TRUE;
}

/* How far the number of a file lies ahead of that of the file before it; 0: it cannot be said. */
static guint64
step_to (const LensInputSection *input, guint index, guint column)
{
  const LensFileRow *before = g_ptr_array_index (input->files, index - 1);
  const LensFileRow *file = g_ptr_array_index (input->files, index);

  if (!are_of_one_series (before->name, file->name))
    return 0;
  Numbered a = number_in (before->name, column), b = number_in (file->name, column);
  return a.from != NULL && b.from != NULL && b.number > a.number ? b.number - a.number : 0;
}

/* Numbers that go up by one from file to file, mostly, are a series; times of day in a name are
 * none. */
static void
look_at_names (LensInputSection *input)
{
  for (guint column = 0; column < 8; column++)
    {
      guint by_one = 0;
      for (guint i = 1; i < input->files->len; i++)
        by_one += step_to (input, i, column) == 1;
      if (by_one == 0 || by_one * 2 < input->files->len - 1)
        continue;
      for (guint i = 1; i < input->files->len; i++)
        {
          const LensFileRow *before = g_ptr_array_index (input->files, i - 1);
          const LensFileRow *file = g_ptr_array_index (input->files, i);
          guint64 step = step_to (input, i, column);
          if (step > 1)
            note (input,
                  "By their numbers, %" G_GUINT64_FORMAT " file%s between %s and %s %s missing.",
                  step - 1, step == 2 ? "" : "s", before->name, file->name,
                  step == 2 ? "is" : "are");
        }
      return;
    }
}

void
lens_seams_note (LensInputSection *input, gint64 pause)
{
  look_at_times (input, know_pauses (input->files) ? pause : -1);
  look_at_names (input);
}
