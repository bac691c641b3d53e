#include "wire/media-guess.h"

enum
{
  TS_PACKET = 188,
  TS_SYNC = 0x47,
  ENOUGH = 8, /* packets below which nothing is said */
};

/* RFC 6184 5.2: single units that encoders write, STAP-A, FU-A. */
static gboolean
fits_h264 (LensMediaGuess *guess, const guint8 *payload, gsize length)
{
  guint type = payload[0] & 0x1f;

  if ((payload[0] & 0x80) != 0 || length < 2)
    return FALSE;
  if (type != 28)
    return (type >= 1 && type <= 9) || type == 12 || type == 24;
  guint real = payload[1] & 0x1f;
  guess->fragments |= (payload[1] & 0xc0) == 0x40;
  return (payload[1] & 0x20) == 0 && real >= 1 && real <= 9;
}

/* RFC 7798 4.4: the base layer's units, AP, FU. */
static gboolean
fits_h265 (LensMediaGuess *guess, const guint8 *payload, gsize length)
{
  if (length < 3 || (payload[0] & 0x81) != 0 || (payload[1] & 0xf8) != 0 || (payload[1] & 7) == 0)
    return FALSE;
  guint type = payload[0] >> 1;
  if (type != 49)
    return type <= 9 || (type >= 16 && type <= 21) || (type >= 32 && type <= 40) || type == 48;
  guint real = payload[2] & 0x3f;
  guess->fragments |= (payload[2] & 0xc0) == 0x40;
  return (payload[2] & 0xc0) != 0xc0 && (real <= 9 || (real >= 16 && real <= 21));
}

static gboolean
fits_jpeg (LensMediaGuess *guess, gboolean marker, const guint8 *payload, gsize length)
{
  if (length < 9)
    return FALSE;
  guint32 offset = (guint32)payload[1] << 16 | (guint32)payload[2] << 8 | payload[3];
  guint8 type = payload[4];
  gboolean plain = type <= 1 || (type >= 64 && type <= 65);
  gboolean fits = plain && payload[6] > 0 && payload[7] > 0 && offset == guess->offset;
  gsize head = 8 + (type >= 64 ? 4 : 0);
  if (offset == 0 && payload[5] >= 128 && length >= head + 4)
    head += 4 + ((gsize)payload[head + 2] << 8 | payload[head + 3]);
  guess->offset = marker || head > length ? 0 : offset + (guint32)(length - head);
  return fits;
}

/* One access unit or several with headers of 16 bits, which is what senders use (mode AAC-hbr). */
static gboolean
fits_aac (const guint8 *payload, gsize length)
{
  if (length < 5)
    return FALSE;
  gsize bits = (gsize)payload[0] << 8 | payload[1], sum = 2 + bits / 8;
  if (bits == 0 || bits % 16 != 0 || sum > length)
    return FALSE;
  for (gsize at = 2; at < 2 + bits / 8; at += 2)
    sum += ((gsize)payload[at] << 8 | payload[at + 1]) >> 3;
  return sum == length;
}

static gboolean
fits_ts (const guint8 *payload, gsize length)
{
  for (gsize at = 0; at < length; at += TS_PACKET)
    if (payload[at] != TS_SYNC)
      return FALSE;
  return length % TS_PACKET == 0;
}

void
lens_media_guess_take (LensMediaGuess *guess, const LensRtp *rtp, const guint8 *payload,
                       gsize length)
{
  if (length == 0)
    return;
  guess->h264 += fits_h264 (guess, payload, length);
  guess->h265 += fits_h265 (guess, payload, length);
  guess->jpeg += fits_jpeg (guess, rtp->marker, payload, length);
  guess->aac += fits_aac (payload, length);
  guess->ts += fits_ts (payload, length);
  guess->samples += guess->packets > 0 && rtp->timestamp - guess->timestamp == guess->length;
  guess->packets++;
  guess->timestamp = rtp->timestamp;
  guess->length = length;
  guess->payload_type = rtp->payload_type;
}

static gboolean
most (const LensMediaGuess *guess, guint fits)
{
  return guess->packets >= ENOUGH && 10 * (guint64)fits >= 9 * (guint64)guess->packets;
}

static gboolean
is_picture (const LensMediaGuess *guess)
{
  return most (guess, guess->ts) || most (guess, guess->jpeg);
}

gboolean
lens_media_guess_is_sound (const LensMediaGuess *guess)
{
  return !is_picture (guess) && (most (guess, guess->aac) || most (guess, guess->samples + 1));
}

const char *
lens_media_guess_name (const LensMediaGuess *guess)
{
  if (most (guess, guess->ts))
    return "MPEG transport stream";
  if (most (guess, guess->jpeg))
    return "JPEG";
  if (most (guess, guess->aac))
    return "AAC";
  if (most (guess, guess->samples + 1))
    return guess->payload_type == 0   ? "PCMU"
           : guess->payload_type == 8 ? "PCMA"
                                      : "sound of 8 bits a sample";
  if (most (guess, guess->h265) && guess->h265 > guess->h264)
    return "H.265";
  if (most (guess, guess->h264))
    return "H.264";
  return NULL;
}
