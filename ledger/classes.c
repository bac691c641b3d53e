#include "ledger/classes.h"

static const struct
{
  const char *name;
  const char *sentence;
} classes[LENS_N_CLASSES] = {
  [LENS_CLASS_DECLARED_VIDEO] = { "declared-video", "Payload of a video track that was declared" },
  [LENS_CLASS_DECLARED_AUDIO] = { "declared-audio", "Payload of an audio track that was declared" },
  [LENS_CLASS_DECLARED_METADATA]
  = { "declared-metadata", "Payload of a metadata track that was declared" },
  [LENS_CLASS_MEDIA_OVERHEAD]
  = { "media-overhead",
      "What carries a declared stream: RTSP, SIP, RTP and RTCP around the media" },
  [LENS_CLASS_NETWORK_OVERHEAD]
  = { "network-overhead", "Headers of link, network and transport, and what repeats them" },
  [LENS_CLASS_LOCAL_DISCOVERY]
  = { "local-discovery", "Address set-up and discovery that stays on the link" },
  [LENS_CLASS_DECLARED_SERVICE]
  = { "declared-service", "Payload of other flows that the declaration permits" },
  [LENS_CLASS_OTHER_HOST] = { "other-host", "Frames of hosts that are not under test" },
  [LENS_CLASS_UNDECLARED] = { "undeclared", "Payload of flows that nobody declared" },
  [LENS_CLASS_HIDDEN] = { "hidden", "Octets of a finding inside a declared or permitted flow" },
  [LENS_CLASS_UNEXPLAINED]
  = { "unexplained", "Octets inside declared flows that no rule could place" },
};

const char *
lens_class_name (LensClass class_)
{
  return classes[class_].name;
}

const char *
lens_class_sentence (LensClass class_)
{
  return classes[class_].sentence;
}
