#include "report/pseudonyms.h"

#include <arpa/inet.h>
#include <string.h>

enum
{
  DIGEST = 32,       /* octets of SHA-256 */
  NAME_DIGITS = 10,  /* of a name's pseudonym */
  SHORTEST_NAME = 3, /* characters that a name must have to be looked for in sentences */
  SERIAL_LENGTH = 10,
  SERIAL_DIGITS = 4,
  MAX_ADDRESS = 64, /* characters */
};

#define MAC_DIGITS "mac" /* the kind of a link address without colons */

struct _LensPseudonyms
{
  guint8 *key;
  gsize key_length;
  GHashTable *given;  /* "kind\nORIGINAL" to its pseudonym */
  GHashTable *taken;  /* pseudonyms of addresses */
  GHashTable *before; /* addresses, as text, that stood there the first time */
  GHashTable *kinds;  /* known name, in small letters, to its kind */
  GHashTable *starts; /* first word of it to GPtrArray of known names, the longest first */
};

LensPseudonyms *
lens_pseudonyms_new (const guint8 *key, gsize length)
{
  LensPseudonyms *pseudonyms = g_new0 (LensPseudonyms, 1);

  pseudonyms->key = g_memdup2 (key, length);
  pseudonyms->key_length = length;
  pseudonyms->given = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  pseudonyms->taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  pseudonyms->before = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  pseudonyms->kinds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  pseudonyms->starts
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  return pseudonyms;
}

void
lens_pseudonyms_free (LensPseudonyms *pseudonyms)
{
  if (pseudonyms == NULL)
    return;
  g_hash_table_unref (pseudonyms->given);
  g_hash_table_unref (pseudonyms->taken);
  g_hash_table_unref (pseudonyms->before);
  g_hash_table_unref (pseudonyms->starts);
  g_hash_table_unref (pseudonyms->kinds);
  g_free (pseudonyms->key);
  g_free (pseudonyms);
}

/* --- words --- */

static gboolean
is_word (char c)
{
  return g_ascii_isalnum (c) || c == '_' || (c & 0x80) != 0;
}

static gsize
word_length (const char *at)
{
  gsize length = 0;

  while (is_word (at[length]))
    length++;
  return length;
}

static gint
longest_first (gconstpointer one, gconstpointer other)
{
  const char *mine = *(const char *const *)one, *theirs = *(const char *const *)other;
  const gsize length = strlen (mine), their_length = strlen (theirs);

  return length != their_length ? (length > their_length ? -1 : 1) : strcmp (mine, theirs);
}

void
lens_pseudonyms_begin (LensPseudonyms *pseudonyms)
{
  GHashTableIter iter;
  gpointer name, names;

  g_hash_table_remove_all (pseudonyms->starts);
  g_hash_table_remove_all (pseudonyms->given);
  g_hash_table_remove_all (pseudonyms->taken);
  g_hash_table_iter_init (&iter, pseudonyms->kinds);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      const gsize length = word_length (name);
      g_autofree char *start = g_strndup (name, length);
      names = g_hash_table_lookup (pseudonyms->starts, start);
      if (strlen (name) < SHORTEST_NAME || length == 0)
        continue;
      if (names == NULL)
        {
          names = g_ptr_array_new ();
          g_hash_table_insert (pseudonyms->starts, g_steal_pointer (&start), names);
        }
      g_ptr_array_add (names, name);
    }
  g_hash_table_iter_init (&iter, pseudonyms->starts);
  while (g_hash_table_iter_next (&iter, NULL, &names))
    g_ptr_array_sort (names, longest_first);
}

/* --- digests --- */

