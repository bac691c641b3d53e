#include "harness/pull.h"

static const struct
{
  const char *name, *text;
} ends[LENS_PULL_N_ENDS] = {
  [LENS_PULL_END_STOPPED] = { "stopped", "stopped as planned" },
  [LENS_PULL_END_CLOSED] = { "closed", "the camera ended the stream" },
  [LENS_PULL_END_UNAUTHORIZED]
  = { "unauthorized", "the camera asks for credentials and did not accept what it got; lenscap "
                      "tries once only, so that no account is locked" },
  [LENS_PULL_END_BASIC_REFUSED]
  = { "basic-refused", "the camera accepts the password in clear only (Basic), and the profile "
                       "does not say allow-basic = yes; nothing was sent" },
  [LENS_PULL_END_REFUSED]
  = { "refused", "no connection: the address does not answer or refuses; are address and "
                 "port right, and the camera powered?" },
  [LENS_PULL_END_DENIED]
  = { "denied", "the camera sent the viewer to an address that the profile does not declare; if "
                "that is right, declare it" },
  [LENS_PULL_END_NOT_FOUND]
  = { "not-found", "the camera knows no stream of this name; is the path of the URL right?" },
  [LENS_PULL_END_NOT_RTSP]
  = { "not-rtsp", "what answers there does not speak RTSP; is the port of the URL right?" },
  [LENS_PULL_END_UNSUPPORTED]
  = { "unsupported",
      "the camera does not offer this stream over this transport; choose another transport "
      "in the profile" },
  [LENS_PULL_END_CONNECT_TIMEOUT]
  = { "connect-timeout",
      "no connection within the deadline; is the address right, and the camera powered?" },
  [LENS_PULL_END_REPLY_TIMEOUT]
  = { "reply-timeout",
      "a request was not answered within the deadline; does the camera serve other "
      "viewers, or need a restart?" },
  [LENS_PULL_END_MEDIA_TIMEOUT]
  = { "media-timeout",
      "no media arrived within the deadline; over udp, does a firewall stand between?" },
  [LENS_PULL_END_FAILED] = { "failed", "libavformat gave up" },
  [LENS_PULL_END_CRASHED] = { "crashed", "the puller ended without a word" },
};

const char *
lens_pull_end_text (LensPullEndReason reason)
{
  return (guint)reason < LENS_PULL_N_ENDS ? ends[reason].text : "unknown";
}

const char *
lens_pull_end_name (LensPullEndReason reason)
{
  return (guint)reason < LENS_PULL_N_ENDS ? ends[reason].name : "unknown";
}
