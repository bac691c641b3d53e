#include "harness/hash.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <nettle/version.h>
#include <unistd.h>

struct _LensHash
{
  struct sha256_ctx context;
};

LensHash *
lens_hash_new (void)
{
  LensHash *hash = g_new (LensHash, 1);

  sha256_init (&hash->context);
  return hash;
}

void
lens_hash_free (LensHash *hash)
{
  g_free (hash);
}

void
lens_hash_feed (LensHash *hash, const guint8 *octets, gsize length)
{
  sha256_update (&hash->context, length, octets);
}

char *
lens_hash_end (LensHash *hash)
{
  guint8 digest[SHA256_DIGEST_SIZE];
  GString *text = g_string_sized_new (2 * sizeof digest);

  sha256_digest (&hash->context, sizeof digest, digest);
  for (gsize i = 0; i < sizeof digest; i++)
    g_string_append_printf (text, "%02x", digest[i]);
  return g_string_free (text, FALSE);
}

char *
lens_hash_octets (const guint8 *octets, gsize length)
{
  g_autoptr (LensHash) hash = lens_hash_new ();

  lens_hash_feed (hash, octets, length);
  return lens_hash_end (hash);
}

char *
lens_hash_fd (int fd)
{
  g_autoptr (LensHash) hash = lens_hash_new ();
  g_autofree guint8 *buffer = g_malloc (128 * 1024);
  gssize count;

  while ((count = read (fd, buffer, 128 * 1024)) != 0)
    {
      if (count < 0 && errno == EINTR)
        continue;
      if (count < 0)
        return NULL;
      lens_hash_feed (hash, buffer, (gsize)count);
    }
  return lens_hash_end (hash);
}

char *
lens_hash_bytes (GBytes *bytes)
{
  gsize length = 0;
  const guint8 *octets = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

  return bytes != NULL ? lens_hash_octets (octets, length) : NULL;
}

char *
lens_hash_library (void)
{
  return g_strdup_printf ("nettle %d.%d", nettle_version_major (), nettle_version_minor ());
}
