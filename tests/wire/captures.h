#pragma once

#include "wire/capture-file.h"

#include <stdio.h>
#include <string.h>

/* Real captures that lie beside the source tree, where they do; never part of it. */
static inline char *
captures_folder (void)
{
  const char *folder = g_getenv ("LENSCAP_CAPTURES");
  const char *root = g_getenv ("LENSCAP_SOURCE_ROOT");

  if (folder != NULL)
    return g_strdup (folder);
  return g_build_filename (root != NULL ? root : ".", "..", "shared", "captures", NULL);
}

static inline gint
captures_order (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* Paths of all captures there, sorted; empty when there are none.  Free with g_ptr_array_unref. */
static inline GPtrArray *
captures_there (void)
{
  g_autofree char *folder = captures_folder ();
  g_autoptr (GDir) names = g_dir_open (folder, 0, NULL);
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  for (const char *name; names != NULL && (name = g_dir_read_name (names)) != NULL;)
    if (!g_str_has_suffix (name, ".md") && !g_str_has_suffix (name, ".tsv"))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (paths, captures_order);
  return paths;
}

/* A LensReadFunc over a FILE. */
static inline gssize
captures_read (gpointer data, guint8 *into, gsize room)
{
  return (gssize)fread (into, 1, room, data);
}
