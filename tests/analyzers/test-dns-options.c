/* Options of queries that no resolver has use for. */
#include "tests/analyzers/build-names.h"

#include <string.h>

/* An OPT record (RFC 6891 section 6.1.2) of 1232 octets and no flags, with one option. */
static GByteArray *
opt (guint16 code, const char *data)
{
  GByteArray *option = build_hex (data);
  GByteArray *record = build_hex ("00 0029 04d0 00 00 0000 0000 0000 0000");

  record->data[10] = (guint8)(4 + option->len);
  record->data[11] = (guint8)(code >> 8);
  record->data[12] = (guint8)code;
  record->data[14] = (guint8)option->len;
  return build_join (record, option);
}

static guint64
ask_with (Build *build, GByteArray *record)
{
  GByteArray *query = build_query_message ("time.example", 1, record);

  query->data[11] = 1;
  return build_dns (build, query);
}

static void
padding_that_is_not_zero_speaks (void)
{
  g_autoptr (Build) build = build_new ("dns-options");

  ask_with (build, opt (12, "0000000000000000"));
  build_quiet (build, "dns-edns-options");
  g_autoptr (Build) other = build_new ("dns-options");
  ask_with (other, opt (12, "0000abcd00000000"));
  const LensFindingRow *finding = build_found (other, "dns-edns-options", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, 1, other->offset + 12 + 14 + 4 + 15 + 2, 2);
}

static void
options_without_a_meaning_speak (void)
{
  g_autoptr (Build) build = build_new ("dns-options");

  ask_with (build, opt (4711, "abcd"));
  build_found (build, "dns-edns-options", LENS_SEVERITY_MEDIUM);
}

static void
a_cookie_for_each_server_is_quiet_and_ever_new_ones_are_not (void)
{
  g_autoptr (Build) build = build_new ("dns-options"), other = build_new ("dns-options");

  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *cookie = g_strdup_printf ("%08x%08x", i * 2654435761u, i * 40503u);
      ask_with (build, opt (10, "1122334455667788"));
      ask_with (other, opt (10, cookie));
    }
  build_quiet (build, "dns-edns-options");
  build_found (other, "dns-edns-options", LENS_SEVERITY_LOW);
}

/* An OPT record with options of these codes, all empty. */
static GByteArray *
empty_options (const guint16 *codes, guint n)
{
  GByteArray *record = build_hex ("00 0029 04d0 00 00 0000 0000");

  record->data[10] = (guint8)(4 * n);
  for (guint i = 0; i < n; i++)
    {
      const guint8 option[] = { (guint8)(codes[i] >> 8), (guint8)codes[i], 0, 0 };
      g_byte_array_append (record, option, sizeof option);
    }
  return record;
}

/* Two programs with two orders are quiet; an order that is drawn anew each time is not. */
static void
the_order_of_options_is_a_habit (void)
{
  g_autoptr (Build) build = build_new ("dns-options"), other = build_new ("dns-options");
  guint16 codes[] = { 3, 11, 9, 14, 5, 6 };
  const guint16 back[] = { 6, 5, 14, 9, 11, 3 };
  guint32 drawn = 1;

  for (guint i = 0; i < 40; i++)
    {
      ask_with (build, empty_options (i % 3 == 1 ? back : codes, G_N_ELEMENTS (codes)));
    }
  build_quiet (build, "dns-edns-options");
  for (guint i = 0; i < 40; i++)
    {
      for (guint k = G_N_ELEMENTS (codes) - 1; k > 0; k--)
        {
          drawn = drawn * 1664525u + 1013904223u;
          guint j = (drawn >> 16) % (k + 1);
          guint16 kept = codes[k];
          codes[k] = codes[j];
          codes[j] = kept;
        }
      ask_with (other, empty_options (codes, G_N_ELEMENTS (codes)));
    }
  build_found (other, "dns-edns-options", LENS_SEVERITY_MEDIUM);
}

/* Each answer gives another cookie, which the next query has; and then nobody gave them. */
static void
cookies_of_the_server_come_from_the_server (void)
{
  for (guint told = 0; told < 2; told++)
    {
      g_autoptr (Build) build = build_new ("dns-options");
      for (guint i = 0; i < 20; i++)
        {
          g_autofree char *cookie
              = g_strdup_printf ("1122334455667788%08x%08x", i * 2654435761u, i * 40503u + 7);
          GByteArray *answer = build_query_message ("time.example", 1, opt (10, cookie));
          answer->data[2] |= 0x80;
          answer->data[11] = 1;
          if (told == 1)
            build_udp (build, VIEWER, 40123, 53, answer);
          else
            g_byte_array_unref (answer);
          ask_with (build, opt (10, cookie));
        }
      if (told == 1)
        build_quiet (build, "dns-edns-options");
      else
        build_found (build, "dns-edns-options", LENS_SEVERITY_HIGH);
    }
}

#define CASE(name, function) g_test_add_func ("/analyzers/dns-options/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("padding-that-is-not-zero-speaks", padding_that_is_not_zero_speaks);
  CASE ("options-without-a-meaning-speak", options_without_a_meaning_speak);
  CASE ("a-cookie-for-each-server-is-quiet-and-ever-new-ones-are-not",
        a_cookie_for_each_server_is_quiet_and_ever_new_ones_are_not);
  CASE ("the-order-of-options-is-a-habit", the_order_of_options_is_a_habit);
  CASE ("cookies-of-the-server-come-from-the-server", cookies_of_the_server_come_from_the_server);
  return g_test_run ();
}
