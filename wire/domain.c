#include "wire/domain.h"

#include <string.h>

enum
{
  FIRST = 27, /* row: at the beginning of a word */
  DIGIT = 26,
  DIGIT_HALF_BITS = 6, /* which of the ten */
  OTHER_BITS = 8,      /* an octet that no host name has */
  WORD_END_BITS = 1,
  MOST_BITS = 5, /* of one character: base 32 */
  DENSE_LEAST = 8,
};

/* How rare a character is behind another one, in half bits above '0': a row for each of a to z,
 * digits and the beginning; a column for each of a to z and digits.  Counted over the names of
 * Debian's packages and the words of its manual pages. */
static const char *const costs[] = {
  "?979?=:@:B<796A9?686:<>=<@?", "7;9:8::<8;;79;89<97:8==<<?<", "6?:=7??7:B78<?5;A9:7:?AA=C<",
  "7:;:4;;>5>>:;<8;A99<9=>@=C<", "9<87;;<@=B@896=;>568>;=:=A=", "85<=98@B3DB9>?8>C:::;B@@=D:",
  "8>;<5<;97A@9;98:A68:9?>@?@;", "5?<;5=AA6A?<;=6<C9;8:@>A;A<", ":589:;:A?C?9958:B:87?;A=D=?",
  "5;9;6<<=8A=<;=69==6<7==?@B=", "8<;:48;=6@>:;;9;B;7::?=@=A:", "7?=;6>@B3C?8>@7=B?:::>AA:A=",
  "5:<<5>>@6C?::>76@>:<:@@A=C<", "7>877:6?8@<==;8=B>76;<A@=A=", ";;89?<:@<@<88598B6988;:=@B?",
  "6?;;6=<:8C>8<>79B698:??A:D<", ";=;;===?<?A8:=<;>;:53?=>A@=", "6>::4=<@6B<<:;7<B;88;<?A:C=",
  "9>9=5>>87C<;;<99>=759>=A:B;", "7>:=5=?85B=;<>7;C78::A>?:A;", ":9::9<;A8B?886=8C766?AB=B@@",
  "6=<;3>=@5C@<:=9=D=<;>@B@@C:", "5><;5=>95B?;:87<A99;=B>>@B<", "9<8:7:==7A>:8><7?;95=>>9:@8",
  "8:9;9;;>9?>98896?:58<>=???;", "6<=<3=><6A?:;=8?A<;><=><:9;", ":=98;>9>==;<<<<:<;:<>:<=BA2",
  "9:89:6:;:=<69;;8>979;<<=@?@",
};

/* Labels under which anybody can register one of his own, beside all single ones. */
static const char *const suffixes[] = {
  "ddns.net",  "dyndns.org", "duckdns.org", "no-ip.org",       "no-ip.com",  "hopto.org",
  "zapto.org", "dynu.net",   "synology.me", "myqnapcloud.com", "github.io",  "herokuapp.com",
  "ngrok.io",  "web.app",    "workers.dev", "pages.dev",       "vercel.app", "netlify.app",
};

static const char *const asked_about[] = {
  "in-addr.arpa",
  "ip6.arpa",
  "ntp.org",
  /* addresses, files and pages that somebody met */
  "barracudacentral.org",
  "bitdefender.net",
  "e5.sk",
  "mcafee.com",
  "sophosxl.net",
  "spamhaus.org",
  "surbl.org",
  "trendmicro.com",
  "uribl.com",
};

/* No maker of devices: whose names a device asks for must not matter. */
static const char *const visited[] = {
  /* networks that deliver content, clouds */
  "akadns.net",
  "akamai.net",
  "akamaiedge.net",
  "akamaihd.net",
  "alicdn.com",
  "aliyun.com",
  "aliyuncs.com",
  "amazonaws.com",
  "azure-devices.net",
  "azure.com",
  "azureedge.net",
  "azurewebsites.net",
  "bcebos.com",
  "cdn77.org",
  "cloudapp.net",
  "cloudflare.com",
  "cloudfront.net",
  "edgekey.net",
  "edgesuite.net",
  "fastly.net",
  "fastlylb.net",
  "footprint.net",
  "llnwd.net",
  "msedge.net",
  "myqcloud.com",
  "trafficmanager.net",
  "windows.net",
  /* what people look at */
  "aiv-cdn.net",
  "amazonvideo.com",
  "baidu.com",
  "bing.com",
  "cdninstagram.com",
  "doubleclick.net",
  "facebook.com",
  "fbcdn.net",
  "ggpht.com",
  "googleapis.com",
  "googlesyndication.com",
  "googleusercontent.com",
  "googlevideo.com",
  "gstatic.com",
  "gvt1.com",
  "gvt2.com",
  "instagram.com",
  "live.com",
  "media-amazon.com",
  "netflix.com",
  "nflxso.net",
  "nflxvideo.net",
  "office.com",
  "office365.com",
  "qq.com",
  "scdn.co",
  "skype.com",
  "spotify.com",
  "taobao.com",
  "tiktokcdn.com",
  "ubuntu.com",
  "whatsapp.net",
  "windowsupdate.com",
  "youtube.com",
  "ytimg.com",
};

