/* SPDX-License-Identifier: Apache-2.0 */
/* The cheapest receiver for a benchmark: after the TLS 1.3 handshake the octets are discarded in
 * the kernel (MSG_TRUNC), never decrypted, never answered.  Usage: sink PORT CERT KEY [PORT CERT
 * KEY]... One process for all ports, so that it is seldom asleep: on a virtual machine waking one
 * costs the sender more than the octets.  Prints the octets per connection (TLS records included)
 * on SIGTERM.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define SINK_CONNECTIONS 4096

static volatile sig_atomic_t sink_end;
static uint64_t sink_octets[SINK_CONNECTIONS]; /* by descriptor of the listener */
static int sink_listener[SINK_CONNECTIONS];    /* by descriptor of the connection */

static void
sink_on_term(int sig)
{
	(void)sig;
	sink_end = 1;
}

static void
sink_die(const char *what)
{
	perror(what);
	exit(1);
}

static int
sink_listen(uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(fd, 128) < 0)
		sink_die("listen");
	return fd;
}

/* Accept and shake hands (blocking: benches connect before they load). */
static void
sink_accept(int listener, int ep, SSL_CTX *ctx)
{
	struct timeval limit = {5, 0};
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};
	SSL *ssl;

	if (fd < 0)
		return;
	if (fd >= SINK_CONNECTIONS) {
		close(fd);
		return;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	ssl = SSL_new(ctx);
	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1 || SSL_accept(ssl) != 1) {
		SSL_free(ssl);
		close(fd);
		return;
	}
	SSL_free(ssl); /* the socket stays */
	sink_listener[fd] = listener;
	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
}

static void
sink_drop(int fd)
{
	ssize_t n = recv(fd, NULL, 1 << 20, MSG_TRUNC | MSG_DONTWAIT);

	if (n > 0)
		sink_octets[sink_listener[fd]] += (uint64_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close(fd);
}

static SSL_CTX *
sink_ctx(const char *cert, const char *key)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL || SSL_CTX_use_certificate_chain_file(ctx, cert) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1) {
		fprintf(stderr, "sink: %s, %s: cannot be used\n", cert, key);
		exit(2);
	}
	SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
	SSL_CTX_set_num_tickets(ctx, 0);
	return ctx;
}

int
main(int argc, char **argv)
{
	static SSL_CTX *ctx_of[SINK_CONNECTIONS]; /* by descriptor of the listener */
	static int port_of[SINK_CONNECTIONS];
	int ep = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event ev[64];

	if (argc < 4 || argc % 3 != 1) {
		fprintf(stderr, "usage: sink PORT CERT KEY [PORT CERT KEY]...\n");
		return 2;
	}
	signal(SIGTERM, sink_on_term);
	signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i < argc; i += 3) {
		int fd = sink_listen((uint16_t)atoi(argv[i]));

		port_of[fd] = atoi(argv[i]);
		ctx_of[fd] = sink_ctx(argv[i + 1], argv[i + 2]);
		ev[0] = (struct epoll_event){.events = EPOLLIN, .data.fd = fd};
		epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev[0]);
	}
	while (!sink_end) {
		int n = epoll_wait(ep, ev, 64, 200);

		for (int i = 0; i < n; i++)
			if (ctx_of[ev[i].data.fd] != NULL)
				sink_accept(ev[i].data.fd, ep, ctx_of[ev[i].data.fd]);
			else
				sink_drop(ev[i].data.fd);
	}
	for (int i = 0; i < SINK_CONNECTIONS; i++)
		if (ctx_of[i] != NULL)
			printf("%d %llu\n", port_of[i], (unsigned long long)sink_octets[i]);
	return 0;
}
