#pragma once

/* LLDP: IEEE 802.1AB-2016 clauses 8 and 9. */
#include "wire/range.h"

G_BEGIN_DECLS

enum
{
  LENS_LLDP_END = 0,
  LENS_LLDP_CHASSIS = 1,
  LENS_LLDP_PORT = 2,
  LENS_LLDP_TTL = 3, /* seconds that the others are to remember it; 0: the sender leaves */
  LENS_LLDP_PORT_TEXT = 4,
  LENS_LLDP_NAME = 5,
  LENS_LLDP_TEXT = 6, /* of the system: hardware, firmware */
  LENS_LLDP_CAPABILITIES = 7,
  LENS_LLDP_MANAGEMENT = 8,
  LENS_LLDP_ORGANIZATION = 127, /* 9 to 126 are reserved */
};

/* Organizations whose TLVs have a public registry. */
#define LENS_LLDP_OUI_802_1 0x0080c2
#define LENS_LLDP_OUI_802_3 0x00120f
#define LENS_LLDP_OUI_MED 0x0012bb /* ANSI/TIA-1057 */

/* One TLV: 7 bits of type, 9 of length, and so many octets. */
typedef struct
{
  guint8 type;
  LensRange whole;
  LensRange value; /* of an organization: behind identifier and subtype */
  guint32 oui;     /* 24 bits; 0 of others */
  guint8 subtype;
  gboolean cut; /* the message ends before the length says */
} LensLldpTlv;

/**
 * LensLldp:
 * A walk over one message.  A view.  @position: behind the TLVs that were given; after the End
 * TLV, or at the end of the octets, the walk is over, and what is left is padding.
 */
typedef struct
{
  const guint8 *octets;
  gsize length;
  gsize position;
  gboolean ended;
} LensLldp;

LensLldp lens_lldp_over (const guint8 *octets, gsize length);
gboolean lens_lldp_next (LensLldp *lldp, LensLldpTlv *tlv);

G_END_DECLS
