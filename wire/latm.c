#include "wire/latm.h"

#include "wire/assembly.h"
#include "wire/sdp.h"

/* --- configuration --- */

/* LatmGetValue(): one to four octets. */
static gsize
read_value (LensBits *bits)
{
  guint octets = lens_bits_u (bits, 2) + 1;

  return lens_bits_u (bits, 8 * octets);
}

/* Octets of a length, each behind a bit that says whether another follows. */
static gsize
read_other_length (LensBits *bits)
{
  gsize length = 0;
  gboolean more;

  do
    {
      more = lens_bits_u (bits, 1) != 0;
      length = (length << 8 | lens_bits_u (bits, 8)) & 0xffffffff;
    }
  while (more);
  return length;
}

static void
read_audio_config (LensBits *bits, gboolean has_length, LensAacConfig *config)
{
  if (!has_length)
    {
      lens_aac_config_read (bits, config);
      /* The standard has none here, as nobody tells where it ends; GStreamer's rtpmp4apay copies
       * one all the same.  It begins as no frameLengthType does (010 is reserved). */
      if (!config->sbr)
        lens_aac_config_read_extension (bits, config);
      return;
    }
  gsize length = read_value (bits), start = bits->position;
  lens_aac_config_read (bits, config);
  if (bits->position - start > length)
    bits->short_read = TRUE;
  else
    lens_bits_skip (bits, length - (bits->position - start));
}

void
lens_latm_config_read (LensBits *bits, LensLatmConfig *config)
{
  *config = (LensLatmConfig){ 0 };
  gboolean version = lens_bits_u (bits, 1) != 0;
  if (version && lens_bits_u (bits, 1) != 0) /* audioMuxVersionA: reserved */
    return;
  if (version)
    read_value (bits); /* taraBufferFullness */
  gboolean same_time = lens_bits_u (bits, 1) != 0;
  config->sub_frames = (guint8)(lens_bits_u (bits, 6) + 1);
  guint programs = lens_bits_u (bits, 4) + 1, layers = lens_bits_u (bits, 3) + 1;
  if (programs > 1 || layers > 1 || !same_time)
    return;
  read_audio_config (bits, version, &config->aac);
  config->length_type = (guint8)lens_bits_u (bits, 3);
  if (config->length_type == 0)
    config->buffer_fullness = (guint8)lens_bits_u (bits, 8);
  else if (config->length_type == 1)
    config->fixed_bits = 8 * ((gsize)lens_bits_u (bits, 9) + 20);
  else
    return;
  config->has_other = lens_bits_u (bits, 1) != 0;
  if (config->has_other)
    config->other_bits = version ? read_value (bits) : read_other_length (bits);
  config->has_checksum = lens_bits_u (bits, 1) != 0;
  if (config->has_checksum)
    config->checksum = (guint8)lens_bits_u (bits, 8);
  config->readable = !bits->short_read;
}

/* libavformat's depacketizer reads no further than AudioSpecificConfig: to it an element is the
 * access unit behind its length, whatever else the configuration says. */
static void
take_as_players (LensLatmConfig *config)
{
  const LensAacConfig aac = config->aac;

  *config = (LensLatmConfig){ .readable = TRUE, .sub_frames = 1, .aac = aac };
}

void
lens_latm_config_from_hex (const char *digits, LensLatmConfig *config)
{
  g_autoptr (GByteArray) octets = lens_aac_octets_from_hex (digits);
  static const guint8 zeros[4] = { 0 };

  *config = (LensLatmConfig){ 0 };
  if (octets == NULL)
    return;
  /* GStreamer's rtpmp4apay ends it behind AudioSpecificConfig: what is missing is 0. */
  g_byte_array_append (octets, zeros, sizeof zeros);
  LensBits bits = lens_bits_over (octets->data, octets->len);
  lens_latm_config_read (&bits, config);
  if (!config->readable && config->aac.readable && config->sub_frames == 1)
    take_as_players (config);
}

/* --- elements --- */

struct LensLatm
{
  LensLatmFuncs funcs;
  gpointer user;
  gboolean in_band; /* cpresent */
  LensLatmConfig config;

  gboolean open; /* packets without a marker wait */
  guint16 sequence;
  guint32 timestamp;
  LensAssembly element;
  LensPieces scratch;
  GByteArray *shifted; /* a unit that does not begin with an octet */
};

