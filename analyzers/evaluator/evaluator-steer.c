/* evaluator-steer: does the camera name another host as the one to send to or to hear from?
 *
 * RFC 2326 section 12.39 and RFC 7826 section 18.54: in the Transport of a reply, source and
 * src_addr say whom media comes from, destination and dest_addr whom it goes to.  A viewer sends
 * its hole punch and its RTCP to the former: libavformat to any host.  RFC 8866 section 5.7: c=
 * says where a session is; RFC 3605: a=rtcp, where reports go; RFC 4570: a=source-filter, whose
 * media is taken.  RFC 1035: an answer says where a host's name is.
 *
 * Benign: the device's own addresses, the viewer's, none (0.0.0.0, ::); in c= also a group or a
 * loopback address, which many servers write; a destination that the viewer asked for, and a group
 * when it asked for multicast.
 *
 *   use    8 bits per octet of what names another host
 */
#include "ledger/elsewhere.h"

#include "wire/rtsp-addresses.h"
#include "wire/rtsp-header.h"

#include <string.h>

enum
{
  MAX_TRANSPORTS = 16, /* fields of one message */
  MAX_PARAMETERS = 64, /* of one field */
};

typedef struct
{
  LensElsewhere places;
} EvaluatorSteer;

static const LensChannelText channels[] = {
  { .id = "evaluator-steer",
    .summary = "The camera names another host to its viewer as the one to send to or to hear from.",
    .filter_hint = "rtsp.transport",
    .reference = "RFC 2326 section 12.39; RFC 8866 section 5.7; RFC 3605; RFC 4570",
    .hides = TRUE,
    .unit = LENS_UNIT_RTSP },
  { NULL },
};

static void
take (LensLedger *ledger, EvaluatorSteer *state, const LensUnit *unit, const LensUrlHost *host,
      LensRange range)
{
  if (host->address.version == 0 || !lens_address_is_unspecified (&host->address))
    lens_elsewhere_take (&state->places, ledger, "evaluator-steer", unit, host, range);
}

/* --- Transport --- */

/* The next of the parameters of all specifications in a Transport field. */
static gboolean
next_parameter (const guint8 *octets, LensRange value, gsize *position, LensRange *name,
                LensRange *text)
{
  gsize end = lens_range_end (value), at = MAX (*position, value.offset);
  gboolean quoted = FALSE;

  while (at < end && strchr (" \t\r\n;,", octets[at]) != NULL)
    at++;
  if (at == end)
    return FALSE;
  *name = (LensRange){ at, 0 };
  while (at < end && (quoted || (octets[at] != ';' && octets[at] != ',')))
    quoted ^= octets[at++] == '"';
  *position = at;
  const guint8 *equals = memchr (octets + name->offset, '=', at - name->offset);
  gsize middle = equals != NULL ? (gsize)(equals - octets) : at;
  name->length = middle - name->offset;
  *text = (LensRange){ MIN (middle + 1, at), at - MIN (middle + 1, at) };
  return TRUE;
}

static LensRange
trimmed (const guint8 *octets, LensRange text)
{
  while (text.length > 0 && strchr (" \t\r\n\"", octets[text.offset]) != NULL)
    text = (LensRange){ text.offset + 1, text.length - 1 };
  while (text.length > 0 && strchr (" \t\r\n\"", octets[lens_range_end (text) - 1]) != NULL)
    text.length--;
  return text;
}

/* What the viewer's request says of where it wants the media. */
static gboolean
was_asked_for (const LensUnit *unit, const LensUrlHost *host)
{
  const LensRtspAsked *asked = unit->asked;
  LensRange value, name, text;
  gsize position = 0;
  gboolean group = lens_address_is_multicast (&host->address);

  if (asked == NULL)
    return group;
  if (!lens_rtsp_header_find (asked->octets, asked->headers, "Transport", 0, &value))
    return FALSE;
  for (guint i = 0;
       i < MAX_PARAMETERS && next_parameter (asked->octets, value, &position, &name, &text); i++)
    {
      LensUrlHost wanted;
      if (group && lens_rtsp_is (asked->octets, name, "multicast"))
        return TRUE;
      if (lens_rtsp_is (asked->octets, name, "destination")
          && lens_url_host_parse (asked->octets, trimmed (asked->octets, text), &wanted)
          && g_str_equal (wanted.text, host->text))
        return TRUE;
    }
  return FALSE;
}

