#include "ledger/mud.h"

#include "ledger/text.h"
#include "wire/json-shape.h"

#include <json-glib/json-glib.h>
#include <netinet/in.h>
#include <string.h>

enum
{
  MAX_DEPTH = 32,
  MAX_VALUES = 200 * 1000,
  MAX_RULES = 4096,
  MAX_NAME = 255, /* octets of a host name */
};

G_DEFINE_QUARK (lens - mud - error - quark, lens_mud_error)

/* Where the entry stands that is being read. */
typedef struct
{
  LensMud *mud;
  const char *acl, *ace;
  gboolean from_device;
  LensMudRule *rule;
  char *problem; /* the first; the entry then permits nothing */
} Reader;

static void
rule_free (gpointer data)
{
  LensMudRule *rule = data;

  g_free (rule->acl);
  g_free (rule->name);
  g_free (rule->peer_name);
  g_free (rule);
}

static void
problem_free (gpointer data)
{
  LensMudProblem *problem = data;

  g_free (problem->acl);
  g_free (problem->name);
  g_free (problem->problem);
  g_free (problem);
}

void
lens_mud_free (LensMud *mud)
{
  if (mud == NULL)
    return;
  g_free (mud->url);
  g_free (mud->systeminfo);
  g_ptr_array_unref (mud->rules);
  g_ptr_array_unref (mud->problems);
  g_free (mud);
}

G_GNUC_PRINTF (2, 3)
static void
object_to (Reader *reader, const char *format, ...)
{
  va_list arguments;

  if (reader->problem != NULL)
    return;
  va_start (arguments, format);
  reader->problem = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

static void
note_problem (Reader *reader, char *problem)
{
  LensMudProblem *row;

  if (reader->mud->problems->len >= MAX_RULES)
    {
      g_free (problem);
      return;
    }
  row = g_new0 (LensMudProblem, 1);
  row->acl = g_strdup (reader->acl != NULL ? reader->acl : "");
  row->name = g_strdup (reader->ace != NULL ? reader->ace : "");
  row->problem = problem;
  g_ptr_array_add (reader->mud->problems, row);
}

/* --- JSON, with names that may carry a module's prefix (RFC 7951 section 4) --- */

static const char *
local_name (const char *name)
{
  const char *colon = strchr (name, ':');

  return colon != NULL ? colon + 1 : name;
}

static JsonNode *
member (JsonObject *object, const char *name)
{
  JsonObjectIter iter;
  const char *found;
  JsonNode *node;

  if (object == NULL)
    return NULL;
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &found, &node))
    if (g_str_equal (local_name (found), name))
      return node;
  return NULL;
}

