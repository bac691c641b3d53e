#include "sample.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000000)
#define START (G_GINT64_CONSTANT (1767225600) * SECOND) /* 2026-01-01 00:00:00 */

static void
add_phase (LensEvaluation *e, const char *name, int from, int to)
{
  LensPhaseRow *phase = lens_evaluation_add_phase (e);

  phase->name = g_strdup (name);
  phase->first = START + from * SECOND;
  phase->last = START + to * SECOND;
}

static void
add_head (LensEvaluation *e)
{
  LensInterfaceRow *interface = lens_evaluation_add_interface (e);
  LensCapRow *cap = lens_evaluation_add_cap (e);

  e->tool.version = g_strdup ("0.1.0");
  e->tool.device = g_strdup ("default");
  e->tool.alpha = 0.01;
  e->tool.libndpi = g_strdup ("4.2.0");
  cap->name = g_strdup ("flows");
  cap->value = 10000;
  e->input.name = g_strdup ("traffic.pcapng");
  e->input.sha256 = g_strdup ("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
  e->input.bytes = 31457280;
  e->input.packets = 24100;
  e->input.has_times = TRUE;
  e->input.first = START + 123456789;
  e->input.last = START + 240 * SECOND - 1;
  e->input.status = g_strdup ("complete");
  interface->linktype = 1;
  interface->snaplen = 262144;
  interface->name = g_strdup ("eth1");
  e->laboratory = g_strdup ("Example lab");
  e->evaluator = g_strdup ("E. Xample");
  e->reference = g_strdup ("2026-014");
}

static void
add_device (LensEvaluation *e, LensVerdict verdict)
{
  LensDeviceRow *device = lens_evaluation_add_device (e);
  LensIdentityRow *identity = lens_device_row_add_identity (device);
  const guint64 frame = 412;

  device->name = g_strdup ("Entrance camera");
  device->vendor = g_strdup ("Example Optics");
  device->model = g_strdup ("EX-2042");
  device->firmware = g_strdup ("5.7.3 build 220315");
  device->mac = g_strdup ("44:19:b6:00:00:01");
  device->kind = g_strdup ("camera");
  g_ptr_array_add (device->addresses, g_strdup ("192.0.2.100"));
  g_ptr_array_add (device->addresses, g_strdup ("fd00::100"));
  device->verdict = e->verdict = verdict;
  identity->field = g_strdup ("vendor");
  identity->value = g_strdup ("Example Optics");
  identity->signal = g_strdup ("sdp-session-name");
  identity->confidence = 0.9;
  g_array_append_val (identity->frames, frame);
}

static void
add_declared (LensEvaluation *e)
{
  LensStreamRow *stream = lens_evaluation_add_stream (e);
  LensTrackRow *video = lens_stream_row_add_track (stream);
  LensTrackRow *audio = lens_stream_row_add_track (stream);
  LensServiceRow *ntp = lens_evaluation_add_service (e);
  LensWitnessRow *witness = lens_evaluation_add_witness (e);

  stream->device = g_strdup ("Entrance camera");
  stream->name = g_strdup ("main");
  stream->url = g_strdup ("rtsp://192.0.2.100:554/Streaming/Channels/101");
  stream->transport = g_strdup ("tcp");
  stream->origin = g_strdup ("profile");
  stream->seen = TRUE;
  *video = (LensTrackRow){ g_strdup ("video"), g_strdup ("H264"), 96, 0x1f2e3d4c, 15800, 18e6 };
  *audio = (LensTrackRow){ g_strdup ("audio"), g_strdup ("PCMA"), 8, 0x0badcafe, 6000, 960000 };
  ntp->device = g_strdup ("Entrance camera");
  ntp->name = g_strdup ("ntp");
  ntp->proto = g_strdup ("udp");
  ntp->port = 123;
  ntp->direction = g_strdup ("out");
  ntp->packets = 30;
  ntp->octets = 1440;
  ntp->to = g_strdup ("192.0.2.1");
  ntp->origin = g_strdup ("profile");
  ntp->seen = TRUE;
  g_ptr_array_add (e->never_seen,
                   g_strdup ("The service onvif (tcp port 80) was declared and never seen."));
  witness->stream = g_strdup ("main");
  witness->track = g_strdup ("video");
  witness->wire_packets = 15800;
  witness->wire_octets = 18000000;
  witness->puller_packets = 15800;
  witness->puller_octets = 17984200;
  witness->connection_octets = 19214000;
  witness->overhead_octets = 1214000;
  witness->unexplained = 15800;
}

/* Octets of @class_ in bin @bin of 240 one-second bins: a plausible camera. */
static guint64
traffic (LensClass class_, guint bin, gboolean leaks)
{
  const gboolean streaming = bin >= 60 && bin < 180;

  switch (class_)
    {
    case LENS_CLASS_DECLARED_VIDEO:
      return streaming ? 118000 + 7919 * bin % 41000 + (bin % 4 == 0 ? 52000 : 0) : 0;
    case LENS_CLASS_DECLARED_AUDIO:
      return streaming ? 8000 : 0;
    case LENS_CLASS_MEDIA_OVERHEAD:
      return streaming ? 3100 : 0;
    case LENS_CLASS_NETWORK_OVERHEAD:
      return streaming ? 9800 + bin * 31 % 700 : 120;
    case LENS_CLASS_LOCAL_DISCOVERY:
      return bin % 10 == 0 ? 410 : 0;
    case LENS_CLASS_DECLARED_SERVICE:
      return bin % 64 == 5 ? 96 : 0;
    case LENS_CLASS_UNDECLARED:
      return leaks && bin >= 188 && bin < 200 ? 5200 + bin * 17 % 900 : 0;
    case LENS_CLASS_HIDDEN:
      return leaks && streaming ? 340 : 0;
    default:
      return 0;
    }
}

static void
add_ledger (LensEvaluation *e, gboolean leaks)
{
  LensLedgerSection *ledger = &e->ledger;
  LensLedgerPart *part = lens_evaluation_add_part (e);

  ledger->timeline_start = START;
  ledger->timeline_bin = SECOND;
  ledger->n_bins = 240;
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    {
      ledger->timeline[i] = g_new0 (guint64, ledger->n_bins);
      for (guint bin = 0; bin < ledger->n_bins; bin++)
        {
          ledger->timeline[i][bin] = traffic ((LensClass)i, bin, leaks);
          ledger->classes[i].bytes += ledger->timeline[i][bin];
        }
      ledger->classes[i].packets = ledger->classes[i].bytes / 1100;
      ledger->total_bytes += ledger->classes[i].bytes;
      part->classes[i].bytes = ledger->classes[i].bytes;
      part->classes[i].packets = ledger->classes[i].packets;
    }
  ledger->total_packets = e->input.packets;
  e->input.wire_bytes = ledger->total_bytes;
  part->device = g_strdup ("Entrance camera");
  part->direction = g_strdup ("from");
  part->phase = g_strdup ("stream");
  add_phase (e, "idle", 0, 60);
  add_phase (e, "stream", 60, 180);
  add_phase (e, "after", 180, 240);
}

typedef struct
{
  const char *channel, *summary, *detail, *filter_hint, *reference;
  LensSeverity severity;
  gboolean hides;
  guint64 first_frame, step, n_ranges, frame_count;
  int from, to; /* seconds */
  guint64 room_bits, used_bits;
  double capacity_bps, p_value;
} Sample;

static const Sample samples[] = {
  { "codec-sei-user-data", "The video carries text in a place that players throw away.",
    "SEI user_data_unregistered with an UUID that no known encoder uses; 48 octets in each.",
    "h264", "ITU-T H.264 clause D.1.6", LENS_SEVERITY_HIGH, TRUE, 1204, 37, 210, 210, 60, 180,
    161280, 80640, 672, -1 },
  { "rtp-padding", "Padding octets of the video packets are not padding.",
    "210 packets have the padding bit set; 4 octets in each are not zero.", "rtp.padding == 1",
    "RFC 3550 section 5.1", LENS_SEVERITY_MEDIUM, TRUE, 1300, 53, 1000, 1500, 61, 178, 9600, 6720,
    56, -1 },
  { "flow-undeclared-destination",
    "The device sends 68 kB to 198.51.100.23, which nobody declared.",
    "TCP to port 8443 after the stream ended; TLS without a server name.",
    "ip.addr == 198.51.100.23 && tcp.port == 8443", "RFC 8520", LENS_SEVERITY_CRITICAL, TRUE, 21010,
    1, 1, 96, 188, 200, 546000, 546000, 45500, -1 },
  { "rtsp-header-unknown", "The server names a header that no standard lists.",
    "X-Build: 220315 in every reply.", NULL, "RFC 7826 section 18", LENS_SEVERITY_INFO, FALSE, 702,
    9, 8, 8, 60, 62, 640, 0, 0, -1 },
  { "rtp-timestamp-jitter",
    "Low bits of the time stamps are more regular than a clock would make them.",
    "Conditional entropy 0.61 bit of the lowest bit over 15,800 packets.", "rtp", NULL,
    LENS_SEVERITY_LOW, FALSE, 1204, 2, 400, 400, 60, 180, 15800, 9638, 80, 0.0000037 },
};

static void
fill_finding (LensFindingRow *f, const Sample *s, const char *prefix, guint number)
{
  f->id = g_strdup_printf ("%s%03u", prefix, number);
  f->channel = g_strdup (s->channel);
  f->analyzer = g_strdup (s->channel);
  f->severity = s->severity;
  f->hides = s->hides;
  f->p_value = s->p_value;
  f->confidence = s->p_value < 0 ? 1 : 1 - s->p_value;
  f->device = g_strdup ("Entrance camera");
  f->flow = g_new0 (LensFlowName, 1);
  *f->flow = (LensFlowName){ g_strdup ("tcp"), g_strdup ("192.0.2.100"), g_strdup ("192.0.2.1"),
                             554, 40112 };
  f->frame_count = s->frame_count;
  for (guint64 i = 0; i < s->n_ranges; i++)
    {
      const guint64 frame = s->first_frame + i * s->step;
      const LensFrameRange range = { frame, s->n_ranges == 1 ? frame + s->frame_count - 1 : frame };
      const LensPiece piece = { frame, 86, 48 };

      g_array_append_val (f->ranges, range);
      if (i < 100)
        g_array_append_val (f->octets, piece);
    }
  g_byte_array_append (f->excerpt, (const guint8 *)"cfg=lobby;ssid=plant-2;door=open;\x01\x80<b>",
                       38);
  f->first = START + s->from * SECOND + 250000000;
  f->last = START + s->to * SECOND - 1;
  f->room_bits = s->room_bits;
  f->used_bits = s->used_bits;
  f->capacity_bps = s->capacity_bps;
  f->summary = g_strdup (s->summary);
  f->detail = g_strdup (s->detail);
  f->filter_hint = g_strdup (s->filter_hint);
  if (s->reference != NULL)
    g_ptr_array_add (f->references, g_strdup (s->reference));
}

static void
add_coverage (LensEvaluation *e, const char *channel, LensCoverageStatus status, guint64 examined,
              double limit, double bound, const char *note)
{
  LensCoverageRow *row = lens_evaluation_add_coverage (e);

  row->channel = g_strdup (channel);
  row->status = status;
  row->examined = examined;
  row->limit_bps = limit;
  row->bound_bps = bound;
  row->note = g_strdup (note);
}

static void
add_all_coverage (LensEvaluation *e)
{
  add_coverage (e, "rtp-padding", LENS_COVERAGE_EXAMINED, 15800, 1.6, -1, NULL);
  add_coverage (e, "rtp-ssrc-low-bits", LENS_COVERAGE_EXAMINED, 2, -1, 0.27,
                "a random field: 32 bits each time a stream starts");
  add_coverage (e, "codec-sei-user-data", LENS_COVERAGE_EXAMINED, 15800, -1, -1, NULL);
  add_coverage (e, "icmp-payload", LENS_COVERAGE_NOT_PRESENT, 0, -1, -1, NULL);
  add_coverage (e, "mqtt-topic", LENS_COVERAGE_NOT_PRESENT, 0, -1, -1, NULL);
  add_coverage (e, "tls-record-length", LENS_COVERAGE_NOT_EXAMINABLE, 96, -1, -1,
                "the flow is encrypted and its peer is not ours");
  add_coverage (e, "codec-motion-vectors", LENS_COVERAGE_NOT_IMPLEMENTED, 0, -1, -1, NULL);
}

/* As where no field is random. */
static void
leave_no_bound (LensEvaluation *e)
{
  for (guint i = 0; i < e->coverage->len; i++)
    ((LensCoverageRow *)e->coverage->pdata[i])->bound_bps = -1;
}

static void
add_flow (LensEvaluation *e, const char *proto, const char *dst, guint16 port, guint64 octets,
          LensClass class_, const char *application, const char *name)
{
  LensFlowRow *flow = lens_evaluation_add_flow (e);

  flow->proto = g_strdup (proto);
  flow->src = g_strdup ("192.0.2.100");
  flow->sport = 49152;
  flow->dst = g_strdup (dst);
  flow->dport = port;
  flow->packets_out = octets / 1000 + 1;
  flow->bytes_out = octets;
  flow->payload = octets;
  flow->first_frame = 12;
  flow->first = START + SECOND;
  flow->last = START + 9 * SECOND;
  flow->application = g_strdup (application);
  flow->class_ = class_;
  flow->name = g_strdup (name);
}

LensEvaluation *
sample_rich (void)
{
  LensEvaluation *e = lens_evaluation_new ();
  LensStimulusRow *stimulus = lens_evaluation_add_stimulus (e);

  add_head (e);
  add_device (e, LENS_VERDICT_CONCEALED);
  add_declared (e);
  add_ledger (e, TRUE);
  e->tool.limits = TRUE;
  e->tool.profile_sha256 = g_strdup (e->input.sha256);
  stimulus->name = g_strdup ("light");
  stimulus->first = START + 70 * SECOND;
  stimulus->last = START + 72 * SECOND;
  stimulus->sham = TRUE;
  for (guint i = 0; i + 1 < G_N_ELEMENTS (samples); i++)
    fill_finding (lens_evaluation_add_finding (e), &samples[i], "F", i + 1);
  fill_finding (lens_evaluation_add_lead (e), &samples[G_N_ELEMENTS (samples) - 1], "L", 1);
  add_all_coverage (e);
  add_flow (e, "tcp", "192.0.2.1", 40112, 19214000, LENS_CLASS_DECLARED_VIDEO, "RTSP", NULL);
  add_flow (e, "tcp", "198.51.100.23", 8443, 68250, LENS_CLASS_UNDECLARED, "TLS", "up.example.net");
  for (guint i = 0; i < 70; i++)
    add_flow (e, "udp", "192.0.2.1", 123, 96, LENS_CLASS_DECLARED_SERVICE, "NTP", NULL);
  e->flows_rest_count = 3;
  e->flows_rest_packets = 7;
  e->flows_rest_bytes = 512;
  g_ptr_array_add (e->reasons, g_strdup ("F001, F002 and F003 hide data at medium or above."));
  g_ptr_array_add (e->reasons, g_strdup ("1 channel of the catalogue is not implemented."));
  g_ptr_array_add (((LensDeviceRow *)e->devices->pdata[0])->reasons,
                   g_strdup ("F001, F002 and F003 hide data at medium or above."));
  return e;
}

LensEvaluation *
sample_clean (void)
{
  LensEvaluation *e = lens_evaluation_new ();

  add_head (e);
  add_device (e, LENS_VERDICT_CONFORMS);
  add_declared (e);
  g_ptr_array_set_size (e->never_seen, 0);
  add_ledger (e, FALSE);
  add_all_coverage (e);
  leave_no_bound (e);
  e->tool.profile_sha256 = g_strdup (e->input.sha256);
  add_flow (e, "tcp", "192.0.2.1", 40112, 19214000, LENS_CLASS_DECLARED_VIDEO, "RTSP", NULL);
  g_ptr_array_add (e->reasons, g_strdup ("1 channel of the catalogue is not implemented."));
  return e;
}

LensEvaluation *
sample_failed (void)
{
  LensEvaluation *e = lens_evaluation_new ();

  e->tool.version = g_strdup ("0.1.0");
  e->tool.device = g_strdup ("default");
  e->tool.alpha = 0.01;
  e->input.name = g_strdup ("notes.txt");
  e->input.status = g_strdup ("failed");
  e->input.problem = g_strdup ("offset 0: neither pcap nor pcapng");
  e->verdict = LENS_VERDICT_INCONCLUSIVE;
  g_ptr_array_add (e->reasons, g_strdup ("The input could not be read."));
  add_coverage (e, "rtp-padding", LENS_COVERAGE_NOT_EXAMINABLE, 0, -1, -1,
                "The input could not be evaluated.");
  return e;
}

/* Markup, quotes, an ANSI escape, a carriage return, an override of direction, C1, broken
 * UTF-8, a surrogate in UTF-8, a tag character, and marks piled on one letter. */
#define HOSTILE                                                                                    \
  "<script>alert(1)</script>\"'& \x1b[2J\r\n\xe2\x80\xaegnp.\xe2\x80\xac \xc2\x9b\x31m \xff\xc3 "  \
  "\xed\xa0\x80 \xf3\xa0\x81\x81 e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81 "               \
  "http://evil.example/x.js --> ]]> </style></title>"

static void
replace (char **text)
{
  g_free (*text);
  *text = g_strdup (HOSTILE);
}

static void
replace_all (GPtrArray *list)
{
  for (guint i = 0; i < list->len; i++)
    replace ((char **)&list->pdata[i]);
}

static void
make_finding_hostile (LensFindingRow *f)
{
  g_free (f->channel);
  f->channel = g_strdup ("codec-\"><img src=x onerror=alert(1)>");
  replace (&f->analyzer);
  replace (&f->device);
  replace (&f->flow->src);
  replace (&f->flow->dst);
  replace (&f->flow->proto);
  replace (&f->summary);
  replace (&f->detail);
  replace (&f->filter_hint);
  replace_all (f->references);
}

LensEvaluation *
sample_hostile (void)
{
  LensEvaluation *e = sample_rich ();
  LensDeviceRow *device = e->devices->pdata[0];
  LensIdentityRow *identity = device->identity->pdata[0];
  LensStreamRow *stream = e->streams->pdata[0];
  LensServiceRow *service = e->services->pdata[0];

  replace (&e->tool.only);
  replace (&e->input.name);
  replace (&e->input.problem);
  g_free (e->input.status);
  e->input.status = g_strdup ("truncated");
  replace (&((LensInterfaceRow *)e->input.interfaces->pdata[0])->name);
  replace (&e->laboratory);
  replace (&e->evaluator);
  replace (&e->reference);
  replace (&e->notes);
  replace (&device->name);
  g_free (device->vendor);
  device->vendor = g_strnfill (10000, 'W');
  replace (&device->model);
  replace (&device->mac);
  replace_all (device->addresses);
  replace_all (device->reasons);
  replace (&identity->field);
  replace (&identity->value);
  replace (&identity->signal);
  replace (&stream->device);
  replace (&stream->name);
  replace (&stream->url);
  replace (&stream->transport);
  replace (&((LensTrackRow *)stream->tracks->pdata[0])->codec);
  replace (&service->name);
  replace (&service->to);
  replace (&service->proto);
  replace_all (e->never_seen);
  replace_all (e->reasons);
  for (guint i = 0; i < e->phases->len; i++)
    replace (&((LensPhaseRow *)e->phases->pdata[i])->name);
  replace (&((LensWitnessRow *)e->witnesses->pdata[0])->stream);
  replace (&((LensWitnessRow *)e->witnesses->pdata[0])->track);
  replace (&((LensLedgerPart *)e->ledger.parts->pdata[0])->device);
  for (guint i = 0; i < 2; i++)
    {
      LensFlowRow *flow = e->flows->pdata[i];
      replace (&flow->src);
      replace (&flow->application);
      replace (&flow->name);
    }
  for (guint i = 0; i < e->findings->len; i++)
    make_finding_hostile (e->findings->pdata[i]);
  make_finding_hostile (e->leads->pdata[0]);
  for (guint i = 0; i < e->coverage->len; i++)
    {
      LensCoverageRow *row = e->coverage->pdata[i];
      g_free (row->channel);
      row->channel = g_strdup_printf ("%s%u", HOSTILE, i);
      replace (&row->note);
    }
  return e;
}

/* Seven devices of all verdicts, and no string that ends or can be broken between words. */
LensEvaluation *
sample_long (void)
{
  LensEvaluation *e = sample_rich ();
  g_autofree char *wide = g_strnfill (3000, 'W');

  for (guint i = 0; i < 7; i++)
    {
      LensDeviceRow *device = i == 0 ? e->devices->pdata[0] : lens_evaluation_add_device (e);
      g_free (device->name);
      device->name = g_strdup_printf ("%s%u", wide, i);
      device->verdict = (LensVerdict)(i % (LENS_VERDICT_CONCEALED + 1));
      g_ptr_array_add (device->reasons, g_strdup (wide));
    }
  leave_no_bound (e);
  for (guint i = 0; i < 20; i++)
    g_ptr_array_add (e->reasons, g_strdup (wide));
  for (guint i = 0; i < e->findings->len; i++)
    {
      LensFindingRow *finding = e->findings->pdata[i];

      const guint of = !finding->hides ? LENS_VERDICT_CONFORMS
                       : i == 1        ? LENS_VERDICT_UNDECLARED
                                       : LENS_VERDICT_CONCEALED;

      finding->hides = of == LENS_VERDICT_CONCEALED;
      g_free (finding->device);
      finding->device = g_strdup (((const LensDeviceRow *)e->devices->pdata[of])->name);
      g_free (finding->summary);
      finding->summary = g_strdup (wide);
      g_free (finding->flow->src);
      finding->flow->src = g_strdup (wide);
      g_free (finding->flow->dst);
      finding->flow->dst = g_strdup (wide);
    }
  return e;
}

LensEvaluation *
sample_extreme (void)
{
  LensEvaluation *e = sample_rich ();
  LensFindingRow *first = e->findings->pdata[0], *second = e->findings->pdata[1];
  LensPhaseRow *phase = e->phases->pdata[0];
  const LensFrameRange all = { 1, G_MAXINT64 };

  e->input.first = G_MININT64;
  e->input.last = G_MAXINT64;
  e->input.truncated_packets = G_MAXINT64;
  phase->first = G_MAXINT64;
  phase->last = G_MININT64;
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    {
      e->ledger.classes[i].bytes = i == 0 ? G_MAXINT64 : 0;
      for (guint bin = 0; bin < e->ledger.n_bins; bin++)
        e->ledger.timeline[i][bin] = i == 0 && bin == 0 ? G_MAXINT64 : 0;
    }
  for (guint i = 0; i < e->ledger.parts->len; i++)
    memset (((LensLedgerPart *)e->ledger.parts->pdata[i])->classes, 0, sizeof e->ledger.classes);
  e->ledger.timeline_bin = 1;
  e->ledger.total_bytes = G_MAXINT64;
  first->capacity_bps = 1e308;
  first->room_bits = G_MAXINT64;
  first->frame_count = G_MAXINT64;
  g_array_set_size (first->ranges, 0);
  g_array_append_val (first->ranges, all);
  second->capacity_bps = 1e-308;
  second->first = G_MININT64 + 1;
  second->last = G_MAXINT64;
  ((LensCoverageRow *)e->coverage->pdata[0])->bound_bps = 1e300;
  ((LensWitnessRow *)e->witnesses->pdata[0])->unexplained = G_MININT64;
  return e;
}

LensEvaluation *
sample_named (const char *name)
{
  if (strcmp (name, "rich") == 0)
    return sample_rich ();
  if (strcmp (name, "hostile") == 0)
    return sample_hostile ();
  if (strcmp (name, "long") == 0)
    return sample_long ();
  if (strcmp (name, "extreme") == 0)
    return sample_extreme ();
  if (strcmp (name, "failed") == 0)
    return sample_failed ();
  if (strcmp (name, "clean") == 0)
    return sample_clean ();
  return NULL;
}

LensRun *
sample_run (void)
{
  LensRun *run = lens_run_new ();

  run->version = g_strdup ("0.1.0");
  run->host = g_strdup ("bench-2, Linux 6.1.0");
  run->started = START - SECOND;
  run->finished = START + 260 * SECOND;
  g_ptr_array_add (run->in_force, g_strdup ("seccomp"));
  g_ptr_array_add (run->in_force, g_strdup ("empty network"));
  g_ptr_array_add (run->missing, g_strdup ("Landlock (TCP)"));
  g_ptr_array_add (run->missing, g_strdup ("memory-deny-write-execute"));
  g_ptr_array_add (run->libraries, g_strdup ("libavformat 59.27.100"));
  g_ptr_array_add (run->losses, g_strdup ("capture: 0 packets dropped"));
  lens_run_add_file (run, "capture 1.pcapng", 4096, START - 86400 * SECOND);
  return run;
}
