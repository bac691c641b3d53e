#include "wire/membership.h"

enum
{
  IGMP_QUERY = 0x11,
  IGMP_REPORT_1 = 0x12,
  IGMP_REPORT_2 = 0x16,
  IGMP_LEAVE = 0x17,
  IGMP_REPORT_3 = 0x22,
  MLD_QUERY = 130,
  MLD_REPORT = 131,
  MLD_DONE = 132,
  MLD_REPORT_2 = 143,
};

static gsize
address_size (guint8 version)
{
  return version == 4 ? 4 : 16;
}

static LensMembershipKind
kind_of (guint8 version, guint8 type)
{
  switch (version == 4 ? type : type + 256u)
    {
    case IGMP_QUERY:
    case 256 + MLD_QUERY:
      return LENS_MEMBERSHIP_QUERY;
    case IGMP_REPORT_1:
    case IGMP_REPORT_2:
    case IGMP_LEAVE:
    case 256 + MLD_REPORT:
    case 256 + MLD_DONE:
      return LENS_MEMBERSHIP_SINGLE;
    case IGMP_REPORT_3:
    case 256 + MLD_REPORT_2:
      return LENS_MEMBERSHIP_RECORDS;
    default:
      return LENS_MEMBERSHIP_OTHER;
    }
}

static LensRange
from (gsize start, gsize length)
{
  return (LensRange){ MIN (start, length), length - MIN (start, length) };
}

/* RFC 9776 section 4.1, RFC 3810 section 5.1: sources follow where there is more than in older
 * versions. */
static gsize
query_length (guint8 version, const guint8 *octets, gsize length)
{
  gsize older = version == 4 ? 8 : 24;

  if (length < older + 4)
    return older;
  gsize sources = (gsize)octets[older + 2] << 8 | octets[older + 3];
  return older + 4 + sources * address_size (version);
}

static void
walk_records (guint8 version, const guint8 *octets, gsize length, LensMembership *membership)
{
  LensRange left = from (8, length);
  LensMembershipRecord record;

  membership->n_records = (guint)octets[6] << 8 | octets[7];
  for (guint i = 0; i < membership->n_records; i++)
    if (!lens_membership_next (version, octets, &left, &record))
      break;
  membership->records = (LensRange){ 8, left.offset - 8 };
  membership->rest = left;
}

gboolean
lens_membership_parse (guint8 version, const guint8 *octets, gsize length,
                       LensMembership *membership)
{
  if (length < 8)
    return FALSE;
  *membership = (LensMembership){ .kind = kind_of (version, octets[0]) };
  switch (membership->kind)
    {
    case LENS_MEMBERSHIP_QUERY:
      membership->rest = from (query_length (version, octets, length), length);
      break;
    case LENS_MEMBERSHIP_SINGLE:
      membership->unused[0] = (LensRange){ 1, 1 };
      if (version == 6)
        membership->unused[1] = (LensRange){ 4, 4 };
      membership->rest = from (version == 4 ? 8 : 24, length);
      break;
    case LENS_MEMBERSHIP_RECORDS:
      membership->unused[0] = (LensRange){ 1, 1 };
      membership->unused[1] = (LensRange){ 4, 2 };
      walk_records (version, octets, length, membership);
      break;
    case LENS_MEMBERSHIP_OTHER:
      membership->rest = (LensRange){ 0, length };
      break;
    }
  return TRUE;
}

gboolean
lens_membership_next (guint8 version, const guint8 *octets, LensRange *left,
                      LensMembershipRecord *record)
{
  const guint8 *head = octets + left->offset;
  gsize start = left->offset, end = lens_range_end (*left), size = address_size (version);

  if (left->length == 0)
    return FALSE;
  *record = (LensMembershipRecord){ 0 };
  gsize fixed = 4 + size;
  gsize sources = left->length >= 4 ? ((gsize)head[2] << 8 | head[3]) * size : 0;
  gsize auxiliary = left->length >= 2 ? head[1] * 4u : 0;
  record->type = head[0];
  record->group = (LensRange){ MIN (start + 4, end), MIN (size, end - MIN (start + 4, end)) };
  gsize at = MIN (start + fixed, end);
  record->sources = (LensRange){ at, MIN (sources, end - at) };
  at += record->sources.length;
  record->auxiliary = (LensRange){ at, MIN (auxiliary, end - at) };
  at += record->auxiliary.length;
  *left = (LensRange){ at, end - at };
  return TRUE;
}
