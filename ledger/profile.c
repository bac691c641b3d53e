#include "ledger/profile.h"

#include "ledger/key-file.h"
#include "ledger/profile-grammar.h"
#include "ledger/text.h"
#include "wire/dns.h"

#include <string.h>

G_DEFINE_QUARK (lens_profile_error, lens_profile_error)

G_GNUC_PRINTF (2, 3)
static gboolean
fail (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, LENS_PROFILE_ERROR, LENS_PROFILE_ERROR_MALFORMED, message);
  return FALSE;
}

static const LensProfileKey *
find_key (const LensProfileGroup *group, const char *name)
{
  for (const LensProfileKey *key = group->keys; key->name != NULL; key++)
    if (g_str_equal (key->name, name))
      return key;
  return NULL;
}

static gboolean
refuse_unknown_key (const LensProfileGroup *group, const char *title, const char *name,
                    GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (const LensProfileKey *key = group->keys; key->name != NULL; key++)
    g_string_append_printf (known, "%s%s", known->len > 0 ? ", " : "", key->name);
  return fail (error, "[%s] %s: no such key; allowed: %s", title, name, known->str);
}

static gboolean
read_key (GKeyFile *file, const char *title, const LensProfileKey *key, LensProfileValue *value,
          GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *text = g_key_file_get_string (file, title, key->name, &cause);

  if (cause != NULL)
    return fail (error, "[%s] %s: a backslash that escapes nothing; allowed: \\s \\n \\t \\r \\\\",
                 title, key->name);
  value->text = g_strstrip (text);
  value->problem = NULL;
  if (key->take (value, key->offset))
    return TRUE;
  g_autofree char *shown
      = (key->flags & LENS_PROFILE_KEY_SECRET) ? g_strdup ("this value") : lens_text_quoted (text);
  return fail (error, "[%s] %s: %s %s; allowed: %s", title, key->name, shown,
               value->problem != NULL ? value->problem : "is not allowed", key->allowed);
}

static gboolean
read_group (GKeyFile *file, const char *title, const LensProfileGroup *group, const char *name,
            LensProfile *profile, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, title, NULL, NULL);
  LensProfileValue value = { .profile = profile };

  value.target = group->begin != NULL ? group->begin (profile, name) : profile;
  for (guint i = 0; keys[i] != NULL; i++)
    {
      const LensProfileKey *key = find_key (group, keys[i]);
      if (key == NULL)
        return refuse_unknown_key (group, title, keys[i], error);
      if (!read_key (file, title, key, &value, error))
        return FALSE;
    }
  for (const LensProfileKey *key = group->keys; key->name != NULL; key++)
    if ((key->flags & LENS_PROFILE_KEY_REQUIRED)
        && !g_strv_contains ((const char *const *)keys, key->name))
      return fail (error, "[%s] %s: missing; allowed: %s", title, key->name, key->allowed);
  const char *problem = group->end != NULL ? group->end (profile, value.target) : NULL;
  return problem == NULL || fail (error, "[%s] %s", title, problem);
}

static void
refuse_unknown_group (const char *title, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (const LensProfileGroup *group = lens_profile_groups; group->name != NULL; group++)
    g_string_append_printf (known, "%s[%s%s]", known->len > 0 ? ", " : "", group->name,
                            group->named ? " NAME" : "");
  fail (error, "[%s]: no such group; allowed: %s", title, known->str);
}

/* The group of a title, and the NAME in it ("" when the group takes none). */
static const LensProfileGroup *
find_group (const char *title, char **name, GError **error)
{
  const LensProfileGroup *group = lens_profile_groups;
  gsize word = strcspn (title, " \t");

  *name = g_strstrip (g_strdup (title + word));
  while (group->name != NULL
         && (strlen (group->name) != word || strncmp (group->name, title, word) != 0))
    group++;
  if (group->name == NULL)
    refuse_unknown_group (title, error);
  else if (group->named && **name == '\0')
    fail (error, "[%s]: has no name; allowed: [%s NAME]", title, group->name);
  else if (!group->named && **name != '\0')
    fail (error, "[%s]: takes no name; allowed: [%s]", title, group->name);
  else if (g_utf8_strlen (*name, -1) > 64)
    fail (error, "[%s]: the name is too long; allowed: 64 characters", title);
  else
    return group;
  return NULL;
}

/* "[stream  main]" and "[stream main]" are two groups for GKeyFile and one for a person. */
static gboolean
read_groups (GKeyFile *file, LensProfile *profile, GError **error)
{
  g_auto (GStrv) titles = g_key_file_get_groups (file, NULL);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; titles[i] != NULL; i++)
    {
      g_autofree char *name = NULL;
      const LensProfileGroup *group = find_group (titles[i], &name, error);

      if (group == NULL)
        return FALSE;
      if (!g_hash_table_add (seen, g_strconcat (group->name, " ", name, NULL)))
        return fail (error, "[%s]: a second group of that name; allowed: one", titles[i]);
      if (!read_group (file, titles[i], group, name, profile, error))
        return FALSE;
    }
  if (profile->name == NULL)
    return fail (error, "[device]: missing; allowed: one group with name and address");
  return TRUE;
}

