#pragma once

#include "wire/h265-parameter.h"
#include "wire/sei.h"

G_BEGIN_DECLS

/* SEI payloads of H.265, by the syntax that ITU-T H.265 (08/2021) D.2 gives them: whether a
 * message ends where its syntax ends. */

enum
{
  LENS_H265_SEI_BUFFERING_PERIOD = 0,
  LENS_H265_SEI_PIC_TIMING = 1,
  LENS_H265_SEI_DECODED_PICTURE_HASH = 132,
  LENS_H265_SEI_TIME_CODE = 136,
};

/* Whether D.2.1 defines the type for prefix or suffix SEI NAL units. */
gboolean lens_h265_sei_is_defined (guint32 payload_type, gboolean suffix);

typedef enum
{
  LENS_H265_SEI_UNTOLD,  /* the syntax is not read here, or needs a set that is not known */
  LENS_H265_SEI_FITS,    /* to the last bit */
  LENS_H265_SEI_LONGER,  /* there is more behind the syntax and its alignment */
  LENS_H265_SEI_SHORTER, /* it ends inside a field */
} LensH265SeiFit;

/* @octets: the NAL unit that holds @message; @sps: the one in force, or NULL.  @end: the first
 * octet of the NAL unit behind the syntax, where it is LONGER. */
LensH265SeiFit lens_h265_sei_fit (const guint8 *octets, const LensSeiMessage *message,
                                  const LensH265Sps *sps, gsize *end);

/* pic_timing(), D.2.3: the fields that count. */
typedef struct
{
  guint8 pic_struct; /* 0 where not sent, as are source_scan_type and duplicate_flag */
  guint32 au_cpb_removal_delay, pic_dpb_output_delay; /* 1 more than sent; as sent */
} LensH265PicTiming;

/* FALSE where the SPS says that there are no delays. */
gboolean lens_h265_pic_timing_read (LensH265PicTiming *timing, LensRbsp *rbsp,
                                    const LensH265Sps *sps);

/* One clock of time_code(). */
typedef struct
{
  guint16 flags; /* units_field_based_flag to cnt_dropped_flag, 9 bits as sent */
  guint32 n_frames;
  gint32 seconds;        /* of the day; -1 where not all of it is sent */
  guint32 offset_length; /* bits, 0-31 */
  guint32 offset_value;  /* as sent */
} LensH265Clock;

typedef struct
{
  guint n; /* clocks that are there, 0-3 */
  LensH265Clock clocks[3];
} LensH265TimeCode;

/* FALSE where the octets end inside it. */
gboolean lens_h265_time_code_read (LensH265TimeCode *code, LensRbsp *rbsp);

G_END_DECLS
