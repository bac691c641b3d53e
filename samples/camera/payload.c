#include "samples/camera/payload.h"

#include <string.h>

void
lens_payload_init (LensPayload *payload, guint64 seed, const char *purpose)
{
  g_autofree char *for_words = g_strconcat (purpose, " words", NULL);
  g_autofree char *for_key = g_strconcat (purpose, " key", NULL);

  payload->words = lens_dice_for (seed, for_words);
  payload->key = lens_dice_for (seed, for_key);
  payload->whitened = lens_dice_between (&payload->key, 0, 1) == 1;
  payload->text = g_string_new (NULL);
}

void
lens_payload_clear (LensPayload *payload)
{
  g_string_free (g_steal_pointer (&payload->text), TRUE);
}

static void
add_word (LensPayload *payload)
{
  if (lens_dice_between (&payload->words, 0, 4) == 0)
    g_string_append_printf (payload->text, "%u", lens_dice_between (&payload->words, 0, 99999));
  else
    lens_dice_word (&payload->words, payload->text, lens_dice_between (&payload->words, 1, 4));
  g_string_append_c (payload->text, ' ');
}

void
lens_payload_take (LensPayload *payload, guint8 *octets, gsize length)
{
  while (payload->text->len < length)
    add_word (payload);
  memcpy (octets, payload->text->str, length);
  g_string_erase (payload->text, 0, length);

  if (payload->whitened)
    for (gsize i = 0; i < length; i++)
      octets[i] ^= (guint8)lens_dice_roll (&payload->key);
}
