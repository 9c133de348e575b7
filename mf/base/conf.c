/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration file; see conf.h.  One table says name, type, default, range and help of each
 * option; the parser, `mdfd --dump-config` and mdfd.conf(5) are made from it. */
#include "config.h"

#include "base/conf.h"

#include "base/log.h"

#include <arpa/inet.h>
#include <assert.h>
#include <confuse.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum conf_type {
	CONF_STR,
	CONF_BOOL,
	CONF_U32,
	CONF_SIZE /* octets, with an optional K, M or G (powers of 1024) */
};

struct conf_opt {
	const char *section; /* "" top level */
	const char *name;
	enum conf_type type;
	size_t at; /* offset in struct conf, or in struct conf_listener for section "listener" */
	const char *def;
	uint64_t min, max; /* of numbers */
	const char *help;
};

#ifdef HAVE_WEB
#define CONF_WEB_DEFAULT CONF_WEB
#else
#define CONF_WEB_DEFAULT NULL
#endif
#define TOP(field) offsetof(struct conf, field)
#define LIS(field) offsetof(struct conf_listener, field)

static const struct conf_opt conf_opts[] = {
    {"", "state_dir", CONF_STR, TOP(state_dir), LOCALSTATEDIR "/lib/openmdf", 0, 0,
	"Folder of the database, the spool and the session state. Owned by the daemon's user, mode "
	"0700."},
    {"", "run_dir", CONF_STR, TOP(run_dir), RUNSTATEDIR "/openmdf", 0, 0,
	"Folder of the pid file."},
    {"", "user", CONF_STR, TOP(user), NULL, 0, 0,
	"User that the roles change to when the daemon is started as root. Not set: no change."},
    {"", "control_socket", CONF_STR, TOP(control_socket), RUNSTATEDIR "/openmdf/mdfctl.sock", 0, 0,
	"Unix socket on which mdfctl(1) reaches the daemon."},
    {"", "log_level", CONF_U32, TOP(log_level), "6", 3, 7,
	"3 errors, 4 warnings, 5 notices, 6 information, 7 debugging."},
    {"", "lab", CONF_BOOL, TOP(lab), "false", 0, 0,
	"Laboratory: relaxes checks that protect real product. Never on a system that serves "
	"warrants."},
    {"listener", "address", CONF_STR, LIS(address), NULL, 0, 0,
	"Numeric IPv4 or IPv6 address to listen on."},
    {"listener", "port", CONF_U32, LIS(port), "0", 0, 65535,
	"TCP port. There is no well-known one."},
    {"listener", "x2", CONF_BOOL, LIS(x2), "true", 0, 0, "X2 PDUs may come here."},
    {"listener", "x3", CONF_BOOL, LIS(x3), "true", 0, 0, "X3 PDUs may come here."},
    {"listener", "protocol", CONF_STR, LIS(protocol), "x2x3", 0, 0,
	"x2x3, or clif: JSON over HTTPS from cloud applications, instead of X2/X3 PDUs. x2 and x3 "
	"then say which types the JSON objects may have."},
    {"listener", "tls12", CONF_BOOL, LIS(tls12), "true", 0, 0,
	"Negotiate TLS 1.2 too; a network element still needs its own permission (mdfctl ne set "
	"--tls12)."},
    {"listener", "cert", CONF_STR, LIS(tls.cert), NULL, 0, 0,
	"Certificate chain of this listener, PEM."},
    {"listener", "key", CONF_STR, LIS(tls.key), NULL, 0, 0, "Its private key, PEM."},
    {"listener", "ca", CONF_STR, LIS(tls.ca), NULL, 0, 0,
	"CA of the network elements, PEM. One CA per interface type."},
    {"listener", "crl", CONF_STR, LIS(tls.crl), NULL, 0, 0,
	"CRL of that CA, PEM. Read again on SIGHUP and when it changes."},
    {"hi", "cert", CONF_STR, TOP(hi.cert), NULL, 0, 0,
	"Client certificate towards the LEMFs, PEM."},
    {"hi", "key", CONF_STR, TOP(hi.key), NULL, 0, 0, "Its private key, PEM."},
    {"hi", "ca", CONF_STR, TOP(hi.ca), NULL, 0, 0, "CA of the LEMFs, PEM."},
    {"hi", "crl", CONF_STR, TOP(hi.crl), NULL, 0, 0, "CRL of that CA, PEM."},
    {"hi", "dir", CONF_STR, TOP(hi_dir), NULL, 0, 0,
	"Folder with <LEA name>.crt and <LEA name>.key, used instead of cert and key for that "
	"LEA."},
    {"hi", "handover_keys", CONF_STR, TOP(handover_keys), NULL, 0, 0,
	"Folder with <LEA name>.sign.pem (signs integrity hashes) and <LEA name>.enc.hex (encrypts "
	"payloads), for LEAs whose profile wants that. Read by the ingest role only."},
    {"trust", "root", CONF_STR, TOP(trust_root), NULL, 0, 0,
	"Public key or certificate, PEM, Ed25519 or P-256, that signed the first key list. Its "
	"private half is kept offline. Whoever changes this file decides whose signatures count."},
    {"trust", "unsigned", CONF_BOOL, TOP(trust_unsigned), "false", 0, 0,
	"Laboratory, in place of root: warrants are served without signatures, nothing waits for a "
	"second person, and whoever reaches the control socket may do all."},
    {"vault", "key", CONF_STR, TOP(vault_key), NULL, 0, 0,
	"File with the key encryption key, 64 hexadecimal digits, mode 0600, or a PKCS#11 URI. "
	"Without it no identity and no document can be stored."},
    {"vault", "pin_file", CONF_STR, TOP(vault_pin_file), NULL, 0, 0,
	"File with the PIN of the PKCS#11 token."},
    {"log", "origin", CONF_STR, TOP(log_origin), "openmdf", 0, 0,
	"Name of this audit log in its signed tree heads: unique, without spaces, for ever the "
	"same."},
    {"log", "key", CONF_STR, TOP(log_key), NULL, 0, 0,
	"Ed25519 private key, PEM, mode 0600, that signs the tree heads. Not set: one is made in "
	"state_dir at the first start."},
    {"log", "second", CONF_STR, TOP(log_second), NULL, 0, 0,
	"Folder, better on another disk, to which each signed tree head is written too."},
    {"log", "syslog", CONF_STR, TOP(log_syslog), NULL, 0, 0,
	"Numeric ip:port of a syslog server (RFC 5425, TLS) that gets each signed tree head and "
	"each "
	"audit row."},
    {"log", "syslog_name", CONF_STR, TOP(log_syslog_name), NULL, 0, 0,
	"DNS name that its certificate must carry."},
    {"log", "syslog_cert", CONF_STR, TOP(log_tls.cert), NULL, 0, 0,
	"Client certificate towards it, PEM."},
    {"log", "syslog_key", CONF_STR, TOP(log_tls.key), NULL, 0, 0, "Its private key, PEM."},
    {"log", "syslog_ca", CONF_STR, TOP(log_tls.ca), NULL, 0, 0, "CA of the syslog server, PEM."},
    {"rest", "address", CONF_STR, TOP(rest_address), NULL, 0, 0,
	"Numeric address of the REST interface: an administration network, never that of a "
	"listener. Not set: no REST interface."},
    {"rest", "port", CONF_U32, TOP(rest_port), "8443", 0, 65535, "Its TCP port."},
    {"rest", "cert", CONF_STR, TOP(rest_tls.cert), NULL, 0, 0, "Its certificate chain, PEM."},
    {"rest", "key", CONF_STR, TOP(rest_tls.key), NULL, 0, 0, "Its private key, PEM."},
    {"rest", "ca", CONF_STR, TOP(rest_tls.ca), NULL, 0, 0,
	"CA of the client certificates of persons, PEM. Not set: only sessions."},
    {"rest", "crl", CONF_STR, TOP(rest_tls.crl), NULL, 0, 0, "CRL of that CA, PEM."},
    {"rest", "metrics_port", CONF_U32, TOP(rest_metrics_port), "0", 0, 65535,
	"TCP port on 127.0.0.1 of the metrics for Prometheus, without TLS and without identities; "
	"0: none."},
    {"rest", "web", CONF_STR, TOP(rest_web), CONF_WEB_DEFAULT, 0, 0,
	"Folder of the web interface, read when the daemon starts. Empty: none. Where it is built "
	"it "
	"is installed in " CONF_WEB ", which is the default then and may be missing."},
    {"rest", "agency_address", CONF_STR, TOP(agency_address), NULL, 0, 0,
	"Numeric address of a second REST interface, in the network of the agencies, never that of "
	"a "
	"listener. Only liaisons are let in, each by the client certificate whose public key is "
	"the "
	"person's pin. Not set: none."},
    {"rest", "agency_port", CONF_U32, TOP(agency_port), "8444", 0, 65535, "Its TCP port."},
    {"rest", "agency_cert", CONF_STR, TOP(agency_tls.cert), NULL, 0, 0,
	"Its certificate chain, PEM."},
    {"rest", "agency_key", CONF_STR, TOP(agency_tls.key), NULL, 0, 0, "Its private key, PEM."},
    {"rest", "agency_ca", CONF_STR, TOP(agency_tls.ca), NULL, 0, 0,
	"CA of the client certificates of liaisons, PEM. Always needed: there is no other way in."},
    {"rest", "agency_crl", CONF_STR, TOP(agency_tls.crl), NULL, 0, 0, "CRL of that CA, PEM."},
    {"limits", "header_max", CONF_U32, TOP(header_max), "65536", 40, 16777216,
	"Longest X2/X3 header taken, octets."},
    {"limits", "payload_max", CONF_U32, TOP(payload_max), "16777216", 1500, 16777216,
	"Longest X2/X3 payload taken, octets."},
    {"limits", "connections_max", CONF_U32, TOP(connections_max), "16384", 1, 1000000,
	"X2/X3 connections at a time."},
    {"limits", "handshakes_max", CONF_U32, TOP(handshakes_max), "1024", 1, 65536,
	"TLS handshakes under way at a time."},
    {"limits", "handshake_s", CONF_U32, TOP(handshake_s), "10", 1, 300,
	"Time for a TLS handshake, seconds."},
    {"session", "idle_s", CONF_U32, TOP(session_idle_s), "3600", 1, 31536000,
	"A session without PDUs is closed after this time, seconds. Its CIN and its numbers are "
	"kept."},
    {"session", "late_grace_s", CONF_U32, TOP(late_grace_s), "3600", 0, 604800,
	"A PDU whose own time lies in the warrant's window is still taken this long after the "
	"window's end, seconds."},
    {"session", "snapshot_s", CONF_U32, TOP(snapshot_s), "30", 1, 3600,
	"Interval of session state checkpoints, seconds."},
    {"spool", "segment_len", CONF_SIZE, TOP(segment_len), "64M", 1048576, UINT64_C(1) << 32,
	"Octets of one spool segment, a multiple of 4096. Larger than the longest PDU."},
    {"spool", "quota", CONF_SIZE, TOP(quota_len), "0", 0, UINT64_MAX,
	"Octets of segments per LEA; 0: no quota. Alarms at 50, 80 and 95 %."},
    {"spool", "free_floor", CONF_SIZE, TOP(free_floor_len), "256M", 0, UINT64_MAX,
	"Free space to keep on the file system. Under it nothing is read from network elements "
	"until space is there again."},
    {"spool", "commit_len", CONF_SIZE, TOP(commit_len), "1M", 4096, 1 << 30,
	"Commit a busy queue at this many octets."},
    {"spool", "commit_us", CONF_U32, TOP(commit_us), "5000", 100, 1000000,
	"Or after this time, microseconds. An idle one commits at once."},
    {"spool", "pending_max", CONF_SIZE, TOP(pending_max), "64M", 20971520, UINT64_C(1) << 34,
	"Octets in memory that wait for the disk."},
    {"spool", "segment_hash", CONF_BOOL, TOP(segment_hash), "true", 0, 0,
	"Record the SHA-256 of each spool segment of an agency in the audit log before the segment "
	"is used again. Costs a second reading of what was delivered, from memory."},
    {"spool", "read_moderation_us", CONF_U32, TOP(read_moderation_us), "200", 0, 100000,
	"Wait before the next read of a connection when the last one brought little, "
	"microseconds."},
    {"sandbox", "seccomp", CONF_STR, TOP(seccomp), "kill", 0, 0,
	"What happens to a role at a system call that it has no need of: kill ends it (the kernel "
	"logs the number of the call, the daemon logs ROLE-SYSCALL), log only writes it to the "
	"kernel log, off switches the filter off. Other than kill raises an alarm."},
};
#define CONF_OPT_N (sizeof(conf_opts) / sizeof(conf_opts[0]))

