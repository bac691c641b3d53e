#include "wire/p2p.h"

#include <string.h>

enum
{
  PPPP_DRW = 0xd0, /* data */
  PPPP_HEAD = 4,
  PPPP_DRW_HEAD = 4,
  KALAY_HEAD = 16,
  PTCP_HEAD = 24,
  DVRIP_HEAD = 20,
  BAICHUAN_HEAD = 20,
};

static guint16
u16 (const guint8 *octets)
{
  return (guint16)(octets[0] << 8 | octets[1]);
}

static guint32
le32 (const guint8 *octets)
{
  return octets[0] | (guint32)octets[1] << 8 | (guint32)octets[2] << 16 | (guint32)octets[3] << 24;
}

static gboolean
begins (const guint8 *octets, gsize length, const void *head, gsize size)
{
  return length >= size && memcmp (octets, head, size) == 0;
}

static LensRange
behind (gsize head, gsize length)
{
  return head < length ? (LensRange){ head, length - head } : (LensRange){ length, 0 };
}

/* --- makers' own --- */

static gboolean
is_pppp_type (guint8 type)
{
  return type <= 0x02 || (type >= 0x10 && type <= 0x1f) || (type >= 0x20 && type <= 0x22)
         || (type >= 0x30 && type <= 0x34) || (type >= 0x40 && type <= 0x43)
         || (type >= 0x60 && type <= 0x8f) || type == 0xd0 || type == 0xd1 || type == 0xd8
         || type == 0xe0 || type == 0xe1 || type == 0xf0 || type == 0xf9;
}

static gboolean
is_pppp (const guint8 *octets, gsize length, LensRange *data)
{
  if (length < PPPP_HEAD || octets[0] != 0xf1 || !is_pppp_type (octets[1])
      || u16 (octets + 2) != length - PPPP_HEAD)
    return FALSE;
  if (octets[1] == PPPP_DRW)
    *data = behind (PPPP_HEAD + PPPP_DRW_HEAD, length);
  return TRUE;
}

static guint32
rotated (guint32 word, guint count)
{
  return word << count | word >> (32 - count);
}

static void
put_le32 (guint8 *octets, guint32 word)
{
  for (guint i = 0; i < 4; i++)
    octets[i] = (guint8)(word >> (8 * i));
}

/* A block of 16 octets as it was before it was scrambled. */
static void
unscramble (const guint8 block[KALAY_HEAD], guint8 clear[KALAY_HEAD])
{
  static const char key[] = "Charlie is the d";
  static const guint8 from[KALAY_HEAD] = { 11, 9, 8, 15, 13, 10, 12, 14, 2, 1, 5, 0, 6, 4, 7, 3 };
  guint8 turned[KALAY_HEAD];

  for (guint i = 0; i < KALAY_HEAD; i += 4)
    put_le32 (turned + i, rotated (le32 (block + i), i + 3));
  for (guint i = 0; i < KALAY_HEAD; i++)
    clear[i] = turned[from[i]] ^ (guint8)key[i];
  for (guint i = 0; i < KALAY_HEAD; i += 4)
    put_le32 (clear + i, rotated (le32 (clear + i), i + 1));
}

static gboolean
is_kalay (const guint8 *octets, gsize length, LensRange *data)
{
  guint8 head[KALAY_HEAD];

  if (length < KALAY_HEAD)
    return FALSE;
  unscramble (octets, head);
  gsize size = head[4] | (gsize)head[5] << 8;
  if (head[0] != 0x04 || head[1] != 0x02 || size + KALAY_HEAD != length)
    return FALSE;
  /* 07 04: between the two ends of a session. */
  if (head[8] == 0x07 && head[9] == 0x04)
    *data = behind (KALAY_HEAD + 12, length);
  return TRUE;
}

/* Its body begins with what it is: 10 data. */
static gboolean
is_ptcp (const guint8 *octets, gsize length, LensRange *data)
{
  if (begins (octets, length, "DHGET /", 7) || begins (octets, length, "DHPOST /", 8))
    return TRUE;
  if (length < PTCP_HEAD || memcmp (octets, "PTCP", 4) != 0)
    return FALSE;
  if (length > PTCP_HEAD + 12 && octets[PTCP_HEAD] == 0x10)
    *data = behind (PTCP_HEAD + 12, length);
  return TRUE;
}

