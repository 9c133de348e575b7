/* SPDX-License-Identifier: Apache-2.0 */
/* What a receiver wants to know of one PS-PDU: header, kind, and the payloads with their content,
 * from the decoded tree. */
#ifndef LEMF_PDU_H
#define LEMF_PDU_H

#include "lemf_decode.h"

enum lemf_class {
	LEMF_IRI,
	LEMF_CC,
	LEMF_TRI,
	LEMF_OTHER /* HI1, HI4, ILHI, encrypted, unreadable */
};

/* What the content octets of a payload are. */
enum lemf_body {
	LEMF_BODY_NONE,
	LEMF_BODY_IP,
	LEMF_BODY_SIP,
	LEMF_BODY_RTP,
	LEMF_BODY_UDP,
	LEMF_BODY_TCP,
	LEMF_BODY_AUDIO,
	LEMF_BODY_ETHERNET,
	LEMF_BODY_GTPU,
	LEMF_BODY_OTHER
};

#define LEMF_NO_TIME INT64_MIN
#define LEMF_LIID_TEXT 64 /* printable LIID, or hex after "0x" */

struct lemf_head {
	struct octets liid;
	char liid_text[LEMF_LIID_TEXT];
	bool has_seq, has_cin;
	uint32_t cin, seq;
	int64_t time_us; /* microseconds since 1970, LEMF_NO_TIME */
	enum lemf_class cls;
	const char *kind; /* "iRIPayloadSequence", ..., for TRI the TRI kind; "?" */
	bool keepalive, option_request, ack_request; /* what the receiver answers */
};

struct lemf_item {
	const struct lemf_node *node; /* the CCPayload or IRIPayload */
	const char *kind;	      /* "iPCC", "iPMMIRI", ... */
	const char *direction;	      /* or NULL */
	const char *iri_type;	      /* or NULL */
	const char *event;	      /* TS 33.128 event or CCPDU arm, or NULL */
	uint32_t event_tag;
	char oid[64]; /* of the service structure, "" when none */
	int64_t time_us;
	enum lemf_body body;
	struct octets content; /* valid as long as the tree */
	struct octets src,
	    dst; /* addresses beside the content (SIP): 4 or 16 octets, or text; n 0: unknown */
	struct octets stream; /* streamIdentifier */
};

struct lemf_pdu {
	struct lemf_tree tree;
	struct lemf_head head;
};

void lemf_pdu_init(struct lemf_pdu *p);
void lemf_pdu_fini(struct lemf_pdu *p);

/* Decode RAW (borrowed while P is used) and fill the header.  Returns 0, or -EBADMSG: not readable
 * as a whole; what could be read is there. */
int lemf_pdu_decode(struct lemf_pdu *p, struct octets raw);

/* The next payload of an IRI or CC PDU: give NULL first, then the item's node.  Returns false when
 * there is none. */
bool lemf_pdu_item(const struct lemf_pdu *p, const struct lemf_node *after, struct lemf_item *item);

const char *lemf_class_name(enum lemf_class cls);
const char *lemf_body_name(enum lemf_body body);
/* Printable ASCII as it is, anything else as 0x and hex; never more than LEN. */
char *lemf_liid_format(struct octets liid, char *buf, size_t len);

#endif
