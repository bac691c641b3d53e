#include "wire/http.h"

#include <string.h>

static LensHttpFound
parse (const char *text, LensHttpHead *head)
{
  return lens_http_parse ((const guint8 *)text, strlen (text), head);
}

static void
reads (const char *text, LensRange range, const char *wanted)
{
  g_assert_cmpmem (text + range.offset, range.length, wanted, strlen (wanted));
}

static void
a_request_falls_into_its_parts (void)
{
  const char text[] = "POST /onvif/device_service HTTP/1.1\r\n"
                      "host:  192.0.2.100 \r\n"
                      "Content-Length: 5\r\n"
                      "\r\nhello";
  LensHttpHead head;
  LensRange value;

  g_assert_cmpint (parse (text, &head), ==, LENS_HTTP_HEAD);
  g_assert_false (head.is_response);
  reads (text, head.method, "POST");
  reads (text, head.target, "/onvif/device_service");
  reads (text, head.version, "HTTP/1.1");
  g_assert_true (lens_http_field ((const guint8 *)text, &head, "Host", &value));
  reads (text, value, "192.0.2.100");
  g_assert_false (lens_http_field ((const guint8 *)text, &head, "Hos", &value));
  g_assert_cmpint (head.framing, ==, LENS_HTTP_BODY_LENGTH);
  g_assert_cmpuint (head.content_length, ==, 5);
  g_assert_cmpuint (head.fields.offset, ==, head.start_line.length);
  g_assert_cmpuint (head.end.offset, ==, lens_range_end (head.fields));
  g_assert_cmpuint (lens_range_end (head.end), ==, strlen (text) - 5);
  g_assert_cmphex (head.odd, ==, 0);
}

static void
a_response_has_a_status (void)
{
  const char text[] = "HTTP/1.0 404 Not Found\r\n\r\n";
  LensHttpHead head;

  g_assert_cmpint (parse (text, &head), ==, LENS_HTTP_HEAD);
  g_assert_true (head.is_response);
  g_assert_cmpuint (head.status, ==, 404);
  reads (text, head.reason, "Not Found");
  g_assert_cmpint (head.framing, ==, LENS_HTTP_BODY_UNTIL_CLOSE);
  g_assert_cmpint (parse ("HTTP/1.1 304 \r\nContent-Length: 9\r\n\r\n", &head), ==, LENS_HTTP_HEAD);
  g_assert_cmpint (head.framing, ==, LENS_HTTP_BODY_NONE);
}

static void
a_head_that_comes_in_parts_is_waited_for (void)
{
  const char text[] = "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n";
  LensHttpHead head;

  for (gsize length = 0; length < strlen (text); length++)
    {
      g_autofree guint8 *cut = g_memdup2 (text, length);
      g_assert_cmpint (lens_http_parse (cut, length, &head), ==, LENS_HTTP_MORE);
    }
  g_assert_cmpint (parse (text, &head), ==, LENS_HTTP_HEAD);
  g_assert_cmpint (parse ("RTSP/1.0 200 OK\r\n\r\n", &head), ==, LENS_HTTP_NOT);
  g_assert_cmpint (parse ("\x16\x03\x01", &head), ==, LENS_HTTP_NOT);
  g_assert_cmpint (parse ("OPTIONS rtsp://192.0.2.100/ RTSP/1.0\r\n", &head), ==, LENS_HTTP_NOT);
  g_autofree char *endless = g_strnfill (LENS_HTTP_MOST_HEAD, 'A');
  memcpy (endless, "GET / HTTP/1.1\r\n", 16);
  g_assert_cmpint (parse (endless, &head), ==, LENS_HTTP_NOT);
}

static guint
odd_of (const char *fields)
{
  g_autofree char *text = g_strdup_printf ("GET / HTTP/1.1\r\n%s\r\n", fields);
  LensHttpHead head;

  g_assert_cmpint (parse (text, &head), ==, LENS_HTTP_HEAD);
  return head.odd;
}