static void
digest_of (const LensPseudonyms *pseudonyms, const char *kind, const char *original, guint attempt,
           guint8 digest[DIGEST])
{
  g_autofree char *count = g_strdup_printf ("%u", attempt);
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, pseudonyms->key, pseudonyms->key_length);
  gsize length = DIGEST;

  /* with their zeros, so that no two of them run together alike */
  g_hmac_update (hmac, (const guchar *)kind, (gssize)strlen (kind) + 1);
  g_hmac_update (hmac, (const guchar *)original, (gssize)strlen (original) + 1);
  g_hmac_update (hmac, (const guchar *)count, (gssize)strlen (count) + 1);
  g_hmac_get_digest (hmac, digest, &length);
  g_hmac_unref (hmac);
}

static char *
digits_of (const guint8 digest[DIGEST], gsize count)
{
  GString *digits = g_string_new (NULL);

  for (gsize i = 0; digits->len < count; i++)
    g_string_append_printf (digits, "%02x", digest[i % DIGEST]);
  g_string_truncate (digits, count);
  return g_string_free (digits, FALSE);
}

/* --- addresses --- */

typedef enum
{
  FORM_NONE,
  FORM_IP4,
  FORM_IP6,
  FORM_MAC,
} Form;

/* Six pairs of hexadecimal digits, with ':' or '-' between. */
static gboolean
parse_mac (const char *text, guint8 octets[16])
{
  for (guint i = 0; i < 6; i++)
    {
      const char *pair = text + 3 * i;
      if (!g_ascii_isxdigit (pair[0]) || !g_ascii_isxdigit (pair[1]))
        return FALSE;
      octets[i] = (guint8)(16 * g_ascii_xdigit_value (pair[0]) + g_ascii_xdigit_value (pair[1]));
      if (i < 5 ? pair[2] != text[2] || (pair[2] != ':' && pair[2] != '-') : pair[2] != '\0')
        return FALSE;
    }
  return TRUE;
}

static Form
parse_address (const char *text, guint8 octets[16])
{
  if (inet_pton (AF_INET, text, octets) == 1)
    return FORM_IP4;
  if (inet_pton (AF_INET6, text, octets) == 1)
    return FORM_IP6;
  return parse_mac (text, octets) ? FORM_MAC : FORM_NONE;
}

static char *
print_address (Form form, const guint8 octets[16])
{
  char text[MAX_ADDRESS];

  if (form != FORM_MAC)
    return g_strdup (inet_ntop (form == FORM_IP4 ? AF_INET : AF_INET6, octets, text, sizeof text));
  return g_strdup_printf ("%02x:%02x:%02x:%02x:%02x:%02x", octets[0], octets[1], octets[2],
                          octets[3], octets[4], octets[5]);
}

/* The address that a digest stands for, of the same kind as @octets. */
static char *
draw_address (Form form, const guint8 octets[16], const guint8 digest[DIGEST])
{
  guint8 drawn[16];

  memcpy (drawn, digest, sizeof drawn);
  if (form == FORM_IP4)
    drawn[0]
        = octets[0] >= 224 && (octets[0] < 240 || octets[0] == 255) ? 232 : 240 + digest[0] % 15;
  else if (form == FORM_MAC)
    drawn[0] = (octets[0] & 1) != 0 ? 3 : 2;
  else if (octets[0] == 0xff)
    memcpy (drawn, "\xff\x3e", 2);
  else
    memcpy (drawn, "\x20\x01\x0d\xb8", 4);
  return print_address (form, drawn);
}

/* What a sentence may mention. */
static void
learn (LensPseudonyms *pseudonyms, const char *kind, const char *original)
{
  char *small = g_ascii_strdown (original, -1);

  if (g_hash_table_contains (pseudonyms->kinds, small))
    g_free (small);
  else
    g_hash_table_insert (pseudonyms->kinds, small, g_strdup (kind));
}

