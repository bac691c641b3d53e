/* Compressed metadata documents: what stands beside the compressed data, and what is in it. */
#include "tests/analyzers/build.h"

#include <string.h>
#include <zlib.h>

#define CHANNEL "onvif-metadata-extension"
#define HEAD (42 + 12)

static const char sdp[] = "v=0\r\n"
                          "o=- 1 1 IN IP4 192.0.2.10\r\n"
                          "s=Session\r\n"
                          "t=0 0\r\n"
                          "m=application 0 RTP/AVP 107\r\n"
                          "a=rtpmap:107 vnd.onvif.metadata.gzip/90000\r\n"
                          "a=control:track1\r\n";

static Build *
session (const char *analyzer)
{
  Build *build = build_new (analyzer);

  build_session (build, sdp, FALSE, "");
  build->step = 1000 * 1000 * 1000;
  return build;
}

/* A member: what its @flags announce (@parts, consumed), and @text. */
static GByteArray *
packed (guint8 flags, guint32 mtime, GByteArray *parts, const char *text)
{
  GByteArray *octets = g_byte_array_new ();
  guint8 data[16 * 1024];
  guint32 sizes[] = { GUINT32_TO_LE ((guint32)crc32 (0, (const Bytef *)text, (uInt)strlen (text))),
                      GUINT32_TO_LE ((guint32)strlen (text)) };
  const guint32 time = GUINT32_TO_LE (mtime);
  z_stream stream = { .next_in = (Bytef *)(guintptr)text,
                      .avail_in = (uInt)strlen (text),
                      .next_out = data,
                      .avail_out = sizeof data };

  g_assert_cmpint (deflateInit2 (&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), ==,
                   Z_OK);
  g_assert_cmpint (deflate (&stream, Z_FINISH), ==, Z_STREAM_END);
  g_byte_array_append (octets, (const guint8[]){ 0x1f, 0x8b, 8, flags }, 4);
  g_byte_array_append (octets, (const guint8 *)&time, 4);
  g_byte_array_append (octets, (const guint8[]){ 0, 3 }, 2);
  octets = build_join (octets, parts);
  g_byte_array_append (octets, data, (guint)stream.total_out);
  g_byte_array_append (octets, (const guint8 *)sizes, sizeof sizes);
  deflateEnd (&stream);
  return octets;
}

/* A document of its own packet. */
static guint64
send_octets (Build *build, guint16 number, GByteArray *octets)
{
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .marker = TRUE,
                                             .payload_type = 107,
                                             .sequence = number,
                                             .timestamp = 90000u * number,
                                             .ssrc = 9,
                                             .payload = octets }));
}

/* A camera's document: an object that moves, with @inside (or "") before it. */
static char *
document (guint number, const char *inside)
{
  return g_strdup_printf (
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<tt:MetadataStream xmlns:tt=\"http://www.onvif.org/ver10/schema\">%s\n"
      "  <tt:VideoAnalytics>\n"
      "    <tt:Frame UtcTime=\"2024-05-01T10:00:%02u.000Z\">\n"
      "      <tt:Object ObjectId=\"%u\"><tt:Appearance><tt:Shape><tt:BoundingBox left=\"%u.5\" "
      "top=\"-0.25\" right=\"100\" bottom=\"7\"/></tt:Shape></tt:Appearance></tt:Object>\n"
      "    </tt:Frame>\n"
      "  </tt:VideoAnalytics>\n"
      "</tt:MetadataStream>\n",
      inside, number % 60, number / 10, number * 7 % 90);
}

static guint64
send (Build *build, guint16 number, guint8 flags, guint32 mtime, GByteArray *parts)
{
  g_autofree char *text = document (number, "");

  return send_octets (build, number, packed (flags, mtime, parts, text));
}

static void
plain_headers_are_room (void)
{
  g_autoptr (Build) build = session ("onvif-gzip");

  for (guint16 i = 0; i < 40; i++)
    send (build, i, 8, 1700000000 + i, build_join (build_text ("meta.xml"), build_filled (0, 1)));
  g_assert_nonnull (build_quiet (build, CHANNEL));
}

static void
comments_that_change_are_found (void)
{
  g_autoptr (Build) build = session ("onvif-gzip");
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  guint64 first = 0;

  for (guint16 i = 0; i < 40; i++)
    {
      gboolean talks = i >= 20 && i % 4 == 0;
      char text[31] = "";
      for (guint j = 0; j < 30; j++)
        text[j] = (char)g_rand_int_range (random, 'a', 'z');
      guint64 frame
          = talks ? send (build, i, 16, 0, build_join (build_text (text), build_filled (0, 1)))
                  : send (build, i, 0, 0, build_text (""));
      first = talks && first == 0 ? frame : first;
    }
  const LensFindingRow *finding = build_finding (build, CHANNEL);
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 5);
  build_assert_octets (finding, 0, first, HEAD + 10, 31);
}

