/* After the last packet: from the ledger to the finished evaluation. */
#include "ledger/inside.h"

#include "ledger/profile.h"

#include <netinet/in.h>
#include <string.h>

/* --- what the book asks --- */

typedef struct
{
  LensLedger *ledger;
  guint *part_index; /* by device, direction and phase: index + 1; 0: none yet */
  GArray *parts;     /* guint64 keys */
  guint8 *classes;   /* LensClass per account */
  gint *part_of;     /* per account */
} Answers;

static LensClass
class_of (gpointer data, LensAccountId account)
{
  Answers *answers = data;

  return answers->classes[account];
}

static gint
part_of (gpointer data, LensAccountId account)
{
  Answers *answers = data;

  return answers->part_of[account];
}

/* A claim turns octets into hidden ones where they lie in a declared or permitted flow. */
static gboolean
claim_holds (gpointer data, guint32 carrier, LensAccountId account)
{
  Answers *answers = data;
  LensClass class_ = answers->classes[account];
  guint8 found = g_array_index (answers->ledger->found, guint8, carrier);
  const LensAccountRow account_row = lens_flows_account_row (answers->ledger->flows, account);
  const LensAccountRow *row = &account_row;

  if (found < 1 + LENS_SEVERITY_LOW || class_ == LENS_CLASS_UNDECLARED
      || class_ == LENS_CLASS_OTHER_HOST || row->kind == LENS_KIND_PSEUDO
      || row->kind == LENS_KIND_DUPLICATE)
    return FALSE;
  return class_ != LENS_CLASS_NETWORK_OVERHEAD
         || lens_ledger_declares (answers->ledger, row->side->flow);
}

static gint
part_for (Answers *answers, const LensAccountRow *row)
{
  gint from = lens_ledger_side_source (answers->ledger, row->side);
  gint to = lens_ledger_side_destination (answers->ledger, row->side);

  if (from < 0 && to < 0)
    return -1;
  guint device = (guint)(from >= 0 ? from : to), n_phases = answers->ledger->phases->len + 1;
  guint *index = &answers->part_index[(2 * device + (from < 0)) * n_phases + row->phase];
  if (*index == 0)
    {
      guint64 key = (guint64)device << 32 | (guint64)(from < 0) << 16 | row->phase;
      g_array_append_val (answers->parts, key);
      *index = answers->parts->len;
    }
  return (gint)*index - 1;
}

static void
answers_init (Answers *answers, LensLedger *ledger)
{
  guint32 n = lens_flows_n_accounts (ledger->flows);

  answers->ledger = ledger;
  answers->part_index
      = g_new0 (guint, 2 * (gsize)ledger->devices->len * (ledger->phases->len + 1) + 1);
  answers->parts = g_array_new (FALSE, FALSE, sizeof (guint64));
  answers->classes = g_new0 (guint8, n + 1);
  answers->part_of = g_new0 (gint, n + 1);
  for (guint32 i = 0; i < n; i++)
    {
      answers->classes[i] = (guint8)lens_ledger_class_of (ledger, i);
      const LensAccountRow row = lens_flows_account_row (ledger->flows, i);
      answers->part_of[i] = part_for (answers, &row);
    }
}

static void
answers_clear (Answers *answers)
{
  g_free (answers->part_index);
  g_array_unref (answers->parts);
  g_free (answers->classes);
  g_free (answers->part_of);
}

/* --- sections --- */

