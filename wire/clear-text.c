#include "wire/clear-text.h"

#include <string.h>

enum
{
  MOST_VALUE = 256,
  LEAST_KEY = 8, /* IEEE Std 802.11-2020 J.4.1: a passphrase has 8 to 63 characters */
  MOST_GAP = 6,  /* octets between a name and its value */
};

/* Names without '_' and '-', in lower case. */
static const struct
{
  const char *name;
  LensClearKind kind;
} names[] = {
  { "password", LENS_CLEAR_PASSWORD },
  { "passwd", LENS_CLEAR_PASSWORD },
  { "passphrase", LENS_CLEAR_PASSWORD },
  { "pwd", LENS_CLEAR_PASSWORD },
  { "userpassword", LENS_CLEAR_PASSWORD },
  { "adminpassword", LENS_CLEAR_PASSWORD },
  { "userpwd", LENS_CLEAR_PASSWORD },
  { "loginpwd", LENS_CLEAR_PASSWORD },
  { "loginpas", LENS_CLEAR_PASSWORD },
  { "psk", LENS_CLEAR_NETWORK_KEY },
  { "wpapsk", LENS_CLEAR_NETWORK_KEY },
  { "wpakey", LENS_CLEAR_NETWORK_KEY },
  { "wpapassphrase", LENS_CLEAR_NETWORK_KEY },
  { "wifipassword", LENS_CLEAR_NETWORK_KEY },
  { "wifipwd", LENS_CLEAR_NETWORK_KEY },
  { "wifikey", LENS_CLEAR_NETWORK_KEY },
  { "presharedkey", LENS_CLEAR_NETWORK_KEY },
  { "token", LENS_CLEAR_TOKEN },
  { "accesstoken", LENS_CLEAR_TOKEN },
  { "authtoken", LENS_CLEAR_TOKEN },
  { "authcode", LENS_CLEAR_TOKEN },
  { "apikey", LENS_CLEAR_TOKEN },
  { "sessionid", LENS_CLEAR_TOKEN },
  { "serialnumber", LENS_CLEAR_SERIAL },
  { "serialno", LENS_CLEAR_SERIAL },
  { "serial", LENS_CLEAR_SERIAL },
  { "sn", LENS_CLEAR_SERIAL },
  { "devicesn", LENS_CLEAR_SERIAL },
  { "devsn", LENS_CLEAR_SERIAL },
  { "deviceserial", LENS_CLEAR_SERIAL },
  { "deviceserialno", LENS_CLEAR_SERIAL },
  { "deviceserialnumber", LENS_CLEAR_SERIAL },
  { "subserial", LENS_CLEAR_SERIAL },
  { "ssid", LENS_CLEAR_NETWORK },
  { "essid", LENS_CLEAR_NETWORK },
  { "wifissid", LENS_CLEAR_NETWORK },
  { "wifiname", LENS_CLEAR_NETWORK },
  { "latitude", LENS_CLEAR_LATITUDE },
  { "lat", LENS_CLEAR_LATITUDE },
  { "longitude", LENS_CLEAR_LONGITUDE },
  { "lon", LENS_CLEAR_LONGITUDE },
  { "lng", LENS_CLEAR_LONGITUDE },
};

/* Lines of HTTP, of FTP and mail (RFC 959 section 4.1.1, RFC 1939 section 7, RFC 4954), and PEM. */
static const struct
{
  const char *head;
  LensClearKind kind;
} lines[] = {
  { "authorization: basic ", LENS_CLEAR_BASIC },
  { "authorization: digest ", LENS_CLEAR_TOKEN },
  { "authorization: bearer ", LENS_CLEAR_TOKEN },
  { "cookie: ", LENS_CLEAR_TOKEN },
  { "set-cookie: ", LENS_CLEAR_TOKEN },
  { "auth plain ", LENS_CLEAR_PASSWORD },
  { "pass ", LENS_CLEAR_PASSWORD },
  { "-----begin private key", LENS_CLEAR_PRIVATE_KEY },
  { "-----begin rsa private key", LENS_CLEAR_PRIVATE_KEY },
  { "-----begin ec private key", LENS_CLEAR_PRIVATE_KEY },
  { "-----begin dsa private key", LENS_CLEAR_PRIVATE_KEY },
  { "-----begin openssh private key", LENS_CLEAR_PRIVATE_KEY },
};

