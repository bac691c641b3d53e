#include "ledger/caps.h"

#include "ledger/carrier.h"

#include <string.h>

G_DEFINE_QUARK (lens - caps - error - quark, lens_caps_error)

#define MIB (G_GUINT64_CONSTANT (1) << 20)

const LensCapKind lens_caps[LENS_N_CAPS] = {
  [LENS_CAP_FLOWS] = { "flows", 4000000, 1, 16000000, TRUE, "packet of flows beyond it was counted, but not looked into", "packets of flows beyond it were counted, but not looked into" },
  [LENS_CAP_REASSEMBLY_OCTETS]
  = { "reassembly-octets", 1024 * MIB, 65536, 4096 * MIB, TRUE,
      "octet of TCP was not waited for, or not compared with its repetition",
      "octets of TCP were not waited for, or not compared with their repetitions" },
  [LENS_CAP_FRAGMENTS]
  = { "fragments", 1024, 1, 65536, TRUE, "fragment did not wait for the others of its datagram",
      "fragments did not wait for the others of their datagrams" },
  [LENS_CAP_FRAGMENT_OCTETS]
  = { "fragment-octets", 64 * MIB, 65536, 1024 * MIB, TRUE,
      "fragment did not wait for the others of its datagram, for want of room",
      "fragments did not wait for the others of their datagrams, for want of room" },
  [LENS_CAP_CARRIERS] = { "carriers", LENS_CARRIERS_MAX, 1, LENS_CARRIERS_MAX, TRUE,
                          "look at a place beyond it was counted with another place", "looks at places beyond it were counted with other places" },
  [LENS_CAP_CLAIMS]
  = { "claims", 4000000, 4000000, 4000000, TRUE, "stretch of octets of a finding kept its class",
      "stretches of octets of findings kept their classes" },
  [LENS_CAP_MEMORY] = { "memory", 0, 0, 0, TRUE, "thing was not remembered by an analyzer",
                        "things were not remembered by analyzers" },
  [LENS_CAP_FINDINGS]
  = { "findings", 10000, 1, 100000, TRUE, "finding was left out", "findings were left out" },
  [LENS_CAP_FLOW_ROWS]
  = { "flow-rows", 10000, 1, 1000000, FALSE, "flow has no row", "flows have no rows" },
  [LENS_CAP_EVIDENCE_PACKETS] = { "evidence-packets", 10000, 2, 10000000, FALSE, NULL, NULL },
  [LENS_CAP_EVIDENCE_OCTETS] = { "evidence-octets", 64 * MIB, MIB, 65536 * MIB, FALSE, NULL, NULL },
};

void
lens_caps_init (LensCaps *caps)
{
  for (guint i = 0; i < LENS_N_CAPS; i++)
    caps->limit[i] = lens_caps[i].standard;
}

static gboolean
is_settable (const LensCapKind *kind)
{
  return kind->least < kind->most;
}

static const LensCapKind *
find (const char *name, gsize length)
{
  for (guint i = 0; i < LENS_N_CAPS; i++)
    if (strlen (lens_caps[i].name) == length && strncmp (lens_caps[i].name, name, length) == 0
        && is_settable (&lens_caps[i]))
      return &lens_caps[i];
  return NULL;
}

gboolean
lens_caps_set (LensCaps *caps, const char *text, GError **error)
{
  const char *equals = strchr (text, '=');
  const LensCapKind *kind = equals != NULL ? find (text, (gsize)(equals - text)) : NULL;
  guint64 value;

  if (kind == NULL)
    {
      g_autoptr (GString) names = g_string_new (NULL);
      for (guint i = 0; i < LENS_N_CAPS; i++)
        if (is_settable (&lens_caps[i]))
          g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", lens_caps[i].name);
      g_set_error (error, LENS_CAPS_ERROR, LENS_CAPS_ERROR_UNKNOWN,
                   "\"%s\" is no NAME=NUMBER of a cap; their names are %s", text, names->str);
      return FALSE;
    }
  if (!g_ascii_string_to_unsigned (equals + 1, 10, kind->least, kind->most, &value, NULL))
    {
      g_set_error (error, LENS_CAPS_ERROR, LENS_CAPS_ERROR_RANGE,
                   "\"%s\": must be a number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
                   text, kind->least, kind->most);
      return FALSE;
    }
  caps->limit[kind - lens_caps] = value;
  return TRUE;
}
