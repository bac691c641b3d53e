/* tls-certificate: does a certificate carry more than a certificate?
 *
 * Until TLS 1.2 certificates travel in clear.  Their serial number, at most 20 octets (RFC 5280
 * section 4.1.2.2), is random by design; what lies behind the certificate in its own entry has no
 * place; and a server, or a client, that shows another certificate each time says something with
 * it, the more so where what it shows is none.
 *
 * Benign: one certificate for each name; renewal; several servers behind one address; a public key
 * alone (RFC 7250), which stays.
 *
 *   use    8 bits for each octet behind the certificate, or of a serial number beyond its 20th;
 *          of a certificate never seen before from that host for that name, its serial number, or
 *          all of it where no serial number is found
 */
#include "ledger/analyzer.h"
#include "ledger/constancy.h"
#include "ledger/seed-bed.h"

#include <string.h>

#define MOST_SERIAL 20
/* Certificates that an honest server may show under one name in a run. */
#define LEAST_CHANGES 4

enum
{
  CERTIFICATE = 11, /* the handshake message */
  FIRST = 4 + 3,    /* in it, behind its head and the length of the list */
  SEQUENCE = 0x30,
  INTEGER = 0x02,
  VERSION = 0xa0,
};

typedef struct
{
  LensConstancy *shown;
} TlsCertificate;

static const LensChannelText channels[] = {
  { .id = "tls-cert-fields",
    .summary = "The certificates that the device shows hold octets that no certificate needs, or "
               "are new each time.",
    .filter_hint = "tls.handshake.type == 11",
    .reference = "RFC 5280 sections 4.1 and 4.1.2.2",
    .hides = TRUE,
    .unit = LENS_UNIT_TLS },
  { NULL },
};

/* The content of the DER value at @at (ITU-T X.690 section 8.1.3), and where the value ends. */
static gboolean
der (const guint8 *octets, gsize length, gsize at, guint8 tag, LensRange *content)
{
  if (at + 2 > length || octets[at] != tag)
    return FALSE;
  gsize size = octets[at + 1], head = 2;
  if (size > 0x80)
    {
      gsize count = size & 0x7f;
      if (count > 3 || at + 2 + count > length)
        return FALSE;
      size = 0;
      for (gsize i = 0; i < count; i++)
        size = size << 8 | octets[at + 2 + i];
      head += count;
    }
  else if (size == 0x80)
    return FALSE;
  *content = (LensRange){ at + head, size };
  return lens_range_end (*content) <= length;
}

/* From the first octet of @entry: the certificate, the part that is signed, its serial number. */
static gboolean
find_serial (const guint8 *octets, LensRange entry, LensRange *whole, LensRange *serial)
{
  gsize end = lens_range_end (entry);
  LensRange to_sign, version;

  if (!der (octets, end, entry.offset, SEQUENCE, whole)
      || !der (octets, lens_range_end (*whole), whole->offset, SEQUENCE, &to_sign))
    return FALSE;
  gsize at = to_sign.offset;
  if (der (octets, lens_range_end (to_sign), at, VERSION, &version))
    at = lens_range_end (version);
  return der (octets, lens_range_end (to_sign), at, INTEGER, serial);
}

static void
use (LensLedger *ledger, const LensUnit *unit, const char *subject, LensRange range)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "tls-cert-fields", unit, subject);

  lens_ledger_use (ledger, carrier, unit, 8 * range.length, range.offset, range.length);
}

