/* SPDX-License-Identifier: Apache-2.0 */
/* Names of what is handed from stage to stage; see flow.h. */
#include "flow.h"

const char *
ho_class_name(enum ho_class c)
{
	switch (c) {
	case HO_IRI:
		return "iri";
	case HO_VOICE:
		return "voice";
	case HO_CC:
		return "cc";
	case HO_JOURNAL:
		return "journal";
	}
	return "?";
}
