/* What devices tell the link by multicast DNS. */
#include "tests/analyzers/build-names.h"

#include <string.h>

/* A response with one TXT record of cam._http._tcp.local (RFC 6763 section 6). */
static GByteArray *
text_record (const char *text)
{
  GByteArray *message
      = build_hex ("0000 8400 0000 0001 0000 0000"
                   "0363616d 055f68747470 045f746370 056c6f63616c 00 0010 8001 00001194 0000");
  const guint8 length = (guint8)strlen (text);

  message->data[message->len - 1] = (guint8)(length + 1);
  g_byte_array_append (message, &length, 1);
  return build_join (message, build_text (text));
}

static guint64
say (Build *build, GByteArray *message)
{
  return build_multicast (build, "224.0.0.251", 5353, 5353, message);
}

static void
a_value_that_changes_speaks (void)
{
  g_autoptr (Build) build = build_new ("mdns-text");

  for (guint i = 0; i < 10; i++)
    {
      char noise[17] = "";
      g_autofree char *text = NULL;
      build_noise (i, noise, 16);
      text = g_strconcat ("id=", noise, NULL);
      say (build, text_record (text));
    }
  const LensFindingRow *finding = build_found (build, "mdns-text", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 10);
  build_assert_octets (finding, 0, 1, build->offset + 12 + 22 + 10 + 4, 16);
}

static void
ever_new_names_speak (void)
{
  g_autoptr (Build) build = build_new ("mdns-text");

  build->step = G_GINT64_CONSTANT (1000000000);
  for (guint i = 0; i < 30; i++)
    {
      char noise[17] = "";
      g_autofree char *name = NULL;
      build_noise (i, noise, 16);
      name = g_strconcat (noise, ".local", NULL);
      GByteArray *query = build_query_message (name, 1, NULL);
      query->data[0] = query->data[1] = query->data[2] = 0;
      say (build, query);
    }
  build_found (build, "mdns-text", LENS_SEVERITY_HIGH);
}

static void
identifiers_that_change_speak (void)
{
  g_autoptr (Build) build = build_new ("mdns-text");

  for (guint i = 0; i < 20; i++)
    {
      GByteArray *message = text_record ("path=/");
      message->data[0] = (guint8)(i * 91);
      message->data[1] = (guint8)(i * i * 7);
      say (build, message);
    }
  build_found (build, "mdns-text", LENS_SEVERITY_MEDIUM);
}

static void
questions_with_drawn_identifiers_are_low (void)
{
  g_autoptr (Build) build = build_new ("mdns-text");

  for (guint i = 0; i < 20; i++)
    {
      GByteArray *query = build_query_message ("_http._tcp.local", 12, NULL);
      query->data[0] = (guint8)(i * 91);
      query->data[1] = (guint8)(i * i * 7);
      query->data[2] = 0;
      say (build, query);
    }
  build_found (build, "mdns-text", LENS_SEVERITY_LOW);
}

/* A question for services of which one is known, with @ttl left of its time. */
static GByteArray *
known_answer (guint32 ttl)
{
  GByteArray *message = build_hex ("0000 0000 0001 0001 0000 0000"
                                   "055f68747470 045f746370 056c6f63616c 00 000c 0001"
                                   "c00c 000c 0001");
  const guint8 tail[] = { (guint8)(ttl >> 24),
                          (guint8)(ttl >> 16),
                          (guint8)(ttl >> 8),
                          (guint8)ttl,
                          0,
                          6,
                          3,
                          'c',
                          'a',
                          'm',
                          0xc0,
                          0x0c };

  g_byte_array_append (message, tail, sizeof tail);
  return message;
}

static void
times_to_live_that_are_drawn_speak (void)
{
  g_autoptr (Build) build = build_new ("mdns-text");
  guint32 drawn = 7;

  build->step = G_GINT64_CONSTANT (1000000000);
  for (guint i = 0; i < 60; i++)
    {
      drawn = drawn * 1664525u + 1013904223u;
      say (build, known_answer (drawn >> 8));
    }
  const LensFindingRow *finding = build_found (build, "mdns-text", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->octets->len, >, 10);
  g_assert_cmpuint (g_array_index (finding->octets, LensPiece, 0).offset, ==,
                    build->offset + 12 + 22 + 6);
}

