/* What the compiled filters permit, whole: a walk of each program, for every number and
 * architecture, along every branch it has.  Whatever does not end in a kill is a line, with the
 * arguments it takes; the lines are compared with filter.golden.  So an allowance that appears,
 * or a check that goes, is a line of difference, whoever made it: a row, this code, libseccomp.
 *
 * `test-sandbox-golden --print` prints the lines. */
#include "sandbox/filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>

#define CALLS 1024
#define X32 0x40000000

static const int in = 5, out = 6;
static const LensHanded handed = { &in, 1, &out, 1 };

/* One comparison of a word of seccomp_data on the way: (word & mask) == value, or not. */
typedef struct
{
  guint32 offset; /* of the word */
  guint32 mask, value;
  gboolean is_equal;
} Condition;

#define CONDITIONS_MAX 64

typedef struct
{
  const struct sock_filter *code;
  gsize length;
  guint32 call, architecture;
  const char *title; /* before each line */
  GPtrArray *lines;
} Walk;

/* The accumulator: a number, or a masked word that is not known. */
typedef struct
{
  gboolean is_known;
  guint32 number;       /* known */
  guint32 offset, mask; /* not known */
} Accumulator;

typedef struct
{
  Condition conditions[CONDITIONS_MAX];
  gsize n_conditions;
} Way;

/* TRUE: certainly equal; FALSE: certainly not; -1: this way has not decided it. */
static int
decided (const Way *way, const Condition *asked)
{
  for (gsize i = 0; i < way->n_conditions; i++)
    {
      const Condition *known = &way->conditions[i];
      if (known->offset != asked->offset)
        continue;
      if (known->is_equal && (known->mask & asked->mask) == asked->mask)
        return (known->value & asked->mask) == asked->value;
      if (known->is_equal && ((known->value ^ asked->value) & known->mask & asked->mask) != 0)
        return FALSE;
      if (!known->is_equal && known->mask == asked->mask && known->value == asked->value)
        return FALSE;
    }
  return -1;
}

static const char *
name_of_answer (guint32 answer, char *text, gsize room)
{
  guint32 action = answer & SECCOMP_RET_ACTION_FULL;

  if (action == SECCOMP_RET_ERRNO)
    g_snprintf (text, room, "errno %u", answer & SECCOMP_RET_DATA);
  else
    g_strlcpy (text,
               action == SECCOMP_RET_ALLOW        ? "allow"
               : action == SECCOMP_RET_USER_NOTIF ? "ask"
                                                  : "other",
               room);
  return text;
}

/* Not equal to one value says nothing once equality with another is known. */
static gboolean
is_implied (const Way *way, gsize index)
{
  const Condition *one = &way->conditions[index];

  if (one->is_equal)
    return FALSE;
  for (gsize i = 0; i < way->n_conditions; i++)
    {
      const Condition *other = &way->conditions[i];
      if (other->is_equal && other->offset == one->offset
          && ((other->value ^ one->value) & other->mask & one->mask) != 0)
        return TRUE;
    }
  return FALSE;
}

static int
by_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static char *
describe (const Condition *condition)
{
  guint offset = condition->offset - G_STRUCT_OFFSET (struct seccomp_data, args);
  g_autofree char *masked = condition->mask == G_MAXUINT32
                                ? g_strdup ("")
                                : g_strdup_printf (" & 0x%x", condition->mask);

  return g_strdup_printf (" [%u%s]%s %s 0x%x", offset / 8, offset % 8 == 4 ? " high" : "", masked,
                          condition->is_equal ? "==" : "!=", condition->value);
}

static void
end_of_way (const Walk *walk, const Way *way, guint32 answer)
{
  char text[32];
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  if (answer == SECCOMP_RET_KILL_PROCESS)
    return;
  for (gsize i = 0; i < way->n_conditions; i++)
    if (!is_implied (way, i))
      g_ptr_array_add (parts, describe (&way->conditions[i]));
  g_ptr_array_sort (parts, by_text);
  g_autofree char *name = lens_roles_call_name ((int)walk->call);
  GString *line = g_string_new (walk->title);
  g_string_append_printf (line, ": %s %s", name != NULL ? name : "?",
                          name_of_answer (answer, text, sizeof text));
  for (guint i = 0; i < parts->len; i++)
    if (i == 0 || strcmp (parts->pdata[i], parts->pdata[i - 1]) != 0)
      g_string_append (line, parts->pdata[i]);
  g_ptr_array_add (walk->lines, g_string_free (line, FALSE));
}

