/* SPDX-License-Identifier: Apache-2.0 */
/* The root element of a conference notification (application/conference-info+xml, RFC 4575 4
 * and 5.3): which conference it is, and whether that still exists.  Not an XML parser. */
#ifndef SESSION_CONFERENCE_H
#define SESSION_CONFERENCE_H

#include "session/sip.h"

/* Sets conference and conference_over of M, a NOTIFY with such a body; leaves others as they are.
 */
void conference_read(struct sip_msg *m);

#endif
