#pragma once

#include "samples/camera/dice.h"

G_BEGIN_DECLS

/**
 * LensPayload:
 * An endless text that only the seed knows, for an implant to smuggle out.
 *
 * About half of the seeds send the words as they are, the others whiten them with a key
 * stream of their own: some spies encrypt, some do not.
 */
typedef struct
{
  LensDice words;
  LensDice key;
  gboolean whitened;
  GString *text; /* words not yet taken */
} LensPayload;

void lens_payload_init (LensPayload *payload, guint64 seed, const char *purpose);
void lens_payload_clear (LensPayload *payload);

/* Fills @octets with the next @length octets. */
void lens_payload_take (LensPayload *payload, guint8 *octets, gsize length);

G_END_DECLS
