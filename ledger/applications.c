#include "ledger/applications.h"

#include <ndpi_api.h>
#include <string.h>

/* A flow that libndpi has not named yet. */
typedef struct LensOpenFlow
{
  LensFlow *flow;
  struct ndpi_flow_struct *state;
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
  Open *spare;     /* the last one that was answered, to be used again; or NULL */
  GArray *answers; /* Answer, by the flow's index */
};

static void
open_free (Open *open)
{
  ndpi_free_flow (open->state);
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
      open_free (open);
    }
  g_clear_pointer (&applications->spare, open_free);
  g_array_unref (applications->answers);
  ndpi_exit_detection_module (applications->module);
  g_free (applications);
}

const char *
lens_applications_version (void)
{
  return ndpi_revision ();
}

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
  g_clear_pointer (&applications->spare, open_free);
  applications->spare = open;
}

/* Its best guess, by what it saw and by ports. */
static void
give_up (LensApplications *applications, Open *open)
{
  u_int8_t guessed;

  answer (applications, open,
          ndpi_detection_giveup (applications->module, open->state, 1, &guessed));
}

static Open *
open_for (LensApplications *applications, LensFlow *flow)
{
  gsize size = ndpi_detection_get_sizeof_ndpi_flow_struct ();

  if (flow->open != NULL)
    return flow->open;
  if (applications->open.length >= LENS_APPLICATION_FLOWS)
    give_up (applications, g_queue_peek_head (&applications->open));
  Open *open = g_steal_pointer (&applications->spare);
  if (open != NULL)
    ndpi_free_flow_data (open->state);
  else
    {
      open = g_new (Open, 1);
      open->state = ndpi_flow_malloc (size);
    }
  *open = (Open){ .flow = flow, .state = open->state, .link = { .data = open } };
  memset (open->state, 0, size);
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
  ndpi_protocol named = ndpi_detection_process_packet (applications->module, open->state, octets,
                                                       (unsigned short)MIN (length, G_MAXUINT16),
                                                       (u_int64_t)(time_ns / 1000000));
  if (ndpi_is_protocol_detected (applications->module, named)
      && !ndpi_extra_dissection_possible (applications->module, open->state))
    answer (applications, open, named);
  else if (++open->packets >= LENS_APPLICATION_PACKETS)
    give_up (applications, open);
}

char *
lens_applications_name (LensApplications *applications, const LensFlow *flow)
{
  char text[128];

  if (flow->open != NULL)
    give_up (applications, flow->open);
  if (flow->index >= applications->answers->len)
    return NULL;
  const Answer *known = &g_array_index (applications->answers, Answer, flow->index);
  if (known->master == NDPI_PROTOCOL_UNKNOWN && known->app == NDPI_PROTOCOL_UNKNOWN)
    return NULL;
  const ndpi_protocol protocol = { .master_protocol = known->master, .app_protocol = known->app };
  return g_strdup (ndpi_protocol2name (applications->module, protocol, text, sizeof text));
}
