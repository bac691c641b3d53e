/* What devices tell the link by UPnP. */
#include "tests/analyzers/build-names.h"

#define NOTIFY "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\n"

static guint64
say (Build *build, const char *text)
{
  return build_multicast (build, "239.255.255.250", 1900, 1900, build_text (text));
}

static void
a_line_that_changes_speaks (void)
{
  g_autoptr (Build) build = build_new ("ssdp-text");

  for (guint i = 0; i < 10; i++)
    {
      char noise[17] = "";
      g_autofree char *text = NULL;
      build_noise (i, noise, 16);
      text = g_strconcat (NOTIFY "SERVER: ", noise, "\r\n\r\n", NULL);
      say (build, text);
    }
  const LensFindingRow *finding = build_found (build, "ssdp-text", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 10);
}

static void
the_order_of_lines_speaks (void)
{
  g_autoptr (Build) build = build_new ("ssdp-text");

  for (guint i = 0; i < 64; i++)
    {
      g_autofree char *text
          = g_strdup_printf (NOTIFY "%s: a\r\n%s: b\r\n%s: c\r\n\r\n",
                             (i & 1) != 0 ? "SERVER" : "Server", (i & 2) != 0 ? "USN" : "usn",
                             (i & 4) != 0   ? (i & 8) != 0 ? "Opt" : "OPT"
                             : (i & 8) != 0 ? "opT"
                                            : "opt");
      say (build, text);
    }
  build_found (build, "ssdp-text", LENS_SEVERITY_MEDIUM);
}

static void
a_body_speaks (void)
{
  g_autoptr (Build) build = build_new ("ssdp-text");

  say (build, NOTIFY "\r\nhidden");
  const LensFindingRow *finding = build_found (build, "ssdp-text", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, 1, build->offset + sizeof NOTIFY - 1 + 2, 6);
}

/* Two devices in one, a date, a boot counter; searches for many things, once. */
static void
ordinary_devices_are_quiet (void)
{
  static const char *const kinds[] = { "upnp:rootdevice", "urn:schemas-upnp-org:device:Basic:1",
                                       "urn:dial-multiscreen-org:service:dial:1" };
  g_autoptr (Build) build = build_new ("ssdp-text");

  build->step = G_GINT64_CONSTANT (1000000000);
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *text = g_strdup_printf (
          "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: %s\r\nUSN: uuid:%u::%s\r\n"
          "DATE: Thu, 26 Nov 2026 19:%02u:%02u GMT\r\nSERVER: Linux/4 UPnP/1.0\r\n\r\n",
          kinds[i % 3], i % 2, kinds[i % 3], i / 60, i % 60);
      say (build, text);
    }
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *text = g_strdup_printf (
          "M-SEARCH * HTTP/1.1\r\nMAN: \"ssdp:discover\"\r\nST: urn:example-org:service:kind%u:1"
          "\r\nMX: 3\r\n\r\n",
          i);
      say (build, text);
    }
  build_quiet (build, "ssdp-text");
}

#define CASE(name, function) g_test_add_func ("/analyzers/ssdp-text/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("a-line-that-changes-speaks", a_line_that_changes_speaks);
  CASE ("the-order-of-lines-speaks", the_order_of_lines_speaks);
  CASE ("a-body-speaks", a_body_speaks);
  CASE ("ordinary-devices-are-quiet", ordinary_devices_are_quiet);
  return g_test_run ();
}
