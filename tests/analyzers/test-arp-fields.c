/* ARP frames of the camera. */
#include "tests/analyzers/build.h"

static guint64
ask (Build *build, const char *padding)
{
  /* who has 192.0.2.20? */
  GByteArray *body = build_hex ("0001 0800 06 04 0001 020000000010 c000020a 000000000000 c0000214");

  return build_ethernet (build, CAMERA, 0x0806, body, build_hex (padding));
}

static void
content_in_the_padding_is_found (void)
{
  g_autoptr (Build) build = build_new ("arp-fields");
  guint64 frame = ask (build, "736563726574 736563726574 736563726574");

  const LensFindingRow *finding = build_found (build, "arp-padding", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 42, 18);
  g_assert_cmpuint (finding->used_bits, ==, 144);
}

static void
zeros_are_room (void)
{
  g_autoptr (Build) build = build_new ("arp-fields");

  ask (build, "000000000000 000000000000 000000000000");
  ask (build, "");
  g_assert_cmpuint (build_quiet (build, "arp-padding")->room_bits, ==, 144);
}

/* As an Edimax IC-3115W does in two of its frames. */
static void
a_few_leftovers_are_named_and_quiet (void)
{
  g_autoptr (Build) build = build_new ("arp-fields");

  ask (build, "016e0000f40b f48b01000000 000000000000");
  ask (build, "000000000000 000000000000 000000000000");
  ask (build, "08ba00000008 000400000004 001400030000");
  g_assert_cmpuint (build_quiet (build, "arp-padding")->used_bits, ==, 8 * 14);
  /* They are padding, and have their place. */
  g_assert_null (build_finding (build, "ledger-unexplained"));
  g_assert_cmpuint (build->evaluation->ledger.classes[LENS_CLASS_UNEXPLAINED].bytes, ==, 0);
}

static void
leftovers_without_end_are_found (void)
{
  g_autoptr (Build) build = build_new ("arp-fields");

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *padding = g_strdup_printf ("%08x0000 000000000000 000000000000", 1u + i);
      ask (build, padding);
    }
  build_found (build, "arp-padding", LENS_SEVERITY_MEDIUM);
}

/* Who has 192.0.2.20, at @target? */
static guint64
ask_at (Build *build, const char *head, const char *target)
{
  g_autofree char *body = g_strdup_printf ("%s 020000000010 c000020a %s c0000214", head, target);

  return build_ethernet (build, CAMERA, 0x0806, build_hex (body), build_filled (0, 18));
}

#define REQUEST "0001 0800 06 04 0001"

static void
targets_that_nobody_has_are_found (void)
{
  g_autoptr (Build) build = build_new ("arp-fields");
  guint64 first = 0;

  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *target = g_strdup_printf ("0211%08x", 0x9e3779b9u * (i + 1));
      guint64 frame = ask_at (build, REQUEST, target);
      first = i == 0 ? frame : first;
    }
  const LensFindingRow *finding = build_found (build, "arp-tha-request", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, first, 14 + 18, 6);
  g_assert_cmpuint (finding->used_bits, ==, 8 * 48);
}

static void
targets_that_stacks_write_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("arp-fields");
  static const char *const targets[]
      = { "000000000000", "ffffffffffff", "020000000010", "020000000020", "001122334455" };

  for (guint i = 0; i < 50; i++)
    ask_at (build, REQUEST, targets[i % G_N_ELEMENTS (targets)]);
  g_assert_null (build_finding (build, "arp-tha-request"));
}

static void
a_header_that_no_host_understands_is_found (void)
{
  g_autoptr (Build) build = build_new ("arp-fields");
  guint64 frame = ask_at (build, "0001 0800 06 04 4142", "000000000000");

  const LensFindingRow *finding = build_found (build, "arp-hdr-fields", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 14 + 6, 2);
}

/* A virtual router's requests bear its own address, in the frames of another. */
static void
a_sender_in_another_s_name_is_quiet_while_it_stays (void)
{
  g_autoptr (Build) build = build_new ("arp-fields");

  for (guint i = 0; i < 20; i++)
    build_ethernet (build, CAMERA, 0x0806,
                    build_hex (REQUEST "00005e000101 c000020a 000000000000 c0000214"),
                    build_filled (0, 18));
  g_assert_null (build_finding (build, "arp-hdr-fields"));
}

static void
ever_other_senders_are_found (void)
{
  g_autoptr (Build) build = build_new ("arp-fields");

  build_announce (build);
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *body = g_strdup_printf (REQUEST "0211%08x c000020a 000000000000 c0000214",
                                               0x9e3779b9u * (i + 1));
      build_ethernet (build, CAMERA, 0x0806, build_hex (body), build_filled (0, 18));
    }
  const LensFindingRow *finding = build_found (build, "arp-hdr-fields", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, 3, 14 + 8, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/arp-fields/" name, function)
  CASE ("content-in-the-padding-is-found", content_in_the_padding_is_found);
  CASE ("zeros-are-room", zeros_are_room);
  CASE ("a-few-leftovers-are-named-and-quiet", a_few_leftovers_are_named_and_quiet);
  CASE ("leftovers-without-end-are-found", leftovers_without_end_are_found);
  CASE ("targets-that-nobody-has-are-found", targets_that_nobody_has_are_found);
  CASE ("targets-that-stacks-write-are-quiet", targets_that_stacks_write_are_quiet);
  CASE ("a-header-that-no-host-understands-is-found", a_header_that_no_host_understands_is_found);
  CASE ("a-sender-in-another-s-name-is-quiet-while-it-stays",
        a_sender_in_another_s_name_is_quiet_while_it_stays);
  CASE ("ever-other-senders-are-found", ever_other_senders_are_found);
  return g_test_run ();
}
