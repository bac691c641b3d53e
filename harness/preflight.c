#include "harness/preflight.h"

#include "harness/offload.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static void
remark_free (gpointer data)
{
  LensPreflightRemark *remark = data;

  g_free (remark->sentence);
  g_free (remark);
}

GPtrArray *
lens_preflight_new (void)
{
  return g_ptr_array_new_with_free_func (remark_free);
}

LensPreflightSeverity
lens_preflight_worst (const GPtrArray *remarks)
{
  LensPreflightSeverity worst = LENS_PREFLIGHT_NOTE;

  for (guint i = 0; i < remarks->len; i++)
    {
      const LensPreflightRemark *remark = g_ptr_array_index (remarks, i);
      worst = MAX (worst, remark->severity);
    }
  return worst;
}

G_GNUC_PRINTF (3, 4)
static void
say (GPtrArray *remarks, LensPreflightSeverity severity, const char *format, ...)
{
  LensPreflightRemark *remark = g_new0 (LensPreflightRemark, 1);
  va_list arguments;

  va_start (arguments, format);
  remark->severity = severity;
  remark->sentence = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (remarks, remark);
}

static gboolean
read_flags (const char *interface, short *flags)
{
  struct ifreq row = { 0 };
  int socket_fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  if (socket_fd < 0)
    return FALSE;
  g_strlcpy (row.ifr_name, interface, sizeof row.ifr_name);
  gboolean known = ioctl (socket_fd, SIOCGIFFLAGS, &row) == 0;
  *flags = row.ifr_flags;
  close (socket_fd);
  return known;
}

static void
judge_offloads (GPtrArray *remarks, const char *interface)
{
  guint features = 0;

  if (!lens_offload_read (interface, &features, NULL) || features == 0)
    return;
  g_autofree char *words = lens_offload_ethtool_words (features);
  if ((features & LENS_OFFLOAD_SEGMENTS) != 0)
    say (remarks, LENS_PREFLIGHT_WARNING,
         "%s joins or splits segments behind the capture's back, so packets would be recorded that "
         "were never on the wire: run 'ethtool -K %s %s' first.",
         interface, interface, words);
  else
    say (
        remarks, LENS_PREFLIGHT_NOTE,
        "%s leaves checksums to the card, so packets of this machine will seem to have wrong ones: "
        "'ethtool -K %s %s' ends that.",
        interface, interface, words);
}

void
lens_preflight_interface (GPtrArray *remarks, const char *interface)
{
  short flags = 0;

  if (strlen (interface) >= IFNAMSIZ || !read_flags (interface, &flags))
    {
      say (remarks, LENS_PREFLIGHT_FATAL,
           "There is no interface %s: 'ip link' lists those that there are.", interface);
      return;
    }
  if ((flags & IFF_UP) == 0)
    say (remarks, LENS_PREFLIGHT_FATAL, "Interface %s is down: run 'ip link set %s up' first.",
         interface, interface);
  else if ((flags & IFF_RUNNING) == 0)
    say (remarks, LENS_PREFLIGHT_WARNING,
         "Interface %s has no link: is the cable in, and the device powered?", interface);
  judge_offloads (remarks, interface);
}

void
lens_preflight_clock (GPtrArray *remarks)
{
  struct timex state = { 0 };
  int answer = adjtimex (&state);

  if (answer < 0)
    return;
  if (answer == TIME_ERROR || (state.status & STA_UNSYNC) != 0)
    say (remarks, LENS_PREFLIGHT_NOTE,
         "This machine's clock is not synchronised, so the times of the record are only as right "
         "as it is.");
}

static gint64
clock_us (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

gint64
lens_preflight_clock_offset_us (void)
{
  return clock_us (CLOCK_REALTIME) - clock_us (CLOCK_MONOTONIC);
}

void
lens_preflight_clock_step (GPtrArray *remarks, gint64 offset_before_us, gint64 offset_now_us)
{
  gint64 step_us = offset_now_us - offset_before_us;

  if (step_us > G_USEC_PER_SEC || step_us < -G_USEC_PER_SEC)
    say (remarks, LENS_PREFLIGHT_WARNING,
         "This machine's clock was set by %+.3f s during the run, so times before and after do not "
         "compare.",
         (double)step_us / G_USEC_PER_SEC);
}

guint64
lens_preflight_expected_bytes (const LensProfile *profile)
{
  guint64 seconds = (guint64)profile->idle_s + profile->stream_s + profile->after_s;
  guint64 bits = seconds * LENS_PREFLIGHT_IDLE_BPS;

  bits += (guint64)profile->stream_s * profile->streams->len * LENS_PREFLIGHT_STREAM_BPS;
  return MIN (bits / 8, profile->max_bytes);
}

guint64
lens_preflight_free_bytes (const char *folder)
{
  struct statvfs space;

  if (statvfs (folder, &space) != 0)
    return G_MAXUINT64;
  return (guint64)space.f_bavail * space.f_frsize;
}

void
lens_preflight_space (GPtrArray *remarks, const char *folder, guint64 expected_bytes)
{
  guint64 free_bytes = lens_preflight_free_bytes (folder);
  double free_gib = (double)free_bytes / LENS_PREFLIGHT_FREE_BYTES;
  double expected_gib = (double)expected_bytes / LENS_PREFLIGHT_FREE_BYTES;

  if (free_bytes < LENS_PREFLIGHT_FREE_BYTES)
    say (remarks, LENS_PREFLIGHT_FATAL,
         "%s has %.2f GiB free, and a run ends when less than 1 GiB is left: make room, or choose "
         "another folder with -o.",
         folder, free_gib);
  else if (free_bytes != G_MAXUINT64 && expected_bytes > free_bytes - LENS_PREFLIGHT_FREE_BYTES)
    say (remarks, LENS_PREFLIGHT_WARNING,
         "%s has %.1f GiB free and the run may write %.1f GiB; it would end early, at 1 GiB free.",
         folder, free_gib, expected_gib);
}

void
lens_preflight_traffic (GPtrArray *remarks, const char *interface,
                        const LensPreflightTraffic *traffic)
{
  if (traffic->packets == 0)
    {
      say (remarks, LENS_PREFLIGHT_NOTE, "No packet was seen on %s yet.", interface);
      return;
    }
  if (traffic->tagged > 0)
    say (remarks, LENS_PREFLIGHT_NOTE,
         "%" G_GUINT64_FORMAT " of the first %" G_GUINT64_FORMAT
         " packets on %s carry a VLAN tag: is this a trunk or a mirror port?",
         traffic->tagged, traffic->packets, interface);
  if (traffic->duplicates * 10 >= traffic->packets)
    say (remarks, LENS_PREFLIGHT_WARNING,
         "%" G_GUINT64_FORMAT " of the first %" G_GUINT64_FORMAT
         " packets on %s came twice: a mirror port should copy one direction of each port only.",
         traffic->duplicates, traffic->packets, interface);
}
