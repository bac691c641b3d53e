#!/usr/bin/env python3
"""Turns channels.tsv and patterns.tsv into the C tables that ledger/channels.h declares.

usage: channels.py channels.tsv patterns.tsv channels-table.c
"""

import sys

CHANNELS = (
    'id layer carrier type pattern capacity benign test minimum difficulty mitre source'.split()
)
PATTERNS = 'code name meaning'.split()
DIFFICULTIES = 'easy decoding statistical open'.split()


def c_string(text):
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"').replace('?', '\\?') + '"'


def rows(path, columns):
    with open(path, encoding='utf-8') as file:
        lines = file.read().split('\n')
    if lines[0].split('\t') != columns or lines[-1] != '':
        sys.exit(f'{path}: the first line names the columns, the last ends in a newline')
    seen = set()
    for number, line in enumerate(lines[1:-1], 2):
        cells = line.split('\t')
        if len(cells) != len(columns) or not all(cell.strip() == cell != '' for cell in cells):
            sys.exit(f'{path}:{number}: allowed: {len(columns)} cells, none empty or padded')
        if cells[0] in seen:
            sys.exit(f'{path}:{number}: {cells[0]} a second time')
        seen.add(cells[0])
        yield cells


def check(path, channel, codes):
    row = dict(zip(CHANNELS, channel))
    unknown = [code for code in row['pattern'].split(';') if code not in codes]
    if unknown and row['pattern'] != 'none':
        sys.exit(f"{path}: {row['id']}: {unknown[0]} is no pattern of patterns.tsv")
    if row['difficulty'] not in DIFFICULTIES:
        sys.exit(f"{path}: {row['id']}: the difficulty is one of {', '.join(DIFFICULTIES)}")


def write(out, what, kind, cells):
    out.write(f'const gsize lens_n_{what} = {len(cells)};\n\n')
    out.write(f'const {kind} lens_{what}[] = {{\n')
    for row in cells:
        out.write('  { ' + ', '.join(map(c_string, row)) + ' },\n')
    out.write('};\n\n')


def main(channels_tsv, patterns_tsv, table):
    channels = list(rows(channels_tsv, CHANNELS))
    patterns = list(rows(patterns_tsv, PATTERNS))
    for channel in channels:
        check(channels_tsv, channel, {pattern[0] for pattern in patterns})
    with open(table, 'w', encoding='utf-8') as out:
        out.write('#include "ledger/channels.h"\n\n')
        write(out, 'channels', 'LensChannel', channels)
        write(out, 'patterns', 'LensPattern', patterns)


if __name__ == '__main__':
    main(*sys.argv[1:])
