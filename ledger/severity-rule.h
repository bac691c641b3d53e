#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* By which rule an analyzer weighs what it finds; part of its card. */
typedef enum
{
  LENS_SEVERITY_RULE_BY_RATE, /* lens_ledger_severity() */
  LENS_SEVERITY_RULE_FIXED,
  LENS_SEVERITY_RULE_FIELD, /* lens_ledger_field_severity() */
  LENS_SEVERITY_RULE_ATTACK,
  LENS_SEVERITY_RULE_MEDIA, /* lens_ledger_media_severity() */
  LENS_SEVERITY_RULE_COPY,
  LENS_SEVERITY_RULE_CREDENTIAL,
  LENS_SEVERITY_RULE_IDENTIFIER,
  LENS_SEVERITY_RULE_NEIGHBOUR,
  LENS_SEVERITY_RULE_FLOW,
  LENS_SEVERITY_RULE_LASTING,
  LENS_SEVERITY_RULE_PEER,
  LENS_SEVERITY_RULE_MAPPING,
  LENS_SEVERITY_RULE_RESOLVER,
  LENS_SEVERITY_RULE_NO_NAME,
  LENS_SEVERITY_RULE_ROOM_ONLY,
} LensSeverityRule;

/* The rule in words, static; it names every severity that a finding by it may have. */
const char *lens_severity_rule_sentence (LensSeverityRule rule);

G_END_DECLS
