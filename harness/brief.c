#include "harness/brief.h"

#include "harness/octets.h"

#include <string.h>

#define GROUP "brief"
#define MAX_BRIEF (64 * 1024 * 1024)

LensBrief *
lens_brief_new (void)
{
  LensBrief *brief = g_new0 (LensBrief, 1);

  brief->alpha = 0.01;
  lens_caps_init (&brief->caps);
  brief->profiles = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  return brief;
}

void
lens_brief_free (LensBrief *brief)
{
  if (brief == NULL)
    return;
  g_free (brief->name);
  g_strfreev (brief->files);
  g_free (brief->device);
  g_free (brief->only);
  g_ptr_array_unref (brief->profiles);
  g_clear_pointer (&brief->mud, g_bytes_unref);
  g_clear_pointer (&brief->endpoints, g_bytes_unref);
  g_clear_pointer (&brief->resolvers, g_bytes_unref);
  g_free (brief);
}

void
lens_brief_name_files (LensBrief *brief, const GPtrArray *paths)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < paths->len; i++)
    {
      g_autofree char *name = g_path_get_basename (g_ptr_array_index (paths, i));
      g_strv_builder_add (names, name);
    }
  g_clear_pointer (&brief->files, g_strfreev);
  brief->files = paths->len > 1 ? g_strv_builder_end (names) : NULL;
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

/* Names of files may be of any octets but zero: so it ends each. */
static void
set_names (GKeyFile *file, char **names)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();

  if (names == NULL)
    return;
  for (guint i = 0; names[i] != NULL; i++)
    g_byte_array_append (all, (const guint8 *)names[i], (guint)strlen (names[i]) + 1);
  g_autoptr (GBytes) octets = g_byte_array_free_to_bytes (g_steal_pointer (&all));
  set_octets (file, "files", octets);
}

static GStrv
get_names (GKeyFile *file)
{
  g_autoptr (GBytes) octets = get_octets (file, "files");
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  gsize size, at = 0;

  if (octets == NULL)
    return NULL;
  const char *all = g_bytes_get_data (octets, &size);
  while (at < size && memchr (all + at, '\0', size - at) != NULL)
    {
      g_strv_builder_add (names, all + at);
      at += strlen (all + at) + 1;
    }
  return g_strv_builder_end (names);
}

int
lens_brief_to_fd (const LensBrief *brief, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  gsize length;

  set_text (file, "name", brief->name);
  set_names (file, brief->files);
  set_text (file, "device", brief->device);
  set_text (file, "only", brief->only);
  g_key_file_set_double (file, GROUP, "alpha", brief->alpha);
  for (guint i = 0; i < LENS_N_CAPS; i++)
    g_key_file_set_uint64 (file, GROUP, lens_caps[i].name, brief->caps.limit[i]);
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
  brief->files = get_names (file);
  brief->device = g_key_file_get_string (file, GROUP, "device", NULL);
  brief->only = g_key_file_get_string (file, GROUP, "only", NULL);
  brief->alpha = g_key_file_get_double (file, GROUP, "alpha", NULL);
  for (guint i = 0; i < LENS_N_CAPS; i++)
    brief->caps.limit[i] = g_key_file_get_uint64 (file, GROUP, lens_caps[i].name, NULL);
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
