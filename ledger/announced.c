#include "ledger/announced.h"

#include "wire/octets.h"
#include "wire/trailer.h"

static void
said_free (gpointer said)
{
  lens_said_free (said);
}

LensSaid *
lens_announced_by (LensAnnounced *announced, const LensUnit *unit)
{
  guint64 number = lens_mac_number (unit->side->key.src_mac);

  if ((unit->side->key.has_mac & 1) == 0)
    return NULL;
  if (announced->senders == NULL)
    announced->senders = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, said_free);
  LensSaid *said = g_hash_table_lookup (announced->senders, &number);
  if (said == NULL && g_hash_table_size (announced->senders) < LENS_ANNOUNCED_MAX)
    {
      said = lens_said_new (announced->channel);
      g_hash_table_insert (announced->senders, g_memdup2 (&number, sizeof number), said);
    }
  return said;
}

static guint64
hash_of (const LensUnit *unit, LensRange octets)
{
  return lens_octets_hash (LENS_HASH_START, unit->view.octets + octets.offset, octets.length);
}

void
lens_announced_text (LensAnnounced *announced, LensLedger *ledger, const LensUnit *unit,
                     guint64 key, LensRange octets, const char *name)
{
  LensSaid *said = lens_announced_by (announced, unit);
  LensCarrier *carrier = lens_ledger_carrier (ledger, announced->channel, unit, NULL);

  if (said != NULL
      && lens_said_text (said, ledger, unit, key, hash_of (unit, octets), octets, 8 * octets.length,
                         name))
    lens_ledger_room (ledger, carrier, unit, 8 * octets.length);
}

void
lens_announced_unknown (LensAnnounced *announced, LensLedger *ledger, const LensUnit *unit,
                        guint64 key, LensRange octets, const char *name)
{
  LensSaid *said = lens_announced_by (announced, unit);

  if (said != NULL)
    lens_said_unknown (said, ledger, unit, key, hash_of (unit, octets), octets, octets, FALSE,
                       name);
}

void
lens_announced_number (LensAnnounced *announced, LensLedger *ledger, const LensUnit *unit,
                       guint64 key, LensRange octets, const char *name)
{
  LensSaid *said = lens_announced_by (announced, unit);

  if (said != NULL)
    lens_said_text (said, ledger, unit, key, hash_of (unit, octets), octets, 16, name);
}

void
lens_announced_wrong (LensAnnounced *announced, LensLedger *ledger, const LensUnit *unit,
                      LensRange octets, const char *name)
{
  LensSaid *said = lens_announced_by (announced, unit);

  if (said != NULL)
    lens_said_large (said, ledger, unit, octets, name);
}

void
lens_announced_padding (LensAnnounced *announced, LensLedger *ledger, const LensUnit *unit,
                        gsize start)
{
  LensTrailer trailer
      = lens_trailer_over (unit->frame, unit->view.octets, start, unit->view.length);
  LensRange rest = { start, trailer.pad.length + trailer.surplus.length };

  if (lens_leftover_any (unit, rest))
    lens_leftover_take (&announced->padding, ledger,
                        lens_ledger_carrier (ledger, announced->channel, unit, "padding"), unit,
                        rest);
}

void
lens_announced_conclude (LensAnnounced *announced, LensLedger *ledger)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  lens_leftover_conclude (&announced->padding, ledger);
  for (guint32 i = 0; announced->senders != NULL && i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      guint64 number = lens_mac_number (carrier->side->key.src_mac);
      const LensSaid *said = g_hash_table_lookup (announced->senders, &number);
      if (g_str_equal (carrier->channel, announced->channel) && carrier->subject == NULL
          && lens_ledger_owns (ledger, carrier) && said != NULL)
        lens_said_conclude (said, ledger, carrier);
    }
}

void
lens_announced_clear (LensAnnounced *announced)
{
  g_clear_pointer (&announced->senders, g_hash_table_unref);
  lens_leftover_clear (&announced->padding);
}
