/* SPDX-License-Identifier: Apache-2.0 */
/* The X2/X3 listeners: identity of NEs, caps, deadlines, status.  See test_listener.c. */
#include "tests/unit/listener_rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- who gets in, and stays */

static void
refused_as(const struct testcert *who, size_t listener, int version, const char *code,
    enum reject_code why, uint32_t ne)
{
	rig_dial(&a, who, listener, version);
	UNTIL(own.refused == 1);
	assert_string_equal(own.refused_code, code);
	assert_int_equal(own.refused_why, why);
	assert_int_equal(own.refused_ne, ne);
	assert_int_equal(own.ups, 0);
	UNTIL(a.over);
}

static void
unknown_ne(void **state)
{
	(void)state;
	refused_as(alien_cert, BOTH, TLS1_3_VERSION, "NE-UNKNOWN", REJECT_PEER_UNKNOWN, 0);
}

static void
disabled_ne(void **state)
{
	(void)state;
	table[0].enabled = false;
	listener_nes(l, table, 2);
	refused_as(ne1_cert, BOTH, TLS1_3_VERSION, "NE-DISABLED", REJECT_PEER_REVOKED, 7);
}

static void
tls12_not_for_this_ne(void **state)
{
	(void)state;
	refused_as(ne2_cert, BOTH, TLS1_2_VERSION, "TLS-VERSION", REJECT_PEER_TLS, 8);
}

static void
ne_not_for_this_listener(void **state)
{
	(void)state;
	table[1].x2 = false;
	listener_nes(l, table, 2);
	refused_as(ne2_cert, X2_ONLY, TLS1_3_VERSION, "NE-INTERFACE", REJECT_INTERFACE, 8);
}

static void
pinned_key(void **state)
{
	(void)state;
	table[0].pins_n = 2;
	tls_spki(ne1_cert->cert, table[0].pin[1]);
	listener_nes(l, table, 2);
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 1);
	table[0].pins_n = 1; /* the pin that it has is taken away */
	listener_nes(l, table, 2);
	assert_int_equal(own.downs, 1);
	assert_int_equal(own.down_why, REJECT_PEER_REVOKED);
	UNTIL(a.over);
	rig_hang_up(&a);
	own.ups = 0;
	refused_as(ne1_cert, BOTH, TLS1_3_VERSION, "NE-PIN", REJECT_PEER_PIN, 7);
}

static void
revoked_while_connected(void **state)
{
	(void)state;
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	rig_dial(&b, ne2_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 2);
	rig_copy_file(crl_ne1, crl_live);
	assert_int_equal(listener_reload(l), 0);
	assert_int_equal(own.downs, 1);
	assert_int_equal(own.down_why, REJECT_PEER_REVOKED);
	UNTIL(a.over);
	assert_false(b.over);
	rig_hang_up(&a);
	own.ups = 0;
	refused_as(ne1_cert, BOTH, TLS1_3_VERSION, "TLS-CERT-REVOKED", REJECT_PEER_REVOKED, 0);
	rig_copy_file(
	    server_cert->cert_file, crl_live); /* no CRL at all: the old one stays in force */
	assert_int_equal(listener_reload(l), -EINVAL);
	rig_hang_up(&a);
	own.refused = 0;
	refused_as(ne1_cert, BOTH, TLS1_3_VERSION, "TLS-CERT-REVOKED", REJECT_PEER_REVOKED, 0);
}

/* The minute's work without waiting for it. */
static void
new_crl_is_found(void **state)
{
	(void)state;
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 1);
	unlink(crl_live);
	rig_copy_file(crl_ne1, crl_live);
	l->ticks = 58;
	UNTIL(own.downs == 1);
	assert_int_equal(own.down_why, REJECT_PEER_REVOKED);
	UNTIL(a.over);
}

static void
removed_ne(void **state)
{
	(void)state;
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	rig_dial(&b, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 2);
	listener_nes(l, table, 2);
	assert_int_equal(own.downs, 0);
	rig_hang_up(&b);
	UNTIL(own.downs == 1);
	assert_false(own.alone);
	listener_nes(l, table + 1, 1);
	assert_int_equal(own.downs, 2);
	assert_true(own.alone);
	listener_nes(l, NULL, 0);
}

/* ---- caps and deadlines */

