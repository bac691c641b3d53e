#include "ledger/endpoints.h"

#include "wire/dns.h"

const LensEndpoint *
lens_endpoint_find (const char *name, const LensAddress *address)
{
  char text[LENS_ADDRESS_TEXT] = "";

  if (address != NULL)
    lens_address_text (address, text);
  for (const LensEndpoint *row = lens_endpoints; row->vendor != NULL; row++)
    if ((row->name != NULL && name != NULL && lens_dns_name_in (name, row->name))
        || (row->address != NULL && g_str_equal (row->address, text)))
      return row;
  return NULL;
}