static JsonObject *
object_of (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static JsonArray *
array_of (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static const char *
text_of (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
                 && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* A number from 0 to @most, -1 for anything else. */
static gint64
number_of (JsonNode *node, gint64 most)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_INT64)
    return -1;
  gint64 value = json_node_get_int (node);
  return value >= 0 && value <= most ? value : -1;
}

/* --- whom an entry is about --- */

static gboolean
set_peer (Reader *reader, LensMudPeer peer)
{
  if (reader->rule->peer != LENS_MUD_ANYBODY)
    object_to (reader, "it names its peer twice");
  reader->rule->peer = peer;
  return reader->problem == NULL;
}

/* "source" of what leaves the device is the device itself. */
static gboolean
is_peer_end (const Reader *reader, const char *name)
{
  return g_str_has_prefix (name, reader->from_device ? "destination" : "source")
         || g_str_has_prefix (name, reader->from_device ? "dst" : "src");
}

static void
read_name (Reader *reader, const char *key, const char *text)
{
  g_autofree char *lower = text != NULL ? g_ascii_strdown (text, -1) : NULL;

  if (lower == NULL || *lower == '\0' || strlen (lower) > MAX_NAME)
    object_to (reader, "%s is no host name", key);
  else if (!is_peer_end (reader, key))
    object_to (reader, "%s names the device itself", key);
  else if (strchr (lower, '*') != NULL
           && (!g_str_has_prefix (lower, "*.") || strchr (lower + 1, '*') != NULL))
    object_to (reader, "%s has a * that does not stand for the first labels", key);
  else if (set_peer (reader, LENS_MUD_NAME))
    {
      gsize length = strlen (lower);
      if (length > 1 && lower[length - 1] == '.')
        lower[length - 1] = '\0';
      reader->rule->peer_name = g_steal_pointer (&lower);
    }
}

static void
read_network (Reader *reader, const char *key, const char *text)
{
  LensNetwork network;

  if (text == NULL || !lens_network_parse (text, &network)
      || network.address.version != reader->rule->ip_version)
    object_to (reader, "%s is no IPv%u network", key, reader->rule->ip_version);
  else if (!is_peer_end (reader, key))
    object_to (reader, "%s limits the device's own address, which is not known here", key);
  else if (set_peer (reader, LENS_MUD_NETWORK))
    reader->rule->network = network;
}

static void
read_controller (Reader *reader, const char *text)
{
  static const struct
  {
    const char *urn;
    LensMudPeer peer;
  } known[] = { { "urn:ietf:params:mud:dns", LENS_MUD_DNS_SERVER },
                { "urn:ietf:params:mud:ntp", LENS_MUD_NTP_SERVER },
                { "urn:ietf:params:mud:gateway", LENS_MUD_GATEWAY } };

  for (gsize i = 0; text != NULL && i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (text, known[i].urn))
      {
        set_peer (reader, known[i].peer);
        return;
      }
  object_to (reader, "who its controller is only the operator knows: declare it in a profile");
}

/* RFC 8520 section 3.  Who else made a peer, a capture does not say. */
static void
read_mud_match (Reader *reader, JsonObject *object)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &key, &node))
    {
      const char *name = local_name (key);
      if (g_str_equal (name, "local-networks"))
        set_peer (reader, LENS_MUD_LOCAL);
      else if (g_str_equal (name, "controller"))
        read_controller (reader, text_of (node));
      else
        {
          g_autofree char *shown = lens_text_quoted (name);
          object_to (reader, "what %s means only the operator knows: declare it in a profile",
                     shown);
        }
    }
}

/* --- what for --- */

static void
object_to_key (Reader *reader, const char *key)
{
  g_autofree char *shown = lens_text_quoted (local_name (key));

  object_to (reader, "a match on %s cannot be followed", shown);
}

/* RFC 8519 section 4.2: an operator with one port, or two bounds. */
static void
read_ports (Reader *reader, const char *key, JsonObject *object)
{
  gboolean at_device = !is_peer_end (reader, key);
  LensPortRange *range = at_device ? &reader->rule->device_ports : &reader->rule->peer_ports;
  const char *operator= text_of (member (object, "operator"));
  gint64 port = number_of (member (object, "port"), G_MAXUINT16);
  gint64 lower = number_of (member (object, "lower-port"), G_MAXUINT16);
  gint64 upper = number_of (member (object, "upper-port"), G_MAXUINT16);
  gboolean bounds = member (object, "lower-port") != NULL || member (object, "upper-port") != NULL;

  if (bounds && operator!= NULL && !g_str_equal (operator, "range"))
    object_to (reader, "%s has an operator and two bounds", key);
  else if (bounds && lower >= 0 && upper >= lower)
    *range = (LensPortRange){ (guint16)lower, (guint16)upper };
  else if (!bounds && port >= 0 && g_strcmp0 (operator, "lte") == 0)
    *range = (LensPortRange){ 0, (guint16)port };
  else if (!bounds && port >= 0 && g_strcmp0 (operator, "gte") == 0)
    *range = (LensPortRange){ (guint16)port, G_MAXUINT16 };
  else if (!bounds && port >= 0 && (operator== NULL || g_str_equal (operator, "eq")))
    *range = (LensPortRange){ (guint16)port, (guint16)port };
  else
    object_to (reader, "%s states no range of ports", key);
}