static void
fill_devices (LensLedger *ledger, LensEvaluation *evaluation)
{
  for (guint i = 0; i < ledger->devices->len; i++)
    {
      const LensDevice *device = g_ptr_array_index (ledger->devices, i);
      const LensProfile *profile = device->profile;
      LensDeviceRow *row = lens_evaluation_add_device (evaluation);
      row->name = g_strdup (device->name);
      row->kind = g_strdup (profile != NULL && profile->kind != NULL ? profile->kind : "other");
      if (device->macs->len >= 6)
        row->mac = lens_mac_dup_text (device->macs->data);
      for (guint a = 0; a < device->addresses->len; a++)
        g_ptr_array_add (row->addresses, lens_address_dup_text (
                                             &g_array_index (device->addresses, LensAddress, a)));
      if (profile == NULL)
        {
          if (lens_sessions_n_streams (ledger->sessions) > 0)
            for (guint s = 0; s < lens_sessions_n_streams (ledger->sessions); s++)
              {
                const LensStream *stream = lens_sessions_stream_at (ledger->sessions, s);
                LensSideKey key = { .src = stream->server };
                if (lens_ledger_source_device (ledger, &key) == (gint)i)
                  {
                    g_free (row->kind);
                    row->kind = g_strdup ("camera");
                  }
              }
          continue;
        }
      row->vendor = g_strdup (profile->vendor);
      row->model = g_strdup (profile->model);
      row->firmware = g_strdup (profile->firmware);
      row->serial = g_strdup (profile->serial);
      row->site = g_strdup (profile->site);
      row->owner = g_strdup (profile->owner);
      row->asset = g_strdup (profile->asset);
    }
}

static void
fill_phases (LensLedger *ledger, LensEvaluation *evaluation)
{
  for (guint i = 0; i < ledger->phases->len; i++)
    {
      const LensPhase *phase = g_ptr_array_index (ledger->phases, i);
      LensPhaseRow *row = lens_evaluation_add_phase (evaluation);
      row->name = g_strdup (phase->name);
      row->first = phase->first;
      row->last = phase->open ? MAX (phase->first, ledger->last) : phase->last;
    }
}

static void
fill_stimuli (LensLedger *ledger, LensEvaluation *evaluation)
{
  for (guint i = 0; i < ledger->blocks->len; i++)
    {
      const LensBlock *block = g_ptr_array_index (ledger->blocks, i);
      LensStimulusRow *row = lens_evaluation_add_stimulus (evaluation);
      row->name = g_strdup (block->name);
      row->first = block->first;
      row->last = block->open ? MAX (block->first, ledger->last) : block->last;
      row->sham = block->sham;
    }
}

static void
fill_input (LensLedger *ledger, const LensCaptureFile *file, LensEvaluation *evaluation)
{
  LensInputSection *input = &evaluation->input;

  input->status = g_strdup (ledger->status != NULL ? ledger->status : "complete");
  input->packets = ledger->packets;
  input->wire_bytes = ledger->wire_octets;
  input->truncated_packets = ledger->truncated;
  input->duplicates = ledger->duplicates;
  input->has_times = ledger->has_times;
  input->first = ledger->first;
  input->last = ledger->last;
  for (guint32 i = 0; file != NULL && i < lens_capture_file_n_interfaces (file); i++)
    {
      const LensCaptureInterface *known = lens_capture_file_interface (file, i);
      LensInterfaceRow *row = lens_evaluation_add_interface (evaluation);
      row->linktype = known->linktype;
      row->snaplen = known->snaplen;
      row->name = g_strdup (known->name);
      row->dropped = known->dropped;
      row->packets = known->packets;
    }
}

