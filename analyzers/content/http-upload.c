/* http-upload: what does the device send to servers of HTTP, and what does it fetch from them?
 *
 * Content of POST, PUT and PATCH (RFC 9110 section 9.3) leaves the device, and whatever it says
 * once a connection has become a WebSocket (RFC 6455 section 4).  What it fetches in clear anybody
 * on the way can exchange: an image of firmware, an archive or a program, by its first octets; the
 * same over TFTP (RFC 1350), where a read request names the file.  Whether an image is signed
 * cannot be told on the wire.
 *
 * Benign: what the owner declared.
 *
 *   use    8 bits for each octet of content; of a fetch those of the name that was asked for
 */
#include "ledger/analyzer.h"
#include "ledger/http-reader.h"
#include "ledger/seed-bed.h"

#include <netinet/in.h>
#include <string.h>

#define TFTP 69
#define MAX_ASKERS 65536
#define SWITCHING 101

enum
{
  UPLOAD,
  UPDATE,
};

/* Who asked last on a connection, and where its target lies. */
typedef struct
{
  LensSide *side;
  LensPiece target;
  gint64 time_ns;
  gboolean open;   /* a WebSocket: no HTTP any more */
  gboolean begins; /* the next part of the answer is its first */
  gboolean coded;  /* the answer is compressed on its way, whatever it is */
} Asker;

typedef struct
{
  LensHttpReader *reader;
  GHashTable *askers; /* LensFlow -> Asker */
  LensLedger *ledger;
} HttpUpload;

static const LensChannelText channels[] = {
  [UPLOAD] = { .id = "http-upload",
               .summary = "The device uploads content over HTTP.",
               .filter_hint = "http.request.method in {\"POST\", \"PUT\", \"PATCH\"}",
               .reference = "RFC 9110 section 9.3",
               .unit = LENS_UNIT_CONTENT },
  [UPDATE] = { .id = "update-unauthenticated",
               .summary = "The device fetches an image, an archive or a program in clear: whoever "
                          "answers writes it.",
               .filter_hint = "http || tftp",
               .reference = "ETSI EN 303 645 section 5.3; RFC 9019 section 3",
               .unit = LENS_UNIT_CONTENT },
  { NULL },
};

static gboolean
is_websocket (const guint8 *octets, const LensHttpHead *head)
{
  LensRange protocol;

  return head->status == SWITCHING && lens_http_field (octets, head, "upgrade", &protocol)
         && lens_http_is_named (octets, protocol, "websocket");
}

static void
see_head (gpointer user, const LensUnit *unit, const LensHttpMessage *message)
{
  HttpUpload *state = user;
  Asker *asker = g_hash_table_lookup (state->askers, unit->side->flow);

  if (message->head.is_response)
    {
      LensRange coding;
      if (asker != NULL)
        {
          asker->begins = message->head.status == 200;
          asker->open = is_websocket (unit->view.octets, &message->head);
          asker->coded
              = lens_http_field (unit->view.octets, &message->head, "content-encoding", &coding);
        }
      return;
    }
  if (asker == NULL
      && lens_ledger_has_room (state->ledger, unit->side, g_hash_table_size (state->askers),
                               MAX_ASKERS))
    {
      asker = g_new0 (Asker, 1);
      g_hash_table_insert (state->askers, unit->side->flow, asker);
    }
  if (asker == NULL)
    return;
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  lens_view_pieces (&unit->view, message->head.target.offset, message->head.target.length, pieces);
  *asker = (Asker){ .side = unit->side, .time_ns = unit->time_ns };
  if (pieces->len > 0)
    asker->target = g_array_index (pieces, LensPiece, 0);
}