static void
take_host (LensLedger *ledger, EvaluatorSteer *state, const LensUnit *unit, LensRange range,
           gboolean destination)
{
  LensUrlHost host;

  if (lens_url_host_parse (unit->view.octets, range, &host)
      && !(destination && was_asked_for (unit, &host)))
    take (ledger, state, unit, &host, range);
}

static void
see_parameter (LensLedger *ledger, EvaluatorSteer *state, const LensUnit *unit, LensRange name,
               LensRange text)
{
  const guint8 *octets = unit->view.octets;
  gboolean to = lens_rtsp_is (octets, name, "destination"),
           from_old = lens_rtsp_is (octets, name, "source");
  gboolean to_new = lens_rtsp_is (octets, name, "dest_addr");

  if (to || from_old)
    take_host (ledger, state, unit, trimmed (octets, text), to);
  else if (to_new || lens_rtsp_is (octets, name, "src_addr"))
    {
      LensRtspAddresses hosts = lens_rtsp_addresses (octets, text);
      for (guint i = 0; i < hosts.n; i++)
        take_host (ledger, state, unit, hosts.of[i].host, to_new);
    }
}

static void
see_rtsp (LensLedger *ledger, EvaluatorSteer *state, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets;
  LensRange value, name, text;

  if (unit->rtsp->kind != LENS_RTSP_RESPONSE)
    return;
  for (guint nth = 0;
       nth < MAX_TRANSPORTS
       && lens_rtsp_header_find (octets, unit->rtsp->headers, "Transport", nth, &value);
       nth++)
    {
      gsize position = 0;
      for (guint i = 0;
           i < MAX_PARAMETERS && next_parameter (octets, value, &position, &name, &text); i++)
        see_parameter (ledger, state, unit, trimmed (octets, name), text);
    }
}

/* --- SDP --- */

static gboolean
is_loopback (const LensAddress *address)
{
  static const guint8 one[16] = { [15] = 1 };

  return address->version == 4 ? address->octets[0] == 127
                               : address->version == 6 && memcmp (address->octets, one, 16) == 0;
}

/* The next word of @text, which then begins behind it. */
static gboolean
next_word (const guint8 *octets, LensRange *text, LensRange *word)
{
  gsize at = text->offset, end = lens_range_end (*text);

  while (at < end && octets[at] == ' ')
    at++;
  *word = (LensRange){ at, 0 };
  while (at < end && octets[at] != ' ')
    at++;
  word->length = at - word->offset;
  *text = (LensRange){ at, end - at };
  return word->length > 0;
}

/* "192.0.2.1/127", up to the slash. */
static void
take_address (LensLedger *ledger, EvaluatorSteer *state, const LensUnit *unit, LensRange range)
{
  const guint8 *octets = unit->view.octets;
  const guint8 *slash = memchr (octets + range.offset, '/', range.length);
  LensUrlHost host;

  if (slash != NULL)
    range.length = (gsize)(slash - octets) - range.offset;
  if (lens_url_host_parse (octets, range, &host) && !is_loopback (&host.address)
      && !lens_address_is_multicast (&host.address))
    take (ledger, state, unit, &host, range);
}

/* Words of @text from number @first on, at most @most: addresses. */
static void
take_words (LensLedger *ledger, EvaluatorSteer *state, const LensUnit *unit, LensRange text,
            guint first, guint most)
{
  LensRange word;

  for (guint i = 0; i < first + most && next_word (unit->view.octets, &text, &word); i++)
    if (i >= first)
      take_address (ledger, state, unit, word);
}

/* "c=IN IP4 192.0.2.1/127", "a=rtcp:53020 IN IP4 192.0.2.1",
 * "a=source-filter: incl IN IP4 * 192.0.2.1 192.0.2.2". */
