/* SPDX-License-Identifier: Apache-2.0 */
/* Where the certificate and the key of the deliver role of an agency are. */
#ifndef DELIVERY_HI_FILES_H
#define DELIVERY_HI_FILES_H

#include "base/sandbox.h"
#include "role.h"

/* <hi_dir>/<lea>.crt and .key, to CERT and KEY of CAP octets, when both are there; names that would
 * leave the folder are not used. */
bool hi_files_own(const struct role *r, char *cert, char *key, size_t cap);
/* The folder of FILE (NULL: none), for the sandbox: certificates are replaced by renaming.  BUF of
 * CAP octets holds it. */
struct sandbox_path hi_files_folder(const char *file, char *buf, size_t cap);

#endif
