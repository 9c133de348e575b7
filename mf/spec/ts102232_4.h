/* SPDX-License-Identifier: Apache-2.0 */
/* TS 102 232-4 (layer 2; L2AccessPDU version10): values.  No functions. */
#ifndef SPEC_TS102232_4_H
#define SPEC_TS102232_4_H

/* Relative to 0.4.0.2.2: content octets of the object identifier that is sent. */
#define TS102232_4_L2CC_OID 0x05, 0x04, 0x0A, 0x02

enum ts102232_4_l2cc_tag { /* L2CC and its contents */
	L2CC_OID = 0x80,
	L2CC_CONTENTS = 0xA1,
	L2CC_ETHERNET = 0x85
};

#endif