/* The forms in which a link address stands in names and sentences, beside that with colons. */
static void
learn_mac (LensPseudonyms *pseudonyms, const guint8 octets[16])
{
  g_autofree char *bare = g_strdup_printf ("%02x%02x%02x%02x%02x%02x", octets[0], octets[1],
                                           octets[2], octets[3], octets[4], octets[5]);
  g_autofree char *dotted = g_strdup_printf ("%02x%02x.%02x%02x.%02x%02x", octets[0], octets[1],
                                             octets[2], octets[3], octets[4], octets[5]);

  learn (pseudonyms, MAC_DIGITS, bare);
  learn (pseudonyms, MAC_DIGITS, dotted);
}

static char *
name_address (LensPseudonyms *pseudonyms, Form form, const guint8 octets[16])
{
  g_autofree char *original = print_address (form, octets);
  const char *given = g_hash_table_lookup (pseudonyms->given, original);
  guint8 digest[DIGEST];
  char *drawn = NULL;

  if (given != NULL)
    return g_strdup (given);
  g_hash_table_add (pseudonyms->before, g_strdup (original));
  if (form == FORM_MAC)
    learn_mac (pseudonyms, octets);
  for (guint attempt = 0; drawn == NULL; attempt++)
    {
      digest_of (pseudonyms, "address", original, attempt, digest);
      drawn = draw_address (form, octets, digest);
      if (g_hash_table_contains (pseudonyms->taken, drawn)
          || g_hash_table_contains (pseudonyms->before, drawn))
        g_clear_pointer (&drawn, g_free);
    }
  g_hash_table_add (pseudonyms->taken, g_strdup (drawn));
  g_hash_table_insert (pseudonyms->given, g_steal_pointer (&original), g_strdup (drawn));
  return drawn;
}

/* --- names --- */

/* "4419b6000001" or "4419.b600.0001" as its pseudonym without colons. */
static char *
name_mac_digits (LensPseudonyms *pseudonyms, const char *original)
{
  GString *octets_text = g_string_new (NULL);
  guint8 octets[16];

  for (const char *at = original; *at != '\0'; at++)
    if (*at != '.')
      {
        if (octets_text->len % 3 == 2)
          g_string_append_c (octets_text, ':');
        g_string_append_c (octets_text, *at);
      }
  g_autofree char *text = g_string_free (octets_text, FALSE);
  if (!parse_mac (text, octets))
    return NULL;
  g_autofree char *drawn = name_address (pseudonyms, FORM_MAC, octets);
  g_auto (GStrv) pairs = g_strsplit (drawn, ":", -1);
  return g_strjoinv ("", pairs);
}

static char *
name_kind (LensPseudonyms *pseudonyms, const char *kind, const char *original)
{
  g_autofree char *small = g_ascii_strdown (original, -1);
  g_autofree char *key = g_strdup_printf ("%s\n%s", kind, small);
  const char *given = g_hash_table_lookup (pseudonyms->given, key);
  guint8 digest[DIGEST];

  if (given != NULL)
    return g_strdup (given);
  if (g_str_equal (kind, MAC_DIGITS))
    return name_mac_digits (pseudonyms, small);
  digest_of (pseudonyms, "name", small, 0, digest); /* whatever kind it is taken for */
  g_autofree char *digits = digits_of (digest, NAME_DIGITS);
  char *name
      = g_strdup_printf ("%s-%s%s", kind, digits, g_str_equal (kind, "host") ? ".invalid" : "");
  g_hash_table_insert (pseudonyms->given, g_steal_pointer (&key), g_strdup (name));
  return name;
}

char *
lens_pseudonyms_name (LensPseudonyms *pseudonyms, const char *kind, const char *original)
{
  guint8 octets[16];

  if (original == NULL || *original == '\0')
    return g_strdup (original);
  const char *slash = strchr (original, '/');
  const gsize length = slash != NULL ? (gsize)(slash - original) : strlen (original);
  g_autofree char *address = g_strndup (original, length);
  const Form form = parse_address (address, octets);
  if (form != FORM_NONE)
    {
      g_autofree char *drawn = name_address (pseudonyms, form, octets);
      return g_strconcat (drawn, slash, NULL);
    }
  learn (pseudonyms, kind, original);
  return name_kind (pseudonyms, kind, original);
}

