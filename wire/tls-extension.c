#include "wire/tls-extension.h"

#include "wire/cursor.h"
#include "wire/tls-hello.h"

/* What the octets of an extension are. */
typedef enum
{
  NOT,     /* of this hello: unknown there, so left to whoever sends it */
  ANY,     /* the sender's choice */
  EMPTY,   /* nothing */
  VACANT,  /* a length of 8 bits, and nothing behind it */
  OCTETS,  /* a number of octets: size */
  LIST_8,  /* the number of octets that follow (8 bits), and values of size octets */
  LIST_16, /* the same (16 bits) */
  STRINGS, /* the number of octets that follow (16 bits), and strings with theirs (8 bits) */
  STATUS,  /* RFC 6066 section 8 */
  KEYS,    /* RFC 8446 section 4.2.8 */
  OFFERS,  /* RFC 8446 section 4.2.11 */
  ECH,     /* RFC 9849 section 5 */
  ABROAD,  /* of other transports */
} Shape;

typedef struct
{
  Shape shape;
  guint size;
} Form;

typedef struct
{
  guint16 type;
  Form client, server;
} Row;

static const Row rows[] = {
  { LENS_TLS_SERVER_NAME, { ANY }, { EMPTY } }, /* its names are judged as names */
  { 1, { OCTETS, 1 }, { OCTETS, 1 } },          /* max_fragment_length */
  { 2, { EMPTY }, { EMPTY } },                  /* client_certificate_url */
  { 4, { EMPTY }, { EMPTY } },                  /* truncated_hmac */
  { LENS_TLS_STATUS_REQUEST, { STATUS }, { EMPTY } },
  { 10, { LIST_16, 2 }, { LIST_16, 2 } }, /* supported_groups */
  { 11, { LIST_8, 1 }, { LIST_8, 1 } },   /* ec_point_formats */
  { 12, { LIST_8, 1 }, { ANY } },         /* srp: a name */
  { 13, { LIST_16, 2 }, { NOT } },        /* signature_algorithms */
  { 15, { OCTETS, 1 }, { OCTETS, 1 } },   /* heartbeat */
  { LENS_TLS_ALPN, { STRINGS }, { STRINGS } },
  { 17, { LIST_16, 1 }, { EMPTY } },    /* status_request_v2 */
  { 18, { EMPTY }, { ANY } },           /* signed_certificate_timestamp */
  { 19, { LIST_8, 1 }, { OCTETS, 1 } }, /* client_certificate_type */
  { 20, { LIST_8, 1 }, { OCTETS, 1 } }, /* server_certificate_type */
  { LENS_TLS_ENCRYPT_THEN_MAC, { EMPTY }, { EMPTY } },
  { LENS_TLS_EXTENDED_SECRET, { EMPTY }, { EMPTY } },
  { 26, { EMPTY }, { EMPTY } },         /* tls_lts */
  { 27, { LIST_8, 2 }, { NOT } },       /* compress_certificate */
  { 28, { OCTETS, 2 }, { OCTETS, 2 } }, /* record_size_limit */
  { 33, { EMPTY }, { EMPTY } },         /* tls_cert_with_extern_psk */
  { 34, { LIST_16, 2 }, { NOT } },      /* delegated_credential */
  { LENS_TLS_SESSION_TICKET, { ANY }, { EMPTY } },
  { LENS_TLS_PRE_SHARED_KEY, { OFFERS }, { OCTETS, 2 } },
  { LENS_TLS_EARLY_DATA, { EMPTY }, { NOT } },
  { 43, { LIST_8, 2 }, { OCTETS, 2 } }, /* supported_versions */
  { LENS_TLS_COOKIE, { LIST_16, 1 }, { LIST_16, 1 } },
  { 45, { LIST_8, 1 }, { NOT } },  /* psk_key_exchange_modes */
  { 47, { LIST_16, 1 }, { NOT } }, /* certificate_authorities */
  { 49, { EMPTY }, { NOT } },      /* post_handshake_auth */
  { 50, { LIST_16, 2 }, { NOT } }, /* signature_algorithms_cert */
  { LENS_TLS_KEY_SHARE, { KEYS }, { ANY } },
  { 53, { ABROAD }, { ABROAD } },       /* connection_id of a draft */
  { 54, { ABROAD }, { ABROAD } },       /* connection_id */
  { 57, { ABROAD }, { ABROAD } },       /* quic_transport_parameters */
  { 60, { ABROAD }, { ABROAD } },       /* sequence_number_encryption_algorithms */
  { 61, { ABROAD }, { ABROAD } },       /* rrc */
  { 58, { OCTETS, 2 }, { ANY } },       /* ticket_request */
  { 59, { OCTETS, 2 }, { ANY } },       /* dnssec_chain */
  { 62, { LIST_8, 1 }, { LIST_8, 1 } }, /* tls_flags */
  { 13172, { EMPTY }, { ANY } },        /* NPN */
  { 17513, { STRINGS }, { ANY } },      /* ALPS of drafts */
  { 17613, { STRINGS }, { ANY } },
  { LENS_TLS_ECH, { ECH }, { OCTETS, 8 } },
  { 65281, { VACANT }, { VACANT } }, /* renegotiation_info: in clear there is no second time */
  { 65445, { ABROAD }, { ABROAD } }, /* quic_transport_parameters of drafts */
};

