/* SPDX-License-Identifier: Apache-2.0 */
/* Is this a LIID, a UUID, a pin ...?  Pure functions; each returns NULL when the text is good, else
 * one sentence that says what is wrong and what is expected (static text). */
#ifndef DB_CHECK_H
#define DB_CHECK_H

#include <stddef.h>
#include <stdint.h>

#define CHECK_LIID_MAX 25
#define CHECK_PIN_LEN 32

/* LawfulInterceptionIdentifier (TS 102 232-1): 1..25 octets.  Written as 1-25 printable ASCII
 * characters, or as 26-50 lower-case hexadecimal digits (even number), which are turned into
 * octets. */
const char *check_liid(const char *text, uint8_t out[CHECK_LIID_MAX], size_t *out_n);
/* 8-4-4-4-12 hexadecimal digits, any case. */
const char *check_uuid(const char *text, uint8_t out[16]);
/* ISO 3166-1 alpha-2, upper case. */
const char *check_country(const char *text);
/* operatorIdentifier and networkElementIdentifier: 1..16 printable ASCII. */
const char *check_operator(const char *text);
/* Numeric "192.0.2.1:5000" or "[2001:db8::1]:5000", port not 0. */
const char *check_address(const char *text);
/* SHA-256 of SubjectPublicKeyInfo, 64 hexadecimal digits; colons are allowed. */
const char *check_pin(const char *text, uint8_t out[CHECK_PIN_LEN]);
/* [A-Za-z0-9._-]{1,64}, not "." or "..": it becomes a file name. */
const char *check_name(const char *text);
/* DNS name or URI of a certificate: 1..255 printable ASCII without space. */
const char *check_san(const char *text);
/* Free text on one line: 1..256 octets of UTF-8 without control characters. */
const char *check_text(const char *text);
/* The same with 1 to MAX octets. */
const char *check_text_up_to(const char *text, size_t max);
/* RFC 3339 with zone. */
const char *check_time(const char *text, int64_t *ns);

/* 16 octets as UUID text, to BUF of 37. */
char *check_uuid_text(const uint8_t uuid[16], char *buf);
/* A new random one (RFC 9562: version 4, variant 10), the same way. */
char *check_uuid_new(char *buf);
/* Hexadecimal, lower case, to BUF of 2 * n + 1. */
char *check_hex_text(const uint8_t *p, size_t n, char *buf);
/* N octets from 2 * N hexadecimal digits.  Returns 0 or -EINVAL. */
int check_unhex(const char *text, size_t digits_n, uint8_t *out);

#endif
