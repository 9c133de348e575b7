/* SPDX-License-Identifier: Apache-2.0 */
/* The receiver's tables on octets made here by hand from the notes on the modules: every service,
 * its members by name with their values, and what breaks a module with the code that says so. */
#include "lemf_pdu.h"
#include "lemf_rules.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define N(a) (sizeof(a) / sizeof(*(a)))
#define HEAD                                                                                       \
	"80 07 0400020205012B 81 01 4C A3 0A A0 05 80 03 616263 81 01 07 84 01 05 A7 { 80 04 "     \
	"6553F100 81 01 00 } 88 01 01"
#define IRI(x) "A0 { 30 { 80 01 01 A2 { " x " } } }"
#define CC(x) "A1 { 30 { 80 01 00 A2 { " x " } } }"

struct msg {
	uint8_t p[2048];
	size_t n;
};

/* Hex pairs; braces stand for a length (short, or 82 hh ll) and the contents that it counts. */
static const char *
hex(struct msg *m, const char *text)
{
	unsigned v;

	for (; *text && *text != '}'; text++) {
		if (*text == '{') {
			size_t at = m->n, n;

			m->n += 3;
			text = hex(m, text + 1);
			n = m->n - at - 3;
			assert_true(*text == '}');
			if (n < 128) {
				memmove(m->p + at + 1, m->p + at + 3, n);
				m->p[at] = (uint8_t)n;
				m->n -= 2;
			} else if (n < 256) {
				memmove(m->p + at + 2, m->p + at + 3, n);
				m->p[at] = 0x81;
				m->p[at + 1] = (uint8_t)n;
				m->n--;
			} else {
				m->p[at] = 0x82;
				octets_put16(m->p + at + 1, (uint16_t)n);
			}
		} else if (*text != ' ' && sscanf(text, "%2x", &v) == 1) {
			m->p[m->n++] = (uint8_t)v;
			text++;
		}
	}
	return text;
}

static void
decode(struct lemf_pdu *p, struct msg *m, const char *payload)
{
	char text[4096];

	snprintf(text, sizeof(text), "30 { A1 { " HEAD " } A2 { %s } }", payload);
	m->n = 0;
	hex(m, text);
	if (lemf_pdu_decode(p, (struct octets){m->p, m->n}) == 0)
		lemf_rules_check(p);
}

/* A value as text: name of an enumeration, number, printable octets, or hex. */
static const char *
text_of(const struct lemf_node *n, char *buf, size_t len)
{
	const char *name;

	if (!n)
		return "(absent)";
	switch (n->type ? n->type->kind : LEMF_ANY) {
	case LEMF_ENUM:
		name = lemf_schema_name(n->type->names, lemf_node_uint(n));
		return name ? name : "(no name)";
	case LEMF_INT:
	case LEMF_BOOL:
		snprintf(buf, len, "%" PRIu64, lemf_node_uint(n));
		return buf;
	case LEMF_SIGNED:
		snprintf(buf, len, "%" PRId64, lemf_node_int(n));
		return buf;
	case LEMF_OID:
	case LEMF_RELOID:
		return lemf_node_oid(n, buf, len);
	case LEMF_NULL:
		return "NULL";
	default:
		return lemf_liid_format(n->val, buf, len);
	}
}

struct sound {
	const char *payload;
	const char *kind, *event; /* of the item; NULL: not IRI or CC, or none */
	const char *path[5][2];	  /* under payload: path, value */
};