/* Images, archives and programs, by their first octets. */
static gboolean
is_image (const guint8 *octets, gsize length)
{
  static const struct
  {
    const char *octets;
    gsize length;
  } heads[] = {
    { "\x7f"
      "ELF",
      4 },
    { "\x1f\x8b\x08", 3 },
    { "PK\3\4", 4 },
    { "\x27\x05\x19\x56", 4 }, /* U-Boot */
    { "hsqs", 4 },
    { "sqsh", 4 },
    { "\xfd"
      "7zXZ",
      5 },
    { "BZh9", 4 },
    { "7z\xbc\xaf", 4 },
    { "UBI#", 4 },
    { "\x45\x3d\xcd\x28", 4 }, /* cramfs */
    { "\xd0\x0d\xfe\xed", 4 }, /* device tree, FIT */
    { "HDR0", 4 },
    { "SWKH", 4 },
    { "!<arch>\n", 8 },
    { "Rar!", 4 },
    { "MZ\x90", 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    if (length >= heads[i].length && memcmp (octets, heads[i].octets, heads[i].length) == 0)
      return TRUE;
  return length > 262 && memcmp (octets + 257, "ustar", 5) == 0;
}

static void
take_update (HttpUpload *state, const Asker *asker)
{
  LensCarriers *carriers = lens_ledger_carriers (state->ledger);
  const LensView where = { NULL, 0, &asker->target, 1 };

  if (asker->target.length > 0)
    lens_carrier_note (
        carriers,
        lens_carriers_get (carriers, "http-upload", channels[UPDATE].id, asker->side, NULL, NULL),
        asker->time_ns, 8 * asker->target.length, &where);
}

static void
take_upload (HttpUpload *state, const LensUnit *unit)
{
  lens_ledger_use (state->ledger,
                   lens_ledger_carrier (state->ledger, channels[UPLOAD].id, unit, NULL), unit,
                   8 * unit->view.length, 0, unit->view.length);
}

static void
see_body (gpointer user, const LensUnit *unit, const LensHttpMessage *message,
          LensHttpPartKind kind)
{
  HttpUpload *state = user;

  if (kind != LENS_HTTP_PART_DATA)
    return;
  if (message->head.is_response)
    {
      Asker *asker = g_hash_table_lookup (state->askers, unit->side->flow);
      if (asker == NULL || !asker->begins)
        return;
      asker->begins = FALSE;
      if (!asker->coded && is_image (unit->view.octets, unit->view.length))
        take_update (state, asker);
    }
  else if (message->uploads)
    take_upload (state, unit);
}

static const LensHttpEvents events = { see_head, see_body };

/* A read request: opcode 1, name, mode. */
static void
see_tftp (LensLedger *ledger, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets;
  gsize length = unit->view.length;

  if (length < 6 || octets[0] != 0 || octets[1] != 1)
    return;
  const guint8 *end = memchr (octets + 2, 0, length - 2);
  if (end == NULL)
    return;
  gsize name = (gsize)(end - octets) - 2;
  lens_ledger_use (ledger, lens_ledger_carrier (ledger, channels[UPDATE].id, unit, NULL), unit,
                   8 * name, 2, name);
}

/* Who asked for a WebSocket speaks on it from the answer on. */
static void
see_tcp (HttpUpload *state, const LensUnit *unit)
{
  const Asker *asker = g_hash_table_lookup (state->askers, unit->side->flow);

  if (asker != NULL && asker->open && asker->side == unit->side && unit->view.length > 0)
    take_upload (state, unit);
  else
    lens_http_reader_take (state->reader, unit);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  HttpUpload *state = data;

  if (state->reader == NULL)
    {
      state->reader = lens_http_reader_new (&events, state);
      state->askers = g_hash_table_new_full (NULL, NULL, NULL, g_free);
    }
  state->ledger = ledger;
  if (unit->side->key.protocol == IPPROTO_UDP && unit->side->key.dport == TFTP)
    see_tftp (ledger, unit);
  else
    see_tcp (state, unit);
}

static void
ended (gpointer data, const LensSide *side)
{
  HttpUpload *state = data;

  lens_http_reader_end (state->reader, side);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "http-upload") || carrier->uses == 0)
        continue;
      LensSeverity severity = lens_ledger_permits (ledger, carrier->side->flow)
                                  ? LENS_SEVERITY_INFO
                                  : lens_ledger_field_severity (ledger, carrier);
      lens_ledger_find (ledger, carrier, severity, NULL,
                        g_str_equal (carrier->channel, channels[UPDATE].id)
                            ? "Whether what was fetched is signed cannot be told on the wire."
                            : NULL);
    }
}

static void
clear (gpointer data)
{
  HttpUpload *state = data;

  g_clear_pointer (&state->reader, lens_http_reader_free);
  g_clear_pointer (&state->askers, g_hash_table_unref);
}

/* Posts to, or read requests of TFTP from, a host that nobody named. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gboolean upload = g_str_equal (channel, channels[UPLOAD].id);
  LensAddress stranger = { .version = 4 };
  LensSeedPlace place;
  char text[60];
  guint16 sport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x4000));

  lens_seed_bed_fill (bed, stranger.octets, 4);
  stranger.octets[0] = (guint8)(128 + lens_seed_bed_below (bed, 40));
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      gsize count = lens_seed_bed_take_text (bed, text, sizeof text);
      if (count == 0)
        continue;
      g_autofree char *post = g_strdup_printf (
          "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: %zu\r\n\r\n%.*s", count,
          (gint)count, text);
      guint8 read[2 + sizeof text + 7] = { 0, 1 };
      memcpy (read + 2, text, count);
      memcpy (read + 2 + count, "\0octet", 7);
      if (upload)
        lens_seed_bed_send_tcp (bed, &stranger, sport++, 80, 1, (const guint8 *)post,
                                strlen (post));
      else
        lens_seed_bed_send_udp (bed, &stranger, sport, TFTP, read, 2 + count + 7);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_http_upload = {
  .name = "http-upload",
  .question = "What does the device send to servers of HTTP, and what does it fetch from them?",
  .source = "RFC 9110 section 9.3; RFC 1350; ETSI EN 303 645 5.3",
  .severity = LENS_SEVERITY_RULE_FIELD,
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (HttpUpload),
  .see = see,
  .ended = ended,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
