#include "wire/dns.h"

#include <string.h>

/* The octets of @message, without the final zero of the literal. */
#define OCTETS(literal) ((const guint8 *)(literal)), (sizeof (literal) - 1)

/* An answer: www.Example.com is an alias of cdn.example.com, which is 192.0.2.7 and
 * 2001:db8::7; then an OPT record with 2 octets of padding; then 3 octets too many. */
static const char answer[] = "\x12\x34"                         /* id */
                             "\x81\x80"                         /* response, RD, RA */
                             "\x00\x01\x00\x03\x00\x00\x00\x01" /* counts */
                             "\x03www\x07"
                             "Example\x03"
                             "com\x00"                                  /* 12: question */
                             "\x00\x1c\x00\x01"                         /* AAAA, IN */
                             "\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c" /* 33: CNAME, 60 s */
                             "\x00\x06\x03"
                             "cdn\xc0\x10"                              /* 43: to cdn + @16 */
                             "\xc0\x2d\x00\x01\x00\x01\x00\x00\x00\x3c" /* 51: A */
                             "\x00\x04\xc0\x00\x02\x07"
                             "\xc0\x2d\x00\x1c\x00\x01\x00\x00\x00\x3c" /* 67: AAAA */
                             "\x00\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"
                             "\x00\x00\x29\x04\xd0\x00\x00\x80\x00" /* 95: OPT, 1232, DO */
                             "\x00\x06\x00\x0c\x00\x02XY"           /* option 12, 2 octets */
                             "end";

static void
a_message_falls_into_its_parts (void)
{
  LensDnsMessage message;

  g_assert_true (lens_dns_parse (OCTETS (answer), &message));
  g_assert_cmphex (message.id, ==, 0x1234);
  g_assert_cmphex (message.flags, ==, 0x8180);
  g_assert_cmpuint (message.found[LENS_DNS_ANSWER], ==, 3);
  g_assert_cmpuint (message.sections[LENS_DNS_QUESTION].offset, ==, 12);
  g_assert_cmpuint (message.sections[LENS_DNS_QUESTION].length, ==, 21);
  g_assert_cmpuint (message.sections[LENS_DNS_ANSWER].offset, ==, 33);
  g_assert_cmpuint (message.sections[LENS_DNS_ANSWER].length, ==, 62);
  g_assert_cmpuint (message.sections[LENS_DNS_ADDITIONAL].length, ==, 17);
  g_assert_cmpuint (message.rest.length, ==, 3);
  g_assert_cmphex (message.odd, ==, LENS_DNS_TRAILING);
}

static void
records_give_addresses_and_targets (void)
{
  LensDnsMessage message;
  LensDnsRecords records;
  LensDnsRecord record;
  LensDnsName name;
  LensAddress address;
  char text[LENS_ADDRESS_TEXT];

  g_assert_true (lens_dns_parse (OCTETS (answer), &message));
  lens_dns_records_init (&records, OCTETS (answer), &message);
  g_assert_true (lens_dns_records_next (&records, &record));
  lens_dns_name_read (OCTETS (answer), record.name.offset, &name);
  g_assert_cmpstr (name.text, ==, "www.Example.com");
  g_assert_cmpuint (name.capitals, ==, 1);
  g_assert_cmpuint (name.letters, ==, 13);
  g_assert_cmpuint (name.length, ==, 17);
  g_assert_cmpuint (name.in_place.length, ==, 17);
  g_assert_cmpuint (record.type, ==, LENS_DNS_TYPE_AAAA);

  g_assert_true (lens_dns_records_next (&records, &record));
  g_assert_cmpuint (record.ttl, ==, 60);
  g_assert_true (lens_dns_record_target (OCTETS (answer), &record, &name));
  lens_dns_name_lower (&name);
  g_assert_cmpstr (name.text, ==, "cdn.example.com");
  g_assert_cmpuint (lens_range_end (name.in_place), ==, lens_range_end (record.rdata));
  g_assert_false (lens_dns_record_address ((const guint8 *)answer, &record, &address));

  g_assert_true (lens_dns_records_next (&records, &record));
  g_assert_true (lens_dns_record_address ((const guint8 *)answer, &record, &address));
  g_assert_cmpstr (lens_address_text (&address, text), ==, "192.0.2.7");
  g_assert_true (lens_dns_records_next (&records, &record));
  g_assert_true (lens_dns_record_address ((const guint8 *)answer, &record, &address));
  g_assert_cmpstr (lens_address_text (&address, text), ==, "2001:db8::7");
}

