#include "harness/order.h"

#define SHAPE "(asmaymaymsms)"

LensOrder *
lens_order_new (void)
{
  return g_new0 (LensOrder, 1);
}

void
lens_order_free (LensOrder *order)
{
  if (order == NULL)
    return;
  g_strfreev (order->formats);
  g_clear_pointer (&order->run, g_bytes_unref);
  g_clear_pointer (&order->mapping, g_bytes_unref);
  g_free (order->record_sha256);
  g_free (order->sums_sha256);
  g_free (order);
}

static GVariant *
octets_or_nothing (GBytes *octets)
{
  GVariant *value
      = octets != NULL ? g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, octets, TRUE) : NULL;

  return g_variant_new_maybe (G_VARIANT_TYPE_BYTESTRING, value);
}

GBytes *
lens_order_octets (const LensOrder *order)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (
      g_variant_new ("(^as@may@maymsms)", order->formats, octets_or_nothing (order->run),
                     octets_or_nothing (order->mapping), order->record_sha256, order->sums_sha256));

  return g_variant_get_data_as_bytes (value);
}

static GBytes *
take_octets (GVariant *maybe)
{
  g_autoptr (GVariant) owned = maybe;
  g_autoptr (GVariant) value = g_variant_get_maybe (owned);

  return value != NULL ? g_variant_get_data_as_bytes (value) : NULL;
}

LensOrder *
lens_order_read (GBytes *octets)
{
  g_autoptr (GVariant) value
      = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (SHAPE), octets, FALSE));
  LensOrder *order = lens_order_new ();
  GVariant *run, *mapping;

  g_variant_get (value, "(^as@may@maymsms)", &order->formats, &run, &mapping, &order->record_sha256,
                 &order->sums_sha256);
  order->run = take_octets (run);
  order->mapping = take_octets (mapping);
  return order;
}
