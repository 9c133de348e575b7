/* SPDX-License-Identifier: Apache-2.0 */
/* The course of an access session; see payload.h. */
/* clang-format off */
/*   says itself                nothing begun                          session begun
 *   accessAttempt              Report                                 Continue
 *   accessAccept               Begin                                  Continue, as interimUpdate (a renewal, Accounting Start)
 *   accessReject               Report                                 End
 *   accessFailed               Report                                 Continue
 *   interimUpdate              Begin, after an attempt as accessAccept, else as startOfInterceptionWithSessionActive
 *                                                                     Continue
 *   accessEnd, sessionExpired  End                                    End
 *   anything else              Report                                 Continue */
/* clang-format on */
#include "session/payload.h"
#include "spec/ts102232_3.h"

static uint8_t
access_first(uint8_t base, struct li_access *a, struct dialog *d)
{
	switch (base) {
	case ACCESS_ATTEMPT:
		d->state = DIALOG_EARLY;
		return PAYLOAD_REPORT;
	case ACCESS_INTERIM_UPDATE:
		a->event = d->state == DIALOG_EARLY ? ACCESS_ACCEPT : ACCESS_START_ACTIVE;
		d->state = DIALOG_CONFIRMED;
		return PAYLOAD_BEGIN;
	case ACCESS_ACCEPT:
		d->state = DIALOG_CONFIRMED;
		return PAYLOAD_BEGIN;
	case ACCESS_END:
	case ACCESS_EXPIRED:
		d->state = DIALOG_ENDED;
		return PAYLOAD_END;
	default:
		return PAYLOAD_REPORT;
	}
}

uint8_t
payload_access_step(uint8_t base, struct li_access *a, struct dialog *d)
{
	a->event = base;
	if (d->state != DIALOG_CONFIRMED)
		return access_first(base, a, d);
	switch (base) {
	case ACCESS_ACCEPT:
		a->event = ACCESS_INTERIM_UPDATE;
		return PAYLOAD_CONTINUE;
	case ACCESS_REJECT:
	case ACCESS_END:
	case ACCESS_EXPIRED:
		d->state = DIALOG_ENDED;
		return PAYLOAD_END;
	default:
		return PAYLOAD_CONTINUE;
	}
}
