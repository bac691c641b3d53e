#pragma once

#include "ledger/packets.h"
#include "wire/h264-slice.h"

G_BEGIN_DECLS

/* A packet stream into which an analyzer's seed function writes its own channel, by the
 * channel's general rule: what it writes and when comes from a message and a clock of random
 * numbers, so that a detector cannot know a constant that only the seed uses. */

/**
 * LensSeedGround:
 * A capture and where its devices under test speak.  Made once, used by any number of beds.
 * @packets is borrowed and must outlive the ground; so must @options.
 *
 * Units are places for seeds where they lie whole in one frame that the capture did not cut,
 * that is no fragment, has no twin and no octet that was sent again: a change there then
 * changes nothing that another frame says.
 */
typedef struct LensSeedGround LensSeedGround;

LensSeedGround *lens_seed_ground_new (const LensPackets *packets, const LensLedgerOptions *options);
void lens_seed_ground_free (LensSeedGround *ground);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensSeedGround, lens_seed_ground_free)

/* How many places of @kind there are. */
guint lens_seed_ground_n_places (const LensSeedGround *ground, LensUnitKind kind);

/**
 * LensSeedTruth:
 * What a seed did, in the numbers of the new stream, ascending.
 *
 * @telling: those of @frames whose part of the message is more than zeros and ones, which
 * everyone must take for filler, and differs from what stood there.
 */
typedef struct
{
  GArray *frames;  /* guint64: changed or added, with at least one bit of the message */
  GArray *telling; /* guint64 */
  GArray *octets;  /* LensPiece: changed or added octets of these frames */
  guint64 bits;    /* of the message, written */
} LensSeedTruth;

void lens_seed_truth_clear (LensSeedTruth *truth);

/* @seed: of all random numbers; @rate: of the message, in bit/s of the capture's time. */
LensSeedBed *lens_seed_bed_new (const LensSeedGround *ground, guint32 seed, double rate);
void lens_seed_bed_free (LensSeedBed *bed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensSeedBed, lens_seed_bed_free)

/* The new stream, and @truth about it (to be cleared).  Owned by the caller. */
LensPackets *lens_seed_bed_finish (LensSeedBed *bed, LensSeedTruth *truth);

/* --- for seed functions --- */

/**
 * LensSeedPlace:
 * A unit of a device under test.  A view, valid until the next call of lens_seed_bed_next().
 *
 * @octets is the frame as it was captured; @start and @end, like all offsets that edits take,
 * count from its first octet and never change, whatever was written before.
 */
typedef struct
{
  LensUnitKind kind;
  gint64 time_ns;
  const guint8 *octets;
  const LensLayers *layers; /* of the frame */
  gsize start, end;         /* of the unit */
  gsize frame_end;          /* of the frame, without its check sequence */
  const LensSide *side;
  const LensTrack *track; /* or NULL */
  guint nal_flags;        /* of a NAL unit: LensNalFlags */
  gsize spare;            /* octets that may be put into the frame */
} LensSeedPlace;

/* The next unit of @kind in the order of time; FALSE at the end. */
gboolean lens_seed_bed_next (LensSeedBed *bed, LensUnitKind kind, LensSeedPlace *place);

/* The next one will be the first again. */
void lens_seed_bed_rewind (LensSeedBed *bed);

/**
 * lens_seed_bed_take:
 * The part of the message that is due at this place: at most @most octets of any value; 0 when
 * nothing is.  Who takes must write.
 */
gsize lens_seed_bed_take (LensSeedBed *bed, guint8 *into, gsize most);
/* The same for fields of at most 32 bits: the number of bits taken, the lowest of @value. */
guint lens_seed_bed_take_bits (LensSeedBed *bed, guint32 *value, guint most);
/* The same as text, 5 bits to a character: the letters a-z and the digits 2-7. */
gsize lens_seed_bed_take_text (LensSeedBed *bed, char *into, gsize most);

/* Random numbers that are not the message: 0 to @n - 1; octets. */
guint32 lens_seed_bed_below (LensSeedBed *bed, guint32 n);
void lens_seed_bed_fill (LensSeedBed *bed, guint8 *into, gsize length);

/* What counts octets that are put in. */
typedef enum
{
  LENS_SEED_FRAME,    /* nothing: they lie behind the IP datagram */
  LENS_SEED_DATAGRAM, /* the IP length: they lie behind what UDP counts */
  LENS_SEED_PAYLOAD,  /* IP and UDP, or a TCP stream */
  LENS_SEED_UNIT,     /* and the length before the interleaved frame that holds the unit */
} LensSeedGrowth;

/* Gives the bits of @mask the value they have in @value, which may be bits of the message. */
void lens_seed_bed_set (LensSeedBed *bed, gsize offset, guint8 mask, guint8 value);
/* The same for @count bits from @bit (0: the highest) of the octet at @offset on. */
void lens_seed_bed_set_bits (LensSeedBed *bed, gsize offset, guint bit, guint32 value, guint count);
/* Any octets; not for taken bits. */
void lens_seed_bed_replace (LensSeedBed *bed, gsize offset, const guint8 *octets, gsize length);
/* Puts @octets before @offset, behind what was put there earlier. */
void lens_seed_bed_insert (LensSeedBed *bed, gsize offset, const guint8 *octets, gsize length,
                           LensSeedGrowth growth);

/* --- media; all false, and nothing written, where the place is not fit for it --- */

