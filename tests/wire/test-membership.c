/* IGMP and MLD, octet by octet. */
#include "wire/membership.h"

static void
a_single_report_has_one_group (void)
{
  static const guint8 report[] = { 0x16, 7, 0xff, 0xff, 239, 1, 2, 3, 'a', 'b' };
  LensMembership membership;

  g_assert_true (lens_membership_parse (4, report, sizeof report, &membership));
  g_assert_cmpint (membership.kind, ==, LENS_MEMBERSHIP_SINGLE);
  g_assert_cmpuint (membership.unused[0].offset, ==, 1);
  g_assert_cmpuint (membership.rest.offset, ==, 8);
  g_assert_cmpuint (membership.rest.length, ==, 2);
}

static void
records_are_walked (void)
{
  static const guint8 report[] = { 0x22, 0, 0, 0, 0xab, 0xcd, 0,   2,   /* two records */
                                   4,    1, 0, 1, 239,  1,    2,   3,   /* one word, one source */
                                   192,  0, 2, 1, 'd',  'a',  't', 'a', /* source, auxiliary */
                                   3,    0, 0, 0, 224,  0,    0,   251, /* an empty one */
                                   'x' };
  LensMembership membership;
  LensMembershipRecord record;

  g_assert_true (lens_membership_parse (4, report, sizeof report, &membership));
  g_assert_cmpuint (membership.n_records, ==, 2);
  g_assert_cmpuint (membership.unused[1].offset, ==, 4);
  g_assert_cmpuint (membership.rest.offset, ==, 32);
  g_assert_cmpuint (membership.rest.length, ==, 1);
  LensRange left = membership.records;
  g_assert_true (lens_membership_next (4, report, &left, &record));
  g_assert_cmpuint (record.group.offset, ==, 12);
  g_assert_cmpuint (record.sources.length, ==, 4);
  g_assert_cmpuint (record.auxiliary.offset, ==, 20);
  g_assert_cmpuint (record.auxiliary.length, ==, 4);
  g_assert_true (lens_membership_next (4, report, &left, &record));
  g_assert_cmpuint (record.type, ==, 3);
  g_assert_false (lens_membership_next (4, report, &left, &record));
}

static void
reports_of_version_6_have_long_addresses (void)
{
  guint8 report[8 + 20] = { 143, 0, 0, 0, 0, 0, 0, 1, 4 };
  LensMembership membership;
  LensMembershipRecord record;

  g_assert_true (lens_membership_parse (6, report, sizeof report, &membership));
  LensRange left = membership.records;
  g_assert_true (lens_membership_next (6, report, &left, &record));
  g_assert_cmpuint (record.group.length, ==, 16);
  g_assert_cmpuint (membership.rest.length, ==, 0);
}

/* Every prefix of octets that count more than there is. */
static void
what_is_cut_stays_inside (void)
{
  guint8 report[60];

  for (guint type = 0; type < 256; type++)
    for (gsize length = 0; length <= sizeof report; length++)
      for (guint8 version = 4; version <= 6; version += 2)
        {
          LensMembership membership;
          LensMembershipRecord record;
          for (gsize i = 0; i < sizeof report; i++)
            report[i] = (guint8)(0xff - i % 3);
          report[0] = (guint8)type;
          if (!lens_membership_parse (version, report, length, &membership))
            {
              g_assert_cmpuint (length, <, 8);
              continue;
            }
          g_assert_cmpuint (lens_range_end (membership.rest), <=, length);
          LensRange left = membership.records;
          while (lens_membership_next (version, report, &left, &record))
            g_assert_cmpuint (lens_range_end (record.auxiliary), <=, length);
        }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/wire/membership/" name, function)
  CASE ("a-single-report-has-one-group", a_single_report_has_one_group);
  CASE ("records-are-walked", records_are_walked);
  CASE ("reports-of-version-6-have-long-addresses", reports_of_version_6_have_long_addresses);
  CASE ("what-is-cut-stays-inside", what_is_cut_stays_inside);
  return g_test_run ();
}
