#include "harness/draft.h"

#include <string.h>

/* One line of a key file: no line ends, no leading blank, nothing that is not text. */
static void
append_value (GString *draft, const char *key, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  g_string_append_printf (draft, "%s = ", key);
  for (const char *at = g_strchug (valid); *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);
      if (character == '\\')
        g_string_append (draft, "\\\\");
      else if (!g_unichar_iscntrl (character) && g_unichar_isprint (character))
        g_string_append_unichar (draft, character);
    }
  g_string_append_c (draft, '\n');
}

static void
append_device (GString *draft, const LensDeviceRow *device)
{
  g_string_append (draft, "[device]\n");
  append_value (draft, "name", device->name);
  g_string_append (draft, "address = ");
  for (guint i = 0; i < device->addresses->len; i++)
    g_string_append_printf (draft, "%s%s", i > 0 ? ", " : "",
                            (const char *)g_ptr_array_index (device->addresses, i));
  g_string_append_c (draft, '\n');
  if (device->mac != NULL)
    append_value (draft, "mac", device->mac);
  append_value (draft, "kind", device->kind);
}

static const char *
profile_transport (const LensStreamRow *stream)
{
  return stream->transport != NULL ? stream->transport : "tcp";
}

static void
append_tracks (GString *draft, const LensStreamRow *stream)
{
  guint count = 0;

  for (guint i = 0; i < stream->tracks->len; i++)
    {
      const LensTrackRow *track = g_ptr_array_index (stream->tracks, i);
      if (!g_str_equal (track->media, "video") && !g_str_equal (track->media, "audio")
          && !g_str_equal (track->media, "metadata"))
        continue;
      g_string_append_printf (draft, "%s%s", count++ == 0 ? "tracks = " : ", ", track->media);
    }
  if (count > 0)
    g_string_append_c (draft, '\n');
}

static void
append_streams (GString *draft, const LensEvaluation *evaluation, const LensDeviceRow *device)
{
  guint count = 0;

  for (guint i = 0; i < evaluation->streams->len; i++)
    {
      const LensStreamRow *stream = g_ptr_array_index (evaluation->streams, i);
      if (g_strcmp0 (stream->device, device->name) != 0 || stream->url == NULL
          || !g_str_has_prefix (stream->url, "rtsp://"))
        continue;
      if (count++ == 0)
        g_string_append (draft, "\n[stream main]\n");
      else
        g_string_append_printf (draft, "\n[stream stream-%u]\n", count);
      append_value (draft, "url", stream->url);
      append_value (draft, "transport", profile_transport (stream));
      append_tracks (draft, stream);
    }
}

static gboolean
is_own (const LensDeviceRow *device, const char *address)
{
  return g_ptr_array_find_with_equal_func (device->addresses, address, g_str_equal, NULL);
}

/* Other flows are for a person to decide on: each as a group that is commented out. */
static void
append_flows (GString *draft, const LensEvaluation *evaluation, const LensDeviceRow *device)
{
  guint count = 0;

  for (guint i = 0; i < evaluation->flows->len && count < 100; i++)
    {
      const LensFlowRow *flow = g_ptr_array_index (evaluation->flows, i);
      gboolean out = is_own (device, flow->src);
      if ((!out && !is_own (device, flow->dst)) || flow->class_ != LENS_CLASS_UNDECLARED)
        continue;
      if (count++ == 0)
        g_string_append (draft, "\n# Seen and not declared. Take the marks away from what the "
                                "device shall do.\n");
      g_string_append_printf (draft,
                              "#\n# [service seen-%u]\n# proto = %s\n# port = %u\n# to = %s\n"
                              "# direction = %s\n",
                              count, flow->proto, flow->dport, out ? flow->dst : flow->src,
                              out ? "out" : "in");
    }
}

GBytes *
lens_draft_profile (const LensEvaluation *evaluation)
{
  GString *draft = g_string_new ("# Drafted from a capture: read it as a question to the owner, "
                                 "not as an answer.\n");

  for (guint i = 0; i < evaluation->devices->len; i++)
    {
      const LensDeviceRow *device = g_ptr_array_index (evaluation->devices, i);
      if (device->addresses->len == 0)
        continue;
      append_device (draft, device);
      append_streams (draft, evaluation, device);
      append_flows (draft, evaluation, device);
      break;
    }
  return g_string_free_to_bytes (draft);
}
