#include "ledger/describe.h"

#include <string.h>

/* Octets below which entropy says nothing: the estimate of a shorter sample is its length. */
#define ENOUGH 256

/* Corrected entropy of the kind from which on it is called high; of random octets it is 8. */
#define HIGH 7.5

typedef struct
{
  const char *name;
  const char *octets;
  gsize length, offset;
} Magic;

static const Magic magics[] = {
  { "gzip", "\x1f\x8b\x08", 3, 0 },
  { "Zstandard", "\x28\xb5\x2f\xfd", 4, 0 },
  { "XZ",
    "\xfd"
    "7zXZ\0",
    6, 0 },
  { "ZIP", "PK\3\4", 4, 0 },
  { "JPEG", "\xff\xd8\xff", 3, 0 },
  { "PNG", "\x89PNG\r\n\x1a\n", 8, 0 },
  { "GIF", "GIF8", 4, 0 },
  { "PDF", "%PDF-", 5, 0 },
  { "ELF",
    "\x7f"
    "ELF",
    4, 0 },
  { "RIFF", "RIFF", 4, 0 },
  { "Matroska", "\x1a\x45\xdf\xa3", 4, 0 },
  { "MP4", "ftyp", 4, 4 },
  { "FLV", "FLV\1", 4, 0 },
  { "Ogg", "OggS\0", 5, 0 },
  { "SQLite", "SQLite format 3\0", 16, 0 },
  { "PEM", "-----BEGIN ", 11, 0 },
  { "XML", "<?xml", 5, 0 },
  { "H.264 or H.265 (Annex B)", "\0\0\0\1", 4, 0 },
};

const char *
lens_magic_name (const guint8 *octets, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (magics); i++)
    {
      const Magic *magic = &magics[i];
      if (length >= magic->offset + magic->length
          && memcmp (octets + magic->offset, magic->octets, magic->length) == 0)
        return magic->name;
    }
  return NULL;
}

static guint64
printable (const LensHistogram *octets)
{
  guint64 count = octets->counts['\t'] + octets->counts['\n'] + octets->counts['\r'];

  for (guint i = ' '; i <= '~'; i++)
    count += octets->counts[i];
  return count;
}

static void
tell_octets (GString *text, const LensHistogram *octets, const guint8 *start, gsize length)
{
  const char *magic = lens_magic_name (start, length);
  double entropy = lens_histogram_entropy (octets, TRUE);

  g_string_append_printf (text, "%u %% printable",
                          (guint)(100 * printable (octets) / octets->total));
  if (octets->total >= ENOUGH)
    g_string_append_printf (text,
                            entropy >= HIGH ? ", high entropy (%.1f bits an octet)"
                                            : ", entropy %.1f bits an octet",
                            entropy);
  if (magic != NULL)
    g_string_append_printf (text, "; they begin like %s", magic);
}

static void
tell_amount (GString *text, guint64 bits, guint64 octets)
{
  const char *s = octets == 1 ? "" : "s";

  if (bits == 8 * octets)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT " octet%s", octets, s);
  else if (bits < 8 * octets)
    g_string_append_printf (text,
                            "%" G_GUINT64_FORMAT " bit%s used in %" G_GUINT64_FORMAT " octet%s",
                            bits, bits == 1 ? "" : "s", octets, s);
  else
    g_string_append_printf (text,
                            "%" G_GUINT64_FORMAT
                            " bits used, of which the places of %" G_GUINT64_FORMAT
                            " octet%s are known",
                            bits, octets, s);
}

char *
lens_describe_use (guint64 bits, guint64 octets, const LensHistogram *content, const guint8 *start,
                   gsize length)
{
  const guint64 known = content != NULL ? content->total : 0;

  if (octets == 0 || (known == 0 && bits == 8 * octets))
    return NULL;
  GString *text = g_string_new (NULL);
  tell_amount (text, bits, octets);
  if (known > 0 && known != octets)
    g_string_append_printf (text, "; of %" G_GUINT64_FORMAT " that were looked at, ", known);
  else if (known > 0)
    g_string_append (text, ", ");
  if (known > 0)
    tell_octets (text, content, start, length);
  g_string_append_c (text, '.');
  return g_string_free (text, FALSE);
}
