#include "wire/rtsp-addresses.h"
#include "wire/rtsp-header.h"

#include <string.h>

static const char block[] = "CSeq: 314\r\n"
                            "no colon here\r\n"
                            "X-Long: first\r\n"
                            "\tsecond\r\n"
                            "Session:  abc-1 ;timeout=30\r\n"
                            "x-long: again\r\n"
                            "\r\n"
                            "after";
static const LensRange headers = { 0, sizeof block - 1 };
#define BLOCK ((const guint8 *)block)

static void
assert_text (const char *octets, LensRange range, const char *text)
{
  g_assert_cmpmem (octets + range.offset, range.length, text, strlen (text));
}

static void
fields_are_walked_to_the_empty_line (void)
{
  LensRtspHeader header;
  gsize position = 0;
  gsize sum = 0;
  guint n = 0;

  while (lens_rtsp_header_next (BLOCK, headers, &position, &header))
    {
      sum += header.line.length;
      g_assert_cmpint (header.has_colon, ==, n != 1);
      g_assert_cmpint (header.folded, ==, n == 2);
      if (n == 1)
        assert_text (block, header.name, "no colon here");
      n++;
    }
  g_assert_cmpuint (n, ==, 5);
  g_assert_cmpuint (sum, ==, strstr (block, "\r\nafter") - block);
}

static void
fields_are_found_in_any_case_and_again (void)
{
  LensRange value;
  guint64 number = 0;

  g_assert_true (lens_rtsp_header_find (BLOCK, headers, "x-lONG", 0, &value));
  assert_text (block, value, "first\r\n\tsecond");
  g_assert_true (lens_rtsp_header_find (BLOCK, headers, "X-Long", 1, &value));
  assert_text (block, value, "again");
  g_assert_false (lens_rtsp_header_find (BLOCK, headers, "X-Long", 2, &value));
  g_assert_true (lens_rtsp_cseq (BLOCK, headers, &number));
  g_assert_cmpuint (number, ==, 314);
}

static void
a_session_has_an_id_and_a_timeout (void)
{
  static const char plain[] = "Session: 7\r\n\r\n";
  LensRange id;
  guint64 timeout;

  g_assert_true (lens_rtsp_session (BLOCK, headers, &id, &timeout));
  assert_text (block, id, "abc-1");
  g_assert_cmpuint (timeout, ==, 30);
  g_assert_true (
      lens_rtsp_session ((const guint8 *)plain, (LensRange){ 0, sizeof plain - 1 }, &id, &timeout));
  g_assert_cmpuint (timeout, ==, 60);
}

static guint
transport (const char *text, LensRtspTransport *specs, guint max)
{
  return lens_rtsp_transport ((const guint8 *)text, (LensRange){ 0, strlen (text) }, specs, max);
}

static void
a_transport_list_is_read (void)
{
  static const char text[]
      = "RTP/AVP/TCP;unicast;interleaved=4-5;ssrc= 0012abCD ;mode=\"PLAY,RECORD\","
        "RTP/AVP;multicast;destination=239.1.2.3;port=5000-5001;ttl=16;x-odd=1,"
        "RTP/AVP;unicast;client_port=6970-6971;server_port=6972;source=192.0.2.9";
  LensRtspTransport specs[4];

  g_assert_cmpuint (transport (text, specs, 4), ==, 3);
  assert_text (text, specs[0].protocol, "RTP/AVP/TCP");
  g_assert_true (specs[0].is_tcp && specs[0].unicast);
  g_assert_cmpint (specs[0].interleaved.first, ==, 4);
  g_assert_cmpint (specs[0].interleaved.last, ==, 5);
  g_assert_true (specs[0].has_ssrc);
  g_assert_cmpuint (specs[0].ssrc, ==, 0x12abcd);
  assert_text (text, specs[0].mode, "PLAY,RECORD");
  g_assert_cmpint (specs[0].client_port.first, ==, -1);

  g_assert_true (specs[1].multicast && !specs[1].is_tcp);
  assert_text (text, specs[1].destination, "239.1.2.3");
  g_assert_cmpint (specs[1].port.last, ==, 5001);
  g_assert_cmpint (specs[1].ttl, ==, 16);
  g_assert_cmpuint (specs[1].n_unknown, ==, 1);

  g_assert_cmpint (specs[2].client_port.first, ==, 6970);
  g_assert_cmpint (specs[2].server_port.first, ==, 6972);
  g_assert_cmpint (specs[2].server_port.last, ==, -1);
  assert_text (text, specs[2].source, "192.0.2.9");

  g_assert_cmpuint (transport (text, specs, 2), ==, 2);
}

