#include "wire/dns.h"

#include "wire/cursor.h"

#include <string.h>

#define NAME_OCTETS 255
#define LABEL_TYPE 0xc0
#define MOST_POINTERS 127 /* each may add a label; 255 octets hold no more */

/* Passes over the name at the cursor and says what is odd about its octets in place. */
static guint
skip_name (LensCursor *cursor, LensRange *name)
{
  guint odd = 0;

  name->offset = cursor->position;
  for (;;)
    {
      guint8 head = lens_cursor_u8 (cursor);
      if ((head & LABEL_TYPE) == LABEL_TYPE)
        {
          gsize target = (gsize)(head & 0x3f) << 8 | lens_cursor_u8 (cursor);
          if (target >= name->offset || target < LENS_DNS_HEADER_LENGTH)
            odd |= LENS_DNS_NAME_POINTER;
          break;
        }
      if ((head & LABEL_TYPE) != 0)
        {
          cursor->short_read = TRUE;
          odd |= LENS_DNS_NAME_LABEL;
        }
      if (head == 0 || cursor->short_read)
        break;
      lens_cursor_skip (cursor, head);
    }
  name->length = cursor->position - name->offset;
  if (name->length > NAME_OCTETS)
    odd |= LENS_DNS_NAME_LONG;
  if (cursor->short_read && odd == 0)
    odd |= LENS_DNS_NAME_CUT;
  return odd;
}

void
lens_dns_records_init (LensDnsRecords *records, const guint8 *octets, gsize length,
                       const LensDnsMessage *message)
{
  *records = (LensDnsRecords){
    .octets = octets,
    .length = length,
    .position = LENS_DNS_HEADER_LENGTH,
  };
  memcpy (records->left, message->promised, sizeof records->left);
}

/* Octets of the rdata before the name it holds, or -1 when its type holds none. */
static int
before_target (guint16 type)
{
  switch (type)
    {
    case LENS_DNS_TYPE_NS:
    case LENS_DNS_TYPE_CNAME:
    case LENS_DNS_TYPE_PTR:
    case LENS_DNS_TYPE_DNAME:
      return 0;
    case LENS_DNS_TYPE_MX:
      return 2;
    case LENS_DNS_TYPE_SRV:
      return 6;
    default:
      return -1;
    }
}

static guint
check_rdata (const LensDnsRecords *records, const LensDnsRecord *record)
{
  int before = before_target (record->type);
  guint odd = 0;

  if (record->type == LENS_DNS_TYPE_A && record->rdata.length != 4)
    odd |= LENS_DNS_RDATA_SIZE;
  if (record->type == LENS_DNS_TYPE_AAAA && record->rdata.length != 16)
    odd |= LENS_DNS_RDATA_SIZE;
  if (before >= 0 && record->rdata.length > 0)
    {
      LensRange name;
      LensCursor cursor = lens_cursor_over (records->octets, lens_range_end (record->rdata));
      lens_cursor_skip (&cursor, record->rdata.offset + (gsize)before);
      if (skip_name (&cursor, &name) != 0)
        odd |= LENS_DNS_NAME_ODD;
      if (cursor.position != lens_range_end (record->rdata))
        odd |= LENS_DNS_RDATA_SIZE;
    }
  return odd;
}

static gboolean
read_record (LensDnsRecords *records, LensDnsRecord *record)
{
  LensCursor cursor = lens_cursor_over (records->octets, records->length);

  *record = (LensDnsRecord){ .section = records->section };
  lens_cursor_skip (&cursor, records->position);
  record->whole.offset = records->position;
  if (skip_name (&cursor, &record->name) != 0)
    record->odd |= LENS_DNS_NAME_ODD;
  record->type = lens_cursor_u16 (&cursor);
  record->class_ = lens_cursor_u16 (&cursor);
  record->rdata.offset = cursor.position;
  if (record->section != LENS_DNS_QUESTION)
    {
      record->ttl = lens_cursor_u32 (&cursor);
      record->rdata.length = lens_cursor_u16 (&cursor);
      record->rdata.offset = cursor.position;
      lens_cursor_skip (&cursor, record->rdata.length);
    }
  if (cursor.short_read)
    return FALSE;
  if (record->section != LENS_DNS_QUESTION)
    record->odd |= check_rdata (records, record);
  record->whole.length = cursor.position - record->whole.offset;
  records->position = cursor.position;
  return TRUE;
}

