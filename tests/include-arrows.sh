#!/bin/sh
# Prints every arrow that points up, as TAP.  The floors, the rooms of foreign libraries and the
# calls that a floor leaves to others are the table in the last lines.  A folder as argument is
# looked at instead of the project.
cd "${1:-$(dirname "$0")/..}" || exit 2

# shellcheck disable=SC2016
arrows='
function complain (text) { printf "# %s:%d: %s\n", FILENAME, FNR, text; wrong[kind]++ }

# The table.
FILENAME == "-" && /^(floor|room|calls) / {
  left = $0; sub (/^[a-z]+ +/, "", left); sub (/ *:.*/, "", left)
  right = $0; sub (/^[^:]*: */, "", right); sub (/ *#.*/, "", right)
  if ($1 == "floor") may[left] = " " left " " right " "
  else if ($1 == "room") { pattern[++rooms] = "^<(" left ")"; where[rooms] = right }
  else { n = split (left, floors, " "); for (i = 1; i <= n; i++) never[floors[i]] = never[floors[i]] "|" right }
  next
}
FILENAME == "-" { next }

FNR == 1 {
  files++
  floor = FILENAME; sub (/\/.*/, "", floor)
  in_comment = 0
  if (!(floor in may)) { kind = "arrow"; complain ("its folder is no floor of the table") }
  banned = substr (never[floor], 2); gsub (/ +/, "|", banned)
  banned = banned == "" ? "" : "(^|[^A-Za-z0-9_>.])(" banned ") *\\("
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
  kind = "arrow"
  split ($0, part, "\""); to = part[2]
  if (to ~ /\.inc$/) next                       # generated beside the file
  if (to !~ /\//) { complain ("\"" to "\" does not say its folder"); next }
  folder = to; sub (/\/.*/, "", folder)
  if (!index (may[floor], " " folder " "))
    complain (floor " may not include \"" to "\"")
  else if (floor == "analyzers" && folder == floor && to != "analyzers/registry.h")
    complain ("an analyzer never includes an analyzer: \"" to "\"")
  next
}

/^[ \t]*#[ \t]*include[ \t]*</ {
  kind = "room"
  match ($0, /<[^>]*>/); to = substr ($0, RSTART, RLENGTH)
  for (i = 1; i <= rooms; i++)
    if (to ~ pattern[i]) break
  if (i > rooms) complain (to " is in no row of the table")
  else if (where[i] == "everywhere") next
  else if (where[i] == "nowhere" || FILENAME !~ "^(" where[i] ")") complain (to " has no place here: " where[i])
  next
}

banned != "" {
  kind = "call"
  line = $0
  gsub (/\\"/, "", line); gsub (/"[^"]*"/, "", line)
  if (in_comment && line !~ /\*\//) next
  if (in_comment) { sub (/^.*\*\//, "", line); in_comment = 0 }
  gsub (/\/\*[^*]*\*\//, "", line); sub (/\/\/.*/, "", line)
  if (line ~ /\/\*/) { sub (/\/\*.*/, "", line); in_comment = 1 }
  if (match (line, banned)) complain ("leaves this to others: " substr (line, RSTART, RLENGTH) ")")
}

END {
  print "1..4"
  print (files > 100 ? "" : "not ") "ok 1 - the whole house was looked at (" files " files)"
  print (wrong["arrow"] ? "not " : "") "ok 2 - no floor includes what lies above it, no analyzer an analyzer"
  print (wrong["room"] ? "not " : "") "ok 3 - a foreign library is included in its room only"
  print (wrong["call"] ? "not " : "") "ok 4 - files, sockets and printing are left to the roof"
  exit (files <= 100 || wrong["arrow"] || wrong["room"] || wrong["call"])
}'

# No file name of this project has a space.
# shellcheck disable=SC2046
awk "$arrows" - $(find . -path './[!.]*/*.[ch]' -o -path './[!.]*/*.[ch].in' | sed 's,^\./,,' |
  LC_ALL=C grep -Ev '^(tests|docs|tools|build[^/]*)/' | LC_ALL=C sort) <<'TABLE'
# floor FOLDER: what it may include besides itself
floor sandbox:
floor wire:
floor ledger: wire
floor analyzers: ledger wire
floor report: ledger wire
floor harness: sandbox wire ledger analyzers report
floor samples: wire

# room HEADERS: the files that may include them.  The first row that fits holds.
room seccomp\.h: sandbox/
room libav: harness/pull
room pcap: harness/capture
room json-glib/: report/|ledger/mud\.c
room ndpi_api\.h: ledger/applications\.c
room zlib\.h: wire/gzip\.c|wire/unpack\.c
room zstd\.h: wire/unpack\.c
room nettle/: harness/hash\.c
room gst/|gio/|glib-unix\.h: samples/|tests/analyzers/rtsp-server
room gnutls/|openssl/|curl/: nowhere
room glib\.h|glib/gprintf\.h|glib/gstdio\.h: everywhere
room (asm|linux|sys|net|netinet|arpa)/: everywhere
room (ctype|dirent|dlfcn|errno|fcntl|getopt|grp|ifaddrs|inttypes|libgen|limits|locale|malloc|math|netdb|poll|pwd|sched|signal|stdarg|stdbool|stddef|stdint|stdio|stdlib|string|strings|termios|time|unistd)\.h>: everywhere

# calls FLOORS: what they never call.  The sandbox opens and connects: it holds the doors.
calls wire ledger analyzers report: open openat creat fopen fdopen freopen popen opendir mkstemp g_open g_fopen g_dir_open g_mkstemp g_file_get_contents g_file_set_contents g_file_set_contents_full g_key_file_load_from_file g_key_file_save_to_file g_mapped_file_new socket connect bind getaddrinfo fork execve g_spawn_sync g_spawn_async system
calls wire ledger analyzers report sandbox: printf fprintf vprintf vfprintf dprintf puts fputs putchar perror g_print g_printerr g_printf
TABLE