static void
fill_ledger (LensLedger *ledger, const Answers *answers, LensBookResult *sums,
             LensEvaluation *evaluation)
{
  LensLedgerSection *section = &evaluation->ledger;

  section->total_bytes = lens_book_total_octets (ledger->book);
  section->total_packets = lens_book_total_frames (ledger->book);
  for (guint c = 0; c < LENS_N_CLASSES; c++)
    {
      section->classes[c].bytes = sums->sums.bytes[c];
      section->classes[c].packets = sums->sums.packets[c];
      section->timeline[c] = g_steal_pointer (&sums->timeline[c]);
    }
  section->timeline_start = sums->timeline_start;
  section->timeline_bin = sums->timeline_bin;
  section->n_bins = sums->n_bins;
  for (guint p = 0; p < answers->parts->len; p++)
    {
      guint64 key = g_array_index (answers->parts, guint64, p);
      const LensDevice *device = g_ptr_array_index (ledger->devices, key >> 32);
      guint phase = key & 0xffff;
      LensLedgerPart *part = lens_evaluation_add_part (evaluation);
      part->device = g_strdup (device->name);
      part->direction = g_strdup (key >> 16 & 1 ? "to" : "from");
      if (phase > 0)
        part->phase = g_strdup (((LensPhase *)g_ptr_array_index (ledger->phases, phase - 1))->name);
      for (guint c = 0; c < LENS_N_CLASSES; c++)
        {
          part->classes[c].bytes = sums->parts[p].bytes[c];
          part->classes[c].packets = sums->parts[p].packets[c];
        }
    }
}

/* --- flows --- */

typedef struct
{
  const LensFlow *flow;
  guint64 payload;
} FlowOrder;

static gint
compare_flows (gconstpointer a, gconstpointer b)
{
  const FlowOrder *x = a, *y = b;

  if (x->payload != y->payload)
    return x->payload > y->payload ? -1 : 1;
  guint64 one = lens_flow_first_frame (x->flow), other = lens_flow_first_frame (y->flow);

  return one < other ? -1 : one > other;
}

/* The class of most of each flow's octets, headers left out where there is anything else. */
static LensClass *
flow_classes (LensLedger *ledger, const Answers *answers)
{
  guint32 n = lens_flows_n (ledger->flows);
  LensClass *classes = g_new (LensClass, n + 1);
  guint64 *best = g_new0 (guint64, n + 1);

  for (guint32 i = 0; i < n; i++)
    classes[i] = LENS_CLASS_NETWORK_OVERHEAD;
  for (guint32 a = 0; a < lens_flows_n_accounts (ledger->flows); a++)
    {
      guint32 flow = lens_flows_account_row (ledger->flows, a).side->flow->index;
      guint64 octets = lens_book_octets (ledger->book, a);
      if (answers->classes[a] != LENS_CLASS_NETWORK_OVERHEAD && octets > best[flow])
        {
          best[flow] = octets;
          classes[flow] = answers->classes[a];
        }
    }
  g_free (best);
  return classes;
}

static char *
end_text (const LensAddress *address, gboolean has_mac, const guint8 mac[6])
{
  if (address->version != 0)
    return lens_address_dup_text (address);
  return has_mac ? lens_mac_dup_text (mac) : g_strdup ("");
}

static const char *
peer_name (LensLedger *ledger, const LensFlow *flow)
{
  const char *name = lens_hosts_name_of (ledger->hosts, &flow->key->dst);

  if (name == NULL)
    name = lens_hosts_name_of (ledger->hosts, &flow->key->src);
  return name != NULL ? name : flow->rare->server_name;
}

static char *
application_of (LensLedger *ledger, const LensFlow *flow)
{
  if (lens_flow_is_webrtc (flow))
    return g_strdup ("webrtc");
  return ledger->options.applications != NULL
             ? lens_applications_name (ledger->options.applications, flow)
             : NULL;
}

static void
fill_flow (LensLedger *ledger, const FlowOrder *order, LensClass class_, LensEvaluation *evaluation)
{
  const LensFlow *flow = order->flow;
  LensFlowRow *row = lens_evaluation_add_flow (evaluation);

  row->proto = lens_side_key_proto (flow->key);
  row->src = end_text (&flow->key->src, flow->key->has_mac & 1, flow->key->src_mac);
  row->dst = end_text (&flow->key->dst, flow->key->has_mac & 2, flow->key->dst_mac);
  row->sport = flow->key->sport;
  row->dport = flow->key->dport;
  row->packets_out = flow->packets[0];
  row->packets_in = flow->packets[1];
  row->bytes_out = flow->octets[0];
  row->bytes_in = flow->octets[1];
  row->payload = order->payload;
  row->first_frame = lens_flow_first_frame (flow);
  row->first = flow->first;
  row->last = flow->last;
  row->class_ = class_;
  row->name = g_strdup (peer_name (ledger, flow));
  row->application = application_of (ledger, flow);
}

