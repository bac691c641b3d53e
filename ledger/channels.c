#include "ledger/channels.h"

const LensChannel *
lens_channel_find (const char *id)
{
  for (gsize i = 0; i < lens_n_channels; i++)
    if (g_str_equal (lens_channels[i].id, id))
      return &lens_channels[i];
  return NULL;
}

const LensPattern *
lens_pattern_find (const char *code)
{
  for (gsize i = 0; i < lens_n_patterns; i++)
    if (g_str_equal (lens_patterns[i].code, code))
      return &lens_patterns[i];
  return NULL;
}

const char *
lens_pattern_paper (const LensPattern *pattern)
{
  return pattern->code[0] == 'P'
             ? "S. Wendzel, S. Zander, B. Fechner, C. Herdin, Pattern-Based Survey and "
               "Categorization of Network Covert Channel Techniques, ACM Computing Surveys 47(3), "
               "2015, doi:10.1145/2684195"
             : "S. Wendzel et al., A Revised Taxonomy of Steganography Embedding Patterns, ARES "
               "2021, doi:10.1145/3465481.3470069";
}
