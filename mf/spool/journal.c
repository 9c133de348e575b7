/* SPDX-License-Identifier: Apache-2.0 */
/* Names and hints of journal kinds and reject codes.  The names are stable: CLI, REST, log and
 * database use them. */
#include "spool/journal.h"

struct reason {
	const char *name, *hint;
};

static const struct reason reasons[REJECT_CODE_N] = {
    [REJECT_NONE] = {"NONE", "Nothing was wrong."},
    [REJECT_XID_UNKNOWN] = {"XID-UNKNOWN",
	"No warrant has this XID: compare the task on the network element with `mdfctl warrant "
	"list`."},
    [REJECT_NOT_YET_VALID] = {"NOT-YET-VALID",
	"The PDU's time lies before the warrant begins: check the warrant window and the clock of "
	"the network element."},
    [REJECT_EXPIRED] = {"EXPIRED",
	"The PDU's time lies behind the end of the warrant: deactivate the task on the network "
	"element."},
    [REJECT_SUSPENDED] = {"SUSPENDED",
	"The warrant is stopped: start it again, or deactivate the task on the network element."},
    [REJECT_NE_NOT_ALLOWED] = {"NE-NOT-ALLOWED",
	"The warrant does not name this network element: add it to the warrant, or find out why it "
	"has the task."},
    [REJECT_FORMAT_NOT_MAPPED] = {"FORMAT-NOT-MAPPED",
	"The payload format is known, but this version has no mapping to HI2/HI3: switch it off at "
	"the network element or update."},
    [REJECT_FORMAT_UNKNOWN] = {"FORMAT-UNKNOWN",
	"The payload format is not in TS 103 221-2: ask the maker of the network element."},
    [REJECT_FORMAT_TYPE] = {"FORMAT-TYPE", "The payload format is not allowed on this PDU type (X2 "
					   "or X3): ask the maker of the network "
					   "element."},
    [REJECT_TYPE_UNKNOWN] = {"TYPE-UNKNOWN",
	"The PDU type is not in TS 103 221-2: ask the maker of the network element."},
    [REJECT_DIRECTION] = {"DIRECTION",
	"The payload direction has no meaning: ask the maker of the network element."},
    [REJECT_ATTRIBUTE] = {"ATTRIBUTE",
	"A conditional attribute has a wrong length or content: the entry's text names it."},
    [REJECT_PAYLOAD] = {"PAYLOAD",
	"The payload is not what its format says: the entry's text names the field."},
    [REJECT_OUT_OF_SCOPE] = {"OUT-OF-SCOPE",
	"The warrant does not cover this product (IRI or CC): correct the task on the network "
	"element."},
    [REJECT_FRAMING] = {"FRAMING", "Header or payload length made no sense, or the connection "
				   "ended inside a PDU: the connection "
				   "was closed, the network element must send again."},
    [REJECT_VERSION] = {"VERSION", "The PDU has a major version that is not supported: the "
				   "connection was closed; update one of "
				   "the two sides."},
    [REJECT_INTERFACE] = {"INTERFACE",
	"X2 came to an X3 listener or X3 to an X2 listener: the connection was closed; correct the "
	"delivery address on the network element."},
    [REJECT_TOO_LARGE] = {"TOO-LARGE", "The PDU is longer than the configured maximum: the "
				       "connection was closed; raise the maximum "
				       "or look for garbage."},
    [REJECT_QUOTA] = {"QUOTA",
	"The agency's spool quota is used up: see why its LEMF does not take product, or raise the "
	"quota."},
    [REJECT_NO_DESTINATION] = {"NO-DESTINATION",
	"The warrant names no destination for this class: give it one with `mdfctl warrant`."},
    [REJECT_PEER_UNKNOWN] = {"PEER-UNKNOWN",
	"The client certificate names no registered network element: register its SAN with `mdfctl "
	"ne add`."},
    [REJECT_PEER_PIN] = {"PEER-PIN",
	"The client's key differs from the pin: register the new key if the change was planned."},
    [REJECT_PEER_CERT] = {"PEER-CERT",
	"The client certificate did not verify (chain, validity or purpose): renew it, or give the "
	"right CA file."},
    [REJECT_PEER_REVOKED] = {"PEER-REVOKED",
	"The client certificate is revoked, or the network element was switched off: issue a new "
	"certificate, or start the element."},
    [REJECT_PEER_TLS] = {"PEER-TLS", "The handshake failed (version, cipher, or no TLS at all): "
				     "the entry's text has the reason."},
    [REJECT_IDLE] = {"IDLE",
	"Nothing came for TIME_P2: look at the network element and the path to it."},
    [REJECT_SERVICE] = {"SERVICE",
	"The warrant is narrowed to services that this one is not of: nothing to do, or widen the "
	"warrant with a new approval."},
    [REJECT_EXCLUDED] = {"EXCLUDED", "An exclusion rule of the warrant or of the network element "
				     "leaves this traffic out: nothing "
				     "to do, or remove the rule."},
    [REJECT_NOT_TARGET] = {"NOT-TARGET", "The warrant checks addresses or identifiers itself, and "
					 "none of them is in the PDU: find out "
					 "why the network element sends it."},
    [REJECT_COUNTRY] = {"COUNTRY", "The network element stands in a country that the warrant does "
				   "not name: correct the warrant "
				   "or the task on the network element."},
    [REJECT_UNSIGNED] = {"UNSIGNED", "The warrant is not as two persons signed it, so it is not "
				     "served: see the alarm WARRANT-UNSIGNED for the reason, find "
				     "out who changed it, and have it approved again."},
    [REJECT_OUTAGE] = {"OUTAGE", "The link to the agency has been down for longer than the order "
				 "lets product wait (cc_outage, iri_outage): shed. Mend the link."},
};

static const struct reason unknown = {"UNKNOWN", "A code of a newer version."};

static const struct reason *
reason(enum reject_code c)
{
	return (unsigned)c < REJECT_CODE_N && reasons[c].name ? &reasons[c] : &unknown;
}

const char *
reject_code_name(enum reject_code c)
{
	return reason(c)->name;
}

const char *
reject_code_hint(enum reject_code c)
{
	return reason(c)->hint;
}

const char *
journal_kind_name(enum journal_kind k)
{
	switch (k) {
	case JOURNAL_REJECT:
		return "REJECT";
	case JOURNAL_GAP:
		return "GAP";
	case JOURNAL_GAP_FILLED:
		return "GAP-FILLED";
	case JOURNAL_DUPLICATE:
		return "DUPLICATE";
	case JOURNAL_REUSE:
		return "REUSE";
	case JOURNAL_RESTART:
		return "RESTART";
	case JOURNAL_NE_UP:
		return "NE-UP";
	case JOURNAL_NE_LOST:
		return "NE-LOST";
	case JOURNAL_SHED:
		return "SHED";
	case JOURNAL_SESSION:
		return "SESSION";
	case JOURNAL_COPY:
		return "COPY";
	case JOURNAL_TRIGGER:
		return "TRIGGER";
	case JOURNAL_METADATA:
		return "METADATA";
	case JOURNAL_HASH:
		return "HASH";
	case JOURNAL_NUMBERS:
		return "NUMBERS";
	}
	return "UNKNOWN";
}
