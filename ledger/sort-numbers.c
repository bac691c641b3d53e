#include "ledger/sort-numbers.h"

enum
{
  FEW = 32, /* are put in order one by one */
  DIGITS = 256,
};

static void
insert_each (guint64 *numbers, gsize n)
{
  for (gsize i = 1; i < n; i++)
    {
      guint64 number = numbers[i];
      gsize at = i;
      for (; at > 0 && numbers[at - 1] > number; at--)
        numbers[at] = numbers[at - 1];
      numbers[at] = number;
    }
}

/* By the octet at @shift: what has the same value of it lies together afterwards, up to @ends (P.
 * M. McIlroy and others, Engineering Radix Sort, 1993). */
static void
part (guint64 *numbers, gsize n, guint shift, gsize ends[DIGITS])
{
  gsize next[DIGITS], end = 0;

  for (guint d = 0; d < DIGITS; d++)
    ends[d] = 0;
  for (gsize i = 0; i < n; i++)
    ends[numbers[i] >> shift & 0xff]++;
  for (guint d = 0; d < DIGITS; d++)
    {
      next[d] = end;
      end += ends[d];
      ends[d] = end;
    }
  for (guint d = 0; d < DIGITS; d++)
    while (next[d] < ends[d])
      {
        guint64 number = numbers[next[d]];
        for (guint other; (other = number >> shift & 0xff) != d;)
          {
            gsize place = next[other]++;
            guint64 there = numbers[place];
            numbers[place] = number;
            number = there;
          }
        numbers[next[d]++] = number;
      }
}

/* They differ in the octets from @shift down. */
static void
sort (guint64 *numbers, gsize n, guint shift)
{
  gsize ends[DIGITS], start = 0;

  if (n <= FEW)
    {
      insert_each (numbers, n);
      return;
    }
  part (numbers, n, shift, ends);
  for (guint d = 0; shift > 0 && d < DIGITS; d++)
    {
      sort (numbers + start, ends[d] - start, shift - 8);
      start = ends[d];
    }
}

void
lens_sort_numbers (guint64 *numbers, gsize n)
{
  sort (numbers, n, 56);
}