static const char *const conf_sections[] = {
    "listener", "hi", "trust", "vault", "log", "rest", "limits", "session", "spool", "sandbox"};
#define CONF_SECTION_N (sizeof(conf_sections) / sizeof(conf_sections[0]))
#define CONF_MEMORY_LEN (64 * 1024) /* more than any configuration takes */

static FILE *conf_err; /* where the parser's callback writes; only during conf_load */

static void __attribute__((format(printf, 2, 0)))
conf_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	fprintf(conf_err, "%s:%d: ", cfg && cfg->filename ? cfg->filename : "configuration",
	    cfg ? cfg->line : 0);
	vfprintf(conf_err, fmt, ap);
	fputc('\n', conf_err);
}

/* "64M" to octets.  Returns 0 or -EINVAL. */
static int
conf_number(const char *text, bool suffix, uint64_t *out)
{
	char *end;
	unsigned shift = 0;

	errno = 0;
	if (*text < '0' || *text > '9')
		return -EINVAL;
	*out = strtoull(text, &end, 10);
	if (errno != 0 || end == text)
		return -EINVAL;
	if (suffix && *end != '\0') {
		shift = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
		if (shift == 0 || end[1] != '\0' || *out > UINT64_MAX >> shift)
			return -EINVAL;
		*out <<= shift;
		return 0;
	}
	return *end == '\0' ? 0 : -EINVAL;
}