/* Message numbers below 4096 in front of a size: nobody else's octets fall like that. */
static gboolean
is_dvrip (const guint8 *octets, gsize length, LensRange *data)
{
  if (length < DVRIP_HEAD || octets[0] != 0xff || octets[1] > 1 || octets[2] != 0
      || (octets[3] != 0 && octets[3] != 0x80))
    return FALSE;
  guint number = octets[14] | (guint)octets[15] << 8;
  guint32 size = le32 (octets + 16);
  if (number < 999 || number > 4095 || size > 0x100000)
    return FALSE;
  *data = behind (DVRIP_HEAD, length);
  return TRUE;
}

static gboolean
is_baichuan (gboolean udp, const guint8 *octets, gsize length, LensRange *data)
{
  if (length < BAICHUAN_HEAD)
    return FALSE;
  if (!udp && memcmp (octets, "\xf0\xde\xbc\x0a", 4) == 0 && le32 (octets + 8) < 0x1000000)
    {
      *data = behind (BAICHUAN_HEAD, length);
      return TRUE;
    }
  if (!udp || memcmp (octets + 1, "\xcf\x87\x2a", 3) != 0
      || memchr ("\x3a\x10\x20\x31", octets[0], 4) == NULL)
    return FALSE;
  if (octets[0] == 0x10)
    *data = behind (BAICHUAN_HEAD, length);
  return TRUE;
}

/* --- public ones --- */

static gboolean
is_rtmp (guint16 source_port, guint16 destination_port, const guint8 *octets, gsize length)
{
  gboolean port = source_port == 1935 || destination_port == 1935;

  return length >= 9 && octets[0] == 3 && memcmp (octets + 5, "\0\0\0\0", 4) == 0
         && (port || length == 1537 || length == 1448 || length == 1460);
}

/* Control packet of type 0, version 4 or 5. */
static gboolean
is_srt (const guint8 *octets, gsize length)
{
  return length >= 64 && begins (octets, length, "\x80\0\0\0", 4)
         && memcmp (octets + 16, "\0\0\0", 3) == 0 && (octets[19] == 4 || octets[19] == 5)
         && u16 (octets + 28) == 0 && u16 (octets + 30) >= 500;
}

/* The name of the protocol, behind its length. */
static gboolean
is_mqtt (const guint8 *octets, gsize length)
{
  gsize at = 1;

  if (length < 13 || octets[0] != 0x10)
    return FALSE;
  while (at < 4 && (octets[at] & 0x80) != 0)
    at++;
  const guint8 *name = &octets[at + 1];
  return memcmp (name, "\0\4MQTT", 6) == 0 || memcmp (name, "\0\6MQIsdp", 8) == 0;
}

