/* What nobody could see: residual capacity of channels whose content cannot be told from noise. */
#include "ledger/coverage-inside.h"

static guint64
dns_queries (const LensSent *sent)
{
  return sent->units[g_bit_nth_lsf (LENS_UNIT_DNS, -1)];
}

static guint64
dhcp_messages (const LensSent *sent)
{
  return sent->units[g_bit_nth_lsf (LENS_UNIT_DHCP, -1)];
}

static guint64
ntp_messages (const LensSent *sent)
{
  return sent->units[g_bit_nth_lsf (LENS_UNIT_NTP, -1)];
}

static guint64
tracks_started (const LensSent *sent)
{
  return sent->tracks;
}

static guint64
connections_of (const LensSent *sent)
{
  return sent->connections;
}

static guint64
connections_opened (const LensSent *sent)
{
  return sent->opened;
}

static guint64
segments_of (const LensSent *sent)
{
  return sent->units[g_bit_nth_lsf (LENS_UNIT_SEGMENT, -1)];
}

static guint64
encrypted_packets (const LensSent *sent)
{
  return sent->encrypted;
}

static guint64
sealed_octets (const LensSent *sent)
{
  return sent->sealed + 8 * sent->records;
}

static guint64
tls_hellos (const LensSent *sent)
{
  return sent->hellos;
}

static guint64
sealed_in_hellos (const LensSent *sent)
{
  return sent->hello_sealed;
}

static guint64
sessions_opened (const LensSent *sent)
{
  return sent->sessions;
}

static guint64
hevc_units (const LensSent *sent)
{
  return sent->units[g_bit_nth_lsf (LENS_UNIT_HEVC_NAL, -1)];
}

static guint64
samples_of (const LensSent *sent)
{
  return sent->samples;
}

static guint64
other_sound (const LensSent *sent)
{
  return sent->sound;
}

static guint64
h264_octets (const LensSent *sent)
{
  return sent->h264;
}

static guint64
h264_units (const LensSent *sent)
{
  return sent->units[g_bit_nth_lsf (LENS_UNIT_NAL, -1)];
}

static guint64
video_units (const LensSent *sent)
{
  return sent->units[g_bit_nth_lsf (LENS_UNIT_NAL, -1)]
         + sent->units[g_bit_nth_lsf (LENS_UNIT_HEVC_NAL, -1)]
         + sent->units[g_bit_nth_lsf (LENS_UNIT_JPEG, -1)];
}

static guint64
jpeg_frames (const LensSent *sent)
{
  return sent->units[g_bit_nth_lsf (LENS_UNIT_JPEG, -1)];
}

static guint64
documents (const LensSent *sent)
{
  return sent->units[g_bit_nth_lsf (LENS_UNIT_DOCUMENT, -1)];
}

static guint64
hash_bits (const LensSent *sent)
{
  return sent->hashes;
}

static guint64
drawn_ids (const LensSent *sent)
{
  return sent->drawn;
}

static guint64
h264_fillers (const LensSent *sent)
{
  return sent->fillers[0];
}

static guint64
h265_fillers (const LensSent *sent)
{
  return sent->fillers[1];
}

#define FILLER_NOTE                                                                                \
  "Where filler fills up to a rate, the lowest bits of its length cannot be told from how the "    \
  "encoder rounds: up to 7 of each."

