#include "ledger/severity-rule.h"

/* The ledger adds two rules to each: what a peer says, not the device, is info; and so is what
 * honest devices do (lens_ledger_find(), lens_ledger_find_room()). */
static const char *const sentences[] = {
  [LENS_SEVERITY_RULE_BY_RATE]
  = "info while nothing but expected values is there; low where the content stays the same "
    "throughout the run; otherwise medium up to 100 bit/s and high above.",
  [LENS_SEVERITY_RULE_FIXED]
  = "info while nothing but expected values is there; medium as soon as it is used, since no "
    "honest device does so; high above 100 bit/s.",
  [LENS_SEVERITY_RULE_FIELD]
  = "Where the flow is permitted, or a profile or MUD file declares what the device may do: low "
    "where the content stays the same, else medium up to 100 bit/s and high above; info where "
    "only the flow itself is told and it is permitted. Where nobody declared anything: low.",
  [LENS_SEVERITY_RULE_ATTACK] = "critical: it is an attack on the viewer that looks at the stream.",
  [LENS_SEVERITY_RULE_MEDIA]
  = "high: pictures or sound outside the declared media. low where nobody declared anything and "
    "the device, as a server, shows them to whoever asks; info inside a permitted flow.",
  [LENS_SEVERITY_RULE_COPY]
  = "critical where declared media leaves in a flow that nobody declared; else info.",
  [LENS_SEVERITY_RULE_CREDENTIAL]
  = "high for a secret in clear in a flow that nobody permitted, or that leaves the link; low for "
    "cookies, tokens and digests, and on the link; info inside a permitted flow.",
  [LENS_SEVERITY_RULE_IDENTIFIER]
  = "high where it leaves the link in clear; info on the link, where every neighbour knows it.",
  [LENS_SEVERITY_RULE_NEIGHBOUR] = "medium where it leaves the link; info on the link.",
  [LENS_SEVERITY_RULE_FLOW]
  = "Where a profile or MUD file declares what the device may do: low where the payload stays the "
    "same, medium up to 100 bit/s, high above. Where nobody declared anything: low. critical where "
    "declared media goes with it; info for answers to somebody's echo requests.",
  [LENS_SEVERITY_RULE_LASTING]
  = "medium where a profile or MUD file declares what the device may do; low where none does.",
  [LENS_SEVERITY_RULE_PEER]
  = "info inside a permitted flow. Where a profile or MUD file declares what the device may do: "
    "low where the payload stays the same, medium up to 100 bit/s, high above. Where nobody "
    "declared anything: medium at least for a maker's own way past the router and for pushed "
    "media, as soon as they carry data; low for the rest.",
  [LENS_SEVERITY_RULE_MAPPING]
  = "Where a profile or MUD file declares what the device may do: medium, above 100 bit/s high. "
    "Where nobody declared anything: low. info inside a permitted flow.",
  [LENS_SEVERITY_RULE_RESOLVER]
  = "medium, above 100 bit/s high, for a public resolver that the device did not name before; low "
    "for one that it named; info inside a permitted flow.",
  [LENS_SEVERITY_RULE_NO_NAME]
  = "medium, above 100 bit/s high, where a profile or MUD file declares what the device may do and "
    "the connection leaves the link; low where nobody declared anything; info on the link and "
    "inside a permitted flow.",
  [LENS_SEVERITY_RULE_ROOM_ONLY] = "info: it is told, and what is inside is judged by itself.",
};

const char *
lens_severity_rule_sentence (LensSeverityRule rule)
{
  return sentences[rule];
}
