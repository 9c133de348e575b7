/* SPDX-License-Identifier: Apache-2.0 */
/* What a receiver wants to know of one PS-PDU: header, kind, and the payloads with their content,
 * from the decoded tree. */
#ifndef LEMF_PDU_H
#define LEMF_PDU_H

#include "lemf_crypt.h"
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
	LEMF_BODY_PPP,
	LEMF_BODY_L2TP, /* also L2F: both in UDP 1701 */
	LEMF_BODY_RADIUS,
	LEMF_BODY_DHCP,
	LEMF_BODY_DHCP6,
	LEMF_BODY_DIAMETER,
	LEMF_BODY_MSRP,
	LEMF_BODY_UDPTL,
	LEMF_BODY_MAIL,	   /* RFC 5322 message */
	LEMF_BODY_MESSAGE, /* by its content type */
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
	bool encrypted;	  /* came in an EncryptionContainer and was decrypted */
	uint64_t counter; /* byteCounter then */
};

/* Of a MessagingIRI, MessagingCC or MessagingMMCC. */
struct lemf_message {
	struct octets type; /* MIME type, n 0: not said */
	bool has_event, has_content, has_seq, last;
	uint32_t event, content, seq;
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
	uint64_t orig_len;    /* of a packet that was cut; 0: not known, or not cut */
	bool has_summary;     /* summary report of a flow: CONTENT is its header */
	uint64_t packet_n, octet_n;
	const char *trigger;
	struct lemf_message message;
};

struct lemf_pdu {
	struct lemf_tree tree; /* of a decrypted PDU: of its octets in the clear */
	struct lemf_head head;
	const struct lemf_key *key; /* borrowed; NULL: encrypted PDUs stay closed */
	uint8_t *clear;		    /* the PDU in the clear; owned */
};

void lemf_pdu_init(struct lemf_pdu *p);
void lemf_pdu_fini(struct lemf_pdu *p);

/* Decode RAW (borrowed while P is used) and fill the header.  With P->key an EncryptionContainer is
 * opened and its payload stands in its place; faults of both are kept.  Returns 0, or -EBADMSG: not
 * readable as a whole; what could be read is there. */
int lemf_pdu_decode(struct lemf_pdu *p, struct octets raw);

/* The next payload of an IRI or CC PDU: give NULL first, then the item's node.  Returns false when
 * there is none. */
bool lemf_pdu_item(const struct lemf_pdu *p, const struct lemf_node *after, struct lemf_item *item);

/* Fill IT from the service structure S (arm of CCContents or IRIContents): for lemf_pdu.c. */
void lemf_item_fill(
    struct lemf_item *it, const struct lemf_tree *t, const struct lemf_node *service);
/* What the octets look like: IP, DHCP, RADIUS, Diameter, MSRP, RTP, or other. */
enum lemf_body lemf_item_guess(struct octets in);

const char *lemf_class_name(enum lemf_class cls);
const char *lemf_body_name(enum lemf_body body);
/* Printable ASCII as it is, anything else as 0x and hex; never more than LEN. */
char *lemf_liid_format(struct octets liid, char *buf, size_t len);

#endif
