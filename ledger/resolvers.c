#include "ledger/resolvers.h"

#include "wire/dns.h"

const char *
lens_resolver_at_among (const LensResolver *rows, const LensAddress *address)
{
  char text[LENS_ADDRESS_TEXT];

  lens_address_text (address, text);
  for (const LensResolver *row = rows; row->owner != NULL; row++)
    if (row->address != NULL && g_str_equal (row->address, text))
      return row->owner;
  return NULL;
}

const char *
lens_resolver_named_among (const LensResolver *rows, const char *name)
{
  for (const LensResolver *row = rows; row->owner != NULL; row++)
    if (row->name != NULL && lens_dns_name_in (name, row->name))
      return row->owner;
  return NULL;
}

const char *
lens_resolver_at (const LensAddress *address)
{
  return lens_resolver_at_among (lens_resolvers, address);
}

const char *
lens_resolver_named (const char *name)
{
  return lens_resolver_named_among (lens_resolvers, name);
}
