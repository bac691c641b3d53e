/* Packets of a transport stream: their parts, sections and PES headers lie inside. */
#include "tests/fuzz/fuzz.h"

#include "wire/ts.h"

static void
see_pid (guint16 pid, gboolean is_table, gpointer user)
{
  g_assert_cmpuint (pid, <, LENS_TS_PIDS);
}

static void
check_sections (const guint8 *octets, gsize length, const LensTs *ts)
{
  LensTsSection section;
  gsize at = ts->payload.offset, n = 0;

  if (ts->unit_start && ts->payload.length > 0)
    at += 1u + octets[at];
  for (; lens_ts_section (octets, ts, at, &section); n++)
    {
      fuzz_inside (octets, length, section.whole);
      fuzz_inside (octets, length, section.inside);
      lens_ts_walk_section (octets, &section, see_pid, NULL);
      g_assert_cmpuint (section.length, >, 0);
      g_assert_cmpuint (n, <, LENS_TS_LENGTH);
      at += section.length;
    }
}

static void
check_pes (const guint8 *octets, gsize length, const LensTs *ts)
{
  LensTsPes pes;

  if (!lens_ts_pes (octets, ts, &pes))
    return;
  const LensRange ranges[] = { pes.pts_field, pes.dts_field, pes.private_data, pes.pack,
                               pes.extension, pes.stuffing,  pes.data };
  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    fuzz_inside (octets, length, ranges[i]);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensTs ts;

  for (; lens_ts_parse (octets, length, &ts); octets += LENS_TS_LENGTH, length -= LENS_TS_LENGTH)
    {
      const LensRange ranges[] = { ts.adaptation, ts.clock, ts.private_data, ts.stuffing };
      fuzz_inside (octets, LENS_TS_LENGTH, ts.payload);
      for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
        fuzz_inside (octets, LENS_TS_LENGTH, ranges[i]);
      check_sections (octets, LENS_TS_LENGTH, &ts);
      check_pes (octets, LENS_TS_LENGTH, &ts);
    }
  return 0;
}
