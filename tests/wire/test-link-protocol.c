#include "wire/link-protocol.h"

#include <string.h>

static const guint8 addresses[] = { 0x01, 0x80, 0xc2, 0, 0, 0, 0x02, 0, 0, 0, 0, 0x10 };

/* A frame of 60 octets that begins, behind the addresses, with @head; its layers. */
static LensLayers
layers_of (guint8 frame[60], const guint8 *head, gsize length)
{
  LensLayers layers;

  memset (frame, 0, 60);
  memcpy (frame, addresses, sizeof addresses);
  memcpy (frame + sizeof addresses, head, length);
  lens_layers_parse (LENS_LINKTYPE_ETHERNET, 0, frame, 60, 60, &layers);
  return layers;
}

static void
types_are_registered_or_not (void)
{
  g_assert_cmpstr (lens_link_protocol_of_type (0x88cc), ==, "LLDP");
  g_assert_nonnull (lens_link_protocol_of_type (0x9000));
  g_assert_nonnull (lens_link_protocol_of_type (0x8899));
  g_assert_null (lens_link_protocol_of_type (1501));
  g_assert_null (lens_link_protocol_of_type (0x88b5)); /* local experiments */
  g_assert_null (lens_link_protocol_of_type (0xffff));
}

static void
llc_is_named_by_access_point_or_snap (void)
{
  static const guint8 cdp[] = { 0, 20, 0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0 };
  static const guint8 other[] = { 0, 20, 0xaa, 0xaa, 3, 0x12, 0x34, 0x56, 0x20, 0 };
  static const guint8 netbeui[] = { 0, 20, 0xf0, 0xf0, 3 };
  static const guint8 nobody[] = { 0, 20, 0x16, 0x16, 3 };
  guint8 frame[60];
  LensLayers layers;

  layers = layers_of (frame, cdp, sizeof cdp);
  g_assert_cmpstr (lens_link_protocol_of_llc (&layers), ==, "CDP");
  layers = layers_of (frame, other, sizeof other);
  g_assert_null (lens_link_protocol_of_llc (&layers));
  layers = layers_of (frame, netbeui, sizeof netbeui);
  g_assert_cmpstr (lens_link_protocol_of_llc (&layers), ==, "NetBEUI");
  layers = layers_of (frame, nobody, sizeof nobody);
  g_assert_null (lens_link_protocol_of_llc (&layers));
}

static void
a_spanning_tree_message_has_its_length (void)
{
  static const guint8 tree[] = { 0, 38, 0x42, 0x42, 3, 0, 0, 0, 0 };
  static const guint8 rapid[] = { 0, 39, 0x42, 0x42, 3, 0, 0, 2, 2 };
  static const guint8 longer[] = { 0, 43, 0x42, 0x42, 3, 0, 0, 0, 0 };
  static const guint8 wrong[] = { 0, 38, 0x42, 0x42, 3, 0, 1, 0, 0 };
  guint8 frame[60];

  LensLayers layers = layers_of (frame, tree, sizeof tree);
  g_assert_cmpuint (layers.payload.length, ==, 35);
  g_assert_cmpuint (lens_link_llc_length (&layers, frame + layers.payload.offset), ==, 35);
  g_assert_true (lens_link_is_upkeep (&layers, frame + layers.payload.offset));
  layers = layers_of (frame, rapid, sizeof rapid);
  g_assert_true (lens_link_is_upkeep (&layers, frame + layers.payload.offset));
  layers = layers_of (frame, longer, sizeof longer);
  g_assert_cmpuint (lens_link_llc_length (&layers, frame + layers.payload.offset), ==, 35);
  g_assert_false (lens_link_is_upkeep (&layers, frame + layers.payload.offset));
  layers = layers_of (frame, wrong, sizeof wrong);
  g_assert_cmpuint (lens_link_llc_length (&layers, frame + layers.payload.offset), ==, 0);
}

/* As access points send it when a station has joined. */
static void
who_is_there_keeps_the_link_up (void)
{
  static const guint8 xid[] = { 0, 6, 0, 1, 0xaf, 0x81, 1, 2 };
  static const guint8 other[] = { 0, 6, 0, 1, 0xaf, 'a', 'b', 'c' };
  static const guint8 key[] = { 0x88, 0x8e, 2, 3, 0, 0 };
  guint8 frame[60];

  LensLayers layers = layers_of (frame, xid, sizeof xid);
  g_assert_true (lens_link_is_upkeep (&layers, frame + layers.payload.offset));
  layers = layers_of (frame, other, sizeof other);
  g_assert_false (lens_link_is_upkeep (&layers, frame + layers.payload.offset));
  layers = layers_of (frame, key, sizeof key);
  g_assert_true (lens_link_is_upkeep (&layers, frame + layers.payload.offset));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/link-protocol/" name, function)
  ADD ("types-are-registered-or-not", types_are_registered_or_not);
  ADD ("llc-is-named-by-access-point-or-snap", llc_is_named_by_access_point_or_snap);
  ADD ("a-spanning-tree-message-has-its-length", a_spanning_tree_message_has_its_length);
  ADD ("who-is-there-keeps-the-link-up", who_is_there_keeps_the_link_up);
  return g_test_run ();
}
