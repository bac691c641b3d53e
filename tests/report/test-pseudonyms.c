#include "report/pseudonyms.h"

#include <string.h>

static LensPseudonyms *
pseudonyms_with (const char *key)
{
  return lens_pseudonyms_new ((const guint8 *)key, strlen (key));
}

static char *
named (LensPseudonyms *pseudonyms, const char *original)
{
  return lens_pseudonyms_name (pseudonyms, "host", original);
}

static void
the_same_original_has_the_same_pseudonym (void)
{
  g_autoptr (LensPseudonyms) pseudonyms = pseudonyms_with ("key");
  static const char *const originals[]
      = { "192.0.2.100", "fd00::100", "44:19:b6:00:00:01", "cam.example.net", "192.0.2.0/24" };

  for (guint i = 0; i < G_N_ELEMENTS (originals); i++)
    {
      g_autofree char *one = named (pseudonyms, originals[i]);
      g_autofree char *again = named (pseudonyms, originals[i]);
      g_assert_cmpstr (one, ==, again);
      g_assert_cmpstr (one, !=, originals[i]);
    }
  g_autofree char *device = lens_pseudonyms_name (pseudonyms, "device", "Cam");
  g_autofree char *host = lens_pseudonyms_name (pseudonyms, "host", "cam");
  g_assert_cmpstr (strchr (device, '-'), !=, NULL);
  g_assert_true (g_str_has_prefix (host + strlen ("host"), device + strlen ("device")));
}

static void
another_key_gives_other_pseudonyms (void)
{
  g_autoptr (LensPseudonyms) one = pseudonyms_with ("key"), other = pseudonyms_with ("kez");
  static const char *const originals[]
      = { "192.0.2.100", "fd00::100", "44:19:b6:00:00:01", "cam.example.net" };

  for (guint i = 0; i < G_N_ELEMENTS (originals); i++)
    {
      g_autofree char *here = named (one, originals[i]), *there = named (other, originals[i]);
      g_assert_cmpstr (here, !=, there);
    }
}

static void
what_is_for_many_stays_so (void)
{
  g_autoptr (LensPseudonyms) pseudonyms = pseudonyms_with ("key");
  static const struct
  {
    const char *original, *prefix;
  } rows[] = { { "239.255.255.250", "232." },  { "255.255.255.255", "232." },
               { "ff02::fb", "ff3e:" },        { "fe80::1", "2001:db8:" },
               { "01:00:5e:00:00:fb", "03:" }, { "ff:ff:ff:ff:ff:ff", "03:" },
               { "44:19:b6:00:00:01", "02:" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = named (pseudonyms, rows[i].original);
      g_assert_cmpstr (name, !=, rows[i].original);
      g_assert_true (g_str_has_prefix (name, rows[i].prefix));
    }
}

static void
a_hundred_thousand_addresses_have_no_pseudonym_twice (void)
{
  g_autoptr (LensPseudonyms) pseudonyms = pseudonyms_with ("key");
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 100000; i++)
    {
      g_autofree char *original = g_strdup_printf ("10.%u.%u.%u", i >> 16, (i >> 8) & 255, i & 255);
      g_assert_true (g_hash_table_add (seen, named (pseudonyms, original)));
    }
}

/* --- sentences --- */

typedef struct
{
  const char *sentence, *kept; /* what must be gone is between the two parts of @kept, at '#' */
} Sentence;

