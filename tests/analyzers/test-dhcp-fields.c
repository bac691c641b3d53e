/* Fields that a client of DHCP leaves alone. */
#include "tests/analyzers/build-names.h"

static void
names_that_nobody_boots_from_speak (void)
{
  g_autoptr (Build) build = build_client ("dhcp-fields");
  GByteArray *message = build_dhcp_message (1, "");

  message->data[50] = 'h'; /* sname: 44 to 107 */
  message->data[51] = 'i';
  build_dhcp (build, message);
  const LensFindingRow *finding = build_found (build, "dhcp-bootp-fields", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, 2, build->offset + 50, 2);
}

static void
each_field_that_must_be_zero_speaks (void)
{
  static const struct
  {
    guint offset;
    const char *what;
  } fields[] = { { 3, "hops" },    { 11, "reserved flags" }, { 15, "ciaddr" },
                 { 19, "yiaddr" }, { 23, "siaddr" },         { 27, "giaddr" },
                 { 34, "chaddr" }, { 107, "sname" },         { 235, "file" } };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autoptr (Build) build = build_client ("dhcp-fields");
      GByteArray *message = build_dhcp_message (1, "");
      g_test_message ("%s", fields[i].what);
      message->data[fields[i].offset] = 0x55;
      build_dhcp (build, message);
      build_found (build, "dhcp-bootp-fields", LENS_SEVERITY_MEDIUM);
    }
}

static void
octets_behind_end_speak (void)
{
  g_autoptr (Build) build = build_client ("dhcp-fields");

  build_dhcp (build, build_join (build_dhcp_message (1, ""), build_text ("tail")));
  build_found (build, "dhcp-bootp-fields", LENS_SEVERITY_MEDIUM);
}

static void
seconds_that_do_not_count_speak (void)
{
  g_autoptr (Build) build = build_client ("dhcp-fields");

  for (guint i = 0; i < 20; i++)
    {
      GByteArray *message = build_dhcp_message (1, "");
      message->data[8] = (guint8)(i * 91);
      message->data[9] = (guint8)(i * 77);
      build_dhcp (build, message);
    }
  build_found (build, "dhcp-bootp-fields", LENS_SEVERITY_MEDIUM);
}

/* Seconds that count, in both octet orders; a renewal; options in the file field. */
static void
ordinary_clients_are_quiet (void)
{
  g_autoptr (Build) build = build_client ("dhcp-fields");

  build->step = G_GINT64_CONSTANT (4000000000);
  for (guint i = 0; i < 20; i++)
    {
      GByteArray *message = build_dhcp_message (1, "0c0363616d");
      message->data[8 + i / 10] = (guint8)(4 * (i % 10));
      build_dhcp (build, message);
    }
  GByteArray *renewal = build_dhcp_message (3, "");
  renewal->data[12] = 192, renewal->data[14] = 2, renewal->data[15] = 10;
  build_udp (build, CAMERA, 68, 67, renewal);
  GByteArray *overload = build_dhcp_message (1, "340101");
  overload->data[108] = 12, overload->data[109] = 1, overload->data[110] = 'x';
  overload->data[111] = 255;
  build_dhcp (build, overload);
  build_quiet (build, "dhcp-bootp-fields");
}

#define CASE(name, function) g_test_add_func ("/analyzers/dhcp-fields/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("names-that-nobody-boots-from-speak", names_that_nobody_boots_from_speak);
  CASE ("each-field-that-must-be-zero-speaks", each_field_that_must_be_zero_speaks);
  CASE ("octets-behind-end-speak", octets_behind_end_speak);
  CASE ("seconds-that-do-not-count-speak", seconds_that_do_not_count_speak);
  CASE ("ordinary-clients-are-quiet", ordinary_clients_are_quiet);
  return g_test_run ();
}
