#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/* What a host or router says about multicast groups: IGMP (RFC 1112 appendix I, RFC 2236, RFC
 * 9776), MLD (RFC 2710, RFC 3810, both as ICMPv6). */
typedef enum
{
  LENS_MEMBERSHIP_OTHER,  /* no type that is known: all of it is @rest */
  LENS_MEMBERSHIP_QUERY,  /* of a router */
  LENS_MEMBERSHIP_SINGLE, /* one group, joined or left: IGMPv1, IGMPv2, MLDv1 */
  LENS_MEMBERSHIP_RECORDS /* several: IGMPv3, MLDv2 */
} LensMembershipKind;

/**
 * LensMembership:
 * @unused: ranges that senders set to zero and receivers ignore.  @records: those that @n_records
 * counts, as far as they are there.  @rest: octets behind what the message has.
 */
typedef struct
{
  LensMembershipKind kind;
  LensRange unused[2];
  guint n_records; /* as the field says */
  LensRange records;
  LensRange rest;
} LensMembership;

/* @version: of IP.  FALSE, and @membership untouched, only below 8 octets. */
gboolean lens_membership_parse (guint8 version, const guint8 *octets, gsize length,
                                LensMembership *membership);

/* @auxiliary: no use of it is defined.  A record that is cut takes all that is left. */
typedef struct
{
  guint8 type; /* 1 to 6 */
  LensRange group;
  LensRange sources;
  LensRange auxiliary;
} LensMembershipRecord;

/* The record at the front of @left, which is then shortened; FALSE when @left is empty. */
gboolean lens_membership_next (guint8 version, const guint8 *octets, LensRange *left,
                               LensMembershipRecord *record);

G_END_DECLS