static const char *
conf_path(const struct conf_opt *o, char *buf, size_t cap)
{
	snprintf(buf, cap, "%s%s%s", o->section, *o->section ? "." : "", o->name);
	return buf;
}

/* Store the text of one option.  Returns 0 or -EINVAL after a message. */
static int
conf_store(void *base, const struct conf_opt *o, const char *text, const char *where)
{
	uint8_t *p = (uint8_t *)base + o->at;
	char name[128];
	uint64_t v = 0;

	if (o->type == CONF_STR) {
		char **s = (char **)(void *)p;

		free(*s);
		*s = text != NULL ? strdup(text) : NULL;
		return 0;
	}
	if (o->type == CONF_BOOL) {
		*(bool *)(void *)p = text != NULL && strcmp(text, "true") == 0;
		return 0;
	}
	if (conf_number(text, o->type == CONF_SIZE, &v) < 0 || v < o->min || v > o->max) {
		fprintf(conf_err, "%s: %s: '%s' is not a number from %llu to %llu%s\n", where,
		    conf_path(o, name, sizeof(name)), text, (unsigned long long)o->min,
		    (unsigned long long)o->max,
		    o->type == CONF_SIZE ? " (K, M or G may follow)" : "");
		return -EINVAL;
	}
	if (o->at == LIS(port) && strcmp(o->section, "listener") == 0)
		*(uint16_t *)(void *)p = (uint16_t)v;
	else if (o->type == CONF_U32 || o->at == TOP(commit_len))
		*(uint32_t *)(void *)p = (uint32_t)v;
	else
		*(uint64_t *)(void *)p = v;
	return 0;
}

