/* A MUD file: rules and problems, or an error. */
#include "tests/fuzz/fuzz.h"

#include "ledger/mud.h"

FUZZ_READS_JSON

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensMud) mud = lens_mud_parse (octets, length, &error);

  g_assert_true ((mud == NULL) == (error != NULL));
  for (guint i = 0; mud != NULL && i < mud->rules->len; i++)
    {
      const LensMudRule *rule = g_ptr_array_index (mud->rules, i);
      g_autofree char *peer = lens_mud_rule_peer_text (rule);
      g_assert_nonnull (peer);
      lens_mud_rule_is_wildcard (rule);
      g_assert_cmpuint (rule->device_ports.first, <=, rule->device_ports.last);
      g_assert_cmpuint (rule->peer_ports.first, <=, rule->peer_ports.last);
    }
  for (guint i = 0; mud != NULL && i < mud->problems->len; i++)
    g_assert_nonnull (((const LensMudProblem *)g_ptr_array_index (mud->problems, i))->problem);
  return 0;
}
