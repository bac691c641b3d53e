#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Session descriptions: RFC 8866 (obsoletes 4566); a=control RFC 2326 appendix C.1.1;
 * a=extmap RFC 8285 section 5.  Nothing is refused: lines may end in LF alone, mandatory
 * lines may be missing, unknown ones are kept as lines. */

enum
{
  LENS_SDP_MAX_LINES = 4096,  /* what follows is one line that is not understood */
  LENS_SDP_MAX_MEDIA = 64,    /* later m= lines and what is below them are not understood */
  LENS_SDP_MAX_ENTRIES = 256, /* of each list of one media section */
};

typedef enum
{
  LENS_SDP_SENDRECV, /* also when nothing is said (RFC 8866 6.7) */
  LENS_SDP_SENDONLY,
  LENS_SDP_RECVONLY,
  LENS_SDP_INACTIVE,
} LensSdpDirection;

/* What may vary of a line's value from description to description, by its definition. */
typedef enum
{
  LENS_SDP_FIXED,
  LENS_SDP_NUMBERS, /* numbers in it: times, rates, versions */
  LENS_SDP_RANDOM,  /* all of it: keys, identifiers, addresses */
} LensSdpVary;

/**
 * LensSdpLine:
 * One line of the text, its end included; the lines add up to the text.
 *
 * @understood: a known type and, for a=, a known attribute whose value has the form its
 * document gives; no control characters.  Free text (s= i= u= e= p= ...) counts as understood.
 * @makers: a name that cameras of some maker are known for, with at most @longest octets of value.
 * @most: lines of the name that one section has use for.
 */
typedef struct
{
  gsize offset; /* octets */
  gsize length; /* octets */
  char type;    /* 'v', 'o', ...; 0 when the line is not of the form x=... */
  gint media;   /* index of the m= section, -1 for the session */
  gboolean understood;
  gboolean makers;
  gsize longest; /* octets; 0 unless @makers */
  guint most;
  LensSdpVary vary;
  gsize text;  /* octets before the line's end */
  gsize name;  /* a=: octets of the name behind "a=" */
  gsize value; /* offset in the line of what the name or type says */
} LensSdpLine;

typedef struct
{
  guint payload_type;
  char *encoding; /* as written */
  guint clock;    /* Hz; 0 when not said */
  guint channels; /* 1 when not said */
} LensSdpRtpmap;

typedef struct
{
  char *format; /* usually a payload type */
  char *parameters;
} LensSdpFmtp;

typedef struct
{
  guint id;
  char *uri;
} LensSdpExtmap;

/* One m= section.  Strings are NULL where the text says nothing. */
typedef struct
{
  char *media; /* "video", ... */
  guint port;
  char *proto;        /* "RTP/AVP", ... */
  GPtrArray *formats; /* of char *, as written */
  GArray *rtpmaps;    /* of LensSdpRtpmap */
  GArray *fmtps;      /* of LensSdpFmtp */
  GArray *extmaps;    /* of LensSdpExtmap */
  char *control;
  char *connection; /* the address of c= */
  char *mid;
  gboolean rtcp_mux;
  LensSdpDirection direction; /* the session's when the section has none */
} LensSdpMedia;

typedef struct
{
  GArray *lines;    /* of LensSdpLine */
  GPtrArray *media; /* of LensSdpMedia * */
  GArray *extmaps;  /* of LensSdpExtmap: for every section */
  char *origin;
  char *name; /* s= */
  char *control;
  char *connection;
  LensSdpDirection direction;
} LensSdp;

/* Never NULL.  Copies what it keeps. */
LensSdp *lens_sdp_parse (const guint8 *octets, gsize length);
void lens_sdp_free (LensSdp *sdp);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensSdp, lens_sdp_free)

/* Whether @payload_type is in the section's m= line. */
gboolean lens_sdp_has_format (const LensSdpMedia *media, guint payload_type);

/* NULL when the section does not map or describe it. */
const LensSdpRtpmap *lens_sdp_rtpmap (const LensSdpMedia *media, guint payload_type);
const char *lens_sdp_fmtp (const LensSdpMedia *media, guint payload_type);

/* The value of @name in "a=1; b=2", in any case; NULL when it is not there.  Transfer full. */
char *lens_sdp_parameter (const char *parameters, const char *name);

G_END_DECLS