char *
lens_pseudonyms_digits (LensPseudonyms *pseudonyms, const char *original)
{
  guint8 digest[DIGEST];

  if (original == NULL || *original == '\0')
    return g_strdup (original);
  digest_of (pseudonyms, "hash", original, 0, digest);
  return digits_of (digest, 2 * DIGEST);
}

/* ":554", behind the host of an authority; nothing where there is none. */
static const char *
port_of (const char *authority)
{
  const char *bracket = strrchr (authority, ']');
  const char *colon = strrchr (bracket != NULL ? bracket : authority, ':');

  return colon != NULL && colon[1 + strspn (colon + 1, "0123456789")] == '\0' ? colon : "";
}

char *
lens_pseudonyms_url (LensPseudonyms *pseudonyms, const char *original)
{
  const char *scheme_end = original != NULL ? strstr (original, "://") : NULL;

  if (scheme_end == NULL)
    return lens_pseudonyms_name (pseudonyms, "url", original);
  const char *start = scheme_end + strlen ("://");
  const gsize length = strcspn (start, "/?#");
  g_autofree char *authority = g_strndup (start, length);
  const char *at = strrchr (authority, '@');
  g_autofree char *own = g_strdup (at != NULL ? at + 1 : authority);
  g_autofree char *port = g_strdup (port_of (own));
  own[strlen (own) - strlen (port)] = '\0';
  const gboolean bracketed = own[0] == '[' && g_str_has_suffix (own, "]");
  g_autofree char *bare = bracketed ? g_strndup (own + 1, strlen (own) - 2) : g_strdup (own);
  g_autofree char *host = lens_pseudonyms_name (pseudonyms, "host", bare);
  const char *rest = start + length;
  g_autofree char *path
      = rest[0] != '\0' && rest[1] != '\0' ? name_kind (pseudonyms, "path", rest) : g_strdup ("");
  return g_strdup_printf ("%.*s://%s%s%s%s%s%s", (int)(scheme_end - original), original,
                          strchr (host, ':') != NULL ? "[" : "", host,
                          strchr (host, ':') != NULL ? "]" : "", port, *rest != '\0' ? "/" : "",
                          path);
}

/* --- sentences --- */

/* A rule looks at @at, the start of a word, and returns how many octets it takes, with what stands
 * in their place in *name; 0: nothing. */
typedef gsize (*Rule) (LensPseudonyms *pseudonyms, const char *at, char **name);

static gsize
take_known (LensPseudonyms *pseudonyms, const char *at, char **name)
{
  g_autofree char *start = g_ascii_strdown (at, (gssize)word_length (at));
  const GPtrArray *names = g_hash_table_lookup (pseudonyms->starts, start);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      const char *known = g_ptr_array_index (names, i);
      const gsize length = strlen (known);
      if (g_ascii_strncasecmp (at, known, length) != 0
          || (is_word (known[length - 1]) && is_word (at[length])))
        continue;
      *name = name_kind (pseudonyms, g_hash_table_lookup (pseudonyms->kinds, known), known);
      return length;
    }
  return 0;
}

