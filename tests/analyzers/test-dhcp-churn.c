/* Asking for addresses too often, or for strange ones. */
#include "tests/analyzers/build-names.h"

static void
addresses_that_nobody_gave_speak (void)
{
  g_autoptr (Build) build = build_client ("dhcp-churn");

  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *asked = g_strdup_printf ("3204 0a%06x", i * 40503u + 7);
      build_dhcp (build, build_dhcp_message (1, asked));
    }
  const LensFindingRow *finding = build_found (build, "dhcp-request-churn", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 8);
  build_assert_octets (finding, 0, 6, build->offset + 245, 4);
}

static void
transactions_without_a_pause_speak (void)
{
  g_autoptr (Build) build = build_client ("dhcp-churn");

  for (guint i = 0; i < 40; i++)
    {
      GByteArray *message = build_dhcp_message (1, "");
      message->data[5] = (guint8)(i * 91);
      build_dhcp (build, message);
    }
  build_found (build, "dhcp-request-churn", LENS_SEVERITY_MEDIUM);
}

/* No server for a while; then leases that move, and renewals. */
static void
ordinary_clients_are_quiet (void)
{
  g_autoptr (Build) build = build_client ("dhcp-churn");

  build->step = G_GINT64_CONSTANT (4000000000);
  for (guint i = 0; i < 60; i++)
    {
      const guint8 yours[] = { 192, 0, 2, (guint8)(10 + i / 6) };
      g_autofree char *asked = g_strdup_printf ("3204 c00002%02x", yours[3]);
      GByteArray *discover = build_dhcp_message (1, ""), *request = build_dhcp_message (3, asked);
      discover->data[5] = request->data[5] = (guint8)i;
      build_dhcp (build, discover);
      if (i < 10)
        continue;
      build_dhcp_answer (build, 2, yours);
      build_dhcp (build, request);
      build_dhcp_answer (build, 5, yours);
    }
  build_quiet (build, "dhcp-request-churn");
}

#define CASE(name, function) g_test_add_func ("/analyzers/dhcp-churn/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("addresses-that-nobody-gave-speak", addresses_that_nobody_gave_speak);
  CASE ("transactions-without-a-pause-speak", transactions_without_a_pause_speak);
  CASE ("ordinary-clients-are-quiet", ordinary_clients_are_quiet);
  return g_test_run ();
}
