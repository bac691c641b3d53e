#include "ledger/tail-judge.h"

#include <string.h>

enum
{
  MAX_KEPT = 64 * 1024,    /* octets of a tail that is remembered */
  MAX_BUFFER = 256 * 1024, /* octets of images */
  ENOUGH = 4,              /* octets of a beginning */
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
is_filler (const guint8 *octets, gsize length)
{
  return length == 0
         || ((octets[0] == 0 || octets[0] == 0xff) && memcmp (octets, octets + 1, length - 1) == 0);
}

/* Whether they are the same, or one is how the other begins. */
static gboolean
goes_like (const GByteArray *known, const guint8 *octets, gsize length)
{
  gsize both = known != NULL ? MIN (length, known->len) : 0;

  return (both >= ENOUGH || (both > 0 && both == MAX (length, known->len)))
         && memcmp (known->data, octets, both) == 0;
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

/* What lay behind the first image could have been the device's padding; others that differ show
 * that it was not. */
static void
tell_first (LensLedger *ledger, LensTailJudge *judge, LensCarrier *carrier)
{
  if (judge->pieces == NULL)
    return;
  const LensView view
      = { judge->first->data, judge->first->len,
          (const LensPiece *)(gconstpointer)judge->pieces->data, judge->pieces->len };
  lens_carrier_use (lens_ledger_carriers (ledger), carrier, judge->first_ns, 8 * view.length,
                    &view);
  g_clear_pointer (&judge->pieces, g_array_unref);
}

static void
see_content (LensLedger *ledger, LensTailJudge *judge, const char *channel, const LensUnit *unit,
             gsize from, gsize length)
{
  const guint8 *octets = unit->view.octets + from;
  gboolean first = judge->images == 1;

  if (!first && !goes_like (judge->first, octets, length)
      && !goes_like (judge->last, octets, length)
      && !is_left_over (judge->buffer, unit->view.octets, from, from + length))
    {
      tell_first (ledger, judge, lens_ledger_carrier (ledger, channel, unit, "tail"));
      use (ledger, channel, unit, "tail", 8 * length, from, length);
    }
  if (first && length <= MAX_KEPT)
    {
      judge->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
      lens_view_pieces (&unit->view, from, length, judge->pieces);
      judge->first_ns = unit->time_ns;
    }
  if (judge->first == NULL)
    keep (&judge->first, octets, length);
  keep (&judge->last, octets, length);
}

void
lens_tail_judge_take (LensLedger *ledger, LensTailJudge *judge, const char *channel,
                      const LensUnit *unit, gsize end, gsize whole)
{
  const guint8 *octets = unit->view.octets;
  gsize from = pass_eoi (octets, end, whole), length = whole - from;

  judge->images++;
  room (ledger, channel, unit, "tail-length", 4);
  if (!is_expected_length (judge, whole - end, whole))
    use (ledger, channel, unit, "tail-length", 4, whole > end ? end : end - 1,
         MAX (whole - end, 1));
  if (length > 0)
    room (ledger, channel, unit, "tail", 8 * length);
  if (!is_filler (octets + from, length))
    see_content (ledger, judge, channel, unit, from, length);
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
  g_clear_pointer (&judge->pieces, g_array_unref);
  g_clear_pointer (&judge->buffer, g_byte_array_unref);
}
