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

/* What one device's permissions became rows as: of a LensDeclaredService or a LensMudRule. */
typedef struct
{
  const LensDevice *device;
  GHashTable *rows; /* LensDeclaredService or LensMudRule -> LensServiceRow; NULL: none */
} Permissions;

static void
count_for (LensLedger *ledger, const Permissions *permissions, const LensFlow *flow,
           gboolean as_source)
{
  const LensProfile *profile = permissions->device->profile;
  LensPermit permit;

  for (guint i = 0; profile != NULL && i < profile->services->len; i++)
    {
      const LensDeclaredService *service = g_ptr_array_index (profile->services, i);
      if (lens_ledger_service_matches (ledger, permissions->device, flow, as_source, service))
        count_flow (g_hash_table_lookup (permissions->rows, service), flow, as_source);
    }
  if (ledger->options.mud != NULL
      && lens_ledger_permits_flow (ledger, permissions->device, flow, as_source, &permit)
      && permit.rule != NULL)
    count_flow (g_hash_table_lookup (permissions->rows, permit.rule), flow, as_source);
}

/* @all: of each device. */
static void
count_flows (LensLedger *ledger, const Permissions *all)
{
  for (guint32 f = 0; f < lens_flows_n (ledger->flows); f++)
    for (guint end = 0; end < 2; end++)
      {
        const LensFlow *flow = lens_flows_at (ledger->flows, f);
        gint device = end == 0 ? lens_ledger_flow_source (ledger, flow)
                               : lens_ledger_flow_destination (ledger, flow);
        if (device >= 0 && all[device].rows != NULL)
          count_for (ledger, &all[device], flow, end == 0);
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

static Permissions
add_rows (LensLedger *ledger, const LensDevice *device, LensEvaluation *evaluation)
{
  const LensMud *mud = ledger->options.mud;
  Permissions permissions = { device, NULL };
  guint services = device->profile != NULL ? device->profile->services->len : 0;

  if (services > 0 || mud != NULL)
    permissions.rows = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < services; i++)
    {
      LensDeclaredService *service = g_ptr_array_index (device->profile->services, i);
      g_hash_table_insert (permissions.rows, service, add_service (device, service, evaluation));
    }
  for (guint i = 0; mud != NULL && i < mud->rules->len; i++)
    {
      LensMudRule *rule = g_ptr_array_index (mud->rules, i);
      if (rule->accept)
        g_hash_table_insert (permissions.rows, rule, add_rule (device, rule, evaluation));
    }
  return permissions;
}

static void
tell_unseen (const LensServiceRow *row, const char *sort, LensEvaluation *evaluation)
{
  if (!row->seen)
    lens_ledger_never_seen (evaluation, row->device, sort, row->name);
}

static void
tell_never_seen (LensLedger *ledger, const Permissions *permissions, LensEvaluation *evaluation)
{
  const LensProfile *profile = permissions->device->profile;
  const LensMud *mud = ledger->options.mud;

  for (guint i = 0; profile != NULL && i < profile->services->len; i++)
    tell_unseen (g_hash_table_lookup (permissions->rows, g_ptr_array_index (profile->services, i)),
                 "service", evaluation);
  for (guint i = 0; mud != NULL && i < mud->rules->len; i++)
    {
      const LensMudRule *rule = g_ptr_array_index (mud->rules, i);
      /* Of a rule for what comes, the rule for what leaves tells. */
      if (rule->accept && rule->from_device)
        tell_unseen (g_hash_table_lookup (permissions->rows, rule), "MUD entry", evaluation);
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
  g_autofree Permissions *all = g_new0 (Permissions, ledger->devices->len + 1);

  for (guint d = 0; d < ledger->devices->len; d++)
    all[d] = add_rows (ledger, g_ptr_array_index (ledger->devices, d), evaluation);
  count_flows (ledger, all);
  for (guint d = 0; d < ledger->devices->len; d++)
    {
      tell_never_seen (ledger, &all[d], evaluation);
      g_clear_pointer (&all[d].rows, g_hash_table_unref);
    }
  if (ledger->options.mud != NULL)
    fill_unusable (ledger->options.mud, evaluation);
}