/* libconfuse's view of one section of the table: strings and booleans only, numbers are checked by
 * conf_store. */
static size_t
conf_section_opts(const char *section, cfg_opt_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < CONF_OPT_N; i++) {
		const struct conf_opt *o = &conf_opts[i];

		if (strcmp(o->section, section) != 0)
			continue;
		if (o->type == CONF_BOOL)
			out[n++] = (cfg_opt_t)CFG_BOOL(o->name,
			    o->def && strcmp(o->def, "true") == 0 ? cfg_true : cfg_false,
			    CFGF_NONE);
		else
			out[n++] = (cfg_opt_t)CFG_STR(o->name, o->def, CFGF_NONE);
	}
	return n;
}

static int
conf_take(cfg_t *sec, const char *section, void *base, const char *file)
{
	int r = 0;

	for (size_t i = 0; i < CONF_OPT_N; i++) {
		const struct conf_opt *o = &conf_opts[i];
		const char *text;

		if (strcmp(o->section, section) != 0)
			continue;
		if (o->type == CONF_BOOL)
			text = cfg_getbool(sec, o->name) ? "true" : "false";
		else
			text = cfg_getstr(sec, o->name);
		if (conf_store(base, o, text, file) < 0)
			r = -EINVAL;
	}
	return r;
}

