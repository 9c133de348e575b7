#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Choose what stays in the tree: merge.sh SRCDIR CORPORA [AREA...]
# Adds to tests/fuzz/corpus/AREA the fewest inputs of CORPORA/AREA that reach branches which the seeds there do not.  Seeds are never removed:
# one may stand for a fault that was found.
set -eu
src=$(cd "$1" && pwd)
corpora=$(cd "$2" && pwd)
shift 2
# shellcheck disable=SC2046
[ $# -gt 0 ] || set -- $(cd "$corpora" && ls)
"$src/tests/fuzz/build.sh" "$src" plain "$@"
for area; do
	new=fuzz-plain/chosen/$area
	rm -rf "$new"
	mkdir -p "$new"
	# the seeds come first and are copied: what they do not have follows
	cp "$src/tests/fuzz/corpus/$area"/* "$new" 2>/dev/null || :
	before=$(ls "$new" | wc -l)
	"fuzz-plain/tests/fuzz/fuzz_$area" -merge=1 -use_counters=0 -use_cmp=0 -max_len=8192 -timeout=60 "$new" "$corpora/$area" \
		>"fuzz-plain/merge_$area.log" 2>&1 || { tail -n 20 "fuzz-plain/merge_$area.log" >&2; exit 1; }
	mkdir -p "$src/tests/fuzz/corpus/$area"
	for f in "$new"/*; do
		name=$(basename "$f")
		[ -e "$src/tests/fuzz/corpus/$area/$name" ] || cp "$f" "$src/tests/fuzz/corpus/$area/$(echo "$name" | cut -c1-12)"
	done
	echo "merge: $area, $(($(ls "$new" | wc -l) - before)) new seeds"
done