LensLatm *
lens_latm_new (const char *fmtp, const LensLatmFuncs *funcs, gpointer user)
{
  LensLatm *latm = g_new0 (LensLatm, 1);
  g_autofree char *present = fmtp != NULL ? lens_sdp_parameter (fmtp, "cpresent") : NULL;
  g_autofree char *config = fmtp != NULL ? lens_sdp_parameter (fmtp, "config") : NULL;

  *latm = (LensLatm){ .funcs = *funcs,
                      .user = user,
                      .in_band = present == NULL || !g_str_equal (present, "0"),
                      .shifted = g_byte_array_new () };
  lens_assembly_init (&latm->element);
  if (config != NULL)
    lens_latm_config_from_hex (config, &latm->config);
  return latm;
}

void
lens_latm_free (LensLatm *latm)
{
  if (latm == NULL)
    return;
  lens_assembly_clear (&latm->element);
  lens_pieces_clear (&latm->scratch);
  g_byte_array_unref (latm->shifted);
  g_free (latm);
}

/* PayloadLengthInfo() of one layer, in octets. */
static gsize
read_length (LensBits *bits, const LensLatmConfig *config)
{
  gsize length = 0, part;

  if (config->length_type == 1)
    return config->fixed_bits / 8;
  do
    {
      part = lens_bits_u (bits, 8);
      length += part;
    }
  while (part == 255);
  return length;
}

static void
give_unit (LensLatm *latm, const LensView *view, gsize at, gsize length)
{
  LensView unit = lens_view_slice (view, at / 8, length, &latm->scratch);

  if (length == 0)
    return;
  if (at % 8 != 0)
    {
      LensBits bits = lens_bits_between (view->octets, at, at + 8 * length);
      g_byte_array_set_size (latm->shifted, (guint)length);
      for (gsize i = 0; i < length; i++)
        latm->shifted->data[i] = (guint8)lens_bits_u (&bits, 8);
      unit.octets = latm->shifted->data;
    }
  latm->funcs.unit (&unit, &latm->config, latm->user);
}

/* The units of an element; FALSE when one runs past the end. */
static gboolean
read_units (LensLatm *latm, LensBits *bits, LensLatmElement *element)
{
  for (guint n = 0; n < latm->config.sub_frames; n++)
    {
      gsize length = read_length (bits, &latm->config), at = bits->position;
      lens_bits_skip (bits, 8 * length);
      if (bits->short_read)
        return FALSE;
      give_unit (latm, &element->view, at, length);
      element->units++;
    }
  return TRUE;
}

static void
read_element (LensLatm *latm, const LensView *view)
{
  LensBits bits = lens_bits_over (view->octets, view->length);
  LensLatmElement element = { .view = *view };

  if (latm->in_band && lens_bits_u (&bits, 1) == 0)
    {
      element.config_start = bits.position;
      lens_latm_config_read (&bits, &latm->config);
      element.config_end = bits.position;
    }
  if (!latm->config.readable)
    {
      latm->funcs.rest (view, FALSE, latm->user);
      return;
    }
  if (read_units (latm, &bits, &element))
    {
      element.other_start = bits.position;
      element.other_bits = latm->config.has_other ? latm->config.other_bits : 0;
      lens_bits_skip (&bits, element.other_bits);
      element.alignment_start = bits.position;
      element.alignment = lens_bits_align (&bits, 0);
      element.alignment_bits = (guint)(bits.position - element.alignment_start);
      element.whole = !bits.short_read;
    }
  element.end = bits.position;
  if (element.whole)
    latm->funcs.element (&element, &latm->config, latm->user);
  else
    latm->funcs.rest (view, TRUE, latm->user);
}

/* --- packets --- */

static void
close_packets (LensLatm *latm, gboolean whole)
{
  LensView view = lens_assembly_view (&latm->element);

  latm->open = FALSE;
  if (view.length > 0 && whole)
    read_element (latm, &view);
  else if (view.length > 0)
    latm->funcs.rest (&view, TRUE, latm->user);
  lens_assembly_empty (&latm->element);
}

void
lens_latm_flush (LensLatm *latm)
{
  if (latm->open)
    close_packets (latm, FALSE);
}

void
lens_latm_push (LensLatm *latm, const LensView *payload, guint16 sequence, guint32 timestamp,
                gboolean marker)
{
  gboolean follows = sequence == (guint16)(latm->sequence + 1);
  gboolean goes_on = follows && timestamp == latm->timestamp;

  if (payload->length == 0)
    return;
  if (latm->open
      && (!goes_on || latm->element.octets->len + payload->length > LENS_LATM_MAX_LENGTH))
    close_packets (latm, follows && !goes_on); /* some senders never set the marker */
  latm->sequence = sequence;
  latm->timestamp = timestamp;
  if (!latm->open && marker)
    {
      read_element (latm, payload);
      return;
    }
  latm->open = TRUE;
  lens_assembly_append (&latm->element, payload, 0, payload->length);
  if (marker)
    close_packets (latm, TRUE);
}
