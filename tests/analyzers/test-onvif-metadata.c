/* Documents of ONVIF's metadata streams. */
#include "tests/analyzers/build.h"

#include "ledger/profile.h"

#include <string.h>

#define EXTENSION "onvif-metadata-extension"
#define PERSONS "onvif-face-plate-analytics"

static const char sdp[] = "v=0\r\n"
                          "o=- 1 1 IN IP4 192.0.2.10\r\n"
                          "s=Session\r\n"
                          "t=0 0\r\n"
                          "m=application 0 RTP/AVP 107\r\n"
                          "a=rtpmap:107 vnd.onvif.metadata/90000\r\n"
                          "a=control:track1\r\n";

static Build *
session (void)
{
  Build *build = build_new ("onvif-metadata");

  build_session (build, sdp, FALSE, "");
  build->step = 200 * 1000 * 1000;
  return build;
}

/* One document in one packet: an object that moves, with @inside (or "") before it. */
static guint64
send (Build *build, guint16 number, const char *inside)
{
  g_autofree char *text = g_strdup_printf (
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<tt:MetadataStream xmlns:tt=\"http://www.onvif.org/ver10/schema\">%s\n"
      "  <tt:VideoAnalytics>\n"
      "    <tt:Frame UtcTime=\"2024-05-01T10:00:%02u.%03uZ\">\n"
      "      <tt:Object ObjectId=\"%u\"><tt:Appearance><tt:Shape><tt:BoundingBox left=\"%u.5\" "
      "top=\"-0.25\" right=\"100\" bottom=\"7\"/></tt:Shape><tt:Class><tt:Type "
      "Likelihood=\"0.9\">%s</tt:Type></tt:Class></tt:Appearance></tt:Object>\n"
      "    </tt:Frame>\n"
      "  </tt:VideoAnalytics>\n"
      "</tt:MetadataStream>\n",
      inside, number / 5 % 60, number % 5 * 200, number / 10, number * 7 % 90,
      number % 3 == 0 ? "Human" : "Vehicle");

  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .marker = TRUE,
                                             .payload_type = 107,
                                             .sequence = number,
                                             .timestamp = 18000u * number,
                                             .ssrc = 9,
                                             .payload = build_text (text) }));
}

static void
a_scene_is_room (void)
{
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < 200; i++)
    {
      /* What a maker adds, and an event now and then. */
      g_autofree char *more = g_strdup_printf (
          "<!-- engine 4.2, frame %u --><v:Speed xmlns:v=\"urn:maker\" "
          "unit=\"kmh\">%u.3</v:Speed>%s",
          1000u + i, i * 13 % 50,
          i % 40 == 39 ? "<tt:Event><wsnt:NotificationMessage><wsnt:Topic Dialect=\"d\">"
                         "tns1:VideoSource/MotionAlarm</wsnt:Topic></wsnt:NotificationMessage>"
                         "</tt:Event>"
                       : "");
      send (build, i, more);
    }
  build_quiet (build, EXTENSION);
  g_assert_null (build_finding (build, PERSONS));
}

static char *
draw (GRand *random, guint length)
{
  char *text = g_malloc0 (length + 1);

  for (guint i = 0; i < length; i++)
    text[i] = (char)g_rand_int_range (random, 'a', 'z' + 1);
  return text;
}

static void
found_where (const char *format, guint least)
{
  g_autoptr (Build) build = session ();
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  guint64 first = 0;

  for (guint16 i = 0; i < 100; i++)
    {
      g_autofree char *message = draw (random, 40);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
      g_autofree char *inside
          = i >= 20 && i % 10 == 0 ? g_strdup_printf (format, message) : g_strdup ("");
#pragma GCC diagnostic pop
      guint64 frame = send (build, i, inside);
      if (i == 20)
        first = frame;
    }
  const LensFindingRow *finding = build_finding (build, EXTENSION);
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, >=, least);
  g_assert_cmpuint (g_array_index (finding->ranges, LensFrameRange, 0).first, ==, first);
}

static void
comments_that_change_are_found (void)
{
  found_where ("<!--%s-->", 8);
}

static void
instructions_that_change_are_found (void)
{
  found_where ("<?x %s?>", 8);
}

static void
names_that_change_are_found (void)
{
  found_where ("<%s/>", 8);
}