static gboolean
is_among (const char *domain, const char *const *list, guint n)
{
  for (guint i = 0; i < n; i++)
    if (strcmp (domain, list[i]) == 0)
      return TRUE;
  return FALSE;
}

gboolean
lens_domain_is_large (const char *domain)
{
  return is_among (domain, asked_about, G_N_ELEMENTS (asked_about))
         || lens_domain_is_visited (domain);
}

gboolean
lens_domain_is_visited (const char *domain)
{
  return is_among (domain, visited, G_N_ELEMENTS (visited));
}

/* The label before the one that begins at @at; NULL when there is none. */
static const char *
label_before (const char *name, const char *at)
{
  if (at == NULL || at <= name)
    return NULL;
  for (at -= 1; at > name; at--)
    if (at[-1] == '.')
      break;
  return at;
}

/* "co.uk", "com.cn": a country's second label of two or three letters, of a few kinds. */
static gboolean
is_second_level (const char *two, const char *top)
{
  static const char *const kinds[]
      = { "ac",  "co", "com", "edu", "go",  "gob", "gov", "gv",  "id",
          "ltd", "me", "mil", "ne",  "net", "nom", "or",  "org", "plc" };
  gsize length = (gsize)(top - two) - 1;

  if (strlen (top) != 2 || length > 3)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strlen (kinds[i]) == length && strncmp (kinds[i], two, length) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_top_level (const char *label)
{
  if (strncmp (label, "xn--", 4) == 0)
    return TRUE;
  for (const char *c = label; *c != '\0'; c++)
    if (!g_ascii_isalpha (*c))
      return FALSE;
  return *label != '\0';
}

const char *
lens_domain_of (const char *name)
{
  const char *top = label_before (name, name + strlen (name));
  const char *two = label_before (name, top);

  if (two == NULL || !is_top_level (top))
    return NULL;
  const char *three = label_before (name, two);
  if (three != NULL
      && (is_second_level (two, top) || is_among (two, suffixes, G_N_ELEMENTS (suffixes))))
    return three;
  return two;
}

/* One octet of the text, which may be written as \X or \DDD; -1: not one of a host name. */
static int
next_octet (const char **at, const char *end)
{
  char c = *(*at)++;

  if (c != '\\')
    return g_ascii_isalnum (c) || c == '-' || c == '_' ? c : -1;
  if (end - *at >= 3 && g_ascii_isdigit (**at))
    *at += 3;
  else if (*at < end)
    *at += 1;
  return -1;
}

LensDomainTold
lens_domain_told (const char *text, gsize length)
{
  LensDomainTold told = { 0 };
  const char *at = text, *end = text + length;
  guint row = FIRST, half_bits = 0;

  while (at < end)
    {
      if (*at == '.')
        {
          row = FIRST;
          at++;
          continue;
        }
      int c = next_octet (&at, end);
      told.octets++;
      if (c < 0 || c == '-' || c == '_')
        {
          told.odd += c < 0;
          half_bits += 2 * (c < 0 ? OTHER_BITS : WORD_END_BITS);
          row = FIRST;
          continue;
        }
      guint column = g_ascii_isdigit (c) ? DIGIT : (guint)(g_ascii_tolower ((char)c) - 'a');
      half_bits += (guint)(costs[row][column] - '0') + (column == DIGIT ? DIGIT_HALF_BITS : 0);
      row = column;
    }
  told.dense = told.octets >= DENSE_LEAST && half_bits >= 2 * MOST_BITS * told.octets;
  told.bits = MIN (half_bits / 2, MOST_BITS * (told.octets - told.odd) + OTHER_BITS * told.odd);
  return told;
}