static int
conf_name_filter(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 5 && strcmp(d->d_name + n - 5, ".conf") == 0;
}

/* FILE and then FILE.d, into one tree.  Returns 0 or -1. */
static int
conf_parse(cfg_t *cfg, const char *file)
{
	struct dirent **names = NULL;
	char dir[4096], path[8192];
	int n, r = 0;

	switch (cfg_parse(cfg, file)) {
	case CFG_SUCCESS:
		break;
	case CFG_FILE_ERROR:
		fprintf(conf_err,
		    "%s: cannot be read: %s. Give the configuration file with --config.\n", file,
		    strerror(errno));
		return -1;
	default:
		fprintf(conf_err,
		    "%s: not accepted. Mend the line named above; mdfd.conf(5) lists the "
		    "options.\n",
		    file);
		return -1;
	}
	snprintf(dir, sizeof(dir), "%s.d", file);
	n = scandir(dir, &names, conf_name_filter, alphasort);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		if (r == 0 && cfg_parse(cfg, path) != CFG_SUCCESS) {
			fprintf(conf_err, "%s: not accepted\n", path);
			r = -1;
		}
		free(names[i]);
	}
	free(names);
	return r;
}

static bool
conf_address_ok(const char *a)
{
	struct in6_addr b;

	return a != NULL && (inet_pton(AF_INET, a, &b) == 1 || inet_pton(AF_INET6, a, &b) == 1);
}

static int
conf_check_listener(struct conf_listener *l, const char *file)
{
	l->clif = l->protocol && strcmp(l->protocol, "clif") == 0;
	if (!l->clif && (!l->protocol || strcmp(l->protocol, "x2x3") != 0)) {
		fprintf(conf_err, "%s: listener \"%s\": protocol is x2x3 or clif\n", file, l->name);
		return -1;
	}
	if (!conf_address_ok(l->address)) {
		fprintf(conf_err,
		    "%s: listener \"%s\": address '%s' is not a numeric IPv4 or IPv6 address\n",
		    file, l->name, l->address ? l->address : "(none)");
		return -1;
	}
	if (!l->x2 && !l->x3) {
		fprintf(conf_err,
		    "%s: listener \"%s\": takes neither X2 nor X3; set x2 or x3 to true\n", file,
		    l->name);
		return -1;
	}
	if (l->tls.cert == NULL || l->tls.key == NULL || l->tls.ca == NULL) {
		fprintf(conf_err,
		    "%s: listener \"%s\": cert, key and ca are needed: mutual TLS is never "
		    "optional on X2/X3\n",
		    file, l->name);
		return -1;
	}
	return 0;
}

