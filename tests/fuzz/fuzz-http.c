/* HTTP/1.x messages of one direction: heads and bodies add up to what was read. */
#include "tests/fuzz/fuzz.h"

#include "wire/authorization.h"
#include "wire/http.h"

/* Octets of the body at the front, taken in steps. */
static gsize
take_body (LensHttpBody *body, const guint8 *octets, gsize length)
{
  gsize at = 0;

  while (at < length)
    {
      LensHttpPartKind kind;
      gsize step = MIN (length - at, 1 + octets[at] % 97u);
      gsize count = lens_http_body_take (body, octets + at, step, &kind);
      g_assert_cmpuint (count, <=, step);
      if (count == 0)
        break;
      at += count;
      if (octets[at - 1] == 0xfd && !lens_http_body_gap (body, octets[at - 1]))
        break;
    }
  g_assert_true (at == length || body->complete || body->broken
                 || body->framing == LENS_HTTP_BODY_NONE);
  return at;
}

static void
check_credentials (const guint8 *octets, LensRange value)
{
  LensRange scheme, left;
  LensAuthParameter parameter;
  gsize end = lens_range_end (value);

  lens_authorization_split (octets, value, &scheme, &left);
  fuzz_inside (octets, end, scheme);
  fuzz_inside (octets, end, left);
  while (lens_authorization_next (octets, &left, &parameter))
    {
      fuzz_inside (octets, end, parameter.name);
      fuzz_inside (octets, end, parameter.value);
      fuzz_inside (octets, end, left);
    }
}

static void
check_head (const guint8 *octets, gsize length, const LensHttpHead *head)
{
  const LensRange words[] = { head->method, head->target, head->version, head->reason };
  LensHttpField field;
  LensRange value;
  gsize at = 0, lines = head->fields.offset;

  fuzz_follows (octets, length, &at, head->start_line);
  fuzz_follows (octets, length, &at, head->fields);
  fuzz_follows (octets, length, &at, head->end);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    fuzz_inside (octets, lens_range_end (head->start_line), words[i]);
  for (LensRange left = head->fields; lens_http_field_next (octets, &left, &field);)
    {
      fuzz_follows (octets, length, &lines, field.whole);
      fuzz_inside (octets, length, field.name);
      fuzz_inside (octets, length, field.value);
      check_credentials (octets, field.value);
    }
  g_assert_cmpuint (lines, ==, lens_range_end (head->fields));
  if (lens_http_field (octets, head, "Content-Type", &value))
    fuzz_inside (octets, length, value);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensHttpHead head;
  LensHttpBody body;

  while (lens_http_parse (octets, length, &head) == LENS_HTTP_HEAD)
    {
      check_head (octets, length, &head);
      octets += lens_range_end (head.end);
      length -= lens_range_end (head.end);
      lens_http_body_init (&body, &head);
      gsize taken = take_body (&body, octets, length);
      octets += taken;
      length -= taken;
    }
  return 0;
}