static void
read_transport (Reader *reader, JsonObject *object, guint8 protocol)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  if (reader->rule->protocol >= 0 && reader->rule->protocol != protocol)
    object_to (reader, "its protocols contradict each other");
  reader->rule->protocol = protocol;
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &key, &node))
    {
      const char *name = local_name (key);
      if ((g_str_equal (name, "source-port") || g_str_equal (name, "destination-port"))
          && object_of (node) != NULL)
        read_ports (reader, name, object_of (node));
      else if (g_str_equal (name, "direction-initiated")
               && g_strcmp0 (text_of (node), "from-device") == 0)
        reader->rule->initiator = LENS_MUD_BY_DEVICE;
      else if (g_str_equal (name, "direction-initiated")
               && g_strcmp0 (text_of (node), "to-device") == 0)
        reader->rule->initiator = LENS_MUD_BY_PEER;
      else
        object_to_key (reader, key);
    }
}

static void
read_network_match (Reader *reader, JsonObject *object, guint8 version)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  reader->rule->ip_version = version;
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &key, &node))
    {
      const char *name = local_name (key);
      if (g_str_equal (name, "src-dnsname") || g_str_equal (name, "dst-dnsname"))
        read_name (reader, name, text_of (node));
      else if (g_str_has_suffix (name, "-network"))
        read_network (reader, name, text_of (node));
      else if (g_str_equal (name, "protocol") && number_of (node, G_MAXUINT8) >= 0)
        {
          gint protocol = (gint)number_of (node, G_MAXUINT8);
          if (reader->rule->protocol >= 0 && reader->rule->protocol != protocol)
            object_to (reader, "its protocols contradict each other");
          reader->rule->protocol = protocol;
        }
      else
        object_to_key (reader, key);
    }
}

static void
read_link_match (Reader *reader, JsonObject *object)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  reader->rule->ip_version = 0;
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &key, &node))
    {
      const char *name = local_name (key), *text = text_of (node);
      if (g_str_equal (name, "ethertype"))
        {
          gint64 number = text != NULL ? (gint64)g_ascii_strtoull (text, NULL, 0)
                                       : number_of (node, G_MAXUINT16);
          if (number <= 0 || number > G_MAXUINT16)
            object_to (reader, "its ethertype is none");
          reader->rule->ethertype = (gint)number;
        }
      else if (g_str_has_suffix (name, "-mac-address") && is_peer_end (reader, name) && text != NULL
               && lens_mac_parse (text, reader->rule->mac))
        set_peer (reader, LENS_MUD_MAC);
      else
        object_to_key (reader, key);
    }
}

static void
read_matches (Reader *reader, JsonObject *matches)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  json_object_iter_init (&iter, matches);
  while (json_object_iter_next (&iter, &key, &node))
    {
      const char *name = local_name (key);
      JsonObject *object = object_of (node);
      if (object == NULL)
        object_to_key (reader, key);
      else if (g_str_equal (name, "ipv4") || g_str_equal (name, "ipv6"))
        read_network_match (reader, object, name[3] == '4' ? 4 : 6);
      else if (g_str_equal (name, "tcp"))
        read_transport (reader, object, IPPROTO_TCP);
      else if (g_str_equal (name, "udp"))
        read_transport (reader, object, IPPROTO_UDP);
      else if (g_str_equal (name, "icmp"))
        reader->rule->protocol
            = reader->rule->ip_version == 6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP; /* any type of it */
      else if (g_str_equal (name, "eth"))
        read_link_match (reader, object);
      else if (g_str_equal (name, "mud"))
        read_mud_match (reader, object);
      else
        object_to_key (reader, key);
    }
}

/* --- entries, lists, policies --- */

