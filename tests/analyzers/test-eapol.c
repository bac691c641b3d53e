/* How the camera is let into the network. */
#include "tests/analyzers/build.h"

/* An answer with @identity; @behind: octets that no length counts, else zeros up to 60. */
static guint64
answer (Build *build, const char *identity, GByteArray *behind)
{
  GByteArray *text = build_text (identity);
  guint8 length = (guint8)(5 + text->len);
  const guint8 head[] = { 1, 0, 0, length, 2, 1, 0, length, 1 };

  g_byte_array_prepend (text, head, sizeof head);
  if (behind != NULL)
    text = build_join (text, behind);
  else if (text->len < 46)
    text = build_join (text, build_filled (0, 46 - text->len));
  return build_ethernet (build, CAMERA, 0x888e, text, NULL);
}

static void
one_identity_is_room (void)
{
  g_autoptr (Build) build = build_declared ("eapol", "");

  build_announce (build);
  for (guint i = 0; i < 10; i++)
    answer (build, "camera-17", NULL);
  g_assert_cmpuint (build_quiet (build, "eapol-identity")->room_bits, >=, 72);
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNDECLARED), ==, 0);
}

static void
ever_new_identities_are_found (void)
{
  g_autoptr (Build) build = build_new ("eapol");

  build_announce (build);
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *identity = g_strdup_printf ("user%06x", 0x12345u * (i + 1));
      answer (build, identity, NULL);
    }
  const LensFindingRow *finding = build_found (build, "eapol-identity", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, 3, 14 + 9, 10);
}

static void
octets_behind_the_length_are_found (void)
{
  g_autoptr (Build) build = build_new ("eapol");
  guint64 frame = answer (build, "camera-17", build_text ("what nobody reads, and all of it"));

  build_announce (build);
  const LensFindingRow *finding = build_worst (build, "eapol-identity", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 14 + 18, 32);
}

/* The second frame of a handshake, as a station sends it: nonce and check are random. */
static GByteArray *
key (const char *reserved, const char *behind)
{
  GByteArray *octets = build_hex ("0203 0075 02 010a 0000 0000000000000001");

  octets = build_join (octets, build_filled (0x5a, 32)); /* nonce */
  octets = build_join (octets, build_filled (0, 24));    /* IV, sequence */
  octets = build_join (octets, build_hex (reserved));
  octets = build_join (octets, build_filled (0xc3, 16)); /* check */
  octets = build_join (octets, build_hex ("0016 30140100000fac040100000fac040100000fac020000"));
  return build_join (octets, build_hex (behind));
}

static void
a_handshake_is_quiet (void)
{
  g_autoptr (Build) build = build_declared ("eapol", "");

  build_announce (build);
  build_ethernet (build, CAMERA, 0x888e, key ("0000000000000000", ""), NULL);
  build_quiet (build, "eapol-identity");
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNDECLARED), ==, 0);
}

/* The same key frame with another number, which answers count up to. */
static guint64
send_key (Build *build, BuildSpeaker speaker, guint8 number)
{
  GByteArray *octets = key ("0000000000000000", "");

  octets->data[4 + 5 + 7] = number;
  return build_ethernet (build, speaker, 0x888e, octets, NULL);
}

static void
keys_for_nobody_are_found (void)
{
  g_autoptr (Build) build = build_new ("eapol");
  guint64 frame = 0;

  build_announce (build);
  build_udp (build, VIEWER, 40000, 5000, build_text ("somebody is heard"));
  for (guint8 i = 0; i < 8; i++)
    frame = send_key (build, CAMERA, i);
  const LensFindingRow *finding = build_worst (build, "eapol-identity", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 8);
  build_assert_octets (finding, 7, frame, 14 + 4, 117);
}

