/* A DNS message: its parts and records add up to it, names are bounded text. */
#include "tests/fuzz/fuzz.h"

#include "wire/dns.h"
#include "wire/domain.h"

#include <string.h>

static void
check_name (const guint8 *octets, gsize length, LensDnsName *name)
{
  fuzz_inside (octets, length, name->in_place);
  g_assert_cmpuint (strlen (name->text), <, LENS_DNS_NAME_TEXT);
  g_assert_cmpuint (name->length, <=, 255);
  g_assert_true (g_str_is_ascii (name->text));
  lens_dns_name_lower (name);
  const char *domain = lens_domain_of (name->text);
  if (domain != NULL)
    {
      g_assert_true (domain >= name->text && domain <= name->text + strlen (name->text));
      lens_domain_is_large (domain);
      g_assert_true (lens_dns_name_in (name->text, domain) || domain != name->text);
    }
  lens_domain_told (name->text, strlen (name->text));
  lens_dns_name_in (name->text, "*.example.net");
}

static void
check_record (const guint8 *octets, gsize length, const LensDnsRecord *record)
{
  LensDnsName name;
  LensAddress address;
  LensDnsEdns edns;
  LensDnsOption option;
  LensRange left = record->rdata, string;

  fuzz_inside (octets, length, record->name);
  fuzz_inside (octets, length, record->rdata);
  lens_dns_name_read (octets, length, record->name.offset, &name);
  check_name (octets, length, &name);
  lens_dns_record_address (octets, record, &address);
  if (lens_dns_record_target (octets, length, record, &name))
    check_name (octets, length, &name);
  while (lens_dns_string_next (octets, &left, &string))
    fuzz_inside (octets, length, string);
  if (lens_dns_record_edns (record, &edns))
    while (lens_dns_option_next (octets, &edns.options, &option))
      {
        fuzz_inside (octets, length, option.whole);
        fuzz_inside (octets, length, option.data);
      }
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensDnsMessage message;
  LensDnsRecords records;
  LensDnsRecord record;
  gsize at = 0;

  lens_dns_tcp_length (octets, length);
  if (!lens_dns_parse (octets, length, &message))
    return 0;
  fuzz_follows (octets, length, &at, message.header);
  for (guint i = 0; i < LENS_DNS_N_SECTIONS; i++)
    fuzz_follows (octets, length, &at, message.sections[i]);
  fuzz_follows (octets, length, &at, message.rest);
  g_assert_cmpuint (at, ==, length);
  lens_dns_records_init (&records, octets, length, &message);
  at = LENS_DNS_HEADER_LENGTH;
  while (lens_dns_records_next (&records, &record))
    {
      fuzz_follows (octets, length, &at, record.whole);
      check_record (octets, length, &record);
    }
  g_assert_cmpuint (at, ==, message.rest.offset);
  return 0;
}
