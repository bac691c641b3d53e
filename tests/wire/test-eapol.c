#include "wire/eapol.h"

#include <string.h>

static void
an_identity_is_what_follows_its_type (void)
{
  const guint8 octets[] = { 1,   0,   0,   8,    /* EAP, 8 octets */
                            2,   1,   0,   8, 1, /* response, identity */
                            'c', 'a', 'm',       /* who */
                            0,   0 };            /* padding */
  LensEapol eapol;

  g_assert_true (lens_eapol_parse (octets, sizeof octets, &eapol));
  g_assert_cmpuint (eapol.eap_code, ==, LENS_EAP_RESPONSE);
  g_assert_cmpuint (eapol.eap_type, ==, LENS_EAP_IDENTITY);
  g_assert_cmpuint (eapol.eap_data.offset, ==, 9);
  g_assert_cmpuint (eapol.eap_data.length, ==, 3);
  g_assert_cmpuint (eapol.rest.length, ==, 2);
  g_assert_cmpuint (eapol.surplus.length, ==, 0);
}

/* A key frame with @mic octets of check, @data octets of data and @more behind them. */
static gsize
make_key (guint8 *octets, gsize mic, gsize data, gsize more)
{
  gsize body = 77 + mic + 2 + data + more;

  memset (octets, 0x55, 4 + body);
  octets[0] = 2;
  octets[1] = LENS_EAPOL_KEY;
  octets[2] = 0;
  octets[3] = (guint8)body;
  octets[4] = 2;
  memset (octets + 4 + 69, 0, 8);
  octets[4 + 77 + mic] = 0;
  octets[4 + 77 + mic + 1] = (guint8)data;
  return 4 + body;
}

static void
a_key_frame_ends_where_its_data_does (void)
{
  static const gsize checks[] = { 16, 24 };
  guint8 octets[256];
  LensEapol eapol;

  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      gsize length = make_key (octets, checks[i], 22, 0);
      g_assert_true (lens_eapol_parse (octets, length, &eapol));
      g_assert_cmpuint (eapol.reserved.offset, ==, 73);
      g_assert_cmpuint (eapol.surplus.length, ==, 0);
    }
  gsize length = make_key (octets, 16, 22, 10);
  g_assert_true (lens_eapol_parse (octets, length, &eapol));
  g_assert_cmpuint (eapol.surplus.offset, ==, length - 10);
  g_assert_cmpuint (eapol.surplus.length, ==, 10);
}

static void
start_has_no_body_before_version_3 (void)
{
  guint8 octets[] = { 1, LENS_EAPOL_START, 0, 2, 'x', 'y' };
  LensEapol eapol;

  g_assert_true (lens_eapol_parse (octets, sizeof octets, &eapol));
  g_assert_cmpuint (eapol.surplus.length, ==, 2);
  octets[0] = 3;
  g_assert_true (lens_eapol_parse (octets, sizeof octets, &eapol));
  g_assert_cmpuint (eapol.surplus.length, ==, 0);
}

static void
the_parts_stay_inside_for_any_octets (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (8021);

  for (guint run = 0; run < 20000; run++)
    {
      gsize length = (gsize)g_rand_int_range (rand, 0, 130);
      guint8 octets[130];
      for (gsize i = 0; i < length; i++)
        octets[i] = (guint8)g_rand_int_range (rand, 0, i == 1 ? 5 : i == 3 ? 130 : 4);
      g_autofree guint8 *exact = g_memdup2 (octets, length);
      LensEapol eapol;
      if (!lens_eapol_parse (exact, length, &eapol))
        {
          g_assert_cmpuint (length, <, 4);
          continue;
        }
      gsize end = lens_range_end (eapol.body);
      g_assert_cmpuint (eapol.rest.offset, ==, end);
      g_assert_cmpuint (lens_range_end (eapol.rest), ==, length);
      g_assert_cmpuint (lens_range_end (eapol.eap_data), <=, end);
      g_assert_cmpuint (lens_range_end (eapol.surplus), <=, end);
      g_assert_cmpuint (lens_range_end (eapol.reserved), <=, end);
      g_assert_cmpuint (lens_range_end (eapol.group), <=, end);
    }
}

static void
an_agreement_begins_with_who_speaks (void)
{
  guint8 octets[4 + 32 + 4 + 16] = { 3, LENS_EAPOL_MKA, 0, 52, 3, 16, 0xe0, 32 };
  LensEapol eapol;

  g_assert_true (lens_eapol_parse (octets, sizeof octets, &eapol));
  g_assert_cmpuint (eapol.actor.offset, ==, 8);
  g_assert_cmpuint (eapol.actor.length, ==, 20);
  g_assert_cmpuint (eapol.number.offset, ==, 28);
  g_assert_cmpuint (eapol.group.offset, ==, 32);
  g_assert_cmpuint (eapol.group.length, ==, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/eapol/" name, function)
  ADD ("an-identity-is-what-follows-its-type", an_identity_is_what_follows_its_type);
  ADD ("a-key-frame-ends-where-its-data-does", a_key_frame_ends_where_its_data_does);
  ADD ("an-agreement-begins-with-who-speaks", an_agreement_begins_with_who_speaks);
  ADD ("start-has-no-body-before-version-3", start_has_no_body_before_version_3);
  ADD ("the-parts-stay-inside-for-any-octets", the_parts_stay_inside_for_any_octets);
  return g_test_run ();
}
