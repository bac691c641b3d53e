/* Real captures, where they are present: what tshark reads from a datagram, we read too. */
#include "wire/dhcp.h"
#include "wire/dns.h"

#include "captures.h"

#define MOST_FIELDS 8

/* Compares one datagram with the words tshark has for it: many values of a field have '|'
 * between them.  FALSE when there is nothing to compare. */
typedef gboolean (*Compare) (const guint8 *octets, gsize length, char **words);

static guint8 *
from_hex (const char *text, gsize *length)
{
  gsize digits = strlen (text);
  guint8 *octets = g_malloc (digits / 2 + 1);

  for (gsize i = 0; i + 1 < digits; i += 2)
    octets[i / 2]
        = (guint8)(g_ascii_xdigit_value (text[i]) << 4 | g_ascii_xdigit_value (text[i + 1]));
  *length = digits / 2;
  return octets;
}

static guint
compare_file (const char *tshark, const char *path, const char *filter, const char *const *fields,
              Compare compare)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  const char *const fixed[]
      = { tshark,   "-n", "-r",           path, "-Y",           filter, "-T",
          "fields", "-E", "aggregator=|", "-e", "frame.number", "-e",   "udp.payload" };
  g_autofree char *output = NULL;
  guint compared = 0;

  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    g_ptr_array_add (arguments, (gpointer)fixed[i]);
  for (guint i = 0; fields[i] != NULL; i++)
    {
      g_ptr_array_add (arguments, (gpointer) "-e");
      g_ptr_array_add (arguments, (gpointer)fields[i]);
    }
  g_ptr_array_add (arguments, NULL);
  g_assert_true (g_spawn_sync (NULL, (char **)arguments->pdata, NULL, G_SPAWN_STDERR_TO_DEV_NULL,
                               NULL, NULL, &output, NULL, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (output, "\n", -1);
  for (gsize i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], "\t", MOST_FIELDS);
      gsize length;
      if (strchr (words[1], '|') != NULL) /* a datagram in a datagram: which one is it? */
        continue;
      g_autofree guint8 *octets = from_hex (words[1], &length);
      if (compare (octets, length, words + 2))
        compared++;
    }
  return compared;
}

static void
compare_all (const char *filter, const char *const *fields, Compare compare)
{
  g_autofree char *tshark = g_find_program_in_path ("tshark");
  g_autoptr (GPtrArray) paths = captures_there ();
  guint compared = 0;

  if (paths->len == 0 || tshark == NULL)
    {
      g_test_skip ("no captures, or no tshark");
      return;
    }
  for (guint i = 0; i < paths->len; i++)
    compared += compare_file (tshark, g_ptr_array_index (paths, i), filter, fields, compare);
  g_test_message ("%u datagrams", compared);
  g_assert_cmpuint (compared, >, 0);
}

static void
append_value (GString *values, const char *value)
{
  if (values->len > 0)
    g_string_append_c (values, '|');
  g_string_append (values, value);
}

static gboolean
compare_dns (const guint8 *octets, gsize length, char **words)
{
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GString) addresses = g_string_new (NULL);
  LensDnsMessage message;
  LensDnsRecords records;
  LensDnsRecord record;

  g_assert_true (lens_dns_parse (octets, length, &message));
  g_assert_cmphex (message.id, ==, g_ascii_strtoull (words[0], NULL, 0));
  lens_dns_records_init (&records, octets, length, &message);
  while (lens_dns_records_next (&records, &record))
    {
      LensDnsName name;
      LensAddress address;
      char text[LENS_ADDRESS_TEXT];
      lens_dns_name_read (octets, length, record.name.offset, &name);
      if (record.section == LENS_DNS_QUESTION)
        append_value (names, strcmp (name.text, ".") == 0 ? "<Root>" : name.text);
      else if (record.type == LENS_DNS_TYPE_A
               && lens_dns_record_address (octets, &record, &address))
        append_value (addresses, lens_address_text (&address, text));
    }
  if (strchr (names->str, '\\') != NULL || (message.odd & (LENS_DNS_CUT | LENS_DNS_NAME_ODD)) != 0)
    return FALSE; /* tshark writes what is odd in its own way */
  g_assert_cmpstr (names->str, ==, words[1]);
  g_assert_cmpstr (addresses->str, ==, words[2]);
  return TRUE;
}

static void
dns_names_and_addresses_are_those_tshark_reads (void)
{
  static const char *const fields[] = { "dns.id", "dns.qry.name", "dns.a", NULL };

  compare_all ("udp and (dns or mdns or llmnr) and not icmp and not _ws.malformed and "
               "not ip.flags.mf == 1 and not ip.frag_offset > 0",
               fields, compare_dns);
}

static gboolean
compare_dhcp (const guint8 *octets, gsize length, char **words)
{
  g_autoptr (GString) servers_text = g_string_new (NULL);
  LensAddress servers[16];
  LensDhcp dhcp;
  char text[LENS_ADDRESS_TEXT];

  if (!lens_dhcp_parse (octets, length, &dhcp))
    {
      g_assert_cmpuint (length, <, LENS_DHCP_FIXED_LENGTH); /* captured in part */
      return FALSE;
    }
  g_assert_cmphex (dhcp.xid, ==, g_ascii_strtoull (words[0], NULL, 0));
  g_assert_cmpuint (dhcp.type, ==, g_ascii_strtoull (words[1], NULL, 10));
  g_autofree char *host = lens_dhcp_dup_text (octets, &dhcp, LENS_DHCP_OPTION_HOST_NAME);
  g_assert_cmpstr (host != NULL ? host : "", ==, words[2]);
  guint count = lens_dhcp_addresses (octets, &dhcp, LENS_DHCP_OPTION_DNS, servers, 16);
  for (guint i = 0; i < count; i++)
    append_value (servers_text, lens_address_text (&servers[i], text));
  g_assert_cmpstr (servers_text->str, ==, words[3]);
  g_assert_cmpstr (lens_address_text (&dhcp.yours, text), ==, words[4]);
  return TRUE;
}

static void
dhcp_options_are_those_tshark_reads (void)
{
  static const char *const fields[] = { "dhcp.id",
                                        "dhcp.option.dhcp",
                                        "dhcp.option.hostname",
                                        "dhcp.option.domain_name_server",
                                        "dhcp.ip.your",
                                        NULL };

  compare_all ("dhcp and not icmp and not _ws.malformed", fields, compare_dhcp);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/tshark/dns-names-and-addresses-are-those-tshark-reads",
                   dns_names_and_addresses_are_those_tshark_reads);
  g_test_add_func ("/wire/tshark/dhcp-options-are-those-tshark-reads",
                   dhcp_options_are_those_tshark_reads);
  return g_test_run ();
}