static void
read_action (Reader *reader, JsonObject *ace)
{
  const char *forwarding = text_of (member (object_of (member (ace, "actions")), "forwarding"));

  forwarding = forwarding != NULL ? local_name (forwarding) : "";
  if (g_str_equal (forwarding, "accept"))
    reader->rule->accept = TRUE;
  else if (!g_str_equal (forwarding, "drop") && !g_str_equal (forwarding, "reject"))
    object_to (reader, "it says neither accept nor drop nor reject");
}

static void
read_ace (Reader *reader, JsonObject *ace, guint8 ip_version)
{
  JsonObject *matches = object_of (member (ace, "matches"));
  LensMudRule *rule = g_new0 (LensMudRule, 1);
  const LensPortRange any = { 0, G_MAXUINT16 };

  reader->ace = text_of (member (ace, "name"));
  reader->rule = rule;
  rule->acl = g_strdup (reader->acl);
  rule->name = g_strdup (reader->ace != NULL ? reader->ace : "");
  rule->from_device = reader->from_device;
  rule->ip_version = ip_version;
  rule->ethertype = rule->protocol = -1;
  rule->device_ports = rule->peer_ports = any;
  if (matches == NULL)
    object_to (reader, "it matches nothing");
  else
    read_matches (reader, matches);
  read_action (reader, ace);
  if (reader->problem == NULL)
    g_ptr_array_add (reader->mud->rules, rule);
  else
    {
      note_problem (reader, g_steal_pointer (&reader->problem));
      rule_free (rule);
    }
  reader->ace = NULL;
  reader->rule = NULL;
}

static guint8
version_of_type (const char *type)
{
  type = type != NULL ? local_name (type) : "";
  return g_str_has_prefix (type, "ethernet") ? 0 : g_str_has_prefix (type, "ipv6") ? 6 : 4;
}

static void
read_acl (Reader *reader, JsonObject *acl)
{
  JsonArray *aces = array_of (member (object_of (member (acl, "aces")), "ace"));
  guint8 version = version_of_type (text_of (member (acl, "type")));

  if (aces == NULL)
    note_problem (reader, g_strdup ("it has no entries"));
  for (guint i = 0; aces != NULL && i < json_array_get_length (aces); i++)
    {
      JsonObject *ace = object_of (json_array_get_element (aces, i));
      if (reader->mud->rules->len >= MAX_RULES)
        {
          note_problem (reader, g_strdup_printf ("more than %u entries: the rest permits nothing",
                                                 MAX_RULES));
          return;
        }
      if (ace != NULL)
        read_ace (reader, ace, version);
      else
        note_problem (reader, g_strdup ("an entry is no object"));
    }
}

/* The list of that name; the container has its RFC's or its draft's name. */
static JsonObject *
find_acl (JsonObject *root, const char *name)
{
  static const char *const containers[] = { "acls", "access-lists" };

  for (gsize c = 0; c < G_N_ELEMENTS (containers); c++)
    {
      JsonArray *lists = array_of (member (object_of (member (root, containers[c])), "acl"));
      for (guint i = 0; lists != NULL && i < json_array_get_length (lists); i++)
        {
          JsonObject *acl = object_of (json_array_get_element (lists, i));
          if (g_strcmp0 (text_of (member (acl, "name")), name) == 0)
            return acl;
        }
    }
  return NULL;
}

/* How many lists the policy named. */
static guint
read_policy (Reader *reader, JsonObject *root, JsonObject *policy)
{
  JsonArray *lists = array_of (member (object_of (member (policy, "access-lists")), "access-list"));
  guint count = 0;

  for (guint i = 0; lists != NULL && i < json_array_get_length (lists); i++)
    {
      JsonNode *node = json_array_get_element (lists, i);
      const char *name = text_of (node);
      if (name == NULL)
        name = text_of (member (object_of (node), "name"));
      if (name == NULL)
        continue;
      reader->acl = name;
      count++;
      JsonObject *acl = find_acl (root, name);
      if (acl != NULL)
        read_acl (reader, acl);
      else
        note_problem (reader, g_strdup ("a policy names it, and it is not there"));
      reader->acl = NULL;
    }
  return count;
}

