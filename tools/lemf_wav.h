/* SPDX-License-Identifier: Apache-2.0 */
/* G.711 RTP (payload types 0 and 8) of a session to WAV files, one per SSRC and direction.  Gaps in
 * the RTP time are filled with silence. */
#ifndef LEMF_WAV_H
#define LEMF_WAV_H

#include "lemf_pdu.h"

struct lemf_wav;

/* Files become FOLDER/NAME_SSRC_DIRECTION.wav; both strings are copied. */
struct lemf_wav *lemf_wav_new(const char *folder, const char *name);
/* Look for audio in an item; anything else is ignored. */
void lemf_wav_item(struct lemf_wav *w, const struct lemf_item *it);
void lemf_wav_free(struct lemf_wav *w);

#endif
