#include "sandbox/error.h"
#include "sandbox/message.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* A heartbeat, octet by octet. */
static const guint8 heartbeat[20] = {
  'L', 'c', 'M', 'g',             /* magic */
  1,   0,                         /* type: heartbeat */
  1,   0,                         /* version */
  0,   0,   0,   0,               /* length */
  0,   0,   0,   0,   0, 0, 0, 0, /* sequence */
};

typedef struct
{
  int in, out;
} Pipe;

static Pipe
make_pipe (void)
{
  int ends[2];

  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  return (Pipe){ ends[0], ends[1] };
}

static void
what_is_written_can_be_read (void)
{
  g_autoptr (GError) error = NULL;
  Pipe line = make_pipe ();
  g_autoptr (LensMessageWriter) writer = lens_message_writer_new (line.out);
  g_autoptr (LensMessageReader) reader = lens_message_reader_new ();
  const LensProgress sent = { 1, G_MAXUINT64, 3, 4 };
  LensProgress got;
  LensMessage message;

  g_assert_true (lens_message_write_progress (writer, &sent, &error));
  g_assert_true (lens_message_write (writer, LENS_MESSAGE_FILE_BEGIN, "F001.pcapng", 11, &error));
  close (line.out);

  g_assert_cmpint (lens_message_reader_fill (reader, line.in, &error), ==, LENS_FILL_SOME);
  g_assert_true (lens_message_next (reader, &message, &error));
  g_assert_true (lens_message_progress (&message, &got));
  g_assert_cmpmem (&got, sizeof got, &sent, sizeof sent);
  g_assert_null (lens_message_file_name (&message));
  g_assert_true (lens_message_next (reader, &message, &error));
  g_assert_cmpuint (message.sequence, ==, 1);
  g_autofree char *name = lens_message_file_name (&message);
  g_assert_cmpstr (name, ==, "F001.pcapng");
  g_assert_false (lens_message_next (reader, &message, &error));
  g_assert_cmpint (lens_message_reader_fill (reader, line.in, &error), ==, LENS_FILL_END);
  g_assert_no_error (error);
  close (line.in);
}

static void
the_format_is_the_documented_one (void)
{
  Pipe line = make_pipe ();
  g_autoptr (LensMessageWriter) writer = lens_message_writer_new (line.out);
  guint8 octets[sizeof heartbeat];

  g_assert_true (lens_message_write (writer, LENS_MESSAGE_HEARTBEAT, NULL, 0, NULL));
  g_assert_cmpint (read (line.in, octets, sizeof octets), ==, sizeof octets);
  g_assert_cmpmem (octets, sizeof octets, heartbeat, sizeof heartbeat);
  close (line.in);
  close (line.out);
}

static void
messages_come_whole_however_they_are_cut (void)
{
  guint8 stream[3 * sizeof heartbeat + 5];

  for (guint i = 0; i < 3; i++)
    {
      memcpy (stream + i * sizeof heartbeat, heartbeat, sizeof heartbeat);
      stream[i * sizeof heartbeat + 12] = (guint8)i;
    }
  /* The last one has a payload. */
  stream[2 * sizeof heartbeat + 8] = 5;
  memcpy (stream + 3 * sizeof heartbeat, "hello", 5);

  for (gsize cut = 1; cut <= sizeof stream; cut++)
    {
      g_autoptr (LensMessageReader) reader = lens_message_reader_new ();
      LensMessage message;
      guint count = 0;

      for (gsize at = 0; at < sizeof stream; at += cut)
        {
          gsize part = MIN (cut, sizeof stream - at);
          g_assert_cmpuint (lens_message_reader_take (reader, stream + at, part), ==, part);
          while (lens_message_next (reader, &message, NULL))
            count++;
        }
      g_assert_cmpuint (count, ==, 3);
      g_assert_cmpmem (message.payload, message.length, "hello", 5);
    }
}

static void
a_wrong_header_is_an_error_for_good (void)
{
  static const struct
  {
    guint at;
    guint8 value;
    const char *why;
  } wrong[] = {
    { 0, 'X', "not a message" },
    { 4, 0, "a message without a type" },
    { 6, 2, "a message of another version" },
    { 11, 1, "a message that is too long" },
    { 12, 1, "a message out of sequence" },
    { 19, 255, "a message out of sequence" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (LensMessageReader) reader = lens_message_reader_new ();
      guint8 octets[sizeof heartbeat];
      LensMessage message;

      memcpy (octets, heartbeat, sizeof octets);
      octets[wrong[i].at] = wrong[i].value;
      lens_message_reader_take (reader, octets, sizeof octets);
      for (int again = 0; again < 2; again++)
        {
          g_autoptr (GError) error = NULL;
          g_assert_false (lens_message_next (reader, &message, &error));
          g_assert_error (error, LENS_SANDBOX_ERROR, LENS_SANDBOX_ERROR_MESSAGE);
          g_assert_cmpstr (error->message, ==, wrong[i].why);
          lens_message_reader_take (reader, heartbeat, sizeof heartbeat);
        }
    }
}

static void
the_longest_message_passes_and_no_longer_one (void)
{
  Pipe line = make_pipe ();
  g_autoptr (LensMessageReader) reader = lens_message_reader_new ();
  g_autofree guint8 *payload = g_malloc0 (LENS_MESSAGE_PAYLOAD_MAX);
  g_autofree guint8 *octets = g_malloc0 (sizeof heartbeat + LENS_MESSAGE_PAYLOAD_MAX + 1);
  LensMessage message;

  memcpy (octets, heartbeat, sizeof heartbeat);
  octets[10] = 1; /* 65,536 */
  g_assert_cmpuint (lens_message_reader_take (reader, octets, 20 + LENS_MESSAGE_PAYLOAD_MAX + 1),
                    ==, 20 + LENS_MESSAGE_PAYLOAD_MAX);
  g_assert_true (lens_message_next (reader, &message, NULL));
  g_assert_cmpmem (message.payload, message.length, payload, LENS_MESSAGE_PAYLOAD_MAX);

  g_autoptr (LensMessageReader) other = lens_message_reader_new ();
  octets[8] = 1;
  lens_message_reader_take (other, octets, sizeof heartbeat);
  g_assert_false (lens_message_next (other, &message, NULL));
  g_assert_cmpuint (lens_message_reader_take (other, octets, 1), ==, 1); /* bounded, still safe */
  close (line.in);
  close (line.out);
}

static void
an_end_within_a_message_is_an_error (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensMessageReader) reader = lens_message_reader_new ();
  Pipe line = make_pipe ();

  g_assert_cmpint (write (line.out, heartbeat, 7), ==, 7);
  close (line.out);
  g_assert_cmpint (lens_message_reader_fill (reader, line.in, &error), ==, LENS_FILL_SOME);
  g_assert_cmpint (lens_message_reader_fill (reader, line.in, &error), ==, LENS_FILL_END);
  g_assert_error (error, LENS_SANDBOX_ERROR, LENS_SANDBOX_ERROR_MESSAGE);
  close (line.in);
}

