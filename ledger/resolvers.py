#!/usr/bin/env python3
"""Turns resolvers.tsv into the C table that ledger/resolvers.c reads.

usage: resolvers.py resolvers.tsv resolvers-table.c
"""

import ipaddress
import sys

COLUMNS = ['operator', 'addresses', 'names', 'source']


def rows(path):
    with open(path, encoding='utf-8') as file:
        lines = file.read().split('\n')
    if lines[0].split('\t') != COLUMNS or lines[-1] != '':
        sys.exit(f'{path}: the first line names the columns, the last ends in a newline')
    for number, line in enumerate(lines[1:-1], 2):
        cells = line.split('\t')
        if len(cells) != len(COLUMNS) or not all(cells):
            sys.exit(f'{path}:{number}: allowed: {len(COLUMNS)} cells, none empty ("-": none)')
        for address in cells[1].split():
            if address != '-':
                ipaddress.ip_address(address)
        yield cells


def main(tsv, table):
    with open(table, 'w', encoding='utf-8') as out:
        out.write('#include "ledger/resolvers.h"\n\n')
        out.write('const LensResolver lens_resolvers[] = {\n')
        for operator, addresses, names, _ in rows(tsv):
            for address in addresses.split():
                if address != '-':
                    out.write(f'  {{ "{operator}", "{address}", NULL }},\n')
            for name in names.split():
                if name != '-':
                    out.write(f'  {{ "{operator}", NULL, "{name}" }},\n')
        out.write('  { NULL },\n};\n')


main(*sys.argv[1:])
