#!/usr/bin/env python3
"""Turns channels.tsv into the C table that ledger/channels.h declares.

usage: channels.py channels.tsv channels-table.c
"""

import sys

COLUMNS = (
    'id layer carrier type pattern capacity benign test minimum difficulty mitre source'.split()
)


def c_string(text):
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"').replace('?', '\\?') + '"'


def rows(path):
    with open(path, encoding='utf-8') as file:
        lines = file.read().split('\n')
    if lines[0].split('\t') != COLUMNS or lines[-1] != '':
        sys.exit(f'{path}: the first line names the columns, the last ends in a newline')
    seen = set()
    for number, line in enumerate(lines[1:-1], 2):
        cells = line.split('\t')
        if len(cells) != len(COLUMNS) or not all(cell.strip() == cell != '' for cell in cells):
            sys.exit(f'{path}:{number}: allowed: {len(COLUMNS)} cells, none empty or padded')
        if cells[0] in seen:
            sys.exit(f'{path}:{number}: {cells[0]} a second time')
        seen.add(cells[0])
        yield cells


def main(tsv, table):
    cells = list(rows(tsv))
    with open(table, 'w', encoding='utf-8') as out:
        out.write('#include "ledger/channels.h"\n\n')
        out.write(f'const gsize lens_n_channels = {len(cells)};\n\n')
        out.write('const LensChannel lens_channels[] = {\n')
        for row in cells:
            out.write('  { ' + ', '.join(map(c_string, row)) + ' },\n')
        out.write('};\n')


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2])