static void
large_contents_come_in_parts (void)
{
  Pipe line = make_pipe ();
  g_autoptr (LensMessageWriter) writer = lens_message_writer_new (line.out);
  g_autoptr (LensMessageReader) reader = lens_message_reader_new ();
  gsize size = LENS_MESSAGE_PAYLOAD_MAX + 1;
  g_autofree guint8 *octets = g_malloc0 (size);
  LensMessage message;

  g_assert_cmpint (fcntl (line.out, F_SETPIPE_SZ, 1 << 18), >=, 1 << 17);
  g_assert_true (lens_message_write_all (writer, LENS_MESSAGE_FILE_DATA, octets, size, NULL));
  g_assert_true (lens_message_write_all (writer, LENS_MESSAGE_FILE_DATA, octets, 0, NULL));
  close (line.out);
  gsize total = 0;
  guint count = 0;
  while (lens_message_reader_fill (reader, line.in, NULL) != LENS_FILL_END)
    while (lens_message_next (reader, &message, NULL))
      {
        total += message.length;
        count++;
      }
  g_assert_cmpuint (total, ==, size);
  g_assert_cmpuint (count, ==, 2);
  close (line.in);
}

static void
a_file_name_names_a_file_of_its_folder (void)
{
  static const char *const bad[]
      = { "", ".", "..", "../x", "/etc/passwd", "a/b", "-rf", ".hidden", "a b", "a\n", "\xc3\xa4" };
  g_autofree char *long_name = g_strnfill (65, 'a');
  LensMessage message = { .type = LENS_MESSAGE_FILE_BEGIN };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      message.payload = (const guint8 *)bad[i];
      message.length = (guint32)strlen (bad[i]);
      g_assert_null (lens_message_file_name (&message));
    }
  message.payload = (const guint8 *)"a\0b";
  message.length = 3;
  g_assert_null (lens_message_file_name (&message));
  message.payload = (const guint8 *)long_name;
  message.length = 65;
  g_assert_null (lens_message_file_name (&message));
  message.length = 64;
  g_autofree char *name = lens_message_file_name (&message);
  g_assert_nonnull (name);
}

/* Random octets, and messages with one octet changed: never more than what was put in. */
static void
noise_is_refused_or_understood (void)
{
  for (guint round = 0; round < 20000; round++)
    {
      g_autoptr (LensMessageReader) reader = lens_message_reader_new ();
      guint8 octets[64];
      LensMessage message;
      LensProgress progress;

      for (gsize i = 0; i < sizeof octets; i++)
        octets[i] = (guint8)g_test_rand_int_range (0, 256);
      memcpy (octets, heartbeat, sizeof heartbeat);
      octets[8] = (guint8)g_test_rand_int_range (0, 64);
      octets[g_test_rand_int_range (0, sizeof octets)] ^= (guint8)g_test_rand_int_range (1, 256);
      gsize length = (gsize)g_test_rand_int_range (0, sizeof octets + 1);
      g_assert_cmpuint (lens_message_reader_take (reader, octets, length), ==, length);
      while (lens_message_next (reader, &message, NULL))
        {
          g_free (lens_message_file_name (&message));
          g_assert_cmpuint (message.length, <=, length - sizeof heartbeat);
          lens_message_progress (&message, &progress);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name, function) g_test_add_func ("/sandbox/message/" name, function)
  TEST ("what-is-written-can-be-read", what_is_written_can_be_read);
  TEST ("the-format-is-the-documented-one", the_format_is_the_documented_one);
  TEST ("messages-come-whole-however-they-are-cut", messages_come_whole_however_they_are_cut);
  TEST ("a-wrong-header-is-an-error-for-good", a_wrong_header_is_an_error_for_good);
  TEST ("the-longest-message-passes-and-no-longer-one",
        the_longest_message_passes_and_no_longer_one);
  TEST ("an-end-within-a-message-is-an-error", an_end_within_a_message_is_an_error);
  TEST ("large-contents-come-in-parts", large_contents_come_in_parts);
  TEST ("a-file-name-names-a-file-of-its-folder", a_file_name_names_a_file_of_its_folder);
  TEST ("noise-is-refused-or-understood", noise_is_refused_or_understood);
  return g_test_run ();
}