static guint64
hash_of (const void *octets, gsize length, guint64 hash)
{
  for (gsize i = 0; i < length; i++)
    hash = (hash ^ ((const guint8 *)octets)[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash ^ hash >> 29;
}

/* The first certificate is the speaker's own. */
static void
see_change (LensLedger *ledger, TlsCertificate *state, const LensUnit *unit, LensRange entry,
            LensRange serial)
{
  const LensSideKey *key = &unit->side->key;
  const char *name = unit->side->flow->rare->server_name;
  guint64 who = hash_of (&key->src, sizeof key->src, 1);

  who = hash_of (&key->sport, unit->side->reverse ? sizeof key->sport : 0, who);
  who = hash_of (name, name != NULL ? strlen (name) : 0, who);
  if (state->shown == NULL)
    state->shown = lens_constancy_new ();
  guint64 value = hash_of (unit->view.octets + entry.offset, entry.length, 1);
  guint64 number = hash_of (unit->view.octets + serial.offset, serial.length, 1);
  /* One that has the number of another differs elsewhere (RFC 5280 section 4.1.2.2). */
  gboolean same_number
      = lens_constancy_take (state->shown, who ^ 1, number, unit, serial.offset, serial.length)
        == LENS_CONSTANCY_KEPT;
  if (lens_constancy_take (state->shown, who, value, unit, serial.offset, serial.length)
      == LENS_CONSTANCY_CHANGED)
    use (ledger, unit, "new", same_number ? entry : serial);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets;
  gsize length = unit->view.length;

  if (unit->tls->kind != LENS_TLS_PART_MESSAGE || unit->tls->message_type != CERTIFICATE)
    return;
  for (gsize at = FIRST; at + 3 <= length;)
    {
      gsize size = (gsize)octets[at] << 16 | (gsize)octets[at + 1] << 8 | octets[at + 2];
      LensRange entry = { at + 3, MIN (size, length - at - 3) }, whole, serial;
      if (find_serial (octets, entry, &whole, &serial))
        {
          gsize end = lens_range_end (whole);
          if (end < lens_range_end (entry))
            use (ledger, unit, NULL, (LensRange){ end, lens_range_end (entry) - end });
          if (serial.length > MOST_SERIAL + 1) /* its first octet may be a zero for the sign */
            use (ledger, unit, NULL,
                 (LensRange){ serial.offset + MOST_SERIAL, serial.length - MOST_SERIAL });
        }
      else
        serial = entry;
      if (at == FIRST)
        see_change (ledger, state, unit, entry, serial);
      at = lens_range_end (entry);
    }
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (g_str_equal (carrier->analyzer, "tls-certificate") && carrier->uses > 0
          && (carrier->subject == NULL || carrier->uses >= LEAST_CHANGES))
        lens_ledger_find (ledger, carrier, lens_ledger_field_severity (ledger, carrier), NULL,
                          NULL);
    }
}

static void
clear (gpointer data)
{
  TlsCertificate *state = data;

  g_clear_pointer (&state->shown, lens_constancy_free);
}

/* A server's answers, each to somebody else: the message behind a certificate that has nothing
 * but its serial number. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint16 dport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x4000));
  guint8 serial[8], message[60];

  lens_seed_bed_fill (bed, serial, sizeof serial);
  serial[0] &= 0x7f;
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      gsize count = lens_seed_bed_take (bed, message, sizeof message);
      if (count == 0)
        continue;
      g_autoptr (GByteArray) record = g_byte_array_new ();
      guint8 whole = 2 + 2 + 2 + sizeof serial; /* certificate: two sequences, an integer */
      guint8 entry = (guint8)(whole + count);
      const guint8 head[] = { 22,
                              3,
                              3,
                              0,
                              (guint8)(entry + 10),
                              CERTIFICATE,
                              0,
                              0,
                              (guint8)(entry + 6),
                              0,
                              0,
                              (guint8)(entry + 3),
                              0,
                              0,
                              entry,
                              SEQUENCE,
                              4 + sizeof serial,
                              SEQUENCE,
                              2 + sizeof serial,
                              INTEGER,
                              sizeof serial };
      g_byte_array_append (record, head, sizeof head);
      g_byte_array_append (record, serial, sizeof serial);
      g_byte_array_append (record, message, (guint)count);
      lens_seed_bed_send_tcp (bed, NULL, 443, dport++, 1, record->data, record->len);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_tls_certificate = {
  .name = "tls-certificate",
  .question = "Does a certificate carry more than a certificate?",
  .source = "RFC 5280 section 4.1, 4.2; RFC 5246 section 7.4.2",
  .severity = LENS_SEVERITY_RULE_FIELD,
  .units = LENS_UNIT_TLS,
  .channels = channels,
  .state_size = sizeof (TlsCertificate),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
