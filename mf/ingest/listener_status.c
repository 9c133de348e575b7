/* SPDX-License-Identifier: Apache-2.0 */
/* Listeners and their connections as JSON; see listener.h.  No identity of a target is known here.
 */
#include "base/clock.h"
#include "ingest/x23_conn.h"

/* When CERT ends, as text in BUF of 32 octets. */
static const char *
cert_until(X509 *cert, char *buf)
{
	struct tm tm;

	if (!cert || ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm) != 1)
		return "";
	return clock_format((int64_t)timegm(&tm) * CLOCK_NS_PER_S, buf);
}

static json_t *
status_port(const struct listener *l, const struct lport *p)
{
	unsigned live = 0, pending = 0;
	char until[32];

	for (const struct xconn *x = l->first; x; x = x->next) {
		live += x->port == p && x->identified;
		pending += x->port == p && !x->identified;
	}
	return json_pack("{s:s, s:s, s:s, s:i, s:b, s:b, s:b, s:i, s:i, s:I, s:I, s:s}", "name",
	    p->conf->name, "cert_until", cert_until(SSL_CTX_get0_certificate(p->ctx), until),
	    "address", p->conf->address, "port", (int)p->port, "x2", (int)p->conf->x2, "x3",
	    (int)p->conf->x3, "tls12", (int)p->conf->tls12, "connections", (int)live, "pending",
	    (int)pending, "accepted", (json_int_t)p->accepted, "refused", (json_int_t)p->refused,
	    "protocol", p->conf->clif ? "clif" : "x2x3");
}

static json_t *
status_conn(const struct xconn *x)
{
	SSL *ssl = tlsconn_ssl(x->tc);
	char since[32], last[32], until[32];

	return json_pack(
	    "{s:I, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:i}",
	    "id", (json_int_t)x->pub.id, "listener", x->pub.listener, "ne", (int)x->pub.ne,
	    "ne_name", x->ne_name, "peer", x->pub.peer, "cert_until",
	    cert_until(tlsconn_peer(x->tc), until), "tls", SSL_get_version(ssl), "cipher",
	    SSL_get_cipher_name(ssl), "since", clock_format(x->pub.up_ns, since), "last",
	    clock_format(x->last_ns, last), "pdus", (json_int_t)x->pub.pdus, "octets",
	    (json_int_t)x->pub.octets, "rejects", (json_int_t)x->pub.rejects, "keepalives",
	    (json_int_t)x->pub.keepalives, "acks", (json_int_t)x->pub.acks, "acks_waiting",
	    (int)x->ack_n);
}

json_t *
listener_status(struct listener *l)
{
	json_t *ports = json_array(), *conns = json_array();
	uint64_t refused = 0;

	for (size_t i = 0; i < l->port_n; i++) {
		refused += l->port[i].refused;
		json_array_append_new(ports, status_port(l, &l->port[i]));
	}
	for (const struct xconn *x = l->first; x; x = x->next)
		if (x->identified)
			json_array_append_new(conns, status_conn(x));
	return json_pack("{s:b, s:I, s:o, s:o}", "paused", (int)l->paused, "refused",
	    (json_int_t)refused, "listeners", ports, "connections", conns);
}