static gboolean
has_host (const LensProfile *profile, const LensAddress *address)
{
  for (guint i = 0; i < profile->addresses->len; i++)
    if (lens_address_equal (address, &g_array_index (profile->addresses, LensAddress, i)))
      return TRUE;
  return FALSE;
}

static gboolean
streams_are_the_device_s (const LensProfile *profile, GError **error)
{
  for (guint i = 0; i < profile->streams->len; i++)
    {
      const LensDeclaredStream *stream = g_ptr_array_index (profile->streams, i);
      if (stream->address.version != 0 && !has_host (profile, &stream->address))
        return fail (error,
                     "[stream %s] url: %s is not the device's; allowed: an address of [device], "
                     "or a host name",
                     stream->name, stream->host);
    }
  return TRUE;
}

static void
free_stream (gpointer data)
{
  LensDeclaredStream *stream = data;

  g_free (stream->name);
  g_free (stream->url);
  g_free (stream->host);
  g_free (stream->credentials);
  if (stream->groups != NULL)
    g_array_unref (stream->groups);
  g_ptr_array_unref (stream->tracks);
  g_free (stream);
}

static void
free_service (gpointer data)
{
  LensDeclaredService *service = data;

  g_free (service->name);
  g_ptr_array_unref (service->to);
  g_free (service);
}

static void
free_stimulus (gpointer data)
{
  LensStimulus *stimulus = data;

  g_free (stimulus->name);
  g_free (stimulus->command);
  g_free (stimulus);
}

static LensProfile *
profile_new (void)
{
  LensProfile *profile = g_new0 (LensProfile, 1);

  profile->kind = g_strdup ("camera");
  profile->addresses = g_array_new (FALSE, FALSE, sizeof (LensAddress));
  profile->viewers = g_array_new (FALSE, FALSE, sizeof (LensNetwork));
  profile->streams = g_ptr_array_new_with_free_func (free_stream);
  profile->services = g_ptr_array_new_with_free_func (free_service);
  profile->dns_names = g_ptr_array_new_with_free_func (g_free);
  profile->stimuli = g_ptr_array_new_with_free_func (free_stimulus);
  profile->discovery = LENS_DISCOVERY_ALL;
  profile->idle_s = 60;
  profile->stream_s = 120;
  profile->after_s = 60;
  lens_profile_default_sizes (profile);
  return profile;
}

LensProfile *
lens_profile_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GKeyFile) file = lens_key_file_load (text, length, &cause);
  g_autoptr (LensProfile) profile = profile_new ();

  if (file == NULL)
    {
      fail (error, "%s", cause->message);
      return NULL;
    }
  if (!read_groups (file, profile, error) || !streams_are_the_device_s (profile, error))
    return NULL;
  return g_steal_pointer (&profile);
}

void
lens_profile_free (LensProfile *profile)
{
  if (profile == NULL)
    return;
  g_free (profile->name);
  g_array_unref (profile->addresses);
  g_free (profile->kind);
  g_free (profile->vendor);
  g_free (profile->model);
  g_free (profile->firmware);
  g_free (profile->serial);
  g_free (profile->site);
  g_free (profile->owner);
  g_free (profile->asset);
  g_ptr_array_unref (profile->streams);
  g_array_unref (profile->viewers);
  g_ptr_array_unref (profile->services);
  g_ptr_array_unref (profile->dns_names);
  g_free (profile->interface);
  g_ptr_array_unref (profile->stimuli);
  g_free (profile->laboratory);
  g_free (profile->evaluator);
  g_free (profile->reference);
  g_free (profile->notes);
  g_free (profile);
}

gboolean
lens_profile_permits_name (const LensProfile *profile, const char *name)
{
  for (guint i = 0; i < profile->dns_names->len; i++)
    if (lens_dns_name_in (name, g_ptr_array_index (profile->dns_names, i)))
      return TRUE;
  return FALSE;
}

void
lens_credentials_split (const char *secret, char **user, char **password)
{
  const char *end = secret + strcspn (secret, "\r\n");
  const char *colon = memchr (secret, ':', (gsize)(end - secret));

  *user = colon != NULL ? g_strndup (secret, (gsize)(colon - secret)) : g_strdup ("admin");
  secret = colon != NULL ? colon + 1 : secret;
  *password = g_strndup (secret, (gsize)(end - secret));
}