static LensMud *
read_root (JsonObject *root, GError **error)
{
  JsonObject *container = object_of (member (root, "mud"));
  g_autoptr (LensMud) mud = g_new0 (LensMud, 1);
  Reader reader = { .mud = mud, .from_device = TRUE };
  guint lists = 0;

  mud->rules = g_ptr_array_new_with_free_func (rule_free);
  mud->problems = g_ptr_array_new_with_free_func (problem_free);
  if (container == NULL)
    {
      g_set_error_literal (error, LENS_MUD_ERROR, LENS_MUD_ERROR_MALFORMED,
                           "it has no \"ietf-mud:mud\" (RFC 8520 section 2)");
      return NULL;
    }
  mud->url = g_strdup (text_of (member (container, "mud-url")));
  mud->systeminfo = g_strdup (text_of (member (container, "systeminfo")));
  lists += read_policy (&reader, root, object_of (member (container, "from-device-policy")));
  reader.from_device = FALSE;
  lists += read_policy (&reader, root, object_of (member (container, "to-device-policy")));
  if (lists == 0)
    {
      g_set_error_literal (error, LENS_MUD_ERROR, LENS_MUD_ERROR_MALFORMED,
                           "none of its policies names an access list (RFC 8520 section 2)");
      return NULL;
    }
  return g_steal_pointer (&mud);
}

LensMud *
lens_mud_parse (const guint8 *octets, gsize length, GError **error)
{
  const char *wrong = "it is above 4 MiB";
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) cause = NULL;

  if (length > LENS_MUD_MAX_OCTETS
      || lens_json_shape (octets, length, MAX_DEPTH, MAX_VALUES, &wrong) != LENS_JSON_SHAPE_FINE)
    {
      g_set_error_literal (error, LENS_MUD_ERROR, LENS_MUD_ERROR_MALFORMED, wrong);
      return NULL;
    }
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, (const char *)octets, (gssize)length, &cause))
    {
      g_autofree char *shown = lens_text_quoted (cause->message);
      g_set_error (error, LENS_MUD_ERROR, LENS_MUD_ERROR_MALFORMED, "it is no JSON: %s", shown);
      return NULL;
    }
  JsonObject *root = object_of (json_parser_get_root (parser));
  if (root == NULL)
    {
      g_set_error_literal (error, LENS_MUD_ERROR, LENS_MUD_ERROR_MALFORMED, "it is no JSON object");
      return NULL;
    }
  return read_root (root, error);
}

/* --- rules --- */

gboolean
lens_mud_rule_is_wildcard (const LensMudRule *rule)
{
  return rule->accept && rule->ip_version != 0
         && (rule->peer == LENS_MUD_ANYBODY
             || (rule->peer == LENS_MUD_NETWORK && rule->network.prefix == 0));
}

char *
lens_mud_rule_peer_text (const LensMudRule *rule)
{
  switch (rule->peer)
    {
    case LENS_MUD_NETWORK:
      {
        g_autofree char *address = lens_address_dup_text (&rule->network.address);
        gboolean one = rule->network.prefix == (rule->network.address.version == 4 ? 32 : 128);
        return one ? g_steal_pointer (&address)
                   : g_strdup_printf ("%s/%u", address, rule->network.prefix);
      }
    case LENS_MUD_NAME:
      return g_strdup (rule->peer_name);
    case LENS_MUD_LOCAL:
      return g_strdup ("the local network");
    case LENS_MUD_DNS_SERVER:
      return g_strdup ("the DNS servers that DHCP names");
    case LENS_MUD_NTP_SERVER:
      return g_strdup ("the NTP servers that DHCP names");
    case LENS_MUD_GATEWAY:
      return g_strdup ("the router that DHCP names");
    case LENS_MUD_MAC:
      return lens_mac_dup_text (rule->mac);
    default:
      return g_strdup ("");
    }
}