/* Met in the field, but of no form that a standard gives: channel id, drafts. */
static gboolean
is_met (guint16 type)
{
  static const guint16 others[] = { 21760, 30031, 30032, 35655, 64768, 65486 };

  if (type <= 64 || lens_tls_is_grease (type))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (others[i] == type)
      return TRUE;
  return FALSE;
}

/* Whether the list whose length was read just now is all that is left. */
static gboolean
is_rest (const LensCursor *cursor, gsize length)
{
  return !cursor->short_read && lens_cursor_left (cursor) == length;
}

static gboolean
are_strings (LensCursor *cursor)
{
  if (!is_rest (cursor, lens_cursor_u16 (cursor)))
    return FALSE;
  while (lens_cursor_left (cursor) > 0)
    lens_cursor_skip (cursor, lens_cursor_u8 (cursor));
  return !cursor->short_read;
}

/* A value in DER (ITU-T X.690 section 8.1) of constructed type that is all of @length octets. */
static gboolean
is_der (const guint8 *octets, gsize length)
{
  gsize head = 2, size;

  if (length < 2 || (octets[0] & 0x20) == 0)
    return FALSE;
  size = octets[1];
  if (size > 0x80)
    {
      head += size & 0x7f;
      if (head > 4 || head > length)
        return FALSE;
      size = head == 3 ? octets[2] : (gsize)octets[2] << 8 | octets[3];
    }
  return head + size == length;
}

/* Kind 1: responders, each with its length, and extensions; both in DER, both mostly empty. */
static gboolean
is_status (LensCursor *cursor)
{
  gboolean kept = lens_cursor_u8 (cursor) == 1;
  gsize length = lens_cursor_u16 (cursor);

  if (!kept || cursor->short_read || length > lens_cursor_left (cursor))
    return FALSE;
  for (gsize end = cursor->position + length; cursor->position < end;)
    {
      gsize one = lens_cursor_u16 (cursor);
      if (cursor->short_read || cursor->position + one > end
          || !is_der (cursor->octets + cursor->position, one))
        return FALSE;
      lens_cursor_skip (cursor, one);
    }
  length = lens_cursor_u16 (cursor);
  return is_rest (cursor, length)
         && (length == 0 || is_der (cursor->octets + cursor->position, length));
}

/* Octets of a client's key of this group (RFC 8446 section 4.2.8.2; RFC 7748; FIPS 203; RFC 7919
 * section 4: as long as the prime); 0: not known. */