static gsize
take_url (LensPseudonyms *pseudonyms, const char *at, char **name)
{
  const gsize scheme
      = strspn (at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+");

  if (scheme == 0 || !g_str_has_prefix (at + scheme, "://"))
    return 0;
  gsize length = strcspn (at, " \t\r\n\"'<>()");
  while (length > scheme + 3 && strchr (".,;:", at[length - 1]) != NULL)
    length--;
  g_autofree char *url = g_strndup (at, length);
  *name = lens_pseudonyms_url (pseudonyms, url);
  return length;
}

/* The longest address that begins here, without the punctuation of a sentence behind it. */
static gsize
take_address (LensPseudonyms *pseudonyms, const char *at, char **name)
{
  gsize length = strspn (at, "0123456789abcdefABCDEF:.-");
  guint8 octets[16];

  for (length = MIN (length, MAX_ADDRESS); length >= 2; length--)
    {
      g_autofree char *address = g_strndup (at, length);
      if (is_word (at[length]) && is_word (at[length - 1]))
        continue;
      const Form form = parse_address (address, octets);
      if (form == FORM_NONE)
        continue;
      *name = name_address (pseudonyms, form, octets);
      return length;
    }
  return 0;
}

static gboolean
is_domain (const char *text)
{
  const char *dot = strrchr (text, '.');
  gsize letters = 0;

  if (dot == NULL || dot == text || strstr (text, "..") != NULL)
    return FALSE;
  for (const char *at = dot + 1; *at != '\0'; at++)
    if (g_ascii_isalpha (*at) || (*at & 0x80) != 0)
      letters++;
  return letters >= 2;
}

static gsize
take_domain (LensPseudonyms *pseudonyms, const char *at, char **name)
{
  gsize length = 0;

  while (is_word (at[length]) || at[length] == '.' || at[length] == '-')
    length++;
  while (length > 0 && (at[length - 1] == '.' || at[length - 1] == '-'))
    length--;
  g_autofree char *domain = g_strndup (at, length);
  if (!is_domain (domain))
    return 0;
  *name = name_kind (pseudonyms, "host", domain);
  return length;
}

/* A serial number, a key, an identifier. */
static gsize
take_serial (LensPseudonyms *pseudonyms, const char *at, char **name)
{
  gsize length = 0, digits = 0, letters = 0;

  for (; is_word (at[length]) || at[length] == '-'; length++)
    {
      digits += g_ascii_isdigit (at[length]) ? 1 : 0;
      letters += g_ascii_isalpha (at[length]) ? 1 : 0;
    }
  if (length < SERIAL_LENGTH || digits < SERIAL_DIGITS || letters == 0
      || g_str_has_prefix (at, "CVE-"))
    return 0;
  g_autofree char *serial = g_strndup (at, length);
  *name = name_kind (pseudonyms, "text", serial);
  return length;
}

/* Between quotation marks: what a stranger wrote. */
static gsize
take_quoted (LensPseudonyms *pseudonyms, const char *at, char **name)
{
  const char *end = *at == '"' ? strrchr (at + 1, '"') : NULL;

  if (end == NULL || end == at + 1)
    return 0;
  g_autofree char *quoted = g_strndup (at + 1, (gsize)(end - at - 1));
  g_autofree char *inside = name_kind (pseudonyms, "text", quoted);
  *name = g_strdup_printf ("\"%s\"", inside);
  return (gsize)(end - at + 1);
}

static char *
apply (LensPseudonyms *pseudonyms, const Rule *rules, guint n_rules, const char *text)
{
  GString *said = g_string_new (NULL);
  const char *at = text;

  while (*at != '\0')
    {
      g_autofree char *name = NULL;
      gsize length = 0;

      for (guint i = 0; i < n_rules && length == 0; i++)
        length = rules[i](pseudonyms, at, &name);
      if (length > 0)
        g_string_append (said, name);
      else
        {
          length = MAX (word_length (at), 1);
          g_string_append_len (said, at, (gssize)length);
        }
      at += length;
    }
  return g_string_free (said, FALSE);
}

char *
lens_pseudonyms_text (LensPseudonyms *pseudonyms, const char *original)
{
  static const Rule rules[]
      = { take_quoted, take_url, take_address, take_known, take_domain, take_serial };

  return original != NULL ? apply (pseudonyms, rules, G_N_ELEMENTS (rules), original) : NULL;
}

char *
lens_pseudonyms_filter (LensPseudonyms *pseudonyms, const char *original)
{
  static const Rule rules[] = { take_address };

  return original != NULL ? apply (pseudonyms, rules, G_N_ELEMENTS (rules), original) : NULL;
}