/* --- values --- */

static gboolean
is_masked (const guint8 *octets, gsize length)
{
  static const char *const nothing[] = { "null", "none", "true", "false", "undefined", "n/a" };

  for (guint i = 0; i < G_N_ELEMENTS (nothing); i++)
    if (strlen (nothing[i]) == length
        && g_ascii_strncasecmp ((const char *)octets, nothing[i], length) == 0)
      return TRUE;
  for (gsize i = 1; i < length; i++)
    if (octets[i] != octets[0])
      return FALSE;
  return octets[0] == '*' || octets[0] == '.' || octets[0] == 'x' || octets[0] == 'X';
}

static gsize
count_of (const guint8 *octets, gsize length, gboolean digits)
{
  gsize count = 0;

  for (gsize i = 0; i < length; i++)
    count += digits ? g_ascii_isdigit (octets[i]) != 0 : g_ascii_isalnum (octets[i]) != 0;
  return count;
}

/* Degrees with at least three decimals: 100 m. */
static gboolean
is_degrees (const guint8 *octets, gsize length)
{
  gsize at = octets[0] == '-' || octets[0] == '+', whole = 0, decimals = 0;

  while (at + whole < length && g_ascii_isdigit (octets[at + whole]))
    whole++;
  if (whole == 0 || whole > 3 || at + whole >= length || octets[at + whole] != '.')
    return FALSE;
  at += whole + 1;
  while (at + decimals < length && g_ascii_isdigit (octets[at + decimals]))
    decimals++;
  return decimals >= 3 && at + decimals == length;
}

static gboolean
is_value_of (LensClearKind kind, const guint8 *octets, gsize length)
{
  if (length == 0 || is_masked (octets, length)
      || !g_utf8_validate ((const char *)octets, (gssize)length, NULL))
    return FALSE;
  switch (kind)
    {
    case LENS_CLEAR_LATITUDE:
    case LENS_CLEAR_LONGITUDE:
      return is_degrees (octets, length);
    case LENS_CLEAR_SERIAL:
      return length >= 6 && length <= 64 && count_of (octets, length, TRUE) >= 3
             && count_of (octets, length, FALSE) + 4 >= length;
    case LENS_CLEAR_TOKEN:
      return length >= 8;
    case LENS_CLEAR_NETWORK:
      return length <= 32;
    case LENS_CLEAR_NETWORK_KEY:
      return length >= LEAST_KEY;
    default:
      return length >= 2;
    }
}

static gboolean
is_text (guint8 octet)
{
  return octet >= 0x20 && octet != 0x7f;
}

/* From the character behind a name to the value: quotes, blanks, one of : = >, quotes. */
static gboolean
find_value (const guint8 *octets, gsize length, gsize at, LensRange *value)
{
  gboolean equals = FALSE, quoted = FALSE, element = FALSE;
  guint8 quote = 0;

  for (gsize gap = 0; at < length && gap < MOST_GAP; gap++, at++)
    {
      guint8 octet = octets[at];
      if (octet == '"' || octet == '\'')
        {
          if (equals && quoted)
            return FALSE;
          quoted = equals;
          quote = octet;
          if (equals)
            {
              at++;
              break;
            }
        }
      else if (octet == ':' || octet == '=' || octet == '>')
        {
          if (equals)
            return FALSE;
          equals = TRUE;
          element = octet == '>';
        }
      else if (octet != ' ' && octet != '\t' && octet != '\\')
        break;
      else if (element)
        break;
    }
  if (!equals)
    return FALSE;
  value->offset = at;
  while (at < length && at - value->offset <= MOST_VALUE && is_text (octets[at]))
    {
      guint8 octet = octets[at];
      if (quoted ? octet == quote : element ? octet == '<' : strchr ("&<>\"' ,;}()", octet) != NULL)
        break;
      at++;
    }
  value->length = at - value->offset;
  /* JSON inside a string has its quotes escaped. */
  if (quoted && value->length > 0 && octets[at - 1] == '\\')
    value->length--;
  /* Program text: password = document.getElementById(...) */
  if (at < length && !quoted && (octets[at] == '(' || octets[at] == ')'))
    return FALSE;
  return at < length && value->length > 0 && value->length <= MOST_VALUE;
}

