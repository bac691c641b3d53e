#include "ledger/endpoints.h"

#include "wire/dns.h"

const LensEndpoint *
lens_endpoint_among (const LensEndpoint *rows, const char *name, const LensAddress *address)
{
  char text[LENS_ADDRESS_TEXT] = "";

  if (address != NULL)
    lens_address_text (address, text);
  for (const LensEndpoint *row = rows; row->vendor != NULL; row++)
    if ((row->name != NULL && name != NULL && lens_dns_name_in (name, row->name))
        || (row->address != NULL && g_str_equal (row->address, text)))
      return row;
  return NULL;
}

const LensEndpoint *
lens_endpoint_find (const char *name, const LensAddress *address)
{
  return lens_endpoint_among (lens_endpoints, name, address);
}