/* A wildcard is every address. */
static bool
conf_address_shared(const char *a, const char *b)
{
	return strcmp(a, b) == 0 || strcmp(a, "0.0.0.0") == 0 || strcmp(a, "::") == 0 ||
	       strcmp(b, "0.0.0.0") == 0 || strcmp(b, "::") == 0;
}

/* The administration has an address of its own: U1 of the security design. */
static int
conf_check_apart(const struct conf *c, const char *option, const char *address, const char *file)
{
	for (size_t i = 0; i < c->listener_n && !c->lab; i++)
		if (conf_address_shared(address, c->listener[i].address)) {
			fprintf(conf_err,
			    "%s: rest.%s: %s is also the address of listener \"%s\"; give the "
			    "administration an address of its own (or set lab = true)\n",
			    file, option, address, c->listener[i].name);
			return -1;
		}
	return 0;
}

static int
conf_check_rest(const struct conf *c, const char *file)
{
	if (c->rest_address == NULL)
		return 0;
	if (!conf_address_ok(c->rest_address) || c->rest_port == 0 || c->rest_tls.cert == NULL ||
	    c->rest_tls.key == NULL) {
		fprintf(conf_err, "%s: rest: a numeric address, a port, cert and key are needed\n",
		    file);
		return -1;
	}
	return conf_check_apart(c, "address", c->rest_address, file);
}

static int
conf_check_agency(const struct conf *c, const char *file)
{
	if (c->agency_address == NULL)
		return 0;
	if (!conf_address_ok(c->agency_address) || c->agency_port == 0 ||
	    c->agency_tls.cert == NULL || c->agency_tls.key == NULL || c->agency_tls.ca == NULL) {
		fprintf(conf_err,
		    "%s: rest.agency_address: a numeric address, agency_port, agency_cert, "
		    "agency_key and agency_ca are needed\n",
		    file);
		return -1;
	}
	if (c->rest_address != NULL && c->rest_port == c->agency_port &&
	    conf_address_shared(c->rest_address, c->agency_address)) {
		fprintf(conf_err,
		    "%s: rest.agency_address: %s port %u is also that of rest.address; give the "
		    "agencies another address or agency_port\n",
		    file, c->agency_address, (unsigned)c->agency_port);
		return -1;
	}
	return conf_check_apart(c, "agency_address", c->agency_address, file);
}

static int
conf_check_sandbox(struct conf *c, const char *file)
{
	static const char *const modes[] = {
	    [SANDBOX_KILL] = "kill", [SANDBOX_LOG] = "log", [SANDBOX_OFF] = "off"};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (c->seccomp != NULL && strcmp(c->seccomp, modes[i]) == 0) {
			c->sandbox = (enum sandbox_mode)i;
			return 0;
		}
	fprintf(conf_err, "%s: sandbox.seccomp is kill, log or off\n", file);
	return -1;
}

