/* SPDX-License-Identifier: Apache-2.0 */
/* The files of the web UI; see rest_web.h. */
#include "admin/rest_web.h"

#include "base/log.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <event2/buffer.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define REST_WEB_HASH_MIN 8 /* characters of the hash in the name of a file that never changes */
#define REST_WEB_CSP                                                                               \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "                \
	"connect-src 'self'; font-src 'none'; form-action 'self'; base-uri 'none'; "               \
	"frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

enum rest_web_code {
	WEB_PLAIN,
	WEB_GZIP,
	WEB_BR,
	WEB_CODES
};

static const struct {
	const char *ending, *token;
} web_codes[WEB_CODES] = {{"", "identity"}, {".gz", "gzip"}, {".br", "br"}};

static const struct {
	const char *ending, *type;
} web_types[] = {{".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"}, {".json", "application/json"}, {".svg", "image/svg+xml"},
    {".png", "image/png"}, {".ico", "image/x-icon"}, {".txt", "text/plain; charset=utf-8"}};
#define WEB_TYPES (sizeof(web_types) / sizeof(web_types[0]))

struct rest_web_file {
	char path[REST_WEB_NAME + 1]; /* "/assets/NAME.HASH.js" */
	const char *type;
	bool lasting; /* another content has another name */
	struct {
		uint8_t *data; /* NULL: there is no such copy */
		size_t len;
	} as[WEB_CODES];
};

struct rest_web {
	struct rest_web_file file[REST_WEB_FILES];
	size_t n, octets;
};

/* ---- reading */

static int __attribute__((format(printf, 1, 2))) web_fault(const char *fmt, ...)
{
	char why[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	log_err("REST-WEB", "%s; install the web UI again, or set rest.web = \"\"", why);
	return -EINVAL;
}

static bool
web_ends(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);

	return n > m && strcmp(name + n - m, ending) == 0;
}

/* In assets/, with a hash before the ending. */
static bool
web_lasting(const char *path)
{
	const char *end = strrchr(path, '.'), *dot = end;

	if (strncmp(path, "/assets/", 8) != 0 || end == NULL)
		return false;
	while (dot > path && dot[-1] != '.' && dot[-1] != '/')
		dot--;
	return dot[-1] == '.' && end - dot >= REST_WEB_HASH_MIN;
}

/* The entry of PATH (without the ending of a copy); NULL after logging. */
static struct rest_web_file *
web_entry(struct rest_web *w, const char *path)
{
	struct rest_web_file *f;

	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->file[i].path, path) == 0)
			return &w->file[i];
	if (w->n == REST_WEB_FILES) {
		web_fault("%s: there are more than %d files", path, REST_WEB_FILES);
		return NULL;
	}
	f = &w->file[w->n];
	for (size_t i = 0; i < WEB_TYPES; i++)
		if (web_ends(path, web_types[i].ending))
			f->type = web_types[i].type;
	if (f->type == NULL) {
		web_fault("%s: the type of this file is not known", path);
		return NULL;
	}
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->lasting = web_lasting(path);
	w->n++;
	return f;
}

/* All of FD, which is open.  Returns 0 or -errno; -EFBIG: more than the limit of all. */
static int
web_read(struct rest_web *w, int fd, uint8_t **data, size_t *len)
{
	struct stat st;
	size_t at = 0;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size < 0 || (uint64_t)st.st_size > REST_WEB_OCTETS - w->octets)
		return -EFBIG;
	*len = (size_t)st.st_size;
	*data = malloc(*len + 1);
	assert(*data != NULL);
	while (at < *len) {
		ssize_t n = read(fd, *data + at, *len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			int e = n < 0 ? -errno : -EIO;

			free(*data);
			*data = NULL;
			return e;
		}
		at += (size_t)n;
	}
	w->octets += *len;
	return 0;
}

/* The file NAME of folder DIR, which is PATH for a browser. */
static int
web_file(struct rest_web *w, int dir, const char *name, const char *path)
{
	enum rest_web_code code = WEB_PLAIN;
	char plain[REST_WEB_NAME + 1];
	struct rest_web_file *f;
	int fd, r;

	for (enum rest_web_code c = WEB_GZIP; c < WEB_CODES; c++)
		if (web_ends(path, web_codes[c].ending))
			code = c;
	snprintf(plain, sizeof(plain), "%.*s", (int)(strlen(path) - strlen(web_codes[code].ending)),
	    path);
	if ((f = web_entry(w, plain)) == NULL)
		return -EINVAL;
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return web_fault("%s cannot be read: %s", path, strerror(errno));
	r = web_read(w, fd, &f->as[code].data, &f->as[code].len);
	close(fd);
	if (r == -EFBIG)
		return web_fault("%s: all files together have more than %u octets", path,
		    (unsigned)REST_WEB_OCTETS);
	if (r == -EINVAL)
		return web_fault("%s is no file", path);
	return r < 0 ? web_fault("%s cannot be read: %s", path, strerror(-r)) : 0;
}

/* A name that a path can hold as it is. */
static bool
web_name_ok(const char *name)
{
	size_t n =
	    strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

	return n > 0 && name[n] == '\0' && name[0] != '.';
}