static void
edns_options_add_up_to_the_rdata (void)
{
  LensDnsMessage message;
  LensDnsRecords records;
  LensDnsRecord record;
  LensDnsEdns edns;
  LensDnsOption option;

  g_assert_true (lens_dns_parse (OCTETS (answer), &message));
  lens_dns_records_init (&records, OCTETS (answer), &message);
  for (guint i = 0; i < 5; i++)
    g_assert_true (lens_dns_records_next (&records, &record));
  g_assert_true (lens_dns_record_edns (&record, &edns));
  g_assert_cmpuint (edns.udp_size, ==, 1232);
  g_assert_cmphex (edns.flags, ==, 0x8000);
  g_assert_true (lens_dns_option_next ((const guint8 *)answer, &edns.options, &option));
  g_assert_cmpuint (option.code, ==, 12);
  g_assert_cmpmem (answer + option.data.offset, option.data.length, "XY", 2);
  g_assert_false (option.cut);
  g_assert_false (lens_dns_option_next ((const guint8 *)answer, &edns.options, &option));
  g_assert_false (lens_dns_records_next (&records, &record));

  LensRange left = { 0, 6 };
  g_assert_true (lens_dns_option_next ((const guint8 *)"\x00\x0a\x00\x09"
                                                       "ab",
                                       &left, &option));
  g_assert_true (option.cut);
  g_assert_cmpuint (option.whole.length, ==, 6);
}

static void
read_name (const char *octets, gsize length, gsize offset, const char *text, guint odd)
{
  LensDnsName name;

  lens_dns_name_read ((const guint8 *)octets, length, offset, &name);
  g_assert_cmpstr (name.text, ==, text);
  g_assert_cmphex (name.odd, ==, odd);
}

static void
odd_octets_are_escaped (void)
{
  const char name[] = "\x05"
                      "a.b\\c\x04"
                      "\x00\xff \"\x01"
                      "x";

  read_name (name, sizeof name, 0, "a\\.b\\\\c.\\000\\255\\032\\\".x", 0);
  read_name ("\x00", 1, 0, ".", 0);
}

static void
hostile_names_end (void)
{
  char octets[600] = { 0 };

  octets[12] = (char)0xc0; /* a pointer to itself */
  octets[13] = 12;
  read_name (octets, 14, 12, ".", LENS_DNS_NAME_POINTER);
  octets[13] = 20; /* forward */
  read_name (octets, 30, 12, ".", LENS_DNS_NAME_POINTER);
  octets[13] = 4; /* into the header */
  read_name (octets, 30, 12, ".", LENS_DNS_NAME_POINTER);
  memcpy (octets + 12,
          "\x03"
          "abc\xc0\x0c",
          6); /* back into the same name */
  read_name (octets, 30, 12, "abc", LENS_DNS_NAME_POINTER);
  read_name ("\x03"
             "ab",
             3, 0, ".", LENS_DNS_NAME_CUT);
  read_name ("\x01"
             "a",
             2, 0, "a", LENS_DNS_NAME_CUT);
  read_name ("\x01"
             "a",
             2, 9, ".", LENS_DNS_NAME_CUT);
  read_name ("\x01"
             "a\x41",
             3, 0, "a", LENS_DNS_NAME_LABEL);

  LensDnsName name;
  for (guint i = 0; i < 598; i += 2)
    memcpy (octets + i, "\x01z", 2);
  lens_dns_name_read ((guint8 *)octets, sizeof octets, 0, &name);
  g_assert_cmphex (name.odd, ==, LENS_DNS_NAME_LONG);
  g_assert_cmpuint (name.labels, ==, 127);
  g_assert_cmpuint (name.length, ==, 255);

  /* Names of 2 octets, each a pointer to the one before: 250 hops. */
  memset (octets, 0, sizeof octets);
  for (guint i = 14; i < 514; i += 2)
    {
      octets[i] = (char)(0xc0 | (i - 2) >> 8);
      octets[i + 1] = (char)(i - 2);
    }
  lens_dns_name_read ((guint8 *)octets, sizeof octets, 512, &name);
  g_assert_cmphex (name.odd, ==, LENS_DNS_NAME_POINTER);
}

static void
the_longest_name_fits_its_text (void)
{
  guint8 octets[255];
  LensDnsName name;

  memset (octets, 0xee, sizeof octets);
  octets[0] = octets[64] = octets[128] = 63;
  octets[192] = 61;
  octets[254] = 0;
  lens_dns_name_read (octets, sizeof octets, 0, &name);
  g_assert_cmphex (name.odd, ==, 0);
  g_assert_cmpuint (name.length, ==, 255);
  g_assert_cmpuint (strlen (name.text), ==, 4 * 250 + 3);
}

static void
a_cut_message_keeps_its_octets (void)
{
  for (gsize length = LENS_DNS_HEADER_LENGTH; length < sizeof answer - 4; length++)
    {
      g_autofree guint8 *octets = g_memdup2 (answer, length);
      LensDnsMessage message;
      g_assert_true (lens_dns_parse (octets, length, &message));
      g_assert_cmphex (message.odd & LENS_DNS_CUT, ==, LENS_DNS_CUT);
      g_assert_cmpuint (lens_range_end (message.rest), ==, length);
    }
  LensDnsMessage message;
  g_assert_false (lens_dns_parse ((const guint8 *)answer, 11, &message));
}