static int
mute_socket(size_t listener)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons(listener_port(l, listener))};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	return fd;
}

static void
handshakes_of_one_address(void **state)
{
	int fd[3];

	(void)state;
	conf.handshakes_max = 8; /* a quarter of them for one address */
	for (int i = 0; i < 3; i++)
		fd[i] = mute_socket(BOTH);
	UNTIL(own.refused == 1);
	assert_string_equal(own.refused_code, "HANDSHAKES-MAX");
	for (int i = 0; i < 3; i++)
		close(fd[i]);
	UNTIL(own.refused == 3);
	assert_string_equal(own.refused_code, "TLS-CLOSED");
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 1);
}

static void
connections_have_a_limit(void **state)
{
	(void)state;
	conf.connections_max = 1;
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 1);
	rig_dial(&b, ne2_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.refused == 1 && b.over);
	assert_string_equal(own.refused_code, "CONNECTIONS-MAX");
	assert_int_equal(own.downs, 0);
}

static void
deadlines(void **state)
{
	int fd;

	(void)state;
	conf.handshake_s = 1;
	table[0].time_p2_s = 1;
	table[1].time_p2_s = 100;
	listener_nes(l, table, 2);
	rig_dial(&b, ne2_cert, BOTH, TLS1_3_VERSION);
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 2);
	fd = mute_socket(X2_ONLY);
	UNTIL(own.refused == 1 && own.downs == 1);
	assert_string_equal(own.refused_code, "TLS-TIMEOUT");
	assert_int_equal(own.down_why, REJECT_IDLE);
	UNTIL(a.over);
	assert_false(b.over);
	close(fd);
}

static void
no_descriptors_left(void **state)
{
	struct rlimit old, low;
	unsigned turns = 0;
	bool done = false;
	int fd;

	(void)state;
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	fd = dup(0);
	close(fd);
	getrlimit(RLIMIT_NOFILE, &old);
	low = old;
	low.rlim_cur = (rlim_t)fd;
	setrlimit(RLIMIT_NOFILE, &low);
	for (; !done; turns++)
		rig_turn_until((struct timeval){0, 100000}, &done);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_int_equal(own.ups, 0);
	assert_true(turns < 50); /* no spinning */
	UNTIL(own.ups == 1);
}

static void
not_before_start(void **state)
{
	(void)state;
	listener_free(l);
	l = listener_new(base, &conf, &rig_owner_cb, NULL);
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	rig_settle();
	assert_false(a.up);
	listener_nes(l, table, 2);
	listener_start(l);
	UNTIL(own.ups == 1);
}

static void
status_tells(void **state)
{
	json_t *s, *c;

	(void)state;
	rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 0, 10);
	own.barrier = 1;
	rig_put_keepalive(&a, 1);
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.pdus == 1);
	s = listener_status(l);
	assert_int_equal(json_array_size(json_object_get(s, "listeners")), 2);
	c = json_array_get(json_object_get(s, "connections"), 0);
	assert_string_equal(json_string_value(json_object_get(c, "ne_name")), "ne-one");
	assert_string_equal(json_string_value(json_object_get(c, "tls")), "TLSv1.3");
	assert_int_equal(json_integer_value(json_object_get(c, "octets")), 58);
	assert_int_equal(json_integer_value(json_object_get(c, "acks_waiting")), 1);
	json_decref(s);
}

static void
address_that_is_taken(void **state)
{
	(void)state;
	conf.listener[1].port = listener_port(l, 0);
	assert_null(listener_new(base, &conf, &rig_owner_cb, NULL));
	conf.listener[1].port = 0;
	conf.listener[1].address = (char *)"mdf.example";
	assert_null(listener_new(base, &conf, &rig_owner_cb, NULL));
}
int
main(void)
{
	const struct CMUnitTest tests[] = {T(unknown_ne), T(disabled_ne), T(tls12_not_for_this_ne),
	    T(ne_not_for_this_listener), T(pinned_key), T(revoked_while_connected),
	    T(new_crl_is_found), T(removed_ne), T(handshakes_of_one_address),
	    T(connections_have_a_limit), T(deadlines), T(no_descriptors_left), T(not_before_start),
	    T(status_tells), T(address_that_is_taken)};

	return cmocka_run_group_tests(tests, rig_make_certs, rig_drop_certs);
}
