/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32C (Castagnoli), with the CPU's instruction in three lanes where there is one, table-driven
 * elsewhere. */
#ifndef BASE_CRC32C_H
#define BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Continue CRC (0 to begin) over N octets.  Standard form: crc32c(0, "123456789", 9) == 0xE3069283.
 */
uint32_t crc32c(uint32_t crc, const void *p, size_t n);
/* CRC of A followed by B, from crc(A), crc(B) and the length of B. */
uint32_t crc32c_combine(uint32_t crc_a, uint32_t crc_b, size_t len_b);

/* The same without special instructions; for tests, and what machines without them get. */
uint32_t crc32c_portable(uint32_t crc, const void *p, size_t n);
uint32_t crc32c_combine_portable(uint32_t crc_a, uint32_t crc_b, size_t len_b);

#endif
