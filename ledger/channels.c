#include "ledger/channels.h"

const LensChannel *
lens_channel_find (const char *id)
{
  for (gsize i = 0; i < lens_n_channels; i++)
    if (g_str_equal (lens_channels[i].id, id))
      return &lens_channels[i];
  return NULL;
}
