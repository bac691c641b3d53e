#include "harness/blocks.h"
#include "wire/capture-writer.h"

#include <string.h>

static const LensRecord packet = {
  .octets = (const guint8 *)"abcdef",
  .captured = 6,
  .original = 60,
};

static void
whole_blocks_are_counted_and_a_part_is_left (void)
{
  g_autoptr (GByteArray) blocks = g_byte_array_new ();
  LensBlocksWhole whole = { 0 };

  lens_capture_writer_section (blocks, NULL, NULL);
  gsize section = blocks->len;
  lens_capture_writer_packet (blocks, &packet);
  g_assert_cmpuint (lens_blocks_first (blocks->data, blocks->len), ==, section);
  for (gsize length = 0; length < blocks->len; length++)
    {
      whole = (LensBlocksWhole){ 0 };
      g_assert_true (lens_blocks_whole (blocks->data, length, &whole));
      g_assert_cmpuint (whole.octets, ==, length < section ? 0 : section);
      g_assert_cmpuint (whole.packets, ==, 0);
    }
  whole = (LensBlocksWhole){ 0 };
  g_assert_true (lens_blocks_whole (blocks->data, blocks->len, &whole));
  g_assert_cmpuint (whole.packets, ==, 1);
  g_assert_cmpuint (whole.packet_octets, ==, 6);
}

static void
what_is_no_block_is_refused (void)
{
  g_autoptr (GByteArray) blocks = g_byte_array_new ();
  LensBlocksWhole whole = { 0 };

  lens_capture_writer_packet (blocks, &packet);
  blocks->data[blocks->len - 4] ^= 4; /* the length at the end */
  g_assert_false (lens_blocks_whole (blocks->data, blocks->len, &whole));
  blocks->data[blocks->len - 4] ^= 4;
  blocks->data[7] = 0x7f; /* longer than any of ours */
  g_assert_false (lens_blocks_whole (blocks->data, blocks->len, &whole));
  g_assert_cmpuint (lens_blocks_first (blocks->data, blocks->len), ==, 0);
  blocks->data[7] = 0;
  blocks->data[20] = 200; /* more octets of a packet than the block has */
  g_assert_false (lens_blocks_whole (blocks->data, blocks->len, &whole));
  blocks->data[20] = 6;
  blocks->data[0] = 9; /* another type */
  g_assert_false (lens_blocks_whole (blocks->data, blocks->len, &whole));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/harness/blocks/whole-blocks-are-counted-and-a-part-is-left",
                   whole_blocks_are_counted_and_a_part_is_left);
  g_test_add_func ("/harness/blocks/what-is-no-block-is-refused", what_is_no_block_is_refused);
  return g_test_run ();
}
