/* What requests for the time say. */
#include "tests/analyzers/build-names.h"

#define T G_GUINT64_CONSTANT (0xe5f3000000000000)

static void
put64 (GByteArray *message, guint offset, guint64 value)
{
  for (guint i = 0; i < 8; i++)
    message->data[offset + i] = (guint8)(value >> (56 - 8 * i));
}

static void
answer (Build *build, guint64 origin, guint64 transmit)
{
  GByteArray *message = build_ntp_message (0x24, transmit);

  message->data[1] = 2;
  put64 (message, 24, origin);
  put64 (message, 32, transmit - 1);
  build_ntp (build, VIEWER, message);
}

static void
an_origin_that_is_no_echo_speaks (void)
{
  g_autoptr (Build) build = build_new ("ntp-fields");

  build_ntp (build, CAMERA, build_ntp_message (0x23, T));
  answer (build, T, T + 5);
  for (guint i = 0; i < 4; i++)
    {
      GByteArray *message = build_ntp_message (0x23, T + 100 + i);
      put64 (message, 24, 0x6869206d6f6d2100 + i);
      build_ntp (build, CAMERA, message);
    }
  const LensFindingRow *finding = build_found (build, "ntp-fields", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, 3, build->offset + 24, 8);
}

static void
numbers_that_never_stay_the_same_speak (void)
{
  static const guint offsets[] = { 1, 2, 3, 12, 8 };

  for (guint f = 0; f < G_N_ELEMENTS (offsets); f++)
    {
      g_autoptr (Build) build = build_new ("ntp-fields");
      g_test_message ("offset %u", offsets[f]);
      for (guint i = 0; i < 60; i++)
        {
          GByteArray *message = build_ntp_message (0x23, T + i);
          message->data[offsets[f]] = (guint8)((i * i * 91 + i * 7) ^ 0x80);
          build_ntp (build, CAMERA, message);
        }
      const LensFindingRow *finding = build_finding (build, "ntp-fields");
      g_assert_nonnull (finding);
      g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
    }
}

static void
text_instead_of_a_time_speaks (void)
{
  g_autoptr (Build) build = build_new ("ntp-fields");

  for (guint i = 0; i < 6; i++)
    build_ntp (build, CAMERA, build_ntp_message (0x23, 0x6869206d6f6d2130 + i));
  const LensFindingRow *finding = build_found (build, "ntp-xmt-random", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, 1, build->offset + 40, 8);
}

static void
messages_of_administrators_speak (void)
{
  g_autoptr (Build) build = build_new ("ntp-fields");

  build_ntp (build, CAMERA, build_hex ("17 00 03 2a 00000000 6162636465666768"));
  build_found (build, "ntp-fields", LENS_SEVERITY_MEDIUM);
}

/* A client that sends noise (busybox, chrony), one that tells its clock only, and a whole
 * implementation that echoes and is synchronized. */
static void
ordinary_clients_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("ntp-fields");
  guint64 heard = 0, came = 0;

  build->step = G_GINT64_CONSTANT (1000000000);
  for (guint64 i = 0; i < 60; i++)
    {
      guint64 noise = i * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15), now = T + (i << 33);
      build_ntp (build, CAMERA, build_ntp_message (0x23, noise));
      answer (build, noise, now);
      GByteArray *whole = build_ntp_message (0x23, now);
      whole->data[1] = heard != 0 ? 3 : 0;
      whole->data[2] = (guint8)(6 + i / 16);
      whole->data[3] = 0xe9;
      if (heard != 0)
        {
          whole->data[7] = whole->data[11] = (guint8)(i * 37);
          whole->data[12] = 192, whole->data[14] = 2, whole->data[15] = 20;
          put64 (whole, 16, came);
        }
      put64 (whole, 24, heard);
      put64 (whole, 32, came);
      build_ntp (build, CAMERA, whole);
      answer (build, now, now + 1000);
      heard = now + 1000;
      came = now + (G_GUINT64_CONSTANT (1) << 32);
    }
  build_quiet (build, "ntp-fields");
}

#define CASE(name, function) g_test_add_func ("/analyzers/ntp-fields/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("an-origin-that-is-no-echo-speaks", an_origin_that_is_no_echo_speaks);
  CASE ("numbers-that-never-stay-the-same-speak", numbers_that_never_stay_the_same_speak);
  CASE ("text-instead-of-a-time-speaks", text_instead_of_a_time_speaks);
  CASE ("messages-of-administrators-speak", messages_of_administrators_speak);
  CASE ("ordinary-clients-are-quiet", ordinary_clients_are_quiet);
  return g_test_run ();
}
