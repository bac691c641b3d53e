#include "harness/brief.h"

#include "harness/octets.h"

#define GROUP "brief"
#define MAX_BRIEF (64 * 1024 * 1024)

LensBrief *
lens_brief_new (void)
{
  LensBrief *brief = g_new0 (LensBrief, 1);

  brief->alpha = 0.01;
  brief->profiles = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  return brief;
}

void
lens_brief_free (LensBrief *brief)
{
  if (brief == NULL)
    return;
  g_free (brief->name);
  g_free (brief->device);
  g_free (brief->only);
  g_ptr_array_unref (brief->profiles);
  g_clear_pointer (&brief->mud, g_bytes_unref);
  g_clear_pointer (&brief->endpoints, g_bytes_unref);
  g_clear_pointer (&brief->resolvers, g_bytes_unref);
  g_free (brief);
}

static void
set_octets (GKeyFile *file, const char *key, GBytes *octets)
{
  gsize size;

  if (octets == NULL)
    return;
  const guint8 *data = g_bytes_get_data (octets, &size);
  g_autofree char *text = g_base64_encode (data, size);
  g_key_file_set_string (file, GROUP, key, text);
}

static GBytes *
get_octets (GKeyFile *file, const char *key)
{
  gsize size;
  g_autofree char *text = g_key_file_get_string (file, GROUP, key, NULL);

  if (text == NULL)
    return NULL;
  guint8 *octets = g_base64_decode (text, &size);
  return g_bytes_new_take (octets, size);
}

static void
set_text (GKeyFile *file, const char *key, const char *text)
{
  if (text != NULL)
    g_key_file_set_string (file, GROUP, key, text);
}

int
lens_brief_to_fd (const LensBrief *brief, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  gsize length;

  set_text (file, "name", brief->name);
  set_text (file, "device", brief->device);
  set_text (file, "only", brief->only);
  g_key_file_set_double (file, GROUP, "alpha", brief->alpha);
  g_key_file_set_boolean (file, GROUP, "live", brief->live);
  g_key_file_set_boolean (file, GROUP, "limits", brief->limits);
  g_key_file_set_boolean (file, GROUP, "stream-log", brief->has_stream_log);
  g_key_file_set_boolean (file, GROUP, "compact", brief->compact);
  g_key_file_set_boolean (file, GROUP, "draft", brief->draft);
  g_key_file_set_boolean (file, GROUP, "draft-mud", brief->draft_mud);
  for (guint i = 0; i < brief->profiles->len; i++)
    {
      g_autofree char *key = g_strdup_printf ("profile-%u", i);
      set_octets (file, key, g_ptr_array_index (brief->profiles, i));
    }
  set_octets (file, "mud", brief->mud);
  set_octets (file, "endpoints", brief->endpoints);
  set_octets (file, "resolvers", brief->resolvers);
  g_autofree char *text = g_key_file_to_data (file, &length, NULL);
  return lens_octets_to_fd ((const guint8 *)text, length, error);
}

static void
read_profiles (GKeyFile *file, LensBrief *brief)
{
  for (guint i = 0;; i++)
    {
      g_autofree char *key = g_strdup_printf ("profile-%u", i);
      GBytes *profile = get_octets (file, key);
      if (profile == NULL)
        return;
      g_ptr_array_add (brief->profiles, profile);
    }
}

LensBrief *
lens_brief_from_fd (int fd, GError **error)
{
  g_autoptr (GBytes) octets = lens_octets_from_fd (fd, MAX_BRIEF, error);
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (octets == NULL
      || !g_key_file_load_from_data (file, g_bytes_get_data (octets, NULL),
                                     g_bytes_get_size (octets), G_KEY_FILE_NONE, error))
    return NULL;
  LensBrief *brief = lens_brief_new ();
  brief->name = g_key_file_get_string (file, GROUP, "name", NULL);
  brief->device = g_key_file_get_string (file, GROUP, "device", NULL);
  brief->only = g_key_file_get_string (file, GROUP, "only", NULL);
  brief->alpha = g_key_file_get_double (file, GROUP, "alpha", NULL);
  brief->limits = g_key_file_get_boolean (file, GROUP, "limits", NULL);
  brief->live = g_key_file_get_boolean (file, GROUP, "live", NULL);
  brief->has_stream_log = g_key_file_get_boolean (file, GROUP, "stream-log", NULL);
  brief->compact = g_key_file_get_boolean (file, GROUP, "compact", NULL);
  brief->draft = g_key_file_get_boolean (file, GROUP, "draft", NULL);
  brief->draft_mud = g_key_file_get_boolean (file, GROUP, "draft-mud", NULL);
  brief->mud = get_octets (file, "mud");
  brief->endpoints = get_octets (file, "endpoints");
  brief->resolvers = get_octets (file, "resolvers");
  read_profiles (file, brief);
  return brief;
}
