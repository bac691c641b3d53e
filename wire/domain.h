#pragma once

/* Names of the domain name system as people register and use them: what part of one somebody
 * owns (RFC 8499 section 7, "registered domain"; here by a short list of public suffixes), and
 * how much may be told by the rest. */
#include <glib.h>

G_BEGIN_DECLS

/**
 * lens_domain_of:
 * Where the registered domain begins in @name (lower case, as LensDnsName.text); NULL where there
 * is none: a single label, or a last label that is no top-level domain (RFC 3696 section 2: not
 * letters alone).
 */
const char *lens_domain_of (const char *name);

/* Whether queries for names under @domain reach only the name servers of one large operator, who
 * has a lot of them (networks that deliver content, clouds, what people look at), or have a form of
 * their own (addresses).  Domains of who makes devices are none: a maker is judged as any other. */
gboolean lens_domain_is_large (const char *domain);

/* Whether names of such a large domain are asked for in order to go there; not those by which
 * people ask about addresses, files and pages that they met, or for the time. */
gboolean lens_domain_is_visited (const char *domain);

/* What a label, or a run of them, may tell. */
typedef struct
{
  guint octets;   /* dots not counted */
  guint bits;     /* by how rare its letters follow each other in words */
  guint odd;      /* octets that no host name has (RFC 952) */
  gboolean dense; /* looks like no words: encoded */
} LensDomainTold;

/* @text: @length characters of LensDnsName.text, lower case. */
LensDomainTold lens_domain_told (const char *text, gsize length);

G_END_DECLS