static int
conf_check(struct conf *c, const char *file)
{
	if (conf_check_sandbox(c, file) < 0)
		return -1;
	for (size_t i = 0; i < c->listener_n; i++)
		if (conf_check_listener(&c->listener[i], file) < 0)
			return -1;
	if (conf_check_rest(c, file) < 0 || conf_check_agency(c, file) < 0)
		return -1;
	if (c->segment_len % 4096 != 0) {
		fprintf(conf_err, "%s: spool.segment_len: must be a multiple of 4096\n", file);
		return -1;
	}
	if (c->segment_len < (uint64_t)c->header_max + c->payload_max + 65536) {
		fprintf(conf_err,
		    "%s: spool.segment_len: must exceed limits.header_max + limits.payload_max by "
		    "64K, or a PDU would not fit; raise it or lower the limits\n",
		    file);
		return -1;
	}
	if ((c->trust_root != NULL) == c->trust_unsigned) {
		fprintf(conf_err,
		    c->trust_unsigned
			? "%s: trust.root and trust.unsigned exclude each other; remove one\n"
			: "%s: trust.root is needed: the public key that the key list of persons "
			  "is "
			  "rooted in; a laboratory may set trust.unsigned\n",
		    file);
		return -1;
	}
	return 0;
}

static int
conf_take_all(struct conf *c, cfg_t *cfg, const char *file)
{
	int r = conf_take(cfg, "", c, file);
	cfg_opt_t *uids = cfg_getopt(cfg, "control_uids");

	for (unsigned i = 0; i < cfg_opt_size(uids) && i < 16; i++)
		c->control_uids[c->control_uids_n++] = (unsigned)cfg_opt_getnint(uids, i);
	for (size_t s = 1; s < CONF_SECTION_N; s++)
		r |= conf_take(cfg_getsec(cfg, conf_sections[s]), conf_sections[s], c, file);
	for (unsigned i = 0; i < cfg_size(cfg, "listener"); i++) {
		cfg_t *sec = cfg_getnsec(cfg, "listener", i);
		struct conf_listener *l = &c->listener[c->listener_n];

		if (c->listener_n == CONF_LISTENERS_MAX) {
			fprintf(conf_err, "%s: more than %d listeners\n", file, CONF_LISTENERS_MAX);
			return -1;
		}
		c->listener_n++;
		l->name = strdup(cfg_title(sec));
		r |= conf_take(sec, "listener", l, file);
	}
	return r != 0 ? -1 : conf_check(c, file);
}

/* libconfuse does not look whether it got memory: here the process ends with MEMORY. */
static void
conf_memory(void)
{
	void *volatile p = malloc(CONF_MEMORY_LEN);

	if (p == NULL)
		log_fatal("MEMORY", "no memory for the configuration");
	free(p);
}

struct conf *
conf_load(const char *file, FILE *err)
{
	cfg_opt_t opts[CONF_OPT_N + 8], sub[CONF_SECTION_N][CONF_OPT_N + 1];
	cfg_opt_t end = CFG_END();
	struct conf *c = calloc(1, sizeof(*c));
	size_t n = conf_section_opts("", opts);
	cfg_t *cfg;
	int r;

	assert(c != NULL);
	conf_memory();
	conf_err = err;
	opts[n++] = (cfg_opt_t)CFG_INT_LIST("control_uids", NULL, CFGF_NONE);
	for (size_t s = 0; s < CONF_SECTION_N; s++) {
		sub[s][conf_section_opts(conf_sections[s], sub[s])] = end;
		opts[n++] = (cfg_opt_t)CFG_SEC(conf_sections[s], sub[s],
		    s == 0 ? CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES : CFGF_NONE);
	}
	opts[n] = end;
	cfg = cfg_init(opts, CFGF_NONE);
	if (cfg == NULL)
		log_fatal("MEMORY", "no memory for the configuration");
	cfg_set_error_function(cfg, conf_error);
	r = conf_parse(cfg, file);
	if (r == 0)
		r = conf_take_all(c, cfg, file);
	cfg_free(cfg);
	if (r != 0) {
		conf_free(c);
		return NULL;
	}
	c->path = strdup(file);
	return c;
}

static void
conf_free_strings(void *base, bool listener)
{
	for (size_t i = 0; i < CONF_OPT_N; i++)
		if (conf_opts[i].type == CONF_STR &&
		    (strcmp(conf_opts[i].section, "listener") == 0) == listener)
			free(*(char **)(void *)((uint8_t *)base + conf_opts[i].at));
}

