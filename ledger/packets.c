#include "ledger/packets.h"

typedef struct
{
  LensRecord record;
  GBytes *octets;
  char *comment;
} Held;

struct LensPackets
{
  GArray *list; /* Held */
  guint64 frames;
};

static void
held_clear (gpointer data)
{
  Held *held = data;

  g_bytes_unref (held->octets);
  g_free (held->comment);
}

LensPackets *
lens_packets_new (void)
{
  LensPackets *packets = g_new0 (LensPackets, 1);

  packets->list = g_array_new (FALSE, FALSE, sizeof (Held));
  g_array_set_clear_func (packets->list, held_clear);
  return packets;
}

void
lens_packets_free (LensPackets *packets)
{
  if (packets == NULL)
    return;
  g_array_unref (packets->list);
  g_free (packets);
}

static void
hold (LensPackets *packets, const LensRecord *record, GBytes *octets)
{
  Held held = { *record, octets, g_strdup (record->comment) };

  if (record->frame != 0)
    held.record.frame = ++packets->frames;
  held.record.octets = g_bytes_get_data (octets, NULL);
  held.record.comment = held.comment;
  g_array_append_val (packets->list, held);
}

void
lens_packets_add (LensPackets *packets, const LensRecord *record)
{
  hold (packets, record, g_bytes_new (record->octets, record->captured));
}

void
lens_packets_share (LensPackets *packets, const LensPackets *from, guint index)
{
  const Held *held = &g_array_index (from->list, Held, index);

  hold (packets, &held->record, g_bytes_ref (held->octets));
}

guint
lens_packets_n (const LensPackets *packets)
{
  return packets->list->len;
}

const LensRecord *
lens_packets_at (const LensPackets *packets, guint index)
{
  return &g_array_index (packets->list, Held, index).record;
}

void
lens_packets_feed (const LensPackets *packets, LensLedger *ledger)
{
  for (guint i = 0; i < packets->list->len; i++)
    {
      const LensRecord *record = lens_packets_at (packets, i);
      if (record->frame != 0)
        lens_ledger_packet (ledger, record);
      else
        lens_ledger_mark (ledger, record);
    }
}

LensEvaluation *
lens_packets_evaluate (const LensPackets *packets, const LensLedgerOptions *options, char **problem)
{
  g_autoptr (LensLedger) ledger = lens_ledger_new (options);

  lens_packets_feed (packets, ledger);
  return lens_ledger_conclude (ledger, NULL, NULL, problem);
}