gboolean
lens_dns_records_next (LensDnsRecords *records, LensDnsRecord *record)
{
  while (records->section < LENS_DNS_N_SECTIONS && records->left[records->section] == 0)
    records->section++;
  if (records->section == LENS_DNS_N_SECTIONS)
    return FALSE;
  if (!read_record (records, record))
    {
      records->section = LENS_DNS_N_SECTIONS;
      return FALSE;
    }
  records->left[records->section]--;
  return TRUE;
}

gboolean
lens_dns_parse (const guint8 *octets, gsize length, LensDnsMessage *message)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  LensDnsRecords records;
  LensDnsRecord record = { 0 };

  if (length < LENS_DNS_HEADER_LENGTH)
    return FALSE;
  *message = (LensDnsMessage){ .header = { 0, LENS_DNS_HEADER_LENGTH } };
  message->id = lens_cursor_u16 (&cursor);
  message->flags = lens_cursor_u16 (&cursor);
  for (guint i = 0; i < LENS_DNS_N_SECTIONS; i++)
    message->promised[i] = lens_cursor_u16 (&cursor);

  lens_dns_records_init (&records, octets, length, message);
  while (lens_dns_records_next (&records, &record))
    {
      message->found[record.section]++;
      message->sections[record.section].length += record.whole.length;
      message->odd |= record.odd;
    }

  gsize end = LENS_DNS_HEADER_LENGTH;
  for (guint i = 0; i < LENS_DNS_N_SECTIONS; i++)
    {
      message->sections[i].offset = end;
      end += message->sections[i].length;
      if (message->found[i] != message->promised[i])
        message->odd |= LENS_DNS_CUT;
    }
  if ((message->odd & LENS_DNS_CUT) != 0)
    message->odd |= record.odd;
  message->rest = (LensRange){ end, length - end };
  if (message->rest.length > 0 && (message->odd & LENS_DNS_CUT) == 0)
    message->odd |= LENS_DNS_TRAILING;
  return TRUE;
}

gboolean
lens_dns_record_address (const guint8 *octets, const LensDnsRecord *record, LensAddress *address)
{
  gboolean is_a = record->type == LENS_DNS_TYPE_A && record->rdata.length == 4;
  gboolean is_aaaa = record->type == LENS_DNS_TYPE_AAAA && record->rdata.length == 16;

  if ((record->class_ & 0x7fff) != 1 || (!is_a && !is_aaaa))
    return FALSE;
  *address = lens_address_from_octets (is_a ? 4 : 6, octets + record->rdata.offset);
  return TRUE;
}

static char *
put_octet (char *at, guint8 octet)
{
  if (octet < 0x21 || octet > 0x7e)
    {
      *at++ = '\\';
      *at++ = (char)('0' + octet / 100);
      *at++ = (char)('0' + octet / 10 % 10);
      *at++ = (char)('0' + octet % 10);
      return at;
    }
  if (strchr (".\\\"();@$", octet) != NULL)
    *at++ = '\\';
  *at++ = (char)octet;
  return at;
}

static char *
put_label (LensDnsName *name, char *at, const guint8 *label, guint8 length)
{
  if (name->labels > 0)
    *at++ = '.';
  for (guint8 i = 0; i < length; i++)
    {
      at = put_octet (at, label[i]);
      name->letters += g_ascii_isalpha (label[i]) ? 1 : 0;
      name->capitals += g_ascii_isupper (label[i]) ? 1 : 0;
    }
  name->labels++;
  name->length += 1u + length;
  return at;
}

/* Moves the cursor to where the pointer that begins with @head leads.  Each must lead below
 * the one before, so no loop is possible. */
static gboolean
follow (LensCursor *cursor, guint8 head, gsize *lowest, guint *pointers)
{
  gsize target = (gsize)(head & 0x3f) << 8 | lens_cursor_u8 (cursor);

  if (cursor->short_read || target >= *lowest || target < LENS_DNS_HEADER_LENGTH
      || ++*pointers > MOST_POINTERS)
    return FALSE;
  *lowest = target;
  cursor->position = target;
  return TRUE;
}

