/* Forms of the extensions of TLS hellos. */
#include "wire/tls-extension.h"

typedef struct
{
  guint16 type;
  gboolean client;
  LensTlsForm form;
  gsize length;
  const char *octets;
} Sample;

static const Sample samples[] = {
  { 0, FALSE, LENS_TLS_FORM_KEPT, 0, "" },
  { 5, TRUE, LENS_TLS_FORM_KEPT, 5, "\1\0\0\0\0" },
  { 5, TRUE, LENS_TLS_FORM_KEPT, 11, "\1\0\0\0\6\x30\4\x30\2\5\0" }, /* extensions in DER */
  { 5, TRUE, LENS_TLS_FORM_KEPT, 11, "\1\0\6\0\4\xa2\2\4\0\0\0" },   /* one responder */
  { 5, TRUE, LENS_TLS_FORM_BROKEN, 9, "\1\0\0\0\4text" },
  { 5, TRUE, LENS_TLS_FORM_BROKEN, 11, "\1\0\6\0\4text\0\0" },
  { 5, TRUE, LENS_TLS_FORM_BROKEN, 7, "\1\0\0\0\0ab" },
  { 5, FALSE, LENS_TLS_FORM_BROKEN, 1, "a" },
  { 10, TRUE, LENS_TLS_FORM_KEPT, 4, "\0\2\0\x1d" },
  { 10, TRUE, LENS_TLS_FORM_BROKEN, 5, "\0\3\0\x1d\0" },
  { 11, TRUE, LENS_TLS_FORM_KEPT, 2, "\1\0" },
  { 16, TRUE, LENS_TLS_FORM_KEPT, 5, "\0\3\2h2" },
  { 16, TRUE, LENS_TLS_FORM_BROKEN, 5, "\0\3\3h2" },
  { 22, TRUE, LENS_TLS_FORM_BROKEN, 1, "a" },
  { 28, TRUE, LENS_TLS_FORM_KEPT, 2, "\x40\1" },
  { 34, TRUE, LENS_TLS_FORM_KEPT, 4, "\0\2\4\3" },
  { 34, TRUE, LENS_TLS_FORM_BROKEN, 8, "whatever" },
  { 35, TRUE, LENS_TLS_FORM_KEPT, 8, "whatever" },
  { 35, FALSE, LENS_TLS_FORM_BROKEN, 8, "whatever" },
  { 43, TRUE, LENS_TLS_FORM_KEPT, 3, "\2\3\4" },
  { 44, TRUE, LENS_TLS_FORM_KEPT, 4, "\0\2ab" },
  { 44, TRUE, LENS_TLS_FORM_BROKEN, 4, "\0\1ab" },
  /* keys: of a group that nobody knows; x25519 with too few octets */
  { 51, TRUE, LENS_TLS_FORM_KEPT, 8, "\0\6\xfe\0\0\2ab" },
  { 51, TRUE, LENS_TLS_FORM_BROKEN, 8, "\0\6\0\x1d\0\2ab" },
  { 53, TRUE, LENS_TLS_FORM_ELSEWHERE, 0, "" },
  { 57, TRUE, LENS_TLS_FORM_ELSEWHERE, 2, "\4\0" },
  { 5000, TRUE, LENS_TLS_FORM_UNKNOWN, 0, "" },
  { 0x2a2a, TRUE, LENS_TLS_FORM_KEPT, 1, "\0" }, /* GREASE */
  { 0xfe0d, TRUE, LENS_TLS_FORM_KEPT, 13, "\0\0\1\0\1\x2a\0\2ab\0\1c" },
  { 0xfe0d, TRUE, LENS_TLS_FORM_BROKEN, 14, "\0\0\1\0\1\x2a\0\2ab\0\1cd" },
  { 65281, TRUE, LENS_TLS_FORM_KEPT, 1, "\0" },
  { 65281, TRUE, LENS_TLS_FORM_BROKEN, 3, "\2ab" },
};

static void
each_extension_has_its_form (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      const Sample *sample = &samples[i];
      g_test_message ("sample %u", i);
      g_assert_cmpint (lens_tls_extension_form (sample->type, sample->client,
                                                (const guint8 *)sample->octets, sample->length),
                       ==, sample->form);
    }
}

/* One identity of two octets with the age of its ticket, and one binder. */
static void
each_identity_has_a_binder (void)
{
  guint8 offers[2 + 2 + 2 + 4 + 2 + 33] = { 0, 8, 0, 2, 'a', 'b', 0, 0, 0, 0, 0, 33, 32 };

  g_assert_cmpint (lens_tls_extension_form (41, TRUE, offers, sizeof offers), ==,
                   LENS_TLS_FORM_KEPT);
  g_assert_cmpint (lens_tls_extension_form (41, TRUE, offers, sizeof offers - 1), ==,
                   LENS_TLS_FORM_BROKEN);
  g_assert_cmpint (lens_tls_extension_form (41, TRUE, offers, 10), ==, LENS_TLS_FORM_BROKEN);
}

static void
a_form_is_read_to_the_last_octet (void)
{
  guint8 octets[40];

  for (guint type = 0; type < 66; type++)
    for (gsize length = 0; length <= sizeof octets; length++)
      for (guint filler = 0; filler < 256; filler += 51)
        {
          for (gsize i = 0; i < sizeof octets; i++)
            octets[i] = (guint8)filler;
          g_autofree guint8 *exact = g_memdup2 (octets, length);
          LensTlsForm form = lens_tls_extension_form ((guint16)type, TRUE, exact, length);
          g_assert_cmpint (form, <=, LENS_TLS_FORM_UNKNOWN);
        }
}

static void
the_parts_of_an_encrypted_hello_are_found (void)
{
  LensTlsEch ech;

  g_assert_true (lens_tls_ech_parse ((const guint8 *)"\0\0\1\0\1\x2a\0\2ab\0\1c", 13, &ech));
  g_assert_cmpuint (ech.key.offset, ==, 8);
  g_assert_cmpuint (ech.key.length, ==, 2);
  g_assert_cmpuint (ech.payload.offset, ==, 12);
  g_assert_cmpuint (ech.payload.length, ==, 1);
  g_assert_false (lens_tls_ech_parse ((const guint8 *)"\1", 1, &ech)); /* of the hidden one */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/tls-extension/each-extension-has-its-form", each_extension_has_its_form);
  g_test_add_func ("/wire/tls-extension/each-identity-has-a-binder", each_identity_has_a_binder);
  g_test_add_func ("/wire/tls-extension/a-form-is-read-to-the-last-octet",
                   a_form_is_read_to_the_last_octet);
  g_test_add_func ("/wire/tls-extension/the-parts-of-an-encrypted-hello-are-found",
                   the_parts_of_an_encrypted_hello_are_found);
  return g_test_run ();
}
