#include "wire/extension.h"

gsize
lens_extension_length (guint8 type, guint8 field)
{
  switch (type)
    {
    case LENS_EXTENSION_HOP_BY_HOP:
    case LENS_EXTENSION_ROUTING:
    case LENS_EXTENSION_DESTINATION:
    case LENS_EXTENSION_MOBILITY:
    case LENS_EXTENSION_HIP:
    case LENS_EXTENSION_SHIM6:
      return (field + 1u) * 8;
    case LENS_EXTENSION_AUTHENTICATION:
      return (field + 2u) * 4;
    case LENS_EXTENSION_FRAGMENT:
      return 8;
    default:
      return 0;
    }
}

gboolean
lens_extension_next (const guint8 *octets, LensRange *left, guint8 *next, LensExtension *extension)
{
  guint8 type = *next;

  if (left->length < 8)
    return FALSE;
  gsize length = lens_extension_length (type, octets[left->offset + 1]);
  if (length == 0 || length > left->length)
    return FALSE;
  *extension = (LensExtension){ .type = type, .whole = { left->offset, length } };
  if (type == LENS_EXTENSION_HOP_BY_HOP || type == LENS_EXTENSION_DESTINATION)
    extension->options = (LensRange){ left->offset + 2, length - 2 };
  *next = octets[left->offset];
  left->offset += length;
  left->length -= length;
  return TRUE;
}

gboolean
lens_extension_option_next (const guint8 *octets, LensRange *left, LensExtensionOption *option)
{
  if (left->length == 0)
    return FALSE;
  *option = (LensExtensionOption){ .type = octets[left->offset] };
  gsize head = MIN (option->type == LENS_EXTENSION_PAD_1 ? 1u : 2u, left->length);
  gsize data = head == 2 ? octets[left->offset + 1] : 0;
  option->cut = (option->type != LENS_EXTENSION_PAD_1 && head < 2) || data > left->length - head;
  data = MIN (data, left->length - head);
  option->whole = (LensRange){ left->offset, head + data };
  option->data = (LensRange){ left->offset + head, data };
  left->offset += head + data;
  left->length -= head + data;
  return TRUE;
}
