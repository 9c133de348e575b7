/* SPDX-License-Identifier: Apache-2.0 */
/* E-mail: what the header of a message and the addresses of its PDU tell.  RFC 5322; TS 102 232-2,
 * EmailIRI. */
#ifndef SESSION_MAIL_H
#define SESSION_MAIL_H

#include "session/message.h"

/* Fill p->detail.mail from header H: ends, protocol, event by direction and protocol, parties, ID.
 */
void mail_read(struct payload *p, const struct message_head *h);

/* The ends alone: addresses and ports of the PDU, protocol by the server's port. */
void mail_ends(const struct x23_pdu *pdu, struct li_mail *m);

#endif