#define II "iRIPayloadSequence.IRIPayload.iRIContents."
#define CI "cCPayloadSequence.CCPayload.cCContents."
#define IP4 "81 01 00 A2 06 81 04 C0000201"
static const struct sound sounds[] = {
    {IRI("A1 { 80 04 05021401 81 01 01 A2 { " IP4
	 " } 84 02 00C8 85 01 19 86 01 05 87 01 06 88 01 01 "
	 "89 03 614062 AA { 0C 03 634064 0C 03 654066 } 8B 01 03 8C 01 02 B0 { A1 { 80 01 61 84 01 "
	 "03 } } 91 01 00 }"),
	"emailIRI", "e-mail-send",
	{{II "emailIRI.protocol-ID", "smtp"}, {II "emailIRI.client-Port", "200"},
	    {II "emailIRI.e-mail-Recipients.UTF8String", "c@d"},
	    {II "emailIRI.aAAInformation.aSMTPAAAInformation.aAAResult", "aAASucceeded"},
	    {II "emailIRI.e-mail-Sender-Validity", "validated"}}},
    {CC("A1 { 80 04 05021402 81 01 02 82 02 6869 }"), "emailCC", "application",
	{{CI "emailCC.content", "hi"}}},
    {IRI("AE { 80 04 05021403 81 01 01 82 01 73 A3 03 80 01 01 84 01 03 A5 { 30 { 80 01 01 A1 { 8B "
	 "03 736970 } 83 01 02 } } 86 01 01 A7 { 81 01 03 86 02 6869 } 88 01 09 89 02 4142 }"),
	"messagingIRI", "message",
	{{II "messagingIRI.status", "operation-succeeded"}, {II "messagingIRI.trigger", "user"},
	    {II "messagingIRI.party-information.Messaging-Party-Information.party-identity.sip-uri",
		"sip"},
	    {II "messagingIRI.properties.priority", "high"},
	    {II "messagingIRI.event-identifier", "9"}}},
    {CC("AE { 80 04 05021404 81 01 09 83 01 00 84 01 FF 85 03 612F62 86 02 6869 }"), "messagingCC",
	NULL, {{CI "messagingCC.end-of-sequence", "255"}, {CI "messagingCC.content", "hi"}}},
    {CC("B2 { 80 04 05021405 81 01 09 A3 { 80 04 05051102 81 0C 800000010000000000000007 82 01 02 "
	"} }"),
	"messagingMMCC", NULL, {{CI "messagingMMCC.content.frameType", "rtpFrame"}}},
    {IRI("A6 { 80 04 05040A01 A1 { 80 01 09 82 01 07 88 01 05 8C 01 04 90 01 03 } }"), "l2IRI",
	"accessEnd",
	{{II "l2IRI.l2IRIContents.endReason", "leaseExpired"},
	    {II "l2IRI.l2IRIContents.authenticationType", "dhcpAAA"}}},
    {CC("A6 { 80 04 05040A02 A1 { AC { 80 02 0053 81 02 05DC } } }"), "l2CC", "truncatedEthernet",
	{{CI "l2CC.l2CCContents.truncatedEthernet.originalLength", "1500"}}},
    {IRI("AA { 80 04 05060601 A1 { A0 { A0 { 80 01 01 81 01 05 } 81 01 00 } } }"), "pstnIsdnIRI",
	"supplementaryInfo",
	{{II "pstnIsdnIRI.pstnIsdnIRIContents.supplementaryInfo.informationAppliesTo."
	     "payloadDirection",
	    "toTarget"}}},
    {IRI("A2 { 80 04 05031401 A1 { 80 01 08 81 01 61 82 01 05 83 01 01 A4 { " IP4
	 " 83 01 02 } B2 { "
	 "81 06 005300010203 } 96 01 02 B7 { A0 { " IP4 " } } BA { 80 01 72 } } }"),
	"iPIRI", "accessEnd",
	{{II "iPIRI.iPIRIContents.targetIPAddress.iP-assignment", "dynamic"},
	    {II "iPIRI.iPIRIContents.pOPIdentifier.macAddressType", "0x005300010203"},
	    {II "iPIRI.iPIRIContents.otherTargetIdentifiers.iPAddress.iP-type", "iPV4"},
	    {II "iPIRI.iPIRIContents.framedRoutes.framedRoute", "r"},
	    {II "iPIRI.iPIRIContents.internetAccessType", "wirelessLAN"}}},
    {IRI("B4 { 80 04 05031404 A1 { A2 { 81 02 4500 82 03 034010 83 01 0A 84 01 05 85 02 0200 } } "
	 "}"),
	"iPIRIPacketReport", "summary",
	{{II "iPIRIPacketReport.report.summary.trigger", "reportEnd"},
	    {II "iPIRIPacketReport.report.summary.byteCount", "512"}}},
    {IRI("AF { A1 { A1 { 80 08 0400020204080F05 81 01 4C A3 { 81 0D 3231303130313030303030305A } "
	 "84 01 "
	 "01 A9 { 30 { 80 01 03 A1 { 83 03 010203 } } } 92 08 0000000000000001 94 01 12 BF24 { 81 "
	 "01 "
	 "01 } } } }"),
	"ePSIRI", "bearerActivation",
	{{II "ePSIRI.epsIRIsContent.epsiRIContent.iRI-Begin-record.initiator",
	     "originating-Target"},
	    {II "ePSIRI.epsIRIsContent.epsiRIContent.iRI-Begin-record.timeStamp.utcTime",
		"210101000000Z"}}},
    {CC("8F { 30 { A1 { 80 08 0400020204090C00 83 08 0000000000000001 85 01 07 86 01 01 88 01 04 } "
	"82 02 "
	"4500 } }"),
	"ePSCC", NULL,
	{{CI "ePSCC.EpsCC-PDU.uLIC-header.ice-type", "pDN-GW"},
	    {CI "ePSCC.EpsCC-PDU.uLIC-header.sequence-number", "7"}}},
    {CC("84 { 30 { A1 { 80 08 0400020204020700 81 01 08 83 08 0000000000000001 85 01 07 86 01 02 } "
	"82 02 "
	"4500 } }"),
	"uMTSCC", NULL, {{CI "uMTSCC.UmtsCC-PDU.uLIC-header.version", "lastVersion"}}},
    {CC("97 { 30 { 81 05 0413130304 A2 { A3 { A1 { 81 01 01 82 01 02 } 82 01 74 83 02 6869 } } } "
	"}"),
	"threeGPP33128DefinedCC", "mMSCCPDU",
	{{CI "threeGPP33128DefinedCC.CCPayload.pDU.mMSCCPDU.version.minorVersion", "2"}}},
    {CC("97 { 30 { 81 05 0413130304 A2 { A7 { A1 { A2 { 81 05 4D53525020 } } } } } }"),
	"threeGPP33128DefinedCC", "rCSCCPDU", {{NULL, NULL}}},
    {CC("97 { 30 { 81 05 0413130304 A2 { A6 { 81 0C 800000010000000000000007 82 03 763D30 } } } }"),
	"threeGPP33128DefinedCC", "iMSCCPDU",
	{{CI "threeGPP33128DefinedCC.CCPayload.pDU.iMSCCPDU.sDPInfo", "v=0"}}},
    {"A3 { A1 { 80 07 04000202000106 81 01 4C A3 { 81 0D 3231303130313030303030305A } 86 01 74 } }",
	NULL, NULL, {{"hI1-Operation.liActivated.target-Information", "t"}}},
    {"A7 { A1 { 81 05 0413130305 A2 { A1 { 81 01 02 86 01 FF } } } }", NULL, NULL,
	{{"hI4Payload.threeGPP-LI-Notification.notification.lINotification.notificationType",
	    "deactivation"}}},
    {"A7 { A2 { A1 { 86 01 02 87 01 6F } } }", NULL, NULL,
	{{"hI4Payload.hi4Notification.liActivated.interceptType", "iriOnly"}}},
    {"A2 { A0 { A0 { 02 01 05 02 02 00FF } 81 01 02 82 01 02 83 02 0102 85 01 03 } }", NULL, NULL,
	{{"tRIPayload.integrityCheck.signatureAlgorithm", "edDSA"},
	    {"tRIPayload.integrityCheck.includedSequenceNumbers.INTEGER", "5"}}},
};