void
conf_free(struct conf *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->listener_n; i++) {
		free(c->listener[i].name);
		conf_free_strings(&c->listener[i], true);
	}
	conf_free_strings(c, false);
	free(c->path);
	free(c);
}

static void
conf_dump_opt(const struct conf_opt *o, const void *base, const char *indent, FILE *out)
{
	const uint8_t *p = (const uint8_t *)base + o->at;

	if (o->type == CONF_STR) {
		const char *s = *(char *const *)(const void *)p;

		if (s != NULL)
			fprintf(out, "%s%s = \"%s\"\n", indent, o->name, s);
		return;
	}
	if (o->type == CONF_BOOL)
		fprintf(out, "%s%s = %s\n", indent, o->name, *(const bool *)p ? "true" : "false");
	else if (o->at == LIS(port) && strcmp(o->section, "listener") == 0)
		fprintf(out, "%s%s = %u\n", indent, o->name, *(const uint16_t *)(const void *)p);
	else if (o->type == CONF_U32 || o->at == TOP(commit_len))
		fprintf(out, "%s%s = %u\n", indent, o->name, *(const uint32_t *)(const void *)p);
	else
		fprintf(out, "%s%s = %llu\n", indent, o->name,
		    (unsigned long long)*(const uint64_t *)(const void *)p);
}

static void
conf_dump_section(const char *section, const void *base, const char *indent, FILE *out)
{
	for (size_t i = 0; i < CONF_OPT_N; i++)
		if (strcmp(conf_opts[i].section, section) == 0)
			conf_dump_opt(&conf_opts[i], base, indent, out);
}

void
conf_dump(const struct conf *c, FILE *out)
{
	conf_dump_section("", c, "", out);
	fprintf(out, "control_uids = {");
	for (unsigned i = 0; i < c->control_uids_n; i++)
		fprintf(out, "%s%u", i ? ", " : "", c->control_uids[i]);
	fprintf(out, "}\n");
	for (size_t i = 0; i < c->listener_n; i++) {
		fprintf(out, "listener \"%s\" {\n", c->listener[i].name);
		conf_dump_section("listener", &c->listener[i], "\t", out);
		fprintf(out, "}\n");
	}
	for (size_t s = 1; s < CONF_SECTION_N; s++) {
		fprintf(out, "%s {\n", conf_sections[s]);
		conf_dump_section(conf_sections[s], c, "\t", out);
		fprintf(out, "}\n");
	}
}

void
conf_man(FILE *out)
{
	const char *section = "";

	fprintf(out,
	    ".TH MDFD.CONF 5\n.SH NAME\nmdfd.conf \\- configuration of mdfd(8)\n.SH DESCRIPTION\n"
	    "What needs a restart: listeners, paths, certificates, limits. Warrants, agencies and "
	    "network elements are kept in the\n"
	    "database and changed with mdfctl(1). Files of mdfd.conf.d that end in .conf are read "
	    "after it, in order of name.\n"
	    "A list of numbers \\fBcontrol_uids\\fR at the top level names the user ids that may "
	    "use the control socket besides root.\n");
	for (size_t i = 0; i < CONF_OPT_N; i++) {
		const struct conf_opt *o = &conf_opts[i];

		if (i == 0 || strcmp(section, o->section) != 0) {
			section = o->section;
			if (*section == '\0')
				fprintf(out, ".SH OPTIONS\n");
			else
				fprintf(out, ".SH SECTION %s%s\n", section,
				    strcmp(section, "listener") == 0 ? " \"name\" (repeatable)"
								     : "");
		}
		fprintf(out, ".TP\n.B %s\n%s", o->name, o->help);
		if (o->def != NULL)
			fprintf(out, " Default: %s.", o->def);
		fprintf(out, "\n");
	}
}