static gsize
key_length (guint16 group)
{
  static const struct
  {
    guint16 group, length;
  } keys[]
      = { { 23, 65 },       { 24, 97 },      { 25, 133 },     { 29, 32 },       { 30, 56 },
          { 256, 256 },     { 257, 384 },    { 258, 512 },    { 259, 768 },     { 260, 1024 },
          { 0x200, 800 },   { 0x201, 1184 }, { 0x202, 1568 }, { 0x11eb, 1249 }, { 0x11ec, 1216 },
          { 0x11ed, 1665 }, { 0x6399, 1216 } };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].group == group)
      return keys[i].length;
  return 0;
}

static gboolean
are_keys (LensCursor *cursor)
{
  if (!is_rest (cursor, lens_cursor_u16 (cursor)))
    return FALSE;
  while (lens_cursor_left (cursor) > 0)
    {
      guint16 group = lens_cursor_u16 (cursor);
      gsize length = lens_cursor_u16 (cursor), known = key_length (group);
      lens_cursor_skip (cursor, length);
      if (cursor->short_read || (known > 0 && known != length))
        return FALSE;
    }
  return TRUE;
}

/* Identities with the ages of their tickets, and for each of them a binder. */
static gboolean
are_offers (LensCursor *cursor)
{
  gsize length = lens_cursor_u16 (cursor);
  guint identities = 0, binders = 0;

  if (cursor->short_read || length > lens_cursor_left (cursor))
    return FALSE;
  for (gsize end = cursor->position + length; cursor->position < end; identities++)
    {
      lens_cursor_skip (cursor, lens_cursor_u16 (cursor));
      lens_cursor_skip (cursor, 4);
      if (cursor->short_read || cursor->position > end)
        return FALSE;
    }
  if (!is_rest (cursor, lens_cursor_u16 (cursor)))
    return FALSE;
  for (; lens_cursor_left (cursor) > 0; binders++)
    {
      guint8 binder = lens_cursor_u8 (cursor);
      lens_cursor_skip (cursor, binder);
      if (cursor->short_read || binder < 32)
        return FALSE;
    }
  return identities == binders;
}

gboolean
lens_tls_ech_parse (const guint8 *octets, gsize length, LensTlsEch *ech)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  guint8 type = lens_cursor_u8 (&cursor);

  lens_cursor_skip (&cursor, 2 + 2 + 1); /* suite, configuration */
  gsize size = lens_cursor_u16 (&cursor);
  ech->key = (LensRange){ cursor.position, size };
  lens_cursor_skip (&cursor, size);
  size = lens_cursor_u16 (&cursor);
  ech->payload = (LensRange){ cursor.position, size };
  return type == 0 && size > 0 && is_rest (&cursor, size);
}

static gboolean
fits (Form form, const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  LensTlsEch ech;

  switch (form.shape)
    {
    case EMPTY:
      return length == 0;
    case VACANT:
      return length == 1 && octets[0] == 0;
    case OCTETS:
      return length == form.size;
    case LIST_8:
      return is_rest (&cursor, lens_cursor_u8 (&cursor)) && (length - 1) % form.size == 0;
    case LIST_16:
      return is_rest (&cursor, lens_cursor_u16 (&cursor)) && length % form.size == 0;
    case STRINGS:
      return are_strings (&cursor);
    case STATUS:
      return is_status (&cursor);
    case KEYS:
      return are_keys (&cursor);
    case OFFERS:
      return are_offers (&cursor);
    case ECH:
      return lens_tls_ech_parse (octets, length, &ech);
    case NOT:
    case ANY:
    case ABROAD:
      break;
    }
  return TRUE;
}

LensTlsForm
lens_tls_extension_form (guint16 type, gboolean client, const guint8 *octets, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].type == type)
      {
        Form form = client ? rows[i].client : rows[i].server;
        if (form.shape == ABROAD)
          return LENS_TLS_FORM_ELSEWHERE;
        return fits (form, octets, length) ? LENS_TLS_FORM_KEPT : LENS_TLS_FORM_BROKEN;
      }
  return is_met (type) ? LENS_TLS_FORM_KEPT : LENS_TLS_FORM_UNKNOWN;
}