void
lens_dns_name_read (const guint8 *octets, gsize length, gsize offset, LensDnsName *name)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  char *at = name->text;
  guint pointers = 0;

  name->length = 1;
  name->labels = name->letters = name->capitals = 0;
  lens_cursor_skip (&cursor, MIN (offset, length));
  LensCursor in_place = cursor;
  name->odd = skip_name (&in_place, &name->in_place);

  for (gsize lowest = offset;;)
    {
      guint8 head = lens_cursor_u8 (&cursor);
      if (head == 0)
        break;
      if ((head & LABEL_TYPE) == LABEL_TYPE)
        {
          if (follow (&cursor, head, &lowest, &pointers))
            continue;
          name->odd |= LENS_DNS_NAME_POINTER;
          break;
        }
      const guint8 *label = (head & LABEL_TYPE) == 0 ? lens_cursor_take (&cursor, head) : NULL;
      if (label == NULL || name->length + 1 + head > NAME_OCTETS)
        {
          name->odd |= (head & LABEL_TYPE) != 0 ? LENS_DNS_NAME_LABEL
                       : label == NULL          ? LENS_DNS_NAME_CUT
                                                : LENS_DNS_NAME_LONG;
          break;
        }
      at = put_label (name, at, label, head);
    }
  if (cursor.short_read && name->odd == 0)
    name->odd |= LENS_DNS_NAME_CUT;
  if (name->labels == 0)
    *at++ = '.';
  *at = '\0';
}

gboolean
lens_dns_record_target (const guint8 *octets, gsize length, const LensDnsRecord *record,
                        LensDnsName *name)
{
  int before = before_target (record->type);

  if (before < 0 || record->rdata.length <= (gsize)before)
    return FALSE;
  lens_dns_name_read (octets, length, record->rdata.offset + (gsize)before, name);
  return TRUE;
}

void
lens_dns_name_lower (LensDnsName *name)
{
  for (char *at = name->text; *at != '\0'; at++)
    *at = g_ascii_tolower (*at);
}

/* Whether the character at @at of an escaped text is itself escaped. */
static gboolean
is_escaped (const char *text, gsize at)
{
  gsize backslashes = 0;

  while (backslashes < at && text[at - 1 - backslashes] == '\\')
    backslashes++;
  return backslashes % 2 == 1;
}

static gsize
length_without_final_dot (const char *text)
{
  gsize length = strlen (text);

  return length > 1 && text[length - 1] == '.' && !is_escaped (text, length - 1) ? length - 1
                                                                                 : length;
}

gboolean
lens_dns_name_in (const char *name, const char *pattern)
{
  gboolean below = g_str_has_prefix (pattern, "*.");
  const char *suffix = below ? pattern + 1 : pattern;
  gsize name_length = length_without_final_dot (name);
  gsize suffix_length = length_without_final_dot (suffix);

  if (!below)
    return name_length == suffix_length && g_ascii_strncasecmp (name, suffix, name_length) == 0;
  if (name_length <= suffix_length || suffix_length < 2)
    return FALSE;
  gsize dot = name_length - suffix_length;
  return !is_escaped (name, dot) && g_ascii_strncasecmp (name + dot, suffix, suffix_length) == 0;
}

gboolean
lens_dns_record_edns (const LensDnsRecord *record, LensDnsEdns *edns)
{
  if (record->type != LENS_DNS_TYPE_OPT || record->section == LENS_DNS_QUESTION)
    return FALSE;
  *edns = (LensDnsEdns){
    .udp_size = record->class_,
    .extended_rcode = (guint8)(record->ttl >> 24),
    .version = (guint8)(record->ttl >> 16),
    .flags = (guint16)record->ttl,
    .options = record->rdata,
  };
  return TRUE;
}

gboolean
lens_dns_option_next (const guint8 *octets, LensRange *left, LensDnsOption *option)
{
  LensCursor cursor = lens_cursor_over (octets + left->offset, left->length);

  if (left->length == 0)
    return FALSE;
  *option = (LensDnsOption){ .code = lens_cursor_u16 (&cursor) };
  gsize wanted = lens_cursor_u16 (&cursor);
  gsize head = MIN (left->length, 4);
  option->cut = cursor.short_read || wanted > lens_cursor_left (&cursor);
  option->data = (LensRange){ left->offset + head, MIN (wanted, left->length - head) };
  option->whole = (LensRange){ left->offset, head + option->data.length };
  left->offset += option->whole.length;
  left->length -= option->whole.length;
  return TRUE;
}

gboolean
lens_dns_string_next (const guint8 *octets, LensRange *left, LensRange *string)
{
  if (left->length == 0)
    return FALSE;
  gsize length = MIN (octets[left->offset], left->length - 1);
  *string = (LensRange){ left->offset + 1, length };
  left->offset += 1 + length;
  left->length -= 1 + length;
  return TRUE;
}

gsize
lens_dns_tcp_length (const guint8 *octets, gsize length)
{
  return length < 2 ? 0 : 2 + ((gsize)octets[0] << 8 | octets[1]);
}