static void
see_line (LensLedger *ledger, EvaluatorSteer *state, const LensUnit *unit, const LensSdpLine *line)
{
  const guint8 *octets = unit->view.octets;
  const LensRange name = { line->offset + 2, line->name };
  LensRange text = { line->offset + line->value, line->text - MIN (line->value, line->text) };
  LensRange word;

  if (line->type == 'c')
    take_words (ledger, state, unit, text, 2, 1);
  else if (line->type == 'a' && lens_rtsp_is (octets, name, "rtcp"))
    take_words (ledger, state, unit, text, 3, 1);
  else if (line->type == 'a' && lens_rtsp_is (octets, name, "source-filter")
           && next_word (octets, &text, &word) && lens_rtsp_is (octets, word, "incl"))
    take_words (ledger, state, unit, text, 3, MAX_PARAMETERS);
}

static void
see_sdp (LensLedger *ledger, EvaluatorSteer *state, const LensUnit *unit)
{
  const GArray *lines = unit->sdp->lines;

  if (unit->side->flow->service != LENS_SERVICE_RTSP)
    return;
  for (guint i = 0; i < lines->len; i++)
    see_line (ledger, state, unit, &g_array_index (lines, LensSdpLine, i));
}

/* --- names --- */

static gboolean
is_stream_host (LensLedger *ledger, const LensDnsName *name)
{
  for (guint p = 0; p < lens_ledger_n_profiles (ledger); p++)
    {
      const GPtrArray *streams = lens_ledger_profile (ledger, p)->streams;
      for (guint i = 0; i < streams->len; i++)
        if (lens_dns_name_in (name->text,
                              ((const LensDeclaredStream *)g_ptr_array_index (streams, i))->host))
          return TRUE;
    }
  return FALSE;
}

/* An answer about a host that the viewer is to open. */
static void
see_dns (LensLedger *ledger, EvaluatorSteer *state, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets;
  LensDnsRecords records;
  LensDnsRecord record;
  LensUrlHost host = { .port = -1 };
  LensDnsName name;

  if ((unit->dns->flags & LENS_DNS_FLAG_RESPONSE) == 0)
    return;
  lens_dns_records_init (&records, octets, unit->view.length, unit->dns);
  while (lens_dns_records_next (&records, &record))
    {
      if (record.section == LENS_DNS_QUESTION
          || !lens_dns_record_address (octets, &record, &host.address))
        continue;
      lens_dns_name_read (octets, unit->view.length, record.name.offset, &name);
      lens_address_text (&host.address, host.text);
      if (is_stream_host (ledger, &name))
        take (ledger, state, unit, &host, record.whole);
    }
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  switch (unit->kind)
    {
    case LENS_UNIT_RTSP:
      see_rtsp (ledger, state, unit);
      break;
    case LENS_UNIT_SDP:
      see_sdp (ledger, state, unit);
      break;
    default:
      see_dns (ledger, state, unit);
    }
}

static gboolean
is_viewers (const LensCarrier *carrier)
{
  LensAddress address;

  return lens_address_parse (carrier->subject, &address)
         && lens_address_equal (&address, &carrier->side->key.dst);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!lens_ledger_owns (ledger, carrier) || is_viewers (carrier)
          || !lens_elsewhere_is (ledger, carrier))
        continue;
      g_autofree char *summary
          = g_strdup_printf ("The camera names another host to its viewer as the one to send to or "
                             "to hear from: %s.",
                             lens_elsewhere_text (carrier));
      lens_ledger_find (ledger, carrier, LENS_SEVERITY_CRITICAL, summary, NULL);
    }
}

static void
clear (gpointer state)
{
  lens_elsewhere_clear (&((EvaluatorSteer *)state)->places);
}

const LensAnalyzer lens_analyzer_evaluator_steer = {
  .name = "evaluator-steer",
  .question = "Does the camera name another host as the one to send to or to hear from?",
  .source = "RFC 2326 section 12.39; RFC 7826 section 18.54; RFC 8866 section 5.7",
  .severity = LENS_SEVERITY_RULE_ATTACK,
  .units = LENS_UNIT_RTSP | LENS_UNIT_SDP | LENS_UNIT_DNS,
  .channels = channels,
  .state_size = sizeof (EvaluatorSteer),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