static const Sentence sentences[] = {
  { "It went to 192.0.2.100:554.", "It went to #:554." },
  { "It went to 192.0.2.100.", "It went to #." },
  { "From fd00::100, twice.", "From #, twice." },
  { "It is 44-19-B6-00-00-01 there.", "It is # there." },
  { "It tells 4419b6000001 to all.", "It tells # to all." },
  { "It tells 4419.b600.0001 to all.", "It tells # to all." },
  { "3 names under tunnel.example, new.", "3 names under #, new." },
  { "See rtsp://user@192.0.2.100:554/a/b?c for more.", "See rtsp://#:554/# for more." },
  { "It tells of \"A camera\" often.", "It tells of \"#\" often." },
  { "Its number is DS-2CD2143G0-IS20190311 here.", "Its number is # here." },
  { "The Entrance camera sent it.", "The # sent it." },
  { "the entrance CAMERA sent it.", "the # sent it." },
  { "Of lens-makers.", "Of lens-makers." },
  { "98 octets, 73 % printable, entropy 4.0 bits an octet (CVE-2003-0001).",
    "98 octets, 73 % printable, entropy 4.0 bits an octet (CVE-2003-0001)." },
  { "RFC 3550 section 5.1; H.264 7.3.3 at 12:30.", "RFC 3550 section 5.1; H.264 7.3.3 at 12:30." },
};

/* The pattern of @kept: each '#' is any pseudonym. */
static gboolean
is_kept (const char *said, const char *kept)
{
  g_auto (GStrv) parts = g_strsplit (kept, "#", -1);
  const char *at = said;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *found = parts[i + 1] == NULL && i > 0 ? at + strlen (at) - strlen (parts[i])
                                                        : strstr (at, parts[i]);
      if (found == NULL || found < at || !g_str_has_prefix (found, parts[i])
          || (i == 0 && found != said))
        return FALSE;
      at = found + strlen (parts[i]);
    }
  return *at == '\0';
}

static void
a_sentence_keeps_its_words_and_no_names (void)
{
  g_autoptr (LensPseudonyms) pseudonyms = pseudonyms_with ("key");

  g_free (lens_pseudonyms_name (pseudonyms, "device", "Entrance camera"));
  g_free (named (pseudonyms, "44:19:b6:00:00:01"));
  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    g_free (lens_pseudonyms_text (pseudonyms, sentences[i].sentence));
  lens_pseudonyms_begin (pseudonyms);
  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    {
      g_autofree char *said = lens_pseudonyms_text (pseudonyms, sentences[i].sentence);
      if (!is_kept (said, sentences[i].kept))
        g_test_message ("%s became %s", sentences[i].sentence, said);
      g_assert_true (is_kept (said, sentences[i].kept));
      g_assert_true ((strchr (sentences[i].kept, '#') == NULL)
                     == g_str_equal (said, sentences[i].sentence));
    }
}

static void
a_filter_keeps_all_but_its_addresses (void)
{
  g_autoptr (LensPseudonyms) pseudonyms = pseudonyms_with ("key");
  g_autofree char *other = named (pseudonyms, "192.0.2.100");
  g_autofree char *wanted = g_strdup_printf ("ip.addr == %s && udp.port == 5004", other);
  g_autofree char *filter
      = lens_pseudonyms_filter (pseudonyms, "ip.addr == 192.0.2.100 && udp.port == 5004");
  const char *plain = "frame.number in {4711..4713,5000} || eth.type == 0x8033";
  g_autofree char *same = lens_pseudonyms_filter (pseudonyms, plain);

  g_assert_cmpstr (filter, ==, wanted);
  g_assert_cmpstr (same, ==, plain);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/pseudonyms/the-same-original-has-the-same-pseudonym",
                   the_same_original_has_the_same_pseudonym);
  g_test_add_func ("/report/pseudonyms/another-key-gives-other-pseudonyms",
                   another_key_gives_other_pseudonyms);
  g_test_add_func ("/report/pseudonyms/what-is-for-many-stays-so", what_is_for_many_stays_so);
  g_test_add_func ("/report/pseudonyms/a-hundred-thousand-addresses-have-no-pseudonym-twice",
                   a_hundred_thousand_addresses_have_no_pseudonym_twice);
  g_test_add_func ("/report/pseudonyms/a-sentence-keeps-its-words-and-no-names",
                   a_sentence_keeps_its_words_and_no_names);
  g_test_add_func ("/report/pseudonyms/a-filter-keeps-all-but-its-addresses",
                   a_filter_keeps_all_but_its_addresses);
  return g_test_run ();
}
