/* What the link itself carries: ARP, EAPOL, LLDP, CDP. */
#include "tests/fuzz/fuzz.h"

#include "wire/arp.h"
#include "wire/cdp.h"
#include "wire/eapol.h"
#include "wire/lldp.h"

static void
check_arp (const guint8 *octets, gsize length)
{
  LensArp arp;
  gsize at = 0;

  if (!lens_arp_parse (octets, length, &arp))
    return;
  fuzz_follows (octets, length, &at, arp.header);
  fuzz_follows (octets, length, &at, arp.sender_hardware);
  fuzz_follows (octets, length, &at, arp.sender_protocol);
  fuzz_follows (octets, length, &at, arp.target_hardware);
  fuzz_follows (octets, length, &at, arp.target_protocol);
  fuzz_follows (octets, length, &at, arp.rest);
  g_assert_cmpuint (at, ==, length);
}

static void
check_eapol (const guint8 *octets, gsize length)
{
  LensEapol eapol;
  gsize at = 4;

  if (!lens_eapol_parse (octets, length, &eapol))
    return;
  fuzz_follows (octets, length, &at, eapol.body);
  fuzz_follows (octets, length, &at, eapol.rest);
  g_assert_cmpuint (at, ==, length);
  fuzz_inside (octets, length, eapol.eap_data);
  fuzz_inside (octets, length, eapol.surplus);
  fuzz_inside (octets, length, eapol.reserved);
  fuzz_inside (octets, length, eapol.actor);
  fuzz_inside (octets, length, eapol.number);
  fuzz_inside (octets, length, eapol.group);
}

static void
check_lists (const guint8 *octets, gsize length)
{
  LensLldp lldp = lens_lldp_over (octets, length);
  LensCdp cdp = lens_cdp_over (octets, length);
  LensLldpTlv tlv;
  LensCdpTlv other;
  gsize at = 0;

  while (lens_lldp_next (&lldp, &tlv))
    {
      fuzz_follows (octets, length, &at, tlv.whole);
      fuzz_inside (octets, length, tlv.value);
    }
  g_assert_cmpuint (lldp.position, ==, at);
  while (lens_cdp_next (&cdp, &other))
    {
      g_assert_cmpuint (other.whole.length, >, 0);
      fuzz_inside (octets, length, other.whole);
      fuzz_inside (octets, length, other.value);
      lens_cdp_type_name (other.type);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  check_arp (octets, length);
  check_eapol (octets, length);
  check_lists (octets, length);
  return 0;
}
