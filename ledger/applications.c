#include "ledger/applications.h"

#include <ndpi_api.h>
#include <string.h>

/* Of a state of libndpi. */
typedef guint64 Word;
#define WORD_BITS (8 * sizeof (Word))

/* A flow that libndpi has not named yet.  What libndpi remembers of it is some 700 octets, most of
 * them zero, and tens of thousands of flows wait: the other words are kept. */
typedef struct LensOpenFlow
{
  LensFlow *flow;
  Word *kept; /* a bit for each word of the state that is not zero, then these; NULL: none is */
  guint packets;
  GList link; /* of @open */
} Open;

typedef struct
{
  guint16 master, app;
} Answer;

struct LensApplications
{
  struct ndpi_detection_module_struct *module;
  GQueue open;     /* Open, the oldest first */
  GArray *answers; /* Answer, by the flow's index */
  gsize n_words;   /* of a state, the last of them perhaps not all of it */
  Word *state;     /* of the flow at hand */
};

static struct ndpi_flow_struct *
state_of (LensApplications *applications)
{
  return (struct ndpi_flow_struct *)applications->state;
}

static gsize
mask_words (const LensApplications *applications)
{
  return (applications->n_words + WORD_BITS - 1) / WORD_BITS;
}

static void
unpack (LensApplications *applications, const Open *open)
{
  gsize mask = mask_words (applications);
  const Word *next = open->kept != NULL ? open->kept + mask : NULL;

  memset (applications->state, 0, applications->n_words * sizeof (Word));
  for (gsize i = 0; open->kept != NULL && i < mask; i++)
    for (Word bits = open->kept[i]; bits != 0; bits &= bits - 1)
      applications->state[WORD_BITS * i + (gsize)__builtin_ctzll (bits)] = *next++;
}

static void
pack (LensApplications *applications, Open *open)
{
  gsize mask = mask_words (applications), n = 0;

  for (gsize i = 0; i < applications->n_words; i++)
    n += applications->state[i] != 0;
  open->kept = g_renew (Word, open->kept, mask + n);
  memset (open->kept, 0, mask * sizeof (Word));
  Word *next = open->kept + mask;
  for (gsize i = 0; i < applications->n_words; i++)
    if (applications->state[i] != 0)
      {
        open->kept[i / WORD_BITS] |= (Word)1 << i % WORD_BITS;
        *next++ = applications->state[i];
      }
}

/* Its state, which is the one at hand, is over. */
static void
open_free (LensApplications *applications, Open *open)
{
  ndpi_free_flow_data (state_of (applications));
  g_free (open->kept);
  g_free (open);
}

LensApplications *
lens_applications_new (void)
{
  struct ndpi_detection_module_struct *module = ndpi_init_detection_module (ndpi_no_prefs);
  NDPI_PROTOCOL_BITMASK all;

  if (module == NULL)
    return NULL;
  NDPI_BITMASK_SET_ALL (all);
  ndpi_set_protocol_detection_bitmask2 (module, &all);
  ndpi_finalize_initialization (module);
  LensApplications *applications = g_new0 (LensApplications, 1);
  applications->module = module;
  applications->n_words
      = (ndpi_detection_get_sizeof_ndpi_flow_struct () + sizeof (Word) - 1) / sizeof (Word);
  applications->state = g_new0 (Word, applications->n_words);
  g_queue_init (&applications->open);
  applications->answers = g_array_new (FALSE, TRUE, sizeof (Answer));
  return applications;
}

void
lens_applications_free (LensApplications *applications)
{
  if (applications == NULL)
    return;
  for (GList *link = applications->open.head; link != NULL;)
    {
      Open *open = link->data;
      link = link->next;
      unpack (applications, open);
      open_free (applications, open);
    }
  g_free (applications->state);
  g_array_unref (applications->answers);
  ndpi_exit_detection_module (applications->module);
  g_free (applications);
}

const char *
lens_applications_version (void)
{
  return ndpi_revision ();
}

/* @open, whose state is at hand, is known. */
static void
answer (LensApplications *applications, Open *open, ndpi_protocol named)
{
  LensFlow *flow = open->flow;

  if (flow->index >= applications->answers->len)
    g_array_set_size (applications->answers, flow->index + 1);
  g_array_index (applications->answers, Answer, flow->index)
      = (Answer){ named.master_protocol, named.app_protocol };
  flow->named = TRUE;
  flow->open = NULL;
  g_queue_unlink (&applications->open, &open->link);
  open_free (applications, open);
}

/* Its best guess, by what it saw and by ports; its state is at hand. */
static void
give_up (LensApplications *applications, Open *open)
{
  u_int8_t guessed;

  answer (applications, open,
          ndpi_detection_giveup (applications->module, state_of (applications), 1, &guessed));
}

static void
give_up_waiting (LensApplications *applications, Open *open)
{
  unpack (applications, open);
  give_up (applications, open);
}

static Open *
open_for (LensApplications *applications, LensFlow *flow)
{
  if (flow->open != NULL)
    return flow->open;
  if (applications->open.length >= LENS_APPLICATION_FLOWS)
    give_up_waiting (applications, g_queue_peek_head (&applications->open));
  Open *open = g_new (Open, 1);
  *open = (Open){ .flow = flow, .link = { .data = open } };
  g_queue_push_tail_link (&applications->open, &open->link);
  flow->open = open;
  return open;
}

void
lens_applications_packet (LensApplications *applications, LensFlow *flow, const guint8 *octets,
                          gsize length, gint64 time_ns)
{
  if (flow->named)
    return;
  Open *open = open_for (applications, flow);
  struct ndpi_flow_struct *state = state_of (applications);
  unpack (applications, open);
  ndpi_protocol named = ndpi_detection_process_packet (applications->module, state, octets,
                                                       (unsigned short)MIN (length, G_MAXUINT16),
                                                       (u_int64_t)(time_ns / 1000000));
  if (ndpi_is_protocol_detected (applications->module, named)
      && !ndpi_extra_dissection_possible (applications->module, state))
    answer (applications, open, named);
  else if (++open->packets >= LENS_APPLICATION_PACKETS)
    give_up (applications, open);
  else
    pack (applications, open);
}

char *
lens_applications_name (LensApplications *applications, const LensFlow *flow)
{
  char text[128];

  if (flow->open != NULL)
    give_up_waiting (applications, flow->open);
  if (flow->index >= applications->answers->len)
    return NULL;
  const Answer *known = &g_array_index (applications->answers, Answer, flow->index);
  if (known->master == NDPI_PROTOCOL_UNKNOWN && known->app == NDPI_PROTOCOL_UNKNOWN)
    return NULL;
  const ndpi_protocol protocol = { .master_protocol = known->master, .app_protocol = known->app };
  return g_strdup (ndpi_protocol2name (applications->module, protocol, text, sizeof text));
}