/* --- names --- */

/* Where @name, which may have '_' and '-' in it, ends; 0 where it does not stand there. */
static gsize
match_name (const guint8 *octets, gsize length, gsize at, const char *name)
{
  gsize start = at;

  while (*name != '\0')
    {
      if (at >= length)
        return 0;
      if (at > start && (octets[at] == '_' || octets[at] == '-'))
        {
          at++;
          continue;
        }
      if (g_ascii_tolower (octets[at]) != *name)
        return 0;
      at++;
      name++;
    }
  return at < length && !g_ascii_isalnum (octets[at]) && octets[at] != '_' && octets[at] != '-' ? at
                                                                                                : 0;
}

/* The second letter of what may be a name, in lower case; 0: there is none. */
static char
second_letter (const guint8 *octets, gsize length, gsize at)
{
  do
    at++;
  while (at < length && (octets[at] == '_' || octets[at] == '-'));
  return at < length ? g_ascii_tolower (octets[at]) : '\0';
}

#define LETTER(letter) (1u << ((letter) - 'a'))

/* The second letters of names, by the first. */
static const guint32 seconds[26] = {
  ['a' - 'a'] = LETTER ('c') | LETTER ('d') | LETTER ('p') | LETTER ('u'),
  ['d' - 'a'] = LETTER ('e'),
  ['e' - 'a'] = LETTER ('s'),
  ['l' - 'a'] = LETTER ('a') | LETTER ('n') | LETTER ('o'),
  ['p' - 'a'] = LETTER ('a') | LETTER ('r') | LETTER ('s') | LETTER ('w'),
  ['s' - 'a'] = LETTER ('e') | LETTER ('n') | LETTER ('s') | LETTER ('u'),
  ['t' - 'a'] = LETTER ('o'),
  ['u' - 'a'] = LETTER ('s'),
  ['w' - 'a'] = LETTER ('i') | LETTER ('p'),
};

static gboolean
take_name (const guint8 *octets, gsize length, gsize at, LensClearText *text)
{
  char first = g_ascii_tolower (octets[at]), second = second_letter (octets, length, at);

  if (second < 'a' || second > 'z' || (seconds[first - 'a'] >> (second - 'a') & 1) == 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (names[i].name[0] != first || names[i].name[1] != second)
        continue;
      gsize end = match_name (octets, length, at, names[i].name);
      if (end == 0 || !find_value (octets, length, end, &text->value))
        continue;
      if (!is_value_of (names[i].kind, octets + text->value.offset, text->value.length))
        return FALSE;
      text->kind = names[i].kind;
      text->whole = (LensRange){ at, lens_range_end (text->value) - at };
      return TRUE;
    }
  return FALSE;
}

static gboolean
take_line (const guint8 *octets, gsize length, gsize at, LensClearText *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      gsize head = strlen (lines[i].head);
      if (length - at < head
          || g_ascii_strncasecmp ((const char *)octets + at, lines[i].head, head) != 0)
        continue;
      gsize end = at + head;
      while (end < length && end - at < 4 * MOST_VALUE && octets[end] != '\r'
             && octets[end] != '\n')
        end++;
      text->kind = lines[i].kind;
      text->value = (LensRange){ at + head, end - at - head };
      text->whole = (LensRange){ at, end - at };
      return end < length && is_value_of (text->kind, octets + at + head, end - at - head);
    }
  return FALSE;
}