static const LensResidual residuals[] = {
  { "dns-txid-srcport", dns_queries, 31,
    "Transaction id (16 bits) and source port (15 bits) of each query are random by design." },
  { "dhcp-bootp-fields", dhcp_messages, 32,
    "The transaction number (32 bits of each message) is random by design; the other fields are "
    "examined." },
  { "ntp-xmt-random", ntp_messages, 64,
    "Many clients fill the transmit timestamp of a request (64 bits) with noise, which is good "
    "practice; of the others its fraction is below what a clock shows." },
  { "h265-cu-pu-ipm", hevc_units, 4000,
    "How an encoder splits blocks and predicts them is its free choice; taken as at most 4000 bits "
    "of a unit (100 kbit/s at 25 pictures a second), an estimate." },
  { "h265-sei-prefix-suffix", hash_bits, 1,
    "Only decoding could tell whether the hash of a picture is right: all of its bits may say "
    "anything." },
  { "h264-filler-length", h264_fillers, 7, FILLER_NOTE },
  { "h265-fd-nal", h265_fillers, 7, FILLER_NOTE },
  { "h264-mb-qp-delta", h264_octets, 1,
    "The quality of each block is the encoder's free choice: one bit of a macroblock, which takes "
    "at least an octet." },
  { "h264-mv-lsb", h264_octets, 0.5,
    "Which of two near motion vectors an encoder takes is its free choice: half a bit of a "
    "vector, which takes at least an octet." },
  { "h264-coeff-lsb", h264_octets, 0.2,
    "Levels and signs of coefficients cannot be told from noise: a tenth of a bit of each, of "
    "which two take at least an octet." },
  { "h264-slice-partition", h264_units, 8,
    "Where a picture is divided into slices is the encoder's free choice, often by the size of "
    "packets: up to 8 bits of a slice." },
  { "video-pixel-overlay", video_units, 40,
    "What the picture shows is not examined: up to 1000 bit/s survive an encoder at 25 pictures "
    "a second." },
  { "g711-lsb", samples_of, 1, "The lowest bit of each sample is noise." },
  { "audio-transteg", other_sound, 8,
    "G.711 is examined. Octets of other sound (G.722, G.726, L16, AAC, Opus) cannot be told from "
    "other data where their framing says nothing." },
  { "audio-ultrasonic", samples_of, 1.0 / 80,
    "A weak tone above what is heard cannot be told from noise: 100 bit/s of 8000 samples." },
  { "mjpeg-dct-lsb", jpeg_frames, 8000,
    "Which coefficient a picture element has, and its lowest bit, is the encoder's free choice; "
    "the literature puts up to 8000 bits of a frame there (200 kbit/s at 25 frames a second)." },
  { "onvif-metadata-semantics", documents, 100,
    "The last decimals of coordinates and times of objects cannot be told from noise (up to 100 "
    "bits of a document)." },
  { "rtp-initial-random", tracks_started, 80,
    "First sequence number, time stamp and SSRC of each track are random by design." },
  { "rtp-timestamp-lsb", video_units, 3,
    "Of a clock that jitters, the low bits of a time stamp cannot be told from noise: three of a "
    "picture. Those of a clock that counts are examined." },
  { "rtsp-session-nonce", sessions_opened, 256,
    "Session identifier and Digest nonce (128 bits each) of each session are random by design." },
  { "srtp-mki-tag-roc", encrypted_packets, 80,
    "Without the key an authentication tag (80 bits of each packet) cannot be told from noise; "
    "headers, sizes and times are examined all the same." },
  { "tls-record-padding-iv", sealed_octets, 8,
    "Inside TLS nothing can be read: each octet of a declared stream (rtsps), and the nonce of "
    "each "
    "other record (64 bits), may say anything." },
  { "tls-hello-random", tls_hellos, 512,
    "Random numbers, session and key of each hello (64 octets) are random by design; that they are "
    "no text is examined." },
  { "tls-hello-extensions", sealed_in_hellos, 8,
    "Tickets, identities of sessions that were given inside encryption (pre_shared_key) and hidden "
    "hellos (ECH) cannot be told from noise; their form is examined, that they are no text, and "
    "that what is given in clear was given." },
  { "ip4-id", drawn_ids, 16,
    "Identifications that are drawn by lot (16 bits of a packet, RFC 6864 section 4) cannot be "
    "told "
    "from an encrypted message; that they are drawn evenly is examined." },
  { "tcp-isn", connections_of, 32,
    "Each connection's first sequence number (32 bits) is random by design (RFC 9293 section "
    "3.4.1)." },
  { "tcp-timestamp-lsb", segments_of, 1,
    "When a segment is sent is the device's choice, and so is the lowest bit of its time stamp; "
    "stamps that no clock gives are examined." },
  { "tcp-segment-size", segments_of, 8,
    "Where a stream is cut into segments, and which of them are pushed (PSH), is the free choice "
    "of "
    "stack and program: up to 8 bits of a segment." },
  { "tcp-src-port", connections_opened, 15,
    "The source port (15 bits) of each connection that the device opens is random by design (RFC "
    "6056)." },
  { "tcp-retransmission-event", segments_of, 1,
    "Whether a segment is sent once more, with the same octets, cannot be told from loss: one bit "
    "of a segment." },
  { "tcp-connection-reset-rate", connections_of, 1,
    "Whether a connection is ended and opened anew is a bit of each." },
};

const LensResidual *
lens_residual_of (const char *channel)
{
  for (guint i = 0; i < G_N_ELEMENTS (residuals); i++)
    if (g_str_equal (residuals[i].channel, channel))
      return &residuals[i];
  return NULL;
}
