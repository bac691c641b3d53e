#pragma once

/* EAP over LAN: IEEE 802.1X-2010 clause 11, key agreement section 11.11; EAP: RFC 3748 section 4;
 * key frames: IEEE 802.11-2020 section 12.7.2. */
#include "wire/range.h"

G_BEGIN_DECLS

enum
{
  LENS_EAPOL_EAP = 0,
  LENS_EAPOL_START = 1,
  LENS_EAPOL_LOGOFF = 2,
  LENS_EAPOL_KEY = 3,
  LENS_EAPOL_MKA = 5,
  LENS_EAPOL_LAST = 8, /* of the types that are defined */

  LENS_EAP_RESPONSE = 2,
  LENS_EAP_IDENTITY = 1,
};

/**
 * LensEapol:
 * @body and @rest follow the header of 4 octets.  Parts that are not there have length 0.
 */
typedef struct
{
  guint8 version, type;
  LensRange body;     /* what the length counts, as far as it is there */
  LensRange rest;     /* behind it: padding of a short frame */
  gboolean cut;       /* the frame ends before the length says */
  guint8 eap_code;    /* of an EAP packet; else 0 */
  guint8 eap_type;    /* of its requests and responses; else 0 */
  LensRange eap_data; /* behind that type */
  LensRange surplus;  /* in the body, behind what the EAP packet or the key frame counts; of Start
                         (before version 3) and Logoff all of it */
  LensRange actor;    /* of key agreement (MKA): channel and member identifier, 20 octets */
  LensRange number;   /* ... and which of this member's messages it is, 4 octets */
  LensRange group;    /* ... and which agreement, by which rules: what is left of that set */
  LensRange reserved; /* of a key frame of the RSN: eight octets, sent as zeros */
} LensEapol;

/* FALSE, and @eapol untouched, only below 4 octets. */
gboolean lens_eapol_parse (const guint8 *octets, gsize length, LensEapol *eapol);

G_END_DECLS