/* A packet behind the one at hand, on the same ports or the same interleaved channel. */
gboolean lens_seed_bed_send_beside (LensSeedBed *bed, const guint8 *octets, gsize length);
/* An interleaved frame behind the unit at hand, which must travel over TCP. */
gboolean lens_seed_bed_insert_frame (LensSeedBed *bed, guint8 channel, const guint8 *octets,
                                     gsize length);
/* Another NAL unit before the one at hand, in the same RTP packet: both in one aggregate (RFC
 * 6184 section 5.7.1).  @header and the octets behind it, to which emulation prevention is
 * added (H.264 7.4.1).  The place must be a NAL unit alone in its packet, see below. */
gboolean lens_seed_bed_put_nal (LensSeedBed *bed, guint8 header, const guint8 *rbsp, gsize length);
/* A P slice by @like, by CAVLC, of a picture that stays as it was but for one macroblock: that is
 * sent as @samples (I_PCM, H.264 7.3.5).  @address: of the macroblock; the last one where it is
 * beyond.  Only where @like is such a slice of a picture of 4:2:0 in 8 bits, the unit at hand. */
#define LENS_SEED_PCM 384
gboolean lens_seed_bed_can_put_pcm (const LensSeedBed *bed, const LensH264Slice *like);
void lens_seed_bed_put_pcm (LensSeedBed *bed, const LensH264Slice *like, guint32 address,
                            const guint8 samples[LENS_SEED_PCM]);
/* As lens_seed_bed_put_nal() for H.265 (RFC 7798 section 4.4.2), of layer 0 and the lowest
 * sub-layer. */
gboolean lens_seed_bed_put_hevc_nal (LensSeedBed *bed, guint8 type, const guint8 *rbsp,
                                     gsize length);
gboolean lens_seed_bed_is_single_nal (const LensSeedBed *bed);

/* --- RTSP --- */

/* Whether a Content-Length stands before the body at hand (a session description). */
gboolean lens_seed_bed_has_length (const LensSeedBed *bed);
/* Puts @line, with its end, behind that body, which is then longer by it. */
void lens_seed_bed_put_line (LensSeedBed *bed, const char *line);

/* --- frames --- */

/* Frames of their own, sent by the device soon after the place.  They go the way of the place's
 * frame, or of the place that was at hand when the way was kept: the same link addresses, from
 * the same network address, to @to (NULL: to the same).  FALSE, and nothing added, where that
 * is no plain IP frame from one host to another, @to is of another version, or the frame would
 * be longer than a link takes. */
void lens_seed_bed_keep_way (LensSeedBed *bed);
gboolean lens_seed_bed_has_way (const LensSeedBed *bed);
/* Whether that way is one for frames of their own. */
gboolean lens_seed_bed_can_send (const LensSeedBed *bed);
gboolean lens_seed_bed_send_udp (LensSeedBed *bed, const LensAddress *to, guint16 sport,
                                 guint16 dport, const guint8 *octets, gsize length);
/* One segment of TCP, of a connection whose start nobody saw. */
gboolean lens_seed_bed_send_tcp (LensSeedBed *bed, const LensAddress *to, guint16 sport,
                                 guint16 dport, guint32 sequence, const guint8 *octets,
                                 gsize length);
/* A segment with @flags behind the one at hand, on the same connection, with its other fields and
 * options; @sequence as the capture counts, whatever was put into the stream. */
gboolean lens_seed_bed_send_segment (LensSeedBed *bed, guint16 flags, guint32 sequence,
                                     const guint8 *octets, gsize length);
/* Whether the sender's profile says who may view, and @to is not among them. */
gboolean lens_seed_bed_is_stranger (const LensSeedBed *bed, const LensAddress *to);
/* A frame without IP: @destination NULL: as the way's; @type: the two octets behind the addresses
 * (and behind the way's VLAN tags). */
gboolean lens_seed_bed_send_link (LensSeedBed *bed, const guint8 destination[6], guint16 type,
                                  const guint8 *octets, gsize length);
/* @word: octets 4 to 7 of the header. */
gboolean lens_seed_bed_send_icmp (LensSeedBed *bed, const LensAddress *to, guint8 type, guint8 code,
                                  guint32 word, const guint8 *octets, gsize length);

/* To the same, whatever @protocol is: @octets are all that the datagram carries. */
gboolean lens_seed_bed_send_ip (LensSeedBed *bed, guint8 protocol, const guint8 *octets,
                                gsize length);
/* The same as a part of the IPv4 datagram @id: from @offset (a multiple of 8) on, the last one
 * unless @more. */
gboolean lens_seed_bed_send_part (LensSeedBed *bed, guint8 protocol, guint16 id, guint16 offset,
                                  gboolean more, const guint8 *octets, gsize length);

/* The datagram that says @text; owned by the caller. */
typedef GByteArray *(*LensSeedCompose) (LensSeedBed *bed, const char *text);
/* Text of the message, with letters behind it so that no two are the same, whenever some is due:
 * in a datagram to @group, from and to @port.  What a seed function returns. */
gboolean lens_seed_bed_announce (LensSeedBed *bed, const char *group, guint16 port,
                                 LensSeedCompose compose);

/* --- the end --- */

/* Whether a part of the message was written: what a seed function returns. */
gboolean lens_seed_bed_written (const LensSeedBed *bed);

G_END_DECLS