static void
values_that_change_are_found (void)
{
  found_where ("<v:Info xmlns:v=\"urn:maker\">%s</v:Info>", 8);
  found_where ("<tt:Extension v=\"%s\"/>", 8);
}

static void
octets_behind_the_document_are_found (void)
{
  found_where ("</tt:MetadataStream>%s", 8);
}

static void
white_space_that_changes_is_found (void)
{
  g_autoptr (Build) build = session ();
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (guint16 i = 0; i < 100; i++)
    {
      char blanks[41];
      for (guint j = 0; j < 40; j++)
        blanks[j] = g_rand_boolean (random) ? ' ' : '\t';
      blanks[40] = '\0';
      send (build, i, blanks);
    }
  build_found (build, EXTENSION, LENS_SEVERITY_HIGH);
}

static void
white_space_in_patterns_is_found_early (void)
{
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < 100; i++)
    send (build, i, i == 50 ? " \t \t\t  \t  \t\t" : i == 90 ? "\t\t  \t  \t \t\t" : "");
  g_assert_cmpuint (build_found (build, EXTENSION, LENS_SEVERITY_MEDIUM)->frame_count, ==, 2);
}

static void
a_long_comment_that_comes_once_is_found (void)
{
  g_autoptr (Build) build = session ();
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  g_autofree char *message = draw (random, 90);
  g_autofree char *comment = g_strdup_printf ("<!--%s-->", message);
  guint64 frame = 0;

  for (guint16 i = 0; i < 100; i++)
    {
      guint64 sent = send (build, i, i == 50 ? comment : "");
      frame = i == 50 ? sent : frame;
    }
  const LensFindingRow *finding = build_finding (build, EXTENSION);
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 1);
  g_assert_cmpuint (g_array_index (finding->octets, LensPiece, 0).frame, ==, frame);
}

static void
a_comment_of_the_first_document_is_a_banner (void)
{
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < 100; i++)
    send (build, i,
          i == 0 ? "<!-- Firmware 1.2.3 of the analytics engine, built on a Monday in spring -->"
                 : "");
  build_quiet (build, EXTENSION);
}

static const LensFindingRow *
faces_with (Build *build, const char *tracks)
{
  g_autofree char *text = g_strconcat (
      "[device]\nname = Gate\naddress = 192.0.2.10\n[stream main]\nurl = rtsp://192.0.2.10/live\n",
      tracks, NULL);
  g_autoptr (GError) error = NULL;
  LensProfile *profile = lens_profile_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  g_ptr_array_add (build->profiles, profile);
  g_ptr_array_set_free_func (build->profiles, (GDestroyNotify)lens_profile_free);
  build_session (build, sdp, FALSE, "");
  for (guint16 i = 0; i < 20; i++)
    send (build, i, i == 11 ? "<tt:HumanFace><tt:Age>33</tt:Age></tt:HumanFace>" : "");
  return build_finding (build, PERSONS);
}

static void
faces_are_named_unless_metadata_are_declared (void)
{
  g_autoptr (Build) silent = build_new ("onvif-metadata");
  g_autoptr (Build) declared = build_new ("onvif-metadata");

  const LensFindingRow *finding = faces_with (silent, "");
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, ==, LENS_SEVERITY_MEDIUM);
  g_assert_nonnull (strstr (finding->detail, "faces"));
  finding = faces_with (declared, "tracks = video, metadata\n");
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, ==, LENS_SEVERITY_INFO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/onvif-metadata/" name, function)
  CASE ("a-scene-is-room", a_scene_is_room);
  CASE ("comments-that-change-are-found", comments_that_change_are_found);
  CASE ("instructions-that-change-are-found", instructions_that_change_are_found);
  CASE ("names-that-change-are-found", names_that_change_are_found);
  CASE ("values-that-change-are-found", values_that_change_are_found);
  CASE ("octets-behind-the-document-are-found", octets_behind_the_document_are_found);
  CASE ("white-space-that-changes-is-found", white_space_that_changes_is_found);
  CASE ("white-space-in-patterns-is-found-early", white_space_in_patterns_is_found_early);
  CASE ("a-long-comment-that-comes-once-is-found", a_long_comment_that_comes_once_is_found);
  CASE ("a-comment-of-the-first-document-is-a-banner", a_comment_of_the_first_document_is_a_banner);
  CASE ("faces-are-named-unless-metadata-are-declared",
        faces_are_named_unless_metadata_are_declared);
  return g_test_run ();
}