static void walk_from (const Walk *walk, gsize at, Accumulator accumulator, const Way *way);

/* Both ways on, or the one that is possible. */
static void
branch (const Walk *walk, gsize at, Accumulator accumulator, const Way *way, guint32 value)
{
  const struct sock_filter *op = &walk->code[at - 1];
  Condition asked = { accumulator.offset, accumulator.mask, value, TRUE };
  int answer = (value & ~accumulator.mask) != 0 ? FALSE : decided (way, &asked);

  for (int equal = 0; equal <= 1; equal++)
    {
      Way next = *way;
      if (answer == !equal)
        continue;
      asked.is_equal = equal;
      g_assert_cmpuint (next.n_conditions, <, CONDITIONS_MAX);
      if (answer == -1)
        next.conditions[next.n_conditions++] = asked;
      walk_from (walk, at + (equal ? op->jt : op->jf), accumulator, &next);
    }
}

static Accumulator
load (const Walk *walk, guint32 offset)
{
  switch (offset)
    {
    case G_STRUCT_OFFSET (struct seccomp_data, nr):
      return (Accumulator){ TRUE, walk->call, 0, 0 };
    case G_STRUCT_OFFSET (struct seccomp_data, arch):
      return (Accumulator){ TRUE, walk->architecture, 0, 0 };
    default:
      g_assert_cmpuint (offset, >=, G_STRUCT_OFFSET (struct seccomp_data, args));
      return (Accumulator){ FALSE, 0, offset, G_MAXUINT32 };
    }
}

static void
walk_from (const Walk *walk, gsize at, Accumulator accumulator, const Way *way)
{
  while (at < walk->length)
    {
      const struct sock_filter *op = &walk->code[at++];
      switch (op->code)
        {
        case BPF_LD | BPF_W | BPF_ABS:
          accumulator = load (walk, op->k);
          break;
        case BPF_ALU | BPF_AND | BPF_K:
          accumulator.number &= op->k;
          accumulator.mask &= op->k;
          accumulator.is_known |= accumulator.mask == 0; /* and the number is 0 */
          break;
        case BPF_JMP | BPF_JA:
          at += op->k;
          break;
        case BPF_JMP | BPF_JEQ | BPF_K:
          if (!accumulator.is_known)
            {
              branch (walk, at, accumulator, way, op->k);
              return;
            }
          at += accumulator.number == op->k ? op->jt : op->jf;
          break;
        case BPF_JMP | BPF_JGE | BPF_K:
          g_assert_true (accumulator.is_known);
          at += accumulator.number >= op->k ? op->jt : op->jf;
          break;
        case BPF_JMP | BPF_JGT | BPF_K:
          g_assert_true (accumulator.is_known);
          at += accumulator.number > op->k ? op->jt : op->jf;
          break;
        case BPF_RET | BPF_K:
          end_of_way (walk, way, op->k);
          return;
        default:
          g_assert_not_reached ();
        }
    }
  g_assert_not_reached ();
}

static void
walk_all (const LensFilter *filter, const char *title, GPtrArray *lines)
{
  static const struct
  {
    const char *name;
    guint32 architecture, bits;
  } doors[] = { { "", AUDIT_ARCH_X86_64, 0 },
                { "i386 ", AUDIT_ARCH_I386, 0 },
                { "x32 ", AUDIT_ARCH_X86_64, X32 } };
  Walk walk = { .lines = lines };
  const Way start = { .n_conditions = 0 };

  walk.code = lens_filter_code (filter, &walk.length);
  for (gsize d = 0; d < G_N_ELEMENTS (doors); d++)
    {
      g_autofree char *door = g_strconcat (doors[d].name, title, NULL);
      walk.title = door;
      walk.architecture = doors[d].architecture;
      for (guint32 call = 0; call < CALLS; call++)
        {
          walk.call = call | doors[d].bits;
          walk_from (&walk, 0, (Accumulator){ TRUE, 0, 0, 0 }, &start);
        }
      walk.call = G_MAXUINT32; /* what a tracer leaves behind */
      walk_from (&walk, 0, (Accumulator){ TRUE, 0, 0, 0 }, &start);
    }
}

static void
walk_role (LensRole role, LensPullTransport over, const char *title, GPtrArray *lines)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensFilter) filter
      = lens_filter_new_for_role (role, over, &handed, TRUE, LENS_UNLISTED_KILL, &error);

  g_assert_no_error (error);
  walk_all (filter, title, lines);
}