static gboolean
is_line_of (const guint8 *octets, gsize length, const char *const *words)
{
  for (; *words != NULL; words++)
    {
      gsize size = strlen (*words);
      if (length >= size && g_ascii_strncasecmp ((const char *)octets, *words, size) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_syslog (const guint8 *octets, gsize length)
{
  gsize at = 1;

  if (length < 4 || octets[0] != '<')
    return FALSE;
  while (at < length && at < 4 && g_ascii_isdigit (octets[at]))
    at++;
  return at > 1 && at < length && octets[at] == '>';
}

/* A sequence of less than 64 kB, version 1 or 2 and a community, or version 3 and its head. */
static gboolean
is_snmp (const guint8 *octets, gsize length)
{
  if (length < 12 || octets[0] != 0x30)
    return FALSE;
  gsize at = octets[1] < 0x80 ? 2 : 2 + (octets[1] & 3u);
  return octets[at] == 2 && octets[at + 1] == 1
         && ((octets[at + 2] <= 1 && octets[at + 3] == 4)
             || (octets[at + 2] == 3 && octets[at + 3] == 0x30));
}

/* China's standard for networks of cameras speaks SIP with words of its own. */
static gboolean
is_gb28181 (const guint8 *octets, gsize length)
{
  static const char *const words[] = { "REGISTER sip:", "MESSAGE sip:", NULL };

  if (!is_line_of (octets, length, words))
    return FALSE;
  if (memmem (octets, length, "MANSCDP", 7) != NULL
      || memmem (octets, length, "MANSRTSP", 8) != NULL)
    return TRUE;
  /* Numbers of 20 digits for devices. */
  gsize at = octets[0] == 'R' ? 13 : 12, digits = 0;
  while (at + digits < length && g_ascii_isdigit (octets[at + digits]))
    digits++;
  return digits == 20;
}

static LensP2p
public_datagram (guint16 source_port, guint16 destination_port, const guint8 *octets, gsize length)
{
  if (is_gb28181 (octets, length))
    return LENS_P2P_SIP;
  if (is_srt (octets, length))
    return LENS_P2P_SRT;
  if ((destination_port == 514 || destination_port == 1514) && is_syslog (octets, length))
    return LENS_P2P_SYSLOG;
  if (destination_port == 162 && is_snmp (octets, length))
    return LENS_P2P_SNMP_TRAP;
  if (destination_port == 7660 || destination_port == 7661 || source_port == 7660)
    return LENS_P2P_ISUP;
  return LENS_P2P_NONE;
}

static LensP2p
public_stream (guint16 source_port, guint16 destination_port, const guint8 *octets, gsize length)
{
  static const char *const ftp[] = { "USER ", "AUTH TLS", "STOR ", NULL };
  static const char *const smtp[] = { "EHLO ", "HELO ", "MAIL FROM:", NULL };

  if (is_gb28181 (octets, length))
    return LENS_P2P_SIP;
  if (is_mqtt (octets, length))
    return LENS_P2P_MQTT;
  if (begins (octets, length, "AMQP", 4) && length >= 8 && octets[5] <= 1)
    return LENS_P2P_AMQP;
  if (is_rtmp (source_port, destination_port, octets, length))
    return LENS_P2P_RTMP;
  if (destination_port == 21 && is_line_of (octets, length, ftp))
    return LENS_P2P_FTP;
  if (is_line_of (octets, length, smtp))
    return LENS_P2P_SMTP;
  if (length >= 8
      && (begins (octets + 4, length - 4, "\xfeSMB", 4)
          || begins (octets + 4, length - 4, "\xffSMB", 4)))
    return LENS_P2P_SMB;
  if (destination_port == 514 && is_syslog (octets, length))
    return LENS_P2P_SYSLOG;
  if (destination_port >= 7660 && destination_port <= 7665)
    return LENS_P2P_ISUP;
  return LENS_P2P_NONE;
}

gboolean
lens_p2p_parse (gboolean udp, guint16 source_port, guint16 destination_port, const guint8 *octets,
                gsize length, LensP2pMessage *message)
{
  *message = (LensP2pMessage){ LENS_P2P_NONE, { 0, 0 } };
  if (length < 4)
    return FALSE;
  if (udp && is_pppp (octets, length, &message->data))
    message->protocol = LENS_P2P_PPPP;
  else if (udp && is_kalay (octets, length, &message->data))
    message->protocol = LENS_P2P_KALAY;
  else if (udp && is_ptcp (octets, length, &message->data))
    message->protocol = LENS_P2P_PTCP;
  else if (begins (octets, length, "\x20\0\0\0DHIP", 8))
    message->protocol = LENS_P2P_DHIP;
  else if (!udp && is_dvrip (octets, length, &message->data))
    message->protocol = LENS_P2P_DVRIP;
  else if (is_baichuan (udp, octets, length, &message->data))
    message->protocol = LENS_P2P_BAICHUAN;
  else
    {
      message->protocol = udp ? public_datagram (source_port, destination_port, octets, length)
                              : public_stream (source_port, destination_port, octets, length);
      message->data = (LensRange){ 0, length };
    }
  return message->protocol != LENS_P2P_NONE;
}

const char *
lens_p2p_name (LensP2p protocol)
{
  static const char *const names[LENS_N_P2P] = {
    [LENS_P2P_NONE] = "none",
    [LENS_P2P_PPPP] = "PPPP (CS2)",
    [LENS_P2P_KALAY] = "Kalay (ThroughTek)",
    [LENS_P2P_PTCP] = "PTCP (Dahua)",
    [LENS_P2P_DHIP] = "DHIP (Dahua)",
    [LENS_P2P_DVRIP] = "DVRIP (Xiongmai)",
    [LENS_P2P_BAICHUAN] = "Baichuan (Reolink)",
    [LENS_P2P_RTMP] = "RTMP",
    [LENS_P2P_SRT] = "SRT",
    [LENS_P2P_MQTT] = "MQTT",
    [LENS_P2P_AMQP] = "AMQP",
    [LENS_P2P_FTP] = "FTP",
    [LENS_P2P_SMTP] = "SMTP",
    [LENS_P2P_SMB] = "SMB",
    [LENS_P2P_SYSLOG] = "syslog",
    [LENS_P2P_SNMP_TRAP] = "SNMP trap",
    [LENS_P2P_ISUP] = "ISUP (Hikvision, by its port)",
    [LENS_P2P_SIP] = "GB/T 28181",
  };

  return names[protocol];
}

gboolean
lens_p2p_is_makers (LensP2p protocol)
{
  return protocol >= LENS_P2P_PPPP && protocol <= LENS_P2P_BAICHUAN;
}
