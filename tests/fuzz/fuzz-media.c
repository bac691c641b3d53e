/* A session that was described and set up, then packets of its tracks, through the ledger and all
 * analyzers: every codec by its payloads, RTCP, whatever else lies on the connection.
 * fuzz: at most 8192 octets */
#include "tests/analyzers/build.h"
#include "tests/fuzz/evaluation.h"

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=x\r\nt=0 0\r\na=control:*\r\n"
#define TRACK(type, media, map, fmtp)                                                              \
  HEAD "m=" media " 0 RTP/AVP " type "\r\na=rtpmap:" type " " map "\r\na=fmtp:" type " " fmtp      \
       "\r\na=control:trackID=0\r\n"

static const struct
{
  guint8 type;
  const char *sdp;
} kinds[] = {
  { 96, TRACK ("96", "video", "H264/90000",
               "packetization-mode=1;sprop-parameter-sets=Z0LACtoRkA==,aM48gA==") },
  { 96, TRACK ("96", "video", "H265/90000", "sprop-max-don-diff=0") },
  { 26, TRACK ("26", "video", "JPEG/90000", "x") },
  { 97, TRACK ("97", "audio", "mpeg4-generic/16000/1",
               "streamtype=5;mode=AAC-hbr;config=1408;sizelength=13;indexlength=3;"
               "indexdeltalength=3") },
  { 97, TRACK ("97", "audio", "MP4A-LATM/16000/1", "cpresent=0;config=40002620") },
  { 97, TRACK ("97", "audio", "opus/48000/2", "x") },
  { 8, TRACK ("8", "audio", "PCMA/8000", "x") },
  { 33, TRACK ("33", "video", "MP2T/90000", "x") },
  { 98, TRACK ("98", "application", "vnd.onvif.metadata/90000", "x") },
  { 98, TRACK ("98", "application", "vnd.onvif.metadata.gzip/90000", "x") },
  { 97, TRACK ("97", "audio", "MP4A-LATM/16000/1", "cpresent=1") },
  { 96, TRACK ("96", "video", "H265/90000", "sprop-max-don-diff=1") },
};

static void
send (Build *build, guint8 type, BuildRtp *rtp, const FuzzPart *part)
{
  GByteArray *data = g_byte_array_new ();

  g_byte_array_append (data, part->octets, (guint)part->length);
  if ((part->flags & 7) == 7)
    build_media (build, CAMERA, 0, FALSE, data); /* as it is */
  else if ((part->flags & 7) == 6)
    build_media (build, part->flags & 8 ? VIEWER : CAMERA, 0, TRUE, data);
  else if ((part->flags & 7) == 5 && build->over_tcp)
    build_interleaved (build, CAMERA, part->flags >> 3, data);
  else
    {
      rtp->payload = data;
      rtp->payload_type = (part->flags & 7) == 4 ? 99 : type;
      rtp->marker = (part->flags & 0x80) != 0;
      rtp->timestamp += part->flags & 0x40 ? 3600 : 0;
      rtp->sequence += part->flags & 0x20 ? 2 : 1;
      build_media (build, CAMERA, 0, FALSE, build_rtp (*rtp));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  g_auto (FuzzPart) part = { 0 };
  guint8 start = lens_cursor_u8 (&cursor);
  guint kind = (start & 0x7f) % G_N_ELEMENTS (kinds);
  g_autoptr (Build) build = build_new (NULL);
  BuildRtp rtp = { .sequence = 65530, .ssrc = 0x11223344 };

  build_session (build, kinds[kind].sdp, (start & 0x80) != 0, "");
  while (fuzz_part_next (&cursor, &part))
    send (build, kinds[kind].type, &rtp, &part);
  fuzz_check_evaluation (build_conclude (build), length);
  return 0;
}
