#include "ledger/tail-judge.h"

#include <string.h>

enum
{
  MAX_KEPT = 64 * 1024,    /* octets of a tail that is remembered */
  MAX_BUFFER = 256 * 1024, /* octets of images */
  EOI = 0xd9,
};

const LensFieldRule lens_tail_rules[] = {
  { "tail", 1, 0, TRUE, "Octets behind the image that change." },
  { "tail-length", 24, 20, FALSE, "The length of the padding behind the image changes." },
  { "pad", 24, 10, FALSE, "The bits that fill the last octet change." },
  { NULL },
};

static void
use (LensLedger *ledger, const char *channel, const LensUnit *unit, const char *subject,
     guint64 bits, gsize offset, gsize length)
{
  lens_ledger_use (ledger, lens_ledger_carrier (ledger, channel, unit, subject), unit, bits, offset,
                   length);
}

static void
room (LensLedger *ledger, const char *channel, const LensUnit *unit, const char *subject,
      guint64 bits)
{
  lens_ledger_room (ledger, lens_ledger_carrier (ledger, channel, unit, subject), unit, bits);
}

/* Behind fill octets and EOI, if they are there. */
static gsize
pass_eoi (const guint8 *octets, gsize at, gsize whole)
{
  gsize mark = at;

  while (mark < whole && octets[mark] == 0xff)
    mark++;
  return mark > at && mark < whole && octets[mark] == EOI ? mark + 1 : at;
}

static gboolean
is_monotonous (const guint8 *octets, gsize length)
{
  return length == 0 || memcmp (octets, octets + 1, length - 1) == 0;
}

/* Whether one is how the other begins. */
static gboolean
goes_like (const GByteArray *known, const guint8 *octets, gsize length)
{
  return known != NULL && memcmp (known->data, octets, MIN (length, known->len)) == 0
         && known->len > 0 && length <= MAX (known->len, MAX_KEPT);
}

static gboolean
is_left_over (const GByteArray *buffer, const guint8 *octets, gsize from, gsize to)
{
  return buffer != NULL && to <= buffer->len
         && memcmp (buffer->data + from, octets + from, to - from) == 0;
}

static void
keep (GByteArray **into, const guint8 *octets, gsize length)
{
  if (*into == NULL)
    *into = g_byte_array_new ();
  g_byte_array_set_size (*into, 0);
  g_byte_array_append (*into, octets, (guint)MIN (length, MAX_KEPT));
}

static void
put_over (GByteArray **buffer, const guint8 *octets, gsize length)
{
  guint n = (guint)MIN (length, MAX_BUFFER);

  if (*buffer == NULL)
    *buffer = g_byte_array_new ();
  if ((*buffer)->len < n)
    g_byte_array_set_size (*buffer, n);
  memcpy ((*buffer)->data, octets, n);
}

/* Whether the padding is as long as it always is, or fills up to a multiple. */
static gboolean
is_expected_length (LensTailJudge *judge, gsize tail, gsize whole)
{
  gboolean expected = lens_habit_take (&judge->length, tail);

  for (guint i = 0; i < G_N_ELEMENTS (judge->rest); i++)
    {
      gsize multiple = (gsize)4 << i;
      gboolean aligned = lens_habit_take (&judge->rest[i], whole % multiple);
      expected = expected || (aligned && tail < multiple);
    }
  return expected;
}

void
lens_tail_judge_take (LensLedger *ledger, LensTailJudge *judge, const char *channel,
                      const LensUnit *unit, gsize end, gsize whole)
{
  const guint8 *octets = unit->view.octets;
  gsize from = pass_eoi (octets, end, whole), length = whole - from;
  gboolean first = judge->images++ == 0;

  room (ledger, channel, unit, "tail-length", 4);
  if (!is_expected_length (judge, whole - end, whole))
    use (ledger, channel, unit, "tail-length", 4, whole > end ? end : end - 1,
         MAX (whole - end, 1));
  if (length > 0)
    room (ledger, channel, unit, "tail", 8 * length);
  if (!is_monotonous (octets + from, length))
    {
      if (!first && !goes_like (judge->first, octets + from, length)
          && !goes_like (judge->last, octets + from, length)
          && !is_left_over (judge->buffer, octets, from, whole))
        use (ledger, channel, unit, "tail", 8 * length, from, length);
      if (judge->first == NULL)
        keep (&judge->first, octets + from, length);
      keep (&judge->last, octets + from, length);
    }
  put_over (&judge->buffer, octets, whole);
}

void
lens_tail_judge_pad (LensLedger *ledger, LensTailJudge *judge, const char *channel,
                     const LensUnit *unit, guint n, guint8 pad, gsize at)
{
  guint8 ones = (guint8)((1 << n) - 1);
  guint kind = pad == ones ? 0 : pad == 0 ? 1 : 2;

  if (n == 0)
    return;
  room (ledger, channel, unit, "pad", n);
  if (!lens_habit_take (&judge->pad, kind) || kind == 2)
    use (ledger, channel, unit, "pad", n, at, 1);
}

void
lens_tail_judge_clear (LensTailJudge *judge)
{
  g_clear_pointer (&judge->first, g_byte_array_unref);
  g_clear_pointer (&judge->last, g_byte_array_unref);
  g_clear_pointer (&judge->buffer, g_byte_array_unref);
}