/* The broker's filter lets pass what it does not ask for: only its questions are lines. */
static void
walk_broker (LensPullTransport over, const char *title, GPtrArray *lines)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensFilter) filter = lens_filter_new_for_broker (LENS_ROLE_PULL_OPENING, over, &error);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);

  g_assert_no_error (error);
  walk_all (filter, title, all);
  for (guint i = 0; i < all->len; i++)
    if (strstr (all->pdata[i], " allow") == NULL)
      g_ptr_array_add (lines, g_strdup (all->pdata[i]));
}

static int
by_line (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
what_is_permitted (void)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

  for (LensRole role = LENS_ROLE_CAPTURE; role < LENS_N_ROLES; role++)
    {
      gboolean pulls = role == LENS_ROLE_PULL_OPENING || role == LENS_ROLE_PULL_STREAMING;
      for (LensPullTransport over = 0; over < (pulls ? LENS_PULL_N_TRANSPORTS : 1); over++)
        {
          g_autofree char *title
              = g_strdup_printf ("%s%s%s", lens_role_name (role), pulls ? " " : "",
                                 pulls ? lens_pull_transport_name (over) : "");
          walk_role (role, over, title, lines);
        }
    }
  for (LensPullTransport over = 0; over < LENS_PULL_N_TRANSPORTS; over++)
    {
      g_autofree char *title = g_strdup_printf ("broker %s", lens_pull_transport_name (over));
      walk_broker (over, title, lines);
    }
  g_ptr_array_sort (lines, by_line);
  return lines;
}

/* On machines whose clock is a system call it is permitted everywhere (roles.h). */
static gboolean
is_of_this_machine (const char *line)
{
  return lens_roles_clock_needs_kernel () && strstr (line, ": clock_gettime allow") != NULL;
}

static void
the_filters_permit_what_is_written_down_and_nothing_else (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "filter.golden", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) lines = what_is_permitted ();
  g_autoptr (GHashTable) found = g_hash_table_new (g_str_hash, g_str_equal);
  guint differences = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    {
      g_test_skip ("the source folder cannot be read");
      return;
    }
  g_auto (GStrv) written = g_strsplit (text, "\n", -1);
  for (guint i = 0; i < lines->len; i++)
    {
      g_hash_table_add (found, lines->pdata[i]);
      if (g_strv_contains ((const char *const *)written, lines->pdata[i])
          || is_of_this_machine (lines->pdata[i]))
        continue;
      g_test_message ("permitted, not written down: %s", (char *)lines->pdata[i]);
      differences++;
    }
  for (char **line = written; *line != NULL; line++)
    if (**line != '\0' && **line != '#' && !g_hash_table_contains (found, *line))
      {
        g_test_message ("written down, not permitted: %s", *line);
        differences++;
      }
  g_assert_cmpuint (differences, ==, 0);
}

/* The walk itself: it must see an allowance behind arguments that nobody would guess. */
static void
a_walk_sees_an_allowance_behind_any_argument (void)
{
  const struct sock_filter code[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, G_STRUCT_OFFSET (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, 59, 0, 4), /* execve */
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, G_STRUCT_OFFSET (struct seccomp_data, args[5]) + 4),
    BPF_STMT (BPF_ALU | BPF_AND | BPF_K, 0xff00),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, 0x4200, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  Walk walk = { code, G_N_ELEMENTS (code), 59, AUDIT_ARCH_X86_64, "role", lines };
  const Way start = { .n_conditions = 0 };

  walk_from (&walk, 0, (Accumulator){ TRUE, 0, 0, 0 }, &start);
  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_cmpstr (lines->pdata[0], ==, "role: execve allow [5 high] & 0xff00 == 0x4200");
}

int
main (int argc, char **argv)
{
  if (argc > 1 && g_str_equal (argv[1], "--print"))
    {
      g_autoptr (GPtrArray) lines = what_is_permitted ();
      for (guint i = 0; i < lines->len; i++)
        g_print ("%s\n", (char *)lines->pdata[i]);
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sandbox/golden/a-walk-sees-an-allowance-behind-any-argument",
                   a_walk_sees_an_allowance_behind_any_argument);
  g_test_add_func ("/sandbox/golden/the-filters-permit-what-is-written-down-and-nothing-else",
                   the_filters_permit_what_is_written_down_and_nothing_else);
  return g_test_run ();
}