static void
test_sound(void **state)
{
	char buf[128];
	struct lemf_item it;
	struct lemf_pdu p;
	struct msg m;

	(void)state;
	lemf_pdu_init(&p);
	for (size_t i = 0; i < N(sounds); i++) {
		const struct sound *s = &sounds[i];
		const struct lemf_node *top;

		decode(&p, &m, s->payload);
		for (unsigned k = 0; k < p.tree.fault_n; k++)
			print_message("# %s at %zu: %s (%s)\n", p.tree.faults[k].code,
			    p.tree.faults[k].at, p.tree.faults[k].what, p.tree.faults[k].where);
		assert_int_equal(p.tree.fault_n, 0);
		if (s->kind) {
			assert_true(lemf_pdu_item(&p, NULL, &it));
			assert_string_equal(it.kind, s->kind);
		}
		if (s->event)
			assert_string_equal(it.event ? it.event : "(none)", s->event);
		top = lemf_tree_find(&p.tree, NULL, "payload");
		for (size_t k = 0; k < N(s->path) && s->path[k][0]; k++)
			assert_string_equal(
			    text_of(lemf_tree_find(&p.tree, top, s->path[k][0]), buf, sizeof(buf)),
			    s->path[k][1]);
	}
	lemf_pdu_fini(&p);
}