/* It goes down, and the record is heard again; or it is always said in full. */
static void
times_to_live_that_run_down_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("mdns-text"), full = build_new ("mdns-text");

  build->step = full->step = G_GINT64_CONSTANT (1000000000);
  for (guint i = 0; i < 200; i++)
    {
      say (build, known_answer (4500 - i % 40));
      say (full, known_answer (i % 2 == 0 ? 4500 : 120));
    }
  build_quiet (build, "mdns-text");
  build_quiet (full, "mdns-text");
}

/* A negative answer (NSEC) whose bits are the types that there are: the same ones; and others. */
static void
types_that_a_name_has_are_a_text (void)
{
  g_autoptr (Build) build = build_new ("mdns-text"), same = build_new ("mdns-text");

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *bits = g_strdup_printf ("c00c 0008 %08x%08x", i * 2654435761u, i * 40503u);
      const char *head = "0000 8400 0000 0001 0000 0000"
                         "0363616d 056c6f63616c 00 002f 8001 00000078";
      say (build, build_join (build_join (build_hex (head), build_hex ("000c")), build_hex (bits)));
      say (same, build_join (build_join (build_hex (head), build_hex ("0008")),
                             build_hex ("c00c 0004 40000008")));
    }
  build_found (build, "mdns-text", LENS_SEVERITY_HIGH);
  build_quiet (same, "mdns-text");
}

/* Announcements, a status that counts, a browser's made-up names, a phone's searches. */
static void
ordinary_devices_are_quiet (void)
{
  static const char *const asked[]
      = { "_airplay._tcp.local",   "_googlecast._tcp.local", "_ipp._tcp.local",
          "byzkfgtnvlnglme.local", "pijjvoyatprn.local",     "rtasrwp.local" };
  g_autoptr (Build) build = build_new ("mdns-text");

  build->step = G_GINT64_CONSTANT (5000000000);
  for (guint i = 0; i < 120; i++)
    {
      g_autofree char *status = g_strdup_printf ("s=%u", i / 10);
      GByteArray *query = build_query_message (asked[i % 6], 12, NULL);
      query->data[0] = query->data[1] = query->data[2] = 0;
      say (build, query);
      say (build, text_record (i % 2 == 0 ? "path=/index.html" : status));
    }
  const LensFindingRow *room = build_quiet (build, "mdns-text");
  g_assert_nonnull (room);
}

/* The camera's address in letters whose case @pattern gives, bit by bit. */
static GByteArray *
spelled (guint32 pattern)
{
  GByteArray *message = build_hex ("0000 8400 0000 0001 0000 0000 0a");
  char name[] = "lobbyfront";

  for (guint i = 0; i < strlen (name); i++)
    if ((pattern >> i & 1) != 0)
      name[i] = g_ascii_toupper (name[i]);
  message = build_join (message, build_text (name));
  return build_join (message, build_hex ("056c6f63616c 00 0001 8001 00000078 0004 c000020a"));
}

/* Who answers may write its name as it was asked for. */
static void
letter_case_that_changes_speaks (void)
{
  g_autoptr (Build) build = build_new ("mdns-text"), other = build_new ("mdns-text");

  for (guint32 i = 0; i < 20; i++)
    {
      say (build, spelled ((i + 1) * 2654435761u >> 20));
      say (other, spelled (i % 4 == 0 ? 0x3ff : i % 5 == 0 ? 1 : 0));
    }
  const LensFindingRow *finding = build_found (build, "mdns-text", LENS_SEVERITY_MEDIUM);
  g_assert_nonnull (strstr (finding->detail, "case"));
  build_quiet (other, "mdns-text");
}

#define CASE(name, function) g_test_add_func ("/analyzers/mdns-text/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("a-value-that-changes-speaks", a_value_that_changes_speaks);
  CASE ("ever-new-names-speak", ever_new_names_speak);
  CASE ("identifiers-that-change-speak", identifiers_that_change_speak);
  CASE ("questions-with-drawn-identifiers-are-low", questions_with_drawn_identifiers_are_low);
  CASE ("times-to-live-that-are-drawn-speak", times_to_live_that_are_drawn_speak);
  CASE ("times-to-live-that-run-down-are-quiet", times_to_live_that_run_down_are_quiet);
  CASE ("types-that-a-name-has-are-a-text", types_that_a_name_has_are_a_text);
  CASE ("letter-case-that-changes-speaks", letter_case_that_changes_speaks);
  CASE ("ordinary-devices-are-quiet", ordinary_devices_are_quiet);
  return g_test_run ();
}
