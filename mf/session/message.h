/* SPDX-License-Identifier: Apache-2.0 */
/* What the formats of short, multimedia and chat messages tell about a message: who, to whom, what
 * becomes of it.  Each reader fills p->detail.message as far as BODY tells it, composes texts in
 * the scratch of P, and is true when BODY is of its format.  Not done here: content. */
#ifndef SESSION_MESSAGE_H
#define SESSION_MESSAGE_H

#include "session/payload.h"

enum message_party { /* Messaging-Party-Qualifier */
	MESSAGE_UNKNOWN = 0,
	MESSAGE_ORIGINATING = 1,
	MESSAGE_TERMINATING = 2,
	MESSAGE_ASSOCIATED = 3
};
enum message_copy { /* Messaging-Copy-Qualifier */
	MESSAGE_TO = 1,
	MESSAGE_CC = 2,
	MESSAGE_BCC = 3,
	MESSAGE_NO_COPY = 255
};
enum message_category { /* of Messaging-Event-Category, with the events that are used */
	MESSAGE_NO_CATEGORY = 255,
	MESSAGE_MESSAGE = 0,
	MESSAGE_DEPOSIT = 1,
	MESSAGE_RETRIEVE = 2,
	MESSAGE_DELETE = 3,
	MESSAGE_BOX = 1,
	MESSAGE_LOGIN = 1,
	MESSAGE_LOGOUT = 2,
	MESSAGE_NOTIFICATION = 2,
	MESSAGE_N_SMS = 1,
	MESSAGE_N_MMS = 7,
	MESSAGE_N_GENERIC = 8
};
enum message_status { /* Messaging-Status */
	MESSAGE_STATUS_UNKNOWN = 0,
	MESSAGE_FAILED = 2,
	MESSAGE_SUCCEEDED = 3
};

/* Add a party.  ADDRESS: URI, e-mail address, number or name, with or without <> and display name;
 * the arm of its identity follows from its form. */
void message_party(
    struct payload *p, enum message_party q, enum message_copy c, struct octets address);

/* Header fields in front of ENTITY that tell of a message (RFC 5322 names, also those of RFC 3862).
 * Takes them off; true when there was one at least. */
struct message_head {
	struct octets type, encoding; /* Content-Type, Content-Transfer-Encoding */
	struct octets from, to, cc, bcc, date, subject, message_id;
	struct octets chat; /* Conversation-ID, Contribution-ID */
	bool any;
};
bool message_head(struct octets *entity, struct message_head *h);

/* Parties, subject and ID of H. */
void message_head_read(struct payload *p, const struct message_head *h);

/* message/cpim, RFC 3862, with imdn.Message-ID of RFC 5438; a disposition notification becomes a
 * message-notification. */
bool message_cpim(struct payload *p, struct octets body);
/* application/vnd.3gpp.sms: an RPDU of TS 24.011 7.3, or the TPDU of TS 23.040 9.2 itself. */
bool message_sms(struct payload *p, struct octets body);
/* application/vnd.wap.mms-message: headers of an MMS PDU, OMA MMS encapsulation 1.3, clause 7. */
bool message_mms(struct payload *p, struct octets body);

#endif
