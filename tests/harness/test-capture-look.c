#include "harness/capture-look.h"

#define MS G_GINT64_CONSTANT (1000000)

static void
counts_tags_and_twins (void)
{
  LensCaptureLook look = { 0 };
  guint8 plain[60] = { [12] = 0x08, [13] = 0x00, [30] = 1 };
  guint8 tagged[60] = { [12] = 0x81, [13] = 0x00, [30] = 2 };

  lens_capture_look (&look, plain, sizeof plain, TRUE, 0);
  lens_capture_look (&look, tagged, sizeof tagged, TRUE, 1 * MS);
  lens_capture_look (&look, plain, sizeof plain, TRUE, 50 * MS);     /* twice within 100 ms */
  lens_capture_look (&look, plain, sizeof plain, TRUE, 200 * MS);    /* 150 ms after the last */
  lens_capture_look (&look, tagged, sizeof tagged, FALSE, 900 * MS); /* no Ethernet: no tag */
  lens_capture_look (&look, plain, 9, TRUE, 900 * MS);
  g_assert_cmpuint (look.looked, ==, 6);
  g_assert_cmpuint (look.tagged, ==, 1);
  g_assert_cmpuint (look.duplicates, ==, 1);
}

static void
looks_back_a_bounded_way (void)
{
  LensCaptureLook look = { 0 };

  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i <= LENS_CAPTURE_LOOK_BACK; i++)
      {
        guint8 frame[60] = { [20] = i };
        lens_capture_look (&look, frame, sizeof frame, TRUE, 0);
      }
  g_assert_cmpuint (look.looked, ==, 2 * (LENS_CAPTURE_LOOK_BACK + 1));
  g_assert_cmpuint (look.duplicates, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/harness/capture-look/counts-tags-and-twins", counts_tags_and_twins);
  g_test_add_func ("/harness/capture-look/looks-back-a-bounded-way", looks_back_a_bounded_way);
  return g_test_run ();
}
