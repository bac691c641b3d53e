#include "wire/capture-pcapng.h"

#include <string.h>

/* Section numbers are those of draft-ietf-opsawg-pcapng. */
enum
{
  BLOCK_INTERFACE = 1,      /* 4.2 */
  BLOCK_OLD_PACKET = 2,     /* appendix A, obsolete */
  BLOCK_SIMPLE_PACKET = 3,  /* 4.4 */
  BLOCK_STATISTICS = 5,     /* 4.6 */
  BLOCK_PACKET = 6,         /* 4.3, "enhanced" */
  BLOCK_JOURNAL = 9,        /* 4.7 systemd journal entry */
  BLOCK_CUSTOM = 0xbad,     /* 4.9 */
  BLOCK_CALL = 0x204,       /* sysdig event; its later forms: */
  BLOCK_CALL_FLAGS = 0x216, /* with flags */
  BLOCK_CALL_LARGE = 0x221, /* with 32 bit lengths */
};
#define BLOCK_SECTION 0x0a0d0d0au
#define BLOCK_CUSTOM_NO_COPY 0x40000badu

#define BYTE_ORDER_MAGIC 0x1a2b3c4du

#define NAME_MAX_OCTETS 255

/* What reading a block comes to when there is nothing to hand over. */
#define PASSED_OVER LENS_CAPTURE_END

typedef struct
{
  guint32 type;
  guint32 length; /* octets, whole block */
  const guint8 *octets;
} Block;

typedef struct
{
  const guint8 *at;
  gsize left;
  guint16 code;
  guint16 length; /* octets of @value */
  const guint8 *value;
} Options;

__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 WideUnsigned;

/* Options lie from @offset to the trailing length; odd ones end the walk, never the file. */
static Options
options_from (const Block *block, gsize offset)
{
  gsize end = block->length - 4;

  return offset < end ? (Options){ block->octets + offset, end - offset } : (Options){ 0 };
}

static gboolean
next_option (const LensCaptureFile *file, Options *options)
{
  if (options->left < 4)
    return FALSE;
  options->code = lens_capture_u16 (file, options->at);
  options->length = lens_capture_u16 (file, options->at + 2);
  options->value = options->at + 4;
  options->left -= 4;
  if (options->code == 0 || options->length > options->left)
    return FALSE;
  gsize padded = MIN (((gsize)options->length + 3) & ~(gsize)3, options->left);
  options->at = options->value + padded;
  options->left -= padded;
  return TRUE;
}

static char *
text_of (const Options *options, gsize limit)
{
  gsize length = strnlen ((const char *)options->value, MIN (options->length, limit));

  return g_utf8_make_valid ((const char *)options->value, (gssize)length);
}

static void
take_comment (LensCaptureFile *file, const Options *options, LensRecord *record)
{
  if (record->comment != NULL)
    return;
  g_free (file->comment);
  file->comment = text_of (options, G_MAXUINT16);
  record->comment = file->comment;
}

static Wide
power_of_ten (guint exponent)
{
  Wide power = 1;

  while (exponent-- > 0)
    power *= 10;
  return power;
}

static gint64
to_ns (const LensCaptureSource *source, guint64 units)
{
  const Wide billion = 1000000000;
  guint exponent = source->resolution & 0x7f;
  Wide ns;

  if ((source->resolution & 0x80) != 0)
    ns = (Wide)((WideUnsigned)units * (WideUnsigned)billion >> exponent);
  else if (exponent <= 9)
    ns = (Wide)units * power_of_ten (9 - exponent);
  else if (exponent <= 9 + 19)
    ns = (Wide)units / power_of_ten (exponent - 9);
  else
    ns = 0;
  ns += source->offset_s * billion;
  return (gint64)CLAMP (ns, LENS_CAPTURE_TIME_MIN, LENS_CAPTURE_TIME_MAX);
}

static LensCaptureSource *
source_of_section (LensCaptureFile *file, guint32 id)
{
  if (id >= file->section_interfaces->len)
    return NULL;
  return &g_array_index (file->sources, LensCaptureSource,
                         g_array_index (file->section_interfaces, guint32, id));
}

static LensCaptureEvent
undescribed_interface (LensCaptureFile *file, guint32 id)
{
  return lens_capture_damaged (file,
                               "a block names interface %u, which its section never describes", id);
}