static void
fill_flows (LensLedger *ledger, const Answers *answers, LensEvaluation *evaluation)
{
  guint32 n = lens_flows_n (ledger->flows);
  g_autofree FlowOrder *order = g_new0 (FlowOrder, n + 1);
  g_autofree LensClass *classes = flow_classes (ledger, answers);
  guint32 count = 0;

  for (guint32 i = 0; i < n; i++)
    {
      const LensFlow *flow = lens_flows_at (ledger->flows, i);
      if (flow->packets[0] + flow->packets[1] > 0)
        order[count++] = (FlowOrder){ flow, flow->payload[0] + flow->payload[1] };
    }
  qsort (order, count, sizeof *order, compare_flows);
  for (guint32 i = 0; i < count; i++)
    {
      const LensFlow *flow = order[i].flow;
      if (i < ledger->options.caps.limit[LENS_CAP_FLOW_ROWS])
        {
          fill_flow (ledger, &order[i], classes[flow->index], evaluation);
          continue;
        }
      evaluation->flows_rest_count++;
      evaluation->flows_rest_packets += flow->packets[0] + flow->packets[1];
      evaluation->flows_rest_bytes += flow->octets[0] + flow->octets[1];
    }
}

/* --- the whole --- */

void
lens_ledger_join_track (LensTrack *guessed, LensTrack *track)
{
  guessed->granted = track;
  if (track->side == NULL)
    track->side = guessed->side;
  if (track->packets == 0 || guessed->first_frame < track->first_frame)
    {
      track->first_frame = guessed->first_frame;
      track->first = guessed->first;
    }
  if (track->packets == 0)
    {
      track->last = guessed->last;
      track->last_payload_type = guessed->last_payload_type;
      track->last_ssrc = guessed->last_ssrc;
    }
  track->packets += guessed->packets;
  track->payload_octets += guessed->payload_octets;
}

static void
link_tracks (LensLedger *ledger)
{
  for (guint32 i = 0; i < lens_flows_n_sides (ledger->flows); i++)
    {
      LensSide *side = lens_flows_side_at (ledger->flows, i);
      if (side->key.protocol != IPPROTO_UDP || side->rare->granted != NULL)
        continue;
      gboolean rtcp, from_sender;
      LensTrack *track = lens_sessions_udp (ledger->sessions, &side->key, &rtcp, &from_sender);
      if (track == NULL)
        continue;
      lens_flow_rare (side->flow)->track = track;
      if (side->rare->track != NULL)
        lens_ledger_join_track (side->rare->track, track);
    }
}

static void
run_conclusions (LensLedger *ledger)
{
  for (guint i = 0; i < ledger->options.n_analyzers; i++)
    {
      const LensAnalyzer *analyzer = ledger->options.analyzers[i];
      ledger->running = analyzer;
      if (analyzer->conclude != NULL)
        analyzer->conclude (ledger, ledger->states[i]);
      else
        lens_ledger_find_used (ledger);
    }
}

static void
finish_streams (LensLedger *ledger)
{
  lens_fragments_flush (ledger->fragments);
  lens_ledger_finish_tcp (ledger);
  lens_ledger_finish_media (ledger);
}

