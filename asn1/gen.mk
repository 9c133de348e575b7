# Compiles what asn1c wrote, inside asn1/gen of the build tree.  Called by asn1/asn1.am with CC, AR, RANLIB, FLAGS and LIB.
# SPDX-License-Identifier: Apache-2.0
#
# ASN_DEBUG: as shipped it is a real function whose arguments are evaluated, which costs a factor of four.
# _DEFAULT_SOURCE: else a #warning per file.  -w: generated code is not ours to warn about.
# -fno-sanitize=shift: the runtime shifts signed values when it reads tags, lengths and integers (ber_tlv_length.c,
# INTEGER.c).  -fno-sanitize=pointer-overflow: it adds 0 to the NULL of an empty string (UTF8String.c).  Every other
# check of AddressSanitizer and UndefinedBehaviorSanitizer stays on.
OBJECTS := $(patsubst %.c,%.o,$(sort $(wildcard *.c)))
GEN_FLAGS := -w -D_DEFAULT_SOURCE '-DASN_DEBUG(...)=((void)0)' -I. -fno-sanitize=shift,pointer-overflow

$(LIB): $(OBJECTS)
	rm -f $@
	$(AR) cr $@ $(OBJECTS)
	$(RANLIB) $@

%.o: %.c
	$(CC) $(FLAGS) $(GEN_FLAGS) -c -o $@ $<