static void
an_rtp_info_names_its_streams (void)
{
  static const char text[] = "url=rtsp://192.0.2.1/a,b/track1;seq=65535;rtptime=4294967295,"
                             " url=track2;seq=65536;";
  LensRange value = { 0, sizeof text - 1 };
  LensRtspRtpInfo info;
  gsize position = 0;

  g_assert_true (lens_rtsp_rtp_info_next ((const guint8 *)text, value, &position, &info));
  assert_text (text, info.url, "rtsp://192.0.2.1/a,b/track1");
  g_assert_true (info.has_sequence && info.has_timestamp);
  g_assert_cmpuint (info.sequence, ==, 65535);
  g_assert_cmpuint (info.timestamp, ==, G_MAXUINT32);
  g_assert_true (lens_rtsp_rtp_info_next ((const guint8 *)text, value, &position, &info));
  assert_text (text, info.url, "track2");
  g_assert_false (info.has_sequence);
  g_assert_false (lens_rtsp_rtp_info_next ((const guint8 *)text, value, &position, &info));
}

/* RFC 7826 sections 18.45 and 13.5.1. */
static void
an_rtp_info_of_rtsp_2_names_sources (void)
{
  static const char text[]
      = "url=\"rtsp://example.com/a,b;c/audio\" ssrc=0D12F123:seq=14783;rtptime=2345962545,\r\n"
        " url=\"rtsp://example.com/fizzle/video\" ssrc=789DAF12:seq=57;rtptime=27"
        " ssrc=789DAF13:seq=9";
  LensRange value = { 0, sizeof text - 1 };
  LensRtspRtpInfo info;
  gsize position = 0;

  g_assert_true (lens_rtsp_rtp_info_next ((const guint8 *)text, value, &position, &info));
  assert_text (text, info.url, "rtsp://example.com/a,b;c/audio");
  g_assert_true (info.has_ssrc && info.has_sequence && info.has_timestamp);
  g_assert_cmphex (info.ssrc, ==, 0x0d12f123);
  g_assert_cmpuint (info.sequence, ==, 14783);
  g_assert_cmpuint (info.timestamp, ==, 2345962545);
  g_assert_true (lens_rtsp_rtp_info_next ((const guint8 *)text, value, &position, &info));
  assert_text (text, info.url, "rtsp://example.com/fizzle/video");
  g_assert_cmphex (info.ssrc, ==, 0x789daf12);
  g_assert_cmpuint (info.sequence, ==, 57);
  g_assert_cmpuint (info.timestamp, ==, 27);
  g_assert_false (lens_rtsp_rtp_info_next ((const guint8 *)text, value, &position, &info));
}