static LensCaptureEvent
too_short (LensCaptureFile *file, const Block *block)
{
  return lens_capture_damaged (file, "a block of type 0x%08x is only %u octets long", block->type,
                               block->length);
}

/* Starts a record: what every packet and mark has. */
static void
fill (LensCaptureFile *file, LensRecord *record, guint32 id, const LensCaptureSource *source)
{
  record->interface = g_array_index (file->section_interfaces, guint32, id);
  record->linktype = source->face.linktype;
  record->fcs = source->face.fcs;
  record->time_ns = file->time_ns;
}

static void
fill_time (LensCaptureFile *file, LensRecord *record, const LensCaptureSource *source,
           const guint8 *halves)
{
  guint64 high = lens_capture_u32 (file, halves);

  file->time_ns = to_ns (source, high << 32 | lens_capture_u32 (file, halves + 4));
  record->time_ns = file->time_ns;
  record->has_time = TRUE;
}

static void
count_dropped (LensCaptureSource *source, guint64 count)
{
  if (source->statistics)
    return;
  guint64 before = (guint64)MAX (source->face.dropped, 0);
  source->face.dropped = (gint64)MIN (before + MIN (count, G_MAXINT64), G_MAXINT64);
}

static void
take_packet_options (LensCaptureFile *file, Options options, LensCaptureSource *source,
                     LensRecord *record)
{
  while (next_option (file, &options))
    {
      if (options.code == 1)
        take_comment (file, &options, record);
      else if (options.code == 2 && options.length == 4)
        {
          /* Bits 5 to 8 of the flags: octets of frame check sequence, 0 when unknown. */
          guint8 fcs = lens_capture_u32 (file, options.value) >> 5 & 0x0f;
          record->fcs = fcs != 0 ? fcs : record->fcs;
        }
      else if (options.code == 4 && options.length == 8)
        count_dropped (source, lens_capture_u64 (file, options.value));
    }
}

/* Enhanced and obsolete packet blocks differ only in how they name the interface. */
static LensCaptureEvent
take_packet (LensCaptureFile *file, const Block *block, LensRecord *record)
{
  gboolean old = block->type == BLOCK_OLD_PACKET;
  const guint8 *octets = block->octets;

  if (block->length < 32)
    return too_short (file, block);
  guint32 id = old ? lens_capture_u16 (file, octets + 8) : lens_capture_u32 (file, octets + 8);
  LensCaptureSource *source = source_of_section (file, id);
  if (source == NULL)
    return undescribed_interface (file, id);
  record->captured = lens_capture_u32 (file, octets + 20);
  record->original = lens_capture_u32 (file, octets + 24);
  if (record->captured > block->length - 32)
    return lens_capture_damaged (file, "a packet block of %u octets claims %u captured octets",
                                 block->length, record->captured);

  fill (file, record, id, source);
  fill_time (file, record, source, octets + 12);
  record->frame = ++file->frame;
  source->face.packets++;
  record->octets = octets + 28;
  guint16 lost = old ? lens_capture_u16 (file, octets + 10) : 0;
  if (lost != 0 && lost != G_MAXUINT16)
    count_dropped (source, lost);
  take_packet_options (file, options_from (block, 28 + (((gsize)record->captured + 3) & ~(gsize)3)),
                       source, record);
  return LENS_CAPTURE_PACKET;
}

static LensCaptureEvent
take_simple_packet (LensCaptureFile *file, const Block *block, LensRecord *record)
{
  if (block->length < 16)
    return too_short (file, block);
  LensCaptureSource *source = source_of_section (file, 0);
  if (source == NULL)
    return undescribed_interface (file, 0);
  record->original = lens_capture_u32 (file, block->octets + 8);
  record->captured = record->original;
  if (source->snaplen != 0)
    record->captured = MIN (record->captured, source->snaplen);
  if (record->captured > block->length - 16)
    return lens_capture_damaged (file, "a simple packet block of %u octets claims %u octets",
                                 block->length, record->captured);
  fill (file, record, 0, source);
  record->frame = ++file->frame;
  source->face.packets++;
  record->octets = block->octets + 12;
  return LENS_CAPTURE_PACKET;
}

