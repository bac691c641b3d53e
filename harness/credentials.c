#include "harness/credentials.h"

#include "harness/secret.h"
#include "ledger/profile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define MAX_SECRET 1024

static gboolean G_GNUC_PRINTF (2, 3) complain (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, text);
  return FALSE;
}

static gboolean
read_line (int fd, char line[MAX_SECRET])
{
  gsize length = 0;
  char octet;

  while (length < MAX_SECRET - 1 && read (fd, &octet, 1) == 1 && octet != '\n')
    if (octet != '\r')
      line[length++] = octet;
  line[length] = '\0';
  return length > 0;
}

static gboolean
read_file (const char *path, char line[MAX_SECRET], GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

  if (fd < 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   "credentials = file:%s: %s", path, g_strerror (errno));
      return FALSE;
    }
  gboolean got = read_line (fd, line);
  close (fd);
  return got || complain (error, "credentials = file:%s: its first line is empty", path);
}

static gboolean
ask (const char *stream, char line[MAX_SECRET], GError **error)
{
  struct termios old, quiet;
  int fd = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

  if (fd < 0 || tcgetattr (fd, &old) != 0)
    {
      if (fd >= 0)
        close (fd);
      return complain (
          error,
          "credentials = ask needs a terminal to ask for stream %s; use env: or file:", stream);
    }
  quiet = old;
  quiet.c_lflag &= ~(tcflag_t)ECHO;
  tcsetattr (fd, TCSAFLUSH, &quiet);
  g_autofree char *prompt = g_strdup_printf ("user:password for stream %s: ", stream);
  gboolean got = write (fd, prompt, strlen (prompt)) > 0 && read_line (fd, line);
  tcsetattr (fd, TCSAFLUSH, &old);
  (void)!write (fd, "\n", 1);
  close (fd);
  return got || complain (error, "no credentials were given for stream %s", stream);
}

/* As the puller takes it: with the user that a value without one stands for. */
static char *
with_user (const char *line)
{
  g_autofree char *user = NULL, *password = NULL;

  lens_credentials_split (line, &user, &password);
  char *secret = g_strconcat (user, ":", password, NULL);
  lens_secret_forget (password, strlen (password));
  return secret;
}

char *
lens_credentials_read (const char *source, const char *stream, GError **error)
{
  char line[MAX_SECRET] = "";
  gboolean got;

  if (g_str_has_prefix (source, "env:"))
    {
      const char *value = g_getenv (source + 4);
      got = value != NULL && *value != '\0' && strlen (value) < sizeof line;
      if (got)
        g_strlcpy (line, value, sizeof line);
      else
        complain (error, "credentials = env:%s: the variable is not set (export it first)",
                  source + 4);
    }
  else if (g_str_has_prefix (source, "file:"))
    got = read_file (source + 5, line, error);
  else
    got = ask (stream, line, error);
  char *secret = NULL;
  if (got)
    secret = with_user (line);
  lens_secret_forget (line, sizeof line);
  return secret;
}

void
lens_credentials_free (char *secret)
{
  if (secret != NULL)
    lens_secret_forget (secret, strlen (secret));
  g_free (secret);
}
