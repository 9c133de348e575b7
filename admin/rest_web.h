/* SPDX-License-Identifier: Apache-2.0 */
/* The web UI: the files of one folder, all in memory before the sandbox closes.  A request is
 * looked up in the table of their names and never reaches the file system. */
#ifndef ADMIN_REST_WEB_H
#define ADMIN_REST_WEB_H

#include "admin/rest_priv.h"

#define REST_WEB_FILES 200	   /* without those that are only compressed copies */
#define REST_WEB_OCTETS (8u << 20) /* of all, copies included */
#define REST_WEB_DEPTH 4	   /* folders within one another */
#define REST_WEB_NAME 160	   /* characters of a path */

struct rest_web;
struct rest_web_file;

/* Read all files of DIR.  *OUT is new (rest_web_free), or NULL when DIR is NULL, "", or the folder
 * of the installation and that is not there.  Returns 0, or -EINVAL after logging what is wrong. */
int rest_web_load(const char *dir, struct rest_web **out);
void rest_web_free(struct rest_web *w);
/* The file that PATH (as it came, percent-encoded) names exactly; NULL: none.  W may be NULL. */
const struct rest_web_file *rest_web_find(const struct rest_web *w, const char *path);
/* Answer with F, in the encoding that the request takes.  Finishes REQ. */
void rest_web_reply(
    struct rest *r, struct evhttp_request *req, enum rest_method m, const struct rest_web_file *f);

#endif
