#include "harness/live.h"

static const struct
{
  const char *name, *text;
} flags[] = {
  { "interrupted", "the run was ended early by the operator" },
  { "no-space", "the run was ended early because the disk was nearly full" },
  { "max-bytes", "the run was ended early because the capture reached max-bytes" },
  { "capture-lost", "the capture broke off" },
  { "packets-lost", "packets were lost while capturing" },
  { "lab-lost", "a program of the private lab ended before the run did" },
  { "analysis-lost", "the analysis ended before it had read the whole capture" },
  { "clock-stepped", "this machine's clock was set during the run" },
  { "stimulus-failed", "a stimulus could not be given" },
};

static guint
number_of (LensLiveFlag flag)
{
  guint number = 0;

  while (number < G_N_ELEMENTS (flags) && flag != 1u << number)
    number++;
  g_assert (number < G_N_ELEMENTS (flags));
  return number;
}

const char *
lens_live_flag_name (LensLiveFlag flag)
{
  return flags[number_of (flag)].name;
}

const char *
lens_live_flag_text (LensLiveFlag flag)
{
  return flags[number_of (flag)].text;
}

void
lens_live_result_free (LensLiveResult *result)
{
  if (result == NULL)
    return;
  for (guint i = 0; i < result->streams->len; i++)
    g_free (g_array_index (result->streams, LensLiveStream, i).state.detail);
  for (guint i = 0; i < result->interfaces->len; i++)
    {
      g_free (g_array_index (result->interfaces, LensLiveInterface, i).interface);
      g_free (g_array_index (result->interfaces, LensLiveInterface, i).end);
    }
  g_array_unref (result->phases);
  g_array_unref (result->streams);
  g_array_unref (result->interfaces);
  g_array_unref (result->files);
  g_ptr_array_unref (result->remarks);
  g_ptr_array_unref (result->problems);
  g_free (result);
}
