#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensAddress:
 * An IPv4 or IPv6 address; @version 0 is "none".  An IPv4 address fills the first 4 octets,
 * the others are zero, so that two addresses may be compared as memory.
 */
typedef struct
{
  guint8 version; /* 0, 4 or 6 */
  guint8 octets[16];
} LensAddress;

/* An address with a prefix length in bits; a single host has 32 or 128. */
typedef struct
{
  LensAddress address;
  guint8 prefix;
} LensNetwork;

/* Room for any address as text, the final zero included. */
#define LENS_ADDRESS_TEXT 46

LensAddress lens_address_from_octets (guint8 version, const guint8 *octets);

/* "192.0.2.1" or "fd00::1" (RFC 5952); no brackets, no zone. */
gboolean lens_address_parse (const char *text, LensAddress *address);
const char *lens_address_text (const LensAddress *address, char into[LENS_ADDRESS_TEXT]);
char *lens_address_dup_text (const LensAddress *address);

/* An address, or an address/prefix whose host bits may be set. */
gboolean lens_network_parse (const char *text, LensNetwork *network);
gboolean lens_network_contains (const LensNetwork *network, const LensAddress *address);

gboolean lens_address_equal (const LensAddress *a, const LensAddress *b);
guint lens_address_hash (const LensAddress *address);
/* A table whose keys are addresses; as g_hash_table_new_full(). */
GHashTable *lens_address_table_new (GDestroyNotify free_key, GDestroyNotify free_value);
int lens_address_compare (const LensAddress *a, const LensAddress *b);

gboolean lens_address_is_multicast (const LensAddress *address);   /* 224/4, ff00::/8 */
gboolean lens_address_is_unspecified (const LensAddress *address); /* 0.0.0.0, :: */
/* 255.255.255.255; a subnet's own broadcast address is known only with its mask. */
gboolean lens_address_is_broadcast (const LensAddress *address);
gboolean lens_address_is_link_local (const LensAddress *address); /* fe80::/10, never IPv4 */
gboolean lens_address_is_private (const LensAddress *address); /* RFC 1918, RFC 4193, link-local */

/* "44:19:b6:00:00:01", any case, ':' or '-' between. */
gboolean lens_mac_parse (const char *text, guint8 mac[6]);
char *lens_mac_dup_text (const guint8 mac[6]);
/* As a number of 48 bits, the first octet highest. */
guint64 lens_mac_number (const guint8 mac[6]);
/* For tables by such numbers: those of one maker's devices lie close together, which takes GLib's
 * own hash of numbers long ways through its table. */
guint lens_mac_number_hash (gconstpointer number);

G_END_DECLS