static const struct {
	const char *payload, *code, *where;
} faults[] = {
    {IRI("A1 { 80 04 05021401 81 01 01 }"), "MISSING", "protocol-ID"},
    {IRI("A1 { 80 04 05021402 81 01 01 86 01 05 87 01 06 88 01 01 8B 01 03 }"), "OID",
	"emailIRIObjId"},
    {IRI("A1 { 80 04 05021401 81 01 01 86 01 05 87 01 06 88 01 01 8B 01 07 }"), "ENUM", "status"},
    {IRI("A1 { 80 04 05021401 81 01 01 86 01 05 88 01 01 87 01 06 8B 01 03 }"), "ORDER",
	"client-Octets-Sent"},
    {CC("AE { 80 04 05021404 81 01 09 85 01 61 86 00 }"), "MSG-TYPE", "messagingCC"},
    {IRI("A6 { 80 04 05040A01 A1 { 80 01 09 85 00 } }"), "SIZE", "targetNetworkID"},
    {IRI("A2 { 80 04 05031401 A1 { 80 01 08 81 01 61 82 01 05 83 01 01 A4 { 81 01 01 A2 06 81 04 "
	 "C0000201 } } }"),
	"IP-SIZE", "IPAddress"},
    {CC("A2 { 80 04 05031402 A1 { A1 { 80 02 4500 81 01 01 } } }"), "CUT-LENGTH", "iPCC"},
    {CC("97 { 30 { 81 05 0413130304 A2 { A2 { A1 { 81 01 45 } 82 01 40 } } } }"), "INT-RANGE",
	"qFI"},
    {CC("84 { 30 { A1 { 80 08 0400020204020700 81 01 08 83 02 0001 85 01 07 86 01 01 } 82 02 4500 "
	"} }"),
	"SIZE", "correlation-Number"},
    {IRI("AF { A1 { A1 { 80 08 0400020204080F05 81 01 4C A3 { 81 03 323130 } } } }"), "TIME",
	"utcTime"},
    {IRI("AE { 80 04 05021403 81 01 01 84 01 03 A5 { 31 00 } 86 01 01 }"), "ELEMENT-TAG",
	"party-information"},
    {"A2 { A0 { A0 { 02 01 05 } 81 01 01 83 02 0102 84 01 02 } }", "DATA-TYPE", "integrityCheck"},
    {"A2 { A0 { A0 { 02 01 05 } 81 01 01 82 01 01 83 02 0102 84 01 02 } }", "CHECK-LENGTH",
	"integrityCheck"},
    {"A2 { A0 { A0 00 81 01 02 82 01 01 83 02 0102 85 01 02 } }", "CHECK-EMPTY", "integrityCheck"},
};

static void
test_faults(void **state)
{
	struct lemf_pdu p;
	struct msg m;

	(void)state;
	lemf_pdu_init(&p);
	for (size_t i = 0; i < N(faults); i++) {
		unsigned k;

		decode(&p, &m, faults[i].payload);
		for (k = 0; k < p.tree.fault_n; k++)
			if (!strcmp(p.tree.faults[k].code, faults[i].code) &&
			    strstr(p.tree.faults[k].where, faults[i].where))
				break;
		if (k == p.tree.fault_n)
			print_message("# %s not found\n", faults[i].code);
		assert_true(k < p.tree.fault_n);
	}
	lemf_pdu_fini(&p);
}

/* An event of another version of TS 33.128 is judged by its BER only. */
static void
test_versions(void **state)
{
	static const char *const body = "A2 { A6 { 9F7F 01 00 } }";
	struct lemf_pdu p;
	struct msg m;
	char text[300];

	(void)state;
	lemf_pdu_init(&p);
	snprintf(text, sizeof(text), IRI("93 { 30 { 81 05 0413130303 %s } }"), body);
	decode(&p, &m, text);
	assert_true(p.tree.level_n[LEMF_ERROR] > 0 && p.tree.level_n[LEMF_REMARK] == 1);
	snprintf(text, sizeof(text), IRI("93 { 30 { 81 05 0413120F03 %s } }"), body);
	decode(&p, &m, text);
	assert_int_equal(p.tree.fault_n, 0);
	snprintf(text, sizeof(text),
	    IRI("93 { 30 { 81 05 0413130303 %s A4 { 81 05 0413120F01 } } }"), body);
	decode(&p, &m, text);
	assert_int_equal(p.tree.fault_n, 0);
	snprintf(text, sizeof(text),
	    IRI("93 { 30 { 81 05 0413130303 %s A4 { 81 05 0413130301 } } }"), body);
	decode(&p, &m, text);
	assert_true(p.tree.level_n[LEMF_ERROR] > 0);
	lemf_pdu_fini(&p);
}

/* What octets look like when nothing says it. */
static void
test_guess(void **state)
{
	static const struct {
		const char *octets;
		enum lemf_body body;
	} looks[] = {
	    {"01 00 0016 00000000000000000000000000000000 01 02", LEMF_BODY_RADIUS},
	    {"01 00 0014 80000101 00000000 00000001 00000002", LEMF_BODY_RADIUS},
	    {"01 00001C 80000101 00000000 00000001 00000002 00000108 40000008", LEMF_BODY_DIAMETER},
	    {"45 00 0014 00000000 40 11 0000 C0000201 C0000202", LEMF_BODY_IP},
	    {"80 00 0001 00000002 00000003", LEMF_BODY_RTP},
	    {"4D53525020 61", LEMF_BODY_MSRP},
	    {"00", LEMF_BODY_OTHER},
	};
	struct msg m;

	(void)state;
	for (size_t i = 0; i < N(looks); i++) {
		m.n = 0;
		hex(&m, looks[i].octets);
		assert_int_equal(lemf_item_guess((struct octets){m.p, m.n}), looks[i].body);
	}
	assert_int_equal(lemf_item_guess((struct octets){NULL, 0}), LEMF_BODY_OTHER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_sound),
	    cmocka_unit_test(test_faults), cmocka_unit_test(test_versions),
	    cmocka_unit_test(test_guess)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