static void
keys_of_a_handshake_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("eapol");

  build_announce (build);
  build_udp (build, VIEWER, 40000, 5000, build_text ("somebody is heard"));
  for (guint8 i = 0; i < 8; i++)
    send_key (build, i % 2 == 0 ? CAMERA : VIEWER, i);
  build_conclude (build);
  for (guint i = 0; i < build->evaluation->findings->len; i++)
    g_assert_cmpint (
        ((LensFindingRow *)g_ptr_array_index (build->evaluation->findings, i))->severity, <=,
        LENS_SEVERITY_INFO);
}

/* A message of key agreement: @member, @number, and a check that is random. */
static guint64
agree (Build *build, guint32 member, guint32 number)
{
  g_autofree char *digits = g_strdup_printf (
      "0305 0034 03 10 e020 0200000000100001 %08x0000000000000000 %08x "
      "0080c201 63616b31 %08x%08x%08x%08x",
      member, number, number * 2654435761u, number * 40503u, ~number, number ^ 77);

  return build_ethernet (build, CAMERA, 0x888e, build_hex (digits), NULL);
}

static void
an_agreement_that_goes_on_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("eapol");

  build_announce (build);
  for (guint32 i = 1; i < 40; i++)
    agree (build, 0x1234, i + (i > 20 ? 3 : 0)); /* some were lost */
  agree (build, 0x5678, 1);
  agree (build, 0x5678, 2);
  build_conclude (build);
  for (guint i = 0; i < build->evaluation->findings->len; i++)
    g_assert_cmpint (
        ((LensFindingRow *)g_ptr_array_index (build->evaluation->findings, i))->severity, <=,
        LENS_SEVERITY_INFO);
}

static void
numbers_that_do_not_count_are_found (void)
{
  g_autoptr (Build) build = build_new ("eapol");
  guint64 frame = 0;

  build_announce (build);
  for (guint32 i = 1; i < 12; i++)
    frame = agree (build, 0x1234, i * 2654435761u);
  const LensFindingRow *finding = build_worst (build, "eapol-identity", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, finding->octets->len - 1, frame, 14 + 4 + 24, 4);
}

static void
ever_new_members_are_found (void)
{
  g_autoptr (Build) build = build_new ("eapol");

  build_announce (build);
  for (guint32 i = 1; i < 12; i++)
    agree (build, i * 2654435761u, 1);
  build_worst (build, "eapol-identity", LENS_SEVERITY_HIGH);
}

static void
reserved_octets_of_a_key_frame_are_zero (void)
{
  g_autoptr (Build) build = build_new ("eapol");
  guint64 frame = build_ethernet (build, CAMERA, 0x888e, key ("6869646465216121", ""), NULL);

  build_announce (build);
  const LensFindingRow *finding = build_found (build, "eapol-identity", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 14 + 4 + 69, 8);
}

static void
a_type_that_is_not_defined_is_found (void)
{
  g_autoptr (Build) build = build_new ("eapol");

  build_announce (build);
  build_ethernet (build, CAMERA, 0x888e, build_hex ("0277 0006 736563726574"), NULL);
  build_found (build, "eapol-identity", LENS_SEVERITY_MEDIUM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/eapol/" name, function)
  CASE ("one-identity-is-room", one_identity_is_room);
  CASE ("keys-for-nobody-are-found", keys_for_nobody_are_found);
  CASE ("keys-of-a-handshake-are-quiet", keys_of_a_handshake_are_quiet);
  CASE ("an-agreement-that-goes-on-is-quiet", an_agreement_that_goes_on_is_quiet);
  CASE ("numbers-that-do-not-count-are-found", numbers_that_do_not_count_are_found);
  CASE ("ever-new-members-are-found", ever_new_members_are_found);
  CASE ("ever-new-identities-are-found", ever_new_identities_are_found);
  CASE ("octets-behind-the-length-are-found", octets_behind_the_length_are_found);
  CASE ("a-handshake-is-quiet", a_handshake_is_quiet);
  CASE ("reserved-octets-of-a-key-frame-are-zero", reserved_octets_of_a_key_frame_are_zero);
  CASE ("a-type-that-is-not-defined-is-found", a_type_that_is_not_defined_is_found);
  return g_test_run ();
}
