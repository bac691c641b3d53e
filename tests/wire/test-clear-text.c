#include "wire/clear-text.h"

#include <string.h>

static const guint8 mac[6] = { 0x00, 0x17, 0x88, 0x24, 0x76, 0xff };

static void
is_read (const char *line, LensClearKind kind, const char *value)
{
  const guint8 *octets = (const guint8 *)line;
  LensClearText text;
  gsize at = 0;

  g_assert_true (lens_clear_text_next (octets, strlen (line), &at, &text));
  g_assert_cmpint (text.kind, ==, kind);
  g_assert_cmpmem (octets + text.value.offset, text.value.length, value, strlen (value));
}

static void
is_passed_over (const char *line)
{
  LensClearText text;
  gsize at = 0;

  g_assert_false (lens_clear_text_next ((const guint8 *)line, strlen (line), &at, &text));
}

static void
values_are_found_however_they_are_written (void)
{
  is_read ("user=a&password=hunter2&go=1", LENS_CLEAR_PASSWORD, "hunter2");
  is_read ("{\"Password\" : \"hunter2\"}", LENS_CLEAR_PASSWORD, "hunter2");
  is_read ("{\\\"pwd\\\":\\\"hunter2\\\"}", LENS_CLEAR_PASSWORD, "hunter2");
  is_read ("<userPassword>hunter 2</userPassword>", LENS_CLEAR_PASSWORD, "hunter 2");
  is_read ("GET / HTTP/1.1\r\nAuthorization: Basic YWRtaW46YWRtaW4=\r\n", LENS_CLEAR_BASIC,
           "YWRtaW46YWRtaW4=");
  is_read ("Cookie: session=0123456789\r\n", LENS_CLEAR_TOKEN, "session=0123456789");
  is_read ("PASS hunter2\r\n", LENS_CLEAR_PASSWORD, "hunter2");
  is_read ("<serialNumber>DS-2CD2032-I20140101</serialNumber>", LENS_CLEAR_SERIAL,
           "DS-2CD2032-I20140101");
  is_read ("&device_sn=AB0123456789&", LENS_CLEAR_SERIAL, "AB0123456789");
  is_read ("\"ssid\":\"My home\"", LENS_CLEAR_NETWORK, "My home");
  is_read ("wpa_passphrase=\"correct horse\"", LENS_CLEAR_NETWORK_KEY, "correct horse");
  is_read ("\"lat\": 52.51630, ", LENS_CLEAR_LATITUDE, "52.51630");
  is_read ("\"lng\": 13.37770, ", LENS_CLEAR_LONGITUDE, "13.37770");
  is_read ("longitude=13.37770&", LENS_CLEAR_LONGITUDE, "13.37770");
  is_read ("apikey=0123456789&", LENS_CLEAR_TOKEN, "0123456789");
  is_read ("authCode=0123456789&", LENS_CLEAR_TOKEN, "0123456789");
  is_read ("access_token=0123456789&", LENS_CLEAR_TOKEN, "0123456789");
  is_read ("token=0123456789&", LENS_CLEAR_TOKEN, "0123456789");
  is_read ("adminPassword=hunter2&", LENS_CLEAR_PASSWORD, "hunter2");
  is_read ("loginPwd=hunter2&", LENS_CLEAR_PASSWORD, "hunter2");
  is_read ("psk=\"correct horse\"", LENS_CLEAR_NETWORK_KEY, "correct horse");
  is_read ("pre-shared-key=\"correct horse\"", LENS_CLEAR_NETWORK_KEY, "correct horse");
  is_read ("wifiKey=\"correct horse\"", LENS_CLEAR_NETWORK_KEY, "correct horse");
  is_read ("sn=AB0123456789&", LENS_CLEAR_SERIAL, "AB0123456789");
  is_read ("subSerial=AB0123456789&", LENS_CLEAR_SERIAL, "AB0123456789");
  is_read ("essid=\"My home\"", LENS_CLEAR_NETWORK, "My home");
  is_read ("-----BEGIN RSA PRIVATE KEY-----\n", LENS_CLEAR_PRIVATE_KEY, "-----");
}