static void
addresses_of_rtsp_2_have_hosts_and_ports (void)
{
  static const struct
  {
    const char *list, *host;
    guint n;
    gint first, second;
  } cases[] = {
    { "192.0.2.5:3456\"/\"192.0.2.5:3457", "192.0.2.5", 2, 3456, 3457 },
    { ":3056\"/\":3057", "", 2, 3056, 3057 },
    { "[2001:db8::1]:5000\"/\"[2001:db8::1]:5001", "2001:db8::1", 2, 5000, 5001 },
    { "[2001:db8::1]", "2001:db8::1", 1, -1, 0 },
    { "5000/5001", "", 2, 5000, 5001 },
    { "cam.example:70000", "cam.example", 1, -1, 0 },
    { "\"/\"", "", 0, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *list = cases[i].list;
      LensRtspAddresses addresses
          = lens_rtsp_addresses ((const guint8 *)list, (LensRange){ 0, strlen (list) });
      g_assert_cmpuint (addresses.n, ==, cases[i].n);
      if (addresses.n == 0)
        continue;
      assert_text (list, addresses.of[0].host, cases[i].host);
      g_assert_cmpint (addresses.of[0].port, ==, cases[i].first);
      g_assert_cmpint (addresses.of[1].port, ==, cases[i].second);
    }
}

static void
controls_are_joined_to_their_base (void)
{
  static const char *const cases[][3] = {
    { "rtsp://192.0.2.1/live", "*", "rtsp://192.0.2.1/live" },
    { "rtsp://192.0.2.1/live", "trackID=1", "rtsp://192.0.2.1/live/trackID=1" },
    { "rtsp://192.0.2.1/live/", "trackID=1", "rtsp://192.0.2.1/live/trackID=1" },
    { "rtsp://192.0.2.1/live", "RTSP://192.0.2.2/x", "RTSP://192.0.2.2/x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *joined = lens_rtsp_join_control (cases[i][0], cases[i][1]);
      g_assert_cmpstr (joined, ==, cases[i][2]);
    }
}

static void
hostile_octets_keep_the_ranges_inside (void)
{
  static const char letters[] = "\r\n \t:;,=\"-/0aUrl=seq=ssrc=port=";
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (guint round = 0; round < 50000; round++)
    {
      gsize length = (gsize)g_rand_int_range (random, 0, 60);
      g_autofree guint8 *octets = g_malloc (length + 1);
      for (gsize i = 0; i < length; i++)
        octets[i] = (guint8)letters[g_rand_int_range (random, 0, sizeof letters)];
      octets = g_realloc (octets, MAX (length, 1));
      LensRange all = { 0, length };
      LensRtspHeader header;
      LensRtspTransport specs[3];
      LensRtspRtpInfo info;
      gsize position = 0;
      gsize sum = 0;
      while (lens_rtsp_header_next (octets, all, &position, &header))
        {
          sum += header.line.length;
          g_assert_cmpuint (lens_range_end (header.value), <=, lens_range_end (header.line));
        }
      g_assert_cmpuint (sum, ==, position);
      for (guint n = lens_rtsp_transport (octets, all, specs, 3); n > 0; n--)
        g_assert_cmpuint (lens_range_end (specs[n - 1].whole), <=, length);
      for (position = 0; lens_rtsp_rtp_info_next (octets, all, &position, &info);)
        g_assert_cmpuint (MAX (lens_range_end (info.whole), lens_range_end (info.url)), <=, length);
      LensRtspAddresses addresses = lens_rtsp_addresses (octets, all);
      for (guint i = 0; i < addresses.n; i++)
        g_assert_cmpuint (lens_range_end (addresses.of[i].host), <=, length);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/rtsp-header/fields-are-walked-to-the-empty-line",
                   fields_are_walked_to_the_empty_line);
  g_test_add_func ("/wire/rtsp-header/fields-are-found-in-any-case-and-again",
                   fields_are_found_in_any_case_and_again);
  g_test_add_func ("/wire/rtsp-header/a-session-has-an-id-and-a-timeout",
                   a_session_has_an_id_and_a_timeout);
  g_test_add_func ("/wire/rtsp-header/a-transport-list-is-read", a_transport_list_is_read);
  g_test_add_func ("/wire/rtsp-header/an-rtp-info-names-its-streams",
                   an_rtp_info_names_its_streams);
  g_test_add_func ("/wire/rtsp-header/an-rtp-info-of-rtsp-2-names-sources",
                   an_rtp_info_of_rtsp_2_names_sources);
  g_test_add_func ("/wire/rtsp-header/addresses-of-rtsp-2-have-hosts-and-ports",
                   addresses_of_rtsp_2_have_hosts_and_ports);
  g_test_add_func ("/wire/rtsp-header/controls-are-joined-to-their-base",
                   controls_are_joined_to_their_base);
  g_test_add_func ("/wire/rtsp-header/hostile-octets-keep-the-ranges-inside",
                   hostile_octets_keep_the_ranges_inside);
  return g_test_run ();
}
