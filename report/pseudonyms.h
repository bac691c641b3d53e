#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensPseudonyms:
 * Other names for what a record names: the same one for the same original, wherever and however
 * often it stands.
 *
 * A pseudonym is cut from an HMAC-SHA-256 (RFC 2104) of the original under a key.  Whoever has the
 * key can make it again; who has not cannot try originals out, however few there may be.
 *
 *   IPv4      240.0.0.0/4, which no host has; multicast and broadcast 232.0.0.0/8
 *   IPv6      2001:db8::/32; multicast ff3e::/16
 *   link      02:... (locally administered); multicast and broadcast 03:...
 *   names     host-0123456789.invalid, device-0123456789 ...
 *
 * Nothing of subnets, of interface identifiers or of makers is kept.
 */
typedef struct _LensPseudonyms LensPseudonyms;

LensPseudonyms *lens_pseudonyms_new (const guint8 *key, gsize length);
void lens_pseudonyms_free (LensPseudonyms *pseudonyms);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensPseudonyms, lens_pseudonyms_free)

/**
 * lens_pseudonyms_begin:
 * Names anew.  What was named before is known from now on: text is searched for it, and no
 * pseudonym is the same as an address among it.  So everything is named twice.
 */
void lens_pseudonyms_begin (LensPseudonyms *pseudonyms);

/* All return a string of the caller's; NULL for NULL, and nothing for nothing. */

/* @original is an address, a network, or else a name of @kind ("device", "host"). */
char *lens_pseudonyms_name (LensPseudonyms *pseudonyms, const char *kind, const char *original);

/* A URL: its scheme and port stay. */
char *lens_pseudonyms_url (LensPseudonyms *pseudonyms, const char *original);

/* As many hexadecimal digits for a hash. */
char *lens_pseudonyms_digits (LensPseudonyms *pseudonyms, const char *original);

/**
 * lens_pseudonyms_text:
 * A sentence: names that are known, addresses, domain names, URLs, what stands in quotation marks,
 * and words that look like numbers of things (ten characters or more, four digits among letters)
 * become pseudonyms.
 */
char *lens_pseudonyms_text (LensPseudonyms *pseudonyms, const char *original);

/* The addresses in a display filter, and nothing else of it. */
char *lens_pseudonyms_filter (LensPseudonyms *pseudonyms, const char *original);

G_END_DECLS
