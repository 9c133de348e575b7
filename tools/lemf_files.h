/* SPDX-License-Identifier: Apache-2.0 */
/* Mails and messages of one session as files: .eml, or by content type.  Parts of one content
 * (parts of a message, segments of a PDU) are joined in the order in which they are given. */
#ifndef LEMF_FILES_H
#define LEMF_FILES_H

#include "lemf_pdu.h"

struct lemf_files;

/* Files go to DIR, their names begin with NAME (both borrowed). */
struct lemf_files *lemf_files_new(const char *dir, const char *name);
/* Closes nothing: each file is complete when the call that wrote it returns.  Returns their number.
 */
unsigned lemf_files_free(struct lemf_files *f);

/* Write or append the content of IT (LEMF_BODY_MAIL or LEMF_BODY_MESSAGE; others are ignored). SEQ:
 * number of its PDU, or of the first PDU of its segments.  Returns 0 or -errno. */
int lemf_files_item(
    struct lemf_files *f, enum lemf_class cls, uint32_t seq, const struct lemf_item *it);

/* Ending of a file for a MIME type ("eml", "txt", ... "bin"). */
const char *lemf_files_ending(struct octets type);

#endif
