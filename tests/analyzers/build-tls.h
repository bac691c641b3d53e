#pragma once

/* Greetings of TLS, for tests of analyzers. */
#include "tests/analyzers/build.h"

/* 32 octets that are no text. */
#define QUIET_RANDOM "00112233445566778899aabbccddeeff f0e1d2c3b4a5968778695a4b3c2d1e0f"
/* server_name "a.example" and groups. */
#define NAMED "0000000e000c000009612e6578616d706c65 000a00040002001d"

/* One record: @random as text of 32 characters or hexadecimal digits, suites @suites, extensions
 * as hexadecimal digits. */
GByteArray *build_client_hello (const char *random, const char *suites, const char *extensions);

/* A declared service at 192.0.2.20. */
Build *build_cloud (const char *analyzer);

/* The camera opens a connection from @port and says @octets, which are freed. */
guint64 build_greet (Build *build, guint16 port, GByteArray *octets);