/* Everything in folder FD (closed here), which is PATH for a browser. */
static int
web_folder(struct rest_web *w, int fd, const char *path, int depth)
{
	DIR *d = fdopendir(fd);
	struct dirent *e;
	int r = 0;

	if (d == NULL) {
		close(fd);
		return web_fault("%s/ cannot be read: %s", path, strerror(errno));
	}
	while (r == 0 && (errno = 0, e = readdir(d)) != NULL) {
		char below[REST_WEB_NAME + 1];
		int sub;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (!web_name_ok(e->d_name) || snprintf(below, sizeof(below), "%s/%s", path,
						   e->d_name) >= (int)sizeof(below)) {
			r = web_fault("%s/%.100s: a name has letters, digits, '.', '_' and '-'",
			    path, e->d_name);
			continue;
		}
		sub = openat(fd, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (sub < 0)
			r = web_file(w, fd, e->d_name, below);
		else if (depth < REST_WEB_DEPTH)
			r = web_folder(w, sub, below, depth + 1);
		else {
			close(sub);
			r = web_fault(
			    "%s: more than %d folders within one another", below, REST_WEB_DEPTH);
		}
	}
	if (r == 0 && errno != 0)
		r = web_fault("%s/ cannot be read: %s", path, strerror(errno));
	closedir(d);
	return r;
}

/* Are there a first page, and what the copies are copies of? */
static int
web_whole(const struct rest_web *w, const char *dir)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->file[i].as[WEB_PLAIN].data == NULL)
			return web_fault(
			    "%s: there is only a compressed copy of %s", dir, w->file[i].path);
	return rest_web_find(w, "/") == NULL ? web_fault("%s: there is no index.html", dir) : 0;
}

int
rest_web_load(const char *dir, struct rest_web **out)
{
	int fd;

	*out = NULL;
	if (dir == NULL || dir[0] == '\0')
		return 0;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && strcmp(dir, CONF_WEB) == 0) {
		log_notice("REST-WEB-NONE", "%s is not there: no web UI", dir);
		return 0;
	}
	if (fd < 0)
		return web_fault("%s cannot be read: %s", dir, strerror(errno));
	*out = calloc(1, sizeof(**out));
	assert(*out != NULL);
	if (web_folder(*out, fd, "", 0) < 0 || web_whole(*out, dir) < 0) {
		rest_web_free(*out);
		*out = NULL;
		return -EINVAL;
	}
	log_notice("REST-WEB-OPEN", "%s: %zu files, %zu octets", dir, (*out)->n, (*out)->octets);
	return 0;
}

void
rest_web_free(struct rest_web *w)
{
	for (size_t i = 0; w != NULL && i < w->n; i++)
		for (size_t c = 0; c < WEB_CODES; c++)
			free(w->file[i].as[c].data);
	free(w);
}

const struct rest_web_file *
rest_web_find(const struct rest_web *w, const char *path)
{
	if (strcmp(path, "/") == 0)
		path = "/index.html";
	for (size_t i = 0; w != NULL && i < w->n; i++)
		if (strcmp(w->file[i].path, path) == 0)
			return &w->file[i];
	return NULL;
}

/* ---- answering */

/* Does the list HEADER (RFC 9110, 12.5.3; NULL: not sent) take TOKEN? */
static bool
web_takes(const char *header, const char *token)
{
	bool any = false;

	while (header != NULL && *header != '\0') {
		size_t n, all;
		const char *q;
		bool good;

		header += strspn(header, ", \t");
		n = strcspn(header, ",; \t");
		all = strcspn(header, ",");
		q = strchr(header, '=');
		good = q == NULL || q > header + all || strtod(q + 1, NULL) > 0;
		if (n == strlen(token) && strncasecmp(header, token, n) == 0)
			return good;
		if (n == 1 && *header == '*')
			any = good;
		header += all;
	}
	return any;
}

void
rest_web_reply(
    struct rest *r, struct evhttp_request *req, enum rest_method m, const struct rest_web_file *f)
{
	const char *takes =
	    evhttp_find_header(evhttp_request_get_input_headers(req), "Accept-Encoding");
	struct evbuffer *b = evbuffer_new();
	size_t code = WEB_CODES - 1;

	assert(b != NULL);
	while (code > WEB_PLAIN &&
	       (f->as[code].data == NULL || !web_takes(takes, web_codes[code].token)))
		code--;
	rest_headers(
	    req, f->lasting ? "public, max-age=31536000, immutable" : "no-store", REST_WEB_CSP);
	rest_header(req, "Content-Type", "%s", f->type);
	rest_header(req, "Vary", "Accept-Encoding");
	if (code != WEB_PLAIN)
		rest_header(req, "Content-Encoding", "%s", web_codes[code].token);
	if (m == REST_HEAD)
		rest_header(req, "Content-Length", "%zu", f->as[code].len);
	else /* the table outlives the connections */
		evbuffer_add_reference(b, f->as[code].data, f->as[code].len, NULL, NULL);
	r->stats.requests[2]++;
	evhttp_send_reply(req, 200, rest_status_text(200), b);
	evbuffer_free(b);
}