static void
names_match_patterns (void)
{
  g_assert_true (lens_dns_name_in ("Updates.Example.net", "updates.example.net"));
  g_assert_true (lens_dns_name_in ("updates.example.net", "updates.example.net."));
  g_assert_false (lens_dns_name_in ("a.updates.example.net", "updates.example.net"));
  g_assert_true (lens_dns_name_in ("0.pool.example", "*.pool.example"));
  g_assert_true (lens_dns_name_in ("a.b.POOL.example.", "*.pool.example"));
  g_assert_false (lens_dns_name_in ("pool.example", "*.pool.example"));
  g_assert_false (lens_dns_name_in ("whirlpool.example", "*.pool.example"));
  g_assert_false (lens_dns_name_in ("evil\\.pool.example", "*.pool.example"));
  g_assert_true (lens_dns_name_in ("evil\\\\.pool.example", "*.pool.example"));
  g_assert_false (lens_dns_name_in (".", "*.pool.example"));
  g_assert_true (lens_dns_name_in (".", "."));
  g_assert_false (lens_dns_name_in ("a", "*."));
}

static void
text_strings_add_up (void)
{
  const guint8 rdata[] = "\x03"
                         "a=b\x00\x09"
                         "cut";
  LensRange left = { 0, sizeof rdata - 1 };
  LensRange string;

  g_assert_true (lens_dns_string_next (rdata, &left, &string));
  g_assert_cmpmem (rdata + string.offset, string.length, "a=b", 3);
  g_assert_true (lens_dns_string_next (rdata, &left, &string));
  g_assert_cmpuint (string.length, ==, 0);
  g_assert_true (lens_dns_string_next (rdata, &left, &string));
  g_assert_cmpmem (rdata + string.offset, string.length, "cut", 3);
  g_assert_false (lens_dns_string_next (rdata, &left, &string));
  g_assert_cmpuint (lens_dns_tcp_length (rdata, 1), ==, 0);
  g_assert_cmpuint (lens_dns_tcp_length ((const guint8 *)"\x01\x02", 2), ==, 260);
}

/* Octets in an allocation of their own, so that a read beyond them is seen. */
static void
walk (const guint8 *octets, gsize length)
{
  LensDnsMessage message;
  LensDnsRecords records;
  LensDnsRecord record;
  gsize end = LENS_DNS_HEADER_LENGTH;

  if (!lens_dns_parse (octets, length, &message))
    return;
  lens_dns_records_init (&records, octets, length, &message);
  while (lens_dns_records_next (&records, &record))
    {
      LensDnsName name;
      LensDnsEdns edns;
      LensAddress address;
      LensRange string;
      g_assert_cmpuint (record.whole.offset, ==, end);
      end = lens_range_end (record.whole);
      g_assert_cmpuint (lens_range_end (record.rdata), <=, end);
      lens_dns_name_read (octets, length, record.name.offset, &name);
      g_assert_cmpuint (strlen (name.text), <, LENS_DNS_NAME_TEXT);
      g_assert_cmpuint (name.in_place.length, ==, record.name.length);
      lens_dns_record_target (octets, length, &record, &name);
      lens_dns_record_address (octets, &record, &address);
      if (lens_dns_record_edns (&record, &edns))
        {
          LensDnsOption option;
          while (lens_dns_option_next (octets, &edns.options, &option))
            g_assert_cmpuint (lens_range_end (option.whole), <=, end);
        }
      while (lens_dns_string_next (octets, &record.rdata, &string))
        g_assert_cmpuint (lens_range_end (string), <=, end);
    }
  g_assert_cmpuint (message.rest.offset, ==, end);
  g_assert_cmpuint (lens_range_end (message.rest), ==, length);
}

static void
any_octets_are_survived (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (53);

  for (guint run = 0; run < 40000; run++)
    {
      gsize length = sizeof answer - 1;
      g_autofree guint8 *octets = g_memdup2 (answer, length);
      guint flips = (guint)g_rand_int_range (rand, 1, 12);
      for (guint i = 0; i < flips; i++)
        octets[g_rand_int_range (rand, 0, (gint32)length)] ^= 1u << g_rand_int_range (rand, 0, 8);
      g_autofree guint8 *cut = g_memdup2 (octets, length - run % 40);
      walk (cut, length - run % 40);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/dns/" name, function)
  ADD ("a-message-falls-into-its-parts", a_message_falls_into_its_parts);
  ADD ("records-give-addresses-and-targets", records_give_addresses_and_targets);
  ADD ("edns-options-add-up-to-the-rdata", edns_options_add_up_to_the_rdata);
  ADD ("odd-octets-are-escaped", odd_octets_are_escaped);
  ADD ("hostile-names-end", hostile_names_end);
  ADD ("the-longest-name-fits-its-text", the_longest_name_fits_its_text);
  ADD ("a-cut-message-keeps-its-octets", a_cut_message_keeps_its_octets);
  ADD ("names-match-patterns", names_match_patterns);
  ADD ("text-strings-add-up", text_strings_add_up);
  ADD ("any-octets-are-survived", any_octets_are_survived);
  return g_test_run ();
}