static void
times_by_lot_are_found (void)
{
  g_autoptr (Build) build = session ("onvif-gzip");
  g_autoptr (GRand) random = g_rand_new_with_seed (8);

  for (guint16 i = 0; i < 40; i++)
    send (build, i, 0, i < 20 ? 0 : g_rand_int (random), build_text (""));
  const LensFindingRow *finding = build_finding (build, CHANNEL);
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 20);
}

static void
reserved_flags_are_zero (void)
{
  g_autoptr (Build) build = session ("onvif-gzip");

  for (guint16 i = 0; i < 20; i++)
    send (build, i, i == 9 ? 0x40 : 0, 0, build_text (""));
  g_assert_cmpuint (build_found (build, CHANNEL, LENS_SEVERITY_MEDIUM)->frame_count, ==, 1);
}

static void
octets_behind_the_member_are_found (void)
{
  g_autoptr (Build) build = session ("onvif-gzip");
  guint64 frame = 0;
  gsize end = 0;

  for (guint16 i = 0; i < 20; i++)
    {
      g_autofree char *text = document (i, "");
      GByteArray *octets = packed (0, 0, build_text (""), text);
      if (i == 9)
        {
          end = octets->len;
          octets = build_join (octets, build_text ("hello"));
        }
      guint64 at = send_octets (build, i, octets);
      frame = i == 9 ? at : frame;
    }
  const LensFindingRow *finding = build_found (build, CHANNEL, LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, HEAD + end, 5);
}

static void
what_does_not_unpack_is_found (void)
{
  g_autoptr (Build) build = session ("onvif-gzip");

  for (guint16 i = 0; i < 20; i++)
    {
      g_autofree char *text = document (i, "");
      GByteArray *octets = packed (0, 0, build_text (""), text);
      if (i % 4 == 1)
        memset (octets->data + 10, i, octets->len - 10);
      if (i % 4 == 2) /* the check sum */
        memset (octets->data + octets->len - 8, i, 4);
      send_octets (build, i, octets);
    }
  g_assert_cmpuint (build_finding (build, CHANNEL)->frame_count, ==, 5);
}

static void
a_scene_inside_is_room (void)
{
  g_autoptr (Build) build = session (NULL);

  for (guint16 i = 0; i < 60; i++)
    send (build, i, 0, 0, build_text (""));
  build_quiet (build, CHANNEL);
  for (guint i = 0; i < build->evaluation->findings->len; i++)
    {
      const LensFindingRow *row = g_ptr_array_index (build->evaluation->findings, i);
      g_assert_cmpint (row->severity, ==, LENS_SEVERITY_INFO);
    }
}

/* All octets of a document that speaks are named: nothing tells which of them do. */
static void
comments_inside_are_found (void)
{
  g_autoptr (Build) build = session ("onvif-metadata");
  guint64 first = 0;
  gsize length = 0;

  for (guint16 i = 0; i < 60; i++)
    {
      g_autofree char *inside = i >= 20 && i % 4 == 0
                                    ? g_strdup_printf ("<!--%08x-->", i * 2654435761u)
                                    : g_strdup ("");
      g_autofree char *text = document (i, inside);
      GByteArray *octets = packed (0, 0, build_text (""), text);
      gsize size = octets->len;
      guint64 frame = send_octets (build, i, octets);
      if (*inside != '\0' && first == 0)
        {
          first = frame;
          length = size;
        }
    }
  const LensFindingRow *finding = build_finding (build, CHANNEL);
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 10);
  build_assert_octets (finding, 0, first, HEAD, length);
}

/* A small document that would become a large one is read as far as it is worth. */
static void
a_bomb_is_bounded (void)
{
  g_autoptr (Build) build = session ("onvif-metadata");
  g_autofree char *text = g_strnfill (8 * 1024 * 1024, ' ');

  for (guint16 i = 0; i < 10; i++)
    send_octets (build, i, packed (0, 0, build_text (""), text));
  build_quiet (build, CHANNEL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/onvif-gzip/" name, function)
  CASE ("plain-headers-are-room", plain_headers_are_room);
  CASE ("comments-that-change-are-found", comments_that_change_are_found);
  CASE ("times-by-lot-are-found", times_by_lot_are_found);
  CASE ("reserved-flags-are-zero", reserved_flags_are_zero);
  CASE ("octets-behind-the-member-are-found", octets_behind_the_member_are_found);
  CASE ("what-does-not-unpack-is-found", what_does_not_unpack_is_found);
  CASE ("a-scene-inside-is-room", a_scene_inside_is_room);
  CASE ("comments-inside-are-found", comments_inside_are_found);
  CASE ("a-bomb-is-bounded", a_bomb_is_bounded);
  return g_test_run ();
}