enum
{
  NAME = 1,
  LINE = 2,
  WORD = 4, /* a letter or a digit: no name, and no line, begins behind it */
};

#define BOTH(small, large, what) [small] = (what) | WORD, [large] = (what) | WORD

/* What an octet may begin, and whether it is of a word. */
static const guint8 starts[256] = {
  BOTH ('a', 'A', NAME | LINE),
  BOTH ('b', 'B', 0),
  BOTH ('c', 'C', LINE),
  BOTH ('d', 'D', NAME),
  BOTH ('e', 'E', NAME),
  BOTH ('f', 'F', 0),
  BOTH ('g', 'G', 0),
  BOTH ('h', 'H', 0),
  BOTH ('i', 'I', 0),
  BOTH ('j', 'J', 0),
  BOTH ('k', 'K', 0),
  BOTH ('l', 'L', NAME),
  BOTH ('m', 'M', 0),
  BOTH ('n', 'N', 0),
  BOTH ('o', 'O', 0),
  BOTH ('p', 'P', NAME | LINE),
  BOTH ('q', 'Q', 0),
  BOTH ('r', 'R', 0),
  BOTH ('s', 'S', NAME | LINE),
  BOTH ('t', 'T', NAME),
  BOTH ('u', 'U', NAME),
  BOTH ('v', 'V', 0),
  BOTH ('w', 'W', NAME),
  BOTH ('x', 'X', 0),
  BOTH ('y', 'Y', 0),
  BOTH ('z', 'Z', 0),
  ['0'] = WORD,
  ['1'] = WORD,
  ['2'] = WORD,
  ['3'] = WORD,
  ['4'] = WORD,
  ['5'] = WORD,
  ['6'] = WORD,
  ['7'] = WORD,
  ['8'] = WORD,
  ['9'] = WORD,
  ['-'] = LINE,
};

/* @start: of the octet there; what stands before it is no part of a word. */
static gboolean
take_here (const guint8 *octets, gsize length, gsize at, guint8 start, LensClearText *text)
{
  if ((start & LINE) != 0 && (at == 0 || octets[at - 1] == '\n')
      && take_line (octets, length, at, text))
    return TRUE;
  return (start & NAME) != 0 && take_name (octets, length, at, text);
}

gboolean
lens_clear_text_next (const guint8 *octets, gsize length, gsize *at, LensClearText *text)
{
  gsize here = *at;
  guint8 before = here > 0 && here <= length ? starts[octets[here - 1]] : 0;

  for (; here < length; here++)
    {
      guint8 start = starts[octets[here]];
      gboolean may = (start & (NAME | LINE)) != 0 && (before & WORD) == 0;
      before = start;
      if (may && take_here (octets, length, here, start, text))
        {
          *at = lens_range_end (text->whole);
          return TRUE;
        }
    }
  *at = here;
  return FALSE;
}

const char *
lens_clear_text_name (LensClearKind kind)
{
  static const char *const texts[LENS_N_CLEAR] = {
    [LENS_CLEAR_PASSWORD] = "a password",
    [LENS_CLEAR_BASIC] = "a user's name and password (Basic)",
    [LENS_CLEAR_PRIVATE_KEY] = "a private key",
    [LENS_CLEAR_NETWORK_KEY] = "the key of a wireless network",
    [LENS_CLEAR_TOKEN] = "a token, cookie or digest",
    [LENS_CLEAR_SERIAL] = "a serial number",
    [LENS_CLEAR_NETWORK] = "the name of a wireless network",
    [LENS_CLEAR_LATITUDE] = "a position",
    [LENS_CLEAR_LONGITUDE] = "a position",
  };

  return texts[kind];
}

/* --- link addresses --- */

static gint
nibble (guint8 octet)
{
  return g_ascii_isxdigit (octet) ? g_ascii_xdigit_value ((char)octet) : -1;
}

