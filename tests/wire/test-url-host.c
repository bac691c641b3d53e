/* Hosts of URLs. */
#include "wire/url-host.h"

#include <string.h>

typedef struct
{
  const char *url;
  const char *text; /* NULL: no host */
  guint8 version;
  gint port;
} Row;

static void
check (const Row *rows, gsize n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      LensUrlHost host;
      const LensRange all = { 0, strlen (rows[i].url) };
      gboolean found = lens_url_host_of ((const guint8 *)rows[i].url, all, &host);
      g_test_message ("%s", rows[i].url);
      g_assert_cmpint (found, ==, rows[i].text != NULL);
      if (!found)
        continue;
      g_assert_cmpstr (host.text, ==, rows[i].text);
      g_assert_cmpuint (host.address.version, ==, rows[i].version);
      g_assert_cmpint (host.port, ==, rows[i].port);
    }
}

static void
every_spelling_of_an_address_is_that_address (void)
{
  static const Row rows[] = {
    { "rtsp://192.0.2.1:554/live", "192.0.2.1", 4, 554 },
    { "RTSP://192.0.2.1", "192.0.2.1", 4, -1 },
    { "//192.0.2.1/x", "192.0.2.1", 4, -1 },
    { "rtsp://0300.0.02.01/x", "192.0.2.1", 4, -1 },
    { "rtsp://0xc0.0.2.1:8554", "192.0.2.1", 4, 8554 },
    { "rtsp://3221225985/x", "192.0.2.1", 4, -1 },
    { "rtsp://192.513/x", "192.0.2.1", 4, -1 },
    { "rtsp://[::ffff:192.0.2.1]:554/x", "192.0.2.1", 4, 554 },
    { "rtsp://[2001:DB8::1]/x", "2001:db8::1", 6, -1 },
    { "rtsp://[fe80::1%25eth0]:554/x", "fe80::1", 6, 554 },
    { "rtsp://camera:secret@192.0.2.1/x", "192.0.2.1", 4, -1 },
    { "rtsp://192.0.2.1@198.51.100.7/x", "198.51.100.7", 4, -1 },
    { "rtsp://192.0.2.1:554@192.0.2.2:1@198.51.100.7:99/x@192.0.2.1", "198.51.100.7", 4, 99 },
    { "rtsp://198.51.100.7#@192.0.2.1/x", "198.51.100.7", 4, -1 },
    { "rtsp://198.51.100.7?@192.0.2.1/x", "198.51.100.7", 4, -1 },
  };

  check (rows, G_N_ELEMENTS (rows));
}

static void
a_name_is_a_name (void)
{
  static const Row rows[] = {
    { "rtsp://Camera.Example:554/x", "camera.example", 0, 554 },
    { "rtsp://camera\x01.example", "camera..example", 0, -1 },
    { "rtsp://192.0.2.256/", "192.0.2.256", 0, -1 },
    { "rtsp://camera:port/", "camera", 0, -1 },
    { "rtsp://camera:70000/", "camera", 0, -1 },
  };

  check (rows, G_N_ELEMENTS (rows));
}

static void
a_relative_url_has_no_host (void)
{
  static const Row rows[] = {
    { "", NULL, 0, 0 },          { "/live/2", NULL, 0, 0 },   { "live", NULL, 0, 0 },
    { "rtsp:live", NULL, 0, 0 }, { "rtsp:", NULL, 0, 0 },     { "rtsp:///live", NULL, 0, 0 },
    { "rtsp://[]", NULL, 0, 0 }, { "rtsp://", NULL, 0, 0 },   { "//", NULL, 0, 0 },
    { "/", NULL, 0, 0 },         { "rtsp://@/", NULL, 0, 0 },
  };

  check (rows, G_N_ELEMENTS (rows));
}

static void
a_long_host_is_cut (void)
{
  g_autofree char *name = g_strnfill (5000, 'a');
  g_autofree char *url = g_strconcat ("rtsp://", name, ":1/", NULL);
  LensUrlHost host;

  g_assert_true (lens_url_host_of ((const guint8 *)url, (LensRange){ 0, strlen (url) }, &host));
  g_assert_cmpuint (strlen (host.text), ==, LENS_URL_HOST_TEXT - 1);
  g_assert_cmpint (host.port, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/wire/url-host/" name, function)
  CASE ("every-spelling-of-an-address-is-that-address",
        every_spelling_of_an_address_is_that_address);
  CASE ("a-name-is-a-name", a_name_is_a_name);
  CASE ("a-relative-url-has-no-host", a_relative_url_has_no_host);
  CASE ("a-long-host-is-cut", a_long_host_is_cut);
  return g_test_run ();
}