static void
oddities_are_named (void)
{
  g_assert_cmphex (odd_of (""), ==, 0);
  g_assert_cmphex (odd_of ("A: b\n"), ==, LENS_HTTP_BARE_LF);
  g_assert_cmphex (odd_of ("A: b\r\n  c\r\n"), ==, LENS_HTTP_FOLDED);
  g_assert_cmphex (odd_of ("A : b\r\n"), ==, LENS_HTTP_BAD_FIELD);
  g_assert_cmphex (odd_of ("no colon\r\n"), ==, LENS_HTTP_BAD_FIELD);
  g_assert_cmphex (odd_of ("A: \x01\r\n"), ==, LENS_HTTP_CONTROL);
  g_assert_cmphex (odd_of ("A: a\rb\r\n"), ==, LENS_HTTP_CONTROL);
  g_assert_cmphex (odd_of ("Content-Length: 1\r\nContent-Length: 1\r\n"), ==, 0);
  g_assert_cmphex (odd_of ("Content-Length: 1\r\nContent-Length: 2\r\n"), ==, LENS_HTTP_BAD_LENGTH);
  g_assert_cmphex (odd_of ("Content-Length: 0x1\r\n"), ==, LENS_HTTP_BAD_LENGTH);
  g_assert_cmphex (odd_of ("Content-Length: 99999999999999999999999\r\n"), ==,
                   LENS_HTTP_BAD_LENGTH);
  g_assert_cmphex (odd_of ("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), ==,
                   LENS_HTTP_TWO_LENGTHS);
}

static void
fields_add_up_to_the_head (void)
{
  const char text[] = "GET / HTTP/1.1\r\nA: 1\r\nB:\r\n folded\r\nnone\r\n\r\n";
  LensHttpHead head;
  LensHttpField field;

  g_assert_cmpint (parse (text, &head), ==, LENS_HTTP_HEAD);
  LensRange left = head.fields;
  g_assert_true (lens_http_field_next ((const guint8 *)text, &left, &field));
  reads (text, field.name, "A");
  reads (text, field.value, "1");
  g_assert_true (lens_http_field_next ((const guint8 *)text, &left, &field));
  reads (text, field.value, "folded");
  g_assert_true (lens_http_field_next ((const guint8 *)text, &left, &field));
  g_assert_cmpuint (field.name.length, ==, 0);
  reads (text, field.value, "none");
  g_assert_false (lens_http_field_next ((const guint8 *)text, &left, &field));
  g_assert_cmpuint (left.offset, ==, head.end.offset);
}

/* Feeds @text in pieces of @step octets: what was content, and what follows the body? */
static void
cuts (const char *head_text, const char *text, gsize step, const char *wanted, const char *behind,
      LensHttpBody *body)
{
  g_autoptr (GString) content = g_string_new (NULL);
  LensHttpHead head;
  gsize length = strlen (text);
  gsize at = 0;

  g_assert_cmpint (parse (head_text, &head), ==, LENS_HTTP_HEAD);
  lens_http_body_init (body, &head);
  while (at < length)
    {
      LensHttpPartKind kind;
      gsize there = MIN (step, length - at);
      gsize taken = lens_http_body_take (body, (const guint8 *)text + at, there, &kind);
      if (taken == 0)
        break;
      g_assert_cmpuint (taken, <=, there);
      if (kind == LENS_HTTP_PART_DATA)
        g_string_append_len (content, text + at, (gssize)taken);
      at += taken;
    }
  g_assert_cmpstr (content->str, ==, wanted);
  g_assert_cmpstr (text + at, ==, behind);
}

#define CHUNKED_HEAD "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n"

static void
a_chunked_body_is_cut_the_same_however_it_comes (void)
{
  for (gsize step = 1; step < 80; step++)
    {
      LensHttpBody body;
      cuts (CHUNKED_HEAD, "5\r\nhello\r\nA;x=y\r\n, chunks!!\r\n0\r\nT: r\r\n\r\nGET", step,
            "hello, chunks!!", "GET", &body);
      g_assert_true (body.complete && body.extended && body.trailers && !body.broken);
    }
}

static void
a_broken_chunk_takes_the_rest (void)
{
  static const char *const broken[][2] = {
    { "\r\nhello", "" },
    { "xyz", "" },
    { "3\r\nabcd\r\n0\r\n\r\n", "abc" },
    { "fffffffffffffffff\r\n", "" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      LensHttpBody body;
      cuts (CHUNKED_HEAD, broken[i][0], 100, broken[i][1], "", &body);
      g_assert_true (body.broken && !body.complete);
    }
}

#define LENGTH_HEAD "PUT / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"

static void
a_body_ends_where_its_head_says (void)
{
  LensHttpBody body;

  cuts (LENGTH_HEAD, "helloPUT", 3, "hello", "PUT", &body);
  cuts ("GET / HTTP/1.1\r\n\r\n", "GET", 3, "", "GET", &body);
  cuts ("HTTP/1.1 200 OK\r\n\r\n", "to the end", 3, "to the end", "", &body);
  g_assert_false (body.complete);
}

static void
a_gap_inside_content_is_bridged (void)
{
  LensHttpBody body;

  cuts (LENGTH_HEAD, "he", 3, "he", "", &body);
  g_assert_true (lens_http_body_gap (&body, 3));
  g_assert_true (body.complete);
  cuts (CHUNKED_HEAD, "5\r\nhe", 9, "he", "", &body);
  g_assert_true (lens_http_body_gap (&body, 2));
  g_assert_false (lens_http_body_gap (&body, 2));
  g_assert_true (body.broken);
}

static void
any_octets_are_survived (void)
{
  const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nTransfer-Encoding: chunked\r\n"
                      "X: y\r\n z\r\n\r\n4;a\r\nabcd\r\n0\r\nQ: r\r\n\r\n";
  g_autoptr (GRand) rand = g_rand_new_with_seed (9112);

  for (guint run = 0; run < 40000; run++)
    {
      gsize length = strlen (text) - run % 30;
      g_autofree guint8 *octets = g_memdup2 (text, length);
      for (guint i = 0; i < run % 6; i++)
        octets[g_rand_int_range (rand, 0, (gint32)length)] ^= 1u << g_rand_int_range (rand, 0, 8);
      LensHttpHead head;
      LensHttpField field;
      LensHttpBody body;
      LensHttpPartKind kind;
      if (lens_http_parse (octets, length, &head) != LENS_HTTP_HEAD)
        continue;
      gsize at = lens_range_end (head.end);
      g_assert_cmpuint (at, <=, length);
      while (lens_http_field_next (octets, &head.fields, &field))
        g_assert_cmpuint (lens_range_end (field.value), <=, lens_range_end (field.whole));
      lens_http_body_init (&body, &head);
      for (gsize taken; (taken = lens_http_body_take (&body, octets + at, length - at, &kind)) > 0;)
        at += taken;
      g_assert_true (at == length || body.complete);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/http/" name, function)
  ADD ("a-request-falls-into-its-parts", a_request_falls_into_its_parts);
  ADD ("a-response-has-a-status", a_response_has_a_status);
  ADD ("a-head-that-comes-in-parts-is-waited-for", a_head_that_comes_in_parts_is_waited_for);
  ADD ("oddities-are-named", oddities_are_named);
  ADD ("fields-add-up-to-the-head", fields_add_up_to_the_head);
  ADD ("a-chunked-body-is-cut-the-same-however-it-comes",
       a_chunked_body_is_cut_the_same_however_it_comes);
  ADD ("a-broken-chunk-takes-the-rest", a_broken_chunk_takes_the_rest);
  ADD ("a-body-ends-where-its-head-says", a_body_ends_where_its_head_says);
  ADD ("a-gap-inside-content-is-bridged", a_gap_inside_content_is_bridged);
  ADD ("any-octets-are-survived", any_octets_are_survived);
  return g_test_run ();
}