static void
count_statistics (const LensCaptureFile *file, LensCaptureSource *source, guint64 lost)
{
  gint64 counter = (gint64)lost;

  if (file->joined && source->statistics && counter < source->face.dropped - source->dropped_before)
    source->dropped_before = source->face.dropped;
  source->face.dropped
      = MIN (counter, G_MAXINT64 - source->dropped_before) + source->dropped_before;
  source->statistics = TRUE;
}

static LensCaptureEvent
take_statistics (LensCaptureFile *file, const Block *block, LensRecord *record)
{
  if (block->length < 24)
    return too_short (file, block);
  guint32 id = lens_capture_u32 (file, block->octets + 8);
  LensCaptureSource *source = source_of_section (file, id);
  if (source == NULL)
    return PASSED_OVER; /* no packet is lost by it, and Wireshark reads on, too */
  fill (file, record, id, source);
  fill_time (file, record, source, block->octets + 12);

  guint64 lost = 0;
  gboolean counted = FALSE;
  Options options = options_from (block, 20);
  while (next_option (file, &options))
    {
      gboolean drops = options.code == 5 || options.code == 7; /* isb_ifdrop, isb_osdrop */
      if (options.code == 1)
        take_comment (file, &options, record);
      else if (drops && options.length == 8)
        {
          lost += MIN (lens_capture_u64 (file, options.value), G_MAXINT64 / 2);
          lost = MIN (lost, G_MAXINT64);
          counted = TRUE;
        }
    }
  if (counted)
    count_statistics (file, source, lost);
  return LENS_CAPTURE_MARK;
}

/* if_fcslen is in bits by its text, in octets by common use: no sequence has 8 octets or more
 * and none fewer than 8 bits. */
static guint8
fcs_octets (guint8 value)
{
  return value >= 8 ? value / 8 : value;
}

/* if_filter: its first octet says that what follows is text, and not instructions. */
static char *
filter_of (const Options *options)
{
  Options text = *options;

  if (options->length < 2 || options->value[0] != 0)
    return NULL;
  text.value++;
  text.length--;
  return text_of (&text, NAME_MAX_OCTETS);
}

static gboolean
take_interface (LensCaptureFile *file, const Block *block)
{
  if (block->length < 20)
    {
      (void)too_short (file, block);
      return FALSE;
    }
  LensCaptureSource source = { .resolution = 6 };
  g_autofree char *name = NULL, *filter = NULL, *comment = NULL;
  guint32 index;
  Options options = options_from (block, 16);
  while (next_option (file, &options))
    {
      if (options.code == 2 && name == NULL)
        name = text_of (&options, NAME_MAX_OCTETS);
      else if (options.code == 1 && comment == NULL)
        comment = text_of (&options, NAME_MAX_OCTETS);
      else if (options.code == 11 && filter == NULL)
        filter = filter_of (&options);
      else if (options.code == 9 && options.length == 1)
        source.resolution = options.value[0];
      else if (options.code == 13 && options.length == 1)
        source.face.fcs = fcs_octets (options.value[0]);
      else if (options.code == 14 && options.length == 8)
        source.offset_s = (gint64)lens_capture_u64 (file, options.value);
    }
  source.face.linktype = lens_capture_u16 (file, block->octets + 8);
  source.face.snaplen = lens_capture_u32 (file, block->octets + 12);
  source.face.section = file->section - 1;
  source.face.dropped = -1;
  source.face.name = name;
  source.face.filter = filter;
  source.face.comment = comment;
  if (!lens_capture_add_source (file, &source, &index))
    {
      (void)lens_capture_damaged (file, "more interfaces than any capture has");
      return FALSE;
    }
  (void)g_steal_pointer (&name);
  (void)g_steal_pointer (&filter);
  (void)g_steal_pointer (&comment);
  g_array_append_val (file->section_interfaces, index);
  return TRUE;
}

static gboolean
take_section (LensCaptureFile *file, const Block *block)
{
  if (block->length < 28)
    {
      (void)too_short (file, block);
      return FALSE;
    }
  guint16 major = lens_capture_u16 (file, block->octets + 12);
  if (major != 1)
    {
      (void)lens_capture_damaged (file, "pcapng version %u.%u is not known", major,
                                  lens_capture_u16 (file, block->octets + 14));
      return FALSE;
    }
  file->section++;
  g_array_set_size (file->section_interfaces, 0);
  return TRUE;
}

