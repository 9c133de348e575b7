/* SPDX-License-Identifier: Apache-2.0 */
/* Events of mail and message systems that have no message of their own: logon, logoff, failure,
 * read, delete.  Our own form: a MIME payload of the type below, one flat JSON object (RFC 8259) in
 * UTF-8. "service"     "email" or "messaging"; required "event"       required; see docs/events.md
 * for the words "status"      "succeeded" "failed"; else unknown "protocol"    "smtp" "pop3"
 * "imap4" "webmail"; else by port "user"        name that logged on "from"        sender; "to":
 * recipient or array of recipients "message_id"  ID of the message concerned "subject"     of that
 * message "session"     names the chat that it belongs to "octets_sent", "octets_received"  by the
 * client, numbers Other members are ignored; the addresses and ports are attributes of the PDU. */
#ifndef SESSION_PAYLOAD_EVENT_H
#define SESSION_PAYLOAD_EVENT_H

#include "session/payload.h"

#define PAYLOAD_EVENT_TYPE "application/vnd.openmdf.event+json"

/* Make an IRI of the event BODY.  False: it is none. */
bool payload_event(struct payload *p, struct octets body);

#endif
