/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_files.h. */
#include "lemf_files.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

struct file {
	struct file *next;
	char name[96]; /* without folder and session */
};

struct lemf_files {
	const char *dir, *session;
	struct file *list;
	unsigned n;
};

static const struct {
	const char *type, *ending; /* a type that ends with '/' stands for all its subtypes */
} endings[] = {
    {"message/rfc822", "eml"},
    {"message/cpim", "cpim"},
    {"message/", "eml"},
    {"multipart/", "eml"},
    {"text/plain", "txt"},
    {"text/html", "html"},
    {"text/", "txt"},
    {"application/vnd.wap.mms-message", "mms"},
    {"application/vnd.3gpp.sms", "sms"},
    {"application/xml", "xml"},
    {"application/json", "json"},
    {"image/jpeg", "jpg"},
    {"image/png", "png"},
    {"image/gif", "gif"},
    {"audio/amr", "amr"},
    {"video/mp4", "mp4"},
};

const char *
lemf_files_ending(struct octets type)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t n = strlen(endings[i].type);

		if (type.n < n || strncasecmp((const char *)type.p, endings[i].type, n) != 0)
			continue;
		if (endings[i].type[n - 1] == '/' || type.n == n || type.p[n] == ';' ||
		    type.p[n] == ' ')
			return endings[i].ending;
	}
	return "bin";
}

struct lemf_files *
lemf_files_new(const char *dir, const char *name)
{
	struct lemf_files *f = calloc(1, sizeof(*f));

	assert(f);
	f->dir = dir;
	f->session = name;
	return f;
}

unsigned
lemf_files_free(struct lemf_files *f)
{
	unsigned n = f ? f->n : 0;
	struct file *one;

	while (f && (one = f->list)) {
		f->list = one->next;
		free(one);
	}
	free(f);
	return n;
}

/* Was NAME written before? Else note it. */
static bool
known(struct lemf_files *f, const char *name)
{
	struct file *one;

	for (one = f->list; one; one = one->next)
		if (!strcmp(one->name, name))
			return true;
	one = calloc(1, sizeof(*one));
	assert(one);
	snprintf(one->name, sizeof(one->name), "%s", name);
	one->next = f->list;
	f->list = one;
	f->n++;
	return false;
}

static void
make_name(char *buf, size_t len, enum lemf_class cls, uint32_t seq, const struct lemf_item *it)
{
	const struct lemf_message *m = &it->message;

	if (it->body == LEMF_BODY_MAIL)
		snprintf(buf, len, "mail_%s%" PRIu32 ".eml", lemf_class_name(cls), seq);
	else if (m->has_event && m->has_seq)
		snprintf(buf, len, "message_%" PRIu32 "_%" PRIu32 ".%s", m->event, m->content,
		    lemf_files_ending(m->type));
	else
		snprintf(buf, len, "message_%s%" PRIu32 ".%s", lemf_class_name(cls), seq,
		    lemf_files_ending(m->type));
}

int
lemf_files_item(struct lemf_files *f, enum lemf_class cls, uint32_t seq, const struct lemf_item *it)
{
	char name[96], path[4096];
	FILE *out;
	int rc = 0;

	if ((it->body != LEMF_BODY_MAIL && it->body != LEMF_BODY_MESSAGE) || !it->content.n)
		return 0;
	make_name(name, sizeof(name), cls, seq, it);
	if (snprintf(path, sizeof(path), "%s/%s_%s", f->dir, f->session, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	out = fopen(path, known(f, name) ? "abe" : "wbe");
	if (!out)
		return -errno;
	if (fwrite(it->content.p, 1, it->content.n, out) != it->content.n)
		rc = -EIO;
	if (fclose(out) && !rc)
		rc = -errno;
	return rc;
}
