/* What a live capture says of its run: comments that the supervisor wrote between the packets. */
#include "ledger/inside.h"

enum
{
  MAX_PHASES = 100,
  MAX_BLOCKS = 100000, /* a profile's groups may ask for 2,000 each */
  MAX_NAME = 100,
};

/* --- phases --- */

static LensPhase *
open_phase (LensLedger *ledger)
{
  LensPhase *last = ledger->phases->len > 0
                        ? g_ptr_array_index (ledger->phases, ledger->phases->len - 1)
                        : NULL;

  return last != NULL && last->open ? last : NULL;
}

/* "NAME start", "NAME end", "NAME cut". */
static void
mark_phase (LensLedger *ledger, const char *text, gint64 time_ns)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 2);
  LensPhase *phase = open_phase (ledger);

  if (words[0] == NULL || words[1] == NULL || *words[0] == '\0' || strlen (words[0]) > MAX_NAME)
    return;
  if (phase != NULL)
    {
      phase->open = FALSE;
      phase->cut = g_str_equal (words[1], "cut");
      phase->last = time_ns;
    }
  if (!g_str_equal (words[1], "start"))
    return;
  if (ledger->phases->len >= MAX_PHASES)
    {
      ledger->left_out[LENS_CAP_MEMORY]++;
      return;
    }
  phase = g_new0 (LensPhase, 1);
  phase->name = g_strdup (words[0]);
  phase->first = phase->last = time_ns;
  phase->open = TRUE;
  g_ptr_array_add (ledger->phases, phase);
  lens_flows_set_phase (ledger->flows, (guint16)ledger->phases->len);
}

/* --- stimuli --- */

static LensBlock *
open_block (LensLedger *ledger)
{
  LensBlock *last = ledger->blocks->len > 0
                        ? g_ptr_array_index (ledger->blocks, ledger->blocks->len - 1)
                        : NULL;

  return last != NULL && last->open ? last : NULL;
}

/* "start NAME", "sham NAME", "end NAME", "failed NAME": a name may have blanks. */
static void
mark_stimulus (LensLedger *ledger, const char *text, gint64 time_ns)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 2);
  const char *name = words[0] != NULL ? words[1] : NULL;

  if (name == NULL || *name == '\0' || strlen (name) > MAX_NAME)
    return;
  gboolean sham = g_str_equal (words[0], "sham"), failed = g_str_equal (words[0], "failed");
  LensBlock *block = open_block (ledger);
  if (block != NULL)
    {
      block->last = time_ns;
      block->failed = failed;
      block->open = FALSE;
    }
  if (!sham && !g_str_equal (words[0], "start"))
    return;
  if (ledger->blocks->len >= MAX_BLOCKS)
    {
      ledger->left_out[LENS_CAP_MEMORY]++;
      return;
    }
  block = g_new0 (LensBlock, 1);
  block->name = g_strdup (name);
  block->first = block->last = time_ns;
  block->sham = sham;
  block->open = TRUE;
  g_ptr_array_add (ledger->blocks, block);
}

void
lens_ledger_mark (LensLedger *ledger, const LensRecord *record)
{
  static const char phase[] = "lenscap phase ", stimulus[] = "lenscap stimulus ";

  if (record->comment == NULL)
    return;
  if (g_str_has_prefix (record->comment, phase))
    mark_phase (ledger, record->comment + strlen (phase), record->time_ns);
  else if (g_str_has_prefix (record->comment, stimulus))
    mark_stimulus (ledger, record->comment + strlen (stimulus), record->time_ns);
}
