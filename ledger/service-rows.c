/* Declared services as rows: what the profile and the MUD file permit, and what the device said
 * by each permission.  Permitted is not the same as harmless: the octets are the room. */
#include "ledger/inside.h"

#include "ledger/mud.h"
#include "ledger/profile.h"
#include "ledger/text.h"

#include <netinet/in.h>

void
lens_ledger_never_seen (LensEvaluation *evaluation, const char *device, const char *sort,
                        const char *name)
{
  g_ptr_array_add (evaluation->never_seen,
                   g_strdup_printf ("%s: %s %s was declared and never seen", device, sort, name));
}

static char *
peers_text (const LensDeclaredService *service)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < service->to->len; i++)
    {
      const LensPeer *peer = g_ptr_array_index (service->to, i);
      g_autofree char *address = peer->name == NULL ? lens_address_dup_text (&peer->network.address)
                                                    : g_strdup (peer->name);
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", address);
      if (peer->name == NULL
          && peer->network.prefix < (peer->network.address.version == 4 ? 32 : 128))
        g_string_append_printf (text, "/%u", peer->network.prefix);
    }
  return g_string_free (text, FALSE);
}

static char *
protocol_text (gint protocol)
{
  LensSideKey key = { .src = { .version = 4 }, .protocol = (guint8)MAX (protocol, 0) };

  return protocol < 0 ? g_strdup ("any") : lens_side_key_proto (&key);
}

/* --- what was seen of them --- */

/* The device's own octets of @flow, and packets, by the permission of @row. */
static void
count_flow (LensServiceRow *row, const LensFlow *flow, gboolean device_is_source)
{
  guint from = device_is_source ? 0 : 1;

  row->seen = TRUE;
  row->packets += flow->packets[from];
  row->octets += flow->payload[from];
}

static gboolean
is_device (LensLedger *ledger, const LensSideKey *key, guint device, gboolean as_source)
{
  return (as_source ? lens_ledger_source_device (ledger, key)
                    : lens_ledger_destination_device (ledger, key))
         == (gint)device;
}

/* @rows: of the profile's services, then of the MUD file's rules, NULL for those without one. */
static void
count_flows (LensLedger *ledger, guint index, const GPtrArray *rows)
{
  const LensDevice *device = g_ptr_array_index (ledger->devices, index);
  guint services = device->profile != NULL ? device->profile->services->len : 0;
  guint rules = ledger->options.mud != NULL ? ledger->options.mud->rules->len : 0;

  for (guint32 f = 0; f < lens_flows_n (ledger->flows); f++)
    for (guint end = 0; end < 2; end++)
      {
        const LensFlow *flow = lens_flows_at (ledger->flows, f);
        gboolean as_source = end == 0;
        LensPermit permit;
        if (!is_device (ledger, &flow->key, index, as_source))
          continue;
        for (guint i = 0; i < services; i++)
          if (lens_ledger_service_matches (ledger, device, flow, as_source,
                                           g_ptr_array_index (device->profile->services, i)))
            count_flow (g_ptr_array_index (rows, i), flow, as_source);
        if (rules == 0 || !lens_ledger_permits_flow (ledger, device, flow, as_source, &permit))
          continue;
        for (guint i = 0; i < rules; i++)
          if (g_ptr_array_index (ledger->options.mud->rules, i) == permit.rule)
            count_flow (g_ptr_array_index (rows, services + i), flow, as_source);
      }
}

/* --- rows --- */

static LensServiceRow *
add_service (const LensDevice *device, const LensDeclaredService *service,
             LensEvaluation *evaluation)
{
  static const char *const directions[] = {
    [LENS_DIRECTION_OUT] = "out", [LENS_DIRECTION_IN] = "in", [LENS_DIRECTION_BOTH] = "both"
  };
  LensServiceRow *row = lens_evaluation_add_service (evaluation);

  row->device = g_strdup (device->name);
  row->name = g_strdup (service->name);
  row->proto = protocol_text (service->protocol);
  row->port = service->port;
  row->to = peers_text (service);
  row->direction = g_strdup (directions[service->direction]);
  row->origin = g_strdup ("profile");
  row->anybody = service->to->len == 0;
  return row;
}

/* The port that is asked for: the peer's of what the device opens, else its own. */
static gint
rule_port (const LensMudRule *rule)
{
  const LensPortRange *peer = &rule->peer_ports, *own = &rule->device_ports;

  return peer->first == peer->last ? peer->first : own->first == own->last ? own->first : -1;
}

static LensServiceRow *
add_rule (const LensDevice *device, const LensMudRule *rule, LensEvaluation *evaluation)
{
  LensServiceRow *row = lens_evaluation_add_service (evaluation);

  row->device = g_strdup (device->name);
  row->name = g_strdup_printf ("%s/%s", rule->acl, rule->name);
  row->proto = rule->ip_version != 0 ? protocol_text (rule->protocol)
               : rule->ethertype < 0 ? g_strdup ("any")
                                     : g_strdup_printf ("0x%04x", (guint)rule->ethertype);
  row->port = rule_port (rule);
  row->to = lens_mud_rule_peer_text (rule);
  row->direction = g_strdup (rule->initiator == LENS_MUD_BY_EITHER   ? "both"
                             : rule->initiator == LENS_MUD_BY_DEVICE ? "out"
                                                                     : "in");
  row->origin = g_strdup ("mud");
  row->anybody = lens_mud_rule_is_wildcard (rule);
  return row;
}

static void
fill_device (LensLedger *ledger, guint index, LensEvaluation *evaluation)
{
  const LensDevice *device = g_ptr_array_index (ledger->devices, index);
  const LensMud *mud = ledger->options.mud;
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  guint services = device->profile != NULL ? device->profile->services->len : 0;

  for (guint i = 0; i < services; i++)
    g_ptr_array_add (
        rows, add_service (device, g_ptr_array_index (device->profile->services, i), evaluation));
  for (guint i = 0; mud != NULL && i < mud->rules->len; i++)
    {
      const LensMudRule *rule = g_ptr_array_index (mud->rules, i);
      g_ptr_array_add (rows, rule->accept ? add_rule (device, rule, evaluation) : NULL);
    }
  if (rows->len == 0)
    return;
  count_flows (ledger, index, rows);
  for (guint i = 0; i < rows->len; i++)
    {
      const LensServiceRow *row = g_ptr_array_index (rows, i);
      /* Of a rule for what comes, the rule for what leaves tells. */
      gboolean tells = i < services
                       || (row != NULL
                           && ((const LensMudRule *)g_ptr_array_index (mud->rules, i - services))
                                  ->from_device);
      if (tells && !row->seen)
        lens_ledger_never_seen (evaluation, device->name, i < services ? "service" : "MUD entry",
                                row->name);
    }
}

static void
fill_unusable (const LensMud *mud, LensEvaluation *evaluation)
{
  for (guint i = 0; i < mud->problems->len; i++)
    {
      const LensMudProblem *problem = g_ptr_array_index (mud->problems, i);
      gboolean of_entry = *problem->name != '\0';
      g_ptr_array_add (evaluation->unusable,
                       g_strdup_printf ("MUD file, list %s%s%s: %s; it permits nothing",
                                        problem->acl, of_entry ? ", entry " : "", problem->name,
                                        problem->problem));
    }
}

void
lens_ledger_fill_services (LensLedger *ledger, LensEvaluation *evaluation)
{
  for (guint d = 0; d < ledger->devices->len; d++)
    fill_device (ledger, d, evaluation);
  if (ledger->options.mud != NULL)
    fill_unusable (ledger->options.mud, evaluation);
}