/* Blocks that are neither packet nor mark; FALSE when one is damaged. */
static gboolean
pass_over (LensCaptureFile *file, const Block *block)
{
  switch (block->type)
    {
    case BLOCK_SECTION:
      return take_section (file, block);
    case BLOCK_INTERFACE:
      return take_interface (file, block);
    case BLOCK_JOURNAL:
    case BLOCK_CALL:
    case BLOCK_CALL_FLAGS:
    case BLOCK_CALL_LARGE:
      file->frame++;
      return TRUE;
    case BLOCK_CUSTOM:
    case BLOCK_CUSTOM_NO_COPY:
      if (block->length < 16)
        (void)too_short (file, block);
      file->frame++;
      return block->length >= 16;
    default:
      return TRUE;
    }
}

/* A section header sets the byte order in which its own length is to be read. */
static gboolean
take_byte_order (LensCaptureFile *file)
{
  const guint8 *magic = lens_capture_at (file) + 8;

  file->big_endian = magic[0] == 0x1a;
  if (lens_capture_u32 (file, magic) == BYTE_ORDER_MAGIC)
    {
      file->recognised = TRUE;
      return TRUE;
    }
  (void)lens_capture_damaged (file, "a section header without a byte-order magic");
  return FALSE;
}

/* The next whole block, not yet consumed; else FALSE and @event says how reading ended. */
static gboolean
next_block (LensCaptureFile *file, Block *block, LensCaptureEvent *event)
{
  gsize left = lens_capture_need (file, 12);

  *event = LENS_CAPTURE_DAMAGED;
  if (left == 0)
    *event = lens_capture_end (file);
  else if (left < 12)
    (void)lens_capture_cut_short (file, "inside the header of a block");
  if (left < 12)
    return FALSE;

  block->type = lens_capture_u32 (file, lens_capture_at (file));
  if (block->type == BLOCK_SECTION && !take_byte_order (file))
    return FALSE;
  block->length = lens_capture_u32 (file, lens_capture_at (file) + 4);
  if (block->length < 12 || block->length % 4 != 0 || block->length > LENS_CAPTURE_BLOCK_MAX)
    {
      (void)lens_capture_damaged (file, "a block claims a length of %u octets", block->length);
      return FALSE;
    }
  if (lens_capture_need (file, block->length) < block->length)
    {
      (void)lens_capture_cut_short (file, "inside a block");
      return FALSE;
    }
  block->octets = lens_capture_at (file);
  guint32 trailer = lens_capture_u32 (file, block->octets + block->length - 4);
  if (trailer != block->length)
    {
      (void)lens_capture_damaged (file,
                                  "a block starts with a length of %u octets and ends with %u",
                                  block->length, trailer);
      return FALSE;
    }
  return TRUE;
}

static LensCaptureEvent
take (LensCaptureFile *file, const Block *block, LensRecord *record)
{
  switch (block->type)
    {
    case BLOCK_PACKET:
    case BLOCK_OLD_PACKET:
      return take_packet (file, block, record);
    case BLOCK_SIMPLE_PACKET:
      return take_simple_packet (file, block, record);
    case BLOCK_STATISTICS:
      return take_statistics (file, block, record);
    default:
      return pass_over (file, block) ? PASSED_OVER : LENS_CAPTURE_DAMAGED;
    }
}

static LensCaptureEvent
next_record (LensCaptureFile *file, LensRecord *record)
{
  for (;;)
    {
      Block block;
      LensCaptureEvent event;

      if (!next_block (file, &block, &event))
        return event;
      event = take (file, &block, record);
      if (event == LENS_CAPTURE_DAMAGED)
        return event;
      lens_capture_consume (file, block.length);
      if (event != PASSED_OVER)
        return event;
    }
}

gboolean
lens_capture_is_pcapng (const guint8 octets[4])
{
  static const guint8 section[4] = { 0x0a, 0x0d, 0x0d, 0x0a };

  return memcmp (octets, section, sizeof section) == 0;
}

gboolean
lens_capture_pcapng_begin (LensCaptureFile *file)
{
  if (lens_capture_need (file, 4) < 4 || !lens_capture_is_pcapng (lens_capture_at (file)))
    return FALSE;
  file->next = next_record;
  return TRUE;
}