/* What was left out where it was counted elsewhere, and all that was. */
static void
fill_caps (LensLedger *ledger, LensEvaluation *evaluation)
{
  guint64 *left_out = ledger->left_out;

  left_out[LENS_CAP_FLOWS] = lens_flows_left_out (ledger->flows);
  left_out[LENS_CAP_CARRIERS] = lens_carriers_left_out (ledger->carriers);
  left_out[LENS_CAP_CLAIMS] = lens_book_lost_claims (ledger->book);
  left_out[LENS_CAP_FLOW_ROWS] = evaluation->flows_rest_count;
  left_out[LENS_CAP_MEMORY] += ledger->capped + lens_hosts_capped (ledger->hosts)
                               + (lens_sessions_n_tracks (ledger->sessions) >= LENS_SESSIONS_MAX);
  for (guint i = 0; i < ledger->options.n_analyzers; i++)
    left_out[LENS_CAP_MEMORY] += lens_ledger_unremembered (ledger, ledger->options.analyzers[i]);
  for (guint i = 0; i < LENS_N_CAPS; i++)
    {
      if (left_out[i] == 0)
        continue;
      LensReachedRow *row = lens_evaluation_add_reached (evaluation);
      row->name = g_strdup (lens_caps[i].name);
      row->limit = ledger->options.caps.limit[i];
      row->left_out = left_out[i];
    }
}

LensEvaluation *
lens_ledger_conclude (LensLedger *ledger, const LensCaptureFile *file, const LensStreamLog *log,
                      char **problem)
{
  const LensRecord end = { .time_ns = ledger->last, .frame = G_MAXUINT64 };
  LensEvaluation *evaluation = lens_evaluation_new ();
  LensBookResult sums;
  Answers answers;

  ledger->record = &end;
  ledger->log = log;
  finish_streams (ledger);
  ledger->concluding = TRUE;
  link_tracks (ledger);
  lens_ledger_resolve (ledger);
  lens_ledger_infer_sessions (ledger);
  ledger->found = g_array_new (FALSE, TRUE, sizeof (guint8));
  /* Conclusions may make carriers of their own: room for all there can be. */
  g_array_set_size (ledger->found, LENS_CARRIERS_MAX + 1);
  run_conclusions (ledger);

  answers_init (&answers, ledger);
  const LensBookQuestions questions = { &answers, class_of, part_of, claim_holds };
  if (lens_book_close (ledger->book, &questions, answers.parts->len, &sums, problem))
    {
      fill_input (ledger, file, evaluation);
      fill_devices (ledger, evaluation);
      fill_phases (ledger, evaluation);
      fill_stimuli (ledger, evaluation);
      lens_ledger_fill_witnesses (ledger, log, evaluation);
      lens_ledger_fill_findings (ledger, &sums, evaluation);
      fill_ledger (ledger, &answers, &sums, evaluation);
      lens_ledger_fill_streams (ledger, evaluation);
      lens_ledger_fill_services (ledger, evaluation);
      fill_flows (ledger, &answers, evaluation);
      fill_caps (ledger, evaluation);
      lens_ledger_fill_coverage (ledger, evaluation);
      lens_ledger_fill_verdicts (ledger, log, evaluation);
      if (!lens_evaluation_adds_up (evaluation))
        *problem = g_strdup ("the classes do not add up to the capture");
    }
  lens_book_result_clear (&sums);
  answers_clear (&answers);
  ledger->record = NULL;
  ledger->log = NULL;
  if (*problem != NULL)
    g_clear_pointer (&evaluation, lens_evaluation_free);
  return evaluation;
}

/* --- progress --- */

static LensClass
preview_class (gpointer data, LensAccountId account)
{
  LensLedger *ledger = data;

  return lens_ledger_class_of (ledger, account);
}

void
lens_ledger_preview (LensLedger *ledger, guint64 into[LENS_N_CLASSES])
{
  const LensBookQuestions questions = { .data = ledger, .class_of = preview_class };

  lens_ledger_resolve (ledger);
  lens_book_preview (ledger->book, &questions, into);
  g_clear_pointer (&ledger->devices, g_ptr_array_unref);
  g_clear_pointer (&ledger->device_by_address, g_hash_table_unref);
  g_clear_pointer (&ledger->device_by_mac, g_hash_table_unref);
  g_clear_pointer (&ledger->ends, g_array_unref);
  g_clear_pointer (&ledger->permissions, g_array_unref);
}
