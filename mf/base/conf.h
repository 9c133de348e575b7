/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration file: what needs a restart.  libconfuse syntax, one table of options (conf.c),
 * which is also the source of mdfd.conf(5) and of `mdfd --dump-config`. */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include "base/sandbox.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CONF_LISTENERS_MAX 16
#define CONF_WEB PKGDATADIR "/web" /* where the web UI is installed; may be missing */

struct conf_tls {
	char *cert, *key, *ca, *crl; /* PEM files; crl may be NULL */
};

struct conf_listener {
	char *name;
	char *address; /* numeric IPv4 or IPv6 */
	uint16_t port;
	bool x2, x3;
	bool tls12; /* listener may negotiate TLS 1.2 (each NE still has to be allowed it) */
	struct conf_tls tls;
	char *protocol; /* "x2x3" or "clif" */
	bool clif;	/* it is "clif": JSON over HTTPS */
};

struct conf {
	char *path;	      /* the file that was read */
	char *state_dir;      /* spool/, state/, openmdf.db, deployment.key */
	char *run_dir;	      /* control socket, pid file */
	char *user;	      /* role user when started as root; NULL: stay */
	char *control_socket; /* path */
	unsigned control_uids[16],
	    control_uids_n; /* who may use the socket, besides root and the daemon's own user */
	int log_level;
	struct conf_listener listener[CONF_LISTENERS_MAX];
	size_t listener_n;
	struct conf_tls hi; /* client identity towards LEMFs and the CA of the LEMFs */
	char *hi_dir; /* optional: <hi_dir>/<lea name>.crt and .key replace hi.cert and hi.key for
			 that LEA */
	/* whose signatures count: a public key file, or none in a laboratory */
	char *trust_root;
	bool trust_unsigned;
	/* what seals identities and documents: file or PKCS#11 URI; NULL: nothing can be stored */
	char *vault_key, *vault_pin_file;
	/* signed heads of the audit log */
	char *log_origin, *log_key, *log_second, *log_syslog, *log_syslog_name;
	struct conf_tls log_tls;
	/* REST; address NULL: none */
	char *rest_address;
	uint32_t rest_port, rest_metrics_port;
	struct conf_tls rest_tls;
	char *rest_web; /* folder of the web UI; NULL or "": none */
	/* the door of the agencies; address NULL: none */
	char *agency_address;
	uint32_t agency_port;
	struct conf_tls agency_tls;
	/* limits */
	uint32_t header_max, payload_max; /* octets of one X2/X3 PDU */
	uint32_t connections_max, handshakes_max, handshake_s;
	/* sessions */
	uint32_t session_idle_s; /* a session without PDUs closes after this */
	char *handover_keys;	 /* folder of the LEAs' keys, see ingest/keys.h; NULL: none */
	uint32_t late_grace_s;	 /* a PDU whose own time lies in the window is still taken this long
				    after the end */
	uint32_t snapshot_s;	 /* session state is checkpointed this often */
	/* spool */
	uint64_t segment_len, quota_len, free_floor_len, pending_max;
	uint32_t commit_len, commit_us;
	bool segment_hash;	     /* SHA-256 of each segment before it is given back */
	uint32_t read_moderation_us; /* wait before the next read when the last one brought less
					than 64 KiB; 0: off */
	char *seccomp;		     /* "kill", "log" or "off" */
	enum sandbox_mode sandbox;   /* the same */
	bool lab; /* laboratory: plaintext destinations and shared addresses are allowed */
};

/* Read and check FILE (and the *.conf files of FILE.d, in order of name).  Returns new, or NULL
 * after writing what is wrong, where and what to do to ERR. */
struct conf *conf_load(const char *file, FILE *err);
void conf_free(struct conf *c);
/* Effective settings in the file's own syntax. */
void conf_dump(const struct conf *c, FILE *out);
/* The option table as roff for mdfd.conf(5). */
void conf_man(FILE *out);

#endif
