#include "wire/eapol.h"

enum
{
  HEADER = 4,
  EAP_HEADER = 4,
  REQUEST = 1,
  KEY_RESERVED = 69, /* behind descriptor, flags, length, counter, nonce, IV, sequence */
  KEY_MIC = 77,
  MKA_ACTOR = 4, /* behind version, priority, flags and length */
  MKA_NUMBER = 24,
  MKA_GROUP = 28,
};

static gsize
u16 (const guint8 *octets)
{
  return (gsize)octets[0] << 8 | octets[1];
}

static void
open_eap (const guint8 *octets, LensEapol *eapol)
{
  LensRange body = eapol->body;

  if (body.length < EAP_HEADER)
    {
      eapol->surplus = body;
      return;
    }
  const guint8 *head = octets + body.offset;
  gsize length = CLAMP (u16 (head + 2), EAP_HEADER, body.length);
  eapol->eap_code = head[0];
  if ((head[0] == REQUEST || head[0] == LENS_EAP_RESPONSE) && length > EAP_HEADER)
    {
      eapol->eap_type = head[4];
      eapol->eap_data = (LensRange){ body.offset + 5, length - 5 };
    }
  eapol->surplus = (LensRange){ body.offset + length, body.length - length };
}

/* The check sequence's length depends on how the station was admitted: the one is right with
 * which the data that is counted behind it ends where the body does. */
static void
open_key (const guint8 *octets, LensEapol *eapol)
{
  static const gsize checks[] = { 16, 24, 32, 0 };
  LensRange body = eapol->body;
  guint8 descriptor = body.length > 0 ? octets[body.offset] : 0;

  if (descriptor != 2 && descriptor != 254)
    return;
  if (body.length < KEY_MIC + 2)
    {
      eapol->surplus = body;
      return;
    }
  eapol->reserved = (LensRange){ body.offset + KEY_RESERVED, 8 };
  gsize end = 0;
  for (guint i = 0; i < G_N_ELEMENTS (checks) && end != body.length; i++)
    {
      gsize at = KEY_MIC + checks[i];
      if (at + 2 > body.length)
        continue;
      gsize stated = at + 2 + u16 (octets + body.offset + at);
      if (stated == body.length || (i == 0 && stated < body.length))
        end = stated;
    }
  if (end > 0)
    eapol->surplus = (LensRange){ body.offset + end, body.length - end };
}

/* The first parameter set of a message, which is the basic one. */
static void
open_agreement (const guint8 *octets, LensEapol *eapol)
{
  LensRange body = eapol->body;

  if (body.length < MKA_GROUP)
    return;
  gsize stated = MKA_ACTOR + (u16 (octets + body.offset + 2) & 0xfff);
  gsize end = CLAMP (stated, MKA_GROUP, body.length);
  eapol->actor = (LensRange){ body.offset + MKA_ACTOR, MKA_NUMBER - MKA_ACTOR };
  eapol->number = (LensRange){ body.offset + MKA_NUMBER, MKA_GROUP - MKA_NUMBER };
  eapol->group = (LensRange){ body.offset + MKA_GROUP, end - MKA_GROUP };
}

gboolean
lens_eapol_parse (const guint8 *octets, gsize length, LensEapol *eapol)
{
  if (length < HEADER)
    return FALSE;
  gsize stated = u16 (octets + 2), body = MIN (stated, length - HEADER);
  *eapol = (LensEapol){ .version = octets[0],
                        .type = octets[1],
                        .body = { HEADER, body },
                        .rest = { HEADER + body, length - HEADER - body },
                        .cut = body < stated };
  if (eapol->type == LENS_EAPOL_EAP)
    open_eap (octets, eapol);
  else if (eapol->type == LENS_EAPOL_KEY)
    open_key (octets, eapol);
  else if (eapol->type == LENS_EAPOL_MKA)
    open_agreement (octets, eapol);
  else if (eapol->type == LENS_EAPOL_LOGOFF
           || (eapol->type == LENS_EAPOL_START && eapol->version < 3))
    eapol->surplus = eapol->body;
  return TRUE;
}