static void
what_says_nothing_is_passed_over (void)
{
  is_passed_over ("password=&user=a ");
  is_passed_over ("password=********&user=a ");
  is_passed_over ("\"password\":null, ");
  is_passed_over ("password = document.getElementById('p') ");
  is_passed_over ("the password is wrong, he said ");
  is_passed_over ("\"lat\": 52, ");
  is_passed_over ("sn=ab&");
  is_passed_over ("pSK=a9x&");           /* by chance, in what is no text */
  is_passed_over ("PWD>\xe3\x28k\xf1<"); /* no UTF-8 */
  is_passed_over ("xpassword=hunter2&");
  is_passed_over ("password=hunter2"); /* cut off: it may go on */
}

static void
mac_is (const char *text, gsize length, LensMacForm form, gsize offset, gsize count)
{
  LensRange where;
  LensMacForm found;
  gsize at = 0;

  g_assert_true (lens_mac_find ((const guint8 *)text, length, mac, &at, &where, &found));
  g_assert_cmpint (found, ==, form);
  g_assert_cmpuint (where.offset, ==, offset);
  g_assert_cmpuint (where.length, ==, count);
  g_assert_false (lens_mac_find ((const guint8 *)text, length, mac, &at, &where, &found));
}

static void
a_link_address_is_found_in_all_its_forms (void)
{
  mac_is ("id=00:17:88:24:76:FF ", 21, LENS_MAC_TEXT, 3, 17);
  mac_is ("id=001788-2476ff;", 17, LENS_MAC_TEXT, 3, 13);
  mac_is ("m=00%3A17%3A88%3A24%3A76%3Aff", 29, LENS_MAC_TEXT, 2, 27);
  mac_is ("Client=\"001788fffe2476ff\"", 25, LENS_MAC_EUI64_TEXT, 8, 16);
  mac_is ("0217:88ff:fe24:76ff", 19, LENS_MAC_EUI64_TEXT, 0, 19);
  mac_is ("x ABeIJHb/ y", 12, LENS_MAC_BASE64, 2, 8);
  mac_is ("ab\x00\x17\x88\x24\x76\xff", 8, LENS_MAC_OCTETS, 2, 6);
}

static void
part_of_a_longer_number_is_none (void)
{
  LensRange where;
  LensMacForm form;
  gsize at = 0;

  g_assert_false (lens_mac_find ((const guint8 *)"f001788 2476ff1", 15, mac, &at, &where, &form));
  at = 0;
  g_assert_false (lens_mac_find ((const guint8 *)"0017882476ff00", 14, mac, &at, &where, &form));
}

/* Random octets with names among them: nothing is read beyond the end. */
static void
nothing_lies_outside (void)
{
  static const char *const words[] = { "password=", "\"sn\":\"", "Cookie: ", "0017", "<ssid>" };
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (guint round = 0; round < 20000; round++)
    {
      gsize length = (gsize)g_rand_int_range (random, 0, 60), at = 0;
      g_autofree guint8 *octets = g_malloc (length + 1);
      LensClearText text;
      LensRange where;
      LensMacForm form;
      for (gsize i = 0; i < length; i++)
        octets[i] = (guint8)g_rand_int_range (random, 0, round % 2 ? 256 : 128);
      const char *word = words[round % G_N_ELEMENTS (words)];
      if (length > strlen (word))
        memcpy (octets + g_rand_int_range (random, 0, (gint)(length - strlen (word))), word,
                strlen (word));
      guint8 *exact = g_memdup2 (octets, length);
      while (lens_clear_text_next (exact, length, &at, &text))
        g_assert_cmpuint (lens_range_end (text.whole), <=, length);
      at = 0;
      while (lens_mac_find (exact, length, mac, &at, &where, &form))
        g_assert_cmpuint (lens_range_end (where), <=, length);
      g_free (exact);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/clear-text/values-are-found-however-they-are-written",
                   values_are_found_however_they_are_written);
  g_test_add_func ("/wire/clear-text/what-says-nothing-is-passed-over",
                   what_says_nothing_is_passed_over);
  g_test_add_func ("/wire/clear-text/a-link-address-is-found-in-all-its-forms",
                   a_link_address_is_found_in_all_its_forms);
  g_test_add_func ("/wire/clear-text/part-of-a-longer-number-is-none",
                   part_of_a_longer_number_is_none);
  g_test_add_func ("/wire/clear-text/nothing-lies-outside", nothing_lies_outside);
  return g_test_run ();
}