/* One separator, or its percent encoding (RFC 3986 section 2.1), may stand between digits. */
static gsize
separator (const guint8 *octets, gsize length)
{
  if (length >= 3 && octets[0] == '%'
      && (memcmp (octets + 1, "3A", 2) == 0 || memcmp (octets + 1, "3a", 2) == 0
          || memcmp (octets + 1, "2D", 2) == 0 || memcmp (octets + 1, "2d", 2) == 0))
    return 3;
  return length > 0 && strchr (":-._ ", octets[0]) != NULL && octets[0] != '\0';
}

/* Whether the @count octets of @address stand at @octets as hexadecimal digits; returns where
 * they end, or 0. */
static gsize
match_digits (const guint8 *octets, gsize length, const guint8 *address, gsize count)
{
  gsize at = 0;

  for (gsize i = 0; i < 2 * count; i++)
    {
      if (i > 0)
        at += separator (octets + at, length - at);
      if (at >= length
          || nibble (octets[at]) != (i % 2 == 0 ? address[i / 2] >> 4 : address[i / 2] & 0x0f))
        return 0;
      at++;
    }
  return at < length && nibble (octets[at]) >= 0 ? 0 : at;
}

static gboolean
match_mac (const guint8 *octets, gsize length, const guint8 mac[6], const char base64[9],
           gsize *count, LensMacForm *form)
{
  const guint8 eui[8] = { mac[0], mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5] };
  guint8 modified[8];

  if (length >= 6 && memcmp (octets, mac, 6) == 0)
    {
      *form = LENS_MAC_OCTETS;
      *count = 6;
      return TRUE;
    }
  if (length >= 8 && memcmp (octets, base64, 8) == 0)
    {
      *form = LENS_MAC_BASE64;
      *count = 8;
      return TRUE;
    }
  if ((*count = match_digits (octets, length, mac, 6)) > 0)
    {
      *form = LENS_MAC_TEXT;
      return TRUE;
    }
  memcpy (modified, eui, sizeof modified);
  modified[0] ^= 2;
  *form = LENS_MAC_EUI64_TEXT;
  return (*count = match_digits (octets, length, eui, 8)) > 0
         || (*count = match_digits (octets, length, modified, 8)) > 0;
}

/* As RFC 4648 section 4 has six octets. */
static void
to_base64 (const guint8 mac[6], char text[9])
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  guint64 number = 0;

  for (guint i = 0; i < 6; i++)
    number = number << 8 | mac[i];
  for (guint i = 0; i < 8; i++)
    text[i] = letters[number >> (42 - 6 * i) & 63];
  text[8] = '\0';
}

typedef struct
{
  guint64 bits[4];
} OctetSet;

static void
set_add (OctetSet *set, guint8 octet)
{
  set->bits[octet >> 6] |= G_GUINT64_CONSTANT (1) << (octet & 63);
}

static gboolean
set_has (const OctetSet *set, guint8 octet)
{
  return (set->bits[octet >> 6] >> (octet & 63) & 1) != 0;
}

gboolean
lens_mac_find (const guint8 *octets, gsize length, const guint8 mac[6], gsize *at, LensRange *where,
               LensMacForm *form)
{
  char base64[9];
  OctetSet first = { { 0 } };

  /* What any of the forms may begin with. */
  to_base64 (mac, base64);
  set_add (&first, mac[0]);
  set_add (&first, (guint8)base64[0]);
  for (guint i = 0; i < 2; i++)
    {
      char digit = "0123456789abcdef"[(i == 0 ? mac[0] : mac[0] ^ 2) >> 4];
      set_add (&first, (guint8)digit);
      set_add (&first, (guint8)g_ascii_toupper (digit));
    }
  gsize here = *at;
  for (; here < length; here++)
    if (set_has (&first, octets[here])
        && match_mac (octets + here, length - here, mac, base64, &where->length, form))
      {
        /* Digits go on to the left: part of a longer number. */
        if (*form <= LENS_MAC_EUI64_TEXT && here > 0 && nibble (octets[here - 1]) >= 0)
          continue;
        where->offset = here;
        *at = here + where->length;
        return TRUE;
      }
  *at = here;
  return FALSE;
}
