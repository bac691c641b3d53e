#!/usr/bin/env python3
"""Turns endpoints.tsv into the C table that ledger/endpoints.c reads.

usage: endpoints.py endpoints.tsv endpoints-table.c
"""

import ipaddress
import sys

COLUMNS = ['vendor', 'names', 'addresses', 'role', 'source']


def rows(path):
    with open(path, encoding='utf-8') as file:
        lines = file.read().split('\n')
    if lines[0].split('\t') != COLUMNS or lines[-1] != '':
        sys.exit(f'{path}: the first line names the columns, the last ends in a newline')
    for number, line in enumerate(lines[1:-1], 2):
        cells = line.split('\t')
        if len(cells) != len(COLUMNS) or not all(cells) or '"' in line or '\\' in line:
            sys.exit(f'{path}:{number}: allowed: {len(COLUMNS)} cells, none empty ("-": none)')
        for address in cells[2].split():
            if address != '-':
                ipaddress.ip_address(address)
        yield cells


def main(tsv, table):
    with open(table, 'w', encoding='utf-8') as out:
        out.write('#include "ledger/endpoints.h"\n\n')
        out.write('const LensEndpoint lens_endpoints[] = {\n')
        for vendor, names, addresses, role, _ in rows(tsv):
            for name in names.split():
                if name != '-':
                    out.write(f'  {{ "{vendor}", "{name}", NULL, "{role}" }},\n')
            for address in addresses.split():
                if address != '-':
                    out.write(f'  {{ "{vendor}", NULL, "{address}", "{role}" }},\n')
        out.write('  { NULL },\n};\n')


main(*sys.argv[1:])
