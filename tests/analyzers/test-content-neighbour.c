/* Names of other machines. */
#include "tests/analyzers/build-names.h"

#include <string.h>

/* A datagram whose header up to the ports is @head, in hexadecimal. */
static guint64
send (Build *build, const char *head, GByteArray *payload)
{
  gsize length = payload->len;
  GByteArray *frame = build_join (build_hex (head), build_hex ("0000 0000"));

  frame->data[14 + 2] = (guint8)((28 + length) >> 8);
  frame->data[14 + 3] = (guint8)(28 + length);
  frame->data[14 + 24] = (guint8)((8 + length) >> 8);
  frame->data[14 + 25] = (guint8)(8 + length);
  return build_frame (build, build_join (frame, payload));
}

/* The camera tells 203.0.113.5 behind a router (02:00:00:00:00:01), in clear. */
static guint64
post (Build *build, const char *text)
{
  return send (build,
               "020000000001 020000000010 0800 45000000 00000000 40110000 c000020a cb007105"
               "9c40 1f90",
               build_text (text));
}

/* The viewer's machine (192.0.2.20) tells all (@to: their address, and the ports) its name. */
static void
tell (Build *build, const char *to, GByteArray *message)
{
  g_autofree char *head = g_strconcat (
      "ffffffffffff 020000000020 0800 45000000 00000000 40110000 c0000214", to, NULL);

  send (build, head, message);
}

/* ... by multicast DNS. */
static void
announce (Build *build, const char *label)
{
  const guint8 length = (guint8)strlen (label);
  GByteArray *message = build_hex ("0000 8400 0000 0001 0000 0000");

  g_byte_array_append (message, &length, 1);
  message = build_join (message, build_text (label));
  message = build_join (message, build_hex ("056c6f63616c 00 0001 8001 00000078 0004 c0000214"));
  tell (build, "e00000fb 14e9 14e9", message);
}

static Build *
link_of (const char *neighbour)
{
  Build *build = build_new ("content-neighbour");

  build_session (build, build_sdp_h264, FALSE, "");
  announce (build, neighbour);
  return build;
}

static void
a_neighbours_name_is_found_beyond_the_link (void)
{
  g_autoptr (Build) build = link_of ("Annas-iPhone");

  guint64 frame = post (build, "{\"near\":\"annas-iphone.local\"}");
  const LensFindingRow *finding = build_found (build, "content-identifier", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 42 + 9, 12);
  g_assert_nonnull (strstr (finding->detail, "Annas-iPhone"));
}

/* DESKTOP-4F2K9, as a host that serves files registers it. */
static void
netbios_names_are_known_too (void)
{
  g_autoptr (Build) build = build_new ("content-neighbour");
  const char *name = "DESKTOP-4F2K9  \x20";
  GByteArray *message = build_hex ("1234 2910 0001 0000 0000 0001 20");

  build_session (build, build_sdp_h264, FALSE, "");
  for (guint i = 0; i < 16; i++)
    {
      const guint8 letters[] = { (guint8)('A' + (name[i] >> 4)), (guint8)('A' + (name[i] & 15)) };
      g_byte_array_append (message, letters, 2);
    }
  message = build_join (message, build_hex ("00 0020 0001 c00c 0020 0001 000493e0 0006 0000"
                                            "c0000214"));
  tell (build, "c00002ff 0089 0089", message);
  post (build, "host=DESKTOP-4F2K9&up=1");
  const LensFindingRow *finding = build_found (build, "content-identifier", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 8 * strlen ("DESKTOP-4F2K9"));
}

static void
words_and_parts_of_words_are_quiet (void)
{
  g_autoptr (Build) build = link_of ("camera");

  announce (build, "keep-alive");
  announce (build, "pc-1");
  announce (build, "living-room");
  post (build, "camera keep-alive pc-1 my-living-room living-rooms");
  build_conclude (build);
  g_assert_null (build_finding (build, "content-identifier"));
}

/* Its own name, which it asked a server of addresses to note, even if afterwards. */
static void
its_own_name_is_quiet (void)
{
  g_autoptr (Build) build = link_of ("cam-4711");

  post (build, "id=cam-4711;");
  build_dhcp (build, build_dhcp_message (3, "0c 08 63616d2d34373131"));
  build_conclude (build);
  g_assert_null (build_finding (build, "content-identifier"));
}

static void
a_neighbour_may_hear_it (void)
{
  g_autoptr (Build) build = link_of ("Annas-iPhone");

  build_udp (build, CAMERA, 40000, 8080, build_text ("near Annas-iPhone now"));
  build_quiet (build, "content-identifier");
}

#define CASE(name, function) g_test_add_func ("/analyzers/content-neighbour/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("a-neighbours-name-is-found-beyond-the-link", a_neighbours_name_is_found_beyond_the_link);
  CASE ("netbios-names-are-known-too", netbios_names_are_known_too);
  CASE ("words-and-parts-of-words-are-quiet", words_and_parts_of_words_are_quiet);
  CASE ("its-own-name-is-quiet", its_own_name_is_quiet);
  CASE ("a-neighbour-may-hear-it", a_neighbour_may_hear_it);
  return g_test_run ();
}
